"""What a change may do to a book: which cells get a new value, and which can't be known.

The engine may be wrong where Excel is right, so a formula is trusted only if the engine, given the
values that Excel cached, comes to the value that Excel cached for it.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain, islice

from workbook.cells import Area, Value, same
from workbook.engines.embedded import UNKNOWN
from workbook.errors import Unknowable
from workbook.recalc.evaluation import Model, differs
from workbook.recalc.saved_by_google import is_by_google, is_near
from workbook.recalc.saved_by_libreoffice import SLACK, is_by_libreoffice
from workbook.recalc.value_differences import doubts

ROUNDS = 12  # a spill that changes its size may change the size of another
LOST = "can't be evaluated by the engine"
CIRCLE = "depends on itself in a circle"
UNFOLLOWED = "what comes of that can't be proven"
NAMED = 3  # a refusal names so many cells


@dataclass(frozen=True)
class Verdict:
    """The values to be written, and the cells whose new value can't be known, with the reason."""

    changes: Mapping[int, Value] = field(default_factory=dict)
    areas: Mapping[int, Area] = field(default_factory=dict)
    unproven: Mapping[int, str] = field(default_factory=dict)
    blocked: frozenset[int] = frozenset()
    causes: Mapping[int, str] = field(default_factory=dict)

    def sentence(self, model: Model) -> str:
        """Which cells can't be known, and why, for a person."""
        own = [where for where in sorted(self.causes) if where in self.blocked]
        others = (
            where
            for where in sorted(self.causes)
            if where not in self.blocked and not self.blocked.isdisjoint(model.closure((where,)))
        )
        named = list(islice(chain(own, others), NAMED))
        said = [f"{model.program.name(where)} {self._cause(model, where)}" for where in named]
        more = len(own) - len(said)
        return "; ".join(said) + (f"; and {more} more" if more > 0 else "")

    def _cause(self, model: Model, where: int) -> str:
        cause = self.causes[where]
        if cause != LOST or model.program.plain[where].reaches:
            return cause
        if where not in model.dependents.closure(model.dependents.direct((where,))):
            return cause
        repeats = model.book.repeats
        return CIRCLE + (f", which Excel goes round {repeats} times at most: {UNFOLLOWED}" if repeats else "")


def judged(model: Model, inputs: Mapping[int, Value], as_of: dt.datetime | None) -> Verdict:
    """Evaluate what the inputs, the clock and our functions reach, and judge it."""
    held: frozenset[int] = frozenset()
    before = {held}
    unsettled: set[int] = set()
    for _ in range(ROUNDS):
        dirty = model.closure({*inputs, *model.program.moving, *model.missing})
        if not dirty:
            return Verdict()
        if model.book.rounds:
            raise Unknowable("it calculates with the precision as displayed, which the engine can't")
        unresolved = model.closure({*model.faults, *unsettled})
        results, moved = _computed(model, dirty - unresolved - held, inputs, as_of)
        if moved:
            model.with_areas(moved)
            continue
        change = _change(model, inputs, unresolved, results)
        apart = (held | _apart(model, change)) - change.affected
        if apart == held:
            return _judged(model, change, results, dict.fromkeys(unsettled, LOST))
        if apart in before:  # a circle: held, the cells are reached, and reached, they are not
            unsettled |= apart ^ held
        before.add(apart)
        held = apart
    raise Unknowable("it never settles: each evaluation changes what the next one starts from")


def _computed(
    model: Model, dirty: frozenset[int], inputs: Mapping[int, Value], as_of: dt.datetime | None
) -> tuple[dict[int, Value], dict[int, Area]]:
    """The new values, what-if tables' last: what depends on them is evaluated again until nothing moves."""
    tables = dirty.intersection(model.tables)
    if not tables:
        return model.computed(dirty, inputs, as_of)
    filled = {cell: model.cached(cell) for where in tables for cell in model.filled(where)}
    for _ in range(ROUNDS):
        results, moved = model.computed(dirty - filled.keys(), {**inputs, **filled}, as_of)
        if moved:
            return results, moved
        new = model.recomputed(tables, {**inputs, **results, **filled}, as_of)
        if all(same(new[cell], value) for cell, value in filled.items()):
            return {**results, **new}, moved
        filled = new
    raise Unknowable("its what-if data tables change without end")


@dataclass(frozen=True)
class _Change:
    """What an evaluation changes: the inputs that differ, the cells that do, and all that these reach."""

    given: Mapping[int, Value]
    new: Mapping[int, Value]
    affected: frozenset[int]
    lost: Mapping[int, str]
    doubtful: frozenset[int]


