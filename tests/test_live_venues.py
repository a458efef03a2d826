"""Venue facts through ccxt: every field as a person reads it off the recorded answer."""

import csv
import datetime as dt
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from support.live_fixtures import TODAY, ccxt, connection, server
from support.venue_answers import DAPI, FAPI, MARK, settled
from support.venue_server import VenueServer

from udfs.dates import serial
from udfs.venue_files import VARIABLE, user_folder
from udfs.venues import (
    CONTRACTS_FILE,
    FACTS_FILE,
    FRESH_DAYS,
    TIERS_FILE,
    Contract,
    Figure,
    Tier,
    contract_spec,
    tables,
)
from workbook.layout import PLAN
from workbook.live.client import Client, Connection
from workbook.live.desks import DESKS
from workbook.live.faults import Delisted
from workbook.live.files import CACHE_VARIABLE, cache_folder
from workbook.live.funding import funding
from workbook.live.venues import Refresh, changed_facts, kept_rows, refresh, write

__all__ = ["connection", "server"]  # fixtures

DECLARED = "Fees are those ccxt declares: the venue states none without a key."

FACTS = (
    *("kind", "contract_size", "size_unit", "lot", "tick", "minimum_quantity", "minimum_notional"),
    *("maker_fee", "taker_fee", "funding_interval_hours", "maximum_leverage"),
)
READ_OFF = {
    ("Binance", "BTC/USDT:USDT"): ("linear", 1, "BTC", 0.001, 0.1, 0.001, 5, 0.0002, 0.0005, 8, None),
    ("Binance", "ETH/USDT:USDT"): ("linear", 1, "ETH", 0.001, 0.01, 0.001, 5, 0.0002, 0.0005, 8, None),
    ("Binance", "ADA/USDT:USDT"): ("linear", 1, "ADA", 1, 0.0001, 1, 5, 0.0002, 0.0005, 4, None),
    ("Binance", "BTC/USD:BTC"): ("inverse", 100, "USD", 1, 0.1, 1, None, 0.0001, 0.0005, 8, None),
    ("Binance", "ETH/USD:ETH"): ("inverse", 10, "USD", 1, 0.01, 1, None, 0.0001, 0.0005, 8, None),
    ("Bybit", "BTC/USDT:USDT"): ("linear", 1, "BTC", 0.001, 0.1, 0.001, 5, 0.0001, 0.0006, 8, 100),
    ("Bybit", "ETH/USDT:USDT"): ("linear", 1, "ETH", 0.01, 0.01, 0.01, 5, 0.0001, 0.0006, 8, 100),
    ("Bybit", "ADA/USDT:USDT"): ("linear", 1, "ADA", 1, 0.0001, 1, 5, 0.0001, 0.0006, 8, 75),
    ("Bybit", "SOL/USDT:USDT"): ("linear", 1, "SOL", 0.1, 0.01, 0.1, 5, 0.0001, 0.0006, 4, 50),
    ("Bybit", "BTC/USD:BTC"): ("inverse", 1, "USD", 1, 0.1, 1, None, 0.0001, 0.0006, 8, 100),
    ("Bybit", "LTC/USD:LTC"): ("inverse", 1, "USD", 1, 0.01, 1, None, 0.0001, 0.0006, 8, 50),
    ("BingX", "BTC/USDT:USDT"): ("linear", 1, "BTC", 0.0001, 0.1, 0.0001, 2, 0.0002, 0.0005, 8, 125),
    ("BingX", "ETH/USDT:USDT"): ("linear", 1, "ETH", 0.01, 0.01, 0.01, 2, 0.0002, 0.0005, 8, 100),
    ("BingX", "SOL/USDT:USDT"): ("linear", 1, "SOL", 1, 0.001, 1, 2, 0.0002, 0.0005, 8, 5),
    ("BingX", "ADA/USDT:USDT"): ("linear", 1, "ADA", 1, 0.00001, 1, 2, 0.0002, 0.0005, 8, 5),
    ("BingX", "BNB/USD:BNB"): ("inverse", 10, "USD", None, 0.01, 1, 10, 0.0002, 0.0005, 8, None),
    ("WEEX", "BTC/USDT:USDT"): ("linear", 1, "BTC", 0.0001, 0.1, 0.0001, None, 0.0002, 0.0008, 8, 400),
    ("WEEX", "ETH/USDT:USDT"): ("linear", 1, "ETH", 0.001, 0.01, 0.001, None, 0.0002, 0.0008, 8, 400),
    ("WEEX", "DOGE/USDT:USDT"): ("linear", 1, "DOGE", 100, 0.00001, 100, None, 0.0002, 0.0008, 1, 200),
    ("MEXC", "BTC/USDT:USDT"): ("linear", 0.0001, "BTC", 1, 0.1, 1, None, 0, 0.0002, 8, 200),
    ("MEXC", "ETH/USDT:USDT"): ("linear", 0.01, "ETH", 1, 0.01, 1, None, 0, 0.0002, 8, 200),
    ("MEXC", "SOL/USDT:USDT"): ("linear", 0.1, "SOL", 1, 0.001, 1, None, 0, 0.0002, 4, 200),
    ("MEXC", "ADA/USDT:USDT"): ("linear", 1, "ADA", 1, 0.0001, 1, None, 0, 0.0002, 8, 200),
}
"""What a person reads off the answers of `venue_answers`, in our units."""

