"""How a run grows: two workers against one, and memory against the number of books.

`python -m tests.bench.scale [BOOKS]` prints it; 10,000 books take some minutes.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import openpyxl
import psutil

from workbook import new_book
from workbook.batch.run import recalc_paths
from workbook.request import Request

PLANS = 40
SAMPLED = 10  # every so many books the workers' memory is read
MEASURED = "from tests.bench.scale import measured; measured({source!r}, {out!r})"


def linked(book: Path, folder: Path, count: int) -> Path:
    """A folder of so many books; links cost no disk, and to a run they are books like any other."""
    folder.mkdir()
    for number in range(count):
        os.link(book, folder / f"{number:06}.xlsx")
    return folder


def measured(source: str, out: str) -> None:
    """Print how many books there were, and the peak memory in KiB of this process and of a worker."""
    count = worker = 0
    for _ in recalc_paths([source], out=out, jobs=2):
        count += 1
        if count % SAMPLED == 0:
            worker = max(worker, *(peak(child.pid) for child in psutil.Process().children()))
    print(count, peak(os.getpid()), worker)


def peak(process: int) -> int:
    """The most memory that a process ever held, as Linux keeps it."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


def seconds(source: Path, out: Path, jobs: int) -> float:
    """How long a run takes, without the start of its workers: they are warm after the first books."""
    outcomes = recalc_paths([source], out=out, jobs=jobs, request=Request(inputs={"plan_ratio": 0.5}))
    for _ in range(2 * jobs):
        next(outcomes)
    begun = time.perf_counter()
    left = sum(1 for _ in outcomes)
    return (time.perf_counter() - begun) / left


def main(most: int = 1_000) -> None:
    """Print both."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        plan, small = folder / "plan.xlsx", folder / "small.xlsx"
        new_book(plan)
        source = linked(plan, folder / "plans", PLANS)
        one, two = (
            min(seconds(source, folder / f"out-{jobs}-{turn}", jobs) for turn in range(2)) for jobs in (1, 2)
        )
        each = f"{1e3 * one:.1f} and {1e3 * two:.1f} ms a book"
        print(f"two workers: {one / two:.2f} times as fast as one ({each})", flush=True)
        made = openpyxl.Workbook()
        for row in range(1, 21):
            made.worksheets[0].append([row, f"=HEDGE_MARGIN(A{row},5)"])
        made.save(small)
        count = 100
        while count <= most:
            source = linked(small, folder / f"{count}", count)
            code = MEASURED.format(source=str(source), out=str(folder / f"out-{count}"))
            peaks = subprocess.check_output([sys.executable, "-c", code], text=True).split()
            print(
                "{:>6} books: {:>7,} KiB in the run, {:>7,} KiB in a worker".format(*map(int, peaks)),
                flush=True,
            )
            count *= 10


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
