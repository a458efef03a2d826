"""Answers kept on disk, with their age: a second run within a minute asks nobody.

An answer that can't be had again is better old and marked than missing.
"""

import datetime as dt
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

from workbook.live.clock import here
from workbook.live.files import write_text
from workbook.live.funding import Funding
from workbook.live.quotes import Quote, Want

FORM: Final = 2  # of the file; another form is not read
MOMENTS: Final = ("as_of", "expiry", "last_at", "next_at")


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer of an earlier time."""

    quote: Quote
    age: dt.timedelta


class Cache:
    """One small file an asset and venue; a file that is not understood counts as none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, want: Want) -> Kept | None:
        """What was kept, if anything; its age is by the clock here, like the moment it was kept at."""
        with suppress(OSError, ValueError, TypeError, KeyError):
            data = json.loads(self._path(want).read_text(encoding="utf-8"))
            if data["form"] == FORM:
                age = here() - dt.datetime.fromisoformat(data["kept"])
                if age >= dt.timedelta():  # a clock put back makes every age wrong
                    return Kept(_quote(want, data["quote"]), age)
        return None

    def put(self, quote: Quote) -> None:
        """Keep an answer; a disk that is full or read-only is no reason to fail."""
        data = {"form": FORM, "kept": here().isoformat(), "quote": asdict(quote)}
        with suppress(OSError):
            write_text(self._path(quote.want), json.dumps(data, default=str, indent=1))

    def _path(self, want: Want) -> Path:
        name = f"{want.venue}-{want.kind}-{want.symbol}-{want.horizon:g}"
        return self.folder / (re.sub(r"[^\w.-]", "_", name).lower() + ".json")


def _quote(want: Want, data: Mapping[str, Any]) -> Quote:
    plain = {name: _value(name, data[name]) for name in _names(Quote) - {"want", "funding"}}
    carry = {name: _value(name, data["funding"][name]) for name in _names(Funding)}
    return Quote(want=want, funding=Funding(**carry), **plain)


def _names(record: type[Quote | Funding]) -> set[str]:
    return {field.name for field in fields(record)}


def _value(name: str, value: Any) -> Any:
    if isinstance(value, str) and name in MOMENTS:
        return dt.datetime.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value
