"""What tests share: where the real data lies, and a real LibreOffice."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from udfs.venue_files import VARIABLE

# The same examples in every run: a test that fails does so for everyone, on the day it was broken.
# How long the making of examples takes is the machine's business.
settings.register_profile(
    "microhedge", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "microhedge"))

# How wide and how coloured whoever runs the tests wants the output is no part of a test.
for name in ("COLUMNS", "FORCE_COLOR", "GITHUB_ACTIONS", "LINES", "NO_COLOR", "PY_COLORS", "TTY_COMPATIBLE"):
    os.environ.pop(name, None)

if TYPE_CHECKING:
    from support.calc import Calc

collect_ignore_glob = ["support/*"]  # some of it runs in LibreOffice's own Python

# Modules that start programs: a test module that takes anything from one of them is slow.
STARTERS = frozenset(
    ("support.calc", "support.lite_host", "support.live_fixtures", "support.processes", "workbook.batch.run")
)
# Modules that calculate for more than some seven seconds of a processor.
LONG = frozenset(
    (
        *("test_commands_calendar", "test_frames_plan", "test_native_formulas", "test_plan_saved"),
        *("test_recalc_feed", "test_recalc_memory", "test_template_judgement", "test_template_migrate"),
        *("test_template_numbers", "test_udfs_checked", "test_udfs_margin", "test_udfs_registry_sweeps"),
        *("test_udfs_survival", "test_validate_findings", "test_xlsx_chart_points"),
        *("test_xlsx_differential", "test_xlsx_hostile", "test_xlsx_linear"),
    )
)

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what `make quick` leaves out: tests of modules that start programs, or calculate for long."""
    for item in items:
        module = getattr(item, "module", None)
        held = list(vars(module).values()) if module else []
        starts = any(value is subprocess or getattr(value, "__module__", "") in STARTERS for value in held)
        if starts or (module and module.__name__ in LONG):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real prices and of books saved by real Excel; without it the test is skipped."""
    if not SHARED.is_dir():
        pytest.skip("the shared data does not lie beside the project")
    return SHARED


@pytest.fixture(scope="session")
def calc(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Calc]":
    """A running LibreOffice with our functions; without the program the test is skipped."""
    from support.calc import Office, absence  # noqa: PLC0415 - most tests need no LibreOffice

    if absence():
        pytest.skip(absence())
    office = Office(tmp_path_factory.mktemp("office"))
    installed = office.microhedge("addin", "install", "libreoffice")
    assert installed.returncode == 0, installed.stderr
    with office.running() as running:
        yield running


@pytest.fixture(scope="session", autouse=True)
def built_in_facts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The built-in venue table alone: what a developer has refreshed is no part of a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(tmp_path_factory.mktemp("tables")))
        yield


@pytest.fixture(autouse=True)
def no_third_voice(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two engines vote, not three, except in tests of the third: a test is the same with and without it."""
    if request.node.get_closest_marker("three_engines") is None:
        monkeypatch.setattr("workbook.recalc.votes.has_office", lambda: False)
