"""The evaluation copy of a book: what is constant, what is to be evaluated, what a change reaches."""

import datetime as dt

from workbook.book import Book
from workbook.dependents import Dependents
from workbook.engine import UNKNOWN, evaluate
from workbook.errors import Unknowable
from workbook.formulas import CLOCK, RANDOM, REACHING, Plain
from workbook.sheet import Formula
from workbook.values import (
    COLUMN_BITS,
    COLUMN_MASK,
    SHEET_BITS,
    Area,
    Value,
    address,
    column_of,
    row_of,
    same,
    sheet_of,
)


class Model:
    """One book's formulas, their dependencies, and their cached values, by place."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.formulas: dict[int, Formula] = {}
        self.plain: dict[int, Plain] = {}
        self.cached: dict[int, Value] = {}
        self.arrays: dict[int, Area] = {}
        extents = {}
        for sheet in range(len(book.sheets)):
            cells = book.cells(sheet)
            base = sheet << SHEET_BITS
            for key, formula in cells.formulas.items():
                self.formulas[base | key] = formula
                self.cached[base | key] = cells.values.get(key)
                if formula.area is not None and formula.kind:
                    self.arrays[base | key] = formula.area
            extents[sheet] = max(cells.values, default=0) >> COLUMN_BITS
        for where, formula in self.formulas.items():
            self.plain[where] = self._plain(where, formula)
        self.dependents = Dependents(
            {where: plain.areas for where, plain in self.plain.items()},
            self.arrays,
            extents,
            [where for where, plain in self.plain.items() if plain.reaches],
        )
        self.ours = book.grammar.ours

    def _plain(self, where: int, formula: Formula, *, qualified: bool = False) -> Plain:
        origin = formula.origin >> COLUMN_BITS, formula.origin & COLUMN_MASK
        return self.book.grammar.plain(
            formula.text, sheet_of(where), row_of(where), column_of(where), origin, qualified=qualified
        )

    def roots(self) -> set[int]:
        """The cells that may change of themselves: clock, chance, our functions, never computed."""
        moving = CLOCK | RANDOM | REACHING | self.ours
        return {
            where
            for where, plain in self.plain.items()
            if self.cached[where] is None or not plain.calls.isdisjoint(moving)
        }

    def recalculated(self, as_of: dt.datetime | None) -> dict[int, Value]:
        """The new values of the cells whose value changes."""
        dirty = self.dependents.closure(self.roots())
        if not dirty:
            return {}
        faults = [where for where in dirty if where in self.plain and self.plain[where].fault]
        if faults:
            raise Unknowable(f"{self.name(min(faults))} {self.plain[min(faults)].fault}")
        results = self._evaluated(dirty, as_of)
        unknown = [where for where, value in results.items() if same(value, UNKNOWN)]
        if unknown:
            raise Unknowable(f"{self.name(min(unknown))} can't be evaluated")
        return {where: value for where, value in results.items() if not same(value, self._value(where))}

    def name(self, where: int) -> str:
        """A cell's name for a reader: Plan!B7."""
        return f"{self.book.sheets[sheet_of(where)].name}!{address(row_of(where), column_of(where))}"

    def _value(self, where: int) -> Value:
        return self.book.cells(sheet_of(where)).values.get(where & ((1 << SHEET_BITS) - 1))

    def _evaluated(self, dirty: set[int], as_of: dt.datetime | None) -> dict[int, Value]:
        texts = {where: self.plain[where].text for where in dirty if where in self.formulas}
        calls = set().union(*(self.plain[where].calls for where in texts))
        values: dict[int, dict[int, Value]] = {}
        for sheet in range(len(self.book.sheets)):
            base = sheet << SHEET_BITS
            cells = self.book.cells(sheet).values
            values[sheet] = {key: value for key, value in cells.items() if base | key not in dirty}
        return evaluate(
            [sheet.name for sheet in self.book.sheets],
            values,
            texts,
            [self.arrays[where] for where in texts if where in self.arrays],
            functions=sorted(calls & self.ours),
            clock=as_of,
            date1904=self.book.date1904,
        )
