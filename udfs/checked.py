"""The functions under their Python names: a refusal is raised, and the shape that comes in comes out.

A number gives a number, a list a list. A missing value (None, NaN, pd.NA) is a blank cell. Arrays,
Series and frames are handed to `udfs.front`, which alone knows numpy and pandas: it is loaded when
such an object comes in, or when a table goes out.
"""

import math
import sys
import warnings
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final

from udfs.compiled import compiled_python
from udfs.errors import HedgeError, NotAvailable, RefusedCells
from udfs.ranges import RAGGED, HostCell, is_range, kinds_of, plain_of
from udfs.registry import Spec

RAISE: Final = "raise"
COERCE: Final = "coerce"
ANSWERS: Final = frozenset((float, str))
NUMBERS: Final = frozenset((float, int))
OWN: Final = frozenset(("builtins", "datetime", "decimal", "fractions"))  # modules whose values cells know


def checked(spec: Spec) -> Callable[..., Any]:
    """The function of a record as Python calls it, with one more keyword, `errors`.

    "raise", the default, raises the first refusal. "coerce" puts a missing value in its place and
    warns once, with the number of them.
    """
    call = compiled_python(spec, lambda cells, errors: _answer(spec, cells, errors))
    call.__module__ = "udfs"
    call.__doc__ = spec.doc
    call.__annotations__ = dict(spec.function.__annotations__)
    return call


def _answer(spec: Spec, cells: Sequence[Any], errors: str) -> Any:
    if errors not in (RAISE, COERCE):
        raise ValueError(f'errors: must be "{RAISE}" or "{COERCE}", got {errors!r}')
    if spec.is_array or any(map(_is_container, cells)):
        from udfs import front  # noqa: PLC0415 - only what is of numpy or pandas needs them

        return front.answer(spec, cells, errors)
    return on_lists(spec, list(map(blanked, cells)), errors)


def _is_foreign(value: object) -> bool:
    """Whether a value may be one of numpy or pandas."""
    return type(value).__module__.partition(".")[0] not in OWN and "numpy" in sys.modules


def _is_container(value: object) -> bool:
    if not _is_foreign(value):
        return False
    from udfs import front  # noqa: PLC0415 - numpy is there already

    return front.is_container(value)


def blanked(value: Any) -> HostCell:
    """A value, or each of a list, as a cell holds it: a missing one is blank, a sequence a list."""
    if is_range(value):
        plain = plain_of(value)
        if plain.width != RAGGED and plain.kinds <= NUMBERS and math.isfinite(_total(plain.cells)):
            return value
        return list(map(blanked, value))
    if is_missing(value):
        return None
    if _is_foreign(value):
        from udfs import front  # noqa: PLC0415 - numpy is there already

        value = front.plain(value)
        return list(map(blanked, value)) if is_range(value) else value
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return list(map(blanked, value))
    return value


def is_missing(value: object) -> bool:
    """Whether a value of Python's own stands for none."""
    return value.is_nan() if isinstance(value, Decimal) else isinstance(value, float) and math.isnan(value)


def _total(cells: Sequence[float]) -> float:
    try:
        return float(sum(cells))
    except OverflowError:
        return math.inf


def on_lists(spec: Spec, cells: Sequence[HostCell], errors: str) -> Any:
    """The checked call of cells and lists; lists give a list of their shape."""
    if not spec.is_elementwise or not any(map(is_range, cells)):
        return settled(spec, [_called(spec, cells)], errors)[0]
    lists = {p.name: cell for p, cell in zip(spec.parameters, cells, strict=True) if is_range(cell)}
    if len({len(cell) for cell in lists.values()} - {1}) > 1:
        sizes = " and ".join(f"{name} {len(cell)}" for name, cell in lists.items())
        raise NotAvailable(f"{spec.name}: lists must be of one length, got {sizes}")
    for name, cell in lists.items():
        if all(is_range(row) and not row for row in cell):
            return [[] for _ in cell]
        if plain_of(cell).width == RAGGED:
            raise NotAvailable(f"{name}: its rows must be of one length", name)
    result = spec.call(*cells)
    if not is_range(result):  # a list of one cell was worked as that cell
        result = [[result]] if any(is_range(cell[0]) for cell in lists.values()) else [result]
    if is_range(result[0]):
        flat = iter(settled(spec, [cell for row in result for cell in row], errors))
        return [[next(flat) for _ in row] for row in result]
    return settled(spec, result, errors)


def _called(spec: Spec, cells: Sequence[HostCell]) -> Any:
    try:
        return spec.call(*cells)
    except HedgeError as refusal:
        return refusal


def settled(
    spec: Spec, results: list[Any], errors: str, place: Callable[[int], str] = "at index {}".format
) -> list[Any]:
    """Results without refusals: the first is raised, or each is a missing value and a warning counts them.

    `place` says which one a result is, for whoever looks for it.
    """
    if kinds_of(results) <= ANSWERS:
        return results
    refused = [at for at, result in enumerate(results) if isinstance(result, HedgeError)]
    if not refused:
        return results
    first: HedgeError = results[refused[0]]
    where = f", {place(refused[0])}" if len(results) > 1 else ""
    if errors == RAISE:
        if where:
            first.add_note(f"in {spec.name.lower()}{where}")
        raise first
    warnings.warn(
        f"{spec.name.lower()}: {len(refused)} of {len(results)} refused; the first{where}: {first}",
        RefusedCells,
        stacklevel=_depth_of_caller(),
    )
    missing = None if spec.unit == "text" else math.nan
    return [missing if isinstance(result, HedgeError) else result for result in results]


def _depth_of_caller() -> int:
    """How many calls lie between `settled` and the line that called the function."""
    frame, depth = sys._getframe(1), 1  # noqa: SLF001 - what `warnings` counts
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("udfs."):
        frame, depth = frame.f_back, depth + 1
    return depth
