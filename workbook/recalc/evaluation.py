"""One book's evaluation: its program, the values that it caches, and the engine that has loaded both."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain, compress
from operator import is_not
from typing import Final

from udfs.errors import NotAvailable
from udfs.venues import stamps
from workbook.cells import (
    COLUMN_BITS,
    COLUMN_MASK,
    KEY_MASK,
    SHEET_BITS,
    Area,
    Value,
    address,
    column_of,
    place,
    row_of,
    same,
    sheet_of,
)
from workbook.engines.protocol import Evaluation, Voice, hold_places
from workbook.errors import Unknowable
from workbook.formula.dependency_graph import Dependents
from workbook.formula.tokens import quoted
from workbook.recalc.data_tables import WhatIf, tables_of
from workbook.recalc.new_values import Now, Origin
from workbook.recalc.template_formulas import Evaluated, Given, program
from workbook.xlsx.saved_book import SavedBook
from workbook.xlsx.sheet_reader import LARGEST_ARRAY

SCRATCH: Final = "?scratch"
TOLERANCE: Final = 1e-9
HIDDEN_ROW: Final = re.compile(rb"""<(?:\w+:)?row\s(?:[^<>]*\s)?hidden\s*=\s*["'](?:1|true)["']""")


class Model:
    """One book's formulas by place, and the values that the book caches."""

    def __init__(self, book: SavedBook, engine: Voice = "embedded") -> None:
        self.book = book
        self.engine = engine
        cells = [book.cells(sheet) for sheet in range(len(book.sheets))]
        self.program = program(book.grammar, tuple(sheet.sheet for sheet in cells), engine)
        self.formulas = self.program.formulas
        self.arrays = self.program.arrays
        self._hiding: dict[int, bool] = {}
        linked = range(len(cells), len(book.grammar.titles))
        self._cells = [*cells, *map(book.cells, linked)]
        self._values = [sheet.values for sheet in self._cells]

    @cached_property
    def origins(self) -> Sequence[Origin]:
        """Of each sheet its values, those that they were told from, and the keys at which the two differ."""
        return [(cells.values, *(cells.base or (None, ()))) for cells in self._cells]

    @cached_property
    def missing(self) -> frozenset[int]:
        """The formulas for which the book caches no value."""
        sheets = enumerate(self._cells)
        return frozenset(sheet << SHEET_BITS | key for sheet, cells in sheets for key in cells.missing)

    @cached_property
    def faults(self) -> Mapping[int, str]:
        """Why formulas can't be evaluated at all; some only in a book that hides rows or values."""
        hiding = {
            where: f"calls {function} over rows that are hidden, which the engine does not see"
            for where, function in self.program.hiding.items()
            if any(self._hides_rows(area.sheet) for area in self.program.plain[where].areas)
        }
        hiding |= self.program.subtotalled
        if len(self._values) > len(self.book.sheets):
            hiding |= self._not_kept()
        hiding |= {where: table.fault for where, table in self.tables.items() if table.fault}
        return {**hiding, **self.program.lacks} if hiding else self.program.lacks

    @cached_property
    def tables(self) -> Mapping[int, WhatIf]:
        """The what-if data tables by their first cell."""
        return tables_of(self.program)

    @property
    def dependents(self) -> Dependents:
        """What depends on what, the cells of moved arrays included."""
        return self._moved_dependents or self.program.dependents

    _moved_dependents: Dependents | None = None

    @property
    def moved(self) -> dict[int, Area]:
        """The areas of the dynamic arrays that grew or shrank."""
        if self.arrays is self.program.arrays:
            return {}
        return {where: area for where, area in self.arrays.items() if area != self.program.arrays[where]}

    def with_areas(self, moved: Mapping[int, Area]) -> None:
        """Let dynamic arrays fill other cells from now on."""
        for where, area in moved.items():
            if bar := self.book.bars_spills(area):
                raise Unknowable(
                    f"{self.program.name(where)} would spill over {bar}, which Excel does not do"
                )
        self.arrays = {**self.arrays, **moved}
        self._moved_dependents = self.program.dependents_with(self.arrays)

    def closure(self, roots: Iterable[int]) -> frozenset[int]:
        """The roots and all that depends on them."""
        if self._moved_dependents is None:
            return self.program.closure(roots)
        return frozenset(self._moved_dependents.closure(roots))

    def filled(self, where: int) -> Iterable[int]:
        """The cells that a formula filled when the book was saved."""
        area = self.program.arrays.get(where)
        return (where,) if area is None else area.places()

    def fills(self, where: int) -> Iterable[int]:
        """The cells that a formula fills now."""
        area = self.arrays.get(where)
        return (where,) if area is None else area.places()

    def cached(self, where: int) -> Value:
        """The value that the book holds for a cell."""
        return self._values[where >> SHEET_BITS].get(where & KEY_MASK)

    def ever_filled(self, where: int) -> Iterable[int]:
        """The cells that an array formula filled when the book was saved, and those it fills now."""
        return chain(self.program.arrays[where].places(), self.arrays[where].places())

    def now(self, results: Mapping[int, Value], inputs: Mapping[int, Value]) -> Now:
        """The values of all cells after a change."""
        return Now(self._values, results, inputs)

    def differing(self, values: Mapping[int, Value]) -> dict[int, Value]:
        """Those values that are not what the book caches."""
        found = {}
        for where, value in values.items():
            cached = self._values[where >> SHEET_BITS].get(where & KEY_MASK)
            if type(value) is not type(cached) or value != cached:
                found[where] = value
        return found

    def computed(
        self, dirty: Collection[int], inputs: Mapping[int, Value], as_of: dt.datetime | None
    ) -> tuple[dict[int, Value], dict[int, Area]]:
        """New values of dirty cells, all others held at what the book caches or the inputs say.

        The second result are the areas of dynamic arrays that grew or shrank.
        """
        cells = frozenset(self.formulas.keys() & dirty)
        if self.tables:
            cells = cells.difference(self.tables)
        if self._moved_dependents is None:
            plan = self.program.plan(cells, probe=False)
        else:
            plan = self.program.planned(cells, self.arrays, probe=False)
        held = {where: value for where, value in inputs.items() if where not in cells}
        if plan.keeps:
            return self._kept(plan, [], held, as_of), {}
        values = self.open_values(cells)
        for where in dirty:
            values.pop(where, None)
        values.update(held)
        spills = {where: self.arrays[where] for where in self.program.dynamic & cells}
        return self._spilled(plan, [], values, spills, as_of)

    def recomputed(
        self, tables: Iterable[int], inputs: Mapping[int, Value], as_of: dt.datetime | None
    ) -> dict[int, Value]:
        """The cells of what-if tables, all others held at what the book caches or the inputs say."""

        def evaluate(chain: frozenset[int], given: Mapping[int, Value]) -> Mapping[int, Value]:
            return self.computed(chain, {**inputs, **given}, as_of)[0]

        def now(where: int) -> Value:
            return inputs[where] if where in inputs else self.cached(where)

        results: dict[int, Value] = {}
        for where in tables:
            results |= self.tables[where].values(evaluate, now)
        return results

    def _spilled(
        self,
        plan: Evaluated,
        probes: Sequence[str],
        values: Mapping[int, Value],
        spills: Mapping[int, Area],
        as_of: dt.datetime | None,
    ) -> tuple[dict[int, Value], dict[int, Area]]:
        """The results of a new engine, and the new areas of those dynamic arrays that fill others now."""
        scratch = len(self._values) + len(probes)
        sizes: dict[int, str] = {}
        for row, where in enumerate(spills, 1):
            sheet = sheet_of(where)
            prefix = quoted(probes[sheet]) if probes else self.program.grammar.prefix(sheet)
            anchor = f"{prefix}{address(row_of(where), column_of(where))}#"
            sizes[place(scratch, row, 1)] = f"IFERROR(ROWS({anchor}),1)"
            sizes[place(scratch, row, 2)] = f"IFERROR(COLUMNS({anchor}),1)"
        session = self._session({**plan.texts, **sizes}, plan, [*probes, SCRATCH])
        hold_places(session, values)
        results = session.results(as_of)
        moved = {}
        for row, (where, area) in enumerate(spills.items(), 1):
            rows, columns = (results.pop(place(scratch, row, column)) for column in (1, 2))
            new = area._replace(bottom=area.top + _count(rows) - 1, right=area.left + _count(columns) - 1)
            if new.size > LARGEST_ARRAY:
                raise Unknowable(f"{self.program.name(where)} would spill over {new.size} cells")
            if new != area:
                moved[where] = new
        return results, moved

    def stepped(
        self,
        cells: frozenset[int],
        filled: Mapping[int, Value],
        as_of: dt.datetime | None = None,
        moved_to: Mapping[int, Area] | None = None,
    ) -> tuple[dict[int, Value], dict[int, Area]]:
        """What the engine makes of single formulas, given the values that the book caches for all others.

        `filled` are the values of cells for which it caches none or others hold now, `moved_to` the
        areas of dynamic arrays that fill others. The second result are the areas of those that would
        not fill what they fill in the book.

        The formulas stand at their places on sheets of their own and refer to the book's sheets,
        where every cell is a constant: one step of calculation each, from what Excel itself computed.
        A formula that reaches cells by their names as text can't be moved so; it stays in its place.
        """
        arrays = {**self.program.arrays, **moved_to} if moved_to else self.program.arrays
        spills = {where: arrays[where] for where in self.program.dynamic & cells}
        reaching = self.program.reaching & cells
        near = cells - reaching
        results: dict[int, Value] = {}
        moved: dict[int, Area] = {}
        if reaching:
            plan = self.program.planned(reaching, arrays, probe=False)
            values = {**self.open_values(reaching), **filled}
            for where in reaching:
                for cell in (where,) if where not in arrays else arrays[where].places():
                    values.pop(cell, None)
            results, moved = self._spilled(
                plan, [], values, {w: area for w, area in spills.items() if w in reaching}, as_of
            )
        if near:
            plan = (
                self.program.planned(near, arrays, probe=True)
                if moved_to
                else self.program.plan(near, probe=True)
            )
            count = len(self._values)
            more = [f"?probe {number}" for number in range(count)]
            if plan.keeps:
                found = self._kept(plan, more, filled, as_of)
            else:
                values = {**self.open_values(near), **filled}
                spills = {w: area for w, area in spills.items() if w in near}
                found, resized = self._spilled(plan, more, values, spills, as_of)
                moved |= resized
            results |= {where - (count << SHEET_BITS): value for where, value in found.items()}
        return results, moved

    def _kept(
        self, plan: Evaluated, more: list[str], held: Mapping[int, Value], as_of: dt.datetime | None
    ) -> dict[int, Value]:
        """The results of a plan whose engine has perhaps seen another book of the template already."""
        tables = _tables_in_force() if plan.functions else None
        if plan.session is None or plan.tables != tables:  # no engine asks a function again of itself
            plan.session = self._session(plan.texts, plan, more)
            plan.tables = tables
            plan.held.clear()
        session, plan.session = plan.session, None  # lost, should anything go wrong with it
        others: dict[int, dict[int, Value]] = defaultdict(dict)
        for where, value in held.items():
            others[where >> SHEET_BITS][where & KEY_MASK] = value
        for sheet in sorted({*plan.needs, *plan.open.areas}):
            given, before = Given(self._values[sheet], others.get(sheet, {})), plan.held.get(sheet)
            keys = plan.needs.get(sheet, frozenset())
            if sheet in plan.open.areas:
                keys |= plan.open.filled(sheet, *given, *(before or ()))
            session.hold(sheet, self._news(sheet, before, given, keys))
            plan.held[sheet] = given
        results = session.results(as_of)
        plan.session = session
        return results

    def _news(
        self, sheet: int, before: Given | None, given: Given, keys: frozenset[int]
    ) -> Mapping[int, Value]:
        """Those values at some keys of a sheet that an engine does not hold yet."""
        if before is None:
            return {key: value for key in keys if (value := given.at(key)) is not None}
        base, differing = self._cells[sheet].base or (None, frozenset())
        if before.cached is given.cached:
            differing = frozenset()
        elif base is not before.cached or self._cells[sheet].values is not given.cached:
            olds, news = map(before.cached.get, keys), map(given.cached.get, keys)
            differing = frozenset(compress(keys, map(is_not, news, olds)))
        candidates = keys.intersection(differing.union(before.others, given.others))
        return {key: given.at(key) for key in candidates if not same(given.at(key), before.at(key))}

    def _session(self, texts: Mapping[int, str], plan: Evaluated, more: list[str]) -> Evaluation:
        return self.program.engine.Session(
            [*self.program.grammar.titles, *more],
            texts,
            plan.wanted,
            functions=plan.functions,
            date1904=self.book.date1904,
        )

    def open_values(self, formulas: Iterable[int]) -> dict[int, Value]:
        """The cached values that some formulas may need, as far as the book fills their ranges."""
        areas: set[Area] = set()
        whole: set[int] = set()
        for where in formulas:
            plain = self.program.plain[where]
            areas.update(plain.areas)
            if plain.reaches:
                whole.update(range(len(self._values)))
            if self.formulas[where].dynamic:
                whole.add(sheet_of(where))  # any cell may stand in the way of a spill
        values: dict[int, Value] = {}
        for sheet in whole:
            values.update((sheet << SHEET_BITS | key, value) for key, value in self._values[sheet].items())
        for area in areas:
            if area.sheet not in whole:
                values.update(self._within(area))
        return values

    def _not_kept(self) -> dict[int, str]:
        """The formulas that refer to cells of other books of which this one keeps no value.

        Beside a formula's value Excel keeps whatever is not blank in the ranges it refers to. Where there
        is no value, a program may have written the formula that saw nothing of the other book.
        """
        counts: dict[Area, int] = {}
        lost = {}
        for where, plain in self.program.plain.items():
            for area in plain.areas:
                if area.sheet < len(self.book.sheets):
                    continue
                if area not in counts:
                    counts[area] = sum(1 for _ in self._within(area))
                if counts[area] < (area.size if where in self.missing else 1):
                    there = self.program.grammar.abroad(area)
                    lost[where] = f"refers to {there}, whose value this one does not keep"
        return lost

    def _hides_rows(self, sheet: int) -> bool:
        if sheet >= len(self.book.sheets):
            return False
        if sheet not in self._hiding:
            self._hiding[sheet] = HIDDEN_ROW.search(self.book.xml(sheet)) is not None
        return self._hiding[sheet]

    def _within(self, area: Area) -> Iterable[tuple[int, Value]]:
        cells, base = self._values[area.sheet], area.sheet << SHEET_BITS
        if area.size <= len(cells):
            for where in area.places():
                key = where & KEY_MASK
                if key in cells:
                    yield where, cells[key]
            return
        for key, value in cells.items():
            row, column = key >> COLUMN_BITS, key & COLUMN_MASK
            if area.top <= row <= area.bottom and area.left <= column <= area.right:
                yield base | key, value


def _tables_in_force() -> object:
    """What tells the venue tables that our functions read here and now from any others."""
    try:
        return stamps()
    except NotAvailable as lost:
        return str(lost)


def differs(one: Value, other: Value) -> bool:
    """Whether the engine's value is not the one that the book caches, rounding aside."""
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) > TOLERANCE * max(abs(one), abs(other))
    return not same(one, other)


def value_text(value: Value) -> str:
    """A value for a person."""
    if isinstance(value, float):
        return f"{value:.15g}"
    return "blank" if value is None else repr(value) if type(value) is str else str(value)


def _count(value: Value) -> int:
    return int(value) if isinstance(value, float) else 1
