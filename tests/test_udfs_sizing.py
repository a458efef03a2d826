"""Sizing: the golden numbers, lots against a brute force in fractions, and what must always hold."""

import math
import random
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.goldens import Cells, holds

from udfs import (
    contracts_notional,
    hedge_adjustment,
    hedge_contracts,
    hedge_notional,
    hedge_quantity,
    hedge_ratio,
    rounding_gap,
)

money = st.floats(min_value=-1e9, max_value=1e9)
prices = st.floats(min_value=1e-8, max_value=1e8)
ratios = st.floats(min_value=0, max_value=10)
sizes = st.sampled_from([0.0001, 0.001, 0.01, 0.1, 1.0, 10.0, 100.0])
kinds = st.sampled_from(["linear", "inverse"])
roundings = st.sampled_from(["nearest", "down", "up"])


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("HEDGE_NOTIONAL", (15_000, 0.5), 7_500),
        ("HEDGE_NOTIONAL", (6_000, 0.4), 2_400),
        ("HEDGE_NOTIONAL", (1_000,), 1_000),
        ("HEDGE_NOTIONAL", (-6_000, 0.4), -2_400),
        ("HEDGE_NOTIONAL", (1_000, 1.5), 1_500),
        ("HEDGE_NOTIONAL", (1_000, -0.1), "ratio: must be at least 0, got -0.1"),
        ("HEDGE_QUANTITY", (7_500, 30_000), 0.25),
        ("HEDGE_QUANTITY", (2_400, 30_000), 0.08),
        ("HEDGE_QUANTITY", (-2_400, 30_000), -0.08),
        ("HEDGE_QUANTITY", (2_400, 0), "price: must be above 0, got 0"),
        ("HEDGE_CONTRACTS", (2_400, 30_000), 0),
        ("HEDGE_CONTRACTS", (2_400, 30_000, 1, 1, "up"), 1),
        ("HEDGE_CONTRACTS", (2_400, 30_000, 1, 0.001), 0.08),
        ("HEDGE_CONTRACTS", (-2_400, 30_000, 1, 0.001), -0.08),
        ("HEDGE_CONTRACTS", (7_500, 30_000, 100, 1, "nearest", "inverse"), 75),
        ("HEDGE_CONTRACTS", (0.3, 1, 1, 0.1, "down"), 0.3),
        ("HEDGE_CONTRACTS", (0.1 + 0.2, 1, 1, 0.1, "up"), 0.3),
        ("HEDGE_CONTRACTS", (15, 10), 1),
        ("HEDGE_CONTRACTS", (-15, 10), -1),
        ("HEDGE_CONTRACTS", (25, 10), 2),
        ("HEDGE_CONTRACTS", (15.000001, 10), 2),
        ("HEDGE_CONTRACTS", (15, 10, 1, 1, "down"), 1),
        ("HEDGE_CONTRACTS", (-15, 10, 1, 1, "down"), -1),
        ("HEDGE_CONTRACTS", (-15, 10, 1, 1, "up"), -2),
        ("HEDGE_CONTRACTS", (0, 10, 1, 1, "up"), 0),
        ("HEDGE_CONTRACTS", (1, 10, 0), "contract_size: must be above 0, got 0"),
        ("HEDGE_CONTRACTS", (1, 10, 1, 0), "lot: must be above 0, got 0"),
        ("CONTRACTS_NOTIONAL", (1, 30_000), 30_000),
        ("CONTRACTS_NOTIONAL", (75, 30_000, 100, "inverse"), 7_500),
        ("CONTRACTS_NOTIONAL", (-800, 30_000, 0.0001), -2_400),
        ("HEDGE_RATIO", (2_400, 6_000), 0.4),
        ("HEDGE_RATIO", (30_000, 6_000), 5),
        ("HEDGE_RATIO", (2_400, 0), "exposure: must be other than 0, got 0"),
        ("HEDGE_ADJUSTMENT", (7_000, 0.4, 2_400), 400),
        ("HEDGE_ADJUSTMENT", (7_000, 0.4, 2_400, 0.1), 0),
        ("HEDGE_ADJUSTMENT", (3, 0.1, 0.3), 0),
        ("HEDGE_ADJUSTMENT", (5_000, 0.4, 2_400), -400),
        ("HEDGE_ADJUSTMENT", (5_000, 0.4, 2_400, -0.1), "band: must be at least 0, got -0.1"),
        ("HEDGE_ADJUSTMENT", (7_000, 0.4, 2_400, 0.05), 400),
        ("HEDGE_ADJUSTMENT", (4_000, 0.4, 2_000, 0.1), 0),
        ("HEDGE_ADJUSTMENT", (4_000, 0.4, 2_001, 0.1), -401),
        ("HEDGE_ADJUSTMENT", (-7_000, 0.4, -2_400), -400),
        ("HEDGE_ADJUSTMENT", (-7_000, 0.4, -2_400, 0.1), 0),
        ("HEDGE_ADJUSTMENT", (0, 0.4, 2_400, 0.1), -2_400),
        ("ROUNDING_GAP", (2_400, 30_000, 1, 1, "up"), 11.5),
        ("ROUNDING_GAP", (2_400, 30_000), -1),
        ("ROUNDING_GAP", (45_000, 30_000), -1 / 3),
        ("ROUNDING_GAP", (-2_400, 30_000, 1, 1, "up"), 11.5),
        ("ROUNDING_GAP", (7_550, 30_000, 100, 1, "down", "inverse"), -50 / 7_550),
        ("ROUNDING_GAP", (0, 30_000), "notional: must be other than 0, got 0"),
    ],
)
def test_golden(name: str, cells: Cells, expected: Any) -> None:
    """The numbers and refusals of the specification, and what follows from its signs."""
    holds(name, cells, expected)