EMPTY = tables()._replace(contracts=(), tiers=(), spellings={}, ladders={})


def asked(connection: Connection, venue: str, *symbols: str) -> Refresh:
    """What a venue says of some symbols, with nothing known before."""
    return refresh(EMPTY, connection, [venue], symbols)


@pytest.mark.parametrize("venue", dict.fromkeys(venue for venue, _ in READ_OFF))
def test_every_fact_is_what_a_person_reads_off_the_answer(venue: str, connection: Connection) -> None:
    """Size, unit, lot, tick, smallest order, fees, interval and leverage, in our units."""
    wanted = {symbol: facts for (name, symbol), facts in READ_OFF.items() if name == venue}
    found = asked(connection, venue, *wanted)
    assert {row.symbol: tuple(getattr(row, name) for name in FACTS) for row in found.contracts} == wanted
    assert {row.as_of for row in found.contracts} == {46096.0}  # 2026-03-15, by the venue's clock
    assert all(row.source and row.source.startswith("ccxt 4.") for row in found.contracts)
    assert not found.missed
    assert not found.remarks


# What differs from the recorded specifications, and why: the notes of `contract_specs.csv` say it.
STALE_THERE = {
    ("Binance", "taker"),  # "taker 0.0004 is stale vs ccxt 4.5.90 class default 0.0005"
    ("BingX", "contractSize"),  # an older file has 0 for ETH
    ("BingX", "limits_amount_min"),  # the same file: empty; its info says 0.01
    ("BingX", "limits_cost_min"),  # the same file: empty; its info says 2
    ("WEEX", "contractSize"),  # published, but orders are in base units
}
COLUMNS = {
    "contractSize": "contract_size",
    "amount_step": "lot",
    "price_tick": "tick",
    "limits_amount_min": "minimum_quantity",
    "limits_cost_min": "minimum_notional",
    "limits_leverage_max": "maximum_leverage",
    "maker": "maker_fee",
    "taker": "taker_fee",
}
NAMES = {"binanceusdm": "Binance", "binancecoinm": "Binance", "bybit": "Bybit"} | {
    name.lower(): name for name in ("BingX", "WEEX", "MEXC")
}


