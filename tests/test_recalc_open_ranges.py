"""Ranges of whole columns: the engine that has loaded a template is kept, and given what each book fills."""

from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.books import F, book, edited
from test_recalc_memory import forget

from workbook.recalc.evaluation import Model
from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request

NAMES: Final = {"limit": "Sheet1!$A$1"}
SHEET: Final = "xl/worksheets/sheet1.xml"
FORMULAS: Final = {
    "E1": "=SUM(B:B)+A1",
    "E2": "=SUM(B:C)-A1",
    "E3": '=SUMIF(B:B,">0",C:C)*A1',
    "E4": "=MAX(B:B,A1)",
    "E5": "=COUNT(B:B)+A1",
    "E6": "=SUM(B2:B200000)+E5",
    "E7": "=SUM(A:A)+A1",
    "E8": "=SUM(3:3)+A1",
    "E9": "=AVERAGE(C:C)+E1",
}

values = st.one_of(st.integers(-9, 9).map(float), st.sampled_from([0.5, "text", "7", True]))
filled = st.dictionaries(st.tuples(st.sampled_from("ABC"), st.integers(2, 40)), values, max_size=12)


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No third engine is asked: it takes seconds to start."""
    monkeypatch.setattr("workbook.recalc.votes.has_office", lambda: False)


def saved(cells: dict[tuple[str, int], Any]) -> bytes:
    """A book with these cells beside its formulas, and the values that the engine gives."""
    constants = {f"{column}{row}": value for (column, row), value in cells.items()}
    plain = book({"Sheet1": {"A1": 1, **constants, **{w: F(text) for w, text in FORMULAS.items()}}}, NAMES)
    return recalc_bytes(edited(plain, SHEET, ("</f><v>0</v></c>", "</f></c>")), Request())[0]


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    sheets=st.lists(filled, min_size=2, max_size=4),
    limits=st.lists(st.sampled_from([0.0, 2.0, -3.5]), min_size=4, max_size=4),
)
def test_books_that_fill_other_cells_get_what_a_new_process_gives(
    sheets: list[dict[tuple[str, int], Any]], limits: list[float]
) -> None:
    """Cells that come and go in a whole column, in any sequence of books."""
    forget()
    books = [saved(cells) for cells in sheets]
    asked = [Request(inputs={"limit": limit}) for limit in limits]
    fresh = []
    for package, request in zip(books, asked, strict=False):
        forget()
        fresh.append(recalc_bytes(package, request))
    forget()
    for (written, outcome), package, request in zip(fresh, books, asked, strict=False):
        found, again = recalc_bytes(package, request)
        assert (found, again.status, again.reason) == (written, outcome.status, outcome.reason)


def test_the_engine_of_whole_columns_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The third book of a template loads no engine."""
    forget()
    made: list[Any] = []
    load = Model._session

    def counted(*given: Any) -> Any:
        made.append(given)
        return load(*given)

    books = [saved({("B", row): float(row + number) for row in range(2, 30)}) for number in range(4)]
    monkeypatch.setattr(Model, "_session", counted)
    counts = []
    for package in books:
        assert recalc_bytes(package, Request(inputs={"limit": 2.0}))[1].status == "done"
        counts.append(len(made))
    assert counts[0] == counts[-1] > 0
