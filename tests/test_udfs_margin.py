"""Margin and liquidation: golden numbers, public cases, and the balance that each formula solves."""

import contextlib
import csv
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.goldens import Cells, holds

from udfs import (
    HedgeError,
    NotAvailable,
    OutsideDomain,
    hedge_margin,
    liquidation_price,
    maintenance_margin,
    max_leverage,
)
from udfs.margin import liquidation_move  # the plain one: the highest leverage may be below 1

SIGN = {"long": 1, "short": -1}
sides = st.sampled_from(["short", "long"])
kinds = st.sampled_from(["linear", "inverse"])
formulas = st.sampled_from(["mark", "entry", "mark+fee"])
leverages = st.floats(min_value=1, max_value=125)
rates = st.floats(min_value=0.001, max_value=0.1)
fees = st.floats(min_value=0, max_value=0.002)


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("HEDGE_MARGIN", (7_500, 10), 750),
        ("HEDGE_MARGIN", (2_400, 5), 480),
        ("HEDGE_MARGIN", (-2_400, 5), 480),
        ("HEDGE_MARGIN", (2_400, 0.5), "leverage: must be at least 1, got 0.5"),
        ("MAINTENANCE_MARGIN", (7_500, 0.005), 37.5),
        ("MAINTENANCE_MARGIN", (100_000, 0.005, 50), 450),
        ("MAINTENANCE_MARGIN", (-100_000, 0.005, 50), 450),
        ("MAINTENANCE_MARGIN", (100, 0.005, 50), 0),
        ("MAINTENANCE_MARGIN", (100, 0.005, -1), "maintenance_amount: must be at least 0, got -1"),
        ("MAINTENANCE_MARGIN", (100, 1), "maintenance_rate: must be at least 0 and below 1, got 1"),
        ("LIQUIDATION_PRICE", (30_000, 5), 36_000 / 1.005),
        ("LIQUIDATION_PRICE", (30_000, 5, 0.005, "long"), 24_000 / 0.995),
        ("LIQUIDATION_PRICE", (30_000, 5, 0.005, "short", "linear", "entry"), 35_850),
        ("LIQUIDATION_PRICE", (30_000, 5, 0.005, "long", "linear", "entry"), 24_150),
        ("LIQUIDATION_PRICE", (30_000, 5, 0.005, "short", "linear", "mark+fee", 0.0006), 36_000 / 1.0056),
        ("LIQUIDATION_PRICE", (30_000, 5, 0.005, "short", "inverse"), 37_312.5),
        ("LIQUIDATION_PRICE", (30_000, 5, 0.005, "long", "inverse"), 30_000 * 1.005 / 1.2),
        ("LIQUIDATION_PRICE", (30_000, 5, 0.005, "short", "inverse", "entry"), 30_000 / 0.805),
        (
            "LIQUIDATION_PRICE",
            (30_000, 5, 0.005, "short", "linear", "mark", 0.0006),
            'taker_fee: does not count by "mark", got 0.0006',
        ),
        (
            "LIQUIDATION_MOVE",
            (5, 0.005, "short", "linear", "entry", 0.0006),
            'taker_fee: does not count by "entry", got 0.0006',
        ),
        (
            "LIQUIDATION_PRICE",
            (30_000, 125, 0.01),
            (
                "leverage: the initial margin 0.008 is not above the maintenance margin 0.01: "
                "it would be liquidated at once"
            ),
        ),
        (
            "LIQUIDATION_PRICE",
            (30_000, 5, 0.005, "short", "linear", "mark", 0, 1, 100),
            (
                "collateral: the initial margin 0.00333333 is not above the maintenance margin 0.005: "
                "it would be liquidated at once"
            ),
        ),
        (
            "LIQUIDATION_MOVE",
            (200,),
            (
                "leverage: the initial margin 0.005 is not above the maintenance margin 0.005: "
                "it would be liquidated at once"
            ),
        ),
        ("LIQUIDATION_MOVE", (5, 0), 0.2),
        ("LIQUIDATION_MOVE", (5, 0, "long", "linear", "entry"), -0.2),
        ("LIQUIDATION_MOVE", (5, 0.005, "long", "linear", "cautious"), -0.195),
        ("LIQUIDATION_PRICE", (30_000, 1, 0.005, "short", "inverse", "cautious"), 6_000_000),
        ("LIQUIDATION_PRICE", (30_000, 5, 0.005, "short", "linear", "mark", 0, 0.08, 580), 37_250 / 1.005),
        (
            "LIQUIDATION_PRICE",
            (30_000, 5, 0.005, "short", "linear", "mark", 0, 2, 12_000, 50),
            36_025 / 1.005,
        ),
        ("LIQUIDATION_PRICE", (30_000, 5, 0.005, "short", "linear", "entry", 0, 2, 12_000, 50), 35_875),
        (
            "LIQUIDATION_PRICE",
            (30_000, 1, 0.005, "short", "inverse"),
            "no price liquidates this short inverse position: its collateral covers any move",
        ),
        (
            "LIQUIDATION_PRICE",
            (30_000, 1, 0.005, "long"),
            "no price liquidates this long linear position: its collateral covers any move",
        ),
        (
            "LIQUIDATION_PRICE",
            (30_000, 5, 0.005, "short", "linear", "mark", 0, 2, 0),
            "collateral: must be above 0, got 0",
        ),
        ("LIQUIDATION_PRICE", (0, 5), "entry_price: must be above 0, got 0"),
        ("LIQUIDATION_MOVE", (5,), 1.2 / 1.005 - 1),
        ("LIQUIDATION_MOVE", (50,), 1.02 / 1.005 - 1),
        ("LIQUIDATION_MOVE", (5, 0.005, "long"), 0.8 / 0.995 - 1),
        ("LIQUIDATION_MOVE", (5, 0.005, "short", "linear", "entry"), 0.195),
        ("MAX_LEVERAGE", (0.2,), 1 / 0.206),
        ("MAX_LEVERAGE", (0.5,), 1 / 0.5075),
        ("MAX_LEVERAGE", (-0.2, 0.005, "long"), 1 / (1 - 0.8 * 0.995)),
        ("MAX_LEVERAGE", (0.2, 0.005, "long"), 1 / (1 - 0.8 * 0.995)),
        ("MAX_LEVERAGE", (1, 0.005, "long"), "adverse_move: no price falls by 100 % or more"),
        ("MAX_LEVERAGE", (0, 0), "adverse_move: any leverage survives it"),
        (
            "MAX_LEVERAGE",
            (0,),
            "adverse_move: must be other than 0: at 200x it would be liquidated at once",
        ),
        ("MAX_LEVERAGE", (0.2, 0.005, "long", "linear", "cautious"), 1 / 0.205),
        (
            "MAX_LEVERAGE",
            (0.2, 0.005, "short", "linear", "mark", 0.0005),
            'taker_fee: does not count by "mark", got 0.0005',
        ),
    ],
)
def test_golden(name: str, cells: Cells, expected: Any) -> None:
    """The numbers and refusals of the specification, and what follows from its formulas."""
    holds(name, cells, expected)


