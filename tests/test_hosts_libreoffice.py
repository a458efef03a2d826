"""The functions in the real LibreOffice: parity with the registry, the wizard, books, installation."""

import datetime as dt
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.utils import get_column_letter
from support.calc import Calc, Office, absence
from support.golden_rows import ROWS, is_close
from support.hosts_page import decided_by_calc
from support.parity_cases import CASES, Case

from udfs import REGISTRY
from udfs.dates import serial
from workbook import new_book, recalc_book
from workbook.cells import COLUMN_BITS, COLUMN_MASK, address
from workbook.engines import libreoffice_extension, soffice
from workbook.formula.words import LONG_NAME
from workbook.recalc.evaluation import differs
from workbook.xlsx.saved_book import SavedBook

needs_office = pytest.mark.skipif(bool(absence()), reason=absence() or "LibreOffice is here")
ADD_IN_CATEGORY = 11  # com.sun.star.sheet.FunctionCategory.ADDINS
ROUNDING = 1e-9  # of a sum of amounts of up to a million
FORMULA_OF = {
    True: "=TRUE()",
    False: "=FALSE()",
    "": '=""',
    "#N/A": "=NA()",
    "#DIV/0!": "=1/0",
    "#REF!": "=#REF!",
}


def as_cell(cell: Any) -> Any:
    """A cell of the table as a sheet of Calc takes it."""
    if isinstance(cell, (bool, str)):
        return FORMULA_OF.get(cell, cell)
    return serial(cell) if isinstance(cell, dt.date) else cell


def as_call(case: Case) -> tuple[str, dict[str, list[list[Any]]], int, int]:
    """The case as a formula over blocks of cells; a blank argument is left out."""
    blocks, words = {}, []
    for place, cell in enumerate(case.cells):
        rows = cell if isinstance(cell, list) else [[cell]]
        if rows == [[None]]:
            words.append("")
            continue
        column, width = 40 * (place + 1), len(rows[0])
        first, last = (get_column_letter(c) for c in (column, column + width - 1))
        blocks[f"{first}1:{last}{len(rows)}"] = [[as_cell(part) for part in row] for row in rows]
        words.append(f"{first}1" if len(rows) == width == 1 else f"{first}1:{last}{len(rows)}")
    expected = case.expected
    height, width = (len(expected), len(expected[0])) if isinstance(expected, list) else (1, 1)
    return f"={case.name}({';'.join(words)})", blocks, height, width


def test_every_case_agrees_with_the_registry(calc: Calc) -> None:
    """Each example, refusal, kind of cell and shape gives the same value, or the same error, in Calc."""
    cases = [case for case in CASES if not decided_by_calc(case)]
    answers = calc.calculate(map(as_call, cases))
    wrong = {}
    for case, answer in zip(cases, answers, strict=True):
        expected = case.expected if isinstance(case.expected, list) else [[case.expected]]
        if answer != expected:
            wrong[str(case)] = (answer[:3], expected[:3])
    assert not wrong


def test_every_golden_row_holds_over_cells(calc: Calc) -> None:
    """The values and refusals of an independent computation, every argument in cells, tables as ranges."""
    answers = calc.calculate(as_call(Case(row.source, row.function, tuple(row.cells))) for row in ROWS)
    wrong = {}
    for number, (row, answer) in enumerate(zip(ROWS, answers, strict=True)):
        expected = row.expected["error"] if isinstance(row.expected, dict) else row.expected
        got = answer if isinstance(expected, list) else answer[0][0]
        if not is_close(got, expected, row.tolerance):
            wrong[f"{number} {row.function}"] = (got, expected)
    assert not wrong


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("=HEDGE_NOTIONAL(TRUE())", 1.0),
        ("=HEDGE_NOTIONAL(15000;Z1)", 0.0),
        ("=SUM(HEDGE_MARGIN(A5:A6;5))", "Err:504"),
    ],
)
def test_what_calc_decides_itself(calc: Calc, formula: str, shown: Any) -> None:
    """Calc turns TRUE into 1 and a reference to a blank cell into 0, and refuses a range with an error."""
    assert calc.calculate([(formula, {"A5:A6": [[1.0], ["=NA()"]]}, 1, 1)]) == [[[shown]]]


