"""The functions over numpy's arrays: at once where a function is arithmetic, cell by cell where it is not."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from udfs.broadcasting import result_column
from udfs.checked import blanked, settled
from udfs.errors import HedgeError, NotAvailable, WrongType
from udfs.front import lots
from udfs.front.uniform import RUN, Mixed, Split, Uniform, is_finite
from udfs.parameters import MAX, Parameter
from udfs.ranges import RANGES, PlainCells, is_range
from udfs.registry import Spec

Array = npt.NDArray[Any]

NUMERIC: Final = frozenset("iuf")  # kinds of numpy's types that are numbers
OF_COLUMNS: Final[Mapping[str, Callable[..., Any]]] = {"HEDGE_CONTRACTS": lots.contracts_of_columns}
DEEPEST: Final = 8  # comparisons, one inside another, by which rows are told apart
WORDS: Final = frozenset("UO")  # kinds that may hold words


def array_answer(spec: Spec, cells: Sequence[Any], errors: str) -> Array:
    """An elementwise function over arrays that meet by numpy's rules of shape."""
    return elementwise(spec, list(map(_array_or_cell, cells)), errors)


def elementwise(
    spec: Spec, values: Sequence[Any], errors: str, place: Callable[[int], str] = "at index {}".format
) -> Array:
    """The results of arrays and single cells: float64, or texts; refused ones are raised or missing."""
    arrays = {p.name: v for p, v in zip(spec.parameters, values, strict=True) if isinstance(v, np.ndarray)}
    try:
        shape = np.broadcast_shapes(*{array.shape for array in arrays.values()})
    except ValueError:
        sizes = " and ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise NotAvailable(f"{spec.name}: arrays must be of shapes that meet, got {sizes}") from None
    found = _at_once(spec, values, shape)
    if found is not None:
        return found
    height = int(np.prod(shape))
    columns = [
        PlainCells(cells := cells_of(np.broadcast_to(value, shape).ravel()), 0, set(map(type, cells)))
        if isinstance(value, np.ndarray)
        else PlainCells([value], 0, set())
        for value in values
    ]
    for parameter, column in zip(spec.parameters, columns, strict=True):
        if not RANGES.isdisjoint(column.kinds):
            raise WrongType(f"{parameter.name}: must hold single cells, got a range in one", parameter.name)
    results = settled(spec, result_column(spec, columns, height), errors, place) if height else []
    return _array_of(results).reshape(shape)


def _array_or_cell(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value if value.ndim else blanked(value.item())
    if not is_range(value):
        return blanked(value)
    cells = blanked(value)
    return np.array(cells, dtype=object)


def _array_of(results: Sequence[Any]) -> Array:
    """Results as an array: numbers are float64, texts are texts."""
    kinds = set(map(type, results))
    if kinds <= {float}:
        return np.array(results, dtype=np.float64)
    return np.array(results) if kinds == {str} else np.array(results, dtype=object)


def cells_of(array: Array) -> list[Any]:
    """The cells of an array as lists of Python's own values, missing ones as None."""
    if array.dtype.kind in "Mm":
        array = array.astype(f"{array.dtype.str[1:3]}[us]")  # a finer one would come out as integers
    cells: list[Any] = array.tolist()
    return blanked(cells) if array.dtype.kind in "iufb" else list(map(blanked, cells))


def _at_once(spec: Spec, values: Sequence[Any], shape: tuple[int, ...]) -> Array | None:
    """The results of clean columns by numpy's arithmetic; None if any cell needs a look of its own.

    The four operations of numpy are those of Python to the last digit, and `Uniform` allows no other.
    A run of rows at a time, so that what lies between two operations stays in the processor's cache.
    """
    try:
        columns = [_column(p, value, shape) for p, value in zip(spec.parameters, values, strict=True)]
        function = OF_COLUMNS.get(spec.name, spec.function)
        found = np.empty(shape)
        flat = found.reshape(-1)
        with np.errstate(all="raise", under="ignore"):
            for start in range(0, flat.size, RUN):
                run = slice(start, start + RUN)
                rows = (column[run] if isinstance(column, np.ndarray) else column for column in columns)
                _work(function, list(map(_uniform, spec.parameters, rows)), flat[run])
    except (HedgeError, ArithmeticError, TypeError, ValueError, Mixed):
        return None
    return found


def _column(parameter: Parameter, value: Any, shape: tuple[int, ...]) -> Any:
    """An argument for all rows: one usable value, or numbers that have yet to be looked at."""
    if not isinstance(value, np.ndarray):
        return parameter.read(value)
    if parameter.arg.is_text:
        words = set(value.ravel().tolist()) if value.dtype.kind in WORDS else set()
        if len(words) != 1:
            raise Mixed
        return parameter.read(words.pop())
    if value.dtype.kind not in NUMERIC or np.ma.isMaskedArray(value):
        raise Mixed
    numbers = np.asarray(value).astype(np.float64, copy=False)
    return (numbers if numbers.shape == shape else np.broadcast_to(numbers, shape)).reshape(-1)


def _uniform(parameter: Parameter, numbers: Any) -> Any:
    """A run of numbers in the place of one, if each lies in the domain."""
    if not isinstance(numbers, np.ndarray):
        return numbers
    # Without a bound, that all are finite shows in the result, or is looked at where it would not.
    has_low, has_high = parameter.low != -MAX, parameter.high != MAX
    if has_low and not np.minimum.reduce(numbers) >= parameter.low:
        raise Mixed
    if has_high and not np.maximum.reduce(numbers) <= parameter.high:
        raise Mixed
    if parameter.divides and parameter.low <= 0 <= parameter.high and not numbers.all():
        raise Mixed
    return Uniform(numbers, has_low=has_low, has_high=has_high)


def _work(function: Callable[..., Any], cells: Sequence[Any], place: Array, *, depth: int = 0) -> None:
    """Put the results for a run of rows into their place; rows that a comparison tells apart go apart."""
    try:
        result = function(*cells)
    except Split as split:
        if depth == DEEPEST:
            raise Mixed from None
        for rows in (np.flatnonzero(split.truths), np.flatnonzero(~split.truths)):
            some = [cell.at(rows) if isinstance(cell, Uniform) else cell for cell in cells]
            part = np.empty(len(rows))
            _work(function, some, part, depth=depth + 1)
            place[rows] = part
        return
    np.add(result.values if isinstance(result, Uniform) else float(result), 0.0, out=place)  # -0.0 reads as 0
    if not is_finite(place):
        raise Mixed