def lots_by_search(wanted: Fraction, rounding: str) -> int:
    """Whole lots found by looking at both neighbours; no rounding function is trusted.

    What is within 1e-12 of whole or half lots is those.
    """
    halves = (2 * wanted + Fraction(1, 2)).__floor__()
    if abs(2 * wanted - halves) <= Fraction(halves, 10**12):
        wanted = Fraction(halves, 2)
    below = 0
    step = 1 << max(0, math.ceil(wanted).bit_length())
    while step:
        if below + step <= wanted:
            below += step
        step >>= 1
    above = below if below == wanted else below + 1
    if rounding == "down":
        return below
    return above if rounding == "up" or above - wanted < wanted - below else below


def exact(number: float) -> Fraction:
    """A float as the 15 digits of it that a cell shows."""
    return Fraction(f"{number:.15g}")


@given(money, prices, sizes, sizes, roundings, kinds)
def test_lots_agree_with_a_search_in_fractions(
    notional: float, price: float, size: float, lot: float, rounding: str, kind: str
) -> None:
    """The count of lots is exact: it is that of a search with exact fractions."""
    unit = exact(size) * exact(lot) * (exact(price) if kind == "linear" else 1)
    lots = lots_by_search(abs(exact(notional)) / unit, rounding)
    expected = math.copysign(float(lots * exact(lot)), notional)
    assert hedge_contracts(notional, price, size, lot, rounding, kind) == expected


@given(st.integers(min_value=0, max_value=10**6), sizes, prices, kinds, roundings)
def test_a_whole_number_of_lots_is_kept(
    lots: int, lot: float, price: float, kind: str, rounding: str
) -> None:
    """What is whole already is not rounded, whichever way."""
    held = float(lots * exact(lot))
    notional = float(exact(held) * (exact(price) if kind == "linear" else 1))
    if exact(notional) == exact(held) * (exact(price) if kind == "linear" else 1):
        assert hedge_contracts(notional, price, 1.0, lot, rounding, kind) == held


