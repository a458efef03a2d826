"""The notionals of several hedges that leave a portfolio the least variance."""

import math
import operator
from collections.abc import Sequence
from itertools import repeat
from typing import Annotated, Final, NamedTuple

from udfs.conventions import HULL, Arg, Ratio, ResultTable
from udfs.errors import DividesByZero, NotAvailable, WrongType
from udfs.linear import Matrix, Vector, least_eigenvalue, within_limit
from udfs.native import unwritten
from udfs.registry import udf
from udfs.returns import HalfLife, centred, decay, simple_returns
from udfs.risk import NOISE, Exposures

OLS: Final = "ols"
EWMA: Final = "ewma"
SHRINK: Final = "shrink"
DEPENDENT: Final = 1e-10  # the least eigenvalue of a correlation matrix whose columns say the same
HEDGE: Final = "Hedge"  # a row's label, before its number

AssetTable = Annotated[
    Sequence[Sequence[float]],
    Arg("quote per base", "Prices, a column per holding, oldest first; a blank skips the row.", above=0),
]
HedgeTable = Annotated[
    Sequence[Sequence[float]],
    Arg(
        "quote per base",
        "Prices, a column per hedge, on the same dates; a blank skips the row.",
        above=0,
        rows=HEDGE,
    ),
]
Method = Annotated[
    str,
    Arg(
        "text",
        "How the covariances are estimated: ols (the sample), ewma (by half_life), shrink (Ledoit, Wolf).",
        choices=(OLS, EWMA, SHRINK),
    ),
]
GrossLimit = Annotated[
    float, Arg("quote", "Most that the hedges' sizes may add up to: margin x leverage.", at_least=0)
]


@udf(
    "Risk",
    unit="as labelled",
    example=(
        (
            [[6_000]],
            [[10], [11], [9.9], [10.89]],
            [[100], [105], [99.75], [104.7375]],
        ),
        [["Hedge 1", 12_000], ["Gross notional", 12_000], ["Variance reduction", 1], ["Shrinkage", 0]],
    ),
    source=f"{HULL}, 3.4, several instruments; Ledoit and Wolf 2004, J. Portfolio Management 30 (covCor)",
    native=unwritten("it solves a system of equations"),
)
def hedge_weights(
    exposures: Exposures,
    asset_prices: AssetTable,
    hedge_prices: HedgeTable,
    method: Method = OLS,
    half_life: HalfLife | None = None,
    ratio: Ratio = 1.0,
    gross_limit: GrossLimit | None = None,
) -> ResultTable:
    """Notionals of several hedges that leave a portfolio the least variance, a label and a value per row.

    With p the portfolio's return, sum of exposure x return over the sum of |exposure|, and r the hedges'
    simple returns, w minimises Var(ratio p - sum of w r); a notional is w times the sum of |exposure|,
    positive if short. A gross limit is no proportional cut: it drops the hedge that is worth least. One
    hedge without it is ratio x HEDGE_BETA x exposure.

    "ewma" weights the newest returns most, by half_life; "shrink" pulls the correlations to their mean,
    as far as the sample is noisy (one hedge is never shrunk). The variance reduction is always measured
    in the returns as they were, not in the shrunk ones. Round each notional with HEDGE_CONTRACTS.
    """
    if (half_life is not None) != (method == EWMA):
        refused = (
            f'does not count by "{method}"' if half_life is not None else f'is blank, and "{EWMA}" needs it'
        )
        raise WrongType(f"half_life: {refused}", "half_life", half_life)
    sizes = sizes_of(exposures, asset_prices, "asset_prices")
    if not any(sizes):
        raise DividesByZero("exposures: there is nothing to hedge", "exposures")
    count = len(asset_prices[0]) - 1
    if count < len(hedge_prices) + 1:
        raise NotAvailable(
            f"asset_prices: at least {len(hedge_prices) + 2} full rows are needed, got {count + 1}",
            "asset_prices",
        )
    weights = None if half_life is None else decay(count, half_life)
    gross = math.fsum(map(abs, sizes))
    portfolio = _portfolio([size / gross for size in sizes], asset_prices)
    series = [_centred(weights, returns) for returns in (portfolio, *map(simple_returns, hedge_prices))]
    sample = _covariances(weights, series)
    _regular(sample)
    shrunk = _shrunk(sample, series) if method == SHRINK else Shrunk(sample, 0.0)
    inner = [row[1:] for row in shrunk.matrix[1:]]
    wanted = [ratio * row[0] for row in shrunk.matrix[1:]]
    limit = math.inf if gross_limit is None else gross_limit / gross
    found = within_limit(inner, wanted, limit) if limit > 0 else [0.0] * len(inner)
    left = [1.0, *(-weight for weight in found)]
    hedged = math.fsum(left[i] * left[k] * sample[i][k] for i in range(len(left)) for k in range(len(left)))
    table: ResultTable = [[f"{HEDGE} {number}", weight * gross] for number, weight in enumerate(found, 1)]
    return [
        *table,
        ["Gross notional", math.fsum(map(abs, found)) * gross],
        ["Variance reduction", 1.0 - hedged / sample[0][0]],
        ["Shrinkage", shrunk.intensity],
    ]


