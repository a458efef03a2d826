"""Funding of a perpetual: which rate was settled, which is to come, and how far settlements lie apart.

ccxt names rates as each venue does. One rule tells them apart: a rate that comes with a forecast was
the last one settled; a rate that comes alone is the one of the settlement to come.

The interval is observed: from the last settlement to the next, or between the last two. Only where
the venue shows no settlement does its own statement stand, and a remark says so.
"""

import datetime as dt
import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from workbook.live.client import Client, number
from workbook.live.clock import utc_moment
from workbook.live.faults import NoData, Refused

SETTLEMENTS: Final = 4  # enough to see an interval that has just changed
PAGE: Final = 100  # settlements that every venue gives at once
FEWEST: Final = 3  # settlements whose intervals can be compared
ONE_DAY: Final = dt.timedelta(days=1)
SLACK: Final = dt.timedelta(minutes=1)  # venues stamp settlements some milliseconds off


@dataclass(frozen=True, slots=True)
class Funding:
    """What a venue says of a perpetual's funding and prices; None is not known."""

    mark: float | None = None
    index: float | None = None
    last_rate: float | None = None
    last_at: dt.datetime | None = None
    predicted_rate: float | None = None
    next_at: dt.datetime | None = None
    interval_hours: float | None = None
    remarks: tuple[str, ...] = ()


UNKNOWN_FUNDING: Final = Funding()


def funding(client: Client, market: Mapping[str, Any]) -> Funding:
    """Funding of one perpetual. Where there is no history the rate settled last may stay unknown."""
    symbol = market["symbol"]
    rate = client.ask("fetch_funding_rate", symbol)
    history: list[Mapping[str, Any]] = []
    with suppress(Refused):  # BingX has no history of inverse contracts
        history = client.ask("fetch_funding_rate_history", symbol, None, SETTLEMENTS)
    history = sorted((row for row in history if row["timestamp"]), key=lambda row: row["timestamp"])
    forecast = rate["nextFundingRate"]
    next_at = rate["nextFundingTimestamp"] or (rate["fundingTimestamp"] if forecast is None else None)
    mark, index = rate["markPrice"], rate["indexPrice"]
    if mark is None:  # MEXC shows prices with its ticker alone, under a name that ccxt passes by
        info = client.ask("fetch_ticker", symbol)["info"]
        mark, index = number(info.get("fairPrice")), number(info.get("indexPrice"))
    if mark is None and rate["fundingRate"] is None:
        raise NoData(f"{client.venue}: the answer has neither a rate nor a price of {symbol}", client.venue)
    interval, remarks = _interval([row["timestamp"] for row in history], next_at, rate["interval"])
    last_rate = None if forecast is None else rate["fundingRate"]
    return Funding(
        mark=mark,
        index=index,
        last_rate=history[-1]["fundingRate"] if history else last_rate,
        last_at=utc_moment(history[-1]["timestamp"]) if history else None,
        predicted_rate=rate["fundingRate"] if forecast is None else forecast,
        next_at=utc_moment(next_at) if next_at else None,
        interval_hours=interval,
        remarks=remarks,
    )


def settled_days(
    client: Client, market: Mapping[str, Any], first: dt.date, now: dt.datetime
) -> dict[dt.date, float]:
    """The settled rates of each finished day from the first on, added; a day that lacks one is left out.

    A settlement of 00:00 UTC belongs to the day that begins with it.
    """
    since = int(dt.datetime.combine(first - ONE_DAY, dt.time(), dt.UTC).timestamp() * 1000)
    rates: dict[int, float] = {}
    while True:
        page = client.ask("fetch_funding_rate_history", market["symbol"], since, PAGE)
        fresh = {int(row["timestamp"]): float(row["fundingRate"]) for row in page if row["timestamp"]}
        fresh = {time: rate for time, rate in fresh.items() if time >= since}
        if not fresh:
            break
        rates |= fresh
        since = max(fresh) + 1
    by_day: dict[dt.date, list[float]] = {}
    for time in sorted(rates):
        by_day.setdefault(utc_moment(time).date(), []).append(rates[time])
    lacking = _lacking(sorted(rates))
    return {
        day: math.fsum(settled)
        for day, settled in by_day.items()
        if first <= day < now.date() and day not in lacking
    }


def _lacking(times: list[int]) -> set[dt.date]:
    """The days of which a settlement may be missing: the ends of a history, and around a hole in it.

    A hole is longer than the intervals on both of its sides; where a venue changes its interval, one
    side is as long.
    """
    if len(times) < FEWEST:
        return {utc_moment(time).date() for time in times}
    gaps = [_hours(later - earlier) for earlier, later in pairwise(times)]
    lacking = {utc_moment(times[0]).date()}
    for at, gap in enumerate(gaps):
        beside = gaps[max(0, at - 1) : at] + gaps[at + 1 : at + 2]
        if gap > max(beside):
            day, last = utc_moment(times[at]).date(), utc_moment(times[at + 1]).date()
            while day <= last:
                lacking.add(day)
                day += ONE_DAY
    end = utc_moment(times[-1])
    if (end + dt.timedelta(hours=gaps[-1]) + SLACK).date() == end.date():
        lacking.add(end.date())
    return lacking


def _interval(
    settled: list[int], next_at: int | None, declared: str | None
) -> tuple[float | None, tuple[str, ...]]:
    gaps = [_hours(later - earlier) for earlier, later in pairwise(settled)]
    ahead = _hours(next_at - settled[-1]) if settled and next_at and next_at > settled[-1] else None
    observed = ahead or (gaps[-1] if gaps else None)
    stated = float(declared.removesuffix("h")) if declared else None
    if observed is None:
        if stated is None:
            return None, ()
        return stated, (f"The interval of {stated:g} h is the venue's word; no settlement was seen.",)
    if gaps and gaps[-1] != observed:
        return observed, (
            f"The last settlements lay {gaps[-1]:g} h apart, the next is due after {observed:g} h.",
        )
    if stated is not None and stated != observed:
        return observed, (f"The venue states {stated:g} h, its settlements lie {observed:g} h apart.",)
    return observed, ()


def _hours(milliseconds: int) -> float:
    """Hours between two settlements; venues stamp them some milliseconds late."""
    return round(milliseconds / 60_000) / 60