def test_public_cases_are_reproduced(shared: Path) -> None:
    """Liquidation prices that another project tests against: Binance by mark, Bybit by entry."""
    formula = {"binance": "mark", "bybit": "entry"}
    with (shared / "data" / "liquidation_cases.csv").open(encoding="utf-8") as file:
        cases = list(csv.DictReader(file))
    assert len(cases) == 16
    for case in cases:
        entry, amount, leverage, wallet, rate, tier = (
            float(case[name])
            for name in ("entry_price", "amount", "leverage", "wallet_balance", "mm_ratio", "maintenance_amt")
        )
        price = liquidation_price(
            entry,
            leverage,
            rate,
            case["side"],
            case["linear_or_inverse"],
            formula[case["exchange"]],
            quantity=amount,
            collateral=wallet,
            # freqtrade leaves the amount out for Bybit, which subtracts it on its own page
            maintenance_amount=tier if case["exchange"] == "binance" else 0.0,
        )
        assert price == pytest.approx(float(case["expected_liq_price"]), rel=1e-7), case


Position = tuple[float, float, float, float, float, str, str, str]
positions = st.tuples(
    st.floats(min_value=0.01, max_value=1e5),  # entry
    st.floats(min_value=0.01, max_value=2),  # margin over value
    rates,
    fees,
    st.floats(min_value=0, max_value=0.001),  # the tier's amount over value
    sides,
    kinds,
    st.sampled_from(["mark", "entry", "mark+fee", "cautious"]),
)


