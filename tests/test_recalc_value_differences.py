"""Values for which the engine differs from Excel: proven before, and looked at when they come up."""

from typing import Any

import pytest
from support.books import F, book, cached

from workbook.recalc.recalc import recalc_bytes
from workbook.request import Outcome, Request

CALLS = "which the engine computes otherwise than Excel"
LONG = "12345678901234567890"
UNORDERED = "the range is not in order"


def changed(formula: str, saved: Any, price: str, **cells: Any) -> tuple[bytes, Outcome]:
    """The book and the outcome after A1, 1 before, was set."""
    package = book({"Sheet1": {"A1": 1.0, **cells, "F1": F(formula, saved)}}, {"price": "Sheet1!$A$1"})
    return recalc_bytes(package, Request(inputs={"price": price}))


@pytest.mark.parametrize(
    ("formula", "saved", "price", "cells", "reason"),
    [
        # a search by order, in a range that is in order no more
        ("=MATCH(2,A1:A3)", 2, "9", {"A2": 2, "A3": 3}, f"calls MATCH, {CALLS}: {UNORDERED}"),
        (
            "=VLOOKUP(2,A1:B3,1)",
            2,
            "9",
            {"A2": 2, "A3": 3},
            f"calls VLOOKUP, {CALLS}: {UNORDERED}",
        ),
        (
            "=LOOKUP(1,C1:C2)",
            1,
            "9",
            {"C1": 1, "C2": F("=3-A1", 2)},
            f"calls LOOKUP, {CALLS}: {UNORDERED}",
        ),
        (
            "=_xlfn.XLOOKUP(2.5,A1:A3,C1:C3,0,-1)",
            20,
            "9",
            {"A2": 2, "A3": 3, "C1": 10, "C2": 20, "C3": 30},
            f"calls XLOOKUP, {CALLS}: {UNORDERED}",
        ),
        (
            "=MATCH(B1,C1:C3)",
            2,
            "2",
            {"C1": 10, "C2": 20, "C3": 30, "B1": F('=IF(A1=1,25,"25")', 25)},
            f"calls MATCH, {CALLS}: a text is looked up as a number",
        ),
        # what COUNTIF and its like make of errors, of texts and of blanks
        (
            "=COUNTIF(A1:B1,B1)",
            2,
            "0",
            {"B1": F("=1/A1", 1)},
            f"calls COUNTIF, {CALLS}: an error is counted, or is the criterion",
        ),
        (
            '=SUMIF(C1:C2,"x",B1:B2)',
            1,
            "0",
            {"B1": F("=1/A1", 1), "B2": 5, "C1": "x", "C2": "y"},
            f"calls SUMIF, {CALLS}: an error is counted, or is the criterion",
        ),
        (
            '=COUNTIF(B1:B2,"<>"&A1)',
            2,
            "7",
            {"B1": "7", "B2": 3},
            f"calls COUNTIF, {CALLS}: a text that looks like a number is among the cells",
        ),
        (
            '=COUNTIF(A1:A3,"<="&B1)',
            1,
            "2",
            {"A2": 0, "B1": F('=IF(A1=1,0,"")', 0)},
            f"calls COUNTIF, {CALLS}: a criterion ends with a blank",
        ),
        # texts and truth values are no numbers to SUMPRODUCT
        (
            "=SUMPRODUCT(B1:B2,C1:C2)",
            3,
            "2",
            {"B1": F('=IF(A1=1,1,"1")', 1), "B2": 1, "C1": 1, "C2": 2},
            f"calls SUMPRODUCT, {CALLS}: a text counts as a number",
        ),
        # a letter outside the first 65,536 is two to Excel
        (
            "=LEN(B1)",
            1,
            "2",
            {"B1": F('=IF(A1=1,"x","\N{ROCKET}")', "x")},
            f"calls LEN, {CALLS}: a letter counts as two",
        ),
        # steps of FLOOR and CEILING
        ("=FLOOR(7.1,A1)", 7, "0.1", {}, f"calls FLOOR, {CALLS}: steps below zero, or of fractions"),
        ("=CEILING(-2.5,A1)", -2, "-2", {}, f"calls CEILING, {CALLS}: steps below zero, or of fractions"),
        # powers of 0
        ("=A1^B1", 1, "0", {"B1": 0}, f"raises 0 to a power that is not above 0, {CALLS}"),
        ("=2+POWER(A1,B1)", 3, "0", {"B1": -1}, f"raises 0 to a power that is not above 0, {CALLS}"),
        # fifteen digits
        (
            '=IF(A1=B1,"same","other")',
            "other",
            "0.1",
            {"B1": F("=0.3-A1-A1", -1.7)},
            "compares 0.1 with 0.09999999999999998, which may be equal to Excel",
        ),
        (
            "=B1-0.3",
            0.7,
            "0.1",
            {"B1": F("=IF(A1=1,1,A1+0.2)", 1)},
            "would be 5.551115123125783e-17, of which Excel may make 0",
        ),
        (
            '="each "&A1/3',
            "each 0.333333333333333",
            "2",
            {},
            "is 'each 0.333333333333333' in the book, but the engine makes it 'each 0.3333333333333333'",
        ),
        (
            '="each "&1/A1',
            "each 1",
            "3",
            {},
            "would hold 0.3333333333333333, of which Excel",
        ),
        (
            "=IF(A1*3=0.3,1,0)",
            0,
            "0.1",
            {},
            "compares 0.30000000000000004 with 0.3, which may be equal to Excel",
        ),
        (
            "=IF(0=(B1-C1)*2-A1/1,1,0)",
            0,
            "0.2",
            {"B1": 0.3, "C1": F("=IF(A1=1,0,0.2)", 0)},
            "compares 0.0 with -5.551115123125783e-17, which may be equal to Excel",
        ),
        ("=LEN(A1)", 1, "1e20", {}, f"calls LEN, {CALLS}: a number of more than fifteen digits"),
        ('=A1&"x"', "1x", "1e20", {}, "would hold 100000000000000000000, of which Excel writes 15 digits"),
        # times and days
        ("=DATE(A1+2025,1,1)", 46023, "9000", {}, "would be 3332840.0, a day that Excel does not have"),
        ("=TIME(1,A1,0)", 61 / 1440, "-90", {}, f"calls TIME, {CALLS}: times below zero"),
        (
            "=DAYS(46053,B1)",
            45053,
            "2",
            {"B1": F("=IF(A1=1,1000,2)", 1000)},
            f"calls DAYS, {CALLS}: days before March 1900",
        ),
        # numbers as people write them
        (
            "=B1*2",
            2,
            "2",
            {"B1": F('=IF(A1=1,"1","1,000")', "1")},
            "would be #VALUE! for a text that Excel may read as a number",
        ),
        (
            "=IFERROR(B1*2,0)",
            2,
            "2",
            {"B1": F('=IF(A1=1,"1","1,000")', "1")},
            f"calls IFERROR, {CALLS}: a text that Excel may read as a number",
        ),
        (
            '=IF(B1,"yes","no")',
            "no",
            "2",
            {"B1": F('=IF(A1=1,0,"TRUE")', 0)},
            "would be #VALUE! for a text that Excel may read as a number",
        ),
    ],
)
def test_values_for_which_the_engine_differs_are_refused(
    formula: str, saved: Any, price: str, cells: dict[str, Any], reason: str
) -> None:
    """The proof has passed: these come up with the new input, and the sentence says what came up."""
    _, outcome = changed(formula, saved, price, **cells)
    assert outcome.status == "refused"
    assert f"Sheet1!F1 {reason}" in outcome.reason


