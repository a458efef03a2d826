"""What a saved plan book wants to know of the venues, and how it is told."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from udfs.dates import moment, serial
from workbook.cells import Value, place
from workbook.errors import BookError
from workbook.layout import PLAN
from workbook.live.contracts import LiveContracts, Name, columns
from workbook.live.faults import LiveError, NotListed
from workbook.live.fitting import fitting
from workbook.live.market import BLANK, LiveMarket
from workbook.live.quotes import Want
from workbook.recalc.named_cells import cell_of
from workbook.recalc.recalc import recalc_book
from workbook.request import Cell, Outcome, Request
from workbook.xlsx.saved_book import SavedBook

if TYPE_CHECKING:
    import datetime as dt

Rows = Mapping[int, Mapping[str, Cell]]

MARKET: Final = "Market"
PEGGED: Final = PLAN.tables[MARKET]["pegged"].header
CONTRACTS: Final = "Contracts"
PRICES: Final = "Prices"
FUNDING: Final = "FundingDays"


@dataclass(frozen=True, slots=True)
class Days:
    """A table of a book with a row per day and a column per asset; of an older template it may be missing."""

    assets: Mapping[str, str] = field(default_factory=dict)  # the columns, and their symbols
    room: int = 0  # rows

    @classmethod
    def read(cls, book: SavedBook, name: str) -> "Days":
        """The table of a saved book."""
        table = book.tables.get(name.lower())
        if table is None:
            return cls()
        columns = [column for column in PLAN.tables[name].columns if column.is_input]
        assets = {column.name: column.header for column in columns if column.name != "date"}
        return cls(assets, table.data.bottom - table.data.top + 1)


@dataclass(frozen=True, slots=True)
class PlanBook:
    """The part of a plan book that the venues have something to say about."""

    wants: tuple[Want, ...]  # the symbols of its Market table, at its venue
    as_of: Mapping[str, float]  # of what day its prices are
    contracts: Mapping[int, Name]  # the rows of its Venues sheet
    prices: Days
    funding: Days

    @classmethod
    def read(cls, package: bytes) -> "PlanBook":
        """Read a saved plan book; any other book is refused."""
        book = SavedBook(package)
        if not PLAN.describes(book.names) or MARKET.lower() not in book.tables:
            raise BookError("is no plan book: it has no Market table that could be filled")
        venue, kind, horizon = (_named(book, f"plan_{name}") for name in ("venue", "kind", "horizon"))
        if not isinstance(venue, str) or not isinstance(kind, str):
            raise BookError("says neither which venue nor which kind of contract is to be asked for")
        days = horizon if isinstance(horizon, float) else 0.0
        market = {
            symbol: date
            for number, (symbol, date) in _rows(book, MARKET, "symbol", "as_of")
            if isinstance(symbol, str) and number not in _pegged(book)
        }
        return cls(
            tuple(Want(venue, kind, symbol, days) for symbol in market),
            {symbol: date for symbol, date in market.items() if isinstance(date, float)},
            {
                number: (at, symbol)
                for number, (at, symbol) in _rows(book, CONTRACTS, "venue", "symbol")
                if isinstance(at, str) and isinstance(symbol, str)
            },
            Days.read(book, PRICES),
            Days.read(book, FUNDING),
        )


def market_rows(plan: PlanBook, live: LiveMarket) -> Mapping[str, Mapping[str, Cell]]:
    """The rows for a book's Market table; an answer older than the book's own is left out."""
    rows = live.rows(plan.wants)
    for want in plan.wants:
        if reason := live.missed.get(want):
            live.remark(f"{reason}; {want.symbol} stays {_since(plan.as_of.get(want.symbol))}")
    return {
        want.symbol: rows[want.symbol]
        for want in plan.wants
        if want in live.found and serial(live.found[want].as_of) >= plan.as_of.get(want.symbol, 0.0)
    }


def contract_rows(plan: PlanBook, live: LiveContracts) -> Rows:
    """The rows for a book's Venues sheet."""
    found = live.contracts(list(plan.contracts.values()))
    return {
        number: fitting(CONTRACTS, " ".join(name), columns(found[name]), live.remark)
        for number, name in plan.contracts.items()
        if name in found
    }


def history_rows(plan: PlanBook, live: LiveMarket, days: int) -> Rows:
    """Daily closes for every row of a book's price history, oldest first; the rest of it is blank.

    An asset that the venue does not have has a blank column. If one can't be had, all stay: a column
    must not stand beside the days of another history.
    """
    return _day_rows(
        plan.prices, plan.wants[0], partial(live.history, days=min(days, plan.prices.room)), live
    )


