"""Hidden columns and rows of a plan's blocks: what they hold still counts."""

import re
from collections.abc import Iterator
from typing import Final

from workbook.cells import MAX_COLUMN, Area
from workbook.plan.saved import SavedPlan
from workbook.validate.finding import Fault
from workbook.validate.kinds import Kind, message
from workbook.xlsx.xml_text import attributes_of

COLUMN: Final = re.compile(rb"<(?:\w+:)?col(\s[^<>]*)>")
ROW: Final = re.compile(rb"<(?:\w+:)?row(\s[^<>]*)>")
TRUE: Final = (b"1", b"true")


def hidden(saved: SavedPlan) -> Iterator[Fault]:
    """Columns of tables and panels, and rows of tables, that are out of sight; each is said once."""
    blocks = list(_blocks(saved))
    for number in sorted({area.sheet for area in blocks}):
        xml = saved.book.xml(number)
        cells = saved.book.cells(number)
        hidden_columns = _hidden_columns(xml[: cells.begin])
        hidden_rows = _hidden_rows(xml[cells.begin : cells.end])
        columns: dict[int, Area] = {}
        rows: dict[int, Area] = {}
        for area in (block for block in blocks if block.sheet == number):
            for column in hidden_columns.intersection(range(area.left, area.right + 1)):
                columns.setdefault(column, area._replace(left=column, right=column))
            for row in hidden_rows.intersection(saved.used(area)):
                rows.setdefault(row, area._replace(top=row, bottom=row))
        yield from (Fault(message(Kind.COLUMN_HIDDEN), columns[column]) for column in sorted(columns))
        yield from (Fault(message(Kind.ROW_HIDDEN), rows[row]) for row in sorted(rows))


def _blocks(saved: SavedPlan) -> Iterator[Area]:
    for name in saved.plan.tables:
        table = saved.table(name)
        if table is not None:
            shown = saved.plan.tables[name].shown  # the template itself groups the others
            yield table.area._replace(right=table.area.left + shown - 1)
    for sheet in saved.plan.sheets:
        for panel in sheet.panels:
            if panel.name in saved.places:
                yield saved.places[panel.name]


def _hidden_columns(xml: bytes) -> set[int]:
    found: set[int] = set()
    for tag in COLUMN.findall(xml):
        about = attributes_of(tag)
        first, last = about.get(b"min", b""), about.get(b"max", b"")
        if about.get(b"hidden") in TRUE and first.isdigit() and last.isdigit():
            found.update(range(int(first), min(int(last), MAX_COLUMN) + 1))
    return found


def _hidden_rows(xml: bytes) -> set[int]:
    marked = (attributes_of(tag) for tag in ROW.findall(xml) if b"hidden" in tag)
    return {
        int(about[b"r"])
        for about in marked
        if about.get(b"hidden") in TRUE and about.get(b"r", b"").isdigit()
    }
