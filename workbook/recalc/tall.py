"""Which books are tall: only for those is numpy loaded."""

from typing import Final

from workbook.layout import PLAN
from workbook.request import Outcome, Request
from workbook.xlsx.saved_book import SavedBook

SIZE: Final = 512 << 10  # bytes of a sheet: some two thousand rows


def is_tall(book: SavedBook) -> bool:
    """Whether a book has a sheet that may be worked in columns; a plan has none, however large it is."""
    entries = book.package.entries
    has_room = any(sheet.has_cells and entries[sheet.part].size >= SIZE for sheet in book.sheets)
    return has_room and not PLAN.describes(book.names)


def in_columns(book: SavedBook, request: Request) -> tuple[bytes, Outcome] | None:
    """The bytes of a tall book and the outcome; None if it has to be recalculated cell by cell."""
    from workbook.recalc.tall_books import recalculated  # noqa: PLC0415 - numpy, which few books need

    return recalculated(book, request)
