"""Notes, panels and tables on a sheet, as the layout record places them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from weakref import WeakKeyDictionary

from openpyxl.cell import Cell
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Font
from openpyxl.styles.cell_style import StyleArray
from openpyxl.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table as ExcelTable
from openpyxl.worksheet.table import TableColumn, TableFormula, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from udfs.dates import serial
from workbook.cells import address, column_letters
from workbook.layout.formats import QUOTE
from workbook.layout.notes import Labels, Notes
from workbook.layout.schema import FIRST_DATE, LAST_DATE, Column, Field, InputValue, Panel, Port, Table
from workbook.layout.stored_formula import stored_formula
from workbook.template import styles

LETTER: Final = 1.08  # room that a letter takes of a column's width, with what wrapping wastes
LINE_HEIGHT: Final = 14.5
LINE_GAP: Final = 2
CURRENCY: Final = "plan_quote"  # the name of the currency that a plan counts in
TOOLTIP: Final = 255  # letters that Excel takes
ROOMY: Final = 15  # rows from which a table is drawn only as far as it is filled

Rows = Sequence[Sequence[InputValue | None]]

_numbers: WeakKeyDictionary[Workbook, dict[tuple[str, int], tuple[Any, int]]] = WeakKeyDictionary()
"""The parts of looks that a book holds already, with their numbers: by name and identity."""


def write_notes(sheet: Worksheet, notes: Notes) -> None:
    """A heading, then a term and what is said of it on each row."""
    _heading(sheet, notes.row, notes.column, notes.column + 1, notes.title)
    for row, (term, words) in enumerate(notes.rows, notes.row + 1):
        _put(sheet, row, notes.column, term, styles.font(styles.INK, bold=True), styles.LEFT)
        _put(sheet, row, notes.column + 1, words, styles.LABEL, styles.WRAPPED)


def write_labels(sheet: Worksheet, labels: Labels) -> None:
    """The heading of a grid and the names of its rows."""
    _heading(sheet, labels.row, labels.column, labels.last_column, labels.title)
    across = range(labels.column, labels.last_column + 1)
    for column in across if labels.rows else ():
        _head(sheet, labels.row + 1, column, "", styles.LEFT)
    for row, name in enumerate(labels.rows, labels.row + 2):
        for column in across:
            _dress(sheet.cell(row, column), border=styles.UNDERLINED)
        _put(sheet, row, labels.column, name, styles.LABEL, styles.FLUSH)


def write_panel(sheet: Worksheet, panel: Panel, values: Mapping[str, InputValue | None]) -> None:
    """Label, value, unit and, where there is room, the help, a row a field."""
    _title(sheet, panel)
    for field, row, at in panel.cells:
        cell = _value(sheet, row, at, field, values.get(field.name, field.default))
        if panel.stops:
            _fact(sheet, row, at, field, cell)
        elif panel.is_prose:
            cell.alignment, cell.border = styles.LEFT, styles.BARE
        elif not panel.is_bare:
            _labelled(sheet, panel, field, cell)
        if panel.has_units:
            _put(sheet, row, panel.column + 2, _unit(field.unit), styles.UNIT, styles.LEFT)
        if panel.has_notes:
            _put(sheet, row, panel.column + 3, field.help, styles.NOTE, styles.LEFT)
        place = address(row, at)
        if field.is_input:
            _validate(sheet, field, place)
        elif field.help and not panel.has_notes:
            _explain(sheet, field, place)


def _labelled(sheet: Worksheet, panel: Panel, field: Field, cell: Cell) -> None:
    """The label of a value; in a form words stand right, under the numbers."""
    for column in range(panel.column, cell.column):
        _dress(sheet.cell(cell.row, column), border=styles.UNDERLINED)
    _put(sheet, cell.row, panel.column, field.label, styles.LABEL, styles.FLUSH)
    if panel.span:
        cell.alignment = styles.RIGHT
        cell.number_format = styles.padded(cell.number_format)


def _unit(words: str) -> str:
    """Words in which the quote currency is that of the plan: a formula, where they name it."""
    named = QUOTE.search(words)
    if named is None:
        return words
    before, after = words[: named.start()], words[named.end() :]
    parts = (f'"{before}"' if before else "", CURRENCY, f'"{after}"' if after else "")
    return "=" + "&".join(filter(None, parts))


def _title(sheet: Worksheet, panel: Panel) -> None:
    """A heading, the head of a grid's column, or the band of a strip."""
    if panel.stops:
        for column in range(panel.column, panel.last_column + 1):
            for row in (panel.row, panel.row + 1):
                sheet.cell(row, column).fill = styles.FACT_FILL
        sheet.row_dimensions[panel.row].height, sheet.row_dimensions[panel.row + 1].height = 17, 21
    elif panel.is_bare or (panel.is_prose and panel.title):
        align = styles.RIGHT if panel.fields[0].kind == "number" else styles.LEFT
        for column in range(panel.column, panel.last_column + 1):
            _head(sheet, panel.row, column, panel.title if column == panel.column else "", align)
    elif panel.title:
        _heading(sheet, panel.row, panel.column, panel.last_column, panel.title)


