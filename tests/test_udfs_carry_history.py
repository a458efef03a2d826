"""Carry over a history: a ledger of settlements, both venues' rules, and Newey and West by numpy."""

import math
import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.goldens import Cells, holds

from udfs import REGISTRY, funding_rate_predicted

TIMES, RATES, MARKS = [[10], [11], [12]], [[0.1], [0.2], [0.3]], [[1], [2], [3]]
ACCRUED = REGISTRY["FUNDING_ACCRUED"].call
small = st.floats(min_value=-0.01, max_value=0.01)


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("FUNDING_ACCRUED", (10, 12, -1, TIMES, RATES, MARKS), 1.3),
        ("FUNDING_ACCRUED", (9, 12.999, -1, TIMES, RATES, MARKS), 1.4),
        ("FUNDING_ACCRUED", (12, None, 1, TIMES, RATES, MARKS), 0),
        ("FUNDING_ACCRUED", (12.5, None, 1, TIMES, RATES, MARKS), 0),
        ("FUNDING_ACCRUED", (10, 13, 1, TIMES, RATES, MARKS), "closed: the history ends earlier"),
        ("FUNDING_ACCRUED", (8.9, 12, 1, TIMES, RATES, MARKS), "opened: the history begins later"),
        ("FUNDING_ACCRUED", (11, 12, -1, TIMES, [[None], [0.2], [0.3]], MARKS), 0.9),
        (
            "FUNDING_ACCRUED",
            (10, 12, -1, TIMES, [[0.1], [None], [0.3]], MARKS),
            "rates: one is blank while the position was open",
        ),
        ("FUNDING_ACCRUED", (10, 12, 1, [[10], [None], [12]], RATES, MARKS), "times: is blank in row 2"),
        (
            "FUNDING_ACCRUED",
            (10, 12, 1, [[10], [10], [12]], RATES, MARKS),
            "times: must rise, got 10 in row 2",
        ),
        (
            "FUNDING_ACCRUED",
            (10, 12, 1, TIMES[:1], RATES[:1], MARKS[:1]),
            "times: at least 2 settlements are needed, got 1",
        ),
        ("FUNDING_ACCRUED", (None, 12, 1, TIMES, RATES, MARKS), "opened: is blank"),
        ("FUNDING_RATE_PREDICTED", ([[None]],), "premiums: there are none"),
        ("FUNDING_RATE_PREDICTED", (0.01, 0, 8, None, 0.005), 0.005),
        ("FUNDING_RATE_PREDICTED", (-0.01, 0, 8, None, None, -0.004), -0.004),
        ("CARRY_COMPARE", (1, 0, RATES, 1, 1, 1), "days: must be above 0, got 0"),
        ("CARRY_COMPARE", (1, 1, RATES, 1, 1, 0), "expiry_days: must be above 0, got 0"),
        ("CARRY_COMPARE", (1, 1, RATES[:2], 1, 1, 1), "rates: at least 3 are needed, got 2"),
    ],
)
def test_golden(name: str, cells: Cells, expected: Any) -> None:
    """Numbers and refusals by hand."""
    holds(name, cells, expected)


def test_accrued_is_what_a_ledger_pays() -> None:
    """A position walked over the settlements, one by one."""
    draw = random.Random(7)  # noqa: S311 - the same cases in every run, no secret
    times = [46_000 + step / 3 for step in range(60)]
    rates = [draw.gauss(0, 0.0005) for _ in times]
    marks = [draw.uniform(20_000, 40_000) for _ in times]
    table = [[[cell] for cell in line] for line in (times, rates, marks)]
    for _ in range(100):
        opened = draw.choice((draw.uniform(46_000, 46_019), draw.choice(times)))
        closed = draw.choice((opened + draw.uniform(0, 1), max(opened, draw.choice(times))))
        size, cash = draw.uniform(-2, 2), 0.0
        for time, rate, mark in zip(times, rates, marks, strict=True):
            if opened < time - 1e-9 and time <= closed + 1e-9:
                cash += size * mark * rate  # a short is paid a positive rate
        if closed >= times[-1] + 1 / 3:
            continue
        assert ACCRUED(opened, closed, size, *table) == pytest.approx(-cash, rel=1e-9, abs=1e-9)


@given(st.lists(small, min_size=1, max_size=20), small, st.sampled_from([1.0, 4.0, 8.0]))
def test_predicted_is_the_venues_page(premiums: list[float], interest: float, hours: float) -> None:
    """Each rule as its venue writes it."""
    weights = list(range(1, len(premiums) + 1))
    premium = np.average(premiums, weights=weights)
    scaled = (premium + np.clip(interest - premium, -0.0005, 0.0005)) * hours / 8
    plain = premium + np.clip(interest * hours / 8 - premium, -0.0005, 0.0005)
    assert funding_rate_predicted(premiums, interest, hours) == pytest.approx(scaled, rel=1e-9, abs=1e-15)
    assert funding_rate_predicted(premiums, interest, hours, "plain") == pytest.approx(
        plain, rel=1e-9, abs=1e-15
    )


@pytest.mark.parametrize(
    ("seed", "count", "days", "expiry"), [(1, 21, 30, 45), (2, 300, 100, 45), (3, 1_000, 90, 45)]
)
def test_carry_is_that_of_numpy(seed: int, count: int, days: float, expiry: float) -> None:
    """Mean, Newey-West error with Bartlett weights, basis in proportion, fees by fills."""
    draw = np.random.default_rng(seed)
    rates = 0.0001 + np.convolve(draw.normal(0, 0.0001, count + 5), np.ones(5) / 5, "same")[:count]
    table = REGISTRY["CARRY_COMPARE"].call(
        7_500, days, rates.reshape(-1, 1).tolist(), 30_450, 30_000, expiry, 8, 0.0005, 0.0004, 2
    )
    found = {label: values for label, *values in table[1:]}
    off = rates - rates.mean()
    lags = int(4 * (count / 100) ** (2 / 9))
    spread = off @ off / count
    spread += sum(2 * (1 - lag / (lags + 1)) * (off[lag:] @ off[:-lag]) / count for lag in range(1, lags + 1))
    periods = days * 3
    assert found["Standard error"][0] == pytest.approx(7_500 * periods * math.sqrt(spread / count), rel=1e-9)
    rolls = math.ceil(days / expiry) - 1
    carry = (-7_500 * rates.mean() * periods, -7_500 * 0.015 * days / expiry)
    fees = (7_500 * 2 * 0.0007, 7_500 * (2 + 2 * rolls) * 0.0006)
    assert found["Carry"] == pytest.approx(carry, rel=1e-9)
    assert found["Fees and slippage"] == pytest.approx(fees, rel=1e-9)
    assert found["Rolls"] == [0, rolls]
    total = [carry[0] + fees[0], carry[1] + fees[1]]
    assert found["Total cost"] == pytest.approx(total, rel=1e-9)
    assert found["Cheaper"][0] == ("perpetual" if total[0] < total[1] else "future")
    even = found["Break-even funding rate"][0]
    assert -7_500 * even * periods + fees[0] == pytest.approx(total[1], rel=1e-9)
