"""Market data through ccxt: into books, into market files, into many books at once."""

import datetime as dt
import json
import shutil
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from support.live_fixtures import TODAY, ccxt, command, connection, server
from support.venue_answers import API, DATED, FAPI, INDEX, MARK, SPOT, binance_info, usdm
from support.venue_server import Fault, VenueServer

from udfs.conventions import INVERSE, LINEAR
from udfs.dates import serial
from udfs.venues import contract_spec
from workbook import new_book
from workbook.batch.market_file import market_in_file
from workbook.errors import BookError
from workbook.layout import PLAN
from workbook.live.books import PlanBook, fill_book, funding_rows, history_rows, live_request, market_rows
from workbook.live.cache import Cache
from workbook.live.client import Connection
from workbook.live.contracts import LiveContracts
from workbook.live.desks import DESKS
from workbook.live.faults import Blocked, NoConnection, NotListed
from workbook.live.market import BLANK, LiveMarket, row
from workbook.live.marketfile import fill_file, write_history
from workbook.live.quotes import Want
from workbook.recalc.recalc import recalc_book
from workbook.request import Cell, Request

__all__ = ["connection", "server"]  # fixtures

JUNE = dt.datetime(2026, 6, 26, 8, tzinfo=dt.UTC)
SEPTEMBER = dt.datetime(2026, 9, 25, 8, tzinfo=dt.UTC)
NOW = serial(dt.datetime(2026, 3, 15, 10))


@pytest.fixture
def live(connection: Connection, tmp_path: Path) -> LiveMarket:
    """The venues on the loopback, with an empty cache."""
    return LiveMarket(connection, Cache(tmp_path / "cache"))


def again(live: LiveMarket) -> LiveMarket:
    """Another run with the same cache."""
    return LiveMarket(live.connection, live.cache)


@pytest.mark.parametrize(
    ("venue", "kind", "symbol", "future"),
    [
        ("Binance", LINEAR, "BTC", True),
        ("Binance", LINEAR, "ADA", False),
        ("Binance", INVERSE, "BTC", True),
        ("Bybit", LINEAR, "BTC", True),
        ("Bybit", LINEAR, "ETH", False),
        ("Bybit", INVERSE, "BTC", True),
        ("BingX", LINEAR, "ETH", False),
        ("BingX", INVERSE, "BNB", False),
        ("WEEX", LINEAR, "DOGE", False),
        ("MEXC", LINEAR, "SOL", False),
    ],
)
def test_every_price_is_what_a_person_reads_off_the_answer(
    venue: str, kind: str, symbol: str, *, future: bool, live: LiveMarket
) -> None:
    """Spot is the spot market's last trade, mark and index the perpetual's, the future the dated one's."""
    want = Want(venue, kind, symbol)
    said = live.quotes([want])[want]
    assert said.spot == SPOT[symbol]
    assert (said.funding.mark, said.funding.index) == (MARK[symbol], INDEX[symbol])
    assert (said.future, said.expiry) == ((DATED[symbol], JUNE) if future else (None, None))
    assert said.as_of == TODAY
    assert not said.failed
    assert not live.remarks


def test_row_has_the_layouts_columns(live: LiveMarket) -> None:
    """The coming rate and the last one each have their column; what the venue lacks is blank."""
    want = Want("WEEX", LINEAR, "BTC")
    columns = row(live.quotes([want])[want])
    assert columns["spot"] == 60_000
    assert columns["mark"] == 60_060
    assert columns["funding_rate"] == 0.00005618
    assert columns["funding_interval"] == 8
    assert columns["as_of"] == NOW
    assert columns["future"] == columns["expiry"] == BLANK  # WEEX has none: an old one may not stay
    assert columns["last_rate"] == 0.00001031
    assert columns["next_settlement"] == serial(dt.datetime(2026, 3, 15, 16))
    assert columns["index"] == 60_012
    assert columns["source"] == f"WEEX, ccxt {ccxt.__version__}"
    inputs = {column.name: column for column in PLAN.tables["Market"].columns if column.is_input}
    assert set(columns) == set(inputs) - {"symbol", "pegged", "before"}  # the user's, and the book's own
    assert not [name for name, value in columns.items() if inputs[name].refusal(value)]