def _fact(sheet: Worksheet, row: int, column: int, field: Field, cell: Cell) -> None:
    """A fact of a strip: the label above its value."""
    unit = _unit(f"{field.label}, {field.unit}") if QUOTE.fullmatch(field.unit) else field.label
    _put(sheet, row - 1, column, unit, styles.NOTE, styles.LEFT)
    cell.font, cell.alignment, cell.border = styles.FACT, styles.LEFT, styles.BARE
    cell.fill = styles.FACT_FILL
    cell.number_format = field.format


def write_table(sheet: Worksheet, table: Table, rows: Rows) -> None:
    """A real Excel table of fixed room; `rows` fill its columns that hold no formula."""
    _heading(sheet, table.row, table.column, table.last_column, table.title)
    if table.help:
        _put(sheet, table.row, table.column + 3, table.help, styles.NOTE, styles.LEFT)
    given = [column for column in table.columns if column.formula is None]
    is_roomy = table.rows > ROOMY and table.columns[0].is_input
    for at, column in enumerate(table.columns, table.column):
        align = styles.ALIGNED[column.kind]
        _put(sheet, table.unit_row, at, _unit(column.unit), styles.UNIT, align)
        _head(sheet, table.header_row, at, column.header, align)
        index = given.index(column) if column in given else None
        values = [None if index is None or index >= len(row) else row[index] for row in rows[: table.rows]]
        values += [None] * (table.rows - len(values))
        formula = table.formula(column)
        first = _value(sheet, table.first_row, at, column, values[0], formula=formula)
        if is_roomy:
            _dress(first, fill=styles.EMPTY, border=styles.BARE)
        for row, value in enumerate(values[1:], table.first_row + 1):
            _like(first, sheet.cell(row, at, "=" + formula if formula else value))
        if column.is_input:
            _validate(sheet, column, _span(table, at))
        elif column.constant is not None and column.kind == "text":
            _wrap(sheet, table, at)
    _register(sheet, table)
    if is_roomy:
        _draw_as_filled(sheet, table)


def _draw_as_filled(sheet: Worksheet, table: Table) -> None:
    """Of a table with room only the rows in use and the next free one are drawn."""
    first = column_letters(table.column)
    key = f"${first}${table.first_row}:${first}${table.last_row}"
    in_use = f"ROW()<={table.first_row}+COUNTA({key})"
    ruled = []
    for at, column in enumerate(table.columns, table.column):
        if column.is_input:
            mark(sheet, _span(table, at), ((in_use, "input"),))
        else:
            ruled.append(_span(table, at))
    if ruled:
        rule = Rule(type="expression", dxf=styles.hairline(), formula=[in_use])
        sheet.conditional_formatting.add(" ".join(ruled), rule)


def mark(sheet: Worksheet, area: str, rules: Iterable[tuple[str, str]], *, edged: bool = True) -> None:
    """Conditional formats of an area: a formula and the state that it shows, the first that holds."""
    for formula, name in rules:
        look = styles.state(name, edged=edged)
        rule = Rule(type="expression", dxf=look, formula=[formula], stopIfTrue=True)
        sheet.conditional_formatting.add(area, rule)


def link(cell: Any, target: str, tooltip: str) -> None:
    """Lead from a cell to another of the book, and look like it."""
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=target, tooltip=tooltip[:TOOLTIP])
    cell.font = styles.LINK


