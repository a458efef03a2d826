"""The books that come with the package: built by `make docs`, taken only while nothing they rest on differs.

A ready book holds what the template would write and the engine compute. It is keyed by the sources that
decide what stands in a book, so that one from before a change is never taken for one from after it.
"""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from workbook.files.venue_tables import BUILT_IN, in_force
from workbook.sources import sources_of
from workbook.xlsx.fresh_package import package_of, parts_of

HERE: Final = Path(__file__).parent
KEY: Final = HERE / "sources.txt"
SOURCES: Final = ("udfs", "workbook/data", "workbook/layout", "workbook/native", "workbook/template")


def ready_book(example: str, edition: str) -> bytes | None:
    """A ready book; None if there is none, or if it may not be what would be built now."""
    try:
        if KEY.read_text(encoding="ascii").strip() != sources() or in_force() != BUILT_IN:
            return None
        return unpacked(place(edition).read_bytes(), example)
    except (OSError, ValueError):
        return None  # nothing is lost: the book is built


def place(edition: str) -> Path:
    """Where the ready books of an edition lie."""
    return HERE / f"{edition}.xz"


def sources() -> str:
    """What tells the sources that decide what stands in a new book from any others."""
    return sources_of(SOURCES)


def packed(books: Mapping[str, bytes]) -> bytes:
    """Books by name, compressed as one: they have most of their bytes in common."""
    import lzma  # noqa: PLC0415 - not every Python was built with it

    plain = {name: package_of(parts_of(package), zipfile.ZIP_STORED) for name, package in books.items()}
    return lzma.compress(package_of(plain, zipfile.ZIP_STORED))


def unpacked(content: bytes, name: str) -> bytes:
    """One of the books that were packed; a ValueError if it can't be had."""
    try:
        import lzma  # noqa: PLC0415 - not every Python was built with it

        plain = parts_of(lzma.decompress(content))[name]
    except (ImportError, lzma.LZMAError, zipfile.BadZipFile, KeyError) as error:
        raise ValueError(f"the ready book {name} can't be had: {error}") from error
    return package_of(parts_of(plain))
