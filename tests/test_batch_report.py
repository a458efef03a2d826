"""Reports: the same rows in four kinds of file, harmless whatever a book or a file name holds."""

import csv
import datetime as dt
import io
import json
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from workbook.batch.html_report import BARS, HEIGHT, ROWS
from workbook.batch.report import BadReport, open_report
from workbook.batch.report_rows import COLUMNS, FORMULA_STARTS
from workbook.layout import PLAN
from workbook.request import Outcome

HOSTILE = "<script>document.title='owned'</script>"
OUTCOMES = (
    Outcome(
        "books/a.xlsx",
        "done",
        formulas=310,
        changed=42,
        outputs={"plan_exposure": 6000.0, "plan_coverage": 0.4},
    ),
    Outcome(
        "books/b.xlsx",
        "done",
        "Sheet1!C4 calls PriceOf, which is not ours nor Excel's: kept its old value",
        stale=("Sheet1!C4",),
        unknown_functions=("PriceOf",),
        error_cells=("Sheet1!D1", "Sheet1!D2"),
        outputs={"plan_exposure": "#N/A", "plan_order": "=1+1", "plan_margin": float("nan")},
    ),
    Outcome(f"books/{HOSTILE}.xlsx", "refused", "is encrypted"),
    Outcome("-2+3.xlsx", "failed", "took longer than 300 seconds and was stopped", seconds=300.25),
    Outcome(
        "books/\udcff.xlsx", "unchanged", "@SUM(1)", outputs={"plan_stop_price": dt.datetime(2026, 1, 1)}
    ),
)


def written(path: Path, outcomes: Iterable[Outcome] = OUTCOMES) -> Path:
    """A report of these outcomes."""
    with open_report(path) as add:
        for outcome in outcomes:
            add(outcome)
    return path


def test_json_lines_hold_every_field(tmp_path: Path) -> None:
    """An outcome comes back from its line as it was, but for what JSON has no word for."""
    lines = written(tmp_path / "run.jsonl").read_text().splitlines()
    back = [Outcome.from_json(line) for line in lines]
    assert [outcome.path for outcome in back] == [outcome.path for outcome in OUTCOMES]
    assert back[0] == OUTCOMES[0]
    assert back[1].error_cells == ("Sheet1!D1", "Sheet1!D2")
    assert json.loads(lines[1])["outputs"]["plan_margin"] is None
    assert json.loads(lines[4])["outputs"]["plan_stop_price"] == "2026-01-01 00:00:00"


def test_csv_counts_cells_and_has_a_column_for_each_result(tmp_path: Path) -> None:
    """The header is the contract's, then the layout's results, whichever books the run had."""
    text = written(tmp_path / "run.CSV").read_bytes()
    assert text.startswith(b"\xef\xbb\xbfpath,status")
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    assert list(rows[0]) == [*COLUMNS, *PLAN.outputs]
    assert (rows[0]["plan_exposure"], rows[0]["changed"], rows[0]["plan_order"]) == ("6000.0", "42", "")
    assert (rows[1]["stale"], rows[1]["error_cells"], rows[1]["unknown_functions"]) == ("1", "2", "PriceOf")
    assert rows[1]["plan_exposure"] == "#N/A"


@pytest.mark.parametrize("start", [*"=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"])
def test_csv_holds_no_formula(tmp_path: Path, start: str) -> None:
    """Text that a spreadsheet would take for a formula is marked as text; numbers keep their sign."""
    bad = f"{start}cmd|'/c calc'!A1"
    outcome = Outcome(
        bad, "refused", bad, unknown_functions=(bad,), outputs={"plan_order": bad, "plan_cost": -1.68}
    )
    text = written(tmp_path / "run.csv", [outcome]).read_bytes().decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert {row[name] for name in ("path", "reason", "unknown_functions", "plan_order")} == {f"'{bad}"}
    assert row["plan_cost"] == "-1.68"


