"""Formulas relative to their cells: what is worked out once holds for every cell whose formula reads alike.

A plan has 6,700 formulas and 600 forms. A form knows which rows and columns of its text go along with
the cell; for one cell it is filled in.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from workbook.cells import MAX_COLUMN, MAX_ROW, Area, column_letters
from workbook.formula.tokens import Corner, spanned
from workbook.formula.tree import shape


@dataclass(frozen=True, slots=True)
class PlainFormula:
    """A formula written for the engine, and what it depends on."""

    text: str
    areas: tuple[Area, ...]
    named: tuple[Area, ...]  # the areas that the text names, in its order
    shape: str  # the text without the numbers of rows
    form: "Form"

    @property
    def calls(self) -> frozenset[str]:
        """The functions that it calls, by their plain names."""
        return self.form.calls

    @property
    def reaches(self) -> bool:
        """Whether it refers to cells that only an evaluation can tell."""
        return self.form.reaches

    @property
    def fault(self) -> str:
        """Why the engine can't evaluate it at all."""
        return self.form.fault

    @property
    def has_names(self) -> bool:
        """Whether formulas of names were written into it."""
        return self.form.has_names


class Reference(NamedTuple):
    """A reference in a form. A row or column that goes along is counted from the cell."""

    sheet: int
    prefix: str
    first: Corner
    last: Corner | None  # None: a single cell
    goes: tuple[bool, bool, bool, bool]  # which go along: row and column of the first corner and of the last

    def moves(self) -> bool:
        """Whether anything of it goes along."""
        return any(self.goes)

    def area(self, row: int, column: int) -> Area:
        """The cells that it names for a cell."""
        first = _placed(self.first, self.goes[:2], row, column)
        last = first if self.last is None else _placed(self.last, self.goes[2:], row, column)
        return spanned(self.sheet, first, last)

    def parts(self) -> Iterable["Part"]:
        """Its text, with holes where it goes along."""
        yield self.prefix
        yield from _corner_parts(self.first, self.goes[:2])
        if self.last is not None:
            yield ":"
            yield from _corner_parts(self.last, self.goes[2:])


class RowHole(NamedTuple):
    """A row's number, counted from the cell's row."""

    distance: int


class ColumnHole(NamedTuple):
    """A column's letters, the column counted from the cell's."""

    distance: int


Part = str | RowHole | ColumnHole


class Facts(NamedTuple):
    """What is known of a form: its text in parts, where they are filled in, and what they refer to."""

    parts: Sequence[str]
    holes: Sequence[tuple[int, int]]  # which parts are numbers of rows, and how far from the cell's
    columns: Sequence[tuple[int, int]]  # the same of letters of columns
    named: Sequence[Area]  # that the text names, as in the first cell of a sheet
    cells: Sequence[tuple[int, int, int, int]]  # of these, single cells of a fixed column, which most are
    moving: Sequence[tuple[int, Reference]]  # others that go along
    spans: Sequence[Sequence[int]]  # ranges between some of these, by their numbers
    calls: frozenset[str]
    reaches: bool
    fault: str
    has_names: bool


def facts_of(
    parts: Iterable[Part],
    named: Sequence[Reference],
    spans: Sequence[Sequence[int]],
    calls: frozenset[str],
    *,
    reaches: bool,
    fault: str,
    has_names: bool,
) -> Facts:
    """What is known of a form by its text in parts, its references, and the ranges between some of these."""
    texts: list[str] = []
    holes: list[tuple[int, int]] = []
    columns: list[tuple[int, int]] = []
    for part in _joined(parts):
        if isinstance(part, RowHole):
            holes.append((len(texts), part.distance))
        elif isinstance(part, ColumnHole):
            columns.append((len(texts), part.distance))
        texts.append(part if isinstance(part, str) else "")
    cells: list[tuple[int, int, int, int]] = []
    moving: list[tuple[int, Reference]] = []
    for at, reference in enumerate(named):
        if reference.last is None and reference.goes[:2] == (True, False):
            cells.append((at, reference.sheet, reference.first.row, reference.first.column))
        elif reference.moves():
            moving.append((at, reference))
    areas = [reference.area(1, 1) for reference in named]
    return Facts(texts, holes, columns, areas, cells, moving, spans, calls, reaches, fault, has_names)


