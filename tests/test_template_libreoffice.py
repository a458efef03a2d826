"""LibreOffice without our extension: it says that our functions are absent, and prints every sheet."""

import io
import math
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
from support.plan_books import cell, edited, example, put, recalculated, row_cell

from workbook.layout import PLAN

pytestmark = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")


def converted(folder: Path, form: str, name: str) -> Path:
    """The example's book as LibreOffice saves it in another form."""
    source = folder / f"{name}.xlsx"
    source.write_bytes(example(name))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    out = folder / "out"
    command = ["soffice", profile, "--headless", "--convert-to", form, "--outdir", str(out), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=500)
    return out / f"{name}.{form}"


SAID = {
    "head_checks": "■ microhedge is not loaded: microhedge addin install",
    "word_incomplete": "? No order: microhedge is not loaded here: "
    "install its add-in, or run microhedge recalc",
    "plan_ready": 0,
    "plan_trade_side": None,
    "plan_trade_contracts": None,
}
ROLL = (row_cell("Rolls", "annual"), row_cell("Rolls", "carry"))
WITHOUT_CALLS: dict[str, set[tuple[str, str]] | None] = {  # they call ours whether the plan is ready or not
    "two-asset": {*ROLL},
    "btc": {*ROLL},
    "portfolio": None,  # all of an open hedge rests on calls
}


@pytest.mark.parametrize("name", sorted(WITHOUT_CALLS))  # a blank plan follows the day
def test_libreoffice_without_our_extension_gives_no_order(name: str, tmp_path: Path) -> None:
    """It works the book out as we do once the functions are not loaded, and says so.

    LibreOffice calculates a saved truth value anew on loading, so it finds out that our functions are absent.
    With the extension every cell agrees: test_hosts_libreoffice.
    """
    absent = recalculated(edited(put(cell("addin_loaded"), "=FALSE()"), example(name)))
    ours = openpyxl.load_workbook(io.BytesIO(absent), data_only=True)
    theirs = openpyxl.load_workbook(converted(tmp_path, "xlsx", name), data_only=True)
    assert theirs.sheetnames == ours.sheetnames
    wrong = {}
    for sheet in ours.worksheets:
        other = theirs[sheet.title]
        for row in sheet.iter_rows():
            for found in row:
                mine, its = found.value, other[found.coordinate].value
                if isinstance(mine, (int, float)) and isinstance(its, (int, float)):
                    same = math.isclose(mine, its, rel_tol=1e-9, abs_tol=1e-12)
                else:
                    same = mine == its or (not mine and not its)
                if not same:
                    wrong[sheet.title, found.coordinate] = (mine, its)
    expected = WITHOUT_CALLS[name]
    assert expected is None or wrong.keys() == expected, wrong
    behind = {"Checks", "Workings"}  # they count what is missing
    numbers = {
        at: its for at, (_, its) in wrong.items() if isinstance(its, (int, float)) and at[0] not in behind
    }
    assert not numbers  # what rests on a call that is not there is an error or "?"
    values = {key: theirs[sheet][address].value for key in SAID for sheet, address in [cell(key)]}
    assert values == SAID


def test_every_sheet_is_printed(tmp_path: Path) -> None:
    """The PDF has a page for each sheet, and no more than the long ones need."""
    pdf = converted(tmp_path, "pdf", "two-asset")
    if shutil.which("pdfinfo") is None:
        pytest.skip("poppler is not installed")
    told = subprocess.run(["pdfinfo", str(pdf)], check=True, capture_output=True, text=True).stdout
    pages = next(int(line.split()[1]) for line in told.splitlines() if line.startswith("Pages:"))
    assert len(PLAN.sheets) <= pages <= len(PLAN.sheets) + 6
