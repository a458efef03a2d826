"""The one record of the plan book: which sheets, panels, named cells, tables and columns it has.

Template, validator, market input and batch read it; no cell address is written anywhere else.
Formulas are as the file stores them, but for `[@Column]`, which stands for the column's cell in the
same row. A sheet is added by adding its record to `PLAN`.
"""
# ruff: noqa: E501 (a formula reads best on one line)

from typing import Final

from udfs.conventions import INVERSE, LINEAR
from workbook.book import Book, Column, Field, Panel, Sheet, Table

MONEY: Final = "#,##0.00"
PRICE: Final = "#,##0.00##"
AMOUNT: Final = "#,##0.0000"
SIZE: Final = "#,##0.00######"
PERCENT: Final = "0.0%"
RATE: Final = "0.0000%"
TIMES: Final = '0.##"x"'
WHOLE: Final = "#,##0"
DATE: Final = "yyyy-mm-dd"

TITLE_ROW: Final = 1
PURPOSE_ROW: Final = 2
STATUS_ROW: Final = 3
TOP: Final = 5  # first row under the head that every sheet has

PERPETUAL: Final = "perpetual"
FUTURE: Final = "future"
NEUTRAL: Final = "dollar-neutral"
BETA: Final = "beta"
KINDS: Final = (LINEAR, INVERSE)
ROUNDINGS: Final = ("nearest", "down", "up")

