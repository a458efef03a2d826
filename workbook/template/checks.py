"""The Checks sheet's own dress: what is wrong is red, a warning amber; each rule leads to what mends it."""

from openpyxl.worksheet.worksheet import Worksheet

from workbook.cells import address, column_letters
from workbook.layout import PLAN
from workbook.layout.checks import CHECKS_PANEL, NEEDS_PANEL, WARNINGS_PANEL
from workbook.layout.judgement import RULES, UNKNOWN
from workbook.layout.schema import Panel
from workbook.template.blocks import link, mark


def dress(sheet: Worksheet) -> None:
    """Mark each need, check and warning by its value, and link what to do to where it is done."""
    rules = {name: rule for name, _, rule in RULES}
    for panel in (NEEDS_PANEL, CHECKS_PANEL, WARNINGS_PANEL):
        for field, row, _ in panel.cells:
            link(sheet.cell(row, panel.last_column), _mended_at(rules[field.name].at), field.label)
    for panel in (NEEDS_PANEL, CHECKS_PANEL):
        cell, area = _values(panel)
        wrong = (f"AND(ISLOGICAL({cell}),NOT({cell}))", "unknown" if panel is NEEDS_PANEL else "bad")
        mark(sheet, area, ((f"ISERROR({cell})", "bad"), wrong, (f'{cell}="{UNKNOWN}"', "unknown")))
    cell, area = _values(WARNINGS_PANEL)
    mark(
        sheet,
        area,
        ((f"ISERROR({cell})", "bad"), (f'{cell}="{UNKNOWN}"', "unknown"), (f"{cell}=TRUE", "watch")),
    )


def _values(panel: Panel) -> tuple[str, str]:
    at = column_letters(panel.value_column)
    return f"{at}{panel.first_row}", f"{at}{panel.first_row}:{at}{panel.last_row}"


def _mended_at(name: str) -> str:
    """The cell of this name, or the first of the table."""
    table = PLAN.tables.get(name)
    place = PLAN.names[name] if table is None else PLAN.place(name, table.columns[0].name)
    return f"'{place.sheet}'!{address(place.row, place.column)}"
