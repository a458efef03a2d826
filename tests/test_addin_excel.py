"""Excel on Windows: the wrappers through xlwings' real conversion, and the wizard's help."""

import datetime as dt
import importlib
import inspect
import io
import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from support.parity_cases import CASES, Case, squeezed
from support.windows_host import ERRORS, MISSING, ComRange, ComTime, call, excel_module, sent, xlwings_udfs

from addin import excel
from addin.conversion import BulkAccessor
from addin.hosts import excel_vba
from udfs import REGISTRY
from udfs.cell_errors import EXCEL_ERRORS

SPECS = tuple(REGISTRY.values())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_value_or_error_is_the_registry_s(case: Case) -> None:
    """Each case of the table gives the same value to the last bit, or the same error, in Excel."""
    arguments = [sent(cell) for cell in case.cells]
    missing = [MISSING] * (len(REGISTRY[case.name].parameters) - len(arguments))
    assert call(case.name, *arguments, *missing) == squeezed(case.expected)


@pytest.mark.parametrize("case", [case for case in CASES if "10,000" not in case.title], ids=str)
def test_ranges_that_xlwings_reads_itself_give_the_same(case: Case) -> None:
    """Cells that come as ranges, as xlwings Server and the stock add-in send them, give the same."""
    arguments = [ComRange(rows(cell)) for cell in case.cells]
    missing = [MISSING] * (len(REGISTRY[case.name].parameters) - len(arguments))
    assert call(case.name, *arguments, *missing) == squeezed(case.expected)


def rows(cell: Any) -> Any:
    """One argument as the values of a range."""
    found = sent(cell)
    return found if isinstance(found, tuple) else ((found,),)


CELL = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "12.5", "word", *ERRORS]),
)
SHAPE = st.tuples(st.integers(1, 4), st.integers(1, 4))
GRID = SHAPE.flatmap(
    lambda shape: st.lists(
        st.lists(CELL, min_size=shape[1], max_size=shape[1]), min_size=shape[0], max_size=shape[0]
    )
)


@given(GRID, GRID)
@settings(deadline=None, max_examples=200)
def test_any_two_ranges(notionals: list[list[Any]], leverages: list[list[Any]]) -> None:
    """Whatever two ranges hold, in whatever shapes, Excel gets the registry's answer cell by cell."""
    case = Case("any", "HEDGE_MARGIN", (notionals, leverages))
    assert call("HEDGE_MARGIN", sent(notionals), sent(leverages)) == squeezed(case.expected)


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        (2_400.0, 480.0),
        (2_400, 480.0),  # from VBA: Excel's own cells are never integers
        ("2400", 480.0),
        (Decimal("2400.0000"), 480.0),  # a currency
        (ComTime(1906, 7, 27), 480.0),  # 2400 in a date format
        (None, "#VALUE!"),
        ("", "#VALUE!"),
        (MISSING, "#VALUE!"),
        (True, "#VALUE!"),
        (False, "#VALUE!"),
        ("many", "#VALUE!"),
        (1e308, 2e307),
        *((code, text) for text, code in ERRORS.items()),
    ],
)
def test_every_kind_of_cell(cell: Any, answer: Any) -> None:
    """Each kind of cell that COM can send is taken for what it is, alone and in a range."""
    assert call("HEDGE_MARGIN", cell, 5.0) == answer
    if cell != MISSING:
        assert call("HEDGE_MARGIN", ComRange([[cell]]), 5.0) == answer
        assert call("HEDGE_MARGIN", ((cell,), (2_400.0,)), 5.0) == [[answer], [480.0]]


def test_a_date_cell_keeps_its_time() -> None:
    """A date that comes as a time of COM and one that comes as a number are the same cell."""
    as_time = call("FUNDING_SETTLEMENTS", ComTime(2026, 1, 1, 7, 59), ComTime(2026, 1, 1, 8, 0), 8.0, 0.0)
    number = sent(dt.datetime(2026, 1, 1, 7, 59))
    assert (
        as_time == call("FUNDING_SETTLEMENTS", number, sent(dt.datetime(2026, 1, 1, 8, 0)), 8.0, 0.0) == 1.0
    )