# --- Plan ---------------------------------------------------------------------------------------
SETTINGS: Final = Panel(
    name="plan_settings",
    title="Your plan",
    row=12,
    column=2,
    fields=(
        Field(
            name="plan_instrument",
            label="Hedge with",
            unit="symbol",
            kind="text",
            listed="market_symbols",
            default="BTC",
            help="The asset whose future you sell. It must be a symbol of the Market sheet.",
        ),
        Field(
            name="plan_contract",
            label="Contract",
            unit="type",
            kind="text",
            choices=(PERPETUAL, FUTURE),
            default=PERPETUAL,
            help="perpetual pays or receives funding; future is dated and earns or pays the basis.",
        ),
        Field(
            name="plan_kind",
            label="Margined in",
            unit="kind",
            kind="text",
            choices=KINDS,
            default=LINEAR,
            help="linear is settled in the quote currency (USDT), inverse in the coin itself.",
        ),
        Field(
            name="plan_venue",
            label="Venue",
            unit="name",
            kind="text",
            listed="venue_names",
            default="Binance",
            help="Where you trade. The Venues sheet must hold this venue's contract for the symbol.",
        ),
        Field(
            name="plan_method",
            label="Method",
            unit="method",
            kind="text",
            choices=(NEUTRAL, BETA),
            default=NEUTRAL,
            help="dollar-neutral hedges the value as it stands; beta weighs each asset with its beta.",
        ),
        Field(
            name="plan_ratio",
            label="Hedge ratio",
            unit="of value",
            format="0.0%",
            low=0,
            high=2,
            default=0.4,
            help="Share of the value to hedge. 40% is 0.4. Above 100% is an over-hedge.",
        ),
        Field(
            name="plan_leverage",
            label="Leverage",
            unit="times",
            format=TIMES,
            low=1,
            high=500,
            default=5,
            help="Leverage of the isolated position. 3x to 5x leaves room; above 10x is speculation.",
        ),
        Field(
            name="plan_capital",
            label="Capital available",
            unit="quote",
            format=MONEY,
            low=0,
            high=1e12,
            help="What you can put up as margin for this hedge, in the quote currency.",
        ),
        Field(
            name="plan_horizon",
            label="Horizon",
            unit="days",
            format=WHOLE,
            low=1,
            high=3650,
            default=7,
            help="How many days you mean to hold the hedge.",
        ),
        Field(
            name="plan_rounding",
            label="Round contracts",
            unit="rule",
            kind="text",
            choices=ROUNDINGS,
            default="nearest",
            help="nearest: a tie goes to the smaller hedge; down: never too much; up: never too little.",
        ),
        Field(
            name="plan_offset",
            label="Limit order offset",
            unit="bps",
            format="0.0",
            low=0,
            high=1000,
            default=2,
            help="How far from the market your resting order stands; 1 bps is 0.01%.",
        ),
        Field(
            name="plan_maintenance_rate",
            label="Maintenance margin rate",
            unit="of value",
            format="0.00%",
            low=0,
            high=0.5,
            default=0.005,
            help="Of the leverage tier your position falls in; 0.5% is the first tier of most venues.",
        ),
        Field(
            name="plan_reference_move",
            label="Rise to survive",
            unit="move",
            format=PERCENT,
            low=0,
            high=10,
            default=0.15,
            help="An adverse move that must not liquidate the hedge: 15% is 0.15.",
        ),
    ),
)
OPTIONS: Final = Panel(
    name="plan_options",
    title="If you like",
    row=27,
    column=2,
    fields=(
        Field(
            name="plan_max_loss",
            label="Give the hedge up at a loss of",
            unit="quote",
            format=MONEY,
            low=0,
            high=1e12,
            required=False,
            help="Gives the order ticket a stop price. Leave it blank for no stop.",
        ),
        Field(
            name="plan_as_of",
            label="Plan as of",
            unit="date",
            format=DATE,
            kind="date",
            required=False,
            help="The day the plan is made for. Leave it blank for today.",
        ),
    ),
)
RESULTS: Final = Panel(
    name="plan_results",
    title="The hedge",
    row=12,
    column=6,
    fields=(
        Field(
            name="plan_exposure",
            label="Value held",
            unit="quote",
            format=MONEY,
            formula="holdings_value",
            is_link=True,
            is_output=True,
            help="Sum of the values on the Holdings sheet.",
        ),
        Field(
            name="plan_hedged_value",
            label="Value to hedge",
            unit="quote",
            format=MONEY,
            formula=f'IF(plan_method="{BETA}",holdings_beta_value,plan_exposure)',
            is_output=True,
            help="The value held, or with the method beta the value each asset has in the hedge's moves.",
        ),
        Field(
            name="plan_wanted_notional",
            label="Wanted hedge",
            unit="quote",
            format=MONEY,
            formula='IF(plan_ready,HEDGE_NOTIONAL(plan_hedged_value,plan_ratio),"")',
            is_output=True,
            help="Value to hedge times hedge ratio.",
        ),
        Field(
            name="plan_contracts",
            label="Contracts",
            unit="contracts",
            format=SIZE,
            formula="IF(plan_ready,HEDGE_CONTRACTS(plan_wanted_notional,plan_entry_price,"
            'plan_contract_size,plan_lot,plan_rounding,plan_kind),"")',
            is_output=True,
            help="To sell, in whole lots of the venue; negative: to buy.",
        ),
        Field(
            name="plan_feasible_notional",
            label="Feasible hedge",
            unit="quote",
            format=MONEY,
            formula="IF(plan_ready,CONTRACTS_NOTIONAL(plan_contracts,plan_entry_price,"
            'plan_contract_size,plan_kind),"")',
            is_output=True,
            help="What those contracts are worth.",
        ),
        Field(
            name="plan_quantity",
            label="Quantity",
            unit="base",
            format=SIZE,
            formula='IF(plan_ready,HEDGE_QUANTITY(plan_feasible_notional,plan_entry_price),"")',
            is_output=True,
            help="The same in units of the hedge asset.",
        ),
        Field(
            name="plan_coverage",
            label="Coverage reached",
            unit="of value",
            format=PERCENT,
            formula='IF(plan_ready,HEDGE_RATIO(plan_feasible_notional,plan_hedged_value),"")',
            is_output=True,
            help="Feasible hedge over value to hedge.",
        ),
        Field(
            name="plan_rounding_gap",
            label="Rounding gap",
            unit="of wanted",
            format=PERCENT,
            formula="IF(AND(plan_ready,plan_ratio>0),ROUNDING_GAP(plan_wanted_notional,plan_entry_price,"
            'plan_contract_size,plan_lot,plan_rounding,plan_kind),"")',
            is_output=True,
            help="How far whole lots are from the wanted hedge; positive is too much.",
        ),
        Field(
            name="plan_margin",
            label="Initial margin",
            unit="quote",
            format=MONEY,
            formula='IF(plan_ready,HEDGE_MARGIN(plan_feasible_notional,plan_leverage),"")',
            is_output=True,
            help="Feasible hedge over leverage.",
        ),
        Field(
            name="plan_cushion",
            label="Cushion left",
            unit="quote",
            format=MONEY,
            formula='IF(plan_ready,plan_capital-plan_margin,"")',
            is_output=True,
            help="Capital that stays free. Negative: the margin cannot be paid.",
        ),
        Field(
            name="plan_liquidation_price",
            label="Liquidation price",
            unit="quote per base",
            format=PRICE,
            formula="IF(plan_ready,LIQUIDATION_PRICE(plan_entry_price,plan_leverage,plan_maintenance_rate,"
            'plan_side,plan_kind,plan_liquidation_formula,plan_taker_fee),"")',
            is_output=True,
            help="Isolated margin, at the venue's formula.",
        ),
        Field(
            name="plan_liquidation_move",
            label="Move to liquidation",
            unit="move",
            format=PERCENT,
            formula="IF(plan_ready,LIQUIDATION_MOVE(plan_leverage,plan_maintenance_rate,plan_side,"
            'plan_kind,plan_liquidation_formula,plan_taker_fee),"")',
            is_output=True,
            help="How far the price may move against the hedge.",
        ),
        Field(
            name="plan_safe_leverage",
            label="Highest leverage that survives",
            unit="times",
            format=TIMES,
            formula="IF(plan_ready,MAX_LEVERAGE(plan_reference_move,plan_maintenance_rate,plan_side,"
            'plan_kind,plan_liquidation_formula,plan_taker_fee),"")',
            is_output=True,
            help="The leverage at which the rise to survive would just liquidate.",
        ),
        Field(
            name="plan_cost",
            label="Cost over the horizon",
            unit="quote",
            format=MONEY,
            formula="costs_total",
            is_link=True,
            is_output=True,
            help="Fees, slippage, funding and basis. Negative: the hedge earns.",
        ),
        Field(
            name="plan_breakeven_move",
            label="Break-even move",
            unit="move",
            format="0.00%",
            formula='IF(AND(plan_ready,plan_size>0),BREAKEVEN_MOVE(plan_cost,plan_feasible_notional),"")',
            is_output=True,
            help="The move at which the hedge has paid for itself.",
        ),
    ),
)
TICKET: Final = Panel(
    name="plan_ticket",
    title="Order ticket",
    row=31,
    column=2,
    fields=(
        Field(
            name="plan_order",
            label="Order",
            kind="text",
            formula='IF(plan_ready,IF(plan_contracts<0,"Buy","Sell")&" to open","")',
            is_output=True,
            help="A hedge of a holding sells.",
        ),
        Field(
            name="plan_side",
            label="Position",
            kind="text",
            formula='IF(plan_exposure<0,"long","short")',
            is_output=True,
            help="short protects a holding.",
        ),
        Field(
            name="plan_symbol",
            label="Market",
            kind="text",
            formula='IF(plan_contract_row=0,"",INDEX(Contracts[Symbol],plan_contract_row))',
            is_link=True,
            help="As the venue table writes it.",
        ),
        Field(
            name="plan_limit_price",
            label="Limit price",
            unit="quote per base",
            format=PRICE,
            formula='IF(plan_ready,LIMIT_PRICE(plan_entry_price,plan_offset,plan_tick,plan_side),"")',
            is_output=True,
            help="The offset away from the market, on the venue's tick.",
        ),
        Field(
            name="plan_stop_price",
            label="Stop price",
            unit="quote per base",
            format=PRICE,
            formula="IF(AND(plan_ready,plan_max_loss>0,plan_size>0),STOP_PRICE(plan_entry_price,"
            'plan_quantity,plan_max_loss),"")',
            is_output=True,
            help="Where the hedge has lost what you allow; blank without such a loss.",
        ),
        Field(
            name="plan_lot_value",
            label="One lot is worth",
            unit="quote",
            format=MONEY,
            formula="IF(plan_ready,CONTRACTS_NOTIONAL(plan_lot,plan_entry_price,"
            'plan_contract_size,plan_kind),"")',
            help="The smallest step of the hedge.",
        ),
    ),
)
SOURCES: Final = Panel(
    name="plan_sources",
    title="Taken from Market and Venues",
    row=31,
    column=6,
    fields=(
        Field(
            name="plan_today",
            label="Day of the plan",
            unit="date",
            format=DATE,
            kind="date",
            formula='IF(plan_as_of="",TODAY(),plan_as_of)',
            help="Today, unless a day is given.",
        ),
        Field(
            name="plan_entry_price",
            label="Price of the contract",
            unit="quote per base",
            format=PRICE,
            formula=f'IF(plan_contract="{FUTURE}",plan_future_price,plan_mark_price)',
            help="The perpetual's mark or the dated future's price.",
        ),
        Field(
            name="plan_contract_size",
            label="Contract size",
            unit="base or quote",
            format=SIZE,
            formula="IF(plan_contract_row=0,0,INDEX(Contracts[Contract size],plan_contract_row))",
            is_link=True,
            help="Base units if linear, quote units if inverse.",
        ),
        Field(
            name="plan_lot",
            label="Lot",
            unit="contracts",
            format=SIZE,
            formula="IF(plan_contract_row=0,0,INDEX(Contracts[Lot],plan_contract_row))",
            is_link=True,
            help="The smallest step of an order.",
        ),
        Field(
            name="plan_tick",
            label="Tick",
            unit="quote per base",
            format=SIZE,
            formula="IF(plan_contract_row=0,0,INDEX(Contracts[Tick],plan_contract_row))",
            is_link=True,
            help="The smallest step of a price.",
        ),
        Field(
            name="plan_taker_fee",
            label="Taker fee",
            unit="of notional",
            format=RATE,
            formula="IF(plan_contract_row=0,0,INDEX(Contracts[Taker fee],plan_contract_row))",
            is_link=True,
            help="A fill.",
        ),
        Field(
            name="plan_maximum_leverage",
            label="Venue's highest leverage",
            unit="times",
            format=TIMES,
            formula="IF(plan_contract_row=0,0,INDEX(Contracts[Maximum leverage],plan_contract_row))",
            is_link=True,
            help="0: not known.",
        ),
    ),
)
WORDS: Final = Panel(
    name="plan_words",
    title="What to do",
    row=TOP,
    column=2,
    is_prose=True,
    fields=(
        Field(
            name="say_order",
            label="Order in words",
            kind="text",
            formula="IF(plan_ready,IF(plan_size>0,word_order&word_terms,word_nothing),word_incomplete)",
            is_output=True,
        ),
        Field(
            name="say_risk",
            label="Risk in words",
            kind="text",
            formula='IF(plan_active,word_liquidation&word_cushion,"")',
            is_output=True,
        ),
        Field(
            name="say_coverage",
            label="Coverage in words",
            kind="text",
            formula='IF(plan_active,word_coverage&word_carried,"")',
            is_output=True,
        ),
        Field(
            name="say_cost",
            label="Cost in words",
            kind="text",
            formula='IF(plan_active,word_cost&word_breakeven,"")',
            is_output=True,
        ),
    ),
)
WARNINGS: Final = Panel(
    name="plan_warnings",
    title="What to look at",
    row=12,
    column=10,
    is_prose=True,
    fields=tuple(
        Field(
            name=f"say_{name}",
            label=label,
            kind="text",
            formula=f'IF(NOT(plan_ready),"",IF(warn_{name},"▲ "&{wrong},"✓ "&"{fine}"))',
        )
        for name, label, wrong, fine in (
            ("contract", "Contract size", "word_contract", "The contract is small enough for this hedge"),
            ("overhedge", "Over-hedge", "word_overhedge", "The hedge is not larger than wanted"),
            ("leverage", "Leverage", "word_leverage", "The leverage leaves room"),
            ("liquidation", "Liquidation", "word_near", "Liquidation is beyond the rise to survive"),
            ("margin", "Margin", "word_margin", "The capital pays the margin"),
            ("funding", "Funding", "word_funding", "Funding is not against you"),
            ("stale", "Prices", "word_stale", "The prices are fresh"),
            ("facts", "Venue facts", "word_facts", "The venue facts are fresh"),
        )
    ),
)

