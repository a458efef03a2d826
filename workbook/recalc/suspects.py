"""What to look at when a formula has been evaluated: worked out once for each shape of a formula.

All engines differ from Excel alike in some values. Which of a formula's cells may hold such values shows
in the formula; whether they do is asked of each book, in `workbook.recalc.shared_errors`.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, pairwise
from typing import Final, NamedTuple

from workbook.formula.criteria import CRITERIA
from workbook.formula.expression import COMPARING
from workbook.formula.tree import Node, calls, tree, written
from workbook.memory import remembered
from workbook.recalc.comparisons import (
    ARITHMETIC,
    GATHERING,
    AreaCells,
    ComparedSide,
    Number,
    Other,
    Term,
    Word,
    is_known,
    side_in,
    terms_of,
    written_numbers,
)
from workbook.recalc.comparisons import GIVE_WHOLE_NUMBERS as COUNTING
from workbook.recalc.core import READABLE, certified
from workbook.recalc.days import DATING

LETTERS: Final = frozenset(("FIND", "LEFT", "LEN", "MID", "REPLACE", "RIGHT", "SEARCH"))
SUMMED: Final = {  # the argument that is summed up, to which no criterion is put
    **dict.fromkeys(("AVERAGEIF", "SUMIF"), 2),
    **dict.fromkeys(("AVERAGEIFS", "MAXIFS", "MINIFS", "SUMIFS"), 0),
}
SUMMING: Final = frozenset(("AVERAGEIF", "SUMIF"))  # of which the last range may be named by its corner
HIDING: Final = frozenset(("COUNT", "IFERROR", "ISERR", "ISERROR", "ISNUMBER"))
DAYS: Final = {  # how many of the first arguments are days
    **dict.fromkeys(("DATEDIF", "DAYS360", "NETWORKDAYS", "NETWORKDAYS.INTL", "YEARFRAC"), 2),
    **dict.fromkeys(("EDATE", "EOMONTH", "ISOWEEKNUM", "WEEKNUM", "WORKDAY", "WORKDAY.INTL"), 1),
}
CALENDAR: Final = frozenset(("DAY", "DAYS", "MONTH", "TEXT", "WEEKDAY", "WEEKNUM", "YEAR", *DAYS))
ALIKE: Final = {  # functions of which all engines make the same that Excel does not
    "BESSELI": "the last digits",
    "BESSELJ": "the last digits",
    "BESSELK": "the last digits",
    "BESSELY": "the last digits",
    "CELL": "facts about formats and files",
    "FORMULATEXT": "the texts of formulas",
    "ISFORMULA": "which cells hold formulas",
    "NUMBERVALUE": "blanks in a number",
    "SHEET": "the numbers of sheets",
    "SHEETS": "the number of sheets",
    "XIRR": "the search, which stops after fewer digits",
}
BY_SIZE: Final = re.compile(r"[<>]=?[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")  # a criterion for numbers
DOWN, UP, IN, OUT, BOTH = "down", "up", "in", "out", "both"  # ways to round: in is towards 0
PLACES: Final = {"INT": DOWN, "TRUNC": IN, "ROUNDDOWN": IN, "ROUNDUP": OUT}  # to decimal places
STEPS: Final = {  # to a multiple of the second argument
    **dict.fromkeys(("CEILING", "CEILING.MATH", "CEILING.PRECISE", "ISO.CEILING"), UP),
    **dict.fromkeys(("FLOOR", "FLOOR.MATH", "FLOOR.PRECISE"), DOWN),
    "MOD": BOTH,
    "QUOTIENT": IN,
}
EXACT: Final = {  # the argument that says how to search, and by which values it is no search in order
    "HLOOKUP": (3, (0.0, False)),
    "LOOKUP": (9, ()),
    "MATCH": (2, (0.0, False)),
    "VLOOKUP": (3, (0.0, False)),
    "XLOOKUP": (4, (None, 0.0, 2.0)),
    "XMATCH": (2, (None, 0.0, 2.0)),
}
SORTING: Final = frozenset(("SORT", "SORTBY"))
PATTERNS: Final = frozenset(("HLOOKUP", "MATCH", "SEARCH", "VLOOKUP", "XLOOKUP", "XMATCH"))
ADDING: Final = frozenset(("&", "CONCAT", "CONCATENATE", "TEXTJOIN"))  # whose result is as long as all parts
JOINING: Final = ADDING | {"ARRAYTOTEXT", "REPLACE", "REPT", "SUBSTITUTE"}  # give longer texts than they take
SHOWING: Final = {**dict.fromkeys((*ADDING, "IFERROR", "IFNA"), 0), "IF": 1}  # the first part that they show
NAMING: Final = frozenset(
    ("LAMBDA", "LET", "REDUCE", "SCAN")
)  # name values, which may grow from step to step
NUMERIC: Final = frozenset(("DATEVALUE", "NUMBERVALUE", "TIMEVALUE", "VALUE"))  # read a text as a number
IN_ORDER: Final = re.compile(r"[<>]=?(?![=>])\s*[^\s\d.+\-].*|[<>]=?", re.DOTALL)  # a criterion of texts
ORDERING: Final = ("<", "<=", ">", ">=")


NUMBERS: Final = frozenset((*ARITHMETIC, *COMPARING, *GATHERING, *COUNTING, "%", "^"))  # give no texts


class Step(NamedTuple):
    """A number that is rounded in one direction."""

    number: ComparedSide
    step: ComparedSide | None  # of which the result is a multiple
    places: float
    way: str


class Suspect(NamedTuple):
    """What to look at when a formula of some shape has been evaluated. Areas are told by their number."""

    letters: str  # a function that counts letters, or ""
    joined: tuple[ComparedSide, ...]  # what is perhaps a number, and is written into a text
    dates: str  # a function that gives a day
    made: tuple[Term, ...]  # the calls of such functions, if all of them can be followed
    days: tuple[ComparedSide, ...]  # what is taken for a day
    counts: tuple[int, ...]  # the areas that it counts by criteria or takes criteria from
    criteria: tuple[str, ...]  # the texts in the formula itself that are criteria
    bounds: tuple[int, ...]  # the areas that give what is to be larger or smaller than what is counted
    written: tuple[
        tuple[ComparedSide, ComparedSide], ...
    ]  # numbers that are written into criteria, and what is counted by each
    reaches: str  # what it reaches cells with by their names as text
    spelled: tuple[str, ...]  # such names that stand in the formula itself
    sums: tuple[ComparedSide, ...]  # the formula itself, if it is a sum or a difference
    alike: str  # why it is not trusted at all
    reads: tuple[int, ...]  # the areas whose texts it may read as numbers without a sign
    words: tuple[str, ...]  # the texts in the formula itself that are read as numbers
    hides: bool  # whether it calls a function that hides errors
    tallies: bool  # whether it counts what is no plain range: errors among it are no errors to Excel
    ordered: tuple[
        tuple[ComparedSide, ComparedSide], ...
    ]  # what is perhaps a text, and is compared by its order
    shown: tuple[ComparedSide | None, ...]  # what TEXT shows; None: no arithmetic of cells
    steps: tuple[Step, ...]  # what is rounded in one direction
    alike_in_size: tuple[tuple[tuple[int, bool], ...], ...]  # areas, or one column of each, of one size
    wide: tuple[int, ...]  # the areas of which INDEX takes a row or a column by one number
    patterns: tuple[ComparedSide, ...]  # what it searches for with signs for any letter
    inner: tuple[ComparedSide, ...]  # the texts that it puts together and does not show
    sought: tuple[ComparedSide, ...]  # the criteria, and what is searched for, that it works out
    times: tuple[ComparedSide, ...]  # what is taken for a time of day, in hours or minutes
    gaps: tuple[int, ...]  # the areas in which LOOKUP searches, where a blank is nothing to Excel
    worded: tuple[
        tuple[ComparedSide, ComparedSide], ...
    ]  # what is perhaps a text, and the format that TEXT shows it by

    @property
    def is_nothing(self) -> bool:
        """Whether only the new value needs a look."""
        return not any(self)


@remembered(16_384)
def suspect(alike: str) -> Suspect:
    """What there is to look at in the values of formulas of a shape."""
    nodes = tree(alike)
    whole = side_in(alike)
    terms = tuple(terms_of(whole))
    names = {call.name for call in calls(nodes)}
    shared = next((name for name in sorted(names & ALIKE.keys()) if not _is_plain(name, nodes)), "")
    counting = [term for term in terms if term.sign in CRITERIA]
    asking = [part for term in counting for part in _asking(term)]
    read = list(_read(whole, hides=False, wants=False))
    return Suspect(
        letters=min(names & LETTERS, default=""),
        joined=tuple(written_numbers(whole)),
        dates=min(names & DATING, default=""),
        made=_made(terms, nodes),
        days=tuple(p for term in terms for p in term.parts[: DAYS.get(term.sign, 0)] if is_known(p)),
        counts=tuple(number for term in counting for part in _counted(term) for number in areas_of(part)),
        criteria=tuple(part.text for part in asking if isinstance(part, Word)),
        bounds=tuple(number for part in asking for number in _bounds(part)),
        written=tuple(_written_bounds(counting)),
        reaches=min(names & {"INDIRECT"}, default=""),
        spelled=tuple(
            part.text
            for term in terms
            if term.sign == "INDIRECT"
            for part in term.parts[:1]
            if isinstance(part, Word)
        ),
        sums=(whole,) if isinstance(whole, Term) and whole.sign in "+-" and len(whole.parts) > 1 else (),
        alike=f"calls {shared}, which no engine computes as Excel does: {ALIKE[shared]}" if shared else "",
        reads=tuple(part.area for part, hides in read if hides and isinstance(part, AreaCells)),
        words=tuple(part.text for part, _ in read if isinstance(part, Word)),
        hides=not names.isdisjoint(HIDING),
        tallies=any(
            term.sign in ("COUNT", "COUNTA")
            and not all(isinstance(p, (AreaCells, Number, Word)) for p in term.parts)
            for term in terms
        ),
        ordered=tuple(_ordered(terms)),
        shown=tuple(t.parts[0] if is_known(t.parts[0]) else None for t in terms if t.sign == "TEXT"),
        steps=tuple(_steps(terms)),
        alike_in_size=tuple(_alike_in_size(counting)),
        wide=tuple(_wide(terms)),
        patterns=tuple(term.parts[0] for term in terms if term.sign in PATTERNS and term.parts),
        inner=_put_together(whole),
        sought=tuple(_sought(terms)),
        times=tuple(t.parts[0] for t in terms if t.sign in ("HOUR", "MINUTE") and is_known(t.parts[0])),
        gaps=tuple(number for term in terms if term.sign == "LOOKUP" for number in _searched(term)),
        worded=tuple(
            (term.parts[0], term.parts[1])
            for term in terms
            if term.sign == "TEXT" and len(term.parts) == 2 and _may_be_text(term.parts[0])
        ),
    )


@remembered(1024)
def read_as_days(alike: str) -> tuple[int, ...]:
    """The areas whose numbers a formula of a shape reads as days of the calendar."""
    read = (term.parts[0] for term in terms_of(side_in(alike)) if term.sign in CALENDAR and term.parts)
    return tuple(number for part in read for number in areas_of(part))


def areas_of(side: ComparedSide) -> Iterator[int]:
    """The areas in an expression."""
    if isinstance(side, AreaCells):
        yield side.area
    elif isinstance(side, Term):
        for part in side.parts:
            yield from areas_of(part)


def words_of(side: ComparedSide) -> Iterator[str]:
    """The texts that an expression itself holds."""
    if isinstance(side, Word):
        yield side.text
    elif isinstance(side, Term):
        for part in side.parts:
            yield from words_of(part)


def wants_number(function: str, argument: int) -> bool:
    """Whether a function reads a text as a number in an argument."""
    if function in NUMERIC:
        return True
    known = certified().get(function)
    return known is not None and not known.takes[min(argument, len(known.takes) - 1)] & READABLE


def is_in_order(criterion: str) -> bool:
    """Whether a criterion asks for texts before or after another one."""
    return IN_ORDER.fullmatch(criterion) is not None


def _is_plain(name: str, nodes: Iterable[Node]) -> bool:
    """Whether it is only asked for what every program tells alike."""
    asked = {written(call.arguments[0]).strip().upper() for call in calls(nodes) if call.name == name}
    return name == "CELL" and asked <= {'"ROW"', '"COL"', '"CONTENTS"'}


def _made(terms: Iterable[Term], nodes: Iterable[Node]) -> tuple[Term, ...]:
    found = tuple(term for term in terms if term.sign in DATING)
    return found if len(found) == sum(call.name in DATING for call in calls(nodes)) else ()


def _asking(term: Term) -> list[ComparedSide]:
    """What is counted and by what, in turns: the arguments of a call without the one that is summed up."""
    return [part for at, part in enumerate(term.parts) if at != SUMMED.get(term.sign)]


def _counted(term: Term) -> Iterator[ComparedSide]:
    """What is counted and by what, but for numbers by their size: no text counts there, whatever it says."""
    asking = _asking(term)
    for cells, criterion in zip(asking[::2], asking[1::2], strict=False):
        if not (isinstance(criterion, Word) and BY_SIZE.fullmatch(criterion.text)):
            yield cells
            yield criterion


def _bounds(criterion: ComparedSide) -> Iterator[int]:
    if isinstance(criterion, Term) and criterion.sign == "&":
        sign, bound = criterion.parts
        if (
            isinstance(sign, Word)
            and sign.text in ORDERING
            and (isinstance(bound, AreaCells) or not is_known(bound))
        ):
            yield from areas_of(bound)


def _written_bounds(counting: Iterable[Term]) -> Iterator[tuple[ComparedSide, ComparedSide]]:
    for term in counting:
        for counted, criterion in pairwise(term.parts):
            if isinstance(criterion, Term) and criterion.sign == "&" and is_known(criterion.parts[-1]):
                yield criterion.parts[-1], counted


def _read(side: ComparedSide, *, hides: bool, wants: bool) -> Iterator[tuple[ComparedSide, bool]]:
    """Cells and texts where a number is wanted, and whether a call round them hides errors."""
    if not isinstance(side, Term):
        if wants:
            yield side, hides
        return
    counts = side.sign in ARITHMETIC or side.sign in ("^", "%")
    below = hides or side.sign in HIDING
    for number, part in enumerate(side.parts):
        yield from _read(part, hides=below, wants=counts or wants_number(side.sign, number))


def _may_be_text(side: ComparedSide) -> bool:
    if isinstance(side, Term):
        return side.sign not in NUMBERS
    return isinstance(side, (AreaCells, Word, Other))


def _ordered(terms: Iterable[Term]) -> Iterator[tuple[ComparedSide, ComparedSide]]:
    for term in terms:
        parts = term.parts
        if term.sign in COMPARING and term.sign not in ("=", "<>") and all(map(_may_be_text, parts)):
            yield parts[0], parts[1]
        elif term.sign in SORTING and parts:
            yield parts[-1 if term.sign == "SORTBY" else 0], parts[0]
        elif term.sign in EXACT and len(parts) > 1 and not _is_exact(term) and _may_be_text(parts[0]):
            yield parts[0], parts[1]


def _is_exact(term: Term) -> bool:
    at, exact = EXACT[term.sign]
    if len(term.parts) <= at:
        return None in exact
    how = term.parts[at]
    if isinstance(how, Number):
        return how.value in exact
    return isinstance(how, Other) and how.is_settled and False in exact and not how.is_true


def _put_together(whole: ComparedSide) -> tuple[ComparedSide, ...]:
    """The texts whose length matters; the whole formula where one is made of what it names itself."""
    found = tuple(_inner(whole, shows=True))
    names = any(term.sign in NAMING for term in terms_of(whole)) and any(map(_has_name, found))
    return (whole,) if names else found


def _has_name(side: ComparedSide) -> bool:
    if isinstance(side, Term):
        return any(map(_has_name, side.parts))
    return isinstance(side, Other) and not side.is_settled


def _inner(side: ComparedSide, *, shows: bool, is_part: bool = False) -> Iterator[ComparedSide]:
    """The texts that are put together where only what comes of them shows; no part of a longer one."""
    if not isinstance(side, Term):
        return
    if side.sign in JOINING and not shows and not is_part:
        yield side
    first = SHOWING.get(side.sign, len(side.parts) - (side.sign == "LET")) if shows else len(side.parts)
    adds = side.sign in ADDING and not shows
    for at, part in enumerate(side.parts):
        yield from _inner(part, shows=at >= first, is_part=adds)


def _sought(terms: Iterable[Term]) -> Iterator[ComparedSide]:
    for term in terms:
        if term.sign in CRITERIA:
            wanted = term.parts[2 if SUMMED.get(term.sign) == 0 else 1 :: 2]
        else:
            wanted = term.parts[:1] if term.sign in PATTERNS else ()
        yield from (part for part in wanted if isinstance(part, Term) and part.sign not in NUMBERS)


def _steps(terms: Iterable[Term]) -> Iterator[Step]:
    for term in terms:
        number, second = (*term.parts, None, None)[:2]
        if number is None or not is_known(number) or (second is not None and not is_known(second)):
            continue
        if term.sign in STEPS:
            yield Step(number, second, 0.0, STEPS[term.sign])
        elif term.sign in PLACES and (second is None or isinstance(second, Number)):
            yield Step(number, None, second.value if second else 0.0, PLACES[term.sign])


def _alike_in_size(counting: Iterable[Term]) -> Iterator[tuple[tuple[int, bool], ...]]:
    """The ranges of a call that counts or sums by several criteria."""
    for term in counting:
        if term.sign.endswith("IFS"):
            first = 0 if term.sign == "COUNTIFS" else 1
            ranges = [*term.parts[:first], *term.parts[first::2]]
            yield tuple(chain.from_iterable(map(_range, ranges)))


def _range(part: ComparedSide) -> Iterator[tuple[int, bool]]:
    """A range, or the column of one that INDEX takes whole."""
    if isinstance(part, AreaCells):
        yield part.area, False
    elif isinstance(part, Term) and part.sign == "INDEX" and len(part.parts) == 3:
        whole, row, _ = part.parts
        if isinstance(whole, AreaCells) and row == Number(0):
            yield whole.area, True


def _searched(lookup: Term) -> Iterator[int]:
    return (part.area for part in lookup.parts[1:2] if isinstance(part, AreaCells))


def _wide(terms: Iterable[Term]) -> Iterator[int]:
    for term in terms:
        if term.sign == "INDEX" and len(term.parts) == 2 and isinstance(term.parts[0], AreaCells):
            yield term.parts[0].area
