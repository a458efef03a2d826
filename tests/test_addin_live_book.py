"""A plan that is open in Excel: xlwings' own book and converters over a stand-in for COM."""

import shutil
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pandas as pd
import pytest
import xlwings
from support.windows_host import xlwings_udfs

from addin.live_book import NotOpen, live_book
from workbook import new_book, read_plan, write_plan
from workbook.cells import COLUMN_BITS, COLUMN_MASK
from workbook.errors import BookError
from workbook.xlsx.saved_book import SavedBook

AUTOMATIC, MANUAL = -4105, -4135  # xlCalculation


class ComCells:
    """Some cells of a sheet: what is entered is kept, with how Excel stood then."""

    def __init__(self, sheet: "ComSheet", first: tuple[int, int], last: tuple[int, int]) -> None:
        self.Worksheet = sheet
        (self.Row, self.Column), self.last = first, last
        self.Rows, self.Columns = (SimpleNamespace(Count=1 + b - a) for a, b in zip(first, last, strict=True))
        self.Application = sheet.Parent.Application

    def __call__(self, row: int, column: int) -> "ComCells":
        """One of them, counted from the first."""
        return self.Worksheet.Cells(self.Row + row - 1, self.Column + column - 1)

    @property
    def Value(self) -> Any:  # noqa: N802 - COM's own name
        """What they hold, which nobody asks for: a copy is read instead."""
        raise AssertionError("read cell by cell")

    @Value.setter
    def Value(self, rows: Any) -> None:  # noqa: N802 - COM's own name
        excel = self.Application
        assert (excel.Calculation, excel.ScreenUpdating) == (MANUAL, False)
        for down, row in enumerate(rows):
            for right, value in enumerate(row):
                self.Worksheet.entered[self.Row + down, self.Column + right] = value
        assert (self.Row + down, self.Column + right) == self.last


class ComSheet:
    """A worksheet."""

    def __init__(self, book: "ComBook", name: str) -> None:
        self.Parent, self.Name = book, name
        self.entered: dict[tuple[int, int], Any] = {}

    def Cells(self, row: int, column: int) -> ComCells:  # noqa: N802 - COM's own name
        """One cell."""
        return ComCells(self, (row, column), (row, column))

    def Range(self, first: ComCells, last: ComCells) -> ComCells:  # noqa: N802 - COM's own name
        """The cells from one to another."""
        return ComCells(self, (first.Row, first.Column), (last.Row, last.Column))


class ComExcel:
    """The application."""

    Calculation = AUTOMATIC
    ScreenUpdating = True
    Hwnd = 1
    Version = "16.0"


class ComBook:
    """A workbook that is open: its file is what Excel would write as a copy."""

    def __init__(self, path: Path) -> None:
        self.Application = ComExcel()
        self.path, self.Name, self.FullName = path, path.name, str(path)
        self.sheets = {
            sheet.name: ComSheet(self, sheet.name) for sheet in SavedBook(path.read_bytes()).sheets
        }

    def Worksheets(self, name: str) -> ComSheet:  # noqa: N802 - COM's own name
        """A sheet by its name."""
        return self.sheets[name]

    def SaveCopyAs(self, target: str) -> None:  # noqa: N802 - COM's own name
        """Write a copy; the workbook stays what and where it is."""
        shutil.copy(self.path, target)

    @property
    def entered(self) -> dict[tuple[str, int, int], Any]:
        """All that was entered, by sheet, row and column."""
        return {(name, *at): v for name, sheet in self.sheets.items() for at, v in sheet.entered.items()}


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved plan."""
    path = tmp_path_factory.mktemp("plan") / "plan.xlsx"
    new_book(path, "two-asset")
    return path


@pytest.fixture
def open_book(plan: Path) -> ComBook:
    """The plan, open in the stand-in."""
    return ComBook(plan)


def spoken_to(book: ComBook) -> Any:
    """The workbook as xlwings has it on Windows."""
    xlwings_udfs()
    windows = sys.modules["xlwings._xlwindows"]
    return xlwings.Book(impl=windows.Book(xl=book))


def test_an_open_plan_reads_as_a_saved_one(plan: Path, open_book: ComBook) -> None:
    """Inputs, results, advice and every table, under the workbook's own name."""
    saved, read = read_plan(plan), live_book(spoken_to(open_book)).read()
    assert read.path == str(plan)
    pd.testing.assert_series_equal(read.inputs, saved.inputs)
    pd.testing.assert_series_equal(read.results, saved.results)
    pd.testing.assert_frame_equal(read.advice, saved.advice)
    assert read.tables.keys() == saved.tables.keys()
    for name, frame in saved.tables.items():
        pd.testing.assert_frame_equal(read.tables[name], frame)


