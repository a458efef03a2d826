"""The Checks sheet: is the book sound, is the plan wise, and the workings between."""

from typing import Final

from workbook.layout.formats import (
    DATE,
    FUTURE,
    MONEY,
    PERCENT,
    PRICE,
    RATE,
    SIZE,
    TIMES,
    TOP,
    WHOLE,
)
from workbook.layout.wording import WORDING
from workbook.record import Field, Panel, Sheet

SUMMARY: Final = Panel(
    name="checks_summary",
    title="All checks",
    row=TOP,
    column=2,
    has_notes=True,
    fields=(
        Field(
            name="checks_ok",
            label="Every check passes",
            unit="true/false",
            kind="flag",
            formula="COUNTIF(checks_list,TRUE)=ROWS(checks_list)",
            is_output=True,
            help="A check that is an error does not pass.",
        ),
        Field(
            name="warnings_count",
            label="Warnings",
            unit="count",
            format=WHOLE,
            formula="COUNTIF(warnings_list,TRUE)",
            is_output=True,
            help="Things to look at before you trade; the Plan sheet says them in words.",
        ),
        Field(
            name="checks_status",
            label="Shown on top of every sheet",
            kind="text",
            formula="IF(plan_ready,word_checks&word_warnings,word_incomplete)",
            help="",
        ),
    ),
)
CHECKS: Final = Panel(
    name="checks_list",
    title="Checks: is the book sound?",
    row=10,
    column=2,
    has_notes=True,
    fields=tuple(
        Field(name=f"check_{name}", label=label, unit="true/false", kind="flag", formula=formula, help=mend)
        for name, label, formula, mend in (
            (
                "holdings",
                "Every asset held has a value",
                "holdings_assets=holdings_valued",
                "Holdings: an asset is not on the Market sheet, or a quantity is no number.",
            ),
            (
                "weights",
                "The weights add up to 100%",
                "OR(holdings_value=0,ABS(SUM(Holdings[Weight])-1)<check_tolerance)",
                "Holdings: a formula was overwritten.",
            ),
            (
                "symbols",
                "Every symbol stands once on Market",
                'COUNTIF(Market[State],"twice")=0',
                "Market: take out the row that says twice.",
            ),
            (
                "instrument",
                "The hedge asset is on Market",
                "plan_market_row>0",
                "Plan: choose a symbol of the Market sheet, or add it there.",
            ),
            (
                "contract",
                "The contract is on Venues",
                "plan_contract_row>0",
                "Plan: choose another venue or kind, or add the contract to Venues.",
            ),
            (
                "leverage",
                "The venue grants this leverage",
                "OR(plan_maximum_leverage=0,plan_leverage<=plan_maximum_leverage)",
                "Plan: lower the leverage.",
            ),
            (
                "minimum",
                "The order is not below the venue's minimum",
                "OR(plan_size=0,ABS(N(plan_feasible_notional))>=plan_minimum_notional)",
                "Plan: hedge more, or at a venue with a smaller minimum.",
            ),
            (
                "margin",
                "Margin times leverage is the hedge",
                "ABS(N(plan_margin)*plan_leverage-ABS(N(plan_feasible_notional)))<check_tolerance",
                "Plan: a formula was overwritten.",
            ),
            (
                "costs",
                "The costs add up",
                (
                    "ABS(N(costs_fees)+N(costs_slippage)+N(costs_funding)+N(costs_basis)-N(costs_total))"
                    "<check_tolerance"
                ),
                "Costs: a formula was overwritten.",
            ),
            (
                "scenarios",
                "Every move has a result",
                "OR(NOT(plan_ready),COUNT(Scenarios[Move])=COUNT(Scenarios[Hedged]))",
                "Scenarios: a move is no number.",
            ),
            (
                "results",
                "No result is an error",
                "SUMPRODUCT(ISERROR(plan_results)*1)=0",
                "Plan: follow the first error back to its inputs.",
            ),
        )
    ),
)
LIMITS: Final = Panel(
    name="limits",
    title="Limits of the warnings",
    row=24,
    column=2,
    has_notes=True,
    fields=(
        Field(
            name="limit_leverage",
            label="Leverage: warn above",
            unit="times",
            format=TIMES,
            low=1,
            high=500,
            default=5,
            help="3x to 5x leaves room.",
        ),
        Field(
            name="limit_high_leverage",
            label="Leverage: alarm above",
            unit="times",
            format=TIMES,
            low=1,
            high=500,
            default=10,
            help="Beyond this a hedge is speculation.",
        ),
        Field(
            name="limit_gap",
            label="Rounding gap: warn above",
            unit="of wanted",
            format=PERCENT,
            low=0,
            high=10,
            default=0.1,
            help="How much larger than wanted a hedge may be.",
        ),
        Field(
            name="limit_facts_age",
            label="Venue facts: warn when older than",
            unit="days",
            format=WHOLE,
            low=1,
            high=3650,
            default=30,
            help="Venues change fees and contract sizes.",
        ),
        Field(
            name="check_tolerance",
            label="Checks: tolerance",
            unit="quote",
            format="0.000000",
            low=0,
            high=1,
            default=0.000001,
            help="Differences below it are rounding.",
        ),
    ),
)
WARNED: Final = Panel(
    name="warnings_list",
    title="Warnings: is the plan wise?",
    row=31,
    column=2,
    has_notes=True,
    fields=tuple(
        Field(name=f"warn_{name}", label=label, unit="true/false", kind="flag", formula=formula, help=why)
        for name, label, formula, why in (
            (
                "contract",
                "One lot is larger than the wanted hedge",
                "plan_lot_multiple>1",
                "Is a contract 1 BTC or 100 USD? Read the contract size.",
            ),
            (
                "overhedge",
                "The hedge is larger than wanted",
                "OR(N(plan_coverage)>1,N(plan_rounding_gap)>limit_gap)",
                "More than 100% turns the hedge into a bet on a fall.",
            ),
            (
                "leverage",
                "The leverage is high",
                "plan_leverage>limit_leverage",
                "A high leverage is liquidated by a small rise.",
            ),
            (
                "liquidation",
                "Liquidation is nearer than the rise to survive",
                (
                    "AND(plan_active,ABS(N(plan_liquidation_move))<plan_reference_move,"
                    "ISNUMBER(plan_liquidation_move))"
                ),
                "A liquidated hedge is lost when it is needed most.",
            ),
            (
                "margin",
                "The margin is more than the capital",
                "N(plan_cushion)<0",
                "A cushion is what keeps the hedge alive.",
            ),
            (
                "funding",
                "Funding is against you",
                "N(costs_funding)>0",
                "A short pays when the rate is negative.",
            ),
            (
                "stale",
                "Prices are older than the horizon",
                "plan_price_age>plan_horizon",
                "Bring the Market sheet up to date.",
            ),
            (
                "facts",
                "The venue facts are old",
                "plan_facts_age>limit_facts_age",
                "Compare the Venues sheet with the venue's own page.",
            ),
        )
    ),
)


