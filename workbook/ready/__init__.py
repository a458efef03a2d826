"""New books: the ready ones that come with the package, or one that is built."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from workbook.errors import BookError
from workbook.files.atomic_write import write_whole
from workbook.ready.kept import ready_book

if TYPE_CHECKING:
    from workbook.native.editions import EditionName


def new_book(
    target: str | os.PathLike[str],
    example: str = "two-asset",
    venue: str | None = None,
    edition: "EditionName" = "add-in",
    *,
    force: bool = False,
) -> None:
    """Write a new plan book; an existing file is refused unless forced, and never half written."""
    path = Path(target)
    if path.suffix.lower() != ".xlsx":
        raise BookError(f"{path}: a new book is an .xlsx file", "target", str(path))
    if path.is_dir() or (path.exists() and not force):
        raise BookError(f"{path}: exists already; --force writes over it", "target", str(path))
    if not path.parent.is_dir():
        raise BookError(f"{path}: there is no folder {path.parent}", "target", str(path))
    package = ready_book(example, edition) if venue is None else None
    if package is None:
        from workbook.template import book_bytes  # noqa: PLC0415 - openpyxl and the engine are heavy

        package = book_bytes(example, venue, edition)
    write_whole(package, None, path)
