"""The plan in one call, for those who want no template."""

from typing import Annotated, Final

from udfs.conventions import (
    DIVISOR,
    LINEAR,
    LONG,
    SHORT,
    Bps,
    ContractKind,
    ContractSize,
    Exposure,
    FeeRate,
    Leverage,
    Lot,
    MaintenanceRate,
    Periods,
    Price,
    Rate,
    Ratio,
    ResultTable,
    Rounding,
)
from udfs.costs import breakeven_move, hedge_cost
from udfs.errors import NotAvailable
from udfs.margin import DEFAULT_MAINTENANCE_RATE, hedge_margin, liquidation_move, liquidation_price
from udfs.native import unwritten
from udfs.registry import udf
from udfs.scenario import Moves, hedged_pnl
from udfs.sizing import contracts_notional, hedge_contracts, hedge_notional, hedge_ratio

USUAL_MOVES: Final = (-0.2, -0.1, 0.1, 0.2)


@udf(
    "Scenarios",
    unit="as labelled",
    example=(
        (
            *(6_000, 30_000, 0.4, 5, 1, 0.001, "nearest", "linear"),
            *(0.005, 0.0005, 2, 0.0001, 21, [[-0.1], [0.1]]),
        ),
        [
            ["Exposure", 6_000],
            ["Wanted notional", 2_400],
            ["Contracts", 0.08],
            ["Feasible notional", 2_400],
            ["Coverage", 0.4],
            ["Margin", 480],
            ["Liquidation price", 35_820.895522388055],
            ["Liquidation move", 0.1940298507462686],
            ["Cost", -1.68],
            ["Break-even move", 0.0007],
            ["Hedged P&L at -10 %", -358.32],
            ["Hedged P&L at +10 %", 361.68],
        ],
    ),
    source="HEDGE_CONTRACTS, HEDGE_MARGIN, LIQUIDATION_PRICE, HEDGE_COST, HEDGED_PNL, in turn",
    native=unwritten("it is a table; the Plan sheet is its native form"),
)
def hedge_plan(
    exposure: Annotated[Exposure, DIVISOR],
    price: Annotated[Price, DIVISOR],
    ratio: Ratio,
    leverage: Leverage,
    contract_size: ContractSize = 1.0,
    lot: Lot = 1.0,
    rounding: Rounding = "nearest",
    kind: ContractKind = LINEAR,
    maintenance_rate: MaintenanceRate = DEFAULT_MAINTENANCE_RATE,
    fee_rate: FeeRate = 0.0,
    slippage_bps: Bps = 0.0,
    funding_rate: Rate = 0.0,
    periods: Periods = 0.0,
    moves: Moves | None = None,
) -> ResultTable:
    """Whole plan of a hedge, a label and one value per row: size, margin, liquidation, cost, scenarios.

    All that follows the contracts is of the feasible hedge in whole lots, not of the wanted one. The
    liquidation is isolated, by mark; "never" where no price liquidates, and a leverage whose initial margin
    is not above the maintenance margin is #NUM!. A value that has no meaning,
    as the break-even of no hedge, is empty. P&L is after the cost, at the moves given or at 10 and
    20 % either way, as if margin were added in time beyond the liquidation move.
    """
    wanted = hedge_notional(exposure, ratio)
    contracts = hedge_contracts(wanted, price, contract_size, lot, rounding, kind)
    notional = contracts_notional(contracts, price, contract_size, kind)
    cost = hedge_cost(notional, fee_rate, slippage_bps, funding_rate, periods)
    side = LONG if notional < 0 else SHORT
    liquidation: float | str
    away: float | str
    try:
        liquidation = liquidation_price(price, leverage, maintenance_rate, side, kind)
        away = liquidation_move(leverage, maintenance_rate, side, kind)
    except NotAvailable:
        liquidation = away = "never"
    if not notional:
        liquidation = away = ""
    table: ResultTable = [
        ["Exposure", exposure],
        ["Wanted notional", wanted],
        ["Contracts", contracts],
        ["Feasible notional", notional],
        ["Coverage", hedge_ratio(notional, exposure)],
        ["Margin", hedge_margin(notional, leverage)],
        ["Liquidation price", liquidation],
        ["Liquidation move", away],
        ["Cost", cost],
        ["Break-even move", breakeven_move(cost, notional) if notional else ""],
    ]
    for move in USUAL_MOVES if moves is None else moves:
        table.append([f"Hedged P&L at {100 * move:+.10g} %", hedged_pnl(exposure, notional, move, cost=cost)])
    return table
