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
    """Columns of tables and panels, and rows of tables, that are out of sight."""
    for number in sorted({area.sheet for area in _blocks(saved)}):
        xml = saved.book.xml(number)
        cells = saved.book.cells(number)
        columns = _hidden_columns(xml[: cells.begin])
        rows = _hidden_rows(xml[cells.begin : cells.end])
        seen: set[tuple[str, int]] = set()
        for area in _blocks(saved):
            if area.sheet != number:
                continue
            for column in range(area.left, area.right + 1):
                if column in columns and ("column", column) not in seen:
                    seen.add(("column", column))
                    here = area._replace(left=column, right=column)
                    yield Fault(message(Kind.COLUMN_HIDDEN), here)
            for row in saved.used(area):
                if row in rows and ("row", row) not in seen:
                    seen.add(("row", row))
                    here = area._replace(top=row, bottom=row)
                    yield Fault(message(Kind.ROW_HIDDEN), here)


def _blocks(saved: SavedPlan) -> Iterator[Area]:
    for name in saved.plan.tables:
        table = saved.table(name)
        if table is not None:
            yield table.area
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