def test_parquet_is_typed(tmp_path: Path) -> None:
    """Numbers are numbers, an error among them is null, and a name that is no Unicode is spelled out."""
    table = parquet.read_table(written(tmp_path / "run.parquet")).to_pylist()
    assert [row["status"] for row in table] == [outcome.status for outcome in OUTCOMES]
    assert (table[0]["plan_exposure"], table[1]["plan_exposure"]) == (6000.0, None)
    assert table[1]["plan_order"] == "=1+1"  # data, not a sheet: nothing to escape
    assert table[4]["path"] == "books/\\udcff.xlsx"


def test_many_rows_go_to_parquet_in_groups(tmp_path: Path) -> None:
    """Rows are handed over a thousand at a time, so that they do not gather."""
    path = written(tmp_path / "run.parquet", [Outcome(f"{n}.xlsx") for n in range(2_500)])
    found = parquet.ParquetFile(path)
    assert (found.num_row_groups, found.metadata.num_rows) == (3, 2_500)


@given(text=st.text(st.characters(codec=None, categories=None)), number=st.floats(allow_nan=False))
@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
def test_any_text_is_harmless_in_every_kind(tmp_path: Path, text: str, number: float) -> None:
    """Whatever a path, a reason or a cell holds, each report can be read back and holds no formula."""
    outcome = Outcome(text, "refused", text, outputs={"plan_order": text, "plan_cost": number})
    (line,) = written(tmp_path / "run.jsonl", [outcome]).read_text(encoding="utf-8").split("\n")[:-1]
    assert Outcome.from_json(line).path == text
    content = written(tmp_path / "run.csv", [outcome]).read_bytes().decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(content, newline=""))
    assert not row["path"].startswith(FORMULA_STARTS)
    assert not row["plan_order"].startswith(FORMULA_STARTS)
    assert parquet.read_table(written(tmp_path / "run.parquet", [outcome])).num_rows == 1
    page = Page(written(tmp_path / "run.html", [outcome]).read_text(encoding="utf-8"))
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert len(page.rows["books"]) == 2


class Page(HTMLParser):
    """What a page holds: its elements, and the cells of its tables."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.rows: dict[str, list[list[str]]] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the element."""
        self.tags.append((tag, dict(attrs)))
        if tag == "table":
            self.table = self.rows.setdefault(dict(attrs)["id"] or "", [])
        elif tag == "tr":
            self.table.append([])
        elif tag in {"td", "th"}:
            self.table[-1].append("")

    def handle_data(self, data: str) -> None:
        """Keep the text of a cell."""
        if self.tags and self.tags[-1][0] in {"td", "button"} and data.strip():
            self.table[-1][-1] = data


def test_page_puts_problems_first_and_runs_nothing_foreign(tmp_path: Path) -> None:
    """The page has one script, its own; a hostile file name is text; nothing is fetched."""
    text = written(tmp_path / "run.html").read_text()
    page = Page(text)
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert not [attrs for _, attrs in page.tags if "src" in attrs or "href" in attrs or "style" in attrs]
    assert not re.search(r"https?:|@import|url\(", text)
    names = [row[0] for row in page.rows["books"][1:]]
    assert names == [
        "books/b.xlsx",
        f"books/{HOSTILE}.xlsx",
        "-2+3.xlsx",
        "books/a.xlsx",
        "books/\\udcff.xlsx",
    ]
    assert [row[0] for row in page.rows["problems"]] == names[:3]


def test_page_of_many_books_stays_small_enough_for_a_browser(tmp_path: Path) -> None:
    """Books beyond what a browser sorts at once are counted, charted and said to be elsewhere."""
    books = ROWS + 500
    outcomes = [Outcome(f"{n}.xlsx", outputs={"plan_exposure": float(n)}) for n in range(books)]
    text = written(tmp_path / "run.html", outcomes).read_text()
    assert len(Page(text).rows["books"]) == 1 + ROWS
    assert text.count('class="bar"') == BARS
    assert f"The first {ROWS:,} of {books:,} books" in text


