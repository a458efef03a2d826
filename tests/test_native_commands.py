"""Every command that reads a plan, over both editions: the same words, figures, findings and dates."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from support.editions import Cells, calculated, differences

from addin.commands.calendar import calendar_of
from addin.commands.check import reports
from addin.commands.show import as_json
from workbook.live.books import PlanBook
from workbook.native.editions import EditionName
from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request

EDITIONS: tuple[EditionName, EditionName] = ("add-in", "native")


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """One plan with open hedges in both editions, under one name."""
    made = [tmp_path_factory.mktemp(edition) / "plan.xlsx" for edition in EDITIONS]
    for path, edition in zip(made, EDITIONS, strict=True):
        path.write_bytes(calculated("portfolio", edition))
    return made


def shown(book: Path) -> dict[str, Any]:
    """What `show --format json` says, but for the path."""
    said: dict[str, Any] = json.loads(as_json(book))
    del said["path"]
    return said


def cells(named: Mapping[str, Any]) -> Cells:
    """Named values as cells to compare: numbers to nine digits."""
    return {("plan", name): value for name, value in named.items()}


def test_show_tells_the_same(books: list[Path]) -> None:
    """Words, warnings and inputs to the letter, results to nine digits."""
    one, other = map(shown, books)
    for part in ("inputs", "warnings", "findings"):
        assert one[part] == other[part], part
    assert differences(cells(one["results"]), cells(other["results"])) == []
    for row, same in zip(one["scenarios"], other["scenarios"], strict=True):
        assert differences(cells(row), cells(same)) == []


def test_check_finds_the_same(books: list[Path]) -> None:
    """The same findings in the same cells, with the same remedies."""
    one, other = ([found.as_dict() for found in report.findings] for report in reports(books, None))
    assert one == other != []


def test_calendar_has_the_same_dates(books: list[Path]) -> None:
    """Reviews, expiries and looks at the funding."""
    one, other = map(calendar_of, books)
    assert one == other
    assert b"BEGIN:VEVENT" in one[0]


def test_recalc_takes_the_same_inputs_and_markets(books: list[Path]) -> None:
    """A new input and a feed change both alike."""
    request = Request(inputs={"plan_ratio": 0.31}, market={"BTC": {"spot": 74_000.0, "mark": 74_010.0}})
    one, other = (recalc_bytes(book.read_bytes(), request)[1] for book in books)
    assert (one.status, other.status) == ("done", "done")
    assert differences(cells(one.outputs), cells(other.outputs)) == []
    assert one.rows["Findings"] == other.rows["Findings"]


def test_market_fetch_asks_for_the_same(books: list[Path]) -> None:
    """Which prices and contracts a live market is asked for."""
    one, other = (PlanBook.read(book.read_bytes()) for book in books)
    assert one == other
