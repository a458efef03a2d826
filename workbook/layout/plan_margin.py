"""The position on the Plan sheet, before the trade and after it: entry, margin, liquidation."""

from typing import Final

from workbook.layout.formats import MONEY, MOVE, PERCENT, PRICE
from workbook.layout.schema import Field, Panel

POSITION_NOW: Final = Panel(
    name="plan_now",
    title="Now",
    row=22,
    column=7,
    is_bare=True,
    fields=(
        Field(
            name="plan_entry_now",
            label="Average entry",
            format=PRICE,
            formula='IF(plan_open_entry=0,"",plan_open_entry)',
            help="Of the open contracts.",
        ),
        Field(
            name="plan_margin_used",
            label="Margin in use",
            unit="quote",
            format=MONEY,
            formula="journal_margin",
            is_output=True,
            help="Posted for all open hedges, in any contract.",
        ),
        Field(
            name="plan_free_now",
            label="Free capital",
            format=MONEY,
            formula='IF(plan_ready,plan_capital-plan_margin_used,"")',
            help="Capital less margin in use.",
        ),
        Field(
            name="plan_liquidation_now",
            label="Liquidation at",
            format=PRICE,
            formula='IF(OR(NOT(plan_ready),plan_open_contracts=0),"",IFNA(LIQUIDATION_PRICE(plan_open_entry,plan_leverage,plan_maintenance_rate,plan_open_side,plan_kind,plan_liquidation_formula,plan_closing_fee,plan_open_amount,plan_open_coins),"none"))',
            help="Of the open contracts.",
        ),
        Field(
            name="plan_room_now",
            label="Room until then",
            format=MOVE,
            formula='IF(ISNUMBER(plan_liquidation_now),plan_liquidation_now/plan_entry_price-1,"")',
            help="Move of the price until then.",
        ),
    ),
)
POSITION_AFTER: Final = Panel(
    name="plan_results",
    title="After",
    row=22,
    column=8,
    is_bare=True,
    is_named=True,
    fields=(
        Field(
            name="plan_average_entry",
            label="Average entry",
            format=PRICE,
            formula='IF(plan_ready,IF(plan_after_contracts=0,"",plan_pooled_entry),"")',
            help="Of the position after the trade.",
        ),
        Field(
            name="plan_margin_after",
            label="Margin",
            unit="quote",
            format=MONEY,
            formula='IF(plan_ready,plan_margin_used+plan_margin_trade,"")',
            help="In use and of the trade.",
        ),
        Field(
            name="plan_cushion",
            label="Free capital",
            unit="quote",
            format=MONEY,
            formula='IF(plan_ready,plan_capital-plan_margin_after,"")',
            is_output=True,
            help="Capital that stays free after the trade. Negative: the margin can't be paid.",
        ),
        Field(
            name="plan_liquidation_price",
            label="Liquidation at",
            unit="quote per base",
            format=PRICE,
            formula='IF(NOT(plan_ready),"",IF(plan_after_contracts=0,"none",IFNA(LIQUIDATION_PRICE(plan_average_entry,plan_leverage,plan_maintenance_rate,plan_after_side,plan_kind,plan_liquidation_formula,plan_closing_fee,plan_amount,plan_coins),"none")))',
            is_output=True,
            help="Of the position after the trade: average entry, isolated margin, at the venue's formula.",
        ),
        Field(
            name="plan_liquidation_move",
            label="Room until then",
            unit="move",
            format=MOVE,
            formula='IF(NOT(plan_ready),"",IF(ISNUMBER(plan_liquidation_price),plan_liquidation_price/plan_entry_price-1,"none"))',
            is_output=True,
            help="How far the price may move against the hedge after the trade.",
        ),
        Field(
            name="plan_liquidation_chance",
            label="Chance within the horizon",
            format=PERCENT,
            formula='IF(NOT(plan_ready),"",IF(NOT(ISNUMBER(plan_liquidation_move)),"none",IF(plan_volatility=0,"?",LIQUIDATION_PROBABILITY(IF(plan_after_side="long",MIN(0,plan_liquidation_move),MAX(0,plan_liquidation_move)),plan_volatility,plan_horizon))))',
            is_output=True,
            help="That the price touches it, at the volatility of the price history. Real tails are fatter.",
        ),
        Field(
            name="plan_survival_margin",
            label="Margin to survive the rise",
            unit="quote",
            format=MONEY,
            formula='IF(NOT(plan_ready),"",IF(OR(plan_after_contracts=0,AND(plan_kind="inverse",plan_survival_worth=0)),"none",MAX(0,plan_amount*(plan_survival_loss+plan_survival_held))*IF(plan_kind="inverse",plan_average_entry,1)))',
            is_output=True,
            help="With so much posted, the rise to survive just liquidates what the trade leaves.",
        ),
    ),
)
