"""Three months of a hedge: each day's advice is followed, and a ledger of cash agrees with the book.

The ledger knows fills, fees and settlements alone: no entry, no margin, no formula of the book.
"""

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from support.running_plan import Cell, RunningPlan

from udfs.dates import serial
from workbook.cells import Value
from workbook.template.examples import example

FIRST = serial(dt.datetime(2026, 1, 1))
TAKER = 0.0005
Row = dict[str, Value]


@dataclass
class Ledger:
    """An account at the venue: what was paid and received, and the coins owed."""

    cash: float = 0.0
    coins: float = 0.0  # negative: short
    fills: list[str] = field(default_factory=list)

    def sell(self, coins: float, price: float) -> float:
        """Fill an order (negative: a purchase) at the taker fee, and say the fee."""
        fee = abs(coins) * price * TAKER
        self.cash += coins * price - fee
        self.coins -= coins
        self.fills.append(f"{coins:+.3f}")
        return fee

    def settle(self, rate: float, mark: float) -> None:
        """A settlement: longs pay shorts while the rate is positive."""
        self.cash -= self.coins * mark * rate

    def worth(self, price: float) -> float:
        """What is left if all is bought back at this price."""
        return self.cash + self.coins * price


class Trader:
    """Follows the book: types prices, settlements and fills into it, and does what it says."""

    def __init__(self, plan: RunningPlan) -> None:
        self.plan = plan
        self.ledger = Ledger()
        self.hedges = 0
        self.settled = 0
        self.fees: dict[int, float] = {}
        self.seen: set[str] = set()

    def day(self, day: float, btc: float, eth: float, rate: float, hours: float) -> None:
        """A morning: prices, and the settlements of the day before."""
        plan = self.plan
        cells: dict[Cell, Value] = {plan.field("plan_as_of"): day}
        now: Row = {"as_of": day, "before": None}
        cells |= plan.row("Market", 0, {"spot": btc, "funding_rate": rate, "funding_interval": hours, **now})
        cells |= plan.row("Market", 1, {"spot": eth, **now})
        for step in range(round(24 / hours)) if day > FIRST else ():
            time = day - 1 + (step + 1) * hours / 24
            row: Row = {"symbol": "BTC", "time": time, "rate": rate, "mark": btc}
            cells |= plan.row("FundingHistory", self.settled, row)
            self.settled += 1
            self.ledger.settle(rate, btc)
        plan.set(cells)

    def states(self) -> list[str]:
        """Of the hedges in the Journal."""
        return list(self.plan.column("Journal", "status", self.hedges))

    def follow(self, day: float, price: float) -> None:
        """Trade what the Plan says, and write the fill down."""
        contracts = self.plan["plan_trade_contracts"]
        self.seen |= set(self.states()) | {self.plan["plan_state"]}
        if self.plan["plan_state"] != "ready":
            return
        side, only = self.plan["plan_trade_side"], self.plan["plan_reduce_only"]
        assert side == ("Sell" if contracts > 0 else "Buy")
        assert only == ("yes" if contracts < 0 else "no")
        fee = self.ledger.sell(contracts, price)
        self.open(contracts, price, day, fee)
        assert self.plan["plan_state"] == "nothing to do", self.plan["say_order"]

    def open(self, contracts: float, price: float, day: float, fee: float, **more: Any) -> None:
        """A row of the Journal; a partial close is one of the opposite sign."""
        row: Row = {
            "symbol": "BTC",
            "contracts": contracts,
            "entry": price,
            "opened": day,
            "venue": "Binance",
        }
        row |= {"kind": "linear", "contract_size": 1.0, "leverage": 5.0, "fees_paid": fee, **more}
        self.plan.set(self.plan.row("Journal", self.hedges, row))
        self.fees[self.hedges] = fee
        self.hedges += 1

    def close(self, day: float, price: float) -> None:
        """Buy back what is open, and close every row."""
        fee = self.ledger.sell(self.ledger.coins, price)
        cells: dict[Cell, Value] = {}
        for row in range(self.hedges):
            paid = self.fees[row] + (fee if row == 0 else 0.0)
            cells |= self.plan.row("Journal", row, {"closed": day, "exit_price": price, "fees_paid": paid})
        self.plan.set(cells)

    def agrees(self, price: float) -> None:
        """The book counts the cash that the ledger counts, and what is open."""
        assert self.plan["journal_net"] == pytest.approx(self.ledger.worth(price), abs=1e-6)
        assert self.plan["plan_open_contracts"] == pytest.approx(-self.ledger.coins, abs=1e-9)


def weather() -> Iterator[tuple[float, float, float, float, float]]:
    """Day, BTC, ETH, funding rate and its hours: a slide, a rally, a slide into the target."""
    for step in range(90):
        wave = math.sin(step / 3)
        if step < 30:
            btc = 30_000 - 60 * step
        elif step < 45:
            btc = 28_200 + 370 * (step - 29)
        else:
            btc = 33_750 - 230 * (step - 44)
        eth = btc / 15 * (1 + 0.08 * wave + step / 1_500)
        yield (
            FIRST + step,
            round(btc, 1),
            round(eth, 2),
            0.0001 if step < 60 else -0.00015,
            8.0 if step < 60 else 4.0,
        )


