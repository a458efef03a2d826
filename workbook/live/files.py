"""Files of this user: where answers are kept on each platform, and how texts are written."""

import os
import sys
from pathlib import Path

from workbook.files.atomic_write import write_whole

CACHE_VARIABLE = "MICROHEDGE_CACHE"


def cache_folder() -> Path:
    """Where answers of venues are kept: MICROHEDGE_CACHE, or the platform's place for caches."""
    named = os.environ.get(CACHE_VARIABLE)
    if named:
        return Path(named)
    if sys.platform == "win32":
        return (
            Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "microhedge" / "cache"
        )
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "microhedge"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "microhedge"


def write_text(path: Path, text: str) -> None:
    """Write a file in one step, in a folder that is made if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(text.encode(), None, path)