def constants(path: Path) -> dict[tuple[str, int, int], Any]:
    """Every cell of a saved book that no formula computes."""
    book = SavedBook(path.read_bytes())
    found = {}
    for number, sheet in enumerate(book.sheets):
        cells = book.cells(number)
        for key in cells.values.keys() - cells.formulas.keys():  # noqa: PD011 - no frame
            found[sheet.name, key >> COLUMN_BITS, key & COLUMN_MASK] = cells.values[key]  # noqa: PD011
    return found


def typed(value: Any) -> Any:
    """What a cell holds once a value was typed: the quote before a text is no part of it."""
    return value.removeprefix("'") if isinstance(value, str) else value


def test_what_differs_is_entered(plan: Path, open_book: ComBook, tmp_path: Path) -> None:
    """The cells that `write_plan` changes in a file, and no others; Excel calculates once, at the end."""
    holdings = read_plan(plan).holdings
    holdings["quantity"] *= 1.25
    market = pd.DataFrame({"symbol": ["btc"], "spot": [31_234.5]})
    given: dict[str, Any] = {"inputs": {"plan_ratio": 0.35, "plan_rounding": "down"}, "market": market}
    count = live_book(spoken_to(open_book)).write(holdings=holdings, **given)
    write_plan(plan, holdings=holdings, out=tmp_path / "new.xlsx", **given)
    before, after = constants(plan), constants(tmp_path / "new.xlsx")
    expected = {at: value for at, value in after.items() if value != before.get(at)}
    told = {at: typed(value) for at, value in open_book.entered.items()}
    assert told == expected
    assert count == len(expected) >= 3
    excel = open_book.Application
    assert (excel.Calculation, excel.ScreenUpdating) == (AUTOMATIC, True)


def test_rows_are_entered_as_one_and_a_text_stays_a_text(open_book: ComBook) -> None:
    """A formula in a text is not one, and neither is a date; what is taken away is blank."""
    holdings = pd.DataFrame({"asset": ["BTC", "=1+1", "1-2"], "quantity": [1.0, 2.0, 3.0]})
    live_book(spoken_to(open_book)).write(holdings=holdings)
    texts = [value for value in open_book.entered.values() if isinstance(value, str) and value]
    assert "'=1+1" in texts
    assert "'1-2" in texts
    assert all(text.startswith("'") for text in texts)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"inputs": {"plan_ratio": "much"}}, "plan_ratio"),
        ({"inputs": {"plan_nothing": 1}}, "plan_nothing"),
        ({"holdings": pd.DataFrame({"colour": [1]})}, "colour"),
        ({"inputs": {"plan_ratio": 0.3}, "nothing": pd.DataFrame()}, "nothing"),
    ],
)
def test_nothing_is_entered_unless_all_of_it_fits(open_book: ComBook, given: Any, said: str) -> None:
    """A wrong name, column or value is refused by name, as `write_plan` refuses it."""
    with pytest.raises(BookError, match=said):
        live_book(spoken_to(open_book)).write(**given)
    assert not open_book.entered


def test_without_a_change_nothing_is_entered(plan: Path, open_book: ComBook) -> None:
    """What the plan holds already."""
    assert live_book(spoken_to(open_book)).write(holdings=read_plan(plan).holdings) == 0
    assert not open_book.entered


def test_a_workbook_that_is_no_plan_is_refused(tmp_path: Path) -> None:
    """By its own name, not that of the copy."""
    other = tmp_path / "other.xlsx"
    openpyxl.Workbook().save(other)
    with pytest.raises(BookError, match=r"other\.xlsx: is no plan"):
        live_book(spoken_to(ComBook(other))).read()


def test_an_excel_that_writes_no_copy_is_refused(open_book: ComBook) -> None:
    """Excel on the Mac can't be asked so."""
    del open_book.path
    with pytest.raises(NotOpen, match="only Excel on Windows"):
        live_book(spoken_to(open_book)).read()
