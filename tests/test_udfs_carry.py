"""Funding, basis, roll: golden numbers, settlements against a simulation, and real histories."""

import csv
import datetime as dt
import itertools
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.goldens import Cells, holds

from udfs import (
    REGISTRY,
    basis,
    basis_cost,
    basis_rate,
    basis_state,
    funding_cost,
    funding_periods,
    funding_rate_annual,
    funding_settlements,
    funding_total,
    hedge_pnl,
    roll_cost,
)
from udfs.dates import serial

money = st.floats(min_value=-1e9, max_value=1e9)
rates = st.floats(min_value=-0.01, max_value=0.01)
prices = st.floats(min_value=1e-6, max_value=1e6)
UNEQUAL = "FUNDING_TOTAL: ranges must be of one length, got rates 2 and marks 1"
at = dt.datetime.fromisoformat


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("FUNDING_COST", (7_500, 0.0001, 21), -15.75),
        ("FUNDING_COST", (7_500, -0.0001, 21), 15.75),
        ("FUNDING_COST", (-7_500, 0.0001), 0.75),
        ("FUNDING_COST", (7_500, 0.0001, -1), "periods: must be at least 0, got -1"),
        ("FUNDING_PERIODS", (7,), 21),
        ("FUNDING_PERIODS", (7, 4), 42),
        ("FUNDING_PERIODS", (0.5, 1), 12),
        ("FUNDING_PERIODS", (7, 0), "interval_hours: must be above 0, got 0"),
        ("FUNDING_SETTLEMENTS", (at("2026-01-01"), at("2026-01-02")), 3),
        ("FUNDING_SETTLEMENTS", (at("2026-01-01T07:59"), at("2026-01-01T08:00")), 1),
        ("FUNDING_SETTLEMENTS", (at("2026-01-01T08:00"), at("2026-01-01T08:01")), 0),
        ("FUNDING_SETTLEMENTS", (at("2026-01-01T08:00"), at("2026-01-01T08:00")), 0),
        ("FUNDING_SETTLEMENTS", (at("2026-01-01"), at("2026-01-02"), 4, 2), 6),
        ("FUNDING_SETTLEMENTS", (at("2026-01-01T01:00"), at("2026-01-01T02:00"), 8, 2), 1),
        (
            "FUNDING_SETTLEMENTS",
            (at("2026-01-02"), at("2026-01-01")),
            "finish: must not be before start, got 2026-01-01",
        ),
        (
            "FUNDING_SETTLEMENTS",
            (46_023, 46_024, 1e-9),
            "interval_hours: must be at least a millisecond, got 1e-09",
        ),
        ("FUNDING_SETTLEMENTS", (1, 2, 8, -1), "anchor_hour: must be at least 0 and below 24, got -1"),
        ("FUNDING_SETTLEMENTS", (1, 2, 8, 24), "anchor_hour: must be at least 0 and below 24, got 24"),
        ("FUNDING_RATE_ANNUAL", (0.0001,), 0.1095),
        ("FUNDING_RATE_ANNUAL", (0.0001, 4), 0.219),
        ("FUNDING_TOTAL", (2, [[0.0001], [-0.0002], [0.0003]], [[100], [110], [120]]), -0.048),
        ("FUNDING_TOTAL", (-2, [[0.0001], [-0.0002], [0.0003]], [[100], [110], [120]]), 0.048),
        ("FUNDING_TOTAL", (2, [[0.0001], [None], [0.0003]], [[100], [110], [120]]), -0.092),
        ("FUNDING_TOTAL", (2, [[0.0001], [None]], [[None], [110]]), "rates: there are none"),
        ("FUNDING_TOTAL", (2, [0.0001, 0.0002], [100]), UNEQUAL),
        ("BASIS", (30_450, 30_000), 450),
        ("BASIS", (29_700, 30_000), -300),
        ("BASIS_RATE", (30_450, 30_000), 0.015),
        ("BASIS_RATE", (30_450, 30_000, 45), 0.015 * 365 / 45),
        ("BASIS_RATE", (30_450, 30_000, 0), "days: must be above 0, got 0"),
        ("BASIS_RATE", (30_450, 0), "spot_price: must be above 0, got 0"),
        ("BASIS_STATE", (30_450, 30_000), "contango"),
        ("BASIS_STATE", (29_700, 30_000), "backwardation"),
        ("BASIS_STATE", (30_000, 30_000), "flat"),
        ("BASIS_STATE", (30_450, 30_000, 0.015), "flat"),
        ("BASIS_STATE", (30_450, 30_000, 0.0149), "contango"),
        ("BASIS_STATE", (29_700, 30_000, 0.01), "flat"),
        ("BASIS_STATE", (1_000.1, 1_000, 0.0001), "flat"),  # floats make it 0.000100000000000023
        ("BASIS_STATE", (999.9, 1_000, 0.0001), "flat"),
        ("BASIS_STATE", (1_000.11, 1_000, 0.0001), "contango"),
        ("BASIS_STATE", (999.89, 1_000, 0.0001), "backwardation"),
        ("BASIS_STATE", (30_000, 30_000, -0.1), "tolerance: must be at least 0, got -0.1"),
        ("BASIS_COST", (7_500, 30_450, 30_000), -112.5),
        ("BASIS_COST", (7_500, 29_700, 30_000), 75),
        ("BASIS_COST", (-7_500, 30_450, 30_000), 112.5),
        ("ROLL_COST", (0.25, 30_100, 30_450), -87.5),
        ("ROLL_COST", (0.25, 30_100, 30_450, 0.0005), -79.93125),
        ("ROLL_COST", (-0.25, 30_100, 30_450, 0.0005), 95.06875),
    ],
)
def test_golden(name: str, cells: Cells, expected: Any) -> None:
    """The numbers and refusals of the specification, and what follows from its signs."""
    holds(name, cells, expected)


