"""Odd books, one a line: what is legal is read as the standard says, all else is refused with a reason."""

import re
from typing import Final

import pytest
from support.books import F, book, edited, parts, repacked
from support.raw_books import SHEET, TAKES_TEXT, TEXTS, raw_book

from workbook.cells import COLUMN_BITS, Value
from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request
from workbook.xlsx.saved_book import SavedBook

ASKED: Final = Request(inputs={"inp": 7})
DOUBLE: Final = "<f>A1*2</f><v>10</v>"
WORKBOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"


def doubled(cell: str) -> str:
    """Cells of which one is A1*2, in C1."""
    return f'{cell}<c r="C1">{DOUBLE}</c>'


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (doubled('<c r="B1" a="b>c" b=\'/>"\'><v>1</v></c>'), 14.0),
        (doubled('<c\nr = "B1"\tt\n=\n"n"><v >1</v ></c >'), 14.0),
        (
            doubled(
                '<c r="B1"><v>1</v><extLst><ext uri="u"><x xmlns="urn:x"><v>9</v></x></ext></extLst></c>'
            ),
            14.0,
        ),
        ('<c t="n" r="C1" s="0"><f a=">">A1*2</f><v>10</v></c>', 14.0),
        ('<c r="C1"><f>A1*&#50;</f><v>1&#48;</v></c>', None),
        ('<c r="C1"><f>A1\r\n*2</f><v>10</v></c>', 14.0),
        ('<c r="C1"><f xml:space="preserve"> A1*2 </f><v>10</v></c>', 14.0),
        ('<c r="B1"/><c><f>A1*2</f><v>10</v></c>', 14.0),
        ("<c/><c><f>A1*2</f><v>10</v></c>", 14.0),
        ('<c r="C1" t="str"><f>IF(A1&gt;6,&quot;_x0041_&quot;,&quot;&quot;)</f><v></v></c>', "_x0041_"),
        ('<c r="C1" t="b"><f>A1&gt;6</f><v>false</v></c>', True),
        ('<c r="C1" t="e"><f>1/(A1-7)</f><v>#REF!</v></c>', None),
        ('<c r="c1"><f>A1*2</f><v>10</v></c>', 14.0),
    ],
)
def test_legal_cells_are_read(cells: str, expected: Value) -> None:
    """C1 follows the input; None stands for a refusal."""
    content, outcome = recalc_bytes(raw_book(cells), ASKED)
    assert outcome.status == ("refused" if expected is None else "done"), outcome.reason
    if expected is not None:
        assert SavedBook(content).cells(0).values[1 << COLUMN_BITS | 3] == expected


