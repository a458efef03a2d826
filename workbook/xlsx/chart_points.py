"""The points that charts cache: they follow the cells, so that a viewer shows the right picture."""

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Final, NamedTuple

from workbook.cells import (
    KEY_MASK,
    MAX_COLUMN,
    MAX_ROW,
    Area,
    CellError,
    Value,
    number_text,
    place,
    sheet_of,
)
from workbook.formula.grammar import Grammar
from workbook.memory import lasting
from workbook.xlsx.saved_book import SavedBook
from workbook.xlsx.sheet_reader import LARGEST_ARRAY
from workbook.xlsx.xml_text import attributes_of, text_of

REFERENCE: Final = re.compile(
    rb"<(?P<p>(?:\w+:)?)f>(?P<formula>[^<]*+)</(?P=p)f>\s*+<(?P=p)(?P<kind>num|str|multiLvlStr|dlblRange)Cache>"
    rb"(?P<cache>(?>(?:[^<]++|<(?!/?(?P=p)(?P=kind)Cache[\s/>]))*))</(?P=p)(?P=kind)Cache>"
    # the charts of 2016 and later: their points have no <v>
    rb"|<(?P<x>(?:\w+:)?)(?P<dimension>num|str)Dim(?:\s[^<>]*)?>\s*+"
    rb"<(?P=x)f(?:\s[^<>]*)?>(?P<expression>[^<]*+)</(?P=x)f>\s*+(?>(?:<(?P=x)nf[^<>]*>[^<]*+</(?P=x)nf>\s*+)?)"
    rb"(?P<levels>(?>(?:[^<]++|<(?!/?(?P=x)(?P=dimension)Dim[\s/>]))*))</(?P=x)(?P=dimension)Dim>"
)
TITLE: Final = re.compile(
    rb"(?P<before><(?P<p>(?:\w+:)?)txData>\s*+<(?P=p)f(?:\s[^<>]*)?>(?P<formula>[^<]*+)</(?P=p)f>\s*+"
    rb"<(?P=p)v>)(?P<text>[^<]*+)(?=</(?P=p)v>)"
)
LEVEL: Final = re.compile(
    rb'<(?P<p>(?:\w+:)?)lvl(?:\sptCount="(?P<count>\d{1,7})"[^<>]*)?(?<!/)>'
    rb"(?P<points>(?>(?:[^<]++|<(?!/?(?P=p)lvl[\s/>]))*))</(?P=p)lvl>"
)
POINT: Final = re.compile(
    rb'<(?P<p>(?:\w+:)?)pt idx="(?P<idx>\d{1,7})"(?P<more>[^<>]*)>\s*+'
    rb"(?:<(?P=p)v>(?P<v>[^<]*+)</(?P=p)v>\s*+|(?P<text>[^<]*+))</(?P=p)pt>\s*+"
)
COUNT: Final = re.compile(rb'<((?:\w+:)?)ptCount val="(\d{1,7})"')
HIDDEN: Final = re.compile(rb"""\shidden\s*=\s*["'](?:1|true)["']""")
ROWS: Final = re.compile(rb"<(?:\w+:)?row(?=\s)[^<>]*>")
COLUMNS: Final = re.compile(rb"<(?:\w+:)?col(?=\s)[^<>]*>")
BY_DEFAULT: Final = re.compile(rb"""\szeroHeight\s*=\s*["'](?:1|true)["']""")
REMEMBERED: Final = 256  # charts

_charts: dict[tuple[Grammar, object], tuple[Area, ...]] = lasting({})


class Hidden(NamedTuple):
    """The rows and columns of a sheet that are not shown."""

    rows: frozenset[int]
    columns: frozenset[int]


def charts_with(book: SavedBook, changes: Mapping[int, Value]) -> dict[str, bytes]:
    """The chart parts whose cached points change with these cells."""
    follower = _Follower(book, changes)
    parts = {}
    for part in book.package.entries:
        if "/charts/" in part and part.endswith(".xml") and "/_rels/" not in part:
            try:
                areas = _drawn(book, part)
                if not any(where in changes for area in areas for where in area.places()):
                    continue
                xml = book.package.read(part)
                new = TITLE.sub(follower.titled, REFERENCE.sub(follower.followed, xml))
            except UnicodeDecodeError:
                continue  # no program reads such a chart
            if new != xml:
                parts[part] = new
    return parts


