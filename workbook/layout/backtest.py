"""The Backtest sheet: the plan over its own price history, unhedged against hedged, step by step."""
# ruff: noqa: E501 (a formula reads best on one line)

from typing import Final

from workbook.layout.backtest_result import BACKTEST_RESULT, BACKTEST_SETTINGS
from workbook.layout.backtest_walk import BACKTEST_STEPS, WALK
from workbook.layout.formats import DATE, RATE, TOP
from workbook.layout.schema import Column, Sheet, Table

FUNDING: Final = Table(
    name="FundingDays",
    title="Funding by day",
    row=TOP,
    column=WALK.last_column + 2,
    rows=730,
    help="Paste your own, oldest first.",
    columns=(
        Column(
            name="date",
            unit="date",
            kind="date",
            format=DATE,
            required=False,
            width=13,
            help="A day: a close of 24:00 UTC has its settlements behind it.",
        ),
        *(
            Column(
                name=asset.lower(),
                header=asset,
                unit="of value",
                format=RATE,
                low=-0.5,
                high=0.5,
                required=False,
                width=12,
                help=f"The settled rates of {asset}'s perpetual of that day, added. Positive: longs paid shorts.",
            )
            for asset in ("BTC", "ETH")
        ),
    ),
)

SHEET: Final = Sheet(
    name="Backtest",
    purpose="What the hedge would have done over the price history.",
    blocks=(BACKTEST_SETTINGS, BACKTEST_RESULT, BACKTEST_STEPS, WALK, FUNDING),
    chips=(6, 7, 8),
    landscape=False,
    pages=0,
    printed=8,
)
