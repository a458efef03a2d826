"""Costs: golden numbers, the order book walked unit by unit, and what must always hold."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.goldens import Cells, holds

from udfs import (
    NotAvailable,
    book_slippage,
    breakeven_move,
    funding_cost,
    hedge_cost,
    slippage_cost,
    trading_fee,
)
from udfs.scenario import hedge_pnl  # the plain one: a break-even may lie below -1

money = st.floats(min_value=-1e9, max_value=1e9)
fees = st.floats(min_value=-0.001, max_value=0.01)
bps = st.floats(min_value=0, max_value=100)
rates = st.floats(min_value=-0.01, max_value=0.01)
periods = st.floats(min_value=0, max_value=1000)
BIDS = ([[30_000], [29_990], [29_950]], [[0.05], [0.02], [1]])
ASKS = ([[30_050], [30_010], [30_020]], [[1], [0.05], [0.02]])


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("TRADING_FEE", (2_400, 0.0005), 2.4),
        ("TRADING_FEE", (-2_400, 0.0005), 2.4),
        ("TRADING_FEE", (2_400, 0.0005, 1), 1.2),
        ("TRADING_FEE", (2_400, -0.0001), -0.48),
        ("TRADING_FEE", (2_400, 0.0005, -1), "fills: must be at least 0, got -1"),
        ("TRADING_FEE", (2_400, 1), "fee_rate: must be above -1 and below 1, got 1"),
        ("SLIPPAGE_COST", (2_400, 2), 0.96),
        ("SLIPPAGE_COST", (-2_400, 2, 1), 0.48),
        ("SLIPPAGE_COST", (2_400, -2), "slippage_bps: must be at least 0, got -2"),
        ("BOOK_SLIPPAGE", (0.04, *BIDS), 0),
        ("BOOK_SLIPPAGE", (0.08, *BIDS), 0.02 * 10 + 0.01 * 50),
        ("BOOK_SLIPPAGE", (1.07, *BIDS), 0.02 * 10 + 1 * 50),
        ("BOOK_SLIPPAGE", (-0.08, *ASKS), 0.02 * 10 + 0.01 * 40),
        ("BOOK_SLIPPAGE", (0.6, [[100]] * 6, [[0.1]] * 6), 0),
        ("BOOK_SLIPPAGE", (0.8, [[107 - i] for i in range(8)], [[0.1]] * 8), 2.8),
        ("BOOK_SLIPPAGE", (0, *BIDS), 0),
        ("BOOK_SLIPPAGE", (0.05, [[None], *BIDS[0]], [[9], *BIDS[1]]), 0),
        # Binance, How to manage a local order book correctly: a quantity of 0 takes the level away.
        ("BOOK_SLIPPAGE", (0.07, [[30_010], *BIDS[0]], [[0], *BIDS[1]]), 0.02 * 10),
        ("BOOK_SLIPPAGE", (-0.07, [[30_000], *ASKS[0]], [[0], *ASKS[1]]), 0.02 * 10),
        ("BOOK_SLIPPAGE", (0.01, [[30_010]], [[0]]), "sizes: the book is 0.01 short of the quantity"),
        ("BOOK_SLIPPAGE", (1, [[30_000]], [[-1]]), "sizes: must be at least 0, got -1"),
        ("BOOK_SLIPPAGE", (1.08, *BIDS), "sizes: the book is 0.01 short of the quantity"),
        ("BOOK_SLIPPAGE", (1, [[30_000]], [[None]]), "sizes: the book is 1 short of the quantity"),
        ("HEDGE_COST", (2_400, 0.0005, 2, 0.0001, 21), -1.68),
        ("HEDGE_COST", (2_400, 0.0005), 2.4),
        ("HEDGE_COST", (2_400, 0.0005, None, None, 21), 2.4),
        ("HEDGE_COST", (-2_400, 0.0005, 2, 0.0001, 21), 8.4),
        ("HEDGE_COST", (2_400, 0.0005, 0, 0, 0, -36), -33.6),
        ("BREAKEVEN_MOVE", (3.36, 2_400), -0.0014),
        ("BREAKEVEN_MOVE", (3.36, -2_400), 0.0014),
        ("BREAKEVEN_MOVE", (-1.68, 2_400), 0.0007),
        ("BREAKEVEN_MOVE", (3.36, 0), "notional: must be other than 0, got 0"),
    ],
)
def test_golden(name: str, cells: Cells, expected: Any) -> None:
    """The numbers and refusals of the specification, and what follows from its signs."""
    holds(name, cells, expected)


@given(
    st.integers(min_value=-40, max_value=40),
    st.lists(
        st.tuples(st.integers(min_value=1, max_value=99), st.integers(min_value=0, max_value=9)),
        min_size=1,
        max_size=8,
    ),
)
def test_book_walked_unit_by_unit(quantity: int, book: list[tuple[int, int]]) -> None:
    """Each unit goes to the best level that has one left, whatever the order; empty ones are none."""
    units = sorted((price for price, size in book for _ in range(size)), reverse=quantity > 0)
    best = units[0] if units else 0
    prices, sizes = [float(price) for price, _ in book], [float(size) for _, size in book]
    if len(units) < abs(quantity):
        with pytest.raises(NotAvailable):
            book_slippage(float(quantity), prices, sizes)
    else:
        walked = sum(abs(Fraction(price) - best) for price in units[: abs(quantity)])
        assert book_slippage(float(quantity), prices, sizes) == walked


@given(money, fees, bps, rates, periods, money)
def test_cost_is_the_sum_of_its_parts(
    notional: float, fee: float, slippage: float, rate: float, settlements: float, basis: float
) -> None:
    """Fees in and out, slippage in and out, funding, basis: nothing else."""
    parts = (
        trading_fee(notional, fee, 2.0),
        slippage_cost(notional, slippage, 2.0),
        funding_cost(notional, rate, settlements),
        basis,
    )
    whole = hedge_cost(notional, fee, slippage, rate, settlements, basis)
    assert whole == pytest.approx(sum(parts), rel=1e-12, abs=1e-12 * sum(map(abs, parts)))


@given(money, fees, bps, rates, periods, money)
def test_cost_is_homogeneous(
    notional: float, fee: float, slippage: float, rate: float, settlements: float, basis: float
) -> None:
    """Twice the hedge, twice the cost."""
    once = hedge_cost(notional, fee, slippage, rate, settlements, basis)
    assert hedge_cost(2 * notional, fee, slippage, rate, settlements, 2 * basis) == 2 * once


@given(money, fees, bps)
def test_long_and_short_pay_the_same_fees(notional: float, fee: float, slippage: float) -> None:
    """Fees and slippage know no side."""
    assert trading_fee(notional, fee) == trading_fee(-notional, fee)
    assert slippage_cost(notional, slippage) == slippage_cost(-notional, slippage)


@given(money, money.filter(lambda value: abs(value) > 1e-3))
def test_hedge_has_paid_for_itself_at_the_breakeven(cost: float, notional: float) -> None:
    """At the break-even move the P&L of the hedge is its cost."""
    assert hedge_pnl(notional, breakeven_move(cost, notional)) == pytest.approx(cost, rel=1e-12)
