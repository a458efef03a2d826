"""The Roll sheet: dated futures, what they carry, and what rolling them costs."""
# ruff: noqa: E501 (a formula reads best on one line)

from typing import Final

from workbook.layout.formats import CHANGE, MONEY, RATE, WHOLE
from workbook.layout.roll_futures import ROLL_SETTINGS, ROLLS
from workbook.layout.schema import Column, Field, Panel, Sheet, Table

COMPARED: Final = Panel(
    name="carry_compared",
    title="Perpetual or dated future, over the horizon",
    row=ROLLS.last_row + 2,
    column=2,
    has_notes=True,
    fields=(
        Field(
            name="say_carry",
            label="In words",
            kind="text",
            formula='IF(carry_ready,IF(ABS(N(carry_errors))<carry_bound,"? The history does not decide: within two standard errors.","The "&IF(carry_errors>0,"perpetual","future")&" costs less, by over two standard errors."),"? It takes a hedge, funding by day and a future.")',
        ),
        Field(
            name="perpetual_carry",
            label="Perpetual: funding",
            unit="quote",
            format=MONEY,
            formula='IF(carry_ready,0-plan_feasible_notional*carry_mean*plan_horizon,"")',
            help="By the mean of the funding by day on the sheet Backtest. Positive: you pay.",
        ),
        Field(
            name="perpetual_error",
            label="Perpetual: standard error of it",
            unit="quote",
            format=MONEY,
            formula='IF(carry_ready,ABS(plan_feasible_notional)*plan_horizon*SQRT(MAX(0,SUMPRODUCT(Lags[Weight],Lags[Covariance]))/carry_count),"")',
            help="How well the mean is known (Newey and West), not how far funding may swing.",
        ),
        Field(
            name="perpetual_fees",
            label="Perpetual: fees and slippage",
            unit="quote",
            format=MONEY,
            formula='IF(carry_ready,(1+1)*back_rate*ABS(plan_feasible_notional),"")',
            help="In and out.",
        ),
        Field(
            name="future_carry",
            label="Future: basis",
            unit="quote",
            format=MONEY,
            formula='IF(carry_ready,0-plan_feasible_notional*(plan_future_price/plan_spot_price-1)*plan_horizon/carry_days,"")',
            help="In proportion to the days; each roll is taken to find the same basis.",
        ),
        Field(
            name="future_fees",
            label="Future: fees and slippage",
            unit="quote",
            format=MONEY,
            formula='IF(carry_ready,(1+1)*(1+carry_rolls)*back_rate*ABS(plan_feasible_notional),"")',
            help="In and out, and twice for each roll.",
        ),
        Field(
            name="carry_away",
            label="Future less perpetual",
            unit="quote",
            format=CHANGE,
            formula='IF(carry_ready,future_carry+future_fees-perpetual_carry-perpetual_fees,"")',
            help="Positive: the perpetual costs less.",
        ),
        Field(
            name="carry_errors",
            label="In standard errors",
            unit="count",
            format="0.0",
            formula='IF(N(perpetual_error)>0,carry_away/perpetual_error,"")',
            help="Within two of them the history does not decide.",
        ),
    ),
)
TERMS: Final = Panel(
    name="carry_terms",
    title="Behind it",
    row=COMPARED.last_row + 2,
    column=2,
    has_notes=True,
    fields=(
        Field(
            name="carry_ready",
            label="Both are known",
            unit="true/false",
            kind="flag",
            formula="AND(back_ready,plan_ready,N(plan_feasible_notional)<>0,carry_count>1,carry_days>0,"
            "plan_future_price*plan_spot_price>0)",
            help="A hedge, funding by day without gaps, and a dated future that has not expired.",
        ),
        Field(
            name="carry_days",
            label="Days to expiry",
            unit="days",
            format=WHOLE,
            formula="MAX(0,plan_expiry-plan_today)",
            help="Of the dated future of the Market sheet.",
        ),
        Field(
            name="carry_rolls",
            label="Rolls",
            unit="count",
            format=WHOLE,
            formula="IF(carry_days>0,MAX(0,ROUNDUP(ROUND(plan_horizon/carry_days,exact_digits),0)-1),0)",
            help="As often as the horizon outlasts a future.",
        ),
        Field(
            name="carry_count",
            label="Days of funding",
            unit="days",
            format=WHOLE,
            formula="IF(fund_col=0,0,IF(COUNT(INDEX(funding_days,0,MAX(1,fund_col)))=COUNT(FundingDays[Date]),COUNT(FundingDays[Date]),0))",
            help="0: none, or a day has none.",
        ),
        Field(
            name="carry_mean",
            label="Mean funding",
            unit="a day",
            format=RATE,
            formula="IF(carry_count>0,SUM(INDEX(funding_days,0,MAX(1,fund_col)))/carry_count,0)",
            help="Of the hedge asset.",
        ),
        Field(
            name="carry_lags",
            label="Lags",
            unit="days",
            format=WHOLE,
            formula="IF(carry_count>0,ROUNDDOWN(lag_scale*(carry_count/lag_base)^lag_power,0),0)",
            help="Funding of one day is like that of the day before: so far back it counts.",
        ),
        Field(
            name="lag_scale",
            label="Lags of 100 days",
            unit="days",
            format=WHOLE,
            constant=4,
            help="Newey and West 1994.",
        ),
        Field(
            name="lag_base",
            label="Days to that",
            unit="days",
            format=WHOLE,
            constant=100,
            help="Newey and West 1994.",
        ),
        Field(
            name="lag_power",
            label="Power of the days",
            unit="ratio",
            format="0.000",
            constant=2 / 9,
            help="Newey and West 1994.",
        ),
        Field(
            name="carry_bound",
            label="Standard errors that decide",
            unit="count",
            format=WHOLE,
            constant=2,
            help="About 95%.",
        ),
    ),
)
LAGS: Final = Table(
    name="Lags",
    title="Funding and what it was some days before",
    row=TERMS.last_row + 2,
    column=2,
    rows=8,
    key="lag",
    columns=(
        Column(name="lag", unit="days", format="0", constant="", width=24, help="Days between."),
        Column(
            name="weight",
            unit="ratio",
            format="0.000",
            width=12,
            formula="IF(AND(carry_ready,[@Lag]<=carry_lags),IF([@Lag]=0,1,(1+1)*(1-[@Lag]/(carry_lags+1))),0)",
            help="Bartlett's, twice for each side.",
        ),
        Column(
            name="product",
            unit="squared",
            format="0.0000E+00",
            width=12,
            formula="IF([@Weight]=0,0,SUMPRODUCT(INDEX(funding_days,1,fund_col):INDEX(funding_days,carry_count-[@Lag],fund_col),INDEX(funding_days,1+[@Lag],fund_col):INDEX(funding_days,carry_count,fund_col)))",
            help="Of each day's funding with that of the day so many days later, added.",
        ),
        Column(
            name="sums",
            unit="of both",
            format="0.0000E+00",
            width=12,
            formula="IF([@Weight]=0,0,SUM(INDEX(funding_days,1,fund_col):INDEX(funding_days,carry_count-[@Lag],fund_col))+SUM(INDEX(funding_days,1+[@Lag],fund_col):INDEX(funding_days,carry_count,fund_col)))",
            help="Both series added.",
        ),
        Column(
            name="covariance",
            unit="squared",
            format="0.0000E+00",
            width=14,
            formula="IF([@Weight]=0,0,([@Product]-carry_mean*[@Sums]+(carry_count-[@Lag])*carry_mean*carry_mean)/carry_count)",
            help="Of the funding with its own past.",
        ),
    ),
)


SHEET: Final = Sheet(
    name="Roll",
    purpose="Dated futures: what they earn or cost until expiry, and what it costs to roll.",
    blocks=(ROLL_SETTINGS, ROLLS, COMPARED, TERMS, LAGS),
    chips=(6, 7, 8),
)
