"""What the add-in does when a book is opened, in pyOpenVBA's model of Excel, which was measured there."""

import re
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from pyopenvba.apps.excel import ExcelApplication
from pyopenvba.interpreter import EMPTY, Interpreter, VBAArray, VBAObject, method, parse_module
from support.windows_host import call

from addin.excel import category, help_of, help_of_argument
from addin.hosts import excel_file, excel_vba
from udfs import REGISTRY

SPECS = tuple(REGISTRY.values())
MODULE = excel_vba.module_text(SPECS, excel_file.xlwings_module(), r"C:\Python\pythonw.exe")
STOCK = excel_vba.xlwings_module_text(SPECS)
# The model has no events of the application and no links; everything else is as in the add-in.
WORKBOOK = excel_vba.workbook_text(SPECS).replace("WithEvents Host As Application", "Host As Object")
WITHOUT_LINKS = WORKBOOK.replace("    Relink book\r\n", "")

CALLS = {
    "=_xll.HEDGE_MARGIN(2400,5)": "=HEDGE_MARGIN(2400,5)",
    "=1+_xldudf_HEDGE_MARGIN(2400,5)": "=1+HEDGE_MARGIN(2400,5)",
    "=HEDGE_MARGIN(2400,5)": "=HEDGE_MARGIN(2400,5)",
    "=NOSUCH(1)": "=NOSUCH(1)",
    '=_xll.HEDGE_MARGIN(1,2)+WEBSERVICE("http://x")': '=_xll.HEDGE_MARGIN(1,2)+WEBSERVICE("http://x")',
    '=IF(_xll.HEDGE_MARGIN(1,2)>0,"WEBSERVICE(1)",SUM(1))': '=IF(HEDGE_MARGIN(1,2)>0,"WEBSERVICE(1)",SUM(1))',
    "=_xll.HEDGE_MARGIN(1,2)+cmd|'/c calc'!A0": "=_xll.HEDGE_MARGIN(1,2)+cmd|'/c calc'!A0",
    "=_xll.HEDGE_MARGIN(1,Other.xlsm!Run(2))": "=_xll.HEDGE_MARGIN(1,Other.xlsm!Run(2))",
    "=SUM(1,2)": "=SUM(1,2)",
}
HERE = r"C:\Users\ann\XLSTART\microhedge.xlam"
STALE = "=_xll.HEDGE_MARGIN(2400,5)"


@pytest.mark.parametrize("text", [MODULE, WORKBOOK, STOCK], ids=["module", "workbook", "stock"])
def test_vba_parses(text: str) -> None:
    """Each module is VBA to a parser that is not LibreOffice's."""
    parse_module(text)


def opened(path: Path) -> ExcelApplication:
    """A book as the add-in finds it, after its open event has run."""
    excel = ExcelApplication()
    excel.open_workbook(path)
    excel.add_module(WITHOUT_LINKS.replace("Private Sub Bind(", "Public Sub Bind("), name="Workbook")
    excel.add_module("Sub Go()\r\nBind ActiveWorkbook\r\nEnd Sub\r\n", name="Go")
    excel.run("Go")
    return excel


def book(path: Path, *, is_plan: bool) -> Path:
    """A book with unbound calls on an open, a protected and a locked sheet."""
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("Open")
        for row, formula in enumerate(CALLS):
            sheet.write_formula(row, 0, formula, None, 3 if "SUM" in formula else "#NAME?")
        protected = made.add_worksheet("Protected")
        protected.write_formula(0, 0, STALE, None, "#NAME?")
        protected.protect("", {"format_columns": True, "autofilter": True})
        locked = made.add_worksheet("Locked")
        locked.write_formula(0, 0, STALE, None, "#NAME?")
        locked.protect("secret")
        if is_plan:
            made.define_name("template_version", "=Open!$A$99")
    return path


def protection(excel: ExcelApplication, sheet: str) -> Any:
    """Whether a sheet is protected, and two of the things it allows."""
    name = f"{sheet}Rules"
    rules = f'Worksheets("{sheet}").Protection'
    said = f'Worksheets("{sheet}").ProtectContents & {rules}.AllowFormattingColumns & {rules}.AllowSorting'
    excel.add_module(f"Function {name}()\r\n{name} = {said}\r\nEnd Function\r\n", name=f"M{sheet}")
    return excel.run(name)