def _wrap(sheet: Worksheet, table: Table, at: int) -> None:
    """Words that do not fit their column go on below: each row is as high as its longest cell."""
    width = sheet.column_dimensions[column_letters(at)].width
    for row in range(table.first_row, table.last_row + 1):
        cell = sheet.cell(row, at)
        cell.alignment = styles.WRAPPED
        lines = -(-len(str(cell.value or "")) * LETTER // width)
        height = sheet.row_dimensions[row].height or 0
        sheet.row_dimensions[row].height = max(height, LINE_HEIGHT * lines + LINE_GAP)


def _register(sheet: Worksheet, table: Table) -> None:
    area = f"{address(table.header_row, table.column)}:{address(table.last_row, table.last_column)}"
    excel = ExcelTable(displayName=table.name, name=table.name, ref=area)
    for index, record in enumerate(table.columns, 1):
        column = TableColumn(id=index, name=record.header)
        if record.formula:
            column.calculatedColumnFormula = TableFormula(attr_text=table.formula(record))
        excel.tableColumns.append(column)
    excel.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    sheet.add_table(excel)


def _heading(sheet: Worksheet, row: int, first: int, last: int, title: str) -> None:
    for column in range(first, last + 1):
        _dress(sheet.cell(row, column), border=styles.HEADED)
    _put(sheet, row, first, title, styles.PANEL, styles.FLUSH)
    sheet.row_dimensions[row].height = 19


def _head(sheet: Worksheet, row: int, column: int, title: str, align: Alignment) -> None:
    cell = _put(sheet, row, column, title, styles.HEADER, align)
    _dress(cell, fill=styles.HEADER_FILL, border=styles.HEAD_BORDER)
    cell.number_format = styles.padded("General")


def _put(sheet: Worksheet, row: int, column: int, value: str, font: Font, alignment: Alignment) -> Cell:
    cell = sheet.cell(row, column, value or None)
    _dress(cell, font=font, alignment=alignment)
    return cell


def _value(
    sheet: Worksheet, row: int, column: int, port: Port, value: InputValue | None, *, formula: str = ""
) -> Cell:
    """One cell of a field or a column: its formula, its constant or the value given."""
    cell: Cell = sheet.cell(row, column)  # type: ignore[assignment]  # a template merges no cells
    text = formula or stored_formula(port.formula or "")
    if text:
        cell.value = "=" + text
    else:
        cell.value = value if port.constant in (None, "") else port.constant
        if cell.data_type == "f":
            cell.data_type = "s"  # a text that begins with = stays a text
    parts: dict[str, Any] = {"font": styles.ROLE_FONTS[port.role]}
    if port.role in styles.ROLE_FILLS:
        parts["fill"] = styles.ROLE_FILLS[port.role]
    parts["alignment"] = styles.ALIGNED[port.kind]
    parts["border"] = styles.BOXED if port.is_input else styles.UNDERLINED
    parts["protection"] = styles.UNLOCKED if port.is_input else styles.LOCKED
    _dress(cell, **parts)
    is_right = styles.ALIGNED[port.kind] is styles.RIGHT
    form = styles.FLAG if port.kind == "flag" else port.format
    cell.number_format = styles.padded(form) if is_right else form
    return cell


def _dress(cell: Any, **parts: Any) -> None:
    """Give a cell parts of a look.

    A part is told to openpyxl once a book and by its number from then on: openpyxl compares parts by all
    that they hold, which would take a third of the time.
    """
    numbers = _numbers.setdefault(cell.parent.parent, {})
    style = cell._style = cell._style or StyleArray()  # noqa: SLF001  # openpyxl takes no number otherwise
    for name, part in parts.items():
        known = numbers.get((name, id(part)))
        if known is None:
            setattr(cell, name, part)
            numbers[name, id(part)] = part, getattr(style, f"{name}Id")
        else:
            setattr(style, f"{name}Id", known[1])


def _like(model: Any, cell: Any) -> None:
    """Give a cell the style of another: to name each part of it again would take the most of the time."""
    cell._style = StyleArray(model._style)  # noqa: SLF001  # openpyxl has no other way to copy a whole style


def _span(table: Table, column: int) -> str:
    return f"{address(table.first_row, column)}:{address(table.last_row, column)}"


def _label(port: Port) -> str:
    return port.label if isinstance(port, Field) else port.header if isinstance(port, Column) else port.name


def _explain(sheet: Worksheet, port: Port, area: str) -> None:
    """A word about a cell that is not to be filled in, shown when it is chosen."""
    shown = DataValidation(allow_blank=True, showInputMessage=True, showErrorMessage=False)
    shown.promptTitle, shown.prompt = _label(port)[:32], port.help
    shown.add(area)
    sheet.add_data_validation(shown)


def _validate(sheet: Worksheet, port: Port, area: str) -> None:
    """What an input takes, held by the spreadsheet itself, with a message that helps."""
    rule = _rule(port)
    rule.promptTitle, rule.prompt = _label(port)[:32], port.help
    rule.errorTitle = "That does not fit"
    rule.error = f"{_label(port)} takes {_allowed(port)}."
    rule.showInputMessage = rule.showErrorMessage = True
    rule.add(area)
    sheet.add_data_validation(rule)


def _allowed(port: Port) -> str:
    return "a name from the list" if port.listed else port.domain


def _rule(port: Port) -> DataValidation:
    if port.listed:
        return DataValidation(type="list", formula1=port.listed, allow_blank=False)
    if port.choices:
        return DataValidation(type="list", formula1=f'"{",".join(port.choices)}"', allow_blank=False)
    blank = not port.required
    if port.kind == "date":
        first, last = (f"{serial(day):.0f}" for day in (FIRST_DATE, LAST_DATE))
        return DataValidation(
            type="decimal", operator="between", formula1=first, formula2=last, allow_blank=blank
        )
    if port.kind == "text":
        return DataValidation(
            type="textLength", operator="between", formula1="1", formula2="255", allow_blank=blank
        )
    low, high = (f"{bound:.15g}" for bound in (port.low or 0, port.high or 0))
    return DataValidation(type="decimal", operator="between", formula1=low, formula2=high, allow_blank=blank)
