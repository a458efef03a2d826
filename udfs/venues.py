"""Venues: contract facts and leverage tiers, as dated and sourced data; what is not known is absent.

Two tables lie in this package: `venues.csv`, one row a venue and symbol, and `tiers.csv`, one row a
leverage tier. A user's own files of the same names take precedence, row by row: first those beside
the book that is recalculated, then those in the user's folder, which `microhedge venues refresh` writes.

Units, whatever the venue itself publishes: the contract size is in base units if the contract is
linear and in quote units if it is inverse; lot and minimum quantity are in contracts. A venue whose
orders are in base units has contracts of 1 base unit. Each row's note says how it came to be.
"""

import csv
import datetime as dt
import io
import os
import pkgutil
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple, NoReturn, TypeVar

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
    Notional,
    Tick,
)
from udfs.dates import serial
from udfs.errors import HedgeError, NotAvailable
from udfs.native import unwritten
from udfs.parameters import Parameter, parameters_of
from udfs.registry import udf

VARIABLE: Final = "MICROHEDGE_VENUES"
CONTRACTS_FILE: Final = "venues.csv"
TIERS_FILE: Final = "tiers.csv"
FRESH_DAYS: Final = 30  # an older fact is shown as stale: venues change lots, fees and intervals
SOURCE: Final = "udfs/venues.csv and tiers.csv: each row names its own source and date"

Venue = Annotated[
    str, Arg("text", "Name of the venue: Binance, Bybit, BingX, WEEX, MEXC or one of your own.")
]
Symbol = Annotated[
    str, Arg("text", "Contract: BTC/USDT:USDT, BTCUSDT, BTC-USDT, or BTC for the linear perpetual.")
]
Words = Annotated[str, Arg("text", "Words.")]
Currency = Annotated[str, Arg("text", "Currency code.")]
MinimumQuantity = Annotated[float, Arg("contracts", "Smallest order.", at_least=0)]
MinimumNotional = Annotated[float, Arg("quote", "Smallest value of an order.", at_least=0)]
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
    as_of: DateTime | None = None
    source: Words | None = None
    note: Words | None = None

    @property
    def base(self) -> str:
        """The asset that the contract is on: BTC for BTC/USDT:USDT, and for BTCUSDT."""
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


Fact = Annotated[
    str,
    Arg("text", "Which fact of the contract, by its column in the table.", choices=Contract._fields[1:]),
]


Row = TypeVar("Row", Contract, Tier)


class Tables(NamedTuple):
    """The contracts and tiers in force, indexed by venue and spelling."""

    contracts: tuple[Contract, ...]
    tiers: tuple[Tier, ...]
    spellings: Mapping[tuple[str, str], Contract]
    ladders: Mapping[tuple[str, str], tuple[Tier, ...]]

    def contract(self, venue: str, symbol: str) -> Contract:
        """The contract that a venue and a symbol in any common spelling mean."""
        found = self.spellings.get((venue.casefold(), spelling(symbol)))
        if found is None:
            _refuse("contracts", venue, symbol, self.contracts)
        return found

    def tier(self, venue: str, symbol: str, notional: float) -> Tier:
        """The leverage tier that a notional of either sign falls in."""
        known = self.spellings.get((venue.casefold(), spelling(symbol)))
        ladder = self.ladders.get((venue.casefold(), spelling(known.symbol if known else symbol)))
        if ladder is None:
            _refuse("leverage tiers", venue, symbol, self.tiers)
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


def spelling(symbol: str) -> str:
    """A symbol without what venues spell differently: BTCUSDT for BTC/USDT:USDT, btc_usdt, BTC-USDT-PERP."""
    plain = re.sub(r"[\W_]", "", re.sub(r":[^-]*", "", symbol.upper()))
    return re.sub(r"^XBT", "BTC", re.sub(r"(?<=.)(PERP|SWAP)$", "", plain))  # XBT: ISO's way to write BTC


_book_folder: ContextVar[Path | None] = ContextVar("book_folder", default=None)


@contextmanager
def beside(book: str | os.PathLike[str]) -> Iterator[None]:
    """While it lasts, tables beside this book take precedence."""
    token = _book_folder.set(Path(book).parent)
    try:
        yield
    finally:
        _book_folder.reset(token)


def tables() -> Tables:
    """The tables in force: the user's rows over the built-in ones. A changed file is read again."""
    return _merged(tuple(_stamped(CONTRACTS_FILE)), tuple(_stamped(TIERS_FILE)))


