"""The Journal's status is what HEDGE_STATUS says, in both editions, for every state of a hedge."""

import itertools
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

import pytest
from support.running_plan import Cell, RunningPlan

from udfs.lifecycle import hedge_status
from workbook.cells import Value
from workbook.layout.journal import JOURNAL
from workbook.native.editions import ADD_IN, NATIVE, EditionName
from workbook.template.examples import example

TODAY: Final = 46_023.0
MARK: Final = 2_000.0  # of ETH in the example
MAINTENANCE: Final = 0.005
PRICES: Final = ("stop", "target")
DATES: Final = ("expiry", "review")
NEAR: Final = {1.0: 1_680.0, -1.0: 2_400.0}  # entries at 5x that leave less than 5 % to the liquidation
FAR: Final = MARK
LOST: Final = {1.0: 1_600.0, -1.0: 2_600.0}
Row = dict[str, float | None]


def rows() -> Iterator[Row]:
    """Hedges of both sides: entries near, beyond and far from the liquidation, with every other rule."""
    for side in (1.0, -1.0):
        levels = (None, MARK * 0.97, MARK, MARK * 1.03)
        days = (None, TODAY, TODAY + 7, TODAY + 8)
        reviews = (None, TODAY, TODAY + 1)
        ratios = (None, 0.5, 1.0)
        for entry in (FAR, NEAR[side], LOST[side]):
            for at, (stop, expiry) in enumerate(itertools.product(levels, days)):
                yield {
                    "contracts": side,
                    "entry": entry,
                    "stop": stop,
                    "expiry": expiry,
                    "target": levels[(at * 3 + at // 4) % 4],
                    "review": reviews[at % 3],
                    "ratio": ratios[at % 2 + at // 8],
                }
        for target, review, ratio in itertools.product(levels, reviews, ratios):
            yield {"contracts": side, "entry": FAR, "target": target, "review": review, "ratio": ratio}


def liquidation(row: Row) -> float:
    """Of a linear contract at 5x on a venue that nobody knows: the nearer one of both formulas."""
    side, entry = row["contracts"], row["entry"]
    assert side
    assert entry
    by_mark, by_entry = (
        entry * (1 + side / 5) / (1 + side * MAINTENANCE),
        entry * (1 + side * (1 / 5 - MAINTENANCE)),
    )
    return min(by_mark, by_entry) if side > 0 else max(by_mark, by_entry)


def wanted(row: Row) -> str:
    """What the function says of the row."""
    gap = 0.0 if row.get("ratio") is None else MARK * (row["ratio"] or 0) - MARK * (row["contracts"] or 0)
    dates: dict[str, float] = {name: row.get(name) or 0 for name in DATES}
    return hedge_status(
        TODAY,
        dates["review"] or TODAY + 1,
        dates["expiry"] or None,
        mark_price=MARK,
        stop_price=row.get("stop"),
        side="short" if (row["contracts"] or 0) > 0 else "long",
        liquidation_price=liquidation(row),
        worst_price=MARK,
        target_price=row.get("target"),
        adjustment=0.0 if abs(gap) <= 0.05 * MARK else gap,
    )


@cache
def plan(edition: EditionName) -> RunningPlan:
    """The two-asset plan, loaded once for each edition."""
    return RunningPlan(example("two-asset"), edition)


def typed(running: RunningPlan, some: list[Row]) -> Mapping[Cell, Value]:
    """Cells of the Journal that hold these hedges, each in a position of its own, and no others."""
    cells: dict[Cell, Value] = {running.field("plan_as_of"): TODAY}
    for at in range(JOURNAL.rows):
        held: dict[str, Value] = dict.fromkeys(
            (column.name for column in JOURNAL.columns if column.is_input), None
        )
        if at < len(some):
            row = some[at]
            held |= {"symbol": "ETH", "venue": f"Venue {at}", "kind": "linear", "contract_size": 1.0}
            held |= {"opened": TODAY - 9, "leverage": 5.0}
            held |= row
            held["exposure"] = MARK if row.get("ratio") is not None else None
        cells |= running.row("Journal", at, held)
    return cells


@pytest.mark.parametrize("edition", [ADD_IN, NATIVE])
def test_the_status_is_what_the_function_says(edition: EditionName) -> None:
    """Every row of the sweep, and every state among them."""
    running, seen = plan(edition), set()
    hedges = list(rows())
    for start in range(0, len(hedges), JOURNAL.rows):
        some = hedges[start : start + JOURNAL.rows]
        running.set(typed(running, some))
        found = running.column("Journal", "status", len(some))
        assert list(zip(some, found, strict=True)) == [(row, wanted(row)) for row in some]
        seen |= set(found)
    assert seen == {
        *("liquidated", "near liquidation", "stop", "expired", "roll", "target reached"),
        *("review", "adjust", "hold"),
    }


@pytest.mark.parametrize("edition", [ADD_IN, NATIVE])
@pytest.mark.parametrize(
    "spoiled",
    [
        {"stop": -5.0},
        {"stop": "dear"},
        {"target": 0.0},
        {"expiry": 1e9},
        {"expiry": -1.0},
        {"review": "soon"},
        {"review": 1e300},
    ],
    ids=str,
)
def test_a_rule_that_is_none_makes_a_hedge_unknown(edition: EditionName, spoiled: dict[str, Value]) -> None:
    """A stop below 0 or a date beyond the calendar is no rule: no state rests on it, and no error shows."""
    running = plan(edition)
    running.set(typed(running, [{"contracts": 1.0, "entry": FAR}]))
    assert running.column("Journal", "status") == ["hold"]
    running.set(running.row("Journal", 0, spoiled))
    assert running.column("Journal", "status") == ["unknown"]


@pytest.mark.parametrize("edition", [ADD_IN, NATIVE])
@pytest.mark.parametrize("name", ["roll_days", "limit_liquidation_near"])
@pytest.mark.parametrize("value", [None, "few", -1.0])
def test_a_limit_that_is_none_makes_open_hedges_unknown(
    edition: EditionName, name: str, value: Value
) -> None:
    """What is closed stays closed: it rests on no limit."""
    running = plan(edition)
    running.set(typed(running, [{"contracts": 1.0, "entry": FAR}, {"contracts": 1.0, "entry": FAR}]))
    running.set(running.row("Journal", 1, {"closed": TODAY - 1, "exit_price": FAR}))
    before = running[name]
    running.set({running.field(name): value})
    found = running.column("Journal", "status", 2)
    running.set({running.field(name): before})
    assert found == ["unknown", "closed"]
    assert running.column("Journal", "status", 2) == ["hold", "closed"]
