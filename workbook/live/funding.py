"""Funding of a perpetual: which rate was settled, which is to come, and how far settlements lie apart.

ccxt names rates as each venue does. One rule tells them apart: a rate that comes with a forecast was
the last one settled; a rate that comes alone is the one of the settlement to come.

The interval is observed: from the last settlement to the next, or between the last two. Only where
the venue shows no settlement does its own statement stand, and a remark says so.
"""

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from workbook.live.client import Client, number
from workbook.live.clock import moment
from workbook.live.faults import NoData, Refused

SETTLEMENTS: Final = 4  # enough to see an interval that has just changed


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


UNKNOWN: Final = Funding()


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
        last_at=moment(history[-1]["timestamp"]) if history else None,
        predicted_rate=rate["fundingRate"] if forecast is None else forecast,
        next_at=moment(next_at) if next_at else None,
        interval_hours=interval,
        remarks=remarks,
    )


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
