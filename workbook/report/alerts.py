"""What a watched desk is told: which states of a book begin and end between two looks."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from workbook.report.book_row import BookRow
from workbook.report.figures import part
from workbook.report.problems import problems_of

OUTSIDE: Final = "outside its band"
FORM: Final = 1  # of the state's file; another form is not read

States = Mapping[str, Mapping[str, str]]
"""Book to the states that hold, each with its sentence."""


@dataclass(frozen=True, slots=True)
class Event:
    """A state of a book that begins or ends."""

    at: str
    book: str
    state: str
    change: str  # begins or ends
    sentence: str
    remedy: str

    def to_json(self) -> str:
        """The event on one line, in ASCII."""
        return json.dumps(asdict(self))


def states_of(row: BookRow) -> Iterator[tuple[str, str, str]]:
    """Every state of a book that somebody wants to know of: its name, a sentence and what to do."""
    yield from problems_of(row)
    position = row.position
    if position is not None and position.gap is not None and abs(position.gap) > position.band:
        said = f"Open {part(position.open or 0)}, wanted {part(position.wanted or 0)}: beyond its band."
        yield OUTSIDE, said, "The sheet Plan has the order."


def events_of(
    at: datetime, rows: Iterable[BookRow], before: States
) -> tuple[list[Event], dict[str, dict[str, str]]]:
    """What begins and ends since the look before, and the states that hold now."""
    time = at.isoformat(timespec="seconds")
    events: list[Event] = []
    now: dict[str, dict[str, str]] = {}
    for row in rows:
        book, was = row.outcome.path, before.get(row.outcome.path, {})
        held: dict[str, str] = {}
        for state, sentence, remedy in states_of(row):
            if state not in held and state not in was:
                events.append(Event(time, book, state, "begins", sentence, remedy))
            held.setdefault(state, sentence)
        if row.is_alive:
            events += [Event(time, book, state, "ends", was[state], "") for state in was if state not in held]
        else:  # of a book that was not recalculated nothing is known, so nothing has ended
            held |= {state: said for state, said in was.items() if state not in held}
        now[book] = held
    return events, now


def untold(held: dict[str, dict[str, str]], event: Event) -> None:
    """Take an event back that could not be told: the next look tells it again."""
    states = held[event.book]
    if event.change == "begins":
        del states[event.state]
    else:
        states[event.state] = event.sentence


def states_to_json(states: States) -> str:
    """The file's text."""
    return json.dumps({"form": FORM, "books": states})


def states_from_json(text: bytes) -> States | None:
    """The states that a file holds; None if it is none."""
    try:
        said = json.loads(text)
        if said["form"] != FORM:
            return None
        return {
            str(book): {str(state): str(sentence) for state, sentence in states.items()}
            for book, states in said["books"].items()
        }
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
