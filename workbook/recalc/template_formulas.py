"""What the formulas of a book do, whatever its values: worked out once for all books of a template."""

import re
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, NamedTuple

from udfs import REGISTRY
from workbook.cells import (
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
    sheet_of,
)
from workbook.engines.protocol import Engine, Evaluation, Voice, engine_named
from workbook.formula.dependency_graph import Dependents
from workbook.formula.forms import Form, PlainFormula
from workbook.formula.grammar import CLOCK, RANDOM, Grammar
from workbook.formula.implicit_intersection import SPREADING, intersected
from workbook.formula.tree import Node, calls, shape, tree, written
from workbook.formula.unions import without_unions
from workbook.memory import remembered
from workbook.recalc.core import Shape, asked
from workbook.recalc.core_cells import Checks, core_checks
from workbook.recalc.looked_at import Looks
from workbook.recalc.open_ranges import NO_RANGES, OPEN, OpenRanges, joined_areas, open_ranges
from workbook.recalc.suspects import SUMMING
from workbook.recalc.text_lengths import bursting
from workbook.xlsx.sheet_reader import Formula, Formulas

SPILLED: Final = re.compile(
    r'"[^"]*"'  # a text is no reference
    r"|(?:_xlfn\.)?ANCHORARRAY\(((?:'(?:[^']|'')*'!)?)(\$?[A-Z]{1,3}\$?\d+)\)"
    r"|((?:'(?:[^']|'')*'!)?)(\$?[A-Z]{1,3}\$?\d+)#",
    re.IGNORECASE,
)
HIDING: Final = frozenset(("SUBTOTAL", "AGGREGATE"))  # leave out rows that are hidden or filtered
HELD: Final = 1_000_000  # cells of all ranges, filled or blank, that an engine is kept for
PROGRAMS: Final = 4  # templates that a process remembers
PLANS: Final = 8  # sets of cells that it remembers how to evaluate, a template


class Given(NamedTuple):
    """The values of a sheet that an engine is given: those that a book caches, and others in their place."""

    cached: Mapping[int, Value]
    others: Mapping[int, Value]

    def at(self, key: int) -> Value:
        """The value of a cell."""
        return self.others[key] if key in self.others else self.cached.get(key)


@dataclass(eq=False)
class Evaluated:
    """How some formulas are evaluated: their texts, and the cells whose values they need.

    Where it is known which cells those are whatever a book holds, the engine that has loaded them
    is kept, and the next book of the template sets only the values that differ. It is not kept for
    books with other venue tables, which our functions read.
    """

    texts: Mapping[int, str]
    needs: Mapping[int, frozenset[int]]  # keys by sheet
    functions: Collection[str]
    wanted: Collection[Area]
    keeps: bool
    open: OpenRanges = NO_RANGES
    session: Evaluation | None = field(default=None, repr=False)
    held: dict[int, "Given"] = field(default_factory=dict, repr=False)  # by the session, by sheet
    tables: object = field(default=None, repr=False)  # the venue tables that the session has read


