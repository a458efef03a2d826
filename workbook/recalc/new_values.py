"""The values of a book's cells after a change, and which of them are out of the ordinary."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from workbook.cells import COLUMN_BITS, COLUMN_MASK, KEY_MASK, SHEET_BITS, Area, CellError, Value

PLAIN: Final = re.compile(r"\s*[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)\s*%?\s*")  # a number to every program
AMOUNT: Final = re.compile(r"[<>=]*\s*(?:[-+(]*\s*[$€£]?-?[0-9.,]*[0-9][0-9.,]*\s*[%)]?\s*|\d{4}-\d\d-\d\d)")
CRITERION: Final = re.compile(r"[<>=]+-?[0-9]+(?:\.[0-9]+)?")  # with a number that all programs read
RUN: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")
DIGITS: Final = 15  # that Excel shows of a number, and compares
PATTERN_SIGNS: Final = frozenset("*?~<>=")  # in a text that is searched for, or a criterion
SMALL: Final = 256  # cells of an area that are looked at one by one


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

    def value(self, where: int) -> Value:
        """The value of a cell."""
        if where in self._results:
            return self._results[where]
        if where in self._inputs:
            return self._inputs[where]
        return self._cached[where >> SHEET_BITS].get(where & KEY_MASK)

    def cells(self, sheet: int) -> dict[int, Value]:
        """The values of a sheet's cells by key."""
        if sheet not in self._sheets:
            cells = self._sheets[sheet] = dict(self._cached[sheet])
            for where, value in chain(self._inputs.items(), self._results.items()):
                if where >> SHEET_BITS == sheet:
                    cells[where & KEY_MASK] = value
        return self._sheets[sheet]

    def values(self, area: Area) -> list[Value]:
        """What the cells of an area hold, in their order, blanks left out."""
        found: Iterable[Value]
        if area.size <= SMALL:
            found = map(self.value, area.places())
        else:
            cells = self.cells(area.sheet)
            found = (cells[key] for key in sorted(key for key in cells if _within(area, key)))
        return [value for value in found if value is not None]

    def holds(self, kind: str, areas: Iterable[Area]) -> bool:
        """Whether one of the areas holds a value of a kind."""
        return any(True for area in areas for _ in self.places(kind, area))

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


def long_runs(text: str) -> list[str]:
    """The numbers in a text of which Excel would not write all digits."""
    return [run for run in RUN.findall(text) if len(run.replace(".", "").lstrip("0")) > DIGITS]


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
        yield from _kinds_of_text(value)


def _kinds_of_text(value: str) -> Iterator[str]:
    if AMOUNT.fullmatch(value) and not PLAIN.fullmatch(value) and not CRITERION.fullmatch(value):
        yield "criterion"
    if any(map(str.isdigit, value)) or value.upper() in ("TRUE", "FALSE"):
        yield "readable"
    if len(value) > DIGITS and long_runs(value):
        yield "long"
    if not value.isascii():
        yield "foreign"
        if max(value) > "\uffff":
            yield "letter"
