"""The template: writes a new plan book from the layout record and an example's inputs."""

import io
from collections.abc import Mapping
from types import ModuleType
from typing import Final

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from workbook.cells import address, column_letters
from workbook.errors import BookError
from workbook.layout.formats import HEAD_ROW, HEADS, TOP
from workbook.layout.notes import Labels, Notes
from workbook.layout.schema import InputValue, Panel, Sheet, Table
from workbook.native.editions import ADD_IN, NATIVE, EditionName, looked_up, record
from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request
from workbook.template import (
    backtest,
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
from workbook.template.examples import ExampleBook, example
from workbook.template.finish import finished
from workbook.template.native import write_addresses
from workbook.xlsx.fresh_package import package_of, parts_of

DRESS: Final[Mapping[str, ModuleType]] = {
    "Guide": guide,
    "Plan": plan,
    "Costs": costs,
    "Scenarios": scenarios,
    "Correlation": correlation,
    "Backtest": backtest,
    "Roll": roll,
    "Journal": journal,
    "Checks": checks,
}
TABS: Final = {"Guide": styles.ACCENT, "Plan": styles.ACCENT}
ROW_HEIGHT: Final = 16.5
BLANK_ROWS: Final = 50  # of a table that is still to be filled, on paper
CALCULATED_BY: Final = 191029  # the engine of Excel 2019 to 365: an older number is calculated on opening


def book_bytes(name: str = "two-asset", venue: str | None = None, edition: EditionName = ADD_IN) -> bytes:
    """A new book as a package, every formula cell with its value."""
    chosen = example(name, venue)
    package, outcome = recalc_bytes(bare_bytes(chosen, edition), Request(as_of=chosen.as_of))
    if outcome.is_problem:
        raise BookError(f"the new book does not calculate: {outcome.reason}")
    return package_of(parts_of(package))  # deflated alike, whichever parts the calculation has changed


def bare_bytes(chosen: ExampleBook, edition: EditionName = ADD_IN) -> bytes:
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
        _print(sheet, plan.sheet(sheet.title), {name: len(filled) for name, filled in rows.items()})
        for chart in charts_of(sheet):
            cache(book, chart)
        charts += [(title_of(chart), chart.descr) for chart in charts_of(sheet)]
    if edition == NATIVE:
        write_addresses(book, plan)
    book.active = [sheet.name for sheet in plan.sheets].index("Plan")
    book.properties.title = "Hedge plan"
    book.properties.creator = "microhedge"
    book.calculation.calcId = CALCULATED_BY
    book.calculation.fullCalcOnLoad = False
    written = io.BytesIO()
    book.save(written)
    return finished(written.getvalue(), charts)


def _write(
    sheet: Worksheet, record: Sheet, fields: Mapping[str, InputValue | None], rows: Mapping[str, blocks.Rows]
) -> None:
    _widths(sheet, record)
    _head(sheet, record)
    for notes in record.notes:
        blocks.write_notes(sheet, notes)
    for labels in record.labels:
        blocks.write_labels(sheet, labels)
    for panel in record.panels:
        blocks.write_panel(sheet, panel, fields)
    for table in record.tables:
        blocks.write_table(sheet, table, rows.get(table.name, ()))
    _view(sheet, record)
    sheet.sheet_properties.tabColor = TABS.get(record.name, styles.RULE)
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False  # False: allowed


def _head(sheet: Worksheet, record: Sheet) -> None:
    """Title and purpose, and the states of the whole book: checks, warnings, unknown; the same everywhere."""
    sheet.sheet_format.defaultRowHeight, sheet.sheet_format.customHeight = ROW_HEIGHT, True
    sheet.row_dimensions[1].height, sheet.row_dimensions[HEAD_ROW].height = 8, 21
    sheet.row_dimensions[HEAD_ROW + 1].height = 7
    title = sheet.cell(HEAD_ROW, 2, record.title or record.name)
    title.font, title.alignment = styles.TITLE, styles.FLUSH
    if not record.title and record.chips[0] > 3:
        purpose = sheet.cell(HEAD_ROW, 3, record.purpose)
        purpose.font, purpose.alignment = styles.PURPOSE, styles.FLUSH
    for column, name in zip(record.chips, HEADS, strict=True):
        chip = sheet.cell(HEAD_ROW, column, f"={name}")
        chip.font, chip.alignment = styles.CHIP, styles.CENTER
        at = address(HEAD_ROW, column)
        rules = ((f'LEFT({at})="■"', "bad"), (f'LEFT({at})="▲"', "watch"), (f'LEFT({at})="?"', "unknown"))
        blocks.mark(sheet, at, (*rules, ("TRUE", "good")))


def _widths(sheet: Worksheet, record: Sheet) -> None:
    widths = {1: 1.7} | {at: width for at, width in enumerate(record.widths, 1) if width}
    for table in record.tables:
        for at, column in enumerate(table.columns, table.column):
            widths[at] = max(widths.get(at, 0), column.width)
    for at, width in widths.items():
        sheet.column_dimensions[column_letters(at)].width = width
    for table in record.tables:
        if table.last_shown:
            first, last = table.column + table.shown, table.last_column
            sheet.column_dimensions.group(
                column_letters(first), column_letters(last), outline_level=1, hidden=True
            )


def _data(record: Sheet) -> Table | None:
    """The table that is the sheet, if it begins under the head: its headers stay in view."""
    first = next(record.tables, None)
    strips = sum(1 for panel in record.panels if panel.stops)
    above = TOP + 3 * strips
    return first if first is not None and first.row == above and first.rows > 12 else None


def _view(sheet: Worksheet, record: Sheet) -> None:
    data = _data(record)
    sheet.sheet_view.showGridLines = False
    below = (record.frozen or HEAD_ROW + 1) + 1
    across = 1 if data is None else data.column + (2 if data.last_shown else 1)
    sheet.freeze_panes = address(data.first_row if data else below, across)
    first = _first_input(record) or f"A{below}"
    for selection in sheet.sheet_view.selection:
        selection.activeCell = selection.sqref = first


def _first_input(record: Sheet) -> str | None:
    """Where the cursor stands when the sheet is opened: on the first cell to fill in."""
    for block in record.blocks:
        if isinstance(block, Panel):
            for field, row, at in block.cells:
                if field.is_input:
                    return address(row, at)
        if isinstance(block, Table) and block.columns[0].is_input:
            return address(block.first_row, block.column)
    return None


def _print(sheet: Worksheet, record: Sheet, filled: Mapping[str, int]) -> None:
    """Pages as wide as what is seen, and as long as what is filled in."""
    data = _data(record)
    is_repeated = data is not None and data.last_row == record.last_row  # its headers stand over nothing else
    sheet.print_title_rows = f"1:{data.header_row if data and is_repeated else HEAD_ROW}"
    for row in record.breaks:
        sheet.row_breaks.append(Break(row - 1))
    sheet.page_setup.orientation = "landscape" if record.landscape else "portrait"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = record.across, record.pages
    corners = [reach(sheet, chart) for chart in charts_of(sheet)] if record.printed is None else []
    ends = [_end(block, filled) for block in record.blocks]
    last_row = max([*(row for row, _ in ends), *(row for row, _ in corners)])
    last_column = record.printed or max([*(column for _, column in ends), *(column for _, column in corners)])
    sheet.print_area = f"A1:{address(last_row, last_column)}"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom = 0.4, 0.65
    sheet.page_margins.footer = 0.3  # the footer stands within the bottom margin
    small = "&9"  # and no colour, whose code Gnumeric prints
    sheet.oddFooter = HeaderFooterItem(
        left=_HeaderFooterPart(f"{small}microhedge"),
        center=_HeaderFooterPart(f"{small}&A"),
        right=_HeaderFooterPart(f"{small}&P of &N"),
    )


def _end(block: Notes | Panel | Table | Labels, filled: Mapping[str, int]) -> tuple[int, int]:
    """The last row and column of a block that are printed: a table ends one row below its last filled one.

    Of one that is still to be filled a page's worth is printed: hundreds of blank rows would be a strip.
    """
    if not isinstance(block, Table):
        return block.last_row, block.last_column
    room = min(block.rows, BLANK_ROWS) if block.columns[0].is_input else block.rows
    last = min(block.last_row, block.first_row + filled.get(block.name, room))
    is_roomy = block.rows > blocks.ROOMY
    return last if is_roomy else block.last_row, block.column + block.shown - 1
