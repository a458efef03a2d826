"""The native formulas of the registry: what may stand in them, and that each function has one."""

import re

import pytest
from support.native_cases import words

from udfs import REGISTRY, Spec
from udfs.native import BUILT_IN, CELLS, LOG_RETURNS, RETURNS, TABLES, native_of

SPECS = pytest.mark.parametrize("spec", REGISTRY.values(), ids=REGISTRY)
ONE_CELL = re.compile(r"[A-Za-z]{1,3}\d+|[RrCc]\d*|[Rr]\d*[Cc]\d*")


@SPECS
def test_every_function_is_written_natively_or_says_why_not(spec: Spec) -> None:
    """One of the two; a function that works cell by cell on numbers always has a native form."""
    assert bool(spec.native.result) != bool(spec.native.reason), "give it native=, or unwritten(why)"


@SPECS
def test_native_names_are_arguments_steps_and_built_in_functions(spec: Spec) -> None:
    """Nothing else can stand in a cell of a book without us; what is a step is used after it."""
    known = {parameter.name for parameter in spec.parameters}
    for name, formula in (*spec.native.steps, ("", spec.native.result)):
        assert words(formula, "name") <= known | TABLES
        assert words(formula, "call") <= BUILT_IN
        assert not words(formula, "other"), f"{formula} is no formula"
        known.add(name)


@SPECS
def test_native_uses_every_step_and_every_argument(spec: Spec) -> None:
    """A step that nothing uses is a fault, and so is an argument that does not matter."""
    if not spec.native.result:
        return
    used = {word for _, formula in spec.native.steps for word in words(formula, "name")}
    used |= words(spec.native.result, "name")
    assert {step.name for step in spec.native.steps} <= used
    assert {parameter.name for parameter in spec.parameters} <= used


@SPECS
def test_no_native_name_reads_as_a_cell(spec: Spec) -> None:
    """LET and LAMBDA refuse a name such as d1, r or c."""
    names = [*(step.name for step in spec.native.steps), *(p.name for p in spec.parameters)]
    assert not [name for name in names if ONE_CELL.fullmatch(name)]
    assert len(set(names)) == len(names)


@SPECS
def test_only_functions_of_ranges_stand_for_returns(spec: Spec) -> None:
    """What a range of prices stands for is one of three things, and matters to ranges alone."""
    assert spec.native.over in (CELLS, RETURNS, LOG_RETURNS)
    assert spec.native.over == CELLS or not spec.is_elementwise


def test_steps_are_read_in_order() -> None:
    """The last is the result; the text shows all of them."""
    native = native_of((("half", "price/2"), "half*lot"))
    assert native.steps == (("half", "price/2"),)
    assert native.text == "half := price/2\nhalf*lot"