def test_unbound_calls_are_entered_again(tmp_path: Path) -> None:
    """Calls that show #NAME? get their plain name; other cells and sheets with a password stay."""
    excel = opened(book(tmp_path / "plan.xlsx", is_plan=True))
    assert [excel.sheet("Open").formula(f"A{row}") for row in range(1, len(CALLS) + 1)] == list(
        CALLS.values()
    )
    assert excel.sheet("Protected").formula("A1") == CALLS[STALE]
    assert protection(excel, "Protected") == "TrueTrueFalse"
    assert excel.sheet("Locked").formula("A1") == STALE
    assert protection(excel, "Locked") == "TrueFalseFalse"


def test_excel_is_as_it_was_after_binding(tmp_path: Path) -> None:
    """Calculation, screen and events stand still meanwhile and are as they were, also after an error."""
    for text in (WITHOUT_LINKS, WITHOUT_LINKS.replace("    BindNames book\r\n", "    Err.Raise 1000\r\n")):
        excel = ExcelApplication()
        excel.open_workbook(book(tmp_path / "plan.xlsx", is_plan=True))
        excel.add_module(text.replace("Private Sub Bind(", "Public Sub Bind("), name="Workbook")
        said = "Application.Calculation & Application.EnableEvents & Application.ScreenUpdating"
        excel.add_module(
            f"Function Go()\r\nGo = {said} & {chr(34)}|{chr(34)}\r\nBind ActiveWorkbook\r\n"
            f"Go = Go & {said}\r\nEnd Function\r\n",
            name="Go",
        )
        before, after = str(excel.run("Go")).split("|")
        assert before == after
    assert WORKBOOK.index("xlCalculationManual") < WORKBOOK.index("BindNames book")


def test_protected_sheets_of_other_books_are_left_alone(tmp_path: Path) -> None:
    """Only a plan book's own sheets are opened and protected again."""
    excel = opened(book(tmp_path / "other.xlsx", is_plan=False))
    assert [excel.sheet("Open").formula(f"A{row}") for row in range(1, len(CALLS) + 1)] == list(
        CALLS.values()
    )
    assert excel.sheet("Protected").formula("A1") == STALE


@given(st.text(st.characters(codec="utf-16-le"), max_size=20))
@settings(deadline=None, max_examples=50)
def test_a_literal_is_the_text(text: str) -> None:
    """Any text is itself again once VBA has read it."""
    host = Interpreter()
    host.add_module(f"Function Said()\r\nSaid = {excel_vba.literal(text)}\r\nEnd Function\r\n", name="Text")
    said = str(host.run("Said", []))
    assert said.encode("utf-16-le", "surrogatepass").decode("utf-16-le") == text


class Book(VBAObject):  # type: ignore[misc] # pyOpenVBA has no types
    """A workbook with links, which notes how they are changed."""

    def __init__(self, links: list[str]) -> None:
        super().__init__()
        self.links = links
        self.changed: list[tuple[str, str]] = []

    @method(name="LinkSources")  # type: ignore[untyped-decorator]
    def sources(self, _kind: object) -> object:
        """What Excel answers: Empty, or the paths."""
        return VBAArray([(1, len(self.links))], items=list(self.links)) if self.links else EMPTY

    @method(name="ChangeLink")  # type: ignore[untyped-decorator]
    def change(self, name: object, new: object, _kind: object) -> object:
        """Note the change."""
        self.changed.append((str(name), str(new)))
        return EMPTY


@pytest.mark.parametrize(
    ("links", "changed"),
    [
        ([], []),
        ([r"C:\Books\prices.xlsx"], []),
        ([HERE], []),
        ([r"D:\bob\XLSTART\Microhedge.xlam", r"C:\x.xlsx"], [(r"D:\bob\XLSTART\Microhedge.xlam", HERE)]),
    ],
)
def test_links_to_the_add_in_of_another_computer_lead_here(
    links: list[str], changed: list[tuple[str, str]]
) -> None:
    """Only links to an add-in of our name elsewhere are changed."""
    first, last = WORKBOOK.index("Private Sub Relink"), WORKBOOK.index("' A plan book's sheets")
    text = WORKBOOK[first:last].replace("As Workbook", "As Object").replace("Private Sub", "Public Sub")
    excel = ExcelApplication()
    excel.add_workbook()
    excel.add_module(text.replace("ThisWorkbook.FullName", f'"{HERE}"'), name="Workbook")
    book = Book(links)
    excel.run("Relink", book)
    assert book.changed == changed


