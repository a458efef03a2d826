"""Books that Google Sheets saved: errors as texts, ten digits, no word on the application."""

from typing import Final

import pytest
from support.books import F, book, edited, repacked

from workbook.cells import COLUMN_BITS, CellError
from workbook.recalc.recalc import recalc_bytes
from workbook.recalc.saved_by_google import MARK
from workbook.recalc.saved_by_libreoffice import APPLICATION
from workbook.request import Request
from workbook.xlsx.saved_book import SavedBook

SHEET, WORKBOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
KIND: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/extended-properties"
ASKED: Final = Request(inputs={"inp": 7})
CELLS: Final = {
    "A1": 5,
    "A2": 0,
    "B1": F("=A1/3", 1.666666667),
    "B2": F("=B1*3000", 5000),
    "B3": F("=A1/A2", "#DIV/0!"),
    "B4": F("=IF(ISERROR(B3),A1,0)", 5),
    "B5": F('="#DIV/0!"&""', "#DIV/0!"),
}
ERROR_AS_TEXT: Final = ('t="e"><f>A1/A2</f>', 't="str"><f>A1/A2</f>')
TEXT_AS_TEXT: Final = ('t="e"><f>"#DIV', 't="str"><f>"#DIV')


def saved(*, by_google: bool) -> bytes:
    """The book with errors as texts, with or without the marks of Google's writer."""
    package = edited(book({"Sheet1": CELLS}, {"inp": "Sheet1!$A$1"}), SHEET, ERROR_AS_TEXT, TEXT_AS_TEXT)
    if not by_google:
        return package
    package = edited(package, WORKBOOK, ("<workbook xmlns=", f"<workbook {MARK.decode()} xmlns="))
    package = edited(
        package, "_rels/.rels", (f'<Relationship Id="rId3" Type="{KIND}" Target="{APPLICATION}"/>', "")
    )
    return repacked(package, {APPLICATION: None})


def test_errors_that_were_saved_as_texts_are_errors() -> None:
    """What a formula makes an error is one; a text of the same letters stays a text; ten digits suffice."""
    package = saved(by_google=True)
    content, outcome = recalc_bytes(package, ASKED)
    assert outcome.status == "done", outcome.reason
    values = SavedBook(content).cells(0).values
    found = [values[row << COLUMN_BITS | 2] for row in range(1, 6)]
    assert found[:2] == [7 / 3, pytest.approx(7000, rel=1e-12)]
    assert found[3] == 7
    assert (found[4], type(found[4])) == ("#DIV/0!", str)
    for value in (3, 7):  # the errors that depend on what changes are errors in the file now
        content, outcome = recalc_bytes(content, Request(inputs={"inp": value}))
        assert outcome.status == "done", outcome.reason


def test_the_same_of_another_program_is_not_believed() -> None:
    """Without the marks, a formula whose saved text is no error is a formula that is computed otherwise."""
    outcome = recalc_bytes(saved(by_google=False), ASKED)[1]
    assert outcome.status == "refused"
    assert "Sheet1!B3" in outcome.reason or "Sheet1!B1" in outcome.reason


def test_an_error_is_an_error_in_the_file_once_it_changes() -> None:
    """A new error is written as Excel writes it."""
    package = edited(saved(by_google=True), SHEET, ("<f>A1/A2</f>", "<f>IF(A1&gt;6,NA(),A1/A2)</f>"))
    content, outcome = recalc_bytes(package, ASKED)
    assert outcome.status == "done", outcome.reason
    assert SavedBook(content).cells(0).values[3 << COLUMN_BITS | 2] == CellError("#N/A")
    assert outcome.error_cells == ("Sheet1!B3",)