class Program:
    """The formulas of a book by place, written plainly, and what depends on what."""

    def __init__(self, grammar: Grammar, written: "Written", engine: Engine) -> None:
        self.grammar = grammar
        self.engine = engine
        self.ours = grammar.ours
        self.spreading = SPREADING.union(name for name in self.ours if REGISTRY[name].is_array)
        self.formulas, self.arrays, self.plain = written
        self._reached: dict[frozenset[int], frozenset[int]] = {}
        self._plans: dict[tuple[bool, frozenset[int]], Evaluated] = {}
        self._checks: dict[frozenset[int], Checks] = {}
        self._lack: dict[int, str] = {}

    @cached_property
    def dependents(self) -> Dependents:
        """What depends on what."""
        return self.dependents_with(self.arrays)

    @cached_property
    def moving(self) -> frozenset[int]:
        """The formulas that may change of themselves: of the clock, of chance, or by our functions."""
        unsteady = CLOCK | RANDOM | self.ours
        return frozenset(where for where, plain in self.plain.items() if not unsteady.isdisjoint(plain.calls))

    @cached_property
    def drawing(self) -> frozenset[int]:
        """The formulas that call for chance."""
        return frozenset(where for where, plain in self.plain.items() if not RANDOM.isdisjoint(plain.calls))

    @cached_property
    def provable(self) -> frozenset[int]:
        """The formulas that give again what they gave when the book was saved."""
        return frozenset(self.formulas) - self.moving

    @cached_property
    def reaching(self) -> frozenset[int]:
        """The formulas that reach cells by their names as text."""
        return frozenset(where for where, plain in self.plain.items() if plain.reaches)

    @cached_property
    def dynamic(self) -> frozenset[int]:
        """The formulas that spill."""
        return frozenset(where for where, formula in self.formulas.items() if formula.dynamic)

    @cached_property
    def hiding(self) -> Mapping[int, str]:
        """The formulas that call a function which leaves out hidden rows, and that function."""
        found = {where: HIDING & plain.calls for where, plain in self.plain.items()}
        return {where: min(names) for where, names in found.items() if names}

    @cached_property
    def subtotalled(self) -> Mapping[int, str]:
        """The formulas that leave other subtotals out of theirs, which no engine does, with the reason."""
        over = set[int]().union(*(self.dependents.direct((where,)) for where in self.hiding))
        said = "calls {} over other subtotals, which Excel alone leaves out"
        return {where: said.format(function) for where, function in self.hiding.items() if where in over}

    @cached_property
    def unknown_functions(self) -> tuple[str, ...]:
        """The functions that the book calls and that neither we nor the engine have."""
        called = frozenset().union(*(plain.calls for plain in self.plain.values())) - self.ours
        return tuple(sorted(called - self.engine.known(called)))

    @cached_property
    def beyond(self) -> frozenset[int]:
        """The formulas that sum more cells than they name, as SUMIF does to fit the other range."""
        summing = {w: plain for w, plain in self.plain.items() if not SUMMING.isdisjoint(plain.calls)}
        known: dict[Hashable, bool] = {}  # by the form and the sizes of its ranges
        found = set()
        for where, plain in summing.items():
            alike = plain.form, *map(_size, plain.named)
            if alike not in known:
                home = sheet_of(where)
                known[alike] = any(_sums_beyond(one, home, self.grammar) for one in calls(tree(plain.text)))
            if known[alike]:
                found.add(where)
        return frozenset(found)

    @cached_property
    def lacks(self) -> Mapping[int, str]:
        """Why formulas can't be evaluated at all, as the end of a sentence that begins with the cell."""
        return {where: why for where in self.formulas if (why := self.lack(where))}

    @cached_property
    def open_to_others(self) -> frozenset[int]:
        """The formulas that this engine alone can't evaluate: another one may."""
        return frozenset(w for w in self.lacks if not self.plain[w].fault and w not in self.beyond)

    def checks(self, cells: frozenset[int]) -> Checks:
        """What to look at to tell which formulas are core; remembered, for the next book asks the same."""
        known = self._checks.get(cells)
        if known is None:
            if len(self._checks) >= PLANS:
                self._checks.pop(next(iter(self._checks)))
            known = self._checks[cells] = core_checks((w, self.plain[w], self.asks(w)) for w in cells)
        return known

    @cached_property
    def looks(self) -> Looks:
        """What was looked at in the values of the last books."""
        return Looks(self.plain, self.dependents)

    def asks(self, where: int) -> Shape:
        """What a formula asks for, to be core."""
        return asked(self.plain[where].shape, is_array=self.formulas[where].kind == "array")

    def name(self, where: int) -> str:
        """A cell's name for a reader: Plan!B7."""
        return f"{self.grammar.sheets[sheet_of(where)]}!{address(row_of(where), column_of(where))}"

    def closure(self, roots: Iterable[int]) -> frozenset[int]:
        """The roots and all that depends on them; remembered, for the next book asks the same."""
        asked = frozenset(roots)
        known = self._reached.get(asked)
        if known is None:
            if len(self._reached) >= PLANS:
                self._reached.pop(next(iter(self._reached)))
            known = self._reached[asked] = frozenset(self.dependents.closure(asked))
        return known

    def plan(self, cells: frozenset[int], *, probe: bool) -> Evaluated:
        """How to evaluate some formulas: in their places, or each as a single step."""
        key = probe, cells
        known = self._plans.get(key)
        if known is None:
            if len(self._plans) >= PLANS:
                self._plans.pop(next(iter(self._plans)))
            known = self.planned(cells, self.arrays, probe=probe)
            if known.keeps:
                self._plans[key] = known
        return known

    def planned(self, cells: frozenset[int], arrays: Mapping[int, Area], *, probe: bool) -> Evaluated:
        """The same with dynamic arrays that fill other cells than the book says, and not remembered."""
        shift = len(self.grammar.titles) << SHEET_BITS if probe else 0
        texts = {where + shift: self._text(where, arrays, qualified=probe) for where in cells}
        both = (arrays,) if probe else (self.arrays, arrays)  # a spill that shrinks leaves cells
        wanted = {areas[where] for where in cells for areas in both if where in areas}
        if probe:
            wanted = {area._replace(sheet=area.sheet + len(self.grammar.titles)) for area in wanted}
        called: set[str] = set()
        areas: set[Area] = set()
        keeps = True
        for where in cells:
            plain = self.plain[where]
            called |= plain.calls
            areas.update(plain.areas)
            keeps = keeps and not (plain.reaches or self.formulas[where].dynamic)
        keeps = keeps and RANDOM.isdisjoint(called)
        closed = list(joined_areas(area for area in areas if area.size <= OPEN)) if keeps else []
        keeps = keeps and sum(area.size for area in closed) <= HELD
        needs: set[int] = set()
        computed: frozenset[int] = frozenset()
        if keeps:
            for sheet, top, left, bottom, right in closed:
                for row in range(top, bottom + 1):
                    start = sheet << SHEET_BITS | row << COLUMN_BITS
                    needs.update(range(start | left, (start | right) + 1))
            if not probe:
                computed = cells.union(*(area.places() for area in wanted))
                needs -= computed
        keys: dict[int, set[int]] = defaultdict(set)
        for where in needs:
            keys[where >> SHEET_BITS].add(where & KEY_MASK)
        by_sheet = {sheet: frozenset(keys[sheet]) for sheet in sorted(keys)}
        wide = open_ranges(areas, computed)
        return Evaluated(texts, by_sheet, sorted(called & self.ours), sorted(wanted), keeps, wide)

    def alone(self, where: int) -> str:
        """A formula such that it gives the same on any sheet, in its row and column."""
        return self._text(where, self.arrays, qualified=True)

    def dependents_with(self, arrays: Mapping[int, Area]) -> Dependents:
        """What depends on what while dynamic arrays fill these cells."""
        return Dependents(
            {where: plain.areas for where, plain in self.plain.items()} | self._framed(),
            {where: {area, arrays[where]} for where, area in self.arrays.items()},
            [where for where, plain in self.plain.items() if plain.reaches or where in self.beyond],
        )

    def _framed(self) -> dict[int, tuple[Area, ...]]:
        """What-if tables, which depend on the formulas and values round them."""
        return {w: frame_of(area) for w, area in self.arrays.items() if self.formulas[w].kind == "dataTable"}

    def lack(self, where: int) -> str:
        """Why a formula can't be evaluated at all, or nothing."""
        known = self._lack.get(where)
        if known is None:
            known = self._lack[where] = self._lacking(where)
        return known

    def _lacking(self, where: int) -> str:
        if self.formulas[where].kind == "dataTable":
            return ""  # a matter of the whole table: `workbook.recalc.data_tables`
        plain = self.plain[where]
        if plain.fault:
            return plain.fault
        if where in self.beyond:
            return "sums cells beyond the range that it names"
        unknown = sorted(plain.calls.intersection(self.unknown_functions))
        if unknown:
            return f"calls {unknown[0]}, which neither microhedge nor its engine knows"
        return self._intersected(where, plain, plain.text)[1] or bursting(plain)

    def _text(self, where: int, arrays: Mapping[int, Area], *, qualified: bool) -> str:
        """The formula such that it fills one cell, unless it is an array formula."""
        plain = self.plain[where]
        if qualified:
            plain = _plain(self.grammar, where, self.formulas[where], qualified=True)
        text = self._despilled(where, plain, arrays)
        formula = self.formulas[where]
        if formula.kind == "array":
            is_single = not formula.dynamic and formula.area is not None and formula.area.size == 1
            return f"INDEX({text},1,1)" if is_single else text
        return self._intersected(where, plain, text)[0]

    def _intersected(self, where: int, plain: PlainFormula, text: str) -> tuple[str, str]:
        """The formula with its implicit intersections written out, and what the engine lacks for it."""
        if (
            all(area.size == 1 for area in plain.areas)
            and "{" not in text
            and self.spreading.isdisjoint(plain.calls)
        ):
            return text, ""
        return intersected(
            text,
            self.ours,
            is_array=self.formulas[where].kind == "array",
            has_names=plain.has_names,
            works=self.engine.WORKS,
            alike=plain.shape if text is plain.text else "",
        )

    def _despilled(self, where: int, plain: PlainFormula, arrays: Mapping[int, Area]) -> str:
        """`B2#` as the range that B2 fills: to the engine an array of one cell has none."""
        if "#" not in plain.text and "ANCHORARRAY" not in plain.calls:
            return plain.text
        grammar = self.grammar

        def spilled(match: re.Match[str]) -> str:
            prefix, corner = match[1] or match[3] or "", match[2] or match[4]
            named = area_of(corner or "")
            for area in plain.areas if corner else ():
                at_home = grammar.prefix(area.sheet) == (prefix or grammar.prefix(sheet_of(where)))
                if named is None or not at_home or (area.top, area.left) != (named.top, named.left):
                    continue
                filled = arrays.get(place(area.sheet, area.top, area.left), area)
                return f"{prefix}{corner}:${column_letters(filled.right)}${filled.bottom}"
            return match[0]

        return SPILLED.sub(spilled, plain.text)


