"""Carry over a real history: funding that a position paid, the rate to come, perpetual against future."""

import math
import operator
from collections.abc import Sequence
from typing import Annotated, Final

from udfs.carry import EIGHT_HOURS, FUNDING_SOURCE, Rates
from udfs.conventions import (
    BPS_PER_UNIT,
    DAYS_PER_YEAR,
    DIVISOR,
    HOURS_PER_DAY,
    Arg,
    Bps,
    DateTime,
    FeeRate,
    IntervalHours,
    Notional,
    Price,
    Quantity,
    ResultTable,
)
from udfs.dates import date_text
from udfs.decimals import decimal, units_in
from udfs.errors import NotAvailable, OutsideDomain, WrongType
from udfs.native import unwritten
from udfs.registry import udf

CARRY: Final = "Funding, basis, roll"
MILLISECONDS_PER_DAY: Final = 86_400_000
FEWEST_RATES: Final = 3
SCALED: Final = "scaled"
PLAIN: Final = "plain"
NOISE: Final = 1e-15

Times = Annotated[
    Sequence[float | None],
    Arg("date", "Moments of the settlements in UTC, oldest first.", at_least=0, below=2_958_466),
]
RatesAtTimes = Annotated[Sequence[float | None], Arg("decimal", "Funding rate of each settlement.")]
MarksAtTimes = Annotated[
    Sequence[float | None], Arg("quote per base", "Mark price at each settlement.", above=0)
]
Premiums = Annotated[
    Sequence[float],
    Arg("decimal", "Average premium index, or its samples so far, oldest first, which weigh 1, 2, 3, ..."),
]
InterestRate = Annotated[float, Arg("decimal", "Interest rate of 8 hours: 0.0001 is 0.01 %.")]
Rule = Annotated[
    str,
    Arg(
        "text",
        "scaled: the rate of 8 hours in proportion (Binance since 2025-09-18); plain: Bybit, Binance before.",
        choices=(SCALED, PLAIN),
    ),
]
HighestRate = Annotated[float, Arg("decimal", "Highest rate that the venue allows.")]
LowestRate = Annotated[
    float, Arg("decimal", "Lowest rate that the venue allows; left out, the cap the other way.")
]
Dampener = Annotated[
    float, Arg("decimal", "How far interest may pull the premium: 0.0005 is 0.05 %.", at_least=0)
]
HoldingDays = Annotated[float, Arg("days", "Days that the hedge is held.", above=0)]
ExpiryDays = Annotated[float, Arg("days", "Days to the future's expiry.", above=0)]


@udf(
    CARRY,
    unit="quote",
    example=(
        (
            *(46_023, None, 0.25, [[46_023], [46_023.5], [46_024]]),
            *([[0.0003], [0.0001], [-0.00005]], [[30_000], [30_400], [29_800]]),
        ),
        -0.3875,
    ),
    source=FUNDING_SOURCE,
    native=unwritten("it looks for the settlements of one position in a history"),
)
def funding_accrued(
    opened: DateTime,
    closed: DateTime | None,
    quantity: Quantity,
    times: Times,
    rates: RatesAtTimes,
    marks: MarksAtTimes,
) -> float:
    """Funding that a position has paid (positive) or received: -quantity x sum of mark x rate.

    Over the settlements after it was opened, up to when it was closed; a blank closing takes those up to
    the last known. Moments count to the millisecond. The history must cover the position: with the
    longest gap between its settlements before the first and after the last there may be one missing,
    and the answer is #N/A. A rate or mark that is blank within the position is refused.
    """
    rows = [row for row in zip(times, rates, marks, strict=True) if row != (None, None, None)]
    moments = _moments([time for time, _, _ in rows])
    begin = _milliseconds(opened)
    end = moments[-1] if closed is None else _milliseconds(closed)
    if end < begin and closed is not None:
        raise OutsideDomain(f"closed: must not be before opened, got {date_text(closed)}", "closed", closed)
    longest = max(map(operator.sub, moments[1:], moments))
    if begin < moments[0] - longest:
        raise NotAvailable("opened: the history begins later", "opened", opened)
    if closed is not None and end >= moments[-1] + longest:
        raise NotAvailable("closed: the history ends earlier", "closed", closed)
    paid: list[float] = []
    for moment, (_, rate, mark) in zip(moments, rows, strict=True):
        if not begin < moment <= end:
            continue
        if rate is None or mark is None:
            name = "rates" if rate is None else "marks"
            raise WrongType(f"{name}: one is blank while the position was open", name)
        paid.append(mark * rate)
    return -quantity * math.fsum(paid)


@udf(
    CARRY,
    unit="decimal",
    example=((0.001, 0.0001, 4), 0.00025),
    source="Binance, announcement of 2025-09-16; Bybit help center, Introduction to Funding Rate",
    native=unwritten("the samples weigh as they are placed"),
)
def funding_rate_predicted(
    premiums: Premiums,
    interest_rate: InterestRate = 0.0001,
    interval_hours: IntervalHours = EIGHT_HOURS,
    rule: Rule = SCALED,
    cap: HighestRate | None = None,
    floor: LowestRate | None = None,
    dampener: Dampener = 0.0005,
) -> float:
    """Funding rate that settles next, from the premium index so far.

    With P the average premium, I the interest of 8 hours, d the dampener and h the interval: "scaled" is
    (P + clamp(I - P, -d, d)) x h / 8, "plain" is P + clamp(I x h / 8 - P, -d, d). Then it is held between
    floor and cap; without a floor that is the cap the other way. The venue's cap hangs on the tier and is
    changed in stress: take it from the venue.
    """
    if not premiums:
        raise NotAvailable("premiums: there are none", "premiums")
    least = -cap if floor is None and cap is not None else floor
    if cap is not None and least is not None and cap < least:
        raise OutsideDomain(f"cap: must be at least the floor {least:.15g}, got {cap:.15g}", "cap", cap)
    total = len(premiums) * (len(premiums) + 1) / 2.0
    premium = math.fsum(weight * sample for weight, sample in enumerate(premiums, 1)) / total
    share = interval_hours / EIGHT_HOURS
    interest = interest_rate if rule == SCALED else interest_rate * share
    rate = premium + min(dampener, max(-dampener, interest - premium))
    if rule == SCALED:
        rate *= share
    rate = rate if cap is None else min(cap, rate)
    return rate if least is None else max(least, rate)


