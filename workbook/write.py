"""A file written whole or not at all."""

import errno
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

WRITABLE: Final = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


def write_whole(content: bytes, source: Path | None, target: Path) -> None:
    """Write a temporary file beside the target, then rename it: a reader sees the old or the new book.

    The target keeps its permissions; a new one gets those of the source, or of any new file.
    """
    target = target.resolve()
    if source is not None and target == source.resolve():
        if source.read_bytes() == content:
            return
        if not source.stat().st_mode & WRITABLE:  # a rename would not ask
            raise PermissionError(errno.EACCES, "is read-only", str(target))
    mode = _mode(target if target.exists() else source)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    _sync_folder(target.parent)


def _mode(model: Path | None) -> int:
    if model is not None:
        return model.stat().st_mode & 0o777
    mask = os.umask(0)  # it can only be read by setting it
    os.umask(mask)
    return 0o666 & ~mask


def _sync_folder(folder: Path) -> None:
    # The rename itself outlives a power cut only where folders can be synchronised (not on Windows).
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
