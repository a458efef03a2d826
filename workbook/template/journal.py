"""The Journal sheet's own dress: what waits for you stands out."""

from openpyxl.worksheet.worksheet import Worksheet

from workbook.layout.journal import JOURNAL
from workbook.layout.schema import letters
from workbook.template.blocks import mark


def dress(sheet: Worksheet) -> None:
    """Mark each status: stop and expired are bad, roll and review wait, hold is fine."""
    at = letters(JOURNAL.at("status"))
    cell = f"{at}{JOURNAL.first_row}"
    mark(
        sheet,
        f"{cell}:{at}{JOURNAL.last_row}",
        (
            (f'OR({cell}="stop",{cell}="expired")', "bad"),
            (f'OR({cell}="roll",{cell}="review")', "watch"),
            (f'{cell}="hold"', "good"),
        ),
    )
