"""The reader against an XML parser: a sheet is read as a parser reads it, or refused.

Sheets are read by pattern, so a spoilt one could say one thing here and another in Excel. Besides books
spoilt anew in each run, those that once went wrong are kept in `golden/spoilt.jsonl` and tried again.
"""

import datetime as dt
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import openpyxl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from lxml import etree
from openpyxl.workbook.defined_name import DefinedName
from support.books import Array, F, book, edited, parts, repacked
from support.raw_books import DOUBLE, TAKES_TEXT, raw_book

from workbook.cells import COLUMN_BITS, CellError, Value, area_of
from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request
from workbook.xlsx.saved_book import SavedBook

SHEET = "xl/worksheets/sheet1.xml"
NAMES = {"price": "Sheet1!$A$1", "chain": "=price*2", "sums": "=SUM(Sheet1!$A$1:$B$1)"}
KEPT: Final = Path(__file__).parent / "golden" / "spoilt.jsonl"
TOKEN: Final = re.compile(rb"<[^<>]*>|[^<>]+")
PIECES: Final = [
    *b"|0|-1|99999999999|1e308|nan|true|&amp;|&#0;|&#65;|&|'|<|>|_x0041_|_xD800_|\0|\xff|A1|XFE1|=".split(
        b"|"
    ),
    *b"A1:XFD1048576|<!-- -->|<![CDATA[x]]>|<?x?>|/>|<c/>|<row/>|<f>A1</f>|<f/>|<v/>|<v>1</v>".split(b"|"),
    *b'<is><t>x</t></is>| t="s"| t="str"| t="b"| t="e"| t="d"| t="inlineStr"| t="shared" si="0"'.split(b"|"),
    *b' t="array" ref="A1:B2"| s="1"| r="B1"| cm="1"| vm="1"| xml:space="preserve"|"'.split(b"|"),
    *b"price|chain|Things[n]|[1]!x".split(b"|"),
]


def plain() -> bytes:
    """Values and formulas of every kind, a table, names, styles of rows and columns."""

    def decorate(writer: Any) -> None:
        sheet = writer.worksheets()[0]
        columns = [{"header": "w"}, {"header": "n"}]
        sheet.add_table("H1:I3", {"name": "Things", "data": [["x", 1], ["y", 2]], "columns": columns})
        sheet.set_column("A:B", 12, writer.add_format({"bold": True}))
        sheet.set_row(5, None, writer.add_format({"num_format": "yyyy-mm-dd"}))

    cells = {
        "A1": 1,
        "B1": F("=A1*10", 10),
        "C1": "text",
        "D1": F("=HEDGE_MARGIN(A1,5)", 0.2),
        "E1": Array("=SEQUENCE(A1)", "E1", 1, dynamic=True),
        "F1": F("=SUM(Things[n])", 3),
        "G1": F("=chain+sums", 13),
        "A3": F('=IF(A1>0,"yes","no")', "yes"),
        "B3": F("=1/0", "#DIV/0!"),
        "C3": True,
        "A4": Array("{=A1:B1*2}", "A4:B4", 2),
        "B4": 20,
    }
    return book({"Sheet1": cells, "Other": {"A1": F("=Sheet1!B1", 10)}}, NAMES, decorate)


def sharing() -> bytes:
    """One formula for a block of cells."""
    cells = {"A1": 1, "B1": F("=A1*2", 2), "C1": F("=B1*2", 4), "B2": F("=A2*2", 0), "C2": F("=B2*2", 0)}
    shared = '<f t="shared" si="0"/>'
    return edited(
        book({"Sheet1": cells}, NAMES),
        SHEET,
        ("<f>A1*2</f>", '<f t="shared" ref="B1:C2" si="0">A1*2</f>'),
        *((f"<f>{text}*2</f>", shared) for text in ("A2", "B1", "B2")),
    )