class _Follower:
    """Lets the points of one book's charts follow its changed cells."""

    def __init__(self, book: SavedBook, changes: Mapping[int, Value]) -> None:
        self.book = book
        self.changes = changes
        self._hidden: dict[int, Hidden | None] = {}

    def titled(self, match: re.Match[bytes]) -> bytes:
        """A title that shows one cell."""
        area = area_of_formula(self.book.grammar, text_of(match["formula"]))
        if area is None or area.size > 1 or (where := next(area.places())) not in self.changes:
            return match[0]
        return match["before"] + (_text(self.changes[where], is_text=True) or b"")

    def followed(self, match: re.Match[bytes]) -> bytes:
        """A reference with its points, in one level or several."""
        is_extended = match["dimension"] is not None
        area = area_of_formula(
            self.book.grammar, text_of(match["expression"] if is_extended else match["formula"])
        )
        if area is None or not any(where in self.changes for where in area.places()):
            return match[0]
        is_text = (match["dimension"] or match["kind"]) != b"num"
        cache: bytes = match["levels"] if is_extended else match["cache"]
        levels = list(LEVEL.finditer(cache)) if is_extended or match["kind"] == b"multiLvlStr" else []
        counted = COUNT.search(cache)
        counts = {level["count"] for level in levels} if is_extended else {counted and counted[2]}
        count = counts.pop() if len(counts) == 1 else None
        spans = [level.span("points") for level in levels] or [(0, len(cache))]
        lines = count and self._lines(area, [cache[slice(*span)] for span in spans], int(count), is_text)
        if not lines:
            return match[0]
        prefix = match["x"] if is_extended else counted[1] if counted else b""
        form = b"%b" if is_extended else b"<%(p)sv>%%b</%(p)sv>" % {b"p": prefix}
        pieces: list[bytes] = []
        at = 0
        for (start, end), cells in zip(spans, lines, strict=True):
            new = {index: self.changes[where] for index, where in enumerate(cells) if where in self.changes}
            pieces += cache[at:start], _pointed(cache[start:end], new, prefix, form, is_text=is_text)
            at = end
        first = match.start("levels" if is_extended else "cache") - match.start()
        return b"".join((match[0][:first], *pieces, cache[at:], match[0][first + len(cache) :]))

    def _lines(
        self, area: Area, levels: Sequence[bytes], count: int, is_text: bool
    ) -> Sequence[Sequence[int]] | None:
        """The cells of each level of points; None where it can't be told which they are.

        Of several levels the innermost comes first, which is the last column or row. A chart leaves out
        hidden rows and columns. Whatever is not plain from the counts must hold the cells' old values.
        """
        if len(levels) == 1 and count == area.size:
            return [list(area.places())]
        shown = self._shown_cells(area)
        if shown is None:
            return None
        rows, columns = shown
        if len(levels) == 1:
            ways = [[[place(area.sheet, row, column) for row in rows for column in columns]]]
        else:
            down = [[place(area.sheet, row, column) for row in rows] for column in reversed(columns)]
            across = [[place(area.sheet, row, column) for column in columns] for row in reversed(rows)]
            ways = [down, across]
        fitting = [
            lines
            for lines in ways
            if len(lines) == len(levels)
            and all(
                len(cells) == count and self._agrees(points, cells, is_text)
                for points, cells in zip(levels, lines, strict=True)
            )
        ]
        return fitting[0] if len(fitting) == 1 else None

    def _agrees(self, points: bytes, cells: Sequence[int], is_text: bool) -> bool:
        """Whether points show the cells' old values; how a number looks as a label is not known."""
        for point in POINT.finditer(points):
            index = int(point["idx"])
            old = (
                self.book.cells(sheet_of(cells[0])).values.get(cells[index] & KEY_MASK)
                if index < len(cells)
                else None
            )
            if old is None or not (
                _says(_content(point), old, is_text=is_text) or (is_text and type(old) is float)
            ):
                return False
        return True

    def _shown_cells(self, area: Area) -> tuple[Sequence[int], Sequence[int]] | None:
        """The rows and columns of an area that are not hidden, if the sheet says which they are."""
        if area.sheet not in self._hidden:
            self._hidden[area.sheet] = _hidden(self.book.xml(area.sheet))
        hidden = self._hidden[area.sheet]
        if hidden is None:
            return None
        rows = [row for row in range(area.top, area.bottom + 1) if row not in hidden.rows]
        return rows, [column for column in range(area.left, area.right + 1) if column not in hidden.columns]


