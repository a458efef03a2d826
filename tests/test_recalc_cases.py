"""Books that were written wrong once: each of their cells is right now, or the book says why it is not known.

Most of the books lie beside the project; those of the kinds that matter most are made here as well.
"""

import io
from typing import Any

import openpyxl
import pytest
from conftest import SHARED
from support.books import F, book, cached, parts
from support.raw_books import raw_book

from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request

CASES = SHARED / "cases"
pytestmark = pytest.mark.filterwarnings(
    "ignore:Workbook contains no default style", "ignore:Unknown extension"
)
beside = pytest.mark.skipif(not CASES.exists(), reason="the shared data does not lie beside the project")
DOUBLE = '<c r="C1"><f>A1*2</f><v>10</v></c>'
ROWS = "".join(f'<row r="{n}"><c r="A{n}"><f>A{n - 1}+1</f><v>{n + 4}</v></c></row>' for n in range(2, 50))


@pytest.mark.parametrize(
    ("cells", "price", "right"),
    [
        (f'<c r="B1" t="inlineStr"><is /></c>{DOUBLE}<c r="D1" t="inlineStr"><is><t>d</t></is></c>', 7, 14),
        (
            (
                '<c r="B1"><v>1</v><extLst x:a="b" xmlns:x="urn:x"><ext uri="u"/></extLst></c>'
                f'{DOUBLE}<c r="D1"><v>1</v><extLst><ext uri="u"/></extLst></c>'
            ),
            7,
            14,
        ),
        ('<c r="C1" t="e"><f>IF(A1=5,#VALUE!,A1*2)</f><v>#VALUE!</v></c>', 7, 14),
    ],
    ids=["a closed text", "an extension with attributes", "an error that goes"],
)
def test_a_formula_behind_odd_xml_follows(cells: str, price: float, right: float) -> None:
    """No formula is lost behind a cell whose end is easily missed."""
    written, outcome = recalc_bytes(raw_book(cells), Request(inputs={"inp": price}))
    assert outcome.status == "done", outcome.reason
    assert cached(written, "Sheet1", "C1") == [right]


def test_a_text_that_excel_reads_as_a_number_leaves_no_error_standing() -> None:
    """The value stays #VALUE! to engines, and is 1000 to Excel."""
    names = {"inp": "Sheet1!$A$1"}
    package = book({"Sheet1": {"A1": "n/a", "B1": F("=A1*1", "#VALUE!")}}, names)
    written, outcome = recalc_bytes(package, Request(inputs={"inp": "1,000"}, allow_stale=True))
    assert outcome.stale == ("Sheet1!B1",) or cached(written, "Sheet1", "B1") == [1000]


def test_rows_behind_an_empty_text_stay() -> None:
    """A text typed over an empty one takes no row with it."""
    cells = f'<c r="B1" t="inlineStr"><is /></c></row>{ROWS}<row r="50">'
    end = '<c r="B50" t="inlineStr"><is><t>e</t></is></c>'
    package = raw_book(cells + end, names={"inp": "Sheet1!$A$1", "note": "Sheet1!$B$1"})
    written, outcome = recalc_bytes(package, Request(inputs={"note": "hello", "inp": 7.0}))
    assert outcome.status == "done", outcome.reason
    wanted = [f"A{n}" for n in range(2, 50)]
    assert cached(written, "Sheet1", "B1", *wanted, "B50") == ["hello", *range(8, 56), "e"]


@beside
@pytest.mark.parametrize(
    ("name", "inputs", "right"),
    [
        ("A1_is_selfclosed_swallows_formula", {"inp": 7.0}, {"C1": 14}),
        ("A4_extLst_attr_swallows_formula", {"inp": 7.0}, {"C1": 14}),
        ("W1_stays_VALUE_error", {"inp": "1,000"}, {"B1": 1000}),
        ("W3_nonascii_equal", {"inp": "Продать"}, {"B1": "SELL"}),
        ("W6_trim_nbsp", {"inp": "BTC\u00a0"}, {"B1": 2}),
        ("W10_index_zero", {"inp": 0.0}, {"B2": 20}),
        ("01_crit_percent", {"price": -0.06}, {"F1": 1, "F2": -0.06, "F3": 0, "F4": 0}),
        ("02_words_nonascii", {"price": 2.0}, {"F1": "sell", "F2": True, "F4": "VERKÄUFE", "F5": 5}),
        ("03a_header_colon_silent", {"price": 2.0}, {"H2": 60}),
        ("03c_header_colon_refused", {"price": 2.0}, {"H2": 120}),
        ("05_indirect_name", {"price": 2.0}, {"F1": 2}),
        ("06_isformula", {"price": 2.0}, {"F1": "calc"}),
        ("07_match_constant", {"price": 2.0}, {"F1": 17}),
        ("08_text_date_argument", {"price": 2.0}, {"F1": 46054, "F2": 46054}),
        ("10_join_number", {"price": 2.0}, {"F1": "0.666666666666667"}),
        ("lambda_names", {"inp": 7.0}, {"B1": 14, "C1": 1.4, "D1": 15}),
    ],
)
def test_a_cell_is_right_or_said_to_be_unknown(
    name: str, inputs: dict[str, Any], right: dict[str, Any]
) -> None:
    """Two engines alone; a cell that keeps its old value is named."""
    package = (CASES / f"{name}.xlsx").read_bytes()
    written, outcome = recalc_bytes(package, Request(inputs=inputs, allow_stale=True))
    assert outcome.status in ("done", "unchanged"), outcome.reason
    sheet = openpyxl.load_workbook(io.BytesIO(package)).sheetnames[0]
    for cell, value in right.items():
        if f"{sheet}!{cell}" not in outcome.stale:
            assert cached(written, sheet, cell) == [pytest.approx(value) if type(value) is float else value]


