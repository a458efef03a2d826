"""What a formula compares, as far as it is arithmetic of cells and numbers.

Excel rounds both sides of a comparison to fifteen digits, and makes 0 of a sum that rounding alone
keeps from it; the engine compares what it has.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import add, mul, sub, truediv
from typing import Final, NamedTuple

from workbook.cells import Value, place
from workbook.formula.grammar import Grammar
from workbook.formula.tree import Node, shape, tree

CELL: Final = r"(?:(?:'(?:[^']|'')*'|\w+)!)?\$?[A-Z]{1,3}\$?[0-9]+"
OPERAND: Final = rf"\s*({CELL}|-?[0-9.]+)\s*"
COMPARED: Final = re.compile(rf"(?:^|[(,]){OPERAND}[<>=]{{1,2}}{OPERAND}(?=$|[,)])", re.IGNORECASE)
COMPARING: Final = frozenset("<>=")
EPSILON: Final = 4e-15  # relative: what may be the same in fifteen digits
LONGEST: Final = 200  # operands and operators of one side: a longer one is not looked into


ARITHMETIC: Final[Mapping[str, Callable[[float, float], float]]] = {
    "+": add,
    "-": sub,
    "*": mul,
    "/": truediv,
}


class Number(NamedTuple):
    """An operand that stands in the formula itself."""

    value: float


class Term(NamedTuple):
    """Two operands and what is done with them."""

    operator: str
    left: "Operand"
    right: "Operand"


Operand = int | Number | Term  # int: the place of a cell
Pair = tuple[Operand, Operand]
Reader = Callable[[int], Value]


def operand(text: str, home: int, grammar: Grammar) -> int | Number | None:
    """A cell or a number; None for anything else."""
    try:
        return Number(float(text))
    except ValueError:
        area = grammar.area(text, home)
        return place(area.sheet, area.top, area.left) if area is not None and area.size == 1 else None


def pairs(pattern: re.Pattern[str], text: str, home: int, grammar: Grammar) -> Iterator[Pair]:
    """The operands that stand where a pattern says, if one of them at least is a cell."""
    for match in pattern.finditer(text):
        one, other = (operand(found, home, grammar) for found in match.groups() if found)
        if one is not None and other is not None and (isinstance(one, int) or isinstance(other, int)):
            yield one, other


def comparisons(text: str, home: int, grammar: Grammar) -> Iterator[Pair]:
    """What is compared with what."""
    if COMPARING.isdisjoint(text):
        return
    yield from pairs(COMPARED, text, home, grammar)
    if _computes(shape(text)):
        for left, right in _sides(tree(text)):
            one, other = _parsed(left, home, grammar), _parsed(right, home, grammar)
            if one is not None and other is not None:
                yield one, other


def value_of(found: Operand, read: Reader) -> Value:
    """An operand's value; None if it is computed from anything but numbers."""
    if isinstance(found, int):
        return read(found)
    if isinstance(found, Number):
        return found.value
    left, right = (value_of(part, read) for part in (found.left, found.right))
    left, right = (0.0 if value is None else value for value in (left, right))
    if not isinstance(left, float) or not isinstance(right, float) or (found.operator == "/" and not right):
        return None
    return ARITHMETIC[found.operator](left, right)


def odd_pair(pair: Pair, read: Reader) -> str:
    """Why Excel may find two unequal operands equal, as the end of a sentence that begins with a cell."""
    one, other = (value_of(side, read) for side in pair)
    if not isinstance(one, float) or not isinstance(other, float) or one == other:
        return ""
    is_alike = abs(one - other) <= EPSILON * abs(one) and f"{one:.14e}" == f"{other:.14e}"
    if is_alike or any(_is_residue(side, read) for side in pair):
        return f"compares {one!r} with {other!r}, which may be equal to Excel"
    return ""


def _is_residue(found: Operand, read: Reader) -> bool:
    if not isinstance(found, Term) or found.operator not in "+-":
        return False
    value = value_of(found, read)
    parts = (value_of(part, read) for part in (found.left, found.right))
    largest = max((abs(part) for part in parts if isinstance(part, float)), default=0.0)
    return isinstance(value, float) and 0 < abs(value) <= EPSILON * largest


@lru_cache(maxsize=16_384)
def _computes(alike: str) -> bool:
    """Whether arithmetic is compared, not cells and numbers alone."""
    return any(
        node.kind in ("operator", "group") for sides in _sides(tree(alike)) for side in sides for node in side
    )


def _sides(nodes: Sequence[Node]) -> Iterator[tuple[list[Node], list[Node]]]:
    """The nodes on both sides of every comparison, inner ones too."""
    marks = [at for at, node in enumerate(nodes) if node.kind == "operator" and node.text in COMPARING]
    if marks and marks[-1] - marks[0] == len(marks) - 1:
        yield _solid(nodes[: marks[0]]), _solid(nodes[marks[-1] + 1 :])
    for node in nodes:
        for argument in node.arguments:
            yield from _sides(argument)


def _solid(nodes: Iterable[Node]) -> list[Node]:
    return [node for node in nodes if node.kind != "space"]


def _parsed(nodes: list[Node], home: int, grammar: Grammar) -> Operand | None:
    if len(nodes) > LONGEST:
        return None
    for operators in ("+-", "*/"):
        for at in range(len(nodes) - 1, 0, -1):
            if nodes[at].text in operators and nodes[at - 1].kind != "operator":
                left, right = (_parsed(side, home, grammar) for side in (nodes[:at], nodes[at + 1 :]))
                return None if left is None or right is None else Term(nodes[at].text, left, right)
    if len(nodes) > 1 and nodes[0].text == "-":
        inner = _parsed(nodes[1:], home, grammar)
        return None if inner is None else Term("-", Number(0.0), inner)
    if len(nodes) != 1:
        return None
    if nodes[0].kind == "group" and len(nodes[0].arguments) == 1:
        return _parsed(_solid(nodes[0].arguments[0]), home, grammar)
    return operand(nodes[0].text, home, grammar) if nodes[0].kind in ("area", "number") else None
