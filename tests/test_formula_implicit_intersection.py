"""Where Excel takes one cell of a range, and where only an array formula works cell by cell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.engines.embedded import WORKS
from workbook.formula.implicit_intersection import _Walk, intersected
from workbook.formula.tree import tree, written

OURS = frozenset(("HEDGE_MARGIN", "HEDGE_BETA"))


@pytest.mark.parametrize(
    "text",
    [
        "SUM(A1:A3)*2",
        "SUM(A1:A3,B1:B9)/COUNT($A:$A)",
        'COUNTIFS(A1:A9,">1",B1:B9,"x")',
        'SUMIFS(C1:C9,A1:A9,A1,B1:B9,"<"&D1)',
        "VLOOKUP(A1,B1:C9,2,FALSE)",
        "INDEX(B1:B9,MATCH(A1,A1:A9,0))",
        "INDEX(B1:D9,2,MATCH(A1,B1:D1,0))+1",
        "SUMPRODUCT((A1:A9>1)*(B1:B9=C1))",
        "IF(A1>1,SUM(B1:B3),0)",
        "SUM(IF(A1>1,B1:B3,C1:C3))",
        "SUM(INDEX(A:A,2):INDEX(A:A,5))",
        "SUM(OFFSET(A1,0,0,3,1))",
        'INDIRECT("A1")*2',
        "ROWS(A1:A3)+ROW()",
        "HEDGE_BETA(A1:A9,B1:B9)*2",
        'SUM({1,2;3,4})+LARGE(A1:A9,2)&"a,b(c"',
        "@(A1:A3)*2",
        "SUM(LET(x,A1:A3,x))",
        "((A1",
    ],
)
def test_what_is_asked_for_a_range_is_left_as_it_is(text: str) -> None:
    """A function that takes ranges gets them, and what is no formula is not touched."""
    assert intersected(text, OURS, works=WORKS) == (text, "")
    assert written(tree(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A1:A3", "@(A1:A3)"),
        ("'My Sheet'!$A$1:$A$3%", "@('My Sheet'!$A$1:$A$3)%"),
        ('TEXT(B1:B3,"0")', 'TEXT(@(B1:B3),"0")'),
        ("CHOOSE(1,B1:B3)", "CHOOSE(1,@(B1:B3))"),
        ("ROUND(A1:A3,0)", "ROUND(@(A1:A3),0)"),
        ("IF(A1:A3>0,B1:B3,0)", "IF(@(A1:A3)>0,@(B1:B3),0)"),
        ("SUM(A1:A3*2)", "SUM(@(A1:A3)*2)"),
        ("SUM(IF(A1:A3>2,B1:B3))", "SUM(IF(@(A1:A3)>2,B1:B3))"),
        ("SUM((A1:A3)*(B1:B3))", "SUM((@(A1:A3))*(@(B1:B3)))"),
        ("SUMPRODUCT(A1:A3*2)+A1:A3", "SUMPRODUCT(A1:A3*2)+@(A1:A3)"),
        ("VLOOKUP(A1:A3,B1:C9,2,FALSE)", "VLOOKUP(@(A1:A3),B1:C9,2,FALSE)"),
        ("COUNTIF(A1:A9,A1:A9)", "COUNTIF(A1:A9,@(A1:A9))"),
        ("_xlfn.IFNA(A1:A3,0)", "_xlfn.IFNA(@(A1:A3),0)"),
        ("SUM(A1:A3*{1,2})", "SUM(@(A1:A3)*{1,2})"),
        ("INDEX(A1:B3,0,1)*2", "@(INDEX(A1:B3,0,1))*2"),
        ("OFFSET(A1,0,0,3,1)", "@(OFFSET(A1,0,0,3,1))"),
        ("TRANSPOSE(A1:A3)", "INDEX(TRANSPOSE(A1:A3),1,1)"),
        ("A1*{1,2}", "INDEX(A1*{1,2},1,1)"),
        ("SUM(A1#)+A1#", "SUM(A1#)+@(A1#)"),
        ("HEDGE_MARGIN(A1:A3,5)", "INDEX(HEDGE_MARGIN(A1:A3,5),1,1)"),
    ],
)
def test_one_cell_is_taken_where_one_is_wanted(text: str, expected: str) -> None:
    """Operators and functions of single values intersect, within functions of ranges as well."""
    assert intersected(text, OURS, works=WORKS) == (expected, "")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("SUMPRODUCT(LEN(A1:A3))", "gives several cells to LEN, of which the engine takes one"),
        ("SUMPRODUCT(--ISNUMBER(A1:A3))", "gives several cells to ISNUMBER, of which the engine takes one"),
        ("SUMPRODUCT(IF(A1:A3>1,1,0))", "gives several cells to IF, but is no array formula"),
        ("N(A1:A3)", "gives several cells to N"),
        ("INDEX(A:A,2):INDEX(A:A,5)*2", "takes one cell of a range that is computed"),
        ("(A1:A3,C1:C3)*2", "takes one cell of a range that is computed"),
        ("LET(x,A1:A3,x*2)", "takes x, which stands for several cells, for one"),
    ],
)
def test_what_can_not_be_written_has_a_fault(text: str, fault: str) -> None:
    """Neither the engine nor an intersection gives what Excel would."""
    assert intersected(text, OURS, works=WORKS) == (text, fault)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("SUM(A1:A3*B1:B3)", ""),
        ("SUM(IF(A1:A3>2,B1:B3))", ""),
        ("IFERROR(A1:A3/B1:B3,0)", ""),
        ("COS(A1:A3)", ""),
        ("ROUND(SUM(A1:A3),0)", ""),
        ("ROUND(A1:A3,0)", "gives several cells to ROUND, of which the engine takes one"),
        ('TEXT(B1:B3,"0")', "gives several cells to TEXT, of which the engine takes one"),
        ("COUNTIF(A1:A9,A1:A9)", "gives several cells to COUNTIF, of which the engine takes one"),
        ("LET(x,A1:A3,ABS(x))", "gives several cells to ABS, of which the engine takes one"),
    ],
)
def test_array_formulas_are_worked_cell_by_cell(text: str, fault: str) -> None:
    """Nothing is intersected; what the engine would not work for every cell has a fault."""
    assert intersected(text, OURS, is_array=True, works=WORKS) == (text, fault)
    assert intersected(text, OURS, is_array=True, works=None) == (text, "")


def test_formulas_of_names_are_worked_cell_by_cell() -> None:
    """A name's formula is an array formula to Excel: none is intersected within another."""
    fault = "uses a name whose formula Excel works cell by cell"
    assert intersected("SUM((A1:A3*2))", has_names=True) == ("SUM((A1:A3*2))", fault)
    assert intersected("SUM((A1:A3))", has_names=True) == ("SUM((A1:A3))", "")


PIECES = st.sampled_from(
    [
        *("A{}:A{}", "A{}", "$B${}:C{}", "INDEX(A{}:C{},2,0)", "{}:{}", 'LEFT("A{}",A{}:A{})', "(B{}:B{})"),
        *("TRANSPOSE(A{}:A{})", "IF(A{}:A{}>1,A{},B{})", "SUM(A{}:A{})", "HEDGE_MARGIN(A{}:A{},5)", "Q{}x"),
    ]
)


@given(st.lists(PIECES, min_size=1, max_size=4), st.lists(st.integers(1, 99_999), min_size=24, max_size=24))
def test_what_is_written_into_a_shape_is_written_into_each_formula_of_it(
    pieces: list[str], rows: list[int]
) -> None:
    """The numbers of rows come back in their places."""
    text = "+".join(pieces).format(*rows)
    found, fault = intersected(text, OURS, works=WORKS)
    if not fault:
        assert found == _Walk(OURS, is_array=False, has_names=False, works=WORKS).formula(text)[0]
