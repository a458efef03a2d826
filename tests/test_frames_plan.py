"""A saved plan as frames, and frames back into it: what is written is what was given, and nothing else."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from support import plan_books

import workbook
from workbook import read_history, read_market, read_plan, recalc_books, write_plan
from workbook.errors import BookError
from workbook.frames.plan import ROW, attribute
from workbook.frames.write import BadFrame
from workbook.layout import PLAN

EXAMPLES = ["btc", "two-asset", "portfolio", "blank"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The two-asset plan in a file."""
    return plan_books.written(tmp_path, plan_books.example())


def cells(path: Path) -> dict[tuple[str, str], Any]:
    """Every cell of a book as openpyxl reads it: formulas as they are, values elsewhere."""
    book = openpyxl.load_workbook(path)
    return {
        (s.title, c.coordinate): c.value
        for s in book
        for row in s.iter_rows()
        for c in row
        if c.value is not None
    }


@pytest.mark.parametrize("example", EXAMPLES)
def test_everything_of_the_layout_is_there(tmp_path: Path, example: str) -> None:
    """Each input, result and table of the layout, columns in their types, with units; as openpyxl reads."""
    path = plan_books.written(tmp_path, plan_books.example(example))
    plan = read_plan(path)
    assert list(plan.inputs.index) == list(PLAN.inputs)
    assert list(plan.results.index) == list(PLAN.outputs)
    kinds = {"number": "f", "date": "M", "flag": "b", "text": "O"}
    values = openpyxl.load_workbook(path, data_only=True)
    for name, table in PLAN.tables.items():
        frame = getattr(plan, attribute(name))
        assert list(frame.columns) == [column.name for column in table.columns]
        assert frame.attrs["units"] == {column.name: column.unit for column in table.columns}
        for column in table.columns:
            assert column.kind == "text" or frame[column.name].dtype.kind == kinds[column.kind]
            place = PLAN.place(name, column.name)
            for row, mine in frame[column.name].items():
                theirs = values[place.sheet].cell(place.row + int(row) - 1, place.column).value
                if isinstance(theirs, dt.datetime) or column.kind == "text":
                    assert pd.isna(mine) if theirs in (None, "") else mine == theirs
                elif isinstance(theirs, (int, float)):
                    assert mine == theirs
    assert set(plan.advice["state"].dropna()) <= {
        "applies",
        "does not apply",
        "passes",
        "fails",
        "unknown",
    }
    warnings = [name for name in PLAN.fields if name.startswith("warn_")]
    assert set(warnings) <= set(plan.advice.index)


def test_advice_says_what_the_plan_says(path: Path) -> None:
    """The sentences of the Plan sheet, and the state of each warning and check."""
    plan = read_plan(path)
    assert plan.advice.loc["say_order", "says"] == plan.results["say_order"]
    applies = plan.advice[plan.advice["state"] == "applies"]
    assert len(applies) == plan.results["warnings_count"]


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_round_trip_changes_no_byte(tmp_path: Path, example: str) -> None:
    """What was read is written back: the same file, in place and elsewhere."""
    path = plan_books.written(tmp_path, plan_books.example(example))
    before, stamp = path.read_bytes(), path.stat().st_mtime_ns
    plan = read_plan(path)
    assert write_plan(plan).status == "unchanged"
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (before, stamp)
    write_plan(plan, out=tmp_path / "copy.xlsx")
    assert (tmp_path / "copy.xlsx").read_bytes() == before
    tables: dict[str, Any] = {name: frame.copy() for name, frame in plan.tables.items()}
    assert write_plan(path, inputs=plan.inputs.to_dict(), **tables).status == "unchanged"  # type: ignore[arg-type]
    assert path.read_bytes() == before


def quantity(frame: pd.DataFrame) -> None:
    """More of the first asset."""
    frame.loc[1, "quantity"] = 0.2


def own_beta(frame: pd.DataFrame) -> None:
    """A beta of one's own."""
    frame.loc[2, "own_beta"] = 1.1


@pytest.mark.parametrize(
    ("change", "changed"),
    [(quantity, {("holdings", 1, "quantity"): 0.2}), (own_beta, {("holdings", 2, "own_beta"): 1.1})],
)
def test_a_changed_frame_changes_those_cells_and_what_depends_on_them(
    path: Path, tmp_path: Path, change: Callable[[pd.DataFrame], None], changed: dict[Any, Any]
) -> None:
    """No other cell that somebody typed, no formula and no other part of the package."""
    plan = read_plan(path)
    change(plan.holdings)
    outcome = write_plan(plan, out=tmp_path / "next.xlsx", as_of=dt.datetime(2026, 1, 1))
    assert outcome.status == "done"
    before, after = cells(path), cells(tmp_path / "next.xlsx")
    places = {}
    for (table, row, column), value in changed.items():
        assert table == "holdings"
        sheet, cell = plan_books.row_cell("Holdings", column, row)
        places[sheet, cell] = value
    assert {where for where in before.keys() | after.keys() if before.get(where) != after.get(where)} == set(
        places
    )
    assert all(after[where] == value for where, value in places.items())
    old, new = zipfile.ZipFile(path), zipfile.ZipFile(tmp_path / "next.xlsx")
    assert old.namelist() == new.namelist()
    different = {name for name in old.namelist() if old.read(name) != new.read(name)}
    assert all(name.startswith(("xl/worksheets/sheet", "xl/charts/")) for name in different)
    again = read_plan(tmp_path / "next.xlsx")
    assert all(
        again.tables[table].loc[row, column] == value for (table, row, column), value in changed.items()
    )


