"""A contract's facts and leverage tiers as ccxt gives them, in our units.

Ours: a linear contract's size is in base units, an inverse one's in quote units; lot and smallest
order are in contracts; fees are shares of the notional; tiers are bounded by notionals in quote.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

from udfs.conventions import LINEAR
from udfs.dates import serial
from udfs.venues import Contract, Tier
from workbook.live.client import Client, number
from workbook.live.desks import Desk, Market, kind
from workbook.live.funding import Funding

PERCENT: Final = 100.0
VALUED: Final = "bounds valued at"


def contract(desk: Desk, market: Market, funding: Funding, as_of: dt.date, source: str) -> Contract:
    """The facts of one contract; None is a fact that the venue does not publish."""
    info, limits, precision = market["info"], market["limits"], market["precision"]
    linear = kind(market) == LINEAR
    published = market["contractSize"]
    size = desk.own_size.get(kind(market), published)
    maker, taker, remark = _fees(desk, market)
    stated = [leverage for field in desk.leverages if (leverage := number(info.get(field)))]
    notes = [] if remark is None else [remark]
    if size != published:
        unit = "base units" if linear else market["quote"]
        notes.insert(
            0, f"Orders are in {unit}: a contract is {size:g}, not the {published or 0:g} published."
        )
    return Contract(
        venue=desk.venue,
        symbol=market["symbol"],
        kind=kind(market),
        contract_size=size,
        size_unit=market["base"] if linear else market["quote"],
        lot=precision["amount"],
        tick=precision["price"],
        minimum_quantity=limits["amount"]["min"],
        minimum_notional=limits["cost"]["min"],
        maker_fee=maker,
        taker_fee=taker,
        funding_interval_hours=funding.interval_hours,
        maximum_leverage=limits["leverage"]["max"] or min(stated, default=None),
        as_of=serial(as_of),
        source=source,
        note=" ".join([*notes, *funding.remarks]) or None,
    )


def tiers(
    desk: Desk, client: Client, market: Market, price: float | None, as_of: dt.date, source: str
) -> list[Tier]:
    """The public leverage tiers; none where the venue shows them to account holders alone.

    Bounds in contracts or in the base asset become notionals at the present mark price.
    """
    if desk.ladder == "bybit":
        unit = 1.0 if market["linear"] else price
        steps = _bybit(client.ask("fetch_market_leverage_tiers", market["symbol"]))
    elif desk.ladder == "mexc":
        by_value = market["info"].get("riskLimitType") == "BY_VALUE"
        unit = 1.0 if by_value else market["contractSize"] * price if price and market["linear"] else None
        steps = _mexc(market)
    else:
        return []
    if unit is None:
        return []
    if unit != 1.0:
        source += f"; {VALUED} a mark price of {price:.12g}"
    found, low = [], 0.0
    for bound, rate, amount, leverage in steps:
        high = _clean(bound * unit)
        row = (low, high, _clean(rate), _clean(amount * unit), _clean(leverage), serial(as_of), source)
        found.append(Tier(desk.venue, market["symbol"], *row))
        low = high
    return found


Step = tuple[float, float, float, float]  # upper bound, maintenance rate, maintenance amount, leverage


def _bybit(ladder: Sequence[Market]) -> Iterator[Step]:
    """Bybit's rates are percent on its page and decimals from its servers; inverse bounds are in the base.

    Initial margin times leverage is 1, or 100 %: that tells which. A deduction left empty is none.
    """
    for tier in ladder:
        info = tier["info"]
        leverage = float(info["maxLeverage"])
        scale = PERCENT if float(info["initialMargin"]) * leverage > PERCENT / 2 else 1.0
        amount = number(info.get("mmDeduction")) or 0.0
        yield tier["maxNotional"], tier["maintenanceMarginRate"] / scale, amount, leverage


def _mexc(market: Market) -> Iterator[Step]:
    """MEXC's bounds are in contracts, and its rate holds for the whole position: no amount comes off.

    ccxt takes contracts for notionals and passes by the first tier's own width.
    """
    info = market["info"]
    if info.get("riskLimitCustom"):
        for tier in info["riskLimitCustom"]:
            yield tier["maxVol"], tier["mmr"], 0.0, tier["maxLeverage"]
        return
    for level in range(int(info.get("riskLevelLimit") or 0)):
        bound = info["riskBaseVol"] + level * info["riskIncrVol"]
        initial = info["initialMarginRate"] + level * info["riskIncrImr"]
        yield bound, info["maintenanceMarginRate"] + level * info["riskIncrMmr"], 0.0, 1 / initial


def _clean(value: float) -> float:
    """A product without the dust of binary arithmetic."""
    return float(f"{value:.12g}")


def _fees(desk: Desk, market: Market) -> tuple[float | None, float | None, str | None]:
    """Maker and taker as the answer states them, or else as ccxt declares them, with a remark."""
    if desk.fees:
        maker, taker = (number(market["info"].get(field)) for field in desk.fees)
        if maker is not None and taker is not None:
            return maker, taker, None
    if not desk.declared_fees:
        return None, None, None
    return (
        market["maker"],
        market["taker"],
        "Fees are those ccxt declares: the venue states none without a key.",
    )
