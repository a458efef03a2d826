"""What an editor says of the functions: mypy holds the types, as `make lint` runs it over this file too."""

from typing import Any, assert_type

import numpy as np
import numpy.typing as npt
import pandas as pd

from udfs import basis_state, hedge_beta, hedge_margin, hedge_plan, realized_volatility

PRICES = pd.DataFrame(
    {"BTC": [1.0, 2.0, 3.0], "ETH": [1.0, 3.0, 4.0]}, pd.date_range("2025-01-01", periods=3)
)


def test_what_comes_back_is_what_the_types_say() -> None:
    """A number for numbers, and the container that came in for containers."""
    btc = PRICES["BTC"]
    assert isinstance(assert_type(hedge_margin(2400, leverage=5), float), float)
    assert isinstance(assert_type(hedge_margin([2400, 1200], 5), list[Any]), list)
    array = assert_type(hedge_margin(np.array([2400.0]), 5), npt.NDArray[np.float64])
    assert array.dtype == np.float64
    assert isinstance(hedge_margin(btc, 5), pd.Series)
    assert isinstance(assert_type(hedge_margin(PRICES, 5), pd.DataFrame), pd.DataFrame)
    assert isinstance(assert_type(basis_state(2, 1), str), str)
    assert isinstance(assert_type(hedge_beta([1, 3, 4], (1, 2, 3)), float), float)
    assert isinstance(assert_type(realized_volatility([1, 2, 4]), float), float)
    assert isinstance(hedge_beta(PRICES, btc), pd.Series)
    assert isinstance(assert_type(hedge_plan(6000, 30000, 0.4, 5), pd.DataFrame), pd.DataFrame)
