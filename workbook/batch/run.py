"""Recalculating many books: found one by one, computed in processes of their own, told as they end.

Nothing here grows with the number of books: a bounded number is on its way at any time, and an
outcome is forgotten once it was handed on. Each book is a task of its own, the same task in the
process pool of one machine and on a Dask cluster.
"""

import contextlib
import dataclasses
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from datetime import UTC, datetime
from typing import Any, Final, cast

from udfs.errors import HedgeError
from udfs.venue_files import beside
from udfs.venues import stamps
from workbook.batch import records
from workbook.batch.pools import BadRun, alone, cluster, own_worker, pool
from workbook.errors import BookError
from workbook.files.storage import digest, find_store, lies_in
from workbook.files.store import SUFFIXES, Store
from workbook.files.worker import WorkerLost
from workbook.request import Cause, Outcome, Place, Request
from workbook.version import own_version

TIMEOUT: Final = 300.0  # seconds for one book; the largest met take a few
EARLIER: Final = "done by an earlier run"

Compute = Callable[..., Any]
"""Calls a function with arguments, in this process or in another."""

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


def recalc_paths(
    paths: Sequence[Place],
    *,
    out: Place | None = None,
    in_place: bool = False,
    request: Request | None = None,
    adapt: Adapt | None = None,
    jobs: int | None = None,
    timeout: float | None = TIMEOUT,
    scheduler: str | None = None,
    passed_over: Counter[str] | None = None,
) -> Generator[Outcome]:
    """Recalculate books and folders of books; one outcome per book, in the order in which they end.

    Exactly one of `out`, a folder that mirrors what lies below each path, and `in_place` is given.
    `adapt` makes a book's own request. `passed_over` counts, by kind, what lay in the folders and is no book.
    """
    if (out is None) == (not in_place):
        raise BadRun("say where the results go: either an output folder or in place")
    places = [find_store(place) for place in paths]
    target = None if out is None else find_store(out)
    if request and request.market:
        from workbook.recalc.feed import by_identity  # noqa: PLC0415 - few runs have a market

        by_identity(request.market)
    if target:
        _refuse_overlap(places, target)
    asked = request or Request()
    found = find_jobs(places, target, asked, Counter() if passed_over is None else passed_over)
    if adapt:
        found = (adapted(job, adapt) if isinstance(job, Job) else job for job in found)
    written = [target] if target else [(store, path) for store, path in places if store.is_folder(path)]
    folders = {_url(store, path): store.locked(store.join(path, records.FOLDER)) for store, path in written}
    return _run(found, folders.values(), jobs or _processors(), timeout, scheduler)