@pytest.mark.parametrize(
    ("formula", "saved", "price", "cells", "expected"),
    [
        ("=MATCH(2,A1:A9)", 2, "1.5", {"A2": 2, "A3": 3}, 2),
        ("=MATCH(9,A1:A3,0)", "#N/A", "9", {"A2": 2, "A3": 3}, 1),
        ("=VLOOKUP(3,B1:C4,2)", 1, "5", {"B1": "Key", "B2": 1, "B3": 2, "C2": 7, "C3": F("=A1", 1)}, 5),
        ("=LOOKUP(A1,C1:C2)", 1, "2.5", {"C1": 1, "C2": 2}, 2),
        ('=COUNTIF(A1:B1,">0")', 2, "0", {"B1": 1}, 1),
        ('=SUMIF(C1:C2,"y",B1:B2)', 5, "0", {"B1": F("=1/A1", 1), "B2": 5, "C1": "x", "C2": "Y"}, 5),
        ('=SUMIFS(B1:B2,B1:B2,"<9",C1:C2,"x")', 1, "0", {"B1": F("=1/A1", 1), "B2": 5, "C1": "x"}, 0),
        ('=COUNTIF(B1:B2,"<>x")', 2, "2", {"B1": F("=A1", 1), "B2": 3}, 2),
        ("=SUMPRODUCT(B1:B3,C1:C3)", 1, "3", {"B1": "Head", "C1": "Head", "B2": F("=A1", 1), "C2": 1}, 3),
        ("=LEN(B1)", 1, "22", {"B1": F("=A1&CHAR(252)", "1ü")}, 3),
        ("=FLOOR(7.3,A1)", 7, "0.25", {}, 7.25),
        ("=A1^B1", 1, "0", {"B1": 2}, 0),
        ('=IF(A1=B1,"same","other")', "other", "0.1", {"B1": 0.1}, "same"),
        ("=IF(A1*2-B1>=C1+1,1,0)", 1, "0.5", {"B1": 0.25, "C1": -0.5}, 1),
        ('=IF(B1="","",DAYS(46053,B1))', 45053, "2", {"B1": F('=IF(A1=1,1000,"")', 1000)}, ""),
        ("=A1-0.99", 0.01, "0.9900001", {}, 1e-7),
        (
            '=A1&" of "&B1',
            "1 of 12345678901234567890",
            "2",
            {"B1": "12345678901234567890"},
            "2 of 12345678901234567890",
        ),
        ("=IFERROR(B1*2,0)", 0, "2", {"B1": F('=A1&" x"', "1 x")}, 0),
    ],
)
def test_usual_values_are_computed(
    formula: str, saved: Any, price: str, cells: dict[str, Any], expected: Any
) -> None:
    """The same functions with values that every program takes alike."""
    if formula == "=LEN(B1)":
        saved = 2
    written, outcome = changed(formula, saved, price, **cells)
    assert outcome.status in ("done", "unchanged"), outcome.reason
    value = cached(written, "Sheet1", "F1")[0]
    assert value == (pytest.approx(expected) if isinstance(expected, (int, float)) else expected or None)


