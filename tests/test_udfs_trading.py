"""Trading: trades, bands and sizes, against fractions, a search and a numeric minimum."""

import math
import random
from decimal import ROUND_UP, Context, Inexact, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from support.goldens import Cells, holds

from udfs import contracts_notional, hedge_contracts, hedge_trade, max_contracts, no_trade_band

LOTS = st.sampled_from([0.001, 0.01, 0.1, 1.0])
KINDS = st.sampled_from(["linear", "inverse"])


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("HEDGE_TRADE", (2_400, 0.08, 30_000, 0, 1, 0.001), 0),
        ("HEDGE_TRADE", (4_800, 0.08, 30_000, 0, 1, 0.001), 0.08),
        ("HEDGE_TRADE", (1_200, 0.08, 30_000, 0, 1, 0.001), -0.04),
        ("HEDGE_TRADE", (2_400, 0.072, 30_000, 240, 1, 0.001), 0),
        ("HEDGE_TRADE", (2_400, 0.088, 30_000, 240, 1, 0.001), 0),
        ("HEDGE_TRADE", (2_400, 0.0885, 30_000, 240, 1, 0.001), -0.008),
        ("HEDGE_TRADE", (2_400, 0.1, 30_000, 240, 1, 0.001, None, None, 0, 0, "edge"), -0.012),
        ("HEDGE_TRADE", (-2_400, 0.08, 30_000, 0, 1, 0.001), -0.16),
        ("HEDGE_TRADE", (90, 0, 30_000, 0, 1, 0.001, None, None, 0, 100), 0),
        ("HEDGE_TRADE", (90, 0.006, 30_000, 0, 1, 0.001, None, None, 0, 100), -0.003),
        ("HEDGE_TRADE", (90, -0.001, 30_000, 0, 1, 0.001, None, None, 0, 121), 0),
        ("HEDGE_TRADE", (2_400, 0, -1), "price: must be above 0, got -1"),
        ("HEDGE_TRADE", (2_400, 0, 30_000, 0, 1, 0), "lot: must be above 0, got 0"),
        ("NO_TRADE_BAND", (6_000, 0, 0.6, 0.2, 0.001), 0),
        ("NO_TRADE_BAND", (6_000, 1, 0.6, 0.2, 0.001, 0), "risk_aversion: must be above 0, got 0"),
        ("MAX_CONTRACTS", (300, 1_000, 3, 0, 1, 0.1), 0.9),
        ("MAX_CONTRACTS", (0, 1_000, 3), 0),
        ("MAX_CONTRACTS", (-1, 1_000, 3), "margin: must be at least 0, got -1"),
        ("MAX_CONTRACTS", (1, 1_000, 3, -0.5), "fee_rate: a rebate as large as the margin opens any size"),
    ],
)
def test_golden(name: str, cells: Cells, expected: Any) -> None:
    """Numbers and refusals by hand."""
    holds(name, cells, expected)


@given(
    st.floats(min_value=-1e6, max_value=1e6).filter(lambda value: abs(value) > 1),
    st.integers(min_value=-5_000, max_value=5_000),
    st.floats(min_value=1, max_value=1e5),
    LOTS,
    KINDS,
)
def test_trade_without_band_or_minimum_leads_to_the_target(
    notional: float, held: int, price: float, lot: float, kind: str
) -> None:
    """What is open in whole lots, and the trade, are together the contracts of the wanted notional."""
    opened = float(held * Fraction(str(lot)))
    trade = hedge_trade(notional, opened, price, 0.0, 1.0, lot, "nearest", kind)
    wanted = hedge_contracts(notional, price, 1.0, lot, "nearest", kind)
    gap = notional - contracts_notional(opened, price, 1.0, kind)
    assume(abs(gap) > 1e-9 * abs(notional))
    if (wanted - opened) * gap > 0:
        assert opened + trade == pytest.approx(wanted, rel=1e-12, abs=1e-12)
    else:
        assert trade == 0


