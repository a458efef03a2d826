"""Ranges as a host hands them over, and their cells laid out for a quick look."""

import itertools
import operator
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

HostCell = Any  # what a host hands over: numbers, texts, None, dates, error texts, nested lists

RAGGED: Final = -1
RANGES: Final = frozenset((list, tuple))


class PlainCells(NamedTuple):
    """The cells of a range row by row, how many a row has (0 in a flat list), and of which types they are."""

    cells: list[HostCell]
    width: int
    kinds: set[type]


def is_range(cell: object) -> bool:
    """Whether a host handed over several cells."""
    return type(cell) in RANGES


def is_blank(cells: HostCell) -> bool:
    """Whether there is nothing in a cell, or in any cell of a range."""
    return all(map(is_blank, cells)) if is_range(cells) else cells is None or cells == ""


def rows_of(cells: HostCell) -> list[Sequence[HostCell]]:
    """The rows of a range; a flat list is a column, as a price history is written."""
    return [row if is_range(row) else [row] for row in cells]


def flat(cells: HostCell) -> PlainCells:
    """The cells of a range of any shape, row by row."""
    if not is_range(cells):
        return PlainCells([cells], 0, {type(cells)})
    plain = plain_of(cells)
    if plain.width != RAGGED:
        return plain
    column = list(itertools.chain.from_iterable(rows_of(cells)))
    return PlainCells(column, 0, set(map(type, column)))


def single(cell: HostCell) -> HostCell:
    """A range of one cell is that cell, an empty one a blank."""
    if not is_range(cell) or len(cell) > 1:
        return cell
    inner: HostCell = cell[0] if cell else None
    if not is_range(inner):
        return inner
    return cell if len(inner) > 1 else inner[0] if inner else None


def plain_of(cells: HostCell) -> PlainCells:
    """The cells of a rectangle; of rows that differ in width none, and the width RAGGED."""
    kinds = kinds_of(cells)
    if RANGES.isdisjoint(kinds):
        return PlainCells(list(cells), 0, kinds)
    widths = set(map(len, cells)) if kinds <= RANGES else set()
    if len(widths) != 1 or widths == {0}:
        return PlainCells([], RAGGED, set())
    column = list(itertools.chain.from_iterable(cells))
    return PlainCells(column, widths.pop(), kinds_of(column))


def kinds_of(cells: Sequence[HostCell]) -> set[type]:
    """The types of some cells; to count floats is quicker than to gather types."""
    if cells and type(cells[0]) is float and operator.countOf(map(type, cells), float) == len(cells):
        return {float}
    return set(map(type, cells))


def without_gaps(tables: dict[int, list[list[HostCell]]]) -> dict[int, list[list[HostCell]]]:
    """Tables that lie side by side, by columns, without the rows in which any of them has a blank."""
    columns = [column for table in tables.values() for column in table]
    full = [None not in row for row in zip(*columns, strict=True)]
    return {
        place: [list(itertools.compress(column, full)) for column in table] for place, table in tables.items()
    }
