"""Orders and life cycle: golden numbers, ticks in exact decimals, and which state comes first."""

from datetime import date
from decimal import ROUND_UP, Context, Decimal, Inexact, localcontext
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.goldens import Cells, holds

from udfs import HedgeError, hedge_pnl, hedge_status, limit_price, stop_price

NOT_ON_TICK = "offset_bps: no price that far below the reference is on the tick"
MONDAY = 46_027  # 2026-01-05


def life(side: str = "short", **given: float | None) -> Cells:
    """The cells of HEDGE_STATUS for a hedge that needs nothing but what is given."""
    known: dict[str, Any] = {"review": MONDAY + 9, "side": side, **given}
    names = ("review", "expiry", "roll", "mark", "stop", "side", "closed", "liquidation", "worst", "near")
    return (MONDAY, *(known.get(name) for name in (*names, "target", "event", "adjustment")))


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("LIMIT_PRICE", (30_000, 2, 0.1), 30_006),
        ("LIMIT_PRICE", (30_000, 2, 0.1, "long"), 29_994),
        ("LIMIT_PRICE", (30_000.04, 0, 0.1), 30_000.1),
        ("LIMIT_PRICE", (30_000.04, 0, 0.1, "long"), 30_000),
        ("LIMIT_PRICE", (30_000.004,), 30_000.01),
        ("LIMIT_PRICE", (0.1 + 0.2, 0, 0.1), 0.3),
        ("LIMIT_PRICE", (1, 10_000, 0.1, "long"), NOT_ON_TICK),
        ("LIMIT_PRICE", (30_000, -2), "offset_bps: must be at least 0, got -2"),
        ("STOP_PRICE", (30_000, 0.08, 120), 31_500),
        ("STOP_PRICE", (30_000, -0.08, 120), 28_500),
        ("STOP_PRICE", (30_000, 0.08, 0), 30_000),
        ("STOP_PRICE", (30_000, -0.08, 2_400), "max_loss: this hedge can't lose that much"),
        ("STOP_PRICE", (30_000, 0.08, -1), "max_loss: must be at least 0, got -1"),
        ("STOP_PRICE", (30_000, 0, 120), "quantity: must be other than 0, got 0"),
        ("HEDGE_STATUS", (MONDAY, MONDAY + 1), "hold"),
        ("HEDGE_STATUS", (MONDAY, MONDAY), "review"),
        ("HEDGE_STATUS", (MONDAY, MONDAY + 9, MONDAY + 8), "hold"),
        ("HEDGE_STATUS", (MONDAY, MONDAY + 9, MONDAY + 7), "roll"),
        ("HEDGE_STATUS", (MONDAY, MONDAY + 9, MONDAY + 8, 8), "roll"),
        ("HEDGE_STATUS", (MONDAY, MONDAY, MONDAY + 3), "roll"),
        ("HEDGE_STATUS", (MONDAY, MONDAY + 9, MONDAY), "expired"),
        ("HEDGE_STATUS", (MONDAY, MONDAY, MONDAY, 7, 31_500, 31_500), "stop"),
        ("HEDGE_STATUS", (MONDAY, MONDAY + 9, MONDAY + 30, 7, 31_499.9, 31_500), "hold"),
        ("HEDGE_STATUS", (MONDAY, MONDAY + 9, MONDAY + 30, 7, 28_500, 28_500, "long"), "stop"),
        ("HEDGE_STATUS", (MONDAY, MONDAY + 9, MONDAY + 30, 7, 28_600, 28_500, "long"), "hold"),
        (
            "HEDGE_STATUS",
            (MONDAY, MONDAY + 9, MONDAY + 30, 7, 31_500),
            "stop_price: is blank, and a stop needs it beside mark_price",
        ),
        (
            "HEDGE_STATUS",
            (MONDAY, MONDAY + 9, MONDAY + 30, 7, None, 31_500),
            "mark_price: is blank, and a stop needs it beside stop_price",
        ),
        ("HEDGE_STATUS", life(closed=MONDAY - 9, mark=None, liquidation=33_000), "closed"),
        ("HEDGE_STATUS", life(mark=None, liquidation=33_000), "unknown"),
        ("HEDGE_STATUS", life(mark=None, target=25_000), "unknown"),
        ("HEDGE_STATUS", life(mark=33_000, liquidation=33_000), "liquidated"),
        ("HEDGE_STATUS", life(mark=30_000, liquidation=33_000, worst=33_000), "liquidated"),
        ("HEDGE_STATUS", life(mark=34_000, liquidation=33_000, worst=31_000), "liquidated"),
        ("HEDGE_STATUS", life("long", mark=30_000, liquidation=27_000, worst=26_999), "liquidated"),
        ("HEDGE_STATUS", life("long", mark=30_000, liquidation=27_000, worst=27_001), "hold"),
        ("HEDGE_STATUS", life(mark=31_500, liquidation=33_000), "near liquidation"),
        ("HEDGE_STATUS", life(mark=31_500, liquidation=33_000, stop=31_000), "near liquidation"),
        ("HEDGE_STATUS", life(mark=30_000, liquidation=33_000, near=0.1), "hold"),
        ("HEDGE_STATUS", life(mark=31_200, liquidation=33_000, stop=31_000, expiry=MONDAY), "stop"),
        ("HEDGE_STATUS", life(mark=25_000, target=25_000, expiry=MONDAY), "expired"),
        ("HEDGE_STATUS", life(mark=25_000, target=25_000, expiry=MONDAY + 7), "roll"),
        ("HEDGE_STATUS", life(mark=25_000, target=25_000, review=MONDAY), "target reached"),
        ("HEDGE_STATUS", life("long", mark=35_000, target=35_000), "target reached"),
        ("HEDGE_STATUS", life("long", mark=34_999, target=35_000), "hold"),
        ("HEDGE_STATUS", life(mark=25_001, target=25_000, review=MONDAY, adjustment=1), "review"),
        ("HEDGE_STATUS", life(event=MONDAY - 1, adjustment=1), "review"),
        ("HEDGE_STATUS", life(event=MONDAY, adjustment=-0.01), "adjust"),
        (
            "HEDGE_STATUS",
            life(worst=30_000, mark=30_000, target=1),
            "liquidation_price: is blank, and worst_price needs it",
        ),
        ("HEDGE_STATUS", (MONDAY, MONDAY, MONDAY, -1), "roll_days: must be at least 0, got -1"),
        ("HEDGE_STATUS", (-1, MONDAY), "today: must be a date, 9999-12-31 at the latest, got -1"),
    ],
)
def test_golden(name: str, cells: Cells, expected: Any) -> None:
    """The numbers and refusals of the specification, and what follows from it."""
    holds(name, cells, expected)


