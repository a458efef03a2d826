"""The Plan sheet's own dress: the state of words and results, the coverage and the pay-off."""

from openpyxl.chart import ScatterChart
from openpyxl.worksheet.worksheet import Worksheet

from workbook.cells import address, column_letters
from workbook.layout import PLAN
from workbook.layout.plan import CARD, FINDINGS, STATES
from workbook.template import styles
from workbook.template.blocks import link, mark
from workbook.template.charts import ChartWords, column, lines, place_chart, point

PAYOFF = ChartWords(
    "Result for a move of the market",
    "move of the price",
    "quote currency",
    "Lines of the result without a hedge, with the hedge, and with the hedge after its costs, for moves "
    "from -50% to +50%. The lines cross where the hedge breaks even.",
)
SIZE = (9.9, 9.6)
CHECKS = "Checks"


def dress(sheet: Worksheet) -> None:
    """The card by the plan's state, the findings by theirs, and what a move of the market does."""
    card = f"B{CARD.first_row}:{address(CARD.last_row, CARD.last_column)}"
    mark(
        sheet,
        card,
        (
            ('LEFT(say_order)="■"', "alarm"),
            ('plan_state="ready"', "act"),
            ('plan_state="nothing to do"', "quiet"),
            ("TRUE", "unknown"),
        ),
        edged=False,
    )
    for row, font, height in zip(
        range(CARD.first_row, CARD.last_row + 1),
        (styles.NOTE, styles.ORDER, styles.LEAD),
        (18, 34, 21),
        strict=True,
    ):
        sheet.cell(row, CARD.column).font = font
        sheet.row_dimensions[row].height = height
    at = column_letters(STATES.column)
    first = f"${at}{STATES.first_row}"
    rules = (
        (f'LEFT({first})="■"', "bad"),
        (f'LEFT({first})="▲"', "watch"),
        (f'LEFT({first})="?"', "unknown"),
    )
    mark(sheet, f"{at}{STATES.first_row}:{at}{STATES.last_row}", rules)
    for row in range(STATES.first_row, STATES.last_row + 1):
        cell = sheet.cell(row, STATES.column)
        cell.font, cell.alignment, cell.border = styles.CHIP, styles.CENTER, styles.BARE
    mending = sheet.cell(STATES.row - 1, FINDINGS.last_column, "Where to mend it")
    link(mending, f"'{CHECKS}'!A1", "Each rule on Checks leads to the cell that mends it.")
    mending.alignment = styles.RIGHT
    place_chart(sheet, _payoff(), STATES.last_row + 3, STATES.column, SIZE)


def _payoff() -> ScatterChart:
    results = [column("Payoff", name) for name in ("hedged", "unhedged")]
    chart = lines(PAYOFF, column("Payoff", "move"), results, formats=("0%", "#,##0"))
    point(chart, "Break-even", PLAN.names["plan_breakeven_move"], PLAN.names["plan_breakeven_result"])
    return chart