@beside
@pytest.mark.parametrize(
    ("name", "inputs", "right"),
    [
        ("09_textbox", {"price": 10.0}, {"F1": "Margin: 240"}),
        ("A3_si_selfclosed_shifts_texts", {"inp": 7.0}, {"C1": "sell"}),
        ("A6_rPh_selfclosed", {"inp": 7.0}, {"C1": "ab"}),
        ("A8_cr_in_text", {"inp": 7.0}, {"C1": 10}),
        ("union", {"inp": 7.0}, {"D1": "#VALUE!"}),
    ],
)
def test_a_cell_is_right(name: str, inputs: dict[str, Any], right: dict[str, Any]) -> None:
    """Nothing of these books is in doubt."""
    package = (CASES / f"{name}.xlsx").read_bytes()
    written, outcome = recalc_bytes(package, Request(inputs=inputs))
    assert outcome.status == "done", outcome.reason
    sheet = openpyxl.load_workbook(io.BytesIO(package)).sheetnames[0]
    assert cached(written, sheet, *right) == [*right.values()]


@beside
def test_the_words_of_a_text_box_follow_its_cell() -> None:
    """They are what a viewer shows that does not recalculate."""
    package = (CASES / "09_textbox.xlsx").read_bytes()
    written, _ = recalc_bytes(package, Request(inputs={"price": 10.0}))
    drawing = parts(written)["xl/drawings/drawing1.xml"]
    assert b">Margin: 240<" in drawing
    assert b">Margin: 480<" not in drawing


@beside
@pytest.mark.parametrize(
    ("name", "inputs", "reason"),
    [
        (
            "11_wide_and_corner",
            {"price": 2.0},
            (
                "the cells of the sheet Sheet1 lie too far apart for the engine: "
                "down to XFD1048576 they would take 16 GB"
            ),
        ),
        (
            "x08_sst_quadratic",
            {"inp": 7.0},
            (
                "the sheet Sheet1 can't be read: the shared texts can't be read: they are not written as "
                "spreadsheet programs write them, at byte 205"
            ),
        ),
        (
            "lambda_names",
            {"inp": 7.0},
            "S!B1 calls the name TWICE as a function; S!C1 calls the name HEDGE_MARGIN as a function",
        ),
    ],
)
def test_a_book_that_is_refused_stays_as_it_is(name: str, inputs: dict[str, Any], reason: str) -> None:
    """The sentence says where it fails, and no byte changes."""
    package = (CASES / f"{name}.xlsx").read_bytes()
    written, outcome = recalc_bytes(package, Request(inputs=inputs))
    assert (outcome.status, outcome.reason) == ("refused", reason)
    assert written == package


def is_formula(cell: Any) -> bool:
    """Whether a cell holds a formula."""
    return bool(cell.data_type == "f")


@beside
def test_no_cell_is_lost_by_an_input() -> None:
    """48 rows of formulas vanished here."""
    package = (CASES / "H2_input_cell_deletes_48_rows.xlsx").read_bytes()
    written, outcome = recalc_bytes(package, Request(inputs={"note": "hello"}))
    before, after = (openpyxl.load_workbook(io.BytesIO(book)) for book in (package, written))
    assert outcome.status == "done", outcome.reason
    old, new = (
        [(cell.coordinate, cell.value) for sheet in book for row in sheet for cell in row if is_formula(cell)]
        for book in (before, after)
    )
    assert old == new
    assert len(old) > 40
