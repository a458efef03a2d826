"""A file system behind fsspec, as a store of books."""

import contextlib
import errno
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from udfs.errors import HedgeError
from workbook.files.atomic_write import ENDING, temporary_start
from workbook.files.store import is_book

UPLOADED_WHOLE: Final = frozenset(
    {"memory", "s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oss", "oci"}
)


class Remote:
    """A file system behind fsspec."""

    is_local = False

    def __init__(self, system: Any) -> None:
        self.system = system

    def name(self, path: str) -> str:
        """The URL."""
        return str(self.system.unstrip_protocol(path))

    def join(self, folder: str, below: str) -> str:
        """A path below a folder."""
        return f"{folder}/{below}"

    def is_folder(self, path: str) -> bool:
        """Whether anything lies below this path: object stores have no folders of their own."""
        with self._named(path):
            return bool(self.system.isdir(path))

    def exists(self, path: str) -> bool:
        """Whether anything lies here."""
        with self._named(path):
            return bool(self.system.exists(path))

    def fault(self, path: str) -> str | None:
        """Why no book can be here."""
        with self._named(path):
            return None if self.system.isfile(path) else "there is no such file or folder"

    def obstacle(self, path: str) -> str | None:
        """A folder where a book should be."""
        return f"{self.name(path)} is in the way: it is a folder" if self.is_folder(path) else None

    def open_elsewhere(self, path: str) -> str | None:  # noqa: ARG002 - a request a book for a rare case
        """Not looked for."""
        return None

    def is_link(self, path: str) -> bool:  # noqa: ARG002 - there are none
        """Servers resolve their own links."""
        return False

    def make_room(self, path: str) -> None:
        """Make the folders above a path, where the storage has folders."""
        if self._has_folders():
            with self._named(path):
                self.system.makedirs(path.rpartition("/")[0], exist_ok=True)

    def missing_folder(self, path: str) -> str | None:
        """The folder above a path, where the storage has folders, unless it is there."""
        folder = path.rpartition("/")[0]
        return self.name(folder) if self._has_folders() and not self.is_folder(folder) else None

    def stamp(self, path: str) -> str | None:
        """What the storage itself takes for the file's version, as its ETag."""
        self.system.invalidate_cache()
        try:
            with self._named(path):
                return str(self.system.ukey(path))
        except FileNotFoundError:
            return None

    def books(self, folder: str, passed_over: Counter[str]) -> Iterator[str]:
        """The books below a folder; fsspec lists one folder at a time."""
        with self._named(folder):
            yield from self._walked(folder, passed_over)

    def _walked(self, folder: str, passed_over: Counter[str]) -> Iterator[str]:
        for where, folders, files in self.system.walk(folder):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            below = str(where)[len(folder) :].strip("/")
            for name in sorted(files):
                if is_book(name, passed_over):
                    yield f"{below}/{name}" if below else name

    def read(self, path: str) -> bytes:
        """The whole file."""
        with self._named(path):
            return bytes(self.system.cat_file(path))

    def write(self, path: str, data: bytes) -> None:
        """One upload where that is whole or nothing; elsewhere an upload and a rename."""
        with self._placing(path) as partial:
            self.system.pipe_file(partial, data)

    @contextlib.contextmanager
    def growing(self, path: str) -> Iterator[Path]:
        """In a temporary folder of this machine, uploaded at the end; a stopped run leaves nothing."""
        with tempfile.TemporaryDirectory() as folder:
            local = Path(folder, "growing")
            yield local
            with self._placing(path) as partial:
                self.system.put_file(str(local), partial)

    @contextlib.contextmanager
    def _placing(self, path: str) -> Iterator[str]:
        with self._named(path):
            if not self._has_folders():
                yield path
                return
            self.make_room(path)
            folder, _, name = path.rpartition("/")
            partial = f"{folder}/{temporary_start(name)[:-1]}{ENDING}"
            try:
                yield partial
                self.system.mv(partial, path)
            except BaseException:
                self.remove(partial)
                raise

    def _has_folders(self) -> bool:
        return not protocols(self.system) & UPLOADED_WHOLE

    @contextlib.contextmanager
    def _named(self, path: str) -> Iterator[None]:
        """What goes wrong at a storage, which seldom says where: a system's error with the URL."""
        try:
            yield
        except (FileNotFoundError, HedgeError, MemoryError):
            raise
        except Exception as error:  # plug-ins raise errors of their own kinds
            number, reason = (error.errno, error.strerror) if isinstance(error, OSError) else (None, None)
            reason = reason or str(error) or type(error).__name__
            raise OSError(number or errno.EIO, reason, self.name(path)) from error

    def remove(self, path: str) -> None:
        """Take the file away, if it is there."""
        with self._named(path), suppress(FileNotFoundError):
            self.system.rm_file(path)

    def sweep(self, path: str) -> None:
        """A writer's temporary file has one name, which the next writer takes over."""

    @contextlib.contextmanager
    def locked(self, folder: str) -> Iterator[None]:  # noqa: ARG002 - there is nothing to lock
        """No storage behind fsspec has locks: two runs at a time are the user's to avoid."""
        yield


def protocols(system: Any) -> frozenset[str]:
    """The names of a file system's protocol."""
    found = system.protocol
    return frozenset({found} if isinstance(found, str) else found)
