"""The Roll sheet's own dress: what is to be rolled stands out."""

from openpyxl.worksheet.worksheet import Worksheet

from workbook.cells import column_letters
from workbook.layout.roll_futures import ROLLS
from workbook.template.blocks import mark


def dress(sheet: Worksheet) -> None:
    """Mark the futures that are near their expiry."""
    at = column_letters(ROLLS.at("advice"))
    cell = f"{at}{ROLLS.first_row}"
    area = f"{cell}:{at}{ROLLS.last_row}"
    mark(sheet, area, ((f'{cell}="roll"', "watch"), (f'{cell}="hold"', "good")))
