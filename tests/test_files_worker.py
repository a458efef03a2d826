"""The worker: whatever a call does to its process, the next call finds a whole one."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from support.processes import PATIENCE, eventually, is_gone, spend_an_hour_when

from udfs import HedgeError
from workbook.files.worker import Worker, WorkerLost

MEBIBYTE = 1 << 20


def answer(value: Any) -> Any:
    """The value itself."""
    return value


def refuse() -> None:
    """Refuse as a book does."""
    raise HedgeError("price: is blank", "price")


def chat() -> str:
    """Print where a library would, and read what nobody sends."""
    sys.stdout.write("panic at the disco\n")
    sys.stderr.write("and again\n")
    os.write(1, b"straight to the pipe\n")
    return sys.stdin.read()


def end(how: str) -> None:
    """End this process in one of the ways in which books have ended it."""
    match how:
        case "signal":
            os.kill(os.getpid(), signal.SIGKILL)
        case "abort":
            os.write(2, b"memory went bad\n")
            os.abort()
        case "rust":
            os.write(2, b"memory allocation of 99999999999 bytes failed\n")
            os.abort()
        case "exit":
            os._exit(3)
        case "memory":
            hoard = [bytes(MEBIBYTE) for _ in range(10_000)]
            del hoard


def unsendable() -> object:
    """Answer what no pipe carries."""
    return (part for part in "ab")


def wait_for_child(note: Path) -> None:
    """Start a program that takes its time, and wait for it."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    note.write_text(str(child.pid))
    child.wait()


def lost(worker: Worker, note: Path) -> None:
    """Call what the worker does not survive."""
    with pytest.raises(WorkerLost):
        worker.call(wait_for_child, note)


def process_id() -> int:
    """Which process runs the calls."""
    return os.getpid()


def test_calls_run_one_after_the_other_in_one_other_process() -> None:
    """A process is started once and kept."""
    with Worker() as worker:
        first = worker.call(process_id)
        assert first == worker.call(process_id) != os.getpid()
        assert worker.call(answer, {"a": [1, None, "é"]}) == {"a": [1, None, "é"]}


def test_refusal_comes_back_as_it_was_raised() -> None:
    """An error is the caller's to judge, and costs no process."""
    with Worker() as worker:
        first = worker.call(process_id)
        with pytest.raises(HedgeError, match="price: is blank") as caught:
            worker.call(refuse)
        assert caught.value.argument == "price"
        assert worker.call(process_id) == first


def test_what_a_call_prints_stays_out_of_the_answers() -> None:
    """Engines print; the pipes carry calls and answers alone."""
    with Worker() as worker:
        assert worker.call(chat) == ""
        assert worker.call(answer, 1) == 1


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("signal", "was ended by SIGKILL"),
        ("abort", "ended: .*memory went bad"),
        ("rust", r"ran out of memory \(limit 1,024 MiB\)"),
        ("exit", "ended: exit code 3"),
        ("memory", r"ran out of memory \(limit 1,024 MiB\)"),
    ],
)
def test_lost_process_is_told_and_replaced(how: str, said: str) -> None:
    """A crash is that call's alone, and its reason is for a person."""
    if sys.platform != "linux" and how in {"memory", "signal"}:
        pytest.skip("only Linux bounds a process's memory, and has this signal on every machine")
    with Worker(memory=1024 * MEBIBYTE) as worker:
        first = worker.call(process_id)
        with pytest.raises(WorkerLost, match=said):
            worker.call(end, how)
        assert worker.call(process_id) != first


def test_hang_is_ended_at_its_time() -> None:
    """A call that takes longer than it may is stopped; the next one has a new process."""
    with Worker() as worker:
        with pytest.raises(WorkerLost, match=r"took longer than 0\.5 seconds and was stopped"):
            worker.call(time.sleep, 600, timeout=0.5)
        assert worker.call(answer, 1, timeout=PATIENCE) == 1


def test_answer_that_cannot_be_sent_is_an_error() -> None:
    """The pipe stays in step."""
    with Worker() as worker:
        with pytest.raises(RuntimeError):
            worker.call(unsendable)
        assert worker.call(answer, 1) == 1


def test_worker_ends_when_its_parent_is_gone() -> None:
    """An orphan neither lingers nor finishes what nobody waits for."""
    worker = Worker()
    worker.call(answer, 1)
    process = worker.process
    assert process is not None
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(PATIENCE) in {1, -9}
    worker.close()


def child_in(note: Path) -> str:
    """The number of the process that a call started; "" before it did."""
    return note.read_text() if note.exists() else ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no process groups to end")
@pytest.mark.parametrize("how", ["at its time", "without its parent"])
def test_what_a_call_started_ends_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """A spreadsheet program that a hung call was waiting for does not stay behind."""
    note = tmp_path / "child"
    with Worker() as worker:
        if how == "at its time":
            spend_an_hour_when(lambda: bool(child_in(note)), monkeypatch)
            with pytest.raises(WorkerLost, match="took longer than 300 seconds"):
                worker.call(wait_for_child, note, timeout=300)
        else:
            waiting = threading.Thread(target=lost, args=(worker, note))
            waiting.start()
            eventually(lambda: child_in(note))
            assert worker.process is not None
            assert worker.process.stdin is not None
            worker.process.stdin.close()
            waiting.join(PATIENCE)
            assert not waiting.is_alive()
    eventually(lambda: is_gone(int(child_in(note))))