@pytest.mark.parametrize(
    "cells",
    [
        doubled('<c r="B1" t="inlineStr"><is><x:t xmlns:x="urn:x">no</x:t></is></c>') + "<x/>",
        doubled('<c r="B1"><x:v xmlns:x="urn:x">1</x:v></c>'),
        doubled('<c r="B1" xmlns="urn:x"><v>1</v></c>'),
        doubled('<c r="B1"><v xmlns="urn:x">1</v></c>'),
        f'<c r="C1" xmlns="urn:x">{DOUBLE}</c>',
        '<c r="C1"><f xmlns="urn:x">A1*2</f><v>10</v></c>',
        f'<x:c xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="C1">{DOUBLE}</x:c>',
        doubled('<c r=" B1"><v>1</v></c>'),
        doubled('<c r="B1 "><v>1</v></c>'),
        doubled('<c r="B01"><v>1</v></c>'),
        doubled('<c r="B2"><v>1</v></c>'),
        doubled('<c r="1B"><v>1</v></c>'),
        doubled('<c r=""><v>1</v></c>'),
        doubled('<c r="B1"><v>1</v><v>2</v></c>'),
        doubled('<c r="B1"><v>1<v>2</v></v></c>'),
        doubled('<c r="B1"><f>1</f><f>2</f><v>1</v></c>'),
        doubled('<c r="B1"><v>1</v><f>1</f></c>'),
        doubled('<c r="B1" t="b"><v>2</v></c>'),
        doubled('<c r="B1" t="b"><v>TRUE</v></c>'),
        doubled('<c r="B1" t="e"><v>oops</v></c>'),
        doubled('<c r="B1" t="s"><v>1_0</v></c>'),
        doubled('<c r="B1" t="s"><v>-1</v></c>'),
        doubled('<c r="B1" t="S"><v>0</v></c>'),
        doubled('<c r="B1" t="d"><v>2026-13-01</v></c>'),
        doubled('<c r="B1" t="d"><v>yesterday</v></c>'),
        doubled('<c r="B1"><v>0x10</v></c>'),
        doubled('<c r="B1"><v>1,5</v></c>'),
        doubled('<c r="B1"><v>infinity</v></c>'),
        doubled('<c r="B1"><v>\u0661</v></c>'),
        doubled('<c r="B1" t="inlineStr"><v>x</v></c>'),
        doubled('<c r="B1" t="str"><is><t>x</t></is></c>'),
        doubled('<c r="B1" t="str"><v>&nbsp;</v></c>'),
        doubled('<c r="B1" t="str"><v>&#xD800;</v></c>'),
        doubled('<c r="B1" t="str"><v>\x0b</v></c>'),
        '<c r="C1"><f t="shared" si="0"/><v>10</v></c>',
        '<c r="C1"><f t="array">A1*2</f><v>10</v></c>',
        '<c r="C1"><f t="array" ref="C1:">A1*2</f><v>10</v></c>',
        doubled("") + '</row><row r="1"><c r="D1"><v>1</v></c>',
        doubled("") + '</row><row r="0"><c><v>1</v></c>',
        doubled("") + '</row><row r="1048577"><c><v>1</v></c>',
        doubled("") + '<row r="2"/>',
        doubled("") + "text",
        doubled("") + '<mc:x xmlns:mc="urn:mc"/>',
    ],
)
def test_odd_cells_are_refused(cells: str) -> None:
    """Nothing is guessed at."""
    package = raw_book(cells)
    written, outcome = recalc_bytes(package, ASKED)
    assert (written, outcome.status) == (package, "refused")
    assert outcome.reason


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ("<si><r><t>se</t></r><r><rPr><b/></rPr><t>ll</t></r></si>", "sell"),
        ('<si><t xml:space=\'preserve\' a=">"> sell</t><phoneticPr fontId="1"/></si>', " sell"),
        ("<si><t/></si>", ""),
        ("<si><t>&#x1F600;_x0041__x005F_x0042_</t></si>", "\U0001f600A_x0042_"),
        ("<si><t>_xD83D__xDE00_</t></si>", "\U0001f600"),
        ('<si><x:t xmlns:x="urn:x">no</x:t></si>', ""),
        ('<si><t>sell</t><x:t xmlns:x="urn:x">no</x:t></si>', "sell"),
        ('<si><t xmlns="urn:x">no</t></si>', None),
        ("<si><y><t>no</t></y></si>", None),
        ('<y:si xmlns:y="urn:y"><t>no</t></y:si><si><t>sell</t></si>', None),
        ("<si><t>sell</t></si>junk<si/>", None),
        ("<si><t>a<!-- -->b</t></si>", None),
        ("<si><t><![CDATA[sell]]></t></si>", None),
        ("<si><t>sell</t></si></sst><sst>", None),
        ("<si><t>a</t></si><si><t>&undefined;</t></si>", None),
    ],
)
def test_shared_texts(texts: str, expected: Value) -> None:
    """What C1 shows of the text; None stands for a refusal."""
    content, outcome = recalc_bytes(raw_book(TAKES_TEXT.format(0), texts), ASKED)
    assert outcome.status == ("refused" if expected is None else "done"), outcome.reason
    if expected is not None:
        assert SavedBook(content).cells(0).values[1 << COLUMN_BITS | 3] == expected


