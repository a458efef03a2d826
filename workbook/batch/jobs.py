"""What a run is to do: a job for each book that lies in its places, or why there is none."""

import dataclasses
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from workbook.batch import records
from workbook.batch.pools import BadRun
from workbook.files.storage import digest, find_store, lies_in
from workbook.files.store import SUFFIXES, Store
from workbook.request import Cause, Outcome, Place, Request
from workbook.version import own_version

ITSELF: Final = ""  # what is in the way of a book that was found before: itself

Adapt = Callable[[Request, bytes], Request]
"""What a request becomes for one book, by the book's bytes."""


@dataclasses.dataclass(frozen=True, slots=True)
class Job:
    """One book to do: names of places, so that it can be sent to any process that sees the storage."""

    name: str
    source: str
    target: str
    record: str | None
    request: Request
    asked: str

    @property
    def in_place(self) -> bool:
        """Whether the book is its own target."""
        return self.source == self.target


def find_jobs(
    places: Sequence[tuple[Store, str]],
    out: tuple[Store, str] | None,
    request: Request,
    passed_over: Counter[str],
) -> Iterator[Job | Outcome]:
    """A job for each book below the places, and an outcome for what can be none."""
    asked = fingerprint(request)
    for number, (store, path) in enumerate(places):
        if not store.is_folder(path) and (fault := store.fault(path)):
            cause: Cause = "strange" if store.exists(path) else "missing"
            yield Outcome(store.name(path), "refused", fault, cause)
        else:
            yield from _readable(store, path, _below(places[: number + 1], out, request, asked, passed_over))


def _readable(store: Store, path: str, found: Iterator[Job | Outcome | None]) -> Iterator[Job | Outcome]:
    """What was found below a path; one that can't be read, or holds no book, is an outcome of its own."""
    is_empty = True
    try:
        for one in found:
            is_empty = False
            if one is not None:
                yield one
    except OSError as error:
        yield Outcome(store.name(path), "failed", error.strerror or str(error), "system")
        return
    if is_empty:
        yield Outcome(store.name(path), "refused", f"holds no book ({', '.join(SUFFIXES)})", "empty")


def _below(
    places: Sequence[tuple[Store, str]],
    out: tuple[Store, str] | None,
    request: Request,
    asked: str,
    passed_over: Counter[str],
) -> Iterator[Job | Outcome | None]:
    """The books below the last of the places; None for one that an earlier place has led to."""
    *earlier, (store, path) = places
    root = path if store.is_folder(path) else None
    for below in store.books(path, passed_over) if root else (_name(path),):
        source = store.join(root, below) if root else path
        rival = _rival(earlier, below, url_of(store, source), is_moved=out is not None)
        if rival is None:
            yield _job(store, source, below, out, request, asked, root=root)
        elif rival == ITSELF:
            passed_over["books given twice"] += 1
            yield None
        else:
            reason = f"a book of this name also comes from {rival}, and both have one target"
            yield Outcome(store.name(source), "refused", reason, "rival")


def _rival(earlier: Sequence[tuple[Store, str]], below: str, source: str, *, is_moved: bool) -> str | None:
    """The earlier path that this book is in the way of; `ITSELF` if the same book was found below it."""
    if not is_moved:
        return ITSELF if any(lies_in(source, url_of(*place)) for place in earlier) else None
    for store, path in earlier:
        rival = store.join(path, below) if store.is_folder(path) else path
        if store.exists(rival) if rival != path else _name(path) == below:
            return ITSELF if lies_in(url_of(store, rival), source) else store.name(path)
    return None


def _job(
    store: Store,
    source: str,
    below: str,
    out: tuple[Store, str] | None,
    request: Request,
    asked: str,
    *,
    root: str | None,
) -> Job | Outcome:
    name = store.name(source)
    book = url_of(store, source)
    if out is None:
        if store.is_link(source):
            return Outcome(name, "refused", "is a link: give the book that it leads to", "strange")
        record = url_of(store, store.join(root, records.record_of(below))) if root else None
        return Job(name, book, book, record, request, asked)
    targets, folder = out
    target = url_of(targets, targets.join(folder, below))
    record = url_of(targets, targets.join(folder, records.record_of(below)))
    return Job(name, book, target, record, request, asked)


def adapted(job: Job, adapt: Adapt) -> Job:
    """The job with its book's own request; a book that can't be read keeps the common one and fails by it."""
    store, source = find_store(job.source)
    if store.fault(source):
        return job
    try:
        request = adapt(job.request, store.read(source))
    except OSError:
        return job
    return dataclasses.replace(job, request=request, asked=fingerprint(request))


def count_books(places: Sequence[Place]) -> int:
    """How many books lie below the places: a look that opens none of them."""
    ignored: Counter[str] = Counter()
    found = [find_store(place) for place in places]
    return sum(
        sum(1 for _ in store.books(path, ignored)) if store.is_folder(path) else 1 for store, path in found
    )


def fingerprint(request: Request) -> str:
    """What two runs must have in common for the second to pass over what the first one did.

    Without a fixed time TODAY and NOW follow the clock: such a request holds for the day it is made on.
    """
    asked = dataclasses.asdict(request)
    asked["as_of"] = str(request.as_of or datetime.now(UTC).date())
    asked["version"] = own_version() or "not installed"
    return digest(json.dumps(asked, sort_keys=True, default=str).encode())


def refuse_overlap(places: Sequence[tuple[Store, str]], out: tuple[Store, str]) -> None:
    """No run reads what it writes."""
    store, folder = out
    if store.exists(folder) and not store.is_folder(folder):
        raise BadRun(f"{store.name(folder)}: is a file, and the output must be a folder")
    for other, path in places:
        source, target = url_of(other, path), url_of(store, folder)
        if other.is_folder(path):
            if lies_in(target, source) and not _is_hidden(target, source):
                raise BadRun(f"{store.name(folder)}: the output would lie in a folder that is read")
        elif lies_in(source, target) and _name(source) == source[len(target) :].strip("/" + os.sep):
            raise BadRun(f"{store.name(folder)}: the output would be written over {other.name(path)}")


def _is_hidden(target: str, source: str) -> bool:
    """Whether a folder lies in a hidden one below the source: those are never read."""
    below = os.path.relpath(target, source) if "://" not in target else target[len(source) :]
    return any(
        part.startswith(".") for part in below.replace(os.sep, "/").split("/") if part not in {".", ".."}
    )


def _name(path: str) -> str:
    return path.replace(os.sep, "/").rpartition("/")[2]


def url_of(store: Store, path: str) -> str:
    """A place as any process finds it: a path here, or a URL."""
    return path if store.is_local else store.name(path)
