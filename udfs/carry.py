"""Carry: funding of perpetuals, basis of dated futures, the cost of rolling."""

import math
from collections.abc import Sequence
from typing import Annotated, Final

from udfs.conventions import (
    DAYS_PER_YEAR,
    DIVISOR,
    HOURS_PER_DAY,
    HULL,
    Arg,
    DateTime,
    Days,
    FeeRate,
    IntervalHours,
    Notional,
    Periods,
    Price,
    Prices,
    Quantity,
    Rate,
)
from udfs.dates import date_text
from udfs.decimals import EXACT, decimal
from udfs.errors import NotAvailable, OutsideDomain
from udfs.registry import udf

EIGHT_HOURS: Final = 8.0  # the commonest interval; 4 h and 1 h exist, so it is always an argument
MILLISECONDS_PER_HOUR: Final = 3_600_000
FUNDING_SOURCE: Final = "Binance, Introduction to Funding Rates: longs pay shorts when the rate is positive"
BASIS_SOURCE: Final = f"{HULL}, 3.3: basis; here futures - spot, as crypto venues quote it"

AnchorHour = Annotated[
    float, Arg("hours", "Hour of the UTC day at which one settlement falls.", at_least=0, below=24)
]
Tolerance = Annotated[
    float, Arg("decimal", "Relative basis up to which the market is flat: 0.001 is 0.1 %.", at_least=0)
]
BasisDays = Annotated[float, Arg("days", "Days to expiry: given, the rate is annualised.", above=0)]
Rates = Annotated[Sequence[float], Arg("decimal", "Funding rates, one a settlement; blanks are skipped.")]


@udf(
    "Funding, basis, roll",
    unit="quote",
    example=((7_500, 0.0001, 21), -15.75),
    source=FUNDING_SOURCE,
    native="-notional*rate*periods",
)
def funding_cost(notional: Notional, rate: Rate, periods: Periods = 1.0) -> float:
    """Funding that a hedge pays (positive) or receives (negative): -notional x rate x periods.

    A short hedge receives a positive rate and pays a negative one.
    """
    return -notional * rate * periods


@udf(
    "Funding, basis, roll",
    unit="count",
    example=((7, 4), 42),
    source="days x 24 / interval",
    native="days*24/interval_hours",
)
def funding_periods(days: Days, interval_hours: IntervalHours = EIGHT_HOURS) -> float:
    """Expected number of funding settlements over a number of days."""
    return days * HOURS_PER_DAY / interval_hours


@udf(
    "Funding, basis, roll",
    unit="count",
    example=((46_023, 46_024), 3),
    source="Binance, Introduction to Funding Rates: only a position open at the settlement pays",
    native=(
        ("each", "ROUND(interval_hours*3600000,0)"),
        ("before", "INT((ROUND(start*24*3600000,0)-ROUND(anchor_hour*3600000,0))/each)"),
        ("after", "INT((ROUND(finish*24*3600000,0)-ROUND(anchor_hour*3600000,0))/each)"),
        "IF(OR(finish<start,each=0),#NUM!,after-before)",
    ),
)
def funding_settlements(
    start: DateTime,
    finish: DateTime,
    interval_hours: IntervalHours = EIGHT_HOURS,
    anchor_hour: AnchorHour = 0.0,
) -> float:
    """Settlements that really fall after start and up to finish, both Excel date-times in UTC.

    A position opened exactly at a settlement does not pay it; one closed at it does. Moments are
    taken to the millisecond, finer than a serial number keeps. A finish before the start is refused;
    it is not called end, as End is a word of VBA, whose names of the arguments Excel's wizard shows.
    """
    if finish < start:
        raise OutsideDomain(f"finish: must not be before start, got {date_text(finish)}", "finish", finish)
    interval, anchor = _milliseconds(interval_hours), _milliseconds(anchor_hour)
    if interval == 0:
        raise OutsideDomain(
            f"interval_hours: must be at least a millisecond, got {interval_hours:.15g}",
            "interval_hours",
            interval_hours,
        )
    return float(
        (_milliseconds(finish * HOURS_PER_DAY) - anchor) // interval
        - (_milliseconds(start * HOURS_PER_DAY) - anchor) // interval
    )


