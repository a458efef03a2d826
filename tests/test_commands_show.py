"""The plan in the terminal: its words, its figures, its bars; and as JSON."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from rich.console import Console
from support.plan_books import cell, edited, example, put, recalculated, row_cell, written

from addin.commands.show import Bars, PlanView, as_json, cell_text
from workbook.layout import PLAN
from workbook.plan.saved import opened


def run(*words: object, encoding: str = "utf-8") -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own, its output in a pipe."""
    return subprocess.run(
        [sys.executable, "-m", "addin", *map(str, words)],
        capture_output=True,
        check=False,
        cwd=ROOT,
        encoding=encoding,
        env={"PYTHONIOENCODING": encoding, "PYTHONPATH": str(ROOT), "COLUMNS": "300"},
    )


def test_plan_is_shown_with_bars(tmp_path: Path) -> None:
    """Words first, then every result with its unit, and what compares on one scale."""
    shown_plan = run("show", written(tmp_path, example()))
    assert (shown_plan.returncode, shown_plan.stderr) == (0, "")
    lines = [" ".join(line.split()) for line in shown_plan.stdout.splitlines()]
    assert "Sell 0.080 BTC at 30,006.0 or better" in lines
    assert "No check fails · no warning · ? 3 unknown" in lines
    assert any(line.startswith("? unknown: Minimum order: 823 days old, ask Binance") for line in lines)
    titles = [line for line in lines if line in {sheet.name for sheet in PLAN.sheets}]
    assert titles == ["Plan", "Holdings", "Costs", "Scenarios", "Backtest", "Journal", "Checks", "Workings"]
    assert f"Value to hedge 6,000.00 USDT {'█' * 24}" in lines
    assert f"Wanted hedge 2,400.00 USDT {'█' * 10}" in lines
    assert f"-10.0% -600.00 -360.00 {'█' * 3}{'░' * 2}" in lines


def test_poor_terminal_gets_plain_signs(tmp_path: Path) -> None:
    """Where the output has no blocks, bars are made of signs that every terminal has."""
    shown_plan = run("show", written(tmp_path, example()), encoding="ascii")
    assert (shown_plan.returncode, shown_plan.stderr) == (0, "")
    assert "#" * 24 in shown_plan.stdout


def test_json_holds_every_result(tmp_path: Path) -> None:
    """A program reads the layout's outputs by name, as the cells hold them."""
    plan = json.loads(as_json(written(tmp_path, example())))
    assert set(plan["results"]) == set(PLAN.outputs)
    assert set(plan["inputs"]) == set(PLAN.inputs)
    assert (plan["results"]["plan_margin"], plan["results"]["plan_contracts"]) == (480, 0.08)
    assert plan["inputs"]["plan_as_of"] == "2026-01-01"
    assert plan["results"]["plan_stop_price"] is None
    assert {row["move"]: row["hedged"] for row in plan["scenarios"]}[-0.1] == -360


def test_warnings_are_shown_in_words(tmp_path: Path) -> None:
    """What the plan warns of stands below its words."""
    book = recalculated(edited(put(cell("plan_leverage"), 20)))
    warnings = json.loads(as_json(written(tmp_path, book)))["warnings"]
    assert any("20x is above 10x" in warning for warning in warnings)


def test_failing_check_is_pointed_out(tmp_path: Path) -> None:
    """A plan whose checks fail says so and names the command that explains it."""
    book = recalculated(edited(put(cell("plan_leverage"), 500)))
    assert "microhedge check" in run("show", written(tmp_path, book)).stdout


def test_book_without_results_is_refused(tmp_path: Path) -> None:
    """A plan that was never calculated has nothing to show; the sentence says what to do."""
    refused = run("show", written(tmp_path, edited(lambda _: None)))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "has never been calculated" in refused.stderr
    assert "recalc" in refused.stderr


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("plan_ratio", 0.4, "40.0%"),
        ("plan_leverage", 5.0, "5x"),
        ("plan_leverage", 2.5, "2.5x"),
        ("plan_margin", 1234.5, "1,234.50"),
        ("plan_contracts", 0.08, "0.08"),
        ("plan_average_entry", 72_829.9, "72,829.90"),
        ("plan_average_entry", 2.50125, "2.5013"),
        ("plan_average_entry", 0.0000123, "0.0000123"),
        ("plan_as_of", 46023.0, "2026-01-01"),
        ("plan_as_of", 46023.5, "2026-01-01 12:00"),
        ("plan_side", "short", "short"),
    ],
)
def test_value_is_shown_as_its_cell_shows_it(name: str, value: float | str, text: str) -> None:
    """The number formats of the layout hold in the terminal too."""
    assert cell_text(PLAN.fields[name], value) == text


