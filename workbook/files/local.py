"""The files of this machine, as a store of books."""

import contextlib
import errno
import glob
import os
import stat
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from workbook.errors import BookError
from workbook.files.atomic_write import ENDING, fitted, temporary_start, write_whole
from workbook.files.store import GROWING, LOCK, is_book


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

    def write(self, path: str, data: bytes) -> None:
        """Whole or not at all."""
        self.make_room(path)
        write_whole(data, None, Path(path))

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
        lock = os.path.join(folder, "lock")
        self._refuse_strange(folder, stat.S_ISDIR)
        os.makedirs(folder, exist_ok=True)
        self._refuse_strange(lock, stat.S_ISREG)
        with open(lock, "ab") as file:
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

    def _refuse_strange(self, path: str, is_ours: Callable[[int], bool]) -> None:
        """Where a run keeps its state, a pipe would be waited for and a link lead anywhere."""
        if os.path.lexists(path) and not is_ours(os.lstat(path).st_mode):
            raise BookError(f"{self.name(path)}: is in the way of what a run keeps there: move it away")


def _kind(entry: os.DirEntry[str]) -> str:
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    try:
        return "link to a folder" if entry.is_dir() else "file"
    except OSError:  # a link that leads in a circle, or where this user may not look: reading it says so
        return "file"
