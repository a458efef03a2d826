"""What one asset costs at one venue now: spot, perpetual, funding, dated future."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Self, TypeVar

from udfs.symbols import row_key
from udfs.venues import Contract, tables
from workbook.live.client import Client, Connection
from workbook.live.clock import utc_moment
from workbook.live.desks import Desk, Market, kind, listed
from workbook.live.faults import LiveError, NoData, NotListed
from workbook.live.funding import UNKNOWN_FUNDING, Funding, funding, settled_days

SPOT_QUOTES: Final = ("USDT", "USDC", "USD")  # where a contract's own quote has no spot market
DAY: Final = 86_400_000  # milliseconds
PAGE: Final = 500  # candles that every venue gives at once

SPOT: Final = ("spot",)  # the columns that stand and fall together
CARRY: Final = (
    "mark",
    "index",
    "funding_rate",
    "last_rate",
    "next_settlement",
    "funding_interval",
)
DATED: Final = ("future", "expiry")

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Want:
    """An asset at a venue, by the kind of contract, and how far the dated future should reach."""

    venue: str
    kind: str
    symbol: str
    horizon: float = 0.0  # days


@dataclass(frozen=True, slots=True)
class Quote:
    """Prices and rates of one asset, as of one moment of the venue's clock; None is not known."""

    want: Want
    as_of: dt.datetime
    source: str
    spot: float | None = None
    funding: Funding = UNKNOWN_FUNDING
    future: float | None = None
    expiry: dt.datetime | None = None
    future_symbol: str | None = None
    failed: tuple[str, ...] = ()  # the columns that could not be had
    missed: tuple[str, ...] = ()  # and why, a sentence each


@dataclass(frozen=True, slots=True)
class Counter:
    """Where one desk is asked: its contracts and its venue's spot markets."""

    contracts: Client
    spot: Client

    @classmethod
    def of(cls, desk: Desk, connection: Connection) -> Self:
        """The counter of a desk; one client serves both where the venue lists all in one answer."""
        contracts = desk.client(connection)
        return cls(contracts, desk.spot_client(connection) if desk.splits else contracts)


def quote(counter: Counter, want: Want, now: dt.datetime) -> Quote:
    """Ask for one asset; what fails in part is named, and the rest stands.

    Prices are those of one base unit: the quote of a bundle (1000PEPE) is divided by its units.
    """
    client = counter.contracts
    markets = client.markets()
    bundle = _bundle(client.venue, want)
    symbol, units = (bundle.symbol, bundle.price_multiplier) if bundle else (want.symbol, 1.0)
    perpetual = next(iter(_perpetuals(listed(markets, symbol, (want.kind,)))), None)
    quoted = perpetual["base"] if perpetual else symbol.upper().partition("/")[0]
    coin = bundle.base if bundle else quoted
    failed: list[str] = []
    missed: list[LiveError] = []

    def tried(columns: tuple[str, ...], read: Callable[[], Answer]) -> Answer | None:
        try:
            return read()
        except LiveError as reason:
            failed.extend(columns)
            missed.append(reason)
            return None

    spot = tried(SPOT, lambda: _spot(counter.spot.markets(), coin, perpetual))
    if perpetual is None and spot is None and not missed:
        raise NotListed(f"{client.venue}: does not list {want.symbol}", client.venue)
    future = _future(markets, quoted, perpetual, want, now)
    found = Quote(want, now, f"{client.venue}, ccxt {client.version}")
    if spot is not None:
        found = replace(found, spot=tried(SPOT, lambda: _price(counter.spot, spot)))
    if perpetual is not None:
        carry = tried(CARRY, lambda: funding(client, perpetual)) or UNKNOWN_FUNDING
        mark, index = _of_one(carry.mark, units), _of_one(carry.index, units)
        found = replace(found, funding=replace(carry, mark=mark, index=index))
    if future is not None:
        found = replace(
            found,
            future=_of_one(tried(DATED, lambda: _price(client, future)), units),
            expiry=utc_moment(future["expiry"]),
            future_symbol=future["symbol"],
        )
    if found.spot is None and found.funding.mark is None:
        raise missed[0] if missed else NoData(f"{client.venue}: has no price of {want.symbol}", client.venue)
    return replace(found, failed=tuple(failed), missed=tuple(dict.fromkeys(map(str, missed))))


