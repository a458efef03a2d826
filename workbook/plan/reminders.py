"""Reminders of the open hedges in a plan's Journal: review, roll, expiry, and a weekly look at funding."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from udfs.dates import moment
from workbook.cells import Value
from workbook.plan.saved import SavedPlan

HEDGES: Final = uuid.UUID("b0e7c7a2-2f0b-5c53-9d0e-6d6963726f68")  # the space of our reminders' identities
WEEK: Final = dt.timedelta(days=7)
USUAL_INTERVAL: Final = 8.0  # hours between two settlements where the Market sheet says nothing
DATES: Final = ("opened", "review", "expiry")


@dataclass(frozen=True)
class Reminder:
    """One reminder: its day, what to do, the facts, and an identity that outlives a changed date.

    A weekly one comes again every seven days up to `until`, or without end.
    """

    identity: str
    day: dt.date
    summary: str
    facts: str
    is_weekly: bool = False
    until: dt.date | None = None


class Journal:
    """The open hedges of a plan: rows with contracts that are not closed."""

    def __init__(self, saved: SavedPlan) -> None:
        self.saved = saved
        held = (row for row in saved.rows("Journal") if _number(row.get("contracts")))
        self.rows = [row for row in held if row.get("closed") in (None, "")]
        market = saved.rows("Market")
        self.intervals = {_word(row.get("symbol")): _number(row.get("funding_interval")) for row in market}

    @property
    def as_of(self) -> dt.datetime:
        """The latest day that the plan knows of: its own, of a price, of an opening."""
        known = [self.saved.value("plan_as_of"), *(row.get("as_of") for row in self.saved.rows("Market"))]
        known += [row.get("opened") for row in self.rows]
        return max((moment(value) for value in known if isinstance(value, float)), default=moment(0.0))

    def unusable(self) -> Iterator[str]:
        """Dates of open hedges that are no dates, each in a sentence."""
        for row in self.rows:
            for name in DATES:
                if not isinstance(row.get(name), float) and row.get(name) not in (None, ""):
                    yield f'Journal: {name} of {_title(row)} is "{row[name]}", which is no date: no reminder'

    def reminders(self) -> Iterator[Reminder]:
        """The reminders of every open hedge, in the order of the Journal."""
        seen: Counter[str] = Counter()
        days = _number(self.saved.value("roll_days"))
        for row in self.rows:
            who = " ".join(f"{row.get(name)}" for name in ("opened", "venue", "symbol", "kind"))
            seen[who] += 1
            yield from self._of(row, f"{who} {seen[who]}", dt.timedelta(days=days))

    def _of(self, row: Mapping[str, Value], who: str, before: dt.timedelta) -> Iterator[Reminder]:
        title, facts = _title(row), _facts(row)
        opened, review, expiry = (_day(row.get(name)) for name in DATES)
        if review:
            yield Reminder(_identity(who, "review"), review, f"Review the hedge: {title}", facts)
        if expiry:
            roll = f"Roll the hedge or close it: {title}, expires {expiry}"
            yield Reminder(_identity(who, "roll"), expiry - before, roll, facts)
            yield Reminder(_identity(who, "expiry"), expiry, f"The hedge expires: {title}", facts)
        elif opened and not (review and review < opened + WEEK):
            hours = self.intervals.get(_word(row.get("symbol"))) or USUAL_INTERVAL
            facts += f"\nFunding settles every {hours:g} hours, counted from 00:00 UTC."
            look = f"Look at the funding rate: {title}"
            yield Reminder(
                _identity(who, "funding"), opened + WEEK, look, facts, is_weekly=True, until=review
            )


def _title(row: Mapping[str, Value]) -> str:
    contracts = _number(row.get("contracts"))
    side = "short" if contracts > 0 else "long"
    return (
        f"{side} {abs(contracts):.15g} contracts of {row.get('symbol') or '?'} at {row.get('venue') or '?'}"
    )


def _facts(row: Mapping[str, Value]) -> str:
    words = (
        ("entry", "entry {:.15g}"),
        ("leverage", "leverage {:.15g}x"),
        ("stop", "stop {:.15g}"),
        ("ratio", "hedge ratio {:.2%}"),
    )
    known = [form.format(value) for name, form in words if isinstance(value := row.get(name), float)]
    opened = _day(row.get("opened"))
    return ", ".join([f"Opened {opened}" if opened else "Opening day unknown", *known]) + "."


def _identity(who: str, what: str) -> str:
    return str(uuid.uuid5(HEDGES, f"{what} {who}"))


def _number(value: Value) -> float:
    return value if isinstance(value, float) else 0.0


def _word(value: Value) -> str:
    return str(value or "").strip().lower()


def _day(value: Value) -> dt.date | None:
    return moment(value).date() if isinstance(value, float) else None
