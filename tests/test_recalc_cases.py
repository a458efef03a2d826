"""Books that were written wrong once: each of their cells is right now, or the book says why it is not known.

The books lie beside the project; books of the same kinds are made by the other tests of recalculation.
"""

import io
from typing import Any

import openpyxl
import pytest
from conftest import SHARED
from support.books import cached

from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request

CASES = SHARED / "cases"
pytestmark = [
    pytest.mark.skipif(not CASES.exists(), reason="the shared data does not lie beside the project"),
    pytest.mark.filterwarnings("ignore:Workbook contains no default style", "ignore:Unknown extension"),
]


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


def is_formula(cell: Any) -> bool:
    """Whether a cell holds a formula."""
    return bool(cell.data_type == "f")


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
