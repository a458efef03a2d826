"""The Backtest sheet's own dress: what the holdings were worth, and how far they fell, as charts."""

from openpyxl.worksheet.worksheet import Worksheet

from workbook.cells import column_letters
from workbook.layout.backtest_result import BACKTEST_RESULT
from workbook.layout.backtest_walk import WALK
from workbook.template.blocks import mark
from workbook.template.charts import ChartWords, column, lines, place_chart

WORTH = ChartWords(
    "What the holdings were worth",
    "",
    "quote currency",
    "Lines of the value of today's holdings over the price history, without the hedge and with it.",
)
FALLS = ChartWords(
    "How far they had fallen",
    "",
    "below the peak",
    "Lines of the fall from the highest value so far, without the hedge and with it.",
)


def dress(sheet: Worksheet) -> None:
    """Draw both charts between the results and the steps; mark the steps of a liquidation."""
    days = column("Backtest", "date")
    row = BACKTEST_RESULT.last_row + 2
    worth = lines(
        WORTH,
        days,
        [column("Backtest", name) for name in ("unhedged", "hedged")],
        formats=("yyyy-mm", "#,##0"),
    )
    place_chart(sheet, worth, row, 2, (10, 9))
    falls = lines(
        FALLS,
        days,
        [column("Backtest", name) for name in ("fall", "hedged_fall")],
        formats=("yyyy-mm", "0%"),
    )
    place_chart(sheet, falls, row, 5, (10, 9))
    state = column_letters(WALK.at("state"))
    cell = f"{state}{WALK.first_row}"
    mark(sheet, f"{cell}:{state}{WALK.last_row}", ((f'{cell}="liquidated"', "bad"),))