def test_recorded_specifications_come_out(connection: Connection, shared: Path) -> None:
    """The figures of contract_specs.csv come out for each of its perpetuals, but for stale ones it names."""
    found = refresh(EMPTY, connection, (), list(dict.fromkeys(symbol for _, symbol in READ_OFF)))
    ours = {(row.venue, row.symbol): row for row in found.contracts}
    differing = set()
    with (shared / "data" / "contract_specs.csv").open(encoding="utf-8", newline="") as file:
        recorded = [row for row in csv.DictReader(file) if row["type"] == "swap"]
    assert len(recorded) == 22
    for row in recorded:
        venue = NAMES[row["exchange"]]
        contract = ours[venue, row["symbol"]]
        assert contract.kind == row["linear_or_inverse"]
        for column, fact in COLUMNS.items():
            if row[column] and float(row[column]) != getattr(contract, fact):
                differing.add((venue, column))
    assert differing <= STALE_THERE | {("BingX", "limits_leverage_max")}  # ETH: 125 long, 100 short


def test_interval_agrees_with_the_recorded_one(connection: Connection) -> None:
    """Bybit states 480 minutes for BTCUSDT and 240 for SOLUSDT; the settlements seen say the same."""
    found = asked(connection, "Bybit", "BTCUSDT", "SOLUSDT")
    assert [row.funding_interval_hours for row in found.contracts] == [8, 4]


# --- traps --------------------------------------------------------------------------------------
def test_decimal_places_become_a_step(connection: Connection) -> None:
    """BingX answers quantityPrecision 4 and pricePrecision 1: a lot of 0.0001, a tick of 0.1."""
    (row,) = asked(connection, "BingX", "BTC-USDT").contracts
    assert (row.lot, row.tick) == (0.0001, 0.1)


def test_negative_decimal_places_become_a_step(connection: Connection) -> None:
    """WEEX answers quantityPrecision -2 for DOGE: a lot of 100 DOGE."""
    (row,) = asked(connection, "WEEX", "DOGEUSDT").contracts
    assert (row.contract_size, row.lot) == (1, 100)


@pytest.mark.parametrize("exchange", [desk.exchange for desk in DESKS])
def test_ccxt_reads_precision_as_steps(exchange: str) -> None:
    """Every class works in steps, whatever its venue publishes; a change of that must be noticed."""
    assert getattr(ccxt, exchange)().precisionMode == ccxt.TICK_SIZE


def test_base_units_have_contracts_of_one(connection: Connection) -> None:
    """100 DOGE at WEEX cost 100 x price, although a contract size of 100 is published; the note says so."""
    (row,) = asked(connection, "WEEX", "DOGEUSDT").contracts
    assert row.contract_size == 1
    assert row.note == "Orders are in base units: a contract is 1, not the 100 published."


def test_mexc_counts_contracts(connection: Connection) -> None:
    """MEXC's lot of 1 is one contract of 0.0001 BTC."""
    (row,) = asked(connection, "MEXC", "BTC_USDT").contracts
    assert (row.contract_size, row.size_unit, row.lot) == (0.0001, "BTC", 1)


def test_smallest_inverse_order_is_no_contract_size(connection: Connection, server: VenueServer) -> None:
    """Were Bybit's smallest inverse order 10 USD, a contract would still be 1 USD; ccxt would say 10."""
    answer = server.routes["api.bybit.com/v5/market/instruments-info"]

    def raised(query: dict[str, str], now: int) -> Any:
        given = answer(query, now)
        for row in given["result"]["list"]:
            row["lotSizeFilter"]["minOrderQty"] = "10"
        return given

    server.routes["api.bybit.com/v5/market/instruments-info"] = raised
    (row,) = asked(connection, "Bybit", "BTCUSD").contracts
    assert (row.contract_size, row.minimum_quantity, row.lot) == (1, 10, 1)


def test_percent_fees_are_never_taken_for_shares(connection: Connection, server: VenueServer) -> None:
    """Where WEEX states no fee, ccxt's 0.1 is 0.1 percent of spot: the fee is unknown, not 10 %."""
    answer = server.routes["api-contract.weex.com/capi/v3/market/exchangeInfo"]

    def silent(query: dict[str, str], now: int) -> Any:
        given = answer(query, now)
        for row in given["symbols"]:
            del row["makerFeeRate"], row["takerFeeRate"]
        return given

    server.routes["api-contract.weex.com/capi/v3/market/exchangeInfo"] = silent
    (row,) = asked(connection, "WEEX", "BTC").contracts
    assert (row.maker_fee, row.taker_fee) == (None, None)


