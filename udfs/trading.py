"""Trading: what to sell or buy now, how far the hedge may drift, how much a margin opens."""

from decimal import Decimal
from typing import Annotated, Final

from udfs.conventions import (
    DIVISOR,
    LINEAR,
    Arg,
    ContractKind,
    Contracts,
    ContractSize,
    Exposure,
    FeeRate,
    Leverage,
    Lot,
    MinimumNotional,
    MinimumQuantity,
    Notional,
    Price,
    Rounding,
    Volatility,
)
from udfs.decimals import EXACT, SAME, are_opposed, decimal, units_in, whole
from udfs.errors import OutsideDomain
from udfs.registry import udf
from udfs.sizing import LOTS_OF_SIZE, contract_value

TARGET: Final = "target"
EDGE: Final = "edge"
BAND_SOURCE: Final = (
    "Whalley and Wilmott 1997, Mathematical Finance 7; Rogers 2004; Martin and Schoeneborn 2011"
)

MoneyBand = Annotated[
    float, Arg("quote", "How far the hedge may be from the wanted notional, either way.", at_least=0)
]
Aim = Annotated[
    str,
    Arg(
        "text", "Where a trade ends: on the target, or on the near edge of the band.", choices=(TARGET, EDGE)
    ),
]
TrackingVolatility = Annotated[
    float, Arg("decimal a year", "Volatility of the holding against the hedge.", at_least=0)
]
CostRate = Annotated[
    float, Arg("decimal", "Fee and slippage of one way, as a share of what is traded.", at_least=0)
]
RiskAversion = Annotated[float, Arg("count", "Relative risk aversion; 3 is common.", above=0)]
Margin = Annotated[
    float, Arg("quote or base", "Margin to open with: quote if linear, base if inverse.", at_least=0)
]


@udf(
    "Sizing",
    unit="contracts",
    example=((2_400, 0.05, 30_000, 0, 1, 0.001), 0.03),
    source=f"{BAND_SOURCE}; Binance error -4164: an order's notional has a minimum unless it reduces only",
    native=(
        ("value", 'contract_size*IF(kind="linear",price,1)'),
        ("gap", "notional-open_contracts*value"),
        ("aimed", 'IF(aim="edge",notional-SIGN(gap)*band,notional)'),
        ("lots", LOTS_OF_SIZE.format(wanted="aimed", value="(lot*value)")),
        ("wish", "lot*lots-open_contracts"),
        ("trade", "IF(SIGN(wish)=SIGN(gap),SIGN(wish)*lot*INT(ABS(wish)/lot+1E-7),0)"),
        ("reduces", "AND(trade*open_contracts<0,ABS(trade)<=ABS(open_contracts)+1E-12)"),
        (
            "small",
            "OR(ABS(trade)<minimum_quantity-1E-12,IF(reduces,1=0,ABS(trade)*value<minimum_notional-1E-9))",
        ),
        "IF(notional=0,-open_contracts,IF(OR(ABS(gap)<=band+1E-12*ABS(notional),small),0,ROUND(trade,12)))",
    ),
)
def hedge_trade(
    notional: Notional,
    open_contracts: Contracts,
    price: Annotated[Price, DIVISOR],
    band: MoneyBand = 0.0,
    contract_size: ContractSize = 1.0,
    lot: Lot = 1.0,
    rounding: Rounding = "nearest",
    kind: ContractKind = LINEAR,
    minimum_quantity: MinimumQuantity = 0.0,
    minimum_notional: MinimumNotional = 0.0,
    aim: Aim = TARGET,
) -> float:
    """Contracts to sell (positive) or to buy (negative) now, so that the open hedge becomes the wanted one.

    Nothing while it is within the band of the wanted notional; a notional of 0 closes all, whatever the
    band, the lot and the minimums. Otherwise the trade leads to the wanted notional in whole lots
    ("target", right for a fixed cost per order) or to the near edge of the band ("edge", right for costs
    that grow with the trade), cut toward zero. A trade below a minimum is none; one that only reduces
    the position needs no minimum notional.
    """
    if notional == 0:
        return -open_contracts
    value, held, wanted = (
        contract_value(price, contract_size, kind),
        decimal(open_contracts),
        decimal(notional),
    )
    gap = EXACT.subtract(wanted, EXACT.multiply(held, value))
    width = decimal(band)
    if gap.copy_abs() <= EXACT.add(width, EXACT.multiply(SAME, wanted.copy_abs())):
        return 0.0
    aimed = EXACT.subtract(wanted, width.copy_sign(gap)) if aim == EDGE else wanted
    one_lot = decimal(lot)
    target = EXACT.multiply(units_in(aimed, EXACT.multiply(value, one_lot), rounding), one_lot)
    trade = EXACT.multiply(units_in(EXACT.subtract(target, held), one_lot, "down"), one_lot)
    if (
        not trade
        or are_opposed(trade, gap)
        or _too_small(trade, held, value, minimum_quantity, minimum_notional)
    ):
        return 0.0
    return float(trade)


