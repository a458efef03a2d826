"""The Costs sheet's own dress: the cheapest venue marked, costs by venue, funding as the days go by."""

from openpyxl.worksheet.worksheet import Worksheet

from workbook.cells import address, column_letters
from workbook.layout.costs import COSTS, FUNDING_PATH
from workbook.template.blocks import mark
from workbook.template.charts import ChartWords, bars, column, lines, place_chart, reach

BY_VENUE = ChartWords(
    "Cost of the hedge by venue",
    "venue and kind of contract",
    "quote currency (below 0: received)",
    "Stacked bars of fees, slippage, funding and basis for each venue; parts below zero are received.",
)
BY_DAY = ChartWords(
    "Costs as the days go by",
    "days",
    "quote currency (below 0: received)",
    "Lines of the funding accumulated and of all costs over the horizon.",
)
SIZE = (13.5, 7.5)


def dress(sheet: Worksheet) -> None:
    """Mark the cheapest row; draw the parts of the cost by venue and by day."""
    verdict = f"${column_letters(COSTS.at('verdict'))}{COSTS.first_row}"
    area = f"{address(COSTS.first_row, COSTS.column)}:{address(COSTS.last_row, COSTS.last_column)}"
    mark(sheet, area, ((f'{verdict}<>""', "good"),))
    paths = [column("FundingPath", name) for name in ("funding", "total")]
    by_day = lines(BY_DAY, column("FundingPath", "day"), paths, formats=("0", "#,##0.00"))
    place_chart(sheet, by_day, FUNDING_PATH.row, FUNDING_PATH.last_column + 2, SIZE)
    parts = [column("Costs", name) for name in ("fees", "slippage", "funding", "basis")]
    names = column("Costs", "label")
    by_venue = bars(BY_VENUE, names, parts, formats=("General", "#,##0.00"), stacked=True, lying=True)
    place_chart(sheet, by_venue, FUNDING_PATH.row, reach(sheet, by_day)[1] + 1, SIZE)
