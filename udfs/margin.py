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
    side_sign,
)
from udfs.errors import NotAvailable, OutsideDomain
from udfs.native import REFUSED, SIDE_SIGN
from udfs.registry import udf

DEFAULT_MAINTENANCE_RATE: Final = 0.005  # BTCUSDT tiers up to 600,000 at Binance, 2024-10-24: 0.4 to 0.5 %

MARK: Final = "mark"
ENTRY: Final = "entry"
MARK_FEE: Final = "mark+fee"
CAUTIOUS: Final = "cautious"
NOISE: Final = 1e-15  # margins that differ by less are the same: a quotient and a sum round so far apart

LiquidationFormula = Annotated[
    str,
    Arg(
        "text",
        "Maintenance on the value at liquidation (mark: Binance, Bybit), at entry (entry: Bybit before "
        "September 2025), with the closing fee (mark+fee: OKX, Gate), or whichever is nearest (cautious).",
        choices=(MARK, ENTRY, MARK_FEE, CAUTIOUS),
    ),
]
LiquidationRule = Annotated[
    str, Arg("text", "How a venue liquidates: mark, entry or mark+fee.", choices=(MARK, ENTRY, MARK_FEE))
]
TakerFee = Annotated[
    float,
    Arg(
        "decimal",
        "Taker fee of the closing order, for mark+fee and cautious; refused with the others.",
        at_least=0,
        below=1,
    ),
]
PositionSize = Annotated[
    float, Arg("base or quote", "Size of the position: base units if linear, quote if inverse.", above=0)
]
Collateral = Annotated[
    float,
    Arg(
        "quote or base",
        "Isolated margin, which counts instead of the leverage: quote if linear, base if inverse.",
        above=0,
    ),
]
AdverseMove = Annotated[
    float, Arg("decimal", "Move against the hedge: 0.2 is a rise of 20 % for a short, a fall for a long.")
]
SOURCE: Final = (
    "mark: Binance support faq b3c689c1f50a44cabb3a84e663b81d93, isolated; "
    "entry: Bybit help center, Liquidation Price Calculation under Isolated Mode, 2024-09-10; "
    "mark+fee: Gate help 27724, Liquidation price, and OKX support 360053909592, isolated mode; "
    "cases: freqtrade tests/exchange/test_exchange.py@c9ae5e1e"
)

HELD: Final = (
    "held",
    'maintenance_rate+IF(OR(formula="mark+fee",formula="cautious"),taker_fee,0)',
)
IDLE_FEE: Final = 'AND(taker_fee<>0,formula<>"mark+fee",formula<>"cautious")'
AWAY: Final = (  # the move by each rule, 9E99 where it has no price; the nearer counts
    ("facing", 'IF(side="long",1,-1)*IF(kind="linear",1,-1)'),
    HELD,
    ("above", "1-facing*share"),
    ("below", "1-facing*held"),
    (
        "by_mark",
        'IF(AND(formula<>"entry",MIN(above,below)>0),(share-held)/IF(kind="linear",below,above),9E99)',
    ),
    ("entry_side", "1-facing*(share-maintenance_rate)"),
    (
        "by_entry",
        (
            'IF(AND(OR(formula="entry",formula="cautious"),entry_side>0),'
            '(share-maintenance_rate)/IF(kind="linear",1,entry_side),9E99)'
        ),
    ),
    (
        "away",
        f'IF(OR({IDLE_FEE},share-held<=1E-15*share),{REFUSED},MIN(by_mark,by_entry))*IF(side="long",-1,1)',
    ),
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
            'IF(collateral="",1/leverage,collateral/value)+maintenance_amount/value',
        ),
        *AWAY,
        "IF(ABS(away)<9E99,entry_price*(1+away),NA())",
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

    With s = +1 long, -1 short; EP entry price; m the collateral plus the maintenance amount over the
    value at entry, by default 1/leverage; r the maintenance rate (plus the taker fee, for mark+fee):

        linear, mark:   EP (1 - s m) / (1 - s r)
        linear, entry:  EP (1 - s m + s r)
        inverse, mark:  EP (1 + s r) / (1 + s m)
        inverse, entry: EP / (1 + s m - s r)

    cautious is the price nearest to the entry among mark, entry and, if a taker fee is given, mark+fee.
    Which counts: a collateral where one is given, else the leverage. The maintenance amount is in the
    base currency, as the collateral, if the kind is inverse. #NUM! where m is not above r: the venue
    would not open it. #N/A where no positive price liquidates, as for a short inverse hedge at 1x by mark.
    """
    rules = _rules(formula, taker_fee)
    if collateral is None and maintenance_amount == 0:
        _openable(1.0 / leverage, maintenance_rate, taker_fee, "leverage", leverage)
        margin, against = 1.0, leverage
    else:
        against = quantity * entry_price if kind == LINEAR else quantity / entry_price
        margin = (against / leverage if collateral is None else collateral) + maintenance_amount
        name, value = ("leverage", leverage) if collateral is None else ("collateral", collateral)
        _openable(margin / against, maintenance_rate, taker_fee, name, value)
    ratios = [
        ratio
        for rule in rules
        if (ratio := _ratio(margin, against, _held(maintenance_rate, rule, taker_fee), side, kind, rule)) > 0
    ]
    if not ratios:
        raise _never(side, kind)
    return entry_price * (max(ratios) if side == LONG else min(ratios))


@udf(
    "Margin and liquidation",
    unit="decimal",
    example=((5, 0.005, "short", "linear", "entry"), 0.195),
    source=SOURCE,
    native=(
        ("share", "1/leverage"),
        *AWAY,
        "IF(ABS(away)<9E99,away,NA())",
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

    LIQUIDATION_PRICE over the entry price, less 1, without the loss of digits; it does not depend on
    the entry price. With m = 1/leverage, r the rate held and s = +1 long, -1 short it is s (r - m), over
    1 - s r (linear, mark), 1 (linear, entry), 1 + s m (inverse, mark) or 1 + s (m - r) (inverse, entry).
    #NUM! where m is not above r, #N/A where no move liquidates.
    """
    rules, s, margin = _rules(formula, taker_fee), side_sign(side), 1.0 / leverage
    _openable(margin, maintenance_rate, taker_fee, "leverage", leverage)
    moves = []
    for rule in rules:
        held = _held(maintenance_rate, rule, taker_fee)
        if _ratio(1.0, leverage, held, side, kind, rule) > 0:
            moves.append(s * (held - margin) / _below(margin, held, s, kind, rule))
    if not moves:
        raise _never(side, kind)
    return max(moves) if side == LONG else min(moves)


