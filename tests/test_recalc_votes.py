"""The vote: no value is written on one engine's word, and what can't be known is said."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from support.books import F, book, cached, edited
from support.plan_books import example

from workbook.cells import CellError
from workbook.recalc.recalc import recalc_bytes
from workbook.recalc.votes import agree, slack
from workbook.request import Outcome, Request

VALUES = Path(__file__).parent / "golden" / "values.csv"
ARGUMENTS = ("B1", "C1", "D1", "E1")


def rows() -> list[dict[str, str]]:
    """Formulas with Excel's value at arguments that it saved, and at others."""
    with VALUES.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def value(text: str) -> Any:
    """A value of the table: JSON, or a text as it stands."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def changed(formula: str, old: list[Any], saved: Any, new: list[Any], **more: Any) -> tuple[Any, Outcome]:
    """What the formula's cell holds after its arguments were set, and the outcome."""
    cells = dict(zip(ARGUMENTS, old, strict=False))
    names = {f"argument_{where.lower()[0]}": f"Sheet1!${where[0]}$1" for where in cells}
    inputs = {name: given for name, given, before in zip(names, new, old, strict=True) if given != before}
    package = book({"Sheet1": {**cells, "A1": F(formula, saved), **more}}, names)
    written, outcome = recalc_bytes(package, Request(inputs=inputs))
    return cached(written, "Sheet1", "A1")[0], outcome


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["formula"])
def test_no_value_is_written_wrong(row: dict[str, str]) -> None:
    """Excel's value is written, or none; with two engines alone."""
    old, new = json.loads(row["old_args"]), json.loads(row["new_args"])
    found, outcome = changed(row["formula"], old, value(row["old_value"]), new)
    right = value(row["new_value"])
    assert (outcome.status == "refused" and "Sheet1!A1 " in outcome.reason) or found == pytest.approx(right)


@pytest.mark.three_engines
def test_the_third_engine_settles_what_the_first_gets_wrong() -> None:
    """IronCalc and LibreOffice agree, at Excel's arguments and new ones; what depends on it follows."""
    cells = {
        "A1": 0.5,
        "B2": F("=SUMPRODUCT(LEN(C1:C2))", 3),
        "B3": F('=IF(D1="VERKÄUFE","sell","buy")', "buy"),
        "B4": F("=SUM(MMULT(E1:F1,TRANSPOSE(E1:F1)))", 5),
        "B6": F("=B2*10", 30),
        "C1": F('=IF(A1=0.5,"ab","abcd")', "ab"),
        "C2": "c",
        "D1": F('=IF(A1=0.5,"kaufen","verkäufe")', "kaufen"),
        "E1": F("=A1*2", 1),
        "F1": 2,
    }
    package = book({"Sheet1": cells}, {"price": "Sheet1!$A$1"})
    written, outcome = recalc_bytes(package, Request(inputs={"price": "1.5"}))
    assert outcome.status == "done", outcome.reason
    assert cached(written, "Sheet1", "B2", "B3", "B4", "B6") == [5, "sell", 13, 50]
    assert outcome.settled >= 3
    assert outcome.unknown == 0


def test_a_sentence_says_who_computed_what_and_what_can_be_done() -> None:
    """The cell, both values, and how to get a third opinion."""
    _, outcome = changed("=B1^C1", [2, 3], 8, [0, 0])
    assert outcome.reason == (
        "Sheet1!A1 can't be known: formualizer computes 1, IronCalc computes #NUM!: "
        "install LibreOffice for a third opinion, or open and save the book in Excel"
    )
    assert (outcome.core, outcome.voted, outcome.settled, outcome.unknown) == (0, 0, 0, 1)


def test_an_error_that_stays_is_voted_on_too() -> None:
    """A value that does not change is a value: #VALUE! of a text that Excel reads stays unknown."""
    _, outcome = changed("=B1*1", ["n/a"], "#VALUE!", ["1,000"])
    assert outcome.status == "refused"
    _, outcome = changed("=B1*1", ["n/a"], "#VALUE!", ["none"])
    assert (outcome.status, outcome.core) == ("done", 1)


