"""What a change does to a tall book: the cells that get other numbers, proven as the engine's are."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from udfs import REGISTRY
from workbook.cells import Value, place, same
from workbook.columns.expressions import Odd, Truths, Unsupported
from workbook.columns.groups import (
    Group,
    Masks,
    Spot,
    TallBook,
    Values,
    marked,
    plain_formula,
    reached,
    within,
)
from workbook.columns.rows import Floats, Integers, NotTall
from workbook.engines.embedded import Session
from workbook.engines.protocol import hold_places
from workbook.errors import Unknowable
from workbook.formula.grammar import CLOCK, RANDOM
from workbook.recalc.comparisons import EPSILON
from workbook.recalc.core import PLAIN_NUMBERS, asked
from workbook.recalc.evaluation import TOLERANCE
from workbook.recalc.shared_errors import SMALLEST_NORMAL, TINY
from workbook.recalc.suspects import suspect

LARGE: Final = 4_096  # cells of a range that the engine is not asked to sum up again

ColumnCells = dict[Spot, tuple[Integers, Floats]]
"""Rows of columns, and the numbers that they are to hold."""


class Worked(NamedTuple):
    """New numbers of some formulas of a group, and those that the book holds."""

    group: Group
    rows: Integers
    numbers: Floats
    saved: Floats


def changed_cells(tall: TallBook, inputs: ColumnCells, *, date1904: bool) -> tuple[ColumnCells, int]:
    """The cells that get other numbers, and how many formulas the change reaches."""
    saved, new = Values(tall.columns), Values(tall.columns)
    roots = [(spot, rows) for spot, (rows, _) in inputs.items()]
    roots += [(group.spot, group.rows) for group in tall.groups if _is_moving(group)]
    dirty = reached(tall.groups, _marked(roots))
    for spot, (rows, numbers) in inputs.items():
        new.put(spot, rows, numbers)
    found = list(_worked(tall, dirty, saved, new))
    _ask_engine(tall, found, new, date1904=date1904)
    given = {}
    for spot, (rows, numbers) in inputs.items():
        differs = numbers != saved.of(spot, rows)
        if differs.any():
            given[spot] = rows[differs], numbers[differs]
    roots = [(spot, rows) for spot, (rows, _) in given.items()]
    roots += [(one.group.spot, one.rows[one.numbers != one.saved]) for one in found if _is_moving(one.group)]
    affected = reached(tall.groups, _marked(roots))
    count = 0
    pieces = {spot: [cells] for spot, cells in given.items()}
    for one in found:
        is_reached = within(affected.get(one.group.spot), one.rows)
        if (_apart(one.numbers, one.saved) & ~is_reached).any():
            raise Odd  # the engine makes something else of a cell that nothing changes
        count += int(np.count_nonzero(is_reached))
        _prove(one, is_reached, saved)
        differs = is_reached & (one.numbers != one.saved)
        if differs.any():
            _doubt(one, differs, new)
            pieces.setdefault(one.group.spot, []).append((one.rows[differs], one.numbers[differs]))
    return {spot: _joined(cells) for spot, cells in pieces.items()}, count


def _joined(cells: list[tuple[Integers, Floats]]) -> tuple[Integers, Floats]:
    rows, numbers = zip(*cells, strict=True)
    return np.concatenate(rows), np.concatenate(numbers)


def _marked(places: Iterable[tuple[Spot, Integers]]) -> Masks:
    """Some cells, given as rows of columns."""
    by_spot: dict[Spot, list[Integers]] = defaultdict(list)
    for spot, rows in places:
        if len(rows):
            by_spot[spot].append(rows)
    return {spot: marked(np.concatenate(rows)) for spot, rows in by_spot.items()}


def _is_moving(group: Group) -> bool:
    """Whether it may change of itself: by our functions, the only ones of that kind here."""
    if not group.plain.calls.isdisjoint(CLOCK | RANDOM):
        raise NotTall
    return not group.plain.calls.isdisjoint(REGISTRY)


def _worked(tall: TallBook, dirty: Masks, saved: Values, new: Values) -> Iterator[Worked]:
    """Work the cells that may change, each after those that it depends on."""
    for group in tall.groups:
        rows = group.rows[within(dirty.get(group.spot), group.rows)]
        if len(rows):
            _refuse_uncertain(group)
            numbers = group.work(new.operands(group, rows), len(rows))
            new.put(group.spot, rows, numbers)
            yield Worked(group, rows, numbers, saved.of(group.spot, rows))


def _refuse_uncertain(group: Group) -> None:
    """Leave formulas to the engine that are not core for all numbers, or whose values ask for a look."""
    alike = group.plain.shape
    masks, doubt = asked(alike, is_array=False).masks, suspect(alike)
    if masks is None or len(masks) != len(group.named) or any(PLAIN_NUMBERS & ~mask for mask in masks):
        raise Unsupported
    if any(doubt._replace(sums=(), ordered=(), hides=False)):  # numbers alone are compared here
        raise Unsupported


def _apart(one: Floats, other: Floats) -> Truths:
    """Where numbers differ by more than rounding."""
    return np.abs(one - other) > TOLERANCE * np.maximum(np.abs(one), np.abs(other))


def _prove(one: Worked, is_reached: Truths, saved: Values) -> None:
    """Each formula, given what Excel saved, must give what Excel saved for it."""
    if _is_moving(one.group) or not is_reached.any():
        return
    rows = one.rows[is_reached]
    again = one.group.work(saved.operands(one.group, rows), len(rows))
    if _apart(again, one.saved[is_reached]).any():
        raise Odd


def _doubt(one: Worked, differs: Truths, new: Values) -> None:
    """A sum or difference that rounding alone may have kept from 0 is to Excel 0, and so is a tiny number."""
    size = np.abs(one.numbers)
    if (differs & (size > 0) & (size < SMALLEST_NORMAL)).any():
        raise Odd
    if not suspect(one.group.plain.shape).sums:
        return
    small = differs & (size > 0) & (size < TINY)
    if not small.any():
        return
    operands = new.operands(one.group, one.rows[small])
    count = int(np.count_nonzero(small))
    total = one.group.largest_part(operands, count)
    for operand in operands:
        for cell in operand.cells:
            total = total + np.abs(cell)
        if operand.fixed is not None:
            total = total + np.abs(operand.fixed).sum()
    if (size[small] <= EPSILON * total).any():
        raise Odd


def _ask_engine(tall: TallBook, found: Sequence[Worked], new: Values, *, date1904: bool) -> None:
    """Let the engine work some rows of each formula, as single steps: it must come to the same double."""
    count = len(tall.grammar.titles)
    texts: dict[int, str] = {}
    wanted: dict[int, float] = {}
    held: dict[int, Value] = {}
    functions: set[str] = set()
    for one in found:
        if any(not moves and area.size > LARGE for area, moves in one.group.named):
            continue
        functions |= one.group.plain.calls & REGISTRY.keys()
        for at in _sampled(one):
            row = int(one.rows[at])
            where = place(count + one.group.sheet, row, one.group.column)
            plain = plain_formula(tall.grammar, one.group, row, qualified=True)
            texts[where], wanted[where] = plain.text, float(one.numbers[at])
            for area in plain.named:
                held.update(new.cells(area))
    if not texts:
        return
    titles = [*tall.grammar.titles, *(f"?probe {number}" for number in range(count))]
    try:
        session = Session(titles, texts, (), functions=sorted(functions), date1904=date1904)
        hold_places(session, held)
        results = session.results(dt.datetime(2000, 1, 1, tzinfo=dt.UTC))
    except Unknowable:
        raise Odd from None
    if any(not same(results.get(where), number) for where, number in wanted.items()):
        raise Odd


def _sampled(one: Worked) -> list[int]:
    """The first and last of the cells, and those of the least and the greatest number and size."""
    size = np.abs(one.numbers)
    picked = (0, len(one.rows) - 1, one.numbers.argmin(), one.numbers.argmax(), size.argmin(), size.argmax())
    return sorted({int(at) for at in picked})
