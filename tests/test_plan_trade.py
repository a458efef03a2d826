"""The trade of a plan against HEDGE_TRADE, state by state, and what a trade that turns the position is."""

import itertools
from typing import Any

import pytest
from support.running_plan import RunningPlan
from support.situations import SHORT, changed

from udfs import hedge_trade
from udfs.dates import serial
from workbook.native.editions import ADD_IN, NATIVE, EditionName
from workbook.template.examples import ExampleBook, example

DAY = example("two-asset").as_of
MINIMUM = 50.0


def fresh() -> ExampleBook:
    """The two-asset plan with fresh facts of its contract, whose smallest order is worth 50."""
    chosen = changed()
    rows = [list(row) for row in chosen.tables["Contracts"]]
    for row in rows:
        if row[:3] == ["Binance", "BTC", "linear"]:
            row[7], row[12] = MINIMUM, serial(DAY)
    return changed(Contracts=tuple(tuple(row) for row in rows))


@pytest.fixture(scope="module", params=[ADD_IN, NATIVE])
def plan(request: pytest.FixtureRequest) -> RunningPlan:
    """A plan that stays loaded, in each edition."""
    edition: EditionName = request.param
    return RunningPlan(fresh(), edition)


def hold(plan: RunningPlan, contracts: float, **fields: Any) -> None:
    """So many contracts in the Journal, and these inputs."""
    hedge = {**SHORT, "contracts": contracts} if contracts else dict.fromkeys(SHORT)
    plan.set(plan.row("Journal", 0, hedge) | {plan.field(name): value for name, value in fields.items()})


STATES = [
    *itertools.product(
        (0.0, 0.03, 0.079, 0.08, 0.084, 0.5, -0.02), (0.0, 0.39, 0.4, 1.2), ("nearest",), (0.05,)
    ),
    *itertools.product(
        (0.0, 0.0785, 0.0805, 0.081), (0.399, 0.401, 0.0003), ("nearest", "down", "up"), (0.0,)
    ),
]


def test_the_plan_trades_as_the_function_says(plan: RunningPlan) -> None:
    """Target, what is open, band, lots and the smallest order; the band is for a hedge that is open."""
    assert plan["plan_facts_fresh"] is True
    wrong, trades = {}, set()
    for contracts, ratio, rounding, band in STATES:
        hold(plan, contracts, plan_ratio=ratio, plan_rounding=rounding, journal_band=band)
        assert plan["plan_ready"] is True
        wanted = hedge_trade(
            plan["plan_own_notional"],
            contracts,
            plan["plan_entry_price"],
            band * plan["plan_hedged_value"] if contracts else 0.0,
            plan["plan_contract_size"],
            plan["plan_lot"],
            rounding,
            plan["plan_kind"],
            0.0,
            plan["plan_minimum_notional"],
        )
        if plan["plan_target_contracts"] == 0:
            wanted = -contracts  # what is less than a lot is closed too: nothing is wanted
        trades.add(wanted)
        if plan["plan_trade_contracts"] != pytest.approx(wanted, abs=1e-12):
            wrong[contracts, ratio, rounding, band] = (plan["plan_trade_contracts"], wanted)
    assert wrong == {}
    assert len(trades) > 20


def test_a_trade_that_turns_the_position_is_not_reduce_only(plan: RunningPlan) -> None:
    """A venue would cut it off at what is open, and asks for its minimum."""
    hold(plan, -0.02, plan_ratio=0.4, plan_rounding="nearest", journal_band=0.05)
    assert plan["plan_trade_contracts"] == pytest.approx(0.1)
    assert (plan["plan_reduce_only"], plan["plan_order"]) == ("no", "Sell to turn it")
    assert "It turns the long" in plan["say_position"]
    hold(plan, -0.001, plan_ratio=0.005, journal_band=0.0)  # to 0.001 short: two lots, worth 60
    assert plan["plan_trade_contracts"] == pytest.approx(0.002)
    hold(plan, -0.0005)  # one lot turns it, worth 30
    assert (plan["plan_trade_contracts"], plan["plan_is_small"]) == (0, True)
    hold(plan, 0.5, plan_ratio=0.4)
    assert (plan["plan_reduce_only"], plan["plan_order"]) == ("yes", "Buy to reduce")
