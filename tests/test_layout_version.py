"""The template's version changes with inputs, names and tables; an older plan is taken over whole."""

import datetime as dt
import hashlib
import io
import json
import shutil
from pathlib import Path

import openpyxl

from udfs.dates import serial
from workbook.layout import PLAN
from workbook.plan.saved import opened
from workbook.template.migrate import migrate_book

FIRST = Path(__file__).parent / "golden" / "plan-version-1.xlsx"
SHAPES = {"2": "776d0eef09c6c64e"}  # of each version: what a plan of it is made of


def shape() -> str:
    """A digest of the inputs, names, tables and columns of the layout."""
    tables = {name: [column.header for column in table.columns] for name, table in PLAN.tables.items()}
    made_of = {"inputs": sorted(PLAN.inputs), "names": sorted(PLAN.names), "tables": tables}
    return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()[:16]


def test_the_version_says_what_a_plan_is_made_of() -> None:
    """A change of inputs, names or tables raises the version in `guide.py` and adds its shape here."""
    assert SHAPES[PLAN.version] == shape()


def test_a_plan_of_the_first_version_is_taken_over(tmp_path: Path) -> None:
    """Every input of a plan that the first template wrote stands in the new one, in its place."""
    old = tmp_path / "plan.xlsx"
    shutil.copy(FIRST, old)
    first = openpyxl.load_workbook(io.BytesIO(FIRST.read_bytes()))
    migration = migrate_book(old)
    assert migration is not None
    assert not [left for left in migration.left if "no room" in left or "no part" in left]
    with opened(old) as saved:
        assert saved.version == PLAN.version
        named = {
            name: first[sheet][cell.replace("$", "")].value
            for name in PLAN.inputs
            if name in first.defined_names
            for sheet, cell in [first.defined_names[name].attr_text.replace("'", "").split("!")]
        }
        assert len(named) > 20
        for name, value in named.items():
            kept = saved.value(name)
            wanted = serial(value) if isinstance(value, dt.datetime) else value
            assert (None if kept in (None, "") else kept) == wanted, name
        rows = list(saved.rows("Journal"))
        hedge = {"symbol": "BTC", "contracts": 0.08, "entry": 30_000.0, "exposure": 6_000.0, "ratio": 0.4}
        assert {name: rows[0][name] for name in hedge} == hedge
        assert rows[0]["status"] == "hold"
        assert [row["asset"] for row in saved.rows("Holdings")][:2] == ["BTC", "ETH"]
        assert saved.value("plan_state") == "nothing to do"
