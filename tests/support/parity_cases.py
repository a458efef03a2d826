"""The table that every host is held against: the examples of the registry, refusals, cells, shapes.

A host test calls each case in its own way and compares with `Case.expected`. Cells are written as
a host of Python hands them over: floats, texts, truth values, None for a blank, an error as its
text, date-times, ranges as lists of rows.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from udfs import REGISTRY
from udfs.errors import HedgeError


@dataclass(frozen=True)
class Case:
    """One call of one function."""

    title: str
    name: str
    cells: tuple[Any, ...]

    @property
    def expected(self) -> Any:
        """What the registry answers: values, and a refusal as its error text, cell by cell."""
        try:
            return shown(REGISTRY[self.name].call(*self.cells))
        except HedgeError as refusal:
            return refusal.cell

    def __str__(self) -> str:
        return f"{self.name}: {self.title}"


def shown(result: Any) -> Any:
    """A result as cells: refusals become error texts."""
    if isinstance(result, list):
        return [shown(part) for part in result]
    return result.cell if isinstance(result, HedgeError) else result


def squeezed(answer: Any) -> Any:
    """An answer as one cell, one row or rows of cells, however a host shaped it."""
    if not isinstance(answer, list):
        return answer
    rows = answer if isinstance(answer[0], list) else [[cell] for cell in answer]
    if len(rows) == 1:
        return rows[0][0] if len(rows[0]) == 1 else rows[0]
    return rows


def _floats(cell: Any) -> Any:
    """Every number as a cell holds it: a float."""
    if isinstance(cell, (list, tuple)):
        return [_floats(part) for part in cell]
    return float(cell) if isinstance(cell, int) and not isinstance(cell, bool) else cell


def _rows(cell: Any) -> Any:
    """A flat list as the column it stands for."""
    if isinstance(cell, list) and not any(isinstance(part, list) for part in cell):
        return [[part] for part in cell]
    return cell


def examples() -> Iterator[Case]:
    """The worked example of every function, and the same with the optional arguments left blank."""
    for spec in REGISTRY.values():
        cells = tuple(_rows(_floats(cell)) for cell in spec.example.cells)
        yield Case("example", spec.name, cells)
        if spec.required < len(spec.parameters):
            blanks = (None,) * (len(spec.parameters) - spec.required)
            yield Case("blank optionals", spec.name, (*cells[: spec.required], *blanks))


def refused() -> Iterator[Case]:
    """Every function with each unusable cell in its first place, and each typed refusal."""
    unusable = {"blank": None, "truth": True, "#N/A": "#N/A", "#DIV/0!": "#DIV/0!", "text": "no number"}
    for spec in REGISTRY.values():
        rest = tuple(_rows(_floats(cell)) for cell in spec.example.cells[1:])
        for title, cell in unusable.items():
            yield Case(f"{title} first", spec.name, (cell, *rest))
    yield Case("wrong type", "HEDGE_MARGIN", ("many", 5.0))
    yield Case("outside its domain", "HEDGE_MARGIN", (2_400.0, 0.5))
    yield Case("division by zero", "HEDGE_QUANTITY", (2_400.0, 0.0))
    yield Case("no solution", "LIQUIDATION_PRICE", (30_000.0, 1.0, 0.005, "short", "inverse"))
    yield Case("unknown word", "HEDGE_CONTRACTS", (2_400.0, 30_000.0, 1.0, 1.0, "sideways"))
    yield Case("too large for a number", "HEDGE_NOTIONAL", (1e308, 1e308))


def cells() -> Iterator[Case]:
    """Every kind of cell."""
    yield Case("text that is a number", "HEDGE_MARGIN", ("2400", "5"))
    yield Case("word in capitals", "HEDGE_CONTRACTS", (7_500.0, 30_000.0, 100.0, 1.0, "Nearest", "INVERSE"))
    yield Case("empty text", "HEDGE_NOTIONAL", (1_000.0, ""))
    yield Case("false", "HEDGE_NOTIONAL", (False,))
    yield Case("negative zero", "HEDGE_PNL", (0.0, 0.1))
    yield Case("a value with no short decimal", "HEDGE_QUANTITY", (1.0, 3.0))
    yield Case("least and greatest", "HEDGE_NOTIONAL", (5e-324, 1.0))
    yield Case(
        "dates", "FUNDING_SETTLEMENTS", (dt.datetime(2026, 1, 1, 7, 59), dt.datetime(2026, 1, 1, 8, 0))
    )
    yield Case("serial dates", "FUNDING_SETTLEMENTS", (46_023.0, 46_024.0))
    yield Case("text result", "BASIS_STATE", (30_450.0, 30_000.0))


def shapes() -> Iterator[Case]:
    """Ranges of every shape."""
    yield Case("1 x 1", "HEDGE_MARGIN", ([[2_400.0]], 5.0))
    yield Case("1 x n", "HEDGE_MARGIN", ([[2_400.0, 7_500.0, None]], 5.0))
    yield Case("n x 1", "HEDGE_MARGIN", ([[2_400.0], [7_500.0], ["#REF!"]], 5.0))
    yield Case("n x m", "HEDGE_MARGIN", ([[2_400.0, 1.0], [True, 7_500.0]], 5.0))
    yield Case("n x 1 against 1 x m", "HEDGE_MARGIN", ([[100.0], [200.0]], [[1.0, 2.0, 0.0]]))
    yield Case("shapes that do not fit", "HEDGE_MARGIN", ([[1.0], [2.0], [3.0]], [[1.0], [2.0]]))
    yield Case("n x m against n x 1", "HEDGE_MARGIN", ([[1.0, 2.0], [3.0, 4.0]], [[1.0], [2.0]]))
    yield Case("10,000 rows", "HEDGE_MARGIN", ([[float(row)] for row in range(10_000)], [[5.0]] * 10_000))
    yield Case(
        "10,000 rows, some bad",
        "HEDGE_QUANTITY",
        ([[float(row)] for row in range(10_000)], [[float(row % 100)] for row in range(10_000)]),
    )


CASES = (*examples(), *refused(), *cells(), *shapes())
