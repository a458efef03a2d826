"""Margin and liquidation of an isolated futures position."""

from typing import Annotated, Final

from udfs.conventions import (
    LINEAR,
    LONG,
    SHORT,
    Arg,
    ContractKind,
    Leverage,
    MaintenanceAmount,
    MaintenanceRate,
    Notional,
    Price,
    Side,
)
from udfs.errors import NotAvailable
from udfs.native import SIDE_SIGN
from udfs.registry import udf

DEFAULT_MAINTENANCE_RATE: Final = 0.005  # BTCUSDT tiers up to 600,000 at Binance, 2024-10-24: 0.4 to 0.5 %

LiquidationFormula = Annotated[
    str,
    Arg(
        "text",
        "Maintenance margin on the value at liquidation (mark: Binance), at entry (entry: Bybit), "
        "or as mark plus the closing fee (mark+fee: OKX, Gate).",
        choices=("mark", "entry", "mark+fee"),
    ),
]
TakerFee = Annotated[
    float, Arg("decimal", "Taker fee of the closing order, for mark+fee.", at_least=0, below=1)
]
PositionSize = Annotated[
    float, Arg("base or quote", "Size of the position: base units if linear, quote if inverse.", above=0)
]
Collateral = Annotated[
    float,
    Arg(
        "quote or base", "Isolated margin: quote if linear, base if inverse; default initial margin.", above=0
    ),
]
AdverseMove = Annotated[
    float, Arg("decimal", "Move against the hedge: 0.2 is a rise of 20 % for a short, a fall for a long.")
]
SOURCE: Final = (
    "mark: Binance support faq b3c689c1f50a44cabb3a84e663b81d93, isolated; "
    "entry: Bybit help center, Liquidation Price Calculation under Isolated Mode; "
    "mark+fee: Gate help 27724, Liquidation price, and OKX support 360053909592, isolated mode; "
    "cases: freqtrade tests/exchange/test_exchange.py@c9ae5e1e"
)

HELD: Final = ("held", 'maintenance_rate+IF(formula="mark+fee",taker_fee,0)')
SIDES: Final = (  # of the two sides of the equation, what stands above and below the line
    ("facing", 'IF(side="long",1,-1)*IF(kind="linear",1,-1)'),
    HELD,
    ("above", '1-facing*(share-IF(formula="entry",held,0))'),
    ("below", '1-facing*IF(formula="entry",0,held)'),
)


@udf(
    "Margin and liquidation",
    unit="quote",
    example=((2_400, 5), 480),
    source="initial margin = |notional| / leverage",
    native="ABS(notional)/leverage",
)
def hedge_margin(notional: Notional, leverage: Leverage) -> float:
    """Initial margin of a hedge: the absolute notional over the leverage."""
    return abs(notional) / leverage


@udf(
    "Margin and liquidation",
    unit="quote",
    example=((100_000, 0.005, 50), 450),
    source="Binance, Leverage and Margin of USD-M Futures: notional x rate - maintenance amount",
    native="MAX(0,ABS(notional)*maintenance_rate-maintenance_amount)",
)
def maintenance_margin(
    notional: Notional, maintenance_rate: MaintenanceRate, maintenance_amount: MaintenanceAmount = 0.0
) -> float:
    """Margin below which the position is liquidated: |notional| x rate - amount, never below 0.

    Rate and amount belong to the leverage tier that the notional falls in.
    """
    return max(0.0, abs(notional) * maintenance_rate - maintenance_amount)


@udf(
    "Margin and liquidation",
    unit="quote per base",
    example=((30_000, 5, 0.005, "short", "linear", "entry"), 35_850),
    source=SOURCE,
    native=(
        ("value", 'IF(kind="linear",quantity*entry_price,quantity/entry_price)'),
        (
            "share",
            ('IF(collateral="",1/leverage,collateral/value)+IF(formula="mark",maintenance_amount/value,0)'),
        ),
        *SIDES,
        'entry_price*IF(MIN(above,below)>0,IF(kind="linear",above/below,below/above),NA())',
    ),
)
def liquidation_price(
    entry_price: Price,
    leverage: Leverage,
    maintenance_rate: MaintenanceRate = DEFAULT_MAINTENANCE_RATE,
    side: Side = SHORT,
    kind: ContractKind = LINEAR,
    formula: LiquidationFormula = "mark",
    taker_fee: TakerFee = 0.0,
    quantity: PositionSize = 1.0,
    collateral: Collateral | None = None,
    maintenance_amount: MaintenanceAmount = 0.0,
) -> float:
    """Price at which an isolated position is liquidated.

    With s = +1 long, -1 short; EP entry price; m the collateral over the value at entry, by
    default 1/leverage (plus the maintenance amount, for mark); r the maintenance rate (plus the
    taker fee, for mark+fee):

        linear, mark:   EP (1 - s m) / (1 - s r)
        linear, entry:  EP (1 - s m + s r)
        inverse, mark:  EP (1 + s r) / (1 + s m)
        inverse, entry: EP / (1 + s m - s r)

    #N/A where no positive price liquidates, as for a short inverse hedge at 1x by mark.
    The leverage does not matter once a collateral is given. Only mark counts the maintenance amount,
    which is in the base currency, as the collateral, if the kind is inverse.
    """
    value = quantity * entry_price if kind == LINEAR else quantity / entry_price
    margin = 1.0 / leverage if collateral is None else collateral / value
    if formula == "mark":
        margin += maintenance_amount / value
    return entry_price * _liquidation_ratio(margin, maintenance_rate, side, kind, formula, taker_fee)


