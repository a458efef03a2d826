"""Market data for books and market files: each asset asked for once, however many books want it."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final

from udfs.dates import serial
from workbook.layout import PLAN
from workbook.layout.market import PRICE_COLUMNS
from workbook.live.cache import Cache
from workbook.live.client import Connection, understood
from workbook.live.clock import Clock, clock, span
from workbook.live.desks import DESKS, Desk
from workbook.live.faults import LiveError, UnknownVenue
from workbook.live.fitting import fitting
from workbook.live.quotes import Counter, Quote, Want, closes, quote, settled_funding
from workbook.request import Cell

BLANK: Final = ""  # empties a cell
FRESH: Final = dt.timedelta(minutes=1)  # an answer this young is not asked for again


class LiveMarket:
    """The venues' markets for one run: each asset is asked for once, however many books want it.

    What fails is taken from the cache, marked with its age, if it was ever had. A desk that can't be
    reached is not asked again.
    """

    def __init__(
        self,
        connection: Connection,
        cache: Cache,
        told: Callable[[str], None] = lambda _: None,
        fresh: dt.timedelta = FRESH,
    ) -> None:
        self.connection = connection
        self.cache = cache
        self.told = told
        self.fresh = fresh
        self.found: dict[Want, Quote] = {}
        self.missed: dict[Want, LiveError] = {}
        self.remarks: dict[str, None] = {}  # in order, each once
        self._counters: dict[Desk, tuple[Counter, Clock]] = {}
        self._closed: dict[Desk, LiveError] = {}

    def quotes(self, wants: Collection[Want]) -> Mapping[Want, Quote]:
        """The quotes of some assets; the venues are asked side by side for those not had yet."""
        by_desk: dict[Desk, list[Want]] = {}
        for want in dict.fromkeys(wants):
            if want in self.found or want in self.missed:
                continue
            kept = self.cache.get(want)
            if kept and kept.age <= self.fresh:
                self.found[want] = kept.quote
                continue
            try:
                by_desk.setdefault(desk_of(want), []).append(want)
            except UnknownVenue as reason:
                self.missed[want] = reason
        if by_desk:
            with ThreadPoolExecutor(max_workers=len(by_desk)) as pool:
                list(pool.map(self._ask, by_desk, by_desk.values()))
        return {want: self.found[want] for want in wants if want in self.found}

    def rows(self, wants: Collection[Want]) -> Mapping[str, Mapping[str, Cell]]:
        """Rows for the Market table, by symbol."""
        return {
            want.symbol: _dated(fitting("Market", f"{want.venue} {want.symbol}", row(said), self.remark))
            for want, said in self.quotes(wants).items()
        }

    def history(self, want: Want, days: int) -> Mapping[dt.date, float]:
        """Daily closes of an asset's spot market; fewer than asked for are a remark."""
        with understood(want.venue):
            counter, time = self._counter(desk_of(want))
            found = dict(closes(counter, want, days, time.now))
        if len(found) < days:
            self.remark(f"{want.venue}: gave {len(found)} of {days} days of {want.symbol}")
        return found

    def funding(self, want: Want, days: int) -> Mapping[dt.date, float]:
        """Settled funding of an asset's perpetual by day; fewer days than asked for are a remark."""
        with understood(want.venue):
            counter, time = self._counter(desk_of(want))
            found = settled_funding(counter, want, days, time.now)
        if len(found) < days:
            self.remark(f"{want.venue}: gave the funding of {len(found)} of {days} days of {want.symbol}")
        return found

    def remark(self, sentence: str) -> None:
        """Something to tell, once."""
        self.remarks[sentence] = None

    def _ask(self, desk: Desk, wants: Collection[Want]) -> None:
        self.told(f"{desk.venue}: asking for {', '.join(want.symbol for want in wants)}")
        for want in wants:
            try:
                with understood(desk.venue):
                    counter, time = self._counter(desk)
                    said = quote(counter, want, time.now)
            except LiveError as reason:
                if reason.is_final:
                    self._closed[desk] = reason
                self._fall_back(want, reason)
            else:
                self.found[want] = said
                self.cache.put(said)
                for missed in said.missed:
                    self.remark(f"{missed}; {want.symbol} is had in part")

    def _counter(self, desk: Desk) -> tuple[Counter, Clock]:
        if desk in self._closed:
            raise self._closed[desk]
        if desk not in self._counters:
            counter = Counter.of(desk, self.connection)
            time = clock(counter.contracts)
            if sentence := time.remark(desk.venue):
                self.remark(sentence)
            self._counters[desk] = counter, time
        return self._counters[desk]

    def _fall_back(self, want: Want, reason: LiveError) -> None:
        kept = self.cache.get(want)
        if kept is None:
            self.missed[want] = reason
            return
        age = span(kept.age)
        self.found[want] = replace(kept.quote, source=f"{kept.quote.source}; kept, {age} old")
        self.remark(f"{reason}; {want.symbol} is taken from an answer kept {age} ago")


def desk_of(want: Want) -> Desk:
    """The desk that trades a kind of contract of a venue."""
    for desk in DESKS:
        if desk.answers_for(want.venue) and want.kind in desk.kinds:
            return desk
    names = ", ".join(dict.fromkeys(desk.venue for desk in DESKS if want.kind in desk.kinds))
    raise UnknownVenue(f"{want.venue}: is no venue that can be asked; there are {names}", want.venue)


def row(said: Quote) -> Mapping[str, Cell]:
    """A quote as the Market table's columns.

    The funding rate is the one to come, or else the last, and then the source says so.
    What the venue does not have is blanked, lest an old future stands beside a new spot price; what
    could not be had stays as the book has it, and the source says so.
    """
    carry = said.funding
    rate = carry.last_rate if carry.predicted_rate is None else carry.predicted_rate
    values: dict[str, Cell] = {
        "spot": said.spot,
        "mark": carry.mark,
        "index": carry.index,
        "funding_rate": rate,
        "last_rate": carry.last_rate,
        "next_settlement": None if carry.next_at is None else serial(carry.next_at),
        "funding_interval": carry.interval_hours,
        "future": said.future,
        "expiry": None if said.expiry is None else serial(said.expiry),
        "as_of": serial(said.as_of),
        "source": "; ".join([said.source, *_words(said)]),
    }
    columns = {column.name for column in PLAN.tables["Market"].columns if column.is_input}
    return {
        name: BLANK if value is None else value
        for name, value in values.items()
        if name in columns and name not in said.failed
    }


def _dated(columns: Mapping[str, Cell]) -> Mapping[str, Cell]:
    """The columns of a row, with their date only if every price is new: one that stays is of its old date."""
    if all(price in columns for price in PRICE_COLUMNS):
        return columns
    return {name: value for name, value in columns.items() if name != "as_of"}


def _words(said: Quote) -> list[str]:
    """What the columns can't say."""
    words = [said.future_symbol] if said.future_symbol else []
    if said.funding.predicted_rate is None and said.funding.last_rate is not None:
        words.append("funding rate of the last settlement, none is forecast")
    if said.failed:
        words.append(f"kept from before: {', '.join(said.failed)}")
    return words
