"""Plan books for tests: new ones, and ones that a person has changed."""

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.workbook import Workbook

from workbook.cells import address
from workbook.layout import PLAN
from workbook.layout.location import Location
from workbook.recalc import recalc
from workbook.request import Request
from workbook.template import book_bytes

Edit = Callable[[Workbook], object]


@cache
def example(name: str = "two-asset") -> bytes:
    """A new book of that example."""
    return book_bytes(name)


def edited(edit: Edit, package: bytes | None = None) -> bytes:
    """A book after a change, saved by openpyxl, which drops every calculated value."""
    book = openpyxl.load_workbook(io.BytesIO(package or example()))
    edit(book)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def recalculated(package: bytes) -> bytes:
    """The book with its values."""
    written, outcome = recalc.recalc_bytes(package, Request())
    assert not outcome.is_problem, outcome.reason
    return written


def written(folder: Path, package: bytes, name: str = "plan.xlsx") -> Path:
    """The book in a file."""
    path = folder / name
    path.write_bytes(package)
    return path


def cell(name: str) -> tuple[str, str]:
    """Sheet and address of a named cell."""
    return _address(PLAN.names[name])


def row_cell(table: str, column: str, row: int = 1) -> tuple[str, str]:
    """Sheet and address of a table's cell; its rows are counted from 1."""
    place = PLAN.place(table, column)
    return place.sheet, address(place.row + row - 1, place.column)


def span(table: str, column: str, first: int, last: int) -> str:
    """Some rows of a table's column, as a finding names them."""
    return f"{'!'.join(row_cell(table, column, first))}:{row_cell(table, column, last)[1]}"


def whole(table: str, *, rows: int | None = None) -> str:
    """A table with its header, as a finding names it; with fewer rows, if so many are left."""
    found = PLAN.tables[table]
    last = found.header_row + (rows or found.rows)
    first = address(found.header_row, found.column)
    return f"{PLAN.home(table).name}!{first}:{address(last, found.last_column)}"


def put(where: tuple[str, str], value: Any) -> Edit:
    """A change that types a value into a cell."""

    def change(book: Workbook) -> None:
        book[where[0]][where[1]] = value

    return change


def _address(place: Location) -> tuple[str, str]:
    return place.sheet, address(place.row, place.column)
