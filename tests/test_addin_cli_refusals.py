"""Wrong input of every kind to every command: one clear sentence, the right exit code, nothing lost."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import openpyxl
import pytest
import typer
from conftest import ROOT
from support.plan_books import cell, edited, example, put

from addin.cli import SUMMARIES, main
from addin.shell.exit import Exit

Row = tuple[tuple[str, ...], int, str]

MISSING = "No such file"
FILES = ("missing.xlsx", "text.xlsx", "empty.xlsx", "cut.xlsx", "encrypted.xlsx")

USAGE: list[Row] = [
    (("nonsense",), 2, "nonsense"),
    (("calc",), 2, "NAME"),
    (("calc", ""), 2, "is not a function"),
    (("calc", "NO_SUCH"), 2, "is not a function of microhedge"),
    (("calc", "HEDGE_MARGIN"), 2, "takes 2 arguments, got 0"),
    (("calc", "HEDGE_MARGIN", "1", "2", "3"), 2, "takes 2 arguments, got 3"),
    (("calc", "HEDGE_NOTIONAL"), 2, "takes 1 to 2 arguments, got 0"),
    (("demo", "a", "b"), 2, "b"),
    (("new",), 2, "BOOK"),
    (("new", "a.xlsx", "--example", "gold"), 2, "gold"),
    (("check",), 2, "BOOK"),
    (("check", "plan.xlsx", "--format", "xml"), 2, "xml"),
    (("check", "plan.xlsx", "--as-of", "yesterday"), 2, "yesterday"),
    (("backtest",), 2, "BOOK"),
    (("show",), 2, "BOOK"),
    (("show", "other.xlsx", "plan.xlsx", "--format", "xml"), 2, "xml"),
    (("backtst", "plan.xlsx"), 2, "there is no command backtst; did you mean backtest?"),
    (("clac", "HEDGE_MARGIN"), 2, "there is no command clac; did you mean calc?"),
    (("calc", "HEDGE_MARGN", "1", "2"), 2, "did you mean HEDGE_MARGIN?"),
    (("recalc", "plan.xlsx", "-i", "-s", "plan_ration=1"), 2, "did you mean plan_ratio?"),
    (("calc", "CONTRACT_SPEC", "Binanc", "BTC", "lot"), 1, "did you mean Binance?"),
    (("calc", "CONTRACT_SPEC", "Binance", "BTCC", "lot"), 1, "did you mean BTC?"),
    (("calendar",), 2, "BOOK"),
    (("calendar", "plan.xlsx", "--out", "folder/../plan.xlsx", "--force"), 2, "is the book"),
    (("migrate",), 2, "BOOK"),
    (("migrate", "plan.xlsx", "--edition", "golden"), 2, "golden"),
    (("share",), 2, "BOOK"),
    (("functions", "NO_SUCH"), 2, "NO_SUCH"),
    (("functions", "--format", "xml"), 2, "xml"),
    (("recalc",), 2, "PATH"),
    (("recalc", "plan.xlsx"), 2, "say where the results go"),
    (("recalc", "plan.xlsx", "--in-place", "--out", "o"), 2, "say where the results go"),
    (("recalc", "plan.xlsx", "--out", "text.xlsx"), 2, "text.xlsx: is a file"),
    (("recalc", "plan.xlsx", "--in-place", "--set", "plan_ratio"), 2, "NAME=VALUE"),
    (("recalc", "plan.xlsx", "--in-place", "--set", "plan_ratio=1e400"), 2, "plan_ratio"),
    (("recalc", "plan.xlsx", "--in-place", "--as-of", "yesterday"), 2, "yesterday"),
    (("recalc", "plan.xlsx", "--in-place", "--jobs", "0"), 2, "jobs"),
    (("recalc", "plan.xlsx", "--in-place", "--timeout", "-1"), 2, "timeout"),
    (("recalc", "plan.xlsx", "--in-place", "--timeout", "inf"), 2, "timeout"),
    (("recalc", "plan.xlsx", "--in-place", "--report", "report.doc"), 2, "report.doc"),
    (
        ("recalc", "plan.xlsx", "--in-place", "--report", "none/a.csv"),
        2,
        "none/a.csv: there is no folder none",
    ),
    (
        ("recalc", "plan.xlsx", "--out", "o", "--report", "none/a.csv"),
        2,
        "none/a.csv: there is no folder none",
    ),
    (("recalc", "plan.xlsx", "--out", "o", "--report", "other/a.csv"), 2, "there is no folder other"),
    (("watch",), 2, "FOLDER"),
    (("watch", "folder", "--every", "soon"), 2, "--every takes a time"),
    (("watch", "folder", "--alert", " "), 2, "--alert takes a .jsonl file or a command"),
    (("watch", "folder", "--alert", "tell 'me"), 2, "--alert takes a .jsonl file or a command"),
    (("watch", "folder", "--every", "1s"), 2, "--every takes a time from 10 s to a week"),
    (("addin", "build"), 2, "HOST"),
    (("addin", "build", "lotus"), 2, "lotus"),
    (("addin", "install", "lotus"), 2, "lotus"),
    (("addin", "status", "lotus"), 2, "lotus"),
    (("addin", "remove", "lotus"), 2, "lotus"),
    (("venues", "list", "--format", "xml"), 2, "xml"),
    (("venues", "nonsense"), 2, "nonsense"),
    (("market", "nonsense"), 2, "nonsense"),
    *(((command, ""), 2, "an argument is empty") for command in ("demo", "new", "check", "show", "migrate")),
    (("recalc", "", "--in-place"), 2, "an argument is empty"),
    (("recalc", "plan.xlsx", "--out", ""), 2, "--out: is empty"),
    (("recalc", "plan.xlsx", "--in-place", "--market", ""), 2, "--market: is empty"),
    (("recalc", "plan.xlsx", "--in-place", "--market="), 2, "--market: is empty"),
    (("recalc", "plan.xlsx", "--in-place", "--as-of", ""), 2, "--as-of: is empty"),
    (("recalc", "plan.xlsx", "--in-place", "--report", ""), 2, "--report: is empty"),
]
REFUSED: list[Row] = [
    (("calc", "HEDGE_MARGIN", "1", ""), 1, "leverage: is blank"),
    (("calc", "HEDGE_MARGIN", "1", "five"), 1, 'leverage: must be a number, got "five"'),
    (("calc", "HEDGE_MARGIN", "1", "[1"), 1, "leverage: is no JSON list"),
    (("calc", "HEDGE_MARGIN", "[[1,2],[3]]", "5"), 1, "notional: is no range: its rows must be of one"),
    (("calc", "HEDGE_MARGIN", "[1,[2]]", "5"), 1, "notional: is no range: a row holds"),
    (("calc", "HEDGE_MARGIN", '[{"a":1}]', "5"), 1, "notional: is no range: a row holds"),
    (("calc", "HEDGE_MARGIN", "[" * 20_000, "5"), 1, "notional: is no range, but lists in lists"),
    (("calc", "HEDGE_BETA", "5", "5"), 1, "asset_prices"),
    (("calc", "HEDGE_MARGIN", "{1,2;3}", "5"), 1, "notional: is no range: its rows must be of one"),
    (("calc", "HEDGE_MARGIN", "{1,2", "5"), 1, "notional: is no range as a sheet writes it"),
    (("calc", "HEDGE_MARGIN", "{1,{2}}", "5"), 1, "notional: is no range as a sheet writes it"),
    (("calc", "HEDGE_MARGIN", "1,000", "5"), 1, "notional: 1,000 may be 1000 or 1.000: write which"),
    (("calc", "HEDGE_NOTIONAL", "1000", "5x"), 1, "ratio: takes no multiple, got 5x"),
    (("calc", "SCENARIO_TABLE", "[[1,2]]", "1", "[0.1]"), 1, "exposure: must be one cell, got a range"),
    (("demo", "text.xlsx"), 1, "text.xlsx"),
    (("new", "plan.xlsx"), 1, "plan.xlsx: exists already"),
    (("new", "plan.txt"), 1, "is an .xlsx file"),
    (("new", "none/plan.xlsx"), 1, "there is no folder none"),
    (("new", "text.xlsx/plan.xlsx"), 1, "text.xlsx"),
    (("new", "a.xlsx", "--venue", "Atlantis"), 1, "venue: must be one of"),
    (("new", "a.xlsx", "--venue", "Binanse"), 1, "got Binanse; did you mean Binance?"),
    (("calc", "CONTRACT_SPEC", "Bybitt", "BTC", "lot"), 1, "did you mean Bybit?"),
    (("calc", "CONTRACT_SPEC", "Bybit", "ETHUSTD", "lot"), 1, "did you mean ETHUSDT?"),
    (("calc", "LIQUIDATION_RULE", "Bybit", "1.9.2025"), 1, "as_of: must be a date such as 2026-01-31"),
    (("check", "folder"), 1, "folder"),
    (("backtest", "bare.xlsx"), 1, "bare.xlsx: has never been calculated"),
    (("backtest", "stranger.xlsx"), 1, "stranger.xlsx: is no plan of microhedge"),
    (("show", "folder"), 1, "folder"),
    (("show", "bare.xlsx"), 1, "bare.xlsx: has never been calculated"),
    (("show", "stranger.xlsx"), 1, "stranger.xlsx: is no plan of microhedge"),
    (("calendar", "folder"), 1, "folder"),
    (("calendar", "stranger.xlsx"), 1, "stranger.xlsx: is no plan of microhedge"),
    (("calendar", "hedged.xlsx", "--out", "text.xlsx"), 1, "text.xlsx: exists already"),
    (("calendar", "hedged.xlsx", "--out", "none/a.ics"), 1, "there is no folder none"),
    (("calendar", "hedged.xlsx", "--out", "folder"), 1, "folder: exists already"),
    (("migrate", "folder"), 1, "folder"),
    (("share", "stranger.xlsx"), 1, "stranger.xlsx: is no plan of microhedge"),
    (("share", "plan.xlsx", "--out", "text.xlsx"), 1, "text.xlsx: exists already"),
    (("share", "plan.xlsx", "--out", "plan.pdf"), 1, "plan.pdf: a shared book is an .xlsx file"),
    (("migrate", "stranger.xlsx"), 1, "stranger.xlsx: is no plan of microhedge"),
    (("recalc", "plan.xlsx", "--in-place", "--market", "missing.csv"), 3, "missing.csv"),
    (("recalc", "folder", "--in-place"), 1, "folder refused: holds no book"),
    (("recalc", "plan.xlsx", "--in-place", "--set", "plan_ratio=abc"), 1, "plan_ratio"),
    (("recalc", "plan.xlsx", "--in-place", "--set", "plan_ratio=3"), 1, "plan_ratio"),
    (("recalc", "plan.xlsx", "--in-place", "--set", "plan_ratio=5x"), 2, "takes no multiple"),
    (("recalc", "plan.xlsx", "--in-place", "--set", "plan_leverage=40%"), 2, "takes no percentage"),
    (("recalc", "plan.xlsx", "--in-place", "--set", "PLAN_RATIO=3"), 1, "must be a number from 0 to 2"),
    (("recalc", "plan.xlsx", "--in-place", "--set", "Plan_Margin=1"), 1, "not an input"),
    (("recalc", "plan.xlsx", "--in-place", "--set", "plan_ratio=1", "--set", "PLAN_RATIO=0"), 1, "twice"),
    (("recalc", "plan.xlsx", "--in-place", "--set", "plan_venue=Atlantis"), 1, 'got "Atlantis"'),
    (("recalc", "plan.xlsx", "--in-place", "--set", "plan_instrument=GOLD"), 1, 'got "GOLD"'),
    (("recalc", "plan.xlsx", "--in-place", "--set", "plan_venue=Binanse"), 1, "did you mean Binance?"),
    (
        ("recalc", "plan.xlsx", "--in-place", "--set", "no_such_name=1"),
        2,
        "no_such_name: the book has no such name",
    ),
    (("recalc", "plan.xlsx", "--in-place", "--set", "plan_margin=1"), 1, "plan_margin"),
    (("watch", "missing", "--once"), 3, "missing: there is no such file or folder"),
    (("watch", "plan.xlsx", "--once"), 1, "plan.xlsx: is no folder that could be watched"),
    (("addin", "build", "excel", "--out", "text.xlsx"), 1, "text.xlsx"),
]
REFUSED += [
    ((*words[:1], file, *words[1:]), *((3, MISSING) if file == "missing.xlsx" else (1, file)))
    for words in (
        ("check",),
        ("show",),
        ("backtest",),
        ("calendar",),
        ("migrate",),
        ("share",),
        ("recalc", "--in-place"),
    )
    for file in FILES
]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with good and bad files, and the command line standing in it."""
    (tmp_path / "plan.xlsx").write_bytes(example())
    (tmp_path / "hedged.xlsx").write_bytes(example("portfolio"))  # its Journal holds an open hedge
    (tmp_path / "bare.xlsx").write_bytes(_bare())
    (tmp_path / "stranger.xlsx").write_bytes(_stranger())
    (tmp_path / "text.xlsx").write_text("asset,quantity\nBTC,1\n")
    (tmp_path / "empty.xlsx").write_bytes(b"")
    (tmp_path / "cut.xlsx").write_bytes(example()[:5_000])
    (tmp_path / "encrypted.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 64)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "notes.txt").write_text("no book")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@cache
def _bare() -> bytes:
    """A plan without a calculated value."""
    return edited(lambda _: None)


@cache
def _stranger() -> bytes:
    """A book that is no plan."""
    saved = io.BytesIO()
    openpyxl.Workbook().save(saved)
    return saved.getvalue()


def contents(folder: Path) -> Mapping[str, bytes]:
    """Every file below a folder, but for what recalc remembers of its runs."""
    files = (path for path in folder.rglob("*") if path.is_file() and ".microhedge" not in path.parts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def refused(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> int:
    """The exit code of the command line."""
    monkeypatch.setattr(sys, "argv", ["microhedge", *words])
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main()
    code = ended.value.code
    return code if isinstance(code, int) else 0


@pytest.mark.parametrize(
    ("words", "code", "fragment"), USAGE + REFUSED, ids=[" ".join(row[0])[:60] for row in USAGE + REFUSED]
)
def test_wrong_input_is_refused_in_a_sentence(
    words: tuple[str, ...],
    code: int,
    fragment: str,
    place: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One sentence on standard error that names what is wrong; every file is as it was."""
    before = contents(place)
    assert refused(words, capsys, monkeypatch) == code
    said = capsys.readouterr()
    sentences = [line for line in said.err.splitlines() if "passed over" not in line]
    assert len(sentences) == 1, said.err
    assert re.search(re.escape(fragment), sentences[0], re.IGNORECASE), sentences[0]
    assert "Traceback" not in said.err
    assert "Value error" not in said.err
    assert contents(place) == before


def commands() -> list[tuple[str, ...]]:
    """Every command of the command line."""
    found: list[tuple[str, ...]] = []
    for name in SUMMARIES:
        group = import_module(f"addin.shell.{name}").app
        if group.registered_callback:
            found += [(name, command.name) for command in group.registered_commands]
        else:
            found.append((name,))
    return found


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_help_page_has_one_example(
    command: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`-h` works everywhere, fits 80 columns and ends with an example of this very command."""
    monkeypatch.setenv("COLUMNS", "80")
    assert refused((*command, "-h"), capsys, monkeypatch) == 0
    said = capsys.readouterr().out
    assert f"Example: microhedge {' '.join(command)} " in " ".join(said.split()) + " "
    assert said.count("Example: ") == 1
    assert max(map(len, said.splitlines())) <= 80


@pytest.mark.parametrize("name", SUMMARIES)
def test_summary_is_the_first_line_of_the_command(name: str) -> None:
    """What `--help` lists without importing a command is what the command says of itself."""
    app = import_module(f"addin.shell.{name}").app
    made = typer.main.get_command(app)
    assert (made.help or "").splitlines()[0] == SUMMARIES[name]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "pwsh"])
def test_shells_complete_commands(shell: str) -> None:
    """The completion of each shell asks the command itself, and is told the commands."""
    script = subprocess.run(
        [sys.executable, "-c", "import sys; from addin.cli import main; sys.argv[0] = 'microhedge'; main()"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "_MICROHEDGE_COMPLETE": f"source_{shell}"},
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    assert "microhedge" in script
    told = subprocess.run(
        [sys.executable, "-c", "import sys; from addin.cli import main; sys.argv[0] = 'microhedge'; main()"],
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "_MICROHEDGE_COMPLETE": f"complete_{shell}",
            "COMP_WORDS": "microhedge ca",
            "COMP_CWORD": "1",
            "_TYPER_COMPLETE_ARGS": "microhedge ca",
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
            "_TYPER_COMPLETE_WORD_TO_COMPLETE": "ca",
        },
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    assert "calc" in told
    assert "recalc" not in told


def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    """Whoever has read enough closes the pipe: nothing is said, and the exit code is 0."""
    command = f"{sys.executable} -m addin functions --format json; echo code $? >&2"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    reader = subprocess.run(
        ["bash", "-c", f"({command}) | head -c 10"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert reader.stderr == "code 0\n"


@pytest.mark.parametrize("name", ["udfs.py", "workbook.py", "json.py", "typer.py"])
def test_modules_of_the_working_folder_do_not_stand_in_for_ours(tmp_path: Path, name: str) -> None:
    """A folder of books may hold a module of any name: it is not run."""
    (tmp_path / name).write_text("raise SystemExit('a stranger ran')")
    run = subprocess.run(
        [sys.executable, "-m", "addin", "calc", "HEDGE_MARGIN", "2400", "5"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert (run.stdout, run.stderr) == ("480\n", "")


@pytest.mark.parametrize(
    ("row", "words", "said"),
    [
        (
            "Ev\x1b[2Jil,BTC,linear,",
            ("venues", "list"),
            "venues.csv, line 2: venue: holds a control character",
        ),
        ("Mine,BTC,linear,no\u009bte", ("new", "a.xlsx"), "line 2: note: holds a control character"),
        ("Mine,B\u202eTC,linear,", ("venues", "list", "--format", "json"), "symbol: holds a control"),
        ("Mine,BTC,linear,", ("new", "plan\x1b[2J\u009b.xlsx"), "plan\\x1b[2J\\x9b.xlsx"),
    ],
)
def test_no_name_steers_the_terminal(tmp_path: Path, row: str, words: tuple[str, ...], said: str) -> None:
    """A venue table with control characters is refused by its line; in a path they are written out."""
    (tmp_path / "venues.csv").write_text(f"venue,symbol,kind,note\n{row}\n", encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "addin", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT), "MICROHEDGE_VENUES": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=tmp_path,
    )
    assert said in run.stdout + run.stderr
    assert all(sign.isprintable() or sign == "\n" for sign in run.stdout + run.stderr)


def test_exit_codes_are_documented() -> None:
    """One list, in the code and in the documentation."""
    page = (ROOT / "docs" / "batch.md").read_text(encoding="utf-8")
    assert [int(code) for code in re.findall(r"^\| \*\*(\d+)\*\* \|", page, re.MULTILINE)] == list(Exit)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("HEDGE_MARGIN", "{1000,2000;3000,4000}", "5x"), "[[200.0, 400.0], [600.0, 800.0]]"),
        (("HEDGE_NOTIONAL", "1000", "40%"), "400"),
        (("HEDGE_NOTIONAL", "1000", "0,4"), "400"),
        (("HEDGE_NOTIONAL", "1000,5", "0.1%"), "1.0005"),
    ],
    ids=" ".join,
)
def test_numbers_as_people_type_them(
    words: tuple[str, ...], answer: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sheet takes 40%, a leverage 5x, and half of the world a decimal comma."""
    assert refused(("calc", *words), capsys, monkeypatch) == 0
    assert capsys.readouterr().out.strip() == answer


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_no_command_is_forgotten(command: tuple[str, ...]) -> None:
    """A new command brings its wrong inputs with it."""
    swept = {words[: len(command)] for words, _, _ in USAGE + REFUSED}
    asks_venues = command in {("venues", "refresh"), ("market", "fetch")}  # refused in tests of their own
    assert command in swept or asks_venues


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_unknown_option_is_refused(
    command: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No command takes an option that it does not know; calc takes any word for an argument."""
    code = refused((*command, "--no-such-option"), capsys, monkeypatch)
    said = capsys.readouterr()
    assert (code, said.out, len(said.err.strip().splitlines())) == (2, "", 1)


@pytest.mark.parametrize("words", [(), ("addin",), ("market",)], ids=" ".join)
def test_group_alone_shows_its_help(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first thing a new user types answers with the commands there are, readable, on standard output."""
    assert refused(words, capsys, monkeypatch) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.startswith("Usage: ")
    for command in commands():
        if len(command) == len(words) + 1 and command[: len(words)] == words:
            assert f"\n  {command[-1]} " in said.out


def test_version_is_that_of_the_distribution(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`microhedge --version` prints the installed version and needs no command."""
    monkeypatch.setattr("importlib.metadata.version", lambda name: f"{name} 1.2.3")
    assert refused(("--version",), capsys, monkeypatch) == 0
    assert capsys.readouterr() == ("microhedge 1.2.3\n", "")


def test_a_checkout_has_no_version(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing is installed, `--version` says so in a sentence."""

    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.version", missing)
    assert refused(("--version",), capsys, monkeypatch) == 1
    assert "not installed" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs a folder in which nobody can write: /proc")
@pytest.mark.parametrize(
    "words",
    [
        ("new", "/proc/plan.xlsx"),
        ("calendar", "hedged.xlsx", "--out", "/proc/plan.ics"),
        ("recalc", "plan.xlsx", "--out", "/proc/books"),
        ("demo", "/proc/demo"),
        ("addin", "build", "lite", "--out", "/proc/lite"),
    ],
    ids=" ".join,
)
def test_folder_that_nobody_can_write_in_is_refused(
    words: tuple[str, ...], place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A target where nothing can be written is refused before anything is lost."""
    before = contents(place)
    assert refused(words, capsys, monkeypatch) in {Exit.FAULTY, Exit.MISSING}  # /proc says it is not there
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1
    assert "/proc" in said[0]
    assert contents(place) == before


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs a device that never ends: /dev/zero")
@pytest.mark.parametrize("command", ["check", "show", "backtest", "calendar", "migrate", "share"])
def test_device_is_refused_unread(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is no file would be read for ever."""
    assert refused((command, "/dev/zero"), capsys, monkeypatch) == 1
    assert capsys.readouterr().err == "microhedge: /dev/zero: is no regular file\n"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="permissions do not bind this user")
@pytest.mark.parametrize(
    "words",
    [
        ("new", "another.xlsx"),
        ("calendar", "hedged.xlsx", "--out", "plan.ics"),
        ("migrate", "old.xlsx"),
        ("recalc", "plan.xlsx", "--in-place", "--set", "plan_ratio=0.3"),
        ("recalc", "plan.xlsx", "--out", "new"),
        ("demo",),
    ],
    ids=" ".join,
)
def test_read_only_folder_is_refused(
    words: tuple[str, ...], place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing may be written that is said in a sentence, and every book stays as it is."""
    (place / "old.xlsx").write_bytes(edited(put(cell("template_version"), "0")))
    before = contents(place)
    place.chmod(0o555)
    try:
        assert refused(words, capsys, monkeypatch) == 1
    finally:
        place.chmod(0o755)
    said = capsys.readouterr().err
    assert (said.count("\n"), "Permission denied" in said) == (1, True)
    assert contents(place) == before


def test_sentences_reach_standard_error_of_a_process(place: Path) -> None:
    """What holds inside a test holds for the program: an exit code, a sentence, an empty output."""
    ran = subprocess.run(
        [sys.executable, "-m", "addin", "check", place / "missing.xlsx"],
        capture_output=True,
        check=False,
        cwd=ROOT,
        text=True,
    )
    assert (ran.returncode, ran.stdout) == (3, "")
    assert ran.stderr.startswith("microhedge: ")
    assert ran.stderr.count("\n") == 1
