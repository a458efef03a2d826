"""Texts longer than a cell holds inside a formula: #VALUE! to Excel alone, so they are never gone on with."""

from typing import Any

import pytest
from support.books import F, book, cached

from workbook.recalc.recalc import recalc_bytes
from workbook.request import Outcome, Request

LONG = "x" * 30_000
GROWING = F('=REPT("q",A1*A1*1000)', "q" * 1_000)
WHY = ("Sheet1!F1 puts a text together", "Sheet1!F1 may search for a text of more than 255 characters")


def changed(formula: str, saved: Any, price: float | str, cells: dict[str, Any]) -> tuple[Any, Outcome]:
    """What F1 holds after A1, 1 before, was set, and the outcome."""
    package = book({"Sheet1": {"A1": 1.0, **cells, "F1": F(formula, saved)}}, {"price": "Sheet1!$A$1"})
    written, outcome = recalc_bytes(package, Request(inputs={"price": price}))
    return cached(written, "Sheet1", "F1")[0], outcome


@pytest.mark.parametrize(
    ("formula", "saved", "price", "cells"),
    [
        ('=LEN(REPT("a",20000*A1)&REPT("b",10000))', 30_000, 2, {}),
        ('=LEN(REPT("a",A1))', 1, 40_000, {}),
        ('=LEN(REPT("a",ROUND(A1/3,0)))', 0, 120_000, {}),
        ('=IF(REPT("a",A1)&B1="a","same","other")', "other", 4, {"B1": "y" * 32_765}),
        ('=LEN(B1&B1&REPT("z",A1))', 20_001, 13_000, {"B1": "y" * 10_000}),
        ('=LEN(SUBSTITUTE(B1,"x",REPT("y",A1)))', 30_000, 2, {"B1": LONG}),
        ('=LEN(REPLACE(B1,1,0,REPT("y",A1)))', 30_001, 3_000, {"B1": LONG}),
        ("=LEN(CONCATENATE(B1,B1,C1,A1))", 31_001, 2, {"B1": "y" * 15_000, "C1": GROWING}),
        ("=LEN(_xlfn.CONCAT(B1:B2,C1,A1))", 31_001, 2, {"B1": LONG, "C1": GROWING}),
        ('=LEN(_xlfn.TEXTJOIN("--",TRUE,B1:C1,A1))', 31_005, 2, {"B1": LONG, "C1": GROWING}),
        ('=COUNTIF(B1:B2,REPT("?",A1))', 1, 300, {"B1": "y", "B2": "z"}),
        ('=COUNTIF(B1:B2,B1&REPT("*",A1))', 1, 260, {"B1": "y", "B2": "ya"}),
        ('=MATCH(REPT("y",A1),B1:B2,0)', 1, 256, {"B1": "y", "B2": "y" * 256}),
    ],
)
def test_what_is_too_long_inside_a_formula_is_refused(
    formula: str, saved: Any, price: float, cells: dict[str, Any]
) -> None:
    """Excel makes #VALUE! of each of these, which no engine does."""
    found, outcome = changed(formula, saved, price, cells)
    assert (outcome.status, found) == ("refused", saved)
    assert outcome.reason.startswith(WHY)


def test_the_sentence_says_what_is_too_long() -> None:
    """Both limits are named."""
    _, outcome = changed('=LEN(REPT("a",A1)&REPT("b",20000))', 20_001, 20_000, {})
    assert outcome.reason == (
        "Sheet1!F1 puts a text together that may have more than 32767 characters, which Excel can't"
    )
    _, outcome = changed('=COUNTIF(B1:B2,REPT("?",A1))', 1, 300, {"B1": "y"})
    assert outcome.reason == (
        "Sheet1!F1 may search for a text of more than 255 characters, which Excel does not"
    )


@pytest.mark.parametrize(
    ("formula", "saved", "price", "cells", "right"),
    [
        ('=LEN(REPT("a",A1)&REPT("b",12767))', 12_768, 20_000, {}, 32_767),
        ('=REPT("a",A1)&REPT("b",3)', "abbb", 2, {}, "aabbb"),
        ('=LEFT(REPT("0",6)&A1,6)', "000000", 23, {}, "000000"),
        ('=LEN(REPT("#",ROUND(A1/B1*10,0)))', 5, 4, {"B1": 2}, 20),
        ('=LEN(REPT(" ",20-LEN(B1))&A1)', 18, 25, {"B1": "abc"}, 19),
        ('=IF(B1&"|"&A1="k|2","hit","miss")', "miss", 2, {"B1": "k"}, "hit"),
        ('=MATCH("k"&A1,B1:B3,0)', 1, 3, {"B1": "k1", "B2": "k2", "B3": "k3"}, 3),
        ('=COUNTIF(B1:B3,"k"&A1)', 1, 2, {"B1": "k1", "B2": "k2", "B3": "k2"}, 2),
        ('=SUMIFS(C1:C2,B1:B2,">"&A1)', 5, 2, {"B1": 2, "B2": 3, "C1": 2, "C2": 3}, 3),
        ('=LEN(SUBSTITUTE(B1," ","--")&A1)', 5, 22, {"B1": "a b"}, 6),
        ("=LEN(B1&A1)", 32_001, 2, {"B1": "y" * 32_000}, 32_001),
    ],
)
def test_ordinary_joins_are_computed(
    formula: str, saved: Any, price: float, cells: dict[str, Any], right: Any
) -> None:
    """What can't become too long is in no doubt."""
    found, outcome = changed(formula, saved, price, cells)
    assert outcome.status in ("done", "unchanged"), outcome.reason
    assert found == right


def nested(pattern: str, times: int, inner: str = '"x"') -> str:
    """A call round itself, so many times."""
    for _ in range(times):
        inner = pattern.format(inner)
    return inner


@pytest.mark.parametrize(
    "formula",
    [
        'SUBSTITUTE(REPT("x",32767),"x",REPT("x",32767))',
        nested('SUBSTITUTE({},"x",REPT("x",1000))', 10),
        nested('SUBSTITUTE({},"x","xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")', 20),
        nested("REPT({},32767)", 3),
        nested("REPT({},1000)", 12),
        'REPT("abc",2147483647)',
        f"LEN({nested('REPT({},100000)', 4)})",
        f'FIND("y",{nested("REPT({},32767)", 2)})',
        f"IFERROR({nested('REPT({},32767)', 3)},1)",
    ],
    ids=lambda formula: formula[:30],
)
def test_a_formula_that_would_fill_the_memory_is_never_evaluated(formula: str) -> None:
    """No engine is given a text of gigabytes to make: the bound of a batch's worker is not needed for it."""
    package = book({"Sheet1": {"A1": 1.0, "F1": F(f"={formula}", "")}}, {"price": "Sheet1!$A$1"})
    written, outcome = recalc_bytes(package, Request(inputs={"price": 2.0}))
    assert (written, outcome.status) == (package, "refused")
    assert outcome.reason.startswith("Sheet1!F1 may put a text of")
