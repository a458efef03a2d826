"""One book of a run: done, or passed over because an earlier run did it, or refused."""

import contextlib
import dataclasses
import time
from collections.abc import Callable
from typing import Any, Final, cast

from udfs.errors import HedgeError
from udfs.venue_files import beside
from udfs.venues import stamps
from workbook.batch import records
from workbook.batch.jobs import Job
from workbook.errors import BookError
from workbook.files.storage import digest, find_store
from workbook.files.store import Store
from workbook.files.worker import WorkerLost
from workbook.request import Cause, Outcome

EARLIER: Final = "done by an earlier run"

Compute = Callable[..., Any]
"""Calls a function with arguments, in this process or in another."""


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
    if entry and entry.is_of(asked, stamp) and records.is_untouched(targets, entry, target):
        return _earlier(entry.outcome)
    if refused := _refusal(job.in_place, (targets, target), (kept, record), entry):
        return Outcome(job.name, "refused", *refused)
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


def _own_venues(book: str | None) -> str:
    """What tells the user's own venue tables from what they were: a book's figures rest on them."""
    with beside(book) if book else contextlib.nullcontext():
        own = [f"{path} {changed}" for path, changed in stamps() if path]
    return digest("\n".join(own).encode(errors="surrogateescape")) if own else ""


def _earlier(outcome: Outcome) -> Outcome:
    """What an earlier run made of a book, as the outcome of this one."""
    reason = "; ".join(filter(None, (EARLIER, outcome.reason)))
    return dataclasses.replace(outcome, status="unchanged", changed=0, reason=reason, is_earlier=True)


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


def _refusal(
    in_place: bool,
    target: tuple[Store, str],
    record: tuple[Store, str | None],
    entry: records.Entry | None,
) -> tuple[str, Cause] | None:
    """Why the target may not be written now."""
    (store, path), (kept, lies) = target, record
    if entry == records.UNREADABLE and lies and (store.exists(path) or kept.fault(lies)):
        return _unreadable(kept.name(lies), store.name(path), in_place), "changed"
    if not in_place and (obstacle := _obstacle(store, path, entry)):
        return obstacle
    if lock := store.open_elsewhere(path):
        said = f"{store.name(path)} is open in a spreadsheet program ({lock} lies beside it): close it there"
        return said, "open"
    return None


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
