"""The Workings sheet: funding and basis over the horizon, as far as they are known."""
# ruff: noqa: E501 (a formula reads best on one line)

from typing import Final

from workbook.layout.formats import MONEY, PERCENT, RATE, WHOLE
from workbook.layout.plan_facts import FACTS
from workbook.layout.schema import Field, Panel

CARRY: Final = Panel(
    name="plan_carry",
    title="Funding and basis",
    row=FACTS.last_row + 2,
    column=2,
    has_notes=True,
    fields=(
        Field(
            name="plan_funding_rate",
            label="Funding rate",
            unit="an interval",
            format=RATE,
            formula='IF(AND(plan_funding_known,plan_contract<>"future"),INDEX(Market[Funding rate],plan_market_row),0)',
            is_link=True,
            help="A dated future has none.",
        ),
        Field(
            name="plan_funding_interval",
            label="Funding interval",
            unit="hours",
            format="0",
            formula="IF(plan_funding_known,MAX(1,N(INDEX(Market[Funding interval],plan_market_row))),1)",
            is_link=True,
            help="At least an hour.",
        ),
        Field(
            name="plan_funding_known",
            label="The funding is known",
            unit="true/false",
            kind="flag",
            formula='IF(OR(plan_market_row=0,fit_market_funding_rate&fit_market_funding_interval<>""),FALSE,OR(plan_contract="future",AND(ISNUMBER(INDEX(Market[Funding rate],plan_market_row)),ISNUMBER(INDEX(Market[Funding interval],plan_market_row)))))',
            help="Rate and interval, where the contract has funding.",
        ),
        Field(
            name="costs_known",
            label="Every cost is known",
            unit="true/false",
            kind="flag",
            formula="AND(ISNUMBER(costs_fees),ISNUMBER(costs_slippage),ISNUMBER(costs_funding))",
            help="Fees, slippage and funding.",
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
            name="plan_days_left",
            label="Days to expiry",
            unit="days",
            format="0.0",
            formula="MAX(0,plan_expiry-plan_today)",
            help="Of the dated future; 0: none, or expired.",
        ),
        Field(
            name="plan_basis_rate",
            label="Basis of the contract",
            unit="a year",
            format=PERCENT,
            formula='IF(AND(plan_contract="future",plan_days_left>0,plan_future_price*plan_spot_price>0,addin_loaded),BASIS_RATE(plan_future_price,plan_spot_price,plan_days_left),0)',
            help="The future over spot as a rate for a year.",
        ),
        Field(
            name="plan_basis_share",
            label="Share of the basis that converges",
            unit="of basis",
            format=PERCENT,
            formula="IF(plan_days_left>0,MIN(1,N(plan_horizon)/plan_days_left),0)",
            help="The horizon over the days to expiry; all of it at expiry.",
        ),
        Field(
            name="plan_rolls",
            label="Rolls within the horizon",
            unit="count",
            format=WHOLE,
            formula='IF(AND(plan_ready,plan_contract="future",plan_days_left>0),MAX(0,ROUNDUP(plan_horizon/plan_days_left,0)-1),0)',
            help="Two fills each.",
        ),
        Field(
            name="plan_basis_cost",
            label="Basis over the horizon",
            unit="quote",
            format=MONEY,
            formula='IF(AND(plan_ready,plan_contract="future"),BASIS_COST(plan_quantity*plan_spot_price,plan_entry_price,plan_spot_price)*plan_basis_share,0)',
            help="Quantity times future less spot, as far as it converges; a perpetual has none.",
        ),
    ),
)
