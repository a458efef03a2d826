"""What a new book holds: the source article's two examples, real figures of five assets, or nothing."""

import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from udfs.close_words import did_you_mean
from udfs.conventions import LINEAR
from udfs.dates import serial
from udfs.registry import REGISTRY, Spec
from udfs.stress import DAY, episodes, stress_move
from udfs.stress import WEEK as CRASH_WEEK
from udfs.symbols import venue_key
from udfs.venues import liquidation_rule, tables
from workbook.errors import BookError
from workbook.layout.backtest_walk import WALK
from workbook.layout.journal import JOURNAL
from workbook.layout.market import MARKET
from workbook.layout.plan_settings import PLAN_SETTINGS
from workbook.layout.roll import LAGS
from workbook.layout.schema import InputValue, Table
from workbook.memory import remembered

DATA: Final = Path(__file__).parents[1] / "data"
Rows = tuple[tuple[InputValue | None, ...], ...]

ASSETS: Final = ("BTC", "ETH", "SOL", "ADA", "BNB")
PEGGED: Final = ("USDT", "USDC", "DAI", "FDUSD")
ARTICLE: Final = "figures of the article"
ARTICLE_DAY: Final = serial(datetime(2026, 1, 1))
FUTURE_DAYS: Final = 45
LONGEST: Final = 150  # letters of an example; a table as a result goes on
WEEK: Final = 7
STOP_ABOVE: Final = 1.1  # the examples' hedges are given up 10 % above their entry
PRICE_SOURCE: Final = "Binance spot, daily close (23:59:59 UTC)"
MOVES: Final = tuple((round(step * 0.05, 2),) for step in range(-10, 11))
DIVERGING: Final = tuple((share, hedge) for share in (-0.2, 0.0, 0.2) for hedge in (-0.2, 0.0, 0.2))
LEVERAGES: Final = tuple((times,) for times in (1, 2, 3, 5, 10, 20, 50, 75, 100))
STATUS_ROWS: Final = (
    ("unknown", "Fill in what it lacks: no order rests on it until then"),
    ("closed", "Nothing: its result is final"),
    ("liquidated", "The margin is lost and the spot stands alone: enter its close"),
    ("near liquidation", "Add margin or reduce it today"),
    ("stop", "The price reached the stop: buy it back"),
    ("expired", "It is settled: enter its close"),
    ("roll", "Expiry is near: roll or close it, see Roll"),
    ("target reached", "You no longer want it at this price: close it"),
    ("review", "The day that you set is here: look at it again"),
    ("adjust", "Coverage is outside the band: see Plan for the trade"),
    ("hold", "Nothing to do"),
)
WAYS: Final = (("One short for all",), ("A short in each asset",))


@dataclass(frozen=True)
class ExampleBook:
    """The inputs of a new book: named cells, and rows of the tables' input columns."""

    fields: Mapping[str, InputValue | None] = field(default_factory=dict)
    tables: Mapping[str, Rows] = field(default_factory=dict)
    as_of: datetime = datetime(2026, 1, 1)


def example(name: str, venue: str | None = None) -> ExampleBook:
    """An example by its name, at a venue if one is given."""
    makers = {"two-asset": _two_assets, "btc": _one_asset, "portfolio": _portfolio, "blank": _blank}
    if name not in makers:
        raise BookError(f"example: must be one of {', '.join(makers)}, got {name}", "example", name)
    made = makers[name]()
    names = [row[0] for row in venue_rows()]
    found = [known for known in names if venue is not None and venue_key(str(known)) == venue_key(venue)]
    if venue is not None and not found:
        one = f"one of {', '.join(map(str, names))}"
        meant = did_you_mean(venue, map(str, names))
        raise BookError(f"venue: must be {one}, got {venue}{meant}", "venue", venue)
    fields = dict(made.fields) | ({"plan_venue": str(found[0])} if found else {})
    return ExampleBook(fields, _common() | dict(made.tables), made.as_of)


