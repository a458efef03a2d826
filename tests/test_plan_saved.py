"""A saved plan: whether a book is one, and that all who ask get one answer."""

import io

import openpyxl
import pytest
from support.plan_books import example, recalculated

from workbook.errors import BookError
from workbook.layout import PLAN
from workbook.live.books import PlanBook
from workbook.plan.saved import SavedPlan
from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request
from workbook.xlsx.saved_book import SavedBook


def without(*names: str) -> bytes:
    """A calculated plan whose names were deleted; the formulas that used them are errors then."""
    book = openpyxl.load_workbook(io.BytesIO(example()))
    for name in names:
        del book.defined_names[name]
    saved = io.BytesIO()
    book.save(saved)
    return recalculated(saved.getvalue())


def is_live(package: bytes) -> bool:
    """Whether the venues have something to say about the book."""
    try:
        PlanBook.read(package)
    except BookError:
        return False
    return True


OTHERS = tuple(name for name in PLAN.names if name != PLAN.version_name)


@pytest.mark.parametrize(
    "names",
    [(), (PLAN.version_name,), ("plan_order", "plan_rounding_gap")],  # which no formula reads
    ids=["whole", "without its version", "without some results"],
)
def test_a_plan_is_a_plan_to_all_who_ask(names: tuple[str, ...]) -> None:
    """The validator, the recalculation and the venues hold the same books for plans."""
    package = without(*names)
    assert SavedPlan(SavedBook(package)).is_plan
    assert is_live(package)
    written, outcome = recalc_bytes(package, Request(inputs={"plan_ratio": 40}))
    assert outcome.is_problem
    assert outcome.reason.startswith("plan_ratio: must be ")
    assert written == package


@pytest.mark.parametrize(
    ("left", "is_plan"),
    [
        ((PLAN.version_name,), True),
        (OTHERS, True),
        (OTHERS[: len(OTHERS) // 2], False),
        (("rate", "total"), False),
        ((), False),
    ],
    ids=["version", "all but the version", "half", "a stranger's", "none"],
)
def test_the_names_of_a_book_say_whether_it_is_a_plan(left: tuple[str, ...], is_plan: bool) -> None:
    """Its version's name says so, or most of a plan's names do; names of one sheet alone do not count."""
    assert PLAN.describes({(None, name.lower()) for name in left}) is is_plan
    assert not PLAN.describes({(0, name.lower()) for name in left})