def funding_rows(plan: PlanBook, live: LiveMarket, days: int) -> Rows:
    """Settled funding by day for every row of a book's table of it; as with the price history."""
    asked = partial(live.funding, days=min(days, plan.funding.room))
    return _day_rows(plan.funding, plan.wants[0], asked, live, "funding by day")


def _day_rows(
    table: Days,
    first: Want,
    ask: Callable[[Want], Mapping["dt.date", float]],
    live: LiveMarket,
    name: str = "price history",
) -> Rows:
    had: dict[str, Mapping[dt.date, float]] = {}
    unlisted: list[NotListed] = []
    for column, asset in table.assets.items():
        try:
            had[column] = ask(replace(first, symbol=asset))
        except NotListed as reason:
            unlisted.append(reason)
            had[column] = {}
        except LiveError as reason:
            live.remark(f"{reason}; the {name} stays as it is")
            return {}
    found = sorted({day for asset in had.values() for day in asset})[-table.room :]
    for lack in unlisted:
        live.remark(f"{lack}; {'its column is blank' if found else f'the {name} stays as it is'}")
    if not found:
        return {}
    filled: dict[int, Mapping[str, Cell]] = {
        number: {"date": serial(day), **{name: asset.get(day, BLANK) for name, asset in had.items()}}
        for number, day in enumerate(found)
    }
    blank: Mapping[str, Cell] = dict.fromkeys(["date", *had], BLANK)
    return filled | dict.fromkeys(range(len(found), table.room), blank)


def fill_book(path: Path, live: LiveMarket, days: int = 0) -> tuple[tuple[Want, ...], Outcome]:
    """Write the market as it is now into a saved book and recalculate it, in place, whole or not at all."""
    try:
        plan = PlanBook.read(path.read_bytes())
    except BookError as refusal:
        raise BookError(f"{path}: {refusal}", "path", str(path)) from None
    request = Request(market=market_rows(plan, live))
    if days and plan.wants and (history := history_rows(plan, live, days)):
        source = f"{plan.wants[0].venue} spot, daily close 24:00 UTC, through ccxt"
        request = replace(request, tables={PRICES: history}, inputs={"corr_source": source})
    if days and plan.wants and (rates := funding_rows(plan, live, days)):
        request = replace(request, tables={**request.tables, FUNDING: rates})
    if not request.market and not request.tables:
        return plan.wants, Outcome(str(path), "unchanged")
    outcome = recalc_book(path, path, request)
    if outcome.is_problem:
        raise BookError(f"{path}: {outcome.reason}", "path", str(path))
    return plan.wants, outcome


def live_request(market: LiveMarket, contracts: LiveContracts, request: Request, package: bytes) -> Request:
    """A request with the venues' present word; what the request itself says of a symbol comes first."""
    try:
        plan = PlanBook.read(package)
    except BookError:
        return request  # no plan book, or none at all: the recalculation says what there is to say
    now, given = market_rows(plan, market), request.market
    merged = {symbol: {**now.get(symbol, {}), **given.get(symbol, {})} for symbol in {**now, **given}}
    facts = contract_rows(plan, contracts)
    return replace(
        request, market=merged, tables={**request.tables, CONTRACTS: facts} if facts else request.tables
    )


def _pegged(book: SavedBook) -> frozenset[int]:
    """The rows of coins that stand for the plan's own currency: no venue has a future on them."""
    table = book.tables[MARKET.lower()]
    if PEGGED.casefold() not in (header.casefold() for header in table.columns):
        return frozenset()  # of an older template
    return frozenset(number for number, (pegged,) in _rows(book, MARKET, "pegged") if pegged == "yes")


def _since(date: float | None) -> str:
    if date is None:
        return "as it was, of an unknown date"
    return f"as of {moment(date).date()}"


def _named(book: SavedBook, name: str) -> Value:
    """The value of a named cell; None where the name is missing or means something else."""
    area = cell_of(book, name)
    return None if area is None else book.value(area)


def _rows(book: SavedBook, name: str, *wanted: str) -> Iterator[tuple[int, tuple[Value, ...]]]:
    """Some columns of a table, by the names the layout gives them, row by row from 0."""
    table, record = book.tables.get(name.lower()), PLAN.tables[name]
    if table is None:
        return
    headers = [header.casefold() for header in table.columns]
    try:
        places = [table.data.left + headers.index(record[column].header.casefold()) for column in wanted]
    except ValueError:
        said = " or ".join(record[column].header for column in wanted)
        raise BookError(f"has no column {said} in its table {name}") from None
    values = book.cells(table.data.sheet).values
    for number, line in enumerate(range(table.data.top, table.data.bottom + 1)):
        cells = (values.get(place(0, line, column)) for column in places)
        yield number, tuple(cell.strip() or None if isinstance(cell, str) else cell for cell in cells)
