"""Recalculation of one book: what is computed, what may change, what stays to the byte."""

import io

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request


@pytest.fixture
def hedge_book() -> bytes:
    """A small book as a library makes it, without a cached value."""
    book = openpyxl.Workbook()
    plan = book.worksheets[0]
    plan.title = "Plan"
    holdings = book.create_sheet("Holdings")
    for row in (
        ("asset", "quantity", "price", "value"),
        ("BTC", 0.1, 30_000, "=Holdings[[#This Row],[quantity]]*Holdings[[#This Row],[price]]"),
        ("ETH", 1.5, 2_000, "=Holdings[[#This Row],[quantity]]*Holdings[[#This Row],[price]]"),
    ):
        holdings.append(row)
    holdings.add_table(Table(displayName="Holdings", ref="A1:D3"))
    for label, content in (
        ("ratio", 0.4),
        ("notional", "=HEDGE_NOTIONAL(SUM(Holdings[value]),plan_ratio)"),
        ("margin", "=HEDGE_MARGIN(B2,5)"),
        ("words", '=IF(B3>0,"sell","buy")'),
        ("contracts", "=HEDGE_CONTRACTS(B2,30000,,0.001)"),
    ):
        plan.append((label, content))
    book.defined_names["plan_ratio"] = DefinedName("plan_ratio", attr_text="Plan!$B$1")
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def values(package: bytes, sheet: str) -> list[list[object]]:
    """The cached values of a sheet, as openpyxl reads them."""
    book = openpyxl.load_workbook(io.BytesIO(package), data_only=True)
    return [[cell.value for cell in row] for row in book[sheet].iter_rows()]


def test_book_without_cached_values_is_computed_whole(hedge_book: bytes) -> None:
    """A book made by a library gets every value: tables, names and our functions included."""
    written, outcome = recalc_bytes(hedge_book, Request())
    assert (outcome.status, outcome.formulas, outcome.changed) == ("done", 6, 6)
    assert [row[1] for row in values(written, "Plan")] == [0.4, 2400, 480, "sell", 0.08]
    assert [row[3] for row in values(written, "Holdings")] == ["value", 3000, 3000]


def test_running_again_changes_nothing(hedge_book: bytes) -> None:
    """The second run gives the very same bytes."""
    written, _ = recalc_bytes(hedge_book, Request())
    again, outcome = recalc_bytes(written, Request())
    assert outcome.status == "unchanged"
    assert again == written
