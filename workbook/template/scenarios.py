"""The Scenarios sheet's own dress: the result of every move as a chart, liquidated rows marked."""

from openpyxl.worksheet.worksheet import Worksheet

from workbook.layout.scenarios import SCENARIOS
from workbook.record import letters
from workbook.template.blocks import mark
from workbook.template.charts import Words, column, lines, place

RESULT = Words(
    "Unhedged, hedge and both together",
    "move of the price",
    "quote currency",
    "Lines of the result of the holdings alone, of the hedge alone and of both together, for moves from "
    "-50% to +50%.",
)


def dress(sheet: Worksheet) -> None:
    """Draw the results; mark the moves at which the hedge is liquidated."""
    state = f"${letters(SCENARIOS.at('state'))}{SCENARIOS.first_row}"
    area = f"{letters(SCENARIOS.column)}{SCENARIOS.first_row}:{letters(SCENARIOS.last_column)}"
    mark(sheet, f"{area}{SCENARIOS.last_row}", ((f'{state}="liquidated"', "watch"),))
    results = [column("Scenarios", name) for name in ("unhedged", "hedge", "hedged")]
    chart = lines(RESULT, column("Scenarios", "move"), results, formats=("0%", "#,##0"))
    place(sheet, chart, SCENARIOS.row, SCENARIOS.last_column + 2, (20, 11))
