"""The command: exit codes, what goes where, and one sentence for each thing refused."""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from workbook import new_book

ROOT = Path(__file__).parents[1]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80"}


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan book."""
    path = tmp_path_factory.mktemp("plan") / "plan.xlsx"
    new_book(path)
    return path


@pytest.fixture
def desk(tmp_path: Path, plan: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with two plan books, a text that is none, an empty folder and a market file."""
    (tmp_path / "books").mkdir()
    (tmp_path / "empty").mkdir()
    for name in ("a.xlsx", "b.xlsx"):
        shutil.copy(plan, tmp_path / "books" / name)
    (tmp_path / "text.xlsx").write_text("no book")
    (tmp_path / "market.csv").write_text("symbol,spot,mark\nBTC,40000,40000\nETH,2000,2000\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def recalc(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    command = [sys.executable, "-m", "addin", "recalc", *words]
    return subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=500, check=False)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("books", 2, "say where the results go: --out DIR, or --in-place"),
        ("books --out o --in-place", 2, "say where the results go: --out DIR, or --in-place"),
        ("books --out books", 2, "books: the output would lie in a folder that is read"),
        ("books --out text.xlsx", 2, "text.xlsx: is a file, and the output must be a folder"),
        ("books --out o --report run.doc", 2, "run.doc: a report ends in .csv, .jsonl, .ndjson, "),
        ("books --out o --report market.csv --market market.csv", 2, "market.csv: is the market file"),
        ("books --out o --report ./market.csv --market market.csv", 2, "./market.csv: is the market file"),
        ("books --out o --set plan_ratio", 2, "--set takes NAME=VALUE, as in plan_ratio=0.5, got "),
        ("books --out o --set a=1e400", 2, "--set a: 1e400 is no number that a cell can hold"),
        ("books --out o --set a=1 --set a=2", 2, "--set gives a twice"),
        ("books --out o --as-of soon", 2, "--as-of takes a date or time like 2026-01-31T16:00, got 'soon'"),
        ("books --out o --as-of 1800-01-01", 2, "--as-of: a book knows no day before 1900, got '1800-01-01'"),
        ("books --out o --jobs 0", 2, "Invalid value for '--jobs' / '-j': "),
        ("books --out o --market none.csv", 3, "none.csv: there is no such file or folder"),
        ("none.xlsx --out o", 3, "none.xlsx refused: there is no such file or folder"),
        ("empty --out o", 1, "empty refused: holds no book (.xlsx, .xlsm, .xltx, .xltm)"),
        ("text.xlsx --out o", 1, "text.xlsx refused: "),
        ("books/a.xlsx --out o --set no=1", 2, "--set no: the book has no such name"),
        ("books/a.xlsx --out o --set plan_ratio=abc", 1, "books/a.xlsx refused: plan_ratio: must be a "),
    ],
)
def test_refusal_is_a_sentence_and_loses_nothing(desk: Path, words: str, code: int, said: str) -> None:
    """Each wrong word or book: its exit code, one line on standard error, no book written or changed."""
    before = {path: path.read_bytes() for path in desk.rglob("*") if path.is_file()}
    run = recalc(*words.split())
    assert run.returncode == code, run.stderr
    assert run.stderr.startswith(f"microhedge: {said}")
    assert run.stderr.count("\n") == 1
    assert "Traceback" not in run.stderr
    counted = "" if code == 2 or "none.csv" in words else "1 book: 0 done, 0 unchanged, 1 refused, 0 failed\n"
    assert run.stdout == counted
    after = {path: path.read_bytes() for path in desk.rglob("*") if path.is_file()}
    assert {path for path in after.keys() - before.keys() if ".microhedge" not in path.parts} == set()
    assert before.items() <= after.items()