# --- Holdings -----------------------------------------------------------------------------------
HOLDINGS_TOTAL: Final = Panel(
    name="holdings_total",
    title="Total",
    row=TOP,
    column=2,
    fields=(
        Field(
            name="holdings_value",
            label="Value",
            unit="quote",
            format=MONEY,
            formula="SUM(Holdings[Value])",
            help="Sum of the values.",
        ),
        Field(
            name="holdings_beta_value",
            label="Beta-weighted value",
            unit="quote",
            format=MONEY,
            formula="SUM(Holdings[Beta value])",
            help="What the holdings weigh in moves of the hedge asset.",
        ),
        Field(
            name="holdings_assets",
            label="Rows with an asset",
            unit="rows",
            format=WHOLE,
            formula="COUNTA(Holdings[Asset])",
            help="Rows in which an asset is named.",
        ),
        Field(
            name="holdings_valued",
            label="Rows with a value",
            unit="rows",
            format=WHOLE,
            formula="COUNT(Holdings[Value])",
            help="Must equal the rows with an asset: a total never hides a bad row.",
        ),
    ),
)
HOLDINGS: Final = Table(
    name="Holdings",
    title="What you hold",
    row=11,
    column=2,
    rows=50,
    key="asset",
    columns=(
        Column(
            name="asset",
            unit="symbol",
            kind="text",
            listed="market_symbols",
            required=False,
            width=22,
            help="A symbol of the Market sheet. The same asset may stand on several rows.",
        ),
        Column(
            name="quantity",
            unit="base",
            format=AMOUNT,
            low=0,
            high=1e15,
            required=False,
            width=16,
            help="Units you own: 0.5 for half a bitcoin. Never negative.",
        ),
        Column(
            name="price",
            unit="quote per base",
            format=PRICE,
            width=15,
            is_link=True,
            formula='IF([@Asset]="","",INDEX(Market[Spot],MATCH([@Asset],Market[Symbol],0)))',
            help="Spot price of the Market sheet.",
        ),
        Column(
            name="value",
            unit="quote",
            format=MONEY,
            width=15,
            formula='IF([@Asset]="","",[@Quantity]*[@Price])',
            help="Quantity times price.",
        ),
        Column(
            name="weight",
            unit="of total",
            format=PERCENT,
            width=11,
            formula='IF([@Asset]="","",IF(holdings_value=0,0,[@Value]/holdings_value))',
            help="Share of the total.",
        ),
        Column(
            name="own_beta",
            unit="ratio",
            format="0.000",
            low=-10,
            high=10,
            required=False,
            width=11,
            help="Your own beta to the hedge asset. Leave it blank to take the measured one.",
        ),
        Column(
            name="beta",
            unit="ratio",
            format="0.000",
            width=11,
            formula='IF([@Asset]="","",IF([@[Own beta]]="",1,[@[Own beta]]))',
            help="Move of the asset for a move of 1 of the hedge asset.",
        ),
        Column(
            name="beta_value",
            unit="quote",
            format=MONEY,
            width=15,
            formula='IF([@Asset]="","",[@Value]*[@Beta])',
            help="Value times beta.",
        ),
    ),
)

