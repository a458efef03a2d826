"""What a saved plan book wants to know of the market: its venue, its kind of contract, its symbols."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from udfs.registry import EXCEL_EPOCH
from workbook.book import Book
from workbook.errors import BookError
from workbook.inputs import cell_of
from workbook.layout import PLAN
from workbook.live.market import LiveMarket, row
from workbook.live.quotes import Want
from workbook.recalc import recalc_book
from workbook.request import Cell, Outcome, Request
from workbook.values import Value, place

KEYS: Final = ("symbol", "as_of")


@dataclass(frozen=True, slots=True)
class BookWants:
    """The assets that a book's Market table names, and the dates that it has them of."""

    wants: tuple[Want, ...]
    as_of: Mapping[str, float]


def wants_of(package: bytes) -> BookWants:
    """Read what a plan book wants; any other book is refused."""
    book = Book(package)
    if (None, PLAN.version_name) not in book.names or "market" not in book.tables:
        raise BookError("is no plan book: it has no Market table that could be filled")
    venue, kind = _named(book, "plan_venue"), _named(book, "plan_kind")
    horizon = _named(book, "plan_horizon")
    if not isinstance(venue, str) or not isinstance(kind, str):
        raise BookError("says neither which venue nor which kind of contract is to be asked for")
    days = horizon if isinstance(horizon, float) else 0.0
    rows = [(symbol, date) for symbol, date in _market(book) if isinstance(symbol, str) and symbol.strip()]
    return BookWants(
        tuple(Want(venue, kind, symbol.strip(), days) for symbol, _ in rows),
        {symbol.strip(): date for symbol, date in rows if isinstance(date, float)},
    )


def market_of(wanted: BookWants, live: LiveMarket) -> Mapping[str, Mapping[str, Cell]]:
    """The rows for a book's Market table; an answer older than the book's own is left out."""
    rows = {want.symbol: row(said) for want, said in live.quotes(wanted.wants).items()}
    for want in wanted.wants:
        if reason := live.missed.get(want):
            live.remark(f"{reason}; {want.symbol} stays {_since(wanted.as_of.get(want.symbol))}")
    return {symbol: new for symbol, new in rows.items() if _date(new) >= wanted.as_of.get(symbol, 0.0)}


def fill_book(path: Path, live: LiveMarket) -> tuple[tuple[Want, ...], Outcome]:
    """Write the market as it is now into a saved book and recalculate it, in place, whole or not at all."""
    try:
        wanted = wants_of(path.read_bytes())
    except BookError as refusal:
        raise BookError(f"{path}: {refusal}", "path", str(path)) from None
    rows = market_of(wanted, live)
    if not rows:
        return wanted.wants, Outcome(str(path), "unchanged")
    outcome = recalc_book(path, path, Request(market=rows))
    if outcome.is_problem:
        raise BookError(f"{path}: {outcome.reason}", "path", str(path))
    return wanted.wants, outcome


def live_request(live: LiveMarket, request: Request, package: bytes) -> Request:
    """A request with the market as it is now; what the request itself says of a symbol comes first."""
    try:
        now = market_of(wants_of(package), live)
    except BookError:
        return request  # no plan book, or none at all: the recalculation says what there is to say
    given = request.market
    merged = {symbol: {**now.get(symbol, {}), **given.get(symbol, {})} for symbol in {**now, **given}}
    return replace(request, market=merged)


def _since(date: float | None) -> str:
    if date is None:
        return "as it was, of an unknown date"
    return f"as of {(EXCEL_EPOCH + dt.timedelta(days=date)).date()}"


def _date(new: Mapping[str, Cell]) -> float:
    date = new.get("as_of")
    return date if isinstance(date, float) else 0.0


def _named(book: Book, name: str) -> Value:
    """The value of a named cell; None where the name is missing or means something else."""
    area = cell_of(book, name)
    return None if area is None else book.value(area)


def _market(book: Book) -> Iterator[tuple[Value, Value]]:
    table, record = book.tables["market"], PLAN.tables["Market"]
    columns = [column.casefold() for column in table.columns]
    data = table.data
    try:
        symbol, date = (data.left + columns.index(record[name].header.casefold()) for name in KEYS)
    except ValueError:
        raise BookError("has no column Symbol or As of in its Market table") from None
    values = book.cells(data.sheet).values
    for line in range(data.top, data.bottom + 1):
        yield values.get(place(0, line, symbol)), values.get(place(0, line, date))
