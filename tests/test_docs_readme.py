"""The README claims only what is so: its commands and its Python are run, and all links lead somewhere."""

import doctest
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
CALCULATED = re.findall(r"^\$ microhedge (calc .+)\n(.+)$", README, re.MULTILINE)
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize(("command", "shown"), CALCULATED, ids=[command for command, _ in CALCULATED])
def test_calculated_lines_are_what_the_command_prints(command: str, shown: str) -> None:
    """What stands under a `microhedge calc` is its answer, or its refusal."""
    ran = subprocess.run(
        [sys.executable, "-m", "addin", *shlex.split(command)],
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=False,
    )
    assert (ran.stdout + ran.stderr).strip() == shown
    assert ran.returncode == shown.startswith("microhedge: ")


def test_python_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lines behind >>> answer what stands below them."""
    monkeypatch.chdir(tmp_path)
    failed, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert (failed, tried > 0) == (0, True)


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_links_lead_somewhere(page: Path) -> None:
    """Every page and picture that a page names is in the project."""
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_room_is_explained() -> None:
    """CONTRIBUTING names each folder that holds modules."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rooms = {path.parent.name for top in ("workbook", "addin") for path in (ROOT / top).glob("*/__init__.py")}
    assert [room for room in sorted(rooms) if f"`{room}/`" not in page] == []


def test_make_targets_exist() -> None:
    """The commands that the README tells a newcomer to run are in the Makefile."""
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(re.findall(r"^\$ make (\w+)", README, re.MULTILINE)) <= set(targets)