# --- Market -------------------------------------------------------------------------------------
MARKET: Final = Table(
    name="Market",
    title="Prices and rates",
    row=TOP,
    column=2,
    rows=20,
    key="symbol",
    help="Type, paste, or let `microhedge recalc --market FILE` write them.",
    columns=(
        Column(
            name="symbol",
            unit="name",
            kind="text",
            required=False,
            width=12,
            help="The asset, each only once: BTC.",
        ),
        Column(
            name="spot",
            unit="quote per base",
            format=PRICE,
            low=0,
            high=1e12,
            required=False,
            width=15,
            help="Spot price of one unit.",
        ),
        Column(
            name="mark",
            unit="quote per base",
            format=PRICE,
            low=0,
            high=1e12,
            required=False,
            width=15,
            help="Mark price of the perpetual. Blank: the spot price.",
        ),
        Column(
            name="funding_rate",
            unit="an interval",
            format=RATE,
            low=-0.1,
            high=0.1,
            required=False,
            width=13,
            help="Funding rate of one interval: 0.01% is 0.0001. Positive: longs pay shorts.",
        ),
        Column(
            name="funding_interval",
            unit="hours",
            format="0",
            low=1,
            high=24,
            required=False,
            width=16,
            help="Hours between two settlements: 8, 4 or 1.",
        ),
        Column(
            name="future",
            unit="quote per base",
            format=PRICE,
            low=0,
            high=1e12,
            required=False,
            width=15,
            help="Price of the dated future.",
        ),
        Column(
            name="expiry",
            unit="date, UTC",
            format=DATE,
            kind="date",
            required=False,
            width=13,
            help="Last day of the dated future.",
        ),
        Column(
            name="as_of",
            header="As of",
            unit="date, UTC",
            format=DATE,
            kind="date",
            required=False,
            width=13,
            help="Day, and time if you like, of these prices.",
        ),
        Column(
            name="source",
            unit="where from",
            kind="text",
            required=False,
            width=40,
            help="Where the figures come from.",
        ),
        Column(
            name="state",
            unit="",
            kind="text",
            width=12,
            formula='IF([@Symbol]="","",IF(COUNTIF(Market[Symbol],[@Symbol])>1,"twice",'
            'IF(N([@Spot])>0,"ok","no price")))',
            help="ok, no price, or twice: a symbol may stand once.",
        ),
    ),
)

