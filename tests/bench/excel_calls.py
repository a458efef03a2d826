"""Excel: what xlwings' conversion and our wrapper add to the bare function, without the trip through COM."""

import time
import timeit
from collections.abc import Callable
from typing import Any

from goals import turns
from support.windows_host import as_argument, as_result, call

from addin.conversion import BulkAccessor
from udfs import REGISTRY

ROWS = 10_000
CASES: dict[str, tuple[Any, ...]] = {
    "HEDGE_MARGIN": (2_400.0, 5.0),
    "HEDGE_CONTRACTS": (7_500.0, 30_000.0, 100.0, 1.0, "nearest", "inverse"),
    "LIQUIDATION_PRICE": (30_000.0, 5.0, 0.005, "short", "linear", "mark", 0.0, 1.0, None, 0.0),
}


def microseconds(work: Callable[[], Any]) -> float:
    """The best time of one run."""
    timer = timeit.Timer(work)
    number, _ = timer.autorange()
    return min(timer.repeat(5, number)) / number * 1e6


def measured(name: str, cells: tuple[Any, ...]) -> list[tuple[str, list[float]]]:
    """The times of one function, alone and over a column: bare, by the registry, through xlwings."""
    bare, checked, rest = REGISTRY[name].function, REGISTRY[name].call, cells[1:]
    column = [[cells[0] + row] for row in range(ROWS)]
    flat, sent = [row[0] for row in column], tuple(map(tuple, column))
    alone = [lambda: bare(*cells), lambda: checked(*cells), lambda: call(name, *cells)]
    over = [
        lambda: [bare(first, *rest) for first in flat],
        lambda: checked(column, *rest),
        lambda: call(name, sent, *rest),
    ]
    return [
        (f"{name}, a call", list(map(microseconds, alone))),
        (f"{name}, {ROWS:,} rows", list(map(microseconds, over))),
    ]


def converted(**options: Any) -> Callable[[int], None]:
    """A column of numbers read as an argument and written as a result."""
    column = tuple((float(row),) for row in range(ROWS))
    rows = list(map(list, column))

    def work(_turn: int) -> None:
        as_argument(column, **options)
        as_result(rows, **options)

    return work


def main() -> None:
    """Print a row a function."""
    print(f"{'Excel through xlwings, µs':<32}{'bare':>10}{'registry':>10}{'xlwings':>10}{'times bare':>12}")
    for name, cells in CASES.items():
        for title, times in measured(name, cells):
            print(f"{title:<32}{''.join(f'{time:>10.1f}' for time in times)}{times[2] / times[0]:>12.1f}")
    works = {"xlwings": converted(), "ours": converted(convert=BulkAccessor)}
    found = turns(works, time.process_time)
    print(f"{f'Conversion of {ROWS:,} rows, ms':<32}{'xlwings':>10}{'ours':>10}{'ratio':>10}{'goal':>10}")
    ratio = found["xlwings"] / found["ours"]
    figures = f"{found['xlwings']:>10.1f}{found['ours']:>10.1f}{ratio:>10.1f}{5:>10}"
    print(f"{'an argument and a result':<32}{figures}")
