"""An open position: its entry after several fills, what it has won, at which price it has won so much."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Final

from udfs.conventions import (
    DIVISOR,
    LINEAR,
    SHORT,
    Arg,
    ContractKind,
    FeeRate,
    Leverage,
    Price,
    Side,
    side_sign,
)
from udfs.decimals import EXACT, are_opposed, decimal
from udfs.errors import NotAvailable
from udfs.native import SIDE_SIGN, unwritten
from udfs.registry import udf
from udfs.rows import full_rows

LIFE: Final = "Orders and life cycle"
PNL_SOURCE: Final = "Binance Futures calculator; Bybit help center, P&L of inverse and USDT contracts"

SignedSize = Annotated[
    float,
    Arg("base or quote", "Size, positive if short: base units if linear, quote units if inverse."),
]
Fills = Annotated[
    Sequence[float | None],
    Arg("base or quote", "Sizes of the fills in order: positive sold, negative bought."),
]
FillPrices = Annotated[Sequence[float | None], Arg("quote per base", "Price of each fill.", above=0)]
Roe = Annotated[float, Arg("ratio", "Return on the initial margin to reach: 0.5 is 50 %.")]


@udf(
    LIFE,
    unit="quote per base",
    example=(([[0.05], [0.03], [-0.04]], [[30_000], [30_800], [29_000]]), 30_300),
    source=PNL_SOURCE,
    native=unwritten("each fill depends on all before it"),
)
def average_entry_price(quantities: Fills, prices: FillPrices, kind: ContractKind = LINEAR) -> float:
    """Entry price of the position that is left after some fills, in the order in which they were made.

    A fill that adds is averaged in, by size if linear and by value in base units if inverse; one that
    reduces leaves the entry as it is; one that turns the position starts afresh. Flat at the end,
    counted in decimal, is #N/A. An empty row is passed over, one with a gap refused.
    """
    size, entry = Decimal(0), Decimal(1)
    for quantity, price in full_rows({"quantities": quantities, "prices": prices}):
        fill, paid = decimal(quantity), decimal(price)
        after = EXACT.add(size, fill)
        turns = are_opposed(size, after)
        if not size or turns:
            entry = paid
        elif fill and not are_opposed(size, fill):
            entry = _averaged(size, entry, fill, paid, kind)
        size = after
    if not size:
        raise NotAvailable("quantities: the position is flat after these fills", "quantities")
    return float(entry)


@udf(
    LIFE,
    unit="quote or base",
    example=((-0.08, 30_000, 27_000, "linear", 0.0005), -242.28),
    source=PNL_SOURCE,
    native=(
        'IF(kind="linear",-quantity*(exit_price-entry_price)-fee_rate*ABS(quantity)*(entry_price+exit_price),'
        "(quantity*(entry_price-exit_price)-fee_rate*ABS(quantity)*(entry_price+exit_price))"
        "/entry_price/exit_price)"
    ),
)
def position_pnl(
    quantity: SignedSize,
    entry_price: Price,
    exit_price: Price,
    kind: ContractKind = LINEAR,
    fee_rate: FeeRate = 0.0,
) -> float:
    """Gain (positive) or loss of a position from its entry to its exit, after the fee of both fills.

    Linear, in quote: -q (exit - entry) - fee |q| (entry + exit). Inverse, in base units:
    q (1/exit - 1/entry) - fee |q| (1/entry + 1/exit), with q in quote units.
    """
    fee = fee_rate * abs(quantity) * (entry_price + exit_price)
    gain = quantity * (entry_price - exit_price) - fee
    return gain if kind == LINEAR else gain / entry_price / exit_price


@udf(
    LIFE,
    unit="ratio",
    example=((30_000, 27_000, 5, "short", "linear", 0.0005), 0.49525),
    source=f"P&L over initial margin; {PNL_SOURCE}",
    native=(
        SIDE_SIGN,
        (
            "leverage*(sign*(exit_price-entry_price)-fee_rate*(entry_price+exit_price))"
            '/IF(kind="linear",entry_price,exit_price)'
        ),
    ),
)
def position_roe(
    entry_price: Annotated[Price, DIVISOR],
    exit_price: Price,
    leverage: Leverage,
    side: Side = SHORT,
    kind: ContractKind = LINEAR,
    fee_rate: FeeRate = 0.0,
) -> float:
    """Return on the initial margin from the entry to the exit: 0.5 is a gain of half the margin.

    With x = exit/entry and s = +1 long, -1 short: leverage (s (x - 1) - fee (1 + x)) if linear,
    leverage (s (1 - 1/x) - fee (1 + 1/x)) if inverse.
    """
    gain = side_sign(side) * (exit_price - entry_price) - fee_rate * (entry_price + exit_price)
    return leverage * gain / (entry_price if kind == LINEAR else exit_price)


@udf(
    LIFE,
    unit="quote per base",
    example=((30_000, 5, 0.5), 27_000),
    source="the inverse of POSITION_ROE",
    native=(
        SIDE_SIGN,
        ("above", 'IF(kind="linear",roe/leverage+sign+fee_rate,sign+fee_rate)/sign'),
        ("below", 'IF(kind="linear",sign-fee_rate,sign-fee_rate-roe/leverage)/sign'),
        "IF(MIN(above,below)>0,entry_price*above/below,NA())",
    ),
)
def target_price(
    entry_price: Price,
    leverage: Leverage,
    roe: Roe,
    side: Side = SHORT,
    kind: ContractKind = LINEAR,
    fee_rate: FeeRate = 0.0,
) -> float:
    """Exit price at which the return on the initial margin is reached, after the fee of both fills.

    The inverse of POSITION_ROE. #N/A where no positive price reaches it: a short at 2x wins at most 200 %.
    """
    s, gain = side_sign(side), roe / leverage
    above, below = (
        (gain + s + fee_rate, s - fee_rate) if kind == LINEAR else (s + fee_rate, s - fee_rate - gain)
    )
    if above * s <= 0 or below * s <= 0:
        raise NotAvailable(f"roe: no price gives this {side} position a return of {roe:.15g}", "roe", roe)
    return entry_price * above / below


def _averaged(size: Decimal, entry: Decimal, fill: Decimal, paid: Decimal, kind: str) -> Decimal:
    """Entry price of two fills of the same sign: value over size, in the units of the kind."""
    if kind == LINEAR:
        value = EXACT.add(EXACT.multiply(size, entry), EXACT.multiply(fill, paid))
        return EXACT.divide(value, EXACT.add(size, fill))
    return EXACT.divide(EXACT.add(size, fill), EXACT.add(EXACT.divide(size, entry), EXACT.divide(fill, paid)))
