"""Exact arithmetic on what a cell shows: lots and ticks are decimal, a float is not."""

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_DOWN, ROUND_UP, Context, Decimal
from typing import Final

ROUNDING_MODES: Final = {
    "nearest": ROUND_HALF_DOWN,
    "down": ROUND_DOWN,
    "up": ROUND_UP,
    "floor": ROUND_FLOOR,
    "ceiling": ROUND_CEILING,
}
EXACT: Final = Context(prec=120)  # a product of three 15-digit numbers and any quotient of it fit


def decimal(number: float) -> Decimal:
    """The number at the 15 digits that a spreadsheet keeps, so that 0.1 + 0.2 is 0.3."""
    return Decimal(f"{number:.15g}")


def whole(wanted: Decimal, unit: Decimal, step: float, rounding: str) -> float:
    """A whole number of steps, each worth `unit`, that comes to `wanted`; "down" is towards zero."""
    steps = EXACT.divide(wanted, unit).to_integral_value(ROUNDING_MODES[rounding])
    return float(EXACT.multiply(steps, decimal(step)))
