"""LAMBDA names for Microsoft 365, and the same definitions as text for Google Sheets' named functions.

A book of names needs no add-in: Excel on Windows, the Mac and the web calls them as functions.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

from addin.hosts.host import HostError, HostStatus, State
from workbook.native.lambdas import lambda_of, named

BOOK: Final = "microhedge-lambda.xlsx"
TEXT: Final = "microhedge-named-functions.txt"
YOUNGER: Final = re.compile(r"\b(LAMBDA|LET|ISOMITTED)\(")
BY_HAND: Final = (
    "names are part of a workbook: `microhedge addin build lambda --out DIR` writes a workbook that has "
    "them; move a sheet of yours into it, or copy its sheet into your workbook, and {}"
)


def build(out: Path) -> Sequence[Path]:
    """Write the workbook of names and the text."""
    out.mkdir(parents=True, exist_ok=True)
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Functions"
    sheet.append(["Function", "What it answers", "Definition"])
    lines = ["For Google Sheets: Data, Named functions, Add new function. A block for each function.", ""]
    for row, spec in enumerate(named(), 2):
        text = lambda_of(spec)
        book.defined_names[spec.name] = DefinedName(spec.name, attr_text=stored(text))
        sheet.append([spec.signature, spec.help, text])
        sheet.cell(row, 3).data_type = "s"
        arguments = ", ".join(parameter.name for parameter in spec.parameters)
        lines += [spec.name, f"  arguments: {arguments}", f"  formula: ={inside(text)}", ""]
    book.save(out / BOOK)
    (out / TEXT).write_text("\n".join(lines), encoding="utf-8", newline="\n")
    return [out / BOOK, out / TEXT]


def install() -> NoReturn:
    """Say what has to be done by hand."""
    raise HostError(BY_HAND.format("the names come along"))


def status() -> HostStatus:
    """Nothing can be known of workbooks from outside."""
    return HostStatus(State.UNKNOWN, {}, BY_HAND.format("the names come along") + ".")


def remove() -> NoReturn:
    """Say what has to be done by hand."""
    raise HostError("names are part of a workbook: delete them in its name manager")


def stored(text: str) -> str:
    """A LAMBDA as the file stores it: younger functions and its own names with their prefixes."""
    pieces = re.split(r'("[^"]*")', text)
    for place in range(0, len(pieces), 2):
        prefixed = re.sub(r"\b[a-z]\w*", lambda name: f"_xlpm.{name[0]}", pieces[place])
        pieces[place] = YOUNGER.sub(r"_xlfn.\1(", prefixed)
    return "".join(pieces)


def inside(text: str) -> str:
    """The body of a LAMBDA: what is left blank in Google Sheets is an empty text, never omitted."""
    body = re.sub(r"^LAMBDA\((?:\[?[a-z]\w*\]?,)+", "", text)[:-1]
    return re.sub(r"IF\(ISOMITTED\(\w+\),[^,]*,(IF\(\w+=\"\",[^,]*,\w+\))\)", r"\1", body)
