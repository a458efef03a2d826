"""Venues: contract facts and leverage tiers, as dated and sourced data; what is not known is absent.

Four tables lie in this package: `venues.csv`, one row per venue and symbol; `facts.csv`, one row per
figure that is known of another day than its row of `venues.csv`; `tiers.csv`, one row per leverage tier;
`rules.csv`, one row per change of a venue's liquidation rule. A user's own files of the same names take
precedence, row by row; a contract of the user's own replaces the built-in figures as well.

Units, whatever the venue itself publishes: the contract size is in base units if the contract is
linear and in quote units if it is inverse; lot and minimum quantity are in contracts. A venue whose
orders are in base units has contracts of 1 base unit. A price is that of one base unit; where a venue
quotes a bundle (1000PEPE), its quote is our price times the price multiplier, and the tick is its own.
Each row's note says how it came to be.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final, NamedTuple, NoReturn

from udfs.close_words import did_you_mean
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
from udfs.errors import HedgeError, NotAvailable
from udfs.margin import CAUTIOUS, LiquidationRule
from udfs.native import unwritten
from udfs.parameters import parameters_of
from udfs.registry import udf
from udfs.symbols import row_key, spelling, venue_key
from udfs.venue_files import Stamp, fault, read_rows, stamped

CONTRACTS_FILE: Final = "venues.csv"
TIERS_FILE: Final = "tiers.csv"
RULES_FILE: Final = "rules.csv"
FACTS_FILE: Final = "facts.csv"
FILES: Final = (CONTRACTS_FILE, FACTS_FILE, TIERS_FILE, RULES_FILE)
VALUE: Final = "value"
FRESH_DAYS: Final = 30  # an older fact is shown as stale: venues change lots, fees and intervals
SOURCE: Final = "udfs/venues.csv, facts.csv and tiers.csv: each row names its own source and date"
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
    lot: Lot | None = None
    tick: Tick | None = None
    minimum_quantity: MinimumQuantity | None = None
    minimum_notional: MinimumNotional | None = None
    maker_fee: FeeRate | None = None
    taker_fee: FeeRate | None = None
    funding_interval_hours: IntervalHours | None = None
    maximum_leverage: Leverage | None = None
    price_multiplier: PriceMultiplier = 1.0
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
About = Annotated[
    str,
    Arg(
        "text",
        "What of the fact: its value, the day it is of, its source.",
        choices=(VALUE, "as_of", "source"),
    ),
]


class Figure(NamedTuple):
    """One fact of a contract that is of another day than the rest of its row."""

    venue: Venue
    symbol: Symbol
    fact: Fact
    value: Words
    as_of: DateTime | None = None
    source: Words | None = None


class Tables(NamedTuple):
    """The contracts, tiers and rules in force, indexed by venue and spelling."""

    contracts: tuple[Contract, ...]
    tiers: tuple[Tier, ...]
    rules: tuple[Rule, ...]  # the newest first
    figures: Mapping[tuple[str, str], Mapping[str, Figure]]
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
def contract_spec(venue: Venue, symbol: Symbol, field: Fact, about: About = VALUE) -> float | str:
    """Fact of a contract from the venue table: its size, lot, tick, fees, minimum, date, source.

    Fees are shares of the notional, lot and minimum quantity are in contracts, as_of is a date (its
    serial number). One row's facts are not all of one day: "as_of" and "source" as the last argument
    give those of the very figure. #N/A with the reason for an unknown venue or symbol and for a fact,
    date or source not known.
    """
    known = tables()
    contract = known.contract(venue, symbol)
    figure = known.figures.get(_key(contract), {}).get(field)
    fact: float | str | None
    fact = getattr(contract, field) if about == VALUE else getattr(figure or contract, about)
    if fact is None:
        what = field if about == VALUE else f"{about} of the {field}"
        raise NotAvailable(
            f"field: the {what} of {contract.symbol} at {contract.venue} is not known", "field", field
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


def tables() -> Tables:
    """The tables in force: the user's rows over the built-in ones. A changed file is read again."""
    return _merged(*(tuple(stamped(name)) for name in FILES))