def _sums_beyond(call: Node, home: int, grammar: Grammar) -> bool:
    """Whether a call sums more cells than it names, to fit the range of its criteria."""
    texts = [written(argument).strip() for argument in call.arguments]
    if call.name not in SUMMING or len(texts) < 3:
        return False
    tested, summed = (grammar.area(texts[at], home) for at in (0, 2))
    return tested is not None and summed is not None and _size(tested) != _size(summed)


def _size(area: Area) -> tuple[int, int]:
    return area.bottom - area.top, area.right - area.left


def frame_of(area: Area) -> tuple[Area, Area]:
    """The row above and the column left of a what-if table, with its formulas and the values to try."""
    above = area._replace(top=max(area.top - 1, 1), left=max(area.left - 1, 1), bottom=max(area.top - 1, 1))
    return above, area._replace(left=max(area.left - 1, 1), right=max(area.left - 1, 1))


class Written(NamedTuple):
    """The formulas of a book by place: as they are saved, the areas of arrays, and written plainly."""

    formulas: Mapping[int, Formula]
    arrays: Mapping[int, Area]
    plain: Mapping[int, PlainFormula]


def _plain(grammar: Grammar, where: int, formula: Formula, *, qualified: bool = False) -> PlainFormula:
    origin = formula.origin >> COLUMN_BITS, formula.origin & COLUMN_MASK
    plain = grammar.plain(
        formula.text, sheet_of(where), row_of(where), column_of(where), origin, qualified=qualified
    )
    if grammar.ours.isdisjoint(plain.calls) or not _has_unions(plain.form, grammar.ours):
        return plain
    text = without_unions(plain.text, grammar.ours)
    return replace(plain, text=text, shape=shape(text))


@remembered(16_384)
def _has_unions(form: Form, ours: frozenset[str]) -> bool:
    """Whether a call of ours is given several areas as one argument, wherever the formula stands."""
    text = form.at(1, 1).text
    return without_unions(text, ours) != text


@remembered(PROGRAMS)
def _written(grammar: Grammar, sheets: tuple[Formulas, ...]) -> Written:
    """The formulas of a book, whatever engine evaluates them."""
    formulas = {
        sheet << SHEET_BITS | key: formula
        for sheet, there in enumerate(sheets)
        for key, formula in there.by_key.items()
    }
    arrays = {w: formula.area for w, formula in formulas.items() if formula.kind and formula.area is not None}
    plain = {where: _plain(grammar, where, formula) for where, formula in formulas.items()}
    return Written(formulas, arrays, plain)


@remembered(PROGRAMS)
def program(grammar: Grammar, sheets: tuple[Formulas, ...], engine: Voice) -> Program:
    """The program of a book for an engine; all three are known by their identity."""
    return Program(grammar, _written(grammar, sheets), engine_named(engine))