def prefixed() -> bytes:
    """Elements with a namespace prefix, as some programs write them."""
    xml = parts(sharing())[SHEET].decode()
    xml = xml.replace("<worksheet xmlns=", "<x:worksheet xmlns:x=").replace("</worksheet>", "</x:worksheet>")
    return repacked(sharing(), {SHEET: re.sub(r"<(/?)(?!x:|\?)(\w)", r"<\1x:\2", xml).encode()})


def bare() -> bytes:
    """A book of a library: ISO dates, texts in their cells, formulas without values."""
    made, saved = openpyxl.Workbook(iso_dates=True), io.BytesIO()
    sheet = made.worksheets[0]
    sheet.title = "Sheet1"
    sheet.append([1, "=A1*2", dt.datetime(2026, 1, 31, 6), "=C1+A1"])
    sheet.append(["text", True])
    made.defined_names["price"] = DefinedName("price", attr_text="Sheet1!$A$1")
    made.save(saved)
    return saved.getvalue()


BOOKS: Final = {make.__name__: make() for make in (plain, sharing, prefixed, bare)}


def tried(package: bytes) -> str:
    """The status of a spoilt book, which keeps what every outcome promises."""
    request = Request(inputs={"price": "2"}, allow_stale=True, as_of=dt.datetime(2026, 1, 1))
    written, outcome = recalc_bytes(package, request)
    assert outcome.status in ("done", "unchanged", "refused")
    if outcome.status != "done":
        assert written == package
        assert outcome.reason or outcome.status == "unchanged"
        return outcome.status
    again, second = recalc_bytes(written, request)
    assert (second.status, again) == ("unchanged", written)
    opened = SavedBook(written)
    for number, sheet in enumerate(opened.sheets):
        if sheet.has_cells:
            agree(opened, number)
    return outcome.status


def agree(opened: SavedBook, number: int) -> None:
    """The cells as we read them are those that a parser finds; a sheet that is no XML is nobody's."""
    try:
        root = etree.fromstring(opened.xml(number))
    except etree.XMLSyntaxError:
        return
    cells = opened.cells(number)
    for key, cell in parsed(root):
        held = {child.tag.rpartition("}")[2]: child for child in cell}
        assert (key in cells.formulas) == ("f" in held)
        kind, text = cell.get("t", "n"), held["v"].text if "v" in held else None
        if kind in ("n", "str", "e", "b") and text and "_x" not in text:
            read: dict[str, Value] = {"n": 0.0, "str": text, "e": CellError(text), "b": text in ("1", "true")}
            assert cells.values.get(key) == (float(text) if kind == "n" else read[kind])
        elif not held.keys() & {"v", "is"} and kind != "str":
            assert cells.values.get(key) is None


def parsed(root: etree._Element) -> Iterator[tuple[int, etree._Element]]:
    """The cells that hold something, by key, as a parser finds them."""
    row = column = 0
    for element in root.iterfind("{*}sheetData/{*}row"):
        said = element.get("r", "")
        row, column = int(said) if said.isdecimal() else row + 1, 0
        for cell in element.iterfind("{*}c"):
            where = area_of(cell.get("r", ""))
            row, column = (where.top, where.left) if where else (row, column + 1)
            if len(cell):
                yield row << COLUMN_BITS | column, cell


def spoil(xml: bytes, at: float, kind: str, piece: bytes) -> bytes:
    """The XML with one token changed."""
    tokens = TOKEN.findall(xml)
    place = int(at * len(tokens))
    token = tokens[place]
    match kind:
        case "drop":
            token = b""
        case "twice":
            token += token
        case "instead":
            token = piece
        case "before":
            token = piece + token
        case "within":
            middle = len(token) // 2
            token = token[:middle] + piece + token[middle:]
        case "no attribute":
            token = re.sub(rb'\s[\w:]+="[^"]*"', b"", token, count=1)
        case "attribute":
            token = re.sub(rb'="[^"]*"', lambda _: b'="' + piece.replace(b'"', b"") + b'"', token, count=1)
    return b"".join((*tokens[:place], token, *tokens[place + 1 :]))


