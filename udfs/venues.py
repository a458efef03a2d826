"""Venues: contract facts and leverage tiers, as dated and sourced data; what is not known is absent.

Three tables lie in this package: `venues.csv`, one row per venue and symbol, `tiers.csv`, one row per
leverage tier, and `rules.csv`, one row per change of a venue's liquidation rule. A user's own files of
the same names take precedence, row by row.

Units, whatever the venue itself publishes: the contract size is in base units if the contract is
linear and in quote units if it is inverse; lot and minimum quantity are in contracts. A venue whose
orders are in base units has contracts of 1 base unit. A price is that of one base unit; where a venue
quotes a bundle (1000PEPE), its quote is our price times the price multiplier, and the tick is its own.
Each row's note says how it came to be.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final, NamedTuple, NoReturn

from udfs.conventions import (
    LINEAR,
    Arg,
    ContractKind,
    ContractSize,
    DateTime,
    FeeRate,
    IntervalHours,
    Leverage,
    Lot,
    MaintenanceAmount,
    MaintenanceRate,
    MinimumNotional,
    MinimumQuantity,
    Notional,
    Tick,
)
from udfs.errors import NotAvailable
from udfs.margin import CAUTIOUS, LiquidationRule
from udfs.native import unwritten
from udfs.registry import udf
from udfs.venue_files import Stamp, fault, read_rows, stamped

CONTRACTS_FILE: Final = "venues.csv"
TIERS_FILE: Final = "tiers.csv"
RULES_FILE: Final = "rules.csv"
FILES: Final = (CONTRACTS_FILE, TIERS_FILE, RULES_FILE)
FRESH_DAYS: Final = 30  # an older fact is shown as stale: venues change lots, fees and intervals
SOURCE: Final = "udfs/venues.csv and tiers.csv: each row names its own source and date"
RULE_SOURCE: Final = "udfs/rules.csv: each row names its own source and date"

Venue = Annotated[
    str, Arg("text", "Name of the venue: Binance, Bybit, BingX, WEEX, MEXC or one of your own.")
]
Symbol = Annotated[
    str, Arg("text", "Contract: BTC/USDT:USDT, BTCUSDT, BTC-USDT, or BTC for the linear perpetual.")
]
Words = Annotated[str, Arg("text", "Words.")]
Currency = Annotated[str, Arg("text", "Currency code.")]
PriceMultiplier = Annotated[
    float, Arg("base units", "Base units that one quoted price buys: 1000 for 1000PEPE.", above=0)
]
TierBound = Annotated[float, Arg("quote", "Notional at which a tier begins or ends.", at_least=0)]


class Contract(NamedTuple):
    """The facts of one contract; None is a fact that is not known."""

    venue: Venue
    symbol: Symbol
    kind: ContractKind
    contract_size: ContractSize | None = None
    size_unit: Currency | None = None
    price_multiplier: PriceMultiplier = 1.0
    lot: Lot | None = None
    tick: Tick | None = None
    minimum_quantity: MinimumQuantity | None = None
    minimum_notional: MinimumNotional | None = None
    maker_fee: FeeRate | None = None
    taker_fee: FeeRate | None = None
    funding_interval_hours: IntervalHours | None = None
    maximum_leverage: Leverage | None = None
    as_of: DateTime | None = None
    source: Words | None = None
    note: Words | None = None

    @property
    def base(self) -> str:
        """The asset that the contract is on: BTC for BTC/USDT:USDT, PEPE for a bundle of it."""
        if self.kind == LINEAR and self.price_multiplier != 1 and self.size_unit:
            return self.size_unit.upper()
        return self.quoted

    @property
    def quoted(self) -> str:
        """What the venue quotes the price of: BTC for BTC/USDT:USDT and for BTCUSDT, 1000PEPE."""
        return re.split(r"/|[\W_]*USD[TC]?\b", self.symbol.upper(), maxsplit=1)[0]

    @property
    def is_dated(self) -> bool:
        """Whether the contract expires: its symbol ends in a date."""
        return re.search(r"\d{6}$", self.symbol) is not None


class Tier(NamedTuple):
    """One leverage tier: what holds for notionals above the minimum and up to the maximum."""

    venue: Venue
    symbol: Symbol
    minimum_notional: TierBound
    maximum_notional: TierBound
    maintenance_rate: MaintenanceRate
    maintenance_amount: MaintenanceAmount
    maximum_leverage: Leverage | None = None
    as_of: DateTime | None = None
    source: Words | None = None


class Rule(NamedTuple):
    """How a venue liquidates one kind of contract from a day on; without a day, from its start."""

    venue: Venue
    kind: ContractKind
    rule: LiquidationRule
    effective_from: DateTime | None = None
    as_of: DateTime | None = None
    source: Words | None = None


Fact = Annotated[
    str,
    Arg("text", "Which fact of the contract, by its column in the table.", choices=Contract._fields[1:]),
]


class Tables(NamedTuple):
    """The contracts, tiers and rules in force, indexed by venue and spelling."""

    contracts: tuple[Contract, ...]
    tiers: tuple[Tier, ...]
    rules: tuple[Rule, ...]  # the newest first
    spellings: Mapping[tuple[str, str], Contract]
    ladders: Mapping[tuple[str, str], tuple[Tier, ...]]

    def contract(self, venue: str, symbol: str) -> Contract:
        """The contract that a venue and a symbol in any common spelling mean."""
        found = self.spellings.get(row_key(venue, symbol))
        if found is None:
            _refuse("contracts", venue, symbol, self.contracts)
        return found

    def ladder(self, venue: str, symbol: str) -> tuple[Tier, ...]:
        """All leverage tiers of a contract, the smallest notional first."""
        known = self.spellings.get(row_key(venue, symbol))
        ladder = self.ladders.get(row_key(venue, known.symbol if known else symbol))
        if ladder is None:
            _refuse("leverage tiers", venue, symbol, self.tiers)
        return ladder

    def tier(self, venue: str, symbol: str, notional: float) -> Tier:
        """The leverage tier that a notional of either sign falls in."""
        ladder = self.ladder(venue, symbol)
        for tier in ladder:
            if abs(notional) <= tier.maximum_notional:
                return tier
        raise NotAvailable(
            f"notional: {abs(notional):.15g} is above the last known tier of {symbol} at {venue}, "
            f"which ends at {ladder[-1].maximum_notional:.15g}",
            "notional",
            notional,
        )


@udf(
    "Venues",
    unit="of the fact",
    example=(("Binance", "BTC", "lot"), 0.001),
    source=SOURCE,
    native=unwritten("it reads the venue tables; the Contracts table of the plan book is its native form"),
)
def contract_spec(venue: Venue, symbol: Symbol, field: Fact) -> float | str:
    """Fact of a contract from the venue table: its size, lot, tick, fees, minimum, date, source.

    Fees are shares of the notional, lot and minimum quantity are in contracts, as_of is a date (its
    serial number). #N/A with the reason for an unknown venue or symbol and for a fact not known.
    """
    contract = tables().contract(venue, symbol)
    fact: float | str | None = getattr(contract, field)
    if fact is None:
        raise NotAvailable(
            f"field: the {field} of {contract.symbol} at {contract.venue} is not known", "field", field
        )
    return fact


TIER: Final = (  # the row of the tier: tiers are sorted by key and upper end
    ("key", 'symbol&"@"&venue'),  # "@": a criterion that ends with a blank is another
    ("row", 'MATCH(key,tier_key,0)+COUNTIFS(tier_key,key,tier_end,"<"&ABS(notional))'),
)


@udf(
    "Venues",
    unit="decimal",
    example=(("Binance", "BTCUSDT", 100_000), 0.005),
    source=SOURCE,
    native=(*TIER, "IF(INDEX(tier_key,row)=key,INDEX(tier_rate,row),NA())"),
)
def maintenance_rate(venue: Venue, symbol: Symbol, notional: Notional) -> float:
    """Maintenance margin rate of the leverage tier that a notional falls in.

    A notional at the end of a tier is still in it. #N/A where no tiers are known, and above the last.
    """
    return tables().tier(venue, symbol, notional).maintenance_rate


@udf(
    "Venues",
    unit="quote",
    example=(("Binance", "BTCUSDT", 100_000), 50),
    source=SOURCE,
    native=(*TIER, "IF(INDEX(tier_key,row)=key,INDEX(tier_amount,row),NA())"),
)
def maintenance_amount(venue: Venue, symbol: Symbol, notional: Notional) -> float:
    """Maintenance amount of the leverage tier that a notional falls in, for MAINTENANCE_MARGIN.

    A notional at the end of a tier is still in it. #N/A where no tiers are known, and above the last.
    """
    return tables().tier(venue, symbol, notional).maintenance_amount


@udf(
    "Margin and liquidation",
    unit="text",
    example=(("Bybit", 45_901), "entry"),
    source=RULE_SOURCE,
    native=(
        ("key", 'venue&"@"&kind'),
        ("known", 'IF(as_of="",COUNTIFS(rule_key,key),COUNTIFS(rule_key,key,rule_from,"<="&N(as_of)))'),
        'IF(known=0,"cautious",INDEX(rule_word,MATCH(key,rule_key,0)+known-1))',
    ),
)
def liquidation_rule(venue: Venue, as_of: DateTime | None = None, kind: ContractKind = LINEAR) -> str:
    """Word for the formula of LIQUIDATION_PRICE by which a venue liquidates, on a date or by its newest rule.

    On the day that a rule takes effect it holds already. "cautious" where the venue is known and its
    rule, for that kind and date, is not; #N/A for an unknown venue.
    """
    known, asked = tables(), venue_key(venue)
    venues = {venue_key(row.venue) for rows in (known.contracts, known.rules) for row in rows}
    if asked not in venues:
        _refuse("contracts", venue, "", known.contracts)
    for rule in known.rules:
        if (venue_key(rule.venue), rule.kind) != (asked, kind):
            continue
        if as_of is None or as_of >= (rule.effective_from or 0.0):
            return rule.rule
    return CAUTIOUS


def venue_key(venue: str) -> str:
    """A venue's name without what people spell differently: Gate.io, gate io, GATEIO."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", venue).casefold())


