"""A book with everything that a book can carry comes back with new values and nothing else changed."""

import io
import re
import struct
import zlib
from typing import Any

import pytest
from lxml import etree
from support.books import F, book, cached, parts, repacked, without_values

from workbook.cells import CellError, place
from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request
from workbook.xlsx.chart_points import charts_with
from workbook.xlsx.saved_book import SavedBook

SHEET = "xl/worksheets/sheet1.xml"
CHART = "xl/charts/chart1.xml"
PLAIN = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
SLICER = (
    b'<slicers xmlns="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
    b'<slicer name="Asset" cache="Slicer_Asset" caption="Asset" rowHeight="241300"/></slicers>'
)
MACROS = b"\xd0\xcf\x11\xe0" + bytes(range(256)) * 8  # any bytes: the project is never opened


def png() -> io.BytesIO:
    """A picture of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">2I5B", 1, 1, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0\x20\x40\x80")
    return io.BytesIO(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def decorate(writer: Any) -> None:
    """Put everything on the sheet that XlsxWriter knows."""
    sheet = writer.worksheets()[0]
    bold = writer.add_format({"bold": True})
    sheet.write_rich_string("D1", "a ", bold, "bold", " word")
    sheet.write_comment("A1", "the price")
    sheet.write_url("D2", "https://example.com/", string="a link")
    sheet.insert_image("F1", "pixel.png", {"image_data": png(), "description": "a pixel"})
    sheet.insert_textbox("F5", "a text box")
    sheet.add_sparkline("E1", {"range": "Sheet1!B1:B3"})
    sheet.conditional_format("B1:B3", {"type": "data_bar"})
    sheet.data_validation("A1", {"validate": "decimal", "criteria": ">", "value": 0})
    sheet.add_table("H1:I3", {"name": "Things", "data": [["x", 1], ["y", 2]]})
    sheet.protect("secret")
    sheet.freeze_panes(1, 0)
    chart = writer.add_chart({"type": "line"})
    chart.add_series(
        {
            "name": "=Sheet1!$C$1",
            "categories": "=Sheet1!$D$1:$D$3",
            "values": "=Sheet1!$B$1:$B$3",
            "categories_data": ["a bold word", "a link", None],
            "values_data": [10, 100, 1_000],
            "name_formula": "=Sheet1!$C$1",
            "data": [],
        }
    )
    sheet.insert_chart("F10", chart, {"description": "the values"})
    writer.worksheets()[1].set_column("A:A", 40, bold)


@pytest.fixture(scope="module")
def package() -> bytes:
    """A book with a chart, a picture, a sparkline, a slicer, macros and all the rest."""
    cells = {
        "A1": 1,
        "B1": F("=A1*10", 10),
        "B2": F("=A1*100", 100),
        "B3": F("=A1*1000", 1_000),
        "C1": F('="at "&A1', "at 1"),
    }
    made = book({"Sheet1": cells, "Other": {"A1": "untouched"}}, {"price": "Sheet1!$A$1"}, decorate)
    found = parts(made)
    types = found["[Content_Types].xml"]
    types = types.replace(PLAIN, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml").replace(
        b"<Override",
        b'<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
        b'<Override PartName="/xl/slicers/slicer1.xml" ContentType="application/vnd.ms-excel.slicer+xml"/>'
        b"<Override",
        1,
    )
    return repacked(
        made,
        {
            "[Content_Types].xml": types,
            "xl/vbaProject.bin": MACROS,
            "xl/slicers/slicer1.xml": SLICER,
            "_xmlsignatures/origin.sigs": b"",
            "customXml/item1.xml": b"<anything/>",
        },
    )


@pytest.mark.filterwarnings("ignore:.*extension is not supported")  # openpyxl says what it would lose
def test_everything_but_values_stays(package: bytes) -> None:
    """Every part is the same to the byte but the sheet, and the sheet but for its values, and the chart."""
    written, outcome = recalc_bytes(package, Request(inputs={"price": "2"}))
    assert (outcome.status, outcome.changed) == ("done", 5)
    before, after = parts(package), parts(written)
    assert [*before] == [*after]
    assert {name for name in before if before[name] != after[name]} == {SHEET, CHART}
    assert without_values(before[SHEET]) == without_values(after[SHEET])
    assert cached(written, "Sheet1", "A1", "B1", "B2", "B3", "C1", "D1") == [
        2,
        20,
        200,
        2_000,
        "at 2",
        "a bold word",
    ]


def test_compressed_bytes_of_other_parts_are_the_very_same(package: bytes) -> None:
    """What does not change is copied as it lies."""
    written, _ = recalc_bytes(package, Request(inputs={"price": "2"}))
    start = package.index(b"xl/vbaProject.bin") - 30
    end = package.index(b"PK\x03\x04", start + 4)
    assert package[start:end] in written


def test_charts_show_the_new_values(package: bytes) -> None:
    """The points that the chart caches are those of the cells; formats and counts stay."""
    written, _ = recalc_bytes(package, Request(inputs={"price": "2"}))
    root = etree.fromstring(parts(written)[CHART])
    cache = {
        reference.findtext("{*}f"): [point.text for point in reference.iter("{*}v")]
        for reference in root.iter("{*}numRef", "{*}strRef")
    }
    assert cache["Sheet1!$B$1:$B$3"] == ["20", "200", "2000"]
    assert re.findall(rb'ptCount val="(\d+)"', parts(written)[CHART])


def test_a_point_that_was_blank_is_added_and_one_that_turns_blank_is_taken_out() -> None:
    """Points are in the order of their cells; an error is shown as Excel shows it."""
    chart = (
        b'<c:chart xmlns:c="x"><c:val><c:numRef><c:f>Sheet1!$B$1:$B$4</c:f><c:numCache>'
        b'<c:formatCode>General</c:formatCode><c:ptCount val="4"/>'
        b'<c:pt idx="0"><c:v>1</c:v></c:pt><c:pt idx="2" formatCode="0"><c:v>3</c:v></c:pt>'
        b"</c:numCache></c:numRef></c:val></c:chart>"
    )
    opened = SavedBook(repacked(book({"Sheet1": {"A1": 1}}), {CHART: chart}))
    changes = {place(0, 1, 2): None, place(0, 2, 2): 2.5, place(0, 3, 2): CellError("#N/A")}
    assert charts_with(opened, changes)[CHART] == chart.replace(
        b'<c:pt idx="0"><c:v>1</c:v></c:pt><c:pt idx="2" formatCode="0"><c:v>3</c:v></c:pt>',
        b'<c:pt idx="1"><c:v>2.5</c:v></c:pt><c:pt idx="2" formatCode="0"><c:v>#N/A</c:v></c:pt>',
    )


@pytest.mark.parametrize(
    "kind",
    [
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml",
        b"application/vnd.ms-excel.template.macroEnabled.main+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    ],
)
def test_templates_and_macro_books_are_books(kind: bytes) -> None:
    """`.xltx`, `.xltm` and `.xlsm` differ from `.xlsx` by a content type, which stays."""
    made = book({"Sheet1": {"A1": 1, "B1": F("=A1*10", 10)}}, {"price": "Sheet1!$A$1"})
    types = parts(made)["[Content_Types].xml"].replace(PLAIN, kind)
    written, outcome = recalc_bytes(
        repacked(made, {"[Content_Types].xml": types}), Request(inputs={"price": "2"})
    )
    assert outcome.status == "done"
    assert parts(written)["[Content_Types].xml"] == types