# --- Costs --------------------------------------------------------------------------------------
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
    row=TOP,
    column=6,
    has_notes=True,
    fields=(
        Field(
            name="costs_fees",
            label="Trading fees",
            unit="quote",
            format=MONEY,
            formula='IF(plan_ready,TRADING_FEE(plan_feasible_notional,plan_fee_rate),"")',
            help="in and out",
        ),
        Field(
            name="costs_slippage",
            label="Slippage",
            unit="quote",
            format=MONEY,
            formula='IF(plan_ready,SLIPPAGE_COST(plan_feasible_notional,costs_slippage_bps),"")',
            help="in and out",
        ),
        Field(
            name="costs_funding",
            label="Funding",
            unit="quote",
            format=MONEY,
            formula='IF(plan_ready,FUNDING_COST(plan_feasible_notional,plan_funding_rate,plan_periods),"")',
            is_output=True,
            help="negative: you receive it",
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
            formula="IF(plan_ready,HEDGE_COST(plan_feasible_notional,plan_fee_rate,costs_slippage_bps,"
            'plan_funding_rate,plan_periods,plan_basis_cost),"")',
            help="positive: you pay",
        ),
    ),
)
COSTS: Final = Table(
    name="Costs",
    title="The same hedge at every venue",
    row=12,
    column=2,
    rows=10,
    key="venue",
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
            choices=KINDS,
            required=False,
            width=12,
            help="linear or inverse.",
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
            format="0",
            width=10,
            formula='IFERROR(MATCH([@Venue]&" "&plan_instrument&" "&[@Kind],Contracts[Key],0),0)',
            help="Row of the Venues sheet that holds this contract; 0: none.",
        ),
        Column(
            name="fee_rate",
            unit="a fill",
            format=RATE,
            width=11,
            formula='IF([@[Facts row]]=0,"",IF(costs_order="maker",'
            "INDEX(Contracts[Maker fee],[@[Facts row]]),INDEX(Contracts[Taker fee],[@[Facts row]])))",
            help="Maker or taker, as assumed.",
        ),
        Column(
            name="contracts",
            unit="contracts",
            format=SIZE,
            width=12,
            formula='IF(OR([@[Facts row]]=0,NOT(plan_ready)),"",HEDGE_CONTRACTS(plan_wanted_notional,'
            "plan_entry_price,INDEX(Contracts[Contract size],[@[Facts row]]),"
            "INDEX(Contracts[Lot],[@[Facts row]]),plan_rounding,[@Kind]))",
            help="Whole lots of this venue.",
        ),
        Column(
            name="notional",
            header="Feasible hedge",
            unit="quote",
            format=MONEY,
            width=14,
            formula='IF([@Contracts]="","",CONTRACTS_NOTIONAL([@Contracts],plan_entry_price,'
            "INDEX(Contracts[Contract size],[@[Facts row]]),[@Kind]))",
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
            formula='IF([@Contracts]="","",BASIS_COST([@[Feasible hedge]],plan_entry_price,'
            "plan_spot_price)*plan_basis_share)",
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
    row=26,
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
            formula='IF(plan_ready,costs_fees+costs_slippage+[@Funding],"")',
            help="Fees and slippage of both fills, and funding so far.",
        ),
    ),
)