def spelling(symbol: str) -> str:
    """A symbol without what venues spell differently: BTCUSDT for BTC/USDT:USDT, btc_usdt, BTC-USDT-PERP.

    The currency that a contract is settled in stays where it is neither the quote nor, for an inverse
    one, the base: BTC/USD:USDC is not BTC/USD:BTC. PERP stays after a bare asset, as BTCPERP is the
    USDC contract of one venue and the USDT contract of none.
    """
    named, _, settled = symbol.upper().partition(":")
    settled, dash, date = settled.partition("-")
    pair, settled = _letters(named), _letters(settled)
    stable = re.search(r"USD[TC]$", pair)
    if pair.endswith(settled) or (pair.startswith(settled) and not stable):
        settled = ""
    plain = f"{pair}{settled}{_letters(date) if dash else ''}"
    return re.sub(r"(?<=USD|SDT|SDC)(PERP|SWAP)$", "", plain)


def _letters(text: str) -> str:
    return re.sub(r"^XBT", "BTC", re.sub(r"[\W_]", "", text))  # XBT: ISO's way to write BTC


def row_key(venue: str, symbol: str) -> tuple[str, str]:
    """What a row of a venue and symbol is found by, in any spelling of either."""
    return venue_key(venue), spelling(symbol)


def tables() -> Tables:
    """The tables in force: the user's rows over the built-in ones. A changed file is read again."""
    return _merged(*(tuple(stamped(name)) for name in FILES))


