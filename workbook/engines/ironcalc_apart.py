"""IronCalc where it can be ended: whatever it does, the process that asks it goes on.

A worker of a batch can be ended as a whole, so there it runs in the worker itself. Anywhere else, as in a
program that calls `recalc_book`, it runs in a process of its own, under a limit of memory and of time.
"""

import atexit
import datetime as dt
import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any, Final

from workbook.cells import Area, Value
from workbook.engines import ironcalc
from workbook.engines.ironcalc import DIFFERS, WORKS, known
from workbook.engines.protocol import Evaluation
from workbook.errors import Unknowable
from workbook.files.worker import Worker, WorkerLost, is_served

__all__ = ["DIFFERS", "WORKS", "Session", "known"]

SECONDS: Final = 60.0  # for all formulas of a book that are voted on
KEPT: Final = 8  # sessions that the other process remembers

_numbers: Final = count()
_lock: Final = threading.Lock()
_workers: dict[int, Worker] = {}  # by the process that started it: a fork shares no pipes
_sessions: dict[tuple[int, int], ironcalc.Session] = {}  # in the other process: by the asking one and number


def Session(  # noqa: N802 - it stands for the class of this name in each engine
    sheets: Sequence[str],
    texts: Mapping[int, str],
    wanted: Iterable[Area],
    *,
    functions: Iterable[str] = (),
    date1904: bool = False,
) -> Evaluation:
    """Formulas that IronCalc calculates, here or apart."""
    if is_served():
        return ironcalc.Session(sheets, texts, wanted, functions=functions, date1904=date1904)
    if frozenset(functions):
        raise Unknowable("the second engine can't call functions of microhedge")
    return _Apart((list(sheets), dict(texts), list(wanted), date1904))


class _Apart:
    """A session in the other process, told only what is new since it was last asked."""

    def __init__(self, made: tuple[Any, ...]) -> None:
        self._key = os.getpid(), next(_numbers)
        self._made = made
        self._held: dict[int, dict[int, Value]] = {}
        self._news: dict[int, dict[int, Value]] = {}

    def hold(self, sheet: int, cells: Mapping[int, Value]) -> None:
        """Set constants of a sheet by key."""
        for held in (self._held, self._news):
            held.setdefault(sheet, {}).update(cells)

    def results(self, as_of: dt.datetime | None) -> dict[int, Value]:
        """The value of every formula, and of every cell of an array."""
        try:
            with _lock:
                found = _worker().call(_work, self._key, None, self._news, as_of, timeout=SECONDS)
                if found is None:
                    found = _worker().call(_work, self._key, self._made, self._held, as_of, timeout=SECONDS)
        except WorkerLost as lost:
            raise Unknowable(f"the second engine: {lost}") from None
        self._news = {}
        return dict(found)


def _worker() -> Worker:
    own = os.getpid()
    if own not in _workers:
        _workers[own] = Worker()
    return _workers[own]


def _work(
    key: tuple[int, int],
    made: tuple[Any, ...] | None,
    cells: Mapping[int, Mapping[int, Value]],
    as_of: dt.datetime | None,
) -> dict[int, Value] | None:
    """What a session comes to, in the other process; None if that has to be told all of it."""
    session = _sessions.pop(key, None)
    if made is not None:
        sheets, texts, wanted, date1904 = made
        session = ironcalc.Session(sheets, texts, wanted, date1904=date1904)
    if session is None:
        return None
    for sheet, held in cells.items():
        session.hold(sheet, held)
    found = session.results(as_of)
    if len(_sessions) >= KEPT:
        del _sessions[next(iter(_sessions))]
    _sessions[key] = session
    return found


@atexit.register
def _close() -> None:
    worker = _workers.pop(os.getpid(), None)
    if worker is not None:
        worker.close()
