"""The Checks sheet: is the book sound, is the plan wise, and the workings between."""

from typing import Final

from udfs.venues import FRESH_DAYS
from workbook.layout.formats import (
    PERCENT,
    TIMES,
    TOP,
    WHOLE,
)
from workbook.layout.schema import Field, Panel, Sheet

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
            formula="IF(ISERROR(plan_ready),word_error,IF(plan_ready,word_checks&word_warnings,word_incomplete))",
            help="",
        ),
    ),
)
CHECKS: Final = Panel(
    name="checks_list",
    is_named=True,
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
                "journal",
                "Every open hedge has a result",
                "journal_open=journal_valued",
                "Journal: a symbol is not on Market, or an entry is missing.",
            ),
            (
                "dates",
                "The price of the hedge asset has a date",
                "OR(NOT(plan_ready),plan_price_day>0)",
                "Market: fill in As of.",
            ),
            (
                "results",
                "No result is an error",
                "NOT(ISERROR(SUM(plan_results)))",
                "Plan: follow the first error back to its inputs.",
            ),
        )
    ),
)
LIMITS: Final = Panel(
    name="limits",
    title="Limits of the warnings",
    row=38,
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
            default=FRESH_DAYS,
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
    is_named=True,
    title="Warnings: is the plan wise?",
    row=26,
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
                "tier",
                "The maintenance rate is below the venue's",
                "AND(ISNUMBER(plan_tier_rate),N(plan_tier_rate)>plan_maintenance_rate)",
                "A larger hedge falls in a higher tier and is liquidated sooner.",
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
                "AND(plan_contract_row>0,OR(plan_facts_day=0,plan_facts_age>limit_facts_age))",
                "Compare the Venues sheet with the venue's own page.",
            ),
            (
                "review",
                "An open hedge waits for you",
                "journal_waiting>0",
                "A forgotten hedge is a bet: stop it, roll it, or look at it again.",
            ),
        )
    ),
)


SHEET: Final = Sheet(
    name="Checks",
    purpose="Is the book sound, and is the plan wise?",
    blocks=(SUMMARY, CHECKS, WARNED, LIMITS),
    widths=(2, 46, 14, 13, 78),
)
