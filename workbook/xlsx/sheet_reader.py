"""One worksheet's XML, read in one pass: what each cell holds and where its bytes lie.

A sheet is read by pattern rather than by an XML parser, because its bytes are to be patched and
because a parser costs more than the rest of a recalculation. The pattern admits what spreadsheet
programs write; a sheet of any other shape (comments among the cells, marked sections, entities) is
refused, never guessed at.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final, NamedTuple, Protocol, Self

from udfs.dates import EXCEL_EPOCH, serial
from workbook.cells import (
    CELL_NAME,
    COLUMN_BITS,
    LATER_1904,
    MAX_COLUMN,
    MAX_ROW,
    Area,
    CellError,
    Value,
    area_of,
    column_number,
)
from workbook.errors import BadPackage
from workbook.memory import remembered
from workbook.xlsx.xml_text import (
    ATTRIBUTES,
    PREFIX,
    attributes_of,
    check_plain,
    rich_text,
    string_of,
    text_of,
)

LEAP_1900: Final = 61  # the 1st of March: to Excel a 29th of February 1900 came before it
NUMBER: Final = re.compile(rb"\d{1,9}")
TRUE: Final = ("1", "true")
TRUTHS: Final = {b"0": False, b"false": False, b"1": True, b"true": True}
FILLING: Final = ("array", "dataTable")
LARGEST_ARRAY: Final = 1_000_000  # cells
SHEET_DATA: Final = re.compile(rb"<(%s)sheetData%s(/?)>" % (PREFIX, ATTRIBUTES))
REMEMBERED: Final = 200_000  # formulas of one sheet


class Pattern(NamedTuple):
    """The patterns of a sheet's cells for one namespace prefix."""

    data: re.Pattern[bytes]  # all of the rows and cells, as one shape
    cell: re.Pattern[bytes]
    full: re.Pattern[bytes]  # a cell that holds something
    mark: re.Pattern[bytes]  # a row or a cell: for sheets whose cells do not say where they are


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as the sheet stores it."""

    text: str
    kind: str = ""  # "array", "dataTable", or nothing for an ordinary or a shared formula
    area: Area | None = None  # the cells that an array formula fills
    dynamic: bool = False  # an array that spills: its area follows its result
    origin: int = 0  # the key of the cell for which the text of a shared formula is written


@dataclass(frozen=True, eq=False, slots=True)
class Formulas:
    """The formulas of one sheet by key: one object for all books of a template, known by its identity."""

    by_key: Mapping[int, Formula]


class Split(Protocol):
    """A sheet's bytes, split at its values."""

    @property
    def xml(self) -> bytes:
        """The bytes."""

    def replaced(self, new: Mapping[int, Value]) -> Self | None:
        """The sheet with other values; None if more than the values would change."""


@dataclass
class Cells:
    """What the cells of one sheet hold, by key (row and column in one number)."""

    values: dict[int, Value] = field(default_factory=dict)
    sheet: Formulas = field(default_factory=lambda: Formulas({}))
    starts: Mapping[int, int] = field(default_factory=dict)  # of the bytes of the formulas' cells
    begin: int = 0  # the bytes between <sheetData> and </sheetData>
    end: int = 0
    prefix: bytes = b""
    base: tuple[Mapping[int, Value], frozenset[int]] | None = None  # other values, where these differ
    split: Split | None = None  # at its values, where the sheet is of a known skeleton

    @property
    def formulas(self) -> Mapping[int, Formula]:
        """The formulas by key."""
        return self.sheet.by_key

    @cached_property
    def missing(self) -> list[int]:
        """The formulas that hold no value."""
        return [key for key in self.formulas if key not in self.values]

    @cached_property
    def errors(self) -> list[int]:
        """The formulas that hold an error value."""
        if CellError not in map(type, self.values.values()):
            return []
        return [key for key in self.formulas if type(self.values.get(key)) is CellError]


class _Columns(dict[bytes, int]):
    """Column numbers by their letters."""

    def __missing__(self, letters: bytes) -> int:
        number = column_number(letters.decode())
        if number > MAX_COLUMN:
            raise BadPackage(f"it has a cell in column {letters.decode()}, outside every sheet")
        self[letters] = number
        return number


