"""Orders and life cycle: at which price to enter and to give up, and what an open hedge needs today."""

import math
from typing import Annotated

from udfs.conventions import (
    BPS_PER_UNIT,
    DIVISOR,
    SHORT,
    Arg,
    Bps,
    DateTime,
    Price,
    Quantity,
    Side,
    Tick,
    side_sign,
)
from udfs.decimals import EXACT, decimal, whole
from udfs.errors import NotAvailable, WrongType
from udfs.native import SIDE_SIGN, WRONG
from udfs.registry import udf

MaxLoss = Annotated[float, Arg("quote", "Loss of the hedge alone at which to give it up.", at_least=0)]
Near = Annotated[
    float,
    Arg(
        "decimal",
        "Distance to the liquidation, as a share of the mark, that is too near.",
        at_least=0,
        below=1,
    ),
]
Adjustment = Annotated[float, Arg("contracts or quote", "What is to be traded; 0 is nothing.")]
RollDays = Annotated[float, Arg("days", "Days before expiry on which to roll.", at_least=0)]


@udf(
    "Orders and life cycle",
    unit="quote per base",
    example=((30_000, 2, 0.1), 30_006),
    source="a resting order on the passive side of the book, on the venue's tick",
    native=(
        SIDE_SIGN,
        ("price", "tick*ROUND(reference_price*(10000-sign*offset_bps)/10000/tick-sign*(0.5-1E-7),0)"),
        "IF(price>0,ROUND(price,12),NA())",
    ),
)
def limit_price(
    reference_price: Price, offset_bps: Bps = 0.0, tick: Tick = 0.01, side: Side = SHORT
) -> float:
    """Price of a resting order that far from the reference on the passive side, on the tick.

    A short sells above the reference, rounded up; a long buys below it, rounded down: always away
    from the market. #N/A when a purchase would fall to zero or below.
    """
    offset = EXACT.divide(decimal(offset_bps if side == SHORT else -offset_bps), decimal(BPS_PER_UNIT))
    wanted = EXACT.multiply(decimal(reference_price), EXACT.add(decimal(1.0), offset))
    price = whole(wanted, decimal(tick), tick, "ceiling" if side == SHORT else "floor")
    if price <= 0:
        raise NotAvailable("offset_bps: no price that far below the reference is on the tick", "offset_bps")
    return price


@udf(
    "Orders and life cycle",
    unit="quote per base",
    example=((30_000, 0.08, 120), 31_500),
    source="linear P&L: quantity x (entry - stop) = -max_loss",
    native=(("price", "entry_price+max_loss/quantity"), "IF(price>0,price,NA())"),
)
def stop_price(entry_price: Price, quantity: Annotated[Quantity, DIVISOR], max_loss: MaxLoss) -> float:
    """Price at which the hedge has lost max_loss: above the entry if it is short, below if long.

    #N/A when a long hedge can't lose that much.
    """
    price = entry_price + max_loss / quantity
    if price <= 0:
        raise NotAvailable("max_loss: this hedge can't lose that much", "max_loss", max_loss)
    return price


