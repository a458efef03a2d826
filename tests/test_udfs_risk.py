"""Risk: numpy and scipy, Excel's own functions and fractions as oracles, real and awkward histories."""

import csv
import itertools
import math
import random
import re
import shutil
import subprocess
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import formualizer
import numpy as np
import openpyxl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from support.goldens import Cells, holds

from udfs import (
    REGISTRY,
    beta_notional,
    hedge_beta,
    hedge_correlation,
    hedge_effectiveness,
    hedged_volatility,
    option_delta,
    option_vega,
    realized_volatility,
    value_at_risk,
    vol_scaled_ratio,
)

Series = list[float]
ASSET = [[10], [11], [9.9], [10.89]]  # returns +10, -10, +10 %
HEDGE = [[100], [105], [99.75], [104.7375]]  # returns +5, -5, +5 %
TOO_FEW = "asset_prices: at least 3 prices are needed, got 2"
UNEQUAL = "HEDGE_BETA: ranges must be of one length, got asset_prices 4 and hedge_prices 3"
FLAT = [[5], [5], [5], [5]]
HARDLY = [[1e9], [1e9 + 1], [1e9], [1e9 + 1]]  # a billionth up and down is small, not none
STEADY = [[1], [1.1], [1.21], [1.331]]  # +10 % each time, which floats say in three ways


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("HEDGE_BETA", (ASSET, HEDGE), 2),
        ("HEDGE_BETA", (HEDGE, ASSET), 0.5),
        ("HEDGE_BETA", (FLAT, HEDGE), 0),
        ("HEDGE_BETA", ([*ASSET, [None]], [*HEDGE, [200]]), 2),
        ("HEDGE_BETA", ([ASSET[0], [None], *ASSET[1:]], [HEDGE[0], [123], *HEDGE[1:]]), 2),
        ("HEDGE_BETA", (ASSET[:2], HEDGE[:2]), TOO_FEW),
        (
            "HEDGE_BETA",
            ([[1], [None], [2], [3]], [[1], [2], [None], [3]]),
            TOO_FEW,
        ),
        ("HEDGE_BETA", (ASSET, FLAT), "hedge_prices: returns do not vary"),
        (
            "HEDGE_BETA",
            (ASSET, HEDGE[:3]),
            UNEQUAL,
        ),
        ("HEDGE_BETA", (ASSET, [*HEDGE[:3], ["n/a"]]), 'hedge_prices: must hold numbers, got the text "n/a"'),
        ("HEDGE_BETA", (ASSET, [*HEDGE[:3], ["#N/A"]]), "hedge_prices: is the error #N/A"),
        ("HEDGE_BETA", (ASSET, [*HEDGE[:3], [0]]), "hedge_prices: must be above 0, got 0"),
        ("HEDGE_BETA", (ASSET, STEADY), "hedge_prices: returns do not vary"),
        ("HEDGE_CORRELATION", (STEADY, HEDGE), "asset_prices: returns do not vary"),
        ("HEDGE_CORRELATION", (ASSET, HEDGE), 1),
        ("HEDGE_CORRELATION", (ASSET, [[100], [95], [99.75], [94.7625]]), -1),
        ("HEDGE_CORRELATION", (ASSET, FLAT), "hedge_prices: returns do not vary"),
        ("HEDGE_CORRELATION", (HARDLY, HARDLY), 1),
        ("HEDGE_CORRELATION", (FLAT, HEDGE), "asset_prices: returns do not vary"),
        ("HEDGE_EFFECTIVENESS", (ASSET, HEDGE), 1),
        ("HEDGE_EFFECTIVENESS", (ASSET, HEDGE, 1), 0.75),
        ("HEDGE_EFFECTIVENESS", (ASSET, HEDGE, 2), 1),
        ("HEDGE_EFFECTIVENESS", (ASSET, HEDGE, 0), 0),
        ("HEDGE_EFFECTIVENESS", (ASSET, HEDGE, 5), -1.25),
        ("HEDGE_EFFECTIVENESS", (ASSET, HEDGE, -1), -1.25),
        ("HEDGE_EFFECTIVENESS", (FLAT, HEDGE, 1), "asset_prices: returns do not vary"),
        ("REALIZED_VOLATILITY", ([[1], [math.e], [1]], 1), math.sqrt(2)),
        ("REALIZED_VOLATILITY", ([[1], [math.e], [1]],), math.sqrt(2 * 365)),
        ("REALIZED_VOLATILITY", ([[1], [None], [math.e], [1]], 4), math.sqrt(8)),
        ("REALIZED_VOLATILITY", (FLAT,), 0),
        ("REALIZED_VOLATILITY", (FLAT[:2],), "prices: at least 3 prices are needed, got 2"),
        ("BETA_NOTIONAL", ([[3_000], [2_000]], [[1], [1.25]]), 5_500),
        ("BETA_NOTIONAL", ([[3_000], [2_000]], [[1], [1.25]], 0.4), 2_200),
        ("BETA_NOTIONAL", ([[3_000], [None], [-2_000]], [[1], [None], [1.25]]), 500),
        ("BETA_NOTIONAL", ([[3_000], [2_000]], [[1], [None]]), "betas: is blank in row 2"),
        ("BETA_NOTIONAL", ([[None], [2_000]], [[1], [1]]), "exposures: is blank in row 1"),
        ("BETA_NOTIONAL", ([[None]], [[None]]), "exposures: there are none"),
        ("VOL_SCALED_RATIO", (0.5, 0.72, 0.6), 0.6),
        ("VOL_SCALED_RATIO", (0.5, 1.8, 0.6), 1),
        ("VOL_SCALED_RATIO", (0.5, 1.8, 0.6, 1.2), 1.2),
        ("VOL_SCALED_RATIO", (0.5, 0.3, 0.6), 0.25),
        ("VOL_SCALED_RATIO", (0.5, 0.3, 0), "reference_volatility: must be other than 0, got 0"),
        ("HEDGED_VOLATILITY", (0.6, 0.6, 1, 0.4), 0.36),
        ("HEDGED_VOLATILITY", (0.6, 0.6, 1), 0),
        ("HEDGED_VOLATILITY", (0.3, 0.4, 0), 0.5),
        ("HEDGED_VOLATILITY", (0.3, 0.4, -1), 0.7),
        ("HEDGED_VOLATILITY", (0.3, 0.4, 1.1), "correlation: must be at least -1 and at most 1, got 1.1"),
        ("VALUE_AT_RISK", (6_000, 0.6, 1, 0.975), 6_000 * 0.6 / math.sqrt(365) * 1.959963984540054),
        ("VALUE_AT_RISK", (-6_000, 0.6, 1, 0.975), 6_000 * 0.6 / math.sqrt(365) * 1.959963984540054),
        ("VALUE_AT_RISK", (6_000, 0.6, 365), 3_600 * 1.6448536269514722),
        ("VALUE_AT_RISK", (6_000, 0.6, 1, 0.5), 0),
        ("VALUE_AT_RISK", (6_000, 0.6, 1, 1), "confidence: must be at least 0.5 and below 1, got 1"),
    ],
)
def test_golden(name: str, cells: Cells, expected: Any) -> None:
    """The numbers and refusals of the specification, and cases done by hand."""
    holds(name, cells, expected)


