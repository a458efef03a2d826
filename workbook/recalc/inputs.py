"""New values for a book's input cells: which cells they are, and whether they take the values."""

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime

from udfs.close_words import did_you_mean
from udfs.dates import serial
from udfs.errors import BadArgument
from udfs.parameters import DECIMAL_TEXT
from workbook.cells import KEY_MASK, LATER_1904, Area, CellError, Value, address, place
from workbook.errors import BadInput
from workbook.formula.structured_references import BookTable
from workbook.layout import PLAN
from workbook.layout.schema import Port
from workbook.recalc.feed import Fill, dated, filled_rows
from workbook.recalc.named_cells import cell_of
from workbook.request import Cell, Request
from workbook.typed import TYPED, typed_number
from workbook.xlsx.number_formats import is_date, is_percent
from workbook.xlsx.saved_book import SavedBook

LONGEST_TEXT = 32_767  # Excel's limit
MARKET = "Market"


def new_inputs(book: SavedBook, request: Request) -> tuple[dict[int, Value], Fill]:
    """The values that a request writes, by place, and how its market fits; an impossible one is refused."""
    is_plan = PLAN.describes(book.names)
    values: dict[int, Value] = {}
    for name, given in request.inputs.items():
        area = _cell_of(book, name)
        port = PLAN.fields.get(name.lower()) if is_plan else None
        value = _taken(book, area, name, given, port)
        if port is not None and port.listed:
            _refuse_unlisted(book, name, value, port.listed)
        where = _writable(book, area, name)
        if where in values:
            raise BadInput(f"{name}: the cell of this name is set twice", name)
        values[where] = value
    fill = _fill(book, request, is_plan=is_plan)
    for area, said, price, column in _market_cells(book, fill, is_plan=is_plan):
        if price is not None:
            values[_writable(book, area, said)] = _taken(book, area, said, price, column)
    for area, said, fact, column in _table_cells(book, request.tables, is_plan=is_plan):
        values[_writable(book, area, said)] = _taken(book, area, said, fact, column)
    return values, fill


def _cell_of(book: SavedBook, name: str) -> Area:
    area = cell_of(book, name)
    if area is not None:
        return area
    if (None, name.lower()) in book.names:
        raise BadInput(f"{name}: the name is not that of a single cell", name)
    raise BadInput(f"{name}: the book has no such name", name)


def _writable(book: SavedBook, area: Area, said: str) -> int:
    """The place of a cell that no formula computes and no table is named by."""
    where = place(*area[:3])
    cells = book.cells(area.sheet)
    computed = where & KEY_MASK in cells.formulas or any(
        formula.kind and formula.area is not None and _within(formula.area, area)
        for formula in cells.formulas.values()
    )
    cell = f"{book.sheets[area.sheet].name}!{address(area.top, area.left)}"
    if computed:
        raise BadInput(f"{said}: {cell} holds a formula, which is never overwritten", said)
    for table in book.tables.values():
        if _within(table.area, area) and area.top < table.data.top:
            raise BadInput(f"{said}: {cell} is a header of the table {table.name}", said)
    return where


def _within(outer: Area, cell: Area) -> bool:
    return (
        outer.sheet == cell.sheet
        and outer.top <= cell.top <= outer.bottom
        and outer.left <= cell.left <= outer.right
    )


def _taken(book: SavedBook, area: Area, said: str, given: Cell, port: Port | None) -> Value:
    """The value as the cell is to hold it, by the layout's domain or by what the cell holds now."""
    if isinstance(given, str) and any("\ud800" <= letter <= "\udfff" for letter in given):
        raise BadInput(f"{said}: must be a text in Unicode", said)
    if port is not None:
        if not port.is_input:
            raise BadInput(f"{said}: is computed or fixed by the template, not an input", said)
        return port.read(given)
    value = _typed(book, area, said, given)
    if isinstance(value, float) and not math.isfinite(value):
        raise BadInput(f"{said}: must be a finite number, got {given}", said, given)
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise BadInput(f"{said}: must be a text of at most {LONGEST_TEXT} characters", said)
    return value


def _refuse_unlisted(book: SavedBook, said: str, value: Value, listed: str) -> None:
    """A word that is none of those in the table of the book that offers them."""
    name, key = PLAN.lists[listed]
    table = book.tables.get(name.lower())
    if table is None:
        return  # no table to hold it against: the validator says so
    find = _column_finder(table, {column.name: column.header for column in PLAN.tables[name].columns})
    words = _words(book, table, find(key))
    if str(value).lower() not in words:
        sheet = book.sheets[table.area.sheet].name
        raise BadInput(
            f'{said}: must stand in the table {name} of the sheet {sheet}, got "{value}"'
            f"{did_you_mean(str(value), words.values())}",
            said,
        )


def _typed(book: SavedBook, area: Area, said: str, given: Cell) -> Value:
    """The value in the type that the cell holds now."""
    if isinstance(given, date):
        return _serial(book, given)
    if not isinstance(given, str):
        return given if isinstance(given, bool) or given is None else float(given)
    old = book.value(area)
    if isinstance(old, str) and not isinstance(old, CellError):
        return given
    if not DECIMAL_TEXT.fullmatch(given) and is_date(book, area):
        return _date(book, said, given)
    guess = _guessed(book, area, said, given)
    if old is None or isinstance(old, CellError):
        return guess
    if type(guess) is not type(old):
        wanted = "TRUE or FALSE" if isinstance(old, bool) else "a number"
        raise BadInput(f'{said}: must be {wanted}, got "{given}"', said, given)
    return guess


