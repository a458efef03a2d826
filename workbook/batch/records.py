"""What a run remembers of each book that it wrote, so that the next run does only what is left.

Beside the books, in `.microhedge/`, lies one small record a book: of what it was made, for which
request, and what it became. It is claimed before the book is written and completed afterwards, so
that a target met without a record, or changed since its record, is known to be somebody else's.
"""

import json
from dataclasses import asdict, dataclass, field
from typing import Final

from workbook.files.atomic_write import fitted
from workbook.files.storage import digest
from workbook.files.store import Store
from workbook.request import Outcome

FOLDER: Final = ".microhedge"
ENDING: Final = ".json"


@dataclass(frozen=True, slots=True)
class Entry:
    """One record: `source` and `target` are stamps, `content` the target's digest; a claim has none."""

    request: str = ""
    source: str = ""
    target: str = ""
    content: str = ""
    outcome: Outcome = field(default_factory=Outcome)

    def is_of(self, request: str, source: str) -> bool:
        """The record is of this request, made of this saving of the book."""
        return (self.request, self.source) == (request, source)


CLAIM: Final = Entry()
UNREADABLE: Final = Entry(request="unreadable")  # nothing is known of what the record was of


def record_of(below: str) -> str:
    """Where the record of a book lies, below the folder that the book's own path is below."""
    folder, slash, name = below.rpartition("/")
    return f"{FOLDER}/{folder}{slash}{fitted(name, len(ENDING))}{ENDING}"


def read_entry(store: Store, record: str) -> Entry | None:
    """The record, or None; one that is damaged, or no file, is no permission to write anything."""
    if not store.exists(record):
        return None
    if store.fault(record) or store.is_link(record):
        return UNREADABLE
    try:
        row = json.loads(store.read(record))
        return Entry(**{**row, "outcome": Outcome.from_row(row["outcome"])})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return UNREADABLE


def write_entry(store: Store, record: str, entry: Entry | None) -> None:
    """Keep a record, or take it away."""
    if entry is None:
        store.remove(record)
    else:
        row = {**asdict(entry), "outcome": entry.outcome.as_row()}
        store.write(record, json.dumps(row).encode())


def is_untouched(store: Store, entry: Entry, target: str) -> bool:
    """Whether the target is as the record left it; one that was only copied or moved is."""
    stamp = store.stamp(target)
    return stamp is not None and (entry.target == stamp or entry.content == digest(store.read(target)))


def completed(store: Store, request: str, source: str, target: str, outcome: Outcome) -> Entry:
    """The record of a book that was just written."""
    content = digest(store.read(target))
    return Entry(request, source, store.stamp(target) or "", content, outcome)
