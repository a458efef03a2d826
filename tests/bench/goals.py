"""What was aimed at, beside what is: cold starts, plan books that get new prices, small books, forms, memory.

Whatever is compared takes turns in one run, in processor time, and the best of each counts: other work
on the machine slows both alike.
"""

import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import formualizer
from recalculation import floor, tall
from support.books import F, book

from workbook.recalc.evaluation import Model
from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request
from workbook.template import book_bytes
from workbook.xlsx.saved_book import SavedBook

TURNS: Final = 5
BOOKS: Final = 12
SMALL_RUN: Final = 6
DAY: Final = datetime(2026, 3, 15)
COLD: Final = {  # the command, and the milliseconds aimed at
    "--help": 80,
    "calc HEDGE_MARGIN 2400 5": 150,
    "show {folder}/plan.xlsx": 250,
    "check {folder}/plan.xlsx": 400,
    "new {folder}/new.xlsx --force": 600,
    "recalc {folder}/plan.xlsx --out {folder}/out-{turn} --set plan_leverage=3": 400,
}
MEASURED: Final = """
import sys, tracemalloc
from pathlib import Path
from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request
package = Path(sys.argv[1]).read_bytes()
tracemalloc.start()
for _ in range(int(sys.argv[2])):
    recalc_bytes(package, Request(inputs={"ratio": 0.7}))
print(tracemalloc.get_traced_memory()[1] / 2**20)
"""


def turns(works: Mapping[str, Callable[[int], Any]], spent: Callable[[], float]) -> dict[str, float]:
    """Milliseconds of each work, the best of some turns."""
    best = dict.fromkeys(works, float("inf"))
    for turn in range(TURNS):
        for name, work in works.items():
            before = spent()
            work(turn)
            best[name] = min(best[name], (spent() - before) * 1e3)
    return best


def of_children() -> float:
    """Processor seconds of all programs that this one has started and seen end."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def started(command: str, folder: Path) -> Callable[[int], Any]:
    """The command in a process of its own, with Python's compiled files as an installation has them."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def once(turn: int) -> None:
        words = command.format(folder=folder, turn=turn).split()
        subprocess.run(
            [sys.executable, "-m", "addin", *words], capture_output=True, check=False, env=environment
        )

    return once


def cold(folder: Path) -> None:
    """Each command in a process of its own, beside a Python that does nothing."""
    (folder / "plan.xlsx").write_bytes(book_bytes())
    empty = [sys.executable, "-c", "pass"]
    works = {command: started(command, folder) for command in COLD}
    found = turns({"Python": lambda _: subprocess.run(empty, check=True), **works}, of_children)
    print(f"{'Cold starts, ms (user and system)':<46}{'is':>8}{'goal':>8}")
    print(f"{'a Python that does nothing':<46}{found['Python']:>8.0f}")
    for command, goal in COLD.items():
        print(f"{'microhedge ' + command.split()[0]:<46}{found[command]:>8.0f}{goal:>8}")


def workers(folder: Path) -> None:
    """A small run that may use two workers, against the same run with one."""
    (folder / "desk").mkdir()
    for number in range(SMALL_RUN):
        (folder / "desk" / f"{number}.xlsx").write_bytes(book_bytes())
    command = "recalc {folder}/desk --out {folder}/desk-%s-{turn} --set plan_leverage=3 --jobs %s"
    found = turns({jobs: started(command % (jobs, jobs), folder) for jobs in "12"}, of_children)
    print(f"{f'{SMALL_RUN} books with two workers, times one':<46}{found['2'] / found['1']:>8.2f}{'1':>8}")


def prices(number: int) -> Request:
    """Another market for each book."""
    chance = random.Random(number)  # noqa: S311 - prices that repeat from run to run
    market = {
        symbol: {"spot": price * (1 + chance.random() / 10), "mark": price * (1 + chance.random() / 10)}
        for symbol, price in (("BTC", 61_000.0), ("ETH", 2_410.0))
    }
    return Request(market=market, as_of=DAY)


