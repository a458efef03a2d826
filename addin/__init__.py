"""The hosts: Excel, LibreOffice, xlwings Lite and the command line."""

import sys
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import Final

HOME: Final = str(Path(__file__).parents[1])
OURS: Final = frozenset(("udfs", "workbook"))


class _Own:
    """Finds our packages beside this one: a folder of PYTHONPATH may hold others of their names."""

    @staticmethod
    def find_spec(name: str, path: object = None, _target: object = None) -> ModuleSpec | None:
        """Where one of our packages lies; of any other module nothing is known."""
        return PathFinder.find_spec(name, [HOME]) if path is None and name in OURS else None


sys.meta_path.insert(0, _Own)
