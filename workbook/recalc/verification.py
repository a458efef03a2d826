"""What a change may do to a book: which cells get a new value, and which can't be known.

The engine may be wrong where Excel is right, so a formula is trusted only if the engine, given the
values that Excel cached, comes to the value that Excel cached for it.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import NamedTuple

from workbook.cells import Area, Value, same
from workbook.engines.protocol import NO_ANSWER
from workbook.errors import Unknowable
from workbook.recalc.evaluation import Model, differs, value_text
from workbook.recalc.saved_by_google import is_by_google, is_near
from workbook.recalc.saved_by_libreoffice import SLACK, is_by_libreoffice
from workbook.recalc.shared_errors import doubts
from workbook.recalc.table_votes import voted_tables
from workbook.recalc.votes import Votes

LONGEST = 100  # formulas, one after the other, that wait for another engine's value
ROUNDS = 12  # a spill that changes its size may change the size of another
LOST = "can't be evaluated by the engine"
CIRCLE = "depends on itself in a circle"
UNFOLLOWED = "what comes of that can't be proven"
NAMED = 3  # a refusal names so many cells


class Count(NamedTuple):
    """How many formulas are core, were voted on, were settled by three engines, and can't be known."""

    core: int = 0
    voted: int = 0
    settled: int = 0
    unknown: int = 0


NOTHING = Count()


@dataclass(frozen=True)
class Verdict:
    """The values to be written, and the cells whose new value can't be known, with the reason."""

    changes: Mapping[int, Value] = field(default_factory=dict)
    areas: Mapping[int, Area] = field(default_factory=dict)
    unproven: Mapping[int, str] = field(default_factory=dict)
    blocked: frozenset[int] = frozenset()
    causes: Mapping[int, str] = field(default_factory=dict)
    drawn: frozenset[int] = frozenset()  # by chance: written, and nobody can vote on them
    count: Count = NOTHING

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
        if where not in _following(model, where):
            return cause
        repeats = model.book.repeats
        return CIRCLE + (f", which Excel goes round {repeats} times at most: {UNFOLLOWED}" if repeats else "")


def judged(model: Model, inputs: Mapping[int, Value], as_of: dt.datetime | None) -> Verdict:
    """Evaluate what the inputs, the clock and our functions reach, vote on it, and judge it."""
    as_of = (as_of or dt.datetime.now(dt.UTC)).replace(tzinfo=None, microsecond=0)  # one for all engines
    votes = Votes(model, as_of)
    proofs: dict[int, str] = {}
    for _ in range(LONGEST):
        change, results, unsettled = _settled(model, inputs, as_of, votes)
        if change is None:
            return Verdict()
        trusted = frozenset(change.affected.intersection(results) - change.doubtful)
        new = frozenset(trusted - proofs.keys())
        proofs |= dict.fromkeys(new, "") | divergences(model, new)
        now = model.now(change.new, change.given)
        failed = {where: why for where, why in proofs.items() if why}
        lost = dict.fromkeys(change.lost, LOST)
        formulas = trusted.intersection(model.formulas).difference(model.tables)
        looked = model.program.looks.at(
            formulas, model.program.checks(formulas), change.new, now, model.origins
        )
        tables = trusted.intersection(model.tables)
        doubted = {**looked.doubted, **doubts(model.program.plain, tables, change.new, now), **unsettled}
        live = change.affected - model.closure({*votes.unknown, *doubted})
        lacking = {
            where: why
            for where, why in {**_lacks(model), **failed, **lost}.items()
            if where in live and where in model.formulas
        }
        if not votes.taken(looked.unlike & live, lacking, {**change.given, **change.new}, results):
            break
    else:
        raise Unknowable("too many of its formulas wait for another engine's value of one before them")
    news = {**change.given, **change.new}
    votes.confirm(news)
    steps = voted_tables(votes, tables & live, news, as_of)
    votes.unknown |= steps.unknown
    lost = {where: why for where, why in change.lost.items() if where not in votes.held}
    failed = {where: why for where, why in failed.items() if where not in votes.held}
    verdict = _judged(model, change, {**lost, **failed, **doubted, **votes.unknown})
    known = replace(verdict, drawn=(formulas & model.program.drawing) - verdict.blocked)
    return replace(known, count=_counted(known, formulas | tables, looked.unlike | steps.voted, votes))


def _following(model: Model, where: int) -> set[int]:
    """What depends on a cell; the cell itself, if it goes in a circle."""
    return model.dependents.closure(model.dependents.direct((where,)))