@udf(
    "Funding, basis, roll",
    unit="decimal",
    example=((0.0001,), 0.1095),
    source="rate x 24 / interval x 365, simple",
    native="rate*(24/interval_hours)*365",
)
def funding_rate_annual(rate: Rate, interval_hours: IntervalHours = EIGHT_HOURS) -> float:
    """Funding rate of one interval as a simple rate a year of 365 days."""
    return rate * (HOURS_PER_DAY / interval_hours) * DAYS_PER_YEAR


@udf(
    "Funding, basis, roll",
    unit="quote",
    example=((0.25, [[0.0001], [-0.00005], [0.0002]], [[30_000], [30_400], [29_800]]), -1.86),
    source=FUNDING_SOURCE,
    native='IF(SUMPRODUCT((rates<>"")*(marks<>""))=0,NA(),-quantity*SUMPRODUCT(rates,marks))',
)
def funding_total(quantity: Quantity, rates: Rates, marks: Prices) -> float:
    """Funding paid (positive) or received over a real history: -quantity x sum of mark x rate.

    Rates and mark prices lie side by side, one pair a settlement. Their products are added without
    rounding. #N/A for an empty history: no settlement known is not no funding.
    """
    if not rates:
        raise NotAvailable("rates: there are none", "rates")
    return -quantity * math.fsum(mark * rate for mark, rate in zip(marks, rates, strict=True))


@udf(
    "Funding, basis, roll",
    unit="quote per base",
    example=((30_450, 30_000), 450),
    source=BASIS_SOURCE,
    native="futures_price-spot_price",
)
def basis(futures_price: Price, spot_price: Price) -> float:
    """Basis of a future: futures price less spot price; positive in contango."""
    return futures_price - spot_price


@udf(
    "Funding, basis, roll",
    unit="decimal",
    example=((30_450, 30_000), 0.015),
    source=BASIS_SOURCE,
    native='(futures_price-spot_price)/spot_price*IF(days="",1,365/days)',
)
def basis_rate(
    futures_price: Price, spot_price: Annotated[Price, DIVISOR], days: BasisDays | None = None
) -> float:
    """Basis relative to spot, annualised (simple, 365 days) when days are given."""
    relative = (futures_price - spot_price) / spot_price
    return relative if days is None else relative * DAYS_PER_YEAR / days


@udf(
    "Funding, basis, roll",
    unit="text",
    example=((30_450, 30_000), "contango"),
    source=BASIS_SOURCE,
    native=(
        'IF(ROUND(ABS(futures_price-spot_price)/spot_price-tolerance,12)<=0,"flat",IF('
        'futures_price>spot_price,"contango","backwardation"))'
    ),
)
def basis_state(
    futures_price: Price, spot_price: Annotated[Price, DIVISOR], tolerance: Tolerance = 0.0
) -> str:
    """The market in a word: "contango", "backwardation" or "flat" within the tolerance."""
    spot = decimal(spot_price)  # in decimal: 1000.1 is within 0.01 % of 1000
    away = EXACT.subtract(decimal(futures_price), spot)
    if abs(away) <= EXACT.multiply(decimal(tolerance), spot):
        return "flat"
    return "contango" if away > 0 else "backwardation"


@udf(
    "Funding, basis, roll",
    unit="quote",
    example=((7_500, 30_450, 30_000), -112.5),
    source=BASIS_SOURCE,
    native="-notional*((futures_price-spot_price)/spot_price)",
)
def basis_cost(notional: Notional, futures_price: Price, spot_price: Annotated[Price, DIVISOR]) -> float:
    """Cost of holding a dated future to expiry: -notional x (futures / spot - 1).

    The futures price converges to spot, so a short hedge earns contango (negative cost) and pays
    backwardation (positive cost).
    """
    return -notional * ((futures_price - spot_price) / spot_price)


@udf(
    "Funding, basis, roll",
    unit="quote",
    example=((0.25, 30_100, 30_450, 0.0005), -79.93125),
    source="close the near leg, open the far leg, a taker fee on each",
    native="-quantity*(far_price-near_price)+fee_rate*ABS(quantity)*(near_price+far_price)",
)
def roll_cost(quantity: Quantity, near_price: Price, far_price: Price, fee_rate: FeeRate = 0.0) -> float:
    """Cost of rolling a hedge: -quantity x (far - near) + fee x |quantity| x (near + far).

    A short hedge buys back the near future and sells the far one: it is paid for a higher far price.
    """
    return -quantity * (far_price - near_price) + fee_rate * abs(quantity) * (near_price + far_price)


def _milliseconds(hours: float) -> int:
    return round(hours * MILLISECONDS_PER_HOUR)
