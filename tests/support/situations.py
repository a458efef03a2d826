"""The golden situations of a hedge that exists: what a plan holds, and what it says by its own arithmetic."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from udfs.dates import serial
from workbook.layout.journal import JOURNAL
from workbook.layout.market import MARKET
from workbook.layout.schema import Table
from workbook.template.examples import ExampleBook, Rows, example

DAY: Final = serial(dt.datetime(2026, 1, 1))
SHORT: Final[Mapping[str, Any]] = {
    "symbol": "BTC",
    "contracts": 0.08,
    "entry": 30_000,
    "opened": DAY,
    "venue": "Binance",
    "kind": "linear",
    "contract_size": 1,
    "leverage": 5,
}
Wanted = str | tuple[str, str, int]  # a name, or a table's column and row from 0


def row(table: Table, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """A row of a table's cells that hold no formula."""
    return tuple(values.get(column.name) for column in table.columns if column.formula is None)


def quoted(symbol: str, **values: Any) -> tuple[Any, ...]:
    """A row of the Market sheet on the plan's day."""
    return row(MARKET, {"symbol": symbol, "as_of": DAY, **values})


def journal(*hedges: Mapping[str, Any]) -> Rows:
    """Rows of the Journal."""
    return tuple(row(JOURNAL, {**SHORT, **hedge}) for hedge in hedges)


def changed(fields: Mapping[str, Any] | None = None, **tables: Rows) -> ExampleBook:
    """The two-asset plan with other inputs: 0.1 BTC at 30,000 and 1.5 ETH at 2,000, 40 % at 5x."""
    chosen = example("two-asset")
    return replace(chosen, fields={**chosen.fields, **(fields or {})}, tables={**chosen.tables, **tables})


@dataclass(frozen=True)
class Situation:
    """A plan, and what it says: numbers to nine digits, a text by how it begins."""

    plan: ExampleBook
    said: Mapping[Wanted, float | str]


def traded(plan: ExampleBook, target: float, trade: float, now: float, order: str) -> Situation:
    """A plan with an order, or with nothing to trade."""
    reduces = "" if not trade else "yes" if trade < 0 else "no"
    said: dict[Wanted, float | str] = {
        "plan_target_contracts": target,
        "plan_trade_contracts": trade,
        "plan_coverage_now": now,
        "plan_state": "ready" if trade else "nothing to do",
        "plan_reduce_only": reduces,
        "say_order": order,
    }
    return Situation(plan, said)


def withheld(plan: ExampleBook, order: str, **said: float) -> Situation:
    """A plan without an order."""
    none: dict[Wanted, float | str] = {
        "plan_state": "incomplete",
        "plan_trade_contracts": "",
        "say_order": order,
    }
    return Situation(plan, none | dict(said.items()))


def funded(interval: float) -> Situation:
    """0.3 short at 72,815 for a week at -0.01 % each 8 hours pays 21 x 0.3 x 72,815 x 0.0001 = 45.87345."""
    opened = DAY - 7
    market = (
        quoted("BTC", spot=72_815, funding_rate=0.0003, funding_interval=interval),
        quoted("ETH", spot=2_000),
    )
    hedge = {"contracts": 0.3, "entry": 72_815, "opened": opened}
    settled = tuple(("BTC", opened + step / 3, -0.0001, 72_815) for step in range(22))
    return Situation(
        changed(Market=market, Journal=journal(hedge), FundingHistory=settled),
        {("Journal", "funding_by", 0): "history", ("Journal", "funding", 0): 45.87345},
    )


def held(btc: float, eth: float, *hedges: Mapping[str, Any]) -> ExampleBook:
    """The two-asset plan with these quantities and these rows of the Journal."""
    return changed(Holdings=(("BTC", btc), ("ETH", eth)), Journal=journal(*hedges))


BTC: Final = quoted("BTC", spot=30_000, funding_rate=0.0001, funding_interval=8)
ETH: Final = quoted("ETH", spot=2_000)
BUNDLE: Final = (
    *("Binance", "PEPE", "linear", "1000PEPE/USDT:USDT", 1_000, 1, 1e-7, 5, 0.0002, 0.0005, 50),
    *("mark", DAY, 1_000, "the venue"),
)
IN_BAND: Final = "Nothing to trade: 40.0% is within 5.0% of 40.0%"
SITUATIONS: Final[Mapping[str, Situation]] = {
    "nothing open": traded(held(0.1, 1.5), 0.080, 0.080, 0, "Sell 0.080 BTC at"),
    "hedged already": traded(held(0.1, 1.5, {}), 0.080, 0, 0.4, IN_BAND),
    "holdings doubled": traded(held(0.2, 3.0, {}), 0.160, 0.080, 0.2, "Sell 0.080 BTC at"),
    "holdings halved": traded(held(0.05, 0.75, {}), 0.040, -0.040, 0.8, "Buy back 0.040 BTC at"),
    "closed in part": traded(
        held(0.1, 1.5, {}, {"contracts": -0.05}), 0.080, 0.050, 0.15, "Sell 0.050 BTC at"
    ),
    "closed": traded(
        held(0.1, 1.5, {"closed": DAY, "exit_price": 29_000}), 0.080, 0.080, 0, "Sell 0.080 BTC"
    ),
    # 0.1 at 65,000 and 5x is liquidated at 78,000/1.005 = 77,611.94: at 79,000 it lost 1,300, not 1,400.
    "liquidated": Situation(
        changed(
            Market=(quoted("BTC", spot=79_000), ETH), Journal=journal({"contracts": 0.1, "entry": 65_000})
        ),
        {
            ("Journal", "liquidation", 0): 78_000 / 1.005,
            ("Journal", "status", 0): "liquidated",
            ("Journal", "result", 0): -1_300,
            "plan_state": "incomplete",
            "say_order": "■ No order: a hedge in the Journal is beyond its liquidation price",
        },
    ),
    "no price": withheld(
        changed(Market=(BTC, quoted("ETH"))), "? No order: ETH has no price", plan_unknown=1
    ),
    "two without a price": withheld(
        changed(
            Holdings=(("BTC", 0.1), ("ETH", 1.5), ("SOL", 3)), Market=(BTC, quoted("ETH"), quoted("SOL"))
        ),
        "? No order: ",
        plan_unknown=2,
    ),
    "expired": withheld(
        changed(
            {"plan_contract": "future"},
            Market=(quoted("BTC", spot=30_000, future=30_450, expiry=DAY - 12), ETH),
        ),
        "■ No order: the future expired 12 days ago",
    ),
    "the plan's currency": Situation(
        changed(Holdings=(("BTC", 0.1), ("ETH", 1.5), ("USDT", 10_000))),
        {
            "plan_target_contracts": 0.080,
            "plan_exposure": 16_000,
            "plan_hedged_value": 6_000,
            "holdings_left_out": 10_000,
            ("Holdings", "state", 2): "not hedged",
        },
    ),
    # 0.010002 per thousand, 2 bps above: 0.0100040004, on the tick 0.0100041.
    "a bundle": Situation(
        changed(
            {"plan_instrument": "PEPE"},
            Contracts=(BUNDLE,),
            Holdings=(("PEPE", 50_000_000),),
            Market=(quoted("PEPE", spot=0.000010002),),
        ),
        {"plan_limit_price": 0.0100041},
    ),
    "funding each 8 hours": funded(8),
    "funding each hour from today": funded(1),
}