def _refuse(what: str, venue: str, symbol: str, rows: Iterable[Contract | Tier]) -> NoReturn:
    here = sorted({row.symbol for row in rows if venue_key(row.venue) == venue_key(venue)})
    if here:
        assets = {
            name.partition("/")[0] for name in here if ":USD" in name
        }  # BTC alone is its linear perpetual
        known = [*map(spelling, here), *sorted(assets)]
        only = f"only of {', '.join(here)}{did_you_mean(spelling(symbol), known)}"
        raise NotAvailable(f'symbol: no {what} of "{symbol}" at {venue}, {only}', "symbol", symbol)
    venues = sorted({row.venue for row in rows})
    only = f"only of {', '.join(venues)}{did_you_mean(venue, venues)}"
    raise NotAvailable(f'venue: no {what} of "{venue}", {only}', "venue", venue)


def stamps() -> tuple[Stamp, ...]:
    """The files that the tables in force come from, and what changes when each does."""
    return tuple(stamp for name in FILES for stamp in stamped(name))


@lru_cache(maxsize=16)
def _merged(
    contract_files: tuple[Stamp, ...],
    figure_files: tuple[Stamp, ...],
    tier_files: tuple[Stamp, ...],
    rule_files: tuple[Stamp, ...],
) -> Tables:
    by_symbol, figures = _contracts(contract_files, figure_files)
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
    tiers = tuple(tier for rows in ladders.values() for tier in rows)
    return Tables(tuple(by_symbol.values()), tiers, _rules(rule_files), figures, index, ladders)


def _rules(files: tuple[Stamp, ...]) -> tuple[Rule, ...]:
    """The rules of all files, the newest first."""
    by_start: dict[tuple[str, str, float], Rule] = {}
    for path, _ in files:
        for _line, rule in read_rows(path, RULES_FILE, Rule):
            by_start[venue_key(rule.venue), rule.kind, rule.effective_from or 0.0] = rule
    return tuple(sorted(by_start.values(), key=lambda rule: rule.effective_from or 0.0, reverse=True))


def _contracts(
    contract_files: tuple[Stamp, ...], figure_files: tuple[Stamp, ...]
) -> tuple[dict[tuple[str, str], Contract], dict[tuple[str, str], dict[str, Figure]]]:
    """The contracts with the figures of other days put in, and these figures.

    The built-in ones first; a row of the user's own takes the place of a contract and of its figures.
    """
    by_symbol: dict[tuple[str, str], Contract] = {}
    figures: dict[tuple[str, str], dict[str, Figure]] = {}
    parameters = {parameter.name: parameter for parameter in parameters_of(Contract)}
    layers = [(CONTRACTS_FILE, contract_files[:1]), (FACTS_FILE, figure_files[:1])]
    layers += [(CONTRACTS_FILE, contract_files[1:]), (FACTS_FILE, figure_files[1:])]
    for name, files in layers:
        for path, _ in files:
            if name == CONTRACTS_FILE:
                own = _unique(path, name, Contract)
                by_symbol |= own
                figures = {key: known for key, known in figures.items() if key not in own}
                continue
            for line, figure in read_rows(path, name, Figure):
                key = _key(figure)
                if key not in by_symbol:
                    raise fault(path, name, line, f"{figure.symbol} at {figure.venue} is no contract")
                try:
                    value = parameters[figure.fact].read(figure.value)
                except HedgeError as error:
                    raise fault(path, name, line, str(error)) from None
                by_symbol[key] = by_symbol[key]._replace(**{figure.fact: value})
                figures.setdefault(key, {})[figure.fact] = figure
    return by_symbol, figures


def _likelihood(contract: Contract) -> tuple[bool, bool]:
    """What a bare BTC means: the linear contract in USDT before any other."""
    return contract.kind != LINEAR, not spelling(contract.symbol).endswith("USDT")


def _upper_end(tier: Tier) -> float:
    return tier.maximum_notional


def _key(row: Contract | Tier | Figure) -> tuple[str, str]:
    return row_key(row.venue, row.symbol)


def _unique(path: Path | None, name: str, record: type[Contract]) -> dict[tuple[str, str], Contract]:
    rows: dict[tuple[str, str], Contract] = {}
    for line, row in read_rows(path, name, record):
        if _key(row) in rows:
            raise fault(path, name, line, f"{row.symbol} at {row.venue} is there already")
        rows[_key(row)] = row
    return rows
