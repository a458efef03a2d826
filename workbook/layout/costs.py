"""The Costs sheet: what the hedge costs over the horizon, here and at other venues."""

from typing import Final

from workbook.layout.formats import (
    CONTRACT_KINDS,
    MONEY,
    RATE,
    ROW_OR_NONE,
    SIZE,
    TOP,
)
from workbook.layout.schema import Column, Field, Panel, Sheet, Table

ASSUMPTIONS: Final = Panel(
    name="costs_assumptions",
    title="Assumptions",
    row=TOP,
    column=2,
    fields=(
        Field(
            name="costs_order",
            label="Orders fill as",
            unit="fee",
            kind="text",
            choices=("taker", "maker"),
            default="taker",
            help="taker: market orders; maker: resting orders. Decides the fee.",
        ),
        Field(
            name="costs_slippage_bps",
            label="Slippage",
            unit="bps a fill",
            format="0.0",
            low=0,
            high=1000,
            default=2,
            help="How far from the price aimed at you fill; 1 bps is 0.01%.",
        ),
    ),
)
BREAKDOWN: Final = Panel(
    name="costs_breakdown",
    title="This hedge over the horizon",
    row=9,
    column=2,
    has_notes=True,
    fields=(
        Field(
            name="costs_fees",
            label="Trading fees",
            unit="quote",
            format=MONEY,
            formula='IF(plan_ready,IF(plan_fees_known,TRADING_FEE(plan_trade_notional,plan_fee_rate,1)+TRADING_FEE(plan_feasible_notional,plan_fee_rate,1+plan_rolls+plan_rolls),"?"),"")',
            help="of the trade, of rolls, and to close what is then open",
        ),
        Field(
            name="costs_slippage",
            label="Slippage",
            unit="quote",
            format=MONEY,
            formula='IF(plan_ready,IF(fit_costs_slippage_bps="",IF(costs_slippage_bps="","?",SLIPPAGE_COST(plan_trade_notional,costs_slippage_bps,1)+SLIPPAGE_COST(plan_feasible_notional,costs_slippage_bps,1+plan_rolls+plan_rolls)),"?"),"")',
            help="of the trade, of rolls, and to close what is then open",
        ),
        Field(
            name="costs_funding",
            label="Funding",
            unit="quote",
            format=MONEY,
            formula='IF(plan_ready,IF(plan_funding_known,FUNDING_COST(plan_feasible_notional,plan_funding_rate,plan_periods),"?"),"")',
            is_output=True,
            help="negative: you receive it; ? while the rate is not known",
        ),
        Field(
            name="costs_basis",
            label="Basis",
            unit="quote",
            format=MONEY,
            formula='IF(plan_ready,plan_basis_cost,"")',
            help="a short earns contango (negative)",
        ),
        Field(
            name="costs_total",
            label="Total",
            unit="quote",
            format=MONEY,
            formula='IF(plan_ready,N(costs_fees)+N(costs_slippage)+N(costs_funding)+costs_basis,"")',
            help="positive: you pay; without what is not known",
        ),
    ),
)
COSTS: Final = Table(
    name="Costs",
    title="The same hedge at every venue",
    row=16,
    column=2,
    rows=10,
    key="venue",
    needs=("kind",),
    columns=(
        Column(
            name="venue",
            unit="name",
            kind="text",
            listed="venue_names",
            required=False,
            width=20,
            help="A venue of the Venues sheet.",
        ),
        Column(
            name="kind",
            unit="margined in",
            kind="text",
            choices=CONTRACT_KINDS,
            required=False,
            width=12,
            help="linear or inverse.",
        ),
        Column(
            name="label",
            header="Contract",
            unit="",
            kind="text",
            width=16,
            formula='IF([@Venue]="","",[@Venue]&" "&[@Kind])',
            help="Venue and kind.",
        ),
        Column(
            name="own_funding_rate",
            unit="an interval",
            format=RATE,
            low=-0.1,
            high=0.1,
            required=False,
            width=17,
            help="This venue's funding rate, if you know it. Blank: the Market sheet's.",
        ),
        Column(
            name="facts_row",
            unit="of Venues",
            format=ROW_OR_NONE,
            width=10,
            formula='IF([@Venue]="","",IFNA(MATCH([@Venue]&" "&plan_instrument&" "&[@Kind],'
            "Contracts[Key],0),0))",
            help="Row of the Venues sheet that holds this contract; 0: none.",
        ),
        Column(
            name="fee_rate",
            unit="a fill",
            format=RATE,
            width=11,
            formula='IF(N([@[Facts row]])=0,"",IF(costs_order="maker",'
            "INDEX(Contracts[Maker fee],[@[Facts row]]),INDEX(Contracts[Taker fee],[@[Facts row]])))",
            help="Maker or taker, as assumed.",
        ),
        Column(
            name="size",
            unit="base or quote",
            format=SIZE,
            width=14,
            is_link=True,
            formula='IF(N([@[Facts row]])=0,"",INDEX(Contracts[Contract size],[@[Facts row]]))',
            help="Of one contract: base units if linear, quote units if inverse.",
        ),
        Column(
            name="lot",
            unit="contracts",
            format=SIZE,
            width=11,
            is_link=True,
            formula='IF(N([@[Facts row]])=0,"",INDEX(Contracts[Lot],[@[Facts row]]))',
            help="The smallest step of an order.",
        ),
        Column(
            name="contracts",
            unit="contracts",
            format=SIZE,
            width=12,
            formula=(
                "IF(AND(plan_ready,N([@Size])*N([@Lot])>0),HEDGE_CONTRACTS(plan_own_notional,"
                'plan_entry_price,[@Size],[@Lot],plan_rounding,[@Kind]),"")'
            ),
            help="Whole lots of this venue.",
        ),
        Column(
            name="notional",
            header="Feasible hedge",
            unit="quote",
            format=MONEY,
            width=14,
            formula='IF([@Contracts]="","",CONTRACTS_NOTIONAL([@Contracts],plan_entry_price,'
            "[@Size],[@Kind]))",
            help="What those contracts are worth.",
        ),
        Column(
            name="fees",
            unit="quote",
            format=MONEY,
            width=11,
            formula='IF([@Contracts]="","",TRADING_FEE([@[Feasible hedge]],[@[Fee rate]]))',
            help="In and out.",
        ),
        Column(
            name="slippage",
            unit="quote",
            format=MONEY,
            width=11,
            formula='IF([@Contracts]="","",SLIPPAGE_COST([@[Feasible hedge]],costs_slippage_bps))',
            help="In and out.",
        ),
        Column(
            name="funding",
            unit="quote",
            format=MONEY,
            width=11,
            formula='IF([@Contracts]="","",FUNDING_COST([@[Feasible hedge]],'
            'IF([@[Own funding rate]]="",plan_funding_rate,[@[Own funding rate]]),plan_periods))',
            help="Negative: you receive it.",
        ),
        Column(
            name="basis",
            unit="quote",
            format=MONEY,
            width=11,
            formula='IF([@Contracts]="","",BASIS_COST([@[Feasible hedge]]/plan_entry_price*plan_spot_price,'
            "plan_entry_price,plan_spot_price)*plan_basis_share)",
            help="Negative: you earn it.",
        ),
        Column(
            name="total",
            unit="quote",
            format=MONEY,
            width=11,
            formula='IF([@Contracts]="","",[@Fees]+[@Slippage]+[@Funding]+[@Basis])',
            help="Positive: you pay.",
        ),
        Column(
            name="share",
            header="Total share",
            unit="of hedge",
            format=RATE,
            width=12,
            formula='IF([@[Feasible hedge]]="","",IF([@[Feasible hedge]]=0,"",[@Total]/[@[Feasible hedge]]))',
            help="Comparable between venues whose lots differ.",
        ),
        Column(
            name="verdict",
            unit="",
            kind="text",
            width=14,
            formula='IF([@[Total share]]="","",IF([@[Total share]]=MIN(Costs[Total share]),"cheapest",""))',
            help="The least cost for each unit hedged.",
        ),
    ),
)
FUNDING_PATH: Final = Table(
    name="FundingPath",
    title="Costs as the days go by",
    row=30,
    column=2,
    rows=13,
    columns=(
        Column(
            name="step",
            unit="count",
            format="0",
            width=20,
            formula="ROW()-ROW(FundingPath[[#Headers],[Step]])-1",
            help="Steps of equal length.",
        ),
        Column(
            name="day",
            unit="days",
            format="0.0",
            width=12,
            formula='IF(plan_ready,plan_horizon*[@Step]/MAX(FundingPath[Step]),"")',
            help="Day of the horizon.",
        ),
        Column(
            name="funding",
            unit="quote",
            format=MONEY,
            width=12,
            formula="IF(plan_ready,FUNDING_COST(plan_feasible_notional,plan_funding_rate,"
            'FUNDING_PERIODS([@Day],plan_funding_interval)),"")',
            help="Accumulated; negative: received.",
        ),
        Column(
            name="total",
            header="All costs",
            unit="quote",
            format=MONEY,
            width=12,
            formula='IF(plan_ready,N(costs_fees)+N(costs_slippage)+[@Funding],"")',
            help="Fees and slippage of both fills, and funding so far.",
        ),
    ),
)


SHEET: Final = Sheet(
    name="Costs",
    purpose="What the hedge costs over the horizon, here and at other venues.",
    blocks=(ASSUMPTIONS, BREAKDOWN, COSTS, FUNDING_PATH),
    chips=(8, 9, 10),
)
