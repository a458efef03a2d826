"""New values written into a sheet's own bytes: `<v>` and the cell's type change, all else stays."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import partial
from html import escape
from itertools import groupby
from typing import Final, NamedTuple

from workbook.cells import (
    COLUMN_BITS,
    COLUMN_MASK,
    Area,
    CellError,
    Value,
    address,
    area_of,
    number_text,
)
from workbook.errors import BadPackage
from workbook.xlsx.sheet_reader import NUMBER, Cells, pattern, row_number, spans
from workbook.xlsx.xml_text import TAG, attributes_of, without

RICH: Final = re.compile(rb"""\svm\s*=\s*(?:"[^"]*"|'[^']*')""")  # a rich value, shown instead of <v>
REF: Final = re.compile(rb"""(\sref\s*=\s*)(?:"[^"]*"|'[^']*')""")
SPANS: Final = re.compile(rb"""(\sspans\s*=\s*)["'](\d{1,5}:\d{1,5})["']""")
TRUE: Final = (b"1", b"true")
UNSTORABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_x(?=[0-9A-Fa-f]{4}_)")


class Edit(NamedTuple):
    """Bytes that take the place of others."""

    start: int
    end: int
    content: bytes


def patched(
    xml: bytes, cells: Cells, values: Mapping[int, Value], areas: Mapping[int, Area] | None = None
) -> bytes:
    """The sheet with new values at some keys, and new areas for dynamic arrays that grew or shrank."""
    areas = areas or {}
    found: dict[int, re.Match[bytes]] = {}
    cell = pattern(cells.prefix).cell
    for key in (*values, *(key for key in areas if key not in values)):
        start = cells.starts.get(key)
        match = cell.match(xml, start) if start is not None else None
        if match:
            found[key] = match
    elsewhere = values.keys() - found.keys()
    if elsewhere:
        found |= spans(xml, cells, elsewhere)
    edits = [
        Edit(*match.span(), _cell(match, cells, key, values, areas.get(key))) for key, match in found.items()
    ]
    absent = {key: value for key in elsewhere - found.keys() if (value := values[key]) is not None}
    if absent:
        edits += _additions(xml, cells, absent)
    pieces: list[bytes] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: edit[:2]):
        pieces += xml[at : edit.start], edit.content
        at = edit.end
    pieces.append(xml[at:])
    return b"".join(pieces)


def _cell(
    match: re.Match[bytes], cells: Cells, key: int, values: Mapping[int, Value], area: Area | None
) -> bytes:
    value = values[key] if key in values else cells.values.get(key)
    content = cell_bytes(match, cells.prefix, value)
    if area is None:
        return content
    return REF.sub(rb"\1" + _ref(area), content, count=1)


def cell_bytes(match: re.Match[bytes], prefix: bytes, value: Value) -> bytes:
    """A cell with its style, formula and extensions as they were, and another value."""
    whole = match[0]
    tag = TAG.match(whole)
    if tag is None:
        raise BadPackage("a cell is not where it was read")
    formula = b""
    if match[5] is not None:  # from the opening tag up to the closing one
        opening = TAG.search(whole, tag.end())
        closing = opening if opening is None or match[6] is None else TAG.search(whole, opening.end())
        if closing is None:
            raise BadPackage("a formula is not where it was read")
        formula = whole[tag.end() : closing.end()]
    kind, content = stored(value, prefix, has_formula=bool(formula))
    attributes = without(tag[0], b"vm").rstrip(b"/> \t\r\n")
    written = attributes_of(attributes).get(b"t", b"n")
    if content and kind in (b' t="%s"' % written, b"" if written == b"n" else None):
        kind = b""  # the type stays, as it was written
    else:
        attributes = without(attributes, b"t")
    content = formula + content + (match[9] or b"")
    if not content:
        return attributes + kind + b"/>"
    return attributes + kind + b">" + content + b"</" + prefix + b"c>"


def stored(value: Value, prefix: bytes, *, has_formula: bool) -> tuple[bytes, bytes]:
    """The type attribute and the content element that hold a value."""
    if value is None:
        return b"", b""
    if isinstance(value, bool):
        return b' t="b"', _v(prefix, b"1" if value else b"0")
    if isinstance(value, float):
        return b"", _v(prefix, number_text(value).encode())
    if isinstance(value, CellError):
        return b' t="e"', _v(prefix, value.encode())
    text = text_bytes(value)
    space = b' xml:space="preserve"' if value != value.strip() else b""
    if has_formula:
        return b' t="str"', b"<" + prefix + b"v" + space + b">" + text + b"</" + prefix + b"v>"
    item = b"<%(p)st%(s)s>%(t)s</%(p)st>" % {b"p": prefix, b"s": space, b"t": text}
    return b' t="inlineStr"', b"<" + prefix + b"is>" + item + b"</" + prefix + b"is>"


def text_bytes(text: str) -> bytes:
    """A text as an element holds it."""
    return escape(UNSTORABLE.sub(_stand_in, text), quote=False).encode()


def _v(prefix: bytes, text: bytes) -> bytes:
    return b"<" + prefix + b"v>" + text + b"</" + prefix + b"v>"


def _stand_in(match: re.Match[str]) -> str:
    return "_x005F_x" if match[0] == "_x" else f"_x{ord(match[0]):04X}_"


