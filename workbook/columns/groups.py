"""The formulas of tall sheets: those that are equal relative to their rows are one, over columns."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np

from workbook.cells import COLUMN_BITS, COLUMN_MASK, Area, Value, place
from workbook.columns.expressions import Numbers, Operand, Truths, Unsupported, compiled_formula, largest_part
from workbook.columns.rows import (
    BLANK,
    FAULT,
    PLAIN,
    Floats,
    Integers,
    Kinds,
    NotTall,
    NumberColumn,
    RowForm,
    Tall,
)
from workbook.formula.forms import PlainFormula
from workbook.formula.grammar import Grammar
from workbook.xlsx.xml_text import text_of

BLOCK: Final = 64  # cells of a range that are taken one by one

Spot = tuple[int, int]
"""A column of the book: sheet and column."""

Masks = dict[Spot, Truths]
"""Which rows of columns are meant."""


class Reference(NamedTuple):
    """An area as a group refers to it: its rows are counted from the formula's own if it moves."""

    area: Area
    moves: bool

    def rows(self, rows: Integers) -> tuple[Integers, Integers]:
        """The first and last rows that are meant, for formulas in some rows."""
        if self.moves:
            return rows + self.area.top, rows + self.area.bottom
        return np.full(len(rows), self.area.top), np.full(len(rows), self.area.bottom)


@dataclass(eq=False)
class Group:
    """Formulas of one column that are equal relative to their rows."""

    sheet: int
    column: int
    rows: Integers
    plain: PlainFormula  # as it reads in the first row
    named: Sequence[Reference]  # the areas that its text names, in its order
    areas: Sequence[Reference]  # all that it depends on
    source: "Source"

    @property
    def spot(self) -> Spot:
        """The column that it fills."""
        return self.sheet, self.column

    @cached_property
    def work(self) -> Numbers:
        """The formula over columns."""
        return compiled_formula(self.plain.text)

    @cached_property
    def largest_part(self) -> Numbers:
        """The size of the largest part of a sum or difference."""
        return largest_part(self.plain.text)


class Source(NamedTuple):
    """Where the texts of a group's formulas come from."""

    form: RowForm
    at: int  # the number of the field in the form
    text: str  # in the first row
    origin: int  # the key of the cell for which it is written

    def written(self, row: int, column: int) -> tuple[str, tuple[int, int]]:
        """The text of the formula in a row, and the cell for which it is written."""
        own = self.form.formula(self.form.fields[self.at], row)
        if own:
            return text_of(own), (row, column)
        return self.text, (self.origin >> COLUMN_BITS, self.origin & COLUMN_MASK)


class TallBook(NamedTuple):
    """A book as columns, and its formulas in the order in which they can be worked."""

    grammar: Grammar
    columns: Mapping[Spot, NumberColumn]
    groups: Sequence[Group]


def groups(tall: Tall, sheet: int, grammar: Grammar) -> Iterator[Group]:
    """The formulas of a sheet."""
    for form in tall.forms:
        for at, field in enumerate(form.fields):
            if field.formula is None:
                continue
            formula = tall.cells.formulas[field.key(form)]
            if formula.kind or formula.dynamic:
                raise NotTall
            source = Source(form, at, formula.text, formula.origin)
            yield _group(grammar, sheet, field.column, form.rows, source)


def plain_formula(grammar: Grammar, group: Group, row: int, *, qualified: bool = False) -> PlainFormula:
    """One formula of a group as the grammar writes it."""
    text, origin = group.source.written(row, group.column)
    return grammar.plain(text, group.sheet, row, group.column, origin, qualified=qualified)


def _group(grammar: Grammar, sheet: int, column: int, rows: Integers, source: Source) -> Group:
    found = []
    for row in (int(rows[0]), int(rows[-1])):
        text, origin = source.written(row, column)
        found.append(grammar.plain(text, sheet, row, column, origin))
    first, last = found
    if first.fault or first.reaches or first.shape != last.shape or first.calls != last.calls:
        raise NotTall
    ends = int(rows[0]), int(rows[-1])
    named = list(_references(first.named, last.named, *ends))
    areas = list(_references(first.areas, last.areas, *ends))
    return Group(sheet, column, rows, first, named, areas, source)


def _references(first: Sequence[Area], last: Sequence[Area], top: int, bottom: int) -> Iterator[Reference]:
    """What areas in the first and the last row of a group have in common."""
    if len(first) != len(last):
        raise NotTall
    for one, other in zip(first, last, strict=True):
        if one == other:
            yield Reference(one, moves=False)
        elif other == one._replace(top=one.top + bottom - top, bottom=one.bottom + bottom - top):
            yield Reference(one._replace(top=one.top - top, bottom=one.bottom - top), moves=True)
        else:
            raise NotTall


def ordered(found: Sequence[Group]) -> list[Group]:
    """The groups such that each comes after those that it depends on."""
    filled: dict[Spot, list[int]] = defaultdict(list)
    for number, group in enumerate(found):
        filled[group.spot].append(number)
    after = {number: list(_needs(group, found, filled)) for number, group in enumerate(found)}
    done: list[Group] = []
    state: dict[int, bool] = {}  # whether it is done; missing for those not begun
    for start in range(len(found)):
        waiting = [start]
        while waiting:
            number = waiting[-1]
            if state.get(number):
                waiting.pop()
                continue
            ahead = [needed for needed in after[number] if not state.get(needed)]
            if not ahead:
                state[number] = True
                done.append(found[number])
                waiting.pop()
            elif number in state:
                raise NotTall  # it waits for what waits for it
            else:
                state[number] = False
                waiting += ahead
    return done


