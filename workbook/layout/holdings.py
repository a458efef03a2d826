"""The Holdings sheet: what is owned, and what it is worth."""
# ruff: noqa: E501 (a formula reads best on one line)

from typing import Final

from workbook.layout.formats import (
    AMOUNT,
    MONEY,
    PERCENT,
    PRICE,
    TOP,
    WHOLE,
)
from workbook.layout.schema import Column, Field, Panel, Sheet, Table

HOLDINGS_TOTAL: Final = Panel(
    name="holdings_total",
    title="Total",
    row=TOP + 1,
    column=12,
    fields=(
        Field(
            name="holdings_value",
            label="Value",
            unit="quote",
            format=MONEY,
            formula="SUM(Holdings[Value])",
            help="Sum of the values.",
        ),
        Field(
            name="holdings_beta_value",
            label="Beta-weighted value",
            unit="quote",
            format=MONEY,
            formula="SUM(Holdings[Beta value])",
            help="What the holdings weigh in moves of the hedge asset.",
        ),
        Field(
            name="holdings_assets",
            label="Rows with an asset",
            unit="rows",
            format=WHOLE,
            formula="COUNTA(Holdings[Asset])",
            help="Rows in which an asset is named.",
        ),
        Field(
            name="holdings_valued",
            label="Rows with a value",
            unit="rows",
            format=WHOLE,
            formula="COUNT(Holdings[Value])",
            help="Must equal the rows with an asset: a total never hides a bad row.",
        ),
    ),
)
HOLDINGS: Final = Table(
    name="Holdings",
    title="What you hold",
    row=TOP,
    column=2,
    rows=50,
    key="asset",
    needs=("quantity",),
    columns=(
        Column(
            name="asset",
            unit="symbol",
            kind="text",
            listed="market_symbols",
            required=False,
            width=22,
            help="A symbol of the Market sheet. The same asset may stand on several rows.",
        ),
        Column(
            name="quantity",
            unit="base",
            format=AMOUNT,
            low=0,
            high=1e15,
            required=False,
            width=16,
            help="Units you own: 0.5 for half a bitcoin. Never negative.",
        ),
        Column(
            name="price",
            unit="quote per base",
            format=PRICE,
            width=15,
            is_link=True,
            formula='IF([@Asset]="","",INDEX(Market[Spot],MATCH([@Asset],Market[Symbol],0)))',
            help="Spot price of the Market sheet.",
        ),
        Column(
            name="value",
            unit="quote",
            format=MONEY,
            width=15,
            formula='IF([@Asset]="","",[@Quantity]*[@Price])',
            help="Quantity times price.",
        ),
        Column(
            name="weight",
            unit="of total",
            format=PERCENT,
            width=11,
            formula='IF([@Asset]="","",IF(holdings_value=0,0,[@Value]/holdings_value))',
            help="Share of the total.",
        ),
        Column(
            name="own_beta",
            unit="ratio",
            format="0.000",
            low=-10,
            high=10,
            required=False,
            width=11,
            help="Your own beta to the hedge asset. Leave it blank to take the measured one.",
        ),
        Column(
            name="measured",
            unit="ratio",
            format="0.000",
            width=11,
            is_link=True,
            formula='IF([@Asset]="","",IFNA(INDEX(Betas[Beta],MATCH([@Asset],Betas[Asset],0)),""))',
            help="Of the price history on the Correlation sheet.",
        ),
        Column(
            name="beta",
            unit="ratio",
            format="0.000",
            width=11,
            formula='IF([@Asset]="","",IF([@[Own beta]]<>"",[@[Own beta]],IF(ISNUMBER([@Measured]),[@Measured],1)))',
            help="Your own, else the measured one, else 1. Move of the asset for a move of 1 of the hedge asset.",
        ),
        Column(
            name="beta_value",
            unit="quote",
            format=MONEY,
            width=15,
            formula='IF([@Asset]="","",[@Value]*[@Beta])',
            help="Value times beta.",
        ),
    ),
)


SHEET: Final = Sheet(
    name="Holdings",
    purpose="What you own, and what it is worth.",
    blocks=(HOLDINGS, HOLDINGS_TOTAL),
    landscape=False,
    widths=(2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 24, 16, 10),
)