def _two_assets() -> ExampleBook:
    """0.1 BTC and 1.5 ETH, 40 % hedged at 5x: the wanted hedge is 2,400, the margin 480."""
    return ExampleBook(
        {"plan_ratio": 0.4, "plan_leverage": 5, "plan_capital": 1_000, "plan_as_of": ARTICLE_DAY},
        {
            "Holdings": (("BTC", 0.1), ("ETH", 1.5)),
            "Market": _market({"BTC": 30_000, "ETH": 2_000}, ARTICLE_DAY, ARTICLE, 0.0001, 30_450),
        },
    )


def _one_asset() -> ExampleBook:
    """0.5 BTC, 50 % hedged at 10x with 1,000 at hand: the margin is 750, and 250 stay."""
    return ExampleBook(
        {"plan_ratio": 0.5, "plan_leverage": 10, "plan_capital": 1_000, "plan_as_of": ARTICLE_DAY},
        {
            "Holdings": (("BTC", 0.5),),
            "Market": _market({"BTC": 30_000}, ARTICLE_DAY, ARTICLE, 0.0001, 30_450),
        },
    )


def _portfolio() -> ExampleBook:
    """Five assets at their real closes, with the real mean funding rate of that week."""
    header, *rows = _read("prices.csv")
    day = datetime.fromisoformat(rows[-1][0])
    closes = dict(zip(header[1:], map(float, rows[-1][1:]), strict=True))
    week_ago = float(rows[-1 - WEEK][1])
    rates = [float(rate) for _, _, rate in _read("funding.csv")[1:]]
    funding = math.fsum(rates) / len(rates)
    return ExampleBook(
        {"plan_ratio": 0.5, "plan_leverage": 3, "plan_capital": 15_000, "plan_as_of": serial(day)},
        {
            "Holdings": (("BTC", 0.35), ("ETH", 4), ("SOL", 60), ("ADA", 8_000), ("BNB", 12)),
            "Market": _market(closes, serial(day), PRICE_SOURCE, round(funding, 8)),
            "Journal": (_opened(serial(day) - WEEK, 0.3, week_ago, 3),),
        },
        as_of=day,
    )


def _opened(day: float, contracts: float, entry: float, leverage: float) -> tuple[InputValue | None, ...]:
    """A row of the Journal: a short in BTC at Binance, to be looked at after a fortnight."""
    row: Mapping[str, InputValue | None] = {
        "symbol": "BTC",
        "contracts": contracts,
        "entry": entry,
        "opened": day,
        "venue": "Binance",
        "kind": LINEAR,
        "contract_size": 1,
        "leverage": leverage,
        "stop": round(entry * STOP_ABOVE),
        "review": day + 2 * WEEK,
    }
    return _row(JOURNAL, row)


def _row(table: Table, values: Mapping[str, InputValue | None]) -> tuple[InputValue | None, ...]:
    """Values by name as the cells of a row that hold no formula, in their order."""
    return tuple(values.get(column.name) for column in table.columns if column.formula is None)


def _blank() -> ExampleBook:
    """An empty plan: the assets and venues are named, the rest is yours."""
    coins: list[Mapping[str, InputValue | None]] = [{"symbol": asset} for asset in ASSETS]
    coins += [{"symbol": coin, "pegged": "yes"} for coin in PEGGED]
    return ExampleBook({}, {"Market": tuple(_row(MARKET, row) for row in coins)})


def _market(
    prices: Mapping[str, float], day: float, source: str, funding: float, future: float | None = None
) -> Rows:
    """Rows of the Market table; funding rate and dated future are those of BTC."""
    expiry = None if future is None else day + FUTURE_DAYS
    carry: Mapping[str, InputValue | None] = {
        "funding_rate": funding,
        "funding_interval": 8,
        "future": future,
        "expiry": expiry,
    }
    rows: Iterator[Mapping[str, InputValue | None]] = (
        {"symbol": asset, "spot": price, "as_of": day, "source": source, **(carry if asset == "BTC" else {})}
        for asset, price in sorted(prices.items(), key=lambda priced: priced[0] != "BTC")
    )
    pegs: Iterator[Mapping[str, InputValue | None]] = ({"symbol": coin, "pegged": "yes"} for coin in PEGGED)
    return tuple(_row(MARKET, row) for row in (*rows, *pegs))