def asked(rule: str, ratio: float, rate: float, fee: float) -> float:
    """Maintenance margin over the value at entry, where a linear price is that ratio of the entry."""
    return {"mark": rate * ratio, "entry": rate, "mark+fee": (rate + fee) * ratio}[rule]


def solved(position: Position) -> float | None:
    """The price nearest to the entry at which equity is the maintenance margin, by bisection."""
    entry, share, rate, fee, tier, side, kind, formula = position
    rules = ["mark", "entry", *(["mark+fee"] if fee else [])] if formula == "cautious" else [formula]
    found = []
    for rule in rules:

        def left(ratio: float, rule: str = rule) -> float:
            value = ratio if kind == "linear" else 1 / ratio
            profit = SIGN[side] * (ratio - 1 if kind == "linear" else 1 - 1 / ratio)
            return share + profit + tier - asked(rule, value, rate, fee)

        near, far = 1.0, 1e7 if side == "short" else 1e-7
        if left(far) > 0:
            continue
        for _ in range(200):
            middle = math.sqrt(near * far)
            near, far = (middle, far) if left(middle) > 0 else (near, middle)
        found.append(near)
    return entry * (min(found) if side == "short" else max(found)) if found else None


@given(positions, st.floats(min_value=0.01, max_value=1e4))
def test_liquidation_is_where_a_bisection_finds_it(position: Position, quantity: float) -> None:
    """Equity against maintenance, over random positions, tiers and rules; and which are refused."""
    entry, share, rate, fee, tier, side, kind, formula = position
    value = quantity * entry if kind == "linear" else quantity / entry
    terms = (quantity, share * value, tier * value)
    arguments = (entry, 7.0, rate, side, kind, formula)
    if fee and formula in ("mark", "entry"):
        with pytest.raises(OutsideDomain) as idle:
            liquidation_price(*arguments, fee, *terms)
        assert idle.value.argument == "taker_fee"
        fee, position = 0.0, (*position[:3], 0.0, *position[4:])
    held = rate + fee
    assume(abs(share + tier - held) > 1e-6)
    if share + tier < held:
        with pytest.raises(OutsideDomain) as refused:
            liquidation_price(*arguments, fee, *terms)
        assert refused.value.argument == "collateral"
        return
    expected = solved(position)
    try:
        price = liquidation_price(*arguments, fee, *terms)
    except NotAvailable:
        assert expected is None
        return
    assume(1e-6 < price / entry < 1e6)
    assert price == pytest.approx(expected, rel=1e-8)


def idle_fee(formula: str, fee: float) -> float:
    """The fee where it counts."""
    return 0.0 if formula in ("mark", "entry") else fee


@given(st.floats(min_value=0.01, max_value=1e5), leverages, rates, sides, kinds, formulas, fees)
def test_move_is_price_over_entry(
    entry: float, leverage: float, rate: float, side: str, kind: str, formula: str, fee: float
) -> None:
    """LIQUIDATION_MOVE is LIQUIDATION_PRICE over the entry price, less 1, at any entry price."""
    terms = (leverage, rate, side, kind, formula, idle_fee(formula, fee))
    try:
        move = liquidation_move(*terms)
    except HedgeError as refusal:
        with pytest.raises(type(refusal)):
            liquidation_price(entry, *terms)
        return
    assert liquidation_price(entry, *terms) / entry - 1 == pytest.approx(move, rel=1e-9, abs=1e-12)


