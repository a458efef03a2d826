"""Storage: the same run on any file system that fsspec knows, and what each kind promises."""

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import fsspec
import openpyxl
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from workbook.batch.jobs import count_books
from workbook.batch.market_file import market_in_file
from workbook.batch.pools import BadRun
from workbook.batch.report import open_report
from workbook.batch.run import recalc_paths
from workbook.errors import BookError
from workbook.files.local import Local
from workbook.files.storage import find_store
from workbook.request import Outcome


class Server(MemoryFileSystem):  # type: ignore[misc] # fsspec has no types
    """A server where an upload may break off half way, as one behind SFTP: it has a rename."""

    protocol = "testserver"
    store: ClassVar[dict[str, Any]] = {}
    pseudo_dirs: ClassVar[list[str]] = [""]
    breaks: ClassVar[bool] = False

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return str(super()._strip_protocol(path.removeprefix("testserver://")))

    def pipe_file(self, path: str, value: bytes, **options: Any) -> None:
        """Upload, or half of it."""
        super().pipe_file(path, value[: len(value) // 2] if self.breaks else value, **options)
        if self.breaks:
            raise ConnectionResetError(104, "Connection reset by peer")


fsspec.register_implementation("testserver", Server)


@pytest.fixture(params=["memory://books", "testserver://books", "file"])
def remote(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A folder of two books on each kind of storage, and a file that is none."""
    place: str = tmp_path.joinpath("books").as_uri() if request.param == "file" else request.param
    made, content = openpyxl.Workbook(), io.BytesIO()
    sheet = made.worksheets[0]
    sheet["A1"], sheet["B1"] = 2400, "=HEDGE_MARGIN(A1,5)"
    made.save(content)
    system, root = fsspec.core.url_to_fs(place)
    system.makedirs(f"{root}/desk", exist_ok=True)
    for name in ("a.xlsx", "desk/b.xlsx"):
        system.pipe_file(f"{root}/{name}", content.getvalue())
    system.pipe_file(f"{root}/notes.txt", b"no book")
    yield place
    for one in (MemoryFileSystem, Server):
        one.store.clear()
        one.pseudo_dirs[:] = [""]


def run(*places: str, **options: Any) -> dict[str, Outcome]:
    """A run's outcomes by the name of the book."""
    return {outcome.path.rpartition("/")[2]: outcome for outcome in recalc_paths(places, jobs=1, **options)}


def test_books_are_done_where_they_lie(remote: str) -> None:
    """Read, computed, written, remembered: on every storage alike; nothing temporary stays."""
    out = f"{remote}-out"
    assert count_books([remote]) == 2
    assert {name: outcome.status for name, outcome in run(remote, out=out).items()} == {
        "a.xlsx": "done",
        "b.xlsx": "done",
    }
    system, root = fsspec.core.url_to_fs(out)
    files = {path[len(root) :] for path in system.find(root) if not path.endswith("/lock")}
    records = {"/.microhedge/a.xlsx.json", "/.microhedge/desk/b.xlsx.json"}
    assert files == {"/a.xlsx", "/desk/b.xlsx", *records}
    margin = openpyxl.load_workbook(io.BytesIO(system.cat_file(f"{root}/a.xlsx")), data_only=True)
    assert margin.worksheets[0]["B1"].value == 480
    assert all(outcome.is_earlier for outcome in run(remote, out=out).values())
    system.pipe_file(f"{root}/a.xlsx", b"work of a week")
    assert "was changed since it was made" in run(remote, out=out, in_place=False)["a.xlsx"].reason
    assert system.cat_file(f"{root}/a.xlsx") == b"work of a week"


def test_books_are_done_in_place(remote: str) -> None:
    """In place too a second run only looks."""
    assert {outcome.status for outcome in run(remote, in_place=True).values()} == {"done"}
    assert all(outcome.is_earlier for outcome in run(remote, in_place=True).values())


def test_between_this_machine_and_another(remote: str, tmp_path: Path) -> None:
    """Books may come from one storage and go to another."""
    there = run(remote, out=tmp_path / "here")
    assert {outcome.status for outcome in there.values()} == {"done"}
    assert sorted(path.name for path in (tmp_path / "here").iterdir()) == [".microhedge", "a.xlsx", "desk"]


def test_report_and_market_may_lie_anywhere(remote: str) -> None:
    """Reports are uploaded when the run has ended; a market file is read from where it is."""
    system, root = fsspec.core.url_to_fs(remote)
    with open_report(f"{remote}/run.jsonl") as add:
        add(Outcome("a.xlsx"))
    assert Outcome.from_json(system.cat_file(f"{root}/run.jsonl")) == Outcome("a.xlsx")
    system.pipe_file(f"{root}/market.csv", b"symbol,spot\nBTC,30000\n")
    assert market_in_file(f"{remote}/market.csv") == {"BTC": {"spot": 30000.0}}


def test_output_inside_the_source_is_refused(remote: str) -> None:
    """On every storage no run reads what it writes."""
    for out in (remote, f"{remote}/out"):
        with pytest.raises(BadRun):
            run(remote, out=out)


def test_broken_upload_leaves_no_half_book(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server without whole uploads gets a temporary file first, which is renamed, or taken away."""
    store, path = find_store("testserver://broken/a.xlsx")
    store.write(path, b"whole")
    monkeypatch.setattr(Server, "breaks", True)
    with pytest.raises(ConnectionResetError):
        store.write(path, b"another whole")
    assert store.read(path) == b"whole"
    assert Server().find("/broken") == ["/broken/a.xlsx"]


class OddFault(Exception):
    """What a plug-in raises that keeps to nobody's rules."""


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "Connection refused"),
        (TimeoutError(), "TimeoutError"),
        (OddFault("no credentials"), "no credentials"),
        (OddFault(), "OddFault"),
    ],
)
@pytest.mark.parametrize("step", ["isdir", "isfile", "cat_file", "ukey", "walk", "pipe_file"])
def test_a_fault_of_a_storage_names_the_place(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, step: str, fault: Exception, said: str
) -> None:
    """Whatever breaks off, and however a plug-in says so, the sentence says which URL was asked for."""
    store, root = find_store("testserver://desk")
    store.write(f"{root}/a.xlsx", b"no book")

    def broken(*_: Any, **__: Any) -> None:
        raise fault

    monkeypatch.setattr(Server, step, broken)
    try:
        outcomes = run("testserver://desk", out=f"testserver://out-{tmp_path.name}")
    except OSError as error:
        told = f"{error.filename}: {error.strerror or type(error).__name__}"
    else:
        told = " ".join(f"{outcome.path}: {outcome.reason}" for outcome in outcomes.values())
    assert "testserver:///desk" in told or "testserver:///out" in told
    assert said in told


def test_temporary_names_fit_on_any_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that takes names of 255 bytes takes a book of such a name, through a temporary file."""
    uploaded: list[str] = []
    monkeypatch.setattr(Server, "mv", lambda _, partial, path: uploaded.extend((partial, path)))
    name = "n" * 250 + ".xlsx"
    store, path = find_store(f"testserver://long/{name}")
    store.write(path, b"whole")
    partial = uploaded[0].rpartition("/")[2]
    assert uploaded[1] == path
    assert (partial[:9], partial[-5:], len(partial) <= 255) == (".nnnnnnnn", ".part", True)


@pytest.mark.parametrize("place", ["file:///a/b.xlsx", "/a/b.xlsx", Path("/a/b.xlsx")])
def test_file_urls_are_paths(place: str | Path) -> None:
    """A file:// URL has all that this machine's files have."""
    store, path = find_store(place)
    assert (type(store), path) == (Local, os.path.abspath("/a/b.xlsx"))  # noqa: PTH100 - a store's path is text


def test_unknown_storage_is_refused() -> None:
    """A URL that no installed plug-in knows is named."""
    with pytest.raises(BookError, match="nowhere://a"):
        find_store("nowhere://a")
