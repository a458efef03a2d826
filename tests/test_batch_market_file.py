"""A market file: every fault has its line, and nothing is guessed."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import plan_books

from workbook.batch.market_file import BadMarket, market_in_file
from workbook.layout import PLAN


def market(folder: Path, text: str | bytes) -> Path:
    """A market file of this text."""
    path = folder / "market.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("symbol,spot,mark\nBTC,30000,30010.5\n", {"BTC": {"spot": 30000.0, "mark": 30010.5}}),
        ("\ufeffSymbol,Funding rate\r\nETH,-0.0001\r\n", {"ETH": {"funding_rate": -0.0001}}),
        ("spot,symbol\n1,BTC\n\n,ETH\n", {"BTC": {"spot": 1.0}, "ETH": {}}),
        ("symbol,expiry,source\nBTC,2026-03-27,Binance\n", {"BTC": {"expiry": 46108.0, "source": "Binance"}}),
        ("symbol,as_of\nBTC,2026-01-01T12:00\n", {"BTC": {"as_of": 46023.5}}),
        ('symbol,source\nBTC,"a, ""b"""\n', {"BTC": {"source": 'a, "b"'}}),
        (
            "symbol,spot\nBTC,abc\n",
            f'market.csv, line 2: spot: must be {PLAN.tables["Market"]["spot"].domain}, got "abc"',
        ),
        ("symbol,spot\nBTC,-1\n", "market.csv, line 2: spot: must be"),
        ("symbol,spot\nBTC,1e400\n", "market.csv, line 2: spot: must be"),
        ("symbol,spot\nBTC,1\nBTC,2\n", "market.csv, line 3: BTC stands here a second time"),
        ("symbol,spot\n,1\n", "market.csv, line 2: has no symbol"),
        ("symbol,spot\nBTC,1,2\n", "market.csv, line 2: has 3 cells under 2 columns"),
        (
            "symbol,price\nBTC,1\n",
            'market.csv: "price" is no column of the Market table; it takes symbol, spot',
        ),
        ("symbol,state\nBTC,ok\n", "market.csv: state is calculated by the book and can't be given"),
        ("symbol,spot,Spot\nBTC,1,1\n", "market.csv: has the column spot twice"),
        ("spot\n1\n", "market.csv: has no column symbol; its columns are spot"),
        ("symbol,spot\nBTC,1\nbtc,2\n", "market.csv, line 3: btc stands here a second time"),
        ("symbol;spot\nBTC;30000,5\n", {"BTC": {"spot": 30000.5}}),
        ("symbol;spot\nBTC;30000.5\n", {"BTC": {"spot": 30000.5}}),
        ("symbol\tspot\nBTC\t1e3\n", {"BTC": {"spot": 1000.0}}),
        ("symbol|spot\nBTC|1\n", {"BTC": {"spot": 1.0}}),
        ("sep=;\r\nsymbol;source\r\nBTC;a, b\r\n", {"BTC": {"source": "a, b"}}),
        ("sep=:\nsymbol:spot\nBTC:abc\n", "market.csv, line 3: spot: must be"),
        ("symbol;spot;mark\nBTC;30000,5;30000.5\n", "market.csv: has numbers with a comma and numbers"),
        ("symbol;spot\nBTC;30.000,5\n", "market.csv, line 2: spot: must be"),
        ("symbol;spot\nBTC;1,234,567\n", "market.csv, line 2: spot: must be"),
        ('symbol,spot\nBTC,"1,5"\n', {"BTC": {"spot": 1.5}}),
        ('symbol,spot\nBTC,"1,500"\n', "market.csv, line 2: spot: 1,500 may be 1500 or 1.500: write which"),
        ("symbol,funding_rate\nBTC,0.01%\n", {"BTC": {"funding_rate": 0.0001}}),
        ("symbol,spot\nBTC,40%\n", "market.csv, line 2: spot: takes no percentage, got 40%"),
        (
            "symbol,spott\nBTC,1\n",
            'market.csv: "spott" is no column of the Market table; did you mean spot?; it takes',
        ),
        (",symbol,spot\n0,BTC,1\n1,ETH,2\n", {"BTC": {"spot": 1.0}, "ETH": {"spot": 2.0}}),
        (",spot\nBTC,1\n", {"BTC": {"spot": 1.0}}),
        ("symbol,spot\nBTC,1\n".encode("utf-16"), {"BTC": {"spot": 1.0}}),
        ("\ufeffsymbol,spot\nBTC,1\n".encode("utf-16-be"), {"BTC": {"spot": 1.0}}),
        ("symbol,spot\nBTC,1\n".encode("utf-16-le"), "market.csv: is no text in UTF-8 or UTF-16"),
        ("symbol,spot\n", "market.csv: holds no symbol"),
        ("", "market.csv: has no column symbol"),
        (b"symbol,spot\n\xff,1\n", "market.csv: is no text in UTF-8 or UTF-16"),
        ('symbol,spot\n"BTC,1\n', "market.csv, line 2: is no CSV: unexpected end of data"),
    ],
)
def test_market_file_is_read_or_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | bytes, expected: object
) -> None:
    """Columns go by name or header, in any order; a blank leaves the book's value; faults are named."""
    monkeypatch.chdir(tmp_path)
    market(tmp_path, text)
    if isinstance(expected, str):
        with pytest.raises(BadMarket) as refusal:
            market_in_file("market.csv")
        assert str(refusal.value).startswith(expected)
    else:
        assert market_in_file("market.csv") == expected


