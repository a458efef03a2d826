"""xlwings Lite on a system without Excel: main.py in Pyodide, run by Node."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from support.windows_host import sent

TESTS = Path(__file__).parents[1]


def in_pyodide(main: str, calls: Sequence[tuple[str, Sequence[Any]]], times: int = 0) -> list[Any]:
    """The answers of main.py's functions; or, with `times`, the seconds that each call takes."""
    wheels = sorted((TESTS / "wheels").glob("xlwings-*-none-any.whl"))
    if not (shutil.which("node") and (TESTS / "node_modules" / "pyodide").is_dir() and wheels):
        pytest.skip("Pyodide is not installed: make pyodide")
    asked = {
        "wheel": str(wheels[-1]),
        "main": main,
        "times": times,
        "calls": [(name, [_rows(cell) for cell in cells]) for name, cells in calls],
    }
    done = subprocess.run(
        ["node", TESTS / "support" / "pyodide_driver.mjs"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    answers: list[Any] = json.loads(done.stdout)
    return answers


def _rows(cell: Any) -> Any:
    """A cell as the conversion of xlwings Lite hands it over: rows of cells, a date as its number."""
    if isinstance(cell, list):
        return [[_cell(part) for part in row] for row in cell]
    return None if cell is None else [[_cell(cell)]]


def _cell(cell: Any) -> Any:
    return cell if isinstance(cell, str) else sent(cell)
