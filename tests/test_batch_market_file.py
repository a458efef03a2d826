"""A market file: every fault has its line, and nothing is guessed."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbook.batch.market_file import BadMarket, read_market
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
            'market.csv, line 2: spot: must be a number from 0 to 1000000000000, got "abc"',
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
        ("symbol,state\nBTC,ok\n", "market.csv: state is calculated by the book and cannot be given"),
        ("symbol,spot,Spot\nBTC,1,1\n", "market.csv: has the column spot twice"),
        ("spot\n1\n", "market.csv: has no column symbol (columns are separated by commas)"),
        ("symbol,spot\nBTC,1\nbtc,2\n", "market.csv, line 3: btc stands here a second time"),
        ("symbol;spot\nBTC;1\n", "market.csv: its columns must be separated by commas"),
        ("symbol\tspot\nBTC\t1\n", "market.csv: its columns must be separated by commas"),
        ("symbol,spot\n", "market.csv: holds no symbol"),
        ("", "market.csv: has no column symbol"),
        (b"symbol,spot\n\xff,1\n", "market.csv: is no text in UTF-8"),
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
            read_market("market.csv")
        assert str(refusal.value).startswith(expected)
    else:
        assert read_market("market.csv") == expected


@pytest.mark.parametrize(
    ("name", "fault"), [("none.csv", "there is no such file"), (".", "is a folder, not a file")]
)
def test_what_is_no_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, fault: str
) -> None:
    """A missing file and a folder are said to be so."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadMarket, match=fault):
        read_market(name)


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
        found = read_market(market(tmp_path, content))
    except BadMarket:
        return
    for symbol, values in found.items():
        assert symbol.strip()
        assert all(columns[name].refusal(value) is None for name, value in values.items())
