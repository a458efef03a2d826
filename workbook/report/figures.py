"""Numbers as the page shows them: the true minus, three digits in totals, unknown is never a number."""

import math
from typing import Final

UNKNOWN_FIGURE: Final = "?"
NONE: Final = "\u2013"
STEPS: Final = ((" M", 1e6), (" k", 1e3))


def minus(said: str) -> str:
    """A number's text with the true minus."""
    return said.replace("-", "\u2212")


def whole_number(value: float, *, sign: bool = False) -> str:
    """A number without decimals."""
    return minus(f"{value:{'+' if sign else ''},.0f}")


def money(value: float, *, sign: bool = False) -> str:
    """Three digits that say something: 14.2 M, 812 k, 940."""
    for unit, by in STEPS:
        if abs(value) >= by:
            digits = max(0, 2 - int(math.log10(abs(value) / by)))
            return minus(f"{value / by:{'+' if sign else ''}.{digits}f}{unit}")
    return whole_number(value, sign=sign)


def part(value: float, *, sign: bool = False, digits: int = 1) -> str:
    """A number of percent."""
    return minus(f"{value:{'+' if sign else ''}.{digits}f} %")


def points(value: float) -> str:
    """A difference of two percentages."""
    return minus(f"{value:+.1f}")


def price(value: float) -> str:
    """A price at a tick that fits its size."""
    digits = 1 if abs(value) >= 10_000 else 2 if abs(value) >= 10 else 4 if abs(value) >= 0.1 else 8
    return minus(f"{value:,.{digits}f}")


def amount(value: float) -> str:
    """A size, at up to six decimals."""
    return minus(f"{round(abs(value), 6):,.15g}")


def count(number: int, one: str, many: str = "") -> str:
    """A number of things."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
