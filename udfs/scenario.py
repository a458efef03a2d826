"""Scenarios: what a move of the market does to the holding, to the hedge and to both together."""

from collections.abc import Sequence
from typing import Annotated

from udfs.conventions import DIVISOR, Arg, Cost, Exposure, Move, Notional, ResultTable
from udfs.native import unwritten
from udfs.registry import udf

HedgeMove = Annotated[
    float, Arg("decimal", "Move of the hedge's price, if it differs from the holding's.", at_least=-1)
]
Moves = Annotated[Sequence[float], Arg("decimal", "Moves, one a row; blanks are skipped.", at_least=-1)]


@udf(
    "Scenarios",
    unit="quote",
    example=((2_400, -0.1), 240),
    source="linear P&L: -notional x move",
    native="-notional*move",
)
def hedge_pnl(notional: Notional, move: Move) -> float:
    """Gain (positive) or loss of the hedge alone: -notional x move. A short gains in a fall."""
    return -notional * move


@udf(
    "Scenarios",
    unit="quote",
    example=((6_000, 2_400, -0.1), -360),
    source="spot P&L + hedge P&L - cost",
    native='exposure*move-notional*IF(hedge_move="",move,hedge_move)-cost',
)
def hedged_pnl(
    exposure: Exposure,
    notional: Notional,
    move: Move,
    hedge_move: HedgeMove | None = None,
    cost: Cost = 0.0,
) -> float:
    """Gain (positive) or loss of holding and hedge together, after the cost of the hedge.

    exposure x move - notional x hedge_move - cost; the hedge moves as the holding unless told.
    """
    if hedge_move is None or hedge_move == move:  # one product, lest two that nearly cancel lose digits
        return (exposure - notional) * move - cost
    return exposure * move + hedge_pnl(notional, hedge_move) - cost


@udf(
    "Scenarios",
    unit="ratio",
    example=((6_000, 2_400, -0.1), 0.4),
    source="-hedge P&L / spot P&L",
    native='notional*IF(hedge_move="",move,hedge_move)/(exposure*move)',
)
def loss_offset(
    exposure: Annotated[Exposure, DIVISOR],
    notional: Notional,
    move: Annotated[Move, DIVISOR],
    hedge_move: HedgeMove | None = None,
) -> float:
    """Share of the spot result that the hedge takes back: 0.4 offsets 40 % of a loss.

    The same share of a gain is given up. Without a move there is nothing to offset: #DIV/0!.
    """
    return -hedge_pnl(notional, move if hedge_move is None else hedge_move) / (exposure * move)


@udf(
    "Scenarios",
    unit="quote",
    example=(
        (6_000, 2_400, [[-0.1], [0.1]]),
        [
            ["Move", "Unhedged", "Hedge", "Hedged", "Offset"],
            [-0.1, -600, 240, -360, 0.4],
            [0.1, 600, -240, 360, 0.4],
        ],
    ),
    source="HEDGE_PNL, HEDGED_PNL and LOSS_OFFSET, a row a move",
    native=unwritten("it is a table; the Scenarios sheet is its native form"),
)
def scenario_table(exposure: Exposure, notional: Notional, moves: Moves, cost: Cost = 0.0) -> ResultTable:
    """Table of scenarios: a header, then move, unhedged, hedge and hedged P&L, and the offset.

    The hedged P&L is after the cost. Where nothing is lost or won, the offset is empty.
    """
    header: list[float | str] = ["Move", "Unhedged", "Hedge", "Hedged", "Offset"]
    return [header, *(_scenario(exposure, notional, move, cost) for move in moves)]


def _scenario(exposure: float, notional: float, move: float, cost: float) -> list[float | str]:
    offset: float | str = loss_offset(exposure, notional, move) if exposure * move else ""
    return [
        move,
        exposure * move,
        hedge_pnl(notional, move),
        hedged_pnl(exposure, notional, move, cost=cost),
        offset,
    ]
