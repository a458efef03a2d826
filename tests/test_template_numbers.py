"""Every formula cell of every example equals a computation that shares no code with the book."""

import datetime as dt
import io
import math
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import openpyxl
import pytest
from support.plan_oracle import Oracle, worked_out
from support.running_plan import RunningPlan

from udfs.dates import serial
from workbook.cells import address
from workbook.layout import PLAN
from workbook.layout.formats import HEAD_ROW, HEADS
from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request
from workbook.template import bare_bytes
from workbook.template.examples import ExampleBook, example

WORDED = frozenset(("todo",))  # words by the table of states, which another test holds
EXAMPLES = ("two-asset", "btc", "portfolio", "blank")
CHANGES: Mapping[str, Mapping[str, Any]] = {
    "half": {"plan_ratio": 0.5},
    "inverse": {"plan_kind": "inverse", "plan_rounding": "up"},
    "inverse at 1x": {"plan_kind": "inverse", "plan_leverage": 1},
    "Bybit": {"plan_venue": "Bybit", "plan_rounding": "down"},
    "future": {"plan_contract": "future", "plan_horizon": 60},
    "beta": {"plan_method": "beta", "costs_order": "maker"},
    "another asset": {"plan_instrument": "ETH", "corr_asset": "SOL", "corr_window": 90},
    "risky": {"plan_leverage": 50, "plan_capital": 10, "plan_max_loss": 120},
    "over-hedge": {"plan_ratio": 1.5},
    "put": {"put_strike": 65_000, "put_premium": 2_100, "tail_confidence": 0.99},
    "collar": {"put_strike": 65_000, "put_premium": 2_100, "call_strike": 80_000, "call_premium": 1_900},
    "old": {"plan_as_of": serial(dt.date(2026, 6, 1))},
    "a low maintenance rate": {"plan_maintenance_rate": 0.002},
    "undated facts": {"plan_venue": "BingX"},
    "unknown contract": {"plan_venue": "WEEX", "plan_kind": "inverse"},
}


def expected(said: Oracle) -> Iterator[tuple[str, str, Any]]:
    """Sheet, cell and value of every result, check and shown column; of a step where the oracle has it."""
    for sheet in PLAN.sheets:
        for chip, name in zip(sheet.chips, HEADS, strict=True):
            yield sheet.name, address(HEAD_ROW, chip), said[name]
    for name, field in PLAN.fields.items():
        at = PLAN.names[name]
        if field.formula and (name in said.cells or not is_step(at.sheet, name)):
            yield at.sheet, address(at.row, at.column), said[name]
    for name, table in PLAN.tables.items():
        for index, column in enumerate(table.columns):
            rows = said.tables[name]
            seen = index < table.shown and PLAN.home(name).name != "Workings"
            if column.formula and (column.name in rows[0] or (seen and column.name not in WORDED)):
                at = PLAN.place(name, column.name)
                for row, values in enumerate(rows, at.row):
                    yield at.sheet, address(row, at.column), values[column.name]


def is_step(sheet: str, name: str) -> bool:
    """Whether a cell only stands between inputs and results, or says a result in words."""
    return sheet == "Workings" or name.startswith(("find_", "say_"))


def same(found: object, wanted: object) -> bool:
    """Equal texts and flags; numbers to 1e-9, near zero to a billionth."""
    if isinstance(wanted, (bool, str)) or not isinstance(found, (int, float)):
        return type(found) is type(wanted) and found == wanted
    return isinstance(wanted, (int, float)) and math.isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-9)


def hold(chosen: ExampleBook, held: Callable[[str, str], Any]) -> None:
    """Compare each formula cell of the calculated book with the oracle, and miss none."""
    wrong = {}
    for sheet, cell, value in expected(worked_out(chosen)):
        found = held(sheet, cell)
        found = "" if found is None else found
        if not same(found, value):
            wrong[sheet, cell] = (found, value)
    assert not wrong


def written(chosen: ExampleBook) -> Callable[[str, str], Any]:
    """The cells of a book that was calculated and written."""
    package, _ = recalc_bytes(bare_bytes(chosen), Request(as_of=chosen.as_of))
    book = openpyxl.load_workbook(io.BytesIO(package), data_only=True)

    def held(sheet: str, cell: str) -> Any:
        found = book[sheet][cell].value
        if isinstance(found, (dt.date, dt.time)):  # openpyxl reads the day 0 as midnight
            return serial(found) if isinstance(found, dt.date) else 0
        return found

    return held


@cache
def running() -> RunningPlan:
    """A plan that stays loaded."""
    return RunningPlan(example("portfolio"))


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_formula_cell_of_an_example(name: str) -> None:
    """No formula cell of an example says anything but what its inputs mean."""
    hold(example(name), written(example(name)))


@pytest.mark.parametrize("change", CHANGES)
def test_every_formula_cell_after_a_change(change: str) -> None:
    """And so after the inputs change: other contracts, venues, methods, risks."""
    chosen = example("two-asset" if change == "future" else "portfolio")  # only the first has a future
    changed = ExampleBook({**chosen.fields, **CHANGES[change]}, chosen.tables, chosen.as_of)
    running().become(changed)
    hold(changed, running().shown)
