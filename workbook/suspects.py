"""Values for which formualizer differs from Excel in functions that it otherwise gets right.

A formula that is right for the values that Excel cached may be given others: an error among the cells
that COUNTIF counts, a range that is not in order, two numbers that are equal to fifteen digits. What
to look for is worked out once for a template, and looked for in the cells that a change reaches.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, pairwise
from typing import Final, NamedTuple

from workbook.formulas import Grammar, Plain
from workbook.tree import Node, calls, shape, tree, written
from workbook.values import (
    COLUMN_BITS,
    COLUMN_MASK,
    KEY_MASK,
    SHEET_BITS,
    Area,
    CellError,
    Value,
    place,
)

CRITERIA: Final = frozenset(
    ("AVERAGEIF", "AVERAGEIFS", "COUNTIF", "COUNTIFS", "MAXIFS", "MINIFS", "SUMIF", "SUMIFS")
)
LETTERS: Final = frozenset(("FIND", "LEFT", "LEN", "MID", "REPLACE", "RIGHT", "SEARCH"))
SEARCHING: Final = frozenset(("HLOOKUP", "LOOKUP", "MATCH", "VLOOKUP"))
FLOORS: Final = frozenset(("FLOOR", "FLOOR.MATH", "FLOOR.PRECISE"))
STEPPING: Final = FLOORS | {"CEILING", "CEILING.MATH"}
CELL: Final = r"(?:(?:'(?:[^']|'')*'|\w+)!)?\$?[A-Z]{1,3}\$?[0-9]+"
OPERAND: Final = rf"\s*({CELL}|-?[0-9.]+)\s*"
COMPARED: Final = re.compile(rf"(?:^|[(,]){OPERAND}[<>=]{{1,2}}{OPERAND}(?=$|[,)])", re.IGNORECASE)
RAISED: Final = re.compile(
    rf"(?:^|[(,*/+-])\s*({CELL})\s*\^{OPERAND}|\bPOWER\(\s*({CELL})\s*,{OPERAND}\)", re.IGNORECASE
)
JOINED: Final = re.compile(rf"&\s*({CELL})\s*[,)]", re.IGNORECASE)
NUMERAL: Final = re.compile(r"\s*[-+(]?[$€£]?[0-9.,]*[0-9][0-9.,]*\s*[%)]?\s*")
RUN: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")
DIGITS: Final = 15  # that Excel shows of a number, and compares
TINY: Final = 1e-5  # of sums and differences below, it is asked whether rounding alone left them
EPSILON: Final = 4e-15
COMPARING: Final = frozenset("<>=")
HALVED: Final = 1_048_576  # what a step has to be a part of, if multiples of it are to be exact


UNEQUAL: Final = "a text that looks like a number is among the cells"
KINDS: Final = (  # of values for which functions differ
    (CRITERIA, "numeral", UNEQUAL),  # if the criterion is that they differ
    (LETTERS, "letter", "a letter counts as two"),
    (frozenset(("SUMPRODUCT",)), "numeral", "a text counts as a number"),
    (frozenset(("SUMPRODUCT",)), "truth", "a truth value counts as a number"),
)


class Number(NamedTuple):
    """An operand that stands in the formula itself."""

    value: float


Operand = int | Number  # the place of a cell, or a number


class Counted(NamedTuple):
    """Cells that are summed or counted where others meet criteria; None for a criterion that is computed."""

    name: str
    sums: Area | None
    criteria: tuple[tuple[Area, Operand | str | None], ...]


class Looked(NamedTuple):
    """A search by order: the function, and the cells that have to be in order."""

    name: str
    area: Area
    falls: bool


class Suspect(NamedTuple):
    """What to look at when a formula has been evaluated; cells are given by their places."""

    names: frozenset[str]  # of functions that differ for some values in the formula's areas
    counted: tuple[Counted, ...]
    joined: tuple[int, ...]  # to a criterion
    looked: tuple[Looked, ...]
    steps: tuple[tuple[str, int], ...]  # of functions that round to multiples
    compared: tuple[tuple[Operand, Operand], ...]
    raised: tuple[tuple[Operand, Operand], ...]  # to a power


def suspect(plain: Plain, home: int, grammar: Grammar) -> Suspect | None:
    """What there is to look at in the values of a formula; None if nothing."""
    text = plain.text
    names = plain.calls & (CRITERIA | LETTERS)
    if "SUMPRODUCT" in plain.calls and _multiplies(shape(text)):
        names |= {"SUMPRODUCT"}
    found = Suspect(
        names,
        tuple(_counts(text, home, grammar)) if names & CRITERIA else (),
        tuple(_cells(JOINED, text, home, grammar)) if names & CRITERIA else (),
        tuple(_searches(text, home, grammar)) if plain.calls & SEARCHING and _in_order(shape(text)) else (),
        tuple(_steps(text, home, grammar)) if plain.calls & STEPPING else (),
        tuple(_pairs(COMPARED, text, home, grammar)) if not COMPARING.isdisjoint(text) else (),
        tuple(_pairs(RAISED, text, home, grammar)) if "^" in text or "POWER" in plain.calls else (),
    )
    return found if any(found) else None


def _cells(pattern: re.Pattern[str], text: str, home: int, grammar: Grammar) -> Iterator[int]:
    for match in pattern.finditer(text):
        where = _operand(match[1], home, grammar)
        if isinstance(where, int):
            yield where


def _pairs(
    pattern: re.Pattern[str], text: str, home: int, grammar: Grammar
) -> Iterator[tuple[Operand, Operand]]:
    for match in pattern.finditer(text):
        one, other = (_operand(operand, home, grammar) for operand in match.groups() if operand)
        if one is not None and other is not None and (isinstance(one, int) or isinstance(other, int)):
            yield one, other


def _operand(text: str, home: int, grammar: Grammar) -> Operand | None:
    try:
        return Number(float(text))
    except ValueError:
        area = grammar.area(text, home)
        return None if area is None else place(area.sheet, area.top, area.left)


@lru_cache(maxsize=16_384)
def _in_order(alike: str) -> bool:
    """Whether anything is searched for by order."""
    return any(_order(call) for call in calls(tree(alike)))


@lru_cache(maxsize=16_384)
def _multiplies(alike: str) -> bool:
    """Whether SUMPRODUCT is given several arrays, of which texts and truths count as 0 to Excel."""
    return any(call.name == "SUMPRODUCT" and len(call.arguments) > 1 for call in calls(tree(alike)))


def _counts(text: str, home: int, grammar: Grammar) -> Iterator[Counted]:
    for call in calls(tree(text)):
        if call.name not in CRITERIA:
            continue
        texts = [_argument(call, number) for number in range(len(call.arguments))]
        sums = None
        if call.name in ("SUMIF", "AVERAGEIF"):
            sums = grammar.area(texts.pop() if len(texts) > 2 else texts[0], home)
        elif call.name not in ("COUNTIF", "COUNTIFS"):
            sums = grammar.area(texts.pop(0), home)
        criteria = [
            (area, _criterion(criterion, home, grammar))
            for cells, criterion in zip(texts[::2], texts[1::2], strict=False)
            if (area := grammar.area(cells, home)) is not None
        ]
        yield Counted(call.name, sums, tuple(criteria))


def _criterion(text: str, home: int, grammar: Grammar) -> Operand | str | None:
    if [node.kind for node in tree(text)] == ["text"]:
        return text[1:-1].replace('""', '"')
    return _operand(text, home, grammar)


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
        yield Looked(call.name, area, order < 0)


def _steps(text: str, home: int, grammar: Grammar) -> Iterator[tuple[str, int]]:
    for call in calls(tree(text)):
        area = grammar.area(_argument(call, 1), home) if call.name in STEPPING else None
        if area is not None:
            yield call.name, place(area.sheet, area.top, area.left)


def _order(call: Node) -> int:
    """1 for a search among rising values, -1 among falling ones, 0 for none by order."""
    if call.name not in SEARCHING:
        return 0
    if call.name == "LOOKUP":
        return 1
    last = 2 if call.name == "MATCH" else 3
    if len(call.arguments) <= last:
        return 1
    asked = _argument(call, last).upper()
    return -1 if asked[:1] == "-" else int(asked not in ("0", "FALSE", "FALSE()", ""))


def _argument(call: Node, number: int) -> str:
    return written(call.arguments[number]).strip() if len(call.arguments) > number else ""


class Now:
    """The values of a book's cells after a change."""

    def __init__(
        self, cached: Sequence[Mapping[int, Value]], results: Mapping[int, Value], inputs: Mapping[int, Value]
    ) -> None:
        self._cached = cached
        self._results = results
        self._inputs = inputs
        self._sheets: dict[int, dict[int, Value]] = {}
        self._odd: dict[int, dict[str, list[int]]] = {}
        self._ordered: dict[Looked, bool] = {}

    def value(self, operand: Operand) -> Value:
        """The value of a cell, or of a number itself."""
        if isinstance(operand, Number):
            return operand.value
        if operand in self._results:
            return self._results[operand]
        if operand in self._inputs:
            return self._inputs[operand]
        return self._cached[operand >> SHEET_BITS].get(operand & KEY_MASK)

    def _cells(self, sheet: int) -> dict[int, Value]:
        if sheet not in self._sheets:
            cells = self._sheets[sheet] = dict(self._cached[sheet])
            for where, value in chain(self._inputs.items(), self._results.items()):
                if where >> SHEET_BITS == sheet:
                    cells[where & KEY_MASK] = value
        return self._sheets[sheet]

    def values(self, area: Area) -> list[Value]:
        """What the cells of an area hold, in their order, blanks left out."""
        cells = self._cells(area.sheet)
        if area.size <= len(cells):
            found = (cells.get(where & KEY_MASK) for where in area.places())
        else:
            found = (cells[key] for key in sorted(cells) if _within(area, key))
        return [value for value in found if value is not None]

    def holds(self, kind: str, areas: Iterable[Area]) -> bool:
        """Whether one of the areas holds a value of a kind."""
        for area in areas:
            if area.sheet not in self._odd:
                self._odd[area.sheet] = _odd(self._cells(area.sheet))
            keys = self._odd[area.sheet].get(kind, [])
            first = bisect_left(keys, area.top << COLUMN_BITS)
            last = bisect_left(keys, (area.bottom + 1) << COLUMN_BITS)
            if any(_within(area, key) for key in keys[first:last]):
                return True
        return False

    def errors(self, area: Area) -> Iterator[tuple[int, int]]:
        """The errors in an area, by row and column within it."""
        self.holds("error", (area,))
        for key in self._odd[area.sheet].get("error", []):
            if _within(area, key):
                yield (key >> COLUMN_BITS) - area.top, (key & COLUMN_MASK) - area.left

    def is_ordered(self, looked: Looked) -> bool:
        """Whether a search by order finds the same, whatever way it goes."""
        if looked not in self._ordered:
            values = self.values(looked.area)
            if looked.falls:
                values.reverse()
            numbers = [value for value in values if type(value) is float]
            texts = [value.casefold() for value in values if type(value) is str]
            self._ordered[looked] = (
                len(numbers) + len(texts) == len(values)
                and (looked.name != "LOOKUP" or len(values) == looked.area.size)
                and all(one <= other for one, other in pairwise(numbers))
                and all(one <= other for one, other in pairwise(texts))
            )
        return self._ordered[looked]


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
            if value and -TINY < value < TINY:
                found[where] = found.get(where) or _residue(value, plain[where], now)
        elif value == "#VALUE!":
            if now.holds("digit", plain[where].areas) and not now.holds("error", plain[where].areas):
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
        if not now.is_ordered(looked):
            called, what = looked.name, "the range is not in order"
    for name, where in found.steps:
        if not is_safe_step(name, now.value(where)):
            called, what = name, "steps below zero, or of fractions"
    if called:
        return f"calls {called}, which the engine computes otherwise than Excel: {what}"
    return _by_operands(found, now)


