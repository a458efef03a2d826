"""The ticket of the Plan sheet: the order as the venue asks for it."""
# ruff: noqa: E501 (a formula reads best on one line)

from typing import Final

from workbook.layout.formats import PRICE, SIZE
from workbook.layout.schema import Field, Panel

TICKET: Final = Panel(
    name="plan_ticket",
    title="Ticket",
    row=31,
    column=2,
    span=2,
    offset=2,
    fields=(
        Field(
            name="plan_symbol",
            label="Symbol",
            kind="text",
            formula='IF(plan_contract_row=0,"",INDEX(Contracts[Symbol],plan_contract_row))',
            is_link=True,
            help="As the venue table writes it.",
        ),
        Field(
            name="plan_trade_side",
            label="Side",
            kind="text",
            formula='IF(plan_active,IF(plan_trade_contracts>0,"Sell","Buy"),"")',
            is_output=True,
            help="Sell adds to a short, Buy takes from it.",
        ),
        Field(
            name="plan_order_quantity",
            label="Quantity, contracts",
            format=SIZE,
            formula='IF(plan_active,ABS(plan_trade_contracts),"")',
            help="Contracts, as the venue counts them.",
        ),
        Field(
            name="plan_limit_price",
            label="Limit price",
            unit="as quoted",
            format=PRICE,
            formula='IF(plan_ready,LIMIT_PRICE(plan_entry_price*plan_price_multiplier,plan_offset,plan_tick,plan_trade_of),"")',
            is_output=True,
            help="The offset away from the market, on the venue's tick, as the venue quotes it.",
        ),
        Field(
            name="plan_stop_price",
            label="Stop price",
            unit="as quoted",
            format=PRICE,
            formula='IF(AND(plan_ready,N(plan_max_loss)>0,N(plan_quantity)<>0),STOP_PRICE(plan_average_entry,plan_quantity,plan_max_loss)*plan_price_multiplier,"")',
            is_output=True,
            help="Where the hedge has lost what you allow; blank without such a loss.",
        ),
        Field(
            name="plan_reduce_only",
            label="Reduce only",
            kind="text",
            formula='IF(plan_active,IF(plan_reduces,"yes","no"),"")',
            is_output=True,
            help="yes: the trade only takes from what is open.",
        ),
        Field(
            name="plan_side",
            label="Position",
            kind="text",
            formula='IF(plan_hedged_value<0,"long","short")',
            is_output=True,
            help="short protects a holding.",
        ),
        Field(
            name="plan_order",
            label="Order",
            kind="text",
            formula='IF(plan_active,plan_trade_side&IF(plan_reduces," to reduce",IF(plan_adds," to open"," to turn it")),"")',
            is_output=True,
            help="What the order does.",
        ),
    ),
)