class Shrunk(NamedTuple):
    """A covariance matrix, and how far it was pulled to its target."""

    matrix: Matrix
    intensity: float


def sizes_of(exposures: Sequence[float | None], prices: Sequence[Sequence[float]], name: str) -> Vector:
    """The exposures, one per column of a table of prices."""
    if len(exposures) != len(prices):
        raise NotAvailable(
            f"{name}: a column per exposure is needed: {len(prices)} for {len(exposures)}", name
        )
    sizes = [size for size in exposures if size is not None]
    if len(sizes) < len(exposures):
        raise WrongType("exposures: one is blank", "exposures")
    return sizes


def _portfolio(shares: Sequence[float], asset_prices: Sequence[Sequence[float]]) -> Vector:
    total = [0.0] * (len(asset_prices[0]) - 1)
    for share, prices in zip(shares, asset_prices, strict=True):
        total = list(map(operator.add, total, map(operator.mul, simple_returns(prices), repeat(share))))
    return total


def _centred(weights: Sequence[float] | None, series: Sequence[float]) -> Vector:
    """A series less its mean; without weights all count alike."""
    if weights is not None:
        return centred(weights, series)
    mean = math.fsum(series) / len(series)
    return [value - mean for value in series]


def _covariances(weights: Sequence[float] | None, series: Sequence[Sequence[float]]) -> Matrix:
    """Mean products of centred series; sums of a few thousand lose no digit that matters."""
    size, count = len(series), len(series[0])
    matrix = [[0.0] * size for _ in range(size)]
    for i, own in enumerate(series):
        weighted = own if weights is None else list(map(operator.mul, weights, own))
        for k in range(i + 1):
            total: float = sum(map(operator.mul, weighted, series[k]))
            matrix[i][k] = matrix[k][i] = total / count if weights is None else total
    return matrix


def _regular(sample: Matrix) -> None:
    """Refuse a portfolio or hedge that does not move, and hedges of which one is a mix of others."""
    if sample[0][0] <= NOISE**2:
        raise DividesByZero("asset_prices: the portfolio's returns do not vary", "asset_prices")
    spreads = [math.sqrt(sample[i][i]) for i in range(1, len(sample))]
    if min(spreads) <= NOISE:
        raise DividesByZero("hedge_prices: the returns of a hedge do not vary", "hedge_prices")
    correlations = [
        [sample[i + 1][k + 1] / (one * other) for k, other in enumerate(spreads)]
        for i, one in enumerate(spreads)
    ]
    if least_eigenvalue(correlations) <= DEPENDENT:
        raise DividesByZero("hedge_prices: one hedge is a combination of the others", "hedge_prices")


def _shrunk(sample: Matrix, series: Sequence[Sequence[float]]) -> Shrunk:
    """Ledoit and Wolf's shrinkage toward constant correlation, its intensity estimated."""
    size, count = len(sample), len(series[0])
    spreads = [math.sqrt(sample[i][i]) for i in range(size)]
    pairs = [(i, k) for i in range(size) for k in range(size) if i != k]
    mean = math.fsum(sample[i][k] / (spreads[i] * spreads[k]) for i, k in pairs) / len(pairs)
    target = [
        [sample[i][i] if i == k else mean * spreads[i] * spreads[k] for k in range(size)] for i in range(size)
    ]
    gap = math.fsum((sample[i][k] - target[i][k]) ** 2 for i, k in pairs)
    if gap <= NOISE**2 * sample[0][0] ** 2:
        return Shrunk(sample, 0.0)
    squares = [list(map(operator.mul, own, own)) for own in series]
    cubes = [list(map(operator.mul, square, own)) for square, own in zip(squares, series, strict=True)]

    def noise(i: int, k: int) -> float:
        return float(sum(map(operator.mul, squares[i], squares[k]))) / count - sample[i][k] ** 2

    def shared(i: int, k: int) -> float:
        return float(sum(map(operator.mul, cubes[i], series[k]))) / count - sample[i][i] * sample[i][k]

    own = math.fsum(noise(i, i) for i in range(size))
    total = own + 2.0 * math.fsum(noise(i, k) for i, k in pairs if i < k)
    matched = own + mean * math.fsum(spreads[k] / spreads[i] * shared(i, k) for i, k in pairs)
    intensity = max(0.0, min(1.0, (total - matched) / gap / count))
    matrix = [
        [intensity * target[i][k] + (1.0 - intensity) * sample[i][k] for k in range(size)]
        for i in range(size)
    ]
    return Shrunk(matrix, intensity)