@pytest.mark.parametrize(
    ("day", "got"), [(date(1850, 1, 1), "1850-01-01"), (3_000_000, "3000000"), (-0.5, "-0.5")]
)
def test_a_refused_date_is_named_as_it_was_given(day: date | float, got: str) -> None:
    """A date stays a date: its serial number told nobody which day was wrong; a number is no day."""
    with pytest.raises(HedgeError, match=rf"^today: must be a date, 9999-12-31 at the latest, got {got}$"):
        hedge_status(day, 46_000)


def test_tick_is_exact_in_any_decimal_context() -> None:
    """A program that sets its own decimal precision and rounding moves no price."""
    with localcontext(Context(prec=3, rounding=ROUND_UP, traps=[Inexact])):
        assert limit_price(30_000, 1.2345, 0.0001) == 30_003.7035


@given(
    st.decimals(min_value="0.01", max_value="100000", places=4),
    st.integers(min_value=0, max_value=500),
    st.sampled_from(["0.0001", "0.01", "0.1", "0.5", "1"]),
    st.sampled_from(["short", "long"]),
)
def test_limit_price_is_on_the_tick_and_passive(reference: Decimal, bps: int, tick: str, side: str) -> None:
    """A whole number of ticks, at least the offset away from the market, and less than a tick more."""
    wanted = reference * (1 + Decimal(bps) / 10_000 * (1 if side == "short" else -1))
    assume(side == "short" or wanted > Decimal(tick))
    price = Decimal(f"{limit_price(float(reference), float(bps), float(tick), side):.15g}")
    assert price % Decimal(tick) == 0
    away = (price - wanted) if side == "short" else (wanted - price)
    assert 0 <= away < Decimal(tick)


@given(
    st.floats(min_value=1, max_value=1e5),
    st.floats(min_value=-100, max_value=100).filter(lambda value: abs(value) > 1e-3),
    st.floats(min_value=0, max_value=0.9),
)
def test_hedge_has_lost_max_loss_at_the_stop(entry: float, quantity: float, share: float) -> None:
    """At the stop price the P&L of the hedge is minus the loss allowed."""
    loss = share * abs(quantity) * entry
    stop = stop_price(entry, quantity, loss)
    assert hedge_pnl(quantity * entry, stop / entry - 1) == pytest.approx(-loss, rel=1e-9, abs=1e-9 * entry)