def _refuse(what: str, venue: str, symbol: str, rows: Iterable[Contract | Tier]) -> NoReturn:
    here = sorted({row.symbol for row in rows if row.venue.casefold() == venue.casefold()})
    if here:
        raise NotAvailable(
            f'symbol: no {what} of "{symbol}" at {venue}, only of {", ".join(here)}', "symbol", symbol
        )
    venues = ", ".join(sorted({row.venue for row in rows}))
    raise NotAvailable(f'venue: no {what} of "{venue}", only of {venues}', "venue", venue)


Stamp = tuple[Path | None, str]  # a file, its size and when it changed; None is the file in this package


def stamps() -> tuple[Stamp, ...]:
    """The files that the tables in force come from, and what changes when each does."""
    return (*_stamped(CONTRACTS_FILE), *_stamped(TIERS_FILE))


def user_folder() -> Path:
    """Where a user's own tables lie: MICROHEDGE_VENUES, or the platform's place for a program's data."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home() fails where there is no home
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or home / "AppData" / "Roaming") / "microhedge"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "microhedge"
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "microhedge"


def _stamped(name: str) -> Iterator[Stamp]:
    yield None, ""
    named, folder = os.environ.get(VARIABLE), _book_folder.get()
    if named and not Path(named).is_dir():
        raise NotAvailable(f"{VARIABLE}: there is no folder {named}", VARIABLE, named)
    for path in (user_folder() / name, folder / name if folder else None):
        if path and path.is_file():
            found = path.stat()
            yield path, f"{found.st_size}-{found.st_mtime_ns}"


@lru_cache(maxsize=16)
def _merged(contract_files: tuple[Stamp, ...], tier_files: tuple[Stamp, ...]) -> Tables:
    by_symbol: dict[tuple[str, str], Contract] = {}
    for path, _ in contract_files:
        by_symbol |= _unique(path, CONTRACTS_FILE, Contract)
    ladders: dict[tuple[str, str], tuple[Tier, ...]] = {}
    for path, _ in tier_files:
        found: dict[tuple[str, str], list[Tier]] = {}
        for _line, tier in _rows(path, TIERS_FILE, Tier):
            found.setdefault(_key(tier), []).append(tier)
        ladders |= {key: tuple(sorted(rows, key=_upper_end)) for key, rows in found.items()}
    index = dict(by_symbol)
    for contract in sorted(by_symbol.values(), key=_likelihood):
        if not contract.is_dated:
            index.setdefault((contract.venue.casefold(), spelling(contract.base)), contract)
    tiers = tuple(tier for rows in ladders.values() for tier in rows)
    return Tables(tuple(by_symbol.values()), tiers, index, ladders)


def _likelihood(contract: Contract) -> tuple[bool, bool]:
    """What a bare BTC means: the linear contract in USDT before any other."""
    return contract.kind != LINEAR, not spelling(contract.symbol).endswith("USDT")


def _upper_end(tier: Tier) -> float:
    return tier.maximum_notional


def _key(row: Contract | Tier) -> tuple[str, str]:
    return row.venue.casefold(), spelling(row.symbol)


def _unique(path: Path | None, name: str, record: type[Contract]) -> dict[tuple[str, str], Contract]:
    rows: dict[tuple[str, str], Contract] = {}
    for line, row in _rows(path, name, record):
        if _key(row) in rows:
            raise _fault(path, name, line, f"{row.symbol} at {row.venue} is there already")
        rows[_key(row)] = row
    return rows


def _rows(path: Path | None, name: str, record: type[Row]) -> Iterator[tuple[int, Row]]:
    """The rows of one file with their lines; a fault is refused with the file and the line."""
    parameters = tuple(parameters_of(record))
    reader = csv.DictReader(io.StringIO(_text(path, name)), strict=True)
    try:
        wrong = set(reader.fieldnames or ()) - {p.name for p in parameters}
        if wrong:
            raise _fault(path, name, 1, f"unknown columns {', '.join(sorted(map(str, wrong)))}")
        for row in reader:
            yield reader.line_num, record(*(_fact(p, row.get(p.name)) for p in parameters))
    except (HedgeError, ValueError, csv.Error) as error:
        if isinstance(error, NotAvailable):
            raise
        raise _fault(path, name, reader.line_num, str(error)) from None


def _fact(parameter: Parameter, text: str | None) -> Any:
    if parameter.arg.unit == "date" and text:
        return serial(dt.date.fromisoformat(text))
    return parameter.read(text)


def _text(path: Path | None, name: str) -> str:
    try:
        data = pkgutil.get_data("udfs", name) if path is None else path.read_bytes()
        return (data or b"").decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise NotAvailable(f"{path or name}: cannot be read: {error}") from None


def _fault(path: Path | None, name: str, line: int, fault: str) -> NotAvailable:
    return NotAvailable(f"{path or name}, line {line}: {fault}")
