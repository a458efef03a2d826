"""Reminders as a calendar file: one all-day event each, the same bytes for the same book."""

import datetime as dt
from os import PathLike
from pathlib import Path

from icalendar import Alarm, Calendar, Event

from addin.commands.printable import printable
from workbook.errors import BookError
from workbook.files.atomic_write import write_whole
from workbook.plan.reminders import Journal, Reminder
from workbook.plan.saved import opened

ALARM = dt.timedelta(hours=9)  # on the day, at nine


def calendar_of(path: str | PathLike[str]) -> tuple[bytes, list[str]]:
    """The calendar of a plan's open hedges, and sentences on dates that give no reminder."""
    with opened(path) as saved:
        if not saved.is_plan:
            raise BookError(f"{path}: is no plan of microhedge; `microhedge new BOOK` makes one")
        journal = Journal(saved)
        reminders = list(journal.reminders())
        unusable = [f"{path}: {sentence}" for sentence in journal.unusable()]
        if not reminders and not unusable:
            raise BookError(f"{path}: the Journal holds no open hedge with a date, so there is no reminder")
        calendar = Calendar()
        calendar.add("prodid", "-//microhedge//hedge reminders//EN")
        calendar.add("version", "2.0")
        for reminder in reminders:
            calendar.add_component(_event(reminder, journal.as_of))
        return calendar.to_ical(), unusable


def write_calendar(content: bytes, target: Path, *, force: bool) -> None:
    """Write the calendar into a file, whole or not at all; one that is there is refused unless forced."""
    if target.is_dir() or (target.exists() and not force):
        raise BookError(f"{target}: exists already; --force writes over it")
    if not target.parent.is_dir():
        raise BookError(f"{target}: there is no folder {target.parent}")
    write_whole(content, None, target)


def _event(reminder: Reminder, as_of: dt.datetime) -> Event:
    event = Event()
    event.add("uid", f"{reminder.identity}@microhedge")
    event.add("dtstamp", as_of.replace(tzinfo=dt.UTC, microsecond=0))
    event.add("dtstart", reminder.day)
    event.add("summary", printable(reminder.summary))
    event.add("description", "\n".join(map(printable, reminder.facts.splitlines())))
    event.add("transp", "TRANSPARENT")  # a reminder takes no time of the day
    if reminder.is_weekly:
        rule = {"freq": "weekly"} | ({"until": reminder.until} if reminder.until else {})
        event.add("rrule", rule)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", printable(reminder.summary))
    alarm.add("trigger", ALARM)
    event.add_component(alarm)
    return event
