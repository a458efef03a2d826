"""Structured references: which cells of a table the words in the brackets select."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from workbook.cells import Area
from workbook.formula.faults import Unwritable
from workbook.memory import remembered

ITEM: Final = re.compile(r"\[((?:[^\[\]']|'.)*)\]|([^,:\[\]@ ](?:[^,:\[\]']|'.)*)|([:@,])", re.DOTALL)

SINGLE: Final = re.compile(r"\[\s*[^\[\]@#'\s](?:[^\[\]']|'.)*\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class BookTable:
    """A table of the book: its area, and how many header and totals rows belong to it."""

    name: str
    area: Area
    columns: tuple[str, ...]
    headers: int = 1
    totals: int = 0

    @property
    def data(self) -> Area:
        """The rows between the header and the totals."""
        return self.area._replace(top=self.area.top + self.headers, bottom=self.area.bottom - self.totals)


def selected(table: BookTable, specifier: str, row: int) -> Area | None:
    """The area that the brackets of a structured reference select; None for a row outside."""
    parts, columns, spans = _words(specifier)
    left, right = _columns(table, columns, spans)
    rows = _rows(table, parts, row)
    return rows and rows._replace(left=left, right=right)


def is_of_row(specifier: str) -> bool:
    """Whether the brackets select of a table the row of the formula itself."""
    return "#this row" in _words(specifier)[0]


@remembered(1_024)
def _words(specifier: str) -> tuple[frozenset[str], tuple[str, ...], bool]:
    """The parts and columns that the brackets name, and whether all columns between these."""
    if SINGLE.fullmatch(specifier):  # one column, whatever signs its name has
        return frozenset(), (re.sub(r"'(.)", r"\1", specifier[1:-1].strip()),), False
    parts: set[str] = set()
    columns: list[str] = []
    spans = False
    for bracketed, bare, mark in ITEM.findall(specifier[1:-1]):
        spans |= mark == ":"
        if mark == "@":
            parts.add("#this row")
        if mark:
            continue
        word = bracketed or bare.strip()
        if word.startswith("@"):
            parts.add("#this row")
            word = word[1:]
        if word.startswith("#"):
            parts.add(word.lower())
        elif word:
            columns.append(re.sub(r"'(.)", r"\1", word))
    return frozenset(parts), tuple(columns), spans


def _columns(table: BookTable, columns: Sequence[str], spans: bool) -> tuple[int, int]:
    lower = [column.lower() for column in table.columns]
    try:
        numbers = [table.area.left + lower.index(column.lower()) for column in columns]
    except ValueError:
        raise Unwritable(f"refers to a column that the table {table.name} does not have") from None
    if not numbers:
        return table.area.left, table.area.right
    if len(numbers) > 1 and not spans:
        raise Unwritable(f"refers to several columns of the table {table.name} at once")
    return min(numbers), max(numbers)


def _rows(table: BookTable, parts: AbstractSet[str], row: int) -> Area | None:
    area, data = table.area, table.data
    if not parts or parts == {"#data"}:
        return data
    if "#this row" in parts:
        return area._replace(top=row, bottom=row) if data.top <= row <= data.bottom else None
    tops, bottoms = [], []
    if "#all" in parts:
        return area
    if "#headers" in parts and table.headers:
        tops.append(area.top)
        bottoms.append(data.top - 1)
    if "#data" in parts:
        tops.append(data.top)
        bottoms.append(data.bottom)
    if "#totals" in parts and table.totals:
        tops.append(data.bottom + 1)
        bottoms.append(area.bottom)
    if not tops:
        raise Unwritable(f"refers to rows that the table {table.name} does not have")
    return area._replace(top=min(tops), bottom=max(bottoms))
