"""Files of facts: those of this package, the user's own, and those beside the book in hand.

A user's own files take precedence over the ones of this package, row by row: first those beside the
book that is recalculated, then those in the user's folder, which `microhedge venues refresh` writes.
"""

import csv
import datetime as dt
import io
import os
import pkgutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from udfs.dates import serial
from udfs.errors import HedgeError, NotAvailable, OutsideDomain
from udfs.parameters import Parameter, parameters_of

VARIABLE: Final = "MICROHEDGE_VENUES"

R = TypeVar("R", bound=NamedTuple)
Stamp = tuple[Path | None, str]  # a file, its size and when it changed; None is the file in this package

_book_folder: ContextVar[Path | None] = ContextVar("book_folder", default=None)


@contextmanager
def beside(book: str | os.PathLike[str]) -> Iterator[None]:
    """While it lasts, tables beside this book take precedence."""
    token = _book_folder.set(Path(book).parent)
    try:
        yield
    finally:
        _book_folder.reset(token)


def user_folder() -> Path:
    """Where a user's own tables lie: MICROHEDGE_VENUES, or the platform's place for a program's data."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home() fails where there is no home
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or home / "AppData" / "Roaming") / "microhedge"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "microhedge"
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "microhedge"


def stamped(name: str) -> Iterator[Stamp]:
    """The files of one name, those that take precedence last."""
    yield None, ""
    named, folder = os.environ.get(VARIABLE), _book_folder.get()
    if named and not Path(named).is_dir():
        raise NotAvailable(f"{VARIABLE}: there is no folder {named}", VARIABLE, named)
    for path in (user_folder() / name, folder / name if folder else None):
        if path and path.is_file():
            found = path.stat()
            yield path, f"{found.st_size}-{found.st_mtime_ns}"


def read_rows(path: Path | None, name: str, record: type[R]) -> Iterator[tuple[int, R]]:
    """The rows of one file with their lines; a fault is refused with the file and the line."""
    parameters = tuple(parameters_of(record))
    reader = csv.DictReader(io.StringIO(_text(path, name)), strict=True)
    try:
        wrong = set(reader.fieldnames or ()) - {p.name for p in parameters}
        if wrong:
            raise fault(path, name, 1, f"unknown columns {', '.join(sorted(map(str, wrong)))}")
        for row in reader:
            yield reader.line_num, record(*(_fact(p, row.get(p.name)) for p in parameters))
    except (HedgeError, ValueError, csv.Error) as error:
        if isinstance(error, NotAvailable):
            raise
        raise fault(path, name, reader.line_num, str(error)) from None


def _fact(parameter: Parameter, text: str | None) -> Any:
    if text and not all(sign.isprintable() or sign in "\t\r\n" for sign in text):
        raise OutsideDomain(f"{parameter.name}: holds a control character", parameter.name, text)
    if parameter.arg.unit == "date" and text:
        return serial(dt.date.fromisoformat(text))
    return parameter.read(text)


def _text(path: Path | None, name: str) -> str:
    try:
        data = pkgutil.get_data("udfs", name) if path is None else path.read_bytes()
        return (data or b"").decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise NotAvailable(f"{path or name}: can't be read: {error}") from None


def fault(path: Path | None, name: str, line: int, problem: str) -> NotAvailable:
    """The refusal of a file that can't be used, with the line at fault."""
    return NotAvailable(f"{path or name}, line {line}: {problem}")
