"""The desks: which ccxt exchange answers for a venue, and which of its contracts a symbol means."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from udfs.conventions import INVERSE, LINEAR
from udfs.symbols import spelling, venue_key
from workbook.live.client import Client, Connection
from workbook.live.faults import Delisted

QUOTES: Final = ("USDT", "USD")  # what a bare BTC means: the contracts in USDT and in USD

Market = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """One venue's contracts of some kinds, behind one ccxt exchange.

    `own_size` is the size of a contract where that which is published, or which ccxt makes of it, is
    not the unit of an order: orders in base units have contracts of 1 base unit, orders in USD
    contracts of 1 USD.
    """

    venue: str
    exchange: str
    kinds: tuple[str, ...]
    own_size: Mapping[str, float] = field(hash=False)
    splits: bool = False  # ccxt can list the kinds apart
    spot: str = ""  # whose spot markets: binanceusdm would read BTC/USDT as a future
    fees: tuple[str, str] | None = None  # where the answer itself states maker and taker
    declared_fees: bool = True  # whether ccxt's own figures may stand in for fees that are not stated
    leverages: tuple[str, ...] = ()  # where the answer states the leverage that ccxt leaves out
    ladder: str = ""  # how the public leverage tiers are read, where there are any

    def answers_for(self, name: str) -> bool:
        """Whether a name, however it is spelled, is that of this venue or of its ccxt exchange."""
        return venue_key(name) in (venue_key(self.venue), self.exchange)

    def client(self, connection: Connection) -> Client:
        """A client for this desk's contracts."""
        return Client(self.venue, self.exchange, connection, self.kinds if self.splits else ())

    def spot_client(self, connection: Connection) -> Client:
        """A client for the venue's spot markets."""
        return Client(self.venue, self.spot or self.exchange, connection, ("spot",) if self.splits else ())


DESKS: Final = (
    Desk("Binance", "binanceusdm", (LINEAR,), {LINEAR: 1.0}, splits=True, spot="binance"),
    Desk("Binance", "binancecoinm", (INVERSE,), {}, splits=True, spot="binance"),
    # ccxt takes the smallest order for an inverse contract's size; Bybit's orders count USD
    Desk("Bybit", "bybit", (LINEAR, INVERSE), {LINEAR: 1.0, INVERSE: 1.0}, splits=True, ladder="bybit"),
    Desk(
        "BingX",
        "bingx",
        (LINEAR, INVERSE),
        {LINEAR: 1.0},
        fees=("makerFeeRate", "takerFeeRate"),
        leverages=("maxLongLeverage", "maxShortLeverage"),
    ),
    # ccxt declares WEEX's fees in percent, and spot's where the contract's are missing
    Desk(
        "WEEX",
        "weex",
        (LINEAR, INVERSE),
        {LINEAR: 1.0},
        fees=("makerFeeRate", "takerFeeRate"),
        declared_fees=False,
    ),
    Desk("MEXC", "mexc", (LINEAR, INVERSE), {}, fees=("makerFeeRate", "takerFeeRate"), ladder="mexc"),
)


def kind(market: Market) -> str:
    """Whether a contract is linear or inverse."""
    return INVERSE if market["inverse"] else LINEAR


def listed(markets: Mapping[str, Market], symbol: str, kinds: Iterable[str]) -> list[Market]:
    """The contracts that a symbol in any common spelling means; a bare asset means its perpetuals."""
    wanted = spelling(symbol)
    contracts = [
        market
        for market in markets.values()
        if market["contract"] and not market.get("option") and kind(market) in kinds
    ]
    exact = [market for market in contracts if spelling(market["symbol"]) == wanted]
    bare = [
        market
        for market in contracts
        if market["swap"] and market["base"] == wanted and market["quote"] in QUOTES
    ]
    return exact or bare


def traded(market: Market, venue: str) -> Market:
    """The market, if it is traded; a delisted one is refused."""
    if market["active"] is False:
        raise Delisted(f"{venue}: {market['symbol']} is no longer traded", venue)
    return market
