"""The VBA of the Excel add-in: one public function for each record of the registry, all else private.

What starts Python is taken from the installed xlwings, whose DLL it must match; nothing of xlwings
that reads a workbook, a folder or a file is taken.
"""

import re
from collections.abc import Iterable, Iterator
from importlib.resources import files
from itertools import groupby
from operator import attrgetter
from typing import Final

from addin.excel import ERROR_CODES, category, help_of, help_of_argument
from addin.hosts.host import HostError
from udfs import REGISTRY
from udfs.registry import Spec

MODULE: Final = "Microhedge"  # of the standard module that holds the functions
ADVICE: Final = "microhedge addin status excel, in a command window, says what to do."
XLWINGS_ADVICE: Final = "xlwings starts Python for this workbook: see Interpreter in its ribbon tab."
FROM_XLWINGS: Final = ("XLPy", "ParentFolder")
INTERPRETER_VARIABLE: Final = "MICROHEDGE_PYTHON"
HARMLESS: Final = (  # functions of Excel that may stand beside a call of ours that is entered again
    "ABS AND AVERAGE AVERAGEIF AVERAGEIFS CHOOSE COLUMN COLUMNS CORREL COUNT COUNTA COUNTBLANK COUNTIF "
    "COUNTIFS DATE DAY EXACT EXP FIXED HLOOKUP IF IFERROR IFNA IFS INDEX INT ISBLANK ISERR ISERROR ISLOGICAL "
    "ISNA ISNUMBER ISTEXT LARGE LEFT LEN LET LN LOG10 LOOKUP LOWER MATCH MAX MEDIAN MID MIN MOD MONTH N NA "
    "NOT NOW OR PI POWER PRODUCT RANK RIGHT ROUND ROUNDDOWN ROUNDUP ROW ROWS RSQ SIGN SLOPE SMALL SQRT STDEV "
    "SUM SUMIF SUMIFS SUMPRODUCT SWITCH TEXT TIME TODAY TRANSPOSE TRIM TRUNC UPPER VALUE VAR VLOOKUP XLOOKUP "
    "YEAR"
)

# Words that VBA keeps for itself.
KEYWORDS: Final = frozenset(
    (  # noqa: SIM905 - a list a word a line says no more
        "abs addressof and any array as attribute boolean byref byte byval call "
        "case cbool cbyte ccur cdate cdbl cint circle clng close const csng "
        "cstr currency cvar cverr date debug decimal declare dim do doevents double "
        "each else elseif empty end endif enum eqv erase error event exit "
        "false fix for friend function get global go gosub goto if imp "
        "implements in input inputb int integer is lbound len lenb let like "
        "line linput load local lock long longlong longptr loop lset me mid "
        "mod name new next not nothing null object on open option optional "
        "or paramarray preserve print private pset public put raiseevent redim rem resume "
        "return rset scale seek select set sgn shared single spc static step "
        "stop string sub tab then time to true type typeof ubound unlock "
        "until variant wend while with withevents write xor"
    ).split()
)


def module_text(specs: Iterable[Spec], xlwings: str, interpreter: str | None, library: str = "") -> str:
    """The standard module, from the text of xlwings' own, the interpreter and the folder of xlwings' DLL."""
    parts = [
        "' The worksheet functions of microhedge. Written by `microhedge addin build excel`.",
        "' The parts that start Python come from xlwings, under its licence:",
        *_notice(xlwings),
        "Option Explicit",
        "",
        *_declarations(xlwings),
        "",
        *_interpreter(interpreter),
        "",
        *_constant("LibraryFolder", library),
        "",
        *(line for name in FROM_XLWINGS for line in (*_procedure(xlwings, name), "")),
        *_asset("start_python.bas"),
        "",
        *_asset("equal_calls.bas"),
        "",
        *_asking(ADVICE),
    ]
    return _lines([*parts, *(line for spec in specs for line in (*wrapper(spec), ""))])


def xlwings_module_text(specs: Iterable[Spec]) -> str:
    """The same functions as a module for a workbook of one's own, in which xlwings starts Python.

    xlwings' own wrappers hand a refusal over as text; these make real errors of it, and read whole
    columns as far as they are in use.
    """
    parts = [
        f'Attribute VB_Name = "{MODULE}"',
        "' The worksheet functions of microhedge for a workbook with xlwings, whose add-in it refers to.",
        "' Written by `microhedge addin build xlwings`.",
        "Option Explicit",
        "",
        *_asking(XLWINGS_ADVICE),
    ]
    return _lines([*parts, *(line for spec in specs for line in (*wrapper(spec, "Ask"), ""))])


def _asking(advice: str) -> Iterator[str]:
    """What every call needs, however Python is started."""
    yield from (*_asset("microhedge.bas"), "")
    yield from (*_constant("Advice", advice), "")
    yield from (*_errors(), "")


def _constant(name: str, text: str) -> Iterator[str]:
    """A text as a function, for VBA's constants hold no ChrW."""
    yield f"Private Function {name}() As String"
    yield f"    {name} = {literal(text)}"
    yield "End Function"


def workbook_text(specs: Iterable[Spec]) -> str:
    """The module of the add-in's workbook: the help of the functions, and calls that need binding."""
    ordered = sorted(specs, key=attrgetter("category", "name"))
    groups = [list(group) for _, group in groupby(ordered, key=attrgetter("category"))]
    parts = ["Option Explicit", "", *_asset("ThisWorkbook.cls"), ""]
    parts += [*_names([spec.name for spec in ordered]), "", *_harmless(), ""]
    parts += ["Private Sub DescribeAll()", *(f"    Describe{n}" for n in range(len(groups))), "End Sub"]
    for number, group in enumerate(groups):
        # A procedure a category: VBA limits the size of each.
        parts += ["", f"Private Sub Describe{number}()"]
        parts += [line for spec in group for line in _description(spec)]
        parts += ["End Sub"]
    return _lines(parts)