def _hidden(sheet: bytes) -> Hidden | None:
    """What a sheet hides; None where its rows do not say where they are, or that they are shown."""
    rows: set[int] = set()
    columns: set[int] = set()
    if BY_DEFAULT.search(sheet):
        return None
    for tag in ROWS.findall(sheet):
        if HIDDEN.search(tag):
            row = _number(tag, b"r")
            if row is None:
                return None
            rows.add(row)
    for tag in COLUMNS.findall(sheet):
        if HIDDEN.search(tag):
            first, last = _number(tag, b"min"), _number(tag, b"max")
            if first is None or last is None:
                return None
            columns.update(range(first, min(last, MAX_COLUMN) + 1))
    return Hidden(frozenset(rows), frozenset(columns))


def _number(tag: bytes, name: bytes) -> int | None:
    text = attributes_of(tag).get(name, b"")
    return int(text) if text.isdigit() and len(text) <= len(str(MAX_ROW)) else None


def _pointed(old: bytes, new: Mapping[int, Value], prefix: bytes, form: bytes, *, is_text: bool) -> bytes:
    """The points with new values at some indices, in order; what follows them stays."""
    points = {int(point["idx"]): point for point in POINT.finditer(old)}
    first = next((point.start() for point in points.values()), len(old))
    written = {index: point[0] for index, point in points.items()}
    for index, value in new.items():
        point = points.get(index)
        text = _text(value, is_text=is_text)
        if text is None:
            written.pop(index, None)
        elif point is None or not _says(_content(point), value, is_text=is_text):
            more = point["more"] if point else b""
            written[index] = b'<%bpt idx="%d"%b>%b</%bpt>' % (prefix, index, more, form % text, prefix)
    rest = POINT.sub(b"", old[first:])
    return b"".join((old[:first], *(written[index] for index in sorted(written)), rest))


def _content(point: re.Match[bytes]) -> bytes:
    return point["v"] if point["v"] is not None else point["text"]


def _says(text: bytes, value: Value, *, is_text: bool) -> bool:
    """Whether a point holds a value, however many digits it has."""
    if type(value) is float:
        try:
            return float(text) == value
        except ValueError:
            return False
    expected = _text(value, is_text=is_text)
    return expected is not None and text_of(text) == text_of(expected)


def _drawn(book: SavedBook, part: str) -> tuple[Area, ...]:
    """The cells that a chart shows: charts that are the same to the byte are read once."""
    key = book.grammar, book.package.fingerprint(part)
    known = _charts.get(key)
    if known is None:
        xml = book.package.read(part)
        formulas = [match["formula"] or match["expression"] or b"" for match in REFERENCE.finditer(xml)]
        formulas += [match["formula"] for match in TITLE.finditer(xml)]
        areas = (area_of_formula(book.grammar, text_of(formula)) for formula in formulas)
        known = tuple(area for area in areas if area is not None)
        if len(_charts) >= REMEMBERED:
            del _charts[next(iter(_charts))]
        _charts[key] = known
    return known


def area_of_formula(grammar: Grammar, formula: str, sheet: int = 0) -> Area | None:
    """The one area that a formula names, which stands on a sheet; None for anything else."""
    plain = grammar.plain(formula, sheet, 1, 1, (1, 1), qualified=True)
    if plain.fault or plain.calls or len(plain.areas) != 1 or plain.areas[0].size > LARGEST_ARRAY:
        return None
    return plain.areas[0]


def _text(value: Value, *, is_text: bool) -> bytes | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return (str(value).upper().encode()) if is_text else b"%d" % value
    if isinstance(value, float):
        return number_text(value).encode()
    if is_text or isinstance(value, CellError):
        return escape(value, quote=False).encode()
    return b"0"  # what a chart draws for a text