@pytest.mark.parametrize(
    ("name", "fault"), [("none.csv", "there is no such file"), (".", "is a folder, not a file")]
)
def test_what_is_no_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, fault: str
) -> None:
    """A missing file and a folder are said to be so."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadMarket, match=fault):
        market_in_file(name)


def frame() -> pd.DataFrame:
    """A market as pandas has it."""
    expiry = pd.Series([pd.Timestamp("2026-03-27"), pd.NaT])
    return pd.DataFrame({"symbol": ["BTC", "ETH"], "spot": [30000.5, 2000], "expiry": expiry})


WANTED = {"BTC": {"spot": 30000.5, "expiry": 46108.0}, "ETH": {"spot": 2000.0}}


@pytest.mark.parametrize("index", [False, True])
@pytest.mark.parametrize("name", ["market.xlsx", "market.parquet", "market.csv"])
def test_what_pandas_wrote_is_read(tmp_path: Path, name: str, index: bool) -> None:
    """A workbook, a Parquet file and a text of pandas, the symbols in a column or in the index."""
    path = tmp_path / name
    written = frame().set_index("symbol") if index else frame()
    getattr(written, {"xlsx": "to_excel", "csv": "to_csv"}.get(path.suffix[1:], "to_parquet"))(
        path, index=index
    )
    assert market_in_file(path) == WANTED
    getattr(frame(), {"xlsx": "to_excel", "csv": "to_csv"}.get(path.suffix[1:], "to_parquet"))(path)
    assert market_in_file(path) == WANTED


def test_a_market_of_a_plan_book_is_its_market_table(tmp_path: Path) -> None:
    """In a workbook the table Market is found, wherever it stands; what the book computes is no price."""
    path = plan_books.written(tmp_path, plan_books.example())
    with pytest.raises(BadMarket, match="state is calculated by the book"):
        market_in_file(path)


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("market.xlsx", b"PK\x03\x04 no book", "market.xlsx: "),
        ("market.parquet", b"PAR1 no table", "market.parquet: is no Parquet file"),
        ("market.csv", b"a" * (64 * 2**20 + 1), "market.csv: is larger than 64 MB"),
        ("market.csv", b"symbol,spot\n" + b"BTC,1\n" * 200_001, "has 200,001 rows, and no more than"),
    ],
)
def test_hostile_and_huge_files_are_refused(tmp_path: Path, name: str, content: bytes, fault: str) -> None:
    """What is no such file, and what is too large for one, is refused before it is taken apart."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadMarket, match=fault):
        market_in_file(tmp_path / name)


CELLS = st.sampled_from(["BTC", "1", "-1", "1e5", "1e13", "2026-01-01", "46023", " "]) | st.text(max_size=8)
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS).map(",".join), max_size=3)
FILES = ROWS.map(lambda rows: "\n".join(["symbol,spot,expiry", *rows]).encode(errors="replace"))


@given(content=st.binary() | FILES)
@settings(
    max_examples=300,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
def test_no_market_file_gets_by_unread(tmp_path: Path, content: bytes) -> None:
    """Any bytes are a market or a refusal, and a market's values lie in their columns' domains."""
    columns = {column.name: column for column in PLAN.tables["Market"].columns}
    try:
        found = market_in_file(market(tmp_path, content))
    except BadMarket:
        return
    for symbol, values in found.items():
        assert symbol.strip()
        assert all(columns[name].refusal(value) is None for name, value in values.items())
