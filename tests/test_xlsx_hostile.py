"""Files that were made to hurt: refused with a sentence, in bounded time and memory, and never written to."""

import errno
import os
import shutil
import stat
import struct
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support.books import Array, F, book, edited, parts, repacked

from workbook.errors import BadPackage
from workbook.recalc.recalc import recalc_book, recalc_bytes
from workbook.request import Request
from workbook.xlsx.zip import Limits, Package

SHEET = "xl/worksheets/sheet1.xml"
WORKBOOK = "xl/workbook.xml"
TEXTS = "xl/sharedStrings.xml"
NAMES = {"price": "Sheet1!$A$1"}
LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;">]>'
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


@pytest.fixture(scope="module")
def package() -> bytes:
    """A sound book, to be spoilt."""
    cells = {
        "A1": 1,
        "B1": F("=A1*10", 10),
        "C1": "text",
        "D1": F("=HEDGE_MARGIN(A1,5)", 0.2),
        "E1": Array("=SEQUENCE(A1)", "E1", 1, dynamic=True),
        "F1": F("=SUM(Things[n])", 3),
    }

    def add_table(writer: Any) -> None:
        writer.worksheets()[0].add_table(
            "H1:I3",
            {"name": "Things", "data": [["x", 1], ["y", 2]], "columns": [{"header": "w"}, {"header": "n"}]},
        )

    return book({"Sheet1": cells, "Other": {"A1": F("=Sheet1!B1", 10)}}, NAMES, add_table)


def refusal(package: bytes) -> str:
    """Why the book is refused."""
    written, outcome = recalc_bytes(package, Request(inputs={"price": "2"}))
    assert outcome.status == "refused"
    assert written == package
    return outcome.reason


@pytest.mark.parametrize(
    ("part", "old", "new", "reason"),
    [
        (WORKBOOK, DECLARATION, DECLARATION + LAUGHS, "has a document type"),
        (WORKBOOK, DECLARATION, DECLARATION + OUTSIDE, "has a document type"),
        (SHEET, DECLARATION, DECLARATION + LAUGHS, "document type"),
        (TEXTS, DECLARATION, DECLARATION + LAUGHS, "document type"),
        (WORKBOOK, "</workbook>", "<a>" * 5_000 + "</a>" * 5_000 + "</workbook>", "no well-formed XML"),
        (WORKBOOK, "</workbook>", "", "no well-formed XML"),
        (WORKBOOK, 'name="Other"', 'name="SHEET1"', "two sheets have the same name"),
        (WORKBOOK, 'name="Other"', 'name="a:b"', "a name that no sheet can have"),
        (WORKBOOK, 'r:id="rId2"', 'r:id="rId1"', "the same part"),
        ("xl/_rels/workbook.xml.rels", "worksheets/sheet2.xml", "../../../etc/passwd", "is missing"),
        (SHEET, "<sheetData>", "<sheetData><!-- <c r='A1'/> -->", "comments"),
        (SHEET, "<v>1</v>", "<v><![CDATA[1]]></v>", "marked sections"),
        (SHEET, "<v>1</v>", "<v>nan</v>", "for a number"),
        (SHEET, "<v>1</v>", "<v>1e999</v>", "for a number"),
        (SHEET, "<v>1</v>", "<v>1_000</v>", "for a number"),
        (SHEET, '<c r="B1"', '<c r="A1"', "not in order"),
        (SHEET, '<c r="B1"', '<c r="XFE1"', "outside every sheet"),
        (SHEET, '<c r="B1"', '<d r="B1"', "not written as spreadsheet programs write them"),
        (SHEET, "</sheetData>", "</sheetData><sheetData></sheetData>", "or there are two"),
        (SHEET, 't="s"', 't="x"', "is of the type"),
        (SHEET, 't="s"><v>0<', 't="s"><v>99999999999<', "a text that the book does not have"),
        (SHEET, 'encoding="UTF-8"', 'encoding="UTF-7"', "not in UTF-8"),
        (SHEET, 'ref="E1"', 'ref="E1:XFD1048576"', "missing or too large"),
        (SHEET, "<f>A1*10</f>", '<f t="shared" si="7"/>', "shares formula 7, which no cell before it has"),
        (SHEET, "A1*10", "HEDGE_MARGIN(" * 60 + "A1" + ",5)" * 60 + "+" * 9_000, "can't be evaluated"),
        (SHEET, "A1*10", "(" * 4_000 + "A1" + ")" * 4_000, "can't be evaluated"),
        (SHEET, "SEQUENCE(A1)", "SEQUENCE(A1*2000,1000)", "the engine makes it #VALUE!"),
        (WORKBOOK, "Sheet1!$A$1", "price", "not that of a single cell"),
        (WORKBOOK, "Sheet1!$A$1", "price+price", "not that of a single cell"),
    ],
)
def test_what_no_program_saves_is_refused(package: bytes, part: str, old: str, new: str, reason: str) -> None:
    """One sentence that says what is wrong with which part."""
    assert reason in refusal(edited(package, part, (old, new)))


