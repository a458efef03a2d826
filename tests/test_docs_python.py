"""docs/python.md is run: from a price history to a plan, a book and a run."""

import doctest
import re
import shutil
from pathlib import Path

import pytest
from conftest import ROOT

PAGE = ROOT / "docs" / "python.md"


def test_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line behind >>> answers what stands below it."""
    shutil.copy(ROOT / "workbook" / "data" / "prices.csv", tmp_path / "history.csv")
    monkeypatch.chdir(tmp_path)
    failed, tried = doctest.testfile(
        str(PAGE), module_relative=False, optionflags=doctest.IGNORE_EXCEPTION_DETAIL
    )
    assert (failed, tried > 20) == (0, True)


def test_the_first_example_has_some_thirty_lines() -> None:
    """It stays short enough to read."""
    first = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert first is not None
    assert len(re.findall("^>>> ", first[1], re.MULTILINE)) <= 30
