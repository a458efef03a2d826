"""A saved plan book read through the layout: where its names and columns stand now, and what they hold.

Rows may have been inserted and sheets renamed since the book was made: everything is found by the
book's own names and tables, nothing by the address that it had in a new book.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import Final

from workbook.cells import Area, Value, place, row_of
from workbook.errors import BadPackage
from workbook.formula.grammar import Grammar
from workbook.formula.structured_references import BookTable
from workbook.formula.tokens import parse, unquoted
from workbook.layout.book import Book as PlanRecord
from workbook.native.editions import ADD_IN, NATIVE, EditionName, record
from workbook.xlsx.saved_book import SavedBook
from workbook.xlsx.sheet_reader import Formula
from workbook.xlsx.zip import read_file

EDITION: Final = "template_edition"  # the name of the cell that says it


@contextmanager
def opened(path: str | PathLike[str]) -> Iterator["SavedPlan"]:
    """A saved book, read as a plan; one that is damaged or hostile anywhere is refused by its name."""
    try:
        yield SavedPlan(SavedBook(read_file(Path(path))))
    except BadPackage as refused:
        raise BadPackage(f"{path}: {refused}") from None


def located(book: SavedBook, name: str) -> Area | None:
    """The one area that a defined name of the book points at; None if there is none."""
    refers = book.names.get((None, name.lower()))
    tokens = parse(refers) if refers else ()
    if not refers or len(tokens) != 1:
        return None
    token = tokens[0]
    if token.kind == "area" and token.sheet and not unquoted(token.sheet)[0]:  # as all of a plan are
        area = book.grammar.area(refers, 0)
        if area is not None and area.sheet < len(book.sheets):
            return area
    plain = book.grammar.plain(refers, 0, 1, 1, (1, 1), qualified=True)
    is_one = len(plain.areas) == 1 and not plain.fault and plain.areas[0].sheet < len(book.sheets)
    return plain.areas[0] if is_one else None


class SavedPlan:
    """What a saved book holds of a plan."""

    def __init__(self, book: SavedBook) -> None:
        self.book = book
        self._last_rows: dict[int, int] = {}

    @cached_property
    def edition(self) -> EditionName:
        """Whether its formulas call our functions or built-in ones alone, as the book states it."""
        area = located(self.book, EDITION)
        is_native = area is not None and self.at(area.sheet, area.top, area.left) == NATIVE
        return NATIVE if is_native else ADD_IN

    @property
    def plan(self) -> PlanRecord:
        """The record of its edition."""
        return record(self.edition)

    @cached_property
    def version(self) -> str | None:
        """The template's version as the book states it; None if it does not."""
        value = self.value(self.plan.version_name)
        if isinstance(value, float) and value.is_integer():
            return str(int(value))  # another program may take the text 1 for a number
        return None if value is None else str(value)

    @cached_property
    def is_plan(self) -> bool:
        """Whether the book is a plan."""
        return self.plan.describes(self.book.names)

    @cached_property
    def places(self) -> Mapping[str, Area]:
        """The layout's names that the book can still locate."""
        found = ((name, located(self.book, name)) for name in self.plan.names)
        return MappingProxyType({name: area for name, area in found if area is not None})

    @property
    def grammar(self) -> Grammar:
        """What the words of the book's formulas mean."""
        return self.book.grammar

    def sheet_name(self, area: Area) -> str:
        """The name of the sheet an area stands on."""
        return self.book.sheets[area.sheet].name

    def table(self, name: str) -> BookTable | None:
        """A table of the layout, as it stands in the book."""
        return self.book.tables.get(name.lower())

    def column(self, table: str, name: str) -> Area | None:
        """The cells of a table's column, found by its header."""
        found = self.table(table)
        if found is None:
            return None
        header = self.plan.tables[table][name].header.lower()
        headers = [column.lower() for column in found.columns]
        if header not in headers:
            return None
        left = found.area.left + headers.index(header)
        return found.data._replace(left=left, right=left)

    def used(self, area: Area) -> range:
        """The rows of an area as far down as its sheet holds anything: a table may be pulled to the end."""
        if area.sheet not in self._last_rows:
            cells = self.book.cells(area.sheet)
            last = max(max(cells.values, default=0), max(cells.formulas, default=0))
            self._last_rows[area.sheet] = row_of(last)
        return range(area.top, min(area.bottom, self._last_rows[area.sheet]) + 1)

    def at(self, sheet: int, row: int, column: int) -> Value:
        """The cached value of a cell."""
        return self.book.cells(sheet).values.get(place(0, row, column))

    def formula(self, sheet: int, row: int, column: int) -> Formula | None:
        """The formula of a cell."""
        return self.book.cells(sheet).formulas.get(place(0, row, column))

    def value(self, name: str) -> Value:
        """The cached value of a named cell; a flag that LibreOffice saved as 1 or 0 is a flag."""
        area = self.places.get(name) or located(self.book, name)
        if area is None:
            return None
        value = self.at(area.sheet, area.top, area.left)
        port = self.plan.fields.get(name)
        if port is not None and port.kind == "flag" and isinstance(value, float) and value in (0.0, 1.0):
            return bool(value)
        return value

    def rows(self, table: str) -> Iterator[Mapping[str, Value]]:
        """A table's rows by column name, blank ones too."""
        columns = {column.name: self.column(table, column.name) for column in self.plan.tables[table].columns}
        here = {name: area for name, area in columns.items() if area is not None}
        if not here:
            return
        data = next(iter(here.values()))
        for row in self.used(data):
            yield {name: self.at(area.sheet, row, area.left) for name, area in here.items()}