def _processors() -> int:
    """How many this process may use: in a container, fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def find_jobs(
    places: Sequence[tuple[Store, str]],
    out: tuple[Store, str] | None,
    request: Request,
    passed_over: Counter[str],
) -> Iterator[Job | Outcome]:
    """A job for each book below the places, and an outcome for what can be none."""
    asked = fingerprint(request)
    for number, (store, path) in enumerate(places):
        root = path if store.is_folder(path) else None
        if root is None and (fault := store.fault(path)):
            cause: Cause = "strange" if store.exists(path) else "missing"
            yield Outcome(store.name(path), "refused", fault, cause)
            continue
        below = None
        try:
            for below in store.books(path, passed_over) if root else (_name(path),):
                source = store.join(root, below) if root else path
                if out is None:
                    twice, rival = any(lies_in(_url(store, source), _url(*p)) for p in places[:number]), None
                else:
                    twice, rival = _rivalry(places[:number], below, _url(store, source))
                if twice:
                    passed_over["books given twice"] += 1
                elif rival:
                    reason = f"a book of this name also comes from {rival}, and both have one target"
                    yield Outcome(store.name(source), "refused", reason, "rival")
                else:
                    yield _job(store, source, below, out, request, asked, root=root)
        except OSError as error:
            yield Outcome(store.name(path), "failed", error.strerror or str(error), "system")
            continue
        if below is None:
            yield Outcome(store.name(path), "refused", f"holds no book ({', '.join(SUFFIXES)})", "empty")


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


def _own_venues(book: str | None) -> str:
    """What tells the user's own venue tables from what they were: a book's figures rest on them."""
    with beside(book) if book else contextlib.nullcontext():
        own = [f"{path} {changed}" for path, changed in stamps() if path]
    return digest("\n".join(own).encode(errors="surrogateescape")) if own else ""


def perform(job: Job, compute: Compute | None = None) -> Outcome:
    """Do one book, unless an earlier run did; whatever goes wrong is its outcome."""
    begun = time.perf_counter()
    try:
        outcome = _perform(job, compute or _call)
    except WorkerLost as lost:
        outcome = Outcome(job.name, "failed", str(lost), lost.cause)
    except HedgeError as refusal:
        refused: Cause = refusal.cause if isinstance(refusal, BookError) else "input"
        outcome = Outcome(job.name, "refused", str(refusal), refused)
    except OSError as error:
        about = f": {error.filename}" if error.filename else ""
        outcome = Outcome(job.name, "failed", f"{error.strerror or error}{about}", "system")
    except MemoryError:
        raise  # the process that it happened in is not to be trusted any more
    except Exception as error:  # noqa: BLE001 - one bad book never stops the others
        outcome = Outcome(job.name, "failed", f"{type(error).__name__}: {error}", "fault")
    return dataclasses.replace(outcome, path=job.name, seconds=round(time.perf_counter() - begun, 6))


def _perform(job: Job, compute: Compute) -> Outcome:
    store, source = find_store(job.source)
    targets, target = find_store(job.target)
    kept, record = find_store(job.record) if job.record else (targets, None)
    stamp = store.stamp(source)
    fault = store.fault(source)
    if fault or stamp is None:
        cause: Cause = "missing" if stamp is None else "strange"
        return Outcome(job.name, "refused", fault or "there is no such file or folder", cause)
    asked = job.asked + _own_venues(source if store.is_local and job.request.venues_beside else None)
    entry = records.read_entry(kept, record) if record else None
    if entry == records.UNREADABLE and record and (targets.exists(target) or kept.fault(record)):
        fault = _unreadable(kept.name(record), targets.name(target), job.in_place)
        return Outcome(job.name, "refused", fault, "changed")
    if (
        entry
        and (entry.request, entry.source) == (asked, stamp)
        and records.is_untouched(targets, entry, target)
    ):
        reason = "; ".join(filter(None, (EARLIER, entry.outcome.reason)))
        return dataclasses.replace(
            entry.outcome, status="unchanged", changed=0, reason=reason, is_earlier=True
        )
    if not job.in_place and (obstacle := _obstacle(targets, target, entry)):
        return Outcome(job.name, "refused", *obstacle)
    if lock := targets.open_elsewhere(target):
        fault = (
            f"{targets.name(target)} is open in a spreadsheet program ({lock} lies beside it): close it there"
        )
        return Outcome(job.name, "refused", fault, "open")
    if record is None or entry in (records.CLAIM, records.UNREADABLE):
        targets.sweep(target)
    if record:
        records.write_entry(kept, record, records.CLAIM)
    outcome = _recalculate(job, compute, (store, source), (targets, target))
    if record:
        with contextlib.suppress(OSError):  # without its record, a book that is done is done again
            if not outcome.is_problem:
                made_of = (store.stamp(source) or "") if job.in_place else stamp
                entry = records.completed(targets, asked, made_of, target, outcome)
            records.write_entry(kept, record, entry)
    return outcome


def _recalculate(job: Job, compute: Compute, source: tuple[Store, str], target: tuple[Store, str]) -> Outcome:
    """The book itself: as files where both ends are local, as bytes where one is not."""
    from workbook.recalc.recalc import recalc_book, recalc_bytes  # noqa: PLC0415 - loads the engine

    if source[0].is_local and target[0].is_local:
        target[0].make_room(target[1])
        return recalc_book(source[1], target[1], job.request)
    stamp = source[0].stamp(source[1])
    answer = compute(recalc_bytes, source[0].read(source[1]), job.request)
    package, outcome = cast("tuple[bytes, Outcome]", answer)
    if job.in_place and source[0].stamp(source[1]) != stamp:
        return Outcome(job.name, "failed", "was saved by somebody while it was being recalculated", "open")
    if not outcome.is_problem and not (job.in_place and outcome.status == "unchanged"):
        target[0].write(target[1], package)
    return outcome


def _call(function: Callable[..., Any], *arguments: Any) -> Any:
    return function(*arguments)


def _unreadable(record: str, target: str, in_place: bool) -> str:
    """In place, the target is the book itself, which nobody is told to delete."""
    if in_place:
        return f"{record}, which an earlier run kept of it, can't be read: delete it"
    return (
        f"{record} can't be read, so {target} counts as changed by somebody: "
        "if nobody changed it, delete them both"
    )


def _obstacle(store: Store, target: str, entry: records.Entry | None) -> tuple[str, Cause] | None:
    """Why the target may not be written: somebody else's file is never lost."""
    if obstacle := store.obstacle(target):
        return obstacle, "strange"
    if not store.exists(target):
        return None
    name = store.name(target)
    away = "move it away, or choose another folder"
    if entry is None:
        return f"{name} exists and was not made by an earlier run: {away}", "foreign"
    if entry != records.CLAIM and not records.is_untouched(store, entry, target):
        return f"{name} was changed since it was made: {away}", "changed"
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
    book = _url(store, source)
    if out is None:
        if store.is_link(source):
            return Outcome(name, "refused", "is a link: give the book that it leads to", "strange")
        record = _url(store, store.join(root, records.record_of(below))) if root else None
        return Job(name, book, book, record, request, asked)
    targets, folder = out
    target = _url(targets, targets.join(folder, below))
    record = _url(targets, targets.join(folder, records.record_of(below)))
    return Job(name, book, target, record, request, asked)