@pytest.mark.parametrize(("days", "expiry"), [(7, JUNE), (103, SEPTEMBER), (9_999, SEPTEMBER)])
def test_future_outlives_the_horizon(days: float, expiry: dt.datetime, live: LiveMarket) -> None:
    """The first future that expires after the horizon, or else the last there is."""
    want = Want("Binance", LINEAR, "BTC", days)
    assert live.quotes([want])[want].expiry == expiry


def test_future_is_in_the_perpetuals_quote(live: LiveMarket) -> None:
    """Bybit has futures in USDC with the same expiry: the one in USDT is meant."""
    want = Want("Bybit", LINEAR, "BTC")
    assert live.quotes([want])[want].future_symbol == "BTC/USDT:USDT-260626"


def test_spot_is_never_the_perpetual(live: LiveMarket) -> None:
    """Ccxt's futures classes read BTC/USDT as the perpetual, which stands at 60,072: spot is 60,000."""
    want = Want("Binance", LINEAR, "BTC")
    assert live.quotes([want])[want].spot == 60_000


def test_asset_without_a_contract_still_has_a_spot_price(live: LiveMarket) -> None:
    """PAXG is held but has no perpetual at this desk: spot alone, the rest blank."""
    want = Want("Binance", LINEAR, "PAXG")
    columns = row(live.quotes([want])[want])
    assert columns["spot"] == 4_000
    assert columns["mark"] == columns["funding_rate"] == columns["funding_interval"] == BLANK


@pytest.mark.parametrize("symbol", ["PEPE", "1000PEPE", "1000PEPEUSDT"])
def test_prices_of_a_bundle_are_those_of_one_unit(symbol: str, live: LiveMarket) -> None:
    """Binance quotes 1,000 PEPE at 0.01001: one is 0.00001001, and spot is its own market's 0.00001."""
    want = Want("Binance", LINEAR, symbol)
    said = live.quotes([want])[want]
    prices = (said.spot, said.funding.mark, said.funding.index, said.future)
    assert prices == pytest.approx((0.00001, 0.00001001, 0.000010002, 0.0000102), rel=1e-12)
    assert said.future_symbol == "1000PEPE/USDT:USDT-260626"
    assert (said.funding.predicted_rate, said.funding.interval_hours) == (0.000123, 8)  # rates are shares
    day = dt.date(2026, 3, 14)
    assert live.history(want, 1) == {day: pytest.approx(0.00001)}


def test_unknown_asset_and_unknown_venue(live: LiveMarket) -> None:
    """Each is named."""
    want = Want("MEXC", LINEAR, "XRP")
    assert live.quotes([want]) == {}
    assert isinstance(live.missed[want], NotListed)
    own = Want("Mine", INVERSE, "BTC")
    assert live.quotes([own]) == {}
    assert str(live.missed[own]) == (
        "Mine: is no venue that can be asked; there are Binance, Bybit, BingX, WEEX, MEXC"
    )


# --- cache --------------------------------------------------------------------------------------
def test_one_request_an_asset_however_often_it_is_wanted(live: LiveMarket, server: VenueServer) -> None:
    """In one run, and in the next within a minute, nobody is asked twice."""
    want = Want("Bybit", LINEAR, "BTC")
    first = live.quotes([want, want])
    count = len(server.asked)
    assert live.quotes([want]) == first
    assert again(live).quotes([want]) == first
    assert len(server.asked) == count


