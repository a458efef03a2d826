"""Native formulas against the functions: the same cells, the same answers."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from support.editions import by_gnumeric, by_libreoffice, has_gnumeric, libreoffice_absence
from support.native_cases import ELEMENTWISE, answered, calls, formula_over, is_same, reads_tables

from udfs import REGISTRY, Spec
from workbook.cells import place
from workbook.engines.embedded import Session
from workbook.native.formulas import filled, native_expression

SPECS = pytest.mark.parametrize(
    "spec",
    [spec for spec in ELEMENTWISE if not reads_tables(spec)],
    ids=lambda spec: spec.name,
)


@SPECS
def test_native_equals_the_function(spec: Spec) -> None:
    """A hundred calls around the example, inside the domain, blanks for some optional arguments."""
    rows = calls(spec, 100)
    last = len(spec.parameters) + 1
    numbered = list(enumerate(rows, 1))
    session = Session(["S"], {place(0, row, last): formula_over(spec, row) for row, _ in numbered}, [])
    session.hold(0, {place(0, row, at): cell for row, cells in numbered for at, cell in enumerate(cells, 1)})
    results = session.results(None)
    for row, cells in numbered:
        got, wanted = results[place(0, row, last)], answered(spec, cells)
        assert is_same(got, wanted), f"{spec.name}{cells}: {got} is not {wanted}"


PROGRAMS = (
    pytest.param(
        by_libreoffice,
        marks=pytest.mark.skipif(bool(libreoffice_absence()), reason="no LibreOffice is here"),
        id="libreoffice",
    ),
    pytest.param(
        by_gnumeric,
        marks=pytest.mark.skipif(not has_gnumeric(), reason="Gnumeric is not here"),
        id="gnumeric",
    ),
)
# Errors of arithmetic are one kind to these programs: LibreOffice saves what is no number as #VALUE!.
NO_NUMBER = frozenset(("#NUM!", "#VALUE!", "#DIV/0!"))


@pytest.mark.filterwarnings("ignore:Workbook contains no default style")  # as Gnumeric saves it
@pytest.mark.parametrize("program", PROGRAMS)
def test_native_equals_the_function_elsewhere(program: Callable[[bytes, Path], Path], tmp_path: Path) -> None:
    """Thirty calls of every function, each in a row of its own, as another program calculates them."""
    specs = [spec for spec in ELEMENTWISE if not reads_tables(spec)]
    wanted: dict[tuple[str, int], tuple[Any, Any]] = {}
    stream, book = io.BytesIO(), openpyxl.Workbook()
    for spec in specs:
        sheet = book.create_sheet(spec.name)
        for row, cells in enumerate(calls(spec, 30), 1):
            sheet.append([*cells, "=" + formula_over(spec, row)])
            wanted[spec.name, row] = cells, answered(spec, cells)
    book.save(stream)
    saved = openpyxl.load_workbook(program(stream.getvalue(), tmp_path), data_only=True)
    wrong = {}
    for (name, row), (cells, value) in wanted.items():
        got = saved[name].cell(row, len(cells) + 1).value
        if not (is_same(got, value) or {got, value} <= NO_NUMBER):
            wrong[name, cells] = (got, value)
    assert not wrong


@pytest.mark.parametrize(
    ("formula", "known", "wanted"),
    [
        ("-notional*move", {"notional": "A1+1", "move": "-2"}, "-(A1+1)*(-2)"),
        ("ABS(notional)", {"notional": "A1+1"}, "ABS(A1+1)"),
        ("notional^2", {"notional": "-3"}, "(-3)^2"),
        ('IF(kind="linear",price,1)', {"kind": '"linear"', "price": "A1*2"}, "(A1*2)"),
        ('IF(days="",1,365/days)', {"days": '""'}, "1"),
        ('IF(days="",1,365/days)', {"days": "B2"}, 'IF(B2="",1,365/B2)'),
        ('IF(OR(kind="a",kind="b"),1,0)', {"kind": '"b"'}, "1"),
        ('IF(OR(kind="a",kind="b",price>1),1,0)', {"kind": '"c"', "price": "A1"}, "IF(OR(A1>1),1,0)"),
        ('IF(AND(price<>0,kind<>"a"),1,0)', {"kind": '"a"', "price": "A1"}, "0"),
        ('IF(AND(kind="a",kind<>"b"),1,0)', {"kind": '"a"'}, "1"),
        ('"price"&price', {"price": "A1"}, '"price"&A1'),
    ],
)
def test_arguments_are_put_in(formula: str, known: dict[str, str], wanted: str) -> None:
    """Brackets where they are needed, texts left alone, what constants decide decided."""
    assert filled(formula, known) == wanted


def test_what_is_left_out_takes_its_default() -> None:
    """As in a call."""
    spec = REGISTRY["TRADING_FEE"]
    assert native_expression(spec, ["A1", "B1"]) == "ABS(A1)*B1*2"
    assert native_expression(spec, ["A1", "B1", "C1"]) == "ABS(A1)*B1*C1"
