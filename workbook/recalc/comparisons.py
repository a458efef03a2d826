"""What a formula compares, as far as it is arithmetic of cells and numbers.

Excel rounds both sides of a comparison to fifteen digits, and makes 0 of a sum that rounding alone
keeps from it; the engine compares what it has.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from operator import add, mul, sub, truediv
from typing import Final, NamedTuple

from workbook.cells import Area
from workbook.formula.criteria import CRITERIA
from workbook.formula.expression import COMPARING, Expression, Joined, Operation, expression
from workbook.formula.plain_writer import BLANK_CELL
from workbook.formula.tree import Node, tree
from workbook.memory import remembered
from workbook.recalc.new_values import Now

EPSILON: Final = 4e-15  # relative: what may be the same in fifteen digits
GIVE_WHOLE_NUMBERS: Final = frozenset(  # give whole numbers
    (
        "COUNT",
        "COUNTA",
        "COUNTBLANK",
        "COUNTIF",
        "COUNTIFS",
        "ROWS",
        "COLUMNS",
        "ROW",
        "COLUMN",
        "MATCH",
        "LEN",
    )
)
WRITING: Final = frozenset(
    (
        *("&", "CONCAT", "CONCATENATE", "EXACT", "FIND", "LEFT", "LEN", "MID", "REPLACE", "REPT", "RIGHT"),
        *("SEARCH", "SUBSTITUTE", "TEXTJOIN", "TRIM"),
    )
)
ARITHMETIC: Final[Mapping[str, Callable[[float, float], float]]] = {
    "+": add,
    "-": sub,
    "*": mul,
    "/": truediv,
}
GATHERING: Final[Mapping[str, Callable[[Sequence[float]], float]]] = {
    "SUM": lambda numbers: sum(numbers, 0.0),
    "MAX": lambda numbers: max(numbers, default=0.0),
    "MIN": lambda numbers: min(numbers, default=0.0),
    "ABS": lambda numbers: abs(numbers[0]) if numbers else 0.0,
    "N": lambda numbers: numbers[0] if numbers else 0.0,
}


class Number(NamedTuple):
    """A number that stands in the formula itself."""

    value: float


class AreaCells(NamedTuple):
    """The cells of an area, by its number among those that the formula names."""

    area: int


class Term(NamedTuple):
    """An operator or a function, and what it is applied to."""

    sign: str
    parts: tuple["ComparedSide", ...]


class Word(NamedTuple):
    """A text that stands in the formula itself."""

    text: str


class Other(NamedTuple):
    """A truth value, and whatever else is no arithmetic of cells, numbers and texts."""

    is_settled: bool  # it is no number
    is_true: bool = False


ComparedSide = Number | AreaCells | Term | Word | Other


class Pair(NamedTuple):
    """The two sides of a comparison of numbers."""

    left: ComparedSide
    right: ComparedSide

    @property
    def is_known(self) -> bool:
        """Whether both sides can be worked out here, from the values of cells."""
        return is_known(self.left) and is_known(self.right)


class Ordinal(NamedTuple):
    """What asks for the first, second or other of some cells."""

    side: ComparedSide


COUNTED: Final[Mapping[str, Callable[[Area, Now], float]]] = {
    "COUNT": lambda area, now: float(sum(isinstance(value, float) for value in now.values(area))),
    "ROWS": lambda area, _: float(area.bottom - area.top + 1),
    "COLUMNS": lambda area, _: float(area.right - area.left + 1),
}
ORDERED: Final = frozenset(("INDEX", "LARGE", "SMALL"))  # take places by number, after the first argument
LAST_PLACE: Final = 2.0**20
COUNTING: Final = frozenset(("COUNT", "COUNTA", "COUNTBLANK", "COUNTIF", "COUNTIFS", "ROWS", "COLUMNS"))


def ordinals_of(side: ComparedSide) -> Iterator[Ordinal]:
    """The places by number in a side that can be worked out here."""
    for term in terms_of(side):
        for part in term.parts[1:] if term.sign in ORDERED else ():
            if isinstance(part, Term) and is_known(part):
                yield Ordinal(part)


@remembered(16_384)
def side_in(alike: str) -> ComparedSide:
    """A whole formula of a shape as a side: what it asks for and what to look at are both told from it."""
    return side_of(expression(tree(alike)))


def side_of(found: Expression) -> ComparedSide:
    """An expression as a side of a comparison; its areas are numbered in their order."""
    return _side(found, count())


def terms_of(side: ComparedSide) -> Iterator[Term]:
    """The operators and functions of a side, the outer ones first."""
    if isinstance(side, Term):
        yield side
        for part in side.parts:
            yield from terms_of(part)


def written_numbers(side: ComparedSide) -> Iterator[ComparedSide]:
    """What may be a number that is written into a text, where a side joins texts or counts letters."""
    if isinstance(side, Term) and side.sign not in CRITERIA:  # a criterion is a number again
        for part in side.parts:
            yield from written_numbers(part)
            if side.sign in WRITING and is_known(part):
                yield part


def _side(found: Expression, numbers: Iterator[int]) -> ComparedSide:
    if isinstance(found, Operation):
        return Term(found.sign, tuple(_side(operand, numbers) for operand in found.operands))
    if isinstance(found, Joined):
        return Term(":", tuple(_side(node, numbers) for node in found.nodes))
    if found is None:
        return Other(is_settled=False)
    if found.arguments:
        parts = tuple(_side(expression(argument), numbers) for argument in found.arguments)
        return Term(found.name, parts)
    if found.kind == "area" and found.text != BLANK_CELL:
        return AreaCells(next(numbers))
    return _constant(found)


def _constant(node: Node) -> ComparedSide:
    if node.kind == "number":
        return Number(float(node.text))
    if node.kind == "text":
        return Word(node.text[1:-1].replace('""', '"'))
    truth = node.text.upper()
    return Other(truth in ("TRUE", "FALSE"), truth == "TRUE")


def pairs_of(found: ComparedSide) -> Iterator[Pair]:
    """The comparisons in a side of which both sides may be numbers equal in fifteen digits."""
    if isinstance(found, Term):
        for part in found.parts:
            yield from pairs_of(part)
        if found.sign in COMPARING and not _is_plain(*found.parts):
            yield Pair(*found.parts)


def _is_plain(left: ComparedSide, right: ComparedSide) -> bool:
    """Whether fifteen digits make no difference: not to texts, whole numbers, and 0 against no difference."""
    if any(map(_is_settled, (left, right))) or (_is_whole(left) and _is_whole(right)):
        return True
    return any(map(_is_zero, (left, right))) and not any(map(_may_cancel, (left, right)))


def _is_zero(side: ComparedSide) -> bool:
    return isinstance(side, Number) and not side.value


def _is_settled(side: ComparedSide) -> bool:
    """Whether a side is no number, whatever the cells hold: a text or a truth value."""
    if isinstance(side, Term):
        return side.sign in ("&", "FIXED", "TEXT") or side.sign in COMPARING
    return isinstance(side, Word) or (isinstance(side, Other) and side.is_settled)


def _is_whole(side: ComparedSide) -> bool:
    if isinstance(side, Term):
        return side.sign in GIVE_WHOLE_NUMBERS or (side.sign in "+-*" and all(map(_is_whole, side.parts)))
    return isinstance(side, Number) and side.value.is_integer()


def _may_cancel(side: ComparedSide) -> bool:
    """Whether a side may be a sum that rounding alone keeps from 0."""
    return isinstance(side, Term) and (side.sign in ("+", "-", "SUM") or any(map(_may_cancel, side.parts)))


def is_known(side: ComparedSide) -> bool:
    """Whether a side can be worked out here, from the values of cells."""
    if isinstance(side, Term):
        if side.sign in COUNTED:
            return len(side.parts) == 1 and isinstance(side.parts[0], AreaCells)
        return side.sign in ("%", *ARITHMETIC, *GATHERING) and all(map(is_known, side.parts))
    return isinstance(side, (Number, AreaCells))


def is_place(side: ComparedSide) -> bool:
    """Whether a side is a whole number from 1 on, whatever the cells hold, as `1+COUNTIF(…)`."""
    if not isinstance(side, Term):
        return isinstance(side, Number) and side.value.is_integer() and side.value >= 1
    if side.sign == "MAX":
        return all(map(_is_whole, side.parts)) and any(map(is_place, side.parts))
    is_counted = side.sign == "+" and all(is_place(part) or _is_count(part) for part in side.parts)
    return is_counted and any(map(is_place, side.parts))


def _is_count(side: ComparedSide) -> bool:
    return isinstance(side, Term) and side.sign in COUNTING


def numbers_of(side: ComparedSide, areas: Sequence[Area], now: Now) -> list[float]:
    """The numbers that a side stands for; none if it is not made of numbers alone."""
    if not isinstance(side, Term):
        return _single(side, areas, now)
    if side.sign in COUNTED and isinstance(side.parts[0], AreaCells):
        return [COUNTED[side.sign](areas[side.parts[0].area], now)]
    parts = [numbers_of(part, areas, now) for part in side.parts]
    if side.sign in GATHERING:
        return [GATHERING[side.sign]([number for part in parts for number in part])]
    singles = [number for part in parts for number in part]
    if len(singles) != len(parts) or (side.sign == "/" and not singles[-1]):
        return []
    return [_worked(side.sign, singles)]


def _single(side: Number | AreaCells | Word | Other, areas: Sequence[Area], now: Now) -> list[float]:
    if isinstance(side, Number):
        return [side.value]
    if not isinstance(side, AreaCells):
        return []
    values = now.values(areas[side.area])
    numbers = [value for value in values if isinstance(value, float)]
    return numbers or ([] if values or areas[side.area].size > 1 else [0.0])


def _worked(sign: str, numbers: Sequence[float]) -> float:
    if len(numbers) == 1:
        return numbers[0] / 100 if sign == "%" else -numbers[0] if sign == "-" else numbers[0]
    return ARITHMETIC[sign](*numbers)


def is_odd(asked: Pair | Ordinal, areas: Sequence[Area], now: Now) -> bool:
    """Whether programs may take something for another thing, with what the cells hold."""
    if isinstance(asked, Pair):
        return _is_close(asked, areas, now)
    places = numbers_of(asked.side, areas, now)
    return len(places) != 1 or not places[0].is_integer() or not 1 <= places[0] <= LAST_PLACE


def _is_close(pair: Pair, areas: Sequence[Area], now: Now) -> bool:
    """Whether the two sides differ, but Excel may find them equal."""
    left, right = (numbers_of(side, areas, now) for side in pair)
    if len(left) != 1 or len(right) != 1 or left == right:
        return False
    one, other = left[0], right[0]
    is_alike = abs(one - other) <= EPSILON * abs(one) and f"{one:.14e}" == f"{other:.14e}"
    return is_alike or any(is_residue(side, areas, now) for side in pair)


def is_residue(side: ComparedSide, areas: Sequence[Area], now: Now) -> bool:
    """Whether a side is a sum that rounding alone may keep from 0."""
    if not isinstance(side, Term) or side.sign not in ("+", "-", "SUM"):
        return False
    total = numbers_of(side, areas, now)
    parts = (abs(number) for part in side.parts for number in numbers_of(part, areas, now))
    return bool(total) and 0 < abs(total[0]) <= EPSILON * max(parts, default=0.0)
