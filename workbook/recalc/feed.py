"""A market against a book's Market table: which rows it fills, and what the book uses and it lacks.

A feed is larger than a book: what the book does not list is ignored, or added where that is asked for.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from udfs.symbols import spelling
from workbook.cells import Area, Value
from workbook.errors import BadInput
from workbook.formula.structured_references import BookTable
from workbook.layout import PLAN
from workbook.layout.market import PRICE_COLUMNS
from workbook.recalc.named_cells import cell_of
from workbook.request import Cell
from workbook.xlsx.saved_book import SavedBook

NAMED: Final = 5  # symbols named in one sentence
DATE: Final = "as_of"

Market = Mapping[str, Mapping[str, Cell]]


@dataclass(frozen=True, slots=True)
class Fill:
    """Which rows of a book's Market table a market fills: sheet row to its symbol and values."""

    rows: Mapping[int, tuple[str, Mapping[str, Cell]]] = field(default_factory=dict)
    added: Mapping[int, str] = field(default_factory=dict)  # free rows that get a new symbol
    unpriced: tuple[str, ...] = ()  # symbols that the book uses and the market lacks
    left: tuple[str, ...] = ()  # symbols that no free row was left for
    undated: tuple[str, ...] = ()  # symbols whose new date is not written: an older price stays beside it


def identity(symbol: str) -> str:
    """What two spellings of one asset have in common: BTC, btc and XBT."""
    return spelling(symbol) or symbol.strip().casefold()


def by_identity(market: Market) -> dict[str, str]:
    """The market's symbols by what they mean; one that is given twice is refused."""
    found: dict[str, str] = {}
    for symbol in market:
        other = found.setdefault(identity(symbol), symbol)
        if other != symbol:
            raise BadInput(f"the market has {other} and {symbol}, which are one asset", symbol)
    return found


def filled_rows(book: SavedBook, table: BookTable, column: int, market: Market, *, add: bool) -> Fill:
    """The rows that a market fills; `column` is the symbols'."""
    given = by_identity(market)
    listed: dict[str, int] = {}
    free: list[int] = []
    for row, value in _cells(book, table, column):
        if isinstance(value, str) and value.strip():
            listed.setdefault(identity(value), row)
        elif value is None:
            free.append(row)
    used = {identity(symbol): symbol for symbol in _used(book)} or {key: key for key in listed}
    wanted = [key for key in given if key not in listed] if add else []
    wanted.sort(key=lambda key: key not in used)
    added = {row: given[key] for key, row in zip(wanted, free, strict=False)}
    rows = {row: given[key] for key, row in listed.items() if key in given} | added
    return Fill(
        {row: (symbol, market[symbol]) for row, symbol in rows.items()},
        added,
        tuple(symbol for key, symbol in used.items() if key not in given),
        tuple(given[key] for key in wanted[len(free) :]),
    )


def dated(book: SavedBook, table: BookTable, find: Callable[[str], int], fill: Fill) -> Fill:
    """The fill with dates of whole rows alone: where an older price stays, the older of both dates holds.

    A row has one date for all of its prices. A new one beside a price that the market lacks would call
    that price new.
    """
    rows = dict(fill.rows)
    undated = []
    for row, (symbol, columns) in fill.rows.items():
        if DATE not in columns:
            continue

        def held(name: str, row: int = row) -> Value:
            column = find(name)
            return book.value(Area(table.area.sheet, row, column, row, column))

        old, new = held(DATE), PLAN.tables["Market"][DATE].read(columns[DATE])
        stays = any(name not in columns and held(name) is not None for name in PRICE_COLUMNS)
        if stays and new is not None and not (isinstance(old, float) and float(new) <= old):
            rows[row] = symbol, {name: value for name, value in columns.items() if name != DATE}
            undated.append(symbol)
    return replace(fill, rows=rows, undated=tuple(undated))


def remarks(fill: Fill) -> list[str]:
    """What a person should know of a market that does not fit a book."""
    said = []
    if fill.unpriced:
        said.append(f"the market has no price of {some(fill.unpriced)}, which the book uses")
    if fill.left:
        said.append(f"its Market table has no free row for {some(fill.left)}")
    if fill.undated:
        said.append(f"the market lacks a price that the book has of {some(fill.undated)}: its date stays")
    return said


def some(names: Collection[str]) -> str:
    """A few names, and how many more there are."""
    more = len(names) - NAMED
    return ", ".join(islice(names, NAMED)) + (f" and {more:,} more" if more > 0 else "")


def _used(book: SavedBook) -> Iterator[str]:
    """The assets that a plan holds or hedges with; none of another book."""
    if not PLAN.describes(book.names):
        return
    hedge = cell_of(book, "plan_instrument")
    value = None if hedge is None else book.value(hedge)
    if isinstance(value, str) and value.strip():
        yield value.strip()
    held = book.tables.get("holdings")
    columns = [] if held is None else [name.casefold() for name in held.columns]
    header = PLAN.tables["Holdings"]["asset"].header.casefold()
    if held is not None and header in columns:
        for _, asset in _cells(book, held, held.data.left + columns.index(header)):
            if isinstance(asset, str) and asset.strip():
                yield asset.strip()


def _cells(book: SavedBook, table: BookTable, column: int) -> Iterator[tuple[int, Value]]:
    data = table.data
    for row in range(data.top, data.bottom + 1):
        yield row, book.value(Area(data.sheet, row, column, row, column))