def test_after_a_minute_the_venue_is_asked_again(
    live: LiveMarket, server: VenueServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer has an age."""
    want = Want("Bybit", LINEAR, "BTC")
    live.quotes([want])
    count = len(server.asked)
    later = TODAY + dt.timedelta(seconds=61)
    monkeypatch.setattr("workbook.live.cache.here", lambda: later)
    again(live).quotes([want])
    assert len(server.asked) > count


def test_old_answer_stands_in_marked_with_its_age(
    live: LiveMarket, server: VenueServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three hours later the venue blocks: the kept answer, its own date, and two words on its age."""
    want = Want("Bybit", LINEAR, "BTC")
    fresh = live.quotes([want])[want]
    server.faults = [Fault(status=451)]
    later = TODAY + dt.timedelta(hours=3, minutes=5)
    monkeypatch.setattr("workbook.live.cache.here", lambda: later)
    second = again(live)
    kept = second.quotes([want])[want]
    assert kept.as_of == fresh.as_of
    assert kept.source == f"{fresh.source}; kept, 3 hours old"
    assert list(second.remarks) == [
        (
            "Bybit: does not serve this place (HTTP 451); ask another venue, or a mirror of this one; "
            "BTC is taken from an answer kept 3 hours ago"
        )
    ]


@pytest.mark.parametrize("damage", ["", "{", "[]", "null", '{"form": 0}', '{"form": 2, "kept": "yesterday"}'])
def test_damaged_cache_counts_as_none(damage: str, live: LiveMarket) -> None:
    """A file that is not understood is asked for anew and replaced."""
    want = Want("MEXC", LINEAR, "BTC")
    live.quotes([want])
    (file,) = live.cache.folder.iterdir()
    file.write_text(damage, encoding="utf-8")
    assert live.cache.get(want) is None
    assert again(live).quotes([want])
    assert live.cache.get(want)


def test_clock_put_back_makes_every_age_wrong(live: LiveMarket, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer of the future is none."""
    want = Want("MEXC", LINEAR, "BTC")
    live.quotes([want])
    monkeypatch.setattr("workbook.live.cache.here", lambda: TODAY - dt.timedelta(hours=1))
    assert live.cache.get(want) is None


def test_full_disk_costs_the_cache_alone(live: LiveMarket) -> None:
    """A cache that can't be written is no reason to fail."""
    live.cache.folder.write_text("in the way", encoding="utf-8")
    want = Want("MEXC", LINEAR, "BTC")
    assert live.quotes([want])


# --- faults -------------------------------------------------------------------------------------
def test_what_fails_in_part_keeps_its_columns(live: LiveMarket, server: VenueServer) -> None:
    """Funding can't be had: spot and future are new, mark and rate stay, and the source says so."""
    server.faults = [Fault(on=f"{FAPI}/premiumIndex", body='{"code": -1, "msg": "no"}')]
    want = Want("Binance", LINEAR, "BTC")
    columns = row(live.quotes([want])[want])
    assert columns["spot"] == 60_000
    assert columns["future"] == 61_200
    assert "mark" not in columns
    assert "funding_rate" not in columns
    assert "kept from before: mark, index, funding_rate" in str(columns["source"])
    assert [said for said in live.remarks if said.endswith("; BTC is had in part")]


def test_price_of_the_future_fails(live: LiveMarket, server: VenueServer) -> None:
    """An expiry is never written beside the price of another future."""
    answer = server.routes[f"{FAPI}/ticker/24hr"]
    server.routes[f"{FAPI}/ticker/24hr"] = lambda query, now: (
        {"code": -1, "msg": "no"} if "_2" in query["symbol"] else answer(query, now)
    )
    want = Want("Binance", LINEAR, "BTC")
    columns = row(live.quotes([want])[want])
    assert "future" not in columns
    assert "expiry" not in columns


def test_no_price_at_all_is_no_answer(live: LiveMarket, server: VenueServer) -> None:
    """Neither spot nor mark: the asset is missed."""
    server.faults = [Fault(on="premiumIndex", body="{}"), Fault(on="ticker", body="{}")]
    want = Want("BingX", LINEAR, "BTC")
    assert live.quotes([want]) == {}
    assert want in live.missed


def test_desk_that_is_down_is_asked_once(live: LiveMarket, server: VenueServer) -> None:
    """One block answers for every asset of that desk; other venues go on."""
    server.faults = [Fault(on="api.bybit.com", status=451)]
    wants = [Want("Bybit", LINEAR, symbol) for symbol in ("BTC", "ETH", "SOL")]
    other = Want("MEXC", LINEAR, "BTC")
    assert set(live.quotes([*wants, other])) == {other}
    assert all(isinstance(live.missed[want], Blocked) for want in wants)
    assert len([route for route in server.asked if "bybit" in route]) == 1


def test_desk_that_goes_down_in_the_middle_is_left_alone(live: LiveMarket, server: VenueServer) -> None:
    """The lists are had, then the venue asks for fewer requests: the first asset alone is tried."""
    server.faults = [
        Fault(on="ticker", status=429, headers={"Retry-After": "3600"}),
        Fault(on="funding_rate", status=429, headers={"Retry-After": "3600"}),
    ]
    wants = [Want("MEXC", LINEAR, symbol) for symbol in ("BTC", "ETH", "SOL")]
    assert live.quotes(wants) == {}
    assert {str(reason) for reason in live.missed.values()} == {
        "MEXC: too many requests (HTTP 429); try again in 3600 seconds"
    }
    assert len([route for route in server.asked if "ticker" in route or "funding_rate" in route]) == 2


def test_clock_that_is_off_is_told_once(live: LiveMarket, monkeypatch: pytest.MonkeyPatch) -> None:
    """Prices carry the venue's time."""
    monkeypatch.setattr("workbook.live.clock.here", lambda: TODAY + dt.timedelta(minutes=10))
    wants = [Want("Bybit", LINEAR, symbol) for symbol in ("BTC", "ETH")]
    assert {said.as_of for said in live.quotes(wants).values()} == {TODAY}
    assert list(live.remarks) == [
        "the clock of this computer is 10 minutes ahead of that of Bybit; its time is used"
    ]


# --- history ------------------------------------------------------------------------------------
@pytest.mark.parametrize("venue", ["Binance", "Bybit", "BingX", "MEXC"])
def test_history_is_of_finished_days(venue: str, live: LiveMarket) -> None:
    """600 daily closes from two pages, none missing, none twice; today's candle is not closed."""
    found = live.history(Want(venue, LINEAR, "BTC"), 600)
    days = list(found)
    assert len(days) == 600
    assert days[-1] == dt.date(2026, 3, 14)
    assert {later - earlier for earlier, later in pairwise(days)} == {dt.timedelta(1)}
    assert found[dt.date(2026, 3, 14)] == 59_970
    assert found[dt.date(2026, 3, 5)] == 59_700
    assert not live.remarks


def test_short_history_is_kept_and_named(live: LiveMarket) -> None:
    """WEEX gives a hundred candles through ccxt, today's among them."""
    assert len(live.history(Want("WEEX", LINEAR, "BTC"), 365)) == 99
    assert list(live.remarks) == ["WEEX: gave 99 of 365 days of BTC"]


def test_history_file_has_a_column_an_asset(tmp_path: Path) -> None:
    """Days in order, a blank where a venue has no close."""
    first, second = dt.date(2026, 3, 13), dt.date(2026, 3, 14)
    write_history(
        tmp_path / "closes.csv", {"BTC": {first: 60_000.5, second: 61_000.0}, "ETH": {second: 3_000.0}}
    )
    assert (tmp_path / "closes.csv").read_text(encoding="utf-8").splitlines() == [
        "date,BTC,ETH",
        "2026-03-13,60000.5,",
        "2026-03-14,61000,3000",
    ]


# --- market files -------------------------------------------------------------------------------
def test_market_file_is_begun_and_read_back(live: LiveMarket, tmp_path: Path) -> None:
    """What is written is what `recalc --market` reads."""
    path = tmp_path / "market.csv"
    fill_file(path, "Binance", LINEAR, ["BTC", "ETH"], live)
    read = market_in_file(path)
    assert list(read) == ["BTC", "ETH"]
    assert read["BTC"]["spot"] == 60_000
    assert read["BTC"]["future"] == 61_200
    assert read["BTC"]["expiry"] == serial(dt.datetime(2026, 6, 26, 8))
    assert read["BTC"]["as_of"] == pytest.approx(NOW, abs=1e-9)


def test_row_that_cannot_be_had_stays(live: LiveMarket, tmp_path: Path) -> None:
    """A file with an asset that the venue does not have: its row as it was, the others new."""
    path = tmp_path / "market.csv"
    path.write_text("symbol,spot,as_of\nXRP,2.5,2026-01-01\nBTC,1,2026-01-01\n", encoding="utf-8")
    fill_file(path, "MEXC", LINEAR, [], live)
    read = market_in_file(path)
    assert read["XRP"] == {"spot": 2.5, "as_of": serial(dt.date(2026, 1, 1))}
    assert read["BTC"]["spot"] == 60_000
    assert list(live.remarks) == ["MEXC: does not list XRP; XRP stays as it was"]


def test_nothing_had_leaves_the_file_untouched(live: LiveMarket, server: VenueServer, tmp_path: Path) -> None:
    """Not a byte of it changes."""
    path = tmp_path / "market.csv"
    path.write_text("symbol,spot\nBTC,1.0\n", encoding="utf-8")
    server.faults = [Fault(status=451)]
    fill_file(path, "MEXC", LINEAR, [], live)
    assert path.read_text(encoding="utf-8") == "symbol,spot\nBTC,1.0\n"


def test_new_file_needs_symbols(live: LiveMarket, tmp_path: Path) -> None:
    """A file that is not there yet says nothing."""
    with pytest.raises(BookError, match="is not there yet; say with --symbol"):
        fill_file(tmp_path / "market.csv", "MEXC", LINEAR, [], live)


# --- books --------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan book of the article's second example, made once."""
    path = tmp_path_factory.mktemp("example") / "plan.xlsx"
    new_book(path)
    return path


@pytest.fixture
def book(example: Path, tmp_path: Path) -> Path:
    """A copy of the example."""
    return Path(shutil.copy(example, tmp_path / "plan.xlsx"))


def lines(path: Path, name: str) -> list[dict[str, Any]]:
    """The rows of a table of a book, as another library reads them."""
    table = PLAN.tables[name]
    read = openpyxl.load_workbook(path, data_only=True)[PLAN.home(name).name]
    rows = read.iter_rows(
        min_row=table.first_row,
        max_row=table.last_row,
        min_col=table.column,
        max_col=table.last_column,
        values_only=True,
    )
    return [dict(zip((column.name for column in table.columns), cells, strict=True)) for cells in rows]


def sheet(path: Path) -> dict[str, dict[str, Any]]:
    """The Market sheet's rows by symbol."""
    return {row["symbol"]: row for row in lines(path, "Market") if row["symbol"]}


def test_book_says_what_it_wants(book: Path) -> None:
    """Venue, kind and horizon of the plan, symbols of the Market sheet, with the dates it has."""
    wanted = PlanBook.read(book.read_bytes())
    assert [(want.venue, want.kind, want.symbol) for want in wanted.wants] == [
        ("Binance", LINEAR, "BTC"),
        ("Binance", LINEAR, "ETH"),
    ]
    assert {want.horizon for want in wanted.wants} == {7.0}
    assert set(wanted.as_of) == {"BTC", "ETH"}


def test_prices_go_into_the_book(book: Path, live: LiveMarket) -> None:
    """The Market sheet has them, and the plan is recalculated with them."""
    _, outcome = fill_book(book, live)
    assert outcome.status == "done"
    rows = sheet(book)
    assert (rows["BTC"]["spot"], rows["BTC"]["mark"], rows["BTC"]["future"]) == (60_000, 60_060, 61_200)
    assert (rows["ETH"]["spot"], rows["ETH"]["expiry"]) == (3_000, dt.datetime(2026, 6, 26, 8))
    assert rows["BTC"]["as_of"] == dt.datetime(2026, 3, 15, 10)
    assert (
        outcome.outputs["plan_state"] == "incomplete"
    )  # BTC is twice what it was: nobody has confirmed that


def test_old_future_does_not_outlive_a_new_spot_price(
    book: Path, live: LiveMarket, server: VenueServer
) -> None:
    """The venue has no dated future any more: the book's is blanked, not left beside another spot."""
    assert sheet(book)["BTC"]["future"] == 30_450
    server.routes[f"{FAPI}/exchangeInfo"] = binance_info([usdm("BTC"), usdm("ETH")])
    fill_book(book, live)
    columns = sheet(book)["BTC"]
    assert (columns["spot"], columns["future"], columns["expiry"]) == (60_000, None, None)


def test_venue_that_fails_leaves_the_book_as_it_was(
    book: Path, live: LiveMarket, server: VenueServer
) -> None:
    """Not a byte of it changes, and each asset is named with the age of what stays."""
    before = book.read_bytes()
    server.faults = [Fault(status=503)]
    _, outcome = fill_book(book, live)
    assert outcome.status == "unchanged"
    assert book.read_bytes() == before
    assert list(live.remarks) == [
        "Binance: out of order at the moment (HTTP 503); BTC stays as of 2026-01-01",
        "Binance: out of order at the moment (HTTP 503); ETH stays as of 2026-01-01",
    ]


def test_newer_prices_of_the_book_beat_a_kept_answer(
    book: Path, live: LiveMarket, server: VenueServer
) -> None:
    """What a person typed today is not replaced by what a venue said last week."""
    wanted = PlanBook.read(book.read_bytes())
    market_rows(wanted, live)
    server.faults = [Fault(status=451)]
    typed = replace(wanted, as_of={"BTC": NOW + 1, "ETH": NOW - 1})
    assert list(market_rows(typed, again(live))) == ["ETH"]


def test_odd_figure_does_not_cost_the_book(book: Path, live: LiveMarket, server: VenueServer) -> None:
    """A rate of 50 % an interval is outside the book's domain: it is named, the prices are written."""
    answer = server.routes[f"{FAPI}/premiumIndex"]
    server.routes[f"{FAPI}/premiumIndex"] = lambda query, now: {
        **answer(query, now),
        "lastFundingRate": "0.5",
    }
    _, outcome = fill_book(book, live)
    assert outcome.status == "done"
    rows = sheet(book)
    assert (rows["BTC"]["spot"], rows["BTC"]["funding_rate"]) == (60_000, 0.0001)
    assert (
        "Binance BTC: funding_rate: must be a number from -0.1 to 0.1, got 0.5; it stays as it was"
        in live.remarks
    )


def test_other_books_are_refused(tmp_path: Path, live: LiveMarket) -> None:
    """A book without a Market table is none of ours."""
    path = tmp_path / "other.xlsx"
    openpyxl.Workbook().save(path)
    with pytest.raises(BookError, match="is no plan book: it has no Market table"):
        fill_book(path, live)


def test_request_says_more_than_the_market(book: Path, live: LiveMarket) -> None:
    """--market beside --live: the file's figures stand, the rest is live; other books are left alone."""
    given: dict[str, dict[str, Cell]] = {"BTC": {"spot": 1.0}}
    contracts = LiveContracts(live.connection)
    merged = live_request(live, contracts, Request(market=given), book.read_bytes()).market
    assert (merged["BTC"]["spot"], merged["BTC"]["mark"], merged["ETH"]["spot"]) == (1.0, 60_060, 3_000)
    assert live_request(live, contracts, Request(market=given), b"no book").market == given


def test_history_goes_into_the_book(book: Path, live: LiveMarket) -> None:
    """Thirty finished days of every asset of the price history, oldest first; what was there is gone."""
    assert [row["date"] for row in lines(book, "Prices")].count(None) == 365
    _, outcome = fill_book(book, live, 30)
    assert outcome.status == "done"
    rows = lines(book, "Prices")
    assert [row["date"] for row in rows[:30]] == [
        dt.datetime(2026, 2, 13) + dt.timedelta(days=day) for day in range(30)
    ]
    assert (rows[29]["btc"], rows[29]["eth"], rows[29]["ada"]) == (59_970, 2_998.5, 0.749625)
    assert all(row[name] is None for row in rows[30:] for name in ("date", "btc", "eth", "sol", "ada", "bnb"))


def test_history_of_an_asset_the_venue_lacks(book: Path, live: LiveMarket) -> None:
    """Bybit has no BNB here: a blank column and a sentence, and the other columns are new."""
    plan = PlanBook.read(book.read_bytes())
    away = replace(plan, wants=(Want("Bybit", LINEAR, "BTC"),))
    rows = history_rows(away, live, 5)
    assert (rows[0]["btc"], rows[0]["bnb"], rows[5]["btc"]) == (59_850, BLANK, BLANK)
    assert list(live.remarks) == ["Bybit: has no spot market of BNB; its column is blank"]


def test_history_that_fails_stays_whole(book: Path, live: LiveMarket, server: VenueServer) -> None:
    """One asset's candles can't be had: no column stands beside the days of another history."""
    answer = server.routes[f"{API}/klines"]
    server.routes[f"{API}/klines"] = lambda query, now: (
        {"code": -1, "msg": "no"} if query["symbol"].startswith("SOL") else answer(query, now)
    )
    assert history_rows(PlanBook.read(book.read_bytes()), live, 5) == {}
    assert [said for said in live.remarks if said.endswith("; the price history stays as it is")]


def test_history_longer_than_the_table(book: Path, live: LiveMarket) -> None:
    """The last days that there is room for."""
    plan = PlanBook.read(book.read_bytes())
    plan = replace(plan, prices=replace(plan.prices, room=10))
    rows = history_rows(plan, live, 50)
    assert (len(rows), rows[9]["date"]) == (10, serial(dt.date(2026, 3, 14)))


def test_funding_goes_into_the_book(book: Path, live: LiveMarket) -> None:
    """200 finished days of three settlements each, from several pages; the Backtest counts them."""
    fill_book(book, live, 200)
    rows = lines(book, "FundingDays")
    days = [line["date"] for line in rows[:200]]
    assert (days[0], days[-1]) == (dt.datetime(2025, 8, 27), dt.datetime(2026, 3, 14))
    for line in rows[:200]:
        epoch = (line["date"] - dt.datetime(1970, 1, 1)).days
        assert line["btc"] == pytest.approx(3 * (epoch % 100) / 1e6, abs=1e-15)
    assert all(line[name] is None for line in rows[200:] for name in ("date", "btc", "eth"))
    values = openpyxl.load_workbook(book, data_only=True)
    walked, known = (PLAN.names[name] for name in ("back_days", "back_funding_days"))
    days_known, days_walked = (values[at.sheet].cell(at.row, at.column).value for at in (known, walked))
    assert days_known == days_walked
    assert days_walked not in {None, 0}
    assert not [said for said in live.remarks if "funding" in said]


def test_a_day_that_lacks_a_settlement_is_not_known(live: LiveMarket, server: VenueServer) -> None:
    """A hole of one settlement costs its day, whichever of the day it is, and at most the one beside it."""
    answer = server.routes[f"{FAPI}/fundingRate"]
    for hour in (0, 8, 16):
        gone = dt.datetime(2026, 3, 10, hour, tzinfo=dt.UTC).timestamp() * 1000
        server.routes[f"{FAPI}/fundingRate"] = lambda query, now: [
            row
            for row in answer(query, now)
            if abs(row["fundingTime"] - gone) > 1000  # noqa: B023
        ]
        found = live.funding(Want("Binance", LINEAR, "BTC"), 10)
        assert dt.date(2026, 3, 10) not in found
        assert {dt.date(2026, 3, day) for day in (5, 6, 7, 8, 12, 13, 14)} <= set(found)


def test_funding_that_a_venue_gives_in_part(live: LiveMarket) -> None:
    """MEXC shows the last hundred settlements through ccxt: what is had is had, and the rest is named."""
    found = live.funding(Want("MEXC", LINEAR, "BTC"), 365)
    assert max(found) == dt.date(2026, 3, 14)
    assert list(live.remarks) == [f"MEXC: gave the funding of {len(found)} of 365 days of BTC"]


def test_funding_that_fails_stays(book: Path, live: LiveMarket, server: VenueServer) -> None:
    """A history that can't be had, or a venue that lists neither asset: the book's own stays."""
    plan = PlanBook.read(book.read_bytes())
    server.routes[f"{FAPI}/fundingRate"] = lambda *_: {"code": -1, "msg": "no"}
    for want in (Want("Binance", LINEAR, "BTC"), Want("BingX", INVERSE, "BTC")):
        assert funding_rows(replace(plan, wants=(want,)), live, 5) == {}
    assert [said.rpartition("; ")[2] for said in live.remarks] == ["the funding by day stays as it is"] * 3


def test_contract_facts_go_into_the_book(book: Path, connection: Connection, live: LiveMarket) -> None:
    """The Venues sheet has the venues' present facts, each contract asked for once; one's own stay."""
    contracts = LiveContracts(connection)
    request = live_request(live, contracts, Request(), book.read_bytes())
    target = book.with_name("filled.xlsx")
    outcome = recalc_book(book, target, request)
    assert outcome.status == "done"
    rows = {(row["venue"], row["symbol"]): row for row in lines(target, "Contracts") if row["venue"]}
    can_be_asked = {desk.venue for desk in DESKS}
    wanted = {name: contract_spec(*name, "as_of") for name in rows if name[0] in can_be_asked}
    assert wanted
    assert set(wanted.values()) == {46_096}  # and the user's own table has learned them
    assert {row["as_of"] for name, row in rows.items() if name in wanted} == {dt.datetime(2026, 3, 15)}
    assert rows["Bybit", "BTC/USDT:USDT"]["taker_fee"] == 0.0006
    assert rows["Bybit", "BTC/USDT:USDT"]["source"].startswith("ccxt 4.")
    assert live_request(live, contracts, Request(), book.read_bytes()) == request
    assert not contracts.missed


def test_books_of_other_kinds_stand_beside_plans(book: Path, server: VenueServer, tmp_path: Path) -> None:
    """`recalc --live` over a folder with other books and with garbage: each fares as without --live."""
    folder = tmp_path / "books"
    folder.mkdir()
    shutil.copy(book, folder / "plan.xlsx")
    openpyxl.Workbook().save(folder / "other.xlsx")
    (folder / "garbage.xlsx").write_bytes(b"no book")
    out = tmp_path / "out"
    done = command(server, tmp_path, "recalc", str(folder), "--out", str(out), "--live", "--jobs", "1")
    assert done.returncode == 1
    assert done.stdout == "3 books: 1 done, 1 unchanged, 1 refused, 0 failed\n"
    assert sheet(out / "plan.xlsx")["ETH"]["spot"] == 3_000


def test_command_fills_a_book(book: Path, server: VenueServer, tmp_path: Path) -> None:
    """`market fetch BOOK`: the quotes on standard output, as JSON for programs; exit 0."""
    done = command(server, tmp_path, "market", "fetch", str(book), "--format", "json", "--history", "5")
    assert done.returncode == 0, done.stderr
    quotes = json.loads(done.stdout)
    assert [(said["symbol"], said["spot"], said["last_rate"], said["predicted_rate"]) for said in quotes] == [
        ("BTC", 60_000, 0.00014, 0.000123),
        ("ETH", 3_000, 0.00014, 0.000123),
    ]
    assert sheet(book)["BTC"]["spot"] == 60_000
    assert lines(book, "Prices")[4]["btc"] == 59_970
    assert lines(book, "Prices")[5]["btc"] is None


def test_command_names_what_it_could_not_have(server: VenueServer, tmp_path: Path) -> None:
    """`market fetch FILE` with an asset the venue lacks: the rest is written, exit 1, no traceback."""
    path = tmp_path / "market.csv"
    done = command(
        server,
        tmp_path,
        "market",
        "fetch",
        str(path),
        "--venue",
        "MEXC",
        "--symbol",
        "BTC",
        "--symbol",
        "XRP",
    )
    assert done.returncode == 1
    assert done.stdout.splitlines()[1].split()[:2] == ["BTC", "60000"]
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "MEXC: does not list XRP; XRP is not in the file" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(market_in_file(path)) == ["BTC"]


def test_many_books_with_one_fetch_a_symbol(book: Path, server: VenueServer, tmp_path: Path) -> None:
    """`recalc --live` over a folder: every book has the prices, each asset was asked for once."""
    folder = tmp_path / "books"
    folder.mkdir()
    for name in ("a", "b", "c"):
        shutil.copy(book, folder / f"{name}.xlsx")
    done = command(
        server, tmp_path, "recalc", str(folder), "--out", str(tmp_path / "out"), "--live", "--jobs", "1"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "3 books: 3 done, 0 unchanged, 0 refused, 0 failed\n"
    for name in ("a", "b", "c"):
        assert sheet(tmp_path / "out" / f"{name}.xlsx")["ETH"]["spot"] == 3_000
    assert server.asked.count(f"{API}/ticker/24hr") == 2  # BTC and ETH
    assert server.asked.count(f"{FAPI}/exchangeInfo") == 2  # for prices, for contracts; not a book


def test_many_books_and_a_venue_that_is_down(book: Path, server: VenueServer, tmp_path: Path) -> None:
    """The book is recalculated with what it has, each sentence is said once, exit 1."""
    server.faults = [Fault(status=451)]
    done = command(
        server, tmp_path, "recalc", str(book), "--out", str(tmp_path / "out"), "--live", "--jobs", "1"
    )
    assert done.returncode == 1
    said = done.stderr.splitlines()
    assert len(said) == len(set(said))
    assert len([line for line in said if "Binance: does not serve this place (HTTP 451)" in line]) <= 4
    assert sheet(tmp_path / "out" / "plan.xlsx")["BTC"]["spot"] == 30_000


@pytest.mark.usefixtures("server")
def test_no_network_is_a_fault_of_each_asset(tmp_path: Path) -> None:
    """Offline, nothing had before: each asset is missed with the system's word."""
    live = LiveMarket(Connection(mirror="http://127.0.0.1:9", attempts=1), Cache(tmp_path / "cache"))
    want = Want("Binance", LINEAR, "BTC")
    live.quotes([want])
    assert isinstance(live.missed[want], NoConnection)