def plans() -> None:
    """Plan books that get new prices, or another leverage, against reading and writing the package."""
    template = book_bytes("two-asset")
    books = [recalc_bytes(template, prices(-number))[0] for number in range(1, BOOKS + 1)]
    for number, package in enumerate(books[:3]):
        recalc_bytes(package, prices(number))
        recalc_bytes(package, Request(inputs={"plan_leverage": 4.0}, as_of=DAY))

    def each(ask: Callable[[int], Request]) -> Callable[[int], None]:
        def work(turn: int) -> None:
            for number, package in enumerate(books):
                recalc_bytes(package, ask(turn * BOOKS + number))

        return work

    works: dict[str, Callable[[int], Any]] = {
        "floor": lambda _: [floor(package) for package in books],
        "new market prices": each(prices),
        "another leverage": each(
            lambda number: Request(inputs={"plan_leverage": 2.0 + number % 5}, as_of=DAY)
        ),
    }
    found = turns(works, time.process_time)
    print(f"{'Plan books, times the floor':<46}{'is':>8}{'goal':>8}")
    for name in ("new market prices", "another leverage"):
        print(f"{name:<46}{found[name] / found['floor']:>8.2f}{'1.3':>8}")
    model = Model(SavedBook(books[0]))
    forms = {plain.form for plain in model.program.plain.values()}
    print(f"{'formulas, and forms that are worked out':<46}{len(model.formulas):>8}{len(forms):>8}")


def small() -> None:
    """A small book of others, against the engine alone, which reads, evaluates and writes it anew."""
    cells: dict[str, Any] = {f"A{row}": float(row) for row in range(1, 61)}
    cells |= {
        f"B{row}": F(f"=A{row}*2+SUM(A1:A{row})", row * 2 + row * (row + 1) / 2) for row in range(1, 61)
    }
    package = book({"Sheet1": cells}, {"price": "Sheet1!$A$1"})

    def alone(turn: int) -> bytes:
        engine = formualizer.Workbook.from_bytes(package)
        engine.set_value("Sheet1", 1, 1, 2.0 + turn)
        engine.evaluate_all()
        return engine.to_xlsx_bytes()

    works: dict[str, Callable[[int], Any]] = {
        "engine": lambda turn: [alone(turn) for _ in range(20)],
        "whole": lambda turn: [
            recalc_bytes(package, Request(inputs={"price": 2.0 + turn})) for _ in range(20)
        ],
    }
    found = turns(works, time.process_time)
    times = found["whole"] / found["engine"]
    print(f"{'A small book of others, times the engine alone':<46}{times:>8.2f}{'1':>8}")


def curve(title: str, sizes: Sequence[int], make: Callable[[int], tuple[bytes, int]], folder: Path) -> None:
    """The most memory of one process, in MB, for a book of each size or for so many books."""
    peaks = []
    for size in sizes:
        package, runs = make(size)
        path = folder / "sized.xlsx"
        path.write_bytes(package)
        command = [sys.executable, "-c", MEASURED, str(path), str(runs)]
        peaks.append(float(subprocess.check_output(command, text=True)))
    shown = "".join(f"{size:>8,}: {peak:>6.1f} MB" for size, peak in zip(sizes, peaks, strict=True))
    print(f"{title:<12}{shown}")


def sheets(count: int) -> bytes:
    """A book of so many sheets, a hundred numbers and a formula on each."""
    made: dict[str, dict[str, Any]] = {
        f"S{number}": {f"A{row}": float(row) for row in range(1, 101)}
        | {"B1": F("=SUM(A1:A100)*ratio", 5050)}
        for number in range(count)
    }
    made["S0"]["D1"] = 1.0
    return book(made, {"ratio": "S0!$D$1"})


def strings(count: int) -> bytes:
    """A book of so many texts, and one formula."""
    cells: dict[str, Any] = {f"A{row}": f"text number {row}" for row in range(1, count + 1)}
    return book({"S0": cells | {"D1": 1.0, "B1": F("=D1*2", 2)}}, {"ratio": "S0!$D$1"})


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cold(folder)
        workers(folder)
        plans()
        small()
        print("Memory at its peak, by Python's count")
        curve("rows", (500, 1_000, 2_000, 4_000), lambda rows: (tall(rows), 1), folder)
        curve("sheets", (10, 20, 40, 80), lambda count: (sheets(count), 1), folder)
        curve("texts", (2_000, 4_000, 8_000, 16_000), lambda count: (strings(count), 1), folder)
        curve("books", (1, 4, 16, 64), lambda count: (sheets(5), count), folder)


if __name__ == "__main__":
    main()
