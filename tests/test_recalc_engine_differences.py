"""Functions that the engine computes otherwise than Excel: which calls are doubted, and on what evidence."""

import csv
from pathlib import Path
from typing import Any

import pytest
from support.books import F, book, cached

from workbook.formula.tree import calls, tree
from workbook.recalc.engine_differences import DIVERGENT, DOCUMENTED, doubt
from workbook.recalc.evaluation import Model
from workbook.recalc.recalc import recalc_bytes
from workbook.request import Outcome, Request
from workbook.xlsx.saved_book import Book

KNOWN = Path(__file__).parent / "golden" / "divergences.csv"


def doubted(text: str, *, is_provable: bool = True) -> str:
    """The function that a formula is doubted for, or nothing."""
    why = doubt(text, is_provable=is_provable)
    return why.removeprefix("calls ").partition(",")[0]


def changed(formula: str, saved: Any, price: str = "2") -> Outcome:
    """The outcome of setting A1, 1 before, for one formula."""
    package = book({"Sheet1": {"A1": 1, "A2": 7, "B1": F(formula, saved)}}, {"price": "Sheet1!$A$1"})
    return recalc_bytes(package, Request(inputs={"price": price}))[1]


def test_every_divergence_in_excels_books_has_a_rule_and_every_rule_its_evidence() -> None:
    """Each row of the list names a function with a rule; a rule stands for a row, or for a document."""
    with KNOWN.open(newline="") as file:
        rows = [frozenset(row["functions"].split()) for row in csv.DictReader(file)]
    assert [row for row in rows if row and row.isdisjoint(DIVERGENT)] == []
    assert frozenset().union(*rows) & DOCUMENTED == frozenset()
    assert DIVERGENT.keys() - frozenset().union(*rows) == DOCUMENTED