@pytest.mark.parametrize("values", [[0.0], [-5.0, -1.0], [1e-9], [1e300, -1e300], [1.0, 2.0, 3.0]])
def test_chart_scales_hold_zero_and_every_value(tmp_path: Path, values: list[float]) -> None:
    """Whatever the figures, every bar lies inside its chart."""
    outcomes = [Outcome("a.xlsx", outputs={"plan_margin": value}) for value in values]
    text = written(tmp_path / "run.html", outcomes).read_text()
    bars = re.findall(r'<rect class="bar" x="[\d.]+" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"', text)
    assert len(bars) == len(values)
    assert all(0 <= float(top) <= float(top) + float(height) <= HEIGHT for top, height in bars)


def test_browser_sorts_and_filters_the_page(tmp_path: Path) -> None:
    """In a real browser, without network: the policy lets our script run, and a click sorts."""
    browser = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
    if browser is None:
        pytest.skip("no Chromium on this machine")
    page = written(tmp_path / "run.html")
    probe = """<script>
      const buttons = document.querySelectorAll("#books th button");
      const seconds = Array.from(buttons).findIndex((b) => b.textContent === "seconds");
      buttons[seconds].click(); buttons[seconds].click();
      document.getElementById("status").value = "failed";
      document.getElementById("status").dispatchEvent(new Event("change"));
      const rows = Array.from(document.querySelectorAll("#books tbody tr"));
      document.body.dataset.first = rows[0].cells[0].textContent;
      document.body.dataset.shown = rows.filter((row) => !row.hidden).length;
    </script></body>"""
    policy_of_the_probe = re.sub(r"script-src [^\"]+", "script-src 'unsafe-inline'", page.read_text())
    tested = tmp_path / "probe.html"
    tested.write_text(policy_of_the_probe.replace("</body>", probe))
    for path, wanted in ((tested, 'data-first="-2+3.xlsx" data-shown="1"'), (page, '<div class="tools">')):
        shown = subprocess.run(
            [
                browser,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",  # small in containers
                "--disable-background-networking",
                "--no-first-run",
                f"--user-data-dir={tmp_path / 'profile'}",
                "--dump-dom",
                path.as_uri(),
            ],
            capture_output=True,
            text=True,
            timeout=250,
            check=True,
        )
        assert wanted in shown.stdout
        assert "owned" not in re.findall(r"<title>(.*?)</title>", shown.stdout)[0]


def test_report_takes_the_place_of_the_last_one_when_the_run_has_ended(tmp_path: Path) -> None:
    """A run that stops leaves the report of the run before, and its own rows beside it."""
    path = tmp_path / "run.csv"
    path.write_text("yesterday")

    def stops() -> Iterator[Outcome]:
        yield OUTCOMES[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        written(path, stops())
    assert path.read_text() == "yesterday"
    assert "books/a.xlsx" in (tmp_path / "run.csv.partial").read_text()


@pytest.mark.parametrize("name", ["run.txt", "run", "run.xlsx", "folder.csv"])
def test_report_that_cannot_be_is_refused(tmp_path: Path, name: str) -> None:
    """An ending that means nothing, or a folder in the way."""
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(BadReport, match=name), open_report(tmp_path / name):
        pass


def test_report_lies_in_a_folder_that_is_there_or_that_the_run_makes(tmp_path: Path) -> None:
    """A mistyped folder is no new folder; the output folder is made by the run, and so is what is below."""
    for out in (None, tmp_path / "out", tmp_path / "no"):
        with (
            pytest.raises(BadReport, match="there is no folder"),
            open_report(tmp_path / "none" / "a.csv", out),
        ):
            pass
    assert list(tmp_path.iterdir()) == []
    for place in ("out/a.csv", "out/reports/a.csv"):
        with open_report(tmp_path / place, tmp_path / "out") as add:
            add(Outcome("a.xlsx"))
        assert "a.xlsx" in (tmp_path / place).read_text()


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet", "html"])
def test_report_of_no_books_is_whole(tmp_path: Path, ending: str) -> None:
    """A run that found nothing has a report all the same."""
    assert written(tmp_path / f"run.{ending}", []).exists()
