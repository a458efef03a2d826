"""Spoiled values by `--set`, `--market` and `--live`: none becomes an order, and `check` says so too."""

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from support.live_fixtures import connection, server
from support.venue_answers import API
from support.venue_server import VenueServer

from udfs.dates import serial
from workbook import new_book
from workbook.batch.market_file import market_in_file
from workbook.errors import BookError
from workbook.layout import PLAN
from workbook.live.books import fill_book
from workbook.live.cache import Cache
from workbook.live.client import Connection
from workbook.live.market import LiveMarket
from workbook.recalc.recalc import recalc_book, recalc_bytes
from workbook.request import Outcome, Request
from workbook.validate import check_book
from workbook.validate.kinds import Kind

__all__ = ["connection", "server"]  # fixtures

DAY = dt.datetime(2026, 3, 15)  # of the venues' answers
BEFORE = dt.datetime(2026, 3, 14)
SETTLED = {"funding_rate": 0.0001, "funding_interval": 8, "as_of": serial(BEFORE)}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The two-asset plan at the venues' prices of the day before: an order stands."""
    path = tmp_path_factory.mktemp("sound") / "plan.xlsx"
    new_book(path, "two-asset")
    prices = {"BTC": 60_000.0, "ETH": 3_000.0}
    market = {
        symbol: {**dict.fromkeys(("spot", "mark", "index", "future", "before"), price), **SETTLED}
        for symbol, price in prices.items()
    }
    outcome = recalc_book(path, path, Request(market=market, inputs={"plan_as_of": serial(DAY)}))
    assert outcome.outputs["plan_state"] == "ready", outcome.reason
    return path


@pytest.fixture
def plan(sound: Path, tmp_path: Path) -> Path:
    """A plan of this test alone."""
    path = tmp_path / "plan.xlsx"
    path.write_bytes(sound.read_bytes())
    return path


def bitcoin(path: Path) -> dict[str, Any]:
    """The row of BTC on the Market sheet."""
    table = PLAN.tables["Market"]
    sheet = openpyxl.load_workbook(path, data_only=True)["Market"]
    rows = sheet.iter_rows(min_row=table.first_row, min_col=table.column, max_col=table.last_column)
    names = [column.name for column in table.columns]
    found = [dict(zip(names, (cell.value for cell in row), strict=True)) for row in rows]
    return next(row for row in found if row["symbol"] == "BTC")


def kinds(path: Path) -> set[str]:
    """What `check` finds in a plan on its day."""
    return {finding.kind for finding in check_book(path, DAY.date())}


@pytest.mark.parametrize("name", [name for name, field in PLAN.fields.items() if field.is_input])
def test_no_input_is_set_to_what_its_cell_refuses(sound: Path, name: str) -> None:
    """Each input of a plan: the book stays as it was, and the sentence names the input."""
    package, field = sound.read_bytes(), PLAN.fields[name]
    for value in (-1e15, 0.0, 1e15, "spoiled", float("nan")):
        if field.refusal(value) is None:
            continue
        _, outcome = recalc_bytes(package, Request(inputs={name: value}))
        assert outcome.status == "refused", value
        assert name in outcome.reason


@pytest.mark.parametrize("price", ["0", "-30000", "x", "nan", "inf", "1e15", "#N/A", "1e-300"])
@pytest.mark.parametrize("column", ["spot", "mark", "index", "future"])
def test_a_market_file_with_a_spoiled_price_is_refused(tmp_path: Path, column: str, price: str) -> None:
    """The price is named with its line; nothing of the file is taken."""
    path = tmp_path / "market.csv"
    path.write_text(f"symbol,{column}\nETH,3000\nBTC,{price}\n")
    with pytest.raises(BookError, match=f"3.*{column}"):
        market_in_file(path)


def fed(plan: Path, tmp_path: Path, **columns: object) -> Outcome:
    """The plan after a market file of one row."""
    path = tmp_path / "market.csv"
    path.write_text(f"symbol,{','.join(columns)}\nBTC,{','.join(str(value) for value in columns.values())}\n")
    outcome = recalc_book(plan, plan, Request(market=market_in_file(path)))
    assert not outcome.is_problem, outcome.reason
    return outcome


@pytest.mark.parametrize("price", [60, 29_000, 91_000, 60_000_000])
def test_a_jump_beyond_the_limit_is_no_order(plan: Path, tmp_path: Path, price: float) -> None:
    """The limit is 50 % either way; `check` finds the plan incomplete."""
    every = dict.fromkeys(("spot", "mark", "index", "future"), price)
    outcome = fed(plan, tmp_path, **every)
    assert (outcome.outputs["plan_state"], outcome.outputs["plan_trade_contracts"]) == ("incomplete", "")
    assert Kind.PLAN_INCOMPLETE in kinds(plan)


@pytest.mark.parametrize("column", ["mark", "index", "future"])
def test_a_price_of_another_coin_is_no_order(plan: Path, tmp_path: Path, column: str) -> None:
    """One price alone disagrees with the spot price."""
    outcome = fed(plan, tmp_path, **{column: 3_000})
    assert outcome.outputs["plan_state"] == "incomplete"
    assert Kind.PLAN_INCOMPLETE in kinds(plan)


