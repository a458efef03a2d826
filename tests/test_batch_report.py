"""Reports: the same rows in four kinds of file, harmless whatever a book or a file name holds."""

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from workbook.batch import xlsx_report
from workbook.batch.report import BadReport, open_report
from workbook.batch.report_rows import COLUMNS, FORMULA_STARTS
from workbook.layout import PLAN
from workbook.printable import printable
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
    assert {row[name] for name in ("path", "reason", "unknown_functions", "plan_order")} == {
        f"'{printable(bad)}"
    }
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
    page = written(tmp_path / "run.html", [outcome]).read_text(encoding="utf-8")
    assert page.count("<script") == 2
    assert page.count("<tr") >= 3


def test_sheet_holds_no_formula_and_a_row_per_book(tmp_path: Path) -> None:
    """The report as a book: texts stay texts, whatever they begin with."""
    sheet = openpyxl.load_workbook(written(tmp_path / "run.xlsx")).worksheets[0]
    rows = list(sheet.iter_rows())
    assert [cell.value for cell in rows[0]] == [*COLUMNS, *PLAN.outputs]
    assert len(rows) == 1 + len(OUTCOMES)
    assert not [cell for row in rows for cell in row if cell.data_type == "f"]


def test_sheet_is_a_table_with_a_frozen_head(tmp_path: Path) -> None:
    """Ready to filter, numbers in the formats of the plan; pandas reads it back."""
    path = written(tmp_path / "run.xlsx")
    sheet = openpyxl.load_workbook(path).worksheets[0]
    (table,) = sheet.tables.values()
    assert (sheet.freeze_panes, table.ref) == ("B2", sheet.dimensions)
    assert [column.name for column in table.tableColumns] == [*COLUMNS, *PLAN.outputs]
    for name, field in PLAN.outputs.items():
        cells = next(
            sheet.iter_cols(min_col=(*COLUMNS, *PLAN.outputs).index(name) + 1, max_col=None, min_row=2)
        )
        formats = {cell.number_format for cell in cells if isinstance(cell.value, float)}
        assert formats <= ({field.format} if field.kind == "number" else {"General"})
    assert pd.read_excel(path)["status"].tolist() == [outcome.status for outcome in OUTCOMES]
    assert not openpyxl.load_workbook(written(tmp_path / "none.xlsx", [])).worksheets[0].tables


def test_books_beyond_a_sheet_go_to_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Excel's sheets end: the report goes on in another one."""
    monkeypatch.setattr(xlsx_report, "MOST_ROWS", 3)
    book = openpyxl.load_workbook(written(tmp_path / "run.xlsx", [Outcome(f"{n}.xlsx") for n in range(7)]))
    assert [(sheet.title, sheet.max_row) for sheet in book] == [("Books", 4), ("Books 2", 4), ("Books 3", 2)]


@pytest.mark.parametrize("ending", ["csv", "jsonl", "html", "xlsx"])
def test_no_sign_that_steers_a_terminal_reaches_a_report(tmp_path: Path, ending: str) -> None:
    """ESC, the second control range and bidirectional marks are written out, wherever they come from."""
    name = "a\x1b[2J\x9bb\u202ec\u2066.xlsx"
    outcome = Outcome(name, "refused", name, outputs={"plan_order": name}, unpriced=(name,), venues=name)
    written(tmp_path / f"run.{ending}", [outcome])
    if ending == "xlsx":
        cells = openpyxl.load_workbook(tmp_path / "run.xlsx").worksheets[0].iter_rows(values_only=True)
        text = "".join(str(cell) for row in cells for cell in row)
    else:
        text = (tmp_path / f"run.{ending}").read_text(encoding="utf-8")
    assert not re.findall("[\x1b\x80-\x9f\u202a-\u202e\u2066-\u2069]", text)


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


@pytest.mark.parametrize("name", ["run.txt", "run", "run.xls", "folder.csv"])
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


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet", "xlsx", "html"])
def test_report_of_no_books_is_whole(tmp_path: Path, ending: str) -> None:
    """A run that found nothing has a report all the same."""
    assert written(tmp_path / f"run.{ending}", []).exists()
