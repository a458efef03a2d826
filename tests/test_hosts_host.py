"""The command `addin`, and the table that every host is held against."""

import json
import subprocess
import sys

import pytest
from conftest import ROOT
from support.parity_cases import CASES, Case

from addin.hosts.host import HostName, HostStatus, State
from udfs import REGISTRY
from udfs.cell_errors import EXCEL_ERRORS


def test_status_is_said_in_lines_and_as_json() -> None:
    """A status shows its state, its facts and what to do, to a person and to a program."""
    status = HostStatus(State.FAULTY, {"version": "0.1.0"}, "Run it again.")
    assert status.as_text() == "state: faulty\nversion: 0.1.0\nRun it again."
    assert json.loads(status.as_json()) == {"state": "faulty", "version": "0.1.0", "advice": "Run it again."}


def test_nothing_to_do_says_nothing() -> None:
    """A sound installation gives no advice."""
    assert HostStatus(State.SOUND).as_text() == "state: sound"


@pytest.mark.parametrize("verb", ["build", "install", "status", "remove"])
def test_unknown_host_is_wrong_usage(verb: str) -> None:
    """A host that does not exist is refused with exit 2 and the names of those that do."""
    done = subprocess.run(
        [sys.executable, "-m", "addin", "addin", verb, "lotus"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert all(name.value in done.stderr for name in HostName)


def test_every_function_is_in_the_table() -> None:
    """The parity table holds each function's example."""
    assert {case.name for case in CASES} == set(REGISTRY)


def test_titles_tell_cases_apart() -> None:
    """No two cases have one name, so that a matrix can show each."""
    assert len({str(case) for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", [case for case in CASES if case.title.endswith("first")], ids=str)
def test_an_unusable_cell_is_refused(case: Case) -> None:
    """A refusal is an error in every cell of the answer, never a number."""
    assert case.expected in EXCEL_ERRORS
