"""Cells that a recalculation makes: they look as in Excel, and stand where its order wants them."""

import io
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from support.books import Array, F, book, cached, edited, parts, repacked

from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request

SHEET = "xl/worksheets/sheet1.xml"
WORKBOOK = "xl/workbook.xml"
PERCENT, DOLLARS = "0.0%", "$0.00"
AS_SHOWN = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true"


def made(where: str, package: bytes, value: str = "1.5") -> tuple[bytes, str]:
    """The book and its sheet's XML after a value went into a cell that was not there; twice is once."""
    request = Request(inputs={"cell": value})
    package = edited(package, "xl/workbook.xml", ("$Z$99", re.sub(r"([A-Z]+)", r"$\1$", where)))
    written, outcome = recalc_bytes(package, request)
    assert outcome.status == "done", outcome.reason
    again, second = recalc_bytes(written, request)
    assert (second.status, again) == ("unchanged", written)
    return written, parts(written)[SHEET].decode()


@pytest.fixture(scope="module")
def styled() -> bytes:
    """Columns B and C are percentages, row 3 is in dollars, row 4 says a style that it does not wear."""

    def decorate(writer: Any) -> None:
        sheet = writer.worksheets()[0]
        sheet.set_column("B:C", 12, writer.add_format({"num_format": PERCENT}))
        sheet.set_row(2, None, writer.add_format({"num_format": DOLLARS}))
        sheet.set_row(7, 30)

    package = book({"Sheet1": {"A1": 1, "E1": 2, "A4": 4, "E4": 5}}, {"cell": "Sheet1!$Z$99"}, decorate)
    return edited(package, SHEET, ('<row r="4" spans="1:5">', '<row r="4" spans="1:5" s="1">'))


@pytest.mark.parametrize(
    ("where", "shown"),
    [
        ("B1", PERCENT),
        ("C1", PERCENT),
        ("D1", "General"),
        ("B3", DOLLARS),
        ("D3", DOLLARS),
        ("B4", PERCENT),
        ("D4", "General"),
        ("C6", PERCENT),
        ("D6", "General"),
        ("C8", PERCENT),
        ("B99", PERCENT),
    ],
)
def test_a_new_cell_wears_the_style_of_its_row_or_column(styled: bytes, where: str, shown: str) -> None:
    """A row with a style of its own goes before the column, as in Excel; a cell without either has none."""
    written, _ = made(where, styled)
    cell = openpyxl.load_workbook(io.BytesIO(written))["Sheet1"][where]
    assert (cell.value, cell.number_format) == (1.5, shown)


def test_a_row_may_wear_the_plain_style_over_its_column(styled: bytes) -> None:
    """A row that was set back to no style keeps its cells plain, whatever the column wears."""
    plain = edited(styled, SHEET, ('s="2" customFormat="1"', 's="0" customFormat="1"'))
    assert '<c r="B3"><v>1.5</v></c>' in made("B3", plain)[1]


def test_cells_of_a_spill_that_grows_wear_their_columns_style() -> None:
    """What spills into cells that were not there is shown as the column says."""

    def decorate(writer: Any) -> None:
        writer.worksheets()[0].set_column("B:B", 12, writer.add_format({"num_format": PERCENT}))

    cells = {"A1": 1, "B1": Array("=SEQUENCE(A1)", "B1", 1, dynamic=True)}
    written, _ = made("A1", book({"Sheet1": cells}, {"cell": "Sheet1!$Z$99"}, decorate), "3")
    column = openpyxl.load_workbook(io.BytesIO(written), data_only=True)["Sheet1"]
    assert [(column[f"B{row}"].value, column[f"B{row}"].number_format) for row in (2, 3)] == [
        (2, PERCENT),
        (3, PERCENT),
    ]


