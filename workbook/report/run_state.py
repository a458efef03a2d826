"""What a run leaves for the next one to be compared with: prices, and each book's position and problem.

The state is one small JSON file. A file that can't be understood counts as no run before: a report
then shows no differences, and nothing else rests on it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from workbook.report.book_row import BookRow
from workbook.report.problems import PROBLEM_KINDS

FORM: Final = 1  # of the file; another form is not read


@dataclass(frozen=True, slots=True)
class RunState:
    """An earlier run: when it was, the prices it was given, and what it made of each book."""

    at: datetime
    prices: Mapping[str, float] = field(default_factory=dict)
    books: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def to_json(self) -> str:
        """The file's text."""
        said = {"form": FORM, "at": self.at.isoformat(), "prices": self.prices, "books": self.books}
        return json.dumps(said, separators=(",", ":"))


def state_from_json(text: bytes) -> RunState | None:
    """The state that a file holds; None if it is none."""
    try:
        said = json.loads(text)
        if said["form"] != FORM:
            return None
        prices = {str(name): float(price) for name, price in said["prices"].items()}
        books = {str(name): dict(book) for name, book in said["books"].items()}
        return RunState(datetime.fromisoformat(said["at"]), prices, books)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def state_of(at: datetime, prices: Mapping[str, float], rows: Iterable[BookRow]) -> RunState:
    """The state that this run leaves."""
    return RunState(at, prices, {row.outcome.path: _kept(row) for row in rows})


def compare(row: BookRow, before: RunState | None) -> None:
    """Set what a row was in the run before, and for how many runs it has had its problem."""
    was = before.books.get(row.outcome.path, {}) if before else {}
    row.before = was
    same = bool(row.kind) and was.get("kind") == row.kind
    runs = was.get("runs")
    row.runs = runs + 1 if same and isinstance(runs, int) else int(bool(row.kind))
    row.why = _why(row)


def _kept(row: BookRow) -> dict[str, Any]:
    kept: dict[str, Any] = {"status": row.outcome.status}
    if row.kind in PROBLEM_KINDS:
        kept |= {"kind": row.kind, "runs": row.runs}
    position = row.position
    if position is not None:
        kept |= {
            "state": position.state,
            "exposure": position.exposure,
            "open": position.open,
            "wanted": position.wanted,
            "hedged": sum(hedge.contracts or 0.0 for hedge in position.hedges),
            "held": {asset: list(pair) for asset, pair in position.holdings.items()},
        }
    return kept


def _why(row: BookRow) -> str:
    """Why the position is another than in the run before, as far as the book shows."""
    position, was = row.position, row.before
    if position is None or not was.get("state"):
        return ""
    quantities = {asset: pair[0] for asset, pair in position.holdings.items()}
    held = was.get("held")
    earlier = {asset: pair[0] for asset, pair in held.items()} if isinstance(held, dict) else quantities
    if row.kind == "liquidated":
        return "a hedge was liquidated"
    if quantities != earlier:
        changed = sorted(
            asset for asset in {*quantities, *earlier} if quantities.get(asset) != earlier.get(asset)
        )
        return f"holdings of {', '.join(changed)} changed in the book"
    if was.get("hedged") != sum(hedge.contracts or 0.0 for hedge in position.hedges):
        return "hedges changed in the Journal"
    return "prices" if was.get("exposure") != position.exposure else ""
