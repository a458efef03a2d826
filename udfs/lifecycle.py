"""Orders and life cycle: at which price to enter and to give up, and what an open hedge needs today."""

from typing import Annotated

from udfs.conventions import BPS_PER_UNIT, DIVISOR, SHORT, Arg, Bps, DateTime, Price, Quantity, Side, Tick
from udfs.decimals import EXACT, decimal, whole
from udfs.errors import NotAvailable, WrongType
from udfs.native import SIDE_SIGN, WRONG
from udfs.registry import udf

MaxLoss = Annotated[float, Arg("quote", "Loss of the hedge alone at which to give it up.", at_least=0)]
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

    #N/A when a long hedge cannot lose that much.
    """
    price = entry_price + max_loss / quantity
    if price <= 0:
        raise NotAvailable("max_loss: this hedge cannot lose that much", "max_loss", max_loss)
    return price


@udf(
    "Orders and life cycle",
    unit="text",
    example=((46_023, 46_030, 46_028), "roll"),
    source="the life cycle of a hedge: stop, expiry, roll, review, the first that applies",
    native=(
        ("stopped", 'IF(side="short",mark_price>=stop_price,mark_price<=stop_price)'),
        (
            "due",
            'IF(AND(expiry<>"",today>=expiry),"expired",IF(AND(expiry<>"",today>=expiry-roll_days),"roll",""))',
        ),
        (
            f'IF((mark_price="")<>(stop_price=""),{WRONG},IF(AND(mark_price<>"",stopped),"stop",'
            'IF(due<>"",due,IF(today>=review_date,"review","hold"))))'
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
) -> str:
    """What an open hedge needs today: "stop", "expired", "roll", "review" or "hold".

    The first that applies. Stop: the mark of a short hedge is at or above its stop price, that of a
    long one at or below. Roll: the expiry is at most roll_days away. Review: the review date has
    come. Without an expiry, as for a perpetual, there is nothing to roll; without mark and stop
    there is no stop. The side, which no other argument tells, matters to the stop alone; left out,
    the hedge is short, as STOP_PRICE gives the stop of a positive quantity.
    """
    if (mark_price is None) != (stop_price is None):
        name, other = ("mark_price", "stop_price") if mark_price is None else ("stop_price", "mark_price")
        raise WrongType(f"{name}: is blank, and a stop needs it beside {other}", name)
    if mark_price is not None and stop_price is not None:
        stopped = mark_price >= stop_price if side == SHORT else mark_price <= stop_price
        if stopped:
            return "stop"
    if expiry is not None and today >= expiry:
        return "expired"
    if expiry is not None and today >= expiry - roll_days:
        return "roll"
    return "review" if today >= review_date else "hold"
