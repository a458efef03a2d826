"""What tests share: where the real data lies."""

from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every run: a test that fails does so for everyone, on the day it was broken.
settings.register_profile("microhedge", derandomize=True, deadline=None)
settings.load_profile("microhedge")

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real prices and of books saved by real Excel; without it the test is skipped."""
    if not SHARED.is_dir():
        pytest.skip("the shared data does not lie beside the project")
    return SHARED
