"""What the tests of live facts share: the venues on the loopback, and a clock that agrees with them."""

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

from support.venue_answers import NOW
from support.venue_server import VenueServer
from udfs.venue_files import VARIABLE
from workbook.live.client import MIRROR, Connection
from workbook.live.files import CACHE_VARIABLE

ccxt = pytest.importorskip("ccxt", reason="live facts need the extra live")

TODAY = dt.datetime.fromtimestamp(NOW / 1000, dt.UTC)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[VenueServer]:
    """The venues, and this user's folders, all of this test alone."""
    monkeypatch.setattr("workbook.live.clock.here", lambda: TODAY)
    monkeypatch.setattr("workbook.live.cache.here", lambda: TODAY)
    monkeypatch.setenv(VARIABLE, str(tmp_path / "tables"))
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    for name in [name for name in os.environ if "PROXY" in name.upper()]:
        monkeypatch.delenv(name)  # this machine's; the venues are on it
    monkeypatch.setattr("ccxt.Exchange.throttle", lambda *_: None)  # its pauses; a test holds that it is on
    (tmp_path / "tables").mkdir()
    with VenueServer().running() as venues:
        yield venues


@pytest.fixture
def connection(server: VenueServer) -> Connection:
    """To the loopback, with pauses that cost nothing."""
    return patient(server)


def patient(server: VenueServer, **given: Any) -> Connection:
    """To a server on a machine that may be busy."""
    return Connection(**{"mirror": server.address, "timeout": 60.0, "attempts": 3, "backoff": 0.001, **given})


def command(server: VenueServer, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The real command, through the mirror, with tables and cache in a folder of its own."""
    environment = {name: value for name, value in os.environ.items() if "PROXY" not in name.upper()}
    environment |= {MIRROR: server.address, VARIABLE: str(folder), CACHE_VARIABLE: str(folder / "cache")}
    return subprocess.run(
        [sys.executable, "-m", "addin", *words],
        cwd=ROOT,
        env=environment,
        text=True,
        capture_output=True,
        check=False,
    )