def test_the_wizard_is_told_each_description() -> None:
    """Executed, the VBA hands over every function's category, help and argument help, letter for letter."""
    first, last = WORKBOOK.index("Private Sub Tell"), WORKBOOK.index("' Calls that Excel did not bind")
    record = (
        "Public told As Collection\r\n"
        "Private Sub Tell(name As String, category As String, help As String, arguments As Variant)\r\n"
        '    told.Add name & "|" & category & "|" & help & "|" & Join(arguments, "|")\r\n'
        "End Sub\r\n"
        "Public Function Everything() As String\r\n"
        "    Dim entry As Variant\r\n"
        "    Set told = New Collection\r\n"
        "    DescribeAll\r\n"
        "    For Each entry In told\r\n"
        "        Everything = Everything & entry & vbLf\r\n"
        "    Next entry\r\n"
        "End Function\r\n"
    )
    text = "Public told As Collection\r\n" + WORKBOOK[:first].replace("Option Explicit", "") + WORKBOOK[last:]
    vba_host = Interpreter()
    vba_host.add_module(text + record.removeprefix("Public told As Collection\r\n"), name="Workbook")
    told = str(vba_host.run("Everything", [])).splitlines()
    assert sorted(told) == sorted(
        "|".join([spec.name, category(spec), help_of(spec), *map(help_of_argument, spec.parameters)])
        for spec in SPECS
    )


class Areas(VBAObject):  # type: ignore[misc] # pyOpenVBA has no types
    """A range of several areas: (A1:A3,A5)."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count

    @method(name="Areas")  # type: ignore[untyped-decorator]
    def areas(self) -> object:
        """Itself: only the count is asked for."""
        return self

    @method(name="Count")  # type: ignore[untyped-decorator]
    def number(self) -> object:
        """How many areas there are."""
        return self.count


@pytest.mark.parametrize(("areas", "shown"), [(2, "Error 2015"), (3, "Error 2015"), (1, "asked")])
def test_a_union_is_refused(areas: int, shown: str) -> None:
    """Several areas are #VALUE!, not the first of them; one area goes on to be read."""
    first, last = MODULE.index("Private Function Ask("), MODULE.index("' One array goes over")
    text = MODULE[first:last].replace("Private", "Public")
    end = '        values(place) = "asked"\r\n    Next place\r\n    Ask = values(0)\r\n'
    end += "    Exit Function\r\nfailed:\r\n    Ask = Err.Description\r\nEnd Function\r\n"
    rest = "Function LastRow(arguments As Variant) As Long\r\nEnd Function\r\n"
    rest += 'Function Go(range As Object) As String\r\nGo = CStr(Ask("HEDGE_MARGIN", Array(range)))\r\n'
    host = Interpreter()
    host.add_module(text + end + rest + "End Function\r\n", name="Answering")
    assert str(host.run("Go", [Areas(areas)])) == shown


class StockXlwings(VBAObject):  # type: ignore[misc] # pyOpenVBA has no types
    """XLPy of xlwings' own add-in: the call goes through xlwings' real conversion to the wrapper."""

    @method(name="CallUDF")  # type: ignore[untyped-decorator]
    def call_udf(self, module: str, name: str, arguments: VBAArray) -> object:
        """The wrapper's answer."""
        assert module == "addin.excel"
        answer = call(name, *map(sent_by_vba, arguments.items))
        if not isinstance(answer, list):
            return answer
        rows = answer if isinstance(answer[0], list) else [answer]
        bounds = [(0, len(rows) - 1), (0, len(rows[0]) - 1)]
        return VBAArray(bounds, items=[row[column] for column in range(len(rows[0])) for row in rows])


def sent_by_vba(value: Any) -> Any:
    """A value of VBA as COM hands it over."""
    return None if value is EMPTY else value


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("HEDGE_MARGIN(2400, 5)", "480"),
        ("HEDGE_MARGIN(2400, 0.5)", "Error 2036"),
        ("HEDGE_QUANTITY(1, 0)", "Error 2007"),
        ('HEDGE_MARGIN("many", 5)', "Error 2015"),
        ("HEDGE_NOTIONAL(1000)", "1000"),
        ('HEDGE_STATUS(45000, 45001, , , , , "neither")', "Error 2036"),
        ("HEDGE_PLAN(6000, 30000, 0.4, 5)(0, 0)", "Exposure"),
    ],
)
def test_in_a_workbook_with_xlwings(formula: str, shown: str) -> None:
    """The module for xlwings' own add-in: refusals are real errors, omitted arguments take their default."""
    host = Interpreter()
    stock = "Public stock As Object\r\nSub Take(given As Object)\r\nSet stock = given\r\nEnd Sub\r\n"
    stock += "Function XLPy() As Object\r\nSet XLPy = stock\r\nEnd Function\r\n"
    host.add_module(stock, name="xlwings")
    host.run("Take", [StockXlwings()])
    host.add_module(re.sub(r"^Attribute.*\r\n", "", STOCK), name="Microhedge")
    host.add_module(f"Function Go() As String\r\nGo = CStr({formula})\r\nEnd Function\r\n", name="Go")
    assert str(host.run("Go", [])) == shown


