"""The proof of a written sheet: nothing but the new values differs from the sheet that was read.

The two are compared as bytes, cut at their cells; what differs is parsed by itself, all of it at one
go. So a cell that was not to change can't, nothing can vanish, and the proof costs what has changed.
Where cells or rows were added, or do not say where they are, both sheets are parsed whole, side by
side. Nothing of it is the reader's or the writer's.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from itertools import compress, count
from operator import ne
from typing import Final, NamedTuple

from lxml import etree

from workbook.cells import COLUMN_BITS, Area, Value, address, same
from workbook.errors import BadPackage, Unknowable
from workbook.xlsx.parts import MAIN
from workbook.xlsx.second_reader import (
    Tags,
    column_number,
    fields_of,
    key_of,
    parsed,
    row_elements,
    row_number,
    tags_of,
    value_of,
)

PREFIX: Final = re.compile(rb"<([A-Za-z_][\w.-]*:)?sheetData[\s/>]")
PLAIN: Final = re.compile(  # name and style, type, formula, value
    rb'<c( r="([A-Z]{1,3}[1-9][0-9]{0,6})"(?: s="[0-9]+")?)(?: t="([a-z]+)")?>'
    rb'(<f(?: \w+="[^"<>]*")*(?:/>|>[^<>]*</f>))?(?:<v(?: xml:space="preserve")?>([^<>]*)</v>)?</c>'
)
PLAIN_NUMBER: Final = re.compile(rb"-?[0-9]+(?:\.[0-9]+)?(?:E[+-]?[0-9]+)?")
OURS: Final = {"t", "vm"}  # what a new value may change of a cell's attributes
SPACE: Final = MAIN[0]


class SheetChange(NamedTuple):
    """What was to change in a sheet: values by key, and the areas of arrays that grew or shrank."""

    values: Mapping[int, Value]
    areas: Mapping[int, Area]


def prove_written(before: bytes, after: bytes, change: SheetChange, name: str) -> None:
    """Refuse a sheet that differs from the one before by more or less than its change."""
    try:
        try:
            holds = _by_cell(before, after, change)
        except _Apart:
            holds = _side_by_side(before, after, change)
    except (etree.XMLSyntaxError, BadPackage, ValueError, KeyError, IndexError):
        holds = False
    if not holds:
        raise Unknowable(f"the sheet {name} would not read back as it was computed")


class _Apart(Exception):
    """Two sheets that can't be compared cell by cell."""


def _by_cell(before: bytes, after: bytes, change: SheetChange) -> bool:
    """Whether the cells that differ as bytes are those that were to change."""
    found = PREFIX.search(after)
    prefix = (found and found[1]) or b""
    ends = [xml.rfind(b"</" + prefix + b"sheetData") for xml in (before, after)]
    if min(ends) < 0 or before[ends[0] :] != after[ends[1] :]:
        raise _Apart
    seen: set[int] = set()
    cells: list[bytes] = []
    for rows in _differing(before[: ends[0]], after[: ends[1]], b"<" + prefix + b"row "):
        for pair in _differing(*rows, b"<" + prefix + b"c "):
            if key := _plainly_changed(*pair, change):
                seen.add(key)
                continue
            (old, behind_old), (new, behind_new) = (_cut(chunk, prefix) for chunk in pair)
            if behind_old != behind_new:
                raise _Apart
            cells += old, new
    pairs = _parsed(cells, prefix)
    keys = [key_of(cell.get("r", "")) for cell in pairs[1::2]]
    if seen.union(keys) != change.values.keys() | change.areas.keys():
        raise _Apart
    return all(map(partial(_changed_rightly, change), pairs[::2], pairs[1::2], keys))


