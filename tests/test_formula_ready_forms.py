"""The forms that come with the package: as they would be worked out, and for their own template alone."""

from collections.abc import Hashable, Mapping
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName
from support.generated import EDITIONS, forms_of
from support.plan_books import edited, example

from workbook.formula import ready_forms
from workbook.formula.forms import Family
from workbook.formula.grammar import Grammar
from workbook.native.editions import EditionName
from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request
from workbook.xlsx.saved_book import SavedBook

STALE = "the ready forms are stale, and each first book works them out: `make docs` writes them again"


def known(families: Mapping[Hashable, Family]) -> Mapping[Hashable, object]:
    """All that families are, by what their formulas have in common."""
    return {
        key: (family.rows, family.is_inside, {zone: told(form.facts) for zone, form in family.forms.items()})
        for key, family in families.items()
    }


def told(facts: object) -> object:
    """Facts without the difference between lists and tuples."""
    if isinstance(facts, (list, tuple)):
        return [told(fact) for fact in facts]
    return facts


@pytest.mark.slow
@pytest.mark.parametrize("edition", EDITIONS)
def test_ready_forms_are_what_is_worked_out(edition: EditionName) -> None:
    """Every form of every formula in every example of an edition, in its place and on any sheet."""
    mark, families = forms_of(edition)
    first, _, packed = ready_forms.place(edition).read_bytes().partition(b"\n")
    assert first.decode("ascii") == mark, STALE
    assert known(ready_forms.unpacked(packed)) == known(families), STALE


def test_a_new_book_finds_its_forms_ready() -> None:
    """As it is, and once its inputs have changed."""
    package, outcome = recalc_bytes(example(), Request(inputs={"plan_ratio": 0.3}))
    assert outcome.status == "done"
    for content in (example(), package):
        assert ready_forms.ready_families(_fresh(SavedBook(content).grammar)), STALE


def _fresh(grammar: Grammar) -> Grammar:
    return Grammar(grammar.sheets, grammar.names, grammar.tables, grammar.ours, grammar.links)


def _sheet(book: openpyxl.Workbook) -> None:
    book.create_sheet("Mine")


def _name(book: openpyxl.Workbook) -> None:
    book.defined_names["mine"] = DefinedName("mine", attr_text="Plan!$A$1")


def _moved(book: openpyxl.Workbook) -> None:
    book.defined_names["plan_ratio"] = DefinedName("plan_ratio", attr_text="Plan!$A$1")


def _longer(book: openpyxl.Workbook) -> None:
    table = book["Market"].tables["Market"]
    first, _, last = table.ref.partition(":")
    table.ref = f"{first}:{last}1"


@pytest.mark.parametrize("change", [_sheet, _name, _moved, _longer])
def test_a_book_of_other_words_takes_none(change: object) -> None:
    """A sheet, a name or a table of one's own may mean something in any formula."""
    grammar = SavedBook(edited(change)).grammar  # type: ignore[arg-type] # all of them are edits
    assert ready_forms.ready_families(_fresh(grammar)) == {}


def test_forms_of_other_sources_are_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a change of the modules that work them out, forms are worked out by these."""
    grammar = _fresh(SavedBook(example()).grammar)
    monkeypatch.setattr(ready_forms, "_sources", lambda: "0" * 32)
    assert ready_forms.ready_families(grammar) == {}


def test_damage_is_no_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut, empty, of another shape or missing: nothing is taken, and nothing fails."""
    grammar = _fresh(SavedBook(example()).grammar)
    mark, _, packed = ready_forms.place("add-in").read_bytes().partition(b"\n")
    monkeypatch.setattr(ready_forms, "READY", tmp_path)
    assert ready_forms.ready_families(grammar) == {}
    file = tmp_path / "add-in.forms"
    for content in (b"", mark, mark + b"\n", mark + b"\n" + packed[:-9], b"\xff\n" + packed):
        file.write_bytes(content)
        assert ready_forms.ready_families(grammar) == {}