WHOLE_COLUMNS = {"B1:B7": [[30000 + place**3 % 700] for place in range(7)], "C2:C7": [[9]] * 3 + [[8]] * 3}


@pytest.mark.parametrize(
    ("formula", "rows"),
    [
        ("=HEDGE_BETA(B:B;C:C)", "=HEDGE_BETA(B1:B7;C1:C7)"),
        ("=HEDGE_BETA(B:B;C1:C7)", "=HEDGE_BETA(B1:B7;C1:C7)"),
        ("=HEDGE_MARGIN(B:B;5)", "=HEDGE_MARGIN(B1:B7;5)"),
        ("=HEDGE_NOTIONAL(D:D)", "=HEDGE_NOTIONAL(D1:D2)"),
        ("=SUM(HEDGE_MARGIN(IF(B:B=0;1;B:B);5))", "=SUM(HEDGE_MARGIN(B1:B7;5))+1048569/5"),
        ("=SUM(IF(ISERROR(HEDGE_MARGIN(B:B;5));1;0))", "=1048569"),
        ("=SUM(IF(ISNA(HEDGE_MARGIN(C1:C7;B:B));1;0))", "=1048569"),
    ],
)
def test_whole_columns_are_worked_to_the_last_row_in_use(calc: Calc, formula: str, rows: str) -> None:
    """The rows below give what one of them gives, as array formulas too."""
    whole, part = calc.calculate([(formula, WHOLE_COLUMNS, 2, 1), (rows, WHOLE_COLUMNS, 2, 1)])
    assert whole == part
    assert whole[0][0] not in {"Err:504", "Err:522"}


@pytest.mark.parametrize("areas", ["A5:A6~A8", "(A5:A6~A8)", "A5~A6"])
def test_several_areas_are_refused(calc: Calc, areas: str) -> None:
    """A reference to several areas reaches no function: Calc's own refusal, which Excel reads as #VALUE!."""
    filled: dict[str, Any] = {"A5:A8": [[100.0], [101.0], [104.0], [103.0]]}
    formulas = (f"=REALIZED_VOLATILITY({areas})", f"=HEDGE_NOTIONAL({areas})")
    assert calc.calculate((formula, filled, 1, 1) for formula in formulas) == [[["Err:504"]]] * 2


def test_every_example_can_be_typed(calc: Calc) -> None:
    """Each function's example, its cells written into the formula itself, gives the golden number."""
    specs = [spec for spec in REGISTRY.values() if not spec.is_array]
    typed = [f"={spec.name}({';'.join(map(literal, spec.example.cells))})" for spec in specs]
    answers = calc.calculate((formula, {}, 1, 1) for formula in typed)
    expected = [spec.call(*spec.example.cells) for spec in specs]
    assert [answer[0][0] for answer in answers] == expected


def literal(cell: Any) -> str:
    """A cell as one types it: ranges as inline arrays, nothing for an argument that is left out."""
    if cell is None:
        return ""
    if isinstance(cell, (list, tuple)):
        rows = [row if isinstance(row, (list, tuple)) else [row] for row in cell]
        return "{" + "|".join(";".join(map(literal, row)) for row in rows) + "}"
    if isinstance(cell, dt.date):
        return repr(serial(cell))
    return f'"{cell}"' if isinstance(cell, str) else repr(cell)


def test_a_refusal_is_a_real_error(calc: Calc) -> None:
    """IFERROR catches a refusal, ISNA knows its kind, and SUM passes it on."""
    formulas = ["=IFERROR(HEDGE_MARGIN(2400;0.5);7)", "=IF(ISNA(BOOK_SLIPPAGE(9;{1};{1}));1;0)"]
    assert [calc.value(formula) for formula in formulas] == [7.0, 1.0]
    assert calc.value("=SUM(HEDGE_MARGIN(2400;0.5);1)") == "#NUM!"