def closes(counter: Counter, want: Want, days: int, now: dt.datetime) -> list[tuple[dt.date, float]]:
    """Daily closes of the spot market, oldest first: the finished days alone, in UTC."""
    client = counter.spot
    bundle = _bundle(counter.contracts.venue, want)
    market = _spot(client.markets(), bundle.base if bundle else want.symbol.upper(), None)
    if market is None:
        raise NotListed(f"{client.venue}: has no spot market of {want.symbol}", client.venue)
    since = int(now.timestamp() * 1000) // DAY * DAY - days * DAY
    found: dict[int, float] = {}
    while since < int(now.timestamp() * 1000) // DAY * DAY:
        candles = client.ask("fetch_ohlcv", market["symbol"], "1d", since, min(days + 1, PAGE))
        fresh = {int(time): close for time, *_, close, _ in candles if int(time) >= since}
        if not fresh:
            break
        found |= fresh
        since = max(fresh) + DAY
    days_closed = ((utc_moment(time).date(), close) for time, close in sorted(found.items()))
    return [(day, close) for day, close in days_closed if day < now.date()]


def settled_funding(counter: Counter, want: Want, days: int, now: dt.datetime) -> dict[dt.date, float]:
    """Funding of the perpetual, oldest first: the rates settled on each finished day in UTC, added."""
    client = counter.contracts
    bundle = _bundle(client.venue, want)
    contracts = listed(client.markets(), bundle.symbol if bundle else want.symbol, (want.kind,))
    perpetual = next(iter(_perpetuals(contracts)), None)
    if perpetual is None:
        raise NotListed(f"{client.venue}: has no perpetual of {want.symbol}", client.venue)
    return settled_days(client, perpetual, now.date() - dt.timedelta(days=days), now)


def _bundle(venue: str, want: Want) -> Contract | None:
    """The contract that is meant, if the venue quotes many base units as one; its row alone says so."""
    known = tables().spellings.get(row_key(venue, want.symbol))
    is_bundle = known is not None and known.kind == want.kind and known.price_multiplier != 1
    return known if is_bundle else None


def _of_one(price: float | None, units: float) -> float | None:
    return None if price is None else price / units


def _perpetuals(contracts: list[Market]) -> list[Market]:
    """The perpetuals that are traded, those in USDT first."""
    traded = [market for market in contracts if market["swap"] and market["active"] is not False]
    return sorted(traded, key=lambda market: (market["quote"] != "USDT", market["symbol"]))


def _spot(markets: Mapping[str, Market], base: str, perpetual: Market | None) -> Market | None:
    quotes = ((perpetual["quote"],) if perpetual else ()) + SPOT_QUOTES
    return next((found for quote in quotes if (found := markets.get(f"{base}/{quote}"))), None)


def _future(
    markets: Mapping[str, Market], base: str, perpetual: Market | None, want: Want, now: dt.datetime
) -> Market | None:
    """The first dated future that outlives the horizon, or else the last; in the perpetual's quote."""
    dated = [
        market
        for market in markets.values()
        if market["future"]
        and market["base"] == base
        and kind(market) == want.kind
        and market["active"] is not False
        and utc_moment(market["expiry"]) > now
    ]
    alike = [market for market in dated if perpetual and market["quote"] == perpetual["quote"]]
    in_order = sorted(alike or dated, key=lambda market: (market["expiry"], market["symbol"]))
    end = now + dt.timedelta(days=want.horizon)
    late = (market for market in in_order if utc_moment(market["expiry"]) >= end)
    return next(late, in_order[-1] if in_order else None)


def _price(client: Client, market: Market) -> float | None:
    """The mark price of a contract where its ticker shows one, or else the last trade."""
    ticker: Mapping[str, float | None] = client.ask("fetch_ticker", market["symbol"])
    return ticker["markPrice"] or ticker["last"]
