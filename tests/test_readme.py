"""The README claims only what is so: its commands and its Python are run."""

import doctest
import re
import shlex
import subprocess
import sys

import pytest
from conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
CALCULATED = re.findall(r"^\$ microhedge (calc .+)\n(.+)$", README, re.MULTILINE)
LINKS = re.findall(r"\]\(([^)#:]+)\)", README)


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


def test_python_example_runs() -> None:
    """The lines behind >>> answer what stands below them."""
    failed, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert (failed, tried > 0) == (0, True)


@pytest.mark.parametrize("link", LINKS)
def test_links_lead_somewhere(link: str) -> None:
    """Every page and picture that the README names is in the project."""
    assert (ROOT / link).is_file()


def test_make_targets_exist() -> None:
    """The commands that the README tells a newcomer to run are in the Makefile."""
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(re.findall(r"^\$ make (\w+)", README, re.MULTILINE)) <= set(targets)
