"""Venues: dated and sourced facts, every unit trap of the source resolved, the user's table first."""

import csv
import datetime as dt
import itertools
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from support.goldens import Cells, holds

from addin.commands.venues_list import stale_contracts
from udfs import REGISTRY, NotAvailable
from udfs.dates import serial
from udfs.symbols import row_key, spelling
from udfs.venue_files import VARIABLE, beside, user_folder
from udfs.venues import CONTRACTS_FILE, FACTS_FILE, RULES_FILE, TIERS_FILE, tables
from workbook import recalc_book
from workbook.request import Request
from workbook.template.examples import example

ROOT = Path(__file__).parents[1]
VENUES = ", ".join(sorted({contract.venue for contract in tables().contracts}))
SPEC = REGISTRY["CONTRACT_SPEC"].call
CONTRACTS = REGISTRY["HEDGE_CONTRACTS"].call
ABSENT: Any = None
BRACKET = ("minNotional", "maxNotional", "maintenanceMarginRate", "cum", "maxLeverage")


def fact(venue: str, symbol: str, field: str) -> Any:
    """A fact of the table, None where the function says that it is not known."""
    try:
        return SPEC(venue, symbol, field)
    except NotAvailable:
        return None


@pytest.mark.parametrize(
    ("venue", "symbol", "field", "expected"),
    [
        # precision 3 and 4 are decimal places at Binance and BingX, a step at Bybit and WEEX
        ("Binance", "BTCUSDT", "lot", 0.001),
        ("Binance", "ADAUSDT", "lot", 1.0),
        ("Binance", "ADAUSDT", "tick", 0.0001),
        ("BingX", "BTC-USDT", "lot", 0.0001),
        ("BingX", "ADA-USDT", "tick", 0.00001),
        ("Bybit", "BTCUSDT", "lot", 0.001),
        # orders in base units, whatever contract size is published: 0.0001, 100, even 0
        ("WEEX", "BTCUSDT", "contract_size", 1.0),
        ("WEEX", "DOGEUSDT", "contract_size", 1.0),
        ("WEEX", "DOGEUSDT", "lot", 100.0),
        ("BingX", "ETH-USDT", "contract_size", 1.0),
        # orders in contracts
        ("MEXC", "BTC_USDT", "contract_size", 0.0001),
        ("MEXC", "BTC_USDT", "lot", 1.0),
        ("Binance", "BTC/USD:BTC", "contract_size", 100.0),
        ("Binance", "ETHUSD_PERP", "contract_size", 10.0),
        ("Bybit", "BTCUSD", "contract_size", 1.0),
        ("Bybit", "BTCUSD", "kind", "inverse"),
        ("BingX", "BNB-USD", "contract_size", 10.0),
        # fees in percent by WEEX's class, stale in Binance's file; intervals in minutes at Bybit
        ("WEEX", "BTCUSDT", "taker_fee", 0.0008),
        ("Binance", "BTCUSDT", "taker_fee", 0.0005),
        ("Bybit", "BTCUSDT", "funding_interval_hours", 8.0),
        # a minimum that the file leaves empty while the venue's own field has it
        ("Bybit", "BTCUSDT", "minimum_notional", 5.0),
        ("BingX", "ETH-USDT", "minimum_notional", 2.0),
        # not known: absent
        ("BingX", "BTC-USDT", "maximum_leverage", ABSENT),
        ("BingX", "SOL-USDT", "maximum_leverage", ABSENT),
        ("BingX", "BNB-USD", "lot", ABSENT),
        ("Bybit", "BTCUSD", "minimum_notional", ABSENT),
        ("MEXC", "BTC_USDT", "funding_interval_hours", ABSENT),
        # figures of a later day than their row
        ("Binance", "BTCUSDT", "minimum_notional", 100.0),
        ("Binance", "ETHUSDT", "minimum_notional", 20.0),
        ("Binance", "ADAUSDT", "minimum_notional", 5.0),
        ("Bybit", "BTCUSDT", "maker_fee", 0.0002),
        ("Bybit", "ETHUSDT", "taker_fee", 0.00055),
        ("MEXC", "BTC_USDT", "taker_fee", 0.0004),
        ("MEXC", "SOL_USDT", "taker_fee", 0.0004),
        # a bundle: orders of 1,000 coins, whose price is the venue's own over 1,000
        ("Binance", "1000PEPEUSDT", "contract_size", 1_000.0),
        ("Binance", "PEPE", "price_multiplier", 1_000.0),
        ("Binance", "PEPE", "tick", 0.0000001),
    ],
)
def test_unit_trap_is_resolved(venue: str, symbol: str, field: str, expected: Any) -> None:
    """Each trap that the source's notes tell of is resolved in the table."""
    assert fact(venue, symbol, field) == expected


