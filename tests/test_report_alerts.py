"""What a watched desk is told: the states that begin and end, each once."""

from dataclasses import replace
from typing import Any

import pytest
from support.desk import NOW, desk, facts, hedged

from workbook.report.alerts import OUTSIDE, States, events_of, states_from_json, states_to_json
from workbook.report.page import book_rows
from workbook.request import Outcome


def told(outcomes: list[Outcome], before: States) -> tuple[list[tuple[str, str]], States]:
    """The changes of one look, and what holds after it."""
    events, now = events_of(NOW, book_rows(outcomes, facts(), None), before)
    return [(event.state, event.change) for event in events], now


@pytest.fixture
def calm() -> Outcome:
    """A plan inside its band, far from liquidation."""
    found = next(outcome for outcome in desk(40) if outcome.outputs["plan_state"] == "nothing to do")
    return replace(
        found, outputs={**found.outputs, "plan_coverage_target": found.outputs["plan_coverage_now"]}
    )


def test_a_state_is_told_when_it_begins_and_when_it_ends(calm: Outcome) -> None:
    """Once each, however many looks there are between."""
    mark = float(str(calm.rows["Journal"][0]["mark"]))
    near = hedged(calm, liquidation=mark * 1.02)
    events, holds = told([calm], {})
    assert events == []
    events, holds = told([near], holds)
    assert events == [("near liquidation", "begins")]
    events, holds = told([near], holds)
    assert events == []
    events, holds = told([calm], holds)
    assert events == [("near liquidation", "ends")]


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({"outputs": {"plan_coverage_now": 0.01}}, OUTSIDE),
        ({"outputs": {"journal_waiting": 1.0}}, "waiting"),
        ({"outputs": {"checks_ok": False}}, "failed checks"),
        ({"outputs": {"plan_unknown": 2.0}}, "facts to confirm"),
        ({"outputs": {"plan_unknown": 2.0, "plan_state": "incomplete"}}, "unknown facts"),
        ({"hedge": {"status": "expired"}}, "expired"),
        ({"hedge": {"status": "liquidated"}}, "liquidated"),
        ({"hedge": {"status": "near liquidation", "liquidation": None}}, "near liquidation"),
    ],
)
def test_each_state_is_told(calm: Outcome, change: dict[str, dict[str, Any]], state: str) -> None:
    """Every state of the list, by whatever says so in the book."""
    changed = hedged(calm, **change.get("hedge", {}))
    changed = replace(changed, outputs={**calm.outputs, **change.get("outputs", {})})
    events, _ = told([changed], {})
    assert (state, "begins") in events


def test_nothing_ends_while_nothing_is_known(calm: Outcome) -> None:
    """A book that was refused has not got better: what held is kept, and told as ended only by a value."""
    mark = float(str(calm.rows["Journal"][0]["mark"]))
    _, holds = told([hedged(calm, liquidation=mark * 1.02)], {})
    events, holds = told([Outcome(calm.path, "refused", "is encrypted", "package")], holds)
    assert events == [("refused", "begins")]
    events, _ = told([calm], holds)
    assert sorted(events) == [("near liquidation", "ends"), ("refused", "ends")]


def test_the_state_outlives_its_file() -> None:
    """What was written is read; what was not is refused."""
    states = {"books/a.xlsx": {"expired": "BTC has expired."}}
    assert states_from_json(states_to_json(states).encode()) == states
    assert states_from_json(b"{}") is None
    assert states_from_json(b"[" * 100_000) is None
