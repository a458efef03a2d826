"""What a run needs of a file system, and which files it takes for books."""

import contextlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol

SUFFIXES: Final = (".xlsx", ".xlsm", ".xltx", ".xltm")
OTHER_FORMATS: Final = (".ods", ".ots", ".fods", ".gnumeric", ".numbers", ".xls", ".xlsb")
LOCK: Final = "~$"
GROWING: Final = ".partial"


class Store(Protocol):
    """A file system, as far as a run needs one; paths are its own, with "/" between their parts."""

    is_local: bool

    def name(self, path: str) -> str:
        """The place that a person would write."""

    def join(self, folder: str, below: str) -> str:
        """A path below a folder; `below` has "/" between its parts."""

    def is_folder(self, path: str) -> bool:
        """Whether a folder lies here."""

    def exists(self, path: str) -> bool:
        """Whether anything lies here."""

    def fault(self, path: str) -> str | None:
        """Why no book can be here: it is missing, or no regular file."""

    def obstacle(self, path: str) -> str | None:
        """Why no book may be written here, other than that one is here already."""

    def open_elsewhere(self, path: str) -> str | None:
        """The lock file by which a spreadsheet program says that it has this book open."""

    def is_link(self, path: str) -> bool:
        """Whether this is only a link to a file."""

    def make_room(self, path: str) -> None:
        """Make the folders above a path."""

    def missing_folder(self, path: str) -> str | None:
        """The folder above a path, as a person would write it, if it is not there and should be."""

    def stamp(self, path: str) -> str | None:
        """What changes when the file changes, without reading it; None when it is absent."""

    def books(self, folder: str, passed_over: Counter[str]) -> Iterator[str]:
        """The books below a folder, as paths below it, each folder in the order of its names."""

    def read(self, path: str) -> bytes:
        """The whole file."""

    def write(self, path: str, data: bytes) -> None:
        """The whole file or, as far as the storage can promise it, nothing; folders are made."""

    def growing(self, path: str) -> contextlib.AbstractContextManager[Path]:
        """A local file to write to for as long as it takes; it lies here once the writing has ended well."""

    def remove(self, path: str) -> None:
        """Take the file away, if it is there."""

    def sweep(self, path: str) -> None:
        """Take away what writers of this file left when they were killed."""

    def locked(self, folder: str) -> contextlib.AbstractContextManager[None]:
        """Keep other runs out of a folder, where the storage can; refused if one is in there."""


def is_book(name: str, passed_over: Counter[str]) -> bool:
    """Whether a name is a book's; what is passed over is counted by its kind."""
    if name.startswith(LOCK):
        passed_over["lock files of open books"] += 1
    elif name.startswith("."):
        passed_over["hidden files"] += 1
    elif name.lower().endswith(OTHER_FORMATS):
        passed_over["books of other formats (.ods, .gnumeric, .xls), which must be saved as .xlsx"] += 1
    elif not name.lower().endswith(SUFFIXES):
        passed_over["other files"] += 1
    else:
        return True
    return False
