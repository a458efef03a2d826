"""What a process remembers of one book never shows in another: kept engines and skeletons change no value."""

from typing import Any

import pytest
from books import F, book, cached, parts
from hypothesis import given, settings
from hypothesis import strategies as st

from workbook import book as book_module
from workbook import program, skeleton
from workbook.book import Book
from workbook.recalc import recalc_bytes
from workbook.request import Request
from workbook.template import book_bytes

NAMES = {"price": "Sheet1!$A$1", "other": "Sheet1!$A$2", "flag": "Sheet1!$A$3", "word": "Sheet1!$A$4"}


def forget() -> None:
    """Let the process be as it was at its start."""
    program.program.cache_clear()
    book_module._sheets.clear()
    skeleton._known.clear()
    skeleton._seen.clear()


@pytest.fixture(scope="module")
def small() -> bytes:
    """A book of every type, saved with its values."""
    cells = {
        "A1": 1,
        "A2": 2,
        "A3": True,
        "A4": "word",
        "B1": F("=A1+A2", 3),
        "B2": F("=IF(A3,B1,-B1)", 3),
        "B3": F('=A4&"/"&B2', "word/3"),
        "B4": F("=COUNT(A1:A9)&COUNTA(A1:A9)&ISBLANK(A4)", "24FALSE"),
        "B5": F("=1/(A1-5)", -0.25),
        "B6": F('=IFERROR(B5,"none")', -0.25),
        "B7": F("=HEDGE_MARGIN(A1*100,MAX(1,A2))", 50),
        "B8": F("=SUM(A1:A2,B7)", 53),
    }
    return book({"Sheet1": cells}, NAMES)


values = st.fixed_dictionaries(
    {},
    optional={
        "price": st.sampled_from([1.0, 5.0, 0.1, -3.0, 1e9]),
        "other": st.sampled_from([2.0, 7.0, 0.0, -1.0]),
        "flag": st.booleans(),
        "word": st.sampled_from(["", "x", "=1+1", "ß & <b>", "TRUE", " space "]),
    },
)


@settings(max_examples=60, deadline=None)
@given(runs=st.lists(values, min_size=2, max_size=5))
def test_a_kept_engine_answers_as_a_new_one(small: bytes, runs: list[dict[str, Any]]) -> None:
    """Any sequence of inputs gives book for book the same bytes as a process that saw nothing before."""
    fresh = []
    for inputs in runs:
        forget()
        fresh.append(recalc_bytes(small, Request(inputs=inputs))[0])
    forget()
    warm = small
    for inputs, expected in zip(runs, fresh, strict=True):
        assert recalc_bytes(small, Request(inputs=inputs))[0] == expected
        warm, outcome = recalc_bytes(warm, Request(inputs=inputs))
        assert outcome.status in ("done", "unchanged")


def test_a_kept_engine_plans_as_a_new_one() -> None:
    """The template's books: another ratio, another leverage and back, with and without a memory."""
    plan = book_bytes("two-asset", None)
    asked = [
        Request(inputs={"plan_ratio": ratio, "plan_leverage": leverage})
        for ratio, leverage in [(0.5, 3.0), (0.4, 5.0), (1.0, 1.0), (0.0, 10.0), (0.5, 3.0)]
    ]
    forget()
    warm = [recalc_bytes(plan, request)[0] for request in asked]
    for request, expected in zip(asked, warm, strict=True):
        forget()
        assert parts(recalc_bytes(plan, request)[0]) == parts(expected)


def test_types_are_told_apart_by_a_kept_engine() -> None:
    """TRUE equals 1 to Python; to a formula it does not."""
    package = book({"Sheet1": {"B1": F("=ISNUMBER(A1)", cached=False), "A1": "x"}}, {"price": "Sheet1!$A$1"})
    blank = book({"Sheet1": {"B1": F("=ISNUMBER(A1)", cached=False)}}, {"price": "Sheet1!$A$1"})
    for value, expected in (("1", True), ("TRUE", False), ("1", True)):
        written, _ = recalc_bytes(blank, Request(inputs={"price": value}))
        assert cached(written, "Sheet1", "B1") == [expected]
    assert recalc_bytes(package, Request(inputs={"price": "y"}))[1].status == "done"


def test_a_skeleton_reads_what_the_scan_reads() -> None:
    """The third book of a template is read by its skeleton alone: cell for cell the same."""
    plan = book_bytes("two-asset", None)
    forget()
    first = Book(plan)
    read = [(first.cells(n).values, dict(first.cells(n).starts)) for n in range(len(first.sheets))]
    Book(plan).grammar  # noqa: B018 - met a second time
    for _ in range(2):
        book_module._sheets.clear()
        again = Book(plan)
        found = [(again.cells(n).values, dict(again.cells(n).starts)) for n in range(len(again.sheets))]
        assert found == read
    assert skeleton._known


def test_many_long_ranges_cost_what_they_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns of ranges that are blank but for a few cells are read only as far as a book fills them."""
    cells = {"A1": 1, "A2": F("=SUM(C1:C90000)+A1", 1), "B2": F("=SUM(D1:D90000)+A1", 1)}
    package = book({"Sheet1": cells}, {"price": "Sheet1!$A$1"})
    kept = recalc_bytes(package, Request(inputs={"price": "2"}))[0]
    monkeypatch.setattr("workbook.program.HELD", 100_000)
    renamed = book({"Sheet2": cells}, {"price": "Sheet2!$A$1"})
    written = recalc_bytes(renamed, Request(inputs={"price": "2"}))[0]
    assert cached(kept, "Sheet1", "A2", "B2") == cached(written, "Sheet2", "A2", "B2") == [2, 2]
