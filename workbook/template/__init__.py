"""The template: writes a new plan book from the layout record and an example's inputs."""

import io
import os
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Final

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from workbook.errors import BookError
from workbook.files.atomic_write import write_whole
from workbook.layout.formats import PURPOSE_ROW, STATUS_ROW, TITLE_ROW, TOP
from workbook.layout.schema import Panel, Sheet, Table, Value, letters
from workbook.native.editions import ADD_IN, NATIVE, EditionName, looked_up, record
from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request
from workbook.template import (
    blocks,
    checks,
    correlation,
    costs,
    guide,
    journal,
    plan,
    roll,
    scenarios,
    styles,
)
from workbook.template.charts import cache, charts_of, reach, title_of
from workbook.template.examples import Example, example
from workbook.template.finish import finished
from workbook.template.native import write_addresses

DRESS: Final[Mapping[str, ModuleType]] = {
    "Guide": guide,
    "Plan": plan,
    "Costs": costs,
    "Scenarios": scenarios,
    "Correlation": correlation,
    "Roll": roll,
    "Journal": journal,
    "Checks": checks,
}
STATUS_WIDTH: Final = 50  # characters that the longest status takes
TABS: Final = {"Guide": styles.GREY, "Plan": styles.NAVY, "Holdings": "C9A227", "Market": "C9A227"}


def new_book(
    target: str | os.PathLike[str],
    example: str = "two-asset",
    venue: str | None = None,
    edition: EditionName = ADD_IN,
    *,
    force: bool = False,
) -> None:
    """Write a new plan book; an existing file is refused unless forced, and never half written."""
    path = Path(target)
    if path.suffix.lower() != ".xlsx":
        raise BookError(f"{path}: a new book is an .xlsx file", "target", str(path))
    if path.is_dir() or (path.exists() and not force):
        raise BookError(f"{path}: exists already; --force writes over it", "target", str(path))
    if not path.parent.is_dir():
        raise BookError(f"{path}: there is no folder {path.parent}", "target", str(path))
    write_whole(book_bytes(example, venue, edition), None, path)


def book_bytes(name: str = "two-asset", venue: str | None = None, edition: EditionName = ADD_IN) -> bytes:
    """A new book as a package, every formula cell with its value."""
    chosen = example(name, venue)
    package, outcome = recalc_bytes(bare_bytes(chosen, edition), Request(as_of=chosen.as_of))
    if outcome.is_problem:
        raise BookError(f"the new book does not calculate: {outcome.reason}")
    return package


def bare_bytes(chosen: Example, edition: EditionName = ADD_IN) -> bytes:
    """The book as written, before its first calculation."""
    plan = record(edition)
    rows = {**looked_up(), **chosen.tables}
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet_record in plan.sheets:
        _write(book.create_sheet(sheet_record.name), sheet_record, chosen.fields, rows)
    for name, place in plan.names.items():
        book.defined_names[name] = DefinedName(name, attr_text=place.ref)
    charts = []
    for sheet in book.worksheets:
        if sheet.title in DRESS:
            DRESS[sheet.title].dress(sheet)
        _print(sheet, plan.sheet(sheet.title))
        for chart in charts_of(sheet):
            cache(book, chart)
        charts += [(title_of(chart), chart.descr) for chart in charts_of(sheet)]
    if edition == NATIVE:
        write_addresses(book, plan)
    book.active = [sheet.name for sheet in plan.sheets].index("Plan")
    book.properties.title = "Hedge plan"
    book.properties.creator = "microhedge"
    book.calculation.fullCalcOnLoad = False
    written = io.BytesIO()
    book.save(written)
    return finished(written.getvalue(), charts)


def _write(
    sheet: Worksheet, record: Sheet, fields: Mapping[str, Value | None], rows: Mapping[str, blocks.Rows]
) -> None:
    _widths(sheet, record)
    _head(sheet, record)
    for notes in record.notes:
        blocks.write_notes(sheet, notes)
    for panel in record.panels:
        blocks.write_panel(sheet, panel, fields)
    for table in record.tables:
        blocks.write_table(sheet, table, rows.get(table.name, ()))
    _view(sheet, record)
    sheet.sheet_properties.tabColor = TABS.get(record.name, "8FA3B8")
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False  # False: allowed


