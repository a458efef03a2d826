"""The Scenarios sheet: what a move of the market does, and real crashes, tails and options beside it."""
# ruff: noqa: E501 (a formula reads best on one line)

from typing import Final

from workbook.layout.correlation_prices import ASSETS
from workbook.layout.formats import DATE, MONEY, MOVE, PERCENT, PRICE, SMALLEST_PRICE
from workbook.layout.scenarios_moves import DIVERGENCE, LEVERAGE, SCENARIOS
from workbook.layout.schema import Column, Field, Panel, Sheet, Table

CRASHES: Final = Table(
    name="Crashes",
    title="Real crashes",
    row=LEVERAGE.last_row + 2,
    column=2,
    rows=10,
    help="Closes of Binance spot; the lows of those days lay far below. 2020-03-12 is not among them.",
    columns=(
        Column(
            name="episode",
            unit="date",
            kind="date",
            format=DATE,
            constant="",
            width=12,
            help="Day of the crash.",
        ),
        Column(
            name="span",
            unit="",
            kind="text",
            constant="",
            width=13,
            help="day: against the close before; week: to the low of BTC within seven days.",
        ),
        *(
            Column(
                name=asset.lower(),
                header=asset,
                unit="move",
                format=MOVE,
                constant="",
                width=13,
                help=f"What {asset} did.",
            )
            for asset in ASSETS
        ),
        Column(
            name="hedge_move",
            unit="hedge asset",
            format=MOVE,
            width=13,
            formula='IF(plan_instrument="BTC",[@BTC],IF(plan_instrument="ETH",[@ETH],IF(plan_instrument="SOL",[@SOL],IF(plan_instrument="ADA",[@ADA],IF(plan_instrument="BNB",[@BNB],"?")))))',
            help="What the hedge asset did; ? where no history is known.",
        ),
        Column(
            name="unhedged",
            unit="quote",
            format=MONEY,
            width=14,
            formula='IF(plan_ready,worth_btc*[@BTC]+worth_eth*[@ETH]+worth_sol*[@SOL]+worth_ada*[@ADA]+worth_bnb*[@BNB],"")',
            help="Of what you hold of the five assets; what else you hold is not in it.",
        ),
        Column(
            name="hedged",
            unit="quote",
            format=MONEY,
            width=14,
            formula='IF(AND(plan_ready,ISNUMBER([@[Hedge move]])),[@Unhedged]+HEDGE_PNL(plan_feasible_notional+plan_other_notional,N([@[Hedge move]])),"")',
            help="With the hedges, before costs; a fall liquidates no short.",
        ),
    ),
)
TAILS: Final = Panel(
    name="tail_risk",
    title="A bad day",
    row=CRASHES.last_row + 2,
    column=2,
    has_notes=True,
    fields=(
        Field(
            name="tail_confidence",
            label="Confidence",
            unit="ratio",
            format=PERCENT,
            low=0.5,
            high=0.999,
            default=0.95,
            help="A loss beyond it comes on one day in twenty at 95%.",
        ),
        Field(
            name="tail_volatility",
            label="Volatility",
            unit="a year",
            format=PERCENT,
            formula='IF(corr_ready,REALIZED_VOLATILITY(Prices[Portfolio]),"")',
            help="Of today's holdings over the price history.",
        ),
        Field(
            name="tail_normal",
            label="Value at risk of a day",
            unit="quote, normal",
            format=MONEY,
            formula='IF(corr_ready,VALUE_AT_RISK(corr_value,tail_volatility,1,tail_confidence),"")',
            is_output=True,
            help="If returns were normal. Real tails are fatter.",
        ),
        Field(
            name="tail_normal_mean",
            label="Expected shortfall of a day",
            unit="quote, normal",
            format=MONEY,
            formula='IF(corr_ready,EXPECTED_SHORTFALL(corr_value,tail_volatility,1,tail_confidence),"")',
            is_output=True,
            help="The mean loss on the days beyond it.",
        ),
        Field(
            name="tail_past",
            label="Value at risk of a day",
            unit="quote, real",
            format=MONEY,
            formula='IF(corr_ready,IF(tail_size<1,"too few days",HISTORICAL_VALUE_AT_RISK(corr_value,Prices[Portfolio],1,tail_confidence)),"")',
            is_output=True,
            native='IF(corr_ready,IF(tail_size<1,"too few days",0-corr_value*SMALL(PricesReturns[Portfolio],ROUNDDOWN(tail_size,0)+1)),"")',
            help="By the days of the history themselves.",
        ),
        Field(
            name="tail_past_mean",
            label="Expected shortfall of a day",
            unit="quote, real",
            format=MONEY,
            formula='IF(corr_ready,IF(tail_size<1,"too few days",HISTORICAL_SHORTFALL(corr_value,Prices[Portfolio],1,tail_confidence)),"")',
            is_output=True,
            native='IF(corr_ready,IF(tail_size<1,"too few days",0-corr_value*(SUMPRODUCT((PricesReturns[Portfolio]<tail_worst)*1,PricesReturns[Portfolio])+(tail_size-SUMPRODUCT((PricesReturns[Portfolio]<tail_worst)*1))*tail_worst)/tail_size),"")',
            help="The mean of the worst days of the history. Normal returns understate it.",
        ),
        Field(
            name="tail_worst",
            label="Where the tail begins",
            unit="move",
            format=MOVE,
            formula="IF(ISNUMBER(tail_past),0-tail_past/corr_value,0)",
            help="The value at risk of the history as a move of the holdings.",
        ),
        Field(
            name="tail_size",
            label="Days in the tail",
            unit="count",
            format="0.0",
            formula="ROUND(MAX(0,corr_days-1)*(1-N(tail_confidence)),exact_digits)",
            help="How many days the last two rest on.",
        ),
    ),
)
OPTIONS: Final = Panel(
    name="option_terms",
    title="Options in place of the short",
    row=TAILS.last_row + 2,
    column=2,
    has_notes=True,
    fields=(
        Field(
            name="put_strike",
            label="Put: strike",
            unit="quote per base",
            format=PRICE,
            low=SMALLEST_PRICE,
            high=1e12,
            required=False,
            help="Of an option on the hedge asset that ends with the horizon. Blank: none.",
        ),
        Field(
            name="put_premium",
            label="Put: premium",
            unit="quote per base",
            format=PRICE,
            low=0,
            high=1e12,
            required=False,
            help="What the venue asks. A premium in coin times the index price.",
        ),
        Field(
            name="call_strike",
            label="Call sold: strike",
            unit="quote per base",
            format=PRICE,
            low=SMALLEST_PRICE,
            high=1e12,
            required=False,
            help="Not below the put's. With it the put becomes a collar.",
        ),
        Field(
            name="call_premium",
            label="Call sold: premium",
            unit="quote per base",
            format=PRICE,
            low=0,
            high=1e12,
            required=False,
            help="What the venue pays.",
        ),
        Field(
            name="put_known",
            label="Put is priced",
            unit="true/false",
            kind="flag",
            formula="AND(plan_ready,N(plan_moving)>=0,N(put_strike)>0,ISNUMBER(put_premium))",
            help="Its column in the first table shows it.",
        ),
        Field(
            name="collar_known",
            label="Collar is priced",
            unit="true/false",
            kind="flag",
            formula="AND(put_known,N(call_strike)>=N(put_strike),ISNUMBER(call_premium))",
            help="Its column in the first table shows it.",
        ),
    ),
)


SHEET: Final = Sheet(
    name="Scenarios",
    purpose="What a move of the market does to the holdings, the hedge and both together.",
    blocks=(SCENARIOS, DIVERGENCE, LEVERAGE, CRASHES, TAILS, OPTIONS),
    pages=0,
    breaks=(CRASHES.row,),
    widths=(1.7, 27),
    chips=(8, 9, 10),
)