def _by_areas(found: Suspect, plain: Plain, now: Now) -> tuple[str, str]:
    """The function that is given what it can't take as Excel does, and what that is."""
    for names, kind, what in KINDS:
        called = names & found.names
        if called and (what is not UNEQUAL or '"<>' in plain.text) and now.holds(kind, plain.areas):
            return min(called), what
    return "", ""


def _counts_errors(counted: Counted, now: Now) -> bool:
    """Whether a criterion is an error, or an error may be among the cells that meet them all."""
    asked = [
        (area, criterion if criterion is None or isinstance(criterion, str) else now.value(criterion))
        for area, criterion in counted.criteria
    ]
    if any(isinstance(criterion, str) and criterion[:1] == "#" for _, criterion in asked):
        return True
    return counted.sums is not None and any(
        all(
            _may_meet(now.value(place(area.sheet, area.top + row, area.left + column)), criterion)
            for area, criterion in asked
        )
        for row, column in now.errors(counted.sums)
    )


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
        one, other = map(now.value, pair)
        if isinstance(one, float) and isinstance(other, float) and _look_alike(one, other):
            return f"compares {one!r} with {other!r}, which are equal to Excel"
    for pair in found.raised:
        base, power = map(now.value, pair)
        if base in (None, 0.0) and (power is None or (isinstance(power, float) and power <= 0)):
            return "raises 0 to a power that is not above 0, which the engine computes otherwise than Excel"
    return ""


