"""A tall sheet's XML, read as rows that are equal relative to their number.

Cut at its values, the text of a row says which cells it has, with which styles and formulas; in a tall
sheet most rows say the same but for their number. So rows are put together that are alike without their
digits; the first two tell which digits are the row's number; and all the others must be, byte for byte,
what comes of writing their own number there. Only the first row of each form is read, by the reader of
all other sheets and by an XML parser: what they say of it holds for each row of the form.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, compress, repeat
from operator import eq, not_
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from workbook.cells import COLUMN_BITS, COLUMN_MASK, MAX_COLUMN, MAX_ROW, Value, column_number
from workbook.errors import BadPackage
from workbook.xlsx.second_reader import prove_cells, prove_strings
from workbook.xlsx.sheet_reader import Cells, index_of, scan, value_of
from workbook.xlsx.xml_text import string_of

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Kinds = npt.NDArray[np.uint8]

OPENING: Final = b"<sheetData>"
CLOSING: Final = b"</sheetData>"
ROW: Final = b"<row "
SLOT: Final = re.compile(rb"(<[vt]>[^<]*)")
CONTROL: Final = bytes(code for code in range(32) if code not in b"\t\n\r")
HERE: Final = b"\x01"  # where a value was cut out
OWN: Final = b"\x02"  # stands for the row's number
OTHERS: Final = b"\x03\x04\x05\x06\x07\x08\x0e\x0f\x10\x11\x12\x13"  # for numbers at some distance to it
DIGITS: Final = b"0123456789"
NUMBERS: Final = re.compile(rb"([0-9]+)")
ROW_NUMBER: Final = re.compile(rb'<row r="([1-9][0-9]{0,6})"')
NAME: Final = re.compile(rb'([A-Z]{1,3})\x02"')
CELL: Final = re.compile(  # type, formula
    rb'([A-Z]{1,3})\x02"(?: s="[0-9]+")?(?: t="([A-Za-z]+)")?'
    rb"(?:/>|>(<f[^<>]*(?:/>|>[^<>]*</f>))?(?:\x01</v>|<is>\x01</t></is>)?</c>)"
)
FORMULA: Final = re.compile(rb"<f(?: [^<>]*[^<>/])?>([^<]*)</f>")
SHARED: Final = re.compile(rb' si="([0-9]+)"')
SPARSE: Final = 8  # a sheet that has more forms than one for so many rows is not tall
FEW: Final = 512  # forms that any sheet may have
GAP: Final = 8  # rows, on the average, from one that is written to the next
NUMBER, SHARED_TEXT, INLINE, RESULT, UNTOLD = b"n", b"s", b"inlineStr", b"str", b"?"
WORDS: Final = (SHARED_TEXT, INLINE, RESULT, b"b")

PLAIN, BLANK, WORD, FAULT = range(4)
"""What a cell of a column holds: a number; nothing; a text or truth value; an error, or what nobody told."""


class NotTall(Exception):
    """A sheet that has to be read cell by cell."""


class Field(NamedTuple):
    """One column of a form: the place of its value among those of a row, its type and its formula."""

    column: int
    slot: int  # -1 where it holds no value
    kind: bytes
    formula: bytes | None  # the element, as it stands in the template

    def key(self, form: "RowForm") -> int:
        """The key of its cell in the first row."""
        return int(form.rows[0]) << COLUMN_BITS | self.column


@dataclass(frozen=True, eq=False)
class RowForm:
    """Rows that are equal relative to their number: the numbers, and where the values of each begin."""

    rows: Integers
    starts: Integers
    template: bytes
    marks: Sequence[tuple[bytes, int]]
    fields: Sequence[Field]

    def first(self, pieces: Sequence[bytes]) -> bytes:
        """The bytes of its first row."""
        text = written(self.template, int(self.rows[0]), self.marks)
        between = text.split(HERE)
        start = 2 * int(self.starts[0]) + 1
        values = pieces[start : start + 2 * len(between) - 2 : 2]
        return ROW + b"".join(chain(*zip(between, [*values, b""], strict=True)))

    def formula(self, field: Field, row: int) -> bytes:
        """The text of a formula in a row; nothing where it is that of another cell."""
        found = FORMULA.fullmatch(written(field.formula or b"", row, self.marks))
        return found[1] if found else b""


@dataclass(eq=False)
class NumberColumn:
    """The cells of one column by row: numbers, and what kind of thing each holds."""

    numbers: Floats
    kinds: Kinds
    slots: npt.NDArray[np.int32]  # of the values that may become other numbers; -1 elsewhere


@dataclass(eq=False)
class Tall:
    """A sheet as columns."""

    xml: bytes
    begin: int
    end: int
    pieces: tuple[bytes, ...]  # of the cells' section, cut at its values
    forms: Sequence[RowForm]
    cells: Cells  # those of the first row of each form
    columns: dict[int, NumberColumn]
    height: int

    def raws(self, slots: Integers, tag: bytes) -> list[bytes]:
        """The texts of values, each of which must stand behind that tag."""
        pieces = self.pieces
        step = int(slots[1] - slots[0]) if len(slots) > 1 else 1
        if slots[-1] - slots[0] == step * (len(slots) - 1) and (np.diff(slots) == step).all():
            said: Sequence[bytes] = pieces[2 * int(slots[0]) + 1 : 2 * int(slots[-1]) + 2 : 2 * step]
        else:
            said = [pieces[2 * slot + 1] for slot in slots.tolist()]
        found = b"".join(said).split(tag)
        if len(found) != len(slots) + 1 or found[0]:
            raise NotTall
        return found[1:]

    def written(self, slots: Sequence[int], texts: Sequence[bytes]) -> bytes:
        """The sheet with other numbers."""
        pieces = list(self.pieces)
        for slot, text in zip(slots, texts, strict=True):
            pieces[2 * slot + 1] = b"<v>" + text
        return b"".join((self.xml[: self.begin], *pieces, self.xml[self.end :]))


def read_tall(
    xml: bytes, sheet: int, shared: Callable[[int], str], limit: int, *, date1904: bool = False
) -> Tall:
    """Read a sheet as columns; `NotTall` if it has to be read otherwise, or is to be refused."""
    begin, end = xml.find(OPENING) + len(OPENING), xml.rfind(CLOSING)
    if begin < len(OPENING) or end < begin or len(xml.translate(None, CONTROL)) < len(xml):
        raise NotTall
    pieces = tuple(SLOT.split(xml[begin:end]))
    rows = _Rows(HERE.join(pieces[::2]))
    if len(pieces) // 2 > limit:
        raise NotTall
    forms = sorted(rows.forms(), key=lambda form: int(form.rows[0]))
    order = rows.order
    del rows
    _check_shared(forms)
    small = b"".join((xml[:begin], *(form.first(pieces) for form in forms), xml[end:]))
    try:
        cells = scan(small, sheet, shared, limit, date1904=date1904)
        prove_cells(small, cells.values, cells.formulas, shared, date1904=date1904)
        tall = Tall(xml, begin, end, pieces, forms, cells, {}, int(order[-1]))
        _fill(tall, shared, date1904=date1904)
    except (BadPackage, ValueError, IndexError):  # a text that is not UTF-8 as well
        raise NotTall from None
    return tall


class _Rows:
    """The rows of a sheet, with marks where their values were."""

    def __init__(self, text: bytes) -> None:
        before, *self.texts = text.split(ROW)
        self.numbers = ROW_NUMBER.findall(text)
        self.order = np.array(list(map(int, self.numbers)), dtype=np.int64)
        if before.strip() or not self.numbers or len(self.numbers) != len(self.texts):
            raise NotTall
        last = int(self.order[-1])
        if not (self.order[1:] > self.order[:-1]).all() or last > min(MAX_ROW, GAP * len(self.texts)):
            raise NotTall
        counts = list(map(bytes.count, self.texts, repeat(HERE)))
        self.starts = np.cumsum([0, *counts[:-1]], dtype=np.int64)
        _, *self.plain = text.translate(None, DIGITS).split(ROW)

    def forms(self) -> Iterator[RowForm]:
        """The rows, put together by their form."""
        alike: dict[bytes, list[int]] = defaultdict(list)
        for index, text in enumerate(self.plain):
            alike[text].append(index)
        most = max(len(self.texts) // SPARSE, FEW)
        count = 0
        for indexes in alike.values():
            left = indexes
            while left:
                count += 1
                if count > most:
                    raise NotTall
                template, marks = _template(self.texts, self.order, left)
                found = map(self.texts.__getitem__, left)
                is_such = list(map(eq, found, self._said(template, marks, left)))
                taken = list(compress(left, is_such))
                fields = tuple(_fields(template))
                yield RowForm(self.order[taken], self.starts[taken], template, marks, fields)
                left = [] if len(taken) == len(left) else list(compress(left, map(not_, is_such)))

    def _said(self, template: bytes, marks: Sequence[tuple[bytes, int]], rows: list[int]) -> Iterator[bytes]:
        """What a template says for some rows."""
        if len(marks) > 1:
            return (written(template, row, marks) for row in self.order[rows].tolist())
        return map(template.replace, repeat(OWN), map(self.numbers.__getitem__, rows))


def _slots(text: bytes) -> int:
    return text.count(HERE)


def _template(
    rows: Sequence[bytes], order: Integers, indexes: Sequence[int]
) -> tuple[bytes, Sequence[tuple[bytes, int]]]:
    """A row's text with marks for what goes with its number, and the distances that the marks stand for.

    What is another number in the next row alike goes with the row's own; of a row that is like no other,
    what is that number.
    """
    first, second = indexes[0], indexes[min(1, len(indexes) - 1)]
    row = int(order[first])
    one, other = NUMBERS.split(rows[first]), NUMBERS.split(rows[second])
    marks: dict[int, bytes] = {0: OWN}
    for at in range(1, len(one), 2):
        digits = one[at]
        distance = int(digits) - row
        moves = distance == 0 if first == second else other[at] != digits
        if moves and digits == b"%d" % int(digits) and (distance in marks or len(marks) <= len(OTHERS)):
            one[at] = marks.setdefault(distance, OTHERS[len(marks) - 1 : len(marks)])
    return b"".join(one), [(mark, distance) for distance, mark in marks.items()]


def written(template: bytes, row: int, marks: Sequence[tuple[bytes, int]]) -> bytes:
    """What a template says for a row."""
    for mark, distance in marks:
        template = template.replace(mark, b"%d" % (row + distance))
    return template


def _fields(template: bytes) -> Iterator[Field]:
    """The cells of a form in their order; one of an unusual shape holds nobody knows what."""
    _, *cells = template.split(b'<c r="')
    if len(cells) != template.count(b"<c") or template.count(HERE) != sum(map(_slots, cells)):
        raise NotTall
    slot = 0
    for cell in cells:
        name, found = NAME.match(cell), CELL.match(cell)
        if name is None or (found is None and b"<f" in cell):
            raise NotTall
        column, count = column_number(name[1].decode()), _slots(cell)
        if column > MAX_COLUMN:
            raise NotTall
        if found is None or count > 1:
            yield Field(column, -1, UNTOLD, None)
        else:
            yield Field(column, slot if count else -1, found[2] or NUMBER, found[3])
        slot += count


def _check_shared(forms: Sequence[RowForm]) -> None:
    """A shared formula is written out once, in a row of its own form."""
    numbers: list[bytes] = []
    for form in forms:
        if b" ref=" in form.template:
            if len(form.rows) > 1:
                raise NotTall
            numbers += SHARED.findall(form.template)
    if len(set(numbers)) < len(numbers):
        raise NotTall


def _fill(tall: Tall, shared: Callable[[int], str], *, date1904: bool) -> None:
    """Take the values of all rows into columns, and hold them against those of the rows that were read."""
    texts: dict[bytes, set[bytes]] = defaultdict(set)
    for form in tall.forms:
        for field in form.fields:
            column = tall.columns.get(field.column)
            if column is None:
                size = tall.height + 2
                kinds, slots = np.full(size, BLANK, dtype=np.uint8), np.full(size, -1, dtype=np.int32)
                column = tall.columns[field.column] = NumberColumn(np.zeros(size), kinds, slots)
            if field.slot >= 0:
                _fill_field(tall, form, field, column, texts)
            elif field.kind != NUMBER or field.key(form) in tall.cells.values:
                column.kinds[form.rows] = FAULT
    for kind, raws in texts.items():
        found = {raw: _decoded(kind, raw, shared, date1904=date1904) for raw in raws}
        if kind in (RESULT, INLINE):
            prove_strings(found)
    for key, value in tall.cells.values.items():
        column = tall.columns[key & COLUMN_MASK]
        row = key >> COLUMN_BITS
        if column.kinds[row] == PLAIN and not (type(value) is float and column.numbers[row] == value):
            raise NotTall


def _fill_field(
    tall: Tall, form: RowForm, field: Field, column: NumberColumn, texts: Mapping[bytes, set[bytes]]
) -> None:
    slots = form.starts + field.slot
    found = tall.raws(slots, b"<t>" if field.kind == INLINE else b"<v>")
    if field.kind != NUMBER:
        texts[field.kind].update(found)
        column.kinds[form.rows] = WORD if field.kind in WORDS else FAULT
        return
    rows = form.rows
    if b"" in found:
        is_filled = np.array(list(map(bool, found)))
        rows, slots, found = rows[is_filled], slots[is_filled], list(filter(None, found))
    numbers = np.array(list(map(float, found)))
    if b"_" in b"".join(found) or not np.isfinite(numbers).all():
        raise NotTall
    column.numbers[rows] = numbers + 0.0  # no cell of Excel's holds -0
    column.kinds[rows] = PLAIN
    column.slots[rows] = slots


def _decoded(kind: bytes, raw: bytes, shared: Callable[[int], str], *, date1904: bool) -> Value:
    if kind == SHARED_TEXT:
        return shared(index_of(raw))
    return string_of(raw) if kind == INLINE else value_of(kind, raw, date1904=date1904)