def _additions(xml: bytes, cells: Cells, absent: Mapping[int, Value]) -> Iterator[Edit]:
    """Cells, and rows if need be, that the sheet does not have yet, where the order wants them."""
    p = cells.prefix
    rows = _rows(xml, cells)
    numbers = sorted(rows)
    columns = _column_styles(xml, cells, {key & COLUMN_MASK for key in absent})
    is_bare = cells.begin == cells.end and xml.endswith(b"/>", 0, cells.begin)
    if is_bare:
        yield Edit(cells.begin - len(b"/>"), cells.begin, b">")
    for row, keys in groupby(sorted(absent), key=lambda key: key >> COLUMN_BITS):
        opening = rows.get(row)
        own = None if opening is None else _row_style(opening[0])
        new = {}
        for key in keys:
            style = columns.get(key & COLUMN_MASK) if own is None else own
            new[key & COLUMN_MASK] = _new_cell(key, absent[key], p, style)
        if opening is not None:
            yield from _into_row(xml, cells, opening, new)
            continue
        following = bisect_left(numbers, row)
        at = rows[numbers[following]].start() if following < len(numbers) else cells.end
        yield Edit(at, at, b'<%srow r="%d">%s</%srow>' % (p, row, b"".join(new.values()), p))
    if is_bare:
        yield Edit(cells.end, cells.end, b"</%ssheetData>" % p)
    yield from _dimension(xml, cells, absent)


def _rows(xml: bytes, cells: Cells) -> dict[int, re.Match[bytes]]:
    """The opening tags of a sheet's rows by their numbers."""
    rows: dict[int, re.Match[bytes]] = {}
    number = 0
    opening = re.compile(rb"<%srow(?:\s[^<>]*)?>" % re.escape(cells.prefix))
    for match in opening.finditer(xml, cells.begin, cells.end):
        number = row_number(match[0], number)
        rows[number] = match
    return rows


def _column_styles(xml: bytes, cells: Cells, columns: AbstractSet[int]) -> dict[int, int]:
    """The styles of columns: a cell that is made takes that of its row or else that of its column."""
    styles: dict[int, int] = {}
    tag = re.compile(rb"<%scol\s[^<>]*>" % re.escape(cells.prefix))
    for match in tag.finditer(xml, 0, cells.begin):
        said = attributes_of(match[0])
        bounds = [said.get(name, b"") for name in (b"min", b"max", b"style")]
        if all(map(NUMBER.fullmatch, bounds)):
            first, last, style = map(int, bounds)
            styles |= {column: style for column in columns if first <= column <= last}
    return styles


def _row_style(opening: bytes) -> int | None:
    """The style of a row that has one of its own; it goes before those of columns."""
    said = attributes_of(opening)
    style = said.get(b"s", b"0")
    return int(style) if said.get(b"customFormat") in TRUE and NUMBER.fullmatch(style) else None


def _into_row(xml: bytes, cells: Cells, opening: re.Match[bytes], new: Mapping[int, bytes]) -> Iterator[Edit]:
    tag = SPANS.sub(partial(_spanning, new), opening[0])
    if tag.endswith(b"/>"):
        closing = b"</" + cells.prefix + b"row>"
        yield Edit(*opening.span(), b"".join((tag[:-2], b">", *new.values(), closing)))
        return
    if tag != opening[0]:
        yield Edit(*opening.span(), tag)
    end = xml.find(b"</" + cells.prefix + b"row", opening.end())
    row = Cells(begin=opening.start(), end=end, prefix=cells.prefix)
    starts = {key & COLUMN_MASK: match.start() for key, match in spans(xml, row, None).items()}
    columns = sorted(starts)
    for column, content in new.items():
        following = bisect_left(columns, column)
        at = starts[columns[following]] if following < len(columns) else end
        yield Edit(at, at, content)


def _spanning(new: Mapping[int, bytes], said: re.Match[bytes]) -> bytes:
    """The columns that a row says to span, the new ones included."""
    columns = [*map(int, re.findall(rb"\d+", said[2])), *new]
    return b'%s"%d:%d"' % (said[1], min(columns), max(columns))


def _dimension(xml: bytes, cells: Cells, absent: Mapping[int, Value]) -> Iterator[Edit]:
    """The range that the sheet says to use, where the new cells lie outside: readers may stop at its end."""
    tag = re.search(rb"<%sdimension\s[^<>]*>" % re.escape(cells.prefix), xml[: cells.begin])
    used = area_of(attributes_of(tag[0]).get(b"ref", b"").decode(errors="replace")) if tag else None
    if tag is None or used is None:
        return
    rows = {key >> COLUMN_BITS for key in absent} | {used.top, used.bottom}
    columns = {key & COLUMN_MASK for key in absent} | {used.left, used.right}
    wider = Area(used.sheet, min(rows), min(columns), max(rows), max(columns))
    if wider != used:
        yield Edit(*tag.span(), REF.sub(rb"\1" + _ref(wider), tag[0]))


def _ref(area: Area) -> bytes:
    last = f":{address(area.bottom, area.right)}" if area.size > 1 else ""
    return f'"{address(area.top, area.left)}{last}"'.encode()


def _new_cell(key: int, value: Value, prefix: bytes, number: int | None) -> bytes:
    kind, content = stored(value, prefix, has_formula=False)
    style = b' s="%d"' % number if number else b""
    name = address(key >> COLUMN_BITS, key & COLUMN_MASK).encode()
    return b'<%sc r="%s"%s%s>%s</%sc>' % (prefix, name, style, kind, content, prefix)