@pytest.fixture(scope="module")
def plan() -> RunningPlan:
    """The two-asset plan with capital to post."""
    chosen = example("two-asset")
    return RunningPlan(chosen)


def test_three_months_of_advice_are_worth_what_the_ledger_counts(plan: RunningPlan) -> None:
    """Open, drift, adjust, add margin near liquidation, close in part, funding turns, target, close."""
    plan.become(example("two-asset"))
    plan.set({plan.field("plan_capital"): 3_000.0})
    trader = Trader(plan)
    posted = 0
    target = 24_000.0
    for day, btc, eth, rate, hours in weather():
        trader.day(day, btc, eth, rate, hours)
        step = day - FIRST
        if step == 20:  # more coins are bought
            plan.set(plan.row("Holdings", 0, {"quantity": 0.14}))
        if step == 55:  # half of what is held is sold
            plan.set(plan.row("Holdings", 0, {"quantity": 0.06}) | plan.row("Holdings", 1, {"quantity": 0.8}))
        if step == 50:
            cells = [plan.row("Journal", row, {"target": target}) for row in range(trader.hedges)]
            plan.set({cell: value for row in cells for cell, value in row.items()})
        for row, state in enumerate(trader.states()):
            assert state not in ("unknown", "liquidated"), (step, plan["say_order"])
            if state == "near liquidation":
                margin = plan.value(plan.cell("Journal", "margin", row))
                before = plan.value(plan.cell("Journal", "liquidation", row))
                plan.set(plan.row("Journal", row, {"posted": margin * 1.6}))
                assert plan.value(plan.cell("Journal", "liquidation", row)) > before
                assert plan.value(plan.cell("Journal", "status", row)) != "near liquidation"
                posted += 1
                trader.seen.add(state)
        if "target reached" in trader.states():
            trader.seen.add("target reached")
            trader.close(day, btc)
            trader.agrees(btc)
            break
        trader.follow(day, btc)
        trader.agrees(btc)
    assert posted
    assert {"near liquidation", "target reached", "hold", "ready", "nothing to do", "closed"} <= trader.seen
    assert any(fill.startswith("-") for fill in trader.ledger.fills[:-1])
    assert set(trader.states()) == {"closed"}
    assert plan["plan_margin_used"] == 0
    assert trader.ledger.coins == pytest.approx(0, abs=1e-12)


def test_what_was_settled_stays_settled(plan: RunningPlan) -> None:
    """Another rate and another interval today change nothing of what was paid."""
    plan.become(example("two-asset"))
    plan.set({plan.field("plan_capital"): 3_000.0})
    trader = Trader(plan)
    for day, btc, eth, rate, hours in list(weather())[:10]:
        trader.day(day, btc, eth, rate, hours)
        trader.follow(day, btc)
    paid = plan["journal_funding"]
    assert paid < 0
    plan.set(plan.row("Market", 0, {"funding_rate": 0.01, "funding_interval": 1.0}))
    assert plan["journal_funding"] == pytest.approx(paid)


def test_a_roll_is_a_close_and_an_opening(plan: RunningPlan) -> None:
    """A dated hedge near its expiry says roll; closed and opened anew, the ledger agrees with the book."""
    plan.become(example("two-asset"))
    near, far = FIRST + 40, FIRST + 130
    plan.set({plan.field("plan_contract"): "future", plan.field("plan_capital"): 3_000.0})
    trader = Trader(plan)
    price = 30_450.0
    plan.set(plan.row("Market", 0, {"future": price, "expiry": near}))
    trader.open(0.08, price, FIRST, trader.ledger.sell(0.08, price), expiry=near)
    assert trader.states() == ["hold"]
    day, spot, price = FIRST + 34, 29_000.0, 29_060.0
    now: Row = {"as_of": day, "before": None}
    plan.set({plan.field("plan_as_of"): day} | plan.row("Market", 1, {"spot": 29_000 / 15, **now}))
    plan.set(plan.row("Market", 0, {"spot": spot, "future": price, **now}))
    assert trader.states() == ["roll"]
    assert plan["journal_net"] == pytest.approx(trader.ledger.worth(price))
    trader.close(day, price)
    price = 29_500.0
    plan.set(plan.row("Market", 0, {"future": price, "expiry": far}))
    assert plan["plan_trade_contracts"] == pytest.approx(0.08 - 0.001, abs=0.0011)
    sold = plan["plan_trade_contracts"]
    trader.open(sold, price, day, trader.ledger.sell(sold, price), expiry=far)
    assert trader.states() == ["closed", "hold"]
    assert plan["plan_state"] == "nothing to do"
    assert plan["journal_net"] == pytest.approx(trader.ledger.worth(price))
