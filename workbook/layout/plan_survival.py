"""The Workings sheet: how likely the position is liquidated, and which margin outlives the rise to survive."""
# ruff: noqa: E501 (a formula reads best on one line)

from typing import Final

from workbook.layout.fits import BOUNDS
from workbook.layout.formats import PERCENT, PRICE_OR_NONE, ROW_OR_NONE, SIZE
from workbook.layout.schema import Field, Panel

SURVIVAL: Final = Panel(
    name="plan_survival",
    title="What the position outlives",
    row=BOUNDS.last_row + 2,
    column=2,
    has_notes=True,
    fields=(
        Field(
            name="plan_volatility",
            label="Volatility of the hedge asset",
            unit="a year",
            format=PERCENT,
            formula='SUMIFS(Betas[Volatility],Betas[Asset],plan_instrument,Betas[Volatility],"<1E+300")',
            help="Of the price history on the Correlation sheet; 0: not known.",
        ),
        Field(
            name="plan_recent_start",
            label="First day of late",
            unit="of history",
            format=ROW_OR_NONE,
            formula="IF(OR(plan_volatility=0,N(corr_window)<1,N(corr_window)>=corr_days),0,MAX(1,corr_days-corr_window))",
            help="Of the window on the Correlation sheet, to the last day of the history; 0: not known.",
        ),
        Field(
            name="plan_recent_volatility",
            label="Volatility of late",
            unit="a year",
            format=PERCENT,
            formula="IF(plan_recent_start=0,0,IFNA(REALIZED_VOLATILITY(INDEX(history,plan_recent_start,hedge_col):INDEX(history,corr_days,hedge_col)),0))",
            help="Of that window; 0: not known.",
        ),
        Field(
            name="plan_survival_price",
            label="Price after the rise to survive",
            unit="quote per base",
            format=PRICE_OR_NONE,
            formula='IF(plan_ready,plan_entry_price*IF(plan_after_side="long",MAX(0,1-plan_reference_move),1+plan_reference_move),0)',
            help="After a fall, for a long hedge.",
        ),
        Field(
            name="plan_entry_worth",
            label="Average entry, as it is settled",
            unit="quote or base",
            format=SIZE,
            formula='IF(N(plan_average_entry)=0,0,IF(plan_kind="inverse",1/plan_average_entry,plan_average_entry))',
            help="Of the position after the trade; if inverse, of one unit of the quote currency in the coin.",
        ),
        Field(
            name="plan_survival_worth",
            label="Price after the rise, as it is settled",
            unit="quote or base",
            format=SIZE,
            formula='IF(plan_survival_price=0,0,IF(plan_kind="inverse",1/plan_survival_price,plan_survival_price))',
            help="The same of the price after the rise.",
        ),
        Field(
            name="plan_survival_loss",
            label="Loss of one unit by then",
            unit="quote or base",
            format=SIZE,
            formula='(plan_survival_worth-plan_entry_worth)*IF(plan_after_side="long",0-1,1)*IF(plan_kind="inverse",0-1,1)',
            help="Below 0 it is still a gain.",
        ),
        Field(
            name="plan_survival_held",
            label="Margin held back for it",
            unit="quote or base",
            format=SIZE,
            formula='IF(plan_ready,MAX(IF(OR(plan_liquidation_formula="entry",plan_liquidation_formula="cautious"),plan_maintenance_rate*plan_entry_worth,0),IF(plan_liquidation_formula="entry",0,(plan_maintenance_rate+plan_closing_fee)*plan_survival_worth)),0)',
            help="Below it the venue liquidates: by its rule, the larger where the rule is not known.",
        ),
    ),
)
