"""LibreOffice as the engine of a recalculation, and how its programs are found and run."""

import datetime as dt
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from conftest import ROOT
from support.calc import absence
from support.processes import PATIENCE, eventually, is_gone

from udfs.dates import serial
from workbook.cells import Area, CellError, Value, place
from workbook.engines import libreoffice, soffice
from workbook.engines.protocol import engine_named, hold_places
from workbook.engines.soffice import NoOffice, misleading_python, missing_python, program_path, run_program
from workbook.recalc.recalc import recalc_book
from workbook.request import EngineName, Request

needs_office = pytest.mark.skipif(bool(absence()), reason=absence() or "LibreOffice is here")

VALUES: dict[int, Value] = {
    place(0, 1, 3): 1000.0,
    place(0, 2, 3): "word_x0041_ & <b>",
    place(0, 5, 3): CellError("#N/A"),
    place(1, 1, 1): 15_000.0,
    place(1, 2, 1): True,
}
FORMULAS = (
    "1/3",
    "0.1+0.2",
    "1=1",
    '"a"&"TODAY()"',
    "C2",
    "'My Sheet'!A2",
    "IFS(FALSE,1,TRUE,2)",
    "STDEV.S(C1,5)",
    "TODAY()+0",
    "NOW()",
    "SUM(@(C1),1)",
    "HEDGE_NOTIONAL(C1,C3)",
    "HEDGE_NOTIONAL('My Sheet'!A1,'?blank'!$A$1)",
    "HEDGE_MARGIN(C1,C3)",
    "HEDGE_MARGIN(C5,2)",
    "HEDGE_MARGIN(C1,0.5)",
    "HEDGE_QUANTITY(1,0)",
    "IFERROR(HEDGE_MARGIN(C1,0.5),7)",
    "IFERROR(HEDGE_MARGIN(1,1)=1,FALSE)",
    "SUM(E1#)",
)


@needs_office
def test_it_evaluates_as_the_embedded_engine_does() -> None:
    """Values to the last bit, truth values, texts, errors, our functions with blanks, an array, the clock."""
    formulas = {place(0, row, 1): text for row, text in enumerate(FORMULAS, 1)}
    formulas[place(0, 1, 5)] = "HEDGE_MARGIN(C1:C1*{1;2},5)"
    answers = []
    names: tuple[EngineName, ...] = ("embedded", "libreoffice")
    for name in names:
        session = engine_named(name).Session(
            ["One", "My Sheet"],
            formulas,
            [Area(0, 1, 5, 2, 5)],
            functions=["HEDGE_MARGIN", "HEDGE_NOTIONAL", "HEDGE_QUANTITY"],
        )
        hold_places(session, VALUES)
        answers.append(session.results(dt.datetime(2026, 1, 31, 16)))
    assert answers[0] == answers[1]


@needs_office
def test_today_is_that_of_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a time TODAY is what it is for the embedded engine, although here it is another day."""
    before = dt.datetime.now(dt.UTC)
    monkeypatch.setenv("TZ", "Pacific/Kiritimati" if before.hour >= 12 else "Etc/GMT+12")
    session = engine_named("libreoffice").Session(["One"], {place(0, 1, 1): "TODAY()"}, [])
    found = session.results(None)[place(0, 1, 1)]
    assert found in {serial(moment.date()) for moment in (before, dt.datetime.now(dt.UTC))}


@needs_office
def test_it_knows_its_own_functions() -> None:
    """A function is known by its plain name, whether or not a file writes it with a prefix."""
    assert libreoffice.known(["SUM", "IFS", "PROB", "NOSUCH"]) == {"SUM", "IFS", "PROB"}


@needs_office
def test_a_book_that_the_embedded_engine_refuses(tmp_path: Path) -> None:
    """A function that only LibreOffice knows gets its value from there, and the package stays."""
    book, target = tmp_path / "book.xlsx", tmp_path / "new.xlsx"
    with xlsxwriter.Workbook(book) as written:
        sheet = written.add_worksheet("Plan")
        sheet.write_column("A1", [1, 1, 2])
        sheet.write_column("B2", [0.25, 0.75])
        sheet.write_formula("C1", "=PROB(A2:A3,B2:B3,A1)", value=0.25)
        sheet.write_formula("C2", "=HEDGE_NOTIONAL(C1*1000,A9)", value=250)
        written.define_name("least", "=Plan!$A$1")
    refused = recalc_book(book, target, Request(inputs={"least": 2.0}))
    assert refused.status == "refused"
    assert "PROB" in refused.reason
    done = recalc_book(book, target, Request(inputs={"least": 2.0}, engine="libreoffice"))
    assert (done.status, done.changed, done.reason) == ("done", 3, "")
    cells = openpyxl.load_workbook(target, data_only=True)["Plan"]
    assert (cells["C1"].value, cells["C2"].value) == (0.75, 750)
    with zipfile.ZipFile(book) as before, zipfile.ZipFile(target) as after:
        changed = {name for name in before.namelist() if before.read(name) != after.read(name)}
    assert changed == {"xl/worksheets/sheet1.xml"}


def test_without_libreoffice_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An absent program is a refusal of the book in one sentence, and the file stays as it was."""
    monkeypatch.setattr(soffice, "_places", lambda name: iter([str(tmp_path / name)]))
    libreoffice._profile.cache_clear()
    book = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(book) as written:
        written.add_worksheet("Plan").write_formula("A1", "=HEDGE_MARGIN(2400,5)", value=0)
    before = book.read_bytes()
    outcome = recalc_book(book, book, Request(engine="libreoffice"))
    assert outcome.status == "refused"
    assert outcome.reason.startswith("LibreOffice is not on this machine")
    assert book.read_bytes() == before


