"""What the embedded engine is given: books whose cells lie far apart take no more than they hold."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from support.books import F, book, cached

from workbook.cells import address
from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request

NAMES = {"inp": "Sheet1!$A$1"}
MEASURED = """
import resource, sys
from pathlib import Path
from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request
package = Path(sys.argv[1]).read_bytes()
recalc_bytes(package[:9], Request())
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
written, outcome = recalc_bytes(package, Request(inputs={"inp": 7}))
assert outcome.status == "done", outcome.reason
Path(sys.argv[1]).write_bytes(written)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def wide(columns: int, corner: str) -> bytes:
    """A row of ones, their sum, and a formula far away."""
    cells = {address(1, column): 1 for column in range(1, columns + 1)}
    total = F(f"=SUM(A1:{address(1, columns)})", columns)
    return book({"Sheet1": {**cells, "A2": total, corner: F("=A1*2", 2)}}, NAMES)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted in kilobytes on Linux alone")
@pytest.mark.parametrize("corner", ["C1048576", "BDN1048576"])
def test_a_formula_far_down_costs_no_column(corner: str, tmp_path: Path) -> None:
    """1,500 columns took 0.3 MB each as soon as one formula stood in the last row."""
    path = tmp_path / "book.xlsx"
    path.write_bytes(wide(1_500, corner))
    run = subprocess.run(
        [sys.executable, "-c", MEASURED, path], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(run.stdout) < 200 << 10  # kilobytes
    assert cached(path.read_bytes(), "Sheet1", "A2", corner) == [1_506, 14]


def test_cells_too_far_apart_are_refused() -> None:
    """Rather than filling the memory, the book is refused with the reason, its size and the sheet."""
    package = wide(16_384, "XFD1048576")
    written, outcome = recalc_bytes(package, Request(inputs={"inp": 7}))
    assert (written, outcome.status) == (package, "refused")
    assert re.search("Sheet1 lie too far apart .* down to XFD1048576 .* 16 GB", outcome.reason)
