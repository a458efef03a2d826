"""The Excel add-in as a file: what it holds, what it leaves open, and its VBA, executed."""

import importlib
import io
import json
import re
import shutil
import subprocess
import sys
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from pyopenvba import ExcelFile, VBAModuleKind
from pyopenvba.vba import compress, decompress
from support.parity_cases import CASES

from addin.excel import ERROR_CODES, help_of, help_of_argument
from addin.hosts import excel_file, excel_vba
from addin.hosts.host import HostError
from udfs import REGISTRY

with warnings.catch_warnings():  # oletools calls its parser by deprecated names while it loads
    warnings.simplefilter("ignore")
    olevba = importlib.import_module("oletools.olevba")

SPECS = tuple(REGISTRY.values())
PYTHON = r"C:\Users\Zoë & Co\venv\Scripts\pythonw.exe"
MODULE = excel_vba.module_text(SPECS, excel_file.xlwings_module(), PYTHON)
WORKBOOK = excel_vba.workbook_text(SPECS)
DECLARED = re.compile(
    r"^[ ]*(?P<scope>Public |Private )?(?:Static )?(?:WithEvents )?"
    r"(?P<kind>Sub|Function|Property \w+|Const|Declare (?:PtrSafe )?\w+|Enum|Type)[ ]+(?P<name>\w+)",
    re.MULTILINE,
)


@pytest.fixture(scope="session")
def package() -> bytes:
    """The add-in for one interpreter."""
    return excel_file.add_in(PYTHON)


def code_of(package: bytes) -> dict[str, str]:
    """The modules that hold code, as oletools reads them."""
    parser = olevba.VBA_Parser("microhedge.xlam", data=package)
    try:
        modules = {name: code for _, _, name, code in parser.extract_macros()}
    finally:
        parser.close()
    return {name: code for name, code in modules.items() if lines(code)}


def test_oletools_reads_our_modules(package: bytes) -> None:
    """Another reader finds the two modules, letter for letter, and no other code."""
    found = {
        name: re.sub(r"^Attribute .*\r?\n", "", code, flags=re.MULTILINE)
        for name, code in code_of(package).items()
    }
    assert {name: lines(code) for name, code in found.items()} == {
        "Microhedge.bas": lines(MODULE),
        "ThisWorkbook.cls": lines(WORKBOOK),
    }


def lines(code: str) -> list[str]:
    """Code without its line ends and the attributes before it."""
    return [line for line in code.strip().splitlines() if not line.startswith("Attribute ")]


def test_pyopenvba_reads_our_modules(package: bytes, tmp_path: Path) -> None:
    """The library that wrote the project finds it sound."""
    path = tmp_path / excel_file.NAME
    path.write_bytes(package)
    with ExcelFile(path) as book:
        assert book.module_names() == ["ThisWorkbook", "Sheet1", "Microhedge"]
        assert lines(book.get_module("Microhedge")) == lines(MODULE)
        assert book.validate() == []


@pytest.mark.parametrize("size", [0, 1, 4_095, 4_096, 4_097, 8_192, 12_289])
@pytest.mark.parametrize("kind", ["code", "even", "mixed"])
def test_compression_round_trip(size: int, kind: str) -> None:
    """Module text of any length survives the compression, and oletools reads it as well."""
    text = {
        "code": (MODULE * 2).encode("ascii"),
        "even": b"x" * size,
        "mixed": bytes(31 * number * number % 251 for number in range(size)),
    }[kind][:size]
    packed = compress(text)
    assert decompress(packed) == text
    if size:
        assert olevba.decompress_stream(bytearray(packed)) == text


def public_names(code: str) -> set[str]:
    """What a module declares without keeping it to itself."""
    return {match["name"] for match in DECLARED.finditer(code) if match["scope"] != "Private "}


def test_only_our_functions_are_public() -> None:
    """Nothing but the registry's functions can be called from a sheet."""
    assert public_names(MODULE) == set(REGISTRY)
    stock = public_names(excel_file.xlwings_module())  # the control: what xlwings' own module leaves open
    assert {"RunPython", "ReadFile", "XLPy", "GetConfig", "XLPyDLLActivateAuto"} <= stock


def test_the_workbook_module_offers_nothing_to_a_cell() -> None:
    """Public names beside the functions are those of a document module, which no cell can call."""
    public = {
        (match["kind"], match["name"])
        for match in DECLARED.finditer(WORKBOOK)
        if match["scope"] != "Private "
    }
    assert public == {("Sub", "Ready"), ("Function", "Known"), ("Sub", "Remember")}