def test_other_encodings_are_refused(package: bytes) -> None:
    """A sheet in UTF-16 is XML, but no spreadsheet program writes it."""
    xml = parts(package)[SHEET].decode().replace("UTF-8", "UTF-16")
    assert "UTF-8" in refusal(repacked(package, {SHEET: xml.encode("utf-16")}))


def test_a_workbook_part_in_utf_16_hides_nothing(package: bytes) -> None:
    """A document type is found in any encoding."""
    xml = (
        parts(package)[WORKBOOK]
        .decode()
        .replace(DECLARATION, '<?xml version="1.0" encoding="UTF-16"?>' + LAUGHS)
    )
    assert "document type" in refusal(repacked(package, {WORKBOOK: xml.encode("utf-16")}))


def test_a_huge_declared_dimension_costs_nothing(package: bytes) -> None:
    """What a sheet says of its size is not believed."""
    xml = parts(package)[SHEET].decode().replace('ref="A1:I3"', 'ref="A1:XFD1048576"')
    _, outcome = recalc_bytes(repacked(package, {SHEET: xml.encode()}), Request(inputs={"price": "2"}))
    assert outcome.status == "done", outcome.reason


def test_a_hundred_thousand_merged_cells_are_copied(package: bytes) -> None:
    """They are none of our business, and stay."""
    merged = "".join(f'<mergeCell ref="K{row}:L{row}"/>' for row in range(1, 100_001))
    spoilt = edited(
        package, SHEET, ("</sheetData>", f'</sheetData><mergeCells count="100000">{merged}</mergeCells>')
    )
    written, outcome = recalc_bytes(spoilt, Request(inputs={"price": "2"}))
    assert outcome.status == "done"
    assert merged.encode() in parts(written)[SHEET]