@udf(
    "Margin and liquidation",
    unit="decimal",
    example=((5, 0.005, "short", "linear", "entry"), 0.195),
    source=SOURCE,
    native=(
        ("share", "1/leverage"),
        *SIDES,
        'IF(MIN(above,below)>0,IF(kind="linear",above/below,below/above),NA())-1',
    ),
)
def liquidation_move(
    leverage: Leverage,
    maintenance_rate: MaintenanceRate = DEFAULT_MAINTENANCE_RATE,
    side: Side = SHORT,
    kind: ContractKind = LINEAR,
    formula: LiquidationFormula = "mark",
    taker_fee: TakerFee = 0.0,
) -> float:
    """Move of the price that liquidates: up (positive) for a short hedge, down for a long one.

    LIQUIDATION_PRICE over the entry price, less 1; it does not depend on the entry price.
    A move of the other sign means that the initial margin is below the maintenance margin.
    """
    return _liquidation_ratio(1.0 / leverage, maintenance_rate, side, kind, formula, taker_fee) - 1.0


@udf(
    "Margin and liquidation",
    unit="times",
    example=((0.195, 0.005, "short", "linear", "entry"), 5),
    source=SOURCE,
    native=(
        SIDE_SIGN,
        HELD,
        ("reached", "1-sign*ABS(adverse_move)"),
        (
            "margin",
            (
                'IF(formula="entry",sign*IF(kind="linear",1-reached,1/reached-1)+held,sign*IF(kind='
                '"linear",1-reached*(1-sign*held),(1+sign*held)/reached-1))'
            ),
        ),
        "IF(reached>0,IF(margin>0,1/margin,NA()),NA())",
    ),
)
def max_leverage(
    adverse_move: AdverseMove,
    maintenance_rate: MaintenanceRate = DEFAULT_MAINTENANCE_RATE,
    side: Side = SHORT,
    kind: ContractKind = LINEAR,
    formula: LiquidationFormula = "mark",
    taker_fee: TakerFee = 0.0,
) -> float:
    """Highest leverage that survives an adverse move: the inverse of LIQUIDATION_MOVE.

    Only the size of the move counts; it is a rise for a short hedge and a fall for a long one.
    An answer below 1 asks for more collateral than the position is worth.
    """
    s, rate = _sign(side), _held(maintenance_rate, formula, taker_fee)
    reached = 1.0 - s * abs(adverse_move)
    if reached <= 0:
        raise NotAvailable("adverse_move: no price falls by 100 % or more", "adverse_move", adverse_move)
    if formula == "entry":
        margin = s * ((1.0 - reached) if kind == LINEAR else (1.0 / reached - 1.0)) + rate
    elif kind == LINEAR:
        margin = s * (1.0 - reached * (1.0 - s * rate))
    else:
        margin = s * ((1.0 + s * rate) / reached - 1.0)
    if margin <= 0:
        raise NotAvailable("adverse_move: any leverage survives it", "adverse_move", adverse_move)
    return 1.0 / margin


def _liquidation_ratio(
    margin: float, maintenance_rate: float, side: str, kind: str, formula: str, taker_fee: float
) -> float:
    """Liquidation price over entry price, for a margin given as a share of the value at entry."""
    s, rate = _sign(side), _held(maintenance_rate, formula, taker_fee)
    if kind == LINEAR:
        above, below = (
            (1.0 - s * margin + s * rate, 1.0) if formula == "entry" else (1.0 - s * margin, 1.0 - s * rate)
        )
    else:
        above, below = (
            (1.0, 1.0 + s * margin - s * rate) if formula == "entry" else (1.0 + s * rate, 1.0 + s * margin)
        )
    if above <= 0 or below <= 0:
        raise NotAvailable(f"no price liquidates this {side} {kind} position: its collateral covers any move")
    return above / below


def _held(maintenance_rate: float, formula: str, taker_fee: float) -> float:
    """Share of the value that must be left at the liquidation."""
    return maintenance_rate + (taker_fee if formula == "mark+fee" else 0.0)


def _sign(side: str) -> float:
    return 1.0 if side == LONG else -1.0