@pytest.mark.parametrize(
    "word",
    [
        "RunPython",
        "ReadFile",
        "ActiveWorkbook",
        "ThisWorkbook",
        ".conf",
        "ExecuteWindows",
        "cmd.exe",
        "LICENSE_KEY",
    ],
)
def test_nothing_of_a_workbook_decides_what_runs(word: str) -> None:
    """No configuration of a workbook, folder or user is read, and no shell is started."""
    assert word not in re.sub(r"ThisWorkbook\.(Known|Remember)\b", "", MODULE)


def test_python_starts_isolated_from_the_folder() -> None:
    """The interpreter is called by its full path, with -P."""
    assert '" -E -P -B -c ""import xlwings; xlwings.serve(\'$(CLSID)\')"""' in MODULE
    assert r'"C:\Users\Zo" & ChrW(235) & " & Co\venv\Scripts\pythonw.exe"' in MODULE


def test_without_an_interpreter_the_environment_names_it() -> None:
    """An add-in built on another system asks a variable of the user, and says so where it is not set."""
    text = excel_vba.module_text(SPECS, excel_file.xlwings_module(), None)
    assert 'Environ$("MICROHEDGE_PYTHON")' in text


def test_licence_of_xlwings_is_kept() -> None:
    """The notice that xlwings' licence asks to be kept stands in the module, whole."""
    notice = excel_file.xlwings_module().split("'Version: 0.37.8\n\n")[1].split("\n\n'Attribute")[0]
    assert notice.splitlines() == [line for line in MODULE.splitlines() if line in notice.splitlines()]
    assert "Copyright (C) 2014-present, Zoomer Analytics LLC." in notice


def test_another_vba_module_of_xlwings_is_refused() -> None:
    """An xlwings whose module is laid out differently is named, not guessed at."""
    with pytest.raises(HostError, match="no declarations in its VBA module"):
        excel_vba.module_text(
            SPECS, excel_file.xlwings_module().replace("#If VBA7 Then", "#If VBA8 Then"), None
        )
    with pytest.raises(HostError, match="no XLPy in its VBA module"):
        excel_vba.module_text(
            SPECS, excel_file.xlwings_module().replace("Function XLPy()", "Function Py()"), None
        )


@pytest.mark.parametrize("text", [MODULE, WORKBOOK], ids=["module", "workbook"])
def test_limits_of_vba(text: str) -> None:
    """Lines, continuations and procedures stay within what the VBA editor takes; all is ASCII."""
    assert text.isascii()
    assert max(map(len, text.splitlines())) < 1_023
    assert max(len(run) for run in re.findall(r"(?:_\r\n[^\r]*)+", text.replace("_\r\n", "_\r\n"))) < 8_000
    continued = re.findall(r"(?:[^\r\n]* _\r\n)+", text)
    assert max(block.count("\r\n") for block in continued) <= 24
    procedures = re.findall(r"^(?:Private|Public) (?:Sub|Function).*?^End ", text, re.MULTILINE | re.DOTALL)
    assert max(map(len, procedures)) < 60_000
    assert text.count("\r\n") == text.count("\n")


def test_names_that_vba_and_excel_allow() -> None:
    """No function looks like a cell, no argument is a keyword or the name of a procedure."""
    procedures = {match["name"].lower() for match in DECLARED.finditer(MODULE)}
    for spec in SPECS:
        assert not re.fullmatch(r"[A-Z]{1,3}\d+|R\d*C\d*", spec.name)
        for parameter in spec.parameters:
            name = excel_vba.argument_name(parameter.name)
            assert name not in excel_vba.KEYWORDS
            assert name not in procedures
            assert re.fullmatch(r"[a-z]\w*[a-zA-Z0-9]", name)


def test_help_is_set_for_every_function() -> None:
    """The description of each function and of each of its arguments is in the workbook's module."""
    for spec in SPECS:
        assert f"Tell {excel_vba.literal(spec.name)}, " in WORKBOOK
        assert f"        {excel_vba.literal(help_of(spec))}, _" in WORKBOOK
        for parameter in spec.parameters:
            assert f"        {excel_vba.literal(help_of_argument(parameter))}" in WORKBOOK


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", '""'),
        ('say "no"', '"say ""no"""'),
        ("±5", 'ChrW(177) & "5"'),
        ("😀", "ChrW(55357) & ChrW(56832)"),
        ("a — b", '"a " & ChrW(8212) & " b"'),
    ],
)
def test_literal(text: str, written: str) -> None:
    """A text of any letters is a VBA expression of ASCII alone."""
    assert excel_vba.literal(text) == written


