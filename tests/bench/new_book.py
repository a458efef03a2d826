"""`microhedge new`: its time against openpyxl writing empty cells, and the size of a blank plan."""

import io
import time
from collections.abc import Callable

import openpyxl

from workbook.layout import PLAN
from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request
from workbook.template import bare_bytes
from workbook.template.examples import example

GOAL_TIMES = 20
GOAL_BYTES = 300_000


def seconds(work: Callable[[], object]) -> float:
    """The best time of three runs."""
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def empty(rows: int, columns: int) -> None:
    """Write a workbook of so many empty cells."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in range(1, rows + 1):
        for column in range(1, columns + 1):
            sheet.cell(row, column)
    book.save(io.BytesIO())


def main() -> None:
    """Print the table."""
    chosen = example("blank")
    book = openpyxl.load_workbook(io.BytesIO(bare_bytes(chosen)))
    cells = sum(sheet.max_row * sheet.max_column for sheet in book.worksheets)
    floor = seconds(lambda: empty(cells // 100, 100))
    write = seconds(lambda: bare_bytes(chosen))
    bare = bare_bytes(chosen)
    calculate = seconds(lambda: recalc_bytes(bare, Request(as_of=chosen.as_of)))
    package, _ = recalc_bytes(bare, Request(as_of=chosen.as_of))
    print(f"A new book: {len(PLAN.sheets)} sheets, {cells} cells")
    print(f"  openpyxl, as many empty cells  {floor:8.3f} s")
    print(f"  write                          {write:8.3f} s  {write / floor:6.1f} times")
    total = write + calculate
    print(f"  write and calculate            {total:8.3f} s  {total / floor:6.1f} times (goal {GOAL_TIMES})")
    print(f"  size of a blank plan           {len(package):8d} bytes (goal {GOAL_BYTES})")
