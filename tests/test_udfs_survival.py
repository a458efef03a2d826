"""Survival: cross liquidation by bisection through tiers, its inverse, and first passage by quadrature."""

import itertools
import math
import random
from functools import cache
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.integrate import quad
from support.goldens import Cells, holds

from udfs import (
    HedgeError,
    NotAvailable,
    OutsideDomain,
    cross_liquidation_move,
    liquidation_move,
    liquidation_probability,
    required_collateral,
)
from udfs.venues import Tier, tables

Columns = tuple[list[float], list[float], list[float], list[float], list[float]]
MARKS = {"BTC": 60_000.0, "ETH": 3_000.0, "SOL": 150.0, "ADA": 0.5, "BNB": 600.0}


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("COLLATERAL_VALUE", ([[0.1], [2_000]], [[30_000], [1]]), 5_000),
        (
            "COLLATERAL_VALUE",
            ([[0.1], [2_000]], [[30_000], [1]], [[0.95], [None]]),
            "collateral_ratios: is blank in row 2",
        ),
        (
            "CROSS_LIQUIDATION_MOVE",
            (480, [[0.08]], [[30_000]], [[30_000]], None, [[5]]),
            "maintenance_rates: is blank; give it, or venue and symbols",
        ),
        (
            "CROSS_LIQUIDATION_MOVE",
            (480, [[0.08]], [[30_000]], [[30_000]], None, None, None, "up", "Binance"),
            "symbols: is blank, and venue needs it",
        ),
        (
            "REQUIRED_COLLATERAL",
            (0.1, [[0.08]], [[30_000]], [[30_000]], None, None, None, None, [["BTC"]]),
            "venue: is blank, and symbols needs it",
        ),
        (
            "CROSS_LIQUIDATION_MOVE",
            (480, [[0.08]], [[30_000]], [[30_000]], None, None, None, "up", "Binance", [["DOGE"]]),
            (
                'symbol: no leverage tiers of "DOGE" at Binance, only of ADA/USDT:USDT, BNB/USDT:USDT, '
                "BTC/USDT:USDT, ETH/USDT:USDT, SOL/USDT:USDT"
            ),
        ),
        (
            "CROSS_LIQUIDATION_MOVE",
            (1e12, [[50_000]], [[30_000]], [[30_000]], None, None, None, "up", "Binance", [["BTC"]]),
            "no move up liquidates these positions",
        ),
        (
            "REQUIRED_COLLATERAL",
            (1, [[50_000]], [[30_000]], [[30_000]], None, None, None, "Binance", [["BTC"]]),
            "move: a position leaves the last known leverage tier on the way",
        ),
        ("LIQUIDATION_PROBABILITY", (0.2, 0.6, 0), 0),
        ("LIQUIDATION_PROBABILITY", (0.2, 0, 365, 0.1), 0),
        ("LIQUIDATION_PROBABILITY", (-0.2, 0, 365, -0.3), 1),
    ],
)
def test_golden(name: str, cells: Cells, expected: Any) -> None:
    """Numbers and refusals by hand."""
    holds(name, cells, expected)


def wallets(seed: int, *, tiered: bool) -> tuple[float, Columns, dict[str, Any]]:
    """A wallet of up to five positions, long and short; the same in every run."""
    draw = random.Random(seed)  # noqa: S311 - the same cases in every run, no secret
    symbols = draw.sample(list(MARKS), draw.randint(1, 5))
    marks = [
        {"BTC": 60_000.0, "ETH": 3_000.0, "SOL": 150.0, "ADA": 0.5, "BNB": 600.0}[name] for name in symbols
    ]
    values = [math.exp(draw.uniform(6, 15 if tiered else 10)) * draw.choice((1, 1, -1)) for _ in symbols]
    quantities = [value / mark for value, mark in zip(values, marks, strict=True)]
    entries = [mark * draw.uniform(0.9, 1.1) for mark in marks]
    betas = [draw.choice((1.0, 0.5, 1.4, -0.3, 0.0)) for _ in symbols]
    rates = [draw.choice((0.0, 0.004, 0.01, 0.05)) for _ in symbols]
    collateral = math.fsum(map(abs, values)) * draw.uniform(0.05, 0.8)
    ways: dict[str, Any] = (
        {"venue": "Binance", "symbols": symbols} if tiered else {"maintenance_rates": rates}
    )
    if not tiered and draw.random() < 0.5:
        amounts = [draw.choice((0.0, 50.0, 300.0)) for _ in symbols]
        ways["maintenance_amounts"] = amounts
    return collateral, (quantities, entries, marks, betas, rates), ways


@cache
def ladder(symbol: str) -> tuple[Tier, ...]:
    """The tiers of a contract, read once."""
    return tables().ladder("Binance", symbol)


def needed(move: float, columns: Columns, ways: dict[str, Any]) -> float:
    """Maintenance margins less UPNL at a move, from the definition; NaN beyond the last tier."""
    total = 0.0
    for place, (quantity, entry, mark, beta, rate) in enumerate(zip(*columns, strict=True)):
        price = max(0.0, mark * (1 + beta * move))
        value, held, off = abs(quantity) * price, rate, 0.0
        if "venue" in ways:
            climbed = ladder(ways["symbols"][place])
            tier = next((step for step in climbed if value <= step.maximum_notional), None)
            if tier is None:
                return math.nan
            held, off = tier.maintenance_rate, tier.maintenance_amount
        elif "maintenance_amounts" in ways:
            off = ways["maintenance_amounts"][place]
        total += max(0.0, value * held - off) + quantity * (price - entry)
    return total


