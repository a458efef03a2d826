"""Reading a market: a table with the column symbol and any of the Market table's other columns."""

from collections.abc import Mapping
from typing import Any, Final

from udfs.close_words import did_you_mean
from workbook.batch.table_file import UNNAMED, BadTable, TableFile, read_table
from workbook.errors import BookError
from workbook.layout import PLAN
from workbook.layout.schema import Column
from workbook.request import Cell, Place

MARKET: Final = "Market"
KEY: Final = PLAN.tables[MARKET].key

BadMarket = BadTable


def market_in_file(place: Place) -> Mapping[str, Mapping[str, Cell]]:
    """Symbol to column to value; a blank cell leaves the book's own value as it is.

    The file is a text (commas, semicolons or tabs), a workbook or a Parquet file. A column goes by its
    name or by its header in the book, in any case. Dates are days as the book holds them.
    """
    return market_in_table(read_table(place, MARKET))


def market_in_table(table: TableFile) -> Mapping[str, Mapping[str, Cell]]:
    """The market that a table holds; what does not fit is refused with its place."""
    columns = _columns(table)
    market: dict[str, Mapping[str, Cell]] = {}
    seen: set[str] = set()
    for where, cells in table.rows:
        symbol, values = _row(where, columns, cells, table.shift)
        if symbol.lower() in seen:
            raise BadMarket(f"{where}: {symbol} stands here a second time")
        seen.add(symbol.lower())
        market[symbol] = values
    if not market:
        raise BadMarket(f"{table.name}: holds no symbol")
    return market


def _columns(table: TableFile) -> list[Column | None]:
    """The column of the Market table for each of the file's; None for an index that only counts."""
    name, ports = table.name, PLAN.tables[MARKET]
    known = {word.lower(): column for column in ports.columns for word in (column.name, column.header)}
    columns: list[Column | None] = []
    has_key = any(known.get(word.strip().lower()) is ports[KEY] for word in table.header)
    for at, word in enumerate(table.header):
        if at == 0 and len(table.header) > 1 and UNNAMED.fullmatch(word):
            columns.append(None if has_key else ports[KEY])  # an index: of symbols, or of numbers beside them
            continue
        column = known.get(word.strip().lower())
        if column is None:
            said, takes = word.strip(), [column.name for column in ports.columns if column.is_input]
            raise BadMarket(
                f'{name}: "{said}" is no column of the Market table{did_you_mean(said, takes)}'
                f"; it takes {', '.join(takes)}"
            )
        if not column.is_input:
            raise BadMarket(f"{name}: {column.name} is calculated by the book and can't be given")
        if column in columns:
            raise BadMarket(f"{name}: has the column {column.name} twice")
        columns.append(column)
    if ports[KEY] not in columns:
        said = ", ".join(word.strip() for word in table.header) or "none"
        raise BadMarket(f"{name}: has no column {KEY}; its columns are {said}")
    return columns


def _row(
    where: str, columns: list[Column | None], cells: Any, shift: float
) -> tuple[str, Mapping[str, Cell]]:
    if len(cells) > len(columns):
        raise BadMarket(f"{where}: has {len(cells)} cells under {len(columns)} columns")
    values: dict[str, Cell] = {}
    for column, given in zip(columns, cells, strict=False):
        cell = given.strip() if isinstance(given, str) else given
        if column is None or cell is None or cell == "":
            continue
        if column.kind == "date" and isinstance(cell, float):
            cell += shift
        try:
            values[column.name] = column.read(cell)
        except BookError as refusal:
            raise BadMarket(f"{where}: {refusal}") from None
    symbol = values.pop(KEY, None)
    if symbol is None:
        raise BadMarket(f"{where}: has no {KEY}")
    return str(symbol), values
