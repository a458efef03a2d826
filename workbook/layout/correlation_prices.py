"""The Correlation sheet: the price history of the assets."""

from typing import Final

from workbook.layout.formats import DATE, MONEY, PRICE, TOP
from workbook.layout.schema import Column, Table

ASSETS: Final = ("BTC", "ETH", "SOL", "ADA", "BNB")


PRICES: Final = Table(
    name="Prices",
    title="Daily prices",
    row=TOP,
    column=12,
    rows=730,
    key="date",
    help="Paste your own, oldest first.",
    columns=(
        Column(
            name="date",
            unit="date",
            format=DATE,
            kind="date",
            required=False,
            width=13,
            help="One row per day, oldest first.",
        ),
        Column(
            name="btc",
            header="BTC",
            unit="quote",
            format=PRICE,
            low=0,
            high=1000000000000.0,
            required=False,
            width=12,
            help="Daily close of BTC.",
        ),
        Column(
            name="eth",
            header="ETH",
            unit="quote",
            format=PRICE,
            low=0,
            high=1000000000000.0,
            required=False,
            width=12,
            help="Daily close of ETH.",
        ),
        Column(
            name="sol",
            header="SOL",
            unit="quote",
            format=PRICE,
            low=0,
            high=1000000000000.0,
            required=False,
            width=12,
            help="Daily close of SOL.",
        ),
        Column(
            name="ada",
            header="ADA",
            unit="quote",
            format=PRICE,
            low=0,
            high=1000000000000.0,
            required=False,
            width=12,
            help="Daily close of ADA.",
        ),
        Column(
            name="bnb",
            header="BNB",
            unit="quote",
            format=PRICE,
            low=0,
            high=1000000000000.0,
            required=False,
            width=12,
            help="Daily close of BNB.",
        ),
        Column(
            name="portfolio",
            unit="quote",
            format=MONEY,
            width=14,
            formula='IF([@Date]="","",[@BTC]*held_btc+[@ETH]*held_eth+[@SOL]*held_sol+[@ADA]*held_ada+[@BNB]*held_bnb)',
            help="Today's holdings at that day's prices.",
        ),
    ),
)
