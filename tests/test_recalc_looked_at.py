"""What was found of one book holds for the next of its template wherever neither differs."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.books import F, book

from workbook.cells import Value, place
from workbook.recalc import looked_at
from workbook.recalc.core_cells import Checks, unsure
from workbook.recalc.evaluation import Model
from workbook.recalc.new_values import Now
from workbook.recalc.recalc import recalc_bytes
from workbook.recalc.shared_errors import doubts
from workbook.request import Request
from workbook.template import book_bytes
from workbook.xlsx.saved_book import SavedBook

ROWS = 8
FORMS = [
    *("A{r}+1", "A{r}*2>A{s}", "A{r}-A{s}=0", "A{r}&A{s}", 'A{r}&"é"', "LEN(A{r})", "SUM(A1:A8)", "N(A{r})"),
    *("COUNTIF(A1:A8,A{r})", 'COUNTIF(A1:A8,"<2")', "IFERROR(A{r}*1,0)", 'SUMIF(A1:A8,">0")', "A{r}=A{s}"),
    *("UPPER(A{r})", "MAX(A1:A8)", "IF(A{r}>0,A{s},0)", 'A{r}="Ä"', "EXACT(A{r},A{s})", "DATE(A{r},1,1)"),
    *("C{r}&A{s}", "C{r}+C{s}", "VALUE(A{r})", "A{r}>C{s}"),
]
POOL: list[Value] = [
    *(1.0, 2.0, -3.0, 0.1, 0.30000000000000004, 1e-17, 1e15, 1234567.1234567891, 0.0, True, False),
    *("word", "Ä", "ä", "1,000", "5%", ">1", "TRUE", "2026-01-31", "", "*", "😀"),
]
FORMULAS = [place(0, row, 3) for row in range(1, 81)]


def sheet(values: Collection[Value]) -> bytes:
    """Eighty formulas over eight cells and over one another."""
    cells: dict[str, Any] = {f"A{row}": value for row, value in enumerate(values, 1)}
    for at in range(len(FORMULAS)):
        text = FORMS[at % len(FORMS)].format(r=at % ROWS + 1, s=at // ROWS % ROWS + 1)
        cells[f"C{at + 1}"] = F("=" + text, 0)
    return book({"Sheet1": cells}, {"price": "Sheet1!$A$1"})


values = st.sampled_from(POOL)
columns = st.lists(values, min_size=ROWS, max_size=ROWS)
news = st.dictionaries(st.sampled_from(FORMULAS), values, max_size=3)
given_cells = st.dictionaries(st.integers(1, ROWS).map(lambda row: place(0, row, 1)), values, max_size=2)


@pytest.fixture
def always_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """However much of the formulas is to be looked at again, the others are not."""
    monkeypatch.setattr(looked_at, "PART", 1)


@pytest.mark.usefixtures("always_again")
@example(["Ä", "ä", "x", 1.0, 2.0, 3.0, 4.0, 5.0], [(None, {}, {}), ((0, 1.0), {}, {}), ((0, "Ä"), {}, {})])
@settings(max_examples=60, deadline=None)
@given(
    columns,
    st.lists(st.tuples(st.none() | st.tuples(st.integers(0, 7), values), news, given_cells), min_size=2),
)
def test_a_look_at_what_differs_is_a_look_at_all(column: list[Value], books: list[tuple[Any, ...]]) -> None:
    """Of any sequence of books of a template: which formulas are core, and which are doubted and why."""
    for edit, new, inputs in books:
        if edit:
            column[edit[0]] = edit[1]
        model = Model(SavedBook(sheet(column)))
        formulas, checks = frozenset(FORMULAS), model.program.checks(frozenset(FORMULAS))
        now = model.now(new, inputs)
        found = model.program.looks.at(formulas, checks, new, now, model.origins)
        alone = Now(now.cached, now.news, {})
        assert found.unlike == unsure(checks, alone)
        assert found.doubted == doubts(model.program.plain, formulas, new, alone)


def test_the_next_plan_is_looked_at_where_it_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other prices reach half of a plan, and what they change of it is a small part."""
    whole: list[Checks] = []

    def watched(found: Checks, now: Now) -> set[int]:
        whole.append(found)
        return unsure(found, now)

    monkeypatch.setattr(looked_at, "unsure", watched)
    plan = book_bytes("two-asset")
    seen = []
    for price in (60_000.0, 61_000.0, 62_000.0, 63_000.0):
        market = {"BTC": {"spot": price, "mark": price}}
        plan, outcome = recalc_bytes(plan, Request(market=market, as_of=datetime(2026, 3, 15)))
        assert outcome.status == "done"
        seen.append(len(whole))
    assert seen[-1] == seen[-2] > 0