def _rivalry(earlier: Sequence[tuple[Store, str]], below: str, source: str) -> tuple[bool, str | None]:
    """Whether an earlier path leads to the same book, or else the one whose book has the same target."""
    for store, path in earlier:
        rival = store.join(path, below) if store.is_folder(path) else path
        if store.exists(rival) if rival != path else _name(path) == below:
            return lies_in(_url(store, rival), source), store.name(path)
    return False, None


def _name(path: str) -> str:
    return path.replace(os.sep, "/").rpartition("/")[2]


def _url(store: Store, path: str) -> str:
    return path if store.is_local else store.name(path)


def _refuse_overlap(places: Sequence[tuple[Store, str]], out: tuple[Store, str]) -> None:
    """No run reads what it writes."""
    store, folder = out
    if store.exists(folder) and not store.is_folder(folder):
        raise BadRun(f"{store.name(folder)}: is a file, and the output must be a folder")
    for other, path in places:
        source, target = _url(other, path), _url(store, folder)
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


def _run(
    found: Iterator[Job | Outcome],
    locks: Iterable[contextlib.AbstractContextManager[None]],
    jobs: int,
    timeout: float | None,
    scheduler: str | None,
) -> Generator[Outcome]:
    with contextlib.ExitStack() as stack:
        for lock in locks:
            stack.enter_context(lock)
        workers = cluster(scheduler) if scheduler else pool(jobs)
        executor, window = stack.enter_context(workers)
        pending: dict[Future[Outcome], Job] = {}
        done, begun = 0, float("-inf") if scheduler else time.monotonic()
        for job in found:
            if isinstance(job, Outcome):
                yield job
                continue
            pending[executor.submit(run_job, job, timeout)] = job
            while len(pending) >= (1 if (left := alone(done, begun)) else window):
                for outcome in _ended(pending, left):
                    done += 1
                    yield outcome
        while pending:
            yield from _ended(pending)


def _ended(pending: dict[Future[Outcome], Job], timeout: float | None = None) -> Iterator[Outcome]:
    for future in wait(pending, timeout, FIRST_COMPLETED).done:
        job = pending.pop(future)
        try:
            yield future.result()
        except Exception as error:  # noqa: BLE001 - as when a cluster gives a task up
            yield Outcome(job.name, "failed", f"{type(error).__name__}: {error}", "fault")


def run_job(job: Job, timeout: float | None) -> Outcome:
    """Do one book in this thread's worker process; URLs are read and written here, computed there."""
    worker = own_worker()
    if "://" in f"{job.source} {job.target}":
        return perform(job, lambda function, *arguments: worker.call(function, *arguments, timeout=timeout))
    begun = time.perf_counter()
    try:
        outcome: Outcome = worker.call(perform, job, timeout=timeout)
    except WorkerLost as lost:
        seconds = round(time.perf_counter() - begun, 6)
        outcome = Outcome(job.name, "failed", str(lost), lost.cause, seconds)
    return outcome
