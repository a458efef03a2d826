"""ROUND and its like over columns: to the double that Excel's rule gives.

A number is first written with fifteen digits, as Excel shows it, and those are rounded. Where the
digits beyond the fifteenth can make no difference, binary arithmetic gives the same and is quick; all
other numbers are worked as decimals.
"""

from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Context, Decimal
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SHOWN: Final = Context(prec=15, rounding=ROUND_HALF_UP)
EXACT: Final = Context(prec=800)
NEAR: Final = 2e-14  # relative: more than the sixteenth digit of a number
CERTAIN: Final = 1e12  # from here on too few digits are left behind the point
MOST: Final = 15  # places


class _Way:
    """One way of rounding: on which side of a boundary a number lies, and what becomes of it."""

    def __init__(self, rounding: str, boundary: float, work: Callable[[Floats], Floats]) -> None:
        self.rounding = rounding
        self.boundary = boundary  # what is left over the whole number where the result jumps
        self.work = work


WAYS: Final = {
    "ROUND": _Way(ROUND_HALF_UP, 0.5, lambda scaled: np.floor(scaled + 0.5)),
    "ROUNDUP": _Way(ROUND_UP, 0.0, np.ceil),
    "ROUNDDOWN": _Way(ROUND_DOWN, 0.0, np.floor),
    "TRUNC": _Way(ROUND_DOWN, 0.0, np.floor),
}


def rounded(numbers: Floats, places: int, function: str) -> Floats:
    """Numbers rounded to so many places; negative ones are places before the point."""
    way = WAYS[function]
    size = np.abs(numbers)
    scale = 10.0 ** abs(places)
    scaled = size * scale if places >= 0 else size / scale
    beyond = scaled - np.floor(scaled)
    far = np.abs(beyond - way.boundary)
    far = np.minimum(far, 1.0 - far) if way.boundary == 0 else far
    whole = way.work(scaled)
    found = np.copysign(whole / scale if places >= 0 else whole * scale, numbers)
    unsure = np.nonzero(~((far > NEAR * scaled) & (scaled < CERTAIN)))[0]
    for at in unsure.tolist():
        found[at] = _by_digits(float(numbers[at]), places, way.rounding)
    return found + 0.0


def _by_digits(number: float, places: int, rounding: str) -> float:
    shown = SHOWN.create_decimal(Decimal(number))
    return float(shown.quantize(Decimal(1).scaleb(-places), rounding=rounding, context=EXACT))
