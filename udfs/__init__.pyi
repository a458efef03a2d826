"""What the functions take and give, by kind of object. Written by `make docs`."""
# mypy: disable-error-code="overload-overlap, overload-cannot-match"

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, overload

import numpy as np
import numpy.typing as npt
import pandas as pd

from udfs.errors import BadArgument as BadArgument
from udfs.errors import DividesByZero as DividesByZero
from udfs.errors import HedgeError as HedgeError
from udfs.errors import NotAvailable as NotAvailable
from udfs.errors import OutsideDomain as OutsideDomain
from udfs.errors import PassedError as PassedError
from udfs.errors import RefusedCells as RefusedCells
from udfs.errors import WrongType as WrongType
from udfs.parameters import Parameter as Parameter
from udfs.registry import Example as Example
from udfs.registry import REGISTRY as REGISTRY
from udfs.registry import Spec as Spec
from udfs.registry import udf as udf


_Number = float | Decimal | Fraction | np.integer[Any] | np.floating[Any] | dt.date | np.datetime64
_Errors = Literal["raise", "coerce"]
_Array = npt.NDArray[Any]
_Listed = list[Any] | tuple[Any, ...]
_Labelled = pd.Series[Any] | pd.Index[Any]
_Cells = Sequence[Any] | _Array | pd.Series[Any] | pd.Index[Any]

__all__: list[str]

@overload
def hedge_notional(
    exposure: _Number,
    ratio: _Number = 1.0,
    *,
    errors: _Errors = ...,
) -> float:
    """Notional of the futures hedge for an exposure: exposure times ratio.

    Positive: sell. A ratio above 1 is allowed and is an over-hedge."""