def sound() -> bytes:
    """A book with a text, a name and a formula."""
    return book({"Sheet1": {"A1": 5, "B1": F("=A1*2", 10), "C1": "text"}}, {"inp": "Sheet1!$A$1"})


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (RELATIONS, 'Id="rId2"', 'Id="rId1"'),
        (RELATIONS, "worksheets/sheet1.xml", "worksheets/sheet1.xml#A1"),
        (RELATIONS, "worksheets/sheet1.xml", "worksheets\\sheet1.xml"),
        (RELATIONS, "worksheets/sheet1.xml", "worksheets/sheet%31.xml"),
        (RELATIONS, "worksheets/sheet1.xml", "https://example.org/sheet1.xml"),
        (RELATIONS, "worksheets/sheet1.xml", ""),
        (RELATIONS, "worksheets/sheet1.xml", "sharedStrings.xml"),
        (RELATIONS, "worksheets/sheet1.xml", "workbook.xml"),
        (RELATIONS, "<Relationships xmlns", "<x:Relationships xmlns:x"),
        (RELATIONS, "</Relationships>", "<!DOCTYPE x></Relationships>"),
        ("_rels/.rels", 'Target="xl/workbook.xml"', 'Target="xl/workbook.xml/"'.replace("xml/", "xmlx")),
        (
            "_rels/.rels",
            "</Relationships>",
            '<Relationship Id="x" Type="y/officeDocument" Target="z"/></Relationships>',
        ),
        (WORKBOOK, "spreadsheetml/2006/main", "spreadsheetml/2006/other"),
        (WORKBOOK, "</definedNames>", '<definedName name="INP">Sheet1!$B$1</definedName></definedNames>'),
        (SHEET, "spreadsheetml/2006/main", "spreadsheetml/2006/other"),
        (SHEET, "<worksheet ", "<chartsheet "),
        (TEXTS, "spreadsheetml/2006/main", "spreadsheetml/2006/other"),
    ],
)
def test_odd_parts_are_refused(part: str, old: str, new: str) -> None:
    """Relations that lead nowhere, twice to one place, or to another kind of part; other namespaces."""
    package = edited(sound(), part, (old, new))
    written, outcome = recalc_bytes(package, ASKED)
    assert (written, outcome.status) == (package, "refused")
    assert outcome.reason


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1", "utf-7"])
@pytest.mark.parametrize("part", [SHEET, TEXTS])
def test_other_encodings_are_refused(part: str, encoding: str) -> None:
    """No spreadsheet program writes them, and a pattern would see other things in them than a parser."""
    xml = re.sub("UTF-8", encoding, parts(sound())[part].decode().replace("text", "t\xe9xt"))
    package = repacked(sound(), {part: xml.encode(encoding)})
    assert recalc_bytes(package, ASKED)[1].status == "refused"


def test_a_strict_book_is_read() -> None:
    """Its namespaces are others, its elements the same."""
    package = sound()
    for part in (SHEET, TEXTS, WORKBOOK):
        package = edited(
            package,
            part,
            (
                "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                "http://purl.oclc.org/ooxml/spreadsheetml/main",
            ),
        )
    content, outcome = recalc_bytes(package, ASKED)
    assert outcome.status == "done", outcome.reason
    assert SavedBook(content).cells(0).values[1 << COLUMN_BITS | 2] == 14


def test_a_cell_keeps_its_extensions() -> None:
    """A new value changes nothing else that the cell holds."""
    kept = '<extLst><ext uri="u" xmlns:y="urn:y"><y:z a="1"/></ext></extLst>'
    content, outcome = recalc_bytes(raw_book(f'<c r="C1">{DOUBLE}{kept}</c>'), ASKED)
    assert outcome.status == "done", outcome.reason
    assert f'<c r="C1"><f>A1*2</f><v>14</v>{kept}</c>'.encode() in parts(content)[SHEET]
