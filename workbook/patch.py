"""New values written into a sheet's own bytes: `<v>` and the cell's type change, all else stays."""

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape

from workbook.errors import BadPackage
from workbook.sheet import Cells, pattern, spans
from workbook.values import CellError, Value, number_text

START_TAG = re.compile(rb"<[^<>]*>")
TYPE = re.compile(rb"""\s(?:t|vm)\s*=\s*(?:"[^"]*"|'[^']*')""")
UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_x(?=[0-9A-Fa-f]{4}_)")


def patched(xml: bytes, cells: Cells, values: Mapping[int, Value]) -> bytes:
    """The sheet with new values at some keys."""
    places: dict[int, re.Match[bytes] | None] = {}
    elsewhere = set()
    cell = pattern(cells.prefix).cell
    for key in values:
        formula = cells.formulas.get(key)
        if formula is None:
            elsewhere.add(key)
        else:
            places[key] = cell.match(xml, formula.start, formula.end)
    if elsewhere:
        places |= spans(xml, cells, elsewhere)
    pieces: list[bytes] = []
    at = 0
    for key, match in sorted(places.items(), key=_start):
        if match is None:
            raise BadPackage("a cell is not where it was read")
        pieces += xml[at : match.start()], cell_bytes(match, cells.prefix, values[key])
        at = match.end()
    pieces.append(xml[at:])
    return b"".join(pieces)


def _start(item: tuple[int, re.Match[bytes] | None]) -> int:
    return item[1].start() if item[1] else 0


def cell_bytes(match: re.Match[bytes], prefix: bytes, value: Value) -> bytes:
    """A cell with its style and formula as they were, and another value."""
    whole = match[0]
    tag = START_TAG.match(whole)
    if tag is None:
        raise BadPackage("a cell is not where it was read")
    has_formula = match[5] is not None
    kind, content = stored(value, prefix, has_formula=has_formula)
    attributes = TYPE.sub(b"", tag[0]).rstrip(b"/> \t\r\n")
    formula = b""
    if has_formula:
        inside = whole[tag.end() :]
        closing = inside.find(b">") + 1 if match[6] is None else inside.find(b"</") + 1
        if match[6] is not None:
            closing = inside.find(b">", closing) + 1
        formula = inside[:closing]
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
    text = escape(UNSTORABLE.sub(_stand_in, value)).encode()
    space = b' xml:space="preserve"' if value != value.strip() else b""
    if has_formula:
        return b' t="str"', b"<" + prefix + b"v" + space + b">" + text + b"</" + prefix + b"v>"
    item = b"<%(p)st%(s)s>%(t)s</%(p)st>" % {b"p": prefix, b"s": space, b"t": text}
    return b' t="inlineStr"', b"<" + prefix + b"is>" + item + b"</" + prefix + b"is>"


def _v(prefix: bytes, text: bytes) -> bytes:
    return b"<" + prefix + b"v>" + text + b"</" + prefix + b"v>"


def _stand_in(match: re.Match[str]) -> str:
    return "_x005F_x" if match[0] == "_x" else f"_x{ord(match[0]):04X}_"