@given(leverages, st.floats(min_value=0, max_value=0.004), sides, kinds)
def test_move_loses_no_digits(leverage: float, rate: float, side: str, kind: str) -> None:
    """The move by mark against exact fractions: nothing is taken from a ratio near 1."""
    s, share, held = SIGN[side], 1 / Fraction(leverage), Fraction(rate)
    below = 1 - s * held if kind == "linear" else 1 + s * share
    assume(share > held * Fraction(1001, 1000) and below > 0 and (kind == "inverse" or share < 1))
    wanted = s * (held - share) / below
    assert liquidation_move(leverage, rate, side, kind) == pytest.approx(float(wanted), rel=1e-12)


@given(
    st.floats(min_value=1.1, max_value=50),
    st.floats(min_value=0, max_value=0.015),
    sides,
    kinds,
    st.sampled_from(["mark", "entry", "mark+fee", "cautious"]),
    fees,
)
def test_max_leverage_undoes_liquidation_move(
    leverage: float, rate: float, side: str, kind: str, formula: str, fee: float
) -> None:
    """The highest leverage that survives the move at which a leverage is liquidated is that leverage."""
    terms = (rate, side, kind, formula, idle_fee(formula, fee))
    move = liquidation_move(leverage, *terms)
    assert max_leverage(move, *terms) == pytest.approx(leverage, rel=1e-9)


@given(
    st.floats(min_value=0.01, max_value=0.9),
    rates,
    sides,
    kinds,
    st.sampled_from(["mark", "entry", "mark+fee", "cautious"]),
    fees,
)
def test_liquidation_move_undoes_max_leverage(
    move: float, rate: float, side: str, kind: str, formula: str, fee: float
) -> None:
    """The other way round: at the highest leverage, that very move liquidates."""
    terms = (rate, side, kind, formula, idle_fee(formula, fee))
    signed = move if side == "short" else -move
    assert liquidation_move(max_leverage(move, *terms), *terms) == pytest.approx(signed, rel=1e-9)


@given(
    st.floats(min_value=1.1, max_value=80),
    st.floats(min_value=1.01, max_value=2),
    st.floats(min_value=0.001, max_value=0.006),
    sides,
    kinds,
    formulas,
)
def test_more_leverage_is_nearer_liquidation(
    leverage: float, factor: float, rate: float, side: str, kind: str, formula: str
) -> None:
    """The liquidation price moves towards the entry as leverage grows; the margin falls."""
    near = liquidation_price(100.0, leverage * factor, rate, side, kind, formula)
    far = liquidation_price(100.0, leverage, rate, side, kind, formula)
    assert SIGN[side] * near > SIGN[side] * far
    assert hedge_margin(100.0, leverage * factor) < hedge_margin(100.0, leverage)


@given(positions)
def test_cautious_is_the_nearest_of_the_rules(position: Position) -> None:
    """No rule of a venue liquidates sooner, and one of them does so there."""
    entry, share, rate, fee, _, side, kind, _ = position
    assume(rate + fee + 1e-9 < share <= 1)
    leverage = 1 / share
    prices = []
    for rule in ("mark", "entry", "mark+fee"):
        with contextlib.suppress(NotAvailable):
            prices.append(liquidation_price(entry, leverage, rate, side, kind, rule, idle_fee(rule, fee)))
    if not prices:
        with pytest.raises(NotAvailable):
            liquidation_price(entry, leverage, rate, side, kind, "cautious", fee)
        return
    nearest = min(prices) if side == "short" else max(prices)
    assert liquidation_price(entry, leverage, rate, side, kind, "cautious", fee) == nearest


@given(st.floats(min_value=-1e9, max_value=1e9), rates, st.floats(min_value=0, max_value=1e6))
def test_maintenance_margin_is_never_negative(notional: float, rate: float, amount: float) -> None:
    """It has no sign and no floor below 0, and long and short pay alike."""
    margin = maintenance_margin(notional, rate, amount)
    assert margin >= 0
    assert margin == maintenance_margin(-notional, rate, amount)
