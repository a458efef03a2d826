"""A file written whole or not at all."""

import errno
import hashlib
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

WRITABLE: Final = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
LONGEST_NAME: Final = 255  # bytes of a file's name, wherever files are kept
WRITERS_OWN: Final = 20  # bytes that a temporary name has more: dots, ending, what tells writers apart
ENDING: Final = ".part"


def fitted(name: str, more: int) -> str:
    """A file's name, cut if it would be too long with so many bytes more; no two names are cut to one."""
    if len(os.fsencode(name)) + more <= LONGEST_NAME:
        return name
    mark = "~" + hashlib.sha256(os.fsencode(name)).hexdigest()[:16]
    while len(os.fsencode(name)) + len(mark) + more > LONGEST_NAME:
        name = name[:-1]
    return name + mark


def temporary_start(name: str) -> str:
    """How the names of the hidden files begin in which writers of a file gather it."""
    return f".{fitted(name, WRITERS_OWN)}."


def write_whole(content: bytes, source: Path | None, target: Path) -> None:
    """Write a temporary file beside the target, then rename it: a reader sees the old or the new file.

    The target keeps its permissions; a new one gets those of the source, or of any new file.
    """
    target = target.resolve()
    if source is not None and target == source.resolve():
        if source.read_bytes() == content:
            return
        if not source.stat().st_mode & WRITABLE:  # a rename would not ask
            raise PermissionError(errno.EACCES, "is read-only", str(target))
    model = target if target.exists() else source
    partial = target.with_name(f"{temporary_start(target.name)}{secrets.token_hex(5)}{ENDING}")
    try:
        with partial.open("xb") as file:
            if model is not None:
                partial.chmod(model.stat().st_mode & 0o777)  # before anything private is in it
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    except BaseException:
        with suppress(OSError):
            partial.unlink()
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    # The rename itself outlives a power cut only where folders can be synchronised (not on Windows).
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
