"""Live facts in the shell: results as text or JSON, and a sentence for whatever could not be had."""

import datetime as dt
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from addin.commands.printable import printable, say
from udfs.venue_files import user_folder
from udfs.venues import tables
from workbook.live.client import Connection
from workbook.live.clock import here
from workbook.live.venues import FactChange, changed_facts, kept_rows, refresh, write
from workbook.printable import printable_json


def progress(step: str) -> None:
    """What is going on, on a terminal; nothing in a pipe."""
    if sys.stderr.isatty():
        say(step)


def refresh_venues(venues: Sequence[str], symbols: Sequence[str], form: str) -> tuple[str, bool]:
    """Refresh the user's venue table: what changed, and whether every contract could be had."""
    folder = user_folder()
    folder.mkdir(parents=True, exist_ok=True)
    known, today = tables(), here().date()
    found = refresh(known, Connection.from_environment(), venues, symbols, progress)
    changed = changed_facts(known, found)
    write(folder, found)
    for remark in found.remarks:
        say(remark)
    missed = found.missed
    for sentence in kept_rows(known, missed, today):
        say(sentence)
    say(f"{len(found.contracts)} contracts refreshed, {len(missed)} kept as they were, in {folder}")
    if form == "json":
        return (
            _json(
                {
                    "refreshed": [{"venue": row.venue, "symbol": row.symbol} for row in found.contracts],
                    "changes": [asdict(change) for change in changed],
                    "kept": [
                        {"venue": miss.venue, "symbol": miss.symbol, "reason": str(miss.reason)}
                        for miss in missed
                    ],
                    "folder": str(folder),
                }
            ),
            not missed,
        )
    return _table(changed), not missed


def _json(said: Mapping[str, object]) -> str:
    return printable_json(json.dumps(said, indent=2, ensure_ascii=False))


def _table(changed: Sequence[FactChange]) -> str:
    if not changed:
        return "nothing changed"
    rows = [["venue", "symbol", "fact", "was", "is"]]
    rows += [[row.venue, row.symbol, row.fact, fact_text(row.old), fact_text(row.new)] for row in changed]
    return aligned_text(rows)


def aligned_text(rows: Sequence[Sequence[str]]) -> str:
    """Rows as columns of text."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def fact_text(fact: object) -> str:
    """A fact as a person reads it; "-" is not known."""
    if fact is None:
        return "-"
    if isinstance(fact, dt.datetime):
        return f"{fact:%Y-%m-%d %H:%M}"
    return f"{fact:.15g}" if isinstance(fact, float) else printable(str(fact))