def is_safe_step(name: str, step: Value) -> bool:
    """Whether every program rounds to the same multiples of a step."""
    return isinstance(step, float) and step > 0 and (name not in FLOORS or (step * HALVED).is_integer())


def _residue(value: float, plain: Plain, now: Now) -> str:
    """Excel makes 0 of a sum or difference that is next to nothing beside what was added."""
    if not any(node.kind == "operator" and node.text in "+-" for node in tree(plain.text)):
        return ""
    singles = chain(*(now.values(area) for area in plain.areas if area.size == 1))
    largest = max((abs(number) for number in singles if isinstance(number, float)), default=0.0)
    return f"would be {value!r}, of which Excel may make 0" if abs(value) <= EPSILON * largest else ""


def _long_number(value: str, plain: Plain, now: Now) -> str:
    """Excel writes fifteen digits of a number, the engine all that it has."""
    texts = [plain.text, *(cell for area in plain.areas for cell in now.values(area) if type(cell) is str)]
    for run in RUN.findall(value):
        if len(run.replace(".", "").strip("0")) > DIGITS and not any(run in text for text in texts):
            return f"would hold {run}, of which Excel writes {DIGITS} digits"
    return ""


def _look_alike(one: float, other: float) -> bool:
    return one != other and abs(one - other) <= EPSILON * abs(one) and f"{one:.14e}" == f"{other:.14e}"


def _within(area: Area, key: int) -> bool:
    return area.top <= key >> COLUMN_BITS <= area.bottom and area.left <= key & COLUMN_MASK <= area.right


def _odd(cells: Mapping[int, Value]) -> dict[str, list[int]]:
    """The cells of a sheet that hold something out of the ordinary, by kind, in their order."""
    odd: dict[str, list[int]] = defaultdict(list)
    for key in sorted(key for key, value in cells.items() if type(value) is not float):
        value = cells[key]
        if isinstance(value, CellError):
            odd["error"].append(key)
        elif isinstance(value, bool):
            odd["truth"].append(key)
        elif isinstance(value, str):
            if NUMERAL.fullmatch(value):
                odd["numeral"].append(key)
            if any(map(str.isdigit, value)):
                odd["digit"].append(key)
            if not value.isascii() and max(value) > "\uffff":
                odd["letter"].append(key)
    return odd
