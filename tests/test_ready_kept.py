"""The books that come with the package: as they would be built, and taken only where that is sure."""

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from support.generated import EDITIONS, EXAMPLES, ready_books

from workbook import new_book
from workbook.native.editions import EditionName
from workbook.ready import kept
from workbook.sources import KINDS, sources_of
from workbook.xlsx.fresh_package import parts_of

STALE = "the ready books are stale, and `new` builds each book anew: `make docs` writes them again"


@pytest.mark.slow
@pytest.mark.parametrize("edition", EDITIONS)
def test_ready_books_are_what_is_built(edition: EditionName) -> None:
    """Part for part, whatever the compression."""
    content = kept.place(edition).read_bytes()
    for example, package in ready_books(edition).items():
        assert parts_of(kept.unpacked(content, example)) == parts_of(package), (
            f"{example}, {edition}: {STALE}"
        )


def test_the_key_is_that_of_the_sources() -> None:
    """A change of what decides the books shows here, even one that leaves them as they are."""
    assert kept.KEY.read_text(encoding="ascii") == f"{kept.sources()}\n", STALE


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("example", EXAMPLES)
def test_new_writes_the_ready_book(tmp_path: Path, example: str, edition: EditionName) -> None:
    """Every example of every edition is ready, and comes as it is."""
    path = tmp_path / "plan.xlsx"
    new_book(path, example, edition=edition)
    assert path.read_bytes() == kept.ready_book(example, edition)


def test_a_stale_book_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the key of other sources, the book is built and says what it always said."""
    path, ready = tmp_path / "plan.xlsx", kept.ready_book("btc", "add-in")
    key = tmp_path / "sources.txt"
    key.write_text("0" * 32 + "\n", encoding="ascii")
    monkeypatch.setattr(kept, "KEY", key)
    assert kept.ready_book("btc", "add-in") is None
    new_book(path, "btc")
    assert ready is not None
    assert parts_of(path.read_bytes()) == parts_of(ready)


def test_own_venue_tables_ask_for_a_book_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A book shows the facts in force, so none that was built with others is taken."""
    monkeypatch.setenv("MICROHEDGE_VENUES", str(tmp_path))
    assert kept.ready_book("btc", "add-in") is not None
    (tmp_path / "venues.csv").write_bytes((ROOT / "udfs" / "venues.csv").read_bytes())
    assert kept.ready_book("btc", "add-in") is None


def test_damage_is_no_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut, changed, empty or missing, wherever the damage lies: the book is built."""
    whole = kept.place("add-in").read_bytes()
    middle = len(whole) // 2
    damaged = tmp_path / "add-in.xz"
    monkeypatch.setattr(kept, "place", lambda _: damaged)
    assert kept.ready_book("blank", "add-in") is None
    flipped = bytes(whole[:middle]) + bytes([whole[middle] ^ 1]) + bytes(whole[middle + 1 :])
    for content in (b"", whole[:middle], whole[:-1], flipped, b"PK" + whole):
        damaged.write_bytes(content)
        assert kept.ready_book("blank", "add-in") is None
    damaged.write_bytes(kept.packed({}))
    assert kept.ready_book("blank", "add-in") is None


@pytest.mark.parametrize("folder", kept.SOURCES)
def test_any_change_of_the_sources_is_told(tmp_path: Path, folder: str) -> None:
    """Another byte, another name, another module; ends of lines are the checkout's own matter."""
    assert any(path.suffix in KINDS for path in Path(ROOT, folder).rglob("*")), "is to be there"
    module = tmp_path / folder / "below" / "one.py"
    module.parent.mkdir(parents=True)
    module.write_bytes(b"A = 1\nB = 2\n")
    told = [sources_of(kept.SOURCES, tmp_path)]
    module.write_bytes(b"A = 1\r\nB = 2\r\n")
    assert sources_of(kept.SOURCES, tmp_path) == told[0]
    module.write_bytes(b"A = 1\nB = 3\n")
    told.append(sources_of(kept.SOURCES, tmp_path))
    module = module.rename(module.with_name("two.py"))
    told.append(sources_of(kept.SOURCES, tmp_path))
    module.with_name("three.csv").write_bytes(b"")
    told.append(sources_of(kept.SOURCES, tmp_path))
    assert len(set(told)) == len(told)


def test_a_ready_book_needs_no_engine(tmp_path: Path) -> None:
    """Neither the engine nor openpyxl is loaded for it."""
    code = (
        "import sys, pathlib; from workbook import new_book;"
        f"new_book(pathlib.Path({str(tmp_path)!r}) / 'plan.xlsx'); print(*sys.modules)"
    )
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True, cwd=ROOT).split()
    assert not {"openpyxl", "formualizer", "ironcalc", "workbook.template"} & set(loaded)
