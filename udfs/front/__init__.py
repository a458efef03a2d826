"""The functions over numpy and pandas: the one part of `udfs` that imports them.

Nothing else in `udfs` does, as the mathematics runs where neither is installed; and pandas is
imported for its own objects alone.
"""

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from udfs.checked import blanked, is_missing, on_lists
from udfs.front import arrays
from udfs.registry import Spec


def is_container(value: object) -> bool:
    """Whether a value holds several, as an array, a Series or a frame does."""
    return _is_labelled(value) or (hasattr(value, "__array__") and np.ndim(value) > 0)


def _is_labelled(value: object) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, (pandas.Series, pandas.DataFrame, pandas.Index))


def answer(spec: Spec, cells: Sequence[Any], errors: str) -> Any:
    """The checked call of what may be arrays, Series and frames, and of what numpy takes for an array."""
    cells = [cell if _is_labelled(cell) else _as_array(cell) for cell in cells]
    if spec.is_array or any(map(_is_labelled, cells)):
        from udfs.front import frames  # noqa: PLC0415 - who has arrays alone needs no pandas

        return frames.frame_answer(spec, cells, errors)
    if spec.is_elementwise:
        return arrays.array_answer(spec, cells, errors)
    return on_lists(spec, list(map(blanked, cells)), errors)


def _as_array(value: Any) -> Any:
    """An array of another library, or of pandas, as one of numpy; anything else as it is."""
    is_numpy = isinstance(value, (np.ndarray, np.generic))
    return value if is_numpy or not hasattr(value, "__array__") else np.asarray(value, dtype=object)


def plain(value: Any) -> Any:
    """A value of numpy or pandas as Python has it; a missing one is None, an array a list."""
    if isinstance(value, np.ndarray):
        return arrays.cells_of(value)
    if isinstance(value, (np.datetime64, np.timedelta64)):
        value = value.astype(f"{value.dtype.str[1:3]}[us]").item()  # a finer one would be an integer
    elif isinstance(value, np.generic):
        value = float(value) if isinstance(value, np.longdouble) else value.item()
    pandas = sys.modules.get("pandas")
    if pandas is not None:
        if isinstance(value, (pandas.Series, pandas.Index)):
            return arrays.cells_of(value.to_numpy(dtype=object))
        if value is pandas.NA or value is pandas.NaT:
            return None
        if isinstance(value, pandas.Timestamp):
            return value.to_pydatetime(warn=False)
    return None if is_missing(value) else value