def settled(start: dt.datetime, end: dt.datetime, interval: int, anchor: int) -> int:
    """Settlements counted one by one on a clock of minutes: those after start, up to end."""
    clock = dt.datetime(start.year, start.month, start.day) - dt.timedelta(days=60)
    # Intervals divide days here, so the clock may start on any day at the anchor's hour.
    clock += dt.timedelta(hours=anchor)
    count = 0
    while clock <= end:
        count += clock > start
        clock += dt.timedelta(hours=interval)
    return count


@given(
    st.datetimes(min_value=dt.datetime(2019, 12, 1), max_value=dt.datetime(2028, 4, 1)),
    st.integers(min_value=0, max_value=60 * 24 * 70),
    st.sampled_from([1, 2, 4, 8, 12, 24]),
    st.integers(min_value=0, max_value=23),
)
def test_settlements_agree_with_a_clock(
    moment: dt.datetime, minutes: int, interval: int, anchor: int
) -> None:
    """Leap days, year ends and other anchors: the count is that of a clock that ticks through the span."""
    start = moment.replace(second=0, microsecond=0)
    end = start + dt.timedelta(minutes=minutes)
    counted = funding_settlements(serial(start), serial(end), float(interval), float(anchor))
    assert counted == settled(start, end, interval, anchor)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (dt.datetime(2024, 2, 28), dt.datetime(2024, 3, 1), 6),
        (dt.datetime(2025, 2, 28), dt.datetime(2025, 3, 1), 3),
        (dt.datetime(2025, 12, 31, 23, 59), dt.datetime(2026, 1, 1), 1),
        (dt.datetime(2020, 1, 1), dt.datetime(2021, 1, 1), 1_098),
    ],
)
def test_settlements_over_leap_days_and_year_ends(
    start: dt.datetime, end: dt.datetime, expected: int
) -> None:
    """A leap year has 366 days of settlements."""
    assert REGISTRY["FUNDING_SETTLEMENTS"].call(start, end) == expected


@given(st.integers(min_value=0, max_value=10**6), st.integers(min_value=0, max_value=10**4))
def test_settlements_add_up(first: int, second: int) -> None:
    """No settlement is counted twice or lost where one span ends and the next begins."""
    start = 46_023.0
    middle, end = start + first / 1_440, start + (first + second) / 1_440
    whole = funding_settlements(start, end)
    assert whole == funding_settlements(start, middle) + funding_settlements(middle, end)


def test_periods_expect_the_settlements_of_whole_days() -> None:
    """Over whole days the expected number of settlements is the real one."""
    for hours in (1.0, 4.0, 8.0):
        assert funding_periods(30.0, hours) == funding_settlements(46_023.0, 46_053.0, hours)


