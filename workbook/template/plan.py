"""The Plan sheet's own dress: the state of words and results, the coverage and the pay-off."""

from openpyxl.chart import BarChart, ScatterChart
from openpyxl.worksheet.worksheet import Worksheet

from workbook.layout import PLAN
from workbook.layout.plan import RESULTS, WARNINGS, WORDS
from workbook.layout.schema import Place, letters
from workbook.template import styles
from workbook.template.blocks import mark
from workbook.template.charts import Words, bars, column, lines, place, point, reach

COVERAGE = Words(
    "How much is hedged",
    "",
    "quote currency",
    "Bars of the value held, the value to hedge, the wanted hedge and the feasible hedge in whole lots.",
)
PAYOFF = Words(
    "Result for a move of the market",
    "move of the price",
    "quote currency",
    "Lines of the result without a hedge, with the hedge, and with the hedge after its costs, for moves "
    "from -50% to +50%. The lines cross where the hedge breaks even.",
)
BARS = ("plan_exposure", "plan_feasible_notional")  # first and last bar: the fields between are bars too
SIZE = (16.5, 7.4)


def dress(sheet: Worksheet) -> None:
    """Mark what is wrong, and draw how much is hedged and what a move does."""
    leverage = PLAN.names["say_leverage"]
    alarm = "AND(plan_ready,plan_leverage>limit_high_leverage)"
    mark(sheet, f"{letters(leverage.column)}{leverage.row}", ((alarm, "bad"),))
    first, last = WARNINGS.first_row, WARNINGS.last_row
    at = letters(WARNINGS.column)
    mark(
        sheet,
        f"{at}{first}:{at}{last}",
        ((f'LEFT(${at}{first})="▲"', "watch"), (f'LEFT(${at}{first})="✓"', "good")),
    )
    cushion = PLAN.names["plan_cushion"]
    mark(sheet, f"{letters(cushion.column)}{cushion.row}", (("N(plan_cushion)<0", "bad"),))
    for row in range(WORDS.first_row, WORDS.last_row + 1):
        sheet.cell(row, WORDS.column).font = styles.font(styles.INK, bold=row == WORDS.first_row, size=12)
        sheet.row_dimensions[row].height = 18
    coverage = _coverage()
    place(sheet, coverage, WARNINGS.last_row + 2, WARNINGS.column, SIZE)
    place(sheet, _payoff(), reach(sheet, coverage)[0] + 1, WARNINGS.column, SIZE)


def _coverage() -> BarChart:
    first, last = (PLAN.names[name] for name in BARS)
    values = Place(first.sheet, first.row, first.column, last.row, last.column)
    names = Place(first.sheet, first.row, RESULTS.column, last.row, RESULTS.column)
    return bars(COVERAGE, names, [values], formats=("General", "#,##0"), lying=True)


def _payoff() -> ScatterChart:
    results = [column("Scenarios", name) for name in ("unhedged", "after_costs")]
    chart = lines(PAYOFF, column("Scenarios", "move"), results, formats=("0%", "#,##0"))
    point(chart, "Break-even", PLAN.names["plan_breakeven_move"], PLAN.names["plan_breakeven_result"])
    return chart
