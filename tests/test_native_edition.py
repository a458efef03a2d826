"""The native edition of the plan book: the same cells without our functions, in every program."""

import re
from pathlib import Path
from typing import Any

import pytest
from support.editions import (
    bare,
    by_gnumeric,
    by_libreoffice,
    calculated,
    calculations,
    differences,
    formulas,
    has_gnumeric,
    libreoffice_absence,
    saved_elsewhere,
    valued,
)
from support.native_cases import words

from udfs import REGISTRY
from udfs.native import TABLES
from workbook.layout import PLAN
from workbook.layout.book import Book
from workbook.layout.schema import Column, Field, Panel, Sheet, Table
from workbook.native.addresses import Addresses
from workbook.native.edition import native
from workbook.native.editions import looked_up, record
from workbook.plan.saved import SavedPlan
from workbook.template import bare_bytes
from workbook.template.examples import ExampleBook, example
from workbook.xlsx.saved_book import SavedBook

EXAMPLES = ("two-asset", "btc", "portfolio", "blank")
EVERYWHERE = (
    frozenset(  # functions that Excel 2016, LibreOffice, Gnumeric, Google Sheets, WPS and Numbers have
        (
            *("ABS", "AND", "CORREL", "COUNT", "COUNTA", "COUNTBLANK", "COUNTIF", "COUNTIFS", "EXP", "FIXED"),
            *("IF", "IFERROR", "IFNA", "INDEX", "INT", "ISBLANK", "ISERROR", "ISLOGICAL", "ISNA", "ISNUMBER"),
            *(
                "ISTEXT",
                "LN",
                "LOG10",
                "MATCH",
                "MAX",
                "MIN",
                "N",
                "NA",
                "NORMSDIST",
                "NORMSINV",
                "NOT",
                "OR",
            ),
            *("PI", "ROUND", "ROUNDDOWN", "ROUNDUP", "ROW", "ROWS", "RSQ", "SIGN", "SLOPE", "SQRT", "STDEV"),
            *(
                "SUM",
                "SUMIF",
                "SUMIFS",
                "SUMPRODUCT",
                "T",
                "TEXT",
                "TODAY",
                "VAR",
                "DATE",
                "YEAR",
                "MONTH",
                "DAY",
            ),
            *(
                "LEFT",
                "LEN",
                "MID",
                "RIGHT",
                "TRIM",
                "UPPER",
                "LOWER",
                "EXACT",
                "FIND",
                "REPT",
                "TRUNC",
                "MOD",
            ),
            *("AVERAGE", "COLUMNS", "COLUMN", "CHOOSE", "LARGE", "SMALL", "RANK", "SUBSTITUTE", "VALUE", "T"),
            *(
                "HLOOKUP",
                "SEARCH",
                "VLOOKUP",
                "AVERAGEIF",
                "AVERAGEIFS",
                "FLOOR",
                "CEILING",
                "POWER",
                "MEDIAN",
            ),
        )
    )
)


def test_no_call_is_left() -> None:
    """Every function that the template calls has a native form, and every formula is short enough."""
    assert native(PLAN).left == ()


@pytest.mark.parametrize("name", EXAMPLES)
def test_editions_agree_in_our_engine(name: str) -> None:
    """Cell by cell, every formula of the add-in edition."""
    wanted = calculations(calculated(name, "add-in"))
    assert differences(wanted, calculations(calculated(name, "native"))) == []


@pytest.mark.parametrize("name", ["two-asset", "portfolio"])
def test_libreoffice_without_the_extension_agrees(name: str, tmp_path: Path) -> None:
    """From a book without any value."""
    if libreoffice_absence():
        pytest.skip(libreoffice_absence())
    saved = saved_elsewhere(by_libreoffice(bare(name, "native"), tmp_path))
    assert differences(calculations(calculated(name, "add-in")), saved) == []


@pytest.mark.parametrize("name", ["two-asset", "portfolio"])
def test_gnumeric_agrees(name: str, tmp_path: Path) -> None:
    """It reads no references to tables, and knows neither row 0 of INDEX nor N of a blank cell."""
    if not has_gnumeric():
        pytest.skip("ssconvert, of Gnumeric, is not on this machine")
    saved = saved_elsewhere(by_gnumeric(bare(name, "native"), tmp_path))
    assert differences(calculations(calculated(name, "add-in")), saved) == []


def test_formulas_hold_to_what_all_programs_have() -> None:
    """No function of ours, none that one of the programs lacks, no reference to a table, none too long."""
    faults = []
    for sheet, cell, text in formulas(bare("portfolio", "native")):
        called = words(text, "call")
        if called & REGISTRY.keys() or not called <= EVERYWHERE:
            faults.append(f"{sheet}!{cell} calls {sorted(called - EVERYWHERE)}")
        if words(text, "table") or len(text) > 255:
            faults.append(f"{sheet}!{cell}: {text}")
    assert faults == []