def _from_market(header: str) -> str:
    return f"IF(plan_market_row=0,0,N(INDEX(Market[{header}],plan_market_row)))"


def _from_contracts(header: str) -> str:
    return f"IF(plan_contract_row=0,0,N(INDEX(Contracts[{header}],plan_contract_row)))"


WORKINGS: Final = Panel(
    name="plan_workings",
    title="Workings",
    row=41,
    column=2,
    has_notes=True,
    fields=(
        Field(
            name="plan_ready",
            label="The plan is complete",
            unit="true/false",
            kind="flag",
            formula="AND(COUNTBLANK(plan_settings)=0,plan_exposure<>0,plan_entry_price>0,plan_spot_price>0,"
            "plan_lot>0,plan_contract_size>0,plan_tick>0)",
            is_output=True,
            help="All inputs, a value held, and the facts of the contract.",
        ),
        Field(
            name="plan_active",
            label="There is something to trade",
            unit="true/false",
            kind="flag",
            formula="AND(plan_ready,plan_size>0)",
            help="At least one lot.",
        ),
        Field(
            name="plan_size",
            label="Contracts, without sign",
            unit="contracts",
            format=SIZE,
            formula="ABS(N(plan_contracts))",
            help="0 while the plan is incomplete.",
        ),
        Field(
            name="plan_lot_multiple",
            label="One lot over the wanted hedge",
            unit="times",
            format=TIMES,
            formula="IF(N(plan_wanted_notional)=0,0,plan_lot_value/ABS(plan_wanted_notional))",
            help="Above 1 no lot fits.",
        ),
        Field(
            name="plan_market_row",
            label="Row of the Market table",
            unit="row",
            format="0",
            formula="IFERROR(MATCH(plan_instrument,Market[Symbol],0),0)",
            help="0: not there.",
        ),
        Field(
            name="plan_contract_row",
            label="Row of the Contracts table",
            unit="row",
            format="0",
            formula='IFERROR(MATCH(plan_venue&" "&plan_instrument&" "&plan_kind,Contracts[Key],0),0)',
            help="0: not there.",
        ),
        Field(
            name="plan_spot_price",
            label="Spot",
            unit="quote per base",
            format=PRICE,
            formula=_from_market("Spot"),
            is_link=True,
            help="0: none.",
        ),
        Field(
            name="plan_mark_price",
            label="Mark of the perpetual",
            unit="quote per base",
            format=PRICE,
            formula='IF(plan_market_row=0,0,IF(INDEX(Market[Mark],plan_market_row)="",plan_spot_price,'
            "INDEX(Market[Mark],plan_market_row)))",
            is_link=True,
            help="The spot price where there is no mark.",
        ),
        Field(
            name="plan_future_price",
            label="Dated future",
            unit="quote per base",
            format=PRICE,
            formula=_from_market("Future"),
            is_link=True,
            help="0: none.",
        ),
        Field(
            name="plan_expiry",
            label="Expiry of the dated future",
            unit="date",
            format=DATE,
            kind="date",
            formula=_from_market("Expiry"),
            is_link=True,
            help="0: none.",
        ),
        Field(
            name="plan_minimum_notional",
            label="Smallest order",
            unit="quote",
            format=MONEY,
            formula=_from_contracts("Minimum notional"),
            is_link=True,
            help="0: not known.",
        ),
        Field(
            name="plan_liquidation_formula",
            label="Liquidation formula",
            kind="text",
            formula='IF(plan_contract_row=0,"mark",IF(INDEX(Contracts[Liquidation],plan_contract_row)="",'
            '"mark",INDEX(Contracts[Liquidation],plan_contract_row)))',
            is_link=True,
            help="mark where the venue's is not known.",
        ),
        Field(
            name="plan_fee_rate",
            label="Fee rate",
            unit="a fill",
            format=RATE,
            formula='IF(costs_order="maker",plan_maker_fee,plan_taker_fee)',
            help="Maker or taker, as the Costs sheet assumes.",
        ),
        Field(
            name="plan_maker_fee",
            label="Maker fee",
            unit="a fill",
            format=RATE,
            formula=_from_contracts("Maker fee"),
            is_link=True,
            help="Of a resting order.",
        ),
        Field(
            name="plan_funding_rate",
            label="Funding rate",
            unit="an interval",
            format=RATE,
            formula=f'IF(plan_contract="{FUTURE}",0,{_from_market("Funding rate")})',
            is_link=True,
            help="A dated future has none.",
        ),
        Field(
            name="plan_funding_interval",
            label="Funding interval",
            unit="hours",
            format="0",
            formula=f"MAX(1,{_from_market('Funding interval')})",
            is_link=True,
            help="At least an hour.",
        ),
        Field(
            name="plan_periods",
            label="Settlements over the horizon",
            unit="count",
            format="0.0",
            formula="IF(plan_ready,FUNDING_PERIODS(plan_horizon,plan_funding_interval),0)",
            help="Expected number.",
        ),
        Field(
            name="plan_basis_share",
            label="Share of the basis that converges",
            unit="of basis",
            format=PERCENT,
            formula="IF(AND(plan_expiry>plan_today,plan_future_price>0),"
            "MIN(1,plan_horizon/(plan_expiry-plan_today)),0)",
            help="The horizon over the days to expiry; all of it at expiry.",
        ),
        Field(
            name="plan_basis_cost",
            label="Basis over the horizon",
            unit="quote",
            format=MONEY,
            formula=f'IF(AND(plan_ready,plan_contract="{FUTURE}"),BASIS_COST(plan_feasible_notional,'
            "plan_entry_price,plan_spot_price)*plan_basis_share,0)",
            help="A perpetual has none.",
        ),
        Field(
            name="plan_price_age",
            label="Age of the oldest price",
            unit="days",
            format="0.0",
            formula="IF(COUNT(Market[As of])=0,0,plan_today-MIN(Market[As of]))",
            help="By the Market sheet's dates.",
        ),
        Field(
            name="plan_facts_age",
            label="Age of the contract's facts",
            unit="days",
            format=WHOLE,
            formula=f"IF(plan_contract_row=0,0,plan_today-{_from_contracts('As of')})",
            help="By the Venues sheet's date; without a date they count as very old.",
        ),
        Field(
            name="one_percent",
            label="One percent",
            unit="ratio",
            format="0.00",
            constant=0.01,
            help="To say a ratio in percent.",
        ),
    ),
)


SHEET: Final = Sheet(
    name="Checks",
    purpose="Is the book sound, and is the plan wise?",
    blocks=(SUMMARY, CHECKS, LIMITS, WARNED, WORKINGS, WORDING),
    widths=(2, 44, 22, 16, 80),
)