def _too_small(
    trade: Decimal, held: Decimal, value: Decimal, minimum_quantity: float, minimum_notional: float
) -> bool:
    size = trade.copy_abs()
    if size < decimal(minimum_quantity):
        return True
    reduces = are_opposed(trade, held) and size <= held.copy_abs()
    return not reduces and EXACT.multiply(size, value) < decimal(minimum_notional)


@udf(
    "Sizing",
    unit="quote",
    example=((6_000, 2_400, 0.55, 0.25, 0.0005, 2), 138.86300099071332),
    source=BAND_SOURCE,
    native=(
        "(1.5*cost_rate*(notional*tracking_volatility)*(notional*tracking_volatility)*ABS(exposure)"
        "/(risk_aversion*volatility*volatility))^(1/3)"
    ),
)
def no_trade_band(
    exposure: Exposure,
    notional: Notional,
    volatility: Annotated[Volatility, DIVISOR],
    tracking_volatility: TrackingVolatility,
    cost_rate: CostRate,
    risk_aversion: Annotated[RiskAversion, DIVISOR] = 3.0,
) -> float:
    """Half the width, in the quote currency, of the band in which rebalancing costs more than it is worth.

    (3/2 x cost_rate x (notional x tracking_volatility)^2 x |exposure| / (risk_aversion x
    volatility^2))^(1/3): it balances the risk of drifting against the cost of trading at the edge, for
    a holder whose wealth is the exposure. Volatility is that of the hedge; the tracking volatility that
    of the holding against it, HEDGED_VOLATILITY(v, h, correlation, 1). A hedge in the same coin does
    not drift: its band is 0.
    """
    drift = notional * tracking_volatility
    cubed = 1.5 * cost_rate * drift * drift * abs(exposure) / (risk_aversion * volatility * volatility)
    return float(cubed ** (1.0 / 3.0))


@udf(
    "Margin and liquidation",
    unit="contracts",
    example=((480, 30_000, 5, 0.0005, 1, 0.001), 0.079),
    source="margin = value x (1 / leverage + fee)",
    native=(
        ("value", 'contract_size*IF(kind="linear",price,1/price)'),
        ("share", "1+fee_rate*leverage"),
        "IF(share>0,ROUND(lot*INT(margin*leverage/(value*lot*share)*(1+1E-12)+1E-12),12),SQRT(-1))",
    ),
)
def max_contracts(
    margin: Margin,
    price: Annotated[Price, DIVISOR],
    leverage: Leverage,
    fee_rate: FeeRate = 0.0,
    contract_size: ContractSize = 1.0,
    lot: Lot = 1.0,
    kind: ContractKind = LINEAR,
) -> float:
    """Most contracts that a margin opens at a leverage, down to whole lots.

    margin / (value of a contract x (1 / leverage + fee_rate)). The fee is that of opening; where a venue
    holds back the fee to close as well, as Bybit does, give the sum of both. Leverage tiers are not
    looked at: CONTRACT_SPEC has the venue's maximum leverage.
    """
    times = decimal(leverage)
    share = EXACT.add(Decimal(1), EXACT.multiply(decimal(fee_rate), times))
    if share <= 0:
        raise OutsideDomain("fee_rate: a rebate as large as the margin opens any size", "fee_rate", fee_rate)
    needed = EXACT.multiply(EXACT.multiply(decimal(contract_size), decimal(lot)), share)
    paid = EXACT.multiply(decimal(margin), times)
    if kind == LINEAR:
        needed = EXACT.multiply(needed, decimal(price))
    else:
        paid = EXACT.multiply(paid, decimal(price))
    return whole(paid, needed, lot, "down")
