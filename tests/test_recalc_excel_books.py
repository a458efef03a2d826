"""Books that real Excel saved: what a recalculation must reproduce, and what it must not harm."""

import csv
import datetime as dt
import io
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from conftest import SHARED
from lxml import etree
from support.books import parts, without_values
from support.lawful import breaches

from workbook.cells import KEY_MASK, MAX_COLUMN, MAX_ROW, SHEET_BITS, Value, area_of, place
from workbook.errors import BookError
from workbook.recalc.evaluation import Model
from workbook.recalc.recalc import _written, recalc_bytes
from workbook.recalc.verification import divergences, judged
from workbook.request import Request
from workbook.xlsx.saved_book import SavedBook
from workbook.xlsx.sheet_writer import patched

BOOKS = SHARED / "data" / "books"
ORACLE = sorted(BOOKS.glob("excel_oracle/*.xls*"))
FEATURES = sorted(BOOKS.glob("excel_features/*.xl*"))
KNOWN = Path(__file__).parent / "golden" / "divergences.csv"
AS_OF = dt.datetime(2026, 1, 31)
VOLATILE = {"NOW", "TODAY", "RAND", "RANDBETWEEN", "RANDARRAY"}

pytestmark = pytest.mark.skipif(not ORACLE, reason="the shared data does not lie beside the project")


def known(book: str) -> dict[str, int]:
    """The divergences of the engine in a book that are known, with the reason, by the functions called."""
    with KNOWN.open(newline="") as file:
        return {row["functions"]: int(row["cells"]) for row in csv.DictReader(file) if row["book"] == book}


def values(package: bytes) -> dict[int, Value]:
    """Every cached value of a book, by place."""
    book = SavedBook(package)
    return {
        sheet << SHEET_BITS | key: value
        for sheet in range(len(book.sheets))
        for key, value in book.cells(sheet).values.items()
    }


def test_enough_books_are_there_and_run() -> None:
    """No test here passes because a folder is empty or every book is refused."""
    assert len(ORACLE) >= 100
    statuses = Counter(recalc_bytes(path.read_bytes(), Request(as_of=AS_OF))[1].status for path in FEATURES)
    assert statuses["done"] + statuses["unchanged"] >= 40


@pytest.mark.parametrize("path", ORACLE, ids=lambda path: path.stem)
def test_engine_diverges_from_excel_where_it_is_known_to(path: Path) -> None:
    """Each formula, given Excel's values, against Excel's value: the list holds both ways."""
    model = Model(SavedBook(path.read_bytes()))
    found = divergences(model, frozenset(model.formulas.keys() - model.program.lacks.keys()))
    assert Counter(" ".join(sorted(model.program.plain[where].calls)) for where in found) == known(path.name)


def test_several_sheets_at_once_are_computed_as_excel_does() -> None:
    """Every formula of the book refers to three sheets, and every one is proven by Excel's value."""
    model = Model(SavedBook((BOOKS / "excel_features" / "poi__55906-MultiSheetRefs.xlsx").read_bytes()))
    assert len(model.formulas) == 13
    assert not model.faults
    assert not divergences(model, frozenset(model.formulas))


def test_every_known_divergence_has_a_book_and_a_reason() -> None:
    """No row without a reason, no book that is not there."""
    with KNOWN.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(row["reason"] for row in rows)
    assert {row["book"] for row in rows} <= {path.name for path in ORACLE}


@pytest.mark.parametrize("path", ORACLE, ids=lambda path: path.stem)
def test_excel_values_stay_without_a_changed_input(path: Path) -> None:
    """Nothing but what the clock and chance move differs from what Excel cached."""
    package = path.read_bytes()
    written, outcome = recalc_bytes(package, Request())
    model = Model(SavedBook(package))
    roots = [where for where, plain in model.program.plain.items() if plain.calls & VOLATILE]
    moving = model.closure({*roots, *model.missing})
    before, after = values(package), values(written)
    assert outcome.status in ("done", "unchanged")
    assert {w for w in before.keys() | after.keys() if before.get(w) != after.get(w)} <= moving


@pytest.mark.parametrize("path", ORACLE, ids=lambda path: path.stem)
def test_no_divergent_cell_is_written_after_a_change(path: Path) -> None:
    """Every number moves at once: what the engine gets wrong is named, never written; the rest is lawful."""
    model = Model(SavedBook(path.read_bytes()))
    inputs: dict[int, Value] = {
        sheet << SHEET_BITS | key: value / 2 + 1
        for sheet in range(len(model.book.sheets))
        for key, value in model.book.cells(sheet).values.items()
        if type(value) is float and value != 2 and sheet << SHEET_BITS | key not in model.formulas
    }
    filled = {cell for where in model.arrays for cell in model.filled(where)}
    inputs = {where: value for where, value in inputs.items() if where not in filled}
    try:
        verdict = judged(model, inputs, None)
    except BookError:
        return  # refused as a whole
    faults = model.program.lacks.keys()
    wrong = {*faults, *divergences(model, frozenset(model.formulas.keys() - faults))}
    assert not wrong & verdict.changes.keys()
    assert wrong & model.closure(inputs) <= verdict.blocked
    assert breaches(_written(model.book, verdict, {})) == []


