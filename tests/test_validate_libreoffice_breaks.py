"""What LibreOffice does to a plan when people break it there, and what the validator says of the copy."""

import datetime as dt
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.request import pathname2url

import pytest
from support.calc import absence, python
from support.plan_books import cell, example, recalculated, row_cell, span, whole, written

from workbook import check_book
from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request
from workbook.validate import Finding
from workbook.validate.kinds import Kind

SCRIPT = Path(__file__).parent / "support" / "libreoffice_breaks.py"
TODAY = dt.date(2026, 11, 22)


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of plans, each broken in LibreOffice in one way."""
    office = shutil.which("soffice")
    if office is None or absence() or sys.platform == "win32":
        pytest.skip("LibreOffice with its Python bridge is not installed")
    folder = tmp_path_factory.mktemp("broken")
    source = written(tmp_path_factory.mktemp("source"), example())
    profile = f"-env:UserInstallation=file://{pathname2url(str(tmp_path_factory.mktemp('profile')))}"
    pipe = f"microhedge-{uuid.uuid4().hex}"  # other processes run these tests at the same time
    accept = f"--accept=pipe,name={pipe};urp"
    with subprocess.Popen(
        [office, profile, "--headless", "--norestore", accept],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as running:
        try:
            subprocess.run([python(), SCRIPT, pipe, source, folder], check=True, timeout=1_200)
            yield folder
        finally:
            running.terminate()


def findings(folder: Path, name: str) -> list[Finding]:
    """What the validator says of one of the broken copies."""
    return check_book(folder / f"{name}.xlsx", TODAY)


def where(place: tuple[str, str]) -> str:
    """A cell as a finding names it."""
    return "!".join(place)


FOUND = [
    (
        "rows_inserted_in_a_table",
        "error",
        span("Holdings", "price", 6, 7),
        "is empty where the column Price is calculated",
    ),
    ("row_inserted_among_the_inputs", "error", where(cell("plan_leverage")), "a row was inserted into the"),
    ("input_row_deleted", "error", where(cell("plan_leverage")), "plan_leverage points nowhere"),
    ("table_rows_deleted", "note", whole("Holdings", rows=45), "has room for 45 rows"),
    ("column_deleted", "error", "Holdings!Holdings", "the column Quantity of the table Holdings is missing"),
    (
        "column_pasted_over",
        "error",
        span("Holdings", "price", 1, 2),
        "holds a typed value where the column Price",
    ),
    ("column_pasted_over", "error", span("Holdings", "price", 3, 50), "is empty where the column Price"),
    ("results_replaced_by_values", "error", where(cell("plan_margin")), "holds a typed value"),
    ("results_replaced_by_values", "error", where(cell("plan_cost")), "holds a typed value"),
    ("sheet_renamed", "warning", "Prices", "the sheet Market was renamed to Prices"),
    ("sheet_deleted", "error", "Costs", "the sheet Costs is missing"),
    ("column_hidden", "note", span("Market", "spot", 0, 20), "the column is hidden"),
    ("sheet_hidden", "note", "Checks", "the sheet is hidden"),
    (
        "table_resized",
        "error",
        where(row_cell("Holdings", "asset", 6)),
        "a value stands below the end of the table Holdings",
    ),
    ("date_as_text", "error", where(row_cell("Market", "as_of")), "a date typed as text"),
]


@pytest.mark.parametrize(("name", "severity", "place", "fault"), FOUND)
def test_break_is_found_in_the_copy(broken: Path, name: str, severity: str, place: str, fault: str) -> None:
    """Each way of breaking a plan is found where it was done, although LibreOffice wrote the copy."""
    found = [f for f in findings(broken, name) if fault in f.fault and f.place == place]
    assert [f.severity for f in found] == [severity]


def not_computed(found: Finding) -> bool:
    """Whether a finding says that a value, or the order, is not to be had without our functions."""
    return found.kind in (Kind.PLAN_INCOMPLETE, Kind.CHECK_FAILS) or "shows #NAME?" in found.fault


def test_mere_copy_is_sound(broken: Path) -> None:
    """A plan that LibreOffice opened and saved is the same plan, but for what it calculated without us."""
    spoilt = [f for f in findings(broken, "saved_only") if f.severity != "note"]
    assert spoilt
    assert all(map(not_computed, spoilt)), spoilt
    saved = (broken / "saved_only.xlsx").read_bytes()
    healed = written(broken, recalculated(saved), "recalculated.xlsx")
    assert [f for f in check_book(healed, TODAY) if f.severity != "note"] == []


def test_results_that_libreoffice_cannot_compute_come_back(broken: Path) -> None:
    """Where it calculated again without our functions, that is the one finding; a recalculation mends it."""
    path = broken / "row_inserted_above.xlsx"
    spoilt = [f for f in check_book(path, TODAY) if f.severity != "note"]
    assert spoilt
    assert all(map(not_computed, spoilt)), spoilt
    healed = written(broken, recalculated(path.read_bytes()), "healed.xlsx")
    assert [f for f in check_book(healed, TODAY) if f.severity != "note"] == []


def test_copy_takes_new_inputs(broken: Path) -> None:
    """LibreOffice saves TRUE as 1 and 15 digits of a number; a copy is recalculated all the same."""
    path = broken / "saved_only.xlsx"
    halved, outcome = recalc_bytes(path.read_bytes(), Request(inputs={"plan_ratio": 0.5}))
    assert (outcome.status, outcome.unproven) == ("done", ())
    assert outcome.outputs["plan_margin"] == 600
    assert recalc_bytes(halved, Request())[1].status == "unchanged"
    found = check_book(written(broken, halved, "halved.xlsx"), TODAY)
    assert [f for f in found if f.severity != "note"] == []
