"""The plan in one call says what the single functions say."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from udfs import (
    REGISTRY,
    breakeven_move,
    hedge_contracts,
    hedge_cost,
    hedge_margin,
    hedged_pnl,
    liquidation_price,
)

PLAN = REGISTRY["HEDGE_PLAN"].call


def plan(*cells: Any) -> dict[str, Any]:
    """The plan by its labels."""
    table = PLAN(*cells)
    assert len({label for label, _ in table}) == len(table)
    return dict(table)


def test_articles_second_example() -> None:
    """Exposure 6,000, 40 %, 5x: 2,400, 0.08 BTC, margin 480, -360 and +360 at 10 %."""
    answer = plan(6_000, 30_000, 0.4, 5, 1, 0.001)
    assert answer["Wanted notional"] == answer["Feasible notional"] == 2_400
    assert (answer["Contracts"], answer["Coverage"], answer["Margin"]) == (0.08, 0.4, 480)
    assert answer["Liquidation price"] == pytest.approx(36_000 / 1.005, rel=1e-15)
    assert answer["Liquidation move"] == pytest.approx(1.2 / 1.005 - 1, rel=1e-14)
    assert [answer[f"Hedged P&L at {move} %"] for move in ("-20", "-10", "+10", "+20")] == [
        -720,
        -360,
        360,
        720,
    ]


def test_articles_first_example() -> None:
    """0.5 BTC at 30,000, half of it at 10x: 7,500, 75 contracts of 100 USD, margin 750."""
    answer = plan(15_000, 30_000, 0.5, 10, 100, 1, "nearest", "inverse")
    assert (answer["Wanted notional"], answer["Contracts"], answer["Margin"]) == (7_500, 75, 750)


def test_contract_too_large_leaves_no_hedge() -> None:
    """One whole BTC is too much for 2,400: no contract, nothing to liquidate, no cost, no break-even."""
    answer = plan(6_000, 30_000, 0.4, 5)
    assert (answer["Wanted notional"], answer["Feasible notional"], answer["Contracts"]) == (2_400, 0, 0)
    assert [answer[label] for label in ("Margin", "Cost", "Coverage")] == [0, 0, 0]
    assert [answer[label] for label in ("Liquidation price", "Liquidation move", "Break-even move")] == [
        "",
        "",
        "",
    ]
    assert answer["Hedged P&L at -10 %"] == -600


def test_short_holding_is_hedged_long() -> None:
    """A negative exposure buys, and is liquidated below the entry."""
    answer = plan(-6_000, 30_000, 0.4, 5, 1, 0.001)
    assert (answer["Contracts"], answer["Coverage"], answer["Margin"]) == (-0.08, 0.4, 480)
    assert answer["Liquidation price"] == liquidation_price(30_000, 5, side="long")
    assert answer["Liquidation move"] < 0


def test_tiny_long_hedge_is_still_long() -> None:
    """The side is the sign of the hedge, however small."""
    assert plan(-0.5, 1, 1, 5, 1, 0.1)["Liquidation move"] < 0


def test_blanks_take_the_defaults_of_the_single_functions() -> None:
    """A lot of one contract of one unit, no cost: 45,000 at 30,000 is a tie, so one contract."""
    answer = plan(45_000, 30_000, 1, 5, None, None, None, None, None, None, None, 0.01)
    assert (answer["Contracts"], answer["Cost"]) == (1, 0)
    assert answer["Liquidation price"] == liquidation_price(30_000, 5)


def test_position_that_nothing_liquidates_says_never() -> None:
    """A short inverse hedge at 1x."""
    answer = plan(6_000, 30_000, 0.4, 1, 100, 1, "nearest", "inverse")
    assert answer["Liquidation price"] == answer["Liquidation move"] == "never"


def test_moves_are_labelled() -> None:
    """The moves given replace the usual ones; a blank is skipped."""
    labels = [row[0] for row in PLAN(6_000, 30_000, 0.4, 5, *[None] * 9, [[-0.125], [None], [0.3]])]
    assert labels[-2:] == ["Hedged P&L at -12.5 %", "Hedged P&L at +30 %"]


@given(
    st.floats(min_value=-1e6, max_value=1e6).filter(lambda value: abs(value) > 1),
    st.floats(min_value=1, max_value=1e5),
    st.floats(min_value=0.1, max_value=2),
    st.floats(min_value=1.5, max_value=100),
    st.sampled_from(["nearest", "down", "up"]),
    st.floats(min_value=-0.001, max_value=0.001),
)
def test_plan_repeats_the_single_functions(
    exposure: float, price: float, ratio: float, leverage: float, rounding: str, rate: float
) -> None:
    """Each line is what the function of that meaning answers, for the feasible hedge."""
    answer = plan(
        exposure, price, ratio, leverage, 1, 0.001, rounding, "linear", 0.01, 0.0005, 2, rate, 21, [[0.1]]
    )
    contracts = hedge_contracts(exposure * ratio, price, 1.0, 0.001, rounding)
    notional = contracts * price
    cost = hedge_cost(notional, 0.0005, 2.0, rate, 21.0)
    assert answer["Contracts"] == contracts
    assert answer["Margin"] == hedge_margin(notional, leverage)
    assert answer["Cost"] == cost
    assert answer["Hedged P&L at +10 %"] == hedged_pnl(exposure, notional, 0.1, cost=cost)
    assert answer["Break-even move"] == (breakeven_move(cost, notional) if notional else "")
    if notional:
        side = "short" if notional > 0 else "long"
        assert answer["Liquidation price"] == liquidation_price(price, leverage, 0.01, side)
