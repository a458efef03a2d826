"""Ranges from INDEX to INDEX, in which IronCalc finds nothing: they are written as OFFSET for it."""

import ironcalc
import pytest

from workbook.engines.ironcalc import spanned


@pytest.mark.parametrize(
    ("formula", "wanted"),
    [
        ("COUNT(INDEX(A1:B5,1,2):INDEX(A1:B5,5,2))", 5.0),
        ("SUM(INDEX(A1:B5,2,1):INDEX(A1:B5,ROWS(A1:B5)-1,2))", 27.0),
        ("SLOPE(INDEX(A1:B5,1,2):INDEX(A1:B5,5,2),INDEX(A1:B5,1,1):INDEX(A1:B5,5,1))", 2.0),
        ("SUM(INDEX(A1:B5,2,1))", 2.0),
    ],
)
def test_ranges_between_cells_that_are_looked_up(formula: str, wanted: float) -> None:
    """A column of 1 to 5, beside it the same numbers doubled."""
    model = ironcalc.create("book", "en", "UTC", "en")
    for row in range(1, 6):
        model.set_user_input(0, row, 1, str(row))
        model.set_user_input(0, row, 2, str(2 * row))
    model.set_user_input(0, 1, 4, f"={spanned(formula)}")
    model.evaluate()
    assert model.get_cell_value(0, 1, 4) == wanted