def _guessed(book: SavedBook, area: Area, said: str, given: str) -> Value:
    """What the text looks like; a percentage only where the cell shows one."""
    if DECIMAL_TEXT.fullmatch(given):
        return float(given)
    if TYPED.fullmatch(given) and any(map(str.isdigit, given)):
        try:
            return typed_number(said, given, percent=is_percent(book, area), times=False)
        except BadArgument as refused:
            raise BadInput(str(refused), said, given) from None
    upper = given.strip().upper()
    return upper == "TRUE" if upper in ("TRUE", "FALSE") else given or None


def _date(book: SavedBook, said: str, given: str) -> float:
    try:
        return _serial(book, datetime.fromisoformat(given.strip()))
    except ValueError:
        raise BadInput(f'{said}: must be a date such as 2026-01-31, got "{given}"', said, given) from None


def _serial(book: SavedBook, day: date) -> float:
    return serial(day) - (LATER_1904 if book.date1904 else 0.0)


def _fill(book: SavedBook, request: Request, *, is_plan: bool) -> Fill:
    """The rows of the Market table that the request's market fills."""
    if not request.market:
        return Fill()
    table = book.tables.get(MARKET.lower())
    if table is None:
        raise BadInput("the book has no table Market for the prices", MARKET)
    find = _market_finder(table)
    fill = filled_rows(book, table, find(PLAN.tables[MARKET].key), request.market, add=request.add_symbols)
    return dated(book, table, find, fill) if is_plan else fill


def _market_finder(table: BookTable) -> Callable[[str], int]:
    return _column_finder(table, {column.name: column.header for column in PLAN.tables[MARKET].columns})


def _market_cells(
    book: SavedBook, fill: Fill, *, is_plan: bool
) -> Iterator[tuple[Area, str, Cell, Port | None]]:
    """Each cell of the Market table that a market writes, its name for a reader, and its value."""
    if not fill.rows:
        return
    table = book.tables[MARKET.lower()]
    layout = PLAN.tables[MARKET]
    ports = {column.name: column for column in layout.columns}
    find = _market_finder(table)
    for row, (symbol, columns) in fill.rows.items():
        new: Mapping[str, Cell] = {layout.key: symbol} if row in fill.added else {}
        replaced = _replaced(book, table, find, row, columns) if is_plan and row not in fill.added else {}
        for name, given in {**new, **replaced, **columns}.items():
            column = find(name)
            area = Area(table.area.sheet, row, column, row, column)
            yield area, f"{symbol} {name}", given, ports.get(name) if is_plan else None


def _replaced(
    book: SavedBook, table: BookTable, find: Callable[[str], int], row: int, columns: Mapping[str, Cell]
) -> Mapping[str, Cell]:
    """The price that a market replaces, kept beside the new one: the plan takes a jump for unknown.

    The same price again replaces nothing, and a jump that nobody has confirmed keeps what it jumped from.
    """
    new = columns.get("spot")

    def held(name: str) -> Value:
        column = find(name)
        return book.value(Area(table.area.sheet, row, column, row, column))

    old, before = held("spot"), held("before")
    if not isinstance(old, float) or not isinstance(new, float) or old <= 0 or new == old:
        return {}
    limit = cell_of(book, "limit_price_jump")
    jump = book.value(limit) if limit is not None else None
    if isinstance(before, float) and before > 0 and isinstance(jump, float) and abs(old / before - 1) > jump:
        return {}
    return {"before": old}


def _table_cells(
    book: SavedBook, tables: Mapping[str, Mapping[int, Mapping[str, Cell]]], *, is_plan: bool
) -> Iterator[tuple[Area, str, Cell, Port | None]]:
    """Each cell of a table that is written by its row, its name for a reader, and its value."""
    for name, rows in tables.items():
        table = book.tables.get(name.lower())
        if table is None:
            raise BadInput(f"the book has no table {name}", name)
        layout = PLAN.tables.get(name) if is_plan else None
        ports = {column.name: column for column in layout.columns} if layout else {}
        find = _column_finder(table, {column: port.header for column, port in ports.items()})
        for row, columns in rows.items():
            line = table.data.top + row
            if not table.data.top <= line <= table.data.bottom:
                raise BadInput(f"{name}: the table has no row {row + 1}", name)
            for word, given in columns.items():
                column = find(word)
                area = Area(table.area.sheet, line, column, line, column)
                yield area, f"{name} {word} of row {row + 1}", given, ports.get(word)


def _column_finder(table: BookTable, headers: Mapping[str, str]) -> Callable[[str], int]:
    numbers = {
        column.strip().lower().replace(" ", "_"): table.area.left + at
        for at, column in enumerate(table.columns)
    }

    def find(name: str) -> int:
        for word in (name, headers.get(name, name)):
            number = numbers.get(word.strip().lower().replace(" ", "_"))
            if number is not None:
                return number
        raise BadInput(f"{name}: the table {table.name} has no such column", name)

    return find


def _words(book: SavedBook, table: BookTable, column: int) -> dict[str, str]:
    """The words of a column as they are written, by what is the same in any case."""
    data = table.data
    words: dict[str, str] = {}
    for row in range(data.top, data.bottom + 1):
        value = book.value(Area(data.sheet, row, column, row, column))
        if isinstance(value, str) and value.strip():
            words.setdefault(value.strip().lower(), value.strip())
    return words
