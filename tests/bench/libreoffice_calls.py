"""LibreOffice: what a call from a cell costs above a built-in function, and a column in one call."""

import tempfile
import timeit
from pathlib import Path

from support.calc import Calc, Office, absence

from udfs import hedge_margin
from workbook.cells import Area, place
from workbook.engines.embedded import Session
from workbook.engines.protocol import hold_places

ROWS = 10_000
ROUNDS = 5
COLUMN = [float(row + 1) for row in range(ROWS)]


def in_calc(calc: Calc) -> list[float]:
    """Seconds: built-in calls a row, ours a row, a built-in over the column, ours over the column."""
    formulas = (
        [f"=ROUND(B{row + 1};2)" for row in range(ROWS)],
        [f"=HEDGE_MARGIN(B{row + 1};5)" for row in range(ROWS)],
        [f"=B1:B{ROWS}*2"],
        [f"=HEDGE_MARGIN(B1:B{ROWS};5)"],
    )
    return [calc.ask("time", texts, COLUMN, ROUNDS) for texts in formulas]


def in_engine() -> list[float]:
    """The same of the embedded engine, loading included."""
    formulas = (
        {place(0, row, 1): f"ROUND(B{row},2)" for row in range(1, ROWS + 1)},
        {place(0, row, 1): f"HEDGE_MARGIN(B{row},5)" for row in range(1, ROWS + 1)},
        {place(0, 1, 1): f"B1:B{ROWS}*2"},
        {place(0, 1, 1): f"HEDGE_MARGIN(B1:B{ROWS},5)"},
    )
    return [evaluated(texts, [Area(0, 1, 1, ROWS, 1)] if len(texts) == 1 else []) for texts in formulas]


def evaluated(formulas: dict[int, str], wanted: list[Area]) -> float:
    """Least seconds of an evaluation."""

    def evaluate() -> None:
        session = Session(["Plan"], formulas, wanted, functions=["HEDGE_MARGIN"])
        hold_places(session, {place(0, row, 2): value for row, value in enumerate(COLUMN, 1)})
        session.results(None)

    return min(timeit.repeat(evaluate, number=1, repeat=ROUNDS))


def main() -> None:
    """Print a row a host."""
    bare = min(timeit.repeat(lambda: [hedge_margin(size, 5.0) for size in COLUMN], number=1, repeat=ROUNDS))
    rows = {"embedded engine": in_engine()}
    if not absence():
        with tempfile.TemporaryDirectory() as folder:
            office = Office(Path(folder))
            office.microhedge("addin", "install", "libreoffice")
            with office.running() as calc:
                rows["LibreOffice"] = in_calc(calc)
    print(f"HEDGE_MARGIN in hosts; the bare loop over {ROWS:,} rows takes {bare * 1e3:.1f} ms")
    heads = ("a call above a built-in, µs", "goal", "the column in one call, ms", "a built-in's", "goal")
    print(f"{'':<17}{''.join(f'{head:>{len(head) + 3}}' for head in heads)}")
    for host, (built_in, ours, array, our_array) in rows.items():
        facts = (
            f"{(ours - built_in) / ROWS * 1e6:.1f}",
            "40",
            f"{our_array * 1e3:.1f}",
            f"{array * 1e3:.1f}",
            f"{5 * bare * 1e3:.1f}",
        )
        cells = [f"{fact:>{len(head) + 3}}" for fact, head in zip(facts, heads, strict=True)]
        print(f"{host:<17}{''.join(cells)}")
    if absence():
        print(absence())
