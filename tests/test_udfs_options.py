"""Options: scipy's normal distribution, finite differences of the price, and parity."""

import math
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad
from support.goldens import Cells, holds

from udfs import (
    OutsideDomain,
    collar_pnl,
    implied_volatility,
    option_delta,
    option_price,
    option_vega,
    vega_hedge,
)

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


def black(forward: float, strike: float, deviation: float, kind: str) -> float:
    """The undiscounted value by the integral of the pay-off over the lognormal density."""
    sign = 1 if kind == "call" else -1
    edge = (math.log(strike / forward) + deviation**2 / 2) / deviation

    def paid(z: float) -> float:
        end = forward * math.exp(deviation * z - deviation**2 / 2)
        return max(0.0, sign * (end - strike)) * math.exp(-z * z / 2) / math.sqrt(math.tau)

    ends = (edge, edge + 14) if sign > 0 else (edge - 14, edge)
    total: float = quad(paid, *ends, epsabs=1e-10, limit=200)[0]
    return total


@pytest.mark.parametrize("kind", ["call", "put"])
@pytest.mark.parametrize("underlying", ["spot", "future"])
@pytest.mark.parametrize(
    ("strike", "days", "volatility"), [(32_000, 30, 0.6), (20_000, 90, 0.9), (45_000, 10, 0.5)]
)
def test_price_is_the_mean_of_the_pay_off(
    kind: str, underlying: str, strike: float, days: float, volatility: float
) -> None:
    """Discounted, over the lognormal density of the price at expiry."""
    discount = math.exp(-0.05 * days / 365)
    forward = 30_000 / discount if underlying == "spot" else 30_000
    expected = discount * black(forward, strike, volatility * math.sqrt(days / 365), kind)
    found = option_price(30_000, strike, days, volatility, 0.05, kind, underlying)
    assert found == pytest.approx(expected, rel=1e-7, abs=1e-6)


@given(
    st.floats(min_value=10_000, max_value=90_000),
    st.floats(min_value=1, max_value=365),
    st.floats(min_value=0.05, max_value=3),
    st.floats(min_value=-0.1, max_value=0.3),
    st.sampled_from(["call", "put"]),
    st.sampled_from(["spot", "future"]),
)
def test_implied_volatility_undoes_the_price(
    strike: float, days: float, volatility: float, rate: float, kind: str, underlying: str
) -> None:
    """Wherever the premium still tells the volatility; the price at what is found is the premium."""
    premium = option_price(30_000, strike, days, volatility, rate, kind, underlying)
    discount = math.exp(-rate * days / 365)
    forward = 30_000 / discount if underlying == "spot" else 30_000
    intrinsic = discount * max(0.0, (forward - strike) * (1 if kind == "call" else -1))
    assume(premium - intrinsic > 1e-3)
    assume(premium < 0.98 * discount * (forward if kind == "call" else strike))
    found = implied_volatility(premium, 30_000, strike, days, rate, kind, underlying)
    assert option_price(30_000, strike, days, found, rate, kind, underlying) == pytest.approx(
        premium, rel=1e-11
    )
    vega = option_vega(30_000, strike, days, volatility, rate, underlying)
    assert found == pytest.approx(volatility, abs=1e-8 + 1e-9 * premium / vega)


@pytest.mark.parametrize("premium", [1_999.99, 2_000, 32_000, 40_000])
def test_a_premium_that_leaves_arbitrage_is_refused_with_the_bounds(premium: float) -> None:
    """At or beyond what the option is worth if nothing moves, and the price of the asset itself."""
    with pytest.raises(OutsideDomain, match=r"premium: must be between 2000 and 32000, got"):
        implied_volatility(premium, 32_000, 30_000, 30)


@given(st.floats(min_value=-1, max_value=3), st.floats(min_value=0, max_value=2))
def test_collar_is_the_sum_of_its_legs(move: float, ratio: float) -> None:
    """Holding, puts bought and calls sold, each settled at expiry."""
    units = 6_000 / 30_000
    end = 30_000 * (1 + move)
    puts, calls = ratio * units * (max(27_000 - end, 0) - 600), ratio * units * (550 - max(end - 33_000, 0))
    assert collar_pnl(6_000, 30_000, move, 27_000, 600, ratio=ratio) == pytest.approx(
        units * (end - 30_000) + puts, abs=1e-8
    )
    assert collar_pnl(6_000, 30_000, move, 27_000, 600, 33_000, 550, ratio) == pytest.approx(
        units * (end - 30_000) + puts + calls, abs=1e-8
    )
