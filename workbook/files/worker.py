"""A process of our own that runs one call at a time: what a call does to its process stays there.

Neither multiprocessing nor concurrent.futures can end one hung task and go on, and their spawned
children run the caller's main module again. This is a plain child process with two pipes, the same
on Linux, macOS and Windows, and usable inside a worker of a cluster.
"""

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

from workbook.request import Cause

MEMORY: Final = 4 << 30  # address space of one worker; a plan book needs a hundredth
BOOT: Final = "import sys; sys.path[:] = {path!r}; from workbook.files.worker import serve; serve({memory!r})"
TICK: Final = 0.1  # seconds between two looks at whether a call takes too long
SERVED: Final = "MICROHEDGE_SERVED"  # tells a process that it is such a child
LINGER: Final = 10.0  # seconds past its time after which a call ends itself, should its parent be gone


class WorkerLost(Exception):
    """The call ended its process, or had to be ended with it; the message says how."""

    def __init__(self, message: str, cause: Cause = "lost") -> None:
        super().__init__(message)
        self.cause: Cause = cause


class Worker:
    """Runs calls in a child process that is started when first needed, and again when it was lost."""

    def __init__(self, memory: int | None = MEMORY) -> None:
        self.memory = memory
        self.process: subprocess.Popen[bytes] | None = None
        self.errors: BinaryIO | None = None
        self.lock = threading.Lock()
        self.deadline: float | None = None
        self.expired = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def call(self, function: Callable[..., Any], *arguments: Any, timeout: float | None = None) -> Any:
        """What the function answers; it is sent by name, its arguments and answer are pickled."""
        process = self._started()
        assert process.stdin is not None  # noqa: S101 - said to mypy: both are pipes
        assert process.stdout is not None  # noqa: S101
        order = pickle.dumps((function, arguments, timeout))
        with self.lock:
            self.expired = False
            self.deadline = time.monotonic() + timeout if timeout else None
        try:
            process.stdin.write(order)
            process.stdin.flush()
            answer, error = pickle.load(process.stdout)  # noqa: S301 - written by our own child
        except (EOFError, OSError, pickle.UnpicklingError):
            raise self._epitaph(process, timeout) from None
        finally:
            with self.lock:
                self.deadline = None
            if self.expired:
                self.close()
        if isinstance(error, MemoryError):
            self.close()  # what the call left behind goes with its process
            raise self._out_of_memory()
        if error is not None:
            raise error
        return answer

    def kill(self) -> None:
        """End the process from another thread: the call that it was doing is lost."""
        if self.process is not None:
            _end(self.process)

    def close(self) -> None:
        """End the process, whatever it is doing, and let go of its pipes."""
        process, self.process = self.process, None
        if process is not None:
            _end(process)
            process.wait()
            for pipe in (process.stdin, process.stdout, self.errors):
                with contextlib.suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]  # all three are open files
            self.errors = None

    def _started(self) -> subprocess.Popen[bytes]:
        if self.process is not None and self.process.poll() is not None:
            self.close()
        if self.process is None:
            # The engine prints its panics: they are read when the process is lost.
            self.errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
            windows = {"creationflags": 0x0800_0200}  # no window, and no share in Ctrl-C
            apart: dict[str, Any] = windows if sys.platform == "win32" else {"process_group": 0}
            self.process = subprocess.Popen(  # noqa: S603 - this very interpreter
                [sys.executable, "-c", BOOT.format(path=sys.path, memory=self.memory)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self.errors,
                env={**os.environ, "RUST_BACKTRACE": "0", SERVED: "1"},  # an engine's panic is one line
                **apart,
            )
            threading.Thread(target=self._watch, args=[self.process], daemon=True).start()
        return self.process

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        """End the process when its call takes too long: one thread for all its calls."""
        while True:
            time.sleep(TICK)
            with self.lock:
                if self.process is not process:
                    return
                self.expired = self.deadline is not None and time.monotonic() > self.deadline
                if self.expired:
                    _end(process)
                    return

    def _epitaph(self, process: subprocess.Popen[bytes], timeout: float | None) -> WorkerLost:
        code = process.wait()
        said = b""
        if self.errors:
            self.errors.seek(0)
            said = self.errors.read()[-2_000:]
        expired = self.expired
        self.close()
        if expired:
            return WorkerLost(f"took longer than {timeout:g} seconds and was stopped", "time")
        if b"memory allocation" in said or b"capacity overflow" in said:
            return self._out_of_memory()
        if code == -signal.SIGABRT or code >= 0:
            lines = [line for line in said.decode(errors="replace").splitlines() if line.strip()]
            lines = [line for line in lines if not line.startswith("note: ")]
            return WorkerLost(
                f"the process that computed it ended: {lines[-1] if lines else f'exit code {code}'}"
            )
        return WorkerLost(f"the process that computed it was ended by {signal.Signals(-code).name}")

    def _out_of_memory(self) -> WorkerLost:
        limit = f" (limit {self.memory >> 20:,} MiB)" if self.memory else ""
        return WorkerLost(f"ran out of memory{limit}", "memory")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and, where there are process groups, what it has started."""
    if sys.platform == "win32":
        process.kill()
    elif process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def is_served() -> bool:
    """Whether this process runs calls for another one, which can end it."""
    return SERVED in os.environ


def serve(memory: int | None) -> None:
    """The child's side: answer calls until the parent is gone."""
    orders, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with Path(os.devnull).open("rb") as nowhere:
        os.dup2(nowhere.fileno(), 0)
    os.dup2(2, 1)  # what a library prints must not come between the answers
    _limit(memory)
    calls: SimpleQueue[tuple[Callable[..., Any], tuple[Any, ...], float | None]] = SimpleQueue()
    threading.Thread(target=_receive, args=(orders, calls), daemon=True).start()
    while True:
        function, arguments, timeout = calls.get()
        _alarm(timeout + LINGER if timeout else 0)
        answer: Any = None
        error: Exception | None = None
        try:
            answer = function(*arguments)
        except Exception as raised:  # noqa: BLE001 - it is the caller's to judge
            error = raised
        _alarm(0)
        try:
            reply = pickle.dumps((answer, error))
        except Exception as raised:  # noqa: BLE001 - what can't be sent is told
            reply = pickle.dumps((None, RuntimeError(f"{error or raised}")))
        answers.write(reply)
        answers.flush()


def _receive(orders: BinaryIO, calls: "SimpleQueue[Any]") -> None:
    """Take orders for as long as there is a parent; without one, nobody wants what is being computed."""
    while True:
        try:
            calls.put(pickle.load(orders))  # noqa: S301 - written by our own parent
        except EOFError:
            if sys.platform != "win32":
                os.killpg(0, signal.SIGKILL)  # this process, which leads its group, and what it has started
            os._exit(1)


def _alarm(seconds: float) -> None:
    """Let the system end this process then, even if it hangs where no thread of Python's can run."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _limit(memory: int | None) -> None:
    """Bound the process's memory where the system can: on Linux; other systems ignore or lack it."""
    if memory and sys.platform == "linux":
        import resource  # noqa: PLC0415 - there is none on Windows

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        bound = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
        resource.setrlimit(resource.RLIMIT_AS, (bound, hard))
