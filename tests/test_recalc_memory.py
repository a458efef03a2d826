"""What a process remembers of one book never shows in another: kept engines and skeletons change no value."""

import importlib
import io
import pkgutil
import re
import struct
import sys
import zipfile
import zlib
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.books import F, book, cached, edited, parts

import udfs
import workbook.engines.libreoffice  # its memory too
from udfs.venues import CONTRACTS_FILE
from workbook import memory
from workbook.recalc.recalc import recalc_book, recalc_bytes
from workbook.request import Request
from workbook.template import book_bytes
from workbook.xlsx import saved_book as book_module
from workbook.xlsx import sheet_memo
from workbook.xlsx.saved_book import SavedBook
from workbook.xlsx.sheet_writer import patched
from workbook.xlsx.zip import RECALLED, Package, _inflated_again

NAMES = {"price": "Sheet1!$A$1", "other": "Sheet1!$A$2", "flag": "Sheet1!$A$3", "word": "Sheet1!$A$4"}


SHEET = "xl/worksheets/sheet1.xml"
NO_MEMORIES = {
    "udfs.registry._registry",  # our functions
    "workbook.engines.ironcalc_apart._sessions",  # in the other process, each for one session
    "workbook.engines.ironcalc_apart._workers",  # that process
    "workbook.engines.libreoffice._known",  # LibreOffice's functions
}


def own_modules() -> list[ModuleType]:
    """The modules of a recalculation that this process has loaded."""
    return [
        module
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] in ("workbook", "udfs") and module is not None
    ]


def forget() -> None:
    """Let the process be as it was at its start, the facts that functions look up as well."""
    memory.clear()
    for module in own_modules():
        for thing in vars(module).values():
            if module.__name__.startswith("udfs.") and hasattr(thing, "cache_clear"):
                thing.cache_clear()


def outcome_of(package: bytes, **asked: Any) -> tuple[bytes, str, str]:
    """The bytes, the status and the reason of a recalculation."""
    written, outcome = recalc_bytes(package, Request(**asked))
    return written, outcome.status, outcome.reason


def test_every_memory_lies_in_one_place() -> None:
    """What a module of workbook remembers, `memory.clear()` empties."""
    for package in (workbook, udfs):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("libreoffice_component"):  # runs in LibreOffice's own Python
                importlib.import_module(found.name)
    ours = [
        (module.__name__, name, thing) for module in own_modules() for name, thing in vars(module).items()
    ]
    stores = {
        f"{module}.{name}": thing
        for module, name, thing in ours
        if type(thing) is dict and re.fullmatch(r"_[a-z]\w*", name)
    }
    caches = {
        f"{module}.{name}": thing
        for module, name, thing in ours
        if hasattr(thing, "cache_info") and module == thing.__module__ and not module.startswith("udfs.")
    }
    assert stores.keys() >= NO_MEMORIES
    marked = {name: thing for name, thing in stores.items() if name not in NO_MEMORIES}
    recalc_bytes(book({"Sheet1": {"A1": 1, "B1": F("=SUM(A1:A9)", 1)}}, {}), Request())
    assert any(thing.cache_info().currsize for thing in caches.values())
    for thing in marked.values():
        thing["met"] = "before"
    memory.clear()
    assert [name for name, thing in marked.items() if thing] == []
    assert {name for name, thing in caches.items() if thing.cache_info().currsize} <= {
        "workbook.engines.libreoffice._profile"  # a folder of the process
    }
    assert [name for name, thing in caches.items() if thing.cache_info().maxsize is None] == [
        "workbook.engines.libreoffice._profile"
    ]


@pytest.fixture(scope="module")
def small() -> bytes:
    """A book of every type, saved with its values."""
    cells = {
        "A1": 1,
        "A2": 2,
        "A3": True,
        "A4": "word",
        "B1": F("=A1+A2", 3),
        "B2": F("=IF(A3,B1,-B1)", 3),
        "B3": F('=A4&"/"&B2', "word/3"),
        "B4": F("=COUNT(A1:A9)&COUNTA(A1:A9)&ISBLANK(A4)", "24FALSE"),
        "B5": F("=1/(A1-5)", -0.25),
        "B6": F('=IFERROR(B5,"none")', -0.25),
        "B7": F("=HEDGE_MARGIN(A1*100,MAX(1,A2))", 50),
        "B8": F("=SUM(A1:A2,B7)", 53),
    }
    return book({"Sheet1": cells}, NAMES)


