"""The template: a new book is whole, the same on any day, and says what the article says."""

import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from support.plan_books import edited, put, recalculated, row_cell

from workbook import new_book
from workbook.errors import BookError
from workbook.layout import PLAN
from workbook.template import book_bytes

ROOT = Path(__file__).parents[1]
EXAMPLES = ("two-asset", "btc", "portfolio", "blank")


@cache
def said(example: str) -> Mapping[str, object]:
    """What the named cells of an example's book hold, read by a library that did not write the values."""
    book = openpyxl.load_workbook(io.BytesIO(book_bytes(example)), data_only=True)
    places = {name: PLAN.names[name] for name in PLAN.fields}
    return {name: book[at.sheet].cell(at.row, at.column).value for name, at in places.items()}


@pytest.mark.parametrize(
    ("example", "name", "expected"),
    [
        ("two-asset", "plan_exposure", 6_000),
        ("two-asset", "plan_wanted_notional", 2_400),
        ("two-asset", "plan_feasible_notional", 2_400),
        ("two-asset", "plan_contracts", 0.08),
        ("two-asset", "plan_quantity", 0.08),
        ("two-asset", "plan_coverage", 0.4),
        ("two-asset", "plan_margin", 480),
        ("two-asset", "plan_cushion", 520),
        ("two-asset", "plan_liquidation_price", 30_000 * 1.2 / 1.005),
        ("two-asset", "plan_liquidation_move", 1.2 / 1.005 - 1),
        ("two-asset", "plan_limit_price", 30_006),
        ("two-asset", "plan_cost", -1.68),
        ("btc", "plan_exposure", 15_000),
        ("btc", "plan_wanted_notional", 7_500),
        ("btc", "plan_quantity", 0.25),
        ("btc", "plan_margin", 750),
        ("btc", "plan_cushion", 250),
    ],
)
def test_the_articles_figures_come_out(example: str, name: str, expected: float) -> None:
    """Every figure of the article's two examples stands in its book."""
    assert said(example)[name] == pytest.approx(expected, rel=1e-12)


def test_the_plan_speaks() -> None:
    """The Plan sheet says in plain sentences what to do."""
    words = said("two-asset")
    assert words["say_order"] == "Sell 0.080 BTC at 30,006.0 or better"
    assert words["say_position"] == (
        "BTC perpetual on Binance, 5x isolated. "
        "It opens the hedge and brings the coverage from 0.0% to 40.0%."
    )


def test_the_plan_says_what_is_not_hedged() -> None:
    """Money that one counts in is no exposure, and is named."""

    def richer(book: Any) -> None:
        put(row_cell("Holdings", "asset", 3), "USDT")(book)
        put(row_cell("Holdings", "quantity", 3), 10_000)(book)

    package = io.BytesIO(recalculated(edited(richer)))
    place = PLAN.names["say_position"]
    words = openpyxl.load_workbook(package, data_only=True)[place.sheet].cell(place.row, place.column).value
    assert str(words).endswith("Not hedged: 10,000.00 USDT, by the Holdings sheet.")


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_formula_has_a_value(example: str) -> None:
    """No formula cell is empty or an error, and every check passes."""
    package = io.BytesIO(book_bytes(example))
    formulas, values = openpyxl.load_workbook(package), openpyxl.load_workbook(package, data_only=True)
    seen = 0
    for sheet in formulas.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    value = values[sheet.title][cell.coordinate].value
                    assert not str(value).startswith("#"), (sheet.title, cell.coordinate, value)
                    seen += 1
    assert seen > 700
    assert said(example)["checks_ok"] is True
    assert said(example)["plan_ready"] is (example != "blank")


SAME = "import sys; from workbook.template import book_bytes; sys.stdout.buffer.write(book_bytes())"


@pytest.mark.parametrize(
    "surroundings",
    [
        {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1"},
        {"TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "2", "COLUMNS": "40"},
    ],
)
def test_the_same_inputs_give_the_same_bytes(surroundings: Mapping[str, str]) -> None:
    """A new book is byte-identical in any time zone, locale and hash order, and in the next second."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **surroundings}
    written = subprocess.check_output([sys.executable, "-c", SAME], env=environment, cwd=ROOT)
    assert written == book_bytes()
    times = {entry.date_time for entry in zipfile.ZipFile(io.BytesIO(written)).infolist()}
    assert times == {(1980, 1, 1, 0, 0, 0)}


def test_a_book_is_never_written_over_unasked(tmp_path: Path) -> None:
    """An existing file is refused and untouched unless forced; what is no .xlsx or has no folder too."""
    target = tmp_path / "plan.xlsx"
    target.write_text("mine")
    with pytest.raises(BookError, match="exists already"):
        new_book(target)
    assert target.read_text() == "mine"
    new_book(target, "btc", force=True)
    assert target.read_bytes() == book_bytes("btc")
    for wrong in (tmp_path / "plan.xls", tmp_path / "none" / "plan.xlsx", tmp_path):
        with pytest.raises(BookError):
            new_book(wrong, force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["plan.xlsx"]


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["new", "plan.xlsx", "--venue", "bybit"], 0, ""),
        (["new", "plan.xlsx", "--venue", "Nowhere"], 1, "venue: must be one of Binance"),
        (["new", "plan.txt"], 1, "a new book is an .xlsx file"),
        (["new", "plan.xlsx", "--example", "three"], 2, "'--example'"),
        (["new"], 2, "BOOK"),
    ],
)
def test_the_command_says_what_it_did(arguments: list[str], code: int, sentence: str, tmp_path: Path) -> None:
    """`new` prints the book on standard output, or one sentence on standard error."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "addin", *arguments]
    run = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (code, "" if code else "plan.xlsx\n")
    assert sentence in run.stderr
    assert len(run.stderr.splitlines()) == bool(code)
    if not code:
        book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
        at = PLAN.names["plan_venue"]
        assert book[at.sheet].cell(at.row, at.column).value == "Bybit"


def test_excel_need_not_calculate_on_opening() -> None:
    """Excel calculates a book anew that an older engine calculated: 191029 is that of Excel 2019 to 365."""
    with zipfile.ZipFile(io.BytesIO(book_bytes())) as package:
        settings = re.search(rb"<calcPr[^>]*>", package.read("xl/workbook.xml"))
    assert settings is not None
    assert b'calcId="191029"' in settings[0]
    assert b'fullCalcOnLoad="1"' not in settings[0]