DEBIAN = ("program/bootstraprc", "program/pythonloader.py")


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        (DEBIAN, ""),
        (("program/bootstraprc",), "can't run Python"),
        (
            ("program/bootstrap.ini", "program/pythonloader.py", "program/python-core-3.8.20/x"),
            "brings Python 3.8",
        ),
        (("program/bootstrap.ini", "program/pythonloader.py", "program/python-core-3.11.9/x"), ""),
        (
            (
                "Resources/bootstraprc",
                "Resources/pythonloader.py",
                "Frameworks/LibreOfficePython.framework/Versions/3.9/x",
            ),
            "brings Python 3.9",
        ),
        (("elsewhere",), ""),
    ],
)
def test_a_python_that_is_too_old_is_told(tmp_path: Path, files: tuple[str, ...], sentence: str) -> None:
    """Builds for Windows and macOS bring their own Python; Debian may lack its part; a wrapper is trusted."""
    for name in (*files, "program/soffice"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    home = "MacOS" if any(name.startswith("Resources") for name in files) else "program"
    said = missing_python(tmp_path / home / "soffice", (3, 10))
    assert sentence in said
    assert bool(said) == bool(sentence)


def stand_in(folder: Path, script: str) -> None:
    """A program named unopkg."""
    path = folder / "unopkg"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("script", "seconds", "sentence"),
    [
        ("echo one; echo 'ERROR: no' >&2; exit 1", PATIENCE, "one; ERROR: no"),
        ("exit 3", PATIENCE, "exit code 3"),
        ("sleep 600", 0.5, "no answer within 0.5 seconds"),
    ],
)
def test_a_failure_is_told_in_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, seconds: float, sentence: str
) -> None:
    """What unopkg says is passed on, and one that hangs is ended."""
    stand_in(tmp_path, script)
    monkeypatch.setattr(soffice, "_places", lambda name: iter([str(tmp_path / name)]))
    with pytest.raises(NoOffice, match=sentence):
        run_program("unopkg", [], seconds=seconds)


def test_programs_are_found_on_path_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PATH wins over the usual places."""
    stand_in(tmp_path, "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert program_path("unopkg") == tmp_path / "unopkg"


def test_our_python_does_not_mislead_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    """LibreOffice gets no variable of ours that tells Python where to look, and the system's PATH first."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("VIRTUAL_ENV", "here")
    given = soffice.environment()
    assert not {"PYTHONPATH", "VIRTUAL_ENV"} & given.keys()


def environment_of(python: Path, folder: Path, *options: str) -> Path:
    """A virtual environment of a Python."""
    subprocess.run([python, "-m", "venv", "--without-pip", *options, folder], check=True, timeout=PATIENCE)
    return folder


def pythons() -> list[Path]:
    """The Pythons on this machine for which LibreOffice could be misled: this one, the system's, others."""
    others = Path.home().glob(".pyenv/versions/3.1*/bin/python3")
    found = {Path(getattr(sys, "_base_executable", sys.executable)), Path("/usr/bin/python3"), *others}
    return sorted({path.resolve() for path in found if path.exists()})


