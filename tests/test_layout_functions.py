"""Which functions the template calls, and why it does without the others."""

import re

from conftest import ROOT

from udfs import REGISTRY
from workbook.layout import PLAN

PAGE = (ROOT / "docs" / "workbook.md").read_text(encoding="utf-8")
LISTED = PAGE.partition("## Functions that the template does not call")[2].partition("\n## ")[0]


def test_a_function_is_called_or_its_absence_is_explained() -> None:
    """Every function that no formula of the template calls stands in the table of the page, with a reason."""
    ports = [*PLAN.fields.values(), *(column for table in PLAN.tables.values() for column in table.columns)]
    called = set(re.findall(r"\b([A-Z][A-Z_]+)\(", " ".join(port.formula or "" for port in ports)))
    rows = [line.split("|")[1:3] for line in LISTED.splitlines() if line.startswith("| `")]
    explained = {name for names, why in rows if why.strip() for name in re.findall(r"`(\w+)`", names)}
    assert REGISTRY.keys() - called <= explained <= REGISTRY.keys()