@overload
def hedge_notional(
    exposure: _Number | _Listed,
    ratio: _Number | _Listed = 1.0,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def hedge_notional(
    exposure: _Number | _Labelled,
    ratio: _Number | _Labelled = 1.0,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def hedge_notional(
    exposure: _Number | _Labelled | pd.DataFrame,
    ratio: _Number | _Labelled | pd.DataFrame = 1.0,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def hedge_notional(
    exposure: _Number | _Listed | _Array,
    ratio: _Number | _Listed | _Array = 1.0,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def hedge_quantity(
    notional: _Number,
    price: _Number,
    *,
    errors: _Errors = ...,
) -> float:
    """Base units to sell (negative: to buy) for a hedge notional."""
@overload
def hedge_quantity(
    notional: _Number | _Listed,
    price: _Number | _Listed,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def hedge_quantity(
    notional: _Number | _Labelled,
    price: _Number | _Labelled,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def hedge_quantity(
    notional: _Number | _Labelled | pd.DataFrame,
    price: _Number | _Labelled | pd.DataFrame,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def hedge_quantity(
    notional: _Number | _Listed | _Array,
    price: _Number | _Listed | _Array,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def hedge_contracts(
    notional: _Number,
    price: _Number,
    contract_size: _Number = 1.0,
    lot: _Number = 1.0,
    rounding: str = 'nearest',
    kind: str = 'linear',
    *,
    errors: _Errors = ...,
) -> float:
    """Contracts to sell (negative: to buy) for a hedge notional, in whole lots.

    The count of lots is exact in decimal: 0.3 in lots of 0.1 is 3 lots, not 2. "nearest" gives
    a tie to the smaller hedge, "down" never over-hedges, "up" never under-hedges."""
@overload
def hedge_contracts(
    notional: _Number | _Listed,
    price: _Number | _Listed,
    contract_size: _Number | _Listed = 1.0,
    lot: _Number | _Listed = 1.0,
    rounding: str | _Listed = 'nearest',
    kind: str | _Listed = 'linear',
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def hedge_contracts(
    notional: _Number | _Labelled,
    price: _Number | _Labelled,
    contract_size: _Number | _Labelled = 1.0,
    lot: _Number | _Labelled = 1.0,
    rounding: str | _Labelled = 'nearest',
    kind: str | _Labelled = 'linear',
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def hedge_contracts(
    notional: _Number | _Labelled | pd.DataFrame,
    price: _Number | _Labelled | pd.DataFrame,
    contract_size: _Number | _Labelled | pd.DataFrame = 1.0,
    lot: _Number | _Labelled | pd.DataFrame = 1.0,
    rounding: str | _Labelled | pd.DataFrame = 'nearest',
    kind: str | _Labelled | pd.DataFrame = 'linear',
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def hedge_contracts(
    notional: _Number | _Listed | _Array,
    price: _Number | _Listed | _Array,
    contract_size: _Number | _Listed | _Array = 1.0,
    lot: _Number | _Listed | _Array = 1.0,
    rounding: str | _Listed | _Array = 'nearest',
    kind: str | _Listed | _Array = 'linear',
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def contracts_notional(
    contracts: _Number,
    price: _Number,
    contract_size: _Number = 1.0,
    kind: str = 'linear',
    *,
    errors: _Errors = ...,
) -> float:
    """Notional that so many contracts really hedge; positive if they are short.

    An inverse contract is worth its size in the quote currency at any price."""
@overload
def contracts_notional(
    contracts: _Number | _Listed,
    price: _Number | _Listed,
    contract_size: _Number | _Listed = 1.0,
    kind: str | _Listed = 'linear',
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def contracts_notional(
    contracts: _Number | _Labelled,
    price: _Number | _Labelled,
    contract_size: _Number | _Labelled = 1.0,
    kind: str | _Labelled = 'linear',
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def contracts_notional(
    contracts: _Number | _Labelled | pd.DataFrame,
    price: _Number | _Labelled | pd.DataFrame,
    contract_size: _Number | _Labelled | pd.DataFrame = 1.0,
    kind: str | _Labelled | pd.DataFrame = 'linear',
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def contracts_notional(
    contracts: _Number | _Listed | _Array,
    price: _Number | _Listed | _Array,
    contract_size: _Number | _Listed | _Array = 1.0,
    kind: str | _Listed | _Array = 'linear',
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def hedge_ratio(
    notional: _Number,
    exposure: _Number,
    *,
    errors: _Errors = ...,
) -> float:
    """Coverage really reached: notional of the hedge over the exposure; 5 is a 500 % hedge."""
@overload
def hedge_ratio(
    notional: _Number | _Listed,
    exposure: _Number | _Listed,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def hedge_ratio(
    notional: _Number | _Labelled,
    exposure: _Number | _Labelled,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def hedge_ratio(
    notional: _Number | _Labelled | pd.DataFrame,
    exposure: _Number | _Labelled | pd.DataFrame,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def hedge_ratio(
    notional: _Number | _Listed | _Array,
    exposure: _Number | _Listed | _Array,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def hedge_adjustment(
    exposure: _Number,
    ratio: _Number,
    current_notional: _Number,
    band: _Number = 0.0,
    *,
    errors: _Errors = ...,
) -> float:
    """Notional to add (positive) or take off (negative) to bring the hedge back to its ratio.

    Nothing is to be done, 0, while the coverage is within the band on either side of the ratio."""
@overload
def hedge_adjustment(
    exposure: _Number | _Listed,
    ratio: _Number | _Listed,
    current_notional: _Number | _Listed,
    band: _Number | _Listed = 0.0,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def hedge_adjustment(
    exposure: _Number | _Labelled,
    ratio: _Number | _Labelled,
    current_notional: _Number | _Labelled,
    band: _Number | _Labelled = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def hedge_adjustment(
    exposure: _Number | _Labelled | pd.DataFrame,
    ratio: _Number | _Labelled | pd.DataFrame,
    current_notional: _Number | _Labelled | pd.DataFrame,
    band: _Number | _Labelled | pd.DataFrame = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def hedge_adjustment(
    exposure: _Number | _Listed | _Array,
    ratio: _Number | _Listed | _Array,
    current_notional: _Number | _Listed | _Array,
    band: _Number | _Listed | _Array = 0.0,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def rounding_gap(
    notional: _Number,
    price: _Number,
    contract_size: _Number = 1.0,
    lot: _Number = 1.0,
    rounding: str = 'nearest',
    kind: str = 'linear',
    *,
    errors: _Errors = ...,
) -> float:
    """How far the feasible hedge in whole lots is from the wanted one, relative to the wanted.

    Positive: an over-hedge, 11.5 is 12.5 times what was wanted. -1: no contract at all."""
@overload
def rounding_gap(
    notional: _Number | _Listed,
    price: _Number | _Listed,
    contract_size: _Number | _Listed = 1.0,
    lot: _Number | _Listed = 1.0,
    rounding: str | _Listed = 'nearest',
    kind: str | _Listed = 'linear',
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def rounding_gap(
    notional: _Number | _Labelled,
    price: _Number | _Labelled,
    contract_size: _Number | _Labelled = 1.0,
    lot: _Number | _Labelled = 1.0,
    rounding: str | _Labelled = 'nearest',
    kind: str | _Labelled = 'linear',
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def rounding_gap(
    notional: _Number | _Labelled | pd.DataFrame,
    price: _Number | _Labelled | pd.DataFrame,
    contract_size: _Number | _Labelled | pd.DataFrame = 1.0,
    lot: _Number | _Labelled | pd.DataFrame = 1.0,
    rounding: str | _Labelled | pd.DataFrame = 'nearest',
    kind: str | _Labelled | pd.DataFrame = 'linear',
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def rounding_gap(
    notional: _Number | _Listed | _Array,
    price: _Number | _Listed | _Array,
    contract_size: _Number | _Listed | _Array = 1.0,
    lot: _Number | _Listed | _Array = 1.0,
    rounding: str | _Listed | _Array = 'nearest',
    kind: str | _Listed | _Array = 'linear',
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def hedge_trade(
    notional: _Number,
    open_contracts: _Number,
    price: _Number,
    band: _Number = 0.0,
    contract_size: _Number = 1.0,
    lot: _Number = 1.0,
    rounding: str = 'nearest',
    kind: str = 'linear',
    minimum_quantity: _Number = 0.0,
    minimum_notional: _Number = 0.0,
    aim: str = 'target',
    *,
    errors: _Errors = ...,
) -> float:
    """Contracts to sell (positive) or to buy (negative) now, so that the open hedge becomes the wanted one.

    Nothing while it is within the band of the wanted notional; a notional of 0 closes all, whatever the
    band, the lot and the minimums. Otherwise the trade leads to the wanted notional in whole lots
    ("target", right for a fixed cost per order) or to the near edge of the band ("edge", right for costs
    that grow with the trade), cut toward zero. A trade below a minimum is none; one that only reduces
    the position needs no minimum notional."""
@overload
def hedge_trade(
    notional: _Number | _Listed,
    open_contracts: _Number | _Listed,
    price: _Number | _Listed,
    band: _Number | _Listed = 0.0,
    contract_size: _Number | _Listed = 1.0,
    lot: _Number | _Listed = 1.0,
    rounding: str | _Listed = 'nearest',
    kind: str | _Listed = 'linear',
    minimum_quantity: _Number | _Listed = 0.0,
    minimum_notional: _Number | _Listed = 0.0,
    aim: str | _Listed = 'target',
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def hedge_trade(
    notional: _Number | _Labelled,
    open_contracts: _Number | _Labelled,
    price: _Number | _Labelled,
    band: _Number | _Labelled = 0.0,
    contract_size: _Number | _Labelled = 1.0,
    lot: _Number | _Labelled = 1.0,
    rounding: str | _Labelled = 'nearest',
    kind: str | _Labelled = 'linear',
    minimum_quantity: _Number | _Labelled = 0.0,
    minimum_notional: _Number | _Labelled = 0.0,
    aim: str | _Labelled = 'target',
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def hedge_trade(
    notional: _Number | _Labelled | pd.DataFrame,
    open_contracts: _Number | _Labelled | pd.DataFrame,
    price: _Number | _Labelled | pd.DataFrame,
    band: _Number | _Labelled | pd.DataFrame = 0.0,
    contract_size: _Number | _Labelled | pd.DataFrame = 1.0,
    lot: _Number | _Labelled | pd.DataFrame = 1.0,
    rounding: str | _Labelled | pd.DataFrame = 'nearest',
    kind: str | _Labelled | pd.DataFrame = 'linear',
    minimum_quantity: _Number | _Labelled | pd.DataFrame = 0.0,
    minimum_notional: _Number | _Labelled | pd.DataFrame = 0.0,
    aim: str | _Labelled | pd.DataFrame = 'target',
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def hedge_trade(
    notional: _Number | _Listed | _Array,
    open_contracts: _Number | _Listed | _Array,
    price: _Number | _Listed | _Array,
    band: _Number | _Listed | _Array = 0.0,
    contract_size: _Number | _Listed | _Array = 1.0,
    lot: _Number | _Listed | _Array = 1.0,
    rounding: str | _Listed | _Array = 'nearest',
    kind: str | _Listed | _Array = 'linear',
    minimum_quantity: _Number | _Listed | _Array = 0.0,
    minimum_notional: _Number | _Listed | _Array = 0.0,
    aim: str | _Listed | _Array = 'target',
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def no_trade_band(
    exposure: _Number,
    notional: _Number,
    volatility: _Number,
    tracking_volatility: _Number,
    cost_rate: _Number,
    risk_aversion: _Number = 3.0,
    *,
    errors: _Errors = ...,
) -> float:
    """Half the width, in the quote currency, of the band in which rebalancing costs more than it is worth.

    (3/2 x cost_rate x (notional x tracking_volatility)^2 x |exposure| / (risk_aversion x
    volatility^2))^(1/3): it balances the risk of drifting against the cost of trading at the edge, for
    a holder whose wealth is the exposure. Volatility is that of the hedge; the tracking volatility that
    of the holding against it, HEDGED_VOLATILITY(v, h, correlation, 1). A hedge in the same coin does
    not drift: its band is 0."""
@overload
def no_trade_band(
    exposure: _Number | _Listed,
    notional: _Number | _Listed,
    volatility: _Number | _Listed,
    tracking_volatility: _Number | _Listed,
    cost_rate: _Number | _Listed,
    risk_aversion: _Number | _Listed = 3.0,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def no_trade_band(
    exposure: _Number | _Labelled,
    notional: _Number | _Labelled,
    volatility: _Number | _Labelled,
    tracking_volatility: _Number | _Labelled,
    cost_rate: _Number | _Labelled,
    risk_aversion: _Number | _Labelled = 3.0,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def no_trade_band(
    exposure: _Number | _Labelled | pd.DataFrame,
    notional: _Number | _Labelled | pd.DataFrame,
    volatility: _Number | _Labelled | pd.DataFrame,
    tracking_volatility: _Number | _Labelled | pd.DataFrame,
    cost_rate: _Number | _Labelled | pd.DataFrame,
    risk_aversion: _Number | _Labelled | pd.DataFrame = 3.0,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def no_trade_band(
    exposure: _Number | _Listed | _Array,
    notional: _Number | _Listed | _Array,
    volatility: _Number | _Listed | _Array,
    tracking_volatility: _Number | _Listed | _Array,
    cost_rate: _Number | _Listed | _Array,
    risk_aversion: _Number | _Listed | _Array = 3.0,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def hedge_margin(
    notional: _Number,
    leverage: _Number,
    *,
    errors: _Errors = ...,
) -> float:
    """Initial margin of a hedge: the absolute notional over the leverage."""
@overload
def hedge_margin(
    notional: _Number | _Listed,
    leverage: _Number | _Listed,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def hedge_margin(
    notional: _Number | _Labelled,
    leverage: _Number | _Labelled,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def hedge_margin(
    notional: _Number | _Labelled | pd.DataFrame,
    leverage: _Number | _Labelled | pd.DataFrame,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def hedge_margin(
    notional: _Number | _Listed | _Array,
    leverage: _Number | _Listed | _Array,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def maintenance_margin(
    notional: _Number,
    maintenance_rate: _Number,
    maintenance_amount: _Number = 0.0,
    *,
    errors: _Errors = ...,
) -> float:
    """Margin below which the position is liquidated: |notional| x rate - amount, never below 0.

    Rate and amount belong to the leverage tier that the notional falls in."""
@overload
def maintenance_margin(
    notional: _Number | _Listed,
    maintenance_rate: _Number | _Listed,
    maintenance_amount: _Number | _Listed = 0.0,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def maintenance_margin(
    notional: _Number | _Labelled,
    maintenance_rate: _Number | _Labelled,
    maintenance_amount: _Number | _Labelled = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def maintenance_margin(
    notional: _Number | _Labelled | pd.DataFrame,
    maintenance_rate: _Number | _Labelled | pd.DataFrame,
    maintenance_amount: _Number | _Labelled | pd.DataFrame = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def maintenance_margin(
    notional: _Number | _Listed | _Array,
    maintenance_rate: _Number | _Listed | _Array,
    maintenance_amount: _Number | _Listed | _Array = 0.0,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def liquidation_price(
    entry_price: _Number,
    leverage: _Number,
    maintenance_rate: _Number = 0.005,
    side: str = 'short',
    kind: str = 'linear',
    formula: str = 'mark',
    taker_fee: _Number = 0.0,
    quantity: _Number = 1.0,
    collateral: _Number | None = None,
    maintenance_amount: _Number = 0.0,
    *,
    errors: _Errors = ...,
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
    would not open it. #N/A where no positive price liquidates, as for a short inverse hedge at 1x by mark."""
@overload
def liquidation_price(
    entry_price: _Number | _Listed,
    leverage: _Number | _Listed,
    maintenance_rate: _Number | _Listed = 0.005,
    side: str | _Listed = 'short',
    kind: str | _Listed = 'linear',
    formula: str | _Listed = 'mark',
    taker_fee: _Number | _Listed = 0.0,
    quantity: _Number | _Listed = 1.0,
    collateral: _Number | _Listed | None = None,
    maintenance_amount: _Number | _Listed = 0.0,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def liquidation_price(
    entry_price: _Number | _Labelled,
    leverage: _Number | _Labelled,
    maintenance_rate: _Number | _Labelled = 0.005,
    side: str | _Labelled = 'short',
    kind: str | _Labelled = 'linear',
    formula: str | _Labelled = 'mark',
    taker_fee: _Number | _Labelled = 0.0,
    quantity: _Number | _Labelled = 1.0,
    collateral: _Number | _Labelled | None = None,
    maintenance_amount: _Number | _Labelled = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def liquidation_price(
    entry_price: _Number | _Labelled | pd.DataFrame,
    leverage: _Number | _Labelled | pd.DataFrame,
    maintenance_rate: _Number | _Labelled | pd.DataFrame = 0.005,
    side: str | _Labelled | pd.DataFrame = 'short',
    kind: str | _Labelled | pd.DataFrame = 'linear',
    formula: str | _Labelled | pd.DataFrame = 'mark',
    taker_fee: _Number | _Labelled | pd.DataFrame = 0.0,
    quantity: _Number | _Labelled | pd.DataFrame = 1.0,
    collateral: _Number | _Labelled | pd.DataFrame | None = None,
    maintenance_amount: _Number | _Labelled | pd.DataFrame = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def liquidation_price(
    entry_price: _Number | _Listed | _Array,
    leverage: _Number | _Listed | _Array,
    maintenance_rate: _Number | _Listed | _Array = 0.005,
    side: str | _Listed | _Array = 'short',
    kind: str | _Listed | _Array = 'linear',
    formula: str | _Listed | _Array = 'mark',
    taker_fee: _Number | _Listed | _Array = 0.0,
    quantity: _Number | _Listed | _Array = 1.0,
    collateral: _Number | _Listed | _Array | None = None,
    maintenance_amount: _Number | _Listed | _Array = 0.0,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def liquidation_move(
    leverage: _Number,
    maintenance_rate: _Number = 0.005,
    side: str = 'short',
    kind: str = 'linear',
    formula: str = 'mark',
    taker_fee: _Number = 0.0,
    *,
    errors: _Errors = ...,
) -> float:
    """Move of the price that liquidates: up (positive) for a short hedge, down for a long one.

    LIQUIDATION_PRICE over the entry price, less 1, without the loss of digits; it does not depend on
    the entry price. With m = 1/leverage, r the rate held and s = +1 long, -1 short it is s (r - m), over
    1 - s r (linear, mark), 1 (linear, entry), 1 + s m (inverse, mark) or 1 + s (m - r) (inverse, entry).
    #NUM! where m is not above r, #N/A where no move liquidates."""
@overload
def liquidation_move(
    leverage: _Number | _Listed,
    maintenance_rate: _Number | _Listed = 0.005,
    side: str | _Listed = 'short',
    kind: str | _Listed = 'linear',
    formula: str | _Listed = 'mark',
    taker_fee: _Number | _Listed = 0.0,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def liquidation_move(
    leverage: _Number | _Labelled,
    maintenance_rate: _Number | _Labelled = 0.005,
    side: str | _Labelled = 'short',
    kind: str | _Labelled = 'linear',
    formula: str | _Labelled = 'mark',
    taker_fee: _Number | _Labelled = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def liquidation_move(
    leverage: _Number | _Labelled | pd.DataFrame,
    maintenance_rate: _Number | _Labelled | pd.DataFrame = 0.005,
    side: str | _Labelled | pd.DataFrame = 'short',
    kind: str | _Labelled | pd.DataFrame = 'linear',
    formula: str | _Labelled | pd.DataFrame = 'mark',
    taker_fee: _Number | _Labelled | pd.DataFrame = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def liquidation_move(
    leverage: _Number | _Listed | _Array,
    maintenance_rate: _Number | _Listed | _Array = 0.005,
    side: str | _Listed | _Array = 'short',
    kind: str | _Listed | _Array = 'linear',
    formula: str | _Listed | _Array = 'mark',
    taker_fee: _Number | _Listed | _Array = 0.0,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def max_leverage(
    adverse_move: _Number,
    maintenance_rate: _Number = 0.005,
    side: str = 'short',
    kind: str = 'linear',
    formula: str = 'mark',
    taker_fee: _Number = 0.0,
    *,
    errors: _Errors = ...,
) -> float:
    """Highest leverage that survives an adverse move: the inverse of LIQUIDATION_MOVE.

    Only the size of the move counts; it is a rise for a short hedge and a fall for a long one. By
    cautious it is the lowest of the rules' leverages. An answer below 1 asks for more collateral than
    the position is worth. #NUM! for a move of 0: at that leverage it would be liquidated at once."""
@overload
def max_leverage(
    adverse_move: _Number | _Listed,
    maintenance_rate: _Number | _Listed = 0.005,
    side: str | _Listed = 'short',
    kind: str | _Listed = 'linear',
    formula: str | _Listed = 'mark',
    taker_fee: _Number | _Listed = 0.0,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def max_leverage(
    adverse_move: _Number | _Labelled,
    maintenance_rate: _Number | _Labelled = 0.005,
    side: str | _Labelled = 'short',
    kind: str | _Labelled = 'linear',
    formula: str | _Labelled = 'mark',
    taker_fee: _Number | _Labelled = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def max_leverage(
    adverse_move: _Number | _Labelled | pd.DataFrame,
    maintenance_rate: _Number | _Labelled | pd.DataFrame = 0.005,
    side: str | _Labelled | pd.DataFrame = 'short',
    kind: str | _Labelled | pd.DataFrame = 'linear',
    formula: str | _Labelled | pd.DataFrame = 'mark',
    taker_fee: _Number | _Labelled | pd.DataFrame = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def max_leverage(
    adverse_move: _Number | _Listed | _Array,
    maintenance_rate: _Number | _Listed | _Array = 0.005,
    side: str | _Listed | _Array = 'short',
    kind: str | _Listed | _Array = 'linear',
    formula: str | _Listed | _Array = 'mark',
    taker_fee: _Number | _Listed | _Array = 0.0,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def liquidation_rule(
    venue: str,
    as_of: _Number | None = None,
    kind: str = 'linear',
    *,
    errors: _Errors = ...,
) -> str:
    """Word for the formula of LIQUIDATION_PRICE by which a venue liquidates, on a date or by its newest rule.

    On the day that a rule takes effect it holds already. "cautious" where the venue is known and its
    rule, for that kind and date, is not; #N/A for an unknown venue."""
@overload
def liquidation_rule(
    venue: str | _Listed,
    as_of: _Number | _Listed | None = None,
    kind: str | _Listed = 'linear',
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def liquidation_rule(
    venue: str | _Labelled,
    as_of: _Number | _Labelled | None = None,
    kind: str | _Labelled = 'linear',
    *,
    errors: _Errors = ...,
) -> pd.Series[str]: ...
@overload
def liquidation_rule(
    venue: str | _Labelled | pd.DataFrame,
    as_of: _Number | _Labelled | pd.DataFrame | None = None,
    kind: str | _Labelled | pd.DataFrame = 'linear',
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def liquidation_rule(
    venue: str | _Listed | _Array,
    as_of: _Number | _Listed | _Array | None = None,
    kind: str | _Listed | _Array = 'linear',
    *,
    errors: _Errors = ...,
) -> _Array: ...

@overload
def collateral_value(
    quantities: _Cells,
    prices: _Cells,
    collateral_ratios: _Cells | None = None,
    *,
    errors: _Errors = ...,
) -> float:
    """What a wallet of several coins counts as margin: sum of quantity x price x collateral ratio.

    A negative quantity is a debt and counts in full. Ratios differ by venue and amount, and change: take
    the venue's own. An empty row is passed over, one with a gap refused."""
@overload
def collateral_value(
    quantities: _Cells | pd.DataFrame,
    prices: _Cells | pd.DataFrame,
    collateral_ratios: _Cells | pd.DataFrame | None = None,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...

@overload
def cross_liquidation_move(
    collateral: _Number,
    quantities: _Cells,
    entry_prices: _Cells,
    mark_prices: _Cells,
    maintenance_rates: _Cells | None = None,
    maintenance_amounts: _Cells | None = None,
    betas: _Cells | None = None,
    direction: str = 'up',
    venue: str | None = None,
    symbols: _Cells | None = None,
    *,
    errors: _Errors = ...,
) -> float:
    """Move of the common market at which positions that share one wallet are liquidated.

    The first m that way at which collateral + sum of UPNL is no longer above the sum of the maintenance
    margins: the price of position i is mark (1 + beta m), not below 0, its UPNL -quantity (price - entry),
    its maintenance margin |quantity| x price x rate - amount, not below 0. Rates are those given, or of the
    venue's leverage tiers, which each position then climbs as it grows. Solved exactly from one end of a
    tier to the next. Linear contracts alone.

    #NUM! (collateral) where they are liquidated already; #N/A where no move that way does it, or beyond
    the last known tier. A coin that is collateral falls too: a row with quantity -coins x collateral
    ratio, entry and mark its price, rate 0, and its COLLATERAL_VALUE in the collateral. A ladder of
    margins is this formula filled down a column of collaterals."""
@overload
def cross_liquidation_move(
    collateral: _Number,
    quantities: _Cells | pd.DataFrame,
    entry_prices: _Cells | pd.DataFrame,
    mark_prices: _Cells | pd.DataFrame,
    maintenance_rates: _Cells | pd.DataFrame | None = None,
    maintenance_amounts: _Cells | pd.DataFrame | None = None,
    betas: _Cells | pd.DataFrame | None = None,
    direction: str = 'up',
    venue: str | None = None,
    symbols: _Cells | pd.DataFrame | None = None,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...

@overload
def required_collateral(
    move: _Number,
    quantities: _Cells,
    entry_prices: _Cells,
    mark_prices: _Cells,
    maintenance_rates: _Cells | None = None,
    maintenance_amounts: _Cells | None = None,
    betas: _Cells | None = None,
    venue: str | None = None,
    symbols: _Cells | None = None,
    *,
    errors: _Errors = ...,
) -> float:
    """Least wallet balance with which positions outlive every move of the market from 0 to this one.

    The most that maintenance margins less UPNL come to on the way, not below 0: it may be needed today,
    and not at the end. The inverse of CROSS_LIQUIDATION_MOVE, whose arguments and refusals it has. #N/A
    where a position leaves the last known tier on the way."""
@overload
def required_collateral(
    move: _Number,
    quantities: _Cells | pd.DataFrame,
    entry_prices: _Cells | pd.DataFrame,
    mark_prices: _Cells | pd.DataFrame,
    maintenance_rates: _Cells | pd.DataFrame | None = None,
    maintenance_amounts: _Cells | pd.DataFrame | None = None,
    betas: _Cells | pd.DataFrame | None = None,
    venue: str | None = None,
    symbols: _Cells | pd.DataFrame | None = None,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...

@overload
def liquidation_probability(
    move: _Number,
    volatility: _Number,
    days: _Number,
    drift: _Number = 0.0,
    *,
    errors: _Errors = ...,
) -> float:
    """Chance that the price touches a move within some days: a rise liquidates a short, a fall a long.

    First passage of a geometric Brownian motion that is watched without a break. With T = days / 365,
    nu = drift - volatility^2 / 2 and b = ln(1 + move), both with the other sign for a fall:
    N((nu T - b) / (volatility sqrt(T))) + exp(2 nu b / volatility^2) N((-b - nu T) / (volatility sqrt(T))).
    A drift of 0 makes the price a fair game. Real tails are fatter: in turbulent times it is more."""
@overload
def liquidation_probability(
    move: _Number | _Listed,
    volatility: _Number | _Listed,
    days: _Number | _Listed,
    drift: _Number | _Listed = 0.0,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def liquidation_probability(
    move: _Number | _Labelled,
    volatility: _Number | _Labelled,
    days: _Number | _Labelled,
    drift: _Number | _Labelled = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def liquidation_probability(
    move: _Number | _Labelled | pd.DataFrame,
    volatility: _Number | _Labelled | pd.DataFrame,
    days: _Number | _Labelled | pd.DataFrame,
    drift: _Number | _Labelled | pd.DataFrame = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def liquidation_probability(
    move: _Number | _Listed | _Array,
    volatility: _Number | _Listed | _Array,
    days: _Number | _Listed | _Array,
    drift: _Number | _Listed | _Array = 0.0,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def max_contracts(
    margin: _Number,
    price: _Number,
    leverage: _Number,
    fee_rate: _Number = 0.0,
    contract_size: _Number = 1.0,
    lot: _Number = 1.0,
    kind: str = 'linear',
    *,
    errors: _Errors = ...,
) -> float:
    """Most contracts that a margin opens at a leverage, down to whole lots.

    margin / (value of a contract x (1 / leverage + fee_rate)). The fee is that of opening; where a venue
    holds back the fee to close as well, as Bybit does, give the sum of both. Leverage tiers are not
    looked at: CONTRACT_SPEC has the venue's maximum leverage."""
@overload
def max_contracts(
    margin: _Number | _Listed,
    price: _Number | _Listed,
    leverage: _Number | _Listed,
    fee_rate: _Number | _Listed = 0.0,
    contract_size: _Number | _Listed = 1.0,
    lot: _Number | _Listed = 1.0,
    kind: str | _Listed = 'linear',
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def max_contracts(
    margin: _Number | _Labelled,
    price: _Number | _Labelled,
    leverage: _Number | _Labelled,
    fee_rate: _Number | _Labelled = 0.0,
    contract_size: _Number | _Labelled = 1.0,
    lot: _Number | _Labelled = 1.0,
    kind: str | _Labelled = 'linear',
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def max_contracts(
    margin: _Number | _Labelled | pd.DataFrame,
    price: _Number | _Labelled | pd.DataFrame,
    leverage: _Number | _Labelled | pd.DataFrame,
    fee_rate: _Number | _Labelled | pd.DataFrame = 0.0,
    contract_size: _Number | _Labelled | pd.DataFrame = 1.0,
    lot: _Number | _Labelled | pd.DataFrame = 1.0,
    kind: str | _Labelled | pd.DataFrame = 'linear',
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def max_contracts(
    margin: _Number | _Listed | _Array,
    price: _Number | _Listed | _Array,
    leverage: _Number | _Listed | _Array,
    fee_rate: _Number | _Listed | _Array = 0.0,
    contract_size: _Number | _Listed | _Array = 1.0,
    lot: _Number | _Listed | _Array = 1.0,
    kind: str | _Listed | _Array = 'linear',
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def funding_cost(
    notional: _Number,
    rate: _Number,
    periods: _Number = 1.0,
    *,
    errors: _Errors = ...,
) -> float:
    """Funding that a hedge pays (positive) or receives (negative): -notional x rate x periods.

    A short hedge receives a positive rate and pays a negative one."""
@overload
def funding_cost(
    notional: _Number | _Listed,
    rate: _Number | _Listed,
    periods: _Number | _Listed = 1.0,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def funding_cost(
    notional: _Number | _Labelled,
    rate: _Number | _Labelled,
    periods: _Number | _Labelled = 1.0,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def funding_cost(
    notional: _Number | _Labelled | pd.DataFrame,
    rate: _Number | _Labelled | pd.DataFrame,
    periods: _Number | _Labelled | pd.DataFrame = 1.0,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def funding_cost(
    notional: _Number | _Listed | _Array,
    rate: _Number | _Listed | _Array,
    periods: _Number | _Listed | _Array = 1.0,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def funding_periods(
    days: _Number,
    interval_hours: _Number = 8.0,
    *,
    errors: _Errors = ...,
) -> float:
    """Expected number of funding settlements over a number of days."""
@overload
def funding_periods(
    days: _Number | _Listed,
    interval_hours: _Number | _Listed = 8.0,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def funding_periods(
    days: _Number | _Labelled,
    interval_hours: _Number | _Labelled = 8.0,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def funding_periods(
    days: _Number | _Labelled | pd.DataFrame,
    interval_hours: _Number | _Labelled | pd.DataFrame = 8.0,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def funding_periods(
    days: _Number | _Listed | _Array,
    interval_hours: _Number | _Listed | _Array = 8.0,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def funding_settlements(
    start: _Number,
    finish: _Number,
    interval_hours: _Number = 8.0,
    anchor_hour: _Number = 0.0,
    *,
    errors: _Errors = ...,
) -> float:
    """Settlements that really fall after start and up to finish, both Excel date-times in UTC.

    A position opened exactly at a settlement does not pay it; one closed at it does. Moments are
    taken to the millisecond, finer than a serial number keeps. A finish before the start is refused;
    it is not called end, as End is a word of VBA, whose names of the arguments Excel's wizard shows."""
@overload
def funding_settlements(
    start: _Number | _Listed,
    finish: _Number | _Listed,
    interval_hours: _Number | _Listed = 8.0,
    anchor_hour: _Number | _Listed = 0.0,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def funding_settlements(
    start: _Number | _Labelled,
    finish: _Number | _Labelled,
    interval_hours: _Number | _Labelled = 8.0,
    anchor_hour: _Number | _Labelled = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def funding_settlements(
    start: _Number | _Labelled | pd.DataFrame,
    finish: _Number | _Labelled | pd.DataFrame,
    interval_hours: _Number | _Labelled | pd.DataFrame = 8.0,
    anchor_hour: _Number | _Labelled | pd.DataFrame = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def funding_settlements(
    start: _Number | _Listed | _Array,
    finish: _Number | _Listed | _Array,
    interval_hours: _Number | _Listed | _Array = 8.0,
    anchor_hour: _Number | _Listed | _Array = 0.0,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def funding_rate_annual(
    rate: _Number,
    interval_hours: _Number = 8.0,
    *,
    errors: _Errors = ...,
) -> float:
    """Funding rate of one interval as a simple rate a year of 365 days."""
@overload
def funding_rate_annual(
    rate: _Number | _Listed,
    interval_hours: _Number | _Listed = 8.0,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def funding_rate_annual(
    rate: _Number | _Labelled,
    interval_hours: _Number | _Labelled = 8.0,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def funding_rate_annual(
    rate: _Number | _Labelled | pd.DataFrame,
    interval_hours: _Number | _Labelled | pd.DataFrame = 8.0,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def funding_rate_annual(
    rate: _Number | _Listed | _Array,
    interval_hours: _Number | _Listed | _Array = 8.0,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def funding_total(
    quantity: _Number,
    rates: _Cells,
    marks: _Cells,
    *,
    errors: _Errors = ...,
) -> float:
    """Funding paid (positive) or received over a real history: -quantity x sum of mark x rate.

    Rates and mark prices lie side by side, one pair a settlement. Their products are added without
    rounding. #N/A for an empty history: no settlement known is not no funding."""
@overload
def funding_total(
    quantity: _Number,
    rates: _Cells | pd.DataFrame,
    marks: _Cells | pd.DataFrame,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...

@overload
def basis(
    futures_price: _Number,
    spot_price: _Number,
    *,
    errors: _Errors = ...,
) -> float:
    """Basis of a future: futures price less spot price; positive in contango."""
@overload
def basis(
    futures_price: _Number | _Listed,
    spot_price: _Number | _Listed,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def basis(
    futures_price: _Number | _Labelled,
    spot_price: _Number | _Labelled,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def basis(
    futures_price: _Number | _Labelled | pd.DataFrame,
    spot_price: _Number | _Labelled | pd.DataFrame,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def basis(
    futures_price: _Number | _Listed | _Array,
    spot_price: _Number | _Listed | _Array,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def basis_rate(
    futures_price: _Number,
    spot_price: _Number,
    days: _Number | None = None,
    *,
    errors: _Errors = ...,
) -> float:
    """Basis relative to spot, annualised (simple, 365 days) when days are given."""
@overload
def basis_rate(
    futures_price: _Number | _Listed,
    spot_price: _Number | _Listed,
    days: _Number | _Listed | None = None,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def basis_rate(
    futures_price: _Number | _Labelled,
    spot_price: _Number | _Labelled,
    days: _Number | _Labelled | None = None,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def basis_rate(
    futures_price: _Number | _Labelled | pd.DataFrame,
    spot_price: _Number | _Labelled | pd.DataFrame,
    days: _Number | _Labelled | pd.DataFrame | None = None,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def basis_rate(
    futures_price: _Number | _Listed | _Array,
    spot_price: _Number | _Listed | _Array,
    days: _Number | _Listed | _Array | None = None,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def basis_state(
    futures_price: _Number,
    spot_price: _Number,
    tolerance: _Number = 0.0,
    *,
    errors: _Errors = ...,
) -> str:
    """The market in a word: "contango", "backwardation" or "flat" within the tolerance."""
@overload
def basis_state(
    futures_price: _Number | _Listed,
    spot_price: _Number | _Listed,
    tolerance: _Number | _Listed = 0.0,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def basis_state(
    futures_price: _Number | _Labelled,
    spot_price: _Number | _Labelled,
    tolerance: _Number | _Labelled = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.Series[str]: ...
@overload
def basis_state(
    futures_price: _Number | _Labelled | pd.DataFrame,
    spot_price: _Number | _Labelled | pd.DataFrame,
    tolerance: _Number | _Labelled | pd.DataFrame = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def basis_state(
    futures_price: _Number | _Listed | _Array,
    spot_price: _Number | _Listed | _Array,
    tolerance: _Number | _Listed | _Array = 0.0,
    *,
    errors: _Errors = ...,
) -> _Array: ...

@overload
def basis_cost(
    notional: _Number,
    futures_price: _Number,
    spot_price: _Number,
    *,
    errors: _Errors = ...,
) -> float:
    """Cost of holding a dated future to expiry: -notional x (futures / spot - 1).

    The futures price converges to spot, so a short hedge earns contango (negative cost) and pays
    backwardation (positive cost)."""
@overload
def basis_cost(
    notional: _Number | _Listed,
    futures_price: _Number | _Listed,
    spot_price: _Number | _Listed,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def basis_cost(
    notional: _Number | _Labelled,
    futures_price: _Number | _Labelled,
    spot_price: _Number | _Labelled,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def basis_cost(
    notional: _Number | _Labelled | pd.DataFrame,
    futures_price: _Number | _Labelled | pd.DataFrame,
    spot_price: _Number | _Labelled | pd.DataFrame,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def basis_cost(
    notional: _Number | _Listed | _Array,
    futures_price: _Number | _Listed | _Array,
    spot_price: _Number | _Listed | _Array,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def roll_cost(
    quantity: _Number,
    near_price: _Number,
    far_price: _Number,
    fee_rate: _Number = 0.0,
    *,
    errors: _Errors = ...,
) -> float:
    """Cost of rolling a hedge: -quantity x (far - near) + fee x |quantity| x (near + far).

    A short hedge buys back the near future and sells the far one: it is paid for a higher far price."""
@overload
def roll_cost(
    quantity: _Number | _Listed,
    near_price: _Number | _Listed,
    far_price: _Number | _Listed,
    fee_rate: _Number | _Listed = 0.0,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def roll_cost(
    quantity: _Number | _Labelled,
    near_price: _Number | _Labelled,
    far_price: _Number | _Labelled,
    fee_rate: _Number | _Labelled = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def roll_cost(
    quantity: _Number | _Labelled | pd.DataFrame,
    near_price: _Number | _Labelled | pd.DataFrame,
    far_price: _Number | _Labelled | pd.DataFrame,
    fee_rate: _Number | _Labelled | pd.DataFrame = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def roll_cost(
    quantity: _Number | _Listed | _Array,
    near_price: _Number | _Listed | _Array,
    far_price: _Number | _Listed | _Array,
    fee_rate: _Number | _Listed | _Array = 0.0,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def funding_accrued(
    opened: _Number,
    closed: _Number,
    quantity: _Number,
    times: _Cells,
    rates: _Cells,
    marks: _Cells,
    *,
    errors: _Errors = ...,
) -> float:
    """Funding that a position has paid (positive) or received: -quantity x sum of mark x rate.

    Over the settlements after it was opened, up to when it was closed; a blank closing takes those up to
    the last known. Moments count to the millisecond. The history must cover the position: with the
    longest gap between its settlements before the first and after the last there may be one missing,
    and the answer is #N/A. A rate or mark that is blank within the position is refused."""
@overload
def funding_accrued(
    opened: _Number,
    closed: _Number,
    quantity: _Number,
    times: _Cells | pd.DataFrame,
    rates: _Cells | pd.DataFrame,
    marks: _Cells | pd.DataFrame,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...

@overload
def funding_rate_predicted(
    premiums: _Cells,
    interest_rate: _Number = 0.0001,
    interval_hours: _Number = 8.0,
    rule: str = 'scaled',
    cap: _Number | None = None,
    floor: _Number | None = None,
    dampener: _Number = 0.0005,
    *,
    errors: _Errors = ...,
) -> float:
    """Funding rate that settles next, from the premium index so far.

    With P the average premium, I the interest of 8 hours, d the dampener and h the interval: "scaled" is
    (P + clamp(I - P, -d, d)) x h / 8, "plain" is P + clamp(I x h / 8 - P, -d, d). Then it is held between
    floor and cap; without a floor that is the cap the other way. The venue's cap hangs on the tier and is
    changed in stress: take it from the venue."""
@overload
def funding_rate_predicted(
    premiums: _Cells | pd.DataFrame,
    interest_rate: _Number = 0.0001,
    interval_hours: _Number = 8.0,
    rule: str = 'scaled',
    cap: _Number | None = None,
    floor: _Number | None = None,
    dampener: _Number = 0.0005,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...

def carry_compare(
    notional: _Number,
    days: _Number,
    rates: _Cells | pd.DataFrame,
    futures_price: _Number,
    spot_price: _Number,
    expiry_days: _Number,
    interval_hours: _Number = 8.0,
    perpetual_fee: _Number = 0.0,
    future_fee: _Number = 0.0,
    slippage_bps: _Number = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame:
    """Perpetual against dated future over a horizon: carry, costs, the rate at which both cost the same.

    The perpetual's carry is that of the mean funding rate; its standard error, by Newey and West, is the
    error of that mean, not the spread of what may come. The future's carry is its basis in proportion to
    the days: before the expiry this takes the basis to shrink evenly, beyond it that each roll finds the
    same basis; it is locked only where the days are those to the expiry. Fees are of one fill: two for the
    perpetual, and two more for each roll of the future. Costs are positive if you pay. A difference within
    two standard errors is none that this history could decide."""

@overload
def trading_fee(
    notional: _Number,
    fee_rate: _Number,
    fills: _Number = 2.0,
    *,
    errors: _Errors = ...,
) -> float:
    """Trading fees of a hedge; 2 fills are in and out. A maker rebate is a negative fee rate."""
@overload
def trading_fee(
    notional: _Number | _Listed,
    fee_rate: _Number | _Listed,
    fills: _Number | _Listed = 2.0,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def trading_fee(
    notional: _Number | _Labelled,
    fee_rate: _Number | _Labelled,
    fills: _Number | _Labelled = 2.0,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def trading_fee(
    notional: _Number | _Labelled | pd.DataFrame,
    fee_rate: _Number | _Labelled | pd.DataFrame,
    fills: _Number | _Labelled | pd.DataFrame = 2.0,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def trading_fee(
    notional: _Number | _Listed | _Array,
    fee_rate: _Number | _Listed | _Array,
    fills: _Number | _Listed | _Array = 2.0,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def slippage_cost(
    notional: _Number,
    slippage_bps: _Number,
    fills: _Number = 2.0,
    *,
    errors: _Errors = ...,
) -> float:
    """Cost of filling that many basis points away from the price aimed at, on every fill."""
@overload
def slippage_cost(
    notional: _Number | _Listed,
    slippage_bps: _Number | _Listed,
    fills: _Number | _Listed = 2.0,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def slippage_cost(
    notional: _Number | _Labelled,
    slippage_bps: _Number | _Labelled,
    fills: _Number | _Labelled = 2.0,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def slippage_cost(
    notional: _Number | _Labelled | pd.DataFrame,
    slippage_bps: _Number | _Labelled | pd.DataFrame,
    fills: _Number | _Labelled | pd.DataFrame = 2.0,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def slippage_cost(
    notional: _Number | _Listed | _Array,
    slippage_bps: _Number | _Listed | _Array,
    fills: _Number | _Listed | _Array = 2.0,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def book_slippage(
    quantity: _Number,
    prices: _Cells,
    sizes: _Cells,
    *,
    errors: _Errors = ...,
) -> float:
    """Cost of taking a quantity from order-book levels, against doing all of it at the best level.

    Levels may come in any order: the best is the highest bid for a sale (positive quantity) and the
    lowest ask for a purchase. A level of size 0 is no level: so venues say that one is gone. #N/A when
    the book holds less than the quantity."""
@overload
def book_slippage(
    quantity: _Number,
    prices: _Cells | pd.DataFrame,
    sizes: _Cells | pd.DataFrame,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...

@overload
def hedge_cost(
    notional: _Number,
    fee_rate: _Number,
    slippage_bps: _Number = 0.0,
    funding_rate: _Number = 0.0,
    periods: _Number = 0.0,
    basis_cost: _Number = 0.0,
    *,
    errors: _Errors = ...,
) -> float:
    """Whole cost of a hedge: fees and slippage in and out, funding and basis over its life.

    Positive: you pay. Negative: the funding or the basis earned is more than fees and slippage."""
@overload
def hedge_cost(
    notional: _Number | _Listed,
    fee_rate: _Number | _Listed,
    slippage_bps: _Number | _Listed = 0.0,
    funding_rate: _Number | _Listed = 0.0,
    periods: _Number | _Listed = 0.0,
    basis_cost: _Number | _Listed = 0.0,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def hedge_cost(
    notional: _Number | _Labelled,
    fee_rate: _Number | _Labelled,
    slippage_bps: _Number | _Labelled = 0.0,
    funding_rate: _Number | _Labelled = 0.0,
    periods: _Number | _Labelled = 0.0,
    basis_cost: _Number | _Labelled = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def hedge_cost(
    notional: _Number | _Labelled | pd.DataFrame,
    fee_rate: _Number | _Labelled | pd.DataFrame,
    slippage_bps: _Number | _Labelled | pd.DataFrame = 0.0,
    funding_rate: _Number | _Labelled | pd.DataFrame = 0.0,
    periods: _Number | _Labelled | pd.DataFrame = 0.0,
    basis_cost: _Number | _Labelled | pd.DataFrame = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def hedge_cost(
    notional: _Number | _Listed | _Array,
    fee_rate: _Number | _Listed | _Array,
    slippage_bps: _Number | _Listed | _Array = 0.0,
    funding_rate: _Number | _Listed | _Array = 0.0,
    periods: _Number | _Listed | _Array = 0.0,
    basis_cost: _Number | _Listed | _Array = 0.0,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def breakeven_move(
    cost: _Number,
    notional: _Number,
    *,
    errors: _Errors = ...,
) -> float:
    """Move of the price at which the hedge has paid for itself: -cost / notional.

    Negative for a short hedge that costs: the market must fall that far."""
@overload
def breakeven_move(
    cost: _Number | _Listed,
    notional: _Number | _Listed,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def breakeven_move(
    cost: _Number | _Labelled,
    notional: _Number | _Labelled,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def breakeven_move(
    cost: _Number | _Labelled | pd.DataFrame,
    notional: _Number | _Labelled | pd.DataFrame,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def breakeven_move(
    cost: _Number | _Listed | _Array,
    notional: _Number | _Listed | _Array,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def realized_volatility(
    prices: _Cells,
    periods_per_year: _Number = 365.0,
    half_life: _Number | None = None,
    *,
    errors: _Errors = ...,
) -> float:
    """Volatility of a price history: sample standard deviation of its log returns, annualised.

    Needs 3 prices. Prices of one asset at even intervals; a blank is skipped, and the return then
    spans the gap. With a half-life the newest returns count most, as RiskMetrics 1996 weights them
    (its factor of 0.94 is a half-life of 11.2), but about their weighted mean and without bias."""
@overload
def realized_volatility(
    prices: _Cells | pd.DataFrame,
    periods_per_year: _Number = 365.0,
    half_life: _Number | None = None,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...

@overload
def hedge_beta(
    asset_prices: _Cells,
    hedge_prices: _Cells,
    half_life: _Number | None = None,
    *,
    errors: _Errors = ...,
) -> float:
    """Beta of a holding to the hedge: covariance over variance of simple returns.

    The minimum-variance hedge ratio: hedge notional per unit of exposure. Needs 3 pairs of prices.
    Excel's SLOPE of the asset's returns on the hedge's gives the same, without a half-life."""
@overload
def hedge_beta(
    asset_prices: _Cells | pd.DataFrame,
    hedge_prices: _Cells | pd.DataFrame,
    half_life: _Number | None = None,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...

@overload
def hedge_correlation(
    asset_prices: _Cells,
    hedge_prices: _Cells,
    half_life: _Number | None = None,
    *,
    errors: _Errors = ...,
) -> float:
    """Correlation of the simple returns of a holding and of its hedge, from -1 to 1.

    Needs 3 pairs of prices, and both must move. Excel's CORREL of the returns gives the same, without
    a half-life."""
@overload
def hedge_correlation(
    asset_prices: _Cells | pd.DataFrame,
    hedge_prices: _Cells | pd.DataFrame,
    half_life: _Number | None = None,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...

@overload
def hedge_effectiveness(
    asset_prices: _Cells,
    hedge_prices: _Cells,
    ratio: _Number | None = None,
    half_life: _Number | None = None,
    *,
    errors: _Errors = ...,
) -> float:
    """Share of the holding's variance that the hedge takes away: 1 - var(hedged) / var(unhedged).

    At the default ratio, the beta, it is the squared correlation. Negative: the hedge adds risk."""
@overload
def hedge_effectiveness(
    asset_prices: _Cells | pd.DataFrame,
    hedge_prices: _Cells | pd.DataFrame,
    ratio: _Number | None = None,
    half_life: _Number | None = None,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...

@overload
def beta_notional(
    exposures: _Cells,
    betas: _Cells,
    ratio: _Number = 1.0,
    *,
    errors: _Errors = ...,
) -> float:
    """Notional of one hedge for a whole portfolio: ratio times the sum of exposure times beta.

    An empty row is passed over; an exposure without its beta, or a beta without its exposure, is
    refused, lest a holding go unhedged."""
@overload
def beta_notional(
    exposures: _Cells | pd.DataFrame,
    betas: _Cells | pd.DataFrame,
    ratio: _Number = 1.0,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...

@overload
def vol_scaled_ratio(
    ratio: _Number,
    volatility: _Number,
    reference_volatility: _Number,
    cap: _Number = 1.0,
    *,
    errors: _Errors = ...,
) -> float:
    """Hedge ratio for today's volatility: the ratio grows with it, up to the cap.

    ratio x volatility / reference. A calmer market than the reference asks for less hedge."""
@overload
def vol_scaled_ratio(
    ratio: _Number | _Listed,
    volatility: _Number | _Listed,
    reference_volatility: _Number | _Listed,
    cap: _Number | _Listed = 1.0,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def vol_scaled_ratio(
    ratio: _Number | _Labelled,
    volatility: _Number | _Labelled,
    reference_volatility: _Number | _Labelled,
    cap: _Number | _Labelled = 1.0,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def vol_scaled_ratio(
    ratio: _Number | _Labelled | pd.DataFrame,
    volatility: _Number | _Labelled | pd.DataFrame,
    reference_volatility: _Number | _Labelled | pd.DataFrame,
    cap: _Number | _Labelled | pd.DataFrame = 1.0,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def vol_scaled_ratio(
    ratio: _Number | _Listed | _Array,
    volatility: _Number | _Listed | _Array,
    reference_volatility: _Number | _Listed | _Array,
    cap: _Number | _Listed | _Array = 1.0,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def hedged_volatility(
    volatility: _Number,
    hedge_volatility: _Number,
    correlation: _Number,
    ratio: _Number = 1.0,
    *,
    errors: _Errors = ...,
) -> float:
    """Volatility that is left after hedging a share, the ratio, with an imperfect hedge.

    The square root of v^2 + (r h)^2 - 2 r rho v h, with v and h the volatilities of holding and
    hedge, rho their correlation and r the ratio."""
@overload
def hedged_volatility(
    volatility: _Number | _Listed,
    hedge_volatility: _Number | _Listed,
    correlation: _Number | _Listed,
    ratio: _Number | _Listed = 1.0,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def hedged_volatility(
    volatility: _Number | _Labelled,
    hedge_volatility: _Number | _Labelled,
    correlation: _Number | _Labelled,
    ratio: _Number | _Labelled = 1.0,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def hedged_volatility(
    volatility: _Number | _Labelled | pd.DataFrame,
    hedge_volatility: _Number | _Labelled | pd.DataFrame,
    correlation: _Number | _Labelled | pd.DataFrame,
    ratio: _Number | _Labelled | pd.DataFrame = 1.0,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def hedged_volatility(
    volatility: _Number | _Listed | _Array,
    hedge_volatility: _Number | _Listed | _Array,
    correlation: _Number | _Listed | _Array,
    ratio: _Number | _Listed | _Array = 1.0,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def value_at_risk(
    exposure: _Number,
    volatility: _Number,
    days: _Number = 1.0,
    confidence: _Number = 0.95,
    *,
    errors: _Errors = ...,
) -> float:
    """Loss that is not exceeded over some days with that confidence; a positive number.

    Normal returns with zero mean: |exposure| x volatility x sqrt(days / 365) x normal quantile.
    Crypto returns have fatter tails: real losses beyond it are larger than this suggests."""
@overload
def value_at_risk(
    exposure: _Number | _Listed,
    volatility: _Number | _Listed,
    days: _Number | _Listed = 1.0,
    confidence: _Number | _Listed = 0.95,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def value_at_risk(
    exposure: _Number | _Labelled,
    volatility: _Number | _Labelled,
    days: _Number | _Labelled = 1.0,
    confidence: _Number | _Labelled = 0.95,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def value_at_risk(
    exposure: _Number | _Labelled | pd.DataFrame,
    volatility: _Number | _Labelled | pd.DataFrame,
    days: _Number | _Labelled | pd.DataFrame = 1.0,
    confidence: _Number | _Labelled | pd.DataFrame = 0.95,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def value_at_risk(
    exposure: _Number | _Listed | _Array,
    volatility: _Number | _Listed | _Array,
    days: _Number | _Listed | _Array = 1.0,
    confidence: _Number | _Listed | _Array = 0.95,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

def hedge_backtest(
    asset_prices: _Cells | pd.DataFrame,
    hedge_prices: _Cells | pd.DataFrame,
    funding_rates: _Cells | pd.DataFrame | None = None,
    ratio: _Number = 1.0,
    window: _Number | None = None,
    half_life: _Number | None = None,
    band: _Number = 0.0,
    fee_rate: _Number = 0.0,
    slippage_bps: _Number = 0.0,
    leverage: _Number | None = None,
    maintenance_rate: _Number = 0.005,
    periods_per_year: _Number = 365.0,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame:
    """A hedge walked forward through a history: what it would have saved and cost, a label and value per row.

    Money is in units of the holding's value V at the start, which is after the first `window` returns.
    At each close the wanted hedge is ratio x beta x V, beta that of the last `window` returns (faded by
    half_life) or 1; it is traded to, at fee and slippage, where it is off by more than band x V. Then the
    next close comes: the hedge wins or loses, and pays funding on its new value. It is closed at the end.
    With a leverage, margin is brought to notional / leverage at every close, and a move that reaches
    LIQUIDATION_MOVE (isolated, mark, linear) costs that margin; the hedge is entered again a close later.

    Volatilities are of changes over V, a year; a drawdown is the largest fall from a peak; the variance
    reduction is out of sample and after costs. The dollar offset is minus the hedge's result over the
    designated share of the holding's, its test 80 to 125 %; it says little where the holding hardly moved.
    Capital needed is the cash that it really took: the most that margin, less what the hedge had won,
    came to. Closes miss the wicks: real liquidations are more. A row with a blank is left out."""

@overload
def stress_move(
    asset: str,
    episode: _Number,
    span: str = 'day',
    *,
    errors: _Errors = ...,
) -> float:
    """Move of an asset in a real crash, by its day.

    The days are 2021-05-19, 2022-06-13, 2022-11-08, 2024-08-05 and 2025-10-10. "day" is that close over
    the one before. "week" is the close, among that day and the six after, at which BTC was lowest, over
    the close before: one date for all assets, so that their moves can be added. Closes hide the low of
    the day, which can lie far below, and it is prints that liquidate. #N/A for another day or asset: BTC,
    ETH, SOL, ADA and BNB are known."""
@overload
def stress_move(
    asset: str | _Listed,
    episode: _Number | _Listed,
    span: str | _Listed = 'day',
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def stress_move(
    asset: str | _Labelled,
    episode: _Number | _Labelled,
    span: str | _Labelled = 'day',
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def stress_move(
    asset: str | _Labelled | pd.DataFrame,
    episode: _Number | _Labelled | pd.DataFrame,
    span: str | _Labelled | pd.DataFrame = 'day',
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def stress_move(
    asset: str | _Listed | _Array,
    episode: _Number | _Listed | _Array,
    span: str | _Listed | _Array = 'day',
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def stress_pnl(
    exposures: _Cells,
    assets: _Cells,
    episode: _Number,
    span: str = 'day',
    *,
    errors: _Errors = ...,
) -> float:
    """Gain (positive) or loss of a portfolio in a real crash: the sum of exposure x STRESS_MOVE.

    A hedge goes in as minus its notional, beside its asset. An empty row is passed over, one with a gap
    refused. What STRESS_MOVE says of closes holds here too."""
@overload
def stress_pnl(
    exposures: _Cells | pd.DataFrame,
    assets: _Cells | pd.DataFrame,
    episode: _Number,
    span: str = 'day',
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...

def hedge_weights(
    exposures: _Cells | pd.DataFrame,
    asset_prices: _Cells | pd.DataFrame,
    hedge_prices: _Cells | pd.DataFrame,
    method: str = 'ols',
    half_life: _Number | None = None,
    ratio: _Number = 1.0,
    gross_limit: _Number | None = None,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame:
    """Notionals of several hedges that leave a portfolio the least variance, a label and a value per row.

    With p the portfolio's return, sum of exposure x return over the sum of |exposure|, and r the hedges'
    simple returns, w minimises Var(ratio p - sum of w r); a notional is w times the sum of |exposure|,
    positive if short. A gross limit is no proportional cut: it drops the hedge that is worth least. One
    hedge without it is ratio x HEDGE_BETA x exposure.

    "ewma" weights the newest returns most, by half_life; "shrink" pulls the correlations to their mean,
    as far as the sample is noisy (one hedge is never shrunk). The variance reduction is always measured
    in the returns as they were, not in the shrunk ones. Round each notional with HEDGE_CONTRACTS."""

@overload
def expected_shortfall(
    exposure: _Number,
    volatility: _Number,
    days: _Number = 1.0,
    confidence: _Number = 0.95,
    *,
    errors: _Errors = ...,
) -> float:
    """Mean loss in the periods in which VALUE_AT_RISK is exceeded; a positive number.

    Normal returns with zero mean: |exposure| x volatility x sqrt(days / 365) x n(z) / (1 - confidence),
    z the normal quantile. Crypto returns have fatter tails: real losses are larger than this suggests."""
@overload
def expected_shortfall(
    exposure: _Number | _Listed,
    volatility: _Number | _Listed,
    days: _Number | _Listed = 1.0,
    confidence: _Number | _Listed = 0.95,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def expected_shortfall(
    exposure: _Number | _Labelled,
    volatility: _Number | _Labelled,
    days: _Number | _Labelled = 1.0,
    confidence: _Number | _Labelled = 0.95,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def expected_shortfall(
    exposure: _Number | _Labelled | pd.DataFrame,
    volatility: _Number | _Labelled | pd.DataFrame,
    days: _Number | _Labelled | pd.DataFrame = 1.0,
    confidence: _Number | _Labelled | pd.DataFrame = 0.95,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def expected_shortfall(
    exposure: _Number | _Listed | _Array,
    volatility: _Number | _Listed | _Array,
    days: _Number | _Listed | _Array = 1.0,
    confidence: _Number | _Listed | _Array = 0.95,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def historical_value_at_risk(
    exposures: _Cells,
    prices: _Cells,
    periods: _Number = 1.0,
    confidence: _Number = 0.95,
    *,
    errors: _Errors = ...,
) -> float:
    """Loss of today's exposures that past moves exceeded in a share of 1 - confidence; negative is a gain.

    Losses are -sum of exposure x (price later / price - 1) over overlapping moves; a hedge is a negative
    exposure. Sorted down, with m = their number x (1 - confidence), it is the one in place floor(m) + 1.
    #N/A (confidence) where m is below 1: the history holds no such tail."""
@overload
def historical_value_at_risk(
    exposures: _Cells | pd.DataFrame,
    prices: _Cells | pd.DataFrame,
    periods: _Number = 1.0,
    confidence: _Number = 0.95,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...

@overload
def historical_shortfall(
    exposures: _Cells,
    prices: _Cells,
    periods: _Number = 1.0,
    confidence: _Number = 0.95,
    *,
    errors: _Errors = ...,
) -> float:
    """Mean loss of today's exposures in the worst share of 1 - confidence of past moves.

    The losses are those of HISTORICAL_VALUE_AT_RISK, with its refusals; the last counts in part where
    the share is no whole number of them."""
@overload
def historical_shortfall(
    exposures: _Cells | pd.DataFrame,
    prices: _Cells | pd.DataFrame,
    periods: _Number = 1.0,
    confidence: _Number = 0.95,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...

@overload
def hedge_pnl(
    notional: _Number,
    move: _Number,
    *,
    errors: _Errors = ...,
) -> float:
    """Gain (positive) or loss of the hedge alone: -notional x move. A short gains in a fall."""
@overload
def hedge_pnl(
    notional: _Number | _Listed,
    move: _Number | _Listed,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def hedge_pnl(
    notional: _Number | _Labelled,
    move: _Number | _Labelled,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def hedge_pnl(
    notional: _Number | _Labelled | pd.DataFrame,
    move: _Number | _Labelled | pd.DataFrame,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def hedge_pnl(
    notional: _Number | _Listed | _Array,
    move: _Number | _Listed | _Array,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def hedged_pnl(
    exposure: _Number,
    notional: _Number,
    move: _Number,
    hedge_move: _Number | None = None,
    cost: _Number = 0.0,
    *,
    errors: _Errors = ...,
) -> float:
    """Gain (positive) or loss of holding and hedge together, after the cost of the hedge.

    exposure x move - notional x hedge_move - cost; the hedge moves as the holding unless told."""
@overload
def hedged_pnl(
    exposure: _Number | _Listed,
    notional: _Number | _Listed,
    move: _Number | _Listed,
    hedge_move: _Number | _Listed | None = None,
    cost: _Number | _Listed = 0.0,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def hedged_pnl(
    exposure: _Number | _Labelled,
    notional: _Number | _Labelled,
    move: _Number | _Labelled,
    hedge_move: _Number | _Labelled | None = None,
    cost: _Number | _Labelled = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def hedged_pnl(
    exposure: _Number | _Labelled | pd.DataFrame,
    notional: _Number | _Labelled | pd.DataFrame,
    move: _Number | _Labelled | pd.DataFrame,
    hedge_move: _Number | _Labelled | pd.DataFrame | None = None,
    cost: _Number | _Labelled | pd.DataFrame = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def hedged_pnl(
    exposure: _Number | _Listed | _Array,
    notional: _Number | _Listed | _Array,
    move: _Number | _Listed | _Array,
    hedge_move: _Number | _Listed | _Array | None = None,
    cost: _Number | _Listed | _Array = 0.0,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def loss_offset(
    exposure: _Number,
    notional: _Number,
    move: _Number,
    hedge_move: _Number | None = None,
    *,
    errors: _Errors = ...,
) -> float:
    """Share of the spot result that the hedge takes back: 0.4 offsets 40 % of a loss.

    The same share of a gain is given up. Without a move there is nothing to offset: #DIV/0!."""
@overload
def loss_offset(
    exposure: _Number | _Listed,
    notional: _Number | _Listed,
    move: _Number | _Listed,
    hedge_move: _Number | _Listed | None = None,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def loss_offset(
    exposure: _Number | _Labelled,
    notional: _Number | _Labelled,
    move: _Number | _Labelled,
    hedge_move: _Number | _Labelled | None = None,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def loss_offset(
    exposure: _Number | _Labelled | pd.DataFrame,
    notional: _Number | _Labelled | pd.DataFrame,
    move: _Number | _Labelled | pd.DataFrame,
    hedge_move: _Number | _Labelled | pd.DataFrame | None = None,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def loss_offset(
    exposure: _Number | _Listed | _Array,
    notional: _Number | _Listed | _Array,
    move: _Number | _Listed | _Array,
    hedge_move: _Number | _Listed | _Array | None = None,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

def scenario_table(
    exposure: _Number,
    notional: _Number,
    moves: _Cells | pd.DataFrame,
    cost: _Number = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame:
    """Table of scenarios: a header, then move, unhedged, hedge and hedged P&L, and the offset.

    The hedged P&L is after the cost. Where nothing is lost or won, the offset is empty."""

def hedge_plan(
    exposure: _Number,
    price: _Number,
    ratio: _Number,
    leverage: _Number,
    contract_size: _Number = 1.0,
    lot: _Number = 1.0,
    rounding: str = 'nearest',
    kind: str = 'linear',
    maintenance_rate: _Number = 0.005,
    fee_rate: _Number = 0.0,
    slippage_bps: _Number = 0.0,
    funding_rate: _Number = 0.0,
    periods: _Number = 0.0,
    moves: _Cells | pd.DataFrame | None = None,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame:
    """Whole plan of a hedge, a label and one value per row: size, margin, liquidation, cost, scenarios.

    All that follows the contracts is of the feasible hedge in whole lots, not of the wanted one. The
    liquidation is isolated, by mark; "never" where no price liquidates, and a leverage whose initial margin
    is not above the maintenance margin is #NUM!. A value that has no meaning,
    as the break-even of no hedge, is empty. P&L is after the cost, at the moves given or at 10 and
    20 % either way, as if margin were added in time beyond the liquidation move."""

@overload
def limit_price(
    reference_price: _Number,
    offset_bps: _Number = 0.0,
    tick: _Number = 0.01,
    side: str = 'short',
    *,
    errors: _Errors = ...,
) -> float:
    """Price of a resting order that far from the reference on the passive side, on the tick.

    A short sells above the reference, rounded up; a long buys below it, rounded down: always away
    from the market. #N/A when a purchase would fall to zero or below."""
@overload
def limit_price(
    reference_price: _Number | _Listed,
    offset_bps: _Number | _Listed = 0.0,
    tick: _Number | _Listed = 0.01,
    side: str | _Listed = 'short',
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def limit_price(
    reference_price: _Number | _Labelled,
    offset_bps: _Number | _Labelled = 0.0,
    tick: _Number | _Labelled = 0.01,
    side: str | _Labelled = 'short',
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def limit_price(
    reference_price: _Number | _Labelled | pd.DataFrame,
    offset_bps: _Number | _Labelled | pd.DataFrame = 0.0,
    tick: _Number | _Labelled | pd.DataFrame = 0.01,
    side: str | _Labelled | pd.DataFrame = 'short',
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def limit_price(
    reference_price: _Number | _Listed | _Array,
    offset_bps: _Number | _Listed | _Array = 0.0,
    tick: _Number | _Listed | _Array = 0.01,
    side: str | _Listed | _Array = 'short',
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def stop_price(
    entry_price: _Number,
    quantity: _Number,
    max_loss: _Number,
    *,
    errors: _Errors = ...,
) -> float:
    """Price at which the hedge has lost max_loss: above the entry if it is short, below if long.

    #N/A when a long hedge can't lose that much."""
@overload
def stop_price(
    entry_price: _Number | _Listed,
    quantity: _Number | _Listed,
    max_loss: _Number | _Listed,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def stop_price(
    entry_price: _Number | _Labelled,
    quantity: _Number | _Labelled,
    max_loss: _Number | _Labelled,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def stop_price(
    entry_price: _Number | _Labelled | pd.DataFrame,
    quantity: _Number | _Labelled | pd.DataFrame,
    max_loss: _Number | _Labelled | pd.DataFrame,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def stop_price(
    entry_price: _Number | _Listed | _Array,
    quantity: _Number | _Listed | _Array,
    max_loss: _Number | _Listed | _Array,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def hedge_status(
    today: _Number,
    review_date: _Number,
    expiry: _Number | None = None,
    roll_days: _Number = 7.0,
    mark_price: _Number | None = None,
    stop_price: _Number | None = None,
    side: str = 'short',
    closed: _Number | None = None,
    liquidation_price: _Number | None = None,
    worst_price: _Number | None = None,
    near_liquidation: _Number = 0.05,
    target_price: _Number | None = None,
    event_date: _Number | None = None,
    adjustment: _Number = 0.0,
    *,
    errors: _Errors = ...,
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
    price are refused: nobody would be watching."""
@overload
def hedge_status(
    today: _Number | _Listed,
    review_date: _Number | _Listed,
    expiry: _Number | _Listed | None = None,
    roll_days: _Number | _Listed = 7.0,
    mark_price: _Number | _Listed | None = None,
    stop_price: _Number | _Listed | None = None,
    side: str | _Listed = 'short',
    closed: _Number | _Listed | None = None,
    liquidation_price: _Number | _Listed | None = None,
    worst_price: _Number | _Listed | None = None,
    near_liquidation: _Number | _Listed = 0.05,
    target_price: _Number | _Listed | None = None,
    event_date: _Number | _Listed | None = None,
    adjustment: _Number | _Listed = 0.0,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def hedge_status(
    today: _Number | _Labelled,
    review_date: _Number | _Labelled,
    expiry: _Number | _Labelled | None = None,
    roll_days: _Number | _Labelled = 7.0,
    mark_price: _Number | _Labelled | None = None,
    stop_price: _Number | _Labelled | None = None,
    side: str | _Labelled = 'short',
    closed: _Number | _Labelled | None = None,
    liquidation_price: _Number | _Labelled | None = None,
    worst_price: _Number | _Labelled | None = None,
    near_liquidation: _Number | _Labelled = 0.05,
    target_price: _Number | _Labelled | None = None,
    event_date: _Number | _Labelled | None = None,
    adjustment: _Number | _Labelled = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.Series[str]: ...
@overload
def hedge_status(
    today: _Number | _Labelled | pd.DataFrame,
    review_date: _Number | _Labelled | pd.DataFrame,
    expiry: _Number | _Labelled | pd.DataFrame | None = None,
    roll_days: _Number | _Labelled | pd.DataFrame = 7.0,
    mark_price: _Number | _Labelled | pd.DataFrame | None = None,
    stop_price: _Number | _Labelled | pd.DataFrame | None = None,
    side: str | _Labelled | pd.DataFrame = 'short',
    closed: _Number | _Labelled | pd.DataFrame | None = None,
    liquidation_price: _Number | _Labelled | pd.DataFrame | None = None,
    worst_price: _Number | _Labelled | pd.DataFrame | None = None,
    near_liquidation: _Number | _Labelled | pd.DataFrame = 0.05,
    target_price: _Number | _Labelled | pd.DataFrame | None = None,
    event_date: _Number | _Labelled | pd.DataFrame | None = None,
    adjustment: _Number | _Labelled | pd.DataFrame = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def hedge_status(
    today: _Number | _Listed | _Array,
    review_date: _Number | _Listed | _Array,
    expiry: _Number | _Listed | _Array | None = None,
    roll_days: _Number | _Listed | _Array = 7.0,
    mark_price: _Number | _Listed | _Array | None = None,
    stop_price: _Number | _Listed | _Array | None = None,
    side: str | _Listed | _Array = 'short',
    closed: _Number | _Listed | _Array | None = None,
    liquidation_price: _Number | _Listed | _Array | None = None,
    worst_price: _Number | _Listed | _Array | None = None,
    near_liquidation: _Number | _Listed | _Array = 0.05,
    target_price: _Number | _Listed | _Array | None = None,
    event_date: _Number | _Listed | _Array | None = None,
    adjustment: _Number | _Listed | _Array = 0.0,
    *,
    errors: _Errors = ...,
) -> _Array: ...

@overload
def average_entry_price(
    quantities: _Cells,
    prices: _Cells,
    kind: str = 'linear',
    *,
    errors: _Errors = ...,
) -> float:
    """Entry price of the position that is left after some fills, in the order in which they were made.

    A fill that adds is averaged in, by size if linear and by value in base units if inverse; one that
    reduces leaves the entry as it is; one that turns the position starts afresh. Flat at the end,
    counted in decimal, is #N/A. An empty row is passed over, one with a gap refused."""
@overload
def average_entry_price(
    quantities: _Cells | pd.DataFrame,
    prices: _Cells | pd.DataFrame,
    kind: str = 'linear',
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...

@overload
def position_pnl(
    quantity: _Number,
    entry_price: _Number,
    exit_price: _Number,
    kind: str = 'linear',
    fee_rate: _Number = 0.0,
    *,
    errors: _Errors = ...,
) -> float:
    """Gain (positive) or loss of a position from its entry to its exit, after the fee of both fills.

    Linear, in quote: -q (exit - entry) - fee |q| (entry + exit). Inverse, in base units:
    q (1/exit - 1/entry) - fee |q| (1/entry + 1/exit), with q in quote units."""
@overload
def position_pnl(
    quantity: _Number | _Listed,
    entry_price: _Number | _Listed,
    exit_price: _Number | _Listed,
    kind: str | _Listed = 'linear',
    fee_rate: _Number | _Listed = 0.0,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def position_pnl(
    quantity: _Number | _Labelled,
    entry_price: _Number | _Labelled,
    exit_price: _Number | _Labelled,
    kind: str | _Labelled = 'linear',
    fee_rate: _Number | _Labelled = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def position_pnl(
    quantity: _Number | _Labelled | pd.DataFrame,
    entry_price: _Number | _Labelled | pd.DataFrame,
    exit_price: _Number | _Labelled | pd.DataFrame,
    kind: str | _Labelled | pd.DataFrame = 'linear',
    fee_rate: _Number | _Labelled | pd.DataFrame = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def position_pnl(
    quantity: _Number | _Listed | _Array,
    entry_price: _Number | _Listed | _Array,
    exit_price: _Number | _Listed | _Array,
    kind: str | _Listed | _Array = 'linear',
    fee_rate: _Number | _Listed | _Array = 0.0,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def position_roe(
    entry_price: _Number,
    exit_price: _Number,
    leverage: _Number,
    side: str = 'short',
    kind: str = 'linear',
    fee_rate: _Number = 0.0,
    *,
    errors: _Errors = ...,
) -> float:
    """Return on the initial margin from the entry to the exit: 0.5 is a gain of half the margin.

    With x = exit/entry and s = +1 long, -1 short: leverage (s (x - 1) - fee (1 + x)) if linear,
    leverage (s (1 - 1/x) - fee (1 + 1/x)) if inverse."""
@overload
def position_roe(
    entry_price: _Number | _Listed,
    exit_price: _Number | _Listed,
    leverage: _Number | _Listed,
    side: str | _Listed = 'short',
    kind: str | _Listed = 'linear',
    fee_rate: _Number | _Listed = 0.0,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def position_roe(
    entry_price: _Number | _Labelled,
    exit_price: _Number | _Labelled,
    leverage: _Number | _Labelled,
    side: str | _Labelled = 'short',
    kind: str | _Labelled = 'linear',
    fee_rate: _Number | _Labelled = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def position_roe(
    entry_price: _Number | _Labelled | pd.DataFrame,
    exit_price: _Number | _Labelled | pd.DataFrame,
    leverage: _Number | _Labelled | pd.DataFrame,
    side: str | _Labelled | pd.DataFrame = 'short',
    kind: str | _Labelled | pd.DataFrame = 'linear',
    fee_rate: _Number | _Labelled | pd.DataFrame = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def position_roe(
    entry_price: _Number | _Listed | _Array,
    exit_price: _Number | _Listed | _Array,
    leverage: _Number | _Listed | _Array,
    side: str | _Listed | _Array = 'short',
    kind: str | _Listed | _Array = 'linear',
    fee_rate: _Number | _Listed | _Array = 0.0,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def target_price(
    entry_price: _Number,
    leverage: _Number,
    roe: _Number,
    side: str = 'short',
    kind: str = 'linear',
    fee_rate: _Number = 0.0,
    *,
    errors: _Errors = ...,
) -> float:
    """Exit price at which the return on the initial margin is reached, after the fee of both fills.

    The inverse of POSITION_ROE. #N/A where no positive price reaches it: a short at 2x wins at most 200 %."""
@overload
def target_price(
    entry_price: _Number | _Listed,
    leverage: _Number | _Listed,
    roe: _Number | _Listed,
    side: str | _Listed = 'short',
    kind: str | _Listed = 'linear',
    fee_rate: _Number | _Listed = 0.0,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def target_price(
    entry_price: _Number | _Labelled,
    leverage: _Number | _Labelled,
    roe: _Number | _Labelled,
    side: str | _Labelled = 'short',
    kind: str | _Labelled = 'linear',
    fee_rate: _Number | _Labelled = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def target_price(
    entry_price: _Number | _Labelled | pd.DataFrame,
    leverage: _Number | _Labelled | pd.DataFrame,
    roe: _Number | _Labelled | pd.DataFrame,
    side: str | _Labelled | pd.DataFrame = 'short',
    kind: str | _Labelled | pd.DataFrame = 'linear',
    fee_rate: _Number | _Labelled | pd.DataFrame = 0.0,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def target_price(
    entry_price: _Number | _Listed | _Array,
    leverage: _Number | _Listed | _Array,
    roe: _Number | _Listed | _Array,
    side: str | _Listed | _Array = 'short',
    kind: str | _Listed | _Array = 'linear',
    fee_rate: _Number | _Listed | _Array = 0.0,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def option_delta(
    spot: _Number,
    strike: _Number,
    days: _Number,
    volatility: _Number,
    rate: _Number = 0.0,
    option_type: str = 'call',
    underlying: str = 'spot',
    *,
    errors: _Errors = ...,
) -> float:
    """Delta of a European option: base units of the asset that one option behaves like.

    Between 0 and 1 for a call, between -1 and 0 for a put: N(d1), and N(d1) - 1; of an option on a
    future (Black 1976, spot is then the futures price) these times exp(-rate x days / 365). The type
    is not called type, as Type is a word of VBA, whose names of the arguments Excel's wizard shows."""
@overload
def option_delta(
    spot: _Number | _Listed,
    strike: _Number | _Listed,
    days: _Number | _Listed,
    volatility: _Number | _Listed,
    rate: _Number | _Listed = 0.0,
    option_type: str | _Listed = 'call',
    underlying: str | _Listed = 'spot',
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def option_delta(
    spot: _Number | _Labelled,
    strike: _Number | _Labelled,
    days: _Number | _Labelled,
    volatility: _Number | _Labelled,
    rate: _Number | _Labelled = 0.0,
    option_type: str | _Labelled = 'call',
    underlying: str | _Labelled = 'spot',
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def option_delta(
    spot: _Number | _Labelled | pd.DataFrame,
    strike: _Number | _Labelled | pd.DataFrame,
    days: _Number | _Labelled | pd.DataFrame,
    volatility: _Number | _Labelled | pd.DataFrame,
    rate: _Number | _Labelled | pd.DataFrame = 0.0,
    option_type: str | _Labelled | pd.DataFrame = 'call',
    underlying: str | _Labelled | pd.DataFrame = 'spot',
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def option_delta(
    spot: _Number | _Listed | _Array,
    strike: _Number | _Listed | _Array,
    days: _Number | _Listed | _Array,
    volatility: _Number | _Listed | _Array,
    rate: _Number | _Listed | _Array = 0.0,
    option_type: str | _Listed | _Array = 'call',
    underlying: str | _Listed | _Array = 'spot',
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def option_vega(
    spot: _Number,
    strike: _Number,
    days: _Number,
    volatility: _Number,
    rate: _Number = 0.0,
    underlying: str = 'spot',
    *,
    errors: _Errors = ...,
) -> float:
    """Vega of a European option, call or put alike: change of its value per 1.00 of volatility.

    Divide by 100 for a change of one percentage point. spot x n(d1) x sqrt(days / 365); of an option
    on a future (Black 1976, spot is then the futures price) that times exp(-rate x days / 365)."""
@overload
def option_vega(
    spot: _Number | _Listed,
    strike: _Number | _Listed,
    days: _Number | _Listed,
    volatility: _Number | _Listed,
    rate: _Number | _Listed = 0.0,
    underlying: str | _Listed = 'spot',
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def option_vega(
    spot: _Number | _Labelled,
    strike: _Number | _Labelled,
    days: _Number | _Labelled,
    volatility: _Number | _Labelled,
    rate: _Number | _Labelled = 0.0,
    underlying: str | _Labelled = 'spot',
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def option_vega(
    spot: _Number | _Labelled | pd.DataFrame,
    strike: _Number | _Labelled | pd.DataFrame,
    days: _Number | _Labelled | pd.DataFrame,
    volatility: _Number | _Labelled | pd.DataFrame,
    rate: _Number | _Labelled | pd.DataFrame = 0.0,
    underlying: str | _Labelled | pd.DataFrame = 'spot',
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def option_vega(
    spot: _Number | _Listed | _Array,
    strike: _Number | _Listed | _Array,
    days: _Number | _Listed | _Array,
    volatility: _Number | _Listed | _Array,
    rate: _Number | _Listed | _Array = 0.0,
    underlying: str | _Listed | _Array = 'spot',
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def vega_hedge(
    portfolio_vega: _Number,
    option_vega: _Number,
    *,
    errors: _Errors = ...,
) -> float:
    """Options to buy (negative: to sell) so that the portfolio has no vega left."""
@overload
def vega_hedge(
    portfolio_vega: _Number | _Listed,
    option_vega: _Number | _Listed,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def vega_hedge(
    portfolio_vega: _Number | _Labelled,
    option_vega: _Number | _Labelled,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def vega_hedge(
    portfolio_vega: _Number | _Labelled | pd.DataFrame,
    option_vega: _Number | _Labelled | pd.DataFrame,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def vega_hedge(
    portfolio_vega: _Number | _Listed | _Array,
    option_vega: _Number | _Listed | _Array,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def option_price(
    spot: _Number,
    strike: _Number,
    days: _Number,
    volatility: _Number,
    rate: _Number = 0.0,
    option_type: str = 'call',
    underlying: str = 'spot',
    *,
    errors: _Errors = ...,
) -> float:
    """Value of one European option, in the quote currency per base unit.

    exp(-rT) (F N(d1) - K N(d2)) for a call, T = days / 365 and F = spot exp(rT), or spot itself for an
    option on a future (Black 1976). A premium that a venue quotes in coin is this over the spot price."""
@overload
def option_price(
    spot: _Number | _Listed,
    strike: _Number | _Listed,
    days: _Number | _Listed,
    volatility: _Number | _Listed,
    rate: _Number | _Listed = 0.0,
    option_type: str | _Listed = 'call',
    underlying: str | _Listed = 'spot',
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def option_price(
    spot: _Number | _Labelled,
    strike: _Number | _Labelled,
    days: _Number | _Labelled,
    volatility: _Number | _Labelled,
    rate: _Number | _Labelled = 0.0,
    option_type: str | _Labelled = 'call',
    underlying: str | _Labelled = 'spot',
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def option_price(
    spot: _Number | _Labelled | pd.DataFrame,
    strike: _Number | _Labelled | pd.DataFrame,
    days: _Number | _Labelled | pd.DataFrame,
    volatility: _Number | _Labelled | pd.DataFrame,
    rate: _Number | _Labelled | pd.DataFrame = 0.0,
    option_type: str | _Labelled | pd.DataFrame = 'call',
    underlying: str | _Labelled | pd.DataFrame = 'spot',
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def option_price(
    spot: _Number | _Listed | _Array,
    strike: _Number | _Listed | _Array,
    days: _Number | _Listed | _Array,
    volatility: _Number | _Listed | _Array,
    rate: _Number | _Listed | _Array = 0.0,
    option_type: str | _Listed | _Array = 'call',
    underlying: str | _Listed | _Array = 'spot',
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def implied_volatility(
    premium: _Number,
    spot: _Number,
    strike: _Number,
    days: _Number,
    rate: _Number = 0.0,
    option_type: str = 'call',
    underlying: str = 'spot',
    *,
    errors: _Errors = ...,
) -> float:
    """Volatility at which OPTION_PRICE is the premium, in the quote currency per base unit.

    A premium that is not strictly between the bounds that leave no arbitrage is refused with them: what
    the option is worth if nothing moves, and the price of what it is on (of the strike, for a put)."""
@overload
def implied_volatility(
    premium: _Number | _Listed,
    spot: _Number | _Listed,
    strike: _Number | _Listed,
    days: _Number | _Listed,
    rate: _Number | _Listed = 0.0,
    option_type: str | _Listed = 'call',
    underlying: str | _Listed = 'spot',
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def implied_volatility(
    premium: _Number | _Labelled,
    spot: _Number | _Labelled,
    strike: _Number | _Labelled,
    days: _Number | _Labelled,
    rate: _Number | _Labelled = 0.0,
    option_type: str | _Labelled = 'call',
    underlying: str | _Labelled = 'spot',
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def implied_volatility(
    premium: _Number | _Labelled | pd.DataFrame,
    spot: _Number | _Labelled | pd.DataFrame,
    strike: _Number | _Labelled | pd.DataFrame,
    days: _Number | _Labelled | pd.DataFrame,
    rate: _Number | _Labelled | pd.DataFrame = 0.0,
    option_type: str | _Labelled | pd.DataFrame = 'call',
    underlying: str | _Labelled | pd.DataFrame = 'spot',
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def implied_volatility(
    premium: _Number | _Listed | _Array,
    spot: _Number | _Listed | _Array,
    strike: _Number | _Listed | _Array,
    days: _Number | _Listed | _Array,
    rate: _Number | _Listed | _Array = 0.0,
    option_type: str | _Listed | _Array = 'call',
    underlying: str | _Listed | _Array = 'spot',
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def collar_pnl(
    exposure: _Number,
    spot_price: _Number,
    move: _Number,
    put_strike: _Number,
    put_premium: _Number,
    call_strike: _Number | None = None,
    call_premium: _Number = 0.0,
    ratio: _Number = 1.0,
    *,
    errors: _Errors = ...,
) -> float:
    """Gain or loss at expiry of a holding with puts bought and, if a call strike is given, calls sold.

    exposure x move + ratio x exposure / spot x (max(Kp - S, 0) - put premium - max(S - Kc, 0) + call
    premium), S = spot x (1 + move). Without a call it is a protective put. Premiums are per base unit in
    the quote currency: one quoted in coin is multiplied by the index first."""
@overload
def collar_pnl(
    exposure: _Number | _Listed,
    spot_price: _Number | _Listed,
    move: _Number | _Listed,
    put_strike: _Number | _Listed,
    put_premium: _Number | _Listed,
    call_strike: _Number | _Listed | None = None,
    call_premium: _Number | _Listed = 0.0,
    ratio: _Number | _Listed = 1.0,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def collar_pnl(
    exposure: _Number | _Labelled,
    spot_price: _Number | _Labelled,
    move: _Number | _Labelled,
    put_strike: _Number | _Labelled,
    put_premium: _Number | _Labelled,
    call_strike: _Number | _Labelled | None = None,
    call_premium: _Number | _Labelled = 0.0,
    ratio: _Number | _Labelled = 1.0,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def collar_pnl(
    exposure: _Number | _Labelled | pd.DataFrame,
    spot_price: _Number | _Labelled | pd.DataFrame,
    move: _Number | _Labelled | pd.DataFrame,
    put_strike: _Number | _Labelled | pd.DataFrame,
    put_premium: _Number | _Labelled | pd.DataFrame,
    call_strike: _Number | _Labelled | pd.DataFrame | None = None,
    call_premium: _Number | _Labelled | pd.DataFrame = 0.0,
    ratio: _Number | _Labelled | pd.DataFrame = 1.0,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def collar_pnl(
    exposure: _Number | _Listed | _Array,
    spot_price: _Number | _Listed | _Array,
    move: _Number | _Listed | _Array,
    put_strike: _Number | _Listed | _Array,
    put_premium: _Number | _Listed | _Array,
    call_strike: _Number | _Listed | _Array | None = None,
    call_premium: _Number | _Listed | _Array = 0.0,
    ratio: _Number | _Listed | _Array = 1.0,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def contract_spec(
    venue: str,
    symbol: str,
    field: str,
    about: str = 'value',
    *,
    errors: _Errors = ...,
) -> float | str:
    """Fact of a contract from the venue table: its size, lot, tick, fees, minimum, date, source.

    Fees are shares of the notional, lot and minimum quantity are in contracts, as_of is a date (its
    serial number). One row's facts are not all of one day: "as_of" and "source" as the last argument
    give those of the very figure. #N/A with the reason for an unknown venue or symbol and for a fact,
    date or source not known."""
@overload
def contract_spec(
    venue: str | _Listed,
    symbol: str | _Listed,
    field: str | _Listed,
    about: str | _Listed = 'value',
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def contract_spec(
    venue: str | _Labelled,
    symbol: str | _Labelled,
    field: str | _Labelled,
    about: str | _Labelled = 'value',
    *,
    errors: _Errors = ...,
) -> pd.Series[Any]: ...
@overload
def contract_spec(
    venue: str | _Labelled | pd.DataFrame,
    symbol: str | _Labelled | pd.DataFrame,
    field: str | _Labelled | pd.DataFrame,
    about: str | _Labelled | pd.DataFrame = 'value',
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def contract_spec(
    venue: str | _Listed | _Array,
    symbol: str | _Listed | _Array,
    field: str | _Listed | _Array,
    about: str | _Listed | _Array = 'value',
    *,
    errors: _Errors = ...,
) -> _Array: ...

@overload
def maintenance_rate(
    venue: str,
    symbol: str,
    notional: _Number,
    *,
    errors: _Errors = ...,
) -> float:
    """Maintenance margin rate of the leverage tier that a notional falls in.

    A notional at the end of a tier is still in it. #N/A where no tiers are known, and above the last."""
@overload
def maintenance_rate(
    venue: str | _Listed,
    symbol: str | _Listed,
    notional: _Number | _Listed,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def maintenance_rate(
    venue: str | _Labelled,
    symbol: str | _Labelled,
    notional: _Number | _Labelled,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def maintenance_rate(
    venue: str | _Labelled | pd.DataFrame,
    symbol: str | _Labelled | pd.DataFrame,
    notional: _Number | _Labelled | pd.DataFrame,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def maintenance_rate(
    venue: str | _Listed | _Array,
    symbol: str | _Listed | _Array,
    notional: _Number | _Listed | _Array,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

@overload
def maintenance_amount(
    venue: str,
    symbol: str,
    notional: _Number,
    *,
    errors: _Errors = ...,
) -> float:
    """Maintenance amount of the leverage tier that a notional falls in, for MAINTENANCE_MARGIN.

    A notional at the end of a tier is still in it. #N/A where no tiers are known, and above the last."""
@overload
def maintenance_amount(
    venue: str | _Listed,
    symbol: str | _Listed,
    notional: _Number | _Listed,
    *,
    errors: _Errors = ...,
) -> list[Any]: ...
@overload
def maintenance_amount(
    venue: str | _Labelled,
    symbol: str | _Labelled,
    notional: _Number | _Labelled,
    *,
    errors: _Errors = ...,
) -> pd.Series[float]: ...
@overload
def maintenance_amount(
    venue: str | _Labelled | pd.DataFrame,
    symbol: str | _Labelled | pd.DataFrame,
    notional: _Number | _Labelled | pd.DataFrame,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame: ...
@overload
def maintenance_amount(
    venue: str | _Listed | _Array,
    symbol: str | _Listed | _Array,
    notional: _Number | _Listed | _Array,
    *,
    errors: _Errors = ...,
) -> npt.NDArray[np.float64]: ...

def hedge_candidates(
    notional: _Number,
    assets: _Cells | pd.DataFrame,
    prices: _Cells | pd.DataFrame,
    leverage: _Number,
    *,
    errors: _Errors = ...,
) -> pd.DataFrame:
    """Contracts of all venues ranked by how close a feasible hedge comes to the wanted notional.

    Each contract of the venue table on one of the assets, in the nearest whole lots that the venue's
    minimum quantity and notional allow. First comes the least gap (absolute, relative to the wanted
    notional), then the lower margin, the lower taker fees in and out, the smaller smallest order.
    Verdicts: "closest" (the first), "feasible", "too large" (no hedge at all would be as near),
    "leverage above ..." (more than the contract allows), "... not known". Only feasible ones have a
    rank; an unknown minimum or highest leverage is taken as none."""
