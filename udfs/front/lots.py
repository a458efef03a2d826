"""Whole lots for many rows at once: the quotient of floats, where no digit of it can decide.

`udfs.sizing` counts lots exactly, in decimal. The quotient of floats lies within 1e-13 of that, so that
it has the same whole number wherever it is farther than that from where the rounding turns; the few
other rows are counted one by one.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from udfs.conventions import LINEAR
from udfs.decimals import decimal
from udfs.front.uniform import Mixed, Uniform
from udfs.sizing import hedge_contracts as counted

UNSURE: Final = 1e-11  # of the count: a hundred times what 15 digits and four operations lose
WHOLE: Final = 2.0**53  # up to here floats hold every whole number
PLACES: Final = 22  # powers of ten up to this one are exact
TURNS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "nearest": np.rint,
    "down": np.trunc,
    "up": lambda count: np.copysign(np.ceil(np.abs(count)), count),
}


def contracts_of_columns(
    notional: Any, price: Any, contract_size: Any, lot: Any, rounding: str, kind: str
) -> Uniform:
    """HEDGE_CONTRACTS of columns, to the last digit that of single cells."""
    if isinstance(lot, Uniform):
        raise Mixed
    cells = (notional, price, contract_size)
    wanted, quote, size = (cell.finite() if isinstance(cell, Uniform) else cell for cell in cells)
    counts = wanted / (lot * size * (quote if kind == LINEAR else 1.0))
    if not isinstance(counts, np.ndarray):
        raise Mixed
    step = decimal(lot)
    places = max(0, -int(step.as_tuple().exponent))
    steps = TURNS[rounding](counts) * float(step.scaleb(places))
    halves = 2.0 * counts
    turn = np.rint(halves)
    is_near = np.abs(halves - turn) <= UNSURE * np.maximum(np.abs(halves), 1.0)
    turns_here = np.fmod(turn, 2.0) != 0 if rounding == "nearest" else np.fmod(turn, 2.0) == 0
    is_unsure = (is_near & turns_here) | (np.abs(steps) >= WHOLE) | (np.abs(counts) >= 0.1 / UNSURE)
    if places > PLACES or is_unsure.mean() > 0.5:
        raise Mixed
    found = steps / 10.0**places
    for row in np.flatnonzero(is_unsure):
        one, at, each = (float(cell.values[row]) if isinstance(cell, Uniform) else cell for cell in cells)
        found[row] = counted(one, at, each, lot, rounding, kind)
    return Uniform(found)