def test_the_wizard_knows_every_function(calc: Calc) -> None:
    """Category, description, argument names and help come from the registry, in order."""
    known = calc.ask("describe")
    for spec in REGISTRY.values():
        category, description, arguments = known[spec.name]
        assert (category, description) == (ADD_IN_CATEGORY, libreoffice_extension.description(spec))
        assert arguments == [[p.name, libreoffice_extension.help_of(p)] for p in spec.parameters]


SPELLINGS = (
    "HEDGE_MARGIN",
    "_xll.HEDGE_MARGIN",
    "_xlfn.HEDGE_MARGIN",
    "_xludf.HEDGE_MARGIN",
    "_xldudf_HEDGE_MARGIN",
    "_xldudf_MICROHEDGE_HEDGE_MARGIN",
    "[1]!HEDGE_MARGIN",
    "'C:\\addins\\microhedge.xlam'!HEDGE_MARGIN",
)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A book as another program saved it: calls in every spelling, wrong cached values, an array, a name."""
    path = tmp_path / "saved.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Plan")
        sheet.write_column("D1", [2400, 7500])
        for row, spelling in enumerate(SPELLINGS):
            sheet.write_formula(row, 0, f"={spelling}(D1,5)", value=-1)
            sheet.write_formula(row, 1, f"=IFERROR({spelling}(D1,5)+1,0)", value=0)
        sheet.write_array_formula("F1:F2", "{=HEDGE_MARGIN(D1:D2,5)}", value=-1)
        book.define_name("margin", "=HEDGE_MARGIN(Plan!$D$2,10)")
        sheet.write_formula("G1", "=margin", value=-1)
        sheet.add_table("J1:K3", {"name": "Hedges", "columns": [{"header": "size"}, {"header": "margin"}]})
        sheet.write_column("J2", [1000, 2000])
        for row, spelling in enumerate(("[1]!HEDGE_MARGIN", "_xludf.HEDGE_MARGIN"), 2):
            sheet.write_formula(
                f"K{row}", f'={spelling}(Hedges[[#This Row],[size]],5)&"HEDGE_MARGIN("', value=""
            )
        sheet.write_formula("H1", '="hedge_margin("&D1', value="hedge_margin(2400")
        sheet.protect()
    return path


def values_of(cells: dict[str, list[Any]]) -> dict[str, Any]:
    """The values alone."""
    return {place: value for place, (_formula, value) in cells.items()}


def test_a_saved_book_shows_numbers(calc: Calc, saved: Path) -> None:
    """Every spelling that Excel saves is bound on loading, in cells, arrays and names, protected or not."""
    cells, is_modified = calc.ask("open", str(saved), [])
    expected: dict[str, Any] = {
        f"Plan!{row},{column}": 479.0 + column for row in range(1, 9) for column in (1, 2)
    }
    expected |= {"Plan!1,6": 480.0, "Plan!2,6": 1500.0, "Plan!1,7": 750.0, "Plan!1,8": "hedge_margin(2400"}
    expected |= {"Plan!2,11": "200HEDGE_MARGIN(", "Plan!3,11": "400HEDGE_MARGIN("}
    assert values_of(cells) == expected
    assert not is_modified


@pytest.mark.parametrize("endings", [(".xlsx",), (".ods", ".xlsx"), (".xlsx", ".ods", ".xlsx")], ids=" ".join)
def test_a_book_saved_again_is_plain(calc: Calc, saved: Path, endings: tuple[str, ...]) -> None:
    """Saved as .xlsx, also by way of .ods, formulas hold the plain names, as Excel and we read them."""
    book = saved
    for number, ending in enumerate(endings):
        target = saved.with_name(f"again{number}{ending}")
        calc.ask("open", str(book), [str(target)])
        book = target
    with zipfile.ZipFile(book) as package:
        text = "".join(package.read(name).decode() for name in package.namelist() if name.endswith(".xml"))
        assert package.testzip() is None
    assert "MICROHEDGE.FUNCTIONS" not in text.upper()
    assert {cell.value for cell in openpyxl.load_workbook(book)["Plan"]["A"][:8]} == {"=HEDGE_MARGIN(D1,5)"}
    assert openpyxl.load_workbook(book).defined_names["margin"].value == "HEDGE_MARGIN(Plan!$D$2,10)"
    assert openpyxl.load_workbook(book, data_only=True)["Plan"]["F2"].value == 1500


def test_a_large_book_is_bound_at_once(calc: Calc, tmp_path: Path) -> None:
    """Twenty thousand calls are bound on loading, by Calc itself rather than one by one."""
    path = tmp_path / "large.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Plan")
        for row in range(20_000):
            sheet.write_number(row, 0, row)
            sheet.write_formula(row, 1, f"=HEDGE_MARGIN(A{row + 1},5)", value=-1)
    cells, _ = calc.ask("open", str(path), [])
    assert [value for _formula, value in cells.values()] == [row / 5 for row in range(20_000)]


def test_a_foreign_call_stays_as_it_is(calc: Calc, tmp_path: Path) -> None:
    """A call into another add-in, which Calc can't read itself, is kept when ours beside it are bound."""
    path, target = tmp_path / "foreign.xlsx", tmp_path / "again.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Plan")
        sheet.write_formula("A1", "=[2]!OTHER(1)", value=7)
        sheet.write_formula("A2", "=HEDGE_MARGIN(2400,5)", value=-1)
    cells, _ = calc.ask("open", str(path), [str(target)])
    assert values_of(cells)["Plan!2,1"] == 480.0
    assert str(openpyxl.load_workbook(target)["Plan"]["A1"].value).upper() == "=[2]!OTHER(1)"