def _needs(group: Group, found: Sequence[Group], filled: Mapping[Spot, Sequence[int]]) -> Iterator[int]:
    """The groups that lie in what a group refers to."""
    ends = group.rows[[0, -1]]
    for reference in group.areas:
        tops, bottoms = reference.rows(ends)
        for spot in _spots(reference.area, filled):
            for number in filled[spot]:
                rows = found[number].rows
                if rows[0] <= bottoms[-1] and rows[-1] >= tops[0]:
                    yield number


def _spots(area: Area, known: Mapping[Spot, object]) -> Iterable[Spot]:
    """The columns of an area that are known of."""
    if area.left == area.right:
        spot = area.sheet, area.left
        return (spot,) if spot in known else ()
    return [spot for spot in known if spot[0] == area.sheet and area.left <= spot[1] <= area.right]


def reached(found: Sequence[Group], roots: Masks) -> Masks:
    """The cells of the roots and all that depend on them, of groups in their order."""
    masks = dict(roots)
    for group in found:
        hit = np.zeros(len(group.rows), dtype=np.bool_)
        for reference in group.areas:
            for spot in _spots(reference.area, masks):
                hit |= _meets(masks[spot], *reference.rows(group.rows))
        if hit.any():
            own = masks.get(group.spot)
            size = int(group.rows[-1]) + 2
            new = np.zeros(max(size, 0 if own is None else len(own)), dtype=np.bool_)
            if own is not None:
                new[: len(own)] = own
            new[group.rows[hit]] = True
            masks[group.spot] = new
    return masks


def _meets(mask: Truths, tops: Integers, bottoms: Integers) -> Truths:
    """Whether some of the rows from one to another are meant."""
    last = len(mask) - 1
    if (tops == bottoms).all():
        found: Truths = mask[np.minimum(tops, last)] & (tops <= last)
        return found
    before = np.concatenate(([0], np.cumsum(mask)))
    several: Truths = before[np.minimum(bottoms, last) + 1] > before[np.minimum(tops, last + 1)]
    return several


def marked(rows: Integers) -> Truths:
    """A mask of some rows."""
    mask = np.zeros(int(rows.max()) + 2, dtype=np.bool_)
    mask[rows] = True
    return mask


def within(mask: Truths | None, rows: Integers) -> Truths:
    """Which of some rows are meant."""
    if mask is None:
        return np.zeros(len(rows), dtype=np.bool_)
    last = len(mask) - 1
    found: Truths = mask[np.minimum(rows, last)] & (rows <= last)
    return found


class Values:
    """The numbers of a book's columns as they are saved, with others put over them."""

    def __init__(self, columns: Mapping[Spot, NumberColumn]) -> None:
        self._columns = columns
        self._new: dict[Spot, Floats] = {}

    def put(self, spot: Spot, rows: Integers, numbers: Floats) -> None:
        """Let some cells, which hold numbers, hold others."""
        if spot not in self._new:
            self._new[spot] = self._columns[spot].numbers.copy()
        self._new[spot][rows] = numbers

    def of(self, spot: Spot, rows: Integers) -> Floats:
        """The numbers in some rows; 0 for what is none."""
        column = self._columns.get(spot)
        if column is None:
            return np.zeros(len(rows))
        return self._new.get(spot, column.numbers)[np.minimum(rows, len(column.numbers) - 1)]

    def kinds(self, spot: Spot, rows: Integers) -> Kinds:
        """The kinds of some cells."""
        column = self._columns.get(spot)
        if column is None:
            return np.full(len(rows), BLANK, dtype=np.uint8)
        return column.kinds[np.minimum(rows, len(column.kinds) - 1)]

    def cells(self, area: Area) -> Iterator[tuple[int, Value]]:
        """The places of an area's cells, with their values: any text for those that hold a word."""
        for row in range(area.top, area.bottom + 1):
            for column in range(area.left, area.right + 1):
                spot, rows = (area.sheet, column), np.array([row])
                kind = int(self.kinds(spot, rows)[0])
                if kind != BLANK:
                    number = float(self.of(spot, rows)[0])
                    yield place(area.sheet, row, column), number if kind == PLAIN else "text"

    def operands(self, group: Group, rows: Integers) -> list[Operand]:
        """What the formulas of a group in some rows refer to."""
        return [self._operand(reference, rows) for reference in group.named]

    def _operand(self, reference: Reference, rows: Integers) -> Operand:
        area = reference.area
        if not reference.moves and area.size > 1:
            return Operand([], [], self._range(area))
        if area.size > BLOCK:
            raise Unsupported
        cells, kinds = [], []
        for row in range(area.top, area.bottom + 1):
            places = rows + row if reference.moves else np.full(len(rows), row)
            for column in range(area.left, area.right + 1):
                spot = area.sheet, column
                cells.append(self.of(spot, places))
                kind = self.kinds(spot, places)
                kinds.append(kind if kind.any() else None)
        return Operand(cells, kinds)

    def _range(self, area: Area) -> Floats:
        """The numbers of a range, row by row."""
        spots = sorted(_spots(area, self._columns))
        height = max((len(self._columns[spot].kinds) for spot in spots), default=0)
        rows = np.arange(area.top, min(area.bottom, height) + 1)
        numbers = [self.of(spot, rows) for spot in spots]
        kinds = [self.kinds(spot, rows) for spot in spots]
        if not spots:
            return np.zeros(0)
        if any((kind == FAULT).any() for kind in kinds):
            raise Unsupported
        plain = np.stack(kinds, axis=1).ravel() == PLAIN
        found: Floats = np.stack(numbers, axis=1).ravel()[plain]
        return found
