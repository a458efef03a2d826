"""Functions: a checked call against a bare one, a column against a comprehension, histories against numpy."""

import math
import operator
import random
import time
import timeit
from collections.abc import Callable
from typing import Any

import numpy as np

from udfs import REGISTRY

ROWS = 100_000


def seconds(work: Callable[[], Any]) -> float:
    """The best processor time of one run: neighbours on the machine do not count."""
    timer = timeit.Timer(work, timer=time.process_time)
    number, _ = timer.autorange()
    return min(timer.repeat(3, number)) / number


def row(title: str, ours: Callable[[], Any], bare: Callable[[], Any], goal: float) -> None:
    """Print one comparison."""
    times = seconds(ours), seconds(bare)
    shown = "".join(f"{time * 1e6:>14,.2f}" for time in times)
    print(f"{title:<46}{shown}{operator.truediv(*times):>8.1f}{goal:>7.0f}")


def calls() -> None:
    """The checked call of one cell, its numbers floats or integers, against the bare Python call."""
    for name, cells in {
        "HEDGE_MARGIN": (2_400.0, 5.0),
        "HEDGED_PNL": (6_000.0, 2_400.0, -0.1, -0.1, 0.0),
        "LIQUIDATION_PRICE": (30_000.0, 5.0, 0.005, "short", "linear", "mark", 0.0),
        "HEDGE_CONTRACTS": (7_500.0, 30_000.0, 100.0, 1.0, "nearest", "inverse"),
    }.items():
        call, function = REGISTRY[name].call, REGISTRY[name].function
        whole = [int(cell) if isinstance(cell, float) and cell.is_integer() else cell for cell in cells]
        row(f"{name}, a call", lambda: call(*cells), lambda: function(*cells), 6)  # noqa: B023 - called at once
        row(f"{name}, integers", lambda: call(*whole), lambda: function(*cells), 6)  # noqa: B023 - the same


def columns() -> None:
    """A column through an elementwise function against a comprehension of the same arithmetic."""
    chance = random.Random(1)  # noqa: S311 - amounts, not secrets
    flat = [chance.uniform(1, 1e5) for _ in range(ROWS)]
    nested = [[amount] for amount in flat]
    notional, margin, pnl = (REGISTRY[name].call for name in ("HEDGE_NOTIONAL", "HEDGE_MARGIN", "HEDGED_PNL"))
    row("HEDGE_NOTIONAL, a list", lambda: notional(flat, 0.5), lambda: [x * 0.5 for x in flat], 3)
    row("HEDGE_NOTIONAL, a column", lambda: notional(nested, 0.5), lambda: [[r[0] * 0.5] for r in nested], 3)
    row("HEDGE_MARGIN, a list", lambda: margin(flat, 5.0), lambda: [abs(x) / 5.0 for x in flat], 3)
    row("HEDGE_MARGIN, a column", lambda: margin(nested, 5.0), lambda: [[abs(r[0]) / 5.0] for r in nested], 3)
    row(
        "HEDGED_PNL, a column",
        lambda: pnl(nested, 2_400.0, -0.1),
        lambda: [[r[0] * -0.1 + 2_400.0 * 0.1 - 0.0] for r in nested],
        3,
    )
    at_risk, days, quantile = REGISTRY["VALUE_AT_RISK"].call, 1.0, 1.6448536269514722
    row(
        "VALUE_AT_RISK, a list",
        lambda: at_risk(flat, 0.6),
        lambda: [abs(x) * 0.6 * math.sqrt(days / 365.0) * quantile for x in flat],
        3,
    )


def histories() -> None:
    """Functions of a price history against numpy on the same lists, numpy's conversion included.

    Ours take both shapes alike. numpy reads a flat list at once but a column, a list of rows of one
    cell, row by row: hence the smaller ratio of a column.
    """
    chance = random.Random(2)  # noqa: S311 - prices, not secrets
    asset = [chance.uniform(90, 110) for _ in range(ROWS)]
    hedge = [price * chance.uniform(0.95, 1.05) for price in asset]
    columns = [[price] for price in asset], [[price] for price in hedge]
    beta, correlation, effectiveness, volatility = (
        REGISTRY[name].call
        for name in ("HEDGE_BETA", "HEDGE_CORRELATION", "HEDGE_EFFECTIVENESS", "REALIZED_VOLATILITY")
    )

    def array(prices: list[Any]) -> Any:
        return np.array(prices, dtype=float).ravel()

    def returns(prices: list[Any]) -> Any:
        converted = array(prices)
        return converted[1:] / converted[:-1] - 1

    def numpy_beta(left: list[Any], right: list[Any]) -> float:
        covariance = np.cov(returns(left), returns(right))
        return float(covariance[0, 1] / covariance[1, 1])

    def numpy_correlation() -> float:
        return float(np.corrcoef(returns(asset), returns(hedge))[0, 1])

    def numpy_effectiveness() -> float:
        unhedged, hedging = returns(asset), returns(hedge)
        return float(1 - np.var(unhedged - hedging) / np.var(unhedged))

    def numpy_volatility() -> float:
        return float(np.std(np.diff(np.log(array(asset))), ddof=1) * 365**0.5)

    row("HEDGE_BETA, columns", lambda: beta(*columns), lambda: numpy_beta(*columns), 3)
    row("HEDGE_BETA, lists", lambda: beta(asset, hedge), lambda: numpy_beta(asset, hedge), 3)
    row("HEDGE_CORRELATION, lists", lambda: correlation(asset, hedge), numpy_correlation, 3)
    row("HEDGE_EFFECTIVENESS, lists", lambda: effectiveness(asset, hedge, 1.0), numpy_effectiveness, 3)
    row("REALIZED_VOLATILITY, a list", lambda: volatility(asset), numpy_volatility, 3)


def tables() -> None:
    """Tables of 2,000 rows by 5 assets against numpy's least squares on the same data."""
    chance = np.random.default_rng(3)
    market = chance.normal(0, 0.03, (2_000, 1))
    assets, hedges = (
        100 * np.cumprod(1 + market + chance.normal(0, 0.02, (2_000, 5)), axis=0) for _ in range(2)
    )
    returns = hedges[1:] / hedges[:-1] - 1
    design, wanted = (
        np.column_stack([returns, np.ones(len(returns))]),
        (assets[1:] / assets[:-1] - 1).sum(axis=1),
    )

    def least_squares() -> Any:
        return np.linalg.lstsq(design, wanted, rcond=None)

    weights, backtest = REGISTRY["HEDGE_WEIGHTS"].call, REGISTRY["HEDGE_BACKTEST"].call
    cells = ([[1.0]] * 5, assets.tolist(), hedges.tolist())
    row("HEDGE_WEIGHTS, 2,000 x 5", lambda: weights(*cells), least_squares, 50)
    row("HEDGE_WEIGHTS, shrink", lambda: weights(*cells, "shrink"), least_squares, 50)
    asset, hedge, rates = assets[:, :1].tolist(), hedges[:, :1].tolist(), [[0.0001]] * 2_000
    row("HEDGE_BACKTEST, fixed ratio", lambda: backtest(asset, hedge, rates), least_squares, 50)
    terms = (1, 60, None, 0.05, 0.0005, 2, 5)
    row("HEDGE_BACKTEST, window of 60", lambda: backtest(asset, hedge, rates, *terms), least_squares, 50)


def main() -> None:
    """Print a row a comparison."""
    print(
        f"{'Functions, µs; 100,000 rows where not a call':<46}{'ours':>14}{'bare':>14}{'times':>8}{'goal':>7}"
    )
    calls()
    columns()
    histories()
    tables()
