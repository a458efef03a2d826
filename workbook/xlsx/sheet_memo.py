"""What the sheets of one template have in common: everything but their values.

Split at its values, a sheet's XML is a skeleton, which books of one template share, and a list of
texts. The second time that a skeleton is met it is remembered which cell each of the values belongs
to, and of what type it is; from then on a sheet with that skeleton needs no reading cell by cell.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate, compress, count
from math import isfinite
from operator import ne
from typing import Any, Final

from workbook.cells import Value, number_texts
from workbook.errors import BadPackage
from workbook.memory import lasting
from workbook.xlsx.second_reader import prove_cells
from workbook.xlsx.sheet_reader import Cells, addressed, index_of, pattern, scan, value_of
from workbook.xlsx.sheet_writer import RICH, text_bytes
from workbook.xlsx.xml_text import attributes_of

VALUE: Final = re.compile(rb'(<v(?: xml:space="preserve")?>)([^<]*+)(?=</v>)')
PLAIN: Final = b"<v>"
FORM: Final = re.compile(  # of the cells that are written as `patched` writes them
    rb'<c\s[^<>]*[^<>\s]>(?:<f[^<>]*(?:/>|>[^<]*</f>))?<v(?: xml:space="preserve")?>[^<]*</v></c>'
)
NUMBER, TEXT, RESULT = b"n", b"s", b"str"  # types of cells: a number, a shared text, a formula's text
REMEMBERED: Final = 16 << 20  # bytes of all skeletons; what is known of them takes twelve times as much
SEEN: Final = 1_000  # sheets

Identity = tuple[int, bool, bytes, bytes]  # sheet, date system, all but the values, the tags before them
Shared = Callable[[int], str]

_seen: dict[int, None] = lasting({})
_known: dict[Identity, "Skeleton"] = lasting({})


def read_cells(xml: bytes, sheet: int, shared: Shared, limit: int, *, date1904: bool = False) -> Cells:
    """The cells of a sheet: by its skeleton if that is known, or else one by one."""
    pieces = VALUE.split(xml)
    identity = sheet, date1904, b"\0".join(pieces[::3]), b"".join(pieces[1::3])
    known = _known.get(identity)
    if known is not None and b"\0" not in xml:
        cells = known.cells(xml, pieces, shared)
        if cells is not None and len(cells.values) <= limit:
            return cells
    cells = scan(xml, sheet, shared, limit, date1904=date1904)
    prove_cells(xml, cells.values, cells.formulas, shared, date1904=date1904)
    inside = len(pieces[0]) >= cells.begin and len(xml) - len(pieces[-1]) <= cells.end
    if known is None and inside and not cells.prefix:
        mark = hash(identity)
        if mark in _seen:
            _remember(identity, Skeleton(xml, cells, date1904=date1904))
        else:
            if len(_seen) >= SEEN:
                _seen.pop(next(iter(_seen)))
            _seen[mark] = None
    return cells


class Skeleton:
    """Which cell each value of a sheet belongs to, and what the last sheet with this skeleton held."""

    def __init__(self, xml: bytes, cells: Cells, *, date1904: bool) -> None:
        self.date1904 = date1904
        self.sheet = cells.sheet
        self.begin = cells.begin
        order = {match.start(2): index for index, match in enumerate(VALUE.finditer(xml))}
        self.keys = [0] * len(order)  # of the values, as they follow one another
        self.kinds = [b""] * len(order)  # nothing for what is no cell's value
        self.indexes: dict[int, int] = {}  # of the values that another of the same type can take the place of
        self.places: dict[int, tuple[int, int]] = {}  # of formulas: the value's index, its distance
        self.fixed: dict[int, Value] = {}  # values that lie in the skeleton itself
        for key, match in addressed(pattern(b"").cell, xml, cells):
            index = order.get(match.start(7))
            if index is None:
                if key in cells.values:
                    self.fixed[key] = cells.values[key]
                continue
            if key in cells.starts:
                self.places[key] = index, match.start(7) - match.start()
            kind = (attributes_of(match[4]).get(b"t", match[3]) if match[4] else match[3]) or NUMBER
            self.keys[index], self.kinds[index] = key, kind
            if kind in (NUMBER, RESULT) and _keeps_its_form(match, kind):
                self.indexes[key] = index
        self._texts = [index for index, kind in enumerate(self.kinds) if kind == TEXT]
        self._last: tuple[list[bytes], Shared, Mapping[int, Value]] | None = None

    def cells(self, xml: bytes, pieces: list[bytes], shared: Shared) -> Cells | None:
        """The cells of a sheet with this skeleton; None if its values need a closer look."""
        raw = pieces[2::3]
        changed: Iterable[int] = range(len(raw))
        last: Mapping[int, Value] = self.fixed
        if self._last is not None:
            before, texts, last = self._last
            changed = compress(count(), map(ne, raw, before))
            if texts is not shared:
                changed = {*changed, *self._texts}
        try:
            found = self.read(changed, raw, shared)
        except (ValueError, IndexError, BadPackage):
            return None
        news = dict(zip(map(self.keys.__getitem__, found), found.values(), strict=True))
        values = {**last, **news}
        self._last = raw, shared, values
        end = max(xml.rfind(b"</sheetData"), self.begin)  # <sheetData/> has no end
        starts = _Starts(pieces, self.places)
        base, split = (last, frozenset(news)), Split(self, pieces, shared)
        return Cells(values, self.sheet, starts, self.begin, end, base=base, split=split)

    def read(self, indexes: Iterable[int], raw: Sequence[bytes], shared: Shared) -> dict[int, Value]:
        """What the texts of some values mean; numbers, of which there are most, at one go."""
        found: dict[int, Value] = {}
        numbers: list[int] = []
        for index in indexes:
            kind = self.kinds[index]
            if kind == NUMBER:
                numbers.append(index)
            elif kind == TEXT:
                found[index] = shared(index_of(raw[index]))
            elif kind:
                found[index] = value_of(kind, raw[index], date1904=self.date1904)
        digits = [raw[index] for index in numbers]
        floats = list(map(float, digits))
        if not all(map(isfinite, floats)) or b"_" in b"".join(digits):
            raise ValueError
        found.update(zip(numbers, floats, strict=True))
        return found


class Split:
    """The pieces of a sheet whose skeleton is known: its values, and what lies between them."""

    def __init__(self, skeleton: Skeleton, pieces: list[bytes], shared: Shared) -> None:
        self.pieces = pieces
        self._skeleton = skeleton
        self._shared = shared

    @property
    def xml(self) -> bytes:
        """The sheet's bytes."""
        return b"".join(self.pieces)

    def replaced(self, new: Mapping[int, Value]) -> "Split | None":
        """The sheet with new values of the same types; None if a type or the spaces round a text change."""
        pieces = self.pieces.copy()
        kinds = self._skeleton.kinds
        numbers: dict[int, float] = {}
        for index, value in zip(map(self._skeleton.indexes.get, new), new.values(), strict=True):
            if index is None:
                return None
            if kinds[index] == NUMBER and type(value) is float:
                numbers[index] = value
            elif (
                kinds[index] == RESULT
                and type(value) is str
                and (value == value.strip()) == (pieces[3 * index + 1] == PLAIN)
            ):
                pieces[3 * index + 2] = text_bytes(value)
            else:
                return None
        for index, text in zip(numbers, number_texts(numbers.values()), strict=True):
            pieces[3 * index + 2] = text
        return Split(self._skeleton, pieces, self._shared)


class _Starts(Mapping[int, int]):
    """Where the cells of formulas start, counted when it is first asked."""

    def __init__(self, pieces: Sequence[bytes], places: Mapping[int, tuple[int, int]]) -> None:
        self._pieces = pieces
        self._places = places
        self._ends: list[int] = []

    def __getitem__(self, key: int) -> int:
        if not self._ends:
            self._ends = list(accumulate(map(len, self._pieces)))
        index, distance = self._places[key]
        return self._ends[3 * index + 1] - distance

    def __iter__(self) -> Any:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def _keeps_its_form(cell: re.Match[bytes], kind: bytes) -> bool:
    """Whether `patched` too would change nothing of a cell but the value's text."""
    stays = cell[5] is not None if kind == RESULT else cell.string.endswith(PLAIN, 0, cell.start(7))
    return stays and FORM.fullmatch(cell[0]) is not None and not RICH.search(cell[4])


def _remember(identity: Identity, skeleton: Skeleton) -> None:
    form = identity[2]
    if len(form) <= REMEMBERED:
        while len(_known) >= SEEN or sum(len(known[2]) for known in _known) + len(form) > REMEMBERED:
            _known.pop(next(iter(_known)))
        _known[identity] = skeleton
