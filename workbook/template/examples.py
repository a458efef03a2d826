"""What a new book holds: the source article's two examples, real figures of five assets, or nothing."""

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

from udfs.conventions import LINEAR
from udfs.dates import serial
from udfs.registry import REGISTRY, Spec
from udfs.venues import liquidation_rule, tables, venue_key
from workbook.errors import BookError
from workbook.layout.market import MARKET
from workbook.layout.schema import Value

DATA: Final = Path(__file__).parents[1] / "data"
Rows = tuple[tuple[Value | None, ...], ...]

ASSETS: Final = ("BTC", "ETH", "SOL", "ADA", "BNB")
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
WAYS: Final = (("One short for all",), ("A short in each asset",))


@dataclass(frozen=True)
class Example:
    """The inputs of a new book: named cells, and rows of the tables' input columns."""

    fields: Mapping[str, Value | None] = field(default_factory=dict)
    tables: Mapping[str, Rows] = field(default_factory=dict)
    as_of: datetime = datetime(2026, 1, 1)


def example(name: str, venue: str | None = None) -> Example:
    """An example by its name, at a venue if one is given."""
    makers = {"two-asset": _two_assets, "btc": _one_asset, "portfolio": _portfolio, "blank": _blank}
    if name not in makers:
        raise BookError(f"example: must be one of {', '.join(makers)}, got {name}", "example", name)
    made = makers[name]()
    names = [row[0] for row in venue_rows()]
    found = [known for known in names if venue is not None and venue_key(str(known)) == venue_key(venue)]
    if venue is not None and not found:
        raise BookError(f"venue: must be one of {', '.join(map(str, names))}, got {venue}", "venue", venue)
    fields = dict(made.fields) | ({"plan_venue": str(found[0])} if found else {})
    return Example(fields, _common() | dict(made.tables), made.as_of)


def _two_assets() -> Example:
    """0.1 BTC and 1.5 ETH, 40 % hedged at 5x: the wanted hedge is 2,400, the margin 480."""
    return Example(
        {"plan_ratio": 0.4, "plan_leverage": 5, "plan_capital": 1_000, "plan_as_of": ARTICLE_DAY},
        {
            "Holdings": (("BTC", 0.1), ("ETH", 1.5)),
            "Market": _market({"BTC": 30_000, "ETH": 2_000}, ARTICLE_DAY, ARTICLE, 0.0001, 30_450),
            "Journal": (_opened(ARTICLE_DAY, 0.08, 30_000, 5, 6_000, 0.4),),
        },
    )


def _one_asset() -> Example:
    """0.5 BTC, 50 % hedged at 10x with 1,000 at hand: the margin is 750, and 250 stay."""
    return Example(
        {"plan_ratio": 0.5, "plan_leverage": 10, "plan_capital": 1_000, "plan_as_of": ARTICLE_DAY},
        {
            "Holdings": (("BTC", 0.5),),
            "Market": _market({"BTC": 30_000}, ARTICLE_DAY, ARTICLE, 0.0001, 30_450),
            "Journal": (_opened(ARTICLE_DAY, 0.25, 30_000, 10, 15_000, 0.5),),
        },
    )


def _portfolio() -> Example:
    """Five assets at their real closes, with the real mean funding rate of that week."""
    header, *rows = _read("prices.csv")
    day = datetime.fromisoformat(rows[-1][0])
    closes = dict(zip(header[1:], map(float, rows[-1][1:]), strict=True))
    week_ago = float(rows[-1 - WEEK][1])
    rates = [float(rate) for _, _, rate in _read("funding.csv")[1:]]
    funding = math.fsum(rates) / len(rates)
    return Example(
        {"plan_ratio": 0.5, "plan_leverage": 3, "plan_capital": 15_000, "plan_as_of": serial(day)},
        {
            "Holdings": (("BTC", 0.35), ("ETH", 4), ("SOL", 60), ("ADA", 8_000), ("BNB", 12)),
            "Market": _market(closes, serial(day), PRICE_SOURCE, round(funding, 8)),
            "Journal": (_opened(serial(day) - WEEK, 0.3, week_ago, 3, 45_000, 0.5),),
        },
        as_of=day,
    )


def _opened(
    day: float, contracts: float, entry: float, leverage: float, exposure: float, ratio: float
) -> tuple[Value | None, ...]:
    """A row of the Journal: a short in BTC at Binance, to be looked at after a fortnight."""
    size, stop, expiry = 1, round(entry * STOP_ABOVE), None
    opened = (day, "Binance", "BTC", LINEAR, contracts, size, entry, leverage, stop)
    return (*opened, day + 2 * WEEK, expiry, exposure, ratio)


def _blank() -> Example:
    """An empty plan: the assets and venues are named, the rest is yours."""
    return Example({}, {"Market": tuple((asset,) for asset in ASSETS)})


def _market(
    prices: Mapping[str, float], day: float, source: str, funding: float, future: float | None = None
) -> Rows:
    """Rows of the Market table; funding rate and dated future are those of BTC."""
    expiry = None if future is None else day + FUTURE_DAYS
    carry = {"funding_rate": funding, "funding_interval": 8, "future": future, "expiry": expiry}
    rows = (
        {"symbol": asset, "spot": price, "as_of": day, "source": source, **(carry if asset == "BTC" else {})}
        for asset, price in sorted(prices.items(), key=lambda priced: priced[0] != "BTC")
    )
    columns = [column.name for column in MARKET.columns if column.is_input]
    return tuple(tuple(row.get(name) for name in columns) for row in rows)


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
        "Prices": _price_rows(),
        "Rolls": (("BTC",),),
        "Functions": _function_rows(),
    }


def venue_rows() -> Rows:
    """Every venue of the venue table, once."""
    names = {venue_key(row.venue): row.venue for row in reversed(tables().contracts)}
    return tuple((name,) for name in reversed(names.values()))


def _contract_rows() -> Rows:
    return tuple(
        (
            contract.venue,
            contract.symbol.partition("/")[0],
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


def _price_rows() -> Rows:
    """The real price history, a row a day."""
    return tuple(
        (serial(datetime.fromisoformat(day)), *map(float, prices)) for day, *prices in _read("prices.csv")[1:]
    )


@cache
def _read(name: str) -> list[list[str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))
