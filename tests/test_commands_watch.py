"""`microhedge watch`: what a scheduler sees of a folder whose books and prices change."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from addin.commands.watch import seconds_of
from addin.shell.options import UsageError
from workbook import new_book

ROOT = Path(__file__).parents[1]


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """A folder with one plan and a book that is torn, and a market."""
    (tmp_path / "books").mkdir()
    new_book(tmp_path / "books" / "plan.xlsx", "btc")
    (tmp_path / "books" / "torn.xlsx").write_text("no book")
    (tmp_path / "market.csv").write_text("symbol,spot,mark\nBTC,30000,30000\n")
    return tmp_path


def watch(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """One look, by the real command."""
    command = [sys.executable, "-m", "addin", "watch", "books", "--once", "--market", "market.csv", *words]
    return subprocess.run(
        command,
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=250,
    )


def test_each_change_is_told_once_and_no_book_is_written(books: Path) -> None:
    """A line per event, an alert file, nothing the second time, an end when the trouble is over."""
    before = {path.name: path.read_bytes() for path in (books / "books").glob("*.xlsx")}
    first = watch(books, "--alert", "alerts.jsonl")
    assert first.returncode == 0, first.stderr
    assert "books/torn.xlsx: refused begins: The file is no workbook package" in first.stdout
    events = [json.loads(line) for line in (books / "alerts.jsonl").read_text().splitlines()]
    assert len(events) == len(first.stdout.splitlines())
    assert {event["change"] for event in events} == {"begins"}
    assert watch(books).stdout == ""
    (books / "books" / "torn.xlsx").write_bytes(before["plan.xlsx"])
    ended = [json.loads(line) for line in watch(books, "--format", "json").stdout.splitlines()]
    assert ("books/torn.xlsx", "refused", "ends") in [(e["book"], e["state"], e["change"]) for e in ended]
    assert (books / "books" / "plan.xlsx").read_bytes() == before["plan.xlsx"]
    assert {path.name for path in (books / "books").iterdir()} == {"plan.xlsx", "torn.xlsx", ".microhedge"}


def test_a_command_is_told_by_its_standard_input(books: Path) -> None:
    """No word of a book reaches a shell: the event is JSON on the command's standard input."""
    hostile = books / "books" / "$(touch owned); x.xlsx"
    hostile.write_text("no book")
    script = books / "told.py"
    script.write_text("import sys; open('told.txt', 'a').write(sys.stdin.read() + chr(10))")
    run = watch(books, "--alert", f"{sys.executable} {script}")
    assert run.returncode == 0, run.stderr
    told = [json.loads(line) for line in (books / "told.txt").read_text().splitlines()]
    assert [event["book"] for event in told].count("books/$(touch owned); x.xlsx") == 1
    assert not (books / "owned").exists()


def test_a_command_that_fails_is_said(books: Path) -> None:
    """The look is done all the same, its exit code says so, and the next look tells it."""
    run = watch(books, "--alert", "/no/such/program")
    assert run.returncode == 1
    assert run.stderr.count("--alert /no/such/program: No such file or directory") == 1
    assert sorted(watch(books).stdout.splitlines()) == sorted(run.stdout.splitlines()) != []
    assert watch(books).stdout == ""


def test_a_state_that_cannot_be_read_is_refused(books: Path) -> None:
    """It is not taken for a first look, which would tell everything anew and hide what ended."""
    watch(books)
    (books / "books" / ".microhedge" / "watch.json").write_text("{")
    run = watch(books)
    assert run.returncode == 1
    assert "watch.json: can't be read: delete it" in run.stderr


@pytest.mark.parametrize(
    ("span", "seconds"), [("15m", 900), ("90s", 90), ("1h", 3600), ("0.5h", 1800), ("5", 300)]
)
def test_spans(span: str, seconds: float) -> None:
    """Seconds, minutes and hours; a bare number is minutes."""
    assert seconds_of(span) == seconds


@pytest.mark.parametrize("span", ["", "soon", "0m", "1s", "-5m", "5d", "1e9h", "\u0665m", "9999999999h"])
def test_odd_spans_are_refused(span: str) -> None:
    """What is no span, or too short to be meant."""
    with pytest.raises(UsageError, match="--every takes a time"):
        seconds_of(span)
