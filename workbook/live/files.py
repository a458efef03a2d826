"""Files of this user: where they lie on each platform, and how they are written, whole or not at all."""

import os
import sys
import tempfile
from pathlib import Path

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


def write_whole(path: Path, text: str) -> None:
    """Write a file in one step: whoever reads sees the old text or the new one, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(path.stat().st_mode if path.exists() else 0o644)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
