"""The Correlation sheet's own dress: the rolling beta."""

from openpyxl.worksheet.worksheet import Worksheet

from workbook.layout.correlation import ROLLING
from workbook.template.charts import ChartWords, column, lines, place_chart

ROLLING_BETA = ChartWords(
    "Rolling beta",
    "last day of the window",
    "beta to the hedge asset",
    "A line of the beta of the chosen asset to the hedge asset, over a window moving through the history.",
)


def dress(sheet: Worksheet) -> None:
    """Draw the rolling beta beside its table."""
    chart = lines(
        ROLLING_BETA,
        column("RollingBeta", "date"),
        [column("RollingBeta", "beta")],
        formats=("yyyy-mm", "0.00"),
    )
    place_chart(sheet, chart, ROLLING.row, ROLLING.last_column + 1, (11, 8.5))
