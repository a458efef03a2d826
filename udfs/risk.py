"""Risk: what a price history says about volatility, about the size of a cross hedge and its worth."""

import math
import operator
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Annotated, Final, NamedTuple

from udfs.conventions import (
    DAYS_PER_YEAR,
    DIVISOR,
    HULL,
    Arg,
    Correlation,
    Days,
    Exposure,
    Prices,
    Ratio,
    Volatility,
)
from udfs.errors import DividesByZero, NotAvailable
from udfs.native import LOG_RETURNS, RETURNS, over
from udfs.registry import udf
from udfs.returns import HalfLife, centred, decay, product, simple_returns, unbiased
from udfs.rows import full_rows

AssetPrices = Annotated[
    Sequence[float],
    Arg("quote per base", "Prices of the holding, oldest first; a blank skips the pair.", above=0),
]
HedgePrices = Annotated[
    Sequence[float],
    Arg(
        "quote per base",
        "Prices of the hedge on the same dates, oldest first; a blank skips the pair.",
        above=0,
    ),
]
PeriodsPerYear = Annotated[
    float, Arg("count", "Prices a year: 365 for daily closes, 8760 for hourly ones.", above=0)
]
HedgeUnits = Annotated[
    float, Arg("ratio", "Hedge notional over exposure; negative if the hedge is long. Default: the beta.")
]
Exposures = Annotated[
    Sequence[float | None], Arg("quote", "Values of the holdings, positive if you own them.")
]
Betas = Annotated[
    Sequence[float | None], Arg("ratio", "Beta of each holding to the hedge, beside its exposure.")
]
Cap = Annotated[float, Arg("ratio", "Highest ratio that may come out.", at_least=0)]
Confidence = Annotated[
    float, Arg("decimal", "Share of periods in which the loss stays below: 0.95.", at_least=0.5, below=1)
]
MINIMUM_VARIANCE: Final = f"{HULL}, 3.4: minimum variance hedge ratio"
NOISE: Final = 2.0**-50  # the rounding of two prices and their quotient: a steady return varies by no more
FEWEST: Final = 3  # two returns: the fewest that have a variance
RUN: Final = 512  # returns worked at a time: so few add up plainly without loss, and stay in the cache


@udf(
    "Risk",
    unit="decimal a year",
    example=(([[100], [110], [99], [103.95]],), 2.0067085100792217),
    source=f"{HULL}, 15.4: estimating volatility from historical data",
    native=over(
        LOG_RETURNS, 'IF(OR(COUNT(prices)<2,half_life<>""),NA(),STDEV(prices)*SQRT(periods_per_year))'
    ),
)
def realized_volatility(
    prices: Prices, periods_per_year: PeriodsPerYear = DAYS_PER_YEAR, half_life: HalfLife | None = None
) -> float:
    """Volatility of a price history: sample standard deviation of its log returns, annualised.

    Needs 3 prices. Prices of one asset at even intervals; a blank is skipped, and the return then
    spans the gap. With a half-life the newest returns count most, as RiskMetrics 1996 weights them
    (its factor of 0.94 is a half-life of 11.2), but about their weighted mean and without bias.
    """
    _enough(prices, "prices")
    if half_life is not None:
        return _fading_volatility(prices, periods_per_year, half_life)
    count = len(prices) - 1
    # To the base 2, as log2 takes half the time of log; their mean is known from the first and the last.
    mean = (math.log2(prices[-1]) - math.log2(prices[0])) / count
    logarithms = (list(map(math.log2, map(operator.truediv, run[1:], run))) for run in _runs(prices))
    spread = math.hypot(*[math.dist(run, [mean] * len(run)) for run in logarithms])
    return math.log(2.0) * spread * math.sqrt(periods_per_year / (count - 1))


@udf(
    "Risk",
    unit="ratio",
    example=(([[10], [11], [9.9], [10.89]], [[100], [105], [99.75], [104.7375]]), 2),
    source=MINIMUM_VARIANCE,
    native=over(RETURNS, 'IF(OR(COUNT(hedge_prices)<2,half_life<>""),NA(),SLOPE(asset_prices,hedge_prices))'),
)
def hedge_beta(
    asset_prices: AssetPrices, hedge_prices: HedgePrices, half_life: HalfLife | None = None
) -> float:
    """Beta of a holding to the hedge: covariance over variance of simple returns.

    The minimum-variance hedge ratio: hedge notional per unit of exposure. Needs 3 pairs of prices.
    Excel's SLOPE of the asset's returns on the hedge's gives the same, without a half-life.
    """
    moments = _moments(asset_prices, hedge_prices, half_life)
    return moments.both / _varying(moments.hedge, "hedge_prices")