def test_lesser_leverage_is_the_safe_one(connection: Connection) -> None:
    """BingX gives 125 for longs and 100 for shorts of ETH, and ccxt gives none: 100."""
    (row,) = asked(connection, "BingX", "ETH").contracts
    assert row.maximum_leverage == 100


def test_undeclared_fees_are_marked(connection: Connection) -> None:
    """Binance states no fee without a key: ccxt's stand, and the note says whose they are."""
    (row,) = asked(connection, "binanceusdm", "BTC").contracts
    assert row.note == DECLARED


@pytest.mark.parametrize(
    ("symbol", "found"),
    [
        ("BTC", {"BTC/USDT:USDT", "BTC/USD:BTC"}),
        ("XBT", {"BTC/USDT:USDT", "BTC/USD:BTC"}),
        ("BTCUSDT", {"BTC/USDT:USDT"}),
        ("BTC-USDT", {"BTC/USDT:USDT"}),
        ("btc_usdt", {"BTC/USDT:USDT"}),
        ("XBTUSDT", {"BTC/USDT:USDT"}),
        ("BTC/USDT:USDT", {"BTC/USDT:USDT"}),
        ("BTCUSD", {"BTC/USD:BTC"}),
        ("BTCUSD_PERP", {"BTC/USD:BTC"}),
        ("BTC/USD:BTC", {"BTC/USD:BTC"}),
        ("BTCUSDT_260626", {"BTC/USDT:USDT-260626"}),
        ("BTC/USDT:USDT-260626", {"BTC/USDT:USDT-260626"}),
    ],
)
def test_every_spelling_is_understood(symbol: str, found: set[str], connection: Connection) -> None:
    """A symbol in any common spelling; a bare asset means its perpetuals in USDT and in USD."""
    assert {row.symbol for row in asked(connection, "Binance", symbol).contracts} == found


def test_dated_future_has_no_funding(connection: Connection, server: VenueServer) -> None:
    """A dated future settles once: its interval is unknown, and nobody asks for it."""
    (row,) = asked(connection, "Binance", "BTCUSDT_260626").contracts
    assert row.funding_interval_hours is None
    assert not [route for route in server.asked if "fundingRate" in route or "premiumIndex" in route]


# --- funding ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("exchange", "symbol", "last", "predicted", "last_at", "next_at"),
    [
        # Binance calls the coming rate lastFundingRate and pairs it with the next settlement
        ("binanceusdm", "BTC/USDT:USDT", 0.00014, 0.000123, "08:00", "16:00"),
        ("binanceusdm", "ADA/USDT:USDT", 0.00014, 0.000123, "08:00", "12:00"),
        ("binancecoinm", "BTC/USD:BTC", -0.00004, -0.000045, "08:00", "16:00"),
        # Bybit pairs its rate with the next settlement too
        ("bybit", "BTC/USDT:USDT", 0.0002, 0.00021, "08:00", "16:00"),
        ("bybit", "BTC/USD:BTC", 0.0002, 0.00021, "08:00", "16:00"),
        ("bingx", "BTC/USDT:USDT", 0.0003, 0.00031, "08:00", "16:00"),
        ("bingx", "BNB/USD:BNB", None, 0.00031, None, "16:00"),  # no history of inverse contracts
        # WEEX gives the last rate, the forecast apart, and the time of its answer as the rate's
        ("weex", "BTC/USDT:USDT", 0.00001031, 0.00005618, "08:00", "16:00"),
        ("weex", "DOGE/USDT:USDT", 0.00001031, 0.00005618, "10:00", "11:00"),
        ("mexc", "BTC/USDT:USDT", 0.000266, 0.000014, "08:00", "16:00"),
        ("mexc", "SOL/USDT:USDT", 0.000266, 0.000014, "08:00", "12:00"),
    ],
)
def test_last_and_predicted_rates_are_told_apart(
    exchange: str,
    symbol: str,
    last: float | None,
    predicted: float,
    last_at: str | None,
    next_at: str,
    connection: Connection,
) -> None:
    """Which rate was settled and which is to come, each with its time; marks and indices beside them."""
    desk = next(desk for desk in DESKS if desk.exchange == exchange)
    client = desk.client(connection)
    said = funding(client, client.markets()[symbol])
    assert (said.last_rate, said.predicted_rate) == (last, predicted)
    assert (said.last_at and f"{said.last_at:%H:%M}", f"{said.next_at:%H:%M}") == (last_at, next_at)
    base = symbol.partition("/")[0]
    assert said.mark == pytest.approx(MARK[base])
    assert said.index == pytest.approx(MARK[base] / 1.001 * 1.0002)


