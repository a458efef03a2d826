"""Books of one sheet whose cells and shared texts are given as the bytes of their XML."""

import re
from collections.abc import Mapping
from typing import Final

from support.books import book, parts, repacked

SHEET: Final = "xl/worksheets/sheet1.xml"
TEXTS: Final = "xl/sharedStrings.xml"
DOUBLE: Final = '<c r="C1"><f>A1*2</f><v>10</v></c><c r="D1" t="inlineStr"><is><t>d</t></is></c>'
TAKES_TEXT: Final = '<c r="B1" t="s"><v>{}</v></c><c r="C1" t="str"><f>IF(A1&gt;6,B1,"-")</f><v>-</v></c>'
SST: Final = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def raw_book(cells: str, texts: str = "", names: Mapping[str, str] | None = None) -> bytes:
    """A book with these cells behind A1, the input `inp`, which holds 5."""
    package = book({"Sheet1": {"A1": "x"}}, names or {"inp": "Sheet1!$A$1"})
    rows = f'<sheetData><row r="1"><c r="A1"><v>5</v></c>{cells}</row></sheetData>'
    sheet = re.sub(rb"<sheetData>.*</sheetData>", lambda _: rows.encode(), parts(package)[SHEET])
    new: dict[str, bytes | None] = {SHEET: sheet}
    if texts:
        new[TEXTS] = f"{SST}{texts}</sst>".encode()
    return repacked(package, new)


def sheet_of_rows(rows: str, names: Mapping[str, str]) -> bytes:
    """A book whose one sheet has these rows, given as XML."""
    package = book({"Sheet1": {"A1": "x"}}, names)
    data = f"<sheetData>{rows}</sheetData>".encode()
    return repacked(
        package, {SHEET: re.sub(rb"<sheetData>.*</sheetData>", lambda _: data, parts(package)[SHEET])}
    )
