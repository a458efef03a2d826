"""The embedded engine against the table that every host is held against, and the page that shows it."""

import datetime as dt
from typing import Any

import pytest
from conftest import ROOT
from support.hosts_page import page
from support.parity_cases import CASES, Case

from udfs.cell_errors import EXCEL_ERRORS
from udfs.dates import serial
from workbook.cells import Area, CellError, Value, address, place
from workbook.engines.embedded import Session
from workbook.engines.protocol import hold_places

FAR = 40  # columns between the arguments


def as_value(cell: Any) -> Value:
    """A cell of the table as a book holds it."""
    if isinstance(cell, dt.date):
        return serial(cell)
    return CellError(cell) if isinstance(cell, str) and cell in EXCEL_ERRORS else cell


def answered(case: Case) -> Any:
    """What the engine makes of a case: arguments are cells of a second sheet, the result of the first."""
    held: dict[int, Value] = {}
    words = []
    for number, cell in enumerate(case.cells, 1):
        rows = cell if isinstance(cell, list) else [[cell]]
        left = FAR * number
        corners = address(1, left), address(len(rows), left + len(rows[0]) - 1)
        words.append(f"Cells!{corners[0]}" if corners[0] == corners[1] else f"Cells!{':'.join(corners)}")
        for y, row in enumerate(rows, 1):
            for x, part in enumerate(row):
                if part is not None:
                    held[place(1, y, left + x)] = as_value(part)
    expected = case.expected
    height, width = (len(expected), len(expected[0])) if isinstance(expected, list) else (1, 1)
    where = place(0, 1, 1)
    session = Session(
        ["Plan", "Cells"],
        {where: f"{case.name}({','.join(words)})"},
        [Area(0, 1, 1, height, width)],
        functions=[case.name],
    )
    hold_places(session, held)
    results = session.results(None)
    block = [[results[place(0, y + 1, x + 1)] for x in range(width)] for y in range(height)]
    return block if isinstance(expected, list) else block[0][0]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_embedded_engine_answers_as_the_registry(case: Case) -> None:
    """Each case gives the same value to the last bit, or the same error, in a recalculation."""
    assert answered(case) == case.expected


def test_the_page_of_the_hosts_is_fresh() -> None:
    """docs/hosts.md says what the table of cases and the known differences say."""
    assert (ROOT / "docs" / "hosts.md").read_text(encoding="utf-8") == page()
