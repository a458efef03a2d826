"""The functions over numpy and pandas: the one part of `udfs` that imports them.

Nothing else in `udfs` does, as the mathematics runs where neither is installed; and pandas is
imported for its own objects alone.
"""

import math
import sys
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from udfs.checked import blanked, on_lists
from udfs.front import arrays
from udfs.registry import Spec


def is_container(value: object) -> bool:
    """Whether a value holds several, as an array, a Series or a frame does."""
    return (isinstance(value, np.ndarray) and value.ndim > 0) or _is_labelled(value)


def _is_labelled(value: object) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, (pandas.Series, pandas.DataFrame, pandas.Index))


def answer(spec: Spec, cells: Sequence[Any], errors: str) -> Any:
    """The checked call of what may be arrays, Series and frames."""
    if spec.is_array or any(map(_is_labelled, cells)):
        from udfs.front import frames  # noqa: PLC0415 - who has arrays alone needs no pandas

        return frames.answer(spec, cells, errors)
    if spec.is_elementwise:
        return arrays.answer(spec, cells, errors)
    return on_lists(spec, list(map(blanked, cells)), errors)


def plain(value: Any) -> Any:
    """A value of numpy or pandas as Python has it; a missing one is None, an array a list."""
    if isinstance(value, np.ndarray):
        return arrays.cells_of(value)
    if isinstance(value, np.datetime64):
        value = value.astype("datetime64[us]").item()  # a finer one would be an integer
    elif isinstance(value, np.generic) and not isinstance(value, np.timedelta64):
        value = float(value) if isinstance(value, np.longdouble) else value.item()
    pandas = sys.modules.get("pandas")
    if pandas is not None:
        if isinstance(value, (pandas.Series, pandas.Index)):
            return arrays.cells_of(value.to_numpy(dtype=object))
        if value is pandas.NA or value is pandas.NaT:
            return None
        if isinstance(value, pandas.Timestamp):
            return value.to_pydatetime(warn=False)
    if isinstance(value, (float, Decimal)) and math.isnan(value):
        return None
    return value