def test_a_whole_hedge_at_a_long_price_is_kept() -> None:
    """5,000 hedges of whole lots at prices of 8 decimals: the product's last digits decide nothing."""
    draw = random.Random(8)  # noqa: S311 - the same cases in every run, no secret
    for _ in range(5_000):
        lots, price = draw.randint(1, 99_999), round(draw.uniform(0.1, 99_999), 8)
        held = float(lots * Fraction("0.001"))
        for rounding in ("up", "down", "nearest"):
            assert hedge_contracts(held * price, price, 1.0, 0.001, rounding) == held
            assert rounding_gap(held * price, price, 1.0, 0.001, rounding) == 0


def test_a_tie_at_a_long_price_goes_to_the_smaller_hedge() -> None:
    """Half a lot is half a lot, although the product rounds."""
    draw = random.Random(8)  # noqa: S311 - the same cases in every run, no secret
    for _ in range(2_000):
        lots, price = draw.randint(1, 99_999), round(draw.uniform(0.1, 99_999), 8)
        notional = float((lots + Fraction(1, 2)) * Fraction("0.001") * exact(price))
        assert hedge_contracts(notional, price, 1.0, 0.001) == float(lots * Fraction("0.001"))


@given(money, prices, sizes, sizes, kinds)
def test_down_never_exceeds_the_wanted_size(
    notional: float, price: float, size: float, lot: float, kind: str
) -> None:
    """Rounding down never over-hedges, up never under-hedges, and nearest lies between."""
    down, nearest, up = (
        abs(hedge_contracts(notional, price, size, lot, rounding, kind))
        for rounding in ("down", "nearest", "up")
    )
    assert contracts_notional(down, price, size, kind) <= abs(notional) * (1 + 1e-12)
    assert contracts_notional(up, price, size, kind) >= abs(notional) * (1 - 1e-12)
    assert down <= nearest <= up


@given(money, prices, sizes, sizes, roundings, kinds)
def test_long_and_short_hedges_are_mirror_images(
    notional: float, price: float, size: float, lot: float, rounding: str, kind: str
) -> None:
    """A hedge of the other sign has the same size, the other way."""
    assert hedge_contracts(-notional, price, size, lot, rounding, kind) == -hedge_contracts(
        notional, price, size, lot, rounding, kind
    )
    assert hedge_quantity(-notional, price) == -hedge_quantity(notional, price)


@given(money.filter(lambda value: abs(value) > 1e-3), prices, sizes, sizes, roundings, kinds)
def test_gap_is_what_the_contracts_leave(
    notional: float, price: float, size: float, lot: float, rounding: str, kind: str
) -> None:
    """(1 + gap) times the wanted notional is what the contracts hedge."""
    gap = rounding_gap(notional, price, size, lot, rounding, kind)
    contracts = hedge_contracts(notional, price, size, lot, rounding, kind)
    feasible = contracts_notional(contracts, price, size, kind)
    assert (1 + gap) * notional == pytest.approx(feasible, rel=1e-9, abs=1e-9 * abs(notional))


@given(money.filter(lambda value: abs(value) > 1e-9), ratios)
def test_ratio_undoes_notional(exposure: float, ratio: float) -> None:
    """The coverage of the wanted notional is the wanted ratio."""
    assert hedge_ratio(hedge_notional(exposure, ratio), exposure) == pytest.approx(
        ratio, rel=1e-12, abs=1e-12
    )


@given(money, ratios, money)
def test_adjustment_leads_back_to_the_ratio(exposure: float, ratio: float, current: float) -> None:
    """Current notional plus adjustment is the wanted notional; a second adjustment is none."""
    adjusted = current + hedge_adjustment(exposure, ratio, current)
    wanted = hedge_notional(exposure, ratio)
    assert adjusted == pytest.approx(wanted, rel=1e-12, abs=1e-12 * abs(current))
    assert hedge_adjustment(exposure, ratio, wanted) == 0
