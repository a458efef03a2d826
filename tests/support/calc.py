"""A real LibreOffice with our extension, in a profile of its own, for tests and the bench.

The extension goes in through `microhedge addin install libreoffice`. The programs that this command
finds on PATH are stand-ins that name the test's own settings and, since root may only install for
all users, the test's own folder of shared extensions.
"""

import json
import os
import stat
import subprocess
import sys
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, Self

from conftest import ROOT

from udfs.errors import HedgeError
from workbook.engines.soffice import environment, program_path

SECONDS = 300  # however slow the machine is


@cache
def absence() -> str:
    """Why no LibreOffice can be tested here; "" when one can."""
    try:
        program_path("soffice")
        program_path("unopkg")
    except HedgeError as refusal:
        return str(refusal)
    return "" if python() else "no Python on this machine can speak to LibreOffice (python3-uno)"


@cache
def python() -> str:
    """A Python that has LibreOffice's bridge, "" if there is none."""
    beside = program_path("soffice").resolve().parent / "python"
    for candidate in (str(beside), "/usr/bin/python3", sys.executable):
        with suppress(OSError, subprocess.CalledProcessError):
            subprocess.run([candidate, "-c", "import uno"], check=True, capture_output=True, timeout=SECONDS)
            return candidate
    return ""


class Office:
    """LibreOffice in a folder of its own: its programs by name, and what they leave there."""

    def __init__(self, folder: Path) -> None:
        self.settings = folder / "settings"  # named by a variable: unopkg hands it on to a soffice
        self.shared = folder / "shared"
        self.programs = folder / "programs"
        self.programs.mkdir(parents=True)
        self.shared.mkdir()
        self.settings.mkdir()  # LibreOffice passes over a folder that is not there
        for name in ("soffice", "unopkg"):
            stand_in = self.programs / name
            stand_in.write_text(
                f'#!/bin/sh\nXDG_CONFIG_HOME="{self.settings}" exec "{program_path(name)}"'
                f' "-env:UNO_SHARED_PACKAGES_CACHE={self.shared.as_uri()}" "$@"\n'
            )
            stand_in.chmod(stand_in.stat().st_mode | stat.S_IXUSR)

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which our commands find this office."""
        path = os.pathsep.join([str(self.programs), os.environ["PATH"]])
        return {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}

    def microhedge(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One command of ours, for this office."""
        return subprocess.run(
            [sys.executable, "-m", "addin", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )

    def traces(self) -> list[Path]:
        """Files under the settings and the shared extensions that name us."""
        files = (path for top in (self.settings, self.shared) for path in top.rglob("*") if path.is_file())
        return [path for path in files if b"microhedge" in path.read_bytes().lower()]

    @contextmanager
    def running(self) -> "Iterator[Calc]":
        """The program, spoken to over a pipe."""
        pipe = f"microhedge-{uuid.uuid4().hex}"
        flags = ["--headless", "--norestore", "--nologo", "--nodefault"]
        with subprocess.Popen(
            [self.programs / "soffice", *flags, f"--accept=pipe,name={pipe};urp;StarOffice.ComponentContext"],
            env={**environment(), "TZ": "UTC"},  # where microhedge's TODAY is
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as soffice:
            try:
                with Calc(pipe) as calc:
                    yield calc
                soffice.wait(SECONDS)
            finally:
                soffice.kill()


class Calc:
    """The verbs of calc_session.py."""

    def __init__(self, pipe: str) -> None:
        self.session = subprocess.Popen(
            [python(), str(Path(__file__).with_name("calc_session.py")), pipe],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def __enter__(self) -> Self:
        self._answer()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError, RuntimeError):
            self.ask("quit")
        self.session.kill()
        self.session.communicate()

    def ask(self, verb: str, *arguments: Any) -> Any:
        """One question and its answer."""
        assert self.session.stdin
        self.session.stdin.write(json.dumps([verb, *arguments]) + "\n")
        self.session.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self.session.stdout
        line = self.session.stdout.readline()
        if not line:
            raise RuntimeError("LibreOffice went away")
        state, result = json.loads(line)
        if state != "ok":
            raise RuntimeError(result)
        return result

    def calculate(self, calls: Iterable[tuple[str, Mapping[str, Sequence[Sequence[Any]]], int, int]]) -> Any:
        """The values of formulas: one block of rows a call."""
        return self.ask("calculate", [list(call) for call in calls])

    def value(self, formula: str) -> Any:
        """The value of one formula."""
        return self.calculate([(formula, {}, 1, 1)])[0][0][0]
