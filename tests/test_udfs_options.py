"""Options: scipy's normal distribution, finite differences of the price, and parity."""

import math
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from support.goldens import Cells, holds

from udfs import option_delta, option_vega, vega_hedge

spots = st.floats(min_value=10, max_value=1e5)
moneyness = st.floats(min_value=0.5, max_value=2)
days = st.floats(min_value=1, max_value=730)
volatilities = st.floats(min_value=0.1, max_value=2)
interest = st.floats(min_value=-0.05, max_value=0.2)
types = st.sampled_from(["call", "put"])


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("OPTION_DELTA", (30_000, 32_000, 30, 0.6), 0.3862200318742095),
        ("OPTION_DELTA", (30_000, 32_000, 30, 0.6, 0, "put"), 0.3862200318742095 - 1),
        (
            "OPTION_DELTA",
            (30_000, 32_000, 30, 0.6, 0, "swap"),
            'option_type: must be one of "call", "put", got "swap"',
        ),
        ("OPTION_DELTA", (30_000, 32_000, 0, 0.6), "days: must be above 0, got 0"),
        ("OPTION_DELTA", (30_000, 32_000, 30, 0), "volatility: must be above 0, got 0"),
        ("OPTION_VEGA", (30_000, 32_000, 30, 0.6), 3290.6824546529647),
        ("VEGA_HEDGE", (5_000, 3_200), -1.5625),
        ("VEGA_HEDGE", (-5_000, 3_200), 1.5625),
        ("VEGA_HEDGE", (5_000, 0), "option_vega: must be other than 0, got 0"),
    ],
)
def test_golden(name: str, cells: Cells, expected: Any) -> None:
    """The numbers of the specification, to the digits of an independent calculation."""
    holds(name, cells, expected)


def value(
    spot: float, strike: float, days_: float, volatility: float, rate: float, option_type: str
) -> float:
    """The price of a European option, by scipy's normal distribution."""
    years = days_ / 365
    deviation = volatility * math.sqrt(years)
    d1 = (math.log(spot / strike) + (rate + volatility**2 / 2) * years) / deviation
    sign = 1 if option_type == "call" else -1
    asset, cash = stats.norm.cdf(sign * d1), stats.norm.cdf(sign * (d1 - deviation))
    return float(sign * (spot * asset - strike * math.exp(-rate * years) * cash))


@given(spots, moneyness, days, volatilities, interest, types)
def test_delta_and_vega_are_slopes_of_the_price(
    spot: float, ratio: float, days_: float, volatility: float, rate: float, option_type: str
) -> None:
    """Finite differences of the Black-Scholes price give delta and vega."""
    strike, dust = spot * ratio, 1e-4
    up, down = (value(spot * (1 + s), strike, days_, volatility, rate, option_type) for s in (dust, -dust))
    delta = option_delta(spot, strike, days_, volatility, rate, option_type)
    assert delta == pytest.approx((up - down) / (2 * dust * spot), rel=1e-4, abs=1e-4)
    up, down = (value(spot, strike, days_, volatility + s, rate, option_type) for s in (dust, -dust))
    vega = option_vega(spot, strike, days_, volatility, rate)
    assert vega == pytest.approx((up - down) / (2 * dust), rel=1e-3, abs=1e-4 * spot)


@given(spots, moneyness, days, volatilities, interest)
def test_call_and_put_differ_by_the_asset(
    spot: float, ratio: float, days_: float, volatility: float, rate: float
) -> None:
    """A call less a put is a forward: its delta is 1."""
    call, put = (option_delta(spot, spot * ratio, days_, volatility, rate, kind) for kind in ("call", "put"))
    assert call - put == pytest.approx(1, rel=1e-12)
    assert 0 <= call <= 1
    assert -1 <= put <= 0


@given(spots, moneyness, days, volatilities, interest)
def test_delta_is_scipys_normal_distribution(
    spot: float, ratio: float, days_: float, volatility: float, rate: float
) -> None:
    """N(d1) by scipy; vega is spot x n(d1) x the root of time."""
    years = days_ / 365
    d1 = (math.log(1 / ratio) + (rate + volatility**2 / 2) * years) / (volatility * math.sqrt(years))
    strike = spot * ratio
    assert option_delta(spot, strike, days_, volatility, rate) == pytest.approx(
        float(stats.norm.cdf(d1)), rel=1e-9
    )
    vega = spot * float(stats.norm.pdf(d1)) * math.sqrt(years)
    assert option_vega(spot, strike, days_, volatility, rate) == pytest.approx(vega, rel=1e-9, abs=1e-12)


def test_far_tails_keep_their_digits() -> None:
    """A put far out of the money has a tiny delta, not a rounded zero."""
    d1 = math.log(2.0) / (0.1 * math.sqrt(30 / 365)) + 0.05 * math.sqrt(30 / 365)
    delta = option_delta(60_000.0, 30_000.0, 30.0, 0.1, 0.0, "put")
    assert delta == pytest.approx(-float(stats.norm.sf(d1)), rel=1e-9)
    assert delta < 0


@given(st.floats(min_value=-1e6, max_value=1e6), st.floats(min_value=0.01, max_value=1e5))
def test_hedged_portfolio_has_no_vega(portfolio: float, option: float) -> None:
    """Portfolio vega plus the hedge's vega is zero."""
    assume(abs(portfolio) > 1e-6)
    assert portfolio + vega_hedge(portfolio, option) * option == pytest.approx(0, abs=1e-9 * abs(portfolio))
