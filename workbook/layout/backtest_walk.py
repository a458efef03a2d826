"""The Backtest sheet: the walk over the history, step by step."""
# ruff: noqa: E501 (a formula reads best on one line)

from typing import Final

from workbook.layout.backtest_result import BACKTEST_RESULT
from workbook.layout.formats import DATE, MONEY, MOVE, PERCENT, RATE, ROW_OR_NONE, WHOLE
from workbook.layout.schema import Column, Field, Panel, Table

ROWS: Final = 53  # a year of weeks, both ends included
CHARTED: Final = 19  # rows that the two charts cover

BACKTEST_STEPS: Final = Panel(
    name="backtest_steps",
    title="Behind it",
    row=BACKTEST_RESULT.last_row + 2 + CHARTED,
    column=2,
    has_notes=True,
    fields=(
        Field(
            name="back_ready",
            label="The walk is possible",
            unit="true/false",
            kind="flag",
            formula="AND(need_inputs=TRUE,need_figures=TRUE,plan_contract_row>0,hedge_col>0,corr_value>0,back_gaps=0,N(back_every)>=1,corr_days>N(back_every)+N(back_every),back_limit<>0)",
            help="Inputs and fees, holdings and a hedge asset with a price on each day.",
        ),
        Field(
            name="say_back_lack",
            label="What it lacks",
            kind="text",
            formula='IF(hedge_col=0,"The hedge asset has no price history.",IF(corr_value=0,"No holding has a price history.",IF(back_gaps>0,"A day of the price history lacks a price.","The plan is incomplete, or the history too short.")))',
        ),
        Field(
            name="back_gaps",
            label="Price columns with gaps",
            unit="count",
            format=WHOLE,
            formula='COUNTIFS(Betas[Value],">0",Betas[Days],"<"&corr_days)+IF(SUMIFS(Betas[Days],Betas[Asset],plan_instrument)<corr_days,1,0)',
            help="Of what is held, and of the hedge asset: a blank is no price of 0.",
        ),
        Field(
            name="back_limit",
            label="Move that liquidates",
            unit="move",
            format=PERCENT,
            formula='IF(AND(need_inputs=TRUE,need_figures=TRUE,need_margin=TRUE),IFNA(LIQUIDATION_MOVE(plan_leverage,plan_maintenance_rate,"short",plan_kind,plan_liquidation_formula,plan_closing_fee),"none"),0)',
            help="From the price of the last step, at the plan's leverage and the venue's rule.",
        ),
        Field(
            name="back_share",
            label="Share that is sold",
            unit="of value",
            format=PERCENT,
            formula='IF(back_ready,IF(plan_method="beta",plan_ratio*SUM(Betas[Beta value])/corr_value,plan_ratio),0)',
            help="The ratio of the plan; with the method beta times the beta of the holdings.",
        ),
        Field(
            name="back_rate",
            label="Cost of a trade",
            unit="of notional",
            format=RATE,
            formula="IF(back_ready,TRADING_FEE(1,plan_fee_rate,1)+SLIPPAGE_COST(1,N(costs_slippage_bps),1),0)",
            help="Fee and slippage of the Plan and Costs sheets.",
        ),
        Field(
            name="back_value",
            label="Value at the start",
            unit="quote",
            format=MONEY,
            formula="IF(back_ready,INDEX(Backtest[Unhedged],ROWS(Backtest[Unhedged])-COUNT(Backtest[Change])),0)",
            help="Today's holdings at the prices of that day.",
        ),
        Field(
            name="back_days",
            label="Days walked",
            unit="days",
            format=WHOLE,
            formula="IF(back_ready,back_to-back_from,0)",
            help="From the first step to the last.",
        ),
        Field(
            name="fund_col",
            label="Column of the hedge asset",
            unit="of funding",
            format=ROW_OR_NONE,
            formula="IFNA(MATCH(plan_instrument,funding_head,0),0)",
            help="In the funding by day; 0: none.",
        ),
        Field(
            name="back_funding_days",
            label="Days with funding",
            unit="days",
            format=WHOLE,
            formula='IF(AND(back_ready,fund_col>0),COUNTIFS(FundingDays[Date],">"&MAX(0,back_from),FundingDays[Date],"<="&MAX(0,back_to),INDEX(funding_days,0,MAX(1,fund_col)),">-1"),0)',
            help="What is not known counts as nothing, and is said above.",
        ),
    ),
)


def _walked(name: str, wanted: str, nothing: str = '""') -> str:
    """A formula of a row whose history begins or goes on there."""
    return f"IF([@{name}]=0,{nothing},{wanted})"


