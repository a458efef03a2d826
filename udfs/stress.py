"""Stress: what real crashes did to the closes of five assets; no crash and no asset is invented."""

import csv
import datetime as dt
import io
import math
import pkgutil
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Final, NamedTuple

from udfs.conventions import Arg
from udfs.dates import date_text, serial
from udfs.errors import NotAvailable
from udfs.native import unwritten
from udfs.registry import udf
from udfs.rows import full_rows
from udfs.symbols import spelling

FILE: Final = "episodes.csv"
DAY: Final = "day"
WEEK: Final = "week"
SOURCE: Final = "udfs/episodes.csv: closes of Binance spot, 23:59:59 UTC"
READS: Final = unwritten("it reads the table of episodes")

Asset = Annotated[str, Arg("text", "Asset, as in BTC.")]
Episode = Annotated[
    float,
    Arg("date", "Day of the crash, as a date: 2022-11-08 and the others of the reference.", at_least=0),
]
Span = Annotated[
    str,
    Arg(
        "text",
        "day: that close over the one before; week: the close at which BTC was lowest within 7 days.",
        choices=(DAY, WEEK),
    ),
]
StressedExposures = Annotated[
    Sequence[float | None], Arg("quote", "Values of the holdings; a hedge is minus its notional.")
]
StressedAssets = Annotated[Sequence[str | None], Arg("text", "Asset of each exposure, as in BTC.")]


class Closes(NamedTuple):
    """Closes of one asset around a crash: the day before, that day, and at the low of BTC."""

    before: float
    close: float
    low: float


@cache
def episodes() -> Mapping[tuple[int, str], Closes]:
    """The closes of each episode, by its day as a serial number and its asset."""
    text = (pkgutil.get_data("udfs", FILE) or b"").decode("utf-8")
    return {
        (int(serial(dt.date.fromisoformat(row["episode"]))), row["asset"]): Closes(
            float(row["before"]), float(row["close"]), float(row["low"])
        )
        for row in csv.DictReader(io.StringIO(text))
    }


@udf(
    "Risk",
    unit="decimal",
    example=(("SOL", 44_873, "week"), -0.5246455097906819),
    source=SOURCE,
    native=READS,
)
def stress_move(asset: Asset, episode: Episode, span: Span = DAY) -> float:
    """Move of an asset in a real crash, by its day.

    The days are 2021-05-19, 2022-06-13, 2022-11-08, 2024-08-05 and 2025-10-10. "day" is that close over
    the one before. "week" is the close, among that day and the six after, at which BTC was lowest, over
    the close before: one date for all assets, so that their moves can be added. Closes hide the low of
    the day, which can lie far below, and it is prints that liquidate. #N/A for another day or asset: BTC,
    ETH, SOL, ADA and BNB are known.
    """
    known, day = episodes(), math.floor(episode)
    name = spelling(asset)
    if name not in {each for _, each in known}:
        assets = ", ".join(dict.fromkeys(each for _, each in known))
        raise NotAvailable(f'asset: no crash of "{asset}" is known, only of {assets}', "asset", asset)
    if (day, name) not in known:
        days = ", ".join(map(date_text, sorted({each for each, _ in known})))
        raise NotAvailable(
            f"episode: no crash is known on {date_text(day)}, only on {days}", "episode", episode
        )
    closes = known[day, name]
    reached = closes.close if span == DAY else closes.low
    return (reached - closes.before) / closes.before


@udf(
    "Risk",
    unit="quote",
    example=(([[3_000], [3_000], [-2_400]], [["BTC"], ["ETH"], ["BTC"]], 44_335), -918.3665524616547),
    source=SOURCE,
    native=READS,
)
def stress_pnl(
    exposures: StressedExposures, assets: StressedAssets, episode: Episode, span: Span = DAY
) -> float:
    """Gain (positive) or loss of a portfolio in a real crash: the sum of exposure x STRESS_MOVE.

    A hedge goes in as minus its notional, beside its asset. An empty row is passed over, one with a gap
    refused. What STRESS_MOVE says of closes holds here too.
    """
    rows = full_rows({"exposures": exposures, "assets": assets})
    return math.fsum(exposure * stress_move(asset, episode, span) for exposure, asset in rows)