@udf(
    CARRY,
    unit="as labelled",
    example=(
        (7_500, 30, [[0.0001], [0.0001], [0.0001]], 30_450, 30_000, 45),
        [
            ["", "Perpetual", "Future"],
            ["Carry", -67.5, -75],
            ["Standard error", 0, 0],
            ["Fees and slippage", 0, 0],
            ["Total cost", -67.5, -75],
            ["Cost a year", -0.1095, -0.12166666666666667],
            ["Rolls", 0, 0],
            ["Break-even funding rate", 0.00011111111111111112, ""],
            ["Cheaper", "future", ""],
            ["Difference in standard errors", "", ""],
        ],
    ),
    source="Newey and West 1987, and 1994 for the lags; FUNDING_COST, BASIS_COST",
    native=unwritten("it is a table, and its error runs over the lags of a history"),
)
def carry_compare(
    notional: Annotated[Notional, DIVISOR],
    days: HoldingDays,
    rates: Rates,
    futures_price: Price,
    spot_price: Annotated[Price, DIVISOR],
    expiry_days: ExpiryDays,
    interval_hours: IntervalHours = EIGHT_HOURS,
    perpetual_fee: FeeRate = 0.0,
    future_fee: FeeRate = 0.0,
    slippage_bps: Bps = 0.0,
) -> ResultTable:
    """Perpetual against dated future over a horizon: carry, costs, the rate at which both cost the same.

    The perpetual's carry is that of the mean funding rate; its standard error, by Newey and West, is the
    error of that mean, not the spread of what may come. The future's carry is its basis in proportion to
    the days: before the expiry this takes the basis to shrink evenly, beyond it that each roll finds the
    same basis; it is locked only where the days are those to the expiry. Fees are of one fill: two for the
    perpetual, and two more for each roll of the future. Costs are positive if you pay. A difference within
    two standard errors is none that this history could decide.
    """
    if len(rates) < FEWEST_RATES:
        raise NotAvailable(f"rates: at least {FEWEST_RATES} are needed, got {len(rates)}", "rates")
    size, periods = abs(notional), days * HOURS_PER_DAY / interval_hours
    mean = math.fsum(rates) / len(rates)
    error = size * periods * _error_of_mean(rates, mean)
    error = error if error >= NOISE * size else 0.0
    rolls = max(0.0, float(units_in(decimal(days), decimal(expiry_days), "ceiling")) - 1.0)
    slippage = slippage_bps / BPS_PER_UNIT
    carries = (
        -notional * mean * periods,
        -notional * ((futures_price - spot_price) / spot_price) * days / expiry_days,
    )
    fees = (size * 2.0 * (perpetual_fee + slippage), size * (2.0 + 2.0 * rolls) * (future_fee + slippage))
    perpetual, future = totals = (carries[0] + fees[0], carries[1] + fees[1])
    away = future - perpetual
    cheaper = "even" if abs(away) <= NOISE * size else "perpetual" if away > 0 else "future"
    return [
        ["", "Perpetual", "Future"],
        ["Carry", *carries],
        ["Standard error", error, 0.0],
        ["Fees and slippage", *fees],
        ["Total cost", *totals],
        ["Cost a year", *(total / size * DAYS_PER_YEAR / days for total in totals)],
        ["Rolls", 0.0, rolls],
        ["Break-even funding rate", (fees[0] - future) / (notional * periods), ""],
        ["Cheaper", cheaper, ""],
        ["Difference in standard errors", away / error if error else "", ""],
    ]


def _error_of_mean(rates: Sequence[float], mean: float) -> float:
    """Newey and West's standard error, with Bartlett weights."""
    n = len(rates)
    lags = math.floor(4.0 * (n / 100.0) ** (2.0 / 9.0))
    off = [rate - mean for rate in rates]

    def together(lag: int) -> float:
        return math.fsum(map(operator.mul, off[lag:], off)) / n

    weighted = (2.0 * (1.0 - lag / (lags + 1.0)) * together(lag) for lag in range(1, min(lags, n - 1) + 1))
    return math.sqrt(max(0.0, together(0) + math.fsum(weighted)) / n)


def _moments(times: Sequence[float | None]) -> list[int]:
    """The moments of a history to the millisecond; they rise, and there are at least two."""
    if len(times) < 2:
        raise NotAvailable(f"times: at least 2 settlements are needed, got {len(times)}", "times")
    moments: list[int] = []
    for number, time in enumerate(times, 1):
        if time is None:
            raise WrongType(f"times: is blank in row {number}", "times")
        moments.append(_milliseconds(time))
        if len(moments) > 1 and moments[-1] <= moments[-2]:
            raise OutsideDomain(f"times: must rise, got {date_text(time)} in row {number}", "times", time)
    return moments


def _milliseconds(moment: float) -> int:
    return round(moment * MILLISECONDS_PER_DAY)
