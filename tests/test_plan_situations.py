"""The situations of a hedge that exists, each with its own arithmetic: what the plan then says."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from support.running_plan import RunningPlan

from udfs.dates import serial
from workbook.layout.journal import JOURNAL
from workbook.layout.market import MARKET
from workbook.layout.schema import Table
from workbook.template.examples import Rows, example

DAY = serial(dt.datetime(2026, 1, 1))
SHORT = {
    "symbol": "BTC",
    "contracts": 0.08,
    "entry": 30_000,
    "opened": DAY,
    "venue": "Binance",
    "kind": "linear",
    "contract_size": 1,
    "leverage": 5,
}


def row(table: Table, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """A row of a table's cells that hold no formula."""
    return tuple(values.get(column.name) for column in table.columns if column.formula is None)


def quoted(symbol: str, **values: Any) -> tuple[Any, ...]:
    """A row of the Market sheet on the plan's day."""
    return row(MARKET, {"symbol": symbol, "as_of": DAY, **values})


@cache
def running() -> RunningPlan:
    """A plan that stays loaded."""
    return RunningPlan(example("two-asset"))


def plan(fields: Mapping[str, Any] | None = None, **tables: Rows) -> RunningPlan:
    """The two-asset plan with other inputs: 0.1 BTC at 30,000 and 1.5 ETH at 2,000, 40 % at 5x."""
    chosen = example("two-asset")
    running().become(
        replace(chosen, fields={**chosen.fields, **(fields or {})}, tables={**chosen.tables, **tables})
    )
    return running()


def journal(*hedges: Mapping[str, Any]) -> Rows:
    """Rows of the Journal."""
    return tuple(row(JOURNAL, {**SHORT, **hedge}) for hedge in hedges)


@pytest.mark.parametrize(
    ("holdings", "hedges", "target", "trade", "now", "state", "order"),
    [
        ((0.1, 1.5), (), 0.080, 0.080, 0, "ready", "Sell 0.080 BTC at"),
        (
            (0.1, 1.5),
            ({},),
            0.080,
            0,
            0.4,
            "nothing to do",
            "Nothing to trade: 40.0% is within 5.0% of 40.0%",
        ),
        ((0.2, 3.0), ({},), 0.160, 0.080, 0.2, "ready", "Sell 0.080 BTC at"),
        ((0.05, 0.75), ({},), 0.040, -0.040, 0.8, "ready", "Buy back 0.040 BTC at"),
        ((0.1, 1.5), ({}, {"contracts": -0.05}), 0.080, 0.050, 0.15, "ready", "Sell 0.050 BTC at"),
        ((0.1, 1.5), ({"closed": DAY, "exit_price": 29_000},), 0.080, 0.080, 0, "ready", "Sell 0.080 BTC"),
    ],
    ids=["nothing open", "hedged already", "holdings doubled", "holdings halved", "closed in part", "closed"],
)
def test_the_trade_is_what_the_open_hedge_lacks(
    holdings: tuple[float, float],
    hedges: Sequence[Mapping[str, Any]],
    target: float,
    trade: float,
    now: float,
    state: str,
    order: str,
) -> None:
    """Target less open, in lots, and nothing while the coverage is inside the band."""
    rows = tuple(zip(("BTC", "ETH"), holdings, strict=True))
    said = plan(Holdings=rows, Journal=journal(*hedges))
    assert said["plan_target_contracts"] == pytest.approx(target)
    assert said["plan_trade_contracts"] == pytest.approx(trade)
    assert said["plan_coverage_now"] == pytest.approx(now)
    assert said["plan_state"] == state
    assert said["say_order"].startswith(order)
    assert (said["plan_reduce_only"] == "yes") == (trade < 0)


def test_a_short_beyond_its_liquidation_has_lost_its_margin() -> None:
    """0.1 at 65,000 and 5x is liquidated at 78,000/1.005 = 77,611.94: at 79,000 it lost 1,300, not 1,400."""
    market = (quoted("BTC", spot=79_000), quoted("ETH", spot=2_000))
    hedge = {"contracts": 0.1, "entry": 65_000}
    said = plan(Market=market, Journal=journal(hedge))
    assert said.column("Journal", "liquidation") == [pytest.approx(77_611.94, abs=0.005)]
    assert said.column("Journal", "status") == ["liquidated"]
    assert said.column("Journal", "result") == [-1_300]
    assert said["plan_state"] == "incomplete"
    assert said["say_order"].startswith("■ No order: a hedge in the Journal is beyond its liquidation price")


