"""Recalculation of one book: against the floor, LibreOffice and `formulas`, step by step, with peak memory.

The floor is what no program can do without: reading the package and writing it again unchanged, with
zipfile. All times are processor seconds of one process, the median over the books, so that a busy
machine disturbs the ratios little. Another process's time is its own and its children's.
"""

import contextlib
import gc
import io
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
from conftest import SHARED
from openpyxl.workbook.defined_name import DefinedName

from workbook.cells import same
from workbook.recalc.evaluation import Model
from workbook.recalc.inputs import new_inputs
from workbook.recalc.recalc import _written, recalc_bytes
from workbook.recalc.verification import judged
from workbook.request import Request
from workbook.template import book_bytes
from workbook.xlsx.saved_book import SavedBook
from workbook.xlsx.written_proof import SheetChange, prove_written
from workbook.xlsx.zip import Package

BOOKS = 24
PLAIN = 100
CONVERTED = 8  # books that LibreOffice converts in one process
DAY = datetime(2026, 3, 15)
WARM = Request(as_of=DAY)
ANOTHER = Request(inputs={"ratio": 0.5}, as_of=DAY)
PRICES = Request(
    market={
        symbol: {"spot": price, "mark": price} for symbol, price in (("BTC", 61_000.0), ("ETH", 2_410.0))
    },
    as_of=DAY,
)
ASKED = Request(inputs={"plan_leverage": 4.0}, as_of=DAY)


def plans() -> list[bytes]:
    """Plan books of one template, each with other inputs and other results."""
    template = book_bytes("two-asset", None)
    books = []
    for number in range(BOOKS):
        inputs = {"plan_ratio": 0.2 + number / 50, "plan_capital": 1_000.0 + 25 * number}
        books.append(recalc_bytes(template, Request(inputs=inputs, as_of=DAY))[0])
    return books


def tall(rows: int, price: int = 30_000) -> bytes:
    """A book of so many rows: three numbers and three formulas a row, one of them ours, and their values."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(("ratio", 0.4))
    for row in range(2, rows + 2):
        ours = f"=HEDGE_NOTIONAL(D{row}*B{row},$B$1)"
        sheet.append((row, price + row, 0.1, f"=A{row}*C{row}", ours, f"=ROUND(E{row}-SUM(A{row}:C{row}),2)"))
    saved = io.BytesIO()
    book.defined_names["ratio"] = DefinedName("ratio", attr_text="Sheet!$B$1")
    book.save(saved)
    return recalc_bytes(saved.getvalue(), WARM)[0]


def floor(package: bytes) -> bytes:
    """Read every part and write it again."""
    saved = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(saved, "w") as target:
        for part in source.infolist():
            target.writestr(part, source.read(part), zipfile.ZIP_DEFLATED)
    return saved.getvalue()


def seconds(books: Iterable[bytes], work: Callable[[bytes], Any]) -> float:
    """The median processor time of the work on one book."""
    times = []
    for package in books:
        start = time.process_time()
        work(package)
        times.append(time.process_time() - start)
    return statistics.median(times)


def steps(books: Iterable[bytes], request: Request) -> dict[str, float]:
    """Processor seconds of reading, evaluating (with the judgement) and writing (with the proof)."""
    spent: dict[str, list[float]] = {"read": [], "evaluate": [], "write": []}
    gc.disable()  # as `recalc_bytes` does
    for package in books:
        start = time.process_time()
        model = Model(SavedBook(package))
        read = time.process_time()
        verdict = judged(model, new_inputs(model.book, request)[0], request.as_of)
        evaluated = time.process_time()
        _written(model.book, verdict, {})
        for name, moment, before in (
            ("read", read, start),
            ("evaluate", evaluated, read),
            ("write", time.process_time(), evaluated),
        ):
            spent[name].append(moment - before)
    gc.enable()
    return {name: statistics.median(times) for name, times in spent.items()}


def proof(books: Iterable[bytes], request: Request) -> float:
    """Processor seconds of the proof of the written sheets, the median over the books."""
    times = []
    for package in books:
        spent = 0.0
        book = SavedBook(package)
        written = SavedBook(recalc_bytes(package, request)[0])
        for number, sheet in enumerate(book.sheets):
            before, after = (each.cells(number).values for each in (book, written))
            new = {key: value for key, value in after.items() if not same(value, before.get(key))}
            start = time.process_time()
            if new:
                prove_written(book.xml(number), written.xml(number), SheetChange(new, {}), sheet.name)
            spent += time.process_time() - start
        times.append(spent)
    return statistics.median(times)


def peak(package: bytes) -> float:
    """Megabytes that a recalculation takes at its peak beyond what lay there before, by Python's count."""
    tracemalloc.start()
    recalc_bytes(package, WARM)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most / (1 << 20)