values = st.fixed_dictionaries(
    {},
    optional={
        "price": st.sampled_from([1.0, 5.0, 0.1, -3.0, 1e9]),
        "other": st.sampled_from([2.0, 7.0, 0.0, -1.0]),
        "flag": st.booleans(),
        "word": st.sampled_from(["", "x", "=1+1", "ß & <b>", "TRUE", " space "]),
    },
)


@settings(max_examples=60, deadline=None)
@given(runs=st.lists(values, min_size=2, max_size=5))
def test_a_kept_engine_answers_as_a_new_one(small: bytes, runs: list[dict[str, Any]]) -> None:
    """Any sequence of inputs gives book for book the same bytes as a process that saw nothing before."""
    fresh = []
    for inputs in runs:
        forget()
        fresh.append(recalc_bytes(small, Request(inputs=inputs))[0])
    forget()
    warm = small
    for inputs, expected in zip(runs, fresh, strict=True):
        assert recalc_bytes(small, Request(inputs=inputs))[0] == expected
        warm, outcome = recalc_bytes(warm, Request(inputs=inputs))
        assert outcome.status in ("done", "unchanged")


def test_a_kept_engine_plans_as_a_new_one() -> None:
    """The template's books: another ratio, another leverage and back, with and without a memory."""
    plan = book_bytes("two-asset", None)
    asked = [
        Request(inputs={"plan_ratio": ratio, "plan_leverage": leverage})
        for ratio, leverage in [(0.5, 3.0), (0.4, 5.0), (1.0, 1.0), (0.0, 10.0), (0.5, 3.0)]
    ]
    forget()
    warm = [recalc_bytes(plan, request)[0] for request in asked]
    for request, expected in zip(asked, warm, strict=True):
        forget()
        assert parts(recalc_bytes(plan, request)[0]) == parts(expected)


def test_types_are_told_apart_by_a_kept_engine() -> None:
    """TRUE equals 1 to Python; to a formula it does not."""
    package = book({"Sheet1": {"B1": F("=ISNUMBER(A1)", cached=False), "A1": "x"}}, {"price": "Sheet1!$A$1"})
    blank = book({"Sheet1": {"B1": F("=ISNUMBER(A1)", cached=False)}}, {"price": "Sheet1!$A$1"})
    for value, expected in (("1", True), ("TRUE", False), ("1", True)):
        written, _ = recalc_bytes(blank, Request(inputs={"price": value}))
        assert cached(written, "Sheet1", "B1") == [expected]
    assert recalc_bytes(package, Request(inputs={"price": "y"}))[1].status == "done"


def test_a_skeleton_reads_what_the_scan_reads() -> None:
    """The third book of a template is read by its skeleton alone: cell for cell the same."""
    plan = book_bytes("two-asset", None)
    forget()
    first = SavedBook(plan)
    read = [(first.cells(n).values, dict(first.cells(n).starts)) for n in range(len(first.sheets))]
    SavedBook(plan).grammar  # noqa: B018 - met a second time
    for _ in range(2):
        book_module._sheets.clear()
        again = SavedBook(plan)
        found = [(again.cells(n).values, dict(again.cells(n).starts)) for n in range(len(again.sheets))]
        assert found == read
    assert sheet_memo._known


def test_many_long_ranges_cost_what_they_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns of ranges that are blank but for a few cells are read only as far as a book fills them."""
    cells = {"A1": 1, "A2": F("=SUM(C1:C90000)+A1", 1), "B2": F("=SUM(D1:D90000)+A1", 1)}
    package = book({"Sheet1": cells}, {"price": "Sheet1!$A$1"})
    kept = recalc_bytes(package, Request(inputs={"price": "2"}))[0]
    monkeypatch.setattr("workbook.recalc.template_formulas.HELD", 100_000)
    renamed = book({"Sheet2": cells}, {"price": "Sheet2!$A$1"})
    written = recalc_bytes(renamed, Request(inputs={"price": "2"}))[0]
    assert cached(kept, "Sheet1", "A2", "B2") == cached(written, "Sheet2", "A2", "B2") == [2, 2]


def test_zero_has_no_sign() -> None:
    """No cell of Excel's holds -0: as a text it is 0, whatever the engine held before."""
    package = book({"Sheet1": {"A1": 0, "A2": 1, "B1": F('=A1&"/"&A2', "0/1")}}, NAMES)
    for before in ("-0", "3"):
        recalc_bytes(package, Request(inputs={"price": before}))
        written, _ = recalc_bytes(package, Request(inputs={"price": "-0", "other": "2"}))
        assert cached(written, "Sheet1", "B1") == ["0/2"]
        forget()


