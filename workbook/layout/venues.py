"""The Venues sheet: contracts and fees, dated and sourced."""

from typing import Final

from workbook.layout.formats import (
    DATE,
    KINDS,
    MONEY,
    RATE,
    SIZE,
    TIMES,
    TOP,
)
from workbook.layout.schema import Column, Sheet, Table

CONTRACTS: Final = Table(
    name="Contracts",
    title="Contracts and fees",
    row=TOP,
    column=2,
    rows=50,
    key="key",
    help="Facts of the venues, dated and sourced. Correct them where your venue says otherwise.",
    columns=(
        Column(
            name="venue",
            unit="name",
            kind="text",
            listed="venue_names",
            required=False,
            width=12,
            help="A name of the list on the right.",
        ),
        Column(
            name="asset", unit="symbol", kind="text", required=False, width=9, help="A symbol of the Market."
        ),
        Column(
            name="kind",
            unit="margined in",
            kind="text",
            choices=KINDS,
            required=False,
            width=12,
            help="linear: settled in the quote currency; inverse: in the coin.",
        ),
        Column(
            name="symbol",
            unit="as traded",
            kind="text",
            required=False,
            width=18,
            help="The market's name: BTC/USDT:USDT.",
        ),
        Column(
            name="contract_size",
            unit="base or quote",
            format=SIZE,
            low=0,
            high=1e9,
            required=False,
            width=14,
            help="Base units of a contract if linear, quote units if inverse.",
        ),
        Column(
            name="lot",
            unit="contracts",
            format=SIZE,
            low=0,
            high=1e9,
            required=False,
            width=11,
            help="The smallest step of an order, in contracts.",
        ),
        Column(
            name="tick",
            unit="quote",
            format=SIZE,
            low=0,
            high=1e9,
            required=False,
            width=11,
            help="The smallest step of a price.",
        ),
        Column(
            name="minimum_notional",
            unit="quote",
            format=MONEY,
            low=0,
            high=1e9,
            required=False,
            width=18,
            help="The smallest order the venue takes.",
        ),
        Column(
            name="maker_fee",
            unit="a fill",
            format=RATE,
            low=-0.01,
            high=0.05,
            required=False,
            width=11,
            help="Fee of a resting order, as a share of the notional.",
        ),
        Column(
            name="taker_fee",
            unit="a fill",
            format=RATE,
            low=-0.01,
            high=0.05,
            required=False,
            width=11,
            help="Fee of a market order, as a share of the notional.",
        ),
        Column(
            name="maximum_leverage",
            unit="times",
            format=TIMES,
            low=1,
            high=1000,
            required=False,
            width=17,
            help="The highest leverage the venue grants.",
        ),
        Column(
            name="liquidation",
            unit="formula",
            kind="text",
            choices=("mark", "entry", "mark+fee", "cautious"),
            required=False,
            width=13,
            help="On what the venue counts the maintenance margin. Blank: not known, the nearest counts.",
        ),
        Column(
            name="as_of",
            header="As of",
            unit="date",
            format=DATE,
            kind="date",
            required=False,
            width=12,
            help="Day of these facts. Blank: not known.",
        ),
        Column(
            name="key",
            unit="",
            kind="text",
            width=24,
            formula='IF([@Venue]="","",[@Venue]&" "&[@Asset]&" "&[@Kind])',
            help="By this the other sheets find the row.",
        ),
        Column(name="source", unit="where from", kind="text", required=False, width=64, help="Where from."),
    ),
)
VENUES: Final = Table(
    name="VenueList",
    title="Names to choose from",
    row=TOP,
    column=18,
    rows=12,
    key="venue",
    columns=(
        Column(
            name="venue",
            unit="name",
            kind="text",
            required=False,
            width=22,
            help="As the venue column of the contracts writes it.",
        ),
    ),
)


SHEET: Final = Sheet(
    name="Venues", purpose="Contracts and fees of the venues, dated and sourced.", blocks=(CONTRACTS, VENUES)
)
