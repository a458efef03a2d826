"""The report as a workbook: a table with a frozen head and the formats of the plan, written row by row."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo

from workbook.batch.report_rows import COLUMNS, Add, table_row
from workbook.layout import PLAN
from workbook.printable import printable
from workbook.request import Cell, Outcome

NAMES: Final = (*COLUMNS, *PLAN.outputs)
LONGEST_TEXT: Final = 32_767  # Excel's limit
MOST_ROWS: Final = 1_048_575  # Excel's, without the head
WIDTHS: Final = {"path": 40, "status": 11, "reason": 60}
BUTTON: Final = 4  # the room of a filter's button beside the name
FORMATS: Final = {"seconds": "0.00"} | {
    name: field.format for name, field in PLAN.outputs.items() if field.kind == "number"
}


@contextlib.contextmanager
def write_workbook(partial: Path) -> Iterator[Add]:
    """Takes outcomes; the rows wait in a file of openpyxl's own, so that memory does not grow with them."""
    book = Workbook(write_only=True)
    sheets = [_Sheet(book, 1)]

    def add(outcome: Outcome) -> None:
        if sheets[-1].rows == MOST_ROWS:
            sheets[-1].close()
            sheets.append(_Sheet(book, len(sheets) + 1))
        sheets[-1].add(table_row(outcome))

    yield add
    sheets[-1].close()
    with partial.open("wb") as file:
        book.save(file)


class _Sheet:
    """One sheet of the report."""

    def __init__(self, book: Workbook, number: int) -> None:
        self.sheet: Any = book.create_sheet("Books" if number == 1 else f"Books {number}")
        self.number = number
        self.rows = 0
        self.sheet.freeze_panes = "B2"
        for place, name in enumerate(NAMES, 1):
            self.sheet.column_dimensions[get_column_letter(place)].width = max(
                WIDTHS.get(name, 0), len(name) + BUTTON
            )
        head = [self._cell(name) for name in NAMES]
        for cell in head:
            cell.font = Font(bold=True)
        self.sheet.append(head)

    def add(self, row: dict[str, Cell]) -> None:
        """A row, its numbers in the formats of the plan."""
        cells = []
        for name in NAMES:
            cell = self._cell(row[name])
            if name in FORMATS and isinstance(row[name], float):
                cell.number_format = FORMATS[name]
            cells.append(cell)
        self.sheet.append(cells)
        self.rows += 1

    def close(self) -> None:
        """Make a table of the rows, if there are any."""
        if self.rows:
            last = f"{get_column_letter(len(NAMES))}{self.rows + 1}"
            table = Table(displayName=f"Books{self.number}", ref=f"A1:{last}")
            table.tableStyleInfo = TableStyleInfo(name="TableStyleMedium2", showRowStripes=True)
            # A sheet that is written row by row has no cells from which the columns could be told.
            table.tableColumns = [TableColumn(id=at, name=name) for at, name in enumerate(NAMES, 1)]
            table.autoFilter = AutoFilter(ref=table.ref)
            self.sheet.tables.add(table)

    def _cell(self, value: Cell) -> Any:
        if not isinstance(value, str):
            return WriteOnlyCell(self.sheet, value)
        cell = WriteOnlyCell(self.sheet, printable(value)[:LONGEST_TEXT])
        cell.data_type = "s"  # a path or a reason is never a formula
        return cell
