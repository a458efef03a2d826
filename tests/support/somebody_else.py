"""The file system as a user sees it whom permissions bind, also where the tests run as root."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NOBODY = 65_534


@contextmanager
def somebody_else(folder: Path) -> Iterator[None]:
    """Act, in this process, as a user who owns this folder and nothing else; root becomes nobody.

    It lies beside the folders of pytest, which are root's alone and shared by all that run at a time.
    """
    if os.name != "posix":
        pytest.skip("permissions are POSIX's")
    if os.geteuid() != 0:
        yield
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
