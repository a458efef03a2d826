"""Reading a market file: a CSV with the column symbol and any of the Market table's other columns."""

import csv
import io
from collections.abc import Mapping

from workbook.errors import BookError
from workbook.files.storage import find_store
from workbook.layout import PLAN
from workbook.layout.schema import Column
from workbook.request import Cell, Place

KEY = "symbol"


class BadMarket(BookError):
    """A market file that cannot be used; the message names file, line and column."""


def read_market(place: Place) -> Mapping[str, Mapping[str, Cell]]:
    """Symbol to column to value; a blank cell leaves the book's own value as it is.

    A column goes by its name or by its header in the book, in any case. Dates are days as the book
    holds them.
    """
    store, path = find_store(place)
    name = store.name(path)
    if fault := store.fault(path):
        raise BadMarket(f"{name}: {fault}")
    try:
        text = store.read(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadMarket(f"{name}: is no text in UTF-8") from None
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        columns = _columns(name, next(rows, []))
        market: dict[str, Mapping[str, Cell]] = {}
        seen: set[str] = set()
        for cells in rows:
            if any(cell.strip() for cell in cells):
                symbol, values = _row(f"{name}, line {rows.line_num}", columns, cells)
                if symbol.lower() in seen:
                    raise BadMarket(f"{name}, line {rows.line_num}: {symbol} stands here a second time")
                seen.add(symbol.lower())
                market[symbol] = values
    except csv.Error as error:
        raise BadMarket(f"{name}, line {rows.line_num}: is no CSV: {error}") from None
    if not market:
        raise BadMarket(f"{name}: holds no symbol")
    return market


def _columns(name: str, header: list[str]) -> list[Column]:
    table = PLAN.tables["Market"]
    known = {word.lower(): column for column in table.columns for word in (column.name, column.header)}
    columns: list[Column] = []
    for word in header:
        column = known.get(word.strip().lower())
        if column is None:
            if any(mark in word for mark in ";\t"):
                raise BadMarket(f"{name}: its columns must be separated by commas, and numbers have a point")
            takes = ", ".join(column.name for column in table.columns if column.is_input)
            raise BadMarket(f'{name}: "{word}" is no column of the Market table; it takes {takes}')
        if not column.is_input:
            raise BadMarket(f"{name}: {column.name} is calculated by the book and cannot be given")
        if column in columns:
            raise BadMarket(f"{name}: has the column {column.name} twice")
        columns.append(column)
    if KEY not in (column.name for column in columns):
        raise BadMarket(f"{name}: has no column {KEY} (columns are separated by commas)")
    return columns


def _row(where: str, columns: list[Column], cells: list[str]) -> tuple[str, Mapping[str, Cell]]:
    if len(cells) > len(columns):
        raise BadMarket(f"{where}: has {len(cells)} cells under {len(columns)} columns")
    values: dict[str, Cell] = {}
    for column, cell in zip(columns, cells, strict=False):
        if cell.strip():
            try:
                values[column.name] = column.read(cell.strip())
            except BookError as refusal:
                raise BadMarket(f"{where}: {refusal}") from None
    symbol = values.pop(KEY, None)
    if symbol is None:
        raise BadMarket(f"{where}: has no {KEY}")
    return str(symbol), values