WALK: Final = Table(
    name="Backtest",
    title="Step by step",
    row=BACKTEST_STEPS.last_row + 2,
    column=2,
    rows=ROWS,
    key="place",
    last_shown="state",
    columns=(
        Column(name="place", unit="step", format="0", constant="", width=30, help="The steps in order."),
        Column(
            name="date",
            unit="date",
            kind="date",
            format=DATE,
            width=13,
            formula=_walked("Row", "INDEX(Prices[Date],[@Row])"),
            help="Day of the step.",
        ),
        Column(
            name="unhedged",
            unit="quote",
            format=MONEY,
            width=14,
            formula=_walked("Row", "INDEX(Prices[Portfolio],[@Row])"),
            help="Today's holdings at that day's prices.",
        ),
        Column(
            name="hedged",
            unit="quote",
            format=MONEY,
            width=14,
            formula=_walked("Row", "[@Unhedged]+SUM(INDEX(Backtest[Gain],1):INDEX(Backtest[Gain],[@Place]))"),
            help="With all that the hedge won, cost and paid until then.",
        ),
        Column(
            name="fall",
            unit="from a peak",
            format=PERCENT,
            width=12,
            formula=_walked(
                "Row",
                "[@Unhedged]/MAX(INDEX(Backtest[Unhedged],1):INDEX(Backtest[Unhedged],[@Place]))-1",
            ),
            help="How far below its highest value so far.",
        ),
        Column(
            name="hedged_fall",
            unit="from a peak",
            format=PERCENT,
            width=13,
            formula=_walked(
                "Row", "[@Hedged]/MAX(INDEX(Backtest[Hedged],1):INDEX(Backtest[Hedged],[@Place]))-1"
            ),
            help="The same with the hedge.",
        ),
        Column(
            name="state",
            unit="",
            kind="text",
            width=13,
            formula=_walked(
                "Start",
                'IF(ISNUMBER(back_limit),IF([@Peak]>=back_limit,"liquidated","open"),"open")',
            ),
            help="Whether a close since the last step reached the liquidation.",
        ),
        Column(
            name="row",
            unit="of history",
            format=ROW_OR_NONE,
            width=10,
            formula="IF(back_ready,MAX(0,corr_days-(ROWS(Backtest[Place])-[@Place])*back_every),0)",
            help="Row of the price history; 0: before its first day.",
        ),
        Column(
            name="start",
            unit="of history",
            format=ROW_OR_NONE,
            width=10,
            formula="IF([@Place]=1,0,MAX(0,[@Row]-back_every))",
            help="Row of the step before; 0: there is none.",
        ),
        Column(
            name="peak",
            unit="move",
            format=MOVE,
            width=10,
            formula=_walked(
                "Start",
                "MAX(INDEX(history,[@Start]+1,hedge_col):INDEX(history,[@Row],hedge_col))/INDEX(history,[@Start],hedge_col)-1",
            ),
            help="Highest close of the hedge asset since the last step.",
        ),
        Column(
            name="move",
            unit="move",
            format=MOVE,
            width=10,
            formula=_walked("Start", "INDEX(history,[@Row],hedge_col)/INDEX(history,[@Start],hedge_col)-1"),
            help="Of the hedge asset since the last step.",
        ),
        Column(
            name="sold",
            unit="quote",
            format=MONEY,
            width=13,
            formula=_walked("Start", "back_share*INDEX(Prices[Portfolio],[@Start])", "0"),
            help="The hedge as it was put right at the last step.",
        ),
        Column(
            name="result",
            unit="quote",
            format=MONEY,
            width=13,
            formula=_walked("Start", '0-[@Sold]*IF([@State]="liquidated",1/plan_leverage,[@Move])', "0"),
            help="Of the hedge alone; a liquidation costs its margin.",
        ),
        Column(
            name="held",
            unit="quote",
            format=MONEY,
            width=13,
            formula='IF([@State]="open",[@Sold]*(1+[@Move]),0)',
            help="The hedge at this step's price, before it is put right.",
        ),
        Column(
            name="funding",
            unit="quote",
            format=MONEY,
            width=13,
            formula='IF(AND([@State]="open",fund_col>0),0-[@Held]*SUMIFS(INDEX(funding_days,0,MAX(1,fund_col)),FundingDays[Date],">"&MAX(0,INDEX(Prices[Date],MAX(1,[@Start]))),FundingDays[Date],"<="&MAX(0,[@Date])),0)',
            help="Paid since the last step; negative: received.",
        ),
        Column(
            name="fee",
            unit="quote",
            format=MONEY,
            width=13,
            formula=_walked("Start", "back_rate*ABS([@Sold]-INDEX(Backtest[Held],[@Place]-1))", "0"),
            help="Fee and slippage of putting it right at the last step.",
        ),
        Column(
            name="gain",
            unit="quote",
            format=MONEY,
            width=13,
            formula=_walked(
                "Start",
                "[@Result]-[@Funding]-[@Fee]-IF([@Place]=ROWS(Backtest[Place]),back_rate*[@Held],0)",
                "0",
            ),
            help="What the hedge adds since the last step, after all; the last step closes it.",
        ),
        Column(
            name="change",
            unit="of value",
            format=MOVE,
            width=12,
            formula=_walked("Start", "[@Unhedged]/INDEX(Prices[Portfolio],[@Start])-1"),
            help="Of the holdings since the last step.",
        ),
        Column(
            name="hedged_change",
            unit="of value",
            format=MOVE,
            width=14,
            formula=_walked("Start", "[@Change]+[@Gain]/INDEX(Prices[Portfolio],[@Start])"),
            help="With the hedge, of the same value.",
        ),
        Column(
            name="capital",
            unit="quote",
            format=MONEY,
            width=13,
            formula=_walked("Start", "[@Sold]/plan_leverage+[@Fee]-([@Hedged]-[@Unhedged]-[@Gain])", "0"),
            help="Margin of the step, less what the hedge had won before it.",
        ),
    ),
)
