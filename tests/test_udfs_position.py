"""An open position: entries by a ledger of fills, P&L by cash, targets as the inverse of returns."""

from decimal import ROUND_UP, Context, Inexact, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.goldens import Cells, holds

from udfs import HedgeError, NotAvailable, average_entry_price, position_pnl, position_roe, target_price

PRICES = st.floats(min_value=0.01, max_value=1e5)
LEVERAGES = st.floats(min_value=1, max_value=125)
SIDES = st.sampled_from(["short", "long"])
KINDS = st.sampled_from(["linear", "inverse"])
FEES = st.floats(min_value=0, max_value=0.002)
FILLS = st.lists(
    st.tuples(
        st.decimals(min_value=-5, max_value=5, places=2), st.decimals(min_value=1, max_value=1000, places=2)
    ),
    min_size=1,
    max_size=8,
)


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("AVERAGE_ENTRY_PRICE", ([[0.05], [None], [0.03]], [[30_000], [None], [30_800]]), 30_300),
        ("AVERAGE_ENTRY_PRICE", ([[0.05], [0.03]], [[30_000], [None]]), "prices: is blank in row 2"),
        ("AVERAGE_ENTRY_PRICE", ([[None]], [[None]]), "quantities: there are none"),
        ("AVERAGE_ENTRY_PRICE", ([[0.05]], [[0]]), "prices: must be above 0, got 0"),
        ("POSITION_PNL", (0.08, 0, 27_000), "entry_price: must be above 0, got 0"),
        ("POSITION_ROE", (0, 27_000, 5), "entry_price: must be above 0, got 0"),
        ("TARGET_PRICE", (30_000, 2, 2.5), "roe: no price gives this short position a return of 2.5"),
        ("TARGET_PRICE", (30_000, 5, 0), 30_000),
    ],
)
def test_golden(name: str, cells: Cells, expected: Any) -> None:
    """Numbers and refusals by hand."""
    holds(name, cells, expected)


def entry_by_lots(fills: list[tuple[Fraction, Fraction]], kind: str) -> Fraction | None:
    """The mean entry of the units still open, where a reduction takes the same share of every open fill."""
    held: list[tuple[Fraction, Fraction]] = []
    for size, price in fills:
        total = sum((each for each, _ in held), Fraction(0))
        if total * size < 0:
            left = total + size
            if left * total <= 0:
                held = [(left, price)] if left else []
            else:
                held = [(each * left / total, at) for each, at in held]
        elif size:
            held.append((size, price))
    total = sum((each for each, _ in held), Fraction(0))
    if not total:
        return None
    if kind == "linear":
        return sum((each * at for each, at in held), Fraction(0)) / total
    return total / sum((each / at for each, at in held), Fraction(0))


@given(FILLS, KINDS)
def test_entry_is_that_of_a_ledger_of_fills(fills: list[tuple[Any, Any]], kind: str) -> None:
    """Exact fractions, a fill at a time."""
    quantities, prices = [float(size) for size, _ in fills], [float(price) for _, price in fills]
    expected = entry_by_lots([(Fraction(size), Fraction(price)) for size, price in fills], kind)
    with localcontext(Context(prec=3, rounding=ROUND_UP, traps=[Inexact])):
        if expected is None:
            with pytest.raises(NotAvailable):
                average_entry_price(quantities, prices, kind)
            return
        entry = average_entry_price(quantities, prices, kind)
    assert entry == pytest.approx(float(expected), rel=1e-12)


@given(st.floats(min_value=-1e3, max_value=1e3), PRICES, PRICES, FEES)
def test_linear_pnl_is_what_the_cash_says(size: float, entry: float, end: float, fee: float) -> None:
    """Sold (or bought) at the entry, bought back at the exit, a fee of each."""
    cash = size * entry - fee * abs(size) * entry - size * end - fee * abs(size) * end
    scale = abs(size) * (entry + end)
    assert position_pnl(size, entry, end, "linear", fee) == pytest.approx(cash, abs=1e-12 * scale)


@given(st.floats(min_value=-1e5, max_value=1e5), PRICES, PRICES, FEES)
def test_inverse_pnl_is_what_the_coins_say(size: float, entry: float, end: float, fee: float) -> None:
    """A contract of so many quote units is worth size / price coins."""
    opened, closed = size / entry, size / end
    coins = closed - opened - fee * (abs(opened) + abs(closed))
    scale = abs(opened) + abs(closed)
    assert position_pnl(size, entry, end, "inverse", fee) == pytest.approx(coins, abs=1e-12 * scale)


@given(
    PRICES, st.floats(min_value=0.1, max_value=5), st.floats(min_value=1, max_value=125), SIDES, KINDS, FEES
)
def test_roe_is_pnl_over_margin(
    entry: float, ratio: float, leverage: float, side: str, kind: str, fee: float
) -> None:
    """With the margin of HEDGE_MARGIN at the entry, in the currency of the P&L."""
    size, end = (100.0 if side == "short" else -100.0), entry * ratio
    margin = abs(size) * (entry if kind == "linear" else 1 / entry) / leverage
    roe = position_roe(entry, end, leverage, side, kind, fee)
    assert roe == pytest.approx(position_pnl(size, entry, end, kind, fee) / margin, rel=1e-9, abs=1e-9)


@given(
    PRICES, st.floats(min_value=1, max_value=125), st.floats(min_value=-5, max_value=5), SIDES, KINDS, FEES
)
def test_target_price_and_roe_are_inverse(
    entry: float, leverage: float, roe: float, side: str, kind: str, fee: float
) -> None:
    """The return at the target is the one that was asked for; where there is none, the edge shows why."""
    try:
        price = target_price(entry, leverage, roe, side, kind, fee)
    except HedgeError:
        ends = [position_roe(entry, entry * far, leverage, side, kind, fee) for far in (1e-9, 1e9)]
        assert not min(ends) + 1e-6 * leverage < roe < max(ends) - 1e-6 * leverage
        return
    assume(1e-6 < price / entry < 1e6)
    assert position_roe(entry, price, leverage, side, kind, fee) == pytest.approx(roe, rel=1e-9, abs=1e-8)
