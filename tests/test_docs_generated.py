"""Generated files are committed, and say what the code says."""

import re
from pathlib import Path

import pytest
from conftest import ROOT
from support.generated import FILES, PARTS, with_parts


@pytest.mark.parametrize("name", FILES)
def test_generated_file_is_fresh(name: str) -> None:
    """Each is what `make docs` would write now. Read its difference before you commit it."""
    is_fresh = FILES[name]() == Path(ROOT, name).read_text(encoding="utf-8")
    assert is_fresh, f"{name} is stale: `make docs` writes it again; read what has changed"


def test_every_generated_part_has_its_place() -> None:
    """A part that is made stands in one page, and a page asks for no part that nobody makes."""
    pages = [path.read_text(encoding="utf-8") for path in Path(ROOT, "docs").glob("*.md")]
    asked = [name for page in pages for name in re.findall(r"<!-- generated: (\w+) -->", page)]
    assert sorted(asked) == sorted(PARTS)


def test_prose_around_a_generated_part_stays() -> None:
    """What a person wrote before and after a part is never written over."""
    page = "before\n<!-- generated: sheets -->\nold\n<!-- end -->\nafter\n"
    fresh = with_parts(page)
    assert fresh.startswith("before\n<!-- generated: sheets -->\n| Sheet |")
    assert fresh.endswith("|\n<!-- end -->\nafter\n")
    assert with_parts(fresh) == fresh
