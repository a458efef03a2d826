"""LAMBDA names in IronCalc, an engine that has them: the same answers as the functions."""

import re
from pathlib import Path
from typing import Any

import ironcalc
import openpyxl
import pytest
from support.native_cases import answered, calls, is_same

from addin.hosts import lambda_names
from udfs import Spec
from workbook.cells import address
from workbook.native.lambdas import lambda_of, named

SPECS = pytest.mark.parametrize("spec", list(named()), ids=lambda spec: spec.name)
LONGEST = 8_192  # letters that Excel takes of a formula


def shown(spec: Spec, rows: list[tuple[Any, ...]]) -> list[tuple[Any, Any]]:
    """What a name gives for each row: with all arguments, and with the required ones alone."""
    model = ironcalc.create("book", "en", "UTC", "en")
    model.new_defined_name(f"{spec.name}_", None, f"={lambda_of(spec)}")
    last = len(spec.parameters)
    for row, cells in enumerate(rows, 1):
        for column, cell in enumerate(cells, 1):
            if cell is not None:
                model.set_user_input(0, row, column, cell if isinstance(cell, str) else repr(float(cell)))
        for column, count in ((last + 1, last), (last + 2, spec.required)):
            given = ",".join(address(row, at) for at in range(1, count + 1))
            model.set_user_input(0, row, column, f"={spec.name}_({given})")
    model.evaluate()
    return [
        (model.get_cell_value(0, row, last + 1), model.get_cell_value(0, row, last + 2))
        for row in range(1, len(rows) + 1)
    ]


@pytest.fixture(scope="module")
def blocks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str]]:
    """The blocks of the text: each function's arguments and its formula."""
    text = lambda_names.build(tmp_path_factory.mktemp("names"))[1].read_text(encoding="utf-8")
    found = re.findall(r"^(\w+)\n  arguments: (.+)\n  formula: =(.+)$", text, re.MULTILINE)
    return {name: (arguments, formula) for name, arguments, formula in found}


@SPECS
def test_a_name_gives_what_the_function_gives(spec: Spec) -> None:
    """All arguments, blanks among the optional ones, and the required arguments alone."""
    rows = calls(spec, 12)
    for cells, (full, short) in zip(rows, shown(spec, rows), strict=True):
        assert is_same(full, answered(spec, cells)), cells
        assert is_same(short, answered(spec, cells[: spec.required])), cells


@SPECS
def test_a_name_refuses_what_the_function_refuses(spec: Spec) -> None:
    """A word that is no choice and a number below the domain are #NUM!, never a number."""
    (cells,) = calls(spec, 1)
    for place, parameter in enumerate(spec.parameters):
        if parameter.arg.choices or parameter.arg.at_least is not None:
            wrong = "nonsense" if parameter.arg.choices else float(parameter.arg.at_least or 0) - 1
            ((full, _),) = shown(spec, [(*cells[:place], wrong, *cells[place + 1 :])])
            assert full == "#NUM!", parameter.name


def test_the_book_holds_every_name_as_excel_stores_it(tmp_path: Path) -> None:
    """Younger functions and the names inside carry their prefixes; texts carry none."""
    book, text = lambda_names.build(tmp_path)
    names = openpyxl.load_workbook(book).defined_names
    assert set(names) == {spec.name for spec in named()}
    margin = names["HEDGE_MARGIN"].attr_text
    assert margin.startswith("_xlfn.LAMBDA(_xlpm.notional,_xlpm.leverage,")
    assert all('"_xlpm' not in name.attr_text and len(name.attr_text) < LONGEST for name in names.values())
    said = text.read_text(encoding="utf-8")
    assert "HEDGE_MARGIN\n  arguments: notional, leverage\n  formula: =IF(AND(" in said
    assert "LAMBDA(" not in said
    assert "ISOMITTED" not in said


@SPECS
def test_a_named_function_of_google_sheets_gives_what_the_function_gives(
    spec: Spec, blocks: dict[str, tuple[str, str]]
) -> None:
    """The text's own arguments and formula, with each argument given or left blank."""
    arguments, formula = blocks[spec.name]
    assert arguments == ", ".join(parameter.name for parameter in spec.parameters)
    model = ironcalc.create("book", "en", "UTC", "en")
    model.new_defined_name(f"{spec.name}_", None, f"=LAMBDA({arguments.replace(' ', '')},{formula})")
    rows = calls(spec, 4)
    for row, cells in enumerate(rows, 1):
        for column, cell in enumerate(cells, 1):
            if cell is not None:
                model.set_user_input(0, row, column, cell if isinstance(cell, str) else repr(float(cell)))
        given = ",".join(address(row, column) for column in range(1, len(cells) + 1))
        model.set_user_input(0, row, len(cells) + 1, f"={spec.name}_({given})")
    model.evaluate()
    for row, cells in enumerate(rows, 1):
        assert is_same(model.get_cell_value(0, row, len(cells) + 1), answered(spec, cells)), cells