def test_what_sums_more_cells_than_it_names_is_refused() -> None:
    """SUMIF fits the range that it sums to the other one, whatever size is given: C2 counts, unnamed."""
    cells = {"A1": 1, "B1": 1, "B2": 1, "C1": 5, "F1": F('=SUMIF(B1:B2,">0",C1)', 5), "C2": F("=A1-1", 0)}
    package = book({"Sheet1": cells}, {"price": "Sheet1!$A$1"})
    _, outcome = recalc_bytes(package, Request(inputs={"price": "2"}))
    assert (outcome.status, outcome.reason) == (
        "refused",
        "Sheet1!F1 sums cells beyond the range that it names",
    )


@pytest.mark.parametrize(("count", "status"), [(99, "done"), (101, "refused")])
def test_few_errors_are_held_against_the_criteria(count: int, status: str) -> None:
    """None of the errors meets the criterion; of too many to look through one is thought to."""
    errors = {f"B{row}": F("=1/0", "#DIV/0!") for row in range(2, count + 2)}
    names = {f"C{row}": "other" for row in range(2, count + 2)}
    cells = {"C1": "one", "B1": F("=A1", 1), **errors, **names}
    assert changed(f'=SUMIF(C1:C{count + 1},"one",B1:B{count + 1})', 1, "2", **cells)[1].status == status