def test_late_stamps_do_not_bend_the_interval(connection: Connection) -> None:
    """Binance stamps settlements some milliseconds late: the interval is still whole hours."""
    (row,) = asked(connection, "binanceusdm", "BTC").contracts
    assert row.funding_interval_hours == 8


def test_interval_that_has_just_changed(connection: Connection, server: VenueServer) -> None:
    """After years of 8 h the next settlement is due 4 h after the last: 4 h, and the note says so."""
    server.routes[f"{FAPI}/premiumIndex"] = lambda query, now: {
        "symbol": query["symbol"],
        "markPrice": "60000",
        "indexPrice": "60000",
        "lastFundingRate": "0.0001",
        "nextFundingTime": settled(now, 8, 1)[0] + 4 * 3_600_000,
        "time": now,
    }
    (row,) = asked(connection, "binanceusdm", "BTCUSDT").contracts
    assert row.funding_interval_hours == 4
    assert row.note == f"{DECLARED} The last settlements lay 8 h apart, the next is due after 4 h."


def test_stated_interval_does_not_beat_the_observed_one(connection: Connection, server: VenueServer) -> None:
    """MEXC may state 8 h while its settlements lie 4 h apart: what was seen counts."""
    answer = server.routes["api.mexc.com/api/v1/contract/funding_rate/SOL_USDT"]

    def stale(query: dict[str, str], now: int) -> Any:
        given = answer(query, now)
        given["data"]["collectCycle"] = 8
        return given

    server.routes["api.mexc.com/api/v1/contract/funding_rate/SOL_USDT"] = stale
    (row,) = asked(connection, "MEXC", "SOL").contracts
    assert row.funding_interval_hours == 4
    assert row.note == "The venue states 8 h, its settlements lie 4 h apart."


def test_interval_nobody_saw_is_the_venues_word_or_unknown(
    connection: Connection, server: VenueServer
) -> None:
    """Without a settlement in sight the statement stands, marked as such; without one, nothing: never 8 h."""
    (row,) = asked(connection, "BingX", "BNB").contracts
    assert row.note is not None
    assert "The interval of 8 h is the venue's word; no settlement was seen." in row.note
    server.routes[f"{DAPI}/fundingRate"] = lambda *_: []
    (silent,) = asked(connection, "binancecoinm", "BTC").contracts
    assert silent.funding_interval_hours is None


# --- tiers --------------------------------------------------------------------------------------
def ladder(found: Refresh) -> list[tuple[float, float, float, float, float | None]]:
    """Lower and upper bound, rate, amount, leverage of each tier."""
    return [row[2:7] for row in found.tiers]


def test_bybit_tiers_with_their_deduction(connection: Connection) -> None:
    """Linear limits are in USDT; an empty deduction is none."""
    assert ladder(asked(connection, "Bybit", "BTCUSDT")) == [
        (0, 2_000_000, 0.005, 0, 100),
        (2_000_000, 2_600_000, 0.0056, 1_200, 90),
    ]


