"""The kinds of findings: each has its sentences, and each is found by a check."""

import re
from pathlib import Path
from string import Formatter

import pytest
from conftest import ROOT

from workbook.validate.kinds import SENTENCES, SEVERITIES, Kind, message


def test_every_kind_has_its_sentences() -> None:
    """The table has a row per kind."""
    assert SENTENCES.keys() == set(Kind)


@pytest.mark.parametrize("kind", Kind)
def test_sentences_take_their_facts(kind: Kind) -> None:
    """A finding says what is wrong and how to mend it, with its facts as they are: braces too."""
    wording = SENTENCES[kind]
    parts = [*Formatter().parse(wording.fault), *Formatter().parse(wording.mend)]
    facts = {name: 7.0 if form else "{x}" for _, name, form, _ in parts if name}
    said = message(kind, **facts)
    assert said.severity in SEVERITIES
    assert said.fault
    assert said.mend
    assert all(str(fact) in said.fault + said.mend for fact in facts.values() if fact == "{x}")


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_found_by_a_check(kind: Kind) -> None:
    """No kind is left over from a check that is gone."""
    checks = [path for path in Path(ROOT, "workbook", "validate").glob("*.py") if path.stem != "kinds"]
    assert any(re.search(rf"Kind\.{kind.name}\b", path.read_text(encoding="utf-8")) for path in checks)
