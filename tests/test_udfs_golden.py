"""Golden rows of an independent computation: through the registry, and as formulas in a recalculated book."""

import io
from typing import Any

import openpyxl
import pandas as pd
import pytest
from support.golden_rows import ROWS, Row, is_close

import udfs
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


def answered(row: Row, cells: list[Any]) -> Any:
    """The answer under the Python name, every argument by its own: as the row has it."""
    spec = REGISTRY[row.function]
    names = (parameter.name for parameter in spec.parameters)
    try:
        got = getattr(udfs, row.function.lower())(**dict(zip(names, cells, strict=False)))
    except HedgeError as refusal:
        return {"error": refusal.cell, "argument": refusal.argument}
    if not isinstance(got, pd.DataFrame):
        return got
    has_header = all(isinstance(cell, str) for cell in row.expected[0])
    body = [["" if pd.isna(cell) else cell for cell in line] for line in got.to_numpy().tolist()]
    return [row.expected[0], *body] if has_header else body


def holds(got: Any, row: Row) -> bool:
    """The value within its tolerance, or the very refusal."""
    if isinstance(row.expected, dict):
        return bool(got == row.expected)
    return not isinstance(got, dict) and is_close(got, row.expected, row.tolerance)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.function)
def test_golden_row_by_python_names(row: Row) -> None:
    """As `from udfs import` gives the function, with keywords; tables come out as frames."""
    assert holds(answered(row, row.cells), row)


TABLES = [
    row
    for row in ROWS
    if row.function in {"HEDGE_BACKTEST", "CARRY_COMPARE"}
    or (row.function == "HEDGE_WEIGHTS" and len(row.cells[0]) == len(row.cells[1][0]))  # labels would differ
]


def labelled(row: Row) -> list[Any]:
    """The cells with histories by date: tables as frames by asset, exposures by these, newest asset first."""
    found: list[Any] = []
    for parameter, cell in zip(REGISTRY[row.function].parameters, row.cells, strict=False):
        if not parameter.is_range or not isinstance(cell, list):
            found.append(cell)
            continue
        frame = pd.DataFrame(cell, dtype=float)
        if parameter.name == "exposures":
            frame = frame.set_axis([f"asset {at}" for at in range(len(frame))])[::-1]
        else:
            frame = frame.set_axis(pd.date_range("2024-01-01", periods=len(frame), name="day"))
        columns = [f"{parameter.name.split('_')[0]} {at}" for at in range(frame.shape[1])]
        frame = frame.set_axis(pd.Index(columns, name="symbol"), axis=1)
        found.append(frame if parameter.is_table else frame.iloc[:, 0])
    return found


@pytest.mark.parametrize("row", TABLES, ids=lambda row: row.function)
def test_golden_row_of_frames(row: Row) -> None:
    """Frames and Series give what the cells give; a hedge's notional stands beside its label."""
    cells = labelled(row)
    got = answered(row, cells)
    if row.function == "HEDGE_WEIGHTS" and not isinstance(got, dict):
        labels = list(cells[2].columns)
        assert [line[0] for line in got[: len(labels)]] == labels
        got = [[f"Hedge {at}", line[1]] for at, line in enumerate(got[: len(labels)], 1)] + got[len(labels) :]
    assert holds(got, row)


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
