"""Values for which formualizer differs from Excel in functions that it otherwise gets right.

A formula that is right for the values that Excel cached may be given others: an error among the cells
that COUNTIF counts, a range that is not in order, two numbers that are equal to fifteen digits. What
to look for is worked out once for a template, and looked for in the cells that a change reaches.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain
from typing import Final, NamedTuple

from workbook.cells import (
    Area,
    CellError,
    Value,
    column_of,
    place,
    row_of,
)
from workbook.formula.grammar import Grammar, Plain
from workbook.formula.tree import Node, calls, shape, tree, written
from workbook.recalc.comparisons import (
    CELL,
    EPSILON,
    OPERAND,
    Number,
    Pair,
    comparisons,
    odd_pair,
    operand,
    pairs,
    value_of,
)
from workbook.recalc.new_values import DIGITS, NUMERAL, Now, long_runs

CRITERIA: Final = frozenset(
    ("AVERAGEIF", "AVERAGEIFS", "COUNTIF", "COUNTIFS", "MAXIFS", "MINIFS", "SUMIF", "SUMIFS")
)
SUMMING: Final = frozenset(("AVERAGEIF", "SUMIF"))  # of which the last range may be named by its corner
LETTERS: Final = frozenset(("FIND", "LEFT", "LEN", "MID", "REPLACE", "RIGHT", "SEARCH"))
SEARCHING: Final = frozenset(("HLOOKUP", "LOOKUP", "MATCH", "VLOOKUP", "XLOOKUP", "XMATCH"))
FLOORS: Final = frozenset(("FLOOR", "FLOOR.MATH", "FLOOR.PRECISE"))
STEPPING: Final = FLOORS | {"CEILING", "CEILING.MATH"}
DAYS: Final = frozenset(
    ("DATEDIF", "DAYS")
)  # count the days of early 1900 as the calendar does, not as Excel
DATES: Final = frozenset(("DATE", "EDATE", "EOMONTH", "WORKDAY"))
CHECKED: Final = (
    dict.fromkeys(DAYS, (0, 1)) | dict.fromkeys(STEPPING, (1,)) | {"TIME": (0, 1, 2), "WORKDAY": (0,)}
)
HIDING: Final = frozenset(("IFERROR", "ISERR", "ISERROR"))
COUNTING: Final = frozenset(("LEN", "MID", "REPLACE", "RIGHT"))  # the digits of a number as well
LEAP_1900: Final = 61  # the 1st of March
LAST_DAY: Final = 2_958_465  # of the year 9999
RAISED: Final = re.compile(
    rf"(?:^|[(,*/+-])\s*({CELL})\s*\^{OPERAND}|\bPOWER\(\s*({CELL})\s*,{OPERAND}\)", re.IGNORECASE
)
JOINED: Final = re.compile(rf"&\s*({CELL})\s*[,)]", re.IGNORECASE)
ERRORS: Final = 100  # that are held against the criteria; of more, one is thought to meet them
TINY: Final = 1e-5  # of sums and differences below, it is asked whether rounding alone left them
BRANCHING: Final = frozenset(("CHOOSE", "IF", "IFERROR", "IFNA", "IFS", "SWITCH"))
HALVED: Final = 1_048_576  # what a step has to be a part of, if multiples of it are to be exact


UNSAFE: Final = {
    "TIME": "times below zero",
    "DAYS": "days before March 1900",
    "DATEDIF": "days before March 1900",
}
UNEQUAL: Final = "a text that looks like a number is among the cells"
KINDS: Final = (  # of values for which functions differ
    (CRITERIA, "numeral", UNEQUAL),  # if the criterion is that they differ
    (LETTERS, "letter", "a letter counts as two"),
    (frozenset(("SUMPRODUCT",)), "numeral", "a text counts as a number"),
    (frozenset(("SUMPRODUCT",)), "truth", "a truth value counts as a number"),
)


class Counted(NamedTuple):
    """Cells that are summed or counted where others meet criteria; None for a criterion that is computed."""

    name: str
    sums: Area | None
    criteria: tuple[tuple[Area, int | Number | str | None], ...]


class Looked(NamedTuple):
    """A search by order: the function, what it looks for, and the cells that have to be in order."""

    name: str
    what: int | Number | None
    area: Area
    falls: bool


class Suspect(NamedTuple):
    """What to look at when a formula has been evaluated; cells are given by their places."""

    names: frozenset[str]  # of functions that differ for some values in the formula's areas
    counted: tuple[Counted, ...]
    joined: tuple[int, ...]  # to a criterion
    looked: tuple[Looked, ...]
    checked: tuple[tuple[str, int], ...]  # what functions are given
    compared: tuple[Pair, ...]
    raised: tuple[Pair, ...]  # to a power


def suspect(plain: Plain, home: int, grammar: Grammar) -> Suspect | None:
    """What there is to look at in the values of a formula; None if nothing."""
    text = plain.text
    names = plain.calls & (CRITERIA | LETTERS | HIDING)
    if "SUMPRODUCT" in plain.calls and _multiplies(shape(text)):
        names |= {"SUMPRODUCT"}
    found = Suspect(
        names,
        tuple(counts(text, home, grammar)) if names & CRITERIA else (),
        tuple(_cells(JOINED, text, home, grammar)) if names & CRITERIA else (),
        tuple(_searches(text, home, grammar)) if plain.calls & SEARCHING and _in_order(shape(text)) else (),
        tuple(_checks(tree(text), home, grammar)) if plain.calls & CHECKED.keys() else (),
        tuple(comparisons(text, home, grammar)),
        tuple(pairs(RAISED, text, home, grammar)) if "^" in text or "POWER" in plain.calls else (),
    )
    return found if any(found) else None


def _cells(pattern: re.Pattern[str], text: str, home: int, grammar: Grammar) -> Iterator[int]:
    for match in pattern.finditer(text):
        where = operand(match[1], home, grammar)
        if isinstance(where, int):
            yield where


@lru_cache(maxsize=16_384)
def _in_order(alike: str) -> bool:
    """Whether anything is searched for by order."""
    return any(_order(call) for call in calls(tree(alike)))


@lru_cache(maxsize=16_384)
def _multiplies(alike: str) -> bool:
    """Whether SUMPRODUCT is given several arrays, of which texts and truths count as 0 to Excel."""
    return any(call.name == "SUMPRODUCT" and len(call.arguments) > 1 for call in calls(tree(alike)))


def counts(text: str, home: int, grammar: Grammar) -> Iterator[Counted]:
    """What a formula sums and counts by criteria."""
    for call in calls(tree(text)):
        if call.name not in CRITERIA:
            continue
        texts = [_argument(call, number) for number in range(len(call.arguments))]
        sums = None
        if call.name in SUMMING:
            sums = grammar.area(texts.pop() if len(texts) > 2 else texts[0], home)
        elif call.name not in ("COUNTIF", "COUNTIFS"):
            sums = grammar.area(texts.pop(0), home)
        criteria = [
            (area, _criterion(criterion, home, grammar))
            for cells, criterion in zip(texts[::2], texts[1::2], strict=False)
            if (area := grammar.area(cells, home)) is not None
        ]
        yield Counted(call.name, sums, tuple(criteria))


def _criterion(text: str, home: int, grammar: Grammar) -> int | Number | str | None:
    if [node.kind for node in tree(text)] == ["text"]:
        return text[1:-1].replace('""', '"')
    return operand(text, home, grammar)


def _searches(text: str, home: int, grammar: Grammar) -> Iterator[Looked]:
    for call in calls(tree(text)):
        order = _order(call)
        area = grammar.area(_argument(call, 1), home) if order else None
        if area is None:
            continue
        is_wide = area.right - area.left > area.bottom - area.top
        if call.name == "VLOOKUP" or (call.name == "LOOKUP" and not is_wide):
            area = area._replace(right=area.left)
        elif call.name in ("HLOOKUP", "LOOKUP"):
            area = area._replace(bottom=area.top)
        yield Looked(call.name, operand(_argument(call, 0), home, grammar), area, order < 0)


def _checks(
    nodes: Iterable[Node], home: int, grammar: Grammar, *, is_sure: bool = True
) -> Iterator[tuple[str, int]]:
    """The cells that functions are given; no dates in a branch, which is not taken where they are blank."""
    for node in nodes:
        for number in CHECKED.get(node.name, ()) if is_sure or node.name not in DAYS else ():
            where = operand(_argument(node, number), home, grammar)
            if isinstance(where, int):
                yield node.name, where
        for argument in node.arguments:
            yield from _checks(argument, home, grammar, is_sure=is_sure and node.name not in BRANCHING)


def _order(call: Node) -> int:
    """1 for a search among rising values, -1 among falling ones, 0 for none by order."""
    if call.name not in SEARCHING:
        return 0
    if call.name == "LOOKUP":
        return 1
    if call.name in ("XLOOKUP", "XMATCH"):
        last = 4 if call.name == "XLOOKUP" else 2
        nearest, way = _argument(call, last), _argument(call, last + 1)
        if way in ("2", "-2"):
            return 1 if way == "2" else -1
        return int(call.name == "XLOOKUP" and nearest not in ("", "0", "2"))
    last = 2 if call.name == "MATCH" else 3
    if len(call.arguments) <= last:
        return 1
    asked = _argument(call, last).upper()
    return -1 if asked[:1] == "-" else int(asked not in ("0", "FALSE", "FALSE()", ""))


def _argument(call: Node, number: int) -> str:
    return written(call.arguments[number]).strip() if len(call.arguments) > number else ""


def sums_beyond(found: Iterable[Counted]) -> bool:
    """Whether a formula sums more cells than it names."""
    return any(
        counted.name in SUMMING and counted.sums is not None and _size(counted.sums) != _size(area)
        for counted in found
        for area, _ in counted.criteria
    )


def _size(area: Area) -> tuple[int, int]:
    return area.bottom - area.top, area.right - area.left


def doubts(
    suspects: Mapping[int, Suspect],
    plain: Mapping[int, Plain],
    cells: frozenset[int],
    changes: Mapping[int, Value],
    now: Now,
) -> dict[int, str]:
    """Why new values are not trusted, as the end of a sentence that begins with the cell."""
    found = {where: _doubted(suspects[where], plain[where], now) for where in cells & suspects.keys()}
    for where, value in changes.items():
        if where not in cells or where not in plain:  # a cell that an array formula fills
            continue
        if type(value) is float:
            if value and (-TINY < value < TINY or value > LAST_DAY):
                found[where] = found.get(where) or _odd_number(value, plain[where], now)
        elif value == "#VALUE!":
            if now.holds("readable", plain[where].areas) and not now.holds("error", plain[where].areas):
                found[where] = "would be #VALUE! for a text that Excel may read as a number"
        elif type(value) is str and len(value) > DIGITS:
            found[where] = found.get(where) or _long_number(value, plain[where], now)
    return {where: why for where, why in found.items() if why}


def _doubted(found: Suspect, plain: Plain, now: Now) -> str:
    called, what = _by_areas(found, plain, now) if found.names else ("", "")
    for counted in found.counted:
        if _counts_errors(counted, now):
            called, what = counted.name, "an error is counted, or is the criterion"
    if any(now.value(where) in (None, "") for where in found.joined):
        called, what = min(CRITERIA & found.names), "a criterion ends with a blank"
    for looked in found.looked:
        is_full = looked.name == "LOOKUP"
        if not now.is_ordered(looked.area, falls=looked.falls, is_full=is_full):
            called, what = looked.name, "the range is not in order"
        elif _is_number_text(None if looked.what is None else value_of(looked.what, now.value)):
            called, what = looked.name, "a text is looked up as a number"
    for name, where in found.checked:
        if not is_safe(name, now.value(where)):
            called, what = name, UNSAFE.get(name, "steps below zero, or of fractions")
    if called:
        return f"calls {called}, which the engine computes otherwise than Excel: {what}"
    return _by_operands(found, now)


def _by_areas(found: Suspect, plain: Plain, now: Now) -> tuple[str, str]:
    """The function that is given what it can't take as Excel does, and what that is."""
    for names, kind, what in KINDS:
        called = names & found.names
        if called and (what is not UNEQUAL or '"<>' in plain.text) and now.holds(kind, plain.areas):
            return min(called), what
    singles = [area for area in plain.areas if area.size == 1]
    if found.names & HIDING and now.holds("amount", singles):
        return min(found.names & HIDING), "a text that Excel may read as a number"
    if found.names & COUNTING and any(map(_is_long, chain(*map(now.values, singles)))):
        return min(found.names & COUNTING), "a number of more than fifteen digits"
    return "", ""