class Form:
    """A formula relative to its cell: filled in, it is the plain formula of one."""

    __slots__ = (
        "_cells",
        "_columns",
        "_follows_row",
        "_holes",
        "_is_fixed",
        "_moving",
        "_named",
        "_only",
        "_parts",
        "_shapes",
        "_spans",
        "calls",
        "facts",
        "fault",
        "has_names",
        "reaches",
    )

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._parts, self._holes, self._columns = facts.parts, facts.holes, facts.columns
        self._named, self._cells, self._moving = facts.named, facts.cells, facts.moving
        self._spans = facts.spans
        self.calls, self.reaches = facts.calls, facts.reaches
        self.fault, self.has_names = facts.fault, facts.has_names
        self._is_fixed = not (self._holes or self._columns or self._cells or self._moving)
        self._follows_row = any(
            not (reference.first.column or reference.goes[1]) for _, reference in self._moving
        )
        self._only: PlainFormula | None = None
        self._shapes: dict[tuple[int, int], str] = {}

    def at(self, row: int, column: int) -> PlainFormula:
        """The plain formula of a cell."""
        if self._only is not None:
            return self._only
        parts = list(self._parts)
        for at, distance in self._holes:
            parts[at] = str((row + distance - 1) % MAX_ROW + 1)
        for at, distance in self._columns:
            parts[at] = column_letters((column + distance - 1) % MAX_COLUMN + 1)
        named = list(self._named)
        for at, sheet, distance, left in self._cells:
            top = (row + distance - 1) % MAX_ROW + 1
            named[at] = Area(sheet, top, left, top, left)
        for at, reference in self._moving:
            named[at] = reference.area(row, column)
        areas = dict.fromkeys(named)
        if self._spans:
            areas.update(dict.fromkeys(_bounds([named[at] for at in span]) for span in self._spans))
        text = "".join(parts)
        plain = PlainFormula(text, tuple(areas), tuple(named), self._shape(text, row, column), self)
        if self._is_fixed:
            self._only = plain
        return plain

    def _shape(self, text: str, row: int, column: int) -> str:
        """The shape of its text; where no whole row or column goes along, the same for all cells."""
        key = row if self._follows_row else 0, column if self._columns else 0
        known = self._shapes.get(key)
        if known is None:
            if len(self._shapes) >= SHAPES:
                self._shapes.clear()
            known = self._shapes[key] = shape(text)
        return known


@dataclass(slots=True)
class Family:
    """The forms of formulas that read alike: one, or one for each kind of row beside or in a table."""

    rows: tuple[tuple[int, int], ...]  # of the tables of which they take their own row
    is_inside: bool  # whether they refer to the table that they stand in
    forms: dict[Hashable, Form] = field(default_factory=dict)


SHAPES: Final = 64  # of one form, that are remembered


def _bounds(areas: Sequence[Area]) -> Area:
    sheets, tops, lefts, bottoms, rights = zip(*areas, strict=True)
    return Area(sheets[0], min(tops), min(lefts), max(bottoms), max(rights))


def _placed(corner: Corner, goes: Sequence[bool], row: int, column: int) -> Corner:
    # Relative references of names and shared formulas wrap round the edges of the sheet.
    return corner._replace(
        row=(row + corner.row - 1) % MAX_ROW + 1 if goes[0] else corner.row,
        column=(column + corner.column - 1) % MAX_COLUMN + 1 if goes[1] else corner.column,
    )


def _corner_parts(corner: Corner, goes: Sequence[bool]) -> Iterable[Part]:
    if goes[1] or corner.column:
        yield "$" if corner.fixed_column else ""
        yield ColumnHole(corner.column) if goes[1] else column_letters(corner.column)
    if goes[0] or corner.row:
        yield "$" if corner.fixed_row else ""
        yield RowHole(corner.row) if goes[0] else str(corner.row)


def _joined(parts: Iterable[Part]) -> Iterable[Part]:
    """The same with texts that follow one another put together."""
    texts: list[str] = []
    for part in parts:
        if isinstance(part, str):
            texts.append(part)
            continue
        if texts:
            yield "".join(texts)
            texts = []
        yield part
    yield "".join(texts)