def test_total_of_the_real_history_is_exact(shared: Path) -> None:
    """The real BTC funding of six years, at daily closes as marks, agrees with a sum in fractions."""
    with (shared / "data" / "prices_daily.csv").open(encoding="utf-8") as file:
        close = {row["date"]: row["BTC"] for row in csv.DictReader(file)}
    with (shared / "data" / "funding_rates.csv").open(encoding="utf-8") as file:
        history = [
            (row["rate"], close[row["timestamp"][:10]])
            for row in csv.DictReader(file)
            if row["symbol"] == "BTCUSDT" and row["timestamp"][:10] in close
        ]
    assert len(history) > 6_000
    exact = -Fraction(1, 4) * sum(Fraction(float(rate)) * Fraction(float(mark)) for rate, mark in history)
    rates_, marks = ([[float(pair[column])] for pair in history] for column in (0, 1))
    assert REGISTRY["FUNDING_TOTAL"].call(0.25, rates_, marks) == pytest.approx(float(exact), rel=1e-14)


def test_real_settlements_fall_where_the_function_counts_them(shared: Path) -> None:
    """The settlements of the real history are as many as FUNDING_SETTLEMENTS says, month by month."""
    with (shared / "data" / "funding_rates.csv").open(encoding="utf-8") as file:
        moments = [
            dt.datetime.fromisoformat(row["timestamp"]).replace(tzinfo=None)
            for row in csv.DictReader(file)
            if row["symbol"] == "BTCUSDT"
        ]
    months = [dt.datetime(year, month, 1) for year in range(2020, 2026) for month in range(1, 13)]
    for start, end in itertools.pairwise(months):
        real = sum(start < moment.replace(second=0, microsecond=0) <= end for moment in moments)
        assert funding_settlements(serial(start), serial(end)) == real


def test_basis_of_a_real_day(shared: Path) -> None:
    """BASIS_RATE is the basis that the recorded market states, in basis points."""
    with (shared / "data" / "basis_btc_quarterly_20250101.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rate = basis_rate(float(row["fut_mid"]), float(row["spot_mid"]))
            assert rate * 10_000 == pytest.approx(float(row["basis_bps"]), rel=1e-9)
            assert basis_state(float(row["fut_mid"]), float(row["spot_mid"])) == "contango"


@given(money, rates, st.integers(0, 10_000))
def test_funding_is_homogeneous_and_mirrored(notional: float, rate: float, periods: int) -> None:
    """Twice the notional, twice the funding; the other side receives what this one pays."""
    assert funding_cost(2 * notional, rate, periods) == 2 * funding_cost(notional, rate, periods)
    assert funding_cost(-notional, rate, periods) == -funding_cost(notional, rate, periods)


@given(
    st.integers(min_value=-1000, max_value=1000).map(float),
    st.lists(st.tuples(rates, prices), min_size=1, max_size=50),
)
def test_total_is_the_sum_of_single_settlements(quantity: float, history: list[tuple[float, float]]) -> None:
    """FUNDING_TOTAL is FUNDING_COST of quantity x mark, settlement by settlement."""
    single = [funding_cost(quantity * mark, rate) for rate, mark in history]
    total = funding_total(quantity, [rate for rate, _ in history], [mark for _, mark in history])
    assert total == pytest.approx(sum(single), rel=1e-9, abs=1e-9 * sum(map(abs, single)) + 1e-300)


@given(money, prices, prices)
def test_basis_cost_is_the_loss_of_convergence(notional: float, futures: float, spot: float) -> None:
    """Holding to expiry with an unchanged spot, the hedge loses its futures leg's convergence."""
    quantity = notional / spot
    pnl = quantity * (futures - spot)  # a short sells at the futures price and buys back at spot
    assert basis_cost(notional, futures, spot) == pytest.approx(-pnl, rel=1e-9, abs=1e-6)
    assert basis(futures, spot) == -basis(spot, futures)


@given(st.floats(min_value=-1e3, max_value=1e3), prices, prices, st.floats(min_value=0, max_value=0.01))
def test_roll_is_two_trades(quantity: float, near: float, far: float, fee: float) -> None:
    """Rolling a short: buy at the near price, sell at the far one, a fee on each."""
    paid = quantity * near - quantity * far + fee * abs(quantity) * near + fee * abs(quantity) * far
    assert roll_cost(quantity, near, far, fee) == pytest.approx(paid, rel=1e-9, abs=1e-6)


@given(rates, st.sampled_from([1.0, 4.0, 8.0]))
def test_annual_rate_is_the_cost_of_a_year(rate: float, hours: float) -> None:
    """A short of 1 receives the annual rate over 365 days of settlements."""
    year = funding_cost(1.0, rate, funding_periods(365.0, hours))
    assert funding_rate_annual(rate, hours) == pytest.approx(-year, rel=1e-12, abs=1e-15)
    assert hedge_pnl(1.0, 0.0) == 0
