"""The cluster: a real scheduler and two real workers on loopback, one of them killed in the middle."""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT
from support.processes import PATIENCE, eventually

from workbook import new_book
from workbook.request import Outcome

BOOKS = 200
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}  # dask's own, on stderr


def started(module: str, *words: str) -> subprocess.Popen[bytes]:
    """One of dask's own programs."""
    command = [sys.executable, "-m", f"distributed.cli.{module}", *words]
    return subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Cluster:
    """A scheduler and two workers with one thread each."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "scheduler.json"
        local = ["--host", "127.0.0.1", "--scheduler-file", str(self.file)]
        self.scheduler = started("dask_scheduler", *local, "--port", "0", "--no-dashboard", "--no-show")
        eventually(self._is_ready)
        plain = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(folder)]
        plain += ["--memory-limit", "0"]  # a share of a machine with many cores may be less than Python needs
        self.workers = [
            started("dask_worker", "--scheduler-file", str(self.file), "--host", "127.0.0.1", *plain)
            for _ in range(2)
        ]

    def _is_ready(self) -> bool:
        """Whether the scheduler listens, and has said where: the file is whole when its text ends."""
        return self.file.exists() and self.file.read_text().endswith("}")

    @property
    def address(self) -> str:
        """Where the scheduler listens."""
        return str(json.loads(self.file.read_text())["address"])

    def close(self) -> None:
        """End what runs."""
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A cluster of its own for each test."""
    found = Cluster(tmp_path)
    yield found
    found.close()


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some hundred plan books."""
    root = tmp_path_factory.mktemp("books")
    new_book(root / "0.xlsx")
    for number in range(1, BOOKS):
        shutil.copy(root / "0.xlsx", root / f"{number}.xlsx")
    return root


def begun(books: Path, out: Path, address: str) -> subprocess.Popen[bytes]:
    """The command on a cluster, with its rows on standard output."""
    command = [sys.executable, "-m", "addin", "recalc", str(books), "--out", str(out), "--report", "-"]
    options = ["--set", "plan_ratio=0.5", "--as-of", "2026-01-01", "--scheduler", address]
    return subprocess.Popen(
        [*command, *options], env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def test_each_book_is_done_once_although_a_worker_dies(cluster: Cluster, books: Path, tmp_path: Path) -> None:
    """The tasks of a killed worker go to the other one; every book has one row and one whole result."""
    run = begun(books, tmp_path / "out", cluster.address)
    assert run.stdout is not None
    first = [run.stdout.readline() for _ in range(20)]
    cluster.workers[0].kill()
    rest, said = run.communicate(timeout=PATIENCE)
    assert run.returncode == 0, said
    outcomes = [Outcome.from_json(line) for line in (*first, *rest.splitlines())]
    assert Counter(outcome.path for outcome in outcomes) == Counter(
        str(books / f"{number}.xlsx") for number in range(BOOKS)
    )
    assert {outcome.outputs["plan_wanted_notional"] for outcome in outcomes} == {3000.0}
    # A book that the dead worker had written, but nobody had heard of, is found done by the other one.
    assert {outcome.status for outcome in outcomes} <= {"done", "unchanged"}
    found_done = [outcome for outcome in outcomes if outcome.status == "unchanged"]
    assert all(outcome.is_earlier for outcome in found_done)
    written = list((tmp_path / "out").glob("*.xlsx"))
    assert len(written) == BOOKS
    assert len({path.read_bytes() for path in written}) == 1
    assert not list((tmp_path / "out").glob(".*.part"))

    again = begun(books, tmp_path / "out", cluster.address)
    rows = [Outcome.from_json(line) for line in again.communicate(timeout=PATIENCE)[0].splitlines()]
    assert Counter(outcome.status for outcome in rows) == {"unchanged": BOOKS}


def test_scheduler_that_does_not_answer_is_refused(books: Path, tmp_path: Path) -> None:
    """A wrong address is one sentence, and nothing was begun."""
    run = begun(books, tmp_path / "out", "tcp://127.0.0.1:9")
    shown, said = run.communicate(timeout=PATIENCE)
    assert (run.returncode, shown) == (2, b"")
    assert said.decode().startswith("microhedge: tcp://127.0.0.1:9: no scheduler answers there")
    assert said.count(b"\n") == 1