@udf(
    "Risk",
    unit="ratio",
    example=(([[10], [11], [9.9], [10.89]], [[100], [105], [99.75], [104.7375]]), 1),
    source="Pearson correlation of simple returns",
    native=over(
        RETURNS, 'IF(OR(COUNT(hedge_prices)<2,half_life<>""),NA(),CORREL(asset_prices,hedge_prices))'
    ),
)
def hedge_correlation(
    asset_prices: AssetPrices, hedge_prices: HedgePrices, half_life: HalfLife | None = None
) -> float:
    """Correlation of the simple returns of a holding and of its hedge, from -1 to 1.

    Needs 3 pairs of prices, and both must move. Excel's CORREL of the returns gives the same, without
    a half-life.
    """
    moments = _moments(asset_prices, hedge_prices, half_life)
    rho = moments.both / math.sqrt(_varying(moments.asset, "asset_prices"))
    rho /= math.sqrt(_varying(moments.hedge, "hedge_prices"))
    return max(-1.0, min(1.0, rho))


@udf(
    "Risk",
    unit="ratio",
    example=(([[10], [11], [9.9], [10.89]], [[100], [105], [99.75], [104.7375]], 1), 0.75),
    source=f"{HULL}, 3.4: hedge effectiveness; Ederington 1979",
    native=over(
        RETURNS,
        'IF(OR(COUNT(hedge_prices)<2,half_life<>""),NA(),IF(ratio="",RSQ(asset_prices,hedge_prices),'
        "ratio*(2*SLOPE(asset_prices,hedge_prices)-ratio)*VAR(hedge_prices)/VAR(asset_prices)))",
    ),
)
def hedge_effectiveness(
    asset_prices: AssetPrices,
    hedge_prices: HedgePrices,
    ratio: HedgeUnits | None = None,
    half_life: HalfLife | None = None,
) -> float:
    """Share of the holding's variance that the hedge takes away: 1 - var(hedged) / var(unhedged).

    At the default ratio, the beta, it is the squared correlation. Negative: the hedge adds risk.
    """
    if ratio is None:
        return hedge_correlation(asset_prices, hedge_prices, half_life) ** 2
    moments = _moments(asset_prices, hedge_prices, half_life)
    hedge = _varying(moments.hedge, "hedge_prices")
    return ratio * (2.0 * moments.both - ratio * hedge) / _varying(moments.asset, "asset_prices")


@udf(
    "Risk",
    unit="quote",
    example=(([[3_000], [2_000]], [[1], [1.25]], 0.4), 2_200),
    source="beta-weighted exposure: ratio x sum of exposure x beta",
    native=(("weighed", "SUMPRODUCT(exposures,betas)"), "ratio*weighed"),
)
def beta_notional(exposures: Exposures, betas: Betas, ratio: Ratio = 1.0) -> float:
    """Notional of one hedge for a whole portfolio: ratio times the sum of exposure times beta.

    An empty row is passed over; an exposure without its beta, or a beta without its exposure, is
    refused, lest a holding go unhedged.
    """
    rows = full_rows({"exposures": exposures, "betas": betas})
    return ratio * math.fsum(exposure * beta for exposure, beta in rows)


@udf(
    "Risk",
    unit="ratio",
    example=((0.5, 0.72, 0.6), 0.6),
    source="volatility scaling of the hedge ratio: min(cap, ratio x volatility / reference)",
    native="MIN(cap,ratio*volatility/reference_volatility)",
)
def vol_scaled_ratio(
    ratio: Ratio,
    volatility: Volatility,
    reference_volatility: Annotated[Volatility, DIVISOR],
    cap: Cap = 1.0,
) -> float:
    """Hedge ratio for today's volatility: the ratio grows with it, up to the cap.

    ratio x volatility / reference. A calmer market than the reference asks for less hedge.
    """
    return min(cap, ratio * volatility / reference_volatility)


@udf(
    "Risk",
    unit="decimal a year",
    example=((0.6, 0.6, 1, 0.4), 0.36),
    source="variance of a difference: v^2 + (r h)^2 - 2 r rho v h",
    native=(
        ("scaled", "ratio*hedge_volatility"),
        "SQRT((volatility-scaled*correlation)^2+scaled^2*(1-correlation)*(1+correlation))",
    ),
)
def hedged_volatility(
    volatility: Volatility, hedge_volatility: Volatility, correlation: Correlation, ratio: Ratio = 1.0
) -> float:
    """Volatility that is left after hedging a share, the ratio, with an imperfect hedge.

    The square root of v^2 + (r h)^2 - 2 r rho v h, with v and h the volatilities of holding and
    hedge, rho their correlation and r the ratio.
    """
    hedge = ratio * hedge_volatility
    # The same sum as two squares: no rounding can make it negative.
    unexplained = hedge * math.sqrt((1.0 - correlation) * (1.0 + correlation))
    return math.hypot(volatility - hedge * correlation, unexplained)


