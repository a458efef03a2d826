"""The evaluation copy of a book: its formulas written plainly, and what depends on what."""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property

from workbook.book import Book
from workbook.dependents import Dependents
from workbook.engine import evaluate, knows
from workbook.errors import Unknowable
from workbook.formulas import CLOCK, RANDOM, Plain
from workbook.sheet import LARGEST_ARRAY, Formula
from workbook.values import (
    COLUMN_BITS,
    COLUMN_MASK,
    KEY_MASK,
    SHEET_BITS,
    Area,
    Value,
    address,
    area_of,
    column_letters,
    column_of,
    place,
    row_of,
    same,
    sheet_of,
)

SPILLED = re.compile(
    r"(?:_xlfn\.)?ANCHORARRAY\(((?:'(?:[^']|'')*'!)?)(\$?[A-Z]{1,3}\$?\d+)\)"
    r"|((?:'(?:[^']|'')*'!)?)(\$?[A-Z]{1,3}\$?\d+)#",
    re.IGNORECASE,
)
SCRATCH = "?scratch"
TOLERANCE = 1e-9


class Model:
    """One book's formulas by place, their dependencies, and the values that the book caches."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.ours = book.grammar.ours
        self.formulas: dict[int, Formula] = {}
        self.plain: dict[int, Plain] = {}
        self.arrays: dict[int, Area] = {}
        self.titles = [sheet.name for sheet in book.sheets]
        for sheet in range(len(book.sheets)):
            base = sheet << SHEET_BITS
            for key, formula in book.cells(sheet).formulas.items():
                self.formulas[base | key] = formula
                if formula.kind and formula.area is not None:
                    self.arrays[base | key] = formula.area
        for where, formula in self.formulas.items():
            self.plain[where] = self._plain(where, formula)
        self.saved_arrays = dict(self.arrays)

    @cached_property
    def dependents(self) -> Dependents:
        """What depends on what."""
        return self._dependents()

    @cached_property
    def missing(self) -> frozenset[int]:
        """The formulas for which the book caches no value."""
        return frozenset(where for where in self.formulas if self.cached(where) is None)

    @cached_property
    def moving(self) -> frozenset[int]:
        """The formulas that may change of themselves: of the clock, of chance, or by our functions."""
        calls = CLOCK | RANDOM | self.ours
        return frozenset(where for where, plain in self.plain.items() if not calls.isdisjoint(plain.calls))

    @cached_property
    def unknown_functions(self) -> tuple[str, ...]:
        """The functions that the book calls and that neither we nor the engine have."""
        called = frozenset().union(*(plain.calls for plain in self.plain.values())) - self.ours
        return tuple(sorted(name for name in called if not knows(name)))

    def fault(self, where: int) -> str:
        """Why a formula can't be evaluated, as the end of a sentence that begins with its cell."""
        if self.formulas[where].kind == "dataTable":
            return "is part of a what-if data table"
        plain = self.plain[where]
        if plain.fault:
            return plain.fault
        unknown = sorted(plain.calls.intersection(self.unknown_functions))
        if unknown:
            return f"calls {unknown[0]}, which neither microhedge nor its engine knows"
        return ""

    @property
    def moved(self) -> dict[int, Area]:
        """The areas of the dynamic arrays that grew or shrank."""
        return {where: area for where, area in self.arrays.items() if area != self.saved_arrays[where]}

    def filled(self, where: int) -> Iterable[int]:
        """The cells that a formula filled when the book was saved."""
        area = self.saved_arrays.get(where)
        return (where,) if area is None else area.places()

    def cached(self, where: int) -> Value:
        """The value that the book holds for a cell."""
        return self.book.cells(sheet_of(where)).values.get(where & KEY_MASK)

    def name(self, where: int) -> str:
        """A cell's name for a reader: Plan!B7."""
        return f"{self.titles[sheet_of(where)]}!{address(row_of(where), column_of(where))}"

    def computed(
        self, dirty: Collection[int], inputs: Mapping[int, Value], as_of: dt.datetime | None
    ) -> tuple[dict[int, Value], dict[int, Area]]:
        """New values of dirty cells, all others held at what the book caches or the inputs say.

        The second result are the areas of dynamic arrays that grew or shrank.
        """
        formulas = {where: self._text(where) for where in dirty if where in self.formulas}
        held = {where: value for where, value in inputs.items() if where not in formulas}
        values = self._constants(formulas, set(dirty) | set(held))
        for where, value in held.items():
            values.setdefault(sheet_of(where), {})[where & KEY_MASK] = value
        spills = [where for where in formulas if self.formulas[where].dynamic]
        sizes: dict[int, str] = {}
        scratch = len(self.titles)
        for row, where in enumerate(spills, 1):
            anchor = f"{self.book.grammar.prefix(sheet_of(where))}{address(row_of(where), column_of(where))}#"
            sizes[place(scratch, row, 1)] = f"IFERROR(ROWS({anchor}),1)"
            sizes[place(scratch, row, 2)] = f"IFERROR(COLUMNS({anchor}),1)"
        results = self._evaluated({**formulas, **sizes}, values, [SCRATCH], formulas, as_of)
        moved = {}
        for row, where in enumerate(spills, 1):
            rows, columns = (results.pop(place(scratch, row, column)) for column in (1, 2))
            area = self.arrays[where]
            new = area._replace(bottom=area.top + int(rows or 1) - 1, right=area.left + int(columns or 1) - 1)
            if new.size > LARGEST_ARRAY:
                raise Unknowable(f"{self.name(where)} would spill over more than {LARGEST_ARRAY} cells")
            if new != area:
                moved[where] = new
        return results, moved

    def stepped(self, cells: Collection[int]) -> dict[int, Value]:
        """What the engine makes of single formulas, given the values that the book caches for all others.

        The formulas stand at their places on sheets of their own and refer to the book's sheets,
        where every cell is a constant: one step of calculation each, from what Excel itself computed.
        A formula that reaches cells by their names as text can't be moved so; it stays in its place.
        """
        reaching = [where for where in cells if self.plain[where].reaches]
        if reaching:
            near = [where for where in cells if not self.plain[where].reaches]
            return {**self.computed(reaching, {}, None)[0], **self.stepped(near)}
        count = len(self.titles)
        formulas = {}
        for where in cells:
            plain = self._plain(where, self.formulas[where], qualified=True)
            text = self._despilled(where, plain, self.saved_arrays)
            formulas[where + (count << SHEET_BITS)] = self._single(where, text)
        values = self._constants(cells, ())
        areas = [self.saved_arrays[where] for where in cells if where in self.saved_arrays]
        results = self._evaluated(
            formulas,
            values,
            [f"?probe {number}" for number in range(count)],
            cells,
            None,
            [area._replace(sheet=area.sheet + count) for area in areas],
        )
        return {where - (count << SHEET_BITS): value for where, value in results.items()}

    def with_areas(self, moved: Mapping[int, Area]) -> None:
        """Let dynamic arrays fill other cells from now on."""
        self.arrays |= moved
        self.dependents = self._dependents()

    def _dependents(self) -> Dependents:
        extents = {
            sheet: max(self.book.cells(sheet).values, default=0) >> COLUMN_BITS
            for sheet in range(len(self.titles))
        }
        for area in self.arrays.values():
            extents[area.sheet] = max(extents[area.sheet], area.bottom)
        return Dependents(
            {where: plain.areas for where, plain in self.plain.items()},
            {where: {area, self.arrays[where]} for where, area in self.saved_arrays.items()},
            extents,
            [w for w, plain in self.plain.items() if plain.reaches or self.formulas[w].kind == "dataTable"],
        )

    def _plain(self, where: int, formula: Formula, *, qualified: bool = False) -> Plain:
        origin = formula.origin >> COLUMN_BITS, formula.origin & COLUMN_MASK
        return self.book.grammar.plain(
            formula.text, sheet_of(where), row_of(where), column_of(where), origin, qualified=qualified
        )

    def _text(self, where: int) -> str:
        return self._single(where, self._despilled(where, self.plain[where], self.arrays))

    def _single(self, where: int, text: str) -> str:
        """The formula such that it fills one cell, unless it is an array formula."""
        formula, plain = self.formulas[where], self.plain[where]
        if formula.kind == "array":
            area = formula.area
            is_single = not formula.dynamic and area is not None and area.size == 1
        else:
            is_single = any(area.size > 1 for area in plain.areas) and not self.ours.isdisjoint(plain.calls)
        return f"INDEX({text},1,1)" if is_single else text

    def _despilled(self, where: int, plain: Plain, arrays: Mapping[int, Area]) -> str:
        """`B2#` as the range that B2 fills: to the engine an array of one cell has none."""
        if "#" not in plain.text and "ANCHORARRAY" not in plain.calls:
            return plain.text
        grammar = self.book.grammar

        def spilled(match: re.Match[str]) -> str:
            prefix, corner = match[1] or match[3] or "", match[2] or match[4]
            named = area_of(corner)
            for area in plain.areas:
                anchor = place(area.sheet, area.top, area.left)
                at_home = grammar.prefix(area.sheet) == (prefix or grammar.prefix(sheet_of(where)))
                if named is None or not at_home or (area.top, area.left) != (named.top, named.left):
                    continue
                filled = arrays.get(anchor, area)
                return f"{prefix}{corner}:${column_letters(filled.right)}${filled.bottom}"
            return match[0]

        return SPILLED.sub(spilled, plain.text)

    def _constants(self, formulas: Iterable[int], without: Collection[int]) -> dict[int, dict[int, Value]]:
        """The cached values that some formulas need, by sheet and key."""
        areas: set[Area] = set()
        whole: set[int] = set()
        for where in formulas:
            plain = self.plain[where]
            areas.update(plain.areas)
            if plain.reaches:
                whole.update(range(len(self.titles)))
            if self.formulas[where].dynamic:
                whole.add(sheet_of(where))  # any cell may stand in the way of a spill
        values: dict[int, dict[int, Value]] = {}
        for sheet in whole:
            values[sheet] = dict(self.book.cells(sheet).values)
        for area in areas:
            if area.sheet not in whole:
                self._constants_in(area, values.setdefault(area.sheet, {}))
        for where in without:
            values.get(sheet_of(where), {}).pop(where & KEY_MASK, None)
        return values

    def _constants_in(self, area: Area, values: dict[int, Value]) -> None:
        cells = self.book.cells(area.sheet).values
        if area.size <= len(cells):
            for where in area.places():
                key = where & KEY_MASK
                if key in cells:
                    values[key] = cells[key]
            return
        for key, value in cells.items():
            row, column = key >> COLUMN_BITS, key & COLUMN_MASK
            if area.top <= row <= area.bottom and area.left <= column <= area.right:
                values[key] = value

    def _evaluated(
        self,
        formulas: Mapping[int, str],
        values: Mapping[int, Mapping[int, Value]],
        more: list[str],
        cells: Iterable[int],
        as_of: dt.datetime | None,
        wanted: Iterable[Area] | None = None,
    ) -> dict[int, Value]:
        calls: set[str] = set()
        for where in cells:
            calls.update(self.plain[where].calls)
        if wanted is None:
            wanted = [
                areas[where]
                for where in cells
                for areas in (self.saved_arrays, self.arrays)
                if where in areas
            ]
        return evaluate(
            [*self.titles, *more],
            values,
            formulas,
            wanted,
            functions=sorted(calls & self.ours),
            clock=as_of,
            date1904=self.book.date1904,
        )


def differs(one: Value, other: Value) -> bool:
    """Whether the engine's value is not the one that the book caches, rounding aside."""
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) > TOLERANCE * max(abs(one), abs(other))
    return not same(one, other)