def test_same_inputs_give_the_same_bytes(package: bytes) -> None:
    """Neither the time, the zone, the locale, the hash order nor the process changes a byte."""
    code = "import sys; from addin.hosts import excel_file; "
    code += f"sys.stdout.buffer.write(excel_file.add_in({PYTHON!r}))"
    for surroundings in ({"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo"}, {"PYTHONHASHSEED": "2", "LC_ALL": "C"}):
        made = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={"PATH": "/usr/bin", **surroundings},
            capture_output=True,
            check=True,
        )
        assert made.stdout == package


def test_another_interpreter_makes_another_add_in(package: bytes) -> None:
    """What `status` compares tells one interpreter from another."""
    assert excel_file.add_in(None) != package


def test_package_names_nobody(package: bytes) -> None:
    """The properties say what the file is, and no author, no date, no path but the interpreter's."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        assert archive.testzip() is None
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert excel_file.description_of(package).endswith(PYTHON)
    text = b"".join(part for name, part in parts.items() if name.endswith((".xml", ".rels"))).decode()
    assert not re.search(r"creator|lastModifiedBy|dcterms|absPath", text)
    assert "addin.macroEnabled" in text


# --- executed -------------------------------------------------------------------------------------
UNO_PYTHON = "/usr/bin/python3"
FAKE = """
Public Function CallUDF(script, name, arguments)
    Dim table(1, 1), row(2)
    If IsArray(arguments(0)) Then
        CallUDF = arguments(0)
        Exit Function
    End If
    Select Case arguments(0)
    Case "table"
        table(0, 0) = 1.5
        table(0, 1) = "#NUM!"
        table(1, 0) = "contango"
        table(1, 1) = "#N/A"
        CallUDF = table
    Case "row"
        row(0) = 1
        row(1) = "#DIV/0!"
        row(2) = "#"
        CallUDF = row
    Case "broken"
        Err.Raise 1000, , "no Python"
    Case Else
        CallUDF = arguments(0)
    End Select
End Function
"""


def executable(path: Path) -> None:
    """The add-in as a book that LibreOffice opens: a fake XLPy, the rest as it is.

    LibreOffice's range objects know Value, not Value2, and no areas.
    """
    module = MODULE.replace(".Value2", ".Value").replace("arguments(place).Areas.Count > 1", "False")
    module = re.sub(r"^#If VBA7.*?^#End If\r\n(?=\r\n)", "", module, count=1, flags=re.MULTILINE | re.DOTALL)
    for name in (*excel_vba.FROM_XLWINGS, "Interpreter"):
        module = re.sub(
            rf"^Private (Sub|Function) {name}\(.*?^End \1\r\n", "", module, flags=re.MULTILINE | re.DOTALL
        )
    module = module.replace("ThisWorkbook.Known(key, found)", "False")
    module = module.replace("        ThisWorkbook.Remember key, found\r\n", "")
    module += "Private Function XLPy() As Object\r\n    Set XLPy = New FakeXLPy\r\nEnd Function\r\n"
    module += "Private Function Interpreter() As String\r\nEnd Function\r\n"
    binding = WORKBOOK[
        WORKBOOK.index("' A formula with every call") : WORKBOOK.index("Private Sub DescribeAll")
    ]
    binding = binding.replace("Private Function PlainFormula", "Public Function PlainFormula")
    with (
        zipfile.ZipFile(io.BytesIO(excel_file.add_in(PYTHON))) as source,
        zipfile.ZipFile(path, "w") as target,
    ):
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"ms-excel.addin.macro", b"ms-excel.sheet.macro"))
    with ExcelFile(path) as book:
        project = book.vba_project()
        project.add_module("Binding", binding)
        project.add_module("FakeXLPy", FAKE.replace("\n", "\r\n"), kind=VBAModuleKind.other)
        book.set_module(excel_vba.MODULE, module)
        book.save()


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What formulas show in LibreOffice, by macro security level."""
    if (
        not shutil.which("soffice")
        or subprocess.run([UNO_PYTHON, "-c", "import uno"], check=False).returncode
    ):
        pytest.skip("LibreOffice with its Python bridge is not installed")
    folder = tmp_path_factory.mktemp("vba")
    book = folder / "microhedge.xlsm"
    executable(book)

    def shown(level: int, formulas: dict[str, str]) -> dict[str, Any]:
        driver, profile = ROOT / "tests" / "support" / "vba_driver.py", folder / f"profile{level}"
        command = [UNO_PYTHON, str(driver), str(book), str(level), str(profile)]
        done = subprocess.run(
            command, input=json.dumps(formulas), capture_output=True, text=True, check=True, timeout=500
        )
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    return shown


