"""The points that charts cache: they follow the cells, so that a viewer shows the right picture."""

import re
from collections.abc import Iterator, Mapping
from typing import Final
from xml.sax.saxutils import escape

from workbook.book import Book
from workbook.formulas import Grammar
from workbook.sheet import LARGEST_ARRAY, text_of
from workbook.values import Area, CellError, Value, number_text

REFERENCE: Final = re.compile(
    rb"<(?P<p>(?:\w+:)?)f>(?P<formula>[^<]*)</(?P=p)f>\s*"
    rb"<(?P=p)(?P<kind>num|str)Cache>(?P<cache>.*?)</(?P=p)(?P=kind)Cache>",
    re.DOTALL,
)
POINT: Final = re.compile(
    rb'<(?P<p>(?:\w+:)?)pt idx="(?P<idx>\d+)"(?P<more>[^<>]*)>\s*'
    rb"<(?P=p)v>[^<]*</(?P=p)v>\s*</(?P=p)pt>\s*"
)
COUNT: Final = re.compile(rb'ptCount val="(\d{1,9})"')
REMEMBERED: Final = 256  # charts

_charts: dict[tuple[Grammar, object], tuple[Area, ...]] = {}


def charts_with(book: Book, changes: Mapping[int, Value]) -> dict[str, bytes]:
    """The chart parts whose cached points change with these cells."""
    parts = {}
    for part in book.package.entries:
        if "/charts/" in part and part.endswith(".xml") and "/_rels/" not in part:
            areas = _drawn(book, part)
            if not any(where in changes for area in areas for where in area.places()):
                continue
            xml = book.package.read(part)
            new = REFERENCE.sub(lambda match: _followed(book, match, changes), xml)
            if new != xml:
                parts[part] = new
    return parts


def _followed(book: Book, match: re.Match[bytes], changes: Mapping[int, Value]) -> bytes:
    cache = match["cache"]
    area = _area(book.grammar, text_of(match["formula"]))
    counted = COUNT.search(cache)
    if area is None or counted is None or int(counted[1]) != area.size:
        return match[0]  # hidden rows are left out of the points: which ones can't be told
    new = {index: changes[where] for index, where in enumerate(area.places()) if where in changes}
    if not new:
        return match[0]
    prefix, is_text = match["p"], match["kind"] == b"str"
    points = {int(point["idx"]): point[0] for point in POINT.finditer(cache)}
    first = next((point.start() for point in POINT.finditer(cache)), len(cache))
    rest = POINT.sub(b"", cache[first:])
    for index, value in new.items():
        text = _shown(value, is_text=is_text)
        if text is None:
            points.pop(index, None)
            continue
        more = POINT.match(points[index]) if index in points else None
        points[index] = b'<%(p)spt idx="%(i)d"%(more)s><%(p)sv>%(text)s</%(p)sv></%(p)spt>' % {
            b"p": prefix,
            b"i": index,
            b"more": more["more"] if more else b"",
            b"text": text,
        }
    joined = cache[:first] + b"".join(_in_order(points)) + rest
    return match[0].replace(cache, joined) if cache else match[0]


def _in_order(points: Mapping[int, bytes]) -> Iterator[bytes]:
    for index in sorted(points):
        yield points[index]


def _drawn(book: Book, part: str) -> tuple[Area, ...]:
    """The cells that a chart shows: charts that are the same to the byte are read once."""
    key = book.grammar, book.package.fingerprint(part)
    known = _charts.get(key)
    if known is None:
        found = REFERENCE.finditer(book.package.read(part))
        areas = (_area(book.grammar, text_of(match["formula"])) for match in found)
        known = tuple(area for area in areas if area is not None and area.size <= LARGEST_ARRAY)
        if len(_charts) >= REMEMBERED:
            del _charts[next(iter(_charts))]
        _charts[key] = known
    return known


def _area(grammar: Grammar, formula: str) -> Area | None:
    plain = grammar.plain(formula, 0, 1, 1, (1, 1), qualified=True)
    if plain.fault or plain.calls or len(plain.areas) != 1:
        return None
    return plain.areas[0]


def _shown(value: Value, *, is_text: bool) -> bytes | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return (str(value).upper().encode()) if is_text else b"%d" % value
    if isinstance(value, float):
        return number_text(value).encode()
    if is_text or isinstance(value, CellError):
        return escape(value).encode()
    return b"0"  # what a chart draws for a text