@pytest.mark.parametrize(
    ("formula", "excel"),
    [
        ("=CEILING(-2.5,-2)", -4),
        ("=CEILING.MATH(-5.5,2,-1)", -6),
        ("=FLOOR(-2.5,-2)", -2),
        ("=FLOOR(7.1,0.1)", 7.1),
        ("=FLOOR.MATH(-5.5,2,-1)", -4),
        ("=FLOOR.PRECISE(7.1,0.1)", 7.1),
        ("=_xlfn.HYPGEOM.DIST(9,4,8,20,FALSE)", "#NUM!"),
        ('=PROPER("76BudGet")', "76Budget"),
        ('=REPLACE("abc",9,1,"x")', "abcx"),
        ('=_xlfn.TEXTAFTER("a-b","x",1,0,0,"none")', "none"),
        ('=_xlfn.TEXTBEFORE("a-b","x",1,0,0,"none")', "none"),
        ('=INDIRECT("R1C1",FALSE)', 1),
        ("=LOOKUP(2,1/(A1:A2=1),A1:A2)", 1),
        ("=SUMPRODUCT(A1:A2>0,A1:A2)", 0),
    ],
)
def test_documented_divergences_are_there(formula: str, excel: float) -> None:
    """What Excel gives, by Microsoft's pages on the functions, the engine does not: else the rule can go."""
    model = Model(Book(book({"Sheet1": {"A1": 1, "A2": 7, "C9": F(formula, excel)}})))
    stepped, _ = model.stepped(frozenset(model.formulas), {})
    assert list(stepped.values()) != [excel]
    assert {call.name for call in calls(tree(formula))} & DOCUMENTED
    assert doubted(formula[1:])


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("ROMAN(499,A1)", "ROMAN"),
        ("1+LEN(ROMAN(499,1))", "ROMAN"),
        ("ROMAN(499,0)&ROMAN(A1)", ""),
        ("_xlfn.XMATCH(A1,B1:B9,3)", "XMATCH"),
        ("_xlfn.XMATCH(A1,B1:B9)", ""),
        ('TEXT(A1,"0.00")&TEXT(A1,"#,##0.0%")&TEXT(A1,"$#,##0")&TEXT(A1,"0;(0)")', ""),
        ('TEXT(A1,"yyyy-mm-dd hh:mm")&TEXT(A1,"d mmm yy")&TEXT(A1,"[h]:mm")', ""),
        ('TEXT(A1,"# ?/?")', "TEXT"),
        ('TEXT(A1,"0.0E+0")', "TEXT"),
        ('TEXT(A1,"General")', "TEXT"),
        ('TEXT(A1,"#,##0_);(#,##0)")', "TEXT"),
        ("TEXT(A1,B1)", "TEXT"),
        ("DAYS360(A1,A2)", "DAYS360"),
        ("DAYS360(A1,A2,TRUE)", ""),
        ("IPMT(A1,1,12,B1,0,0)", ""),
        ("IPMT(A1,1,12,B1,0,1)", "IPMT"),
        ("ADDRESS(1,2,,FALSE)", "ADDRESS"),
        ("ADDRESS(1,A1)", ""),
        ("CEILING(A1,0.1)+FLOOR(A1,0.25)+FLOOR(A1,B1)", ""),
        ("FLOOR(A1,0.1)", "FLOOR"),
        ("FLOOR(A1,B1*2)", "FLOOR"),
        ("CEILING(A1,-0.5)", "CEILING"),
        ('AND(A1,"TRUE")', "AND"),
        ("AND(A1>1,OR(A2,A3))", ""),
        ('CONVERT(A1,"m","ft")', ""),
        ("CONVERT(A1,B1,C1)", "CONVERT"),
        ('IF(A1>1,CONVERT(A1,"m","ft"),0)', "CONVERT"),
        ('IF(CONVERT(A1,"m","ft")>1,1,0)', ""),
        ('IFERROR(CONVERT(A1,"m","ft"),0)', "CONVERT"),
        ("SUMPRODUCT((A1:A9>1)*1,B1:B9)+SUMPRODUCT(--(A1:A9>1))", ""),
        ("SUMPRODUCT((A1:A9)>1,B1:B9)", "SUMPRODUCT"),
        ("LOOKUP(A1,B1:B9,C1:C9)", ""),
        ("DSUM(A1:B9,1,C1:C2)", "DSUM"),
        ("SUM(A1:A9)*PMT(A1,12,100)+SIN(A1)+DATE(2026,1,A1)", ""),
        ("DATE(1900,2,A1)", "DATE"),
        ('_xlfn.TEXTAFTER(A1,"-",,,,"none")', "TEXTAFTER"),
        ('_xlfn.TEXTAFTER(A1,"-")', ""),
        ('REPLACE(A1,1,2,"")', ""),
    ],
)
def test_calls_are_doubted_by_their_form(text: str, function: str) -> None:
    """No more is doubted than is known to differ: the usual forms of usual functions are not."""
    assert doubted(text) == function


def test_what_no_value_can_prove_is_doubted_more() -> None:
    """With the clock in the formula, Excel's value proves nothing."""
    assert doubted('CONVERT(A1,"m","ft")', is_provable=False) == "CONVERT"
    assert doubted("PMT(A1,12,100)", is_provable=False) == ""


@pytest.mark.parametrize(
    ("formula", "saved"),
    [
        ("=ROMAN(499,A1)", "LDVLIV"),
        ('=IF(A1>1,ROMAN(499,4),"")', ""),
        ('=IF(TODAY()>0,ROMAN(499,A1),"")', "ID"),
        ('=IFERROR(ROMAN(499,A1),"none")', "none"),
        ("=LEN(ROMAN(499,A1))+HEDGE_MARGIN(A1,5)", 6),
    ],
)
def test_a_doubted_call_is_refused_proven_or_not(formula: str, saved: Any) -> None:
    """Whatever branch was taken and whatever Excel cached, the cell is named and not written."""
    outcome = changed(formula, saved)
    said = "Sheet1!B1 calls ROMAN, which the engine computes otherwise than Excel: the concise forms"
    assert (outcome.status, outcome.reason) == ("refused", said)


def test_a_usual_call_is_computed() -> None:
    """A formula with a function that differs elsewhere is computed where it does not."""
    package = book(
        {"Sheet1": {"A1": 1, "B1": F('=TEXT(A1,"0.0")&ROMAN(A1)', "1.0I")}}, {"price": "Sheet1!$A$1"}
    )
    written, outcome = recalc_bytes(package, Request(inputs={"price": "9"}))
    assert (outcome.status, cached(written, "Sheet1", "B1")) == ("done", ["9.0IX"])
