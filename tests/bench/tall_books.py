"""Tall books: the first of a process and those that follow, against the floor and LibreOffice, and memory.

A row holds three numbers and three formulas, one of them ours; the formulas are shared down their columns, as
Excel saves them. The first book is worked in a process of its own. LibreOffice is made to recalculate.
"""

import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Final

from recalculation import floor, of_children
from support.books import F, book
from support.raw_books import sheet_of_rows

from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request

RATIO: Final = 0.4
ANOTHER: Final = Request(inputs={"ratio": 0.5})
LARGEST: Final = 300_000  # rows of the book that is worked once
FIRST: Final[Mapping[int, str]] = {
    20_000: "1 s",
    100_000: "5 s and 0.6 GB",
    LARGEST: "done within 2 GB",
}
WARM: Final = 5  # books after the first
WHOLE: Final = 2_000  # rows of the books with whole columns
MEASURED: Final = "import sys; sys.path[:0] = {path!r}; from tall_books import measured; measured({book!r})"
ALWAYS: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>
"""


def tall(count: int, price: float) -> bytes:
    """A book of so many rows with the values that Excel would have saved."""
    rows = [
        '<row r="1"><c r="A1" t="inlineStr"><is><t>ratio</t></is></c>',
        f'<c r="B1"><v>{RATIO}</v></c></row>',
    ]
    formulas = ("A2*C2", "HEDGE_NOTIONAL(D2*B2,$B$1)", "ROUND(E2-SUM(A2:C2),2)")
    for row in range(2, count + 2):
        size, quantity = price + row, row * 0.1
        hedge = quantity * size * RATIO
        rest = Decimal(hedge - (row + size + 0.1)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        cells = [f'<c r="{c}{row}"><v>{v!r}</v></c>' for c, v in (("A", row), ("B", size), ("C", 0.1))]
        for number, (column, value) in enumerate((("D", quantity), ("E", hedge), ("F", float(rest)))):
            area = f' ref="{column}2:{column}{count + 1}"' if row == 2 else ""
            end = f">{formulas[number]}</f>" if row == 2 else "/>"
            said = f'<f t="shared"{area} si="{number}"{end}'
            cells.append(f'<c r="{column}{row}">{said}<v>{value!r}</v></c>')
        rows.append(f'<row r="{row}">{"".join(cells)}</row>')
    return sheet_of_rows("".join(rows), {"ratio": "Sheet1!$B$1"})


def measured(path: str) -> None:
    """Print the processor seconds and the peak memory in MB of the first book of this process."""
    package = Path(path).read_bytes()
    start = time.process_time()
    _, outcome = recalc_bytes(package, ANOTHER)
    spent = time.process_time() - start
    print(outcome.status, spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)


def first(package: bytes) -> tuple[str, float, int]:
    """How the first book of a process ended, its processor seconds, and the peak memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tall.xlsx"
        path.write_bytes(package)
        code = MEASURED.format(path=sys.path, book=str(path))
        status, spent, peak = subprocess.check_output([sys.executable, "-c", code], text=True).split()
    return status, float(spent), int(peak)


def warm(books: list[bytes], request: Request) -> tuple[float, float]:
    """Processor seconds of the floor and of a recalculation, one after the other, the medians."""
    lows, wholes = [], []
    recalc_bytes(books[0], request)
    for package in books[1:]:
        start = time.process_time()
        floor(package)
        middle = time.process_time()
        recalc_bytes(package, request)
        lows.append(middle - start)
        wholes.append(time.process_time() - middle)
    return statistics.median(lows), statistics.median(wholes)


def libreoffice(package: bytes) -> float:
    """Processor seconds in which LibreOffice opens, recalculates and saves a book, its start not counted."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        profile = folder / "profile"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS)
        for title, content in (("small", book({"Sheet1": {"A1": 1}})), ("tall", package)):
            (folder / f"{title}.xlsx").write_bytes(content)
        command = [
            "soffice",
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--convert-to",
            "xlsx",
        ]
        command += ["--outdir", str(folder / "out")]
        of_children([*command, str(folder / "small.xlsx")])  # makes its profile
        start = of_children([*command, str(folder / "small.xlsx")])
        return of_children([*command, str(folder / "tall.xlsx")]) - start


def columns(formula: str, add: int) -> bytes:
    """A book with one formula over two columns, and the value that the engine gives."""
    cells = {"A1": 1.0, "E1": F(formula)}
    for row in range(2, WHOLE + 1):
        cells |= {f"B{row}": float(row + add), f"C{row}": float(row % 7)}
    package = book({"Sheet1": cells}, {"ratio": "Sheet1!$A$1"})
    return recalc_bytes(package, Request(allow_stale=True))[0]


def main() -> None:
    """Print the tables."""
    print(f"{'Tall books, s':<28}{'first':>8}{'peak MB':>9}{'floor':>8}{'warm':>8}{'ratio':>7}")
    for count, goal in FIRST.items():
        status, spent, peak = first(tall(count, 20_000.0))
        figures = f"{spent:8.2f}{peak:9}"
        if count < LARGEST:
            low, whole = warm([tall(count, 20_000.0 + at) for at in range(WARM)], ANOTHER)
            figures += f"{low:8.2f}{whole:8.2f}{whole / low:7.2f}, goal 2.5"
        print(f"{count:>9,} rows, {status:<12}{figures}   goal: {goal}", flush=True)
    if shutil.which("soffice"):
        for count in (20_000, 100_000):
            print(f"LibreOffice, {count:,} rows {libreoffice(tall(count, 20_000.0)):19.2f}", flush=True)
    for bounded, whole_columns in (
        (f"=SUM(B1:B{WHOLE})*A1", "=SUM(B:B)*A1"),
        (f'=SUMIF(C1:C{WHOLE},">3",B1:B{WHOLE})*A1', '=SUMIF(C:C,">3",B:B)*A1'),
    ):
        one, other = (
            warm([columns(formula, at) for at in range(WARM)], ANOTHER)[1]
            for formula in (bounded, whole_columns)
        )
        print(
            f"{whole_columns:<28}{other * 1e3:8.1f} ms, {other / one:.2f} times the bounded range   goal: 1"
        )
