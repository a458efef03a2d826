"""How a golden number is held: in the registry, in the shell, and as a formula in a recalculated book."""

import contextlib
import datetime as dt
import io
import json
from typing import Any

import openpyxl
import pytest

from addin.cli import app
from addin.commands.calc import shown_result
from udfs import REGISTRY, HedgeError
from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request

Cells = tuple[Any, ...]


def holds(name: str, cells: Cells, expected: Any) -> None:
    """The function answers this, or refuses with this sentence: called, by `calc`, and in a cell."""
    answer, printed, cell = _asked(name, cells), _asked_in_shell(name, cells), _asked_in_book(name, cells)
    if isinstance(answer, HedgeError):
        assert (str(answer), printed, cell) == (expected, expected, answer.cell)
    elif isinstance(expected, str):
        assert (answer, printed, cell) == (expected, expected, expected)
    else:
        assert answer == pytest.approx(expected, rel=1e-13, abs=0)
        assert printed == shown_result(answer)
        assert cell == answer


def _asked(name: str, cells: Cells) -> Any:
    try:
        return REGISTRY[name].call(*cells)
    except HedgeError as refusal:
        return refusal


def _asked_in_shell(name: str, cells: Cells) -> str:
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            app(["calc", name, "--", *map(_word, cells)], standalone_mode=False)
    except HedgeError as refusal:
        return str(refusal)
    return out.getvalue().removesuffix("\n")


def _asked_in_book(name: str, cells: Cells) -> Any:
    """The function's value in a book saved without one, its arguments in cells of their own."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    column, references = 2, []
    for cell in cells:
        rows = cell if isinstance(cell, list) else [cell]
        grid = [row if isinstance(row, list) else [row] for row in rows]
        for row, values in enumerate(grid, 1):
            for place, value in enumerate(values, column):
                sheet.cell(row, place).value = value
        first, last = (sheet.cell(1, column), sheet.cell(len(grid), column + len(grid[0]) - 1))
        references.append(first.coordinate if first is last else f"{first.coordinate}:{last.coordinate}")
        column += len(grid[0])
    sheet["A1"] = f"={name}({','.join(references)})"
    saved = io.BytesIO()
    book.save(saved)
    package, outcome = recalc_bytes(saved.getvalue(), Request())
    assert outcome.status == "done", outcome.reason
    return openpyxl.load_workbook(io.BytesIO(package), data_only=True).worksheets[0]["A1"].value


def _word(cell: Any) -> str:
    """A cell as one types it in the shell."""
    if isinstance(cell, dt.datetime):
        return cell.isoformat()
    return cell if isinstance(cell, str) else "" if cell is None else json.dumps(cell)
