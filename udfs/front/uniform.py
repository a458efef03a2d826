"""A column of numbers in the place of one: it takes part in arithmetic, and in what all of it agrees on.

A function that is run with columns gives what it gives cell by cell, or it stops: the four operations
of numpy give Python's digits, and a comparison on which the rows differ is `Split`, so that the two
kinds of rows are worked apart. All else that a function may do with a number (roots, powers, rounding,
formatting) a column does not know.
"""

import math
import threading
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Number = float | int
Numbers = npt.NDArray[np.float64]


RUN: Final = 100_000  # rows at a time: what lies between two operations stays in memory that is at hand
KEPT: Final = 4  # buffers of so many rows that a thread keeps
_kept = threading.local()


def _buffers() -> list[Numbers]:
    """The buffers that this thread has to spare."""
    try:
        spare: list[Numbers] = _kept.buffers
    except AttributeError:
        spare = _kept.buffers = []
    return spare


class Mixed(Exception):
    """The rows hold what needs a look of its own."""


class Split(Exception):
    """The rows differ where a function treats them all alike; the truths say how."""

    def __init__(self, truths: npt.NDArray[np.bool_]) -> None:
        super().__init__()
        self.truths = truths


def is_finite(numbers: Numbers) -> bool:
    """Whether no number is a NaN or infinite, told by their sum: the quickest look.

    Numbers whose sum is too large for a number get a look of their own.
    """
    return math.isfinite(np.add.reduce(numbers))


def _operation(work: Callable[[Any, Any], Any], *, swapped: bool = False) -> Callable[[Any, Any], Any]:
    def operate(self: "Uniform", other: object) -> Any:
        if isinstance(other, Uniform):
            other = other.values
        elif type(other) not in KNOWN:
            return NotImplemented
        return self.made(work, other, self.values) if swapped else self.made(work, self.values, other)

    return operate


def _comparison(work: Callable[[Any, Any], Any]) -> Callable[[Any, Any], bool]:
    def compare(self: "Uniform", other: object) -> bool:
        numbers = self.finite()
        if isinstance(other, Uniform):
            other = other.finite()
        elif type(other) not in KNOWN:
            raise Mixed
        truths = work(numbers, other)
        if truths.all():
            return True
        if truths.any():
            raise Split(truths)
        return False

    return compare


KNOWN: Final = frozenset((float, int))


class Uniform:
    """Numbers that a function of one number takes for one."""

    __slots__ = ("_buffer", "has_high", "has_low", "values")

    def __init__(
        self,
        values: Numbers,
        *,
        has_low: bool = False,  # none is below a bound, or a NaN
        has_high: bool = False,  # none is above one, or a NaN
        buffer: Numbers | None = None,
    ) -> None:
        self.values = values
        self.has_low = has_low
        self.has_high = has_high
        self._buffer = buffer

    def __del__(self) -> None:
        """Leave the memory to the next result: the system takes long to give new."""
        if self._buffer is not None:
            spare = _buffers()
            if len(spare) < KEPT:
                spare.append(self._buffer)

    def made(self, work: Callable[..., Any], *operands: Any) -> "Uniform":
        """The result of an operation."""
        spare = _buffers()
        buffer = spare.pop() if spare else np.empty(RUN)
        values = buffer[: len(self.values)]
        work(*operands, out=values)
        return Uniform(values, buffer=buffer)

    def finite(self) -> Numbers:
        """The numbers where a NaN or an infinity would not show in the result: none may be one."""
        if self.has_low or self.has_high:
            known = (self.has_low or np.minimum.reduce(self.values) > -np.inf) and (
                self.has_high or np.maximum.reduce(self.values) < np.inf
            )
        else:
            known = is_finite(self.values)
        if not known:
            raise Mixed
        return self.values

    def at(self, rows: npt.NDArray[np.intp]) -> "Uniform":
        """Some of the rows."""
        return Uniform(self.values[rows], has_low=self.has_low, has_high=self.has_high)

    __add__ = _operation(np.add)
    __sub__ = _operation(np.subtract)
    __mul__ = _operation(np.multiply)
    __rsub__ = _operation(np.subtract, swapped=True)
    __rmul__ = _operation(np.multiply, swapped=True)

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, Uniform):
            return self.made(np.divide, self.values, other.finite())
        return self.made(np.divide, self.values, other) if type(other) in KNOWN else NotImplemented

    def __rtruediv__(self, other: Any) -> Any:
        return self.made(np.divide, other, self.finite()) if type(other) in KNOWN else NotImplemented

    def __radd__(self, other: Any) -> Any:
        """Nothing is added to an integer: `sum` begins with one, and adds floats in a way of its own."""
        return self.made(np.add, other, self.values) if type(other) is float else NotImplemented

    def __neg__(self) -> "Uniform":
        return self.made(np.negative, self.values)

    def __abs__(self) -> "Uniform":
        return self.made(np.abs, self.values)

    __lt__ = _comparison(np.less)
    __le__ = _comparison(np.less_equal)
    __gt__ = _comparison(np.greater)
    __ge__ = _comparison(np.greater_equal)
    __eq__ = _comparison(np.equal)
    __ne__ = _comparison(np.not_equal)
    __hash__ = None  # type: ignore[assignment]  # it stands for many

    def __bool__(self) -> bool:
        return self != 0