# --- Scenarios ----------------------------------------------------------------------------------
SCENARIOS: Final = Table(
    name="Scenarios",
    title="Everything moves together",
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

# --- Venues -------------------------------------------------------------------------------------
CONTRACTS: Final = Table(
    name="Contracts",
    title="Contracts and fees",
    row=TOP,
    column=2,
    rows=50,
    key="key",
    help="Facts of the venues, dated and sourced. Correct them where your venue says otherwise.",
    columns=(
        Column(name="venue", unit="name", kind="text", required=False, width=12, help="The venue."),
        Column(
            name="asset", unit="symbol", kind="text", required=False, width=9, help="A symbol of the Market."
        ),
        Column(
            name="kind",
            unit="margined in",
            kind="text",
            choices=KINDS,
            required=False,
            width=12,
            help="linear: settled in the quote currency; inverse: in the coin.",
        ),
        Column(
            name="symbol",
            unit="as traded",
            kind="text",
            required=False,
            width=18,
            help="The market's name: BTC/USDT:USDT.",
        ),
        Column(
            name="contract_size",
            unit="base or quote",
            format=SIZE,
            low=0,
            high=1e9,
            required=False,
            width=14,
            help="Base units of a contract if linear, quote units if inverse.",
        ),
        Column(
            name="lot",
            unit="contracts",
            format=SIZE,
            low=0,
            high=1e9,
            required=False,
            width=11,
            help="The smallest step of an order, in contracts.",
        ),
        Column(
            name="tick",
            unit="quote",
            format=SIZE,
            low=0,
            high=1e9,
            required=False,
            width=11,
            help="The smallest step of a price.",
        ),
        Column(
            name="minimum_notional",
            unit="quote",
            format=MONEY,
            low=0,
            high=1e9,
            required=False,
            width=18,
            help="The smallest order the venue takes.",
        ),
        Column(
            name="maker_fee",
            unit="a fill",
            format=RATE,
            low=-0.01,
            high=0.05,
            required=False,
            width=11,
            help="Fee of a resting order, as a share of the notional.",
        ),
        Column(
            name="taker_fee",
            unit="a fill",
            format=RATE,
            low=-0.01,
            high=0.05,
            required=False,
            width=11,
            help="Fee of a market order, as a share of the notional.",
        ),
        Column(
            name="maximum_leverage",
            unit="times",
            format=TIMES,
            low=1,
            high=1000,
            required=False,
            width=17,
            help="The highest leverage the venue grants.",
        ),
        Column(
            name="liquidation",
            unit="formula",
            kind="text",
            choices=("mark", "entry", "mark+fee"),
            required=False,
            width=13,
            help="On what the venue counts the maintenance margin. Blank: mark.",
        ),
        Column(
            name="as_of",
            header="As of",
            unit="date",
            format=DATE,
            kind="date",
            required=False,
            width=12,
            help="Day of these facts. Blank: not known.",
        ),
        Column(name="source", unit="where from", kind="text", required=False, width=40, help="Where from."),
        Column(
            name="key",
            unit="",
            kind="text",
            width=24,
            formula='IF([@Venue]="","",[@Venue]&" "&[@Asset]&" "&[@Kind])',
            help="By this the other sheets find the row.",
        ),
    ),
)

# --- Checks -------------------------------------------------------------------------------------
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
WORDING: Final = Panel(
    name="plan_wording",
    title="Wording",
    row=65,
    column=2,
    has_notes=True,
    fields=tuple(
        Field(name=f"word_{name}", label=label, kind="text" if kind == "text" else "number", formula=formula)
        for name, label, kind, formula in (
            (
                "price_decimals",
                "Decimals of a price",
                "number",
                "IF(plan_tick>0,MAX(0,ROUNDUP(-LOG10(plan_tick),0)),0)",
            ),
            (
                "lot_decimals",
                "Decimals of contracts",
                "number",
                "IF(plan_lot>0,MAX(0,ROUNDUP(-LOG10(plan_lot),0)),0)",
            ),
            ("step", "Step of the quantity", "number", "IF(plan_ready,plan_lot_value/plan_entry_price,1)"),
            ("base_decimals", "Decimals of a quantity", "number", "MAX(0,ROUNDUP(-LOG10(word_step),0))"),
            ("incomplete", "Incomplete plan", "text", '"Fill in the yellow cells: "&word_missing'),
            (
                "missing",
                "What is missing",
                "text",
                (
                    'IF(COUNTBLANK(plan_settings)>0,"your plan on Plan",IF(plan_exposure=0,"what you hold on Holdings,'
                    ' its prices on Market",word_missing_facts))'
                ),
            ),
            (
                "missing_facts",
                "Which facts are missing",
                "text",
                (
                    'IF(plan_entry_price*plan_spot_price>0,"the facts of the contract on Venues",'
                    '"the prices of the hedge asset on Market")'
                ),
            ),
            (
                "nothing",
                "No order",
                "text",
                (
                    'IF(plan_ready,"Nothing to trade: one lot is worth "&FIXED(plan_lot_value)&", the wanted hedge is "'
                    '&FIXED(plan_wanted_notional)&".","")'
                ),
            ),
            (
                "lots",
                "Contracts",
                "text",
                'IF(plan_contract_size=1,""," ("&FIXED(plan_size,word_lot_decimals)&" contracts)")',
            ),
            (
                "order",
                "Order",
                "text",
                (
                    'IF(plan_active,IF(plan_contracts<0,"Buy ","Sell ")&FIXED(ABS(plan_quantity),word_base_decimals)'
                    '&" "&plan_instrument&word_lots,"")'
                ),
            ),
            (
                "terms",
                "Terms",
                "text",
                (
                    'IF(plan_active," at "&FIXED(plan_limit_price,word_price_decimals)&" or better on "&plan_venue'
                    '&word_margin_terms,"")'
                ),
            ),
            (
                "margin_terms",
                "Margin",
                "text",
                'IF(plan_active,", "&plan_leverage&"x isolated, margin "&FIXED(plan_margin)&".","")',
            ),
            (
                "distance",
                "Distance to liquidation",
                "text",
                'IF(ISNUMBER(plan_liquidation_move),FIXED(ABS(plan_liquidation_move)/one_percent,1)&"%","")',
            ),
            (
                "liquidation",
                "Liquidation",
                "text",
                (
                    'IF(ISNUMBER(plan_liquidation_price),"Liquidation at "&FIXED(plan_liquidation_price,'
                    "word_price_decimals)&word_direction,word_no_liquidation)"
                ),
            ),
            ("no_liquidation", "No liquidation", "text", '"No price liquidates this hedge; "'),
            (
                "direction",
                "Direction",
                "text",
                '", "&word_distance&IF(plan_side="short"," above"," below")&" the entry; "',
            ),
            (
                "cushion",
                "Cushion",
                "text",
                (
                    'IF(N(plan_cushion)<0,"the margin is "&FIXED(-N(plan_cushion))&" more than you have.",'
                    '"of "&FIXED(plan_capital)&" you keep "&FIXED(N(plan_cushion))&".")'
                ),
            ),
            (
                "coverage",
                "Coverage",
                "text",
                '"The hedge covers "&FIXED(N(plan_coverage)/one_percent,1)&"% of "&FIXED(plan_hedged_value)&"; "',
            ),
            (
                "carried",
                "Risk carried",
                "text",
                (
                    'IF(N(plan_coverage)>1,"it is larger than what you hold.",'
                    '"you still carry "&FIXED((1-N(plan_coverage))/one_percent,1)&"% of the risk.")'
                ),
            ),
            (
                "cost",
                "Cost",
                "text",
                '"Over "&plan_horizon&" days it "&IF(N(plan_cost)>0,"costs ","earns ")&FIXED(ABS(N(plan_cost)))&"; "',
            ),
            (
                "breakeven",
                "Break-even",
                "text",
                (
                    'IF(N(plan_breakeven_move)<0,"it has paid for itself once the price falls by ",'
                    '"it stays ahead until the price rises by ")&FIXED(ABS(N(plan_breakeven_move))/one_percent)&"%."'
                ),
            ),
            (
                "contract",
                "Contract too large",
                "text",
                (
                    'IF(plan_lot=1,"One contract is ","One lot is ")&FIXED(plan_lot_multiple,1)'
                    '&" times the wanted hedge: choose another contract"'
                ),
            ),
            (
                "overhedge",
                "Over-hedge",
                "text",
                (
                    '"The hedge is "&FIXED(N(plan_coverage)/one_percent,1)&"% of the value, wanted were "'
                    '&FIXED(plan_ratio/one_percent,1)&"%"'
                ),
            ),
            (
                "leverage",
                "High leverage",
                "text",
                (
                    'plan_leverage&"x is above "&IF(plan_leverage>limit_high_leverage,limit_high_leverage'
                    '&"x: that is speculation, no hedge",limit_leverage&"x: little room")'
                ),
            ),
            (
                "near",
                "Liquidation near",
                "text",
                '"Liquidation is "&word_distance&" away: use at most "&FIXED(N(plan_safe_leverage),1)&"x"',
            ),
            (
                "margin",
                "Margin too large",
                "text",
                '"The margin is "&FIXED(-N(plan_cushion))&" more than you have"',
            ),
            ("funding", "Funding", "text", '"You pay about "&FIXED(N(costs_funding))&" of funding"'),
            ("stale", "Stale prices", "text", '"The oldest price is "&FIXED(plan_price_age,0)&" days old"'),
            (
                "facts",
                "Old facts",
                "text",
                '"The venue facts are "&FIXED(plan_facts_age,0)&" days old: compare them with the venue"',
            ),
            (
                "checks",
                "Checks",
                "text",
                'IF(checks_ok,"All checks pass","A check fails: see Checks")',
            ),
            (
                "warnings",
                "Warnings",
                "text",
                (
                    '" · "&IF(warnings_count=0,"no warning",warnings_count&IF(warnings_count=1," warning"," warnings")'
                    '&": see Plan")'
                ),
            ),
        )
    ),
)

# --- Guide and Functions ------------------------------------------------------------------------
VERSION: Final = "1"
ABOUT: Final = Panel(
    name="guide_about",
    title="About this book",
    row=TOP,
    column=2,
    has_notes=True,
    fields=(
        Field(
            name="template_version",
            label="Template version",
            kind="text",
            constant=VERSION,
            help="`microhedge migrate` brings an older plan to the present one.",
        ),
    ),
)
FUNCTIONS: Final = Table(
    name="Functions",
    title="Every function",
    row=TOP,
    column=2,
    rows=60,
    key="function",
    columns=(
        Column(name="function", kind="text", constant="", width=26, help="Name in a cell."),
        Column(name="section", kind="text", constant="", width=22, help="What it is about."),
        Column(name="arguments", kind="text", constant="", width=60, help="In order; [optional]."),
        Column(name="result", kind="text", constant="", width=14, help="Unit of the result."),
        Column(name="meaning", kind="text", constant="", width=80, help="What it answers."),
        Column(name="example", kind="text", constant="", width=60, help="A call and its answer."),
    ),
)

PLAN: Final = Book(
    version=VERSION,
    lists={"market_symbols": ("Market", "symbol"), "venue_names": ("Contracts", "venue")},
    sheets=(
        Sheet(
            name="Guide",
            purpose="A plan for hedging a small crypto portfolio with futures. Start here.",
            blocks=(ABOUT,),
        ),
        Sheet(
            name="Plan",
            purpose="Fill in the yellow cells; the rest follows.",
            blocks=(WORDS, SETTINGS, OPTIONS, RESULTS, TICKET, SOURCES, WARNINGS),
            widths=(2, 30, 16, 14, 3, 30, 16, 14, 3, 60),
        ),
        Sheet(
            name="Holdings",
            purpose="What you own, and what it is worth.",
            blocks=(HOLDINGS_TOTAL, HOLDINGS),
            landscape=False,
        ),
        Sheet(name="Market", purpose="Prices and funding rates, by symbol.", blocks=(MARKET,)),
        Sheet(
            name="Costs",
            purpose="What the hedge costs over the horizon, here and at other venues.",
            blocks=(ASSUMPTIONS, BREAKDOWN, COSTS, FUNDING_PATH),
        ),
        Sheet(
            name="Scenarios",
            purpose="What a move of the market does to the holdings, the hedge and both together.",
            blocks=(SCENARIOS, DIVERGENCE),
        ),
        Sheet(
            name="Venues", purpose="Contracts and fees of the venues, dated and sourced.", blocks=(CONTRACTS,)
        ),
        Sheet(
            name="Checks",
            purpose="Is the book sound, and is the plan wise?",
            blocks=(SUMMARY, CHECKS, LIMITS, WARNED, WORKINGS, WORDING),
            widths=(2, 44, 22, 16, 80),
        ),
        Sheet(
            name="Functions",
            purpose="The functions that this book uses, and their family.",
            blocks=(FUNCTIONS,),
        ),
    ),
)