@given(
    st.floats(min_value=100, max_value=1e6),
    st.integers(min_value=-5_000, max_value=5_000),
    st.floats(min_value=1, max_value=1e5),
    st.floats(min_value=0, max_value=1e5),
    LOTS,
)
def test_trade_comes_no_nearer_than_the_edge(
    notional: float, held: int, price: float, band: float, lot: float
) -> None:
    """To the edge it trades less than to the target, the same way, and ends within a lot of the band."""
    opened = float(held * Fraction(str(lot)))
    target, edge = (
        hedge_trade(notional, opened, price, band, 1.0, lot, "nearest", "linear", 0.0, 0.0, aim)
        for aim in ("target", "edge")
    )
    assert abs(edge) <= abs(target) + 1e-12
    assert edge * target >= 0
    gap = notional - opened * price
    if abs(gap) <= band * (1 - 1e-12):
        assert target == edge == 0
    else:
        left = abs(notional - (opened + edge) * price)
        assert left <= band + lot * price * (1 + 1e-9) or abs(edge) < 1e-12


def test_trade_is_exact_in_any_decimal_context() -> None:
    """A program that sets its own decimal precision and rounding moves no trade."""
    with localcontext(Context(prec=3, rounding=ROUND_UP, traps=[Inexact])):
        assert hedge_trade(2_400, 0.0501, 30_123.4567, 0.0, 1.0, 0.0001) == 0.0296
        assert max_contracts(480.123, 30_123.4567, 7.0, 0.0005, 1.0, 0.0001) == 0.1111


def test_band_minimises_penalty_and_cost() -> None:
    """It is where gamma sigma^2 band^2 / 6 + k s^2 / (2 band) is least."""
    draw = random.Random(3)  # noqa: S311 - the same cases in every run, no secret
    for _ in range(50):
        exposure, notional = draw.uniform(1e3, 1e5), draw.uniform(1e3, 1e5)
        volatility, tracking = draw.uniform(0.2, 1), draw.uniform(0.05, 0.5)
        cost, aversion = draw.uniform(1e-4, 2e-3), draw.uniform(1, 8)
        gamma, drift = aversion / exposure, notional * tracking

        def loss(log_band: float, *terms: float) -> float:
            gamma, volatility, cost, drift = terms
            band = math.exp(log_band)
            return gamma * volatility**2 * band**2 / 6 + cost * drift**2 / (2 * band)

        found = minimize_scalar(
            loss,
            bounds=(-5, 15),
            args=(gamma, volatility, cost, drift),
            method="bounded",
            options={"xatol": 1e-9},
        )
        band = no_trade_band(exposure, notional, volatility, tracking, cost, aversion)
        assert band == pytest.approx(math.exp(found.x), rel=1e-5)


@given(
    st.floats(min_value=0, max_value=1e5),
    st.floats(min_value=1, max_value=1e5),
    st.integers(min_value=1, max_value=125),
    st.floats(min_value=0, max_value=0.001),
    LOTS,
    KINDS,
)
def test_most_contracts_fit_and_one_lot_more_does_not(
    margin: float, price: float, leverage: int, fee: float, lot: float, kind: str
) -> None:
    """Against exact fractions: what they need is at most the margin, with one lot more it is not."""
    contracts = Fraction(f"{max_contracts(margin, price, float(leverage), fee, 1.0, lot, kind):.15g}")
    exact_price, step = Fraction(f"{price:.15g}"), Fraction(str(lot))
    value = exact_price if kind == "linear" else 1 / exact_price
    each = value * (Fraction(1, leverage) + Fraction(f"{fee:.15g}"))
    paid, slack = Fraction(f"{margin:.15g}"), 1 + Fraction(1, 10**11)
    assert contracts * each <= paid * slack
    assert (contracts + step) * each * slack >= paid
