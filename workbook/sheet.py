"""One worksheet's XML, read in one pass: what each cell holds and where its bytes lie.

A sheet is read by pattern rather than by an XML parser, because its bytes are to be patched and
because a parser costs more than the rest of a recalculation. The pattern admits what spreadsheet
programs write; a sheet of any other shape (comments among the cells, marked sections, entities) is
refused, never guessed at.
"""

import math
import re
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Final, NamedTuple

from udfs.registry import EXCEL_EPOCH, serial
from workbook.errors import BadPackage
from workbook.values import (
    COLUMN_BITS,
    MAX_COLUMN,
    MAX_ROW,
    Area,
    CellError,
    Value,
    area_of,
    column_number,
)

ATTRIBUTE: Final = re.compile(rb"""\s([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
RUN_TEXT: Final = re.compile(rb"<(?:\w+:)?t(?:\s[^<>]*)?>([^<]*)</(?:\w+:)?t>")
PHONETIC: Final = re.compile(rb"<(?:\w+:)?rPh\b.*?</(?:\w+:)?rPh>", re.DOTALL)
ENTITY: Final = re.compile(r"&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|(amp|lt|gt|quot|apos));")
ENTITIES: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
ESCAPED: Final = re.compile("_x([0-9A-Fa-f]{4})_")
FILLING: Final = ("array", "dataTable")
LARGEST_ARRAY: Final = 1_000_000  # cells
SHEET_DATA: Final = re.compile(rb"<((?:[A-Za-z]\w*:)?)sheetData\s*(/?)>")
ENCODING: Final = re.compile(rb"""\s*<\?xml\s[^>]*?encoding\s*=\s*["']([^"']+)["']""")
FORBIDDEN: Final = re.compile(rb"<!|<\?(?!xml[\s?])")


class Pattern(NamedTuple):
    """The patterns of a sheet's cells for one namespace prefix."""

    data: re.Pattern[bytes]  # all of the rows and cells, as one shape
    cell: re.Pattern[bytes]
    mark: re.Pattern[bytes]  # a row or a cell: for sheets whose cells do not say where they are


@dataclass(slots=True)
class Formula:
    """A formula as the sheet stores it."""

    text: str
    kind: str = ""  # "array", "dataTable", or nothing for an ordinary or a shared formula
    area: Area | None = None  # the cells that an array formula fills
    dynamic: bool = False  # an array that spills: its area follows its result
    origin: int = 0  # the key of the cell for which the text of a shared formula is written
    start: int = 0  # the cell's bytes
    end: int = 0


@dataclass(slots=True)
class Cells:
    """What the cells of one sheet hold, by key (row and column in one number)."""

    values: dict[int, Value] = field(default_factory=dict)
    formulas: dict[int, Formula] = field(default_factory=dict)
    begin: int = 0  # the bytes between <sheetData> and </sheetData>
    end: int = 0
    prefix: bytes = b""


@cache
def pattern(prefix: bytes) -> Pattern:
    """The patterns for the sheets whose elements carry this prefix."""
    p = re.escape(prefix)
    attributes = rb"(?:\s[^<>/]*)?"
    formula = rb"<%(p)sf((?:\s[^<>/]*)?)(?:/>|>([^<]*)</%(p)sf\s*>)\s*" % {b"p": p}
    value = rb"<%(p)sv(?:\s[^<>/]*)?(?:/>|>([^<]*)</%(p)sv\s*>)\s*" % {b"p": p}
    inline = rb"<%(p)sis(?:\s[^<>]*)?>(.*?)</%(p)sis\s*>\s*" % {b"p": p}
    extension = rb"<%(p)sextLst\s*>.*?</%(p)sextLst\s*>\s*" % {b"p": p}
    inside = rb">\s*(?:%s)?(?:%s)?(?:%s)?(?:%s)?</%sc\s*>" % (formula, value, inline, extension, p)
    usual = rb'\sr="([A-Z]{1,3})([1-9]\d{0,6})"(?:\ss="\d+")?(?:\st="(\w+)")?'
    cell = rb"<%sc(?:%s)?(%s)(?:/>|%s)" % (p, usual, attributes, inside)
    row = rb"<%srow%s/?>" % (p, attributes)
    shape = re.sub(rb"(?<!\\)\((?!\?)", b"(?:", cell)
    return Pattern(
        data=re.compile(rb"\s*+(?>(?:%s|%s|</%srow\s*>)\s*+)*+" % (shape, row, p), re.DOTALL),
        cell=re.compile(cell, re.DOTALL),
        mark=re.compile(rb"(?P<row>%s)|(?:%s)" % (row, cell), re.DOTALL),
    )


def scan(xml: bytes, sheet: int, shared: Callable[[int], str], limit: int) -> Cells:
    """Read the cells of a sheet's XML; shared texts are looked up by their number."""
    begin, end, prefix = _bounds(xml)
    cells = Cells(begin=begin, end=end, prefix=prefix)
    patterns = pattern(prefix)
    shape = patterns.data.match(xml, begin, end)
    if shape is None or shape.end() != end:
        at = begin if shape is None else shape.end()
        raise BadPackage(f"its cells are not written as spreadsheet programs write them, at byte {at}")
    values, formulas = cells.values, cells.formulas
    masters: dict[str, tuple[int, str]] = {}
    texts: dict[bytes, str] = {}
    for key, match in _addressed(patterns, xml, begin, end):
        _, _, kind, more, about, text, value, inline = match.groups()
        attributes = attributes_of(more) if more else {}
        kind = attributes.get(b"t", kind)
        if about is not None:
            formulas[key] = formula = _formula(about, text, sheet, key, masters)
            formula.start, formula.end = match.span()
            formula.dynamic = formula.kind == "array" and b"cm" in attributes
        if value is not None and (kind is None or kind == b"n"):
            if value:
                values[key] = _number(value)
        elif value is not None or inline is not None:
            values[key] = _value(kind, value, inline, shared, texts)
        elif about is not None and kind == b"str":
            values[key] = ""
    if len(values) > limit:
        raise BadPackage(f"it has more than {limit} cells")
    return cells


def spans(xml: bytes, cells: Cells, wanted: AbstractSet[int] | None) -> dict[int, re.Match[bytes]]:
    """The cells at some keys (or all of them), as the pattern of a cell matches them."""
    found: dict[int, re.Match[bytes]] = {}
    for key, match in _addressed(pattern(cells.prefix), xml, cells.begin, cells.end):
        if wanted is None or key in wanted:
            found[key] = match
            if wanted is not None and len(found) == len(wanted):
                break
    return found


def attributes_of(tag: bytes) -> dict[bytes, bytes]:
    """The attributes of a tag, unescaped by nobody: no attribute of a cell needs it."""
    return {name: double or single for name, double, single in ATTRIBUTE.findall(tag)}


def text_of(raw: bytes) -> str:
    """An element's text without entities and line-end differences."""
    text = raw.decode()
    if "&" in text:
        text = ENTITY.sub(_character, text)
    return text.replace("\r\n", "\n") if "\r" in text else text


def _character(entity: re.Match[str]) -> str:
    if entity[3]:
        return ENTITIES[entity[3]]
    code = int(entity[1], 16) if entity[1] else int(entity[2])
    return chr(code) if code <= 0x10FFFF else entity[0]


def string_of(raw: bytes) -> str:
    """A cell's text: `_x000D_` stands for a character that XML can't hold."""
    text = text_of(raw)
    return ESCAPED.sub(lambda code: chr(int(code[1], 16)), text) if "_x" in text else text


def rich_text(item: bytes) -> str:
    """The plain text of a shared or inline string: its runs, without reading aids."""
    if b"rPh" in item:
        item = PHONETIC.sub(b"", item)
    return "".join(map(string_of, RUN_TEXT.findall(item)))


def check_plain(xml: bytes) -> None:
    """Refuse XML that says one thing to a pattern and another to a parser."""
    if FORBIDDEN.search(xml):
        raise BadPackage("it holds comments, marked sections or a document type")
    declared = ENCODING.match(xml)
    if declared and declared[1].lower() not in (b"utf-8", b"us-ascii"):
        raise BadPackage("it is not in UTF-8")


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
    if end < 0 or SHEET_DATA.search(xml, begin):
        raise BadPackage("its cells' section has no end, or there are two")
    return begin, end, prefix


def _addressed(patterns: Pattern, xml: bytes, begin: int, end: int) -> Iterator[tuple[int, re.Match[bytes]]]:
    """Each cell's match with its key; a cell or row that does not say where it is follows the last."""
    columns: dict[bytes, int] = {}
    last = 0
    for match in patterns.cell.finditer(xml, begin, end):
        letters = match[1]
        if letters is None:
            yield from _unaddressed(patterns, xml, begin, end)
            return
        column = columns.get(letters)
        if column is None:
            column = columns[letters] = column_number(letters.decode())
        row = int(match[2])
        if row > MAX_ROW or column > MAX_COLUMN:
            raise BadPackage(f"it has a cell {letters.decode()}{row}, outside every sheet")
        key = row << COLUMN_BITS | column
        if key <= last:
            raise BadPackage(f"its cells are not in order at {letters.decode()}{row}")
        last = key
        yield key, match


def _unaddressed(
    patterns: Pattern, xml: bytes, begin: int, end: int
) -> Iterator[tuple[int, re.Match[bytes]]]:
    """The same for a sheet some of whose cells have no address: counted on from the cell before."""
    row = column = last = 0
    for mark in patterns.mark.finditer(xml, begin, end):
        if mark["row"] is not None:
            row = int(attributes_of(mark["row"]).get(b"r", row + 1))
            column = 0
            continue
        match = patterns.cell.match(xml, mark.start(), end)
        if match is None:
            raise BadPackage("its cells are not written as spreadsheet programs write them")
        where = match[1] and area_of((match[1] + match[2]).decode())
        given = attributes_of(match[4]).get(b"r") if not where else None
        where = area_of(given.decode()) if given else where
        row, column = (where.top, where.left) if where else (row, column + 1)
        if not (0 < row <= MAX_ROW and column <= MAX_COLUMN):
            raise BadPackage("it has a cell outside every sheet")
        key = row << COLUMN_BITS | column
        if key <= last:
            raise BadPackage(f"its cells are not in order at row {row}")
        last = key
        yield key, match


def _formula(
    about: bytes, text: bytes | None, sheet: int, key: int, masters: dict[str, tuple[int, str]]
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
    return Formula(source, kind if kind in FILLING else "", area, origin=key)


def _date(raw: bytes) -> float:
    """An ISO date, date-time or time of day as a serial number."""
    text = raw.decode()
    try:
        if ":" in text[:3]:
            text = f"{EXCEL_EPOCH:%Y-%m-%d}T{text}"
        return serial(datetime.fromisoformat(text))
    except ValueError:
        raise BadPackage(f"a cell holds {raw[:30]!r} for a date") from None


def _number(raw: bytes) -> float:
    """A number; Python alone would read `nan`, `1e999` and `1_000` as well."""
    try:
        number = float(raw)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or b"_" in raw:
        raise BadPackage(f"a cell holds {raw[:20]!r} for a number")
    return number


def _value(
    kind: bytes | None,
    raw: bytes | None,
    inline: bytes | None,
    shared: Callable[[int], str],
    texts: dict[bytes, str],
) -> Value:
    if kind == b"s" and raw is not None:
        text = texts.get(raw)
        if text is None:
            try:
                text = texts[raw] = shared(int(raw))
            except (ValueError, IndexError):
                raise BadPackage("a cell holds a text that the book does not have") from None
        return text
    if inline is not None:
        return rich_text(inline)
    assert raw is not None  # noqa: S101 - the caller passes one of the two
    if kind == b"str":
        return string_of(raw)
    if kind == b"b":
        return raw.strip() in (b"1", b"true")
    if kind == b"e":
        return CellError(text_of(raw))
    if kind == b"d":
        return _date(raw)
    raise BadPackage(f"a cell is of the type {kind!r}, which no spreadsheet has")