def _differing(old: bytes, new: bytes, mark: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The pieces that differ, of two texts that are cut before each mark."""
    olds, news = old.split(mark), new.split(mark)
    if len(olds) != len(news) or olds[0] != news[0]:
        raise _Apart
    for index in compress(count(), map(ne, olds, news)):
        yield mark + olds[index], mark + news[index]


def _plainly_changed(old: bytes, new: bytes, change: SheetChange) -> int:
    """The key of a cell of which nothing differs but the text of its value, if that is right; otherwise 0.

    Most cells are such; what needs a parser is left to it.
    """
    was, now = PLAIN.match(old), PLAIN.match(new)
    if was is None or now is None or was[1] != now[1] or was[4] != now[4] or now[5] is None:
        return 0
    key = key_of(now[2].decode())
    if old[was.end() :] != new[now.end() :] or key in change.areas:
        return 0
    return key if _plainly_says(now[3], now[5], change.values.get(key)) else 0


def _plainly_says(kind: bytes | None, raw: bytes, value: Value) -> bool:
    """Whether a text is a value; False also where only a parser knows."""
    if kind == b"str":
        text = raw.decode().replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        return type(value) is str and text == value and text.isprintable() and "_x" not in text
    if kind == b"b":
        return value is (raw == b"1") and raw in (b"0", b"1")
    is_number = kind in (None, b"n") and type(value) is float and bool(PLAIN_NUMBER.fullmatch(raw))
    return is_number and float(raw) == value


def _cut(chunk: bytes, prefix: bytes) -> tuple[bytes, bytes]:
    """A cell, and what follows it up to the next one."""
    closing = b"</" + prefix + b"c>"
    end = chunk.find(b">") + 1
    if chunk[end - 2 : end] != b"/>":
        at = chunk.find(closing)
        end = at + len(closing) if at >= 0 else len(chunk)
    return chunk[:end], chunk[end:]


def _parsed(cells: Sequence[bytes], prefix: bytes) -> Sequence[etree._Element]:
    """Some cells, parsed at one go: each must be one element."""
    name = b":" + prefix[:-1] if prefix else b""
    opening = b'<%scells xmlns%s="%s">' % (prefix, name, SPACE.strip("{}").encode())
    closing = b"</%scells>" % prefix
    try:
        found = list(parsed(b"".join((opening, *cells, closing))))
    except etree.XMLSyntaxError:
        raise _Apart from None
    if len(found) != len(cells) or any(cell.tag != SPACE + "c" for cell in found):
        raise _Apart
    return found


def _changed_rightly(change: SheetChange, was: etree._Element, now: etree._Element, key: int) -> bool:
    """Whether a cell is what it was but for its value, and holds what was computed."""
    if _without(was, OURS) != _without(now, OURS):
        return False
    tags = tags_of(now.tag[: -len("c")])
    if _others(was, tags, change.areas.get(key)) != _others(now, tags, None):
        return False
    if key not in change.values:
        return _own(was, tags) == _own(now, tags)
    value = value_of(now, fields_of(now), tags, _no_text, date1904=False)
    return same(value, change.values[key])


def _others(cell: etree._Element, tags: Tags, area: Area | None) -> list[object]:
    """What a cell holds beside its value: its formula, with the area that it is to fill, and extensions."""
    found: list[object] = []
    for child in cell:
        if child.tag in (tags.value, tags.inline):
            continue
        if child.tag == tags.formula:
            said = _without(child, set())
            if area is not None:
                last = f":{address(area.bottom, area.right)}" if area.size > 1 else ""
                said["ref"] = address(area.top, area.left) + last
            found.append((said, child.text))
        else:
            found.append(etree.tostring(child, with_tail=False))
    return found


def _own(cell: etree._Element, tags: Tags) -> list[bytes]:
    return [etree.tostring(child) for child in cell if child.tag in (tags.value, tags.inline)]


def _no_text(number: int) -> str:
    raise IndexError(number)  # what was computed is never written as a shared text


def _without(element: etree._Element, names: AbstractSet[str]) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.attrib.items() if name not in names}


class _Row(NamedTuple):
    """A row, and its cells by key."""

    number: int
    attributes: Mapping[str, str]
    cells: Mapping[int, etree._Element]


def _side_by_side(before: bytes, after: bytes, change: SheetChange) -> bool:
    """Whether two sheets, parsed whole, differ by the change alone."""
    seen: set[int] = set()
    sheets = [_Rows(xml) for xml in (before, after)]
    olds, news = map(iter, sheets)
    was = next(olds, None)
    for now in news:
        if was is not None and was.number < now.number:
            return False  # a row is gone
        old = was if was is not None and was.number == now.number else _Row(0, {"r": str(now.number)}, {})
        if not now.cells and old is not was:
            return False  # a row that nobody asked for
        if old.attributes != now.attributes or not _row_changed_rightly(old.cells, now.cells, change, seen):
            return False
        was = next(olds, None) if old is was else was
    missing = (change.values.keys() | change.areas.keys()) - seen
    if was is not None or any(key in change.areas or change.values[key] is not None for key in missing):
        return False
    return sheets[0].surroundings() == sheets[1].surroundings()


def _row_changed_rightly(
    old: Mapping[int, etree._Element], new: Mapping[int, etree._Element], change: SheetChange, seen: set[int]
) -> bool:
    if not old.keys() <= new.keys():
        return False
    for key, now in new.items():
        was = old.get(key)
        if key in change.values or key in change.areas:
            seen.add(key)
            blank = etree.Element(now.tag, _without(now, OURS))
            if not _changed_rightly(change, blank if was is None else was, now, key):
                return False
        elif was is None or etree.tostring(was, with_tail=False) != etree.tostring(now, with_tail=False):
            return False
    return True


def _refuse_text(element: etree._Element) -> None:
    """Between rows and between cells nothing stands but blanks."""
    if any(text and text.strip() for text in (element.text, *(child.tail for child in element))):
        raise BadPackage("it has text between its cells")


class _Rows:
    """The rows of a sheet, one at a time, and afterwards what stands around them."""

    def __init__(self, xml: bytes) -> None:
        self._rows = row_elements(xml)

    def __iter__(self) -> Iterator[_Row]:
        number = 0
        for _, row in self._rows:
            data = row.getparent()
            if data is None or data.getparent() is not row.getroottree().getroot():
                continue
            number = row_number(row, number)
            cells: dict[int, etree._Element] = {}
            column = 0
            _refuse_text(row)
            for cell in row.iterchildren():
                column = column_number(cell, number, column)
                cells[number << COLUMN_BITS | column] = cell
            yield _Row(number, _without(row, {"spans"}), cells)
            row.clear(keep_tail=True)

    def surroundings(self) -> bytes:
        """The sheet without its cells and the range that it says to use."""
        root: etree._Element = self._rows.root
        for child in root:
            name = etree.QName(child).localname
            if name == "sheetData":
                _refuse_text(child)
                child[:] = []
                child.text = None
            elif name == "dimension":
                child.attrib.pop("ref", "")
        return etree.tostring(root)