def test_a_kept_engine_reads_the_venue_tables_of_each_book(tmp_path: Path) -> None:
    """Books of one template in several folders, some with venue tables of their own: each gets its facts."""
    call = '=CONTRACT_SPEC("Binance","BTC","taker_fee")'
    package = book({"Sheet1": {"A1": 1, "B1": F(call, 0.0005), "B2": F("=B1*A1", 0.0005)}}, NAMES)
    for number, fee in enumerate((0.0005, 0.0123, 0.0321, 0.0005, 0.0123)):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "book.xlsx").write_bytes(package)
        if fee != 0.0005:
            header = "venue,symbol,kind,contract_size,lot,taker_fee,as_of"
            row = f"Binance,BTC/USDT:USDT,linear,1,0.001,{fee},2026-01-01"
            (folder / CONTRACTS_FILE).write_text(f"{header}\n{row}\n")
        outcome = recalc_book(folder / "book.xlsx", folder / "out.xlsx", Request(venues_beside=True))
        assert outcome.status == ("done" if fee != 0.0005 else "unchanged"), outcome.reason
        assert cached((folder / "out.xlsx").read_bytes(), "Sheet1", "B1", "B2") == [fee, fee]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<c r="A1"><v>1</v></c>', '<c r="A1"> <v>1</v> </c>'),
        ('<c r="A1"><v>1</v></c>', '<c r="A1" ><v>1</v></c>'),
        ('<c r="A1"><v>1</v></c>', '<c r="A1"><v xml:space="preserve">1</v></c>'),
        ('<c r="A1"><v>1</v></c>', '<c r="A1" vm = "1"><v>1</v></c>'),
        ('<c r="A1"><v>1</v></c>', '<c r="A1" t="n"><v>1</v></c>'),
        ('<c r="A4" t="s"><v>0</v></c>', '<c r="A4" t="str"><v>word</v></c>'),
        ("<f>A1+A2</f><v>3</v>", "<f>A1+A2</f> <v>3</v>\n"),
        ("<f>A1+A2</f><v>3</v>", "<f >A1+A2</f ><v>3</v>"),
        ("<f>A1+A2</f><v>3</v>", '<f>A1+A2</f><v>3</v><extLst><ext uri="x"/></extLst>'),
        ("<sheetData>", "<odd><v>1234</v></odd><sheetData>"),
    ],
)
def test_odd_spellings_are_written_alike_with_and_without_a_memory(small: bytes, old: str, new: str) -> None:
    """A cell that no other program writes so: what a skeleton knows of it changes no byte of the result."""
    spelled = [
        edited(small, SHEET, (old, new), ('<c r="A2"><v>2</v>', f'<c r="A2"><v>{number}</v>'))
        for number in ("2", "2.0", "2E0", "02")
    ]
    inputs = {"word": "x"} if "A4" in old else {"price": "6"}  # such as change no cell's type
    forget()
    warm = [outcome_of(package, inputs=inputs) for package in spelled]
    for package, found in zip(spelled, warm, strict=True):
        forget()
        assert outcome_of(package, inputs=inputs) == found
        assert found[1] == "done", found[2]


def test_what_stands_before_the_cells_is_no_value_of_theirs(small: bytes) -> None:
    """A value before the cells' section may be longer in the next book: the cells then begin elsewhere."""
    books = [
        edited(small, SHEET, ("<sheetData>", f"<odd><v>{text}</v></odd><sheetData>"))
        for text in ("x" * 2000, "y" * 2000, "x", "z" * 2000, "")
    ]
    forget()
    warm = [outcome_of(package, inputs={"word": "x"}) for package in books]
    for package, found in zip(books, warm, strict=True):
        forget()
        assert outcome_of(package, inputs={"word": "x"}) == found


def test_a_known_sheet_without_cells_takes_its_first() -> None:
    """A sheet that is `<sheetData/>` gets a cell, however often it was met."""
    names = {"price": "Sheet2!$A$1"}
    package = book({"Sheet1": {"B1": F("=Sheet2!A1*2", 0)}, "Sheet2": {}}, names)
    forget()
    for value in (1, 2, 3, 4):
        book_module._sheets.clear()
        written, outcome = recalc_bytes(package, Request(inputs={"price": float(value)}))
        assert outcome.status == "done", outcome.reason
        assert cached(written, "Sheet1", "B1") == [value * 2]


