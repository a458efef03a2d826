"""Values for which engines differ from Excel: proven before, and looked at when they come up."""

from typing import Any

import pytest
from support.books import F, book, cached

from workbook.recalc.recalc import recalc_bytes
from workbook.request import Outcome, Request


def changed(formula: str, saved: Any, price: str, **cells: Any) -> tuple[bytes, Outcome]:
    """The book and the outcome after A1, 1 before, was set."""
    package = book({"Sheet1": {"A1": 1.0, **cells, "F1": F(formula, saved)}}, {"price": "Sheet1!$A$1"})
    return recalc_bytes(package, Request(inputs={"price": price}))


@pytest.mark.parametrize(
    ("formula", "saved", "price", "cells", "right"),
    [
        ("=MATCH(2,A1:A3)", 2, "9", {"A2": 2, "A3": 3}, 2),
        ("=VLOOKUP(2,A1:B3,1)", 2, "9", {"A2": 2, "A3": 3}, 2),
        ("=LOOKUP(1,C1:C2)", 1, "9", {"C1": 1, "C2": F("=3-A1", 2)}, -6),
        (
            "=_xlfn.XLOOKUP(2.5,A1:A3,C1:C3,0,-1)",
            20,
            "9",
            {"A2": 2, "A3": 3, "C1": 10, "C2": 20, "C3": 30},
            20,
        ),
        (
            "=MATCH(B1,C1:C3)",
            2,
            "2",
            {"C1": 10, "C2": 20, "C3": 30, "B1": F('=IF(A1=1,25,"25")', 25)},
            "#N/A",
        ),
        ("=COUNTIF(A1:B1,B1)", 2, "0", {"B1": F("=1/A1", 1)}, 1),
        ('=SUMIF(C1:C2,"x",B1:B2)', 1, "0", {"B1": F("=1/A1", 1), "B2": 5, "C1": "x", "C2": "y"}, "#DIV/0!"),
        ('=COUNTIF(B1:B2,"<>"&A1)', 2, "7", {"B1": "7", "B2": 3}, 1),
        ('=COUNTIF(A1:A3,"<="&B1)', 1, "2", {"A2": 0, "B1": F('=IF(A1=1,0,"")', 0)}, 0),
        ("=SUMPRODUCT(B1:B2,C1:C2)", 3, "2", {"B1": F('=IF(A1=1,1,"1")', 1), "B2": 1, "C1": 1, "C2": 2}, 2),
        ("=LEN(B1)", 1, "2", {"B1": F('=IF(A1=1,"x","\N{ROCKET}")', "x")}, 2),
        ("=FLOOR(7.1,A1)", 7, "0.1", {}, 7.1),
        ("=CEILING(-2.5,A1)", -2, "-2", {}, -4),
        ("=A1^B1", 1, "0", {"B1": 0}, "#NUM!"),
        ("=2+POWER(A1,B1)", 3, "0", {"B1": -1}, "#DIV/0!"),
        ('=IF(A1=B1,"same","other")', "other", "0.1", {"B1": F("=0.3-A1-A1", -1.7)}, "same"),
        ("=B1-0.3", 0.7, "0.1", {"B1": F("=IF(A1=1,1,A1+0.2)", 1)}, 0),
        ('="each "&A1/3', "each 0.333333333333333", "2", {}, "each 0.666666666666667"),
        ('="each "&1/A1', "each 1", "3", {}, "each 0.333333333333333"),
        ("=IF(A1*3=0.3,1,0)", 0, "0.1", {}, 1),
        ("=IF(0=(B1-C1)*2-A1/1,1,0)", 0, "0.2", {"B1": 0.3, "C1": F("=IF(A1=1,0,0.2)", 0)}, 1),
        ("=LEN(A1)", 1, "1e20", {}, 5),
        ('=A1&"x"', "1x", "1e20", {}, "100000000000000000000x"),
        ("=DATE(A1+2025,1,1)", 46023, "9000", {}, "#NUM!"),
        ("=TIME(1,A1,0)", 61 / 1440, "-90", {}, "#NUM!"),
        ("=DAYS(46053,B1)", 45053, "2", {"B1": F("=IF(A1=1,1000,2)", 1000)}, 46051),
        ("=B1*2", 2, "2", {"B1": F('=IF(A1=1,"1","1,000")', "1")}, 2000),
        ("=IFERROR(B1*2,0)", 2, "2", {"B1": F('=IF(A1=1,"1","1,000")', "1")}, 2000),
        ('=IF(B1,"yes","no")', "no", "2", {"B1": F('=IF(A1=1,0,"TRUE")', 0)}, "yes"),
    ],
)
def test_values_for_which_engines_differ_are_never_written_wrong(
    formula: str, saved: Any, price: str, cells: dict[str, Any], right: Any
) -> None:
    """The proof has passed: these come up with the new input, and Excel's value is written or none."""
    written, outcome = changed(formula, saved, price, **cells)
    value = cached(written, "Sheet1", "F1")[0]
    assert (outcome.status == "refused" and "Sheet1!F1 " in outcome.reason) or value == pytest.approx(right)


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
        ("=SUMPRODUCT(B1:B3,C1:C3)", 1, "3", {"B1": "Head", "C1": "Head", "B2": F("=A1", 1), "C2": 1}, 3),
        ("=LEN(B1)", 1, "22", {"B1": F("=A1&CHAR(252)", "1ü")}, 3),
        ("=IF(B1,SUMPRODUCT(C1:C3,D1:D3),A1)", 1, "5", {"B1": True, "C1": F("=A1", 1), "D1": 1}, 5),
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
