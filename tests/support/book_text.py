"""A book told in lines of text, so that two versions of it can be compared and read side by side.

`told` is the one normaliser: what it leaves out (times, writer's version, order of styles, numbers of
parts, the rows below the first of a table, the function reference, which grows with the library)
may change without the book being another.
"""

from collections.abc import Iterator
from typing import Any

from openpyxl.workbook import Workbook
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

GENERATED = "Functions"


def told(formulas: Workbook, values: Workbook) -> Iterator[str]:
    """The book as lines: names, then sheet by sheet its settings, tables, rules, charts and cells."""
    for name, place in sorted(formulas.defined_names.items()):
        yield f"name {name} = {place.attr_text}"
    for sheet in formulas.worksheets:
        yield f"sheet {sheet.title} {_page(sheet)}"
        yield from _tables(sheet)
        yield from _rules(sheet)
        yield from _charts(sheet)
        if sheet.title != GENERATED:
            yield from _cells(sheet, values[sheet.title])


def _page(sheet: Worksheet) -> str:
    pages = f"{sheet.page_setup.fitToWidth}x{sheet.page_setup.fitToHeight} {sheet.page_setup.orientation}"
    locked = "protected" if sheet.protection.sheet else "open"
    return f"{locked} frozen={sheet.freeze_panes} titles={sheet.print_title_rows} pages={pages}"


def _tables(sheet: Worksheet) -> Iterator[str]:
    for table in sheet.tables.values():
        area = "" if sheet.title == GENERATED else f" {table.ref}"
        yield f"table {table.name}{area}: {', '.join(column.name for column in table.tableColumns)}"


def _rules(sheet: Worksheet) -> Iterator[str]:
    for rule in sheet.data_validations.dataValidation:
        limits = f"{rule.type} {rule.formula1} {rule.formula2}" if rule.showErrorMessage else "a word of help"
        yield f"rule {rule.sqref} {limits}: {rule.prompt}"
    for area in sheet.conditional_formatting:
        for rule in area.rules:
            paper = rule.dxf.fill.bgColor.rgb if rule.dxf.fill else "a rule below"
            yield f"format {area.sqref} {rule.formula[0]} {paper}"


def _charts(sheet: Worksheet) -> Iterator[str]:
    for chart in vars(sheet)["_charts"]:
        title = "".join(run.t for run in chart.title.tx.rich.p[0].r)
        yield f"chart {type(chart).__name__} {title}"
        for series in chart.series:
            values = series.yVal or series.val
            names = series.xVal or series.cat
            yield f"  {values.numRef.f} over {(names.numRef or names.strRef).f}"


def _cells(sheet: Worksheet, values: Worksheet) -> Iterator[str]:
    below = [_below(table.ref) for table in sheet.tables.values()]
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is not None and not any(cell.coordinate in area for area in below):
                yield f"{cell.coordinate} {_cell(cell, values[cell.coordinate].value)}"


def _below(area: str) -> CellRange:
    """Rows of a table under its first of data; every formula of a column is held to be the same."""
    rows = CellRange(area)
    rows.shrink(top=2)
    return rows


def _cell(cell: Any, value: object) -> str:
    look = f"{cell.font.color.rgb[2:]} {cell.number_format}" + ("" if cell.protection.locked else " unlocked")
    if cell.data_type != "f":
        return f"{cell.value!r} [{look}]"
    return f"{cell.value} -> {f'{value:.12g}' if isinstance(value, float) else repr(value)} [{look}]"
