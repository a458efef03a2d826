"""The Funding sheet: what was settled, so that today's rate never rewrites last week's cost."""

from typing import Final

from workbook.layout.formats import MOMENT, PRICE, RATE, SMALLEST_PRICE, TOP
from workbook.layout.schema import Column, Sheet, Table

HISTORY: Final = Table(
    name="FundingHistory",
    title="Settlements",
    row=TOP,
    column=2,
    rows=400,
    help="Paste them, or let `microhedge market fetch --history` write them.",
    columns=(
        Column(
            name="symbol",
            unit="asset",
            kind="text",
            listed="market_symbols",
            required=False,
            width=12,
            help="A symbol of the Market sheet.",
        ),
        Column(
            name="time",
            unit="date, UTC",
            format=MOMENT,
            kind="date",
            required=False,
            width=18,
            help="Day and time of the settlement.",
        ),
        Column(
            name="rate",
            unit="of value",
            format=RATE,
            low=-0.1,
            high=0.1,
            required=False,
            width=12,
            help="Positive: longs paid shorts.",
        ),
        Column(
            name="mark",
            unit="quote per base",
            format=PRICE,
            low=SMALLEST_PRICE,
            high=1e12,
            required=False,
            width=14,
            help="Mark price at the settlement.",
        ),
        Column(
            name="payment",
            unit="quote per base",
            format="0.0000",
            width=14,
            formula='IF(AND(ISNUMBER([@Rate]),ISNUMBER([@Mark])),[@Rate]*[@Mark],"")',
            help="Rate times mark: what a long of one unit paid.",
        ),
    ),
)

SHEET: Final = Sheet(
    name="Funding",
    purpose="Funding as it was settled, for the results of the Journal.",
    blocks=(HISTORY,),
    chips=(5, 6, 7),
    widths=(1.7, 0, 0, 0, 0, 0, 14),
    landscape=False,
)