def test_a_copy_can_be_recalculated(calc: Calc, saved: Path) -> None:
    """A copy holds LibreOffice's long names; a recalculation reads them, and so does LibreOffice."""
    copy = saved.with_name("copy.xlsx")
    calc.ask("copy", str(saved), str(copy))
    assert openpyxl.load_workbook(copy)["Plan"]["A1"].value == f"={LONG_NAME}HEDGEMARGIN(D1,5)"
    outcome = recalc_book(copy, saved.with_name("new.xlsx"))
    assert (outcome.status, outcome.unknown_functions, outcome.unproven) == ("unchanged", (), ())
    cells, _ = calc.ask("open", str(copy), [])
    assert values_of(cells)["Plan!1,1"] == 480.0


def test_the_long_name_is_the_service_of_the_extension() -> None:
    """What is read in a book is what the extension is registered as."""
    assert libreoffice_extension.SERVICE.upper() + "." == LONG_NAME


def test_a_book_without_our_functions_is_saved_as_it_is(calc: Calc, tmp_path: Path) -> None:
    """A book that calls nothing of ours is not touched after LibreOffice has saved it."""
    path, target = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Plan").write_formula("A1", "=1+1", value=2)
    cells, _ = calc.ask("open", str(path), [str(target)])
    assert values_of(cells) == {"Plan!1,1": 2.0}
    with zipfile.ZipFile(target) as package:
        assert b"1+1" in package.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("example", ["two-asset", "btc", "portfolio", "blank"])
