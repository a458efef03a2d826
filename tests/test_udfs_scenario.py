"""Scenarios: golden numbers and the identities of a hedged position."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.goldens import Cells, holds

from udfs import REGISTRY, hedge_notional, hedge_pnl, hedged_pnl, loss_offset
from udfs.scenario import scenario_table

money = st.floats(min_value=-1e9, max_value=1e9)
moves = st.floats(min_value=-1, max_value=5)
HEADER = ["Move", "Unhedged", "Hedge", "Hedged", "Offset"]


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("HEDGE_PNL", (2_400, -0.1), 240),
        ("HEDGE_PNL", (2_400, 0.1), -240),
        ("HEDGE_PNL", (-2_400, 0.1), 240),
        ("HEDGE_PNL", (2_400, -1.1), "move: must be at least -1, got -1.1"),
        ("HEDGED_PNL", (6_000, 2_400, -0.1), -360),
        ("HEDGED_PNL", (6_000, 2_400, 0.1), 360),
        ("HEDGED_PNL", (6_000, 2_400, -0.1, -0.2), -120),
        ("HEDGED_PNL", (6_000, 2_400, -0.1, 0), -600),
        ("HEDGED_PNL", (6_000, 2_400, -0.1, -0.1, 10), -370),
        ("LOSS_OFFSET", (6_000, 2_400, -0.1), 0.4),
        ("LOSS_OFFSET", (6_000, 2_400, 0.1), 0.4),
        ("LOSS_OFFSET", (6_000, 2_400, -0.1, -0.2), 0.8),
        ("LOSS_OFFSET", (6_000, 2_400, -0.1, 0.1), -0.4),
        ("SCENARIO_TABLE", (6_000, 2_400, [[-1.1]]), "moves: must be at least -1, got -1.1"),
        ("HEDGED_PNL", (6_000, 2_400, -1, -1.1), "hedge_move: must be at least -1, got -1.1"),
        ("LOSS_OFFSET", (0, 2_400, -0.1), "exposure: must be other than 0, got 0"),
        ("LOSS_OFFSET", (6_000, 2_400, 0), "move: must be other than 0, got 0"),
    ],
)
def test_golden(name: str, cells: Cells, expected: Any) -> None:
    """The numbers and refusals of the specification, and what follows from its signs."""
    holds(name, cells, expected)


def test_table_has_a_row_a_move() -> None:
    """Header, then move, unhedged, hedge, hedged after cost, offset; a blank move is skipped."""
    table = REGISTRY["SCENARIO_TABLE"].call(6_000, 2_400, [[-0.1], [None], [0], [0.1]], 10)
    assert table == [
        HEADER,
        [-0.1, -600, 240, -370, 0.4],
        [0, 0, 0, -10, ""],
        [0.1, 600, -240, 350, 0.4],
    ]


def test_table_of_no_exposure_has_no_offset() -> None:
    """With nothing to protect there is nothing to offset."""
    assert scenario_table(0.0, 2_400.0, [0.5]) == [HEADER, [0.5, 0, -1_200, -1_200, ""]]


@given(money, moves, money)
def test_full_hedge_leaves_the_cost(exposure: float, move: float, cost: float) -> None:
    """A full hedge that moves with the holding leaves nothing but its cost."""
    left = hedged_pnl(exposure, hedge_notional(exposure, 1.0), move, cost=cost)
    assert left == pytest.approx(-cost, rel=1e-12, abs=1e-12 * abs(exposure))


@given(money, money, moves, moves, money)
def test_hedged_is_unhedged_plus_hedge_less_cost(
    exposure: float, notional: float, move: float, hedge_move: float, cost: float
) -> None:
    """The three columns of a scenario add up."""
    hedged = hedged_pnl(exposure, notional, move, hedge_move, cost)
    assert hedged == pytest.approx(
        exposure * move + hedge_pnl(notional, hedge_move) - cost, rel=1e-12, abs=1e-6
    )


@given(money, moves)
def test_hedge_pnl_is_homogeneous_and_mirrored(notional: float, move: float) -> None:
    """Twice the hedge, twice the P&L; the other side has the other sign."""
    assert hedge_pnl(2 * notional, move) == 2 * hedge_pnl(notional, move)
    assert hedge_pnl(-notional, move) == -hedge_pnl(notional, move)


@given(
    money.filter(lambda value: abs(value) > 1),
    st.floats(min_value=0, max_value=3),
    moves.filter(lambda value: abs(value) > 1e-6),
)
def test_offset_is_the_ratio_when_both_move_alike(exposure: float, ratio: float, move: float) -> None:
    """The share of a loss taken back is the hedge ratio."""
    assert loss_offset(exposure, hedge_notional(exposure, ratio), move) == pytest.approx(
        ratio, rel=1e-9, abs=1e-12
    )


@given(money, money, st.lists(moves, min_size=1, max_size=10), money)
def test_table_repeats_the_single_functions(
    exposure: float, notional: float, given_moves: list[float], cost: float
) -> None:
    """Each cell of the table is what the function of that name answers."""
    header, *rows = scenario_table(exposure, notional, given_moves, cost)
    assert header == HEADER
    for row, move in zip(rows, given_moves, strict=True):
        assert row[:4] == [
            move,
            exposure * move,
            hedge_pnl(notional, move),
            hedged_pnl(exposure, notional, move, cost=cost),
        ]
        assert row[4] == (loss_offset(exposure, notional, move) if exposure * move else "")
