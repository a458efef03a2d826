"""The Workings sheet: what stands between the inputs and the results, each step named."""

from typing import Final

from workbook.layout.compared import COMPARED
from workbook.layout.formats import (
    DATE_OR_NONE,
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
from workbook.layout.schema import Field, Panel, Sheet
from workbook.layout.wording import WORDING


def _from_market(header: str) -> str:
    return f"IF(plan_market_row=0,0,N(INDEX(Market[{header}],plan_market_row)))"


def _from_contracts(header: str) -> str:
    return f"IF(plan_contract_row=0,0,N(INDEX(Contracts[{header}],plan_contract_row)))"


WORKINGS: Final = Panel(
    name="plan_workings",
    title="Workings",
    row=TOP,
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
            formula="IFNA(MATCH(plan_instrument,Market[Symbol],0),0)",
            help="0: not there.",
        ),
        Field(
            name="plan_contract_row",
            label="Row of the Contracts table",
            unit="row",
            format="0",
            formula='IFNA(MATCH(plan_venue&" "&plan_instrument&" "&plan_kind,Contracts[Key],0),0)',
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
            format=DATE_OR_NONE,
            kind="date",
            formula=_from_market("Expiry"),
            is_link=True,
            help="0: none.",
        ),
        Field(
            name="plan_price_day",
            label="Day of the price",
            unit="date",
            format=DATE_OR_NONE,
            kind="date",
            formula=_from_market("As of"),
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
            formula='IF(plan_contract_row=0,"cautious",IF(INDEX(Contracts[Liquidation],plan_contract_row)="",'
            '"cautious",INDEX(Contracts[Liquidation],plan_contract_row)))',
            is_link=True,
            help="cautious, the nearest price, where the venue's is not known.",
        ),
        Field(
            name="plan_closing_fee",
            label="Fee held for the closing",
            unit="a fill",
            format=RATE,
            formula='IF(OR(plan_liquidation_formula="mark",plan_liquidation_formula="entry"),0,plan_taker_fee)',
            help="Some venues count the fee of the liquidation as margin; where it is not known, it counts.",
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
            formula="IF(AND(plan_price_day>0,plan_expiry>plan_price_day),"
            "MIN(1,plan_horizon/(plan_expiry-plan_price_day)),0)",
            help="The horizon over the days from the price's day to expiry; all of it at expiry.",
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
            name="plan_breakeven_result",
            label="Result at the break-even move",
            unit="quote",
            format=MONEY,
            formula="plan_exposure*N(plan_breakeven_move)",
            help="With the hedge and without it.",
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
            name="plan_facts_day",
            label="Day of the contract's facts",
            unit="date",
            format=DATE_OR_NONE,
            kind="date",
            formula=_from_contracts("As of"),
            is_link=True,
            help="By the Venues sheet; 0: nobody knows.",
        ),
        Field(
            name="plan_facts_age",
            label="Age of the contract's facts",
            unit="days",
            format=WHOLE,
            formula="IF(plan_facts_day=0,0,plan_today-plan_facts_day)",
            help="0 without a date.",
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
    name="Workings",
    purpose="The steps between the inputs and the results. There is nothing to fill in.",
    blocks=(WORKINGS, WORDING, COMPARED),
    widths=(2, 36, 16, 16, 62, 3, 30, 90),
    landscape=False,
)
