"""The vote on what-if data tables: each of their steps is a state of the book, and looked at like it.

A step's formulas that are core with what their cells hold in that step need no vote. All others are
computed once more by the second engine, from the same operands; where the two differ, or where all
engines err alike, the table can't be known.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from workbook.cells import Value
from workbook.recalc.core_cells import unsure
from workbook.recalc.data_tables import PART
from workbook.recalc.evaluation import Model
from workbook.recalc.shared_errors import doubts
from workbook.recalc.votes import Votes


class TableVotes(NamedTuple):
    """Which tables needed a vote, and which can't be known, with the reason."""

    voted: frozenset[int]
    unknown: Mapping[int, str]


class _Step(NamedTuple):
    given: Mapping[int, Value]
    results: Mapping[int, Value]


def voted_tables(
    votes: Votes, tables: Iterable[int], news: Mapping[int, Value], as_of: dt.datetime | None
) -> TableVotes:
    """Vote on the steps of tables; `news` are the values that hold now and the book does not cache."""
    model = votes.model
    voted, unknown = set(), {}
    for table in tables:
        chain = model.tables[table].chain
        checks = model.program.checks(chain)
        for given, results in _steps(model, table, news, as_of):
            now = model.now(results, given)
            unlike = frozenset(unsure(checks, now))
            why = doubts(model.program.plain, chain, model.differing(results), now)
            if unlike and not why:
                voted.add(table)
                why = votes.apart(unlike, {**given, **results}, results)
            if why:
                cell = min(why)
                unknown[table] = f"{PART} in which {model.program.name(cell)} {why[cell]}"
                break
    return TableVotes(frozenset(voted), unknown)


def _steps(model: Model, table: int, news: Mapping[int, Value], as_of: dt.datetime | None) -> Iterator[_Step]:
    """What a table's formulas come to in each of its steps, and from which values."""
    steps: list[_Step] = []

    def evaluate(chain: frozenset[int], replaced: Mapping[int, Value]) -> Mapping[int, Value]:
        given = {**news, **replaced}
        results, _ = model.computed(chain, given, as_of)
        steps.append(_Step(given, results))
        return results

    def now(where: int) -> Value:
        return news[where] if where in news else model.cached(where)

    model.tables[table].values(evaluate, now)
    yield from steps
