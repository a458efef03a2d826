"""Margin and liquidation: golden numbers, public cases, and the balance that each formula solves."""

import csv
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.goldens import Cells, holds

from udfs import (
    NotAvailable,
    hedge_margin,
    liquidation_move,
    liquidation_price,
    maintenance_margin,
    max_leverage,
)

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
        ("LIQUIDATION_PRICE", (30_000, 5, 0.005, "short", "linear", "mark", 0.0006), 36_000 / 1.005),
        ("LIQUIDATION_PRICE", (30_000, 5, 0.005, "short", "linear", "mark", 0, 0.08, 580), 37_250 / 1.005),
        (
            "LIQUIDATION_PRICE",
            (30_000, 5, 0.005, "short", "linear", "mark", 0, 2, 12_000, 50),
            36_025 / 1.005,
        ),
        ("LIQUIDATION_PRICE", (30_000, 5, 0.005, "short", "linear", "entry", 0, 2, 12_000, 50), 35_850),
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
            maintenance_amount=tier,
        )
        assert price == pytest.approx(float(case["expected_liq_price"]), rel=1e-7), case


@given(
    st.floats(min_value=0.01, max_value=1e5),
    st.floats(min_value=0.01, max_value=1e4),
    st.floats(min_value=0.01, max_value=2),
    rates,
    fees,
    st.floats(min_value=0, max_value=0.001),
    sides,
    kinds,
    formulas,
)
def test_equity_is_the_maintenance_margin_there(
    entry: float,
    quantity: float,
    share: float,
    rate: float,
    fee: float,
    tier: float,
    side: str,
    kind: str,
    formula: str,
) -> None:
    """At the liquidation price, collateral plus profit is what the venue asks for: the defining balance."""
    s = SIGN[side]
    at_entry = quantity * entry if kind == "linear" else quantity / entry
    collateral, amount = share * at_entry, tier * at_entry
    try:
        price = liquidation_price(entry, 7.0, rate, side, kind, formula, fee, quantity, collateral, amount)
    except NotAvailable:
        assert share >= 0.5  # only a large collateral can cover any move
        return
    assume(1e-6 < price / entry < 1e6)
    at_price = quantity * price if kind == "linear" else quantity / price
    profit = s * (at_price - at_entry) * (1 if kind == "linear" else -1)
    asked = {"mark": rate * at_price - amount, "entry": rate * at_entry, "mark+fee": (rate + fee) * at_price}
    scale = max(at_price, at_entry)
    assert collateral + profit == pytest.approx(asked[formula], rel=1e-9, abs=1e-9 * scale)


@given(st.floats(min_value=0.01, max_value=1e5), leverages, rates, sides, kinds, formulas, fees)
def test_move_is_price_over_entry(
    entry: float, leverage: float, rate: float, side: str, kind: str, formula: str, fee: float
) -> None:
    """LIQUIDATION_MOVE is LIQUIDATION_PRICE over the entry price, less 1, at any entry price."""
    try:
        move = liquidation_move(leverage, rate, side, kind, formula, fee)
    except NotAvailable:
        with pytest.raises(NotAvailable):
            liquidation_price(entry, leverage, rate, side, kind, formula, fee)
        return
    price = liquidation_price(entry, leverage, rate, side, kind, formula, fee)
    assert price / entry - 1 == pytest.approx(move, rel=1e-9, abs=1e-12)


@given(
    st.floats(min_value=1.1, max_value=50),
    st.floats(min_value=0, max_value=0.015),
    sides,
    kinds,
    formulas,
    fees,
)
def test_max_leverage_undoes_liquidation_move(
    leverage: float, rate: float, side: str, kind: str, formula: str, fee: float
) -> None:
    """The highest leverage that survives the move at which a leverage is liquidated is that leverage."""
    move = liquidation_move(leverage, rate, side, kind, formula, fee)
    assert max_leverage(move, rate, side, kind, formula, fee) == pytest.approx(leverage, rel=1e-9)


@given(st.floats(min_value=0.01, max_value=0.9), rates, sides, kinds, formulas, fees)
def test_liquidation_move_undoes_max_leverage(
    move: float, rate: float, side: str, kind: str, formula: str, fee: float
) -> None:
    """The other way round: at the highest leverage, that very move liquidates."""
    leverage = max_leverage(move, rate, side, kind, formula, fee)
    signed = move if side == "short" else -move
    assert liquidation_move(leverage, rate, side, kind, formula, fee) == pytest.approx(signed, rel=1e-9)


@given(
    st.floats(min_value=1.1, max_value=100),
    st.floats(min_value=1.01, max_value=2),
    rates,
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


@given(st.floats(min_value=-1e9, max_value=1e9), rates, st.floats(min_value=0, max_value=1e6))
def test_maintenance_margin_is_never_negative(notional: float, rate: float, amount: float) -> None:
    """It has no sign and no floor below 0, and long and short pay alike."""
    margin = maintenance_margin(notional, rate, amount)
    assert margin >= 0
    assert margin == maintenance_margin(-notional, rate, amount)
