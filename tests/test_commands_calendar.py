"""Reminders of the Journal as a calendar that every program reads, the same for the same book."""

import datetime as dt
from pathlib import Path
from typing import Any

import icalendar
import pytest
from support.plan_books import Edit, cell, edited, example, put, row_cell, written

from addin.commands.calendar import calendar_of, write_calendar
from workbook.errors import BookError


def journal(*rows: dict[str, Any], **fields: Any) -> Edit:
    """A change that fills in the Journal and some named cells."""

    def change(book: Any) -> None:
        for row in range(1, 6):
            put(row_cell("Journal", "contracts", row), None)(book)
        for number, hedge in enumerate(rows, 1):
            for column, value in hedge.items():
                put(row_cell("Journal", column, number), value)(book)
        for name, value in fields.items():
            put(cell(name), value)(book)

    return change


PERPETUAL = {
    "opened": dt.datetime(2026, 1, 1),
    "venue": "Binance",
    "symbol": "BTC",
    "contracts": 0.08,
    "entry": 30_000,
    "leverage": 5,
    "review": dt.datetime(2026, 1, 20),
    "expiry": None,
}
FUTURE = PERPETUAL | {"contracts": -2, "review": None, "expiry": dt.datetime(2026, 3, 27)}


def events(folder: Path, edit: Edit) -> dict[str, Any]:
    """The events of a plan's calendar by their summary, as a calendar program reads them."""
    content, unusable = calendar_of(written(folder, edited(edit)))
    assert unusable == []
    calendar = icalendar.Calendar.from_ical(content)
    return {str(event["summary"]): event for event in calendar.walk("VEVENT")}


def test_perpetual_is_reviewed_and_its_funding_watched(tmp_path: Path) -> None:
    """An open perpetual gives a day of review, and a weekly look at its funding until then."""
    found = events(tmp_path, journal(PERPETUAL))
    review = found["Review the hedge: short 0.08 contracts of BTC at Binance"]
    assert review["dtstart"].dt == dt.date(2026, 1, 20)
    funding = found["Look at the funding rate: short 0.08 contracts of BTC at Binance"]
    assert funding["dtstart"].dt == dt.date(2026, 1, 8)
    assert funding["rrule"] == {"FREQ": ["WEEKLY"], "UNTIL": [dt.date(2026, 1, 20)]}
    assert "every 8 hours" in funding["description"]
    assert len(found) == 2


def test_future_is_rolled_and_expires(tmp_path: Path) -> None:
    """A dated future gives a day to roll, as many days ahead as the Roll sheet says, and its expiry."""
    found = events(tmp_path, journal(FUTURE, roll_days=10))
    days = {summary.split(":")[0]: event["dtstart"].dt for summary, event in found.items()}
    assert days == {
        "Roll the hedge or close it": dt.date(2026, 3, 17),
        "The hedge expires": dt.date(2026, 3, 27),
    }
    assert all("long 2 contracts" in summary for summary in found)


def test_events_are_complete(tmp_path: Path) -> None:
    """Each event has an identity of its own, a stamp from the book, and an alarm."""
    found = events(tmp_path, journal(PERPETUAL, PERPETUAL | {"contracts": 0.1}, FUTURE)).values()
    assert len({event["uid"] for event in found}) == len(found) == 6
    assert {event["dtstamp"].dt for event in found} == {dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}
    assert all(len(event.walk("VALARM")) == 1 for event in found)


def test_same_book_gives_the_same_bytes(tmp_path: Path) -> None:
    """A calendar depends on the book alone, not on the day or the process."""
    path = written(tmp_path, example("portfolio"))
    assert calendar_of(path) == calendar_of(path)


def test_identity_outlives_a_changed_date(tmp_path: Path) -> None:
    """A review put off is the same event on another day, so that a calendar moves it."""
    first = events(tmp_path, journal(PERPETUAL))
    later = events(tmp_path, journal(PERPETUAL | {"review": dt.datetime(2026, 2, 20), "contracts": 0.08}))
    title = "Review the hedge: short 0.08 contracts of BTC at Binance"
    assert first[title]["uid"] == later[title]["uid"]
    assert later[title]["dtstart"].dt == dt.date(2026, 2, 20)


def test_review_within_the_week_needs_no_look_at_funding(tmp_path: Path) -> None:
    """A weekly reminder that would begin after the review is none."""
    assert len(events(tmp_path, journal(PERPETUAL | {"review": dt.datetime(2026, 1, 5)}))) == 1


def test_date_as_text_is_said(tmp_path: Path) -> None:
    """A date that is text gives no reminder, and a sentence; the other reminders come all the same."""
    path = written(tmp_path, edited(journal(PERPETUAL | {"review": "20.1.2026"})))
    content, unusable = calendar_of(path)
    assert len(unusable) == 1
    assert '"20.1.2026", which is no date' in unusable[0]
    assert b"Look at the funding rate" in content


def test_far_date_is_no_crash(tmp_path: Path) -> None:
    """A number beyond every calendar gives a reminder on the last day there is."""
    found = events(tmp_path, journal(PERPETUAL | {"review": 1e300}))
    assert any(event["dtstart"].dt.year == 9999 for event in found.values())


def test_plan_without_hedges_is_refused(tmp_path: Path) -> None:
    """Where nothing is open there is no calendar, and the sentence says why."""
    with pytest.raises(BookError, match="no open hedge"):
        calendar_of(written(tmp_path, example("blank")))


def test_target_that_exists_is_kept(tmp_path: Path) -> None:
    """A calendar file that is there is written over only by force."""
    target = tmp_path / "hedges.ics"
    target.write_bytes(b"mine")
    with pytest.raises(BookError, match="exists already"):
        write_calendar(b"new", target, force=False)
    assert target.read_bytes() == b"mine"
    write_calendar(b"new", target, force=True)
    assert target.read_bytes() == b"new"


def test_closed_hedge_needs_no_reminder(tmp_path: Path) -> None:
    """What was closed is reviewed, rolled and paid for no more."""
    closed = FUTURE | {"closed": dt.datetime(2026, 2, 1), "exit_price": 29_000}
    found = events(tmp_path, journal(PERPETUAL, closed))
    assert {"BTC" in summary and "short 0.08" in summary for summary in found} == {True}
