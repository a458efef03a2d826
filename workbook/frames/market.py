"""Prices in frames: a market by symbol, and a history of prices by date."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from udfs.dates import LAST_DAY, moment
from udfs.front import plain
from udfs.parameters import DECIMAL_TEXT
from workbook.batch.market_file import BadMarket
from workbook.batch.market_file import market_in_file as market_in
from workbook.batch.market_file import market_in_table as market_of_table
from workbook.batch.table_file import TableFile, read_table
from workbook.layout import PLAN
from workbook.request import Cell, Place

HISTORY = "Prices"
MARKET = PLAN.tables["Market"]


def read_market(place: Place) -> pd.DataFrame:
    """The market of a file (text, .xlsx or Parquet) as a frame, a row per symbol."""
    rows = market_in(place)
    columns = [column.name for column in MARKET.columns if any(column.name in row for row in rows.values())]
    frame = pd.DataFrame([[row.get(name) for name in columns] for row in rows.values()], list(rows), columns)
    return frame.rename_axis(MARKET.key)


def market_of(market: Any, name: str = "market") -> Mapping[str, Mapping[str, Cell]]:
    """A market as a request takes it, from a frame with symbols in a column or in its index."""
    if not isinstance(market, pd.DataFrame):
        raise BadMarket(f"{name}: must be a DataFrame, got {type(market).__name__}")
    counts = isinstance(market.index, pd.RangeIndex) and market.index.name is None
    frame = market if counts else market.reset_index(names=market.index.name or "")
    rows = [
        (f"{name}, row {at}", list(map(plain, row)))
        for at, row in enumerate(frame.itertuples(index=False, name=None))
    ]
    return market_of_table(TableFile(name, list(map(str, frame.columns)), rows))


def read_history(place: Place) -> pd.DataFrame:
    """A price history from a file: dates in the column date or in the first, ascending, and prices by asset.

    Dates are ISO dates, with a zone taken in UTC; a blank is a price that is missing. What is no
    number above 0, and a date out of order or there twice, is refused with its place.
    """
    table = read_table(place, HISTORY)
    header = [word.strip() for word in table.header]
    if len(header) < 2:
        raise BadMarket(f"{table.name}: needs a column of dates and one of prices")
    dated = next((at for at, word in enumerate(header) if word.lower() == "date"), 0)
    names = [word for at, word in enumerate(header) if at != dated]
    for word in names:
        if not word or names.count(word) > 1:
            raise BadMarket(f'{table.name}: each column of prices needs a name of its own, got "{word}"')
    dates: list[dt.datetime] = []
    prices: list[list[float | None]] = []
    for where, cells in table.rows:
        if len(cells) > len(header):
            raise BadMarket(f"{where}: has {len(cells)} cells under {len(header)} columns")
        padded = [*cells, *[None] * (len(header) - len(cells))]
        date = _date(where, padded.pop(dated), table.shift)
        if dates and date <= dates[-1]:
            raise BadMarket(f"{where}: {date} must come after {dates[-1]}: oldest first, each date once")
        dates.append(date)
        prices.append([_price(where, name, cell) for name, cell in zip(names, padded, strict=True)])
    if not dates:
        raise BadMarket(f"{table.name}: holds no price")
    return pd.DataFrame(prices, pd.DatetimeIndex(dates, name="date"), names, dtype="float64")


def _date(where: str, cell: Any, shift: float) -> dt.datetime:
    value = plain(cell)
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value.strip())
        except ValueError:
            raise BadMarket(f'{where}: must begin with a date such as 2026-01-31, got "{cell}"') from None
    if isinstance(value, float) and 0 <= value + shift <= LAST_DAY:
        return moment(value + shift)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day)
    raise BadMarket(f"{where}: must begin with a date such as 2026-01-31, got {cell}")


def _price(where: str, name: str, cell: Any) -> float | None:
    value = plain(cell)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, str) and DECIMAL_TEXT.fullmatch(value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < float("inf"):
        raise BadMarket(f"{where}: {name}: must be a price above 0, got {cell}")
    return float(value)
