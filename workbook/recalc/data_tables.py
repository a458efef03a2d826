"""What-if data tables: a formula evaluated again for each cell, with its input cells replaced.

The values to try stand above and left of the table. With one input cell the formulas stand on the other
side, one for each row or column; with two the one formula stands in the corner.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from workbook.cells import Area, Value, area_of, place
from workbook.recalc.open_ranges import OPEN
from workbook.recalc.template_formulas import Program, frame_of

MOST: Final = 1_000  # evaluations, for one table
FIRST: Final = 2  # row or column: the one before it belongs to the table
PART: Final = "is part of a what-if data table"

Evaluate = Callable[[frozenset[int], Mapping[int, Value]], Mapping[int, Value]]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """One table: the places of the cells that the values above it and left of it replace, 0 for none."""

    area: Area
    above: int
    left: int
    chain: frozenset[int] = frozenset()  # the formulas by which the replaced cells reach the table's formulas
    fault: str = ""

    def values(self, evaluate: Evaluate, now: Callable[[int], Value]) -> dict[int, Value]:
        """The table's cells, given what cells hold now and how formulas are evaluated with some replaced."""
        found: dict[int, Value] = {}
        for cells in self.steps():
            row, column = next(iter(cells))
            given: dict[int, Value] = {}
            if self.above:
                given[self.above] = now(self._at(self.area.top - 1, column))
            if self.left:
                given[self.left] = now(self._at(row, self.area.left - 1))
            results = evaluate(self.chain, given) if self.chain else {}
            for row, column in cells:
                formula = self.formula(row, column)
                found[self._at(row, column)] = results[formula] if formula in results else now(formula)
        return found

    def formula(self, row: int, column: int) -> int:
        """The cell whose value a cell of the table shows."""
        return self._at(
            row if self.above and not self.left else self.area.top - 1,
            column if self.left and not self.above else self.area.left - 1,
        )

    def steps(self) -> Iterator[list[tuple[int, int]]]:
        """The cells of the table, together where the same values replace the inputs."""
        steps: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        for row in range(self.area.top, self.area.bottom + 1):
            for column in range(self.area.left, self.area.right + 1):
                steps[row if self.left else 0, column if self.above else 0].append((row, column))
        yield from steps.values()

    def _at(self, row: int, column: int) -> int:
        return place(self.area.sheet, row, column)


def tables_of(program: Program) -> dict[int, WhatIf]:
    """The tables of a book by their first cells; with a fault where one can't be evaluated."""
    firsts = [where for where in program.arrays if program.formulas[where].kind == "dataTable"]
    if not firsts:
        return {}
    filling = {cell: where for where, area in program.arrays.items() for cell in area.places()}
    return {where: _table(program, where, filling) for where in firsts}


def _table(program: Program, where: int, filling: Mapping[int, int]) -> WhatIf:
    area, text = program.arrays[where], program.formulas[where].text
    above, left = (
        place(*found[:3]) if (found := area_of(cell, area.sheet)) else 0 for cell in text.split(",")
    )
    if above == left or "#" in text or min(area.top, area.left) < FIRST:
        return WhatIf(area, 0, 0, fault=f"{PART} whose input cells are lost")
    if {above, left} & program.formulas.keys():
        return WhatIf(area, 0, 0, fault=f"{PART} whose input cell holds a formula")
    if area.size > MOST:
        return WhatIf(area, 0, 0, fault=f"{PART} of more than {MOST} cells")
    table = WhatIf(area, above, left)
    shown = {table.formula(row, column) for step in table.steps() for row, column in step}
    tried = {cell for part in frame_of(area) for cell in part.places()} - shown
    chain, moved = (_chain(program, filling, cells, {above, left}) for cells in (shown, tried))
    if chain is None or moved is None or moved or not program.plan(chain, probe=False).keeps:
        return WhatIf(area, 0, 0, fault=f"{PART} whose formulas can't be repeated for each of its cells")
    return WhatIf(area, above, left, chain)


def _chain(
    program: Program, filling: Mapping[int, int], ends: set[int], inputs: set[int]
) -> frozenset[int] | None:
    """The formulas by which the input cells reach some others; None where nobody can foresee them all."""
    users = _users(program, filling, ends, inputs)
    if users is None:
        return None
    chain: set[int] = set()
    waiting = [user for cell in inputs for user in users[cell]]
    while waiting:
        where = waiting.pop()
        if where not in chain:
            chain.add(where)
            waiting += users[where]
    return None if any(program.formulas[where].kind == "dataTable" for where in chain) else frozenset(chain)


def _users(
    program: Program, filling: Mapping[int, int], ends: set[int], inputs: set[int]
) -> Mapping[int, set[int]] | None:
    """Of what some cells rest on, the formulas that read each; None where nobody can foresee them."""
    held = {*inputs, *filling, *program.formulas}
    users: dict[int, set[int]] = defaultdict(set)
    waiting = [filling.get(cell, cell) for cell in ends]
    seen = set(waiting)
    while waiting:
        where = waiting.pop()
        if where not in program.formulas:
            continue
        plain = program.plain[where]
        if plain.reaches or any(area.size > OPEN for area in plain.areas):
            return None
        is_table = program.formulas[where].kind == "dataTable"
        areas = frame_of(program.arrays[where]) if is_table else plain.areas
        sources = {filling.get(cell, cell) for area in areas for cell in held.intersection(area.places())}
        for source in sources:
            users[source].add(where)
        waiting += sources - seen
        seen |= sources
    return users