COLUMNS: Final = _Columns()


@remembered(64)
def pattern(prefix: bytes) -> Pattern:
    """The patterns for the sheets whose elements carry this prefix."""
    p = re.escape(prefix)
    names = {b"p": p, b"a": ATTRIBUTES}
    formula = rb"<%(p)sf(%(a)s)(?:/>|>([^<]*+)</%(p)sf\s*+>)\s*+" % names
    value = rb"<%(p)sv%(a)s(?:/>|>([^<]*+)</%(p)sv\s*+>)\s*+" % names
    # What these two hold ends at their own end: a pattern that looks for it further on eats other cells.
    content = rb"%(a)s(?:/>|>(?>(?:[^<]++|<(?!/?%(p)s(?:is|extLst|c|row)[\s/>]))*)</%(p)s%(n)s\s*+>)"
    inline, extension = (
        rb"(<" + p + name + content % {**names, b"n": name} + rb")\s*+" for name in (b"is", b"extLst")
    )
    inside = rb">\s*+%s(?>(?:%s)?)(?>(?:%s)?)(?>(?:%s)?)(?>(?:%s)?)</%sc\s*+>"
    rest = formula, value, inline, extension, p
    usual = rb'\sr="([A-Z]{1,3})([1-9]\d{0,6})"(?>(?:\ss="\d+")?)(?>(?:\st="(\w+)")?)'
    start = rb"<%sc(?>(?:%s)?)(%s)" % (p, usual, ATTRIBUTES)
    cell = rb"%s(?:/>|%s)" % (start, inside % (b"", *rest))
    row = rb"%srow%s" % (p, ATTRIBUTES)
    shape = re.sub(rb"(?<!\\)\((?!\?)", b"(?:", cell)
    return Pattern(
        data=re.compile(rb"\s*+(?>(?:<%s(?:/>|>\s*+(?>(?:%s\s*+)*)</%srow\s*+>)\s*+)*)" % (row, shape, p)),
        cell=re.compile(cell),
        full=re.compile(start + inside % (rb"(?!</)", *rest)),
        mark=re.compile(rb"(?P<row><%s/?>)|(?:%s)" % (row, cell)),
    )


def scan(  # noqa: C901, PLR0912 - one loop that runs once a cell, and nothing in it is called twice
    xml: bytes, sheet: int, shared: Callable[[int], str], limit: int, *, date1904: bool = False
) -> Cells:
    """Read the cells of a sheet's XML; shared texts are looked up by their number."""
    begin, end, prefix = _bounds(xml)
    values: dict[int, Value] = {}
    starts: dict[int, int] = {}
    cells = Cells(values, starts=starts, begin=begin, end=end, prefix=prefix)
    patterns = pattern(prefix)
    shape = patterns.data.match(xml, begin, end)
    if shape is None or shape.end() != end:
        at = begin if shape is None else shape.end()
        raise BadPackage(f"its cells are not written as spreadsheet programs write them, at byte {at}")
    formulas: list[tuple[int, bytes, bytes | None, bool]] = []
    texts: dict[bytes, str] = {}
    counted: dict[int, int] = {}
    last = 0
    for match in patterns.full.finditer(xml, begin, end):
        letters, digits, kind, more, about, text, value, inline, _ = match.groups()
        if letters is not None:
            key = int(digits) << COLUMN_BITS | COLUMNS[letters]
        else:
            counted = counted or {m.start(): key for key, m in _counted(patterns, xml, begin, end)}
            key = counted[match.start()]
        if key <= last:
            raise BadPackage(f"its cells are not in order at row {key >> COLUMN_BITS}")
        last = key
        said = attributes_of(more) if more else {}
        kind = said.get(b"t", kind)
        if about is not None:
            formulas.append((key, about, text, b"cm" in said))
            starts[key] = match.start()
        if value and (kind is None or kind == b"n"):
            number = values[key] = _number(value)
            if number - number:  # not 0: it is infinite or no number
                raise BadPackage(f"a cell holds {value[:20]!r} for a number")
        elif kind == b"s" and value:
            known = texts.get(value)
            values[key] = known if known is not None else _shared(value, shared, texts)
        elif inline is not None:
            values[key] = _inline(kind, value, inline, prefix)
        elif value is not None:
            if kind is not None and kind != b"n":
                values[key] = value_of(kind, value, date1904=date1904)
        elif kind == b"str" and (about is not None or b"<" + prefix + b"v" in match[0]):
            values[key] = ""
    if last >> COLUMN_BITS > MAX_ROW:
        raise BadPackage("it has a cell outside every sheet")
    if len(values) > limit:
        raise BadPackage(f"it has more than {limit} cells")
    if formulas:
        read = _known_formulas if len(formulas) <= REMEMBERED else _formulas
        cells.sheet = read(sheet, tuple(formulas))
    return cells


