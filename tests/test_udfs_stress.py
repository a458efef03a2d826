"""Stress: every row of the table of crashes against the daily closes."""

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from support.goldens import Cells, holds

from udfs import stress_move
from udfs.dates import moment, serial
from udfs.stress import episodes

DAYS = "2021-05-19, 2022-06-13, 2022-11-08, 2024-08-05, 2025-10-10"
FTX = serial(dt.date(2022, 11, 8))


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("STRESS_MOVE", ("DOGE", FTX), 'asset: no crash of "DOGE" is known, only of BTC, ETH, SOL, ADA, BNB'),
        (
            "STRESS_MOVE",
            ("BTC", 43_902.5),
            f"episode: no crash is known on 2020-03-12, only on {DAYS}",
        ),
        ("STRESS_MOVE", ("BTC", 60), f"episode: no crash is known on 60, only on {DAYS}"),
        ("STRESS_MOVE", ("BTC", 61), f"episode: no crash is known on 1900-03-01, only on {DAYS}"),
        ("STRESS_MOVE", ("BTC", 9_999_999), f"episode: no crash is known on 9999999, only on {DAYS}"),
        ("STRESS_MOVE", ("BTC", FTX, "month"), 'span: must be one of "day", "week", got "month"'),
        ("STRESS_PNL", ([[1], [None]], [["BTC"], ["ETH"]], FTX), "exposures: is blank in row 2"),
        ("STRESS_PNL", ([[0]], [["BTC"]], FTX), 0),
    ],
)
def test_golden(name: str, cells: Cells, expected: Any) -> None:
    """Numbers and refusals by hand."""
    holds(name, cells, expected)


def test_an_asset_and_a_moment_are_found_however_they_are_written() -> None:
    """Btc and XBT are BTC; any time of that day is that day."""
    assert stress_move("xbt", FTX + 0.5) == stress_move("BTC", FTX)


def test_closes_are_those_of_the_history(shared: Path) -> None:
    """The close before, that of the day, and that at which BTC was lowest in the week."""
    with (shared / "data" / "prices_daily.csv").open(encoding="utf-8") as file:
        closes = {row["date"]: row for row in csv.DictReader(file)}
    assert len(episodes()) == 25
    for (day, asset), found in episodes().items():
        date = moment(day).date()
        week = [str(date + dt.timedelta(later)) for later in range(7)]
        low = min(week, key=lambda each: float(closes[each]["BTC"]))
        before = str(date - dt.timedelta(1))
        assert tuple(found) == tuple(float(closes[each][asset]) for each in (before, str(date), low))
