"""Formulas that give truth values are known by their text."""

import pytest

from workbook.formula.truth_values import gives_truth


@pytest.mark.parametrize(
    ("text", "is_truth"),
    [
        ("A1>0", True),
        ("(A1<>B1)", True),
        ("NOT(A1)", True),
        ("TRUE", True),
        ("ISNUMBER(A1)", True),
        ("IFERROR(HEDGE_MARGIN(1,1)=1,FALSE)", True),
        ("IF(A1,AND(B1,C1))", True),
        ("IF(A1>0,TRUE,IFNA(B1=2,FALSE))", True),
        ("CHOOSE(A1,A1>0,B1>0)", True),
        ("A1>0+(B1=1)", True),
        ("(A1>0)*1", False),
        ("IF(A1>0,TRUE,1)", False),
        ("IFERROR(A1,FALSE)", False),
        ("ISOWEEKNUM(A1)", False),
        ("A1", False),
        ("IF(A1>0,1,0)", False),
        ("", False),
    ],
)
def test_whether_a_formula_gives_a_truth_value(text: str, is_truth: bool) -> None:
    """Comparisons and questions do; branches do where all of them do."""
    assert gives_truth(text) is is_truth
