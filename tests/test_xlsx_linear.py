"""Hostile markup ends: reading is linear in what is read, so megabytes of it are read or refused.

A pattern that tries each beginning with each end would need hours for these; each test has a minute.
"""

from typing import Any, Final

import pytest
from support.books import F, book, parts, repacked
from support.raw_books import DOUBLE, TAKES_TEXT, raw_book

from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request

CHART: Final = "xl/charts/chart1.xml"
TIMES: Final = (100_000, 200_000)  # of the piece that is repeated
CELLS: Final = {  # what stands before, again and again, and after the repeated piece
    "attributes": ("<c ", ' a="1"', "/>"),
    "attributes that never end": ("<c ", ' a="1"', ""),
    "attributes of a value": ('<c r="B1"><v ', " a='1'", ">1</v></c>"),
    "attributes without values": ("<c ", " a", "/>"),
    "blanks in a tag": ('<c r="B1"', " ", "x"),
    "blanks behind a formula": ('<c r="B1"><f>1</f>', " \n", "<x/></c>"),
    "blanks round a value": ('<c r="B1">', " <v>1</v> ", "</c>"),
    "blanks between cells": ("", "\t", "<x/>"),
    "quotes": ('<c r="B1" a=', '"', "/>"),
    "quotes in turn": ('<c r="B1" a=', "\"'", "/>"),
    "a value that never ends": ('<c r="B1"><v>', "1", ""),
    "values that never end": ("", '<c r="B1"><v>', ""),
    "formulas that never end": ("", "<c><f>", ""),
    "texts that never end": ("", "<c><is>", ""),
    "texts in texts": ("<c>", "<is>", ""),
    "texts of many runs": ('<c r="B1" t="inlineStr"><is>', "<r><t>x</t></r>", "</is></c>"),
    "reading aids that never end": ('<c r="B1" t="inlineStr"><is>', "<rPh><t>x</t>", "</is></c>"),
    "reading aids in a text": ('<c r="B1" t="inlineStr"><is>', "<rPh/>", "</is></c>"),
    "extensions that never end": ('<c r="B1">', "<extLst>", ""),
    "extensions of other elements": ('<c r="B1"><v>1</v><extLst>', "<x><y/>", ""),
    "rows that never end": ("", "<row>", ""),
    "ends of rows": ("", "</row>", ""),
    "comments": ("", "<!-- x -->", ""),
    "comments that never end": ("", "<!--", ""),
    "marked sections": ('<c r="B1"><v>', "<![CDATA[1]]>", "</v></c>"),
    "brackets": ("", "<", ""),
    "brackets and names": ("", "<c", ""),
    "a long name": ("<", "c", ">"),
    "a prefix": ("<", "x:", "c>"),
    "entities": ('<c r="B1" t="str"><v>', "&amp;", "</v></c>"),
    "escapes": ('<c r="B1" t="str"><v>', "_x0041_", "</v></c>"),
    "halves of escapes": ('<c r="B1" t="str"><v>', "_x", "</v></c>"),
    "sections of cells": ("", "<sheetData>", ""),
}
TEXTS: Final = {
    "texts that never end": ("", "<si><t>", ""),
    "texts": ("", "<si><t>x</t></si>", ""),
    "empty texts": ("", "<si/>", ""),
    "runs": ("<si>", "<r><rPr><b/></rPr><t>x</t></r>", "</si>"),
    "reading aids that never end": ("<si><t>x</t>", "<rPh>", "</si>"),
    "reading aids in turn": ("<si>", "<rPh/><t>x</t>", "</si>"),
    "blanks": ("<si>", " ", "<t>x</t></si>"),
    "attributes": ("<si", " a='1'", "><t>x</t></si>"),
    "extensions": ("<si><t>x</t></si>", "<extLst>", ""),
}
CHARTS: Final = {
    "caches that never end": "<c:f>Sheet1!$A$1:$A$2</c:f><c:numCache>",
    "caches in turn": "<c:f>Sheet1!$A$1:$A$2</c:f><c:strCache></c:numCache>",
    "formulas": "<c:f>Sheet1!$A$1",
    "points of blanks": "<c:pt idx='0'> ",
    "points that never end": '<c:pt idx="0"><c:v>1</c:v> ',
    "levels": "<c:lvl>",
    "dimensions": '<c:numDim type="val"><c:f>Sheet1!$A$1</c:f>',
    "titles": "<c:txData><c:f>Sheet1!$A$1</c:f>",
}
pytestmark = pytest.mark.timeout(60)


def ended(package: bytes) -> None:
    """The book is read or refused."""
    outcome = recalc_bytes(package, Request(inputs={"inp": 7}))[1]
    assert outcome.status in ("done", "refused"), outcome.reason


@pytest.mark.parametrize("kind", CELLS)
def test_hostile_cells_end(kind: str) -> None:
    """Twice as many pieces are twice the work."""
    before, piece, after = CELLS[kind]
    for times in TIMES:
        ended(raw_book(before + piece * times + after + DOUBLE))


@pytest.mark.parametrize("kind", TEXTS)
def test_hostile_texts_end(kind: str) -> None:
    """The same for shared texts."""
    before, piece, after = TEXTS[kind]
    for times in TIMES:
        ended(raw_book(TAKES_TEXT.format(0), before + piece * times + after))


@pytest.mark.parametrize("kind", CHARTS)
def test_hostile_charts_end(kind: str) -> None:
    """A chart is copied, whatever it holds."""

    def draw(writer: Any) -> None:
        chart = writer.add_chart({"type": "line"})
        chart.add_series({"values": "=Sheet1!$A$1:$A$2"})
        writer.worksheets()[0].insert_chart("D2", chart)

    package = book({"Sheet1": {"A1": 1, "A2": F("=A1*2", 2)}}, {"inp": "Sheet1!$A$1"}, draw)
    xml = parts(package)[CHART]
    for times in TIMES:
        pieces = CHARTS[kind].encode() * times
        ended(repacked(package, {CHART: xml + pieces}))
        ended(repacked(package, {CHART: xml.replace(b"</c:f>", b"</c:f>" + pieces)}))


def test_a_hidden_row_is_looked_for_once() -> None:
    """Tags that never end, and tags full of blanks."""
    for piece in ("<row ", "<row hidden ", "<x:row  "):
        ended(raw_book(piece * TIMES[1] + DOUBLE))
