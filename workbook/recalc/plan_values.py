"""What a recalculated plan says: its named results and inputs, its filled rows, and what is not good."""

from collections.abc import Iterator, Mapping
from typing import Final

from workbook.cells import Area, Value, place
from workbook.layout import PLAN
from workbook.layout.judgement import LEARN, RULES, UNKNOWN
from workbook.layout.schema import Field
from workbook.recalc.named_cells import cell_of
from workbook.xlsx.saved_book import SavedBook

ROWS: Final = {  # the tables that a report tells of: the column that fills a row, and those it reads
    "Holdings": ("asset", ("asset", "quantity", "price", "state")),
    "Journal": (
        "symbol",
        (
            "symbol",
            "venue",
            "kind",
            "contracts",
            "entry",
            "leverage",
            "mark",
            "liquidation",
            "posted",
            "margin",
            "review",
            "expiry",
            "status",
        ),
    ),
}
FINDINGS: Final = "Findings"  # beside those tables: the rules that are not good, each in the book's own words


def plan_values(
    book: SavedBook, changes: Mapping[int, Value]
) -> tuple[dict[str, Value], dict[str, Value], dict[str, list[dict[str, Value]]]]:
    """The results, the inputs and the filled rows of a plan; all empty for another book."""
    if not PLAN.describes(book.names):
        return {}, {}, {}
    rows = {name: list(_rows(book, changes, name)) for name in ROWS}
    rows[FINDINGS] = list(_findings(book, changes))
    return _named(book, changes, PLAN.outputs), _named(book, changes, PLAN.inputs), rows


def _named(book: SavedBook, changes: Mapping[int, Value], fields: Mapping[str, Field]) -> dict[str, Value]:
    said = {}
    for name in fields:
        area = cell_of(book, name)
        if area is not None:
            said[name] = _value(book, changes, area.sheet, area.top, area.left)
    return said


def _findings(book: SavedBook, changes: Mapping[int, Value]) -> Iterator[dict[str, Value]]:
    """Each rule that is not good: its name, its state, its sentence, and what mends it."""
    for name, _, rule in RULES:
        cells = [cell_of(book, f"{column}_{name}") for column in ("kind", "say")]
        state, said = (
            _value(book, changes, area.sheet, area.top, area.left) if area else None for area in cells
        )
        if state:
            is_unknown = str(state).endswith(UNKNOWN)
            yield {
                "rule": name,
                "state": state,
                "said": said,
                "mend": LEARN.get(name, rule.mend) if is_unknown else rule.mend,
            }


def _rows(book: SavedBook, changes: Mapping[int, Value], name: str) -> Iterator[dict[str, Value]]:
    table = book.tables.get(name.lower())
    if table is None:
        return
    key, wanted = ROWS[name]
    record = {column.name: column.header.casefold() for column in PLAN.tables[name].columns}
    headers = [header.casefold() for header in table.columns]
    columns = {
        column: table.data.left + headers.index(record[column])
        for column in wanted
        if record.get(column) in headers
    }
    for line in range(table.data.top, table.data.bottom + 1):
        if key in columns and _value(book, changes, table.data.sheet, line, columns[key]):
            yield {
                column: _value(book, changes, table.data.sheet, line, at) for column, at in columns.items()
            }


def _value(book: SavedBook, changes: Mapping[int, Value], sheet: int, row: int, column: int) -> Value:
    where = place(sheet, row, column)
    return changes[where] if where in changes else book.value(Area(sheet, row, column, row, column))