def test_market_and_inputs_reach_the_report(desk: Path) -> None:
    """One run with a market file, an input and a time gives the plan's figures, row by row, as data."""
    words = "books --out o --market market.csv --set plan_ratio=0.5 --as-of 2026-01-31T16:00+01:00"
    run = recalc(*words.split(), "--report", "-")
    assert (run.returncode, run.stderr) == (0, "2 books: 2 done, 0 unchanged, 0 refused, 0 failed\n")
    rows = [json.loads(line) for line in run.stdout.splitlines()]
    assert sorted(row["path"] for row in rows) == ["books/a.xlsx", "books/b.xlsx"]
    for row in rows:
        assert row["outputs"]["plan_exposure"] == pytest.approx(0.1 * 40_000 + 1.5 * 2_000)
        assert row["outputs"]["plan_wanted_notional"] == pytest.approx(3_500)
    again = recalc(*words.split(), "--report", "run.csv")
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout == "2 books: 0 done, 2 unchanged, 0 refused, 0 failed\n"
    table = list(csv.DictReader((desk / "run.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [float(row["plan_wanted_notional"]) for row in table] == [pytest.approx(3_500)] * 2


def test_one_bad_book_stops_no_other(desk: Path) -> None:
    """The run goes on, tells what it refused, and says so in its exit code."""
    run = recalc("text.xlsx", "none", "books", "--out", "o")
    assert run.returncode == 1
    assert run.stdout.startswith("4 books: 2 done") or run.stdout.startswith("4 books: 0 done, 2 unchanged")
    assert run.stderr.count("\n") == 2
    assert {path.name for path in (desk / "o").glob("*.xlsx")} == {"a.xlsx", "b.xlsx"}


def test_hostile_name_does_not_steer_the_terminal(desk: Path) -> None:
    """Control characters of a file name are spelled out."""
    shutil.copy(desk / "text.xlsx", desk / "books" / "\x1b[2J\nx.xlsx")
    run = recalc("books", "--out", "o")
    assert "\x1b" not in run.stderr
    assert "books/\\x1b[2J\\nx.xlsx refused" in run.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals in Python")
def test_progress_is_shown_on_a_terminal_alone(desk: Path) -> None:
    """A bar while it runs, on standard error; none in a pipe, as every test above holds."""
    import pty  # noqa: PLC0415 - Windows lacks it

    master, slave = pty.openpty()
    command = [sys.executable, "-m", "addin", "recalc", "books", "text.xlsx", "--out", "o"]
    environment = {**ENVIRONMENT, "TERM": "xterm"}
    run = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=slave, cwd=desk)
    os.close(slave)
    seen = b""
    while True:
        try:
            part = os.read(master, 4_096)
        except OSError:  # how Linux says that the other end is closed
            break
        if not part:
            break
        seen += part
    shown, _ = run.communicate(timeout=500)
    os.close(master)
    assert b"recalculating" in seen
    assert b"3/3" in seen
    assert b"text.xlsx refused" in seen
    assert b"recalculating" not in shown


def test_colours_that_are_asked_for_make_no_bar_in_a_pipe(desk: Path) -> None:
    """Where FORCE_COLOR is set, as by many a machine that runs jobs, a log still holds sentences alone."""
    command = [sys.executable, "-m", "addin", "recalc", "books", "text.xlsx", "--out", "o"]
    run = subprocess.run(
        command,
        env={**ENVIRONMENT, "FORCE_COLOR": "1"},
        cwd=desk,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert run.stdout.startswith("3 books: ")
    assert run.stderr.startswith("microhedge: text.xlsx refused: ")
    assert run.stderr.count("\n") == 1


def test_slow_book_is_stopped_at_its_time(desk: Path) -> None:
    """A real book that keeps the real engine busy for longer than it may is stopped; nothing is written."""
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    for row in range(1, 20_001):
        sheet[f"A{row}"] = row % 7
        sheet[f"C{row}"] = f"=SUMPRODUCT(($A$1:$A$20000>A{row})*($A$1:$A$20000<5))"
    made.save(desk / "slow.xlsx")
    run = recalc("slow.xlsx", "--out", "o", "--jobs", "1", "--timeout", "5")
    assert run.stdout == "1 book: 0 done, 0 unchanged, 0 refused, 1 failed\n"
    assert run.stderr == "microhedge: slow.xlsx failed: took longer than 5 seconds and was stopped\n"
    assert not (desk / "o" / "slow.xlsx").exists()
