"""The values of a book's cells after a change, and which of them are out of the ordinary."""

import math
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, compress
from operator import is_not
from typing import Final, NamedTuple

from workbook.cells import COLUMN_BITS, COLUMN_MASK, KEY_MASK, SHEET_BITS, Area, CellError, Value, same
from workbook.memory import remembered

PLAIN: Final = re.compile(r"\s*[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)\s*%?\s*")  # a number to every program
AMOUNT: Final = re.compile(r"[<>=]*\s*(?:[-+(]*\s*[$€£]?-?[0-9.,]*[0-9][0-9.,]*\s*[%)]?\s*|\d{4}-\d\d-\d\d)")
CRITERION: Final = re.compile(  # with a number that all programs read
    r"[<>]=?-?[0-9]+(?:\.[0-9]+)?(?:E[-+]?[0-9]+)?|(?:<>|=)-?(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?",
    re.IGNORECASE,
)
ODD_NUMBER: Final = re.compile(  # which engines do not read as Excel does, or take for a text
    r"[<>=]*(?:\s+.*|\S.*\s|[-+]?0[0-9].*|\+.*|[-+]?[0-9]*\.[0-9]*0|[-+]?[0-9]+\.|[-+]?\.[0-9]+|[-+]?[0-9.]+E.*|-0)",
    re.IGNORECASE,
)
NUMBER: Final = re.compile(r"[<>=]*\s*[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:E[-+]?[0-9]+)?\s*", re.IGNORECASE)
WORDED: Final = re.compile(r"[<>=]*(?:TRUE|FALSE|#[A-Z/0!?]+)", re.IGNORECASE)
TYPED: Final = re.compile(  # a criterion that Excel reads as it reads what is typed into a cell
    r"[<>=]*\s*-?\s*(?:\(\s*[$€£]?[0-9.,]+\s*\)|[0-9]+\s+[0-9]+/[0-9]+)\s*"
)
SIGNLESS: Final = re.compile(r"[A-Za-z0-9 .]*")  # texts of these are put in one order by every program
LONGEST_SOUGHT: Final = 255  # characters of a criterion, and of what is looked up
TILDE: Final = re.compile(r"~(?![*?~])")
RUN: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")
DIGITS: Final = 15  # that Excel shows of a number, and compares
PATTERN_SIGNS: Final = frozenset("*?~<>=")  # in a text that is searched for, or a criterion
OF_NUMBER: Final = 25  # letters of a number or a truth value in a text, at most
SMALL: Final = 256  # cells of an area that are looked at one by one


class Extent(NamedTuple):
    """How much the cells of an area hold: letters of the longest, of all, the filled ones, a number."""

    letters: int
    all_letters: int
    filled: int
    largest: float


Origin = tuple[Mapping[int, Value], Mapping[int, Value] | None, Iterable[int]]


