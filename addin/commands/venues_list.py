"""The venue table in the shell: as text for people, as JSON for programs."""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from udfs.dates import moment
from udfs.venues import FRESH_DAYS, Contract, tables
from workbook.printable import printable, printable_json

LISTED: Final = {  # what fits a terminal; the JSON has every fact
    "venue": "venue",
    "symbol": "symbol",
    "size": "contract_size",
    "lot": "lot",
    "tick": "tick",
    "min": "minimum_notional",
    "taker": "taker_fee",
    "most x": "maximum_leverage",
}


def contracts_as_text() -> str:
    """A line per contract with its age in days, in 80 columns; "-" is a fact that is not known."""
    rows: list[tuple[str, ...]] = [(*LISTED, "age")]
    rows += [
        (*(_shown(getattr(row, name)) for name in LISTED.values()), _age_text(row))
        for row in tables().contracts
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_line(row, widths) for row in rows)


def contracts_as_json() -> str:
    """A list of objects, one a contract, with every fact by its column; null is a fact not known."""
    rows = [row._asdict() | {"as_of": _date(row), "age_days": _age(row)} for row in tables().contracts]
    return printable_json(json.dumps(rows, indent=2, ensure_ascii=False, default=str))


def stale_contracts() -> Iterator[str]:
    """One sentence per venue whose facts are older than 30 days, or of unknown age."""
    venues: dict[str, list[Contract]] = {}
    for row in tables().contracts:
        age = _age(row)
        if age is None or age > FRESH_DAYS:
            venues.setdefault(row.venue, []).append(row)
    for venue, rows in venues.items():
        oldest = min((date for row in rows if (date := _date(row))), default=None)
        since = f"the oldest of {oldest}" if oldest else "without a date"
        yield (
            f"{venue}: {len(rows)} contracts with facts older than {FRESH_DAYS} days, {since}; "
            "`microhedge venues refresh` renews them"
        )


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _shown(fact: Any) -> str:
    if fact is None:
        return "-"
    return f"{fact:.15g}" if isinstance(fact, float) else printable(str(fact))


def _date(row: Contract) -> dt.date | None:
    return None if row.as_of is None else moment(row.as_of).date()


def _age(row: Contract) -> int | None:
    date = _date(row)
    return None if date is None else (dt.datetime.now(dt.UTC).date() - date).days


def _age_text(row: Contract) -> str:
    age = _age(row)
    return "-" if age is None else str(age)
