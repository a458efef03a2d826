"""Other processes, waited for until they have done something rather than for a length of time."""

import time
from collections.abc import Callable
from types import SimpleNamespace

import psutil
import pytest

PATIENCE = 300.0  # seconds; what has not happened by then never will, on however slow a machine


def eventually(is_so: Callable[[], object]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, "it never was so"
        time.sleep(0.01)


def is_gone(process: int) -> bool:
    """Whether a process has ended; its new parent may not have taken note of it."""
    try:
        return bool(psutil.Process(process).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def spend_an_hour_when(is_so: Callable[[], bool], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clock by which calls are stopped leap ahead once something is so, and not before."""
    clock = SimpleNamespace(sleep=time.sleep, monotonic=lambda: time.monotonic() + 3_600 * is_so())
    monkeypatch.setattr("workbook.files.worker.time", clock)