def _is_number_text(value: Value) -> bool:
    return isinstance(value, bool) or (isinstance(value, str) and NUMERAL.fullmatch(value) is not None)


def _is_long(value: Value) -> bool:
    return isinstance(value, float) and (abs(value) >= 1e15 or float(f"{value:.15g}") != value)


def _counts_errors(counted: Counted, now: Now) -> bool:
    """Whether a criterion is an error, or an error may be among the cells that meet them all."""
    asked = [
        (area, value_of(criterion, now.value) if isinstance(criterion, (int, Number)) else criterion)
        for area, criterion in counted.criteria
    ]
    if any(isinstance(criterion, str) and criterion[:1] == "#" for _, criterion in asked):
        return True
    sums = counted.sums
    if sums is None:
        return False
    for number, where in enumerate(now.places("error", sums)):
        if number >= ERRORS:
            return True
        row, column = row_of(where) - sums.top, column_of(where) - sums.left
        cells = (place(area.sheet, area.top + row, area.left + column) for area, _ in asked)
        if all(map(_may_meet, map(now.value, cells), (criterion for _, criterion in asked))):
            return True
    return False


def _may_meet(value: Value, criterion: Value) -> bool:
    """Whether a cell may meet a criterion: not, if that is a plain value and the cell another.

    No error is above or below anything.
    """
    if type(value) is CellError and type(criterion) is str and criterion.startswith(("<", ">")):
        return criterion.startswith("<>")
    if type(criterion) is float:
        return value == criterion or type(value) is str
    if type(criterion) is str and criterion and criterion[0] not in "<>=" and not set("*?~") & set(criterion):
        return not isinstance(value, str) or value.casefold() == criterion.casefold()
    return True


