"""Faults of processes and machines: no half file, no lost book, and the next run does what is left."""

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import openpyxl
import psutil
import pytest
from conftest import ROOT
from support.processes import PATIENCE, eventually, is_gone, spend_an_hour_when

from workbook.batch import jobs, one_book, records
from workbook.batch import run as batch
from workbook.batch.jobs import Job
from workbook.batch.run import recalc_paths
from workbook.files.storage import find_store
from workbook.request import Outcome, Request

BOOKS = 300
DAY = "2026-01-01"  # a run over midnight would do every book anew
COMMAND: list[str | Path] = [sys.executable, "-m", "addin", "recalc", "--as-of", DAY]
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "tests")))}


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some hundred books, each with figures of its own."""
    root = tmp_path_factory.mktemp("originals")
    for number in range(BOOKS):
        made = openpyxl.Workbook()
        sheet = made.worksheets[0]
        for row in range(1, 20):
            sheet[f"A{row}"], sheet[f"B{row}"] = 1000 + number * row, f"=HEDGE_MARGIN(A{row},5)"
        (root / f"{number % 10}").mkdir(exist_ok=True)
        made.save(root / f"{number % 10}" / f"{number}.xlsx")
    return root


@pytest.fixture(scope="module")
def results(originals: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What every book becomes when nothing goes wrong."""
    out = tmp_path_factory.mktemp("results")
    assert {outcome.status for outcome in recalculated(originals, out=out)} == {"done"}
    return contents(out)


def recalculated(*paths: Path, **options: Any) -> Iterator[Outcome]:
    """A run by two workers."""
    given: dict[str, Any] = {"request": Request(as_of=datetime.fromisoformat(DAY)), "jobs": 2, **options}
    return recalc_paths(paths, **given)


def contents(root: Path) -> dict[str, bytes]:
    """Every file below a folder, but for what a run remembers."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".microhedge" not in path.parts
    }


def is_temporary(name: str) -> bool:
    """Whether this is what a killed writer leaves: hidden, and never taken for a book."""
    return Path(name).name.startswith(".") and name.endswith(".part")


def killed(run: subprocess.Popen[bytes]) -> None:
    """End a run as the system does; its workers end themselves when they notice."""
    process = psutil.Process(run.pid)
    process.suspend()  # what stands still starts no worker that nobody would wait for
    workers = process.children()
    run.kill()
    run.wait()
    eventually(lambda: all(is_gone(worker.pid) for worker in workers))


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("in_place", [False, True], ids=["out", "in place"])
def test_killed_runs_lose_nothing(
    originals: Path, results: dict[str, bytes], tmp_path: Path, in_place: bool, seed: int
) -> None:
    """Killed again and again, at any moment: each book is whole, old or new; the last run ends the work."""
    source = shutil.copytree(originals, tmp_path / "books")
    before = contents(source)
    out = source if in_place else tmp_path / "out"
    command = [*COMMAND, source, *(["--in-place"] if in_place else ["--out", out]), "--jobs", "2"]
    command += ["--report", "-"]
    moment = random.Random(seed)  # noqa: S311 - moments, not secrets
    for _ in range(4):
        with subprocess.Popen(
            command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as run:
            assert run.stdout is not None
            for _ in range(moment.randrange(1, BOOKS // 2)):
                run.stdout.readline()
            killed(run)
        found = {name: data for name, data in contents(out).items() if not is_temporary(name)}
        assert all(
            data in {results[name], before[name] if in_place else None} for name, data in found.items()
        )
        if in_place:
            assert found.keys() == before.keys()
        else:
            assert contents(source) == before
    last = subprocess.run(command, env=ENVIRONMENT, capture_output=True, check=False)
    assert last.returncode == 0, last.stderr
    outcomes = [Outcome.from_json(line) for line in last.stdout.splitlines()]
    assert Counter(outcome.path for outcome in outcomes).most_common(1)[0][1] == 1
    assert len(outcomes) == BOOKS
    assert contents(out) == results


def own_workers() -> Iterator[psutil.Process]:
    """The processes that compute books for this one."""
    for child in psutil.Process().children():
        with suppress(psutil.Error):  # it has ended meanwhile
            if any("workbook.files.worker" in word for word in child.cmdline()):
                yield child


def test_killed_workers_cost_one_book_each(
    originals: Path, results: dict[str, bytes], tmp_path: Path
) -> None:
    """A worker that the system ends takes its own book along, and no other; the next run does that book."""
    kills = 0
    failed: list[Outcome] = []
    for number, outcome in enumerate(recalculated(originals, out=tmp_path / "out")):
        if outcome.status == "failed":
            failed.append(outcome)
        if number in {20, 100, 180}:
            next(own_workers()).kill()
            kills += 1
    assert len(failed) <= kills == 3
    assert {outcome.reason for outcome in failed} <= {"the process that computed it was ended by SIGKILL"}
    again = Counter(outcome.status for outcome in recalculated(originals, out=tmp_path / "out"))
    # Killed between the renaming of its book and the report of it, a worker leaves nothing to do.
    assert again["done"] <= len(failed)
    assert again["done"] + again["unchanged"] == BOOKS
    assert contents(tmp_path / "out") == results


def hangs_after_the_first(job: Job) -> Outcome:
    """Do the first book; every other one hangs."""
    if Path(job.source).stem != "0":
        time.sleep(600)
    return one_book.perform(job)


INTERRUPTED = """
import signal
import test_batch_faults
from addin.cli import main
from workbook.batch import run as batch

