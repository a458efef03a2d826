"""What no vote shows: values for which all engines differ from Excel alike.

Excel makes 0 of a difference that rounding alone left, writes fifteen digits of a number in a text, counts
some letters as two, and reads texts as numbers and dates that no engine reads. What to look for is worked
out once for each shape of a formula, and looked for in the cells that a change reaches.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain
from typing import Final, NamedTuple

from workbook.cells import CellError, Value, area_of
from workbook.formula.criteria import CRITERIA
from workbook.formula.expression import expression
from workbook.formula.forms import Plain
from workbook.formula.plain_writer import BLANK
from workbook.formula.tree import Node, calls, tree, written
from workbook.recalc.comparisons import EPSILON, Side, numbers_of, written_numbers
from workbook.recalc.core import EXTREME, ODD, READABLE, certified, kind_of
from workbook.recalc.new_values import DIGITS, Now, long_runs

LETTERS: Final = frozenset(("FIND", "LEFT", "LEN", "MID", "REPLACE", "RIGHT", "SEARCH"))
SUMMED: Final = {  # the argument that is summed up, to which no criterion is put
    **dict.fromkeys(("AVERAGEIF", "SUMIF"), 2),
    **dict.fromkeys(("AVERAGEIFS", "MAXIFS", "MINIFS", "SUMIFS"), 0),
}
SUMMING: Final = frozenset(("AVERAGEIF", "SUMIF"))  # of which the last range may be named by its corner
HIDING: Final = frozenset(("COUNT", "IFERROR", "ISERR", "ISERROR", "ISNUMBER"))
DATES: Final = frozenset(("DATE", "DATEVALUE", "EDATE", "EOMONTH", "WORKDAY", "WORKDAY.INTL"))
ALIKE: Final = {  # functions of which all engines make the same that Excel does not
    "BESSELI": "the last digits",
    "BESSELJ": "the last digits",
    "BESSELK": "the last digits",
    "BESSELY": "the last digits",
    "CELL": "facts about formats and files",
    "FORMULATEXT": "the texts of formulas",
    "ISFORMULA": "which cells hold formulas",
    "SHEET": "the numbers of sheets",
    "SHEETS": "the number of sheets",
    "XIRR": "the search, which stops after fewer digits",
}
FIRST_DAY: Final = 61.0  # the 1st of March 1900: before it engines count other days than Excel
LAST_DAY: Final = 2_958_465.0
TINY: Final = 1e-5  # of sums and differences below, it is asked whether rounding alone left them
MONTH: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
READ: Final = re.compile(  # what Excel may take for a number, a date or a time
    r"\s*[-+(]?\s*[$€£¥]?\s*[-+(]?[0-9][0-9.,'\s]*(?:E[-+]?[0-9]+)?\s*[%)$€£¥]*\s*"
    rf"|\s*[0-9]{{1,4}}\s*[-/.:\s]\s*(?:[0-9]{{1,4}}|{MONTH})(?:[-/.:,\s]+[0-9]{{1,4}})?"
    r"(?:[ T]+[0-9]{1,2}:[0-9:.]+)?(?:\s*[AP]M?)?\s*"
    r"|\s*[0-9]{1,2}\s*[AP]M?\s*"
    rf"|\s*{MONTH}\s*[-/.,\s]\s*[0-9]{{1,4}}(?:[-/.,\s]+[0-9]{{1,4}})?\s*"
    r"|\s*(?:TRUE|FALSE)\s*",
    re.IGNORECASE,
)
NAME: Final = re.compile(r"[^\W\d][\w.]*(?:\[.*\])?")
LONGEST_READ: Final = 40  # characters
SIMPLE: Final = re.compile(r"\s*[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)\s*%?\s*")  # a number to every program


class Suspect(NamedTuple):
    """What to look at when a formula of some shape has been evaluated."""

    letters: str  # a function that counts letters, or ""
    joined: tuple[Side, ...]  # what is perhaps a number, and is written into a text
    dates: str  # one that gives a day
    counts: tuple[int, ...]  # the areas, by number, that it counts by criteria or takes criteria from
    reaches: str  # what it reaches cells with by their names as text
    adds: bool  # whether it is itself a sum or a difference
    alike: str  # why it is not trusted at all
    reads: tuple[int, ...]  # the areas, by number, whose texts it may read as numbers without a sign


@lru_cache(maxsize=16_384)
def suspect(alike: str) -> Suspect:
    """What there is to look at in the values of formulas of a shape."""
    nodes = tree(alike)
    names = {call.name for call in calls(nodes)}
    shared = next((name for name in sorted(names & ALIKE.keys()) if not _is_plain(name, nodes)), "")
    return Suspect(
        min(names & LETTERS, default=""),
        tuple(written_numbers(expression(nodes))),
        min(names & DATES, default=""),
        tuple(_counted(nodes)) if names & CRITERIA else (),
        min(names & {"INDIRECT"}, default=""),
        any(node.kind == "operator" and node.text in "+-" for node in nodes),
        f"calls {shared}, which no engine computes as Excel does: {ALIKE[shared]}" if shared else "",
        tuple(_reads(nodes)) if names & HIDING else (),
    )


def _is_plain(name: str, nodes: Iterable[Node]) -> bool:
    """Whether it is only asked for what every program tells alike."""
    asked = {written(call.arguments[0]).strip().upper() for call in calls(nodes) if call.name == name}
    return name == "CELL" and asked <= {'"ROW"', '"COL"', '"CONTENTS"'}


def _counted(nodes: Iterable[Node]) -> Iterator[int]:
    """The numbers of the areas in calls that count by criteria, but for the range that is summed up."""
    at = 0

    def walk(inner: Iterable[Node], *, counts: bool) -> Iterator[int]:
        nonlocal at
        for node in inner:
            if node.kind == "area" and node.text != BLANK:
                if counts:
                    yield at
                at += 1
            for number, argument in enumerate(node.arguments):
                asks = node.name in CRITERIA and number != SUMMED.get(node.name)
                yield from walk(argument, counts=asks or (counts and node.name not in CRITERIA))

    yield from walk(nodes, counts=False)


def _reads(nodes: Iterable[Node]) -> Iterator[int]:
    """The numbers of the areas that stand where a number is wanted, inside a call that hides errors."""
    at = 0

    def walk(inner: Iterable[Node], *, hides: bool, wants: bool) -> Iterator[int]:
        nonlocal at
        inner = tuple(inner)
        wants = wants or any(node.kind == "operator" and node.text in "+-*/^%" for node in inner)
        for node in inner:
            if node.kind == "area" and node.text != BLANK:
                if hides and wants:
                    yield at
                at += 1
            below = hides or node.name in HIDING
            for number, argument in enumerate(node.arguments):
                yield from walk(argument, hides=below, wants=wants_number(node.name, number))

    yield from walk(nodes, hides=False, wants=False)


def wants_number(function: str, argument: int) -> bool:
    """Whether a function reads a text as a number in an argument."""
    if function in ("VALUE", "DATEVALUE", "TIMEVALUE", "NUMBERVALUE"):
        return True
    known = certified().get(function)
    return known is not None and not known.takes[min(argument, len(known.takes) - 1)] & READABLE


def doubts(
    plain: Mapping[int, Plain], cells: Iterable[int], changes: Mapping[int, Value], now: Now
) -> dict[int, str]:
    """Why values are not trusted whatever engines make of them: the end of a sentence on a cell.

    `changes` are those that are not what Excel cached.
    """
    found = {}
    for where in cells:
        if where in plain:  # or it is a cell that an array formula fills
            asked = suspect(plain[where].shape)
            why = asked.alike or _given(asked, plain[where], now)
            if not why and where in changes:
                why = _odd(changes[where], asked, plain[where], now)
            if why:
                found[where] = why
    return found


def _odd(value: Value, asked: Suspect, plain: Plain, now: Now) -> str:
    if type(value) is float:
        return _odd_number(value, asked, plain, now)
    if value == "#REF!" and asked.reaches:
        return "would be #REF! by INDIRECT, to which engines give no names"
    if value == "#VALUE!":
        if now.holds("readable", plain.areas) and not now.holds("error", plain.areas):
            return "would be #VALUE! for a text that Excel may read as a number"
    elif type(value) is str and len(value) > DIGITS:
        return _long_number(value, plain, now)
    return ""


def _given(asked: Suspect, plain: Plain, now: Now) -> str:
    if asked.letters and now.holds("letter", plain.areas):
        return f"calls {asked.letters}, to which a letter counts as two in Excel alone"
    if any(map(_is_long, chain(*(numbers_of(side, plain.named, now) for side in asked.joined)))):
        return "writes a number of more than fifteen digits into a text, as Excel alone does"
    if asked.reaches and any(map(_is_name, _singles(plain, now))):
        return "calls INDIRECT with a name, which engines are not given"
    if now.holds("criterion", [plain.named[number] for number in asked.counts if number < len(plain.named)]):
        return "counts by a criterion, or among cells, that Excel may read as a number"
    for number in asked.reads:
        if number < len(plain.named) and any(map(_is_read, now.values(plain.named[number]))):
            return "is given a text that Excel may read as a number"
    return ""


def _singles(plain: Plain, now: Now) -> Iterator[Value]:
    return chain(*(now.values(area) for area in plain.areas if area.size == 1))


def _is_name(value: Value) -> bool:
    """Whether a text is perhaps the name of a range or a table, not the place of a cell."""
    return type(value) is str and NAME.fullmatch(value) is not None and area_of(value) is None


def _is_read(value: Value) -> bool:
    return (
        isinstance(value, str)
        and not isinstance(value, CellError)
        and len(value) <= LONGEST_READ
        and not SIMPLE.fullmatch(value)
        and READ.fullmatch(value) is not None
    )


def _is_long(number: float) -> bool:
    return kind_of(number) & (ODD | EXTREME) != 0


def _odd_number(value: float, asked: Suspect, plain: Plain, now: Now) -> str:
    """Excel has no day after 9999, a 29th of February 1900, and makes 0 of what rounding alone left."""
    if asked.dates and not FIRST_DAY <= value <= LAST_DAY:
        return f"would be {value!r} by {asked.dates}, a day that Excel does not have or counts otherwise"
    if not asked.adds or not 0 < abs(value) < TINY:
        return ""
    largest = max((abs(number) for number in _singles(plain, now) if isinstance(number, float)), default=0.0)
    return f"would be {value!r}, of which Excel may make 0" if abs(value) <= EPSILON * largest else ""


def _long_number(value: str, plain: Plain, now: Now) -> str:
    """Excel writes fifteen digits of a number, engines all that they have."""
    for run in long_runs(value):
        if run not in plain.text and not now.holds("long", plain.areas):
            return f"would hold {run}, of which Excel writes {DIGITS} digits"
    return ""