def test_bybit_tiers_in_coins_and_percent(connection: Connection) -> None:
    """Inverse limits are in BTC, valued at the mark; rates written as 0.5 at 100x are percent."""
    found = asked(connection, "Bybit", "BTCUSD")
    assert ladder(found) == [(0, 9_009_000, 0.005, 0, 100), (9_009_000, 18_018_000, 0.01, 45_045, 66.67)]
    assert found.tiers[0].source is not None
    assert found.tiers[0].source.endswith("bounds valued at a mark price of 60060")


def test_mexc_tiers_count_contracts(connection: Connection) -> None:
    """10,000 contracts of 0.0001 BTC at 60,060 are 60,060; then 200,000 contracts a tier."""
    assert ladder(asked(connection, "MEXC", "BTC")) == [
        (0, 60_060, 0.004, 0, 200),
        (60_060, 1_261_260, 0.008, 0, 100),
        (1_261_260, 2_462_460, 0.012, 0, 66.6666666667),
    ]


def test_mexc_tiers_of_its_own_table(connection: Connection) -> None:
    """Where MEXC lists its tiers one by one, those are the tiers."""
    assert ladder(asked(connection, "MEXC", "ETH")) == [
        (0, 1_501_500, 0.004, 0, 200),
        (1_501_500, 9_309_300, 0.008, 0, 100),
    ]


@pytest.mark.parametrize("venue", ["Binance", "BingX", "WEEX"])
def test_tiers_that_need_a_key_are_absent(venue: str, connection: Connection) -> None:
    """Public endpoints only: no tier rather than a guess."""
    assert asked(connection, venue, "BTC").tiers == []


# --- the table ----------------------------------------------------------------------------------
def test_refreshed_facts_reach_the_functions(connection: Connection, tmp_path: Path) -> None:
    """What was written is what CONTRACT_SPEC and the tiers say next."""
    folder = tmp_path / "tables"
    write(folder, refresh(tables(), connection, ["Bybit", "WEEX"], ["BTC", "SOL", "DOGE"]))
    assert contract_spec("Bybit", "SOL", "funding_interval_hours") == 4
    assert contract_spec("WEEX", "DOGEUSDT", "lot") == 100
    assert contract_spec("WEEX", "DOGEUSDT", "tick") == 0.00001
    assert tables().tier("Bybit", "BTC", 2_500_000).maintenance_rate == 0.0056
    assert contract_spec("MEXC", "BTC", "lot") == 1  # not asked for: the built-in row


def test_all_rows_of_the_table_are_asked(connection: Connection) -> None:
    """Without a symbol, each contract in force of the venues that can be asked is refreshed, or missed."""
    found = refresh(tables(), connection)
    can_be_asked = {desk.venue for desk in DESKS}
    wanted = {(row.venue, row.symbol) for row in tables().contracts if row.venue in can_be_asked}
    missed = {(row.venue, row.symbol) for row in found.missed}
    assert {(row.venue, row.symbol) for row in found.contracts} | missed == wanted


def test_refresh_is_repeatable(connection: Connection, tmp_path: Path) -> None:
    """The same answers give the same files, byte for byte, and nothing has changed."""
    folder = tmp_path / "tables"
    write(folder, refresh(tables(), connection))
    first = [(folder / name).read_bytes() for name in (CONTRACTS_FILE, TIERS_FILE)]
    again = refresh(tables(), connection)
    assert changed_facts(tables(), again) == []
    write(folder, again)
    assert [(folder / name).read_bytes() for name in (CONTRACTS_FILE, TIERS_FILE)] == first


