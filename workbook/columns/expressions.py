"""A formula worked for many rows at once, with the doubles that cell by cell would come of it.

What is worked are certified operations on plain numbers, in the order in which the engine works them.
Branches of IF are worked for their own rows alone, so that a division by zero that is not taken is none.
Whatever is no plain number on the way (an error, an overflow, a text, two numbers that Excel may find
equal though they differ) is `Odd`: the engine has to look at it.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain, count
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from udfs import REGISTRY
from udfs.errors import HedgeError
from udfs.front.arrays import array_answer
from workbook.columns.rounding import MOST, WAYS, rounded
from workbook.columns.rows import BLANK, PLAIN, WORD, Floats, Kinds
from workbook.formula.expression import Expression, Operation, expression
from workbook.formula.plain_writer import BLANK_CELL as OMITTED
from workbook.formula.tree import Node, tree

Truths = npt.NDArray[np.bool_]

CLOSE: Final = 8e-15  # relative: what may be the same in fifteen digits, and more


class Unsupported(Exception):
    """A formula that is not worked in columns."""


class Odd(Exception):
    """Rows that hold, or give, what is no plain number."""


@dataclass(frozen=True)
class Operand:
    """The cells that a reference means, row for row: an array a cell, or all numbers of a fixed range.

    What is no number counts as 0 among the cells, and is told by their kinds.
    """

    cells: Sequence[Floats]
    kinds: Sequence[Kinds | None]  # None where all are numbers
    fixed: Floats | None = None

    def taken(self, rows: Truths) -> "Operand":
        """The operand of some of the rows."""
        kinds = [None if each is None else each[rows] for each in self.kinds]
        return Operand([cell[rows] for cell in self.cells], kinds, self.fixed)

    def numbers(self, most: int = PLAIN) -> Sequence[Floats]:
        """The cells, if none holds anything but a number, or of other kinds up to `most`."""
        for each in self.kinds:
            if each is not None and each.max(initial=PLAIN) > most:
                raise Odd
        return self.cells


Operands = Sequence[Operand]
Numbers = Callable[[Operands, int], Floats]  # of so many rows
Tests = Callable[[Operands, int], Truths]

ARITHMETIC: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
}
COMPARING: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "=": np.equal,
    "<>": np.not_equal,
    "<": np.less,
    ">": np.greater,
    "<=": np.less_equal,
    ">=": np.greater_equal,
}


def _each(function: Callable[[float], float]) -> Callable[[Floats], Floats]:
    def work(numbers: Floats) -> Floats:
        try:
            return np.array(list(map(function, numbers.tolist())))
        except (ValueError, OverflowError):
            raise Odd from None

    return work


SINGLE: Final[dict[str, Callable[[Floats], Floats]]] = {
    "ABS": np.abs,
    "SIGN": np.sign,
    "INT": np.floor,
    "SQRT": np.sqrt,
    "EXP": _each(math.exp),
    "LN": _each(math.log),
    "LOG10": _each(math.log10),
}
GATHERING: Final = frozenset(("SUM", "AVERAGE", "MIN", "MAX"))


def compiled_formula(text: str) -> Numbers:
    """A plain formula as a function of the operands that it names, in their order."""
    return _Builder().whole(expression(tree(text)))


def largest_part(text: str) -> Numbers:
    """Of a formula that is a sum or a difference, the size of the largest of its parts."""
    side = _Builder().side(expression(tree(text)))

    def run(operands: Operands, rows: int) -> Floats:
        with np.errstate(all="ignore"):
            return side(operands, rows)[1]

    return run


class _Builder:
    """Builds the function of one formula, from left to right."""

    def __init__(self) -> None:
        self._areas = count()

    def whole(self, found: Expression) -> Numbers:
        work = self.number(found)

        def run(operands: Operands, rows: int) -> Floats:
            with np.errstate(all="ignore"):
                return work(operands, rows) + 0.0  # -0.0 reads as 0

        return run

    def number(self, found: Expression, *, lenient: bool = False) -> Numbers:
        """What gives numbers; `lenient` takes a blank cell for 0."""
        if isinstance(found, Operation):
            return self._operation(found)
        if not isinstance(found, Node):
            raise Unsupported
        if found.kind == "number":
            constant = float(found.text)
            return lambda _, rows: np.full(rows, constant)
        if found.kind == "area" and found.text != OMITTED:
            return self._cell(found, lenient=lenient)
        if found.kind == "call":
            return self._call(found)
        raise Unsupported

    def test(self, found: Expression) -> Tests:
        """What gives truth values."""
        if isinstance(found, Operation) and found.sign in COMPARING:
            return self._comparison(found)
        if isinstance(found, Node) and found.name in ("AND", "OR", "NOT"):
            tests = [self.test(expression(argument)) for argument in found.arguments]
            if found.name == "NOT":
                (one,) = _only(tests, 1)
                return lambda operands, rows: ~one(operands, rows)
            join = np.logical_and if found.name == "AND" else np.logical_or
            return lambda operands, rows: reduce(join, [test(operands, rows) for test in tests])
        raise Unsupported

    def _cell(self, node: Node, *, lenient: bool) -> Numbers:
        if ":" in node.text.rpartition("!")[2]:
            raise Unsupported
        at = next(self._areas)

        def fetch(operands: Operands, _: int) -> Floats:
            return operands[at].numbers(BLANK if lenient else PLAIN)[0]

        return fetch

    def _operation(self, found: Operation) -> Numbers:
        work = ARITHMETIC.get(found.sign)
        if len(found.operands) == 1:
            one = self.number(found.operands[0], lenient=found.sign != "+")
            if found.sign == "%":
                return lambda operands, rows: _finite(one(operands, rows) / 100)
            return one if found.sign == "+" else lambda operands, rows: -one(operands, rows)
        if work is None:
            raise Unsupported
        left, right = (self.number(operand, lenient=True) for operand in found.operands)
        return lambda operands, rows: _finite(work(left(operands, rows), right(operands, rows)))

    def _comparison(self, found: Operation) -> Tests:
        work = COMPARING[found.sign]
        sides = [self.side(operand) for operand in found.operands]

        def run(operands: Operands, rows: int) -> Truths:
            (left, first), (right, second) = (side(operands, rows) for side in sides)
            apart = np.abs(left - right)
            close = (apart != 0) & (apart <= CLOSE * np.maximum(np.abs(left), np.abs(right)))
            for total, largest in ((left, first), (right, second)):
                close |= (total != 0) & (np.abs(total) <= CLOSE * largest)
            if close.any():
                raise Odd
            truths: Truths = work(left, right)
            return truths

        return run

    def side(self, found: Expression) -> Callable[[Operands, int], tuple[Floats, Floats]]:
        """A side of a comparison, and the largest part of what may be a sum that rounding keeps from 0."""
        if isinstance(found, Operation) and found.sign in ("+", "-") and len(found.operands) == 2:
            work = ARITHMETIC[found.sign]
            parts = [self.side(operand) for operand in found.operands]

            def added(operands: Operands, rows: int) -> tuple[Floats, Floats]:
                (left, first), (right, second) = (part(operands, rows) for part in parts)
                largest = reduce(np.maximum, (np.abs(left), np.abs(right), first, second))
                return _finite(work(left, right)), largest

            return added
        if isinstance(found, Node) and found.name == "SUM":
            raise Unsupported
        one = self.number(found, lenient=True)

        def alone(operands: Operands, rows: int) -> tuple[Floats, Floats]:
            return one(operands, rows), np.zeros(rows)

        return alone

    def _call(self, node: Node) -> Numbers:
        arguments = [expression(argument) for argument in node.arguments]
        if node.name in REGISTRY:
            return self._ours(node.name, arguments)
        if node.name == "IF":
            return self._branches(arguments)
        if node.name in SINGLE:
            (only,) = _only(arguments, 1)
            one, single = self.number(only), SINGLE[node.name]
            return lambda operands, rows: _finite(single(one(operands, rows)))
        if node.name in WAYS:
            return self._rounding(node.name, arguments)
        if node.name in GATHERING:
            return self._gathering(node.name, arguments)
        raise Unsupported

    def _branches(self, arguments: Sequence[Expression]) -> Numbers:
        condition, first, second = _only(arguments, 3)
        test, yes, no = self.test(condition), self.number(first), self.number(second)

        def run(operands: Operands, rows: int) -> Floats:
            truths = test(operands, rows)
            found = np.empty(rows)
            for taken, branch in ((truths, yes), (~truths, no)):
                if taken.any():
                    here = operands if taken.all() else [operand.taken(taken) for operand in operands]
                    found[taken] = branch(here, int(np.count_nonzero(taken)))
            return found

        return run

    def _rounding(self, name: str, arguments: Sequence[Expression]) -> Numbers:
        if name == "TRUNC" and len(arguments) == 1:
            arguments = [*arguments, Node("number", "0")]
        number, digits = _only(arguments, 2)
        one, places = self.number(number), _constant(digits)
        if not places.is_integer() or abs(places) > MOST:
            raise Unsupported
        return lambda operands, rows: _finite(rounded(one(operands, rows), int(places), name))

    def _gathering(self, name: str, arguments: Sequence[Expression]) -> Numbers:
        parts = [self._part(argument) for argument in arguments]

        def run(operands: Operands, rows: int) -> Floats:
            found = [part(operands, rows) for part in parts]
            fixed = found[0].fixed
            if fixed is not None and len(found) == 1:
                return np.full(rows, _of_range(name, fixed))
            if any(part.fixed is not None for part in found):
                raise Odd
            cells = list(chain(*(part.numbers(WORD if name == "SUM" else PLAIN) for part in found)))
            if name in ("MIN", "MAX"):
                return reduce(np.minimum if name == "MIN" else np.maximum, cells)
            total = reduce(np.add, cells, np.zeros(rows))
            return _finite(total / len(cells) if name == "AVERAGE" else total)

        return run

    def _part(self, found: Expression) -> Callable[[Operands, int], Operand]:
        if isinstance(found, Node) and found.kind == "area" and found.text != OMITTED:
            at = next(self._areas)
            return lambda operands, _: operands[at]
        one = self.number(found)
        return lambda operands, rows: Operand([one(operands, rows)], [None])

    def _ours(self, name: str, arguments: Sequence[Expression]) -> Numbers:
        spec = REGISTRY[name]
        if not spec.is_elementwise or spec.function.__annotations__.get("return") not in (float, "float"):
            raise Unsupported
        given: list[Numbers | str | None] = [self._argument(argument) for argument in arguments]
        given += [None] * (len(spec.parameters) - len(given))
        if len(given) > len(spec.parameters):
            raise Unsupported

        def run(operands: Operands, rows: int) -> Floats:
            cells = [work(operands, rows) if callable(work) else work for work in given]
            try:
                found = array_answer(spec, cells, "raise")
            except HedgeError:
                raise Odd from None
            if found.dtype != np.float64 or found.shape != (rows,):
                raise Odd
            return found

        return run

    def _argument(self, found: Expression) -> Numbers | str | None:
        if found is None or (isinstance(found, Node) and found.text == OMITTED):
            return None
        if isinstance(found, Node) and found.kind == "text":
            return found.text[1:-1].replace('""', '"')
        return self.number(found)


def _only(given: Sequence[Any], wanted: int) -> Sequence[Any]:
    if len(given) != wanted:
        raise Unsupported
    return given


def _constant(found: Expression) -> float:
    if isinstance(found, Operation) and found.sign == "-" and len(found.operands) == 1:
        return -_constant(found.operands[0])
    if isinstance(found, Node) and found.kind == "number":
        return float(found.text)
    raise Unsupported


def _finite(numbers: Floats) -> Floats:
    if not np.isfinite(numbers).all():
        raise Odd
    return numbers


def _of_range(name: str, numbers: Floats) -> float:
    """What a function makes of the numbers in a range, in their order."""
    if name in ("MIN", "MAX"):
        least, most = (
            (numbers.min(initial=np.inf), numbers.max(initial=-np.inf)) if len(numbers) else (0.0, 0.0)
        )
        return float(least if name == "MIN" else most)
    total = float(np.add.accumulate(numbers)[-1]) if len(numbers) else 0.0
    if not math.isfinite(total) or (name == "AVERAGE" and not len(numbers)):
        raise Odd
    return total / len(numbers) if name == "AVERAGE" else total
