"""The reference is read off the registry, committed, and fresh."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from addin.commands.functions import reference
from udfs import REGISTRY, Spec

ROOT = Path(__file__).parents[1]
SPECS = pytest.mark.parametrize("spec", REGISTRY.values(), ids=REGISTRY)


def functions(*words: str) -> subprocess.CompletedProcess[str]:
    """The command as a user runs it."""
    return subprocess.run(
        [sys.executable, "-m", "addin", "functions", *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        check=False,
    )


def test_reference_is_fresh() -> None:
    """docs/functions.md says what the registry says; `make docs` writes it."""
    page = (ROOT / "docs" / "functions.md").read_text(encoding="utf-8")
    assert page == reference(None, "markdown") + "\n"


def test_every_link_has_its_heading() -> None:
    """Each function is in the table of contents once, and the link leads to its heading."""
    page = reference(None, "markdown")
    links = re.findall(r"\]\(#(\w+)\)", page)
    headings = [name.lower() for name in re.findall(r"^### (\w+)$", page, re.MULTILINE)]
    assert links == headings
    assert sorted(links) == sorted(name.lower() for name in REGISTRY)


@SPECS
def test_page_of_one_function_is_complete(spec: Spec) -> None:
    """Signature, each argument with unit, domain and help, result, example and source are there."""
    page = " ".join(reference(spec, "text").split())
    for word in (spec.signature, spec.help, spec.unit, spec.source):
        assert " ".join(word.split()) in page
    for parameter in spec.parameters:
        for word in (parameter.name, parameter.arg.unit, parameter.arg.domain, parameter.arg.help):
            assert word in page


def test_command_prints_one_function() -> None:
    """`microhedge functions hedge_margin` is the page of that function."""
    assert functions("hedge_margin").stdout == reference(REGISTRY["HEDGE_MARGIN"], "text") + "\n"


def test_command_lists_all_functions() -> None:
    """Without a name, each function has a line."""
    listed = functions().stdout
    assert all(f"  {name} " in listed for name in REGISTRY)


def test_command_speaks_json() -> None:
    """Programs get names, arguments with domain and default, example and source."""
    (margin,) = json.loads(functions("HEDGE_MARGIN", "--format", "json").stdout)
    assert [argument["name"] for argument in margin["arguments"]] == ["notional", "leverage"]
    assert margin["arguments"][1]["domain"] == "at least 1"
    assert margin["example"] == {"formula": "=HEDGE_MARGIN(2400, 5)", "result": 480}


def test_unknown_function_is_wrong_usage() -> None:
    """A name that is none is refused in one sentence."""
    refused = functions("HEDGE")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("microhedge: HEDGE is not a function of microhedge")