def _refuse(what: str, venue: str, symbol: str, rows: Iterable[Contract | Tier]) -> NoReturn:
    here = sorted({row.symbol for row in rows if venue_key(row.venue) == venue_key(venue)})
    if here:
        raise NotAvailable(
            f'symbol: no {what} of "{symbol}" at {venue}, only of {", ".join(here)}', "symbol", symbol
        )
    venues = ", ".join(sorted({row.venue for row in rows}))
    raise NotAvailable(f'venue: no {what} of "{venue}", only of {venues}', "venue", venue)


def stamps() -> tuple[Stamp, ...]:
    """The files that the tables in force come from, and what changes when each does."""
    return tuple(stamp for name in FILES for stamp in stamped(name))


@lru_cache(maxsize=16)
def _merged(
    contract_files: tuple[Stamp, ...], tier_files: tuple[Stamp, ...], rule_files: tuple[Stamp, ...]
) -> Tables:
    by_symbol: dict[tuple[str, str], Contract] = {}
    for path, _ in contract_files:
        by_symbol |= _unique(path, CONTRACTS_FILE, Contract)
    ladders: dict[tuple[str, str], tuple[Tier, ...]] = {}
    for path, _ in tier_files:
        found: dict[tuple[str, str], list[Tier]] = {}
        for _line, tier in read_rows(path, TIERS_FILE, Tier):
            found.setdefault(_key(tier), []).append(tier)
        ladders |= {key: tuple(sorted(rows, key=_upper_end)) for key, rows in found.items()}
    index = dict(by_symbol)
    for contract in sorted(by_symbol.values(), key=_likelihood):
        if not contract.is_dated:
            for asset in (contract.base, contract.quoted):
                index.setdefault(row_key(contract.venue, asset), contract)
    by_start: dict[tuple[str, str, float], Rule] = {}
    for path, _ in rule_files:
        for _line, rule in read_rows(path, RULES_FILE, Rule):
            by_start[venue_key(rule.venue), rule.kind, rule.effective_from or 0.0] = rule
    newest = sorted(by_start.values(), key=lambda rule: rule.effective_from or 0.0, reverse=True)
    tiers = tuple(tier for rows in ladders.values() for tier in rows)
    return Tables(tuple(by_symbol.values()), tiers, tuple(newest), index, ladders)


def _likelihood(contract: Contract) -> tuple[bool, bool]:
    """What a bare BTC means: the linear contract in USDT before any other."""
    return contract.kind != LINEAR, not spelling(contract.symbol).endswith("USDT")


def _upper_end(tier: Tier) -> float:
    return tier.maximum_notional


def _key(row: Contract | Tier) -> tuple[str, str]:
    return row_key(row.venue, row.symbol)


def _unique(path: Path | None, name: str, record: type[Contract]) -> dict[tuple[str, str], Contract]:
    rows: dict[tuple[str, str], Contract] = {}
    for line, row in read_rows(path, name, record):
        if _key(row) in rows:
            raise fault(path, name, line, f"{row.symbol} at {row.venue} is there already")
        rows[_key(row)] = row
    return rows
