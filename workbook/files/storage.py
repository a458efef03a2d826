"""Where books and reports lie: on this machine, or on any file system that fsspec knows.

What a stopped write leaves depends on the storage, and is said here once:

* on this machine: a temporary file beside the target, synced, then renamed: never half a file
* object stores (s3, gs, az, ...) and memory: one upload of the whole object: never half a file
* other servers (sftp, smb, hdfs, ...): a temporary file, then the server's own rename: as whole as
  that rename is
"""

import contextlib
import errno
import glob
import hashlib
import os
import stat
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Protocol

from udfs.errors import HedgeError
from workbook.errors import BookError
from workbook.files.atomic_write import ENDING, fitted, temporary_start
from workbook.request import Place

SUFFIXES: Final = (".xlsx", ".xlsm", ".xltx", ".xltm")
LOCK: Final = "~$"
GROWING: Final = ".partial"
UPLOADED_WHOLE: Final = frozenset(
    {"memory", "s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oss", "oci"}
)


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

    def write(self, path: str, data: bytes, *, sync: bool = True) -> None:
        """The whole file or, as far as the storage can promise it, nothing; folders are made.

        Without `sync` a power failure may take the file back; a killed process may not.
        """

    def growing(self, path: str) -> contextlib.AbstractContextManager[Path]:
        """A local file to write to for as long as it takes; it lies here once the writing has ended well."""

    def remove(self, path: str) -> None:
        """Take the file away, if it is there."""

    def sweep(self, path: str) -> None:
        """Take away what writers of this file left when they were killed."""

    def locked(self, folder: str) -> contextlib.AbstractContextManager[None]:
        """Keep other runs out of a folder, where the storage can; refused if one is in there."""


def find_store(place: Place) -> tuple[Store, str]:
    """The file system of a place, and the path there."""
    text = os.fspath(place)
    if "://" not in text:
        return Local(), os.path.abspath(text)
    try:
        from fsspec.core import url_to_fs  # noqa: PLC0415 - only who has URLs needs the extra
    except ImportError:
        raise BookError(f"{text}: for URLs, install microhedge[cluster]") from None
    try:
        system, path = url_to_fs(text)
    except (ImportError, ValueError, OSError) as error:
        raise BookError(f"{text}: {error}") from None
    if "file" in protocols(system):
        return Local(), os.path.abspath(path)
    return Remote(system), str(path).rstrip("/")


def lies_in(path: str, folder: str) -> bool:
    """Whether a path is a folder or lies in it; both are paths of one store, or URLs."""

    def spelled(place: str) -> str:
        real = os.path.normcase(os.path.realpath(place)) if os.path.isabs(place) else place
        return real.replace(os.sep, "/").rstrip("/") + "/"

    return spelled(path).startswith(spelled(folder))


def digest(data: bytes) -> str:
    """The fingerprint of a file's content."""
    return hashlib.sha256(data).hexdigest()


def is_book(name: str, passed_over: Counter[str]) -> bool:
    """Whether a name is a book's; what is passed over is counted by its kind."""
    if name.startswith(LOCK):
        passed_over["lock files of open books"] += 1
    elif name.startswith("."):
        passed_over["hidden files"] += 1
    elif not name.lower().endswith(SUFFIXES):
        passed_over["other files"] += 1
    else:
        return True
    return False


def _kind(entry: os.DirEntry[str]) -> str:
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    return "link to a folder" if entry.is_dir() else "file"


