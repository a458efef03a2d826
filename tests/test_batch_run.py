"""A run over many books: which are found, where they go, and what a second run leaves alone."""

import contextlib
import csv
import json
import os
import pkgutil
import shutil
import socket
import stat
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

import fsspec
import openpyxl
import pytest
from support.somebody_else import somebody_else

from udfs.venue_files import VARIABLE
from workbook.batch import jobs, one_book, pools, records
from workbook.batch import run as batch
from workbook.batch.pools import AHEAD, BadRun
from workbook.batch.report import open_report
from workbook.batch.run import recalc_paths
from workbook.errors import BookError
from workbook.files.atomic_write import ENDING, temporary_start
from workbook.files.storage import find_store
from workbook.files.venue_tables import BUILT_IN
from workbook.files.worker import Worker
from workbook.recalc import recalc
from workbook.request import Outcome, Request

AS_OF = Request(as_of=datetime(2026, 1, 1))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small book without cached values, as a library writes it."""
    path = tmp_path_factory.mktemp("book") / "book.xlsx"
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    sheet["A1"], sheet["B1"] = 2400, "=HEDGE_MARGIN(A1,5)"
    made.save(path)
    return path


@pytest.fixture
def folder(tmp_path: Path, book: Path) -> Path:
    """A folder of three books, one of them deeper, and of much that is no book."""
    root = tmp_path / "books"
    (root / "desk" / ".hidden").mkdir(parents=True)
    for name in ("a.xlsx", "B.XLSM", "desk/c.xlsx"):
        shutil.copy(book, root / name)
    for name in ("~$gone.xlsx", ".b.xlsx", "notes.txt", "old.xls", "desk/.hidden/d.xlsx"):
        (root / name).write_text("no book")
    (root / "loop").symlink_to(root, target_is_directory=True)
    return root


def run(*paths: Path | str, **options: Any) -> dict[str, Outcome]:
    """A run's outcomes by the name of the book; none may come twice."""
    given: dict[str, Any] = {"request": AS_OF, "jobs": 2, **options}
    outcomes = list(recalc_paths(paths, **given))
    found = {os.path.basename(outcome.path): outcome for outcome in outcomes}  # noqa: PTH119 - may be a URL
    assert len(found) == len(outcomes)
    return found


def statuses(outcomes: dict[str, Outcome]) -> dict[str, str]:
    """The status of each book."""
    return {name: outcome.status for name, outcome in outcomes.items()}


def contents(root: Path) -> dict[str, bytes]:
    """Every file below a folder, but for what a run remembers."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".microhedge" not in path.parts
    }


def test_folder_is_mirrored_and_left_as_it_was(folder: Path, tmp_path: Path) -> None:
    """Books go to the same places below the output folder; all else is passed over, with a count."""
    before = contents(folder)
    passed_over: Counter[str] = Counter()
    assert set(statuses(run(folder, out=tmp_path / "out", passed_over=passed_over)).values()) == {"done"}
    assert set(contents(tmp_path / "out")) == {"a.xlsx", "B.XLSM", "desk/c.xlsx"}
    assert contents(folder) == before
    assert passed_over == {
        "lock files of open books": 1,
        "hidden files": 1,
        "books of other formats (.ods, .gnumeric, .xls), which must be saved as .xlsx": 1,
        "other files": 1,
        "links to folders": 1,
    }


def test_second_run_costs_only_the_look(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A book that was done, from the same source for the same request, is not computed again."""
    first = run(folder, out=tmp_path / "out")
    monkeypatch.setattr(batch, "perform", only_look)
    second = run(folder, out=tmp_path / "out")
    assert set(statuses(second).values()) == {"unchanged"}
    assert all(outcome.is_earlier for outcome in second.values())
    assert second["a.xlsx"].formulas == first["a.xlsx"].formulas == 1


def only_look(job: jobs.Job) -> Outcome:
    """Do a job where no book can be computed."""
    recalc.recalc_book = None  # type: ignore[assignment] # whoever computes fails
    return one_book.perform(job)


def touch_source(folder: Path, out: Path) -> None:
    """Save a book anew."""
    del out
    os.utime(folder / "a.xlsx", (1, 1))


def lose_target(folder: Path, out: Path) -> None:
    """Delete a result."""
    del folder
    (out / "a.xlsx").unlink()