# LibreOffice shows what VBA's CVErr made as "Error" and its number.
ANSWERS = {
    **{f'="{text}"': (text, f"Error {code}") for text, code in ERROR_CODES.items()},
    "text": ("contango", "contango"),
    "hash": ("#", "#"),
    "lower case": ("#num!", "#num!"),
    "broken": ("broken", "Error 2015"),
}
SPELLINGS = {
    "=HEDGE_MARGIN(1,2)": "=HEDGE_MARGIN(1,2)",
    "=[1]!HEDGE_MARGIN(1,2)": "=HEDGE_MARGIN(1,2)",
    "=1+'C:\\My''s files\\microhedge.xlam'!HEDGE_MARGIN(1,2)": "=1+HEDGE_MARGIN(1,2)",
    "=microhedge.xlam!HEDGE_MARGIN(1,2)*2": "=HEDGE_MARGIN(1,2)*2",
    "=_xll.HEDGE_MARGIN(1,2)": "=HEDGE_MARGIN(1,2)",
    "=_xldudf_HEDGE_MARGIN(1,2)": "=HEDGE_MARGIN(1,2)",
    "=_xldudf_DESK_HEDGE_MARGIN(1,2)": "=HEDGE_MARGIN(1,2)",
    "=_xlfn.HEDGE_MARGIN(_xludf.HEDGE_NOTIONAL(1),2)": "=HEDGE_MARGIN(HEDGE_NOTIONAL(1),2)",
    "=_xlfn._xludf.HEDGE_MARGIN(1,2)": "=HEDGE_MARGIN(1,2)",
    "=[1]!hedge_margin([1]!hedge_margin(1,2),2)": "=hedge_margin(hedge_margin(1,2),2)",
    "='C:\\other.xlam'!HEDGE_MARGIN(1,2)": "",
    "=MY_HEDGE_MARGIN(1,2)": "",
    '="[1]!HEDGE_MARGIN("': "",
    '="a"&[1]!BASIS(2,1)&"[1]!BASIS("': '="a"&BASIS(2,1)&"[1]!BASIS("',
    "=SUM(A1:A2)": "",
    "=NOSUCH(1)": "",
}


def test_errors_are_real_in_vba(run: Any) -> None:
    """The texts of errors become CVErr, element by element; any other cell stays as it is."""
    formulas = {f"A{row}": f'=HEDGE_MARGIN("{text}";5)' for row, (text, _) in enumerate(ANSWERS.values(), 1)}
    expected: dict[str, Any] = {f"A{row}": said for row, (_, said) in enumerate(ANSWERS.values(), 1)}
    formulas |= {"C1:D2": '=HEDGE_MARGIN("table";5)', "C4:E4": '=HEDGE_MARGIN("row";5)'}
    expected |= {
        "C1:D2": [["1.5", "Error 2036"], ["contango", "Error 2042"]],
        "C4:E4": [["1", "Error 2007", "#"]],
    }
    formulas |= {"G1": "=HEDGE_MARGIN(12.5;5)", "G2": "=HEDGE_MARGIN(G1;5)", "G3": "=HEDGE_NOTIONAL(7.5)"}
    expected |= {"G1": "12.5", "G2": "12.5", "G3": "7.5"}
    formulas |= {"I1:I3": "=HEDGE_MARGIN(G1:G3;5)"}
    expected |= {"I1:I3": [["12.5"], ["12.5"], ["7.5"]]}
    formulas |= {"I5": "=ROWS(HEDGE_MARGIN(G1:G3;5))", "I6": "=ROWS(HEDGE_MARGIN(G:G;5))"}
    expected |= {"I5": "3", "I6": str(len(ANSWERS))}  # as far as the sheet is in use
    quoted = [spelling.replace('"', '""') for spelling in SPELLINGS]
    formulas |= {f"K{row}": f'=PLAINFORMULA("{spelling}")' for row, spelling in enumerate(quoted, 1)}
    expected |= {f"K{row}": plain for row, plain in enumerate(SPELLINGS.values(), 1)}
    assert run(0, formulas) == expected


def test_without_macros_nothing_is_computed(run: Any) -> None:
    """The control: where macros are off, the same formulas show an error, so the VBA did the work."""
    shown = run(3, {"A1": "=HEDGE_MARGIN(12.5;5)", "A2": '=HEDGE_MARGIN("#NUM!";5)'})
    assert set(shown.values()) <= {"#VALUE!", "#NAME?", "Err:518"}


def test_every_error_of_the_table_has_a_code() -> None:
    """No refusal that the parity table knows stays a text in the add-in."""
    assert {case.expected for case in CASES if str(case.expected).startswith("#")} <= set(ERROR_CODES)
