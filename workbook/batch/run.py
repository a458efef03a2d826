"""Recalculating many books: found one by one, computed in processes of their own, told as they end.

Nothing here grows with the number of books: a bounded number is on its way at any time, and an
outcome is forgotten once it was handed on. Each book is a task of its own, the same task in the
process pool of one machine and on a Dask cluster.
"""

import contextlib
import os
import sys
import time
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Final

from workbook.batch import records
from workbook.batch.jobs import Adapt, Job, adapted, find_jobs, refuse_overlap, url_of
from workbook.batch.one_book import perform
from workbook.batch.pools import BadRun, alone, cluster, own_worker, pool
from workbook.files.storage import find_store
from workbook.files.worker import WorkerLost
from workbook.request import Outcome, Place, Request

TIMEOUT: Final = 300.0  # seconds for one book; the largest met take a few


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
        refuse_overlap(places, target)
    asked = request or Request()
    found = find_jobs(places, target, asked, Counter() if passed_over is None else passed_over)
    if adapt:
        found = (adapted(job, adapt) if isinstance(job, Job) else job for job in found)
    written = [target] if target else [(store, path) for store, path in places if store.is_folder(path)]
    folders = {url_of(store, path): store.locked(store.join(path, records.FOLDER)) for store, path in written}
    return _run(found, folders.values(), jobs or _processors(), timeout, scheduler)


def _processors() -> int:
    """How many this process may use: in a container, fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


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