signal.signal(signal.SIGINT, signal.default_int_handler)  # it may have been ignored by whoever runs the tests
batch.perform = test_batch_faults.hangs_after_the_first
main()
"""


def test_interrupt_ends_the_run_in_a_sentence(
    originals: Path, results: dict[str, bytes], tmp_path: Path
) -> None:
    """Ctrl-C stops at once, in the middle of a book, with what was done kept."""
    words: list[str | Path] = ["recalc", originals, "--as-of", DAY, "--out", tmp_path / "out", "--jobs", "1"]
    first = "0/0.xlsx"
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, *words],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        try:
            eventually((tmp_path / "out" / first).exists)
            run.send_signal(signal.SIGINT)
            shown, said = run.communicate(timeout=PATIENCE)
        finally:
            run.kill()
    *remarks, last = said.splitlines()  # the first book may have been reported before the signal came
    assert (run.returncode, shown, last) == (130, "", "microhedge: interrupted")
    assert all("had no cached values" in remark for remark in remarks)
    assert contents(tmp_path / "out") == {first: results[first]}


def endless(_: int) -> list[int]:
    """Call itself by way of C, whose stack ends before memory does."""
    return sorted([0], key=endless)


def faulty(job: Job) -> Outcome:
    """Do a job in whose process something goes wrong."""
    match Path(job.source).stem:
        case "4":
            os.abort()
        case "5":
            hoard = [bytes(1 << 20) for _ in range(10_000)]
            del hoard
        case "6":
            sys.setrecursionlimit(1 << 30)
            endless(0)
        case "7":
            raise RuntimeError("a fault of ours")
    return one_book.perform(job)


def test_fault_in_one_book_is_that_books_alone(
    originals: Path, results: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash, exhausted memory, endless recursion: told, survived, and done by the next run."""
    monkeypatch.setattr(batch, "perform", faulty)
    outcomes = list(recalculated(originals, out=tmp_path / "out"))
    failed = {Path(outcome.path).stem: outcome for outcome in outcomes if outcome.status != "done"}
    assert len(outcomes) == BOOKS
    assert failed.keys() == {"4", "5", "6", "7"}
    assert {outcome.status for outcome in failed.values()} == {"failed"}
    assert "ended" in failed["4"].reason
    assert "ran out of memory" in failed["5"].reason
    assert "a fault of ours" in failed["7"].reason
    monkeypatch.undo()
    again = Counter(outcome.status for outcome in recalculated(originals, out=tmp_path / "out"))
    assert again == Counter(done=4, unchanged=BOOKS - 4)
    assert contents(tmp_path / "out") == results


def hangs(job: Job, note: Path) -> Outcome:
    """Do a job, but for one that hangs once it has left a note."""
    if Path(job.source).stem == "13":
        note.touch()
        time.sleep(600)
    return one_book.perform(job)


def test_hang_of_one_book_is_ended_at_its_time(
    originals: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A book that never ends is stopped and told; those behind it are done, and the next run does it."""
    note, out = tmp_path / "note", tmp_path / "out"
    monkeypatch.setattr(batch, "perform", partial(hangs, note=note))
    spend_an_hour_when(note.exists, monkeypatch)
    outcomes = list(recalculated(originals / "3", out=out, jobs=1))
    assert [(Path(outcome.path).stem, outcome.reason) for outcome in outcomes if outcome.is_problem] == [
        ("13", "took longer than 300 seconds and was stopped")
    ]
    monkeypatch.undo()
    again = Counter(outcome.status for outcome in recalculated(originals / "3", out=out))
    assert again == Counter(done=1, unchanged=len(outcomes) - 1)


@pytest.mark.parametrize("in_place", [False, True], ids=["out", "in place"])
def test_full_disk_is_told_and_harms_no_book(originals: Path, tmp_path: Path, in_place: bool) -> None:
    """When nothing more can be written, the book stays as it was and no half file stays."""
    source = shutil.copytree(originals / "1", tmp_path / "books")
    before = contents(source)
    record = records.FOLDER
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    target: dict[str, Any] = {"in_place": True} if in_place else {"out": tmp_path / "out"}
    places = [find_store(source)]
    out = None if in_place else find_store(tmp_path / "out")
    (tmp_path / "out" / record).mkdir(parents=True)
    with mock.patch("os.fsync", side_effect=full):
        for job in jobs.find_jobs(places, out, Request(), Counter()):
            assert isinstance(job, Job)
            outcome = one_book.perform(job)
            assert outcome.is_problem
            assert "No space left on device" in outcome.reason
    assert contents(source) == before
    assert contents(tmp_path / "out") == {}
    assert {outcome.status for outcome in recalculated(source, **target)} == {"done"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with room for a few books, where the machine lets us have one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    options = ["-t", "tmpfs", "-o", "size=256k", "tmpfs"]
    mount = shutil.which("mount")
    if not mount or subprocess.run([mount, *options, disk], capture_output=True, check=False).returncode:
        pytest.skip("mounting is not allowed here; the full disk is tested above without one")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)  # whoever still looks into it does not matter


def test_run_onto_another_disk_that_fills_up(
    originals: Path, results: dict[str, bytes], small_disk: Path
) -> None:
    """On another file system, full after some books: those are whole, the others are told, room helps."""
    outcomes = list(recalculated(originals, out=small_disk / "out"))
    counted = Counter(outcome.status for outcome in outcomes)
    assert counted["done"]
    assert counted["done"] + counted["failed"] + counted["refused"] == BOOKS
    assert all("No space left" in outcome.reason for outcome in outcomes if outcome.is_problem)
    found = contents(small_disk / "out")
    assert len(found) == counted["done"]
    assert all(data == results[name] for name, data in found.items())
    subprocess.run(["mount", "-o", "remount,size=64m", small_disk], check=True)
    assert not [outcome for outcome in recalculated(originals, out=small_disk / "out") if outcome.is_problem]
    assert contents(small_disk / "out") == results
