"""Who does the jobs of a run: worker processes of this machine, or the threads of a Dask cluster."""

import contextlib
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Final

from workbook.errors import BookError
from workbook.files.worker import Worker

AHEAD: Final = 4  # tasks on their way for each that runs, so that no worker waits for work
SMALL: Final = 24  # books that one worker has done before another one would be warm
LATER: Final = 3.0  # seconds after which others start all the same: the books are large
ON_CLUSTER: Final = 1_000  # tasks on their way to a cluster, whose size may change at any time


class BadRun(BookError):
    """A run that can't be begun as it was asked for."""


_OWN = threading.local()
"""Each thread that runs jobs has a worker process of its own."""


def own_worker() -> Worker:
    """The worker process of this thread."""
    worker: Worker = _OWN.__dict__.setdefault("worker", Worker())
    return worker


def alone(done: int, begun: float) -> float | None:
    """For how many seconds a run is left to one worker yet: to start another costs more than a few books."""
    left = begun + LATER - time.monotonic()
    return left if done < SMALL and left > 0 else None


@contextlib.contextmanager
def pool(jobs: int) -> Iterator[tuple[Executor, int]]:
    """Threads that each wait for a worker process of their own."""
    workers: list[Worker] = []

    def begin() -> None:
        _OWN.worker = Worker()
        workers.append(_OWN.worker)

    executor = ThreadPoolExecutor(jobs, initializer=begin)
    try:
        yield executor, AHEAD * jobs
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.kill()
        raise
    finally:
        executor.shutdown()
        for worker in workers:
            worker.close()


@contextlib.contextmanager
def cluster(scheduler: str) -> Iterator[tuple[Executor, int]]:
    """The threads of a Dask cluster; each has a worker process of its own there."""
    try:
        from distributed import Client  # noqa: PLC0415 - only who has a cluster needs the extra
    except ImportError:
        raise BadRun("to use a scheduler, install microhedge[cluster]") from None
    try:
        client = Client(scheduler, timeout=10)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise BadRun(f"{scheduler}: no scheduler answers there ({error})") from None
    with client:
        yield client.get_executor(pure=False), ON_CLUSTER  # type: ignore[no-untyped-call]