def lose_target_and_tear_record(folder: Path, out: Path) -> None:
    """Half a record, of a result that is not there."""
    lose_target(folder, out)
    (out / ".microhedge" / "a.xlsx.json").write_text('{"request": "12')


def claim(record: Path) -> None:
    """Make a record what a killed run leaves of a book that it had begun."""
    records.write_entry(*find_store(record), records.CLAIM)


@pytest.mark.parametrize("change", [touch_source, lose_target, lose_target_and_tear_record])
def test_second_run_does_what_is_left(
    folder: Path, tmp_path: Path, change: Callable[[Path, Path], None]
) -> None:
    """A changed source, a lost target, with or without its record: that book alone is done again."""
    out = tmp_path / "out"
    run(folder, out=out)
    before = contents(out)
    change(folder, out)
    assert statuses(run(folder, out=out)) == {"a.xlsx": "done", "B.XLSM": "unchanged", "c.xlsx": "unchanged"}
    assert contents(out) == before


def test_another_request_does_every_book_again(folder: Path, tmp_path: Path) -> None:
    """Results of one request are not those of another; without a fixed time a request holds for its day."""
    run(folder, out=tmp_path / "out")
    again = run(folder, out=tmp_path / "out", request=Request(as_of=datetime(2026, 1, 2)))
    assert set(statuses(again).values()) == {"done"}
    assert jobs.fingerprint(Request()) == jobs.fingerprint(Request()) != jobs.fingerprint(AS_OF)


def test_a_request_without_a_time_holds_for_the_day_of_its_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """TODAY and NOW are in UTC: the day ends at midnight there, wherever the user is."""
    clock = mock.Mock()
    monkeypatch.setattr(jobs, "datetime", clock)
    held = []
    for hour in (0, 23, 24):
        clock.now = lambda zone, hour=hour: datetime(2026, 1, 1, tzinfo=zone) + timedelta(hours=hour)
        held.append(jobs.fingerprint(Request()))
    assert held[0] == held[1] != held[2]


def test_venue_table_beside_the_book_counts_when_asked_for(tmp_path: Path) -> None:
    """A stranger's table changes no number unless the user says so; then a new one is a new request."""
    root = tmp_path / "books"
    root.mkdir()
    made = openpyxl.Workbook()
    made.worksheets[0]["A1"] = '=CONTRACT_SPEC("Binance","BTC","taker_fee")'
    made.save(root / "a.xlsx")
    header, *rows = pkgutil.get_data("udfs", "venues.csv").decode().splitlines()  # type: ignore[union-attr] # it is there
    (row,) = csv.DictReader([header, next(row for row in rows if row.startswith("Binance,BTC/USDT:USDT,"))])
    for fee in ("0.0123", "0.0321"):
        with (root / "venues.csv").open("w", newline="") as file:
            own = csv.DictWriter(file, row)
            own.writeheader()
            own.writerow({**row, "taker_fee": fee})
        for request, out, result, table in (
            (AS_OF, "out", float(row["taker_fee"]), BUILT_IN),
            (replace(AS_OF, venues_beside=True), "own", float(fee), str(root / "venues.csv")),
        ):
            outcome = run(root, out=tmp_path / out, request=request)["a.xlsx"]
            assert (outcome.venues, outcome.status) == (
                table,
                "unchanged" if out == "out" and fee == "0.0321" else "done",
            )
            assert ("venues.csv beside it not used" in outcome.reason) == (out == "out")
            made = openpyxl.load_workbook(tmp_path / out / "a.xlsx", data_only=True)
            assert made.worksheets[0]["A1"].value == result


def no_file(record: Path) -> None:
    """A folder where the record was."""
    record.unlink()
    record.mkdir()


def a_pipe(record: Path) -> None:
    """A pipe where the record was, which a reader would wait for."""
    record.unlink()
    os.mkfifo(record)


def a_device(record: Path) -> None:
    """A device where the record was, which a reader would read for ever: /dev/zero's, or a socket."""
    record.unlink()
    a_device_or_socket(record)


def a_device_or_socket(path: Path) -> None:
    """Make a device, or where only root may, a socket: no file either."""
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5))
    except PermissionError:
        with socket.socket(socket.AF_UNIX) as made, contextlib.chdir(path.parent):
            made.bind(path.name)  # an address has 108 bytes at most