def otherwise(row: dict[str, str]) -> dict[str, float | None]:
    """The facts that the table takes from elsewhere than the recorded column, by the row's notes."""
    asset = row["symbol"].partition("/")[0]
    if row["exchange"] == "binanceusdm":
        leverage = {"BTC": 125.0, "ETH": 125.0, "ADA": 75.0}[asset]
        return {"taker_fee": 0.0005, "maximum_leverage": leverage}
    if row["exchange"] == "bybit" and row["linear_or_inverse"] == "linear":
        return {"minimum_notional": 5.0}
    if row["exchange"] == "bingx" and asset == "ETH":
        return {"minimum_quantity": 0.01, "minimum_notional": 2.0, "maximum_leverage": None}
    return {"maximum_leverage": None} if row["exchange"] == "bingx" else {}


def test_table_follows_its_source(shared: Path) -> None:
    """Lots, ticks, sizes, fees, minimums, leverage and source are the recorded ones, in the recorded mode."""
    venues = {"binanceusdm": "Binance", "binancecoinm": "Binance"} | {
        name.lower(): name for name in ("Bybit", "BingX", "WEEX", "MEXC")
    }
    with (shared / "data" / "contract_specs.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["type"] == "swap"]
    for row in rows:
        venue, symbol = venues[row["exchange"]], row["symbol"]
        for field, recorded in (("lot", row["precision_amount"]), ("tick", row["precision_price"])):
            in_places = recorded and row["precision_mode_in_file"] == "DECIMAL_PLACES"
            step = Decimal(1).scaleb(-int(recorded)) if in_places else recorded
            assert fact(venue, symbol, field) == (float(step) if recorded else None)
        in_contracts = venue == "MEXC" or row["linear_or_inverse"] == "inverse"
        assert fact(venue, symbol, "contract_size") == (float(row["contractSize"]) if in_contracts else 1.0)
        assert fact(venue, symbol, "kind") == row["linear_or_inverse"]
        assert fact(venue, symbol, "size_unit") == (
            symbol.partition("/")[0] if row["linear_or_inverse"] == "linear" else "USD"
        )
        for field, recorded in (
            ("maker_fee", row["maker"]),
            ("taker_fee", row["taker"]),
            ("minimum_quantity", row["limits_amount_min"]),
            ("minimum_notional", row["limits_cost_min"]),
            ("maximum_leverage", row["limits_leverage_max"]),
        ):
            if field in tables().figures.get(row_key(venue, symbol), {}):
                continue  # of another day and source
            expected = otherwise(row).get(field, float(recorded) if recorded else None)
            assert fact(venue, symbol, field) == expected, (venue, symbol, field)
        settled = row["funding_interval"] or (
            venue == "Binance" and symbol in {"BTC/USDT:USDT", "ETH/USDT:USDT"}
        )
        assert fact(venue, symbol, "funding_interval_hours") == (8.0 if settled else None)
        place, _, commit = row["source"].partition("@")
        assert commit[:8] in fact(venue, symbol, "source")
        assert place.rpartition("/")[2].partition(" ")[0] in fact(venue, symbol, "source")


@pytest.mark.parametrize(
    ("venue", "symbol", "order"),
    [
        ("Binance", "BTC/USDT:USDT", 0.08),
        ("Binance", "BTC/USD:BTC", 24.0),
        ("Bybit", "BTC/USDT:USDT", 0.08),
        ("Bybit", "BTC/USD:BTC", 2_400.0),
        ("BingX", "BTC/USDT:USDT", 0.08),
        ("WEEX", "BTC/USDT:USDT", 0.08),
        ("MEXC", "BTC/USDT:USDT", 800.0),
    ],
)
def test_contracts_come_straight_from_a_row(venue: str, symbol: str, order: float) -> None:
    """2,400 at 30,000 in the venue's own order unit: base units, or contracts where it trades those."""
    row = tables().contract(venue, symbol)
    assert CONTRACTS(2_400, 30_000, row.contract_size, row.lot, "nearest", row.kind) == order


@pytest.mark.parametrize(
    "symbol", ["BTC", "btc", "BTCUSDT", "BTC-USDT", "BTC_USDT", "BTC/USDT", "BTC/USDT:USDT", "BTCUSDT-PERP"]
)
def test_common_spellings_mean_the_linear_perpetual(symbol: str) -> None:
    """A symbol is found as any venue spells it, in any case; so is a venue."""
    assert SPEC("bINANCE", symbol, "symbol") == "BTC/USDT:USDT"


@pytest.mark.parametrize("symbol", ["BTCUSD", "BTCUSD_PERP", "BTC-USD", "BTC/USD:BTC"])
def test_common_spellings_mean_the_inverse_perpetual(symbol: str) -> None:
    """USD without a T is the inverse contract."""
    assert SPEC("Binance", symbol, "symbol") == "BTC/USD:BTC"


@pytest.mark.parametrize(
    "symbol",
    [
        "BTCPERP",
        "BTC-PERP",
        "BTC/USDC:USDC",
        "BTCUSDC",
        "BTC-USDC-PERP",
        "BTC/USD:USDC",
        "BTC/USDT:BTC",
        "BTC:BTC",
    ],
)
def test_a_symbol_that_names_another_settlement_is_not_found(symbol: str) -> None:
    """BTCPERP is Bybit's contract in USDC: the one in USDT, or in the coin, is another."""
    with pytest.raises(NotAvailable, match="symbol: no contracts of"):
        SPEC("Bybit", symbol, "lot")


@pytest.mark.parametrize(
    "venue", ["My Venue.io", "my venue.IO", "MYVENUEIO", "my-venue_io", "\uff4dy venue.io"]
)
def test_own_venue_is_found_however_it_is_spelled(
    venue: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In every function that takes a venue, and in a new book."""
    (tmp_path / CONTRACTS_FILE).write_text(
        "venue,symbol,kind,contract_size,lot\nMy venue.io,BTC/USDT:USDT,linear,1,0.002\n", encoding="utf-8"
    )
    header = "venue,symbol,minimum_notional,maximum_notional,maintenance_rate,maintenance_amount\n"
    (tmp_path / TIERS_FILE).write_text(header + "MyVenue io,BTCUSDT,0,100,0.02,1\n", encoding="utf-8")
    (tmp_path / RULES_FILE).write_text("venue,kind,rule\nMY VENUE.IO,linear,entry\n", encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert SPEC(venue, "BTC", "lot") == 0.002
    assert REGISTRY["MAINTENANCE_RATE"].call(venue, "BTC", 50) == 0.02
    assert REGISTRY["MAINTENANCE_AMOUNT"].call(venue, "BTC", 50) == 1
    assert REGISTRY["LIQUIDATION_RULE"].call(venue) == "entry"
    assert example("two-asset", venue).fields["plan_venue"] == "My venue.io"


def test_price_multiplier_is_of_the_row_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """1000FLOKI is a bundle of FLOKI where its row says so; 1000SATS and 1INCH are coins."""
    (tmp_path / CONTRACTS_FILE).write_text(
        "venue,symbol,kind,contract_size,size_unit,price_multiplier,lot\n"
        "Mine,1000FLOKI/USDT:USDT,linear,1000,FLOKI,1000,1\n"
        "Mine,1000SATS/USDT:USDT,linear,1,1000SATS,,1\n",
        encoding="utf-8",
    )
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert [SPEC("Mine", name, "price_multiplier") for name in ("FLOKI", "1000FLOKI", "1000SATS")] == [
        1000,
        1000,
        1,
    ]
    assert SPEC("Binance", "BTC", "price_multiplier") == 1
    found = REGISTRY["HEDGE_CANDIDATES"].call(2_400, [["FLOKI"]], [[0.00001234]], 5)
    assert found[1][:5] == [1, "Mine", "1000FLOKI/USDT:USDT", "linear", 194_489]
    with pytest.raises(NotAvailable):
        SPEC("Mine", "SATS", "lot")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("Binance",), "mark"),
        (("Bybit", 45_901), "entry"),
        (("Bybit", 45_901.999), "entry"),
        (("Bybit", 45_902), "mark"),
        (("bybit", None, "inverse"), "mark"),
        (("MEXC",), "cautious"),
        (("Nowhere",), f'venue: no contracts of "Nowhere", only of {VENUES}'),
    ],
)
def test_liquidation_rule_is_that_of_the_date(cells: Cells, expected: str) -> None:
    """The date decides, the newest holds without one; what is not known is cautious, not a guess."""
    holds("LIQUIDATION_RULE", cells, expected)


def test_rule_before_the_first_is_cautious(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user's rule that begins on a day says nothing of the days before; one of ours is replaced by date."""
    (tmp_path / RULES_FILE).write_text(
        "venue,kind,rule,effective_from\nMEXC,linear,mark,2026-01-01\nBinance,linear,mark+fee,\n",
        encoding="utf-8",
    )
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    rule = REGISTRY["LIQUIDATION_RULE"].call
    assert [rule("MEXC", day) for day in (46_022, 46_023)] == ["cautious", "mark"]
    assert [rule("Binance", None, kind) for kind in ("linear", "inverse")] == ["mark+fee", "mark"]


def test_bare_asset_finds_the_only_contract() -> None:
    """LTC at Bybit is the inverse one: there is no other."""
    assert SPEC("Bybit", "LTC", "symbol") == "LTC/USD:LTC"


@pytest.mark.parametrize(
    "rows",
    list(itertools.permutations(("BTC/USD:BTC,inverse", "BTC/USDC:USDC,linear", "BTC/USDT:USDT,linear"))),
)
def test_bare_asset_is_the_linear_contract_in_usdt(
    rows: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of several contracts on an asset, in whatever order the table has them."""
    own = "\n".join(("venue,symbol,kind", *(f"Mine,{row}" for row in rows)))
    (tmp_path / CONTRACTS_FILE).write_text(own, encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert SPEC("Mine", "BTC", "symbol") == "BTC/USDT:USDT"


def test_spelling_keeps_what_differs() -> None:
    """A dated future is not its perpetual, nor is a coin named PERP swallowed."""
    assert spelling("BTC/USDT:USDT-261225") == spelling("BTCUSDT_261225") != spelling("BTCUSDT")
    assert spelling("PERP") == "PERP"
    assert spelling("PERP/USDT:USDT") == "PERPUSDT"


ABOVE_ALL = "notional: 2000000000 is above the last known tier of BTC at Binance, which ends at 1800000000"


@pytest.mark.parametrize(
    ("name", "arguments", "refusal"),
    [
        ("CONTRACT_SPEC", ("Nowhere", "BTC", "lot"), 'venue: no contracts of "Nowhere", only of Binance, Bi'),
        ("CONTRACT_SPEC", ("WEEX", "SOL", "lot"), 'symbol: no contracts of "SOL" at WEEX, only of BTC/US'),
        ("CONTRACT_SPEC", ("BingX", "BNB", "lot"), "field: the lot of BNB/USD:BNB at BingX is not known"),
        ("MAINTENANCE_RATE", ("Bybit", "BTC", 1), 'venue: no leverage tiers of "Bybit", only of Binance'),
        ("MAINTENANCE_AMOUNT", ("Binance", "DOGE", 1), 'symbol: no leverage tiers of "DOGE" at Binance'),
        ("MAINTENANCE_RATE", ("Binance", "BTC", 2e9), ABOVE_ALL),
    ],
)
def test_what_is_not_known_is_not_available(name: str, arguments: tuple[Any, ...], refusal: str) -> None:
    """An unknown venue, symbol or fact is #N/A with the reason, never a guess."""
    with pytest.raises(NotAvailable) as caught:
        REGISTRY[name].call(*arguments)
    assert str(caught.value).startswith(refusal)
    assert caught.value.cell == "#N/A"


@pytest.mark.parametrize(
    ("notional", "rate", "amount"),
    [
        (0, 0.004, 0),
        (50_000, 0.004, 0),
        (50_000.01, 0.005, 50),
        (-100_000, 0.005, 50),
        (600_000, 0.005, 50),
        (1_800_000_000, 0.5, 421_481_450),
    ],
)
def test_tier_is_the_one_the_notional_falls_in(notional: float, rate: float, amount: float) -> None:
    """Above the lower bound, up to the upper one, whichever way the hedge faces."""
    assert REGISTRY["MAINTENANCE_RATE"].call("Binance", "BTC", notional) == rate
    assert REGISTRY["MAINTENANCE_AMOUNT"].call("Binance", "BTC", notional) == amount


def test_maintenance_margin_is_continuous_over_the_tiers() -> None:
    """At each bound both tiers ask for the same margin: the amounts fit the rates."""
    margin = REGISTRY["MAINTENANCE_MARGIN"].call
    for tier in tables().tiers:
        below = tables().tier(tier.venue, tier.symbol, tier.minimum_notional)
        at = tier.minimum_notional
        assert margin(at, tier.maintenance_rate, tier.maintenance_amount) == pytest.approx(
            margin(at, below.maintenance_rate, below.maintenance_amount), rel=1e-12
        )


def test_tiers_follow_their_source(shared: Path) -> None:
    """Every bracket of the recorded file stands in the table, unrounded, with its symbol and its source."""
    with (shared / "data" / "leverage_tiers_binance.csv").open(encoding="utf-8") as file:
        recorded = [(row["symbol"], *(float(row[name]) for name in BRACKET)) for row in csv.DictReader(file)]
    assert recorded == [
        (
            *(t.symbol, t.minimum_notional, t.maximum_notional),
            *(t.maintenance_rate, t.maintenance_amount, t.maximum_leverage),
        )
        for t in tables().tiers
    ]
    assert {(t.venue, t.as_of, (t.source or "").rpartition("@")[2]) for t in tables().tiers} == {
        ("Binance", serial(dt.date(2024, 10, 24)), "c9ae5e1e")
    }


def test_every_row_says_where_it_comes_from() -> None:
    """Each row has a source and a note; each fact lies in its domain, as reading it checked."""
    assert all(row.source and row.note for row in tables().contracts)
    assert all(tier.source for tier in tables().tiers)


def test_every_figure_has_its_own_date_and_source() -> None:
    """One row's facts are not of one day: CONTRACT_SPEC gives the day and the source of each."""
    assert all(
        figure.as_of and figure.source for known in tables().figures.values() for figure in known.values()
    )
    asked = [SPEC("Binance", "BTC", field, "as_of") for field in ("lot", "minimum_notional", "taker_fee")]
    assert asked == [serial(dt.date(*day)) for day in ((2023, 10, 1), (2025, 11, 15), (2026, 10, 12))]
    assert "-4164" in SPEC("Binance", "BTC", "minimum_notional", "source")
    with pytest.raises(NotAvailable, match="the as_of of the lot of SOL/USDT:USDT at Binance is not known"):
        SPEC("Binance", "SOL", "lot", "as_of")


def test_own_figures_come_over_the_row_and_an_own_row_over_built_in_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row of the user's has no fact that it does not state; a figure of the user's replaces one fact."""
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    header = "venue,symbol,fact,value,as_of\n"
    (tmp_path / FACTS_FILE).write_text(
        header + "binance,BTCUSDT,taker_fee,0.0003,2026-11-01\n", encoding="utf-8"
    )
    assert (fact("Binance", "BTC", "taker_fee"), fact("Binance", "BTC", "lot")) == (0.0003, 0.001)
    assert SPEC("Binance", "BTC", "taker_fee", "as_of") == serial(dt.date(2026, 11, 1))
    (tmp_path / CONTRACTS_FILE).write_text(OWN.replace("0.0003", ""), encoding="utf-8")
    assert fact("Binance", "BTC", "minimum_notional") is None
    assert fact("Binance", "BTC", "taker_fee") == 0.0003


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("Binance,BTCUSDT,taker,0.1,", "line 2: fact: must be one of"),
        ("Binance,BTCUSDT,taker_fee,many,", 'line 2: taker_fee: must be a number, got "many"'),
        ("Binance,NOUSDT,taker_fee,0.1,", "line 2: NOUSDT at Binance is no contract"),
    ],
)
def test_fault_in_own_figures_is_named(
    row: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the file and the line."""
    (tmp_path / FACTS_FILE).write_text(f"venue,symbol,fact,value,as_of\n{row}\n", encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(NotAvailable, match=fault):
        SPEC("Binance", "BTC", "lot")


OWN = "venue,symbol,kind,contract_size,lot,taker_fee,as_of\nbinance,BTCUSDT,linear,1,0.01,0.0003,2026-11-01\n"


def test_own_table_takes_precedence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row of the user's replaces the built-in row whole; other rows stay; a change is seen."""
    own = tmp_path / CONTRACTS_FILE
    own.write_text(OWN, encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert fact("Binance", "BTC", "lot") == 0.01
    assert fact("Binance", "BTC", "tick") is None
    assert fact("Binance", "ETH", "lot") == 0.001
    own.write_text(OWN.replace("0.01,", "0.002,") + "Mine,XYZUSDT,linear,1,1,,\n", encoding="utf-8")
    assert fact("Binance", "BTC", "lot") == 0.002
    assert fact("mine", "XYZ-USDT", "lot") == 1.0


def test_table_beside_the_book_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the book, then MICROHEDGE_VENUES, then the built-in table."""
    for folder, lot in (("named", "0.02"), ("book", "0.03")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / CONTRACTS_FILE).write_text(OWN.replace("0.01", lot), encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "named"))
    with beside(tmp_path / "book" / "plan.xlsx"):
        assert fact("Binance", "BTC", "lot") == 0.03
    assert fact("Binance", "BTC", "lot") == 0.02


def test_own_tiers_replace_the_ladder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's tiers of a symbol replace all built-in tiers of that symbol, in any order of rows."""
    header = "venue,symbol,minimum_notional,maximum_notional,maintenance_rate,maintenance_amount\n"
    rows = "Binance,BTC/USDT:USDT,100,200,0.02,1\nBinance,BTC/USDT:USDT,0,100,0.01,0\n"
    (tmp_path / TIERS_FILE).write_text(header + rows, encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    rate = REGISTRY["MAINTENANCE_RATE"].call
    assert [rate("Binance", "BTC", at) for at in (100.0, 150.0)] == [0.01, 0.02]
    assert rate("Binance", "ETH", 1) == 0.004
    with pytest.raises(NotAvailable, match="ends at 200"):
        rate("Binance", "BTC", 201)


def test_fault_in_own_tiers_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tier that begins below nothing is refused with file and line."""
    header = "venue,symbol,minimum_notional,maximum_notional,maintenance_rate,maintenance_amount\n"
    (tmp_path / TIERS_FILE).write_text(header + "Binance,BTCUSDT,-1,100,0.01,0\n", encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(NotAvailable, match="line 2: minimum_notional: must be at least 0, got -1"):
        REGISTRY["MAINTENANCE_RATE"].call("Binance", "BTC", 50)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (OWN.replace("linear", "lineal"), r'line 2: kind: must be one of "linear", "inverse", got "lineal"'),
        (OWN.replace("0.01,", "0,"), "line 2: lot: must be above 0, got 0"),
        (OWN.replace("2026-11-01", "1.11.2026"), "line 2: Invalid isoformat"),
        (OWN.replace("taker_fee", "taker"), "line 1: unknown columns taker"),
        (OWN + OWN.partition("\n")[2].replace("BTCUSDT", "BTC-USDT"), "line 3: BTC-USDT at binance is there"),
        (OWN.replace("linear", ""), "line 2: kind: is blank"),
        (OWN + "x" + ",1" * 9 + "\n", "line 3: "),
        (OWN + '"', "unexpected end of data"),
        (
            OWN.replace("lot", "minimum_quantity").replace("0.01,", "-1,"),
            "minimum_quantity: must be at least 0",
        ),
        (
            OWN.replace("lot", "minimum_notional").replace("0.01,", "-1,"),
            "minimum_notional: must be at least 0",
        ),
        ("\xff", "can't be read"),
    ],
)
def test_fault_in_own_table_is_named(
    text: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table that can't be used is refused with file, line and fault; no row is skipped silently."""
    (tmp_path / CONTRACTS_FILE).write_text(text, encoding="latin-1")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(NotAvailable, match=fault) as refused:
        SPEC("Binance", "BTC", "lot")
    assert str(refused.value).startswith(str(tmp_path / CONTRACTS_FILE))


@pytest.mark.parametrize(
    ("platform", "variables", "folder"),
    [
        ("linux", {}, "/home/me/.local/share/microhedge"),
        ("linux", {"XDG_DATA_HOME": "/data"}, "/data/microhedge"),
        ("darwin", {"XDG_DATA_HOME": "/data"}, "/home/me/Library/Application Support/microhedge"),
        ("win32", {}, "/home/me/AppData/Roaming/microhedge"),
        ("win32", {"APPDATA": "/roaming"}, "/roaming/microhedge"),
        ("win32", {"APPDATA": "/roaming", VARIABLE: "/mine"}, "/mine"),
    ],
)
def test_own_tables_lie_where_the_platform_keeps_data(
    platform: str, variables: dict[str, str], folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MICROHEDGE_VENUES, or the place where the platform keeps what a program remembers."""
    for name in ("XDG_DATA_HOME", "APPDATA", VARIABLE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    for name, value in {"HOME": "/home/me", "USERPROFILE": "/home/me", **variables}.items():
        monkeypatch.setenv(name, value)
    assert user_folder() == Path(folder)


def test_facts_are_stale_after_thirty_days(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row of 30 days ago is fresh, one of 31 days is not; one without a date is stale as well."""
    today = dt.datetime.now(dt.UTC).date()
    for age, stale in ((30, False), (31, True)):
        folder = tmp_path / str(age)  # one of its own: a file that changes twice in a moment may not seem to
        folder.mkdir()
        dated = OWN.replace("binance", "Mine").replace("2026-11-01", str(today - dt.timedelta(age)))
        (folder / CONTRACTS_FILE).write_text(dated, encoding="utf-8")
        monkeypatch.setenv(VARIABLE, str(folder))
        assert any(line.startswith("Mine: 1 contracts") for line in stale_contracts()) is stale
    undated = dated.replace(str(today - dt.timedelta(31)), "")
    (folder / CONTRACTS_FILE).write_text(undated, encoding="utf-8")
    assert any("Mine" in line and "without a date" in line for line in stale_contracts())


def test_missing_folder_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that points nowhere is refused, not passed over."""
    monkeypatch.setenv(VARIABLE, "/no/such/folder")
    with pytest.raises(NotAvailable, match="MICROHEDGE_VENUES: there is no folder /no/such/folder"):
        SPEC("Binance", "BTC", "lot")


def venues(*words: str) -> subprocess.CompletedProcess[str]:
    """The command as a user runs it."""
    return subprocess.run(
        [sys.executable, "-m", "addin", "venues", *words],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )


def test_list_shows_facts_and_age() -> None:
    """One line per contract with its age in days; stale venues are named on standard error."""
    listed = venues("list")
    header, *lines = listed.stdout.splitlines()
    assert (header.split()[:3], header.split()[-1]) == (["venue", "symbol", "size"], "age")
    assert len(lines) == len(tables().contracts)
    assert "BingX: 5 contracts with facts older than 30 days" in listed.stderr


def test_list_as_json_keeps_every_fact() -> None:
    """JSON holds numbers as numbers and an unknown fact as null."""
    rows = json.loads(venues("list", "--format", "json").stdout)
    mexc = next(row for row in rows if row["venue"] == "MEXC" and row["symbol"] == "BTC/USDT:USDT")
    assert (mexc["contract_size"], mexc["minimum_notional"], mexc["as_of"]) == (0.0001, None, "2025-01-01")


def test_recalculation_reads_the_table_beside_the_book(tmp_path: Path) -> None:
    """A saved book takes its facts from the table in its own folder if asked to, wherever it is written."""
    (tmp_path / CONTRACTS_FILE).write_text(OWN, encoding="utf-8")
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = '=CONTRACT_SPEC("Binance","BTC","lot")'
    book.save(tmp_path / "book.xlsx")
    (tmp_path / "out").mkdir()
    target = tmp_path / "out" / "book.xlsx"
    assert recalc_book(tmp_path / "book.xlsx", target, Request(venues_beside=True)).status == "done"
    assert openpyxl.load_workbook(target, data_only=True).worksheets[0]["A1"].value == 0.01
