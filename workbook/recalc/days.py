"""Between which serial numbers a day lies that a formula makes, as far as its text and its operands tell.

Excel counts a 29th of February 1900 that engines do not, and has no day after 9999. A formula that makes
days in between by sound steps, as `EOMONTH(A1,0)-A1`, gives a number that says nothing of that.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from udfs.dates import LAST_DAY
from workbook.cells import Area
from workbook.recalc.comparisons import ComparedSide, Term, is_known, numbers_of
from workbook.recalc.new_values import Now

DATING: Final = frozenset(("DATE", "DATEVALUE", "EDATE", "EOMONTH", "WORKDAY", "WORKDAY.INTL"))  # give a day
FIRST_SOUND: Final = 800.0  # below it, a day may have been counted on from one of early 1900
FIRST_YEAR, LAST_YEAR = 1900.0, 9999.0  # years below are counted from 1900
OF_YEAR, OF_MONTH = 365.25, 30.44  # days, on average
SLACK: Final = 62.0  # days that months and years may be off their average
REST: Final = 400.0  # holidays and weekends, of WORKDAY


class Span(NamedTuple):
    """The least and the largest of a number."""

    low: float
    high: float


Days = Callable[[Sequence[Span]], Span | None]


def is_day(made: Term, areas: Sequence[Area], now: Now) -> bool:
    """Whether a call gives a day that Excel and engines count alike, with what the cells hold."""
    span = _span(made, areas, now)
    return span is not None and span.low >= FIRST_SOUND and span.high <= LAST_DAY


def _span(side: ComparedSide, areas: Sequence[Area], now: Now) -> Span | None:
    if is_known(side):
        numbers = numbers_of(side, areas, now)
        return Span(numbers[0], numbers[0]) if len(numbers) == 1 else None
    if not isinstance(side, Term) or side.sign not in SPANS:
        return None
    if side.sign in ("NOW", "TODAY"):
        return TODAY
    parts = [_span(part, areas, now) for part in side.parts]
    known = [part for part in parts if part is not None]
    return SPANS[side.sign](known) if len(known) == len(parts) else None


def _date(parts: Sequence[Span]) -> Span | None:
    if len(parts) != len(("year", "month", "day")):
        return None
    year, month, day = parts
    if year.low < FIRST_YEAR or year.high > LAST_YEAR:
        return None
    low, high = (
        (y - FIRST_YEAR) * OF_YEAR + (m - 1) * OF_MONTH + d for y, m, d in zip(year, month, day, strict=True)
    )
    return Span(low - SLACK, high + SLACK)


def _month_on(parts: Sequence[Span]) -> Span | None:
    if len(parts) != len(("day", "months")):
        return None
    (low, high), months = parts
    return Span(low + months.low * OF_MONTH - SLACK, high + months.high * OF_MONTH + SLACK)


def _workday(parts: Sequence[Span]) -> Span | None:
    if len(parts) != len(("day", "days")):
        return None
    (low, high), days = parts
    return Span(low + 2 * min(days.low, 0.0) - REST, high + 2 * max(days.high, 0.0) + REST)


def _sum(parts: Sequence[Span]) -> Span:
    return Span(sum(part.low for part in parts), sum(part.high for part in parts))


def _difference(parts: Sequence[Span]) -> Span:
    first, *others = (Span(0.0, 0.0), *parts) if len(parts) == 1 else parts
    return Span(first.low - sum(p.high for p in others), first.high - sum(p.low for p in others))


def _year(parts: Sequence[Span]) -> Span:
    return Span(FIRST_YEAR - 1 + parts[0].low / OF_YEAR, FIRST_YEAR + 1 + parts[0].high / OF_YEAR)


def _larger(parts: Sequence[Span]) -> Span:
    return Span(max(part.low for part in parts), max(part.high for part in parts))


def _smaller(parts: Sequence[Span]) -> Span:
    return Span(min(part.low for part in parts), min(part.high for part in parts))


TODAY: Final = Span(43_831.0, 73_050.0)  # 2020 to 2099
SPANS: Final[dict[str, Days]] = {
    "+": _sum,
    "-": _difference,
    "DATE": _date,
    "DAY": lambda _: Span(0.0, 31.0),
    "EDATE": _month_on,
    "EOMONTH": _month_on,
    "MAX": _larger,
    "MIN": _smaller,
    "MONTH": lambda _: Span(1.0, 12.0),
    "WEEKDAY": lambda _: Span(0.0, 17.0),
    "WORKDAY": _workday,
    "YEAR": _year,
}