def a_link(record: Path) -> None:
    """A link where the record was, to a record that fits."""
    record.rename(record.with_suffix(".kept"))
    record.symlink_to(record.with_suffix(".kept"))


def torn(record: Path) -> None:
    """Half a record."""
    record.write_bytes(record.read_bytes()[:40])


def of_another_form(record: Path) -> None:
    """A record with a field that no version has."""
    record.write_text(json.dumps({**json.loads(record.read_text()), "more": 1}))


def deep(record: Path) -> None:
    """Lists in lists, deeper than Python reads."""
    record.write_text("[" * 100_000)


@pytest.mark.parametrize("harm", [no_file, a_pipe, a_device, a_link, torn, of_another_form, deep])
@pytest.mark.parametrize("in_place", [False, True])
def test_state_that_cannot_be_read_is_no_permission(
    folder: Path, tmp_path: Path, harm: Callable[[Path], None], in_place: bool
) -> None:
    """A result whose record says nothing may be somebody's work: refused at once, with what to do."""
    out = folder if in_place else tmp_path / "out"
    options: dict[str, Any] = {"in_place": True} if in_place else {"out": out}
    run(folder, **options)
    record = out / ".microhedge" / "a.xlsx.json"
    harm(record)
    before = contents(out)
    outcome = run(folder, **options)["a.xlsx"]
    assert outcome.status == "refused"
    assert "can't be read" in outcome.reason
    assert "delete" in outcome.reason
    assert contents(out) == before
    if record.is_dir():
        record.rmdir()
    else:
        record.unlink()
    if not in_place:
        (out / "a.xlsx").unlink()
    assert not run(folder, **options)["a.xlsx"].is_problem


