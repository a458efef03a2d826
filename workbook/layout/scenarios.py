"""The Scenarios sheet: what a move of the market does."""

from typing import Final

from workbook.layout.formats import (
    MONEY,
    PERCENT,
    PRICE,
    TIMES,
    TOP,
)
from workbook.layout.schema import Column, Sheet, Table

SCENARIOS: Final = Table(
    name="Scenarios",
    title="Everything moves together",
    help="Results suppose that you add margin in time, so that the hedge stays open.",
    row=TOP,
    column=2,
    rows=21,
    key="move",
    columns=(
        Column(
            name="move",
            unit="of price",
            format="+0.0%;-0.0%;0.0%",
            low=-1,
            high=10,
            required=False,
            width=12,
            help="A move of the whole portfolio and of the hedge asset: -10% is -0.1.",
        ),
        Column(
            name="unhedged",
            unit="quote",
            format=MONEY,
            width=14,
            formula='IF(OR(NOT(plan_ready),[@Move]=""),"",plan_exposure*[@Move])',
            help="Result without a hedge.",
        ),
        Column(
            name="hedge",
            unit="quote",
            format=MONEY,
            width=14,
            formula='IF([@Unhedged]="","",HEDGE_PNL(plan_feasible_notional,[@Move]))',
            help="Result of the hedge alone.",
        ),
        Column(
            name="hedged",
            unit="quote",
            format=MONEY,
            width=14,
            formula='IF([@Unhedged]="","",HEDGED_PNL(plan_exposure,plan_feasible_notional,[@Move]))',
            help="Both together, before costs.",
        ),
        Column(
            name="after_costs",
            unit="quote",
            format=MONEY,
            width=14,
            formula='IF([@Unhedged]="","",[@Hedged]-plan_cost)',
            help="Both together, after the cost of the hedge.",
        ),
        Column(
            name="offset",
            unit="of result",
            format=PERCENT,
            width=12,
            formula='IF([@Unhedged]="","",IF([@Unhedged]=0,"",'
            "LOSS_OFFSET(plan_exposure,plan_feasible_notional,[@Move])))",
            help="Share of the result that the hedge takes back.",
        ),
        Column(
            name="state",
            unit="",
            kind="text",
            width=14,
            formula='IF([@Unhedged]="","",IF([@Move]>=plan_liquidation_move,"liquidated","open"))',
            help="Whether the hedge is still open at this price.",
        ),
    ),
)
DIVERGENCE: Final = Table(
    name="Divergence",
    title="The hedge asset moves differently",
    row=30,
    column=2,
    rows=9,
    columns=(
        Column(
            name="portfolio_move",
            header="Portfolio",
            unit="move",
            format="+0.0%;-0.0%;0.0%",
            low=-1,
            high=10,
            required=False,
            width=12,
            help="Move of the portfolio.",
        ),
        Column(
            name="hedge_move",
            header="Hedge asset",
            unit="move",
            format="+0.0%;-0.0%;0.0%",
            low=-1,
            high=10,
            required=False,
            width=14,
            help="Move of the hedge asset in the same time.",
        ),
        Column(
            name="unhedged",
            unit="quote",
            format=MONEY,
            width=14,
            formula='IF(OR(NOT(plan_ready),[@Portfolio]=""),"",plan_exposure*[@Portfolio])',
            help="Result without a hedge.",
        ),
        Column(
            name="hedge",
            unit="quote",
            format=MONEY,
            width=14,
            formula='IF([@Unhedged]="","",HEDGE_PNL(plan_feasible_notional,[@[Hedge asset]]))',
            help="Result of the hedge alone.",
        ),
        Column(
            name="hedged",
            unit="quote",
            format=MONEY,
            width=14,
            formula='IF([@Unhedged]="","",HEDGED_PNL(plan_exposure,plan_feasible_notional,[@Portfolio],'
            "[@[Hedge asset]]))",
            help="Both together, before costs.",
        ),
        Column(
            name="offset",
            unit="of result",
            format=PERCENT,
            width=12,
            formula='IF([@Unhedged]="","",IF([@Unhedged]=0,"",LOSS_OFFSET(plan_exposure,'
            "plan_feasible_notional,[@Portfolio],[@[Hedge asset]])))",
            help="Share of the result that the hedge takes back.",
        ),
    ),
)
LEVERAGE: Final = Table(
    name="Leverage",
    title="How near liquidation is, by leverage",
    row=43,
    column=2,
    rows=9,
    key="leverage",
    columns=(
        Column(
            name="leverage",
            unit="times",
            format=TIMES,
            low=1,
            high=500,
            required=False,
            width=12,
            help="A leverage to look at.",
        ),
        Column(
            name="distance",
            unit="move",
            format=PERCENT,
            width=14,
            formula='IF(OR(NOT(plan_ready),[@Leverage]=""),"",IFNA(ABS(LIQUIDATION_MOVE([@Leverage],'
            'plan_maintenance_rate,plan_side,plan_kind,plan_liquidation_formula,plan_closing_fee)),"none"))',
            help="How far the price may move against the hedge; none: no price liquidates it.",
        ),
        Column(
            name="price",
            unit="quote per base",
            format=PRICE,
            width=14,
            formula="IF(ISNUMBER([@Distance]),LIQUIDATION_PRICE(plan_entry_price,[@Leverage],"
            'plan_maintenance_rate,plan_side,plan_kind,plan_liquidation_formula,plan_closing_fee),"")',
            help="Where the hedge is liquidated.",
        ),
        Column(
            name="margin",
            unit="quote",
            format=MONEY,
            width=14,
            formula='IF(ISNUMBER([@Distance]),HEDGE_MARGIN(plan_feasible_notional,[@Leverage]),"")',
            help="What the position ties up.",
        ),
        Column(
            name="verdict",
            unit="",
            kind="text",
            width=14,
            formula='IF(ISNUMBER([@Distance]),IF([@Distance]<plan_reference_move,"too near","survives"),"")',
            help="Against the rise to survive of the Plan sheet.",
        ),
    ),
)


SHEET: Final = Sheet(
    name="Scenarios",
    purpose="What a move of the market does to the holdings, the hedge and both together.",
    blocks=(SCENARIOS, DIVERGENCE, LEVERAGE),
)
