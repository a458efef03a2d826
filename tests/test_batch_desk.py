"""A desk: many plans of all kinds and one feed that is larger than each; only the odd files are refused."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import openpyxl
import pytest

from workbook import new_book
from workbook.batch.last_run import keep_run, read_last_run
from workbook.batch.report import open_report
from workbook.batch.run import recalc_paths
from workbook.files.storage import find_store
from workbook.recalc.recalc import recalc_book
from workbook.request import Outcome, Request

if TYPE_CHECKING:
    from workbook.report.run_state import RunState

EXAMPLES = ("portfolio", "two-asset")
FEED = {
    symbol: {"spot": price, "mark": price}
    for symbol, price in (
        ("XBT", 91_240.0),
        ("ETH", 3_012.0),
        ("SOL", 142.0),
        ("DOGE", 0.2),
        ("1000PEPE", 0.01),
    )
}
HOSTILE = 'client "A&B" <img src=x onerror=alert(1)>.xlsx'


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six plans with figures of their own, and three files that are none."""
    root = tmp_path_factory.mktemp("desk") / "books"
    for number in range(6):
        folder = root / ("north", "south", "trial")[number % 3]
        folder.mkdir(parents=True, exist_ok=True)
        made = root.parent / f"{EXAMPLES[number % 2]}.xlsx"
        if not made.exists():
            new_book(made, EXAMPLES[number % 2])
        recalc_book(made, folder / f"{number}.xlsx", Request(inputs={"plan_ratio": 0.2 + number / 20}))
    (root / "trial" / "torn.xlsx").write_bytes((root.parent / "portfolio.xlsx").read_bytes()[:5_000])
    (root / "north" / HOSTILE).write_text("no book")
    openpyxl.Workbook().save(root / "south" / "other.xlsx")
    with ZipFile(root / "south" / "of_libreoffice.ods", "w") as other:
        other.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        other.writestr("content.xml", "<office:document-content/>")
    return root


@pytest.fixture(scope="module")
def first(desk: Path) -> tuple[Path, list[Outcome]]:
    """The first run: its output folder and its outcomes."""
    out = desk.parent / "out"
    return out, list(recalc_paths([desk], out=out, request=Request(market=FEED)))


def test_one_feed_and_nothing_is_refused_but_the_odd_ones(
    desk: Path, first: tuple[Path, list[Outcome]]
) -> None:
    """Every plan is done, each odd file is refused for its own reason, and a second run has nothing to do.

    A book of another program is passed over, counted by its format.
    """
    out, outcomes = first
    passed_over: Counter[str] = Counter()
    again = list(recalc_paths([desk], out=out, request=Request(market=FEED), passed_over=passed_over))
    assert passed_over == {"books of other formats (.ods, .gnumeric, .xls), which must be saved as .xlsx": 1}
    (ods,) = recalc_paths([desk / "south" / "of_libreoffice.ods"], out=out, request=Request(market=FEED))
    assert (ods.status, "save it as .xlsx" in ods.reason) == ("refused", True)
    for found, statuses in ((outcomes, {"done": 6, "refused": 3}), (again, {"unchanged": 6, "refused": 3})):
        assert Counter(outcome.status for outcome in found) == statuses
        odd = {Path(outcome.path).name: outcome.cause for outcome in found if outcome.is_problem}
        assert odd == {"torn.xlsx": "package", HOSTILE: "package", "other.xlsx": "input"}
    rows = {outcome.path: outcome.rows for outcome in outcomes if outcome.rows}
    assert rows == {outcome.path: outcome.rows for outcome in again if outcome.rows}


def test_the_run_names_what_the_books_do_not_know(first: tuple[Path, list[Outcome]]) -> None:
    """Each rule that is not good comes out of the book with its state, its sentence and what mends it."""
    plans = [outcome for outcome in first[1] if outcome.rows]
    for outcome in plans:
        found = outcome.rows["Findings"]
        states = Counter(str(finding["state"])[0] for finding in found)
        lacking = [row for row in outcome.rows["Holdings"] if row["state"] not in {"priced", "not hedged"}]
        assert states["?"] + max(0, len(lacking) - 1) == outcome.outputs["plan_unknown"] != 0
        assert states["▲"] == outcome.outputs["warnings_count"]
        assert all(finding["said"] and finding["mend"] for finding in found)
    said = {finding["rule"]: finding["said"] for outcome in plans for finding in outcome.rows["Findings"]}
    assert said["need_agreement"] == "BTC has prices that contradict each other: confirm them on Market"


def test_the_report_knows_the_run_before(first: tuple[Path, list[Outcome]], tmp_path: Path) -> None:
    """What a run left beside its records is what the next page compares with; damaged, it is none."""
    kept: list[RunState] = []
    with open_report(tmp_path / "run.html", keep=kept.append) as add:
        for outcome in first[1]:
            add(outcome)
    (state,) = kept
    assert len(state.books) == 9
    store, folder = find_store(tmp_path)
    assert read_last_run(store, folder) is None
    keep_run(store, folder, state)
    assert read_last_run(store, folder) == state
    (tmp_path / ".microhedge" / "last-run.json").write_text("{")
    assert read_last_run(store, folder) is None


def test_an_outcome_outlives_its_line() -> None:
    """Rows, inputs and causes are in the records and in JSON lines, so that a second run tells the same."""
    outcome = Outcome(
        "a.xlsx",
        "refused",
        "no",
        "changed",
        unpriced=("BTC",),
        venues="built in",
        inputs={"plan_ratio": 0.4},
        rows={"Journal": [{"symbol": "BTC", "contracts": 0.08}]},
    )
    assert Outcome.from_json(outcome.to_json()) == outcome