def returns(prices: Series) -> Any:
    """Simple returns by numpy."""
    array = np.array(prices)
    return array[1:] / array[:-1] - 1


def numpy_moments(asset: Series, hedge: Series) -> tuple[float, float, float]:
    """Beta, correlation and the effectiveness of a full hedge, as numpy has them."""
    covariance = np.cov(returns(asset), returns(hedge))
    left = np.var(returns(asset) - returns(hedge))
    return (
        float(covariance[0, 1] / covariance[1, 1]),
        float(np.corrcoef(returns(asset), returns(hedge))[0, 1]),
        float(1 - left / np.var(returns(asset))),
    )


@pytest.fixture(scope="module")
def history(shared: Path) -> dict[str, Series]:
    """The last 366 real daily closes: 365 returns."""
    with (shared / "data" / "prices_daily.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[-366:]
    return {symbol: [float(row[symbol]) for row in rows] for symbol in ("BTC", "ETH", "SOL", "ADA", "BNB")}


@pytest.mark.parametrize("symbol", ["ETH", "SOL", "ADA", "BNB"])
def test_real_history_agrees_with_numpy(history: dict[str, Series], symbol: str) -> None:
    """Beta, correlation, effectiveness and volatility of the last real year, to 1e-12."""
    asset, hedge = history[symbol], history["BTC"]
    beta, correlation, effectiveness = numpy_moments(asset, hedge)
    assert hedge_beta(asset, hedge) == pytest.approx(beta, rel=1e-12)
    assert hedge_correlation(asset, hedge) == pytest.approx(correlation, rel=1e-12)
    assert hedge_effectiveness(asset, hedge, 1.0) == pytest.approx(effectiveness, rel=1e-12)
    assert hedge_effectiveness(asset, hedge) == pytest.approx(correlation**2, rel=1e-12)
    volatility = np.std(np.diff(np.log(asset)), ddof=1) * math.sqrt(365)
    assert realized_volatility(asset) == pytest.approx(float(volatility), rel=1e-12)
    regression = stats.linregress(returns(hedge), returns(asset))
    assert hedge_beta(asset, hedge) == pytest.approx(float(regression.slope), rel=1e-12)


def excel_formulas(history: dict[str, Series]) -> dict[str, float]:
    """Excel's own formulas over closes in A and B, returns in C, D and E, and what ours answer."""
    asset, hedge = history["ETH"], history["BTC"]
    return {
        "=SLOPE(C2:C366,D2:D366)": hedge_beta(asset, hedge),
        "=CORREL(C2:C366,D2:D366)": hedge_correlation(asset, hedge),
        "=RSQ(C2:C366,D2:D366)": hedge_effectiveness(asset, hedge),
        "=1-VAR(F2:F366)/VAR(C2:C366)": hedge_effectiveness(asset, hedge, 0.8),
        "=STDEV.S(E2:E366)*SQRT(365)": realized_volatility(asset),
        "=6000*0.6/SQRT(365)*NORM.S.INV(0.95)": value_at_risk(6_000.0, 0.6),
        "=NORM.S.DIST((LN(30/32)+0.36/2*30/365)/(0.6*SQRT(30/365)),TRUE)": option_delta(
            30.0, 32.0, 30.0, 0.6
        ),
        "=30*SQRT(30/365)*NORM.S.DIST((LN(30/32)+0.36/2*30/365)/(0.6*SQRT(30/365)),FALSE)": option_vega(
            30.0, 32.0, 30.0, 0.6
        ),
    }


def excel_cells(history: dict[str, Series]) -> Iterator[tuple[int, int, float | str]]:
    """The sheet that those formulas stand in: row, column, content."""
    for row, (asset, hedge) in enumerate(zip(history["ETH"], history["BTC"], strict=True), 1):
        yield from ((row, 1, asset), (row, 2, hedge))
        if row > 1:
            yield row, 3, f"=A{row}/A{row - 1}-1"
            yield row, 4, f"=B{row}/B{row - 1}-1"
            yield row, 5, f"=LN(A{row}/A{row - 1})"
            yield row, 6, f"=C{row}-0.8*D{row}"
    for row, formula in enumerate(excel_formulas(history), 1):
        yield row, 8, formula


def test_real_history_agrees_with_the_engines_excel_functions(history: dict[str, Series]) -> None:
    """SLOPE, CORREL, RSQ, VAR, STDEV.S, NORM.S.INV and NORM.S.DIST of the engine give the same."""
    book = formualizer.Workbook()
    if "Sheet1" not in book.sheet_names:
        book.add_sheet("Sheet1")
    sheet = book.sheet("Sheet1")
    for row, column, cell in excel_cells(history):
        if isinstance(cell, str):
            sheet.set_formula(row, column, cell)
        else:
            sheet.set_value(row, column, cell)
    for row, ours in enumerate(excel_formulas(history).values(), 1):
        assert book.evaluate_cell("Sheet1", row, 8) == pytest.approx(ours, rel=1e-12)


def test_real_history_agrees_with_libreoffices_functions(history: dict[str, Series], tmp_path: Path) -> None:
    """The same formulas, calculated by LibreOffice Calc."""
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice is not installed")
    book = openpyxl.Workbook()
    for row, column, cell in excel_cells(history):
        stored = re.sub(r"\b(STDEV\.S|NORM\.S\.\w+)\(", r"_xlfn.\1(", cell) if isinstance(cell, str) else cell
        book.worksheets[0].cell(row, column, stored)
    book.save(tmp_path / "oracle.xlsx")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run(
        [
            soffice,
            profile,
            "--headless",
            "--convert-to",
            "xlsx",
            "--outdir",
            tmp_path / "out",
            tmp_path / "oracle.xlsx",
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    answers = openpyxl.load_workbook(tmp_path / "out" / "oracle.xlsx", data_only=True).worksheets[0]
    for row, ours in enumerate(excel_formulas(history).values(), 1):
        assert answers.cell(row, 8).value == pytest.approx(ours, rel=1e-12)


def walk(seed: int, rows: int, start: float, step: float) -> Iterator[float]:
    """A random walk of prices from a start, by steps of a relative size."""
    chance = random.Random(seed)  # noqa: S311 - prices, not secrets
    price = start
    for _ in range(rows):
        yield price
        price *= 1 + chance.uniform(-step, step)


@pytest.mark.parametrize(("start", "step"), [(1e-8, 0.05), (1e8, 0.05), (1.0, 1e-7), (30_000.0, 1e-9)])
def test_long_histories_keep_their_digits(start: float, step: float) -> None:
    """100,000 prices from 1e-8 to 1e8, and moves of a billionth: as exact fractions have it."""
    asset, hedge = list(walk(1, 100_000, start, step)), list(walk(2, 100_000, start, step))
    mixed = [math.sqrt(a * h) for a, h in zip(asset, hedge, strict=True)]
    left, right = ([Fraction(b) / Fraction(a) - 1 for a, b in itertools.pairwise(s)] for s in (mixed, hedge))
    count = len(left)
    mean_left, mean_right = (
        Fraction(math.fsum(map(float, left)) / count),
        Fraction(math.fsum(map(float, right)) / count),
    )
    both = math.fsum(float((a - mean_left) * (b - mean_right)) for a, b in zip(left, right, strict=True))
    square = math.fsum(float((b - mean_right) ** 2) for b in right)
    assert hedge_beta(mixed, hedge) == pytest.approx(both / square, rel=1e-12)


def regimes(seed: int, *parts: tuple[int, float, float]) -> Series:
    """Prices in parts: so many, each up by a growth and by a random step of a relative size."""
    chance = random.Random(seed)  # noqa: S311 - prices, not secrets
    series = [100.0]
    for count, growth, step in parts:
        for _ in range(count):
            series.append(series[-1] * (1 + growth + chance.uniform(-step, step)))
    return series


@pytest.mark.parametrize(
    "parts",
    [
        ((600, 0.0, 0.0), (900, 0.0, 0.05)),
        ((600, 0.0, 0.05), (900, 0.0, 1e-7)),
        ((600, 0.0, 1e-7), (900, 0.001, 1e-4)),
        ((512, 0.002, 1e-5), (1, 0.0, 0.5), (512, 0.002, 1e-5)),
        ((1500, 0.01, 1e-5),),
        ((700, 0.0, 1e-7),),
        ((511, 0.0, 0.05),),
        ((512, 0.0, 0.05),),
        ((1024, 0.0, 0.05),),
    ],
    ids=[
        *("flat, then wild", "wild, then calm", "calm, then rising", "one leap", "steady growth", "calm"),
        *("a run less one", "a run", "two runs"),
    ],
)
def test_a_history_whose_parts_differ_keeps_its_digits(parts: tuple[tuple[int, float, float], ...]) -> None:
    """Beta, correlation and effectiveness as exact fractions have them, however the history begins."""
    hedge, other = regimes(1, *parts), regimes(2, *parts)
    asset = [math.sqrt(h * o) for h, o in zip(hedge, other, strict=True)]
    left, right = ([Fraction(b) / Fraction(a) - 1 for a, b in itertools.pairwise(s)] for s in (asset, hedge))
    both, left_square, right_square = (
        moment(*pair) for pair in ((left, right), (left, left), (right, right))
    )
    assert hedge_beta(asset, hedge) == pytest.approx(both / right_square, rel=1e-11)
    correlation = both / math.sqrt(left_square * right_square)
    assert hedge_correlation(asset, hedge) == pytest.approx(correlation, rel=1e-11)
    effectiveness = (2 * both - right_square) / left_square
    assert hedge_effectiveness(asset, hedge, 1.0) == pytest.approx(effectiveness, rel=1e-11)


def moment(left: list[Fraction], right: list[Fraction]) -> float:
    """The sum of the products of both deviations, rounded once to a float each."""
    means = [Fraction(math.fsum(map(float, side)) / len(side)) for side in (left, right)]
    return math.fsum(float((a - means[0]) * (b - means[1])) for a, b in zip(left, right, strict=True))


@pytest.mark.parametrize("start", [1e-8, 1.0, 1e8])
def test_the_volatility_of_a_long_history_is_numpys(start: float) -> None:
    """100,000 prices: the standard deviation of the log returns as numpy has it, to 1e-12."""
    series = list(walk(3, 100_000, start, 0.05))
    logarithms = np.log(np.array(series[1:]) / np.array(series[:-1]))
    assert realized_volatility(series, 1.0) == pytest.approx(float(np.std(logarithms, ddof=1)), rel=1e-12)


prices = st.floats(min_value=1e-6, max_value=1e6)
pairs = st.lists(st.tuples(prices, prices), min_size=3, max_size=40)


@given(pairs, st.floats(min_value=1e-3, max_value=1e3), st.floats(min_value=1e-3, max_value=1e3))
def test_units_of_the_prices_do_not_matter(
    rows: list[tuple[float, float]], left: float, right: float
) -> None:
    """Prices in cents or in another currency have the same beta, correlation and volatility."""
    asset, hedge = [a for a, _ in rows], [h for _, h in rows]
    assume(min(map(spread, (asset, hedge))) > 1e-6)
    scaled, scaled_hedge = [a * left for a in asset], [h * right for h in hedge]
    # The digits that scaling costs count against the smaller spread of returns.
    slack = 1e-6 * spread(asset) / spread(hedge)
    assert hedge_beta(scaled, scaled_hedge) == pytest.approx(hedge_beta(asset, hedge), rel=1e-6, abs=slack)
    assert realized_volatility(scaled) == pytest.approx(realized_volatility(asset), rel=1e-6, abs=1e-9)


def spread(prices_: Series) -> float:
    """Standard deviation of the returns."""
    return float(np.std(returns(prices_)))


@given(pairs)
def test_beta_has_the_best_effectiveness(rows: list[tuple[float, float]]) -> None:
    """No ratio hedges better than the beta; a correlation is at most 1; a perfect hedge leaves nothing."""
    asset, hedge = [a for a, _ in rows], [h for _, h in rows]
    assume(min(map(spread, (asset, hedge))) > 1e-6)
    best, beta = hedge_effectiveness(asset, hedge), hedge_beta(asset, hedge)
    assert 0 <= best <= 1
    assert -1 <= hedge_correlation(asset, hedge) <= 1
    assert hedge_effectiveness(asset, hedge, beta) == pytest.approx(best, rel=1e-6, abs=1e-9)
    for ratio in (beta * 0.9, beta * 1.1, beta - 1, beta + 1):
        assert hedge_effectiveness(asset, hedge, ratio) <= best + 1e-9
    assert hedge_beta(hedge, hedge) == 1
    assert hedge_correlation(hedge, hedge) == pytest.approx(1, rel=1e-12)


@given(
    st.lists(
        st.tuples(st.floats(min_value=-1e6, max_value=1e6), st.floats(min_value=-3, max_value=3)),
        min_size=1,
        max_size=20,
    ),
    st.floats(min_value=0, max_value=2),
)
def test_portfolio_hedge_is_the_sum_of_single_hedges(rows: list[tuple[float, float]], ratio: float) -> None:
    """One short for the portfolio is the sum of the shorts for its holdings, exactly rounded."""
    exact = Fraction(ratio) * sum(Fraction(exposure) * Fraction(beta) for exposure, beta in rows)
    scale = sum(abs(exposure * beta) for exposure, beta in rows)
    answer = beta_notional([e for e, _ in rows], [b for _, b in rows], ratio)
    assert answer == pytest.approx(float(exact), rel=1e-12, abs=1e-12 * scale)


volatilities = st.floats(min_value=0.01, max_value=3)
ratios = st.floats(min_value=0, max_value=3)


@given(volatilities, volatilities, st.floats(min_value=-1, max_value=1), ratios)
def test_hedged_volatility_is_its_formula(v: float, h: float, rho: float, ratio: float) -> None:
    """The square root of v^2 + r^2 h^2 - 2 r rho v h, and never below what a perfect hedge leaves."""
    square = v * v + (ratio * h) ** 2 - 2 * ratio * rho * v * h
    hedged = hedged_volatility(v, h, rho, ratio)
    assert hedged**2 == pytest.approx(square, rel=1e-9, abs=1e-12)
    assert abs(v - ratio * h) - 1e-12 <= hedged <= v + ratio * h + 1e-12


@given(st.floats(min_value=0.5, max_value=0.9999), volatilities, st.floats(min_value=0, max_value=1000))
def test_value_at_risk_is_the_normal_quantile(confidence: float, volatility: float, days: float) -> None:
    """The quantile by scipy, times the deviation over those days; it grows with the exposure in step."""
    deviation = volatility * math.sqrt(days / 365)
    wanted = 6_000 * deviation * stats.norm.ppf(confidence)
    assert value_at_risk(6_000.0, volatility, days, confidence) == pytest.approx(
        float(wanted), rel=1e-9, abs=1e-12
    )
    assert value_at_risk(12_000.0, volatility, days, confidence) == pytest.approx(2 * float(wanted), rel=1e-9)


@given(ratios, volatilities, volatilities, st.floats(min_value=0, max_value=3))
def test_scaled_ratio_grows_with_volatility_up_to_the_cap(
    ratio: float, volatility: float, reference: float, cap: float
) -> None:
    """At the reference volatility the ratio is unchanged; more of it never means less hedge."""
    assert vol_scaled_ratio(ratio, reference, reference, 10.0) == pytest.approx(ratio, rel=1e-12, abs=1e-300)
    assert vol_scaled_ratio(ratio, volatility, reference, cap) <= cap
    assert vol_scaled_ratio(ratio, 2 * volatility, reference, cap) >= vol_scaled_ratio(
        ratio, volatility, reference, cap
    )


def test_a_long_column_of_whole_numbers_is_read_as_numbers() -> None:
    """Hosts hand over whole prices as integers."""
    whole = REGISTRY["HEDGE_BETA"].call([[10], [11], [10], [12]], [100, 105, 101, 107])
    assert whole == hedge_beta([10.0, 11.0, 10.0, 12.0], [100.0, 105.0, 101.0, 107.0])
