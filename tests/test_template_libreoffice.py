"""LibreOffice reads the plan book as we do: the same values in every cell, and a page for every sheet."""

import io
import math
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
from support.plan_books import example

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


@pytest.mark.parametrize("name", ["two-asset", "btc", "portfolio"])  # a blank plan follows the day
def test_libreoffice_says_what_the_book_says(name: str, tmp_path: Path) -> None:
    """Without our extension it keeps our functions' values and works the rest out as we did."""
    ours = openpyxl.load_workbook(io.BytesIO(example(name)), data_only=True)
    theirs = openpyxl.load_workbook(converted(tmp_path, "xlsx", name), data_only=True)
    assert theirs.sheetnames == ours.sheetnames
    wrong = {}
    for sheet in ours.worksheets:
        other = theirs[sheet.title]
        for row in sheet.iter_rows():
            for cell in row:
                mine, its = cell.value, other[cell.coordinate].value
                if isinstance(mine, (int, float)) and isinstance(its, (int, float)):
                    same = math.isclose(mine, its, rel_tol=1e-9, abs_tol=1e-12)
                else:
                    same = mine == its or (not mine and not its)
                if not same:
                    wrong[sheet.title, cell.coordinate] = (mine, its)
    assert not wrong


def test_every_sheet_is_printed(tmp_path: Path) -> None:
    """The PDF has a page for each sheet, and no more than the long ones need."""
    pdf = converted(tmp_path, "pdf", "two-asset")
    if shutil.which("pdfinfo") is None:
        pytest.skip("poppler is not installed")
    told = subprocess.run(["pdfinfo", str(pdf)], check=True, capture_output=True, text=True).stdout
    pages = next(int(line.split()[1]) for line in told.splitlines() if line.startswith("Pages:"))
    assert len(PLAN.sheets) <= pages <= len(PLAN.sheets) + 6