def test_a_frame_of_ones_own_is_the_whole_table(path: Path, tmp_path: Path) -> None:
    """Rows in order from the first; others become blank; what its columns do not say stays with the key."""
    plan = read_plan(path)
    own_beta(plan.holdings)
    write_plan(plan)
    frame = pd.DataFrame({"Asset": ["eth"], "quantity": np.array([3], dtype="int32")})
    write_plan(path, holdings=frame, out=tmp_path / "next.xlsx")
    holdings = read_plan(tmp_path / "next.xlsx").holdings
    assert holdings[["asset", "quantity", "own_beta", "value"]].to_numpy().tolist() == [
        ["eth", 3.0, 1.1, 6000.0]
    ]


def test_inputs_and_a_market_by_symbol(path: Path, tmp_path: Path) -> None:
    """Inputs by name; a market leaves the symbols as they are that it lacks."""
    market = pd.DataFrame(
        {"spot": [31_000.0], "future": [31_400.0], "as_of": [pd.Timestamp("2026-01-02", tz="UTC")]},
        index=["BTC"],
    )
    write_plan(path, inputs={"plan_ratio": np.float64(0.5)}, market=market, out=tmp_path / "next.xlsx")
    plan = read_plan(tmp_path / "next.xlsx")
    assert plan.inputs["plan_ratio"] == 0.5
    assert plan.market["spot"].dropna().tolist() == [31_000, 2_000]
    assert plan.market.loc[1, "as_of"] == pd.Timestamp("2026-01-02")
    assert plan.results["plan_exposure"] == 6_100


HOLDINGS = {"asset": ["BTC"], "quantity": [1.0]}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"holdings": pd.DataFrame({**HOLDINGS, "amount": [1]})},
            "holdings: has no column amount; it takes asset",
        ),
        (
            {"holdings": pd.DataFrame({**HOLDINGS, "Asset": ["BTC"]})},
            "holdings: the column asset is there twice",
        ),
        ({"holdings": pd.DataFrame({**HOLDINGS, "value": [1.0]})}, "holdings, row 1: value is calculated by"),
        (
            {"holdings": pd.DataFrame({**HOLDINGS, "quantity": ["much"]})},
            "holdings, row 1: quantity: must be",
        ),
        ({"holdings": pd.DataFrame({**HOLDINGS, "quantity": [-1]})}, "holdings, row 1: quantity: must be"),
        (
            {"holdings": pd.DataFrame({**HOLDINGS, "quantity": [np.inf]})},
            "holdings, row 1: quantity: must be",
        ),
        ({"holdings": pd.DataFrame({**HOLDINGS, "quantity": [True]})}, "holdings, row 1: quantity: must be"),
        ({"holdings": pd.DataFrame({**HOLDINGS, "asset": [1.5]})}, "holdings, row 1: asset: must be text"),
        ({"holdings": pd.DataFrame({"asset": ["BTC"] * 51})}, "holdings: has room for 50 rows, got 51"),
        (
            {"holdings": pd.DataFrame(HOLDINGS, pd.Index([99], name=ROW))},
            "holdings: rows must be numbers from 1",
        ),
        ({"holdings": [["BTC", 1]]}, "holdings: must be a DataFrame, got list"),
        ({"journal": pd.DataFrame({"opened": ["soon"]})}, "journal, row 1: opened: must be a date"),
        ({"wallet": pd.DataFrame(HOLDINGS)}, "wallet: the plan has no such table; it has "),
        ({"market": pd.DataFrame({"spot": [-1.0]}, index=["BTC"])}, "market, row 0: spot: must be"),
        ({"inputs": {"plan_ratio": 40}}, "inputs: plan_ratio: must be a number"),
        ({"inputs": {"plan_rate": 0.4}}, "plan_rate: is no input of the plan"),
        ({"inputs": {"plan_exposure": 1}}, "plan_exposure: is no input of the plan"),
        ({"inputs": {"plan_venue": "Nowhere"}}, "plan_venue: must stand in the table"),
    ],
)
def test_a_frame_that_does_not_fit_is_refused_by_name(
    path: Path, tmp_path: Path, given: dict[str, Any], said: str
) -> None:
    """And nothing is written: neither the book nor the output."""
    before = path.read_bytes()
    for out in (None, tmp_path / "next.xlsx"):
        with pytest.raises(BookError) as refused:
            write_plan(path, out=out, **given)
        assert said in str(refused.value)
    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == ["plan.xlsx"]


