"""The situations of a hedge that exists, each with its own arithmetic: what the plan then says."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from support.editions import all_by_libreoffice, libreoffice_absence, saved_elsewhere
from support.running_plan import RunningPlan
from support.situations import SITUATIONS, Wanted, changed, journal, quoted, row

from workbook.cells import address
from workbook.layout.market import MARKET
from workbook.native.editions import record
from workbook.template import bare_bytes
from workbook.template.examples import Rows, example


@cache
def running() -> RunningPlan:
    """A plan that stays loaded."""
    return RunningPlan(example("two-asset"))


def plan(fields: Mapping[str, Any] | None = None, **tables: Rows) -> RunningPlan:
    """The two-asset plan with other inputs."""
    running().become(changed(fields, **tables))
    return running()


def differs(said: Mapping[Wanted, float | str], found: Mapping[Wanted, Any]) -> Iterator[str]:
    """Where a plan says something else; a blank cell is an empty text."""
    for at, wanted in said.items():
        got = "" if found[at] is None else found[at]
        if isinstance(wanted, str) and wanted:
            same = str(got).startswith(wanted)
        else:
            same = got == (pytest.approx(wanted, rel=1e-9) if wanted else wanted)
        if not same:
            yield f"{at} is {got!r}, not {wanted!r}"


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_plan_says_what_its_situation_is(name: str) -> None:
    """In the embedded engine, with our functions."""
    situation = SITUATIONS[name]
    running().become(situation.plan)
    found = {
        at: running()[at] if isinstance(at, str) else running().value(running().cell(*at))
        for at in situation.said
    }
    assert list(differs(situation.said, found)) == []


def test_libreoffice_says_the_same(tmp_path: Path) -> None:
    """Every situation through one LibreOffice without our functions, from books without any value."""
    if libreoffice_absence():
        pytest.skip(libreoffice_absence())
    books = {name: bare_bytes(situation.plan, "native") for name, situation in SITUATIONS.items()}
    wrong = []
    for name, path in all_by_libreoffice(books, tmp_path).items():
        said, cells = SITUATIONS[name].said, saved_elsewhere(path)
        wrong += [(name, what) for what in differs(said, {at: cells.get(cell_of(at)) for at in said})]
    assert wrong == []


def cell_of(at: Wanted) -> tuple[str, str]:
    """The sheet and the address of a place in the edition without our functions."""
    layout = record("native")
    place = layout.names[at] if isinstance(at, str) else layout.place(*at[:2])
    down = 0 if isinstance(at, str) else at[2]
    return place.sheet, address(place.row + down, place.column)


def test_a_feed_that_is_off_by_a_thousand_is_no_order() -> None:
    """A price that jumped beyond the limit is contradicted until somebody confirms it."""
    jumped = quoted("BTC", spot=30, before=30_000)
    said = plan(Market=(jumped, quoted("ETH", spot=2_000)))
    assert said["plan_state"] == "incomplete"
    assert said["say_order"] == "? No order: BTC has prices that contradict each other"
    confirmed = quoted("BTC", spot=30, before=30)
    assert plan(Market=(confirmed, quoted("ETH", spot=2_000)))["plan_state"] == "ready"


def test_prices_that_disagree_are_no_order() -> None:
    """A mark of another coin beside the spot price is contradicted as well."""
    said = plan(Market=(quoted("BTC", spot=30_000, mark=2_000), quoted("ETH", spot=2_000)))
    assert said["plan_state"] == "incomplete"


def test_what_an_order_does_not_rest_on_leaves_it_standing() -> None:
    """Without funding, without a date, with old facts: the order stands, and the words belong to it."""
    said = plan(
        Market=(row(MARKET, {"symbol": "BTC", "spot": 30_000}), row(MARKET, {"symbol": "ETH", "spot": 2_000}))
    )
    assert said["plan_state"] == "ready"
    assert [said[f"warn_{name}"] for name in ("funding", "stale", "facts")] == ["unknown"] * 3
    assert (said["costs_funding"], said["check_minimum"]) == ("?", "unknown")
    assert said["fact_cost"].endswith("+ ?")


def test_other_contracts_count_towards_the_coverage() -> None:
    """A short of 0.5 ETH at 2,000 hedges 1,000 of the 2,400: 1,400 are left, 0.047 BTC in whole lots."""
    other = {"symbol": "ETH", "contracts": 0.5, "entry": 2_000}
    said = plan(Journal=journal(other))
    assert said["plan_other_notional"] == 1_000
    assert said["plan_target_contracts"] == pytest.approx(0.047)
    assert said["plan_coverage"] == pytest.approx((0.047 * 30_000 + 1_000) / 6_000)