def test_an_old_date_goes_with_the_order(plan: Path, tmp_path: Path) -> None:
    """Prices of ten days ago leave the order, and both its sentence and `check` tell their age."""
    outcome = fed(plan, tmp_path, spot=60_500, as_of="2026-03-05")
    assert outcome.outputs["plan_state"] == "ready"
    assert "at prices 10 days old" in str(outcome.outputs["say_order"])
    assert Kind.PRICE_OLD in kinds(plan)


EVERY = {"spot": 60_500, "mark": 60_500, "index": 60_500, "future": 60_500}
LATER = dt.datetime(2026, 3, 15)


@pytest.mark.parametrize("lacking", EVERY)
def test_a_new_date_without_a_price_does_not_date_the_old_one(
    plan: Path, tmp_path: Path, lacking: str
) -> None:
    """The price that stays is of its old day, and so is its row; it is said."""
    given = {name: price for name, price in EVERY.items() if name != lacking}
    outcome = fed(plan, tmp_path, **given, as_of="2026-03-15")
    row = bitcoin(plan)
    assert (row[lacking], row["as_of"]) == (60_000, BEFORE)
    assert "lacks a price that the book has of BTC" in outcome.reason


def test_a_date_alone_makes_no_price_fresh(plan: Path, tmp_path: Path) -> None:
    """Two weeks later the prices are old, whatever the date that came without one."""
    fed(plan, tmp_path, as_of="2026-03-28")
    outcome = recalc_book(plan, plan, Request(inputs={"plan_as_of": "2026-03-28"}))
    assert bitcoin(plan)["as_of"] == BEFORE
    assert "at prices 14 days old" in str(outcome.outputs["say_order"])
    assert Kind.PRICE_OLD in {finding.kind for finding in check_book(plan, dt.date(2026, 3, 28))}


@pytest.mark.parametrize(
    ("blank", "as_of", "wanted"),
    [((), LATER, LATER), (("mark", "future"), LATER, LATER), (("mark",), BEFORE.replace(day=5), None)],
)
def test_a_date_of_every_price_is_taken(
    plan: Path, tmp_path: Path, blank: tuple[str, ...], as_of: dt.datetime, wanted: dt.datetime | None
) -> None:
    """Of those that the row has; an older date is taken in any case."""
    recalc_book(plan, plan, Request(market={"BTC": dict.fromkeys(blank, "")}))
    given = {name: price for name, price in EVERY.items() if name not in blank}
    outcome = fed(plan, tmp_path, **given, as_of=as_of.date())
    assert bitcoin(plan)["as_of"] == (wanted or as_of)
    assert "lacks" not in outcome.reason


def test_a_price_without_a_date_gets_none_beside_another(plan: Path, tmp_path: Path) -> None:
    """Nobody knows of which day the mark is that stays."""
    recalc_book(plan, plan, Request(market={"BTC": {"as_of": ""}}))
    fed(plan, tmp_path, spot=60_500, as_of="2026-03-15")
    assert bitcoin(plan)["as_of"] is None
    assert Kind.PRICE_UNDATED in kinds(plan)


@pytest.mark.parametrize("answer", ["-60000", "x", "1e15"])
def test_a_venues_spoiled_price_leaves_the_old_one_with_its_date(
    plan: Path, connection: Connection, server: VenueServer, tmp_path: Path, answer: str
) -> None:
    """What could not be had stays, and so does the day that it is of."""
    spoil(server, answer)
    fill_book(plan, LiveMarket(connection, Cache(tmp_path / "cache")))
    row = bitcoin(plan)
    assert (row["spot"], row["as_of"]) == (60_000, BEFORE)


@pytest.mark.parametrize("answer", ["0", "", None])
def test_a_venue_without_a_price_is_no_order(
    plan: Path, connection: Connection, server: VenueServer, tmp_path: Path, answer: str | None
) -> None:
    """The cell is blank, and what rests on it is unknown."""
    spoil(server, answer)
    _, outcome = fill_book(plan, LiveMarket(connection, Cache(tmp_path / "cache")))
    assert bitcoin(plan)["spot"] is None
    assert (outcome.outputs["plan_state"], outcome.outputs["plan_trade_contracts"]) == ("incomplete", "")
    assert Kind.PLAN_INCOMPLETE in kinds(plan)


def test_a_venue_that_is_off_by_a_thousand_is_no_order(
    plan: Path, connection: Connection, server: VenueServer, tmp_path: Path
) -> None:
    """The price is written, contradicted by the one before and by the mark."""
    spoil(server, "60")
    _, outcome = fill_book(plan, LiveMarket(connection, Cache(tmp_path / "cache")))
    assert bitcoin(plan)["spot"] == 60
    assert (outcome.outputs["plan_state"], outcome.outputs["plan_trade_contracts"]) == ("incomplete", "")
    assert Kind.PLAN_INCOMPLETE in kinds(plan)


def spoil(server: VenueServer, price: str | None) -> None:
    """The venue's spot market gives this price in each of its words for one."""
    route = f"{API}/ticker/24hr"
    given = server.routes[route]
    words = dict.fromkeys(("lastPrice", "bidPrice", "askPrice", "prevClosePrice", "openPrice"), price)
    server.routes[route] = lambda query, now: {**given(query, now), **words}