def test_an_asset_without_a_price_withholds_the_order() -> None:
    """ETH is held and has no price: no order, one fact unknown, and the sentence names it."""
    said = plan(Market=(quoted("BTC", spot=30_000, funding_rate=0.0001, funding_interval=8), quoted("ETH")))
    assert said["say_order"] == "? No order: ETH has no price"
    assert (said["plan_state"], said["plan_unknown"]) == ("incomplete", 1)
    assert said.column("Holdings", "value", 2) == [3_000, "?"]
    assert said["plan_trade_contracts"] == ""


def test_each_missing_fact_is_counted() -> None:
    """Two assets without a price are two unknown facts."""
    rows = (("BTC", 0.1), ("ETH", 1.5), ("SOL", 3))
    said = plan(Holdings=rows, Market=(quoted("BTC", spot=30_000), quoted("ETH"), quoted("SOL")))
    assert (said["plan_state"], said["plan_unknown"]) == ("incomplete", 2)


def test_a_future_that_expired_is_not_sold() -> None:
    """Twelve days after the expiry there is no order, whatever the price on the sheet says."""
    gone = quoted("BTC", spot=30_000, future=30_450, expiry=DAY - 12)
    said = plan({"plan_contract": "future"}, Market=(gone, quoted("ETH", spot=2_000)))
    assert said["say_order"] == "■ No order: the future expired 12 days ago"
    assert said["plan_state"] == "incomplete"


def test_the_currency_of_the_plan_is_no_exposure() -> None:
    """10,000 USDT beside the coins leave the target at 0.080, and are said to be left out."""
    said = plan(Holdings=(("BTC", 0.1), ("ETH", 1.5), ("USDT", 10_000)))
    assert said["plan_target_contracts"] == pytest.approx(0.08)
    assert (said["plan_exposure"], said["plan_hedged_value"]) == (16_000, 6_000)
    assert said["holdings_left_out"] == 10_000
    assert said.column("Holdings", "state", 3)[2] == "not hedged"


def test_a_bundle_is_quoted_per_thousand() -> None:
    """1000PEPE at 0.010002 per thousand, 2 bps above: 0.0100040004, on the tick 0.0100041."""
    contract: tuple[Any, ...] = (
        "Binance",
        "PEPE",
        "linear",
        "1000PEPE/USDT:USDT",
        1_000,
        1,
        1e-7,
        5,
        0.0002,
        0.0005,
        50,
    )
    contract = (*contract, "mark", DAY, 1_000, "the venue")
    said = plan(
        {"plan_instrument": "PEPE"},
        Contracts=(contract,),
        Holdings=(("PEPE", 50_000_000),),
        Market=(quoted("PEPE", spot=0.000010002),),
    )
    assert said["plan_limit_price"] == pytest.approx(0.0100041, abs=1e-12)


@pytest.mark.parametrize("interval", [8, 1])
def test_funding_of_the_past_does_not_change_with_today(interval: float) -> None:
    """0.3 short at 72,815 for a week at -0.01 % each 8 hours pays 21 x 0.3 x 72,815 x 0.0001."""
    opened = DAY - 7
    settled = tuple(("BTC", opened + step / 3, -0.0001, 72_815) for step in range(22))
    market = (
        quoted("BTC", spot=72_815, funding_rate=0.0003, funding_interval=interval),
        quoted("ETH", spot=2_000),
    )
    hedge = {"contracts": 0.3, "entry": 72_815, "opened": opened}
    said = plan(Market=market, Journal=journal(hedge), FundingHistory=settled)
    assert said.column("Journal", "funding_by") == ["history"]
    assert said.column("Journal", "funding") == [pytest.approx(21 * 0.3 * 72_815 * 0.0001)]


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
