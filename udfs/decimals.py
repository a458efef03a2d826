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


SAME: Final = Decimal("1e-12")
TWO: Final = Decimal(2)


def decimal(number: float) -> Decimal:
    """The number at the 15 digits that a spreadsheet keeps, so that 0.1 + 0.2 is 0.3."""
    return Decimal(f"{number:.15g}")


def whole(wanted: Decimal, unit: Decimal, step: float, rounding: str) -> float:
    """A whole number of steps, each worth `unit`, that comes to `wanted`; "down" is towards zero."""
    return float(EXACT.multiply(units_in(wanted, unit, rounding), decimal(step)))


def units_in(wanted: Decimal, unit: Decimal, rounding: str) -> Decimal:
    """How many whole units come to `wanted`.

    Within 1e-12, relative, of whole or half units it is those: what is wanted is often a product, whose
    last digits were cut off, and these must not decide.
    """
    halves = EXACT.divide(EXACT.add(wanted, wanted), unit)
    near = halves.to_integral_value(ROUND_HALF_DOWN)
    if EXACT.subtract(halves, near).copy_abs() <= EXACT.multiply(SAME, near.copy_abs()):
        halves = near
    return EXACT.divide(halves, TWO).to_integral_value(ROUNDING_MODES[rounding])


def are_opposed(one: Decimal, other: Decimal) -> bool:
    """Whether one is above 0 and the other below, in any decimal context."""
    return bool(one and other) and one.is_signed() != other.is_signed()
