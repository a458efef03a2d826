"""The Journal sheet's own dress: what waits for you stands out."""

from openpyxl.worksheet.worksheet import Worksheet

from workbook.cells import column_letters
from workbook.layout.journal import JOURNAL
from workbook.template.blocks import mark

WATCHED = ("stop", "expired", "roll", "review", "adjust")


def dress(sheet: Worksheet) -> None:
    """Mark each state; what is closed is grey."""
    at = column_letters(JOURNAL.at("status"))
    cell = f"${at}{JOURNAL.first_row}"
    bad = f'OR({cell}="liquidated",{cell}="near liquidation")'
    watch = "OR(" + ",".join(f'{cell}="{word}"' for word in WATCHED) + ")"
    mark(
        sheet,
        f"{at}{JOURNAL.first_row}:{at}{JOURNAL.last_row}",
        (
            (bad, "bad"),
            (f'{cell}="unknown"', "unknown"),
            (watch, "watch"),
            (f'{cell}="target reached"', "act"),
        ),
    )
    left, right = column_letters(JOURNAL.column), column_letters(JOURNAL.column + JOURNAL.shown - 1)
    mark(sheet, f"{left}{JOURNAL.first_row}:{right}{JOURNAL.last_row}", ((f'{cell}="closed"', "done"),))
