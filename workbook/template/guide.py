"""The Guide sheet's own dress: links to the sheets of the steps, and the colours of the legend."""

from openpyxl.worksheet.worksheet import Worksheet

from workbook.layout import PLAN
from workbook.layout.guide import FIVE_STEPS, FURTHER, LEGEND
from workbook.template import styles
from workbook.template.blocks import link

ROLE_ROWS = ("input", "calculation", "constant")


def dress(sheet: Worksheet) -> None:
    """Link each step to its sheet and show each colour as it is."""
    names = {record.name for record in PLAN.sheets}
    for notes in (FIVE_STEPS, FURTHER):
        for row, (term, words) in enumerate(notes.rows, notes.row + 1):
            name = next(word for word in term.split() if word in names)
            link(sheet.cell(row, notes.column), f"'{name}'!A1", words)
    for row, role in enumerate(ROLE_ROWS, LEGEND.row + 1):
        cell = sheet.cell(row, LEGEND.column)
        cell.font = styles.ROLE_FONTS[role]
        if role in styles.ROLE_FILLS:
            cell.fill = styles.ROLE_FILLS[role]
        cell.border = styles.BOXED
    for notes in (record for sheet in PLAN.sheets if sheet.name == "Guide" for record in sheet.notes):
        for row, (_, words) in enumerate(notes.rows, notes.row + 1):
            sheet.row_dimensions[row].height = 16.0 * (1 + len(words) // 118)