def first_move(
    collateral: float, columns: Columns, ways: dict[str, Any], sign: int, end: float
) -> float | None:
    """The first move at which equity is gone: a fine walk, then a bisection."""
    steps = 4_000
    before = 0.0
    for step in range(1, steps + 1):
        move = sign * end * step / steps
        need = needed(move, columns, ways)
        if math.isnan(need):
            return None
        if collateral <= need:
            near, far = before, move
            for _ in range(100):
                middle = (near + far) / 2
                near, far = (middle, far) if collateral > needed(middle, columns, ways) else (near, middle)
            return far
        before = move
    return None


@pytest.mark.parametrize(
    ("seed", "direction", "tiered"), list(itertools.product(range(12), ("up", "down"), (False, True)))
)
def test_cross_liquidation_is_where_a_walk_finds_it(seed: int, direction: str, tiered: bool) -> None:
    """Over random wallets, long and short, betas of both signs, fixed rates and climbing tiers."""
    collateral, columns, ways = wallets(seed, tiered=tiered)
    three, betas = columns[:3], columns[3]
    sign, end = (1, 4.0) if direction == "up" else (-1, 1.0)
    try:
        move = cross_liquidation_move(collateral, *three, betas=betas, direction=direction, **ways)
    except OutsideDomain:
        assert collateral <= needed(0.0, columns, ways)
        return
    except NotAvailable:
        assert first_move(collateral, columns, ways, sign, end) is None
        return
    if abs(move) <= end:
        assert first_move(collateral, columns, ways, sign, end) == pytest.approx(move, rel=1e-9, abs=1e-9)
    assert collateral == pytest.approx(needed(move, columns, ways), rel=1e-9, abs=1e-6)


@pytest.mark.parametrize(("seed", "tiered"), list(itertools.product(range(20), (False, True))))
def test_required_collateral_undoes_the_move(seed: int, tiered: bool) -> None:
    """The wallet liquidated at a move is the least that outlives it, and no move before needs more."""
    collateral, columns, ways = wallets(seed, tiered=tiered)
    three, betas = columns[:3], columns[3]
    for direction, sign in (("up", 1), ("down", -1)):
        try:
            move = cross_liquidation_move(collateral, *three, betas=betas, direction=direction, **ways)
        except HedgeError:
            continue
        assert required_collateral(move, *three, betas=betas, **ways) == pytest.approx(collateral, rel=1e-9)
        path = (needed(sign * abs(move) * step / 500, columns, ways) for step in range(501))
        assert max(path) <= collateral * (1 + 1e-9)


@given(
    st.floats(min_value=1.1, max_value=50),
    st.floats(min_value=0, max_value=0.015),
    st.sampled_from([1.0, -1.0]),
)
def test_one_position_is_the_isolated_one(leverage: float, rate: float, facing: float) -> None:
    """With the initial margin as its wallet: LIQUIDATION_MOVE by mark."""
    assume(1 / leverage > rate + 1e-6)
    side, direction = ("short", "up") if facing > 0 else ("long", "down")
    move = cross_liquidation_move(
        3_000 / leverage, [0.1 * facing], [30_000.0], [30_000.0], [rate], direction=direction
    )
    assert move == pytest.approx(liquidation_move(leverage, rate, side), rel=1e-9, abs=1e-12)


def passage(move: float, volatility: float, days: float, drift: float) -> float:
    """The integral of the density of the first passage, over one by the root of the time."""
    sign = 1 if move > 0 else -1
    barrier = sign * math.log(1 + move)
    trend = sign * (drift - volatility**2 / 2)

    def density(root: float) -> float:
        at = 1 / root**2
        ahead = (barrier - trend * at) / (volatility * math.sqrt(at))
        return 2 * barrier / (volatility * math.sqrt(math.tau)) * math.exp(-(ahead**2) / 2)

    start = 1 / math.sqrt(days / 365)
    found: float = quad(density, start, start + 60 * volatility / barrier, epsabs=1e-12, limit=500)[0]
    return found


@pytest.mark.parametrize("seed", range(15))
def test_probability_is_the_integral_of_the_density(seed: int) -> None:
    """The first passage density, integrated numerically."""
    draw = random.Random(seed)  # noqa: S311 - the same cases in every run, no secret
    move = draw.choice((draw.uniform(0.02, 1.5), -draw.uniform(0.02, 0.9)))
    cells = (move, draw.uniform(0.2, 1.5), draw.uniform(1, 365), draw.uniform(-1, 1))
    assert liquidation_probability(*cells) == pytest.approx(passage(*cells), rel=1e-7, abs=1e-12)


@given(
    st.floats(min_value=-1, max_value=100),
    st.floats(min_value=0, max_value=50),
    st.floats(min_value=0, max_value=5_000),
    st.floats(min_value=-500, max_value=500),
)
def test_probability_is_one_at_any_values(move: float, volatility: float, days: float, drift: float) -> None:
    """Between 0 and 1, however large the drift: the second term does not overflow."""
    assert 0 <= liquidation_probability(move, volatility, days, drift) <= 1