class Local:
    """This machine's own files."""

    is_local = True

    def name(self, path: str) -> str:
        """A path relative to the working folder where that is shorter, as a person would write it."""
        with suppress(ValueError):
            below = os.path.relpath(path)
            return below if not below.startswith("..") else path
        return path

    def join(self, folder: str, below: str) -> str:
        """A path below a folder, in this system's own spelling."""
        return os.path.join(folder, *below.split("/"))

    def is_folder(self, path: str) -> bool:
        """Whether a folder lies here."""
        return os.path.isdir(path)

    def exists(self, path: str) -> bool:
        """Whether anything lies here, be it a link that leads nowhere."""
        return os.path.lexists(path)

    def fault(self, path: str) -> str | None:
        """Why no book can be here: reading a pipe or a device would wait for ever."""
        try:
            mode = os.stat(path).st_mode
        except FileNotFoundError:
            return "leads nowhere" if os.path.islink(path) else "there is no such file or folder"
        except OSError as error:
            return error.strerror or str(error)
        kinds = {
            stat.S_IFDIR: "a folder",
            stat.S_IFIFO: "a pipe",
            stat.S_IFSOCK: "a socket",
            stat.S_IFCHR: "a device",
            stat.S_IFBLK: "a device",
        }
        kind = kinds.get(stat.S_IFMT(mode))
        return f"is {kind}, not a file" if kind else None

    def obstacle(self, path: str) -> str | None:
        """A folder or a pipe is never replaced, and a link may lead anywhere."""
        if not os.path.lexists(path) or (os.path.isfile(path) and not os.path.islink(path)):
            return None
        return f"{self.name(path)} is in the way: it is no regular file"

    def open_elsewhere(self, path: str) -> str | None:
        """Excel's lock file, or LibreOffice's."""
        folder, name = os.path.split(path)
        locks = (f"{LOCK}{name}", f".~lock.{name}#")
        return next((lock for lock in locks if os.path.lexists(os.path.join(folder, lock))), None)

    def is_link(self, path: str) -> bool:
        """Whether writing here would replace a link by a file."""
        return os.path.islink(path)

    def make_room(self, path: str) -> None:
        """Make the folders above a path."""
        os.makedirs(os.path.dirname(path), exist_ok=True)

    def missing_folder(self, path: str) -> str | None:
        """The folder above a path, unless it is there."""
        folder = os.path.dirname(path)
        return None if os.path.isdir(folder) else self.name(folder)

    def stamp(self, path: str) -> str | None:
        """Size and time of the last change."""
        try:
            found = os.stat(path)
        except FileNotFoundError:
            return None
        return f"{found.st_size}-{found.st_mtime_ns}"

    def books(self, folder: str, passed_over: Counter[str]) -> Iterator[str]:
        """The books below a folder; links to folders are not followed, for they may lead in circles.

        The names of one folder are held at a time: a book written in place must not be met twice.
        """
        pending = [""]
        while pending:
            below = pending.pop()
            try:
                with os.scandir(os.path.join(folder, below)) as entries:
                    found = sorted((entry.name, _kind(entry)) for entry in entries)
            except OSError:
                if not below:
                    raise
                passed_over["folders that can't be read"] += 1
                continue
            folders = [name for name, kind in found if kind == "folder" and not name.startswith(".")]
            pending += [f"{below}{name}/" for name in reversed(folders)]
            for name, kind in found:
                if kind == "link to a folder":
                    passed_over["links to folders"] += 1
                elif kind == "file" and is_book(name, passed_over):
                    yield f"{below}{name}"

    def read(self, path: str) -> bytes:
        """The whole file."""
        return Path(path).read_bytes()

    def write(self, path: str, data: bytes, *, sync: bool = True) -> None:
        """Whole or not at all: written beside the target, synced, renamed."""
        self.make_room(path)
        folder, name = os.path.split(path)
        partial = os.path.join(folder, f"{temporary_start(name)}{os.getpid()}{ENDING}")
        try:
            with open(partial, "wb") as file:
                file.write(data)
                if sync:
                    file.flush()
                    os.fsync(file.fileno())
            os.replace(partial, path)
        except BaseException:
            self.remove(partial)
            raise

    @contextlib.contextmanager
    def growing(self, path: str) -> Iterator[Path]:
        """Beside its place, where it can be looked at; a stopped run leaves what it had written."""
        self.make_room(path)
        folder, name = os.path.split(path)
        partial = Path(folder, fitted(name, len(GROWING)) + GROWING)
        yield partial
        partial.replace(path)

    def remove(self, path: str) -> None:
        """Take the file away, if it is there."""
        with suppress(FileNotFoundError):
            os.unlink(path)

    def sweep(self, path: str) -> None:
        """Every writer here names its temporary file .NAME.something.part."""
        folder, name = os.path.split(path)
        for partial in glob.iglob(f"{glob.escape(temporary_start(name))}*{ENDING}", root_dir=folder):
            self.remove(os.path.join(folder, partial))

    @contextlib.contextmanager
    def locked(self, folder: str) -> Iterator[None]:
        """A lock of the system: it ends with the process, however that ends."""
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "lock"), "wb") as file:
            try:
                if sys.platform == "win32":
                    import msvcrt  # noqa: PLC0415 - only Windows has it

                    msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
                else:
                    import fcntl  # noqa: PLC0415 - Windows lacks it

                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno in {errno.EACCES, errno.EAGAIN, errno.EDEADLK}:
                    raise BookError(
                        f"{self.name(os.path.dirname(folder))}: another run is at work here"
                    ) from None
                # A file system without locks: two runs at a time are then the user's to avoid.
            yield


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

    def write(self, path: str, data: bytes, *, sync: bool = True) -> None:  # noqa: ARG002 - no such choice
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