def _lacks(model: Model) -> dict[int, str]:
    """The formulas that the first engine lacks something for, and another may not."""
    return {where: model.program.lacks[where] for where in model.program.open_to_others}


def _counted(verdict: Verdict, formulas: frozenset[int], unlike: Collection[int], votes: Votes) -> Count:
    settled = votes.confirmed - verdict.blocked
    known = formulas - verdict.blocked - verdict.drawn - settled
    voted = len(known.intersection(unlike))
    unknown = len(verdict.blocked | verdict.drawn)
    return Count(len(known) - voted, voted, len(settled), unknown)


def _settled(
    model: Model, inputs: Mapping[int, Value], as_of: dt.datetime, votes: Votes
) -> tuple["_Change | None", dict[int, Value], dict[int, str]]:
    """What an evaluation changes once all dynamic arrays have their size; None if nothing can change."""
    held: frozenset[int] = frozenset()
    before = {held}
    unsettled: set[int] = set()
    for _ in range(ROUNDS):
        dirty = model.closure({*inputs, *model.program.moving, *model.missing})
        if not dirty:
            return None, {}, {}
        if model.book.rounds:
            raise Unknowable("it calculates with the precision as displayed, which the engine can't")
        unresolved = model.closure({*(model.faults.keys() - votes.held.keys()), *unsettled})
        asked = frozenset(dirty - unresolved - held - votes.settled.keys())
        results, moved = _computed(model, asked, {**inputs, **votes.settled}, as_of)
        if moved:
            model.with_areas(moved)
            continue
        results |= votes.settled
        change = _change(model, inputs, unresolved, results)
        apart = (held | _apart(model, change)) - change.affected
        if apart == held:
            return change, results, dict.fromkeys(unsettled, LOST)
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
    computed: frozenset[int]


def _change(
    model: Model, inputs: Mapping[int, Value], unresolved: frozenset[int], results: Mapping[int, Value]
) -> _Change:
    lost = {}
    if NO_ANSWER in results.values():
        owners = {cell: where for where in model.arrays for cell in model.ever_filled(where)}
        cells = (owners.get(cell, cell) for cell, value in results.items() if value == NO_ANSWER)
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
    return _Change(given, new, model.closure(roots), lost, doubtful, frozenset(results))


def _apart(model: Model, change: _Change) -> frozenset[int]:
    """The cells that no change reaches but of which the engine makes something else than Excel did.

    They keep Excel's values, and from those all others are to be evaluated.
    """
    apart = {
        where
        for where, value in change.new.items()
        if where not in change.affected and value != NO_ANSWER and differs(model.cached(where), value)
    }
    for where in model.arrays if apart else ():
        filled = {where, *model.ever_filled(where)}
        if not apart.isdisjoint(filled):
            apart |= filled
    return frozenset(apart)


def _judged(model: Model, change: _Change, unproven: Mapping[int, str]) -> Verdict:
    affected, doubtful = change.affected, change.doubtful
    causes = {**model.faults, **unproven}
    blocked = (doubtful | model.closure(unproven)) & affected
    if blocked:
        blocked &= {*model.formulas, *change.computed}
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

    def is_same(saved: Value, computed: Value) -> bool:
        near = by_google and is_near(saved, computed)
        return near or not differs(saved, computed) or _within(slack, saved, computed)

    found = {}
    for where in suspects:
        if where in moved:
            before, now = model.program.arrays[where].size, moved[where].size
            found[where] = f"fills {before} cells in the book, but the engine makes it fill {now}"
            continue
        pairs = ((model.cached(cell), stepped.get(cell)) for cell in model.filled(where))
        other = next((pair for pair in pairs if not is_same(*pair)), None)
        if other:
            found[where] = _difference(*other)
    return found


def _difference(saved: Value, computed: Value) -> str:
    if computed == NO_ANSWER:
        return LOST
    return f"is {value_text(saved)} in the book, but the engine makes it {value_text(computed)}"


def _baseline(model: Model) -> dict[int, Value]:
    """Values for the formulas without one, as far as those that Excel cached for all others give them.

    What the clock, chance or our functions move had another value when Excel computed the others.
    """
    unsure = model.closure({*(model.missing & model.program.moving), *model.faults})
    values, moved = model.computed(model.missing - unsure, {}, None)
    if moved:
        return {}
    return {
        where: value for where, value in values.items() if value != NO_ANSWER and model.cached(where) is None
    }


def _within(slack: float, one: Value, other: Value) -> bool:
    return isinstance(one, float) and isinstance(other, float) and abs(one - other) <= slack
