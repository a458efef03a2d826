"""Choosing an instrument: the closest feasible hedge comes first, and the reasons are said."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from udfs import REGISTRY, NotAvailable
from udfs.candidates import HEADER
from udfs.venue_files import VARIABLE
from udfs.venues import CONTRACTS_FILE, tables

CANDIDATES = REGISTRY["HEDGE_CANDIDATES"].call
COLUMN = {name: place for place, name in enumerate(HEADER)}
TABLE = """venue,symbol,kind,contract_size,lot,minimum_quantity,minimum_notional,taker_fee,maximum_leverage
Whole,XYZ/USDT:USDT,linear,1,1,,,0.0005,
Fine,XYZ/USDT:USDT,linear,1,0.001,,,0.0006,50
Cheap,XYZ/USDT:USDT,linear,1,0.001,,,0.0002,50
Unknown,XYZ/USDT:USDT,linear,1,0.001,,,,50
Timid,XYZ/USDT:USDT,linear,1,0.001,,,0.0002,2
Minimum,XYZ/USDT:USDT,linear,1,0.001,,3000,0.0002,50
Quantity,XYZ/USDT:USDT,linear,1,0.003,0.1,,0.0002,50
Inverse,XYZ/USD:XYZ,inverse,100,1,,,0.0005,50
Blind,XYZ/USDT:USDT,linear,,1,,,0.0005,50
Lotless,XYZ/USDT:USDT,linear,1,,,,0.0005,50
"""


@pytest.fixture
def _table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / CONTRACTS_FILE).write_text(TABLE, encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(tmp_path))


def by_venue(table: list[list[Any]], *columns: str) -> dict[str, tuple[Any, ...]]:
    """The columns asked for, by venue, in the order of the table."""
    return {row[COLUMN["Venue"]]: tuple(row[COLUMN[name]] for name in columns) for row in table[1:]}


@pytest.mark.usefixtures("_table")
def test_closest_feasible_hedge_comes_first() -> None:
    """Of equal gaps the cheaper, of unknown fees the last; what is not feasible has a reason, and no rank."""
    table = CANDIDATES(2_400, "xyz", 30_000, 5)
    assert table[0] == list(HEADER)
    assert list(by_venue(table, "Rank", "Contracts", "Verdict").items()) == [
        ("Cheap", (1, 0.08, "closest")),
        ("Inverse", (2, 24, "feasible")),
        ("Fine", (3, 0.08, "feasible")),
        ("Unknown", (4, 0.08, "feasible")),
        ("Minimum", (5, 0.1, "feasible")),
        ("Quantity", (6, 0.102, "feasible")),
        ("Timid", ("", 0.08, "leverage above 2")),
        ("Whole", ("", 1, "too large")),
        ("Blind", ("", "", "contract size not known")),
        ("Lotless", ("", "", "lot not known")),
    ]


@pytest.mark.usefixtures("_table")
@pytest.mark.parametrize(
    ("notional", "price", "verdict"),
    [
        (5.0294, 10_058.8, "too large"),  # floats make the gap 0.9999999999999996
        (5.0295, 10_058.8, "closest"),
        (15, 30_000, "too large"),
        (-15, 30_000, "too large"),
    ],
)
def test_a_hedge_twice_as_large_as_wanted_is_none(notional: float, price: float, verdict: str) -> None:
    """A lot of twice the wanted notional leaves as much exposure as no hedge does: too large."""
    assert by_venue(CANDIDATES(notional, "XYZ", price, 5), "Verdict")["Cheap"] == (verdict,)


EQUAL = """venue,symbol,kind,contract_size,lot,taker_fee,maximum_leverage
A,XYZ/USDT:USDT,linear,1,0.01,0.0005,50
B,XYZ/USD:XYZ,inverse,100,1,0.0005,50
C,XYZ/USDT:USDT,linear,1,0.001,0.0005,50
D,XYZ/USDT:USDT,linear,1,0.00001,0.0005,50
"""


def test_of_equals_the_smallest_order_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Equal gap, fees, margin: the contract that adjusts most finely; its highest leverage is allowed."""
    (tmp_path / CONTRACTS_FILE).write_text(EQUAL, encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    ranked = by_venue(CANDIDATES(2_400, "XYZ", 30_000, 50), "Smallest", "Verdict")
    assert [(venue, round(smallest, 9), verdict) for venue, (smallest, verdict) in ranked.items()] == [
        ("D", 0.3, "closest"),
        ("C", 30, "feasible"),
        ("B", 100, "feasible"),
        ("A", 300, "feasible"),
    ]


ALIKE = """venue,symbol,kind,contract_size,lot,taker_fee
Base,XYZ/USDT:USDT,linear,1,0.001,0.0005
Cents,XYZ/USDT:USDT,linear,0.0001,1,0.0005
Above,ABC/USD:ABC,inverse,8000,1,0.0001
Below,ABC/USDT:USDT,linear,1,0.1,0.0005
"""


def test_equal_gaps_are_ranked_by_margin_then_fees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The smaller of two hedges as near ties up less margin; the last digit of a product decides nothing."""
    (tmp_path / CONTRACTS_FILE).write_text(ALIKE, encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert list(by_venue(CANDIDATES(0.123 * 67_123.4, "XYZ", 67_123.4, 5))) == ["Cents", "Base"]
    ranked = by_venue(CANDIDATES(6_000, "ABC", 40_000, 5), "Notional", "Margin", "Fees")
    assert list(ranked.items()) == [("Below", (4_000, 800, 4)), ("Above", (8_000, 1_600, 1.6))]


@pytest.mark.usefixtures("_table")
def test_row_holds_size_margin_fees_and_smallest_order() -> None:
    """The figures of a row are those of the functions of that name, for the feasible hedge."""
    rows = by_venue(CANDIDATES(2_400, "XYZ", 30_000, 5), "Notional", "Gap", "Margin", "Fees", "Smallest")
    assert rows["Inverse"] == (2_400, 0, 480, 2.4, 100)
    assert rows["Minimum"] == pytest.approx((3_000, 0.25, 600, 1.2, 3_000))
    assert rows["Whole"] == (30_000, 11.5, 6_000, 30, 30_000)
    assert rows["Unknown"] == (2_400, 0, 480, "", 30)
    assert rows["Blind"] == ("", "", "", "", "")


@pytest.mark.usefixtures("_table")
def test_long_hedge_buys_the_same_contracts() -> None:
    """A negative notional gives the mirror image: negative contracts and notional, equal margin and fees."""
    columns = ("Contracts", "Notional", "Gap", "Margin", "Fees", "Verdict")
    short, long = (by_venue(CANDIDATES(n, "XYZ", 30_000, 5), *columns) for n in (2_400, -2_400))
    assert list(short) == list(long)
    for venue, (contracts, notional, *rest) in short.items():
        mirrored = ("", "") if contracts == "" else (-contracts, -notional)
        assert long[venue] == (*mirrored, *rest)


def test_an_asset_is_found_by_its_other_name() -> None:
    """XBT is BTC here too."""
    assert CANDIDATES(2_400, " xbt ", 30_000, 5) == CANDIDATES(2_400, "BTC", 30_000, 5)


def test_built_in_table_solves_the_articles_problem() -> None:
    """2,400 at 30,000: every venue of the table offers it in BTC or ETH, and an inverse contract too."""
    table = CANDIDATES(2_400, [["BTC"], ["ETH"]], [[30_000], [2_000]], 5)
    assert {row[COLUMN["Venue"]] for row in table[1:]} >= {"Binance", "Bybit", "BingX", "WEEX", "MEXC"}
    assert all(row[COLUMN["Gap"]] == 0 for row in table[1:])
    assert {row[COLUMN["Symbol"]].partition("/")[0] for row in table[1:]} == {"BTC", "ETH"}
    assert table[1][COLUMN["Verdict"]] == "closest"


@pytest.mark.parametrize(
    ("cells", "refusal"),
    [
        ((2_400, "NOPE", 1, 5), "assets: the venue table has no contract on NOPE"),
        ((2_400, [[None]], [[None]], 5), "assets: the venue table has no contract on none"),
        ((0, "BTC", 30_000, 5), "notional: must be other than 0, got 0"),
        ((2_400, "BTC", -1, 5), "prices: must be above 0, got -1"),
        ((2_400, [["BTC"], ["btc"]], [[1], [2]], 5), "assets: one is there twice"),
        ((2_400, [[7]], [[1]], 5), "assets: must be text, got 7"),
        (
            (2_400, [["BTC"]], [[1], [2]], 5),
            "HEDGE_CANDIDATES: ranges must be of one length, got assets 1 and prices 2",
        ),
        ((2_400, "BTC", 30_000, 0.5), "leverage: must be at least 1, got 0.5"),
    ],
)
def test_refusals(cells: tuple[Any, ...], refusal: str) -> None:
    """What can't be ranked is refused by name."""
    with pytest.raises(Exception, match=rf"^{refusal}$"):
        CANDIDATES(*cells)


def test_dated_future_is_a_candidate_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A future of the user's own table is ranked beside the perpetuals, under its own symbol."""
    future = "venue,symbol,kind,contract_size,lot\nBinance,BTC/USDT:USDT-261225,linear,1,0.0001\n"
    (tmp_path / CONTRACTS_FILE).write_text(future, encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    symbols = [row[COLUMN["Symbol"]] for row in CANDIDATES(2_401.5, "BTC", 30_000, 5)[1:]]
    assert "BTC/USDT:USDT-261225" in symbols
    with pytest.raises(NotAvailable):
        REGISTRY["CONTRACT_SPEC"].call("Binance", "BTC-261225", "lot")


@given(
    st.floats(min_value=-1e6, max_value=1e6).filter(lambda value: abs(value) > 1e-2),
    st.floats(min_value=1, max_value=1e5),
    st.floats(min_value=1, max_value=150),
)
def test_ranks_are_in_order_and_feasible_ones_keep_the_rules(
    notional: float, price: float, leverage: float
) -> None:
    """Gaps never fall down the ranks, minimums hold, and no candidate is lost."""
    _, *rows = CANDIDATES(
        notional, [["BTC"], ["ETH"], ["ADA"]], [[price], [price / 20], [price / 1e4]], leverage
    )
    ranked = [row for row in rows if row[COLUMN["Rank"]] != ""]
    assert [row[COLUMN["Rank"]] for row in ranked] == list(range(1, len(ranked) + 1))
    gaps = [abs(row[COLUMN["Gap"]]) for row in ranked]
    assert gaps == pytest.approx(sorted(gaps), abs=1e-11)
    assert rows[: len(ranked)] == ranked
    assert len(rows) == sum(contract.base in {"BTC", "ETH", "ADA"} for contract in tables().contracts)
    for row in ranked:
        contract = tables().contract(row[COLUMN["Venue"]], row[COLUMN["Symbol"]])
        assert abs(row[COLUMN["Contracts"]]) >= (contract.minimum_quantity or 0)
        assert abs(row[COLUMN["Notional"]]) >= (contract.minimum_notional or 0) * (1 - 1e-12)
        assert row[COLUMN["Gap"]] < 1