def test_errors_are_numbered_as_com_numbers_them() -> None:
    """Every error of a cell has the code that Excel's CVErr and COM give it."""
    assert {text: code + 2_146_828_288 for text, code in ERRORS.items()} == excel.ERROR_CODES
    assert set(excel.ERROR_CODES) < EXCEL_ERRORS


def test_an_optional_argument_left_out_takes_its_default() -> None:
    """VBA passes an omitted argument as missing; the registry's default holds."""
    assert call("HEDGE_NOTIONAL", 1_000.0, MISSING) == 1_000.0


@pytest.mark.parametrize("spec", SPECS, ids=REGISTRY)
def test_signature_is_bare(spec: Any) -> None:
    """No hint reaches xlwings, which would look it up as a converter; optional means None."""
    function = getattr(excel, spec.name)
    parameters = inspect.signature(function).parameters.values()
    assert [parameter.name for parameter in parameters] == [p.name for p in spec.parameters]
    assert [parameter.default is None for parameter in parameters] == [
        not p.required for p in spec.parameters
    ]
    assert function.__name__ == spec.name
    assert not function.__annotations__


@pytest.mark.parametrize("spec", SPECS, ids=REGISTRY)
def test_xlwings_keeps_the_record(spec: Any) -> None:
    """The record of xlwings holds our category, help and argument help, none of them cut short."""
    record = getattr(excel_module(), spec.name).__xlfunc__
    assert record["name"] == spec.name
    assert record["category"] == f"microhedge: {spec.category}"
    assert record["ret"]["doc"] == excel.help_of(spec)
    assert [argument["doc"] for argument in record["args"]] == [
        excel.help_of_argument(parameter) for parameter in spec.parameters
    ]
    options = {"convert": BulkAccessor, "ndim": 2, "err_to_str": True}
    assert all(argument["options"] == options for argument in record["args"])
    assert record["ret"]["options"] == {"convert": BulkAccessor}
    assert spec.help in record["ret"]["doc"]
    assert all(len(argument["doc"]) <= excel.TEXT_LIMIT for argument in record["args"])


def test_wrapper_agrees_with_the_generator_of_xlwings() -> None:
    """Our VBA declares and calls each function as xlwings' generator does, keywords apart."""
    module = SimpleNamespace(**{spec.name: getattr(excel_module(), spec.name) for spec in SPECS})
    written = io.StringIO()
    xlwings_udfs().generate_vba_wrapper(
        "addin.excel", module, written, SimpleNamespace(Name="microhedge.xlam")
    )
    theirs = written.getvalue()
    for spec in SPECS:
        heading, body, _ = excel_vba.wrapper(spec)
        for parameter in spec.parameters:
            ours = excel_vba.argument_name(parameter.name)
            heading = re.sub(rf"\b{ours}\b", parameter.name, heading)
            body = re.sub(rf"\b{ours}\b", parameter.name, body)
        assert heading.removeprefix("Public ") in theirs.splitlines()
        arguments = body[body.index("Array(") : -1]
        assert f'{spec.name} = XLPy.CallUDF("addin.excel", "{spec.name}", {arguments})' in theirs
    assert theirs.count("\nFunction ") + theirs.startswith("Function ") == len(SPECS)


def test_a_stray_udfs_is_refused(tmp_path: Path) -> None:
    """A folder `udfs` beside a workbook does not stand in for the library."""
    shutil.copytree(ROOT / "udfs", tmp_path / "udfs", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "addin", tmp_path / "elsewhere" / "addin")
    code = (
        f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {str(tmp_path / 'elsewhere')!r}]; import addin.excel"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert "is not part of this microhedge" in done.stderr


def test_importing_the_module_twice_registers_the_same() -> None:
    """Xlwings reloads the module after an edit: the functions are all there again."""
    again = importlib.reload(excel)
    assert all(callable(getattr(again, name)) for name in REGISTRY)