def spans(xml: bytes, cells: Cells, wanted: AbstractSet[int] | None) -> dict[int, re.Match[bytes]]:
    """The cells at some keys (or all of them), as the pattern of a cell matches them."""
    found: dict[int, re.Match[bytes]] = {}
    for key, match in addressed(pattern(cells.prefix).cell, xml, cells):
        if wanted is None or key in wanted:
            found[key] = match
            if wanted is not None and len(found) == len(wanted):
                break
    return found


def row_number(tag: bytes, before: int) -> int:
    """The number of a row by its opening tag: one more than that of the row before, unless it says so."""
    said = attributes_of(tag).get(b"r")
    if said is None:
        return before + 1
    if not NUMBER.fullmatch(said):
        raise BadPackage(f"it has a row numbered {said[:20]!r}")
    return int(said)


def _bounds(xml: bytes) -> tuple[int, int, bytes]:
    opening = SHEET_DATA.search(xml)
    if opening is None:
        raise BadPackage("it has no cells' section, or is not in UTF-8")
    check_plain(xml)
    prefix = opening[1]
    begin = opening.end()
    if opening[2]:
        return begin, begin, prefix
    end = xml.find(b"</" + prefix + b"sheetData", begin)
    if end < 0 or xml.find(b"sheetData", end + len(prefix) + len(b"</sheetData")) > 0:
        raise BadPackage("its cells' section has no end, or there are two")
    return begin, end, prefix


def addressed(cell: re.Pattern[bytes], xml: bytes, cells: Cells) -> Iterator[tuple[int, re.Match[bytes]]]:
    """Each cell's match with its key, blank cells too."""
    for match in cell.finditer(xml, cells.begin, cells.end):
        if match[1] is None:
            yield from _counted(pattern(cells.prefix), xml, cells.begin, cells.end)
            return
        yield int(match[2]) << COLUMN_BITS | COLUMNS[match[1]], match


def _counted(patterns: Pattern, xml: bytes, begin: int, end: int) -> Iterator[tuple[int, re.Match[bytes]]]:
    """The same where cells do not say where they are: each follows the one before it."""
    row = column = 0
    for mark in patterns.mark.finditer(xml, begin, end):
        if mark["row"] is not None:
            row = row_number(mark["row"], row)
            column = 0
            continue
        match = patterns.cell.match(xml, mark.start(), end)
        if match is None:
            raise BadPackage("its cells are not written as spreadsheet programs write them")
        named = match[1] + match[2] if match[1] else attributes_of(match[4]).get(b"r")
        if named is None:
            column += 1
        else:
            where = None if b":" in named or b"$" in named else area_of(named.decode())
            if where is None:
                raise BadPackage(f"it has a cell named {named[:20]!r}, which no cell is")
            row, column = where.top, where.left
        if not (0 < row <= MAX_ROW and column <= MAX_COLUMN):
            raise BadPackage("it has a cell outside every sheet")
        yield row << COLUMN_BITS | column, match


def _formulas(sheet: int, found: tuple[tuple[int, bytes, bytes | None, bool], ...]) -> Formulas:
    """The formulas of a sheet."""
    masters: dict[str, tuple[int, str]] = {}
    return Formulas(
        {key: _formula(about, text, sheet, key, masters, dynamic) for key, about, text, dynamic in found}
    )