def test_cells_beyond_the_limit_are_refused(package: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded by the cells that are read."""
    monkeypatch.setattr("workbook.xlsx.zip.Package.__init__.__defaults__", (Limits(cells=3),))
    monkeypatch.setattr("workbook.xlsx.saved_book._sheets", {})  # those remembered were below the limit
    assert "more than 3 cells" in refusal(package)


def test_a_pipe_a_folder_and_a_device_are_no_books(tmp_path: Path) -> None:
    """Reading a pipe would wait for ever."""
    target = tmp_path / "target.xlsx"
    places = [tmp_path]
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.xlsx")
        places.append(tmp_path / "pipe.xlsx")
    if Path("/dev/zero").exists():
        places.append(Path("/dev/zero"))
    for place in places:
        outcome = recalc_book(place, target)
        assert (outcome.status, outcome.reason) == ("refused", "is no regular file")
    assert recalc_book(tmp_path / "nothing.xlsx", target).reason == "No such file or directory"
    assert not target.exists()


def test_a_link_is_followed_and_stays_a_link(package: bytes, tmp_path: Path) -> None:
    """In place means the book that the link leads to."""
    (tmp_path / "book.xlsx").write_bytes(package)
    link = tmp_path / "link.xlsx"
    link.symlink_to(tmp_path / "book.xlsx")
    outcome = recalc_book(link, link, Request(inputs={"price": "2"}))
    assert outcome.status == "done"
    assert link.is_symlink()
    assert (tmp_path / "book.xlsx").read_bytes() != package


@pytest.mark.parametrize("step", ["os.fsync", "pathlib.Path.replace", "pathlib.Path.chmod"])
def test_a_full_disk_loses_nothing(
    package: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Whatever step of the writing fails, the book is as it was and no part of a file is left."""
    source = tmp_path / "book.xlsx"
    source.write_bytes(package)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(step, full)
    outcome = recalc_book(source, source, Request(inputs={"price": "2"}))
    assert outcome.status == "failed"
    assert os.strerror(errno.ENOSPC) in outcome.reason
    assert source.read_bytes() == package
    assert list(tmp_path.iterdir()) == [source]


def test_a_target_on_another_file_system_is_written_whole(package: bytes, tmp_path: Path) -> None:
    """The temporary file lies beside the target, so the rename never crosses a border."""
    other = Path("/dev/shm")  # noqa: S108 - a file system of its own on Linux
    if not os.access(other, os.W_OK) or other.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no other file system at /dev/shm")
    source, folder = tmp_path / "book.xlsx", Path(tempfile.mkdtemp(dir=other))
    source.write_bytes(package)
    try:
        assert recalc_book(source, folder / "new.xlsx", Request(inputs={"price": "2"})).status == "done"
        assert [path.name for path in folder.iterdir()] == ["new.xlsx"]
    finally:
        shutil.rmtree(folder)


def test_permissions_stay(package: bytes, tmp_path: Path) -> None:
    """In place, and for a new file, the permissions are the book's."""
    source = tmp_path / "book.xlsx"
    source.write_bytes(package)
    source.chmod(0o640)
    for target in (source, tmp_path / "new.xlsx"):
        recalc_book(source, target, Request(inputs={"price": "2"}))
        assert sys.platform == "win32" or stat.S_IMODE(target.stat().st_mode) == 0o640


def test_an_unchanged_book_in_place_is_not_touched(package: bytes, tmp_path: Path) -> None:
    """Not even its time of change."""
    source = tmp_path / "book.xlsx"
    source.write_bytes(package)
    before = source.stat().st_mtime_ns
    assert recalc_book(source, source).status == "unchanged"
    assert source.stat().st_mtime_ns == before


def survives(package: bytes) -> None:
    """Whatever the bytes, an outcome comes back; what is written reads back."""
    written, outcome = recalc_bytes(package, Request(inputs={"price": "2"}, allow_stale=True))
    assert outcome.status in ("done", "unchanged", "refused")
    if outcome.status == "refused":
        assert outcome.reason
        assert written == package
        return
    opened = Package(written)
    for name in Package(package).entries:
        with suppress(BadPackage):  # a spoilt part that nobody reads is copied, as spoilt as it was
            Package(package).read(name)
            opened.read(name)


PIECES = b"|<|>|&|\"|'|/|<c/>|<f>|</f>|\0|\xff|A1|<row>|<v>1|99|=".split(b"|")
READ = [SHEET, WORKBOOK, TEXTS, "xl/tables/table1.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"]
Edits = list[tuple[float, int, bytes]]
edits = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 30), st.sampled_from(PIECES)), min_size=1, max_size=4
)


def spoilt(content: bytes, changes: Edits) -> bytes:
    """The bytes with some runs of them replaced."""
    for place, length, new in changes:
        at = int(place * len(content))
        content = content[:at] + new + content[at + length :]
    return content


FUZZ = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@FUZZ
@given(part=st.sampled_from(READ), changes=edits)
def test_no_spoilt_part_breaks_the_reader(
    package: bytes, part: str, changes: list[tuple[float, int, bytes]]
) -> None:
    """Any bytes in any part that is read: refused, or recalculated."""
    survives(repacked(package, {part: spoilt(parts(package)[part], changes)}))


@FUZZ
@given(changes=edits)
@example(changes=[(0.0, 0, b"\0")])
def test_no_spoilt_package_breaks_the_reader(package: bytes, changes: Edits) -> None:
    """Any bytes in the package itself."""
    survives(spoilt(package, changes))


@FUZZ
@given(
    formula=st.text(
        alphabet=st.sampled_from("ABHZ19:$!'\"[]@#,()+-*/&=<>^%{};. \n_é"), min_size=1, max_size=60
    )
)
def test_no_formula_breaks_the_engine(package: bytes, formula: str) -> None:
    """Any text of a formula is refused, or evaluated."""
    xml = parts(package)[SHEET].replace(b"A1*10", escape(formula).encode())
    survives(repacked(package, {SHEET: xml}))


@FUZZ
@given(value=st.one_of(st.text(max_size=50), st.floats(), st.booleans()))
def test_no_input_breaks_the_book(package: bytes, value: Any) -> None:
    """Any value for an input is refused, or written such that it reads back."""
    for name, refers in NAMES.items():
        assert refers
        written, outcome = recalc_bytes(package, Request(inputs={name: value}))
        assert outcome.status in ("done", "unchanged", "refused")
        if outcome.status == "done":
            again, second = recalc_bytes(written, Request(inputs={name: value}))
            assert (second.status, again) == ("unchanged", written)


def test_sizes_in_the_local_header_are_not_believed(package: bytes) -> None:
    """The directory counts; a local header that says otherwise does no harm."""
    content = bytearray(package)
    struct.pack_into("<2I", content, 18, 1, 1)
    survives(bytes(content))
