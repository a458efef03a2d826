"""What the head of the page says of the run itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from workbook.report.run_state import RunState


@dataclass(frozen=True, slots=True)
class RunFacts:
    """When, with which words and with which market a run was made; times in UTC."""

    at: datetime
    command: str = ""
    market: str = ""  # its name; empty if no market was given
    market_at: datetime | None = None  # when the file was last changed
    oldest_price: datetime | None = None
    prices: Mapping[str, float] = field(default_factory=dict)
    before: RunState | None = None
    version: str = ""


def shown_time(at: datetime) -> str:
    """A time as the page says it."""
    return f"{at:%a} {at.day} {at:%b %Y, %H:%M} UTC"