@pytest.fixture
def apart(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that another user can reach, with the books in it and no venue tables."""
    with TemporaryDirectory() as made:
        shutil.copytree(folder, Path(made, "books"), symlinks=True)
        monkeypatch.setenv(VARIABLE, made)
        yield Path(made)


@pytest.mark.parametrize("in_place", [False, True])
def test_a_record_that_may_not_be_read_is_no_permission(apart: Path, in_place: bool) -> None:
    """A record of another user says nothing of whose the result is: refused, and nothing is written."""
    books = apart / "books"
    out = books if in_place else apart / "out"
    options: dict[str, Any] = {"in_place": True} if in_place else {"out": out}
    run(books, **options)
    before = contents(apart)
    with somebody_else(apart):
        (out / ".microhedge" / "a.xlsx.json").chmod(0)
        found = run(books, **options)
    assert statuses(found) == {"a.xlsx": "refused", "B.XLSM": "unchanged", "c.xlsx": "unchanged"}, found
    assert "can't be read" in found["a.xlsx"].reason
    assert contents(apart) == before


@pytest.mark.parametrize("shut", [".microhedge", ".microhedge/lock"])
def test_a_state_that_may_not_be_touched_is_refused(apart: Path, shut: str) -> None:
    """A lock or a folder of records that belongs to somebody else: a sentence that names it, no traceback."""
    out = apart / "out"
    run(apart / "books", out=out)
    before = contents(apart)
    with somebody_else(apart):
        (out / shut).chmod(0)
        try:
            with pytest.raises((BookError, OSError), match=r"Permission denied|in the way") as refused:
                run(apart / "books", out=out)
        finally:
            (out / shut).chmod(0o700)
    assert ".microhedge" in str(refused.value)
    assert contents(apart) == before


@pytest.mark.parametrize("lock", [".microhedge", ".microhedge/lock"])
@pytest.mark.parametrize("kind", ["pipe", "device", "link", "folder or file"])
def test_what_is_in_the_way_of_the_state_is_refused(
    folder: Path, tmp_path: Path, lock: str, kind: str
) -> None:
    """A run waits for no pipe and writes through no link where its lock and its records lie."""
    out = tmp_path / "out"
    way = out / lock
    way.parent.mkdir(parents=True)
    elsewhere = tmp_path / "elsewhere"
    match kind:
        case "pipe":
            os.mkfifo(way)
        case "device":
            a_device_or_socket(way)
        case "link":
            elsewhere.write_text("somebody's")
            way.symlink_to(elsewhere)
        case _ if lock == ".microhedge":
            way.write_text("somebody's")
        case _:
            way.mkdir()
    with pytest.raises(BookError, match="is in the way of what a run keeps there: move it away"):
        run(folder, out=out)
    assert not elsewhere.exists() or elsewhere.read_text() == "somebody's"


def test_copied_results_are_still_ours(folder: Path, tmp_path: Path) -> None:
    """A result with another date but the same content was copied, not changed."""
    run(folder, out=tmp_path / "out")
    os.utime(tmp_path / "out" / "a.xlsx", (1, 1))
    assert set(statuses(run(folder, out=tmp_path / "out")).values()) == {"unchanged"}


@pytest.mark.parametrize("known", [False, True])
def test_somebody_elses_file_is_never_lost(folder: Path, tmp_path: Path, known: bool) -> None:
    """A target that no run made, or that was changed since, is refused until it is moved away."""
    out = tmp_path / "out"
    out.mkdir()
    if known:
        run(folder, out=out)
    (out / "a.xlsx").write_text("work of a week")
    os.utime(folder / "a.xlsx", (1, 1))
    for _ in range(2):
        outcome = run(folder, out=out)["a.xlsx"]
        assert outcome.status == "refused"
        assert ("changed since it was made" if known else "was not made by an earlier run") in outcome.reason
        assert (out / "a.xlsx").read_text() == "work of a week"
    (out / "a.xlsx").unlink()
    assert run(folder, out=out)["a.xlsx"].status == "done"


def test_refusal_leaves_the_earlier_result(folder: Path, tmp_path: Path) -> None:
    """A book that has become unreadable is refused; what was made of it stays, and stays known."""
    out = tmp_path / "out"
    run(folder, out=out)
    before = contents(out)
    good = (folder / "a.xlsx").read_bytes()
    (folder / "a.xlsx").write_text("torn")
    assert run(folder, out=out)["a.xlsx"].status == "refused"
    assert contents(out) == before
    (folder / "a.xlsx").write_bytes(good)
    assert run(folder, out=out)["a.xlsx"].status == "done"


def test_in_place_writes_over_each_book_once(folder: Path) -> None:
    """In place the book is its own target; a second run only looks, a saved book is done again."""
    before = contents(folder)
    assert set(statuses(run(folder, in_place=True)).values()) == {"done"}
    done = contents(folder)
    assert {name for name in done if done[name] != before[name]} == {"a.xlsx", "B.XLSM", "desk/c.xlsx"}
    assert all(outcome.is_earlier for outcome in run(folder, in_place=True).values())
    (folder / "a.xlsx").write_bytes(before["a.xlsx"])
    assert statuses(run(folder, in_place=True))["a.xlsx"] == "done"
    assert contents(folder) == done


@pytest.mark.parametrize("lock", ["~$a.xlsx", ".~lock.a.xlsx#"])
def test_open_book_is_not_written_over(folder: Path, tmp_path: Path, lock: str) -> None:
    """Whoever has a book open would lose one of two works on saving; the next run does it."""
    (folder / lock).touch()
    before = (folder / "a.xlsx").read_bytes()
    assert "is open in a spreadsheet program" in run(folder, in_place=True)["a.xlsx"].reason
    assert (folder / "a.xlsx").read_bytes() == before
    assert run(folder, out=tmp_path / "out")["a.xlsx"].status == "done"
    (folder / lock).unlink()
    assert run(folder, in_place=True)["a.xlsx"].status == "done"


def test_read_only_book_is_not_written_over(folder: Path) -> None:
    """A rename would not ask for leave; we do."""
    (folder / "a.xlsx").chmod(0o444)
    before = (folder / "a.xlsx").read_bytes()
    outcome = run(folder, in_place=True)["a.xlsx"]
    assert (outcome.status, outcome.reason) == ("failed", f"{folder / 'a.xlsx'}: is read-only")
    assert (folder / "a.xlsx").read_bytes() == before


@pytest.mark.parametrize("place", ["local", "memory"])
def test_book_saved_meanwhile_is_not_written_over(
    folder: Path, book: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Who saves a book while it is being computed keeps what was saved; the next run takes it up."""
    path: str | Path = folder / "a.xlsx"
    if place == "memory":
        path = "memory://meanwhile/a.xlsx"
        fsspec.filesystem("memory").pipe_file("/meanwhile/a.xlsx", book.read_bytes())

    def compute(package: bytes, _: Request) -> tuple[bytes, Outcome]:
        store.write(where, package + b"saved")
        return package, Outcome("", "done")

    store, where = find_store(path)
    monkeypatch.setattr(recalc, "recalc_bytes", compute)
    (job,) = jobs.find_jobs([(store, where)], None, AS_OF, Counter())
    assert isinstance(job, jobs.Job)
    outcome = one_book.perform(job)
    assert outcome.status == "failed"
    assert outcome.reason.endswith("was saved by somebody while it was being recalculated")
    assert store.read(where).endswith(b"saved")


def test_one_book_in_place_leaves_nothing_beside_it(folder: Path) -> None:
    """Who names a book gets that book; no record is kept, for there is no folder to go on with."""
    assert run(folder / "a.xlsx", in_place=True)["a.xlsx"].status == "done"
    assert run(folder / "a.xlsx", in_place=True)["a.xlsx"].status == "unchanged"
    assert not (folder / ".microhedge").exists()


def test_book_reached_twice_is_done_once(folder: Path, tmp_path: Path) -> None:
    """In place a book named twice is one book; two books for one target are a refusal."""
    passed_over: Counter[str] = Counter()
    paths = (folder, folder / "a.xlsx", folder / "desk")
    assert len(run(*paths, in_place=True, passed_over=passed_over)) == 3
    assert passed_over["books given twice"] == 2
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(folder / "a.xlsx", other)
    shutil.copy(folder / "a.xlsx", other / "z.xlsx")
    (tmp_path / "third").mkdir()
    shutil.copy(folder / "a.xlsx", tmp_path / "third" / "z.xlsx")
    paths = (folder, other, tmp_path / "third" / "z.xlsx")
    outcomes = list(recalc_paths(paths, out=tmp_path / "out", request=AS_OF))
    refused = [outcome for outcome in outcomes if outcome.is_problem]
    assert {outcome.reason for outcome in refused} == {
        f"a book of this name also comes from {folder}, and both have one target",
        f"a book of this name also comes from {other}, and both have one target",
    }
    assert len(refused) == 2


@pytest.mark.parametrize("again", ["a.xlsx", "./a.xlsx", ".", "desk/..", "linked/a.xlsx"])
def test_book_given_twice_with_an_output_is_no_rival_of_its_own(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, again: str
) -> None:
    """Twice the same book, as a file, in its folder or by another way there, is once, and is counted."""
    monkeypatch.chdir(folder)
    if again.startswith("linked"):
        (folder / "linked").symlink_to(folder)
    passed_over: Counter[str] = Counter()
    outcomes = run("a.xlsx", again, out=tmp_path / "out", passed_over=passed_over)
    assert passed_over["books given twice"] == 1
    assert outcomes["a.xlsx"].status == "done"
    assert not any(outcome.is_problem for name, outcome in outcomes.items() if name in {"a.xlsx", "c.xlsx"})


def test_what_can_be_no_book_is_an_outcome(tmp_path: Path, book: Path) -> None:
    """A pipe is not waited for, a dead link and a missing path are told, an empty folder is refused."""
    root = tmp_path / "odd"
    (root / "folder.xlsx").mkdir(parents=True)
    os.mkfifo(root / "pipe.xlsx")
    (root / "dead.xlsx").symlink_to(root / "nowhere.xlsx")
    (root / "link.xlsx").symlink_to(book)
    (root / "text.xlsx").write_text("no book")
    (root / "empty.xlsx").touch()
    (tmp_path / "none").mkdir()
    found = run(root, tmp_path / "none", tmp_path / "missing.xlsx", out=tmp_path / "out")
    assert found.pop("link.xlsx").status == "done"
    assert not (tmp_path / "out" / "link.xlsx").is_symlink()
    assert set(statuses(found).values()) == {"refused"}
    assert {
        name: outcome.reason for name, outcome in found.items() if name not in {"text.xlsx", "empty.xlsx"}
    } == {
        "pipe.xlsx": "is a pipe, not a file",
        "dead.xlsx": "leads nowhere",
        "none": "holds no book (.xlsx, .xlsm, .xltx, .xltm)",
        "missing.xlsx": "there is no such file or folder",
    }
    in_place = run(root, in_place=True)
    assert "is a link" in in_place["link.xlsx"].reason
    assert (root / "link.xlsx").is_symlink()


def test_a_link_in_a_circle_stops_no_other_book(folder: Path, tmp_path: Path) -> None:
    """It is told by its name; it was the whole folder that could not be looked at."""
    (folder / "circle.xlsx").symlink_to("circle.xlsx")
    (folder / "circle").symlink_to("circle")
    found = run(folder, out=tmp_path / "out")
    assert statuses(found) == {"a.xlsx": "done", "B.XLSM": "done", "c.xlsx": "done", "circle.xlsx": "failed"}
    assert found["circle.xlsx"].cause == "system"


def test_what_is_in_the_way_of_a_target_stays(folder: Path, tmp_path: Path) -> None:
    """A folder, a link or a pipe where a book should go, or a file where a folder should, is refused."""
    out = tmp_path / "out"
    (out / "a.xlsx").mkdir(parents=True)
    (out / "desk").write_text("a file")
    (out / "B.XLSM").symlink_to(folder / "B.XLSM")
    outcomes = run(folder, out=out)
    assert "is in the way" in outcomes["a.xlsx"].reason
    assert "is in the way" in outcomes["B.XLSM"].reason
    assert outcomes["c.xlsx"].is_problem
    assert (out / "desk").read_text() == "a file"


def test_run_that_would_read_what_it_writes_is_refused(folder: Path, tmp_path: Path) -> None:
    """The output lies in no folder that is read, and is no book that is read."""
    (tmp_path / "link").symlink_to(folder)
    (tmp_path / "file").touch()
    wrong = (
        ([folder], folder),
        ([folder], folder / "desk" / "out"),
        ([folder], tmp_path / "link"),
        ([folder / "a.xlsx"], folder),
        ([folder], tmp_path / "file"),
    )
    for paths, out in wrong:
        with pytest.raises(BadRun):
            recalc_paths(paths, out=out)
    for nothing in ({}, {"out": tmp_path / "out", "in_place": True}):
        with pytest.raises(BadRun, match="say where the results go"):
            run(folder, **nothing)
    assert statuses(run(folder / "a.xlsx", out=folder / "desk")) == {"a.xlsx": "done"}


def test_two_runs_do_not_write_to_one_folder(folder: Path, tmp_path: Path) -> None:
    """The second one is told, and may come again when the first has ended."""
    first = recalc_paths([folder], out=tmp_path / "out", request=AS_OF, jobs=1)
    next(first)
    with pytest.raises(BookError, match="another run is at work here"):
        next(recalc_paths([folder], out=tmp_path / "out", request=AS_OF))
    assert len(list(first)) == 2
    assert len(run(folder, out=tmp_path / "out")) == 3


def test_abandoned_run_ends_its_workers(folder: Path, tmp_path: Path) -> None:
    """Whoever stops asking gets no more books, and nothing stays behind that works."""
    outcomes = recalc_paths([folder], out=tmp_path / "out", request=AS_OF, jobs=1)
    next(outcomes)
    outcomes.close()
    assert set(statuses(run(folder, out=tmp_path / "out")).values()) <= {"done", "unchanged"}


def test_no_more_books_are_begun_than_can_be_worked_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever their number, only a few books for each worker are on their way."""
    found = 0

    def waiting() -> Iterator[jobs.Job]:
        nonlocal found
        for found in range(1, 1_001):
            yield jobs.Job(f"{found}.xlsx", "source", "target", None, Request(), "")

    monkeypatch.setattr(batch, "run_job", lambda job, timeout: Outcome(job.name, seconds=timeout))
    done = 0
    for done, outcome in enumerate(batch._run(waiting(), (), 3, 1.0, None), 1):
        assert outcome.seconds == 1.0
        assert found - done < 3 * AHEAD
    assert done == 1_000


def test_a_small_run_is_left_to_one_worker(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To start another one costs more than a few books; where they take long, the others start."""
    started: list[Worker] = []
    begin = Worker._started

    def counted(worker: Worker) -> Any:
        started.extend([] if worker in started else [worker])
        return begin(worker)

    monkeypatch.setattr(Worker, "_started", counted)
    monkeypatch.setattr(pools, "LATER", 3_600.0)
    assert len(run(folder, out=tmp_path / "alone", jobs=2)) == 3
    assert len(started) == 1
    started.clear()
    monkeypatch.setattr(pools, "LATER", 0.0)
    assert len(run(folder, out=tmp_path / "together", jobs=2)) == 3
    assert len(started) == 2


def test_what_a_killed_writer_left_is_swept_away(folder: Path, tmp_path: Path) -> None:
    """A claimed book is begun again, and the temporary file of its dead writer goes; no other file does."""
    out = tmp_path / "out"
    run(folder, out=out)
    claim(out / ".microhedge" / "a.xlsx.json")
    left, other = out / ".a.xlsx.0abc.part", out / ".aa.xlsx.0abc.part"
    left.write_text("half")
    other.write_text("somebody's")
    assert run(folder, out=out)["a.xlsx"].status == "done"
    assert not left.exists()
    assert other.exists()


@pytest.mark.parametrize("letter", ["n", "\u00e9", "\u6f22"])
def test_the_longest_names_have_room_for_temporary_files(book: Path, tmp_path: Path, letter: str) -> None:
    """Books and reports of up to 255 bytes are done, remembered and, after a killed writer, swept."""
    folder, out = tmp_path / "folder", tmp_path / "out"
    folder.mkdir()
    names = []
    for length in (230, 240, 250, 251, 255):
        letters, odd = divmod(length - len(".xlsx"), len(letter.encode()))
        names.append("x" * odd + letter * letters + ".xlsx")
        try:
            shutil.copy(book, folder / names[-1])
        except OSError:
            pytest.skip("this file system holds no names of 255 bytes")
    assert set(statuses(run(folder, out=out)).values()) == {"done"}
    assert {path.name for path in out.iterdir()} == {*names, ".microhedge"}
    assert all(outcome.is_earlier for outcome in run(folder, out=out).values())
    starts = {temporary_start(name) for name in names}
    assert len(starts) == len(names)
    left = [out / f"{start}0abcdef{ENDING}" for start in starts]
    for partial in left:
        partial.write_text("half")
    for record in (out / ".microhedge").glob("*.json"):
        claim(record)
    assert set(statuses(run(folder, out=out)).values()) == {"done"}
    assert not any(partial.exists() for partial in left)
    assert set(statuses(run(folder, in_place=True)).values()) == {"done"}
    report = tmp_path / names[-1].replace(".xlsx", ".html")
    with open_report(report) as add:
        add(Outcome("a.xlsx"))
    assert "a.xlsx" in report.read_text(encoding="utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted({"folder", "out", report.name})


def test_folder_that_vanishes_is_told(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that can't be listed is one outcome; one below it is passed over, with a count."""

    def denied(path: str) -> Any:
        if Path(path).name in {"desk", "gone"}:
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    scandir = os.scandir
    (tmp_path / "gone").mkdir()
    monkeypatch.setattr(os, "scandir", denied)
    passed_over: Counter[str] = Counter()
    found = run(folder, tmp_path / "gone", out=tmp_path / "out", passed_over=passed_over)
    assert statuses(found) == {"a.xlsx": "done", "B.XLSM": "done", "gone": "failed"}
    assert passed_over["folders that can't be read"] == 1


def ask_for_a_url(folder: Path) -> None:
    """A place on another file system."""
    find_store(f"memory://{folder.name}")


def ask_for_a_cluster(folder: Path) -> None:
    """A run elsewhere."""
    next(recalc_paths([folder], in_place=True, scheduler="tcp://a"))


def ask_for_parquet(folder: Path) -> None:
    """A report in columns."""
    with open_report(folder / "a.parquet"):
        pass


@pytest.mark.parametrize(
    ("module", "ask", "extra"),
    [
        ("fsspec.core", ask_for_a_url, "cluster"),
        ("distributed", ask_for_a_cluster, "cluster"),
        ("pyarrow", ask_for_parquet, "parquet"),
    ],
)
def test_missing_extra_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, module: str, ask: Callable[[Path], None], extra: str
) -> None:
    """Who asks for what is not installed is told what to install."""
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(BookError, match=rf"install microhedge\[{extra}\]"):
        ask(folder)