def test_what_is_no_plan_is_refused(tmp_path: Path) -> None:
    """A book of another kind has no plan to read."""
    book, saved = openpyxl.Workbook(), io.BytesIO()
    book.save(saved)
    path = plan_books.written(tmp_path, saved.getvalue())
    for call in (read_plan, write_plan):
        with pytest.raises(BookError, match="is no plan of microhedge"):
            call(path)
    with pytest.raises(AttributeError, match=r"its tables are .*holdings"):
        _ = read_plan(plan_books.written(tmp_path, plan_books.example())).wallet


def test_an_error_is_a_missing_value_that_is_named(tmp_path: Path) -> None:
    """Excel's errors stand among the attributes, not among the numbers."""
    sheet, cell = plan_books.row_cell("Holdings", "own_beta", 2)
    edit = plan_books.put((sheet, cell), "#DIV/0!")
    plan = read_plan(plan_books.written(tmp_path, plan_books.edited(edit)))
    assert plan.holdings["own_beta"].isna().loc[2]
    assert plan.holdings.attrs["errors"][2, "own_beta"] == "#DIV/0!"


def test_a_run_over_books_is_a_frame(path: Path, tmp_path: Path) -> None:
    """One row per book, its results typed as the plan has them; a frame or a file as the market."""
    (path.parent / "wrong.xlsx").write_bytes(b"no book")
    market = pd.DataFrame({"symbol": ["BTC", "ETH"], "spot": [31_000.0, 2_000.0]})
    market.to_csv(tmp_path.parent / f"{tmp_path.name}.csv", index=False)
    table = recalc_books(tmp_path, out=tmp_path.parent / f"{tmp_path.name}-a", market=market, jobs=1)
    assert sorted(table["status"]) == ["done", "refused"]
    done = table[table["status"] == "done"].iloc[0]
    assert (done["plan_exposure"], done["checks_ok"]) == (6_100, True)
    assert table["plan_exposure"].dtype == "float64"
    again = recalc_books(
        [path],
        out=tmp_path.parent / f"{tmp_path.name}-b",
        market=tmp_path.parent / f"{tmp_path.name}.csv",
        jobs=1,
    )
    assert again["plan_exposure"].tolist() == [6_100]


def test_market_and_history_of_files(tmp_path: Path) -> None:
    """A market by symbol; a history by date, ascending, whatever program wrote it."""
    (tmp_path / "market.csv").write_text("symbol;spot\nBTC;30000,5\n", encoding="utf-8-sig")
    assert read_market(tmp_path / "market.csv").to_dict("index") == {"BTC": {"spot": 30_000.5}}
    history = pd.DataFrame(
        {"BTC": [1.0, 2.0, 3.0], "ETH": [1.0, np.nan, 2.0]},
        pd.date_range("2025-01-01", periods=3, name="date"),
    )
    history.to_csv(tmp_path / "history.csv")
    history.to_csv(tmp_path / "german.csv", sep=";", decimal=",", encoding="utf-16")
    history.to_excel(tmp_path / "history.xlsx")
    history.to_parquet(tmp_path / "history.parquet")
    for name in ("history.csv", "german.csv", "history.xlsx", "history.parquet"):
        found = read_history(tmp_path / name)
        assert found.to_numpy().tolist()[::2] == [[1, 1], [3, 2]]
        assert list(found.index) == list(history.index)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("date,BTC\n2025-01-02,1\n2025-01-01,1\n", "line 3: 2025-01-01 00:00:00 must come after"),
        ("date,BTC\n2025-01-01,1\n2025-01-01,1\n", "line 3: 2025-01-01 00:00:00 must come after"),
        ("date,BTC\nyesterday,1\n", 'line 2: must begin with a date such as 2026-01-31, got "yesterday"'),
        ("date,BTC\n2025-01-01,0\n", "line 2: BTC: must be a price above 0, got 0"),
        ("date,BTC\n2025-01-01,x\n", "line 2: BTC: must be a price above 0, got x"),
        ("date,BTC,BTC\n2025-01-01,1,1\n", "each column of prices needs a name of its own"),
        ("date,BTC\n2025-01-01,1,2\n", "line 2: has 3 cells under 2 columns"),
        ("date\n2025-01-01\n", "needs a column of dates and one of prices"),
        ("date,BTC\n", "holds no price"),
    ],
)
def test_a_history_that_is_none_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """Each fault with its line."""
    (tmp_path / "history.csv").write_text(text, encoding="utf-8")
    with pytest.raises(BookError) as refused:
        read_history(tmp_path / "history.csv")
    assert said in str(refused.value)


def test_what_the_package_offers_is_there() -> None:
    """Every name of `workbook` leads somewhere."""
    assert all(callable(getattr(workbook, name)) for name in workbook.__all__)
    assert issubclass(BadFrame, BookError)
