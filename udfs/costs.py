"""Costs of a hedge: fees, slippage, funding and basis together, and the move that pays for them."""

from collections.abc import Sequence
from typing import Annotated

from udfs.carry import funding_cost
from udfs.conventions import (
    BPS_PER_UNIT,
    DIVISOR,
    Arg,
    Bps,
    Cost,
    FeeRate,
    Fills,
    Notional,
    Periods,
    Prices,
    Rate,
)
from udfs.decimals import EXACT, decimal
from udfs.errors import NotAvailable
from udfs.native import unwritten
from udfs.registry import udf

OrderQuantity = Annotated[
    float, Arg("base", "Base units to trade: positive sells into bids, negative buys from asks.")
]
Sizes = Annotated[Sequence[float], Arg("base", "Base units offered at each level.", at_least=0)]


@udf(
    "Costs",
    unit="quote",
    example=((2_400, 0.0005), 2.4),
    source="|notional| x fee rate x fills",
    native="ABS(notional)*fee_rate*fills",
)
def trading_fee(notional: Notional, fee_rate: FeeRate, fills: Fills = 2.0) -> float:
    """Trading fees of a hedge; 2 fills are in and out. A maker rebate is a negative fee rate."""
    return abs(notional) * fee_rate * fills


@udf(
    "Costs",
    unit="quote",
    example=((2_400, 2), 0.96),
    source="|notional| x bps / 10 000 x fills",
    native="ABS(notional)*(slippage_bps/10000)*fills",
)
def slippage_cost(notional: Notional, slippage_bps: Bps, fills: Fills = 2.0) -> float:
    """Cost of filling that many basis points away from the price aimed at, on every fill."""
    return abs(notional) * (slippage_bps / BPS_PER_UNIT) * fills


@udf(
    "Costs",
    unit="quote",
    example=((0.08, [[30_000], [29_990], [29_950]], [[0.05], [0.02], [1]]), 0.7),
    source="walking the order book: sum of taken x distance from the best level",
    native=unwritten("it takes the levels of an order book in the order of their price"),
)
def book_slippage(quantity: OrderQuantity, prices: Prices, sizes: Sizes) -> float:
    """Cost of taking a quantity from order-book levels, against doing all of it at the best level.

    Levels may come in any order: the best is the highest bid for a sale (positive quantity) and the
    lowest ask for a purchase. A level of size 0 is no level: so venues say that one is gone. #N/A when
    the book holds less than the quantity.
    """
    levels = [level for level in zip(prices, sizes, strict=True) if level[1]]
    levels.sort(reverse=quantity > 0)
    left, cost = decimal(abs(quantity)), 0.0  # in decimal: 0.6 is six levels of 0.1
    for price, size in levels:
        taken = min(left, decimal(size))
        cost += float(taken) * abs(price - levels[0][0])
        left = EXACT.subtract(left, taken)
    if left > 0:
        raise NotAvailable(f"sizes: the book is {left:.15g} short of the quantity", "sizes", sum(sizes))
    return cost


@udf(
    "Costs",
    unit="quote",
    example=((2_400, 0.0005, 2, 0.0001, 21), -1.68),
    source="TRADING_FEE + SLIPPAGE_COST + FUNDING_COST + basis cost",
    native="ABS(notional)*2*(fee_rate+slippage_bps/10000)-notional*funding_rate*periods+basis_cost",
)
def hedge_cost(
    notional: Notional,
    fee_rate: FeeRate,
    slippage_bps: Bps = 0.0,
    funding_rate: Rate = 0.0,
    periods: Periods = 0.0,
    basis_cost: Cost = 0.0,
) -> float:
    """Whole cost of a hedge: fees and slippage in and out, funding and basis over its life.

    Positive: you pay. Negative: the funding or the basis earned is more than fees and slippage.
    """
    return (
        trading_fee(notional, fee_rate)
        + slippage_cost(notional, slippage_bps)
        + funding_cost(notional, funding_rate, periods)
        + basis_cost
    )


@udf(
    "Costs",
    unit="decimal",
    example=((3.36, 2_400), -0.0014),
    source="HEDGE_PNL(notional, move) = cost",
    native="-cost/notional",
)
def breakeven_move(cost: Cost, notional: Annotated[Notional, DIVISOR]) -> float:
    """Move of the price at which the hedge has paid for itself: -cost / notional.

    Negative for a short hedge that costs: the market must fall that far.
    """
    return -cost / notional
