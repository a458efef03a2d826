"""The golden rows of an independent computation, and how near an answer has to come."""

import csv
import json
from typing import Any, NamedTuple

from conftest import ROOT

from udfs import REGISTRY

GOLDEN = ROOT / "tests" / "golden" / "functions-2.csv"


class Row(NamedTuple):
    """One call, what it must answer, how exactly, and who says so."""

    function: str
    cells: list[Any]
    expected: Any
    tolerance: float
    source: str


def rows() -> list[Row]:
    """The golden rows of the functions that there are."""
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        return [
            Row(
                row["function"],
                json.loads(row["args_json"]),
                json.loads(row["expected_json"]),
                float(row["tolerance"]),
                row["source"],
            )
            for row in csv.DictReader(file)
        ]


ROWS = [row for row in rows() if row.function in REGISTRY]


def is_close(got: Any, expected: Any, tolerance: float) -> bool:
    """Within the tolerance, cell by cell; texts are equal."""
    if isinstance(expected, list):
        return len(got) == len(expected) and all(
            is_close(mine, theirs, tolerance) for mine, theirs in zip(got, expected, strict=True)
        )
    if isinstance(expected, str) or isinstance(got, str):
        return bool((got or "") == (expected or ""))
    return bool(abs((got or 0.0) - expected) <= tolerance * max(abs(expected), 1e-6))