def _common() -> dict[str, Rows]:
    """What every new book holds: the venues' facts, the moves, the functions."""
    return {
        "Contracts": _contract_rows(),
        "VenueList": venue_rows(),
        "Costs": _cost_rows(),
        "Scenarios": MOVES,
        "Divergence": DIVERGING,
        "Leverage": LEVERAGES,
        "Betas": tuple((asset,) for asset in ASSETS),
        "Ways": WAYS,
        "Shorts": tuple((asset,) for asset in ASSETS),
        "Moved": tuple((asset,) for asset in ASSETS),
        "Crashes": _crash_rows(),
        "Prices": _day_rows("prices.csv"),
        "Backtest": tuple((step + 1,) for step in range(WALK.rows)),
        "FundingDays": _day_rows("funding_days.csv"),
        "Rolls": (("BTC",),),
        "Lags": tuple((lag,) for lag in range(LAGS.rows)),
        "Functions": _function_rows(),
        "Statuses": STATUS_ROWS,
        "Domains": _domain_rows(),
    }


def _domain_rows() -> Rows:
    """What each input of the Plan sheet takes, for the book to hold it against."""
    return tuple(
        (
            field.label,
            "yes" if field.required else "no",
            "|" + "|".join(field.choices) + "|" if field.choices else None,
            *field.bounds,
        )
        for field in PLAN_SETTINGS.fields
    )


def venue_rows() -> Rows:
    """Every venue of the venue table, once."""
    names = {venue_key(row.venue): row.venue for row in reversed(tables().contracts)}
    return tuple((name,) for name in reversed(names.values()))


def _contract_rows() -> Rows:
    return tuple(
        (
            contract.venue,
            contract.base,
            contract.kind,
            contract.symbol,
            contract.contract_size,
            contract.lot,
            contract.tick,
            contract.minimum_notional,
            contract.maker_fee,
            contract.taker_fee,
            contract.maximum_leverage,
            liquidation_rule(contract.venue, kind=contract.kind),
            contract.as_of,
            contract.price_multiplier,
            contract.source,
        )
        for contract in tables().contracts
    )


def _cost_rows() -> Rows:
    """Every venue with every kind of contract that it has for BTC."""
    return tuple(
        (contract.venue, contract.kind)
        for contract in tables().contracts
        if contract.symbol.startswith("BTC/")
    )


def _function_rows() -> Rows:
    return tuple(
        (
            spec.name,
            spec.category,
            ", ".join(parameter.signature for parameter in spec.parameters),
            spec.unit,
            spec.help,
            _call(spec),
        )
        for spec in REGISTRY.values()
    )


def _call(spec: Spec) -> str:
    """The registered example as a person would type it."""
    said = f"{spec.name}({', '.join(map(_shown, spec.example.cells))}) = {_shown(spec.example.result)}"
    return said if len(said) <= LONGEST else said[: LONGEST - 2] + " …"


def _shown(cell: object) -> str:
    if isinstance(cell, (list, tuple)):
        rows = [", ".join(map(_shown, row)) for row in cell]
        return "{" + "; ".join(rows) + "}"
    if isinstance(cell, float):
        return f"{cell:.10g}"
    return "" if cell is None else f'"{cell}"' if isinstance(cell, str) else str(cell)


def _crash_rows() -> Rows:
    """What each asset did in each known crash, on the day and to the low of the week."""
    days = dict.fromkeys(day for day, _ in episodes())
    return tuple(
        (float(day), span, *(stress_move(asset, day, span) for asset in ASSETS))
        for span in (DAY, CRASH_WEEK)
        for day in days
    )


def _day_rows(name: str) -> Rows:
    """A real history, of prices or of funding rates, one row per day."""
    return tuple(
        (serial(datetime.fromisoformat(day)), *map(float, figures)) for day, *figures in _read(name)[1:]
    )


@remembered(16)
def _read(name: str) -> list[list[str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))
