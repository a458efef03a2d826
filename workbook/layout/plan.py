"""The Plan sheet: the order, its facts, and what can go wrong; its panels have modules of their own."""
# ruff: noqa: E501 (a formula reads best on one line)

from typing import Final

from workbook.layout.notes import Labels
from workbook.layout.plan_margin import POSITION_AFTER, POSITION_NOW
from workbook.layout.plan_settings import PLAN_SETTINGS
from workbook.layout.plan_ticket import TICKET
from workbook.layout.plan_trade import FIGURES, IN_CONTRACTS, IN_QUOTE, IN_SHARE
from workbook.layout.schema import Field, Panel, Sheet

CARD: Final = Panel(
    name="plan_card",
    title="",
    row=3,
    column=2,
    is_prose=True,
    span=12,
    fields=(
        Field(
            name="plan_state",
            label="State",
            format='General;General;General;"What to do now: "@',
            kind="text",
            formula='IF(plan_ready,IF(plan_trade_contracts=0,"nothing to do","ready"),"incomplete")',
            is_output=True,
            help="ready, nothing to do, or incomplete.",
        ),
        Field(
            name="say_order",
            label="Order in words",
            kind="text",
            formula='IF(plan_ready,IF(plan_active,word_order&word_terms,"Nothing to trade: "&word_nothing),word_incomplete)',
            is_output=True,
        ),
        Field(
            name="say_position",
            label="Position in words",
            kind="text",
            formula="IF(plan_ready,word_contract_traded&IF(plan_active,word_effect,word_carried)&word_left_out,word_next)",
            is_output=True,
        ),
    ),
)
FACTS: Final = Panel(
    name="plan_facts",
    title="",
    row=7,
    column=2,
    stops=(2, 4, 6, 9, 12),
    span=2,
    fields=(
        Field(
            name="fact_size",
            label="Size",
            kind="text",
            formula='IF(plan_active,FIXED(ABS(plan_trade_contracts),word_lot_decimals)&" contracts","-")',
        ),
        Field(
            name="fact_limit",
            label="Limit price",
            kind="text",
            formula='IF(plan_active,FIXED(plan_limit_price,word_price_decimals),"-")',
        ),
        Field(
            name="fact_margin",
            label="Margin to post",
            kind="text",
            formula='IF(plan_active,IF(plan_kind="inverse",FIXED(plan_margin_trade/plan_entry_price,word_base_decimals+1+1)&" "&plan_instrument&", "&FIXED(plan_margin_trade)&" "&plan_quote,FIXED(plan_margin_trade)&" "&plan_quote),"-")',
        ),
        Field(
            name="fact_liquidation",
            label="Liquidation after",
            kind="text",
            formula='IF(ISNUMBER(plan_liquidation_price),FIXED(plan_liquidation_price,word_price_decimals),"-")',
        ),
        Field(
            name="fact_cost",
            label="Cost over the horizon",
            kind="text",
            formula='IF(plan_ready,FIXED(N(plan_cost))&" "&plan_quote&IF(costs_known,""," + ?"),"-")',
        ),
    ),
)
NTH: Final = range(1, 8)
STATES: Final = Panel(
    name="plan_finding_states",
    title="State",
    row=12,
    column=11,
    is_bare=True,
    fields=tuple(
        Field(
            name=f"state_{at}",
            label="State",
            kind="text",
            formula=f'IF(nth_{at}="","",INDEX(kind_list,MATCH(nth_{at},rank_list,0)))',
        )
        for at in NTH
    ),
)
FINDINGS: Final = Panel(
    name="plan_findings",
    title="What, and what to do",
    row=12,
    column=12,
    is_prose=True,
    span=2,
    fields=tuple(
        Field(
            name=f"find_{at}",
            label="Finding",
            kind="text",
            formula=f'IF(nth_{at}="",{rest},INDEX(said_list,MATCH(nth_{at},rank_list,0)))',
        )
        for at, rest in ((at, "word_good" if at == 1 else '""') for at in NTH)
    ),
)
GRIDS: Final = (
    Labels(
        title="From target to trade",
        row=11,
        column=6,
        rows=("Target", "Open", "Trade", "After the trade"),
        span=3,
    ),
    Labels(
        title="The position",
        row=21,
        column=6,
        rows=tuple(field.label for field in POSITION_AFTER.fields),
        span=3,
    ),
    Labels(title="What can go wrong", row=11, column=11, span=3),
    Labels(title="If the market moves: gain or loss", row=21, column=11, span=3),
)
SHEET: Final = Sheet(
    name="Plan",
    purpose="The order, and what it rests on.",
    blocks=(
        CARD,
        FACTS,
        PLAN_SETTINGS,
        TICKET,
        IN_CONTRACTS,
        IN_QUOTE,
        IN_SHARE,
        POSITION_NOW,
        POSITION_AFTER,
        FIGURES,
        STATES,
        FINDINGS,
        *GRIDS,
    ),
    chips=(12, 13, 14),
    frozen=6,
    widths=(1.7, 14, 12, 15, 2.2, 16, 11, 11, 11, 2.2, 10.5, 13, 13, 13.5, 1.2),
)