def test_the_module_for_xlwings_offers_our_functions_alone() -> None:
    """Nothing else of it can be called from a cell, and it starts no Python of its own."""
    declared = re.findall(r"^(Public |Private |)(?:Sub|Function) (\w+)", STOCK, re.MULTILINE)
    assert {name for scope, name in declared if scope != "Private "} == set(REGISTRY)
    assert "Interpreter" not in STOCK.replace("see Interpreter in its ribbon", "")
    assert not re.search(r"\bDeclare\b|ThisWorkbook", STOCK)
    assert STOCK.isascii()


class Cells(VBAObject):  # type: ignore[misc] # pyOpenVBA has no types
    """A range of so many cells that all hold a value."""

    def __init__(self, value: object, count: int = 1) -> None:
        super().__init__()
        self.value = value
        self.count = count

    @method(name="Value2")  # type: ignore[untyped-decorator]
    def value2(self) -> object:
        """What the cells hold."""
        return self.value

    @method(name="Count")  # type: ignore[untyped-decorator]
    def number(self) -> object:
        """How many cells there are."""
        return self.count


def array(items: list[Any]) -> VBAArray:
    """What Array(…) gives."""
    return VBAArray([(0, len(items) - 1)], items=list(items))


THIRD = 1 / 3
NEXT_TO_IT = 0.33333333333333337  # the next double: CStr shows fifteen digits, and no difference


@pytest.mark.parametrize(
    ("first", "second", "asked"),
    [
        ([2400.0, 5.0], [2400.0, 5.0], 1),
        ([2400.0, 5.0], [2400.0, 5], 2),
        ([2400.0, "5"], [2400.0, 5.0], 2),
        ([THIRD], [NEXT_TO_IT], 2),
        ([NEXT_TO_IT], [NEXT_TO_IT], 1),
        (
            [1.7976931348623157e308],
            [1.7976931348623157e308],
            2,
        ),  # CStr of it is no number
        (["btc"], ["BTC"], 2),
        (["a", "b"], ["a|8:1:b"], 2),
        ([EMPTY], [""], 2),
        ([Cells(7.0)], [7.0], 1),
        ([Cells(7.0, 2)], [Cells(7.0, 2)], 2),
        ([Cells(EMPTY)], [Cells(EMPTY)], 1),
    ],
)
def test_an_equal_call_is_asked_once_in_a_calculation(
    first: list[Any], second: list[Any], asked: int
) -> None:
    """In one calculation, if it is equal to the bit, the type and the case; a range is always asked."""
    host = Interpreter()
    start, end = (MODULE.index(words) for words in ("' The answer to an equal call", "' One call of a work"))
    host.add_module(
        MODULE[start:end].replace("ThisWorkbook.", "")  # the model knows modules by their procedures
        + "Public asked As Long\r\nPrivate Function Ask(name As String, arguments As Variant) As Variant\r\n"
        "    asked = asked + 1\r\n    Ask = asked\r\nEnd Function\r\n"
        "Public Function Go(arguments As Variant) As Variant\r\n"
        '    Go = Answer("HEDGE_MARGIN", arguments)\r\nEnd Function\r\n',
        name="Microhedge",
    )
    start, end = (
        WORKBOOK.index("' The next calculation asks"),
        WORKBOOK.index("Private Sub Host_WorkbookActivate"),
    )
    text = "Private answers As Collection\r\n" + WORKBOOK[start:end]
    host.add_module(text.replace("Private Sub Host_After", "Public Sub Host_After"), name="ThisWorkbook")
    told = [host.run("Go", [array(arguments)]) for arguments in (first, second)]
    assert told == [1, asked]
    host.run("Host_AfterCalculate", [])
    assert host.run("Go", [array(first)]) == asked + 1