def test_every_fact_that_a_formula_looks_up_has_a_table() -> None:
    """The names that native formulas may use are names of the book."""
    assert record("native").names.keys() >= TABLES
    rows = looked_up()
    assert rows["Tiers"]
    assert rows["Rules"]
    assert all(list(table) == sorted(table) for table in rows.values())


def test_steps_hold_no_numbers() -> None:
    """Numbers but 0 and 1 have names; the bounds of inputs are data."""
    named = {field.name for panel in record("native").sheet("Steps").panels for field in panel.fields}
    domains = {name for name in named if name.endswith("_ok")}
    for name in named - domains:
        text = re.sub(r'"[^"]*"', "", record("native").fields[name].formula or "")
        assert words(text, "number") <= {"0", "1"}, f"{name}: {text}"


def test_a_plan_says_its_edition() -> None:
    """The record is chosen by it; a book that says nothing calls our functions."""
    assert SavedPlan(SavedBook(calculated("btc", "native"))).edition == "native"
    assert SavedPlan(SavedBook(calculated("btc", "add-in"))).edition == "add-in"


@pytest.mark.parametrize(
    ("name", "value"),
    [("plan_leverage", 0.5), ("plan_leverage", -3.0), ("plan_kind", "perp"), ("plan_ratio", -0.5)],
)
def test_a_wrong_input_leaves_the_plan_incomplete(name: str, value: Any) -> None:
    """The plan is incomplete, and the sheet Steps says by which input."""
    chosen = example("two-asset")
    wrong = ExampleBook({**chosen.fields, name: value}, chosen.tables, chosen.as_of)
    plan = SavedPlan(SavedBook(valued(bare_bytes(wrong, "native"), wrong)))
    assert plan.value(f"{name}_ok") is False
    assert plan.value("plan_ready") is False


def small(formula: str, *columns: Column) -> Book:
    """A book of one sheet with an input, a formula and a table."""
    fields = (
        Field(name="wanted", label="Wanted", default=1.0),
        Field(name="found", label="Found", formula=formula),
    )
    rows = Table(name="Rows", title="Rows", columns=columns, rows=3, row=9, column=2)
    panel = Panel(name="all", title="All", fields=fields, row=4, column=2)
    return Book(
        version="1", sheets=(Sheet(name="Own", purpose="", blocks=(panel, rows)),), lists={}, areas={}
    )


@pytest.mark.parametrize(
    ("formula", "wanted"),
    [
        ("HEDGE_MARGIN(wanted,1+1)", "ABS(wanted)/(1+1)"),
        ("1-BASIS(wanted,1)", "1-(wanted-1)"),
        ('IF(wanted="","",TRADING_FEE(wanted,wanted))', 'IF(wanted="","",ABS(wanted)*wanted*two)'),
        ("INDEX(Rows[Size],0,1)", "INDEX(Rows[Size],1,1):INDEX(Rows[Size],ROWS(Rows[Size]),1)"),
        ("N(wanted)+N(wanted>1)", "SUM(wanted)+N(wanted>1)"),
        ('"HEDGE_MARGIN(1,2)"', '"HEDGE_MARGIN(1,2)"'),
        ("STOP_PRICE(wanted,1,HEDGE_MARGIN(wanted,1))", None),
    ],
)
def test_one_formula(formula: str, wanted: str | None) -> None:
    """Calls in their place with their brackets; what Gnumeric lacks written otherwise; texts left alone."""
    book = native(small(formula, Column(name="size"))).book
    text = book.fields["found"].formula or ""
    assert not words(text, "call") & REGISTRY.keys()
    assert wanted is None or text == wanted


def test_a_call_without_a_native_form_is_left_and_named() -> None:
    """The edition goes on without it."""
    edition = native(
        small("SUM(BOOK_SLIPPAGE(Rows[Size],Rows[Size],1,HEDGE_MARGIN(wanted,1)))", Column(name="size"))
    )
    assert edition.left == ("found: BOOK_SLIPPAGE",)
    assert "ABS(wanted)/1" in (edition.book.fields["found"].formula or "")


def test_steps_of_a_row_stand_beside_it() -> None:
    """A formula finds its steps in its own row of another sheet, blank where it does not come to them."""
    size = Column(name="size", low=1)
    price = Column(
        name="price", formula='IF([@Size]="","",LIQUIDATION_PRICE(wanted,[@Size],0,"short","linear","mark"))'
    )
    book = native(small("1", size, price)).book
    steps = book.tables["RowsSteps"]
    assert (steps.row, steps.rows) == (book.tables["Rows"].row, book.tables["Rows"].rows)
    formula = steps.columns[0].formula or ""
    assert formula.startswith('IF(Rows[[#This Row],[Size]]="","",')
    plain = Addresses(book).plain(formula, "Steps", 12)
    assert plain.startswith('IF(Own!$B12="","",')
    assert "#NUM!" in (book.tables["Rows"]["price"].formula or "")  # the function refuses a leverage below 1
