"""A market and a book: one feed serves every book, and what a book lacks is said."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from support.books import F, book

from workbook import new_book
from workbook.errors import BookError
from workbook.recalc.feed import by_identity
from workbook.recalc.recalc import recalc_book, recalc_bytes
from workbook.request import Outcome, Request

FEED: dict[str, dict[str, Any]] = {
    "XBT": {"spot": 91_240.0, "mark": 91_260.0},
    "ETH": {"spot": 3_012.0, "mark": 3_013.0},
    "DOGE": {"spot": 0.2, "mark": 0.2},
    "SOL": {"spot": 142.0, "mark": 142.0},
}


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example books."""
    root = tmp_path_factory.mktemp("plans")
    for example in ("btc", "two-asset", "portfolio", "blank"):
        new_book(root / f"{example}.xlsx", example)
    return root


def fed(plans: Path, tmp_path: Path, example: str, **options: Any) -> tuple[Outcome, dict[str, Any]]:
    """The outcome of a book with the feed, and the spot prices of its Market sheet."""
    target = tmp_path / "book.xlsx"
    outcome = recalc_book(plans / f"{example}.xlsx", target, Request(**{"market": FEED, **options}))
    sheet = openpyxl.load_workbook(target, data_only=True)["Market"]
    found = next(iter(sheet.tables.values())).ref if sheet.tables else ""
    rows = list(sheet[found].__iter__()) if found else []
    heads = [str(cell.value) for cell in rows[0]]
    symbol, spot = heads.index("Symbol"), heads.index("Spot")
    return outcome, {row[symbol].value: row[spot].value for row in rows[1:] if row[symbol].value}


@pytest.mark.parametrize(
    ("example", "unpriced"), [("btc", ()), ("two-asset", ()), ("portfolio", ("ADA", "BNB")), ("blank", ())]
)
def test_one_feed_serves_every_book(
    plans: Path, tmp_path: Path, example: str, unpriced: tuple[str, ...]
) -> None:
    """What a book does not list is ignored, XBT is BTC, and what it uses and the feed lacks is named."""
    outcome, spots = fed(plans, tmp_path, example)
    assert not outcome.is_problem, outcome.reason
    assert outcome.unpriced == unpriced
    assert ("has no price of ADA, BNB, which the book uses" in outcome.reason) == bool(unpriced)
    assert "DOGE" not in spots
    if "BTC" in spots:
        assert spots["BTC"] == 91_240


def test_symbols_are_added_into_free_rows(plans: Path, tmp_path: Path) -> None:
    """With `add_symbols` the rest of the feed fills the free rows, under the feed's own names."""
    outcome, spots = fed(plans, tmp_path, "two-asset", add_symbols=True)
    assert not outcome.is_problem, outcome.reason
    assert spots["DOGE"] == 0.2
    many = {f"C{number}": {"spot": 1.0} for number in range(40)}
    outcome, spots = fed(plans, tmp_path, "two-asset", add_symbols=True, market={**FEED, **many})
    assert len(spots) == 20
    assert "its Market table has no free row for" in outcome.reason


def test_one_asset_has_one_row() -> None:
    """Two spellings of one asset in a feed: which price holds is not known, so neither is taken."""
    assert by_identity({"btc": {}, "1000PEPE": {}}) == {"BTC": "btc", "1000PEPE": "1000PEPE"}
    with pytest.raises(BookError, match="the market has BTC and XBT, which are one asset"):
        by_identity({"BTC": {"spot": 1.0}, "XBT": {"spot": 2.0}})


def test_another_book_uses_what_its_table_lists() -> None:
    """A book that is no plan, with a Market table: every symbol that it lists is used."""

    def add_table(writer: Any) -> None:
        data = [["BTC", 30_000], ["ETH", 2_000]]
        columns = [{"header": "Symbol"}, {"header": "Spot"}]
        writer.worksheets()[0].add_table("C1:D3", {"name": "Market", "data": data, "columns": columns})

    package = book({"Sheet1": {"A1": F("=D2+D3", 32_000)}}, decorate=add_table)
    _, outcome = recalc_bytes(package, Request(market={"ETH": {"spot": 3_000.0}}))
    assert (outcome.status, outcome.changed, outcome.unpriced) == ("done", 2, ("BTC",))


def test_a_price_that_jumped_is_unknown_until_confirmed(plans: Path, tmp_path: Path) -> None:
    """Three times the price is no order: not at once, not when the feed repeats it, but once confirmed."""

    def state(source: Path, target: str, price: float, **more: float) -> tuple[Path, Any]:
        row = dict.fromkeys(("spot", "mark", "index", "future"), price) | more
        outcome = recalc_book(source, tmp_path / target, Request(market={"BTC": row}))
        assert not outcome.is_problem, outcome.reason
        return tmp_path / target, outcome.outputs["plan_state"]

    first = openpyxl.load_workbook(plans / "btc.xlsx", data_only=True)["Market"]
    spot = next(row[2].value for row in first.iter_rows() if row[1].value == "BTC")
    assert isinstance(spot, (int, float))
    calm, ready = state(plans / "btc.xlsx", "calm.xlsx", 1.03 * spot)
    jumped, at_once = state(calm, "jumped.xlsx", 3 * spot)
    again, repeated = state(jumped, "again.xlsx", 3.01 * spot)
    assert (at_once, repeated) == ("incomplete", "incomplete")
    assert state(again, "sure.xlsx", 3.01 * spot, before=3.01 * spot)[1] == ready != "incomplete"