@udf(
    "Risk",
    unit="quote",
    example=((6_000, 0.6, 1, 0.975), 369.32113329246005),
    source="Jorion, Value at Risk: the normal, zero-mean, square-root-of-time form",
    native="ABS(exposure)*volatility*SQRT(days/365)*NORMSINV(confidence)",
)
def value_at_risk(
    exposure: Exposure, volatility: Volatility, days: Days = 1.0, confidence: Confidence = 0.95
) -> float:
    """Loss that is not exceeded over some days with that confidence; a positive number.

    Normal returns with zero mean: |exposure| x volatility x sqrt(days / 365) x normal quantile.
    Crypto returns have fatter tails: real losses beyond it are larger than this suggests.
    """
    return abs(exposure) * volatility * math.sqrt(days / DAYS_PER_YEAR) * quantile(confidence)


@lru_cache(maxsize=16)
def quantile(confidence: float) -> float:
    """The normal quantile."""
    from statistics import NormalDist  # noqa: PLC0415 - it loads slowly, and only tails need it

    return NormalDist().inv_cdf(confidence)


class Moments(NamedTuple):
    """Mean squares of the deviations of two series of returns from their means, and their mean product."""

    asset: float
    both: float
    hedge: float


def _moments(
    asset_prices: Sequence[float], hedge_prices: Sequence[float], half_life: float | None
) -> Moments:
    """The moments in one pass, a run at a time, as 100,000 prices are usual.

    The deviations are from the means of the first run; how far these are from the means of all comes
    off at the end. Few digits go with it: the first run is one of those that are squared.
    """
    _enough(asset_prices, "asset_prices")
    if half_life is not None:
        return _fading_moments(asset_prices, hedge_prices, half_life)
    near_asset, near_hedge = _first_mean(asset_prices), _first_mean(hedge_prices)
    rows: list[tuple[float, ...]] = []
    for asset_run, hedge_run in zip(_runs(asset_prices), _runs(hedge_prices), strict=True):
        asset, hedge = simple_returns(asset_run, near_asset), simple_returns(hedge_run, near_hedge)
        rows.append((sum(asset), sum(hedge), _dot(asset, asset), _dot(asset, hedge), _dot(hedge, hedge)))
    count = len(asset_prices) - 1
    means = [math.fsum(sums) / count for sums in zip(*rows, strict=True)]
    off_asset, off_hedge, asset_square, product, hedge_square = means
    return Moments(
        asset_square - off_asset * off_asset,
        product - off_asset * off_hedge,
        hedge_square - off_hedge * off_hedge,
    )


def _fading_moments(
    asset_prices: Sequence[float], hedge_prices: Sequence[float], half_life: float
) -> Moments:
    weights = decay(len(asset_prices) - 1, half_life)
    asset = centred(weights, simple_returns(asset_prices))
    hedge = centred(weights, simple_returns(hedge_prices))
    return Moments(
        product(weights, asset, asset), product(weights, asset, hedge), product(weights, hedge, hedge)
    )


def _fading_volatility(prices: Sequence[float], periods_per_year: float, half_life: float) -> float:
    count = len(prices) - 1
    weights = decay(count, half_life)
    spread = centred(weights, list(map(math.log, map(operator.truediv, prices[1:], prices))))
    return math.sqrt(product(weights, spread, spread) / unbiased(count, half_life) * periods_per_year)


def _runs(prices: Sequence[float]) -> Iterator[Sequence[float]]:
    """The prices of each run of returns: the last price of one is the first of the next."""
    for start in range(0, len(prices) - 1, RUN):
        yield prices[start : start + RUN + 1]


def _first_mean(prices: Sequence[float]) -> float:
    first = simple_returns(next(_runs(prices)))
    return math.fsum(first) / len(first)


def _dot(left: Sequence[float], right: Sequence[float]) -> float:
    total: float = sum(map(operator.mul, left, right))
    return total


def _varying(mean_square: float, name: str) -> float:
    if mean_square <= NOISE**2:
        raise DividesByZero(f"{name}: returns do not vary", name)
    return mean_square


def _enough(prices: Sequence[float], name: str) -> None:
    if len(prices) < FEWEST:
        raise NotAvailable(f"{name}: at least {FEWEST} prices are needed, got {len(prices)}", name)
