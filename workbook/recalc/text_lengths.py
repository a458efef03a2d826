"""How long the texts inside a formula may be at most, told from what its cells hold.

A text longer than a cell holds is #VALUE! to Excel wherever it arises; engines go on with it, and what
they make of it (its length, a comparison) does not show that.
"""

import math
from collections.abc import Callable, Sequence
from typing import Final

from workbook.cells import Area
from workbook.formula.forms import PlainFormula
from workbook.recalc.comparisons import (
    GIVE_WHOLE_NUMBERS,
    AreaCells,
    ComparedSide,
    Other,
    Term,
    Word,
    is_known,
    numbers_of,
    side_in,
)
from workbook.recalc.new_values import OF_NUMBER, Now
from workbook.recalc.suspects import JOINING, NAMING, NUMBERS, areas_of, suspect

BURSTING: Final = 100_000_000  # letters
OF_FORMAT: Final = 9  # letters that one sign of a number format may show: "September" for "m"
ROUNDING: Final = frozenset(("CEILING", "FLOOR", "INT", "ROUND", "ROUNDDOWN", "ROUNDUP", "TRUNC"))
CHOOSING: Final = frozenset(  # give one of the numbers that they are given
    (
        *("CHOOSE", "HLOOKUP", "IF", "IFERROR", "IFNA", "IFS", "INDEX", "LARGE", "LOOKUP", "MAX", "MEDIAN"),
        *("MIN", "SMALL", "SWITCH", "VLOOKUP", "XLOOKUP"),
    )
)


def most_letters(side: ComparedSide, areas: Sequence[Area], now: Now) -> float:
    """No text of an expression is longer; infinite where that can't be told."""
    if isinstance(side, Word):
        return len(side.text)
    if isinstance(side, AreaCells):
        return now.extent(areas[side.area]).letters
    if not isinstance(side, Term) or side.sign in NUMBERS:
        return OF_NUMBER
    if side.sign in NAMING:
        return math.inf
    if side.sign in LENGTHS and len(side.parts) >= LEAST.get(side.sign, 1):
        return LENGTHS[side.sign](side.parts, areas, now)
    return max(OF_NUMBER, *(most_letters(part, areas, now) for part in side.parts))


def bursting(plain: PlainFormula) -> str:
    """Why a formula of constants alone is never evaluated: an engine would fill the memory with its text."""
    if plain.areas or plain.calls.isdisjoint(JOINING):
        return ""
    sides = side_in(plain.shape), *suspect(plain.shape).inner
    nothing = Now((), {}, {})
    letters = max(most_letters(side, (), nothing) for side in sides)
    is_bursting = BURSTING < letters < math.inf
    return f"may put a text of {letters:.0e} characters together, which no cell holds" if is_bursting else ""


def largest(side: ComparedSide, areas: Sequence[Area], now: Now) -> float:
    """No number of an expression is larger, signs aside; infinite where that can't be told."""
    if isinstance(side, AreaCells):
        return now.extent(areas[side.area]).largest
    if is_known(side) and (numbers := numbers_of(side, areas, now)):
        return max(map(abs, numbers))
    if isinstance(side, Term) and side.parts:
        return _largest_of(side, areas, now)
    return 1 if isinstance(side, Other) else math.inf


def _largest_of(term: Term, areas: Sequence[Area], now: Now) -> float:
    if term.sign == "LEN":
        return most_letters(term.parts[0], areas, now)
    if term.sign in GIVE_WHOLE_NUMBERS:
        return sum(areas[at].size for at in areas_of(term))
    sizes = [largest(part, areas, now) for part in term.parts]
    if term.sign in ROUNDING:
        return sizes[0] + 1
    if term.sign in ("+", "-", "SUM"):
        return sum(sizes)
    return max(sizes) if term.sign in CHOOSING else math.inf


def _sum(parts: Sequence[ComparedSide], areas: Sequence[Area], now: Now) -> float:
    return sum(most_letters(part, areas, now) for part in parts)


def _all(parts: Sequence[ComparedSide], areas: Sequence[Area], now: Now) -> float:
    """The letters of all cells of some parts together."""
    return sum(
        now.extent(areas[part.area]).all_letters
        if isinstance(part, AreaCells)
        else most_letters(part, areas, now) * _cells(part, areas)
        for part in parts
    )


def _cells(side: ComparedSide, areas: Sequence[Area]) -> int:
    return max((areas[at].size for at in areas_of(side)), default=1)


def _separated(parts: Sequence[ComparedSide], areas: Sequence[Area], now: Now) -> float:
    separator, skips, *texts = parts
    skips_blanks = isinstance(skips, Other) and skips.is_true
    count = sum(
        now.extent(areas[part.area]).filled
        if skips_blanks and isinstance(part, AreaCells)
        else _cells(part, areas)
        for part in texts
    )
    return _all(texts, areas, now) + count * most_letters(separator, areas, now)


def _repeated(parts: Sequence[ComparedSide], areas: Sequence[Area], now: Now) -> float:
    letters = most_letters(parts[0], areas, now)
    return max(letters, letters * largest(parts[1], areas, now)) if letters else 0


def _substituted(parts: Sequence[ComparedSide], areas: Sequence[Area], now: Now) -> float:
    text, old, new = parts[:3]
    letters = most_letters(text, areas, now)
    found = letters // max(1, len(old.text)) if isinstance(old, Word) else letters
    return letters + found * most_letters(new, areas, now)


def _replaced(parts: Sequence[ComparedSide], areas: Sequence[Area], now: Now) -> float:
    return _sum((parts[0], parts[3]), areas, now)


def _formatted(parts: Sequence[ComparedSide], areas: Sequence[Area], now: Now) -> float:
    return max(most_letters(parts[0], areas, now), OF_NUMBER + OF_FORMAT * most_letters(parts[1], areas, now))


LENGTHS: Final[dict[str, Callable[[Sequence[ComparedSide], Sequence[Area], Now], float]]] = {
    "&": _sum,
    "ARRAYTOTEXT": lambda parts, areas, now: _separated(
        (Word("; "), Other(is_settled=True), *parts), areas, now
    ),
    "CONCAT": _all,
    "CONCATENATE": _sum,
    "REPLACE": _replaced,
    "REPT": _repeated,
    "SUBSTITUTE": _substituted,
    "TEXT": _formatted,
    "TEXTJOIN": _separated,
}
LEAST: Final = {"REPLACE": 4, "REPT": 2, "SUBSTITUTE": 3, "TEXT": 2, "TEXTJOIN": 3}  # arguments
