"""The Checks sheet's own dress: what is true is green, what is wrong is red, a warning amber."""

from openpyxl.worksheet.worksheet import Worksheet

from workbook.layout.checks import CHECKS, SUMMARY, WARNED
from workbook.layout.schema import Panel, letters
from workbook.template.blocks import mark


def dress(sheet: Worksheet) -> None:
    """Mark each check and each warning by its value."""
    for panel in (SUMMARY, CHECKS):
        cell, area = _values(panel)
        mark(sheet, area, ((f"ISERROR({cell})", "bad"), (f"AND(ISLOGICAL({cell}),{cell})", "good")))
        mark(sheet, area, ((f"AND(ISLOGICAL({cell}),NOT({cell}))", "bad"),))
    cell, area = _values(WARNED)
    mark(sheet, area, ((f"ISERROR({cell})", "bad"), (cell, "watch")))


def _values(panel: Panel) -> tuple[str, str]:
    at = letters(panel.value_column)
    return f"{at}{panel.first_row}", f"{at}{panel.first_row}:{at}{panel.last_row}"