@udf(
    "Orders and life cycle",
    unit="text",
    example=((46_023, 46_030, 46_028), "roll"),
    source="the life cycle of a hedge: the first state that applies",
    native=(
        ("facing", 'IF(side="short",1,-1)'),
        ("watched", 'IF(liquidation_price="",target_price<>"",1=1)'),
        ("half_stop", '(mark_price="")<>(stop_price="")'),
        ("extreme", 'IF(worst_price="",mark_price,worst_price)'),
        (
            "lost",
            (
                'IF(liquidation_price="",1=0,OR(facing*extreme>=facing*liquidation_price,'
                "facing*mark_price>=facing*liquidation_price))"
            ),
        ),
        (
            "near",
            'IF(liquidation_price="",1=0,ABS(liquidation_price-mark_price)<near_liquidation*mark_price)',
        ),
        ("stopped", 'IF(stop_price="",1=0,facing*mark_price>=facing*stop_price)'),
        (
            "dated",
            'IF(expiry="","",IF(today>=expiry,"expired",IF(today>=expiry-roll_days,"roll","")))',
        ),
        ("reached", 'IF(target_price="",1=0,facing*mark_price<=facing*target_price)'),
        ("due", 'IF(event_date="",today>=review_date,OR(today>=review_date,today>event_date))'),
        ("later", 'IF(reached,"target reached",IF(due,"review",IF(adjustment<>0,"adjust","hold")))'),
        ("priced", 'IF(lost,"liquidated",IF(near,"near liquidation",IF(stopped,"stop","")))'),
        (
            "refused",
            'IF(watched,AND(worst_price<>"",liquidation_price=""),OR(half_stop,worst_price<>""))',
        ),
        (
            f'IF(closed<>"","closed",IF(refused,{WRONG},IF(AND(watched,mark_price=""),"unknown",'
            'IF(priced<>"",priced,IF(dated<>"",dated,later)))))'
        ),
    ),
)
def hedge_status(
    today: DateTime,
    review_date: DateTime,
    expiry: DateTime | None = None,
    roll_days: RollDays = 7.0,
    mark_price: Price | None = None,
    stop_price: Price | None = None,
    side: Side = SHORT,
    closed: DateTime | None = None,
    liquidation_price: Price | None = None,
    worst_price: Price | None = None,
    near_liquidation: Near = 0.05,
    target_price: Price | None = None,
    event_date: DateTime | None = None,
    adjustment: Adjustment = 0.0,
) -> str:
    """What a hedge needs today, the first state that applies; "hold" if it needs nothing.

    * "closed": it has a closing date; nothing else is looked at.
    * "unknown": a liquidation or target price is given, and no mark to hold it against.
    * "liquidated": the mark, or the worst mark known since the opening, is at or beyond the liquidation
      price. The loss is the margin, and the holding is unhedged from there.
    * "near liquidation": the mark is nearer to it than near_liquidation, a share of the mark.
    * "stop": the mark of a short hedge is at or above its stop price, that of a long one at or below.
    * "expired", "roll": the expiry has come, or is at most roll_days away; a perpetual has none.
    * "target reached": the mark of a short hedge is at or below the target price, at which the hedge is
      no longer wanted; that of a long one at or above.
    * "review": the review date has come, or the event that was hedged is past.
    * "adjust": there is something to trade, as HEDGE_TRADE or HEDGE_ADJUSTMENT says.

    The side, which no other argument tells, matters to prices alone; left out, the hedge is short. A
    stop without a mark, a mark without any price to watch, and a worst price without a liquidation
    price are refused: nobody would be watching.
    """
    if closed is not None:
        return "closed"
    watched = liquidation_price is not None or target_price is not None
    _watching(mark_price, stop_price, liquidation_price, worst_price, watched=watched)
    if watched and mark_price is None:
        return "unknown"
    facing, left = -side_sign(side), math.inf if expiry is None else expiry - today
    near = _is_near(mark_price, liquidation_price, near_liquidation)
    states = (
        ("liquidated", _is_beyond(worst_price, liquidation_price, facing)),
        ("liquidated", _is_beyond(mark_price, liquidation_price, facing)),
        ("near liquidation", near),
        ("stop", _is_beyond(mark_price, stop_price, facing)),
        ("expired", left <= 0),
        ("roll", left <= roll_days),
        ("target reached", _is_beyond(mark_price, target_price, -facing)),
        ("review", today >= review_date or (event_date is not None and today > event_date)),
        ("adjust", adjustment != 0),
    )
    return next((word for word, holds in states if holds), "hold")


def _watching(
    mark_price: float | None,
    stop_price: float | None,
    liquidation_price: float | None,
    worst_price: float | None,
    *,
    watched: bool,
) -> None:
    """Refuse prices that nothing would be held against."""
    if not watched and (mark_price is None) != (stop_price is None):
        name, other = ("mark_price", "stop_price") if mark_price is None else ("stop_price", "mark_price")
        raise WrongType(f"{name}: is blank, and a stop needs it beside {other}", name)
    if worst_price is not None and liquidation_price is None:
        raise WrongType("liquidation_price: is blank, and worst_price needs it", "liquidation_price")


def _is_beyond(price: float | None, limit: float | None, facing: float) -> bool:
    return price is not None and limit is not None and facing * price >= facing * limit


def _is_near(price: float | None, limit: float | None, share: float) -> bool:
    return price is not None and limit is not None and abs(limit - price) < share * price