def test_own_rows_stay_to_the_letter(connection: Connection, tmp_path: Path) -> None:
    """A row of a venue of one's own is not touched."""
    facts = {"venue": "Mine", "symbol": "BTC/USDT:USDT", "kind": "linear", "contract_size": "1"}
    facts |= {"lot": "0.0010", "as_of": "2026-01-01", "source": "me", "note": "by hand"}
    own = ",".join(facts.get(name, "") for name in Contract._fields)
    file = tmp_path / "tables" / CONTRACTS_FILE
    file.write_text(",".join(Contract._fields) + "\n" + own + "\n", encoding="utf-8")
    write(file.parent, refresh(tables(), connection, ["MEXC"], ["BTC"]))
    assert own in file.read_text(encoding="utf-8").splitlines()
    assert contract_spec("MEXC", "BTC", "as_of") == 46096


def test_facts_a_venue_does_not_publish_keep_their_date(connection: Connection, tmp_path: Path) -> None:
    """Binance's leverage needs a key: the old figure stays, of its own day and source, again and again."""
    for _ in range(2):
        found = refresh(tables(), connection, ["binance"], ["BTCUSDT", "SOLUSDT"])
        write(tmp_path / "tables", found)
        assert contract_spec("Binance", "BTC", "as_of") == serial(TODAY.date())
        for symbol, leverage, day in (
            ("BTC", 125, dt.date(2023, 10, 1)),
            ("SOL", 100, dt.date(2024, 10, 24)),
        ):
            assert contract_spec("Binance", symbol, "maximum_leverage") == leverage
            assert contract_spec("Binance", symbol, "maximum_leverage", "as_of") == serial(day)
            assert "freqtrade" in str(contract_spec("Binance", symbol, "maximum_leverage", "source"))
        assert contract_spec("Binance", "BTC", "lot", "as_of") == serial(TODAY.date())
        said = str(contract_spec("Binance", "BTC", "source"))
        assert said.endswith("public endpoints; kept: maximum_leverage of 2023-10-01")


def test_own_figures_stay_where_a_venue_says_nothing(connection: Connection, tmp_path: Path) -> None:
    """A figure of one's own gives way to what the venue publishes; one of another contract stays."""
    file = tmp_path / "tables" / FACTS_FILE
    own = "MEXC,ADA/USDT:USDT,taker_fee,0.00010,2026-01-01,my account"
    gone = "MEXC,btc_usdt,taker_fee,0.0001,2026-01-01,my account"
    file.write_text(",".join(Figure._fields) + f"\n{own}\n{gone}\n", encoding="utf-8")
    write(file.parent, refresh(tables(), connection, ["MEXC"], ["BTC"]))
    lines = file.read_text(encoding="utf-8").splitlines()
    assert own in lines
    assert contract_spec("MEXC", "BTC", "taker_fee") == 0.0002
    assert contract_spec("MEXC", "ADA", "taker_fee") == 0.0001


def test_a_row_of_ones_own_is_refreshed_however_its_venue_is_spelled(
    connection: Connection, tmp_path: Path
) -> None:
    """The refreshed row takes its place: two rows of one contract would make the table unusable."""
    file = tmp_path / "tables" / CONTRACTS_FILE
    file.write_text("venue,symbol,kind,lot\nb-i_n.g x,BTC-USDT,linear,5\n", encoding="utf-8")
    found = refresh(tables(), connection, ["Bing X"])
    assert "BTC/USDT:USDT" in {row.symbol for row in found.contracts}
    write(file.parent, found)
    assert contract_spec("BingX", "BTC", "lot") == 0.0001


def test_changes_name_old_and_new(connection: Connection) -> None:
    """WEEX's DOGE settles hourly now; the table had 8 h."""
    changed = changed_facts(tables(), refresh(tables(), connection, ["WEEX"]))
    assert [(row.symbol, row.fact, row.old, row.new) for row in changed] == [
        ("DOGE/USDT:USDT", "funding_interval_hours", 8, 1)
    ]