def of_children(command: list[str], **options: Any) -> float:
    """Processor seconds of another program and all that it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, timeout=600, **options)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def libreoffice(books: list[bytes]) -> float:
    """Seconds a book that one LibreOffice takes to convert them, its start not counted."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = []
        for number, package in enumerate(books[: CONVERTED + 1]):
            paths.append(folder / f"{number}.xlsx")
            paths[-1].write_bytes(package)
        command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
        command += ["--convert-to", "xlsx", "--outdir", str(folder / "out")]
        of_children([*command, str(paths[0])])  # makes its profile
        one = of_children([*command, str(paths[0])])
        return (of_children([*command, *map(str, paths)]) - one) / CONVERTED


def formulas(package: bytes) -> float | None:
    """Seconds that the `formulas` package takes to load, calculate and write a book; None without it."""
    code = (
        "import sys, time, formulas; import udfs\n"
        "for name in udfs.REGISTRY: formulas.get_functions()[name] = lambda *cells: 1.0\n"
        "start = time.process_time()\n"
        "model = formulas.ExcelModel().loads(sys.argv[1]).finish()\n"
        "model.calculate(); model.write(dirpath=sys.argv[2])\n"
        "print(time.process_time() - start)"
    )
    with tempfile.TemporaryDirectory() as name, contextlib.suppress(subprocess.SubprocessError):
        path = Path(name) / "book.xlsx"
        path.write_bytes(package)
        command = [sys.executable, "-W", "ignore", "-c", code, str(path), str(Path(name) / "out")]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=900)
        return float(done.stdout.split()[-1])
    return None


def compared(title: str, books: list[bytes], request: Request) -> float:
    """Print one kind of books, step by step and against the floor."""
    for package in books[:3]:
        recalc_bytes(package, request)  # as in the middle of a run: the template is known
    lowest = seconds(books, floor)
    whole = seconds(books, lambda package: recalc_bytes(package, request))
    parts = steps(books, request)
    said = "  ".join(f"{name} {time_ * 1e3:6.1f}" for name, time_ in parts.items())
    print(f"{title:<42}{lowest * 1e3:8.1f}{whole * 1e3:9.1f}{whole / lowest:7.2f}   {said}")
    return whole


def main() -> None:
    """Print the tables."""
    print(f"{'Recalculation, ms a book':<42}{'floor':>8}{'whole':>9}{'ratio':>7}   goal: ratio at most 1.3")
    books = plans()
    compared("plan books, nothing to change", books, WARM)
    whole = compared("plan books, another leverage", books, ASKED)
    compared("plan books, new market prices", books, PRICES)
    print(f"{'of which the proof':<42}{proof(books, PRICES) * 1e3:17.1f}   goal: a tenth")
    excel = [path.read_bytes() for path in sorted((SHARED / "data/books/excel_oracle").glob("*.xlsx"))]
    if excel:
        compared(f"{len(excel)} books saved by Excel, the median", excel, WARM)
    first = seconds([book_bytes("btc", None)], lambda package: recalc_bytes(package, ASKED))
    print(f"the first book of a template                      {first * 1e3:9.1f}")
    print(f"peak memory: a plan book {peak(books[0]):.1f} MB")
    print(f"package opened, nothing read              {seconds(books, Package) * 1e3:17.2f}")
    if shutil.which("soffice"):
        other = libreoffice(books)
        print(f"LibreOffice, one process {other * 1e3:24.1f}   {other / whole:.0f} times ours (goal 80)")
    plain = tall(PLAIN)  # `formulas` can't read the tables and names of a plan
    quick = seconds([plain] * BOOKS, lambda package: recalc_bytes(package, ANOTHER))
    slow = formulas(plain)
    if slow:
        print(f"formulas, {3 * PLAIN} of them {slow * 1e3:24.1f}   {slow / quick:.0f} times ours (goal 150)")
    print(f"on one of {os.cpu_count()} processors, Python {sys.version.split()[0]}")
