"""xlwings Lite: the text to paste computes everything in Pyodide, without a network."""

import html
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from support.lite_host import in_pyodide
from support.parity_cases import CASES, Case, squeezed

from addin.hosts import lite
from addin.hosts.host import HostError, State
from udfs import REGISTRY, Spec
from workbook import new_book, recalc_book
from workbook.engines import embedded
from workbook.request import Request

BY_ERF = frozenset(("LIQUIDATION_PROBABILITY",))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The files of `microhedge addin build lite`."""
    paths = lite.build(tmp_path_factory.mktemp("lite"))
    return {path.name: path.read_text(encoding="utf-8") for path in paths}


def test_pyodide_computes_every_case(written: dict[str, str]) -> None:
    """Every example and refusal of the table, from main.py alone, to the last bit."""
    asked = [(case.name, case.cells) for case in CASES]
    answers = dict(zip(map(str, CASES), map(squeezed, in_pyodide(written["main.py"], asked)), strict=True))
    assert answers == {str(case): squeezed(case.expected) for case in CASES}


def test_pyodide_computes_a_plan(
    written: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Every call that the formulas of a plan make, with the cells that they hand over, to the last bit.

    Sums over a price history have one digit more or less: since Python 3.12 `sum` keeps what it rounds off.
    """
    asked: dict[str, tuple[str, tuple[Any, ...]]] = {}
    callback = embedded._callback

    def noted(spec: Spec) -> Callable[..., Any]:
        answer = callback(spec)

        def run(*cells: Any) -> Any:
            plain = tuple(map(embedded._received, cells))
            asked[repr((spec.name, plain))] = (spec.name, plain)
            return answer(*cells)

        return run

    monkeypatch.setattr(embedded, "_callback", noted)
    new_book(tmp_path / "plan.xlsx", "portfolio")
    outcome = recalc_book(tmp_path / "plan.xlsx", tmp_path / "new.xlsx", Request(inputs={"plan_ratio": 0.37}))
    assert outcome.status == "done"
    calls = [(name, cells) for name, cells in asked.values() if None not in cells[: REGISTRY[name].required]]
    assert len(calls) > 150
    answers = map(squeezed, in_pyodide(written["main.py"], calls))
    wrong = {}
    for (name, cells), answer in zip(calls, answers, strict=True):
        expected = squeezed(Case("plan", name, cells).expected)
        # Sums of a history, and erf of the C library, end in another digit there.
        is_near = name in BY_ERF or any(parameter.is_range for parameter in REGISTRY[name].parameters)
        if answer != (pytest.approx(expected, rel=1e-12) if is_near else expected):
            wrong[f"{name}{cells}"] = (answer, expected)
    assert not wrong


def test_main_computes_where_microhedge_is_not_installed(written: dict[str, str], tmp_path: Path) -> None:
    """The text carries all that it needs, and runs again in one interpreter as after an edit."""
    main = tmp_path / "main.py"
    main.write_text(written["main.py"], encoding="utf-8")
    code = f"""
import runpy, sys
for _ in range(2):
    names = runpy.run_path({str(main)!r})
print(names["HEDGE_MARGIN"]([[2400.0]], [[5.0]]), names["HEDGE_MARGIN"]([[2400.0]], [[0.5]]))
print(sorted({{path for path in sys.modules["udfs"].__path__ if {str(ROOT)!r} in path}}))
"""
    done = subprocess.check_output([sys.executable, "-P", "-c", code], text=True, cwd=tmp_path)
    assert done.split("\n")[:2] == ["480.0 #NUM!", "[]"]


def test_main_offers_every_function_and_carries_no_host(written: dict[str, str]) -> None:
    """Xlwings Lite finds the functions among main's names; nothing else of the hosts is in it."""
    main = written["main.py"]
    offered = main[main.index("from addin.excel import (") :]
    assert re.findall(r"^    (\w+),$", offered, re.MULTILINE) == sorted(REGISTRY)
    carried = set(re.findall(r"^    '([\w/.]+)': \($", main, re.MULTILINE))
    assert {
        f"udfs/{path.name}" for path in (ROOT / "udfs").iterdir() if path.suffix in {".py", ".csv"}
    } <= carried
    assert main.isascii()


def test_requirements_are_those_of_the_project(written: dict[str, str]) -> None:
    """The xlwings that Lite is asked for is the one that the project is tested with."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert written["requirements.txt"].strip() in project["project"]["dependencies"]


def test_page_holds_what_is_to_be_pasted(written: dict[str, str]) -> None:
    """The page carries both texts unharmed, with a button for each, and loads nothing."""
    page = written["microhedge-lite.html"]
    areas = re.findall(r'<textarea id="(\w+)"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert {name: html.unescape(text) for name, text in areas} == {
        "main": written["main.py"],
        "requirements": written["requirements.txt"],
    }
    assert not re.search(r"(src|href)=|@import|url\(", page.split("<textarea")[0])


def test_page_says_how_a_plan_travels(written: dict[str, str]) -> None:
    """A plan goes in its native edition, which needs no functions; where ours are wanted, in which order."""
    page = re.sub(r"<[^>]+>|\s+", " ", written["microhedge-lite.html"].split("<textarea")[-1])
    assert "microhedge share plan.xlsx" in page
    assert "microhedge new plan.xlsx --edition native" in page
    assert "#NAME?" in page
    assert "Unprotect Sheet" in page  # nothing can be entered anew on the sheets of a plan before


def test_files_are_reproducible(written: dict[str, str], tmp_path: Path) -> None:
    """Built again, the files are the same."""
    assert {path.name: path.read_text(encoding="utf-8") for path in lite.build(tmp_path)} == written


def test_what_cannot_be_done_from_outside_is_said() -> None:
    """Installing and removing is the user's own paste; the refusal says so and what to run."""
    with pytest.raises(HostError, match="addin build lite"):
        lite.install()
    with pytest.raises(HostError, match="how to remove them"):
        lite.remove()
    assert lite.status().state is State.UNKNOWN