def test_figures_are_whole_on_a_narrow_terminal(tmp_path: Path) -> None:
    """Where there is little room labels wrap; no figure and no bar is cut short."""
    page = io.StringIO()
    with opened(written(tmp_path, example())) as saved:
        PlanView("plan.xlsx", saved).draw(Console(file=page, width=64, highlight=False))
    assert "35,820.90" in page.getvalue()
    assert "█" * 24 in page.getvalue()
    assert "…" not in page.getvalue()


def test_bars_have_one_scale() -> None:
    """A bar is as long as its value, and never longer than the scale."""
    bars = Bars("#", "-")
    assert (len(bars.of(1.0, 2.0)), len(bars.of(9.0, 2.0)), bars.of(1.0, 0.0)) == (12, 24, "")
    assert bars.two(-1.0, -2.0, 2.0) == "#" * 12 + "-" * 12


@pytest.mark.parametrize("command", ["check", "show", "calendar"])
def test_book_does_not_steer_the_terminal(tmp_path: Path, command: str) -> None:
    """A sign that steers a terminal is written out, wherever the book put it."""

    def paint(book: Any) -> None:
        put(cell("plan_venue"), "\x9b31mBinance")(book)
        put(cell("say_order"), "\x9b31mBinance")(book)
        put(row_cell("Journal", "venue"), "\x9b31mBinance")(book)

    book = recalculated(edited(paint, example("portfolio")))
    ran = run(command, written(tmp_path, book))
    assert "\\x9b31mBinance" in ran.stdout
    assert "\x9b" not in ran.stdout + ran.stderr


def test_findings_for_programs(tmp_path: Path) -> None:
    """`check --format json` gives a list of books with their findings, and the same exit code."""
    good = written(tmp_path, example(), "good.xlsx")
    bad = written(tmp_path, edited(put(cell("plan_ratio"), 40)), "bad.xlsx")
    ran = run("check", good, bad, tmp_path / "none.xlsx", "--format", "json", "--as-of", "2026-01-01")
    assert ran.returncode == 1
    first, second, third = json.loads(ran.stdout)
    assert (first["sound"], second["sound"], third["sound"]) == (True, False, False)
    assert first["refused"] is second["refused"] is None
    assert "none.xlsx" in third["refused"]
    assert "none.xlsx" in ran.stderr
    ratio = next(f for f in second["findings"] if "got 40" in f["fault"])
    assert ratio["kind"] == "input-percent"
    assert set(ratio) == {"kind", "severity", "sheet", "cell", "fault", "mend"}
    assert (ratio["severity"], ratio["sheet"], ratio["cell"]) == ("error", *cell("plan_ratio"))


def test_findings_for_people(tmp_path: Path) -> None:
    """`check` says of each book whether it is sound; notes alone leave it so, and the exit code 0."""
    sound = run("check", written(tmp_path, example("btc")))
    assert sound.returncode == 0
    assert "plan.xlsx: sound, " in sound.stdout
    assert "the plan warns: The leverage is high" in sound.stdout
    broken = run("check", written(tmp_path, edited(put(cell("plan_ratio"), 40))))
    assert broken.returncode == 1
    assert "plan.xlsx: not sound, 1 error" in broken.stdout
    assert "type 40% or 0.4" in broken.stdout


@pytest.mark.parametrize("command", ["show", "check"])
@pytest.mark.parametrize("given", ["plan.xlsx", "."])
def test_tables_beside_a_book_are_said(tmp_path: Path, command: str, given: str) -> None:
    """By the book's name, also where a folder was given: what lies there changes no number."""
    book = written(tmp_path, example()).rename(tmp_path / "plan.xlsx")
    (tmp_path / "venues.csv").write_text("venue,symbol\n")
    told = run(command, tmp_path / given).stderr
    assert told == f"microhedge: {book}: venues.csv beside it not used\n"