def wrapper(spec: Spec, answer: str = "Answer") -> Iterator[str]:
    """The function of one record: the same arguments in the same places, all of them variants."""
    names = [argument_name(parameter.name) for parameter in spec.parameters]
    optional = ["" if parameter.required else "Optional " for parameter in spec.parameters]
    yield f"Public Function {spec.name}({', '.join(map(''.join, zip(optional, names, strict=True)))})"
    yield f'    {spec.name} = {answer}("{spec.name}", Array({", ".join(names)}))'
    yield "End Function"


def argument_name(name: str) -> str:
    """An argument's name as VBA allows it: no keyword, and no name that it would write as the function's.

    The wizard shows it: a name of several words is joined (`maintenanceRate`), one word says its kind.
    """
    if name not in KEYWORDS and name.upper() not in REGISTRY:
        return name
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest or ["value"]))


def literal(text: str) -> str:
    """A text as VBA writes it: quotes doubled, and what its code page may not hold as ChrW."""
    said = []
    for piece in re.split(r"([^ -~])", text):
        if piece.isascii() and piece.isprintable():
            said += ['"' + piece.replace('"', '""') + '"'] if piece else []
        else:  # ChrW takes half of a letter beyond the 65,536th, as UTF-16 does
            units = piece.encode("utf-16-le")
            said += [f"ChrW({low + 256 * high})" for low, high in zip(units[::2], units[1::2], strict=True)]
    return " & ".join(said) or '""'


def _names(names: list[str]) -> Iterator[str]:
    yield "Private Function OurNames() As Variant"
    yield "    Dim names As String"
    for name in names:
        yield f'    names = names & " {name}"'
    yield '    OurNames = Split(Mid$(names, 2), " ")'
    yield "End Function"


def _harmless() -> Iterator[str]:
    yield "Private Function HarmlessNames() As String"
    yield "    Dim names As String"
    for name in HARMLESS.split():
        yield f'    names = names & " {name}"'
    yield "    HarmlessNames = Mid$(names, 2)"
    yield "End Function"


def _description(spec: Spec) -> Iterator[str]:
    yield f"    Tell {literal(spec.name)}, {literal(category(spec))}, _"
    yield f"        {literal(help_of(spec))}, _"
    helps = [literal(help_of_argument(parameter)) for parameter in spec.parameters]
    yield "        Array( _"
    yield from (f"        {said}, _" for said in helps[:-1])
    yield f"        {helps[-1]})"


def _errors() -> Iterator[str]:
    yield "Private Function AsError(cell As Variant) As Variant"
    yield "    AsError = cell"
    yield "    If VarType(cell) <> vbString Then Exit Function"
    yield "    Select Case cell"
    for text, code in ERROR_CODES.items():
        yield f"        Case {literal(text)}: AsError = CVErr({code})"
    yield "    End Select"
    yield "End Function"


def _interpreter(path: str | None) -> Iterator[str]:
    yield "Private Function Interpreter() As String"
    if path:
        yield f"    Interpreter = {literal(path)}"
    else:
        yield f'    Interpreter = Environ$("{INTERPRETER_VARIABLE}")'
        yield '    If Interpreter = "" Then Err.Raise 1000, , _'
        yield f'        "set {INTERPRETER_VARIABLE} to the full path of pythonw.exe."'
    yield "End Function"


def _notice(xlwings: str) -> Iterator[str]:
    pattern = r"^'xlwings is distributed.*?^'ANY THEORY.*?^'SOFTWARE[^\n]*"
    match = re.search(pattern, xlwings, re.MULTILINE | re.DOTALL)
    yield from _found(match, "licence").splitlines()


def _declarations(xlwings: str) -> Iterator[str]:
    """The entry into xlwings' DLL, private: the one that starts Python, and the loader."""
    match = re.search(r"^#If VBA7 Then\n.*?^#End If$", xlwings, re.MULTILINE | re.DOTALL)
    block = re.sub(r" *#If Mac Then\n[^\n]*\n *#End If\n", "", _found(match, "declarations"))
    wanted = re.compile(r"\s*#|.*\b(XLPyDLLName As|XLPyDLLActivateAuto Lib|LoadLibrary Lib)\b")
    for line in block.splitlines():
        if wanted.match(line):
            yield re.sub(r"^(\s*)(?:Private )?(Const|Declare)\b", r"\1Private \2", line)


def _procedure(xlwings: str, name: str) -> Iterator[str]:
    """A procedure of xlwings, private."""
    pattern = rf"^(?:Private |Public )?((Sub|Function) {name}\(.*?^End \2)$"
    match = re.search(pattern, xlwings, re.MULTILINE | re.DOTALL)
    yield from f"Private {_found(match, name, 1)}".splitlines()


def _found(match: re.Match[str] | None, what: str, group: int = 0) -> str:
    if match is None:
        raise HostError(
            f"the installed xlwings has no {what} in its VBA module where microhedge looks for it"
        )
    return match[group]


def _asset(name: str) -> list[str]:
    return files("addin").joinpath("assets", name).read_text(encoding="ascii").splitlines()


def _lines(parts: Iterable[str]) -> str:
    return "".join(f"{line}\r\n" for line in parts)
