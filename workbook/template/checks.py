"""The Checks sheet's own dress: what is true is green, what is wrong is red, a warning amber."""

from openpyxl.worksheet.worksheet import Worksheet

from workbook.cells import column_letters
from workbook.layout.checks import CHECKS, NEEDS, WARNED
from workbook.layout.judgement import UNKNOWN
from workbook.layout.schema import Panel
from workbook.template.blocks import mark


def dress(sheet: Worksheet) -> None:
    """Mark each need, check and warning by its value."""
    for panel in (NEEDS, CHECKS):
        cell, area = _values(panel)
        wrong = (f"AND(ISLOGICAL({cell}),NOT({cell}))", "unknown" if panel is NEEDS else "bad")
        mark(sheet, area, ((f"ISERROR({cell})", "bad"), wrong, (f'{cell}="{UNKNOWN}"', "unknown")))
    cell, area = _values(WARNED)
    mark(
        sheet,
        area,
        ((f"ISERROR({cell})", "bad"), (f'{cell}="{UNKNOWN}"', "unknown"), (f"{cell}=TRUE", "watch")),
    )


def _values(panel: Panel) -> tuple[str, str]:
    at = column_letters(panel.value_column)
    return f"{at}{panel.first_row}", f"{at}{panel.first_row}:{at}{panel.last_row}"
