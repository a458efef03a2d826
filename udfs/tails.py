"""Tails: what is lost in the worst periods, of a normal distribution and of the history itself."""

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Final

from udfs.conventions import DAYS_PER_YEAR, Arg, Days, Exposure, Volatility
from udfs.decimals import EXACT, decimal
from udfs.errors import NotAvailable, OutsideDomain
from udfs.native import unwritten
from udfs.registry import udf
from udfs.risk import Confidence, Exposures, quantile
from udfs.weights import AssetTable, sizes_of

SORTS: Final = unwritten("it sorts the losses of a whole history")

SAWTOOTH: Final = [[100], [90]] * 10 + [[100]]  # of an example: 20 moves, half of them a loss of 10 %

Horizon = Annotated[float, Arg("count", "Periods of a move, whole; the moves overlap.", at_least=1)]


@udf(
    "Risk",
    unit="quote",
    example=((6_000, 0.6, 10, 0.975), 1_393.0411371962027),
    source="McNeil, Frey, Embrechts, Quantitative Risk Management, 2.14",
    native=(
        ("deviations", "NORMSINV(confidence)"),
        (
            "ABS(exposure)*volatility*SQRT(days/365)*EXP(-0.5*deviations*deviations)/SQRT(2*PI())"
            "/(1-confidence)"
        ),
    ),
)
def expected_shortfall(
    exposure: Exposure, volatility: Volatility, days: Days = 1.0, confidence: Confidence = 0.95
) -> float:
    """Mean loss in the periods in which VALUE_AT_RISK is exceeded; a positive number.

    Normal returns with zero mean: |exposure| x volatility x sqrt(days / 365) x n(z) / (1 - confidence),
    z the normal quantile. Crypto returns have fatter tails: real losses are larger than this suggests.
    """
    z = quantile(confidence)
    density = math.exp(-0.5 * z * z) / math.sqrt(math.tau)
    return abs(exposure) * volatility * math.sqrt(days / DAYS_PER_YEAR) * density / (1.0 - confidence)


@udf(
    "Risk",
    unit="quote",
    example=((1_000, SAWTOOTH), 100),
    source="McNeil, Frey, Embrechts, Quantitative Risk Management, 2.8",
    native=SORTS,
)
def historical_value_at_risk(
    exposures: Exposures, prices: AssetTable, periods: Horizon = 1.0, confidence: Confidence = 0.95
) -> float:
    """Loss of today's exposures that past moves exceeded in a share of 1 - confidence; negative is a gain.

    Losses are -sum of exposure x (price later / price - 1) over overlapping moves; a hedge is a negative
    exposure. Sorted down, with m = their number x (1 - confidence), it is the one in place floor(m) + 1.
    #N/A (confidence) where m is below 1: the history holds no such tail.
    """
    losses, tail = _worst(exposures, prices, periods, confidence)
    return losses[int(tail)]


@udf(
    "Risk",
    unit="quote",
    example=((1_000, SAWTOOTH), 100),
    source="Acerbi and Tasche 2002: the mean of the tail, its last loss in part",
    native=SORTS,
)
def historical_shortfall(
    exposures: Exposures, prices: AssetTable, periods: Horizon = 1.0, confidence: Confidence = 0.95
) -> float:
    """Mean loss of today's exposures in the worst share of 1 - confidence of past moves.

    The losses are those of HISTORICAL_VALUE_AT_RISK, with its refusals; the last counts in part where
    the share is no whole number of them.
    """
    losses, tail = _worst(exposures, prices, periods, confidence)
    whole = int(tail)
    part = float(EXACT.subtract(tail, Decimal(whole))) * losses[whole]
    return (math.fsum(losses[:whole]) + part) / float(tail)


def _worst(
    exposures: Sequence[float | None], prices: Sequence[Sequence[float]], periods: float, confidence: float
) -> tuple[list[float], Decimal]:
    """The losses, the worst first, and how many of them make the tail, exact in decimal."""
    if not periods.is_integer():
        raise OutsideDomain(f"periods: must be whole, got {periods:.15g}", "periods", periods)
    sizes, step = sizes_of(exposures, prices, "prices"), int(periods)
    moves = [
        [size * ((later - price) / price) for price, later in zip(column, column[step:], strict=False)]
        for size, column in zip(sizes, prices, strict=True)
    ]
    losses = sorted((-math.fsum(row) for row in zip(*moves, strict=True)), reverse=True)
    tail = EXACT.multiply(Decimal(len(losses)), EXACT.subtract(Decimal(1), decimal(confidence)))
    if tail < 1:
        raise NotAvailable(
            f"confidence: {len(losses)} moves hold no tail of {1 - confidence:.6g}", "confidence", confidence
        )
    return losses, tail