@pytest.mark.parametrize("path", [*ORACLE, *FEATURES], ids=lambda path: path.stem)
def test_book_is_refused_with_a_sentence_or_unharmed(path: Path) -> None:
    """Every part byte for byte the same, but for values in the sheets that changed."""
    package = path.read_bytes()
    written, outcome = recalc_bytes(package, Request(as_of=AS_OF))
    if outcome.status == "refused":
        assert len(outcome.reason) > 20
        assert written == package
        return
    if outcome.status == "unchanged":
        assert written == package
        return
    before, after = parts(package), parts(written)
    assert [*before] == [*after]
    sheets = {sheet.part for sheet in SavedBook(package).sheets}
    for name in before:
        if name in sheets:
            assert without_values(before[name]) == without_values(after[name])
        else:
            assert before[name] == after[name]
    again, second = recalc_bytes(written, Request(as_of=AS_OF))
    assert (second.status, again) == ("unchanged", written)


@pytest.mark.parametrize("path", ORACLE, ids=lambda path: path.stem)
def test_what_excel_saves_keeps_the_rules_of_the_package(path: Path) -> None:
    """The rules to which written books are held are those that Excel itself keeps."""
    assert breaches(path.read_bytes()) == []


@pytest.mark.parametrize("path", ORACLE, ids=lambda path: path.stem)
def test_the_calculation_chain_knows_formulas_and_fixed_arrays_alone(path: Path) -> None:
    """Excel lists no cell that an array spills into: a spill of another size leaves the chain true."""
    book = SavedBook(path.read_bytes())
    if "xl/calcChain.xml" not in book.package:
        return
    sheets = [element.get("sheetId") for element in root(book, book.part).iter("{*}sheet")]
    computed = {
        (sheet, where & KEY_MASK)
        for sheet in range(len(book.sheets))
        for key, formula in book.cells(sheet).formulas.items()
        for where in (key, *(() if formula.dynamic or not formula.area else formula.area.places()))
    }
    number = ""
    for link in root(book, "xl/calcChain.xml"):
        number = link.get("i", number)  # the sheet of the one before unless it says another
        area = area_of(link.get("r", ""))
        assert area is not None
        assert (sheets.index(number), place(0, area.top, area.left)) in computed


def root(book: SavedBook, part: str) -> etree._Element:
    """The XML of a part."""
    return etree.fromstring(book.package.read(part))


@pytest.mark.parametrize("path", ORACLE, ids=lambda path: path.stem)
def test_new_cells_find_their_place_in_any_sheet(path: Path) -> None:
    """Before, between and behind the cells that are there, in rows that are there and in others."""
    book = SavedBook(path.read_bytes())
    sheets = {}
    for number, sheet in enumerate(book.sheets):
        if not sheet.has_cells:
            continue
        cells = book.cells(number)
        keys = [place(0, row, column) for row in (1, 2, 7, 40, MAX_ROW) for column in (1, 3, 28, MAX_COLUMN)]
        new: dict[int, Value] = {key: float(key) for key in keys if key not in cells.formulas}
        sheets[sheet.part] = patched(book.xml(number), cells, new)
        assert book.scanned(number, sheets[sheet.part]).values == {**cells.values, **new}
    assert breaches(book.package.written(sheets)) == []


@pytest.mark.filterwarnings("ignore:.*extension is not supported")  # openpyxl says what it would lose
@pytest.mark.parametrize("name", ["templates__gantt_project_tracker.xlsx", "docs__DATE.xlsx"])
def test_written_book_opens_elsewhere(name: str, tmp_path: Path) -> None:
    """Openpyxl and LibreOffice read it, with the values that were written."""
    package = (BOOKS / "excel_oracle" / name).read_bytes()
    written, _ = recalc_bytes(package, Request(as_of=AS_OF))
    assert openpyxl.load_workbook(io.BytesIO(written)).sheetnames
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    source = tmp_path / "book.xlsx"
    source.write_bytes(written)
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "csv",
            "--outdir",
            str(tmp_path),
            str(source),
        ],
        check=True,
        capture_output=True,
        timeout=500,
    )
    assert (tmp_path / "book.csv").read_text(encoding="utf-8", errors="replace").strip()
