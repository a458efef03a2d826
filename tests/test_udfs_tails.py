"""Tails: the normal one by quadrature, the historical ones by numpy."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm
from support.goldens import Cells, holds

from udfs import REGISTRY, expected_shortfall, value_at_risk

PRICES = [[100], [90], [99], [89.1], [98.01]]


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("HISTORICAL_VALUE_AT_RISK", (-1_000, PRICES, 1, 0.5), -100),
        ("HISTORICAL_VALUE_AT_RISK", (1_000, PRICES, 1, 0.75), 100),
        ("HISTORICAL_SHORTFALL", (1_000, PRICES, 1, 0.75), 100),
        ("HISTORICAL_VALUE_AT_RISK", (1_000, PRICES, 1, 0.76), "confidence: 4 moves hold no tail of 0.24"),
        ("HISTORICAL_VALUE_AT_RISK", (1_000, PRICES, 9, 0.5), "confidence: 0 moves hold no tail of 0.5"),
        ("HISTORICAL_VALUE_AT_RISK", (1_000, PRICES, 0), "periods: must be at least 1, got 0"),
        ("HISTORICAL_SHORTFALL", (1_000, PRICES, 1.5), "periods: must be whole, got 1.5"),
        ("HISTORICAL_SHORTFALL", ([[1], [2]], PRICES), "prices: a column per exposure is needed: 1 for 2"),
    ],
)
def test_golden(name: str, cells: Cells, expected: Any) -> None:
    """Numbers and refusals by hand."""
    holds(name, cells, expected)


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95, 0.99, 0.9999])
def test_shortfall_is_the_mean_beyond_value_at_risk(confidence: float) -> None:
    """The integral of the loss over the tail of the normal density."""
    spread = 6_000 * 0.6 * math.sqrt(10 / 365)
    tail = quad(lambda z: z * norm.pdf(z), norm.ppf(confidence), 40)[0] * spread / (1 - confidence)
    found = expected_shortfall(6_000, 0.6, 10, confidence)
    assert found == pytest.approx(tail, rel=1e-9)
    assert found > value_at_risk(6_000, 0.6, 10, confidence)


@pytest.mark.parametrize(
    ("seed", "periods", "confidence"), [(1, 1, 0.95), (2, 5, 0.9), (3, 3, 0.975), (4, 1, 0.8)]
)
def test_historical_tails_are_those_of_the_sorted_losses(seed: int, periods: int, confidence: float) -> None:
    """By numpy, the number in the tail by fractions."""
    draw = np.random.default_rng(seed)
    prices = 100 * np.cumprod(1 + draw.normal(0, 0.03, (203, 2)), axis=0)
    exposures = np.array([6_000.0, -2_400.0])
    losses = np.sort(-(prices[periods:] / prices[:-periods] - 1) @ exposures)[::-1]
    tail = len(losses) * (1 - Fraction(str(confidence)))
    whole = math.floor(tail)
    cells = ([[6_000], [-2_400]], prices.tolist(), periods, confidence)
    assert REGISTRY["HISTORICAL_VALUE_AT_RISK"].call(*cells) == pytest.approx(losses[whole], rel=1e-12)
    mean = (losses[:whole].sum() + float(tail - whole) * losses[whole]) / float(tail)
    assert REGISTRY["HISTORICAL_SHORTFALL"].call(*cells) == pytest.approx(mean, rel=1e-12)
