"""What the sheets of one template have in common: everything but their values.

Split at its values, a sheet's XML is a skeleton, which books of one template share, and a list of
texts. The second time that a skeleton is met it is remembered which cell each of the values belongs
to, and of what type it is; from then on a sheet with that skeleton needs no reading cell by cell.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import accumulate, chain, repeat
from math import isfinite
from operator import itemgetter
from typing import Any, Final

from workbook.errors import BadPackage
from workbook.patch import text_bytes
from workbook.sheet import Cells, addressed, attributes_of, pattern, scan, value_of
from workbook.values import Value, number_text

VALUE: Final = re.compile(rb'<v( xml:space="preserve")?>([^<]*+)</v>')
REMEMBERED: Final = 48 << 20  # bytes of all skeletons
SEEN: Final = 1_000
OPENING: Final = {None: b"<v>", b' xml:space="preserve"': b'<v xml:space="preserve">'}
OVERHEAD: Final = len(b"<v></v>")

Identity = tuple[int, bool, bytes, tuple[bytes | None, ...]]  # sheet, dates, all but values, spaced values

_seen: dict[int, None] = {}
_known: dict[Identity, "Skeleton"] = {}


def read(
    xml: bytes, sheet: int, shared: Callable[[int], str], limit: int, *, date1904: bool = False
) -> Cells:
    """The cells of a sheet: by its skeleton if that is known, or else one by one."""
    pieces = VALUE.split(xml)
    identity = sheet, date1904, b"\0".join(pieces[::3]), tuple(pieces[1::3])
    known = _known.get(identity)
    if known is not None:
        cells = known.cells(xml, pieces, shared)
        if cells is not None and len(cells.values) <= limit:
            return cells
    cells = scan(xml, sheet, shared, limit, date1904=date1904)
    if known is None and not cells.prefix:
        mark = hash(identity)
        if mark in _seen:
            _remember(identity, Skeleton(xml, cells, date1904=date1904))
        else:
            if len(_seen) >= SEEN:
                _seen.pop(next(iter(_seen)))
            _seen[mark] = None
    return cells


class Skeleton:
    """Which cell each value of a sheet belongs to."""

    def __init__(self, xml: bytes, cells: Cells, *, date1904: bool) -> None:
        self.date1904 = date1904
        self.sheet = cells.sheet
        self.begin = cells.begin
        order = {match.start(2): index for index, match in enumerate(VALUE.finditer(xml))}
        numbers: dict[int, int] = {}
        texts: dict[int, int] = {}
        others: list[tuple[int, int, bytes]] = []
        rich: set[int] = set()  # cells that show a rich value, which goes with the plain one
        self.fixed: dict[int, Value] = {}  # values that lie in the skeleton itself
        self.places: dict[int, tuple[int, int]] = {}  # of formulas: the value's number, its distance
        for key, match in addressed(pattern(b"").cell, xml, cells):
            index = order.get(match.start(7))
            if key in cells.starts and index is not None:
                self.places[key] = index, match.start(7) - match.start()
            if index is None:
                if key in cells.values:
                    self.fixed[key] = cells.values[key]
                continue
            kind = attributes_of(match[4]).get(b"t", match[3]) if match[4] else match[3]
            if b"vm=" in match[4]:
                rich.add(key)
            if kind is None or kind == b"n":
                numbers[key] = index
            elif kind == b"s":
                texts[key] = index
            else:
                others.append((key, index, kind))
        self.others = others
        self.results = {key: index for key, index, kind in others if kind == b"str" and key not in rich}
        self.indexes = {key: index for key, index in numbers.items() if key not in rich}
        self.numbers, self.number_at = tuple(numbers), _picker(numbers.values())
        self.texts, self.text_at = tuple(texts), _picker(texts.values())

    def cells(self, xml: bytes, pieces: list[bytes], shared: Callable[[int], str]) -> Cells | None:
        """The cells of a sheet with this skeleton; None if its values need a closer look."""
        raw = pieces[2::3]
        digits = self.number_at(raw)
        try:
            numbers = list(map(float, digits))
            texts = list(map(shared, map(int, self.text_at(raw))))
            others = {
                key: value_of(kind, raw[index], None, date1904=self.date1904)
                for key, index, kind in self.others
            }
        except (ValueError, IndexError, BadPackage):
            return None
        if not all(map(isfinite, numbers)) or b"_" in b"".join(digits):
            return None
        values: dict[int, Value] = dict(zip(self.numbers, numbers, strict=True))
        values.update(zip(self.texts, texts, strict=True))
        values.update(others)
        values.update(self.fixed)
        end = xml.find(b"</sheetData", self.begin)
        cells = Cells(values, self.sheet, _Starts(pieces, self.places), self.begin, end)
        cells.splice = partial(self._spliced, pieces)
        return cells

    def _spliced(self, pieces: list[bytes], new: Mapping[int, Value]) -> bytes | None:
        """The sheet with new values of the same types; None if a type or the spaces round a text change."""
        contents = pieces[2::3]
        for key, value in new.items():
            if type(value) is float and key in self.indexes:
                contents[self.indexes[key]] = number_text(value).encode()
            elif type(value) is str and key in self.results:
                index = self.results[key]
                if (value != value.strip()) != (pieces[3 * index + 1] is not None):
                    return None
                contents[index] = text_bytes(value)
            else:
                return None
        opening = map(OPENING.__getitem__, pieces[1::3])
        joined = chain.from_iterable(zip(pieces[:-1:3], opening, contents, repeat(b"</v>"), strict=False))
        return b"".join((*joined, pieces[-1]))


class _Starts(Mapping[int, int]):
    """Where the cells of formulas start, counted when it is first asked."""

    def __init__(self, pieces: Sequence[bytes], places: Mapping[int, tuple[int, int]]) -> None:
        self._pieces = pieces
        self._places = places
        self._ends: list[int] = []

    def __getitem__(self, key: int) -> int:
        if not self._ends:
            self._ends = list(accumulate(len(piece) if piece else 0 for piece in self._pieces))
        index, distance = self._places[key]
        # The split took the tags round each value: they are not in the pieces.
        return self._ends[3 * index + 1] + OVERHEAD * index + len(b"<v>") - distance

    def __iter__(self) -> Any:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def _picker(indexes: Iterable[int]) -> Callable[[Sequence[bytes]], Sequence[bytes]]:
    """Several items of a list at once."""
    at = list(indexes)
    if len(at) > 1:
        return itemgetter(*at)
    return lambda items: [items[index] for index in at]


def _remember(identity: Identity, skeleton: Skeleton) -> None:
    form = identity[2]
    if len(form) <= REMEMBERED:
        while sum(len(known[2]) for known in _known) + len(form) > REMEMBERED:
            _known.pop(next(iter(_known)))
        _known[identity] = skeleton
