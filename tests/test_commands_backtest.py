"""The back-test: the sheet against the function over the same closes, and the command that shows it."""

import io
import itertools
import json
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

from addin.commands.backtest import Backtest, as_json
from udfs.backtest import hedge_backtest
from workbook.errors import BookError
from workbook.layout import PLAN
from workbook.plan.saved import SavedPlan, opened
from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request
from workbook.template import book_bytes
from workbook.xlsx.saved_book import SavedBook

SAME = {  # a result of the function, and the name of the sheet's; money is in units of the first value
    "Unhedged return": "back_return",
    "Hedged return": "back_hedged_return",
    "Unhedged volatility": "back_volatility",
    "Hedged volatility": "back_hedged_volatility",
    "Unhedged drawdown": "back_fall",
    "Hedged drawdown": "back_hedged_fall",
    "Variance reduction": "back_reduction",
    "Dollar offset": "back_offset",
    "Liquidations": "back_liquidations",
}
IN_UNITS = {"Trading cost": "back_fees", "Funding cost": "back_funding", "Capital needed": "back_capital"}


@cache
def package(example: str = "portfolio") -> bytes:
    """A new plan book, calculated."""
    return book_bytes(example)


def changed(**inputs: Any) -> bytes:
    """The portfolio recalculated after a change."""
    done, outcome = recalc_bytes(package(), Request(inputs=inputs))
    assert not outcome.is_problem, outcome.reason
    return done


def number(saved: SavedPlan, name: str) -> Any:
    """A result that must be there."""
    value = saved.value(name)
    assert value is not None
    return value


def by_the_function(saved: SavedPlan, every: int) -> Mapping[str, Any]:
    """HEDGE_BACKTEST over every so many closes of the book's own history, funding added up in between."""
    days: list[Mapping[str, Any]] = [row for row in saved.rows("Prices") if row["date"]]
    paid: dict[Any, Any] = {row["date"]: row["btc"] for row in saved.rows("FundingDays") if row["date"]}
    stops = list(range(len(days) - 1, -1, -every))[:53][::-1]
    rates = [0.0] + [
        sum(paid[day["date"]] for day in days[before + 1 : stop + 1])
        for before, stop in itertools.pairwise(stops)
    ]
    table = hedge_backtest(
        [days[at]["portfolio"] for at in stops],
        [days[at]["btc"] for at in stops],
        rates,
        ratio=number(saved, "plan_ratio"),
        fee_rate=number(saved, "plan_fee_rate"),
        slippage_bps=number(saved, "costs_slippage_bps"),
        leverage=number(saved, "plan_leverage"),
        maintenance_rate=number(saved, "plan_maintenance_rate"),
        periods_per_year=365 / every,
    )
    return {str(label): figure for label, figure in table}


@pytest.mark.parametrize(("every", "ratio"), [(7, 0.5), (1, 1.0), (14, 0.25), (3, 2.0)])
def test_the_sheet_says_what_the_function_says(every: int, ratio: float) -> None:
    """Where no close in between liquidates, the sheet's built-in formulas are HEDGE_BACKTEST."""
    done = changed(back_every=every, plan_ratio=ratio)
    saved = SavedPlan(SavedBook(done))
    wanted = by_the_function(saved, every)
    for label, name in SAME.items():
        assert saved.value(name) == pytest.approx(wanted[label], rel=1e-9, abs=1e-12), label
    for label, name in IN_UNITS.items():
        assert saved.value(name) == pytest.approx(
            wanted[label] * number(saved, "back_value"), rel=1e-9, abs=1e-9
        ), label
    assert saved.value("back_offset_test") == wanted["Offset test"]


def test_a_close_in_between_liquidates() -> None:
    """At 20x the daily closes between two weeks end hedges that the weekly ones would have kept."""
    saved = SavedPlan(SavedBook(changed(plan_leverage=20)))
    assert number(saved, "back_liquidations") > by_the_function(saved, 7)["Liquidations"]


def test_unknown_funding_is_said_and_left_out() -> None:
    """A hedge asset without funding by day has a result before funding, and says so."""
    saved = SavedPlan(SavedBook(changed(plan_instrument="SOL")))
    assert saved.value("back_funding") == 0
    assert saved.value("say_backtest_funding") == (
        "? Funding of 364 of 364 days is not known: it is left out."
    )


def test_a_price_that_is_missing_is_no_price_of_nothing() -> None:
    """A gap in a column that is held ends the back-test; a column that is not held may have gaps."""
    gap = {3: {"eth": None}}
    saved = SavedPlan(SavedBook(recalc_bytes(package(), Request(tables={"Prices": gap}))[0]))
    assert saved.value("back_return") in (None, "")
    with pytest.raises(BookError, match=r"there is no back-test: A day of the price history lacks a price"):
        Backtest("plan.xlsx", saved)
    saved = SavedPlan(SavedBook(recalc_bytes(package("btc"), Request(tables={"Prices": gap}))[0]))
    assert saved.value("back_ready") is True


def test_program_reads_figures_and_steps(tmp_path: Path) -> None:
    """JSON has every figure of the sheet by its name, dates as ISO text, and the steps."""
    book = tmp_path / "plan.xlsx"
    book.write_bytes(package())
    told = json.loads(as_json(book))
    assert told["results"]["back_from"] == "2025-03-16"
    assert {name for name in PLAN.outputs if name.startswith("back_")} <= set(told["results"])
    assert len(told["steps"]) == 53
    with opened(book) as saved:
        assert told["steps"][-1]["hedged"] == pytest.approx(
            number(saved, "back_value") * (1 + told["results"]["back_hedged_return"])
        )


@pytest.mark.parametrize(("encoding", "sign"), [("utf-8", "█"), ("ascii", "#")])
def test_person_sees_words_figures_and_charts(encoding: str, sign: str, tmp_path: Path) -> None:
    """The words come first; both charts have a column for each step, in signs that the terminal has."""
    book = tmp_path / "plan.xlsx"
    book.write_bytes(package())
    ran = subprocess.run(
        [sys.executable, "-m", "addin", "backtest", str(book)],
        capture_output=True,
        check=False,
        cwd=ROOT,
        encoding=encoding,
        env={"PYTHONIOENCODING": encoding, "PYTHONPATH": str(ROOT)},
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    lines = ran.stdout.splitlines()
    assert lines[2] == "The holdings made -12.1%, hedged -0.1%; at worst they fell 52.9%, hedged 34.8%."
    assert lines[4] == "▲ It took more capital than the plan has: 28,379 of 15,000 USDT.".replace(
        "▲", "▲" if encoding == "utf-8" else "?"
    )
    drawn = [line for line in lines if line.endswith(sign) or f"{sign} " in line]
    assert len(drawn) > 12
    for at in range(1, 54):
        assert any(line.ljust(70)[9 + at] != " " for line in lines)


def test_a_new_book_is_read_from_memory() -> None:
    """The two-asset plan of the article has a back-test from the shipped history at once."""
    saved = SavedPlan(SavedBook(io.BytesIO(package("two-asset")).getvalue()))
    assert saved.value("back_ready") is True
    assert number(saved, "back_capital") > 0
