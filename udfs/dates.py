"""Excel's serial numbers: days since 1899-12-30, in UTC."""

import datetime as dt
from typing import Final

EXCEL_EPOCH: Final = dt.datetime(1899, 12, 30)  # day 0 of Excel's 1900 date system
FIRST_SURE_DAY: Final = 61.0  # 1900-03-01; before it Excel has a 29th of February that never was
LAST_DAY: Final = 2_958_465.0  # 9999-12-31, of Excel's calendar and of Python's


def serial(moment: dt.date) -> float:
    """A date or date-time as Excel's serial number, in the 1900 date system; with a zone, in UTC."""
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime(moment.year, moment.month, moment.day)
    ahead = moment.utcoffset() or dt.timedelta()
    return (moment.replace(tzinfo=None) - EXCEL_EPOCH - ahead) / dt.timedelta(days=1)


def moment(number: float) -> dt.datetime:
    """The date-time of a serial number; of one outside the calendar, the first or the last day's."""
    return EXCEL_EPOCH + dt.timedelta(days=min(max(0.0, number), LAST_DAY))


def date_text(number: float) -> str:
    """The date of a serial number as a sentence says it, in UTC, with its time where it is not midnight.

    What is no day of the calendar stays a number, and so does one below 61: Excel counts a day more there.
    """
    if not FIRST_SURE_DAY <= number <= LAST_DAY:
        return f"{number:.15g}"
    near = moment(number) + dt.timedelta(seconds=30)  # the minute is rounded
    return near.isoformat(sep=" ", timespec="minutes").removesuffix(" 00:00")