_known_formulas = remembered(64)(_formulas)


def _formula(
    about: bytes, text: bytes | None, sheet: int, key: int, masters: dict[str, tuple[int, str]], dynamic: bool
) -> Formula:
    source = text_of(text) if text else ""
    if not about:
        return Formula(source, origin=key)
    attributes = {name.decode(): value.decode() for name, value in attributes_of(about).items()}
    kind = attributes.get("t", "")
    if kind == "shared":
        number = attributes.get("si", "")
        if source:
            masters[number] = key, source
        elif number in masters:
            return Formula(masters[number][1], origin=masters[number][0])
        else:
            raise BadPackage(f"it has a cell that shares formula {number}, which no cell before it has")
        return Formula(source, origin=key)
    area = area_of(attributes.get("ref", ""), sheet)
    if kind in FILLING and (area is None or area.size > LARGEST_ARRAY):
        raise BadPackage("it has an array formula whose range is missing or too large")
    kind = kind if kind in FILLING else ""
    if kind == "dataTable":
        source = _inputs(attributes)
    return Formula(source, kind, area, dynamic and kind == "array", key)


def _inputs(attributes: Mapping[str, str]) -> str:
    """The cells that a what-if table replaces by the values above it, and by those left of it."""
    first, second = (
        cell
        if CELL_NAME.fullmatch(cell := attributes.get(f"r{number}", ""))
        and attributes.get(f"del{number}") not in TRUE
        else "#REF!"
        for number in (1, 2)
    )
    if attributes.get("dt2D") in TRUE:
        return f"{first},{second}"
    return f"{first}," if attributes.get("dtr") in TRUE else f",{first}"


def _date(raw: bytes, *, date1904: bool) -> float:
    """An ISO date, date-time or time of day as a serial number of the book's date system."""
    text = raw.decode().strip()
    try:
        if ":" in text[:3]:
            return serial(datetime.fromisoformat(f"{EXCEL_EPOCH:%Y-%m-%d}T{text}"))
        days = serial(datetime.fromisoformat(text))
    except ValueError:
        raise BadPackage(f"a cell holds {raw[:30]!r} for a date") from None
    if date1904:
        return days - LATER_1904
    if days < LEAP_1900:
        days -= 1
    if days < 0:
        raise BadPackage(f"a cell holds {raw[:30]!r} for a date, which lies before Excel's calendar")
    return days


def _number(raw: bytes) -> float:
    try:
        return float(b"?" if b"_" in raw else raw)
    except ValueError:
        raise BadPackage(f"a cell holds {raw[:20]!r} for a number") from None


def index_of(raw: bytes) -> int:
    """The number of a shared text, written as XML writes a number of no sign."""
    digits = raw.strip()
    if not digits.isdigit():
        raise ValueError
    return int(digits)


def _shared(raw: bytes, shared: Callable[[int], str], texts: dict[bytes, str]) -> str:
    try:
        text = texts[raw] = shared(index_of(raw))
    except (ValueError, IndexError):
        raise BadPackage("a cell holds a text that the book does not have") from None
    return text


def _inline(kind: bytes | None, value: bytes | None, inline: bytes, prefix: bytes) -> str:
    if kind != b"inlineStr" or value is not None:
        raise BadPackage(f"a cell of the type {kind!r} holds a text beside or instead of its value")
    return rich_text(inline, prefix)


def value_of(kind: bytes, raw: bytes, *, date1904: bool) -> Value:
    """The value of a cell that holds neither a number nor a text of another place."""
    if kind == b"str":
        return string_of(raw)
    if kind == b"b":
        if (truth := raw.strip()) not in TRUTHS:
            raise BadPackage(f"a cell holds {raw[:20]!r} for a truth value")
        return TRUTHS[truth]
    if kind == b"e":
        if not (error := text_of(raw)).startswith("#"):
            raise BadPackage(f"a cell holds {raw[:20]!r} for an error")
        return CellError(error)
    if kind == b"d":
        return _date(raw, date1904=date1904)
    raise BadPackage(f"a cell is of the type {kind!r}, which no spreadsheet has")
