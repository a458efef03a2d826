"""The venue's clock: times are taken from it, so that a wrong clock here spoils nothing."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from workbook.live.client import Client

TOLERANCE: Final = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Clock:
    """The present moment at a venue, and how far the clock here is from it."""

    now: dt.datetime  # UTC
    error: dt.timedelta = dt.timedelta()  # positive: the clock here is ahead

    def remark(self, venue: str) -> str | None:
        """A sentence if the clock here is off."""
        if abs(self.error) < TOLERANCE:
            return None
        way = "ahead of" if self.error > dt.timedelta() else "behind"
        return (
            f"the clock of this computer is {span(abs(self.error))} {way} that of {venue}; its time is used"
        )


def clock(client: Client) -> Clock:
    """What time it is at the venue."""
    now = utc_moment(client.ask("fetch_time"))
    return Clock(now, here() - now)


def here() -> dt.datetime:
    """What time it is by the clock of this computer."""
    return dt.datetime.now(dt.UTC)


def utc_moment(milliseconds: float) -> dt.datetime:
    """A venue's time stamp as a moment in UTC."""
    return dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC)


def span(length: dt.timedelta) -> str:
    """A length of time in its largest unit: 3 days, 2 hours, 5 minutes."""
    seconds = length.total_seconds()
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'s' if count != 1 else ''}"
    return "less than a minute"