def test_a_known_sheet_is_refused_for_what_refuses_a_new_one(small: bytes) -> None:
    """A character that no XML may hold is refused in a value, however often its sheet was met."""
    for text in ("word/3", "word/4", "word/5"):
        recalc_bytes(edited(small, SHEET, ("<v>word/3</v>", f"<v>{text}</v>")), Request())
    _, status, reason = outcome_of(edited(small, SHEET, ("<v>word/3</v>", "<v>word\0</v>")))
    assert (status, "instructions" in reason) == ("refused", True)


def padded(content: bytes, length: int) -> bytes:
    """Content deflated to so many bytes, or a few less: blocks of nothing fill it up."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = deflater.compress(content) + deflater.flush(zlib.Z_FULL_FLUSH)
    end = b"\3\0"
    return packed + b"\0\0\0\xff\xff" * ((length - len(packed) - len(end)) // 5) + end


def with_packed(package: bytes, name: str, content: bytes, packed: bytes, method: int) -> bytes:
    """The package with a part whose bytes are said to be packed so."""
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w") as archive:
        for other, part in parts(package).items():
            archive.writestr(other, packed if other == name else part)
        start = archive.getinfo(name).header_offset
    whole = bytearray(saved.getvalue())
    record = whole.rindex(name.encode()) - 46
    for at in (start + 8, record + 10):
        struct.pack_into("<H", whole, at, method)
        struct.pack_into("<I", whole, at + 6, zlib.crc32(content))
    struct.pack_into("<I", whole, start + 22, len(content))
    struct.pack_into("<I", whole, record + 24, len(content))
    return bytes(whole)


def test_a_sheet_is_known_by_how_it_is_packed(small: bytes) -> None:
    """The same bytes, said to be stored as they lie, are another part: a damaged one."""
    sheets = (parts(small)[SHEET] + b" " * spaces for spaces in range(9))
    sheet = next(sheet for sheet in sheets if len(padded(sheet, len(sheet))) == len(sheet))
    deflated, stored = (
        with_packed(small, SHEET, sheet, padded(sheet, len(sheet)), method)
        for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)
    )
    forget()
    assert outcome_of(deflated)[1] == "unchanged"
    _, status, reason = outcome_of(stored)
    assert (status, "damaged" in reason) == ("refused", True)


def test_a_small_part_that_is_packed_large_is_not_kept(small: bytes) -> None:
    """Deflate may take any number of bytes for a few: only what is small both ways stays in memory."""
    name, content = "docProps/app.xml", b"<Properties/>"
    package = with_packed(small, name, content, padded(content, RECALLED * 2), zipfile.ZIP_DEFLATED)
    forget()
    assert Package(package).read(name) == content
    assert cast("Any", _inflated_again).cache_info().currsize == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<v>8</v>", b"<v>8.000000000000002</v>"),
        (b"<v>8</v>", b""),
        (b'<c r="B1">', b'<c r="C1">'),
        (b"<f>A1+A2</f>", b"<f>A1-A2</f>"),
        (b"<f>A1+A2</f>", b""),
        (b' t="b"><f>ISNUMBER', b"><f>ISNUMBER"),
        (b' t="e"><f>IF', b' t="str"><f>IF'),
        (b"<v>77</v>", b"<v>78</v>"),
        (b' t="b"><v>1</v>', b' t="b"><v>0</v>'),
        (b"</sheetData>", b'<row r="99"><c r="A99"><v>1</v></c></row></sheetData>'),
    ],
)
def test_a_sheet_that_was_written_wrong_is_refused(
    monkeypatch: pytest.MonkeyPatch, old: bytes, new: bytes
) -> None:
    """A wrong value, one of another type or in another cell, a formula lost or changed: all is refused."""
    cells = {
        "A1": 1,
        "A2": 2,
        "A3": True,
        "A5": 77,
        "B1": F("=A1+A2", 3),
        "B2": F("=ISNUMBER(1/(A2-2))", cached=False),
        "B3": F("=NA()+0*(A2>2)", "#N/A"),
        "B4": F("=IF(A2>2,NA(),1)", 1),
    }
    package = book({"Sheet1": cells}, NAMES)

    def spoilt(*given: Any) -> bytes:
        xml = patched(*given)
        assert old in xml
        return xml.replace(old, new)

    right = recalc_bytes(package, Request(inputs={"other": "7"}))
    assert right[1].status == "done", right[1].reason
    monkeypatch.setattr("workbook.recalc.recalc.patched", spoilt)
    forget()
    written, outcome = recalc_bytes(package, Request(inputs={"other": "7"}))
    assert (written, outcome.status) == (package, "refused")