def test_every_cell_of_the_template_agrees(calc: Calc, tmp_path: Path, example: str) -> None:
    """Each formula cell of a plan book has in LibreOffice the value that the embedded engine gave it.

    Calc itself makes 0 of a sum that is smaller than the rounding of what is added.
    """
    path = tmp_path / "plan.xlsx"
    new_book(path, example)
    day = None
    while day != dt.datetime.now(dt.UTC).date():  # TODAY is today in LibreOffice
        day = dt.datetime.now(dt.UTC).date()
        recalc_book(path, path)
        cells, is_modified = calc.ask("open", str(path), [])
    assert not is_modified  # charts have flags of their own
    book = SavedBook(path.read_bytes())
    wrong = {}
    for number, sheet in enumerate(book.sheets):
        cached = book.cells(number)
        for key in cached.formulas:
            row, column = key >> COLUMN_BITS, key & COLUMN_MASK
            formula, shown = cells[f"{sheet.name}!{row},{column}"]
            value = cached.values[key]
            expected = float(value) if isinstance(value, bool) else value  # to Calc it is a number
            if differs(expected, shown) and not (
                shown == 0.0 and isinstance(expected, float) and abs(expected) < ROUNDING
            ):
                wrong[f"{sheet.name}!{address(row, column)}"] = (formula, value, shown)
    assert not wrong


@needs_office
def test_the_extension_comes_and_goes(tmp_path: Path) -> None:
    """Installed twice it works, is told of, and removed it leaves no trace."""
    office = Office(tmp_path)
    absent = office.microhedge("addin", "status", "libreoffice")
    assert (absent.returncode, absent.stdout.splitlines()[0]) == (1, "state: absent")
    for _time in range(2):
        installed = office.microhedge("addin", "install", "libreoffice")
        assert (installed.returncode, installed.stderr) == (0, "")
    assert office.microhedge("addin", "status", "libreoffice").stdout.startswith("state: sound\n")
    with office.running() as calc:
        assert calc.value("=HEDGE_MARGIN(2400;5)") == 480.0
    for sentence in ("is no longer in LibreOffice", "was not in LibreOffice"):
        removed = office.microhedge("addin", "remove", "libreoffice")
        assert removed.returncode == 0
        assert sentence in removed.stdout
    with office.running() as calc:
        assert calc.value("=HEDGE_MARGIN(2400;5)") == "#NAME?"
    assert office.traces() == []


@needs_office
def test_installed_while_calc_runs_it_works_after_a_restart(tmp_path: Path) -> None:
    """The first time and over itself, under a Calc that has it in use; the command says to restart."""
    office = Office(tmp_path)
    for _time in range(2):
        with office.running() as calc:
            calc.value("=HEDGE_MARGIN(2400;5)")
            installed = office.microhedge("addin", "install", "libreoffice")
            assert (installed.returncode, installed.stderr) == (0, "")
            assert "restart LibreOffice if it is running" in installed.stdout
        with office.running() as calc:
            assert calc.value("=HEDGE_MARGIN(2400;5)") == 480.0


@needs_office
def test_a_shell_that_misleads_libreoffice_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In an active environment our commands work and warn; started by itself, LibreOffice would end."""
    active = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", active], check=True)
    monkeypatch.setenv("PATH", os.pathsep.join([str(active / "bin"), os.environ["PATH"]]))
    if soffice.misleading_python(soffice.program_path("soffice")) is None:
        pytest.skip("this LibreOffice has a Python of its own")
    office = Office(tmp_path / "office")
    for verb in ("install", "status"):
        done = office.microhedge("addin", verb, "libreoffice")
        assert (done.returncode, done.stderr) == (0, "")
        assert f"would take the Python of {active}" in done.stdout
        assert "env PATH=/usr/bin:/bin soffice" in done.stdout
    new_book(tmp_path / "plan.xlsx", "btc")
    for path, ends_well in ((os.environ["PATH"], False), ("/usr/bin:/bin", True)):
        done = subprocess.run(
            [office.programs / "soffice", "--headless", "--convert-to", "csv", tmp_path / "plan.xlsx"],
            cwd=tmp_path,
            env={"PATH": path, "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode == 0) == (tmp_path / "plan.csv").exists() == ends_well


def test_the_extension_is_reproducible() -> None:
    """The same registry gives the same bytes."""
    assert libreoffice_extension.extension() == libreoffice_extension.extension()


def test_no_two_functions_share_a_method() -> None:
    """UNO names know no underscore: names that differ by it alone would meet."""
    assert len({name.replace("_", "") for name in REGISTRY}) == len(REGISTRY)