@pytest.mark.skipif(os.name != "posix", reason="LibreOffice for Windows brings a Python of its own")
@pytest.mark.parametrize("python", pythons(), ids=str)
def test_a_shell_that_misleads_libreoffice_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, python: Path
) -> None:
    """A virtual environment without the system's packages, where LibreOffice has no Python of its own."""
    office = tmp_path / "program" / "soffice"
    office.parent.mkdir()
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert misleading_python(office) is None
    misleading = environment_of(python, tmp_path / "venv")
    monkeypatch.setenv("PATH", f"{misleading / 'bin'}:/usr/bin:/bin")
    assert misleading_python(office) == misleading
    keeping = environment_of(python, tmp_path / "keeping", "--system-site-packages")
    monkeypatch.setenv("PATH", f"{keeping / 'bin'}:/usr/bin:/bin")
    assert misleading_python(office) is None
    monkeypatch.setenv("PATH", f"{misleading / 'bin'}:/usr/bin:/bin")
    (office.parent / "python-core-3.11.9").mkdir()
    assert misleading_python(office) is None


def test_another_installation_of_the_same_python_misleads_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As conda puts one first on PATH; one of another version does not, for the libraries are not there."""
    version = Path("/usr/bin/python3").resolve().name
    program = tmp_path / "conda" / "bin" / "python3"
    library = tmp_path / "conda" / "lib" / version / "os.py"
    for path in (program, library):
        path.parent.mkdir(parents=True)
        path.touch(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    assert misleading_python(tmp_path / "soffice") == tmp_path / "conda"
    library.unlink()
    assert misleading_python(tmp_path / "soffice") is None


@needs_office
@pytest.mark.parametrize("python", pythons(), ids=str)
def test_it_calculates_in_an_active_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, python: Path
) -> None:
    """A recalculation that is started from a virtual environment of any Python."""
    active = environment_of(python, tmp_path / "venv")
    monkeypatch.setenv("VIRTUAL_ENV", str(active))
    monkeypatch.setenv("PATH", os.pathsep.join([str(active / "bin"), os.environ["PATH"]]))
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as written:
        written.add_worksheet("Plan").write_formula("A1", "=HEDGE_MARGIN(2400,5)", value=0)
    request = Request(engine="libreoffice")
    assert recalc_book(tmp_path / "book.xlsx", tmp_path / "new.xlsx", request).status == "done"
    assert openpyxl.load_workbook(tmp_path / "new.xlsx", data_only=True)["Plan"]["A1"].value == 480


@needs_office
def test_the_command_leaves_no_profile_behind(tmp_path: Path) -> None:
    """A run over books by LibreOffice, in processes that are ended, leaves nothing among temporary files."""
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as written:
        written.add_worksheet("Plan").write_formula("A1", "=HEDGE_MARGIN(2400,5)", value=0)
    (tmp_path / "temporary").mkdir()
    words = ["recalc", "book.xlsx", "--out", "out", "--engine", "libreoffice"]
    done = subprocess.run(
        [sys.executable, "-m", "addin", *words],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path / "temporary")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert openpyxl.load_workbook(tmp_path / "out" / "book.xlsx", data_only=True)["Plan"]["A1"].value == 480
    assert not list((tmp_path / "temporary").glob("microhedge*"))


def test_a_program_that_hangs_is_ended_with_those_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The script soffice starts the program itself: both are ended, and what the program has started."""
    notes = [tmp_path / "program", tmp_path / "helper"]
    stand_in(
        tmp_path, f"sh -c 'echo $$ >{notes[0]}; sleep 600 & echo $! >{notes[1]}; sleep 600' &\nsleep 600"
    )
    monkeypatch.setattr(soffice, "_places", lambda name: iter([str(tmp_path / name)]))

    def out_of_patience(process: "subprocess.Popen[str]", timeout: float) -> None:
        eventually(lambda: all(note.exists() and note.read_text() for note in notes))
        raise subprocess.TimeoutExpired(process.args, timeout)

    monkeypatch.setattr(subprocess.Popen, "communicate", out_of_patience)
    with pytest.raises(NoOffice, match="no answer within 7 seconds"):
        run_program("unopkg", [], seconds=7)
    eventually(lambda: all(is_gone(int(note.read_text())) for note in notes))