@udf(
    "Margin and liquidation",
    unit="times",
    example=((0.195, 0.005, "short", "linear", "entry"), 5),
    source=SOURCE,
    native=(
        SIDE_SIGN,
        HELD,
        ("away", "ABS(adverse_move)"),
        ("reached", "1-sign*away"),
        (
            "by_mark",
            'IF(formula="entry",0,IF(kind="linear",away+held-sign*away*held,(away+held)/reached))',
        ),
        (
            "by_entry",
            'IF(OR(formula="entry",formula="cautious"),IF(kind="linear",away,away/reached)+maintenance_rate,0)',
        ),
        ("margin", f"IF({IDLE_FEE},{REFUSED},MAX(by_mark,by_entry))"),
        f"IF(reached>0,IF(margin>0,IF(away>0,1/margin,{REFUSED}),NA()),NA())",
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

    Only the size of the move counts; it is a rise for a short hedge and a fall for a long one. By
    cautious it is the lowest of the rules' leverages. An answer below 1 asks for more collateral than
    the position is worth. #NUM! for a move of 0: at that leverage it would be liquidated at once.
    """
    away = abs(adverse_move)
    reached = 1.0 - side_sign(side) * away
    if reached <= 0:
        raise NotAvailable("adverse_move: no price falls by 100 % or more", "adverse_move", adverse_move)
    margin = max(
        _margin(away, reached, _held(maintenance_rate, rule, taker_fee), side, kind, rule)
        for rule in _rules(formula, taker_fee)
    )
    if margin == 0:
        raise NotAvailable("adverse_move: any leverage survives it", "adverse_move", adverse_move)
    if away == 0:
        raise OutsideDomain(
            f"adverse_move: must be other than 0: at {1.0 / margin:.6g}x it would be liquidated at once",
            "adverse_move",
            adverse_move,
        )
    return 1.0 / margin


def _rules(formula: str, taker_fee: float) -> tuple[str, ...]:
    """The rules that a word stands for; a taker fee that none of them counts is refused."""
    if formula == CAUTIOUS:
        return (MARK, ENTRY, MARK_FEE) if taker_fee else (MARK, ENTRY)
    if taker_fee and formula != MARK_FEE:
        raise OutsideDomain(
            f'taker_fee: does not count by "{formula}", got {taker_fee:.15g}', "taker_fee", taker_fee
        )
    return (formula,)


def _openable(margin: float, maintenance_rate: float, taker_fee: float, name: str, value: float) -> None:
    """Refuse a position whose margin, a share of its value, is not above what must be held."""
    held = maintenance_rate + taker_fee
    if margin - held <= NOISE * margin:
        raise OutsideDomain(
            f"{name}: the initial margin {margin:.6g} is not above the maintenance margin {held:.6g}: "
            "it would be liquidated at once",
            name,
            value,
        )


def _ratio(margin: float, against: float, held: float, side: str, kind: str, rule: str) -> float:
    """Liquidation price over entry price, for a margin and the value at entry; not above 0 if there is none.

    The two come apart as their quotient would lose the digits of a margin that nearly covers the value.
    """
    s = side_sign(side)
    if kind == LINEAR:
        left = (against - s * margin) / against
        return left + s * held if rule == ENTRY else left / (1.0 - s * held)
    left = (against + s * margin) / against
    above, below = (1.0, left - s * held) if rule == ENTRY else (1.0 + s * held, left)
    return above / below if below > 0 else 0.0


def _below(margin: float, held: float, s: float, kind: str, rule: str) -> float:
    """What divides the margin that may be lost, to give the move that loses it."""
    if kind == LINEAR:
        return 1.0 if rule == ENTRY else 1.0 - s * held
    return 1.0 + s * (margin - held) if rule == ENTRY else 1.0 + s * margin


def _margin(away: float, reached: float, held: float, side: str, kind: str, rule: str) -> float:
    """Margin, as a share of the value at entry, that an adverse move to that ratio of the entry uses up."""
    if kind == LINEAR:
        return away + held if rule == ENTRY else away + held - side_sign(side) * away * held
    return away / reached + held if rule == ENTRY else (away + held) / reached


def _held(maintenance_rate: float, rule: str, taker_fee: float) -> float:
    """Share of the value that must be left at the liquidation."""
    return maintenance_rate + (taker_fee if rule == MARK_FEE else 0.0)


def _never(side: str, kind: str) -> NotAvailable:
    return NotAvailable(f"no price liquidates this {side} {kind} position: its collateral covers any move")