def _head(sheet: Worksheet, record: Sheet) -> None:
    """Title, purpose and the one status of all checks, the same on every sheet."""
    title = sheet.cell(TITLE_ROW, 1, record.title or record.name)
    title.font, title.alignment = styles.TITLE, styles.FLUSH
    sheet.row_dimensions[TITLE_ROW].height = 28
    purpose = sheet.cell(PURPOSE_ROW, 1, record.purpose)
    purpose.font, purpose.alignment = styles.PURPOSE, styles.FLUSH
    status = sheet.cell(STATUS_ROW, 1, "=checks_status")
    status.font, status.alignment = styles.STATUS, styles.FLUSH
    blocks.mark(
        sheet,
        f"A{STATUS_ROW}:{letters(_covered(sheet, STATUS_WIDTH))}{STATUS_ROW}",
        (
            ("NOT(plan_ready)", "watch"),
            ("NOT(checks_ok)", "bad"),
            ("warnings_count>0", "watch"),
            ("checks_ok", "good"),
        ),
    )


def _covered(sheet: Worksheet, wanted: float) -> int:
    """The first column up to which the sheet is that wide."""
    column, width = 1, sheet.column_dimensions["A"].width
    while width < wanted:
        column += 1
        width += sheet.column_dimensions[letters(column)].width
    return column


def _widths(sheet: Worksheet, record: Sheet) -> None:
    widths = {1: 2.0} | {at: width for at, width in enumerate(record.widths, 1) if width}
    for table in record.tables:
        for at, column in enumerate(table.columns, table.column):
            widths[at] = max(widths.get(at, 0), column.width)
    for at, width in widths.items():
        sheet.column_dimensions[letters(at)].width = width


def _data(record: Sheet) -> Table | None:
    """The table that is the sheet, if it begins under the head: its headers stay in view."""
    first = next(record.tables, None)
    return first if first is not None and first.row == TOP and first.rows > 12 else None


def _view(sheet: Worksheet, record: Sheet) -> None:
    data = _data(record)
    sheet.sheet_view.showGridLines = False
    sheet.freeze_panes = f"{letters(data.column + 1)}{data.first_row}" if data else f"A{STATUS_ROW + 1}"
    first = _first_input(record) or f"A{STATUS_ROW + 1}"
    for selection in sheet.sheet_view.selection:
        selection.activeCell = selection.sqref = first


def _first_input(record: Sheet) -> str | None:
    """Where the cursor stands when the sheet is opened: on the first cell to fill in."""
    for block in record.blocks:
        if isinstance(block, Panel):
            for row, field in enumerate(block.fields, block.first_row):
                if field.is_input:
                    return f"{letters(block.value_column)}{row}"
        if isinstance(block, Table) and block.columns[0].is_input:
            return f"{letters(block.column)}{block.first_row}"
    return None


def _print(sheet: Worksheet, record: Sheet) -> None:
    data = _data(record)
    sheet.print_title_rows = f"{TITLE_ROW}:{data.header_row if data else STATUS_ROW}"
    sheet.page_setup.orientation = "landscape" if record.landscape else "portrait"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = record.across, record.pages
    if record.across > 1:
        sheet.print_title_cols = "A:D"
    corners = [reach(sheet, chart) for chart in charts_of(sheet)] if record.printed is None else []
    last_row = max([record.last_row, *(row for row, _ in corners)])
    last_column = record.printed or max([record.last_column, *(column for _, column in corners)])
    sheet.print_area = f"A1:{letters(last_column)}{last_row}"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.6
    sheet.oddFooter = HeaderFooterItem(
        left=_HeaderFooterPart("microhedge"),
        center=_HeaderFooterPart("&A"),
        right=_HeaderFooterPart("&P / &N"),
    )
