"""INDIRECT of a name or a table that the formula itself spells follows what it names; all else is refused."""

from typing import Any

import pytest
from support.books import F, book, cached

from workbook.recalc.recalc import recalc_bytes
from workbook.request import Outcome, Request

NAMES = {
    "price": "Sheet1!$Z$1",
    "two": "Sheet1!$B$2:$B$3",
    "half": "=0.5",
    "above": "Sheet1!Z1",
    "there": "Sheet1!$B$3",
    "Sheet2!there": "Sheet2!$A$2",
}


def recalculated(formula: str, saved: Any, sheet: str = "Sheet1") -> tuple[Any, Outcome]:
    """The value of a formula in D9 after the price went from 1 to 2."""
    cells: dict[str, Any] = {"Z1": 1, "A1": "Item", "B1": "Paid", "A2": 1, "A3": 2, "B3": 5, "E1": "price"}
    sheets: dict[str, dict[str, Any]] = {"Sheet1": {**cells, "B2": F("=Z1*2", 2)}, "Sheet2": {"A2": 4}}
    sheets[sheet]["D9"] = F(formula, saved)

    def with_table(writer: Any) -> None:
        columns = [{"header": "Item"}, {"header": "Paid"}]
        writer.worksheets()[0].add_table("A1:B3", {"name": "T", "columns": columns})

    written, outcome = recalc_bytes(book(sheets, NAMES, with_table), Request(inputs={"price": 2.0}))
    return cached(written, sheet, "D9")[0], outcome


@pytest.mark.parametrize(
    ("formula", "saved", "excel"),
    [
        ('=INDIRECT("price")*2', 2, 4),
        ('=SUM(INDIRECT("two"))', 7, 9),
        ('=SUM(INDIRECT("T"))', 10, 12),
        ('=SUM(INDIRECT("T[Paid]"))', 7, 9),
        ('=ROWS(INDIRECT("T[#All]"))*price', 3, 6),
        ('=VLOOKUP(price,INDIRECT("T"),2,FALSE)', 2, 5),
        ('=SUM(INDIRECT("PRICE"),INDIRECT("price"))', 2, 4),
        ('=INDIRECT("there")*price', 5, 10),
    ],
)
def test_what_is_named_is_followed(formula: str, saved: float, excel: float) -> None:
    """In any case of letters, and by the names of the formula's own sheet."""
    value, outcome = recalculated(formula, saved)
    assert outcome.status == "done", outcome.reason
    assert value == excel


def test_a_name_of_the_sheet_comes_first() -> None:
    """As where the name stands by itself."""
    value, outcome = recalculated('=INDIRECT("there")*price', 4, "Sheet2")
    assert outcome.status == "done", outcome.reason
    assert value == 8


@pytest.mark.parametrize(
    ("formula", "saved"),
    [
        ("=INDIRECT(E1)*2", 2),
        ('=INDIRECT("pri"&"ce")*2', 2),
        ('=IFERROR(INDIRECT("half"),price)', 1),
        ('=SUM(INDIRECT("above"))*price', 1),
        ('=IFERROR(INDIRECT("T[@Paid]"),price)', 1),
    ],
)
def test_what_shows_only_in_excel_is_refused(formula: str, saved: float) -> None:
    """Texts put together, names that are no range or move with the cell, rows of a table."""
    value, outcome = recalculated(formula, saved)
    assert (value, outcome.status) == (saved, "refused")
    assert "D9" in outcome.reason
