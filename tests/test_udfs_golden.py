"""Golden rows of an independent computation: through the registry, and as formulas in a recalculated book."""

import io
from typing import Any

import openpyxl
import pytest
from support.golden_rows import ROWS, Row, is_close

from udfs import REGISTRY, HedgeError
from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.function)
def test_golden_row_in_the_registry(row: Row) -> None:
    """The value, or the refusal with its kind and the argument at fault."""
    try:
        got = REGISTRY[row.function].call(*row.cells)
    except HedgeError as refusal:
        got = {"error": refusal.cell, "argument": refusal.argument}
    if isinstance(row.expected, dict):
        assert got == row.expected
    else:
        assert is_close(got, row.expected, row.tolerance)


def placed(sheet: Any, cell: Any, column: int) -> tuple[str, int]:
    """Write an argument into cells of its own; its reference, and the next free column."""
    grid = [
        line if isinstance(line, list) else [line] for line in (cell if isinstance(cell, list) else [cell])
    ]
    for at, values in enumerate(grid, 1):
        for place, value in enumerate(values, column):
            sheet.cell(at, place).value = value
    first, last = sheet.cell(1, column), sheet.cell(len(grid), column + len(grid[0]) - 1)
    reference = first.coordinate if first is last else f"{first.coordinate}:{last.coordinate}"
    return reference, column + len(grid[0])


def test_golden_rows_in_a_book() -> None:
    """Every row as a formula over cells, a sheet each; of a table each cell is taken by INDEX."""
    book = openpyxl.Workbook()
    asked: list[tuple[str, Any, float]] = []
    for number, row in enumerate(ROWS):
        sheet = book.create_sheet(f"S{number}")
        column, references = 20, []
        for cell in row.cells:
            reference, column = placed(sheet, cell, column)
            references.append("" if cell is None else reference)
        formula = f"{row.function}({','.join(references)})"
        if isinstance(row.expected, list):
            for line, cells in enumerate(row.expected, 1):
                for place, value in enumerate(cells, 1):
                    where = sheet.cell(line, place)
                    where.value = f"=INDEX({formula},{line},{place})"
                    asked.append((f"{sheet.title}!{where.coordinate}", value, row.tolerance))
        else:
            sheet["A1"] = f"={formula}"
            value = row.expected["error"] if isinstance(row.expected, dict) else row.expected
            asked.append((f"{sheet.title}!A1", value, row.tolerance))
    saved = io.BytesIO()
    book.save(saved)
    package, outcome = recalc_bytes(saved.getvalue(), Request())
    assert outcome.status == "done", outcome.reason
    values = openpyxl.load_workbook(io.BytesIO(package), data_only=True)
    for where, expected, tolerance in asked:
        name, _, cell = where.partition("!")
        got = values[name][cell].value
        assert is_close(got, expected, tolerance), (where, got, expected)