def test_calls_of_ours_go_into_a_vote_as_constants() -> None:
    """IronCalc can't call our functions: it is given what they come to."""
    found, outcome = changed('=TEXT(HEDGE_MARGIN(B1,5),"0.0")&" of "&B1', [2400], "480.0 of 2400", [1200])
    assert (found, outcome.status, outcome.voted) == ("240.0 of 1200", "done", 1)


def test_a_book_of_1904_is_voted_on_with_its_own_days() -> None:
    """IronCalc counts from 1900: it is given as many days more."""
    package = book({"Sheet1": {"A1": 40_000, "B1": F("=YEAR(A1)", 2013)}}, {"price": "Sheet1!$A$1"})
    package = edited(package, "xl/workbook.xml", ("<workbookPr ", '<workbookPr date1904="1" '))
    written, outcome = recalc_bytes(package, Request(inputs={"price": "44591"}))
    assert (cached(written, "Sheet1", "B1"), outcome.voted) == ([2026], 1)


@pytest.mark.parametrize(
    ("one", "other", "calls", "same"),
    [
        (1.0, 1.0 + 1e-13, (), True),
        (1.0, 1.0 + 1e-11, (), False),
        (1.0, 1.0 + 1e-10, ("RATE",), True),
        (1.0, 1.0 + 1e-10, ("NORM.S.DIST",), True),
        (1.0, True, (), False),
        ("a", "A", (), False),
        (CellError("#N/A"), CellError("#N/A"), (), True),
        (CellError("#N/A"), CellError("#VALUE!"), (), False),
        (CellError("#N/A"), "#N/A", (), False),
        (CellError("#ENGINE!"), CellError("#ENGINE!"), (), False),
        (None, None, (), True),
        (None, 0.0, (), False),
    ],
)
def test_what_is_the_same(one: Any, other: Any, calls: tuple[str, ...], same: bool) -> None:
    """Numbers to twelve digits, what is found by iteration to nine, all else exactly."""
    assert agree(one, other, slack(calls)) is same


@pytest.mark.parametrize(
    ("formula", "old", "saved", "new", "value", "votes"),
    [
        ("=INDEX(C1:E1,B1-1)", 3, 6, 4, 7, 0),
        ("=INDEX(C1:E1,B1-1)", 3, 6, 2.5, 5, 1),
        ("=SMALL(C1:E1,COUNT(C1:E1)+1-B1)", 1, 7, 2, 6, 0),
        ("=IF(B1=COLUMNS(C1:E1),1,0)", 1, 0, 3, 1, 0),
    ],
)
def test_a_place_by_number_needs_no_vote_if_it_is_one(
    formula: str, old: float, saved: float, new: float, value: float, votes: int
) -> None:
    """A whole number from 1 is worked out here, and means the same to every program."""
    found, outcome = changed(formula, [old, 5, 6, 7], saved, [new, 5, 6, 7])
    assert (found, outcome.voted) == (value, votes), outcome.reason


def test_columns_of_several_sizes_are_refused() -> None:
    """A column that INDEX takes whole must be as long as the range of the criterion: #VALUE! to Excel."""
    formula = '=SUMIFS(INDEX(D1:E3,0,B1),C1:C2,"<9")'
    _, outcome = changed(formula, [2, 1], 5, [1, 1], C2=2, D1=1, D2=2, D3=3, E1=2, E2=3, E3=4)
    assert outcome.status == "refused"
    assert "several sizes" in outcome.reason


@pytest.mark.parametrize("name", ["two-asset", "btc", "portfolio"])
def test_nothing_of_a_plan_is_unknown(name: str) -> None:
    """Nearly all of the template is core; the few others are voted on, and both engines agree."""
    _, outcome = recalc_bytes(example(name), Request(inputs={"plan_ratio": "0.35"}))
    assert outcome.status in ("done", "unchanged"), outcome.reason
    assert (outcome.settled, outcome.unknown) == (0, 0)
    assert outcome.voted <= outcome.core / 35


def test_a_plan_may_hold_letters_outside_ascii() -> None:
    """A symbol in any script is compared, joined and looked up as it is."""
    words = {"Holdings": {0: {"asset": "БТЦ"}}, "Market": {0: {"symbol": "БТЦ"}}}
    _, outcome = recalc_bytes(example("two-asset"), Request(tables=words))
    assert (outcome.status, outcome.unknown) == ("done", 0), outcome.reason