KINDS: Final = ("drop", "twice", "instead", "before", "within", "no attribute", "attribute")
changes = st.tuples(st.floats(0, 0.999), st.sampled_from(KINDS), st.sampled_from(PIECES))


@settings(max_examples=400, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(
    name=st.sampled_from([*BOOKS]),
    part=st.sampled_from([SHEET, SHEET, SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/tables/table1.xml"]),
    spoils=st.lists(changes, min_size=1, max_size=3),
)
def test_a_spoilt_book_is_refused_or_read_as_a_parser_reads_it(
    name: str, part: str, spoils: list[tuple[float, str, bytes]]
) -> None:
    """Tokens dropped, doubled, changed, in any part that is read."""
    found = parts(BOOKS[name])
    assume(part in found)
    xml = found[part]
    for at, kind, piece in spoils:
        xml = spoil(xml, at, kind, piece) if xml else xml
    tried(repacked(BOOKS[name], {part: xml}))


def kept() -> list[dict[str, str]]:
    """The spoilt books that are kept: which book and part, what stands where, and what becomes of it."""
    return [json.loads(line) for line in KEPT.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("case", kept(), ids=lambda case: case["why"])
def test_what_once_went_wrong_stays_right(case: dict[str, str]) -> None:
    """Each of them once ended in a crash or in a wrong book, or stands for a reason to refuse."""
    package = BOOKS[case["book"]]
    xml = parts(package)[case["part"]].decode()
    assert xml.count(case["old"]) == 1
    spoilt = xml.replace(case["old"], case["new"]).encode(errors="surrogateescape")
    assert tried(repacked(package, {case["part"]: spoilt})) == case["status"]


@pytest.mark.parametrize(
    ("cells", "texts", "expected"),
    [
        ('<c r="B1" t="inlineStr"><is /></c>' + DOUBLE, "", 14.0),
        ('<c r="B1" t="inlineStr"><is/></c>' + DOUBLE, "", 14.0),
        ('<c r="B1" t="inlineStr"><is\n></is ></c>' + DOUBLE, "", 14.0),
        ('<c r="B1"><v>1</v><extLst xmlns:x="urn:x"><x:ext uri="u"/></extLst></c>' + DOUBLE, "", 14.0),
        ('<c r="B1"><v>1</v><extLst />' + "</c>" + DOUBLE, "", 14.0),
        (TAKES_TEXT.format(1), "<si /><si><t>sell</t></si><si><t>buy</t></si>", "sell"),
        (TAKES_TEXT.format(1), '<si xmlns:x="a/b"/><si><t>sell</t></si><si><t>buy</t></si>', "sell"),
        (TAKES_TEXT.format(0), '<si><r><t>a</t></r><rPh sb="0" eb="1" /><r><t>b</t></r></si>', "ab"),
        (TAKES_TEXT.format(0), "<si><t>a</t ><rPh><t>?</t></rPh></si>", "a"),
        (TAKES_TEXT.format(0), "<si><t>a\rb\r\nc&#13;d</t></si>", "a\nb\nc\rd"),
    ],
)
def test_nothing_is_read_over_its_own_end(cells: str, texts: str, expected: Value) -> None:
    """Closed tags, blanks in tags, attributes and line ends are XML like any other."""
    saved = raw_book(cells, texts)
    content, outcome = recalc_bytes(saved, Request(inputs={"inp": 7}))
    assert outcome.status == "done", outcome.reason
    assert SavedBook(content).cells(0).values[1 << COLUMN_BITS | 3] == expected


def test_shared_texts_that_never_end_are_refused_in_linear_time() -> None:
    """What is not closed is no text, and is looked for once."""
    saved = raw_book(TAKES_TEXT.format(0), "<si><t>" * 400_000)
    _, outcome = recalc_bytes(saved, Request(inputs={"inp": 7}))
    assert "shared texts" in outcome.reason