def test_libreoffice_shows_the_new_cells_as_their_columns_say(styled: bytes, tmp_path: Path) -> None:
    """A spreadsheet program shows the made cell in the style of its column."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    (tmp_path / "book.xlsx").write_bytes(made("B1", styled)[0])
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}  # another language shows other decimal points
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    words = ["soffice", profile, "--headless", "--convert-to", AS_SHOWN, "--outdir", str(tmp_path)]
    words.append(str(tmp_path / "book.xlsx"))
    subprocess.run(words, check=True, capture_output=True, timeout=180, env=environment)
    assert (tmp_path / "book.csv").read_text(encoding="utf-8").splitlines()[0] == "1,150.0%,,,2"


@pytest.mark.parametrize(
    ("where", "spans", "dimension"),
    [
        ("C1", "1:5", "A1:E8"),
        ("G1", "1:7", "A1:G8"),
        ("B9", None, "A1:E9"),
        ("G9", None, "A1:G9"),
        ("B3", None, "A1:E8"),
    ],
)
def test_the_sheet_says_how_far_it_reaches(
    styled: bytes, where: str, spans: str | None, dimension: str
) -> None:
    """Readers that believe `<dimension>` (openpyxl's read-only mode is one) see the new cell."""
    written, xml = made(where, styled)
    assert f'<dimension ref="{dimension}"/>' in xml
    if spans:
        assert f'<row r="1" spans="{spans}">' in xml
    sheet = openpyxl.load_workbook(io.BytesIO(written), read_only=True)["Sheet1"]
    assert 1.5 in [cell.value for row in sheet.iter_rows() for cell in row]


def test_a_sheet_without_a_word_on_its_reach_gets_none(styled: bytes) -> None:
    """Nor is a range put right that means nothing."""
    for said in ("", '<dimension ref="nowhere"/>', "<dimension/>"):
        spoilt = edited(styled, SHEET, ('<dimension ref="A1:E8"/>', said), ('spans="1:5"', 'spans="1:2 4:5"'))
        xml = made("G1", spoilt)[1]
        assert xml.count("dimension") == said.count("dimension")
        assert 'spans="1:2 4:5"' in xml


@pytest.mark.parametrize("where", ["B1", "D1", "C2", "A2", "B3", "Z9"])
def test_a_new_cell_finds_its_place_among_cells_without_names(where: str) -> None:
    """Where cells do not say where they are, each follows the one before it: the new one says it."""
    package = book({"Sheet1": {"A1": 1, "C1": 3, "A3": 5, "E3": 6}}, {"cell": "Sheet1!$Z$99"})
    package = edited(package, SHEET, ('<c r="A1">', "<c>"), ('<c r="A3">', "<c>"))
    written, _ = made(where, package)
    assert cached(written, "Sheet1", "A1", "C1", "A3", "E3", where) == [1, 3, 5, 6, 1.5]


@pytest.mark.parametrize(
    "spoilt",
    [
        ('<dimension ref="A1:E8"', '<dimension ref="none"'),
        ('<col min="2" max="3"', '<col min="2" max="' + "9" * 5_000 + '"'),
        ('<col min="2" max="3"', '<col min="x" max="3"'),
        ('s="2" customFormat="1"', 's="x" customFormat="1"'),
        ('spans="1:5"', 'spans="' + "9" * 5_000 + ':1"'),
    ],
)
def test_what_means_nothing_costs_no_cell(styled: bytes, spoilt: tuple[str, str]) -> None:
    """A new cell is made whatever its sheet says of rows, columns and its own reach."""
    xml = parts(styled)[SHEET].decode()
    assert spoilt[0] in xml
    package = repacked(styled, {SHEET: xml.replace(*spoilt).encode(errors="surrogateescape")})
    for where in ("B3", "G1"):
        request = Request(inputs={"cell": "1.5"})
        written, outcome = recalc_bytes(edited(package, WORKBOOK, ("$Z$99", where)), request)
        assert outcome.status == "done", outcome.reason
        assert re.search(rf'<c r="{where}"[^<>]*><v>1.5</v>'.encode(), parts(written)[SHEET])


def test_a_style_that_is_no_number_shows_no_date() -> None:
    """Whether a text is a date is asked of the cell's style, which may be anything."""
    package = edited(book({"Sheet1": {"A1": 1}}, {"cell": "Sheet1!$A$1"}), SHEET, ('r="A1"', 'r="A1" s="x"'))
    _, outcome = recalc_bytes(package, Request(inputs={"cell": "2026-01-31"}))
    assert outcome.reason == 'cell: must be a number, got "2026-01-31"'


@pytest.mark.parametrize("data", ["<sheetData/>", "<sheetData></sheetData>", "<sheetData>\n</sheetData>"])
def test_an_empty_sheet_takes_a_value(data: str) -> None:
    """The first cell of a sheet that has none."""
    package = book({"Sheet1": {}}, {"cell": "Sheet1!$Z$99"})
    xml = re.sub(r"<sheetData.*?(/>|</sheetData>)", data, parts(package)[SHEET].decode())
    written, after = made("B2", repacked(package, {SHEET: xml.encode()}))
    assert re.search(r'<sheetData>\s*<row r="2"><c r="B2"><v>1.5</v></c></row></sheetData>', after)
    assert cached(written, "Sheet1", "B2") == [1.5]


@pytest.mark.parametrize("size", ["120,40", "40,120", "300,1"])
def test_many_new_cells_stand_in_order(size: str) -> None:
    """Rows and cells that a large spill makes stand before, between and behind those that are there."""
    cells = {
        "A1": 1,
        "B2": Array(f"=IF(A1=1,1,SEQUENCE({size}))", "B2", 1, dynamic=True),
        "FZ1": "right",
        "FZ50": "right",
        "A60": "left",
        "A400": "below",
        "FZ400": F("=A1", 1),
    }
    written, xml = made("A1", book({"Sheet1": cells}, {"cell": "Sheet1!$Z$99"}), "2")
    order = [int(row) for row in re.findall(r'<row r="(\d+)"', xml)]
    assert order == sorted(set(order))
    rows, columns = map(int, size.split(","))
    sheet = openpyxl.load_workbook(io.BytesIO(written), data_only=True)["Sheet1"]
    found = [[cell.value for cell in row] for row in sheet.iter_rows(2, rows + 1, 2, columns + 1)]
    assert found == [[row * columns + column + 1 for column in range(columns)] for row in range(rows)]
