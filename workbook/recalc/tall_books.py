"""Tall books: thousands of formulas that are equal relative to their rows, worked as columns of numbers.

What comes of it is, byte for byte, what the engine's way gives: the same cells are reached, the same are
proven by what Excel saved, the same doubts are looked for. Two evaluators have to agree: the columns work
every row, the engine the first, the last and the most unusual rows of each formula. Whatever is no plain
number on the way is left to the engine's way altogether: `recalculated` then has no answer.
"""

import math
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Final

import numpy as np

from udfs import REGISTRY
from udfs.errors import HedgeError
from udfs.parameters import DECIMAL_TEXT
from workbook.cells import Area, column_letters, number_texts
from workbook.columns.expressions import Odd, Unsupported
from workbook.columns.groups import Group, Spot, TallBook, groups, ordered
from workbook.columns.rows import Floats, Integers, NotTall, Tall, read_tall
from workbook.columns.written import is_as_computed
from workbook.engines.embedded import WORKS, known
from workbook.errors import Unknowable
from workbook.files.venue_tables import in_force
from workbook.formula.implicit_intersection import intersected
from workbook.recalc.named_cells import cell_of
from workbook.recalc.saved_by_google import is_by_google
from workbook.recalc.saved_by_libreoffice import is_by_libreoffice
from workbook.recalc.suspects import SUMMING
from workbook.recalc.tall_changes import ColumnCells, changed_cells
from workbook.recalc.template_formulas import HIDING
from workbook.request import Outcome, Request
from workbook.xlsx.saved_book import SavedBook
from workbook.xlsx.zip import Package

DRAWN: Final = ("/charts/", "/drawings/")  # parts that follow cells


def recalculated(book: SavedBook, request: Request) -> tuple[bytes, Outcome] | None:
    """A tall book's new bytes and the outcome; None if it has to be recalculated cell by cell."""
    try:
        _refuse_unusual(book, request)
        sheets = dict(_sheets(book))
        columns = {
            (home, at): column for home, sheet in sheets.items() for at, column in sheet.columns.items()
        }
        tall = TallBook(book.grammar, columns, ordered(list(_groups(book, sheets))))
        found, reached = changed_cells(tall, _inputs(book, tall, request), date1904=book.date1904)
        written = _written(book, sheets, found)
    except (NotTall, Odd, Unsupported):
        return None
    except HedgeError:
        raise  # a refusal, in words
    except (ArithmeticError, LookupError, ValueError):
        return None  # what no program writes: the engine's way says what it is
    changed = sum(len(rows) for rows, _ in found.values())
    outcome = Outcome(
        "",
        "done" if changed else "unchanged",
        formulas=sum(len(group.rows) for group in tall.groups),
        changed=changed,
        venues=in_force(),
        core=reached,
    )
    return written, outcome


def _refuse_unusual(book: SavedBook, request: Request) -> None:
    """Leave what needs more than its cells to the engine's way."""
    is_plain = request.engine == "embedded" and not (request.market or request.tables)
    is_drawn = any(mark in f"/{part}" for part in book.package.entries for mark in DRAWN)
    if not is_plain or is_drawn or book.rounds or book.is_signed:
        raise NotTall
    if is_by_google(book) or is_by_libreoffice(book):
        raise NotTall


def _sheets(book: SavedBook) -> Iterator[tuple[int, Tall]]:
    for number, sheet in enumerate(book.sheets):
        if sheet.has_cells:
            limit = book.package.limits.cells
            yield number, read_tall(book.xml(number), number, book.texts, limit, date1904=book.date1904)


def _groups(book: SavedBook, sheets: Mapping[int, Tall]) -> Iterator[Group]:
    """The formulas of all sheets, each of which must hold a number and refer to cells of this book."""
    for sheet, tall in sheets.items():
        for group in groups(tall, sheet, book.grammar):
            is_filled = (tall.columns[group.column].slots[group.rows] >= 0).all()
            if not is_filled or any(area.sheet >= len(book.sheets) for area, _ in group.areas):
                raise NotTall
            _refuse_lacking(group)
            yield group


def _refuse_lacking(group: Group) -> None:
    """Leave a book to the engine's way that has formulas which can't be evaluated, reached or not."""
    plain = group.plain
    called = plain.calls - REGISTRY.keys()
    if not called.isdisjoint(SUMMING | HIDING) or called - known(called):
        raise NotTall
    if intersected(plain.text, REGISTRY.keys(), has_names=plain.has_names, works=WORKS)[1]:
        raise NotTall


def _inputs(book: SavedBook, tall: TallBook, request: Request) -> ColumnCells:
    """The numbers that a request writes over others; what it may not write is refused elsewhere."""
    found: dict[Spot, dict[int, float]] = {}
    for name, given in request.inputs.items():
        area = cell_of(book, name)
        if area is None or isinstance(given, bool) or not isinstance(given, (float, int, str)):
            raise NotTall
        if isinstance(given, str) and not DECIMAL_TEXT.fullmatch(given):
            raise NotTall
        rows = found.setdefault((area.sheet, area.left), {})
        number = float(given)
        if area.top in rows or not math.isfinite(number) or not _is_free(book, tall, area):
            raise NotTall
        rows[area.top] = number
    return {spot: (np.array(list(rows)), np.array(list(rows.values()))) for spot, rows in found.items()}


def _is_free(book: SavedBook, tall: TallBook, area: Area) -> bool:
    """Whether a cell holds a number that no formula computes, and is no header."""
    column = tall.columns.get((area.sheet, area.left))
    if column is None or area.top >= len(column.slots) or column.slots[area.top] < 0:
        return False
    if any(group.spot == (area.sheet, area.left) and area.top in group.rows for group in tall.groups):
        return False
    return not any(table.area.meets(area) and area.top < table.data.top for table in book.tables.values())


def _written(book: SavedBook, sheets: Mapping[int, Tall], found: ColumnCells) -> bytes:
    """The package with the new numbers, read back before anyone gets it."""
    parts: dict[str, bytes] = {}
    for home, tall in sheets.items():
        slots: list[int] = []
        numbers: list[float] = []
        for (there, column), (rows, new) in found.items():
            if there == home:
                slots += tall.columns[column].slots[rows].tolist()
                numbers += new.tolist()
        if slots:
            parts[book.sheets[home].part] = tall.written(slots, number_texts(numbers))
    written = book.package.written(parts)
    after = Package(written) if parts else book.package
    for home, tall in sheets.items():
        sheet = book.sheets[home]
        if sheet.part in parts:
            cells = dict(chain(*(_named(*cells) for cells in found.items() if cells[0][0] == home)))
            if not is_as_computed(tall, after.read(sheet.part), cells):
                raise Unknowable(f"the sheet {sheet.name} would not read back as it was computed")
    return written


def _named(spot: Spot, cells: tuple[Integers, Floats]) -> Iterator[tuple[bytes, float]]:
    """New numbers by the names of their cells."""
    name = column_letters(spot[1]).encode() + b"%d"
    return zip(map(name.__mod__, cells[0].tolist()), cells[1].tolist(), strict=True)