def test_delisted_contract_keeps_its_row_with_its_age(connection: Connection, server: VenueServer) -> None:
    """A contract that is no longer traded: one sentence, and how old the row is that stays."""
    answer = server.routes[f"{FAPI}/exchangeInfo"]

    def settling(query: dict[str, str], now: int) -> Any:
        given = answer(query, now)
        return {**given, "symbols": [{**row, "status": "SETTLING"} for row in given["symbols"]]}

    server.routes[f"{FAPI}/exchangeInfo"] = settling
    found = refresh(tables(), connection, ["Binance"], ["ADAUSDT"])
    (miss,) = found.missed
    assert isinstance(miss.reason, Delisted)
    assert kept_rows(tables(), [miss], TODAY.date()) == [
        "Binance: ADA/USDT:USDT is no longer traded; ADA/USDT:USDT stays as of 2023-10-01, 896 days old"
    ]
    assert found.contracts == []


def test_unknown_symbol_is_named(connection: Connection) -> None:
    """A symbol that no desk of the venue lists."""
    (miss,) = asked(connection, "Binance", "NOPE").missed
    assert kept_rows(EMPTY, [miss], dt.date(2026, 3, 15)) == [
        "Binance: does not list NOPE; NOPE is not known"
    ]


def test_one_age_makes_facts_stale_everywhere() -> None:
    """`venues list`, `check` and the Checks sheet warn past the same number of days."""
    assert PLAN.fields["limit_facts_age"].default == FRESH_DAYS == 30


def test_rate_limiter_is_on(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """The product never asks faster than ccxt allows: each request passes its throttle."""
    passed = []
    monkeypatch.setattr("ccxt.Exchange.throttle", lambda _, cost=None: passed.append(cost))
    Client("Bybit", "bybit", connection).ask("fetch_time")
    assert len(passed) == 1


def test_no_key_is_ever_sent(connection: Connection, server: VenueServer) -> None:
    """Public endpoints only: nothing signed, no account."""
    refresh(tables(), connection)
    private = ("/account", "/order", "/position", "listenKey", "signature", "sapi")
    assert not [route for route in server.asked if any(word in route for word in private)]


def test_ccxt_is_loaded_only_where_a_venue_is_asked() -> None:
    """The command line and every live module import without it: it costs a second and 78 MB."""
    modules = "sys, addin.cli, addin.commands.venues_refresh, workbook.live.venues"
    code = f"import {modules}; print('ccxt' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True, cwd=ROOT).strip() == "False"


def test_tiers_are_written_in_order(connection: Connection, tmp_path: Path) -> None:
    """Tiers stay from small to large in the file."""
    write(tmp_path, asked(connection, "MEXC", "BTC"))
    with (tmp_path / TIERS_FILE).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["maximum_notional"] for row in rows] == ["60060", "1261260", "2462460"]
    assert list(rows[0]) == list(Tier._fields)


@pytest.mark.parametrize(
    ("platform", "variables", "data", "cache"),
    [
        ("linux", {"HOME": "/h"}, "/h/.local/share/microhedge", "/h/.cache/microhedge"),
        (
            "linux",
            {"HOME": "/h", "XDG_DATA_HOME": "/d", "XDG_CACHE_HOME": "/c"},
            "/d/microhedge",
            "/c/microhedge",
        ),
        (
            "darwin",
            {"HOME": "/h"},
            "/h/Library/Application Support/microhedge",
            "/h/Library/Caches/microhedge",
        ),
        ("win32", {"APPDATA": "/r", "LOCALAPPDATA": "/l"}, "/r/microhedge", "/l/microhedge/cache"),
        ("linux", {VARIABLE: "/mine", CACHE_VARIABLE: "/kept"}, "/mine", "/kept"),
    ],
)
def test_each_platform_has_its_places(
    platform: str, variables: dict[str, str], data: str, cache: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a user's own tables and kept answers lie, unless a variable says otherwise."""
    for name in (
        VARIABLE,
        CACHE_VARIABLE,
        "HOME",
        "XDG_DATA_HOME",
        "XDG_CACHE_HOME",
        "APPDATA",
        "LOCALAPPDATA",
    ):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.platform", platform)
    assert user_folder() == Path(data)
    assert cache_folder() == Path(cache)
