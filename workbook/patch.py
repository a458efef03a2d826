"""New values written into a sheet's own bytes: `<v>` and the cell's type change, all else stays."""

import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

from workbook.errors import BadPackage
from workbook.sheet import Cells, attributes_of, pattern, spans
from workbook.values import (
    COLUMN_BITS,
    COLUMN_MASK,
    Area,
    CellError,
    Value,
    address,
    number_text,
)

TAG: Final = re.compile(rb"<[^<>]*>")
TYPE: Final = re.compile(rb"""\st\s*=\s*(?:"[^"]*"|'[^']*')""")
RICH: Final = re.compile(rb"""\svm\s*=\s*(?:"[^"]*"|'[^']*')""")  # a rich value, shown instead of <v>
REF: Final = re.compile(rb"""(\sref\s*=\s*)(?:"[^"]*"|'[^']*')""")
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
    if cells.splice and not areas:
        spliced = cells.splice(values)
        if spliced is not None:
            return spliced
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
    last = f":{address(area.bottom, area.right)}" if area.size > 1 else ""
    ref = f'"{address(area.top, area.left)}{last}"'.encode()
    return REF.sub(rb"\1" + ref, content, count=1)


def cell_bytes(match: re.Match[bytes], prefix: bytes, value: Value) -> bytes:
    """A cell with its style and formula as they were, and another value."""
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
    attributes = RICH.sub(b"", tag[0]).rstrip(b"/> \t\r\n")
    written = attributes_of(attributes).get(b"t", b"n")
    if content and kind in (b' t="%s"' % written, b"" if written == b"n" else None):
        kind = b""  # the type stays, as it was written
    else:
        attributes = TYPE.sub(b"", attributes)
    if not formula and not content:
        return attributes + kind + b"/>"
    return attributes + kind + b">" + formula + content + b"</" + prefix + b"c>"


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
    return escape(UNSTORABLE.sub(_stand_in, text)).encode()


def _v(prefix: bytes, text: bytes) -> bytes:
    return b"<" + prefix + b"v>" + text + b"</" + prefix + b"v>"


def _stand_in(match: re.Match[str]) -> str:
    return "_x005F_x" if match[0] == "_x" else f"_x{ord(match[0]):04X}_"


def _additions(xml: bytes, cells: Cells, absent: Mapping[int, Value]) -> Iterator[Edit]:
    """Cells, and rows if need be, that the sheet does not have yet, where the order wants them."""
    if cells.begin == cells.end and xml[cells.begin - 2 : cells.begin] == b"/>":
        raise BadPackage("a sheet without any cells can't take a value")
    p = cells.prefix
    rows: dict[int, re.Match[bytes]] = {}
    number = 0
    for match in re.finditer(rb"<%srow(?:\s[^<>]*)?>" % re.escape(p), xml[: cells.end]):
        number = int(attributes_of(match[0]).get(b"r", number + 1))
        rows[number] = match
    for row, keys in groupby(sorted(absent), lambda key: key >> COLUMN_BITS):
        new = {key & COLUMN_MASK: _new_cell(key, absent[key], p) for key in keys}
        opening = rows.get(row)
        if opening is None:
            following = min((number for number in rows if number > row), default=0)
            at = rows[following].start() if following else cells.end
            joined = b"".join(new.values())
            yield Edit(at, at, b'<%srow r="%d">%s</%srow>' % (p, row, joined, p))
        elif opening[0].endswith(b"/>"):
            joined = b"".join(new.values())
            yield Edit(*opening.span(), opening[0][:-2] + b">" + joined + b"</" + p + b"row>")
        else:
            yield from _into_row(xml, cells, opening.end(), new)


def _into_row(xml: bytes, cells: Cells, begin: int, new: Mapping[int, bytes]) -> Iterator[Edit]:
    end = xml.find(b"</" + cells.prefix + b"row", begin)
    row = Cells(begin=begin, end=end, prefix=cells.prefix)
    starts = {key & COLUMN_MASK: match.start() for key, match in spans(xml, row, None).items()}
    for column, content in new.items():
        at = min((start for other, start in starts.items() if other > column), default=end)
        yield Edit(at, at, content)


def _new_cell(key: int, value: Value, prefix: bytes) -> bytes:
    kind, content = stored(value, prefix, has_formula=False)
    name = address(key >> COLUMN_BITS, key & COLUMN_MASK).encode()
    return b'<%sc r="%s"%s>%s</%sc>' % (prefix, name, kind, content, prefix)
