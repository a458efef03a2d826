"""Returns of a price history, and weights that fade with their age."""

import math
from collections.abc import Sequence
from typing import Annotated

from udfs.conventions import Arg

HalfLife = Annotated[
    float,
    Arg(
        "returns",
        "Returns after which a weight has halved, the newest counting most; blank: all alike.",
        above=0,
    ),
]


def simple_returns(prices: Sequence[float], less: float = 0.0) -> list[float]:
    """The simple returns, less a number; the difference of two near prices, taken first, is exact."""
    pairs = zip(prices, prices[1:], strict=False)  # noqa: RUF007 - a slice is quicker than pairwise
    if less:
        return [(after - before) / before - less for before, after in pairs]
    return [(after - before) / before for before, after in pairs]


def decay(count: int, half_life: float) -> list[float]:
    """Weights of so many returns, oldest first: 0.5^(age / half_life), made to sum to 1."""
    weights = [0.5 ** (age / half_life) for age in range(count - 1, -1, -1)]
    total = math.fsum(weights)
    return [weight / total for weight in weights]


def unbiased(count: int, half_life: float) -> float:
    """1 less the sum of the squared weights, without the loss of digits where one weight is nearly all."""
    power = math.log(0.5) / half_life  # of e, for the factor from one return to the next
    factor = math.exp(power)
    left = math.expm1((count - 1) * power) / math.expm1(count * power)
    return 2.0 * factor / (1.0 + factor) * left


def product(weights: Sequence[float], left: Sequence[float], right: Sequence[float]) -> float:
    """Weighted mean of the products of two series."""
    return math.fsum([w * a * b for w, a, b in zip(weights, left, right, strict=True)])


def centred(weights: Sequence[float], series: Sequence[float]) -> list[float]:
    """A series less its weighted mean."""
    mean = math.fsum([w * x for w, x in zip(weights, series, strict=True)])
    return [x - mean for x in series]