def _by_operands(found: Suspect, now: Now) -> str:
    for pair in found.compared:
        why = odd_pair(pair, now.value)
        if why:
            return why
    for pair in found.raised:
        base, power = (value_of(side, now.value) for side in pair)
        if base in (None, 0.0) and (power is None or (isinstance(power, float) and power <= 0)):
            return "raises 0 to a power that is not above 0, which the engine computes otherwise than Excel"
    return ""


def is_safe(name: str, value: Value) -> bool:
    """Whether every program makes the same of what a function is given."""
    if name in STEPPING:
        is_exact = isinstance(value, float) and (name not in FLOORS or (value * HALVED).is_integer())
        return isinstance(value, float) and value > 0 and is_exact
    if name in DAYS:
        return value is not None and not (isinstance(value, float) and value < LEAP_1900)
    return not (isinstance(value, float) and value < 0)


def _odd_number(value: float, plain: Plain, now: Now) -> str:
    """Excel has no day after 9999, and makes 0 of a sum that is next to nothing beside what was added."""
    if value > LAST_DAY:
        return f"would be {value!r}, a day that Excel does not have" if plain.calls & DATES else ""
    if not any(node.kind == "operator" and node.text in "+-" for node in tree(plain.text)):
        return ""
    singles = chain(*(now.values(area) for area in plain.areas if area.size == 1))
    largest = max((abs(number) for number in singles if isinstance(number, float)), default=0.0)
    return f"would be {value!r}, of which Excel may make 0" if abs(value) <= EPSILON * largest else ""


def _long_number(value: str, plain: Plain, now: Now) -> str:
    """Excel writes fifteen digits of a number, the engine all that it has."""
    for run in long_runs(value):
        if run not in plain.text and not now.holds("long", plain.areas):
            return f"would hold {run}, of which Excel writes {DIGITS} digits"
    return ""
