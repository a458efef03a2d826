"""The Scenarios sheet's own dress: the result of every move as a chart, liquidated rows marked."""

from openpyxl.worksheet.worksheet import Worksheet

from workbook.cells import address, column_letters
from workbook.layout.scenarios_moves import LEVERAGE, SCENARIOS
from workbook.template.blocks import mark
from workbook.template.charts import ChartWords, bars, column, lines, place_chart

RESULT = ChartWords(
    "Unhedged, hedge and both together",
    "move of the price",
    "quote currency",
    "Lines of the result of the holdings alone, of the hedge alone and of both together, for moves from "
    "-50% to +50%.",
)
DISTANCE = ChartWords(
    "How near liquidation is",
    "leverage",
    "move of the price to liquidation",
    "Bars of the move that liquidates the hedge, for leverages from 1x to 100x: the higher, the nearer.",
)


def dress(sheet: Worksheet) -> None:
    """Draw the results; mark the moves at which the hedge is liquidated."""
    state = f"${column_letters(SCENARIOS.at('state'))}{SCENARIOS.first_row}"
    area = f"{address(SCENARIOS.first_row, SCENARIOS.column)}:{column_letters(SCENARIOS.last_column)}"
    mark(sheet, f"{area}{SCENARIOS.last_row}", ((f'{state}="liquidated"', "watch"),))
    results = [column("Scenarios", name) for name in ("unhedged", "hedge", "hedged")]
    chart = lines(RESULT, column("Scenarios", "move"), results, formats=("0%", "#,##0"))
    place_chart(sheet, chart, SCENARIOS.row, SCENARIOS.last_column + 2, (20, 11))
    times, moves = column("Leverage", "leverage"), [column("Leverage", "distance")]
    distances = bars(DISTANCE, times, moves, formats=('0"x"', "0%"), named=False)
    place_chart(sheet, distances, LEVERAGE.row - 8, SCENARIOS.last_column + 2, (20, 10))
    verdict = address(LEVERAGE.first_row, LEVERAGE.at("verdict"))
    mark(
        sheet,
        f"{verdict}:{address(LEVERAGE.last_row, LEVERAGE.at('verdict'))}",
        ((f'{verdict}="too near"', "bad"), (f'{verdict}="survives"', "good")),
    )
