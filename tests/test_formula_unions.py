"""References to several areas: a function of ours refuses them in a recalculation as in Excel and Calc."""

from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from udfs import REGISTRY
from workbook import recalc_book
from workbook.formula.unions import without_unions


@pytest.mark.parametrize(
    ("formula", "plain"),
    [
        ("HEDGE_NOTIONAL((A1,A2))", "#VALUE!"),
        ("HEDGE_NOTIONAL( ( A1:A3 , B5 ) ,1)", "#VALUE!"),
        ("HEDGE_NOTIONAL(((A1),A2),1)", "#VALUE!"),
        ("1+IF(A1,HEDGE_BETA(B1:B9,((A1:A3,A4:A9))),2)", "1+IF(A1,#VALUE!,2)"),
        ("HEDGE_NOTIONAL((A1))", "HEDGE_NOTIONAL((A1))"),
        ("HEDGE_NOTIONAL((A1+2)*3,(1))", "HEDGE_NOTIONAL((A1+2)*3,(1))"),
        ("HEDGE_NOTIONAL(SUM((A1,A2)))", "HEDGE_NOTIONAL(SUM((A1,A2)))"),
        ("SUM((A1,A2),HEDGE_NOTIONAL(3))", "SUM((A1,A2),HEDGE_NOTIONAL(3))"),
        ('HEDGE_STATUS("((A1,A2))",(1))', 'HEDGE_STATUS("((A1,A2))",(1))'),
    ],
)
def test_a_call_with_several_areas(formula: str, plain: str) -> None:
    """One argument of several areas makes the call an error; the rest of the formula stays."""
    assert without_unions(formula, REGISTRY.keys()) == plain


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=REALIZED_VOLATILITY((A1:A3,A4:A5))", "#VALUE!"),
        ("=HEDGE_NOTIONAL((A1:A3,A5))", "#VALUE!"),
        ("=REALIZED_VOLATILITY(joined)", "#VALUE!"),
        ("=IFERROR(HEDGE_NOTIONAL((A1,A2)),7)", 7),
        ("=HEDGE_NOTIONAL((A2),(A1))", 10100),
    ],
)
def test_in_a_book(tmp_path: Path, formula: str, value: object) -> None:
    """Typed, or as a name that stands for several areas."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Plan")
        sheet.write_column("A1", [100, 101, 104, 103, 102])
        book.define_name("joined", "=(Plan!$A$1:$A$3,Plan!$A$4:$A$5)")
        sheet.write_formula("D1", formula, value=-1)
    assert recalc_book(path, path).status == "done"
    assert openpyxl.load_workbook(path, data_only=True)["Plan"]["D1"].value == value
