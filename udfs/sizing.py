"""Sizing: how much to hedge, in whole contracts, and what that really covers."""

from decimal import Decimal
from typing import Annotated, Final

from udfs.conventions import (
    DIVISOR,
    HULL,
    LINEAR,
    Arg,
    ContractKind,
    Contracts,
    ContractSize,
    Exposure,
    Lot,
    Notional,
    Price,
    Ratio,
    Rounding,
)
from udfs.decimals import EXACT, SAME, decimal, units_in, whole
from udfs.registry import udf

CONTRACTS_SOURCE: Final = f"{HULL}, 3.4: optimal number of contracts"

Band = Annotated[
    float, Arg("ratio", "Coverage may leave the ratio by this much, on either side.", at_least=0)
]

LOTS_OF_SIZE: Final = (  # a tie goes to the smaller hedge; 1E-7 of a lot is the noise that rounding hides
    "SIGN({wanted})*ROUND(ABS({wanted})/{value}"
    '+(0.5-1E-7)*((rounding="up")-(rounding="down"))-1E-7*(rounding="nearest"),0)'
)
LOTS: Final = (
    "lots",
    LOTS_OF_SIZE.format(wanted="notional", value='(lot*contract_size*IF(kind="linear",price,1))'),
)


@udf(
    "Sizing",
    unit="quote",
    example=((15_000, 0.5), 7_500),
    source=CONTRACTS_SOURCE,
    native="exposure*ratio",
)
def hedge_notional(exposure: Exposure, ratio: Ratio = 1.0) -> float:
    """Notional of the futures hedge for an exposure: exposure times ratio.

    Positive: sell. A ratio above 1 is allowed and is an over-hedge.
    """
    return exposure * ratio


@udf(
    "Sizing",
    unit="base",
    example=((7_500, 30_000), 0.25),
    source="identity: notional = quantity x price",
    native="notional/price",
)
def hedge_quantity(notional: Notional, price: Annotated[Price, DIVISOR]) -> float:
    """Base units to sell (negative: to buy) for a hedge notional."""
    return notional / price


@udf(
    "Sizing",
    unit="contracts",
    example=((7_500, 30_000, 100, 1, "nearest", "inverse"), 75),
    source=f"{CONTRACTS_SOURCE}; lot rounding in decimal arithmetic",
    native=(LOTS, "ROUND(lot*lots,12)"),
)
def hedge_contracts(
    notional: Notional,
    price: Annotated[Price, DIVISOR],
    contract_size: ContractSize = 1.0,
    lot: Lot = 1.0,
    rounding: Rounding = "nearest",
    kind: ContractKind = LINEAR,
) -> float:
    """Contracts to sell (negative: to buy) for a hedge notional, in whole lots.

    The count of lots is exact in decimal: 0.3 in lots of 0.1 is 3 lots, not 2. "nearest" gives
    a tie to the smaller hedge, "down" never over-hedges, "up" never under-hedges.
    """
    return whole(decimal(notional), _lot_value(price, contract_size, lot, kind), lot, rounding)


@udf(
    "Sizing",
    unit="quote",
    example=((75, 30_000, 100, "inverse"), 7_500),
    source="contract value: size x price if linear, size if inverse",
    native='contracts*contract_size*IF(kind="linear",price,1)',
)
def contracts_notional(
    contracts: Contracts,
    price: Price,
    contract_size: ContractSize = 1.0,
    kind: ContractKind = LINEAR,
) -> float:
    """Notional that so many contracts really hedge; positive if they are short.

    An inverse contract is worth its size in the quote currency at any price.
    """
    return contracts * contract_size * (price if kind == LINEAR else 1.0)


@udf(
    "Sizing",
    unit="ratio",
    example=((2_400, 6_000), 0.4),
    source="identity: ratio = notional / exposure",
    native="notional/exposure",
)
def hedge_ratio(notional: Notional, exposure: Annotated[Exposure, DIVISOR]) -> float:
    """Coverage really reached: notional of the hedge over the exposure; 5 is a 500 % hedge."""
    return notional / exposure


@udf(
    "Sizing",
    unit="quote",
    example=((7_000, 0.4, 2_400), 400),
    source="rebalancing to a target ratio with a no-trade band",
    native=(
        ("change", "ROUND(exposure*ratio-current_notional,9)"),
        "IF(ROUND(ABS(change)-band*ABS(exposure),9)<=0,0,change)",
    ),
)
def hedge_adjustment(
    exposure: Exposure,
    ratio: Ratio,
    current_notional: Notional,
    band: Band = 0.0,
) -> float:
    """Notional to add (positive) or take off (negative) to bring the hedge back to its ratio.

    Nothing is to be done, 0, while the coverage is within the band on either side of the ratio.
    """
    adjustment = float(EXACT.subtract(decimal(exposure * ratio), decimal(current_notional)))
    return 0.0 if decimal(abs(adjustment)) <= decimal(band * abs(exposure)) else adjustment


@udf(
    "Sizing",
    unit="ratio",
    example=((2_400, 30_000, 1, 1, "up"), 11.5),
    source="(feasible - wanted) / wanted",
    native=(LOTS, '(lots*lot*contract_size*IF(kind="linear",price,1)-notional)/notional'),
)
def rounding_gap(
    notional: Annotated[Notional, DIVISOR],
    price: Annotated[Price, DIVISOR],
    contract_size: ContractSize = 1.0,
    lot: Lot = 1.0,
    rounding: Rounding = "nearest",
    kind: ContractKind = LINEAR,
) -> float:
    """How far the feasible hedge in whole lots is from the wanted one, relative to the wanted.

    Positive: an over-hedge, 11.5 is 12.5 times what was wanted. -1: no contract at all.
    """
    wanted, lot_value = decimal(notional), _lot_value(price, contract_size, lot, kind)
    feasible = EXACT.multiply(units_in(wanted, lot_value, rounding), lot_value)
    gap = EXACT.divide(EXACT.subtract(feasible, wanted), wanted)
    return 0.0 if gap.copy_abs() <= SAME else float(gap)


def contract_value(price: float, contract_size: float, kind: str) -> Decimal:
    """Value of one contract in the quote currency, exact."""
    size = decimal(contract_size)
    return EXACT.multiply(size, decimal(price)) if kind == LINEAR else size


def _lot_value(price: float, contract_size: float, lot: float, kind: str) -> Decimal:
    return EXACT.multiply(decimal(lot), contract_value(price, contract_size, kind))
