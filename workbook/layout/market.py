"""The Market sheet: prices and funding rates by symbol, the place where a market file goes."""

from typing import Final

from workbook.layout.formats import (
    DATE,
    PRICE,
    RATE,
    TOP,
)
from workbook.record import Column, Sheet, Table

MARKET: Final = Table(
    name="Market",
    title="Prices and rates",
    row=TOP,
    column=2,
    rows=20,
    key="symbol",
    help="Type, paste, or let `microhedge recalc --market FILE` write them.",
    columns=(
        Column(
            name="symbol",
            unit="name",
            kind="text",
            required=False,
            width=12,
            help="The asset, each only once: BTC.",
        ),
        Column(
            name="spot",
            unit="quote per base",
            format=PRICE,
            low=0,
            high=1e12,
            required=False,
            width=15,
            help="Spot price of one unit.",
        ),
        Column(
            name="mark",
            unit="quote per base",
            format=PRICE,
            low=0,
            high=1e12,
            required=False,
            width=15,
            help="Mark price of the perpetual. Blank: the spot price.",
        ),
        Column(
            name="funding_rate",
            unit="an interval",
            format=RATE,
            low=-0.1,
            high=0.1,
            required=False,
            width=13,
            help="Funding rate of one interval: 0.01% is 0.0001. Positive: longs pay shorts.",
        ),
        Column(
            name="funding_interval",
            unit="hours",
            format="0",
            low=1,
            high=24,
            required=False,
            width=16,
            help="Hours between two settlements: 8, 4 or 1.",
        ),
        Column(
            name="future",
            unit="quote per base",
            format=PRICE,
            low=0,
            high=1e12,
            required=False,
            width=15,
            help="Price of the dated future.",
        ),
        Column(
            name="expiry",
            unit="date, UTC",
            format=DATE,
            kind="date",
            required=False,
            width=13,
            help="Last day of the dated future.",
        ),
        Column(
            name="as_of",
            header="As of",
            unit="date, UTC",
            format=DATE,
            kind="date",
            required=False,
            width=13,
            help="Day, and time if you like, of these prices.",
        ),
        Column(
            name="source",
            unit="where from",
            kind="text",
            required=False,
            width=40,
            help="Where the figures come from.",
        ),
        Column(
            name="state",
            unit="",
            kind="text",
            width=12,
            formula='IF([@Symbol]="","",IF(COUNTIF(Market[Symbol],[@Symbol])>1,"twice",'
            'IF(N([@Spot])>0,"ok","no price")))',
            help="ok, no price, or twice: a symbol may stand once.",
        ),
    ),
)


SHEET: Final = Sheet(name="Market", purpose="Prices and funding rates, by symbol.", blocks=(MARKET,))