def _change(
    model: Model, inputs: Mapping[int, Value], unresolved: frozenset[int], results: Mapping[int, Value]
) -> _Change:
    lost = {}
    if UNKNOWN in results.values():
        owners = {cell: where for where in model.arrays for cell in model.ever_filled(where)}
        cells = (owners.get(cell, cell) for cell, value in results.items() if value == UNKNOWN)
        lost = {where: LOST for where in cells if where in model.formulas}
    doubtful = unresolved | model.closure(lost)
    new = model.differing(results)
    given = model.differing(inputs)
    roots = {*given, *model.missing}
    roots |= {
        where
        for where in model.program.moving - doubtful
        if where in new or (where in model.arrays and not new.keys().isdisjoint(model.ever_filled(where)))
    }
    return _Change(given, new, model.closure(roots), lost, doubtful)


def _apart(model: Model, change: _Change) -> frozenset[int]:
    """The cells that no change reaches but of which the engine makes something else than Excel did.

    They keep Excel's values, and from those all others are to be evaluated.
    """
    apart = {
        where
        for where, value in change.new.items()
        if where not in change.affected and value != UNKNOWN and differs(model.cached(where), value)
    }
    for where in model.arrays if apart else ():
        filled = {where, *model.ever_filled(where)}
        if not apart.isdisjoint(filled):
            apart |= filled
    return frozenset(apart)


def _judged(
    model: Model, change: _Change, results: Mapping[int, Value], unsettled: Mapping[int, str]
) -> Verdict:
    affected, doubtful = change.affected, change.doubtful
    trusted = affected.intersection(results) - doubtful
    now = model.now(results, change.given)
    unproven = {
        **doubts(model.program.suspects, model.program.plain, trusted, change.new, now),
        **unsettled,
        **change.lost,
        **divergences(model, trusted),
    }
    causes = {**model.faults, **unproven}
    blocked = (doubtful | model.closure(unproven)) & affected
    if blocked:
        blocked &= {*model.formulas, *results}
    changes = {
        where: value for where, value in change.new.items() if where in affected and where not in blocked
    }
    changes |= change.given
    return Verdict(
        changes,
        {where: area for where, area in model.moved.items() if where in affected and where not in blocked},
        {where: why for where, why in unproven.items() if where in affected},
        frozenset(blocked & model.formulas.keys()),
        causes,
    )


def divergences(model: Model, cells: frozenset[int]) -> dict[int, str]:
    """The formulas of which the engine, given Excel's values, makes something else than Excel did."""
    tables = cells.intersection(model.tables)
    if tables:
        cells = cells.union(*(model.tables[table].chain for table in tables))
    proved = (cells & model.program.provable) - model.missing
    filled: Mapping[int, Value] = {}
    blind = proved & model.dependents.direct(model.missing)
    if blind:
        filled = _baseline(model)
        proved -= model.dependents.direct(model.missing - filled.keys()) | (blind & tables)
    if not proved:
        return {}
    stepped, moved = model.stepped(proved - tables if tables else proved, filled)
    stepped |= model.recomputed(tables, {}, None)
    suspects = {where for where in proved if where in model.arrays or where not in stepped}
    suspects.update(proved.intersection(model.differing(stepped)))
    by_calc = is_by_libreoffice(model.book) or model.engine == "libreoffice"  # both round a sum near 0 to 0
    slack = SLACK if by_calc else 0.0
    by_google = is_by_google(model.book)
    found = {}
    for where in suspects:
        if where in moved:
            before, now = model.program.arrays[where].size, moved[where].size
            found[where] = f"fills {before} cells in the book, but the engine makes it fill {now}"
            continue
        for cell in model.filled(where):
            saved, computed = model.cached(cell), stepped.get(cell)
            is_same = not differs(saved, computed) or _within(slack, saved, computed)
            if not is_same and not (by_google and is_near(saved, computed)):
                found[where] = (
                    LOST
                    if computed == UNKNOWN
                    else f"is {_shown(saved)} in the book, but the engine makes it {_shown(computed)}"
                )
                break
    return found


def _baseline(model: Model) -> dict[int, Value]:
    """Values for the formulas without one, as far as those that Excel cached for all others give them.

    What the clock, chance or our functions move had another value when Excel computed the others.
    """
    unsure = model.closure({*(model.missing & model.program.moving), *model.faults})
    values, moved = model.computed(model.missing - unsure, {}, None)
    if moved:
        return {}
    return {
        where: value for where, value in values.items() if value != UNKNOWN and model.cached(where) is None
    }


def _within(slack: float, one: Value, other: Value) -> bool:
    return isinstance(one, float) and isinstance(other, float) and abs(one - other) <= slack


def _shown(value: Value) -> str:
    if isinstance(value, float):
        return f"{value:.15g}"
    return "blank" if value is None else repr(value) if type(value) is str else str(value)