class Now:
    """The values of a book's cells after a change."""

    def __init__(
        self, cached: Sequence[Mapping[int, Value]], results: Mapping[int, Value], inputs: Mapping[int, Value]
    ) -> None:
        self.cached = cached
        self.news: Mapping[int, Value] = {**inputs, **results}
        self._sheets: dict[int, dict[int, Value]] = {}
        self._odd: dict[int, dict[str, list[int]]] = {}
        self._values: dict[Area, list[Value]] = {}
        self._holds: dict[tuple[str, Area], bool] = {}
        self._spellings: dict[Area, dict[float, str]] = {}
        self._extents: dict[Area, Extent] = {}

    def bare(self) -> "Now":
        """The same values, with nothing worked out from them."""
        return Now(self.cached, self.news, {})

    def value(self, where: int) -> Value:
        """The value of a cell."""
        if where in self.news:
            return self.news[where]
        return self.cached[where >> SHEET_BITS].get(where & KEY_MASK)

    def cells(self, sheet: int) -> dict[int, Value]:
        """The values of a sheet's cells by key."""
        if sheet not in self._sheets:
            cells = self._sheets[sheet] = dict(self.cached[sheet])
            for where, value in self.news.items():
                if where >> SHEET_BITS == sheet:
                    cells[where & KEY_MASK] = value
        return self._sheets[sheet]

    def differing(self, before: "Now", origins: Sequence[Origin], most: int) -> set[int] | None:
        """The cells that hold something else than before; None if there are more than so many.

        `origins` say of each sheet which values were told from which others as it was read, and at which
        keys it differs from those.
        """
        found = {*self.news, *before.news}
        for sheet, (cells, others) in enumerate(zip(self.cached, before.cached, strict=True)):
            if cells is others:
                continue
            told, base, keys = origins[sheet]
            if told is not cells or base is not others:
                every = [*cells.keys() | others.keys()]
                apart = compress(every, map(is_not, map(cells.get, every), map(others.get, every)))
                keys = [key for key in apart if not same(cells.get(key), others.get(key))]
            found.update(sheet << SHEET_BITS | key for key in keys)
            if len(found) > most:
                return None
        return {where for where in found if not same(self.value(where), before.value(where))}

    def values(self, area: Area) -> list[Value]:
        """What the cells of an area hold, in their order, blanks left out."""
        known = self._values.get(area)
        if known is None:
            known = self._values[area] = [value for value in self._of(area) if value is not None]
        return known

    def _of(self, area: Area) -> Iterable[Value]:
        if area.size <= SMALL:
            return map(self.value, area.places())
        cells = self.cells(area.sheet)
        return (cells[key] for key in sorted(key for key in cells if _within(area, key)))

    def extent(self, area: Area) -> Extent:
        """How much the cells of an area hold."""
        known = self._extents.get(area)
        if known is None:
            values = self.values(area)
            letters = [len(value) if isinstance(value, str) else OF_NUMBER for value in values]
            size = max(map(_size, values), default=0.0)
            known = Extent(max(letters, default=0), sum(letters), len(values), size)
            self._extents[area] = known
        return known

    def holds(self, kind: str, areas: Iterable[Area]) -> bool:
        """Whether one of the areas holds a value of a kind."""
        for area in areas:
            asked = kind, area
            known = self._holds.get(asked)
            if known is None:
                known = self._holds[asked] = any(True for _ in self.places(kind, area))
            if known:
                return True
        return False

    def spells_apart(self, areas: Iterable[Area]) -> bool:
        """Whether some areas hold one number in several spellings, as 1, "1.0" and "01"."""
        largest, *others = sorted(set(areas), key=lambda area: area.size, reverse=True)
        seen = self._spelled(largest)
        found = chain(seen.items(), *(self._spelled(area).items() for area in others))
        return any(not spelling or seen.get(number, spelling) != spelling for number, spelling in found)

    def _spelled(self, area: Area) -> Mapping[float, str]:
        """The numbers of an area and how they are spelled; an empty text for one in several spellings."""
        known = self._spellings.get(area)
        if known is None:
            known = self._spellings[area] = {}
            for value in self.values(area):
                spelling = value if isinstance(value, str) else "#"
                if isinstance(value, float) or (isinstance(value, str) and NUMBER.fullmatch(value)):
                    number = float(str(value).lstrip("<>="))
                    known[number] = spelling if known.get(number, spelling) == spelling else ""
        return known

    def places(self, kind: str, area: Area) -> Iterator[int]:
        """The cells of an area that hold a value of a kind."""
        if area.size <= SMALL:
            for where in area.places():
                value = self.value(where)
                if type(value) is not float and value is not None and kind in _kinds(value):
                    yield where
            return
        if area.sheet not in self._odd:
            self._odd[area.sheet] = _odd(self.cells(area.sheet))
        keys = self._odd[area.sheet].get(kind, [])
        first = bisect_left(keys, area.top << COLUMN_BITS)
        last = bisect_left(keys, (area.bottom + 1) << COLUMN_BITS)
        for key in keys[first:last]:
            if _within(area, key):
                yield area.sheet << SHEET_BITS | key


def _size(value: Value) -> float:
    """How large a number is; of a text, the one that a program may read in it."""
    if isinstance(value, float):
        return abs(value)
    if not isinstance(value, str):
        return 1.0
    return math.inf if any(map(str.isdigit, value)) else 0.0


def long_runs(text: str) -> list[str]:
    """The numbers in a text of which Excel would not write all digits."""
    return [run for run in RUN.findall(text) if len(run.replace(".", "").lstrip("0")) > DIGITS]


def is_spelled_oddly(text: str) -> bool:
    """Whether a criterion, or a text that is counted, is a number, but not as engines write it."""
    if CRITERION.fullmatch(text):
        return False
    return NUMBER.fullmatch(text) is not None and ODD_NUMBER.fullmatch(text) is not None


def is_counted_otherwise(text: str) -> bool:
    """Whether a criterion, or a text that is counted, is a value to Excel, or a pattern of its own."""
    is_other = any(kind.fullmatch(text) for kind in (WORDED, TYPED)) or TILDE.search(text) is not None
    return is_other or len(text) > LONGEST_SOUGHT


def _within(area: Area, key: int) -> bool:
    return area.top <= key >> COLUMN_BITS <= area.bottom and area.left <= key & COLUMN_MASK <= area.right


def _odd(cells: Mapping[int, Value]) -> dict[str, list[int]]:
    """The cells of a sheet that hold something out of the ordinary, by kind, in their order."""
    odd: dict[str, list[int]] = defaultdict(list)
    for key in sorted(key for key, value in cells.items() if type(value) is not float and value is not None):
        for kind in _kinds(cells[key]):
            odd[kind].append(key)
    return odd


def _kinds(value: Value) -> Iterator[str]:
    if isinstance(value, CellError):
        yield "error"
    elif isinstance(value, bool):
        yield "truth"
    elif isinstance(value, str):
        yield from _kinds_of_text(str(value))


@remembered(16_384)
def _kinds_of_text(value: str) -> frozenset[str]:
    is_amount = AMOUNT.fullmatch(value) and not PLAIN.fullmatch(value) and not CRITERION.fullmatch(value)
    found = {
        "text": bool(value),
        "criterion": is_amount or is_counted_otherwise(value),
        "spelled": is_spelled_oddly(value),
        "readable": any(map(str.isdigit, value)) or value.upper() in ("TRUE", "FALSE"),
        "long": len(value) > DIGITS and bool(long_runs(value)),
        "letter": max(value, default="") > "\uffff",
        "unsorted": not SIGNLESS.fullmatch(value),
        "foreign": not value.isascii(),
    }
    return frozenset(kind for kind, is_so in found.items() if is_so)
