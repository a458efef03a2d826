"""An input of the plan and the argument that it is handed to say one range: what a cell takes is computed."""

import re
from collections.abc import Iterator
from typing import Final

import pytest

from udfs.parameters import Parameter
from udfs.registry import REGISTRY
from workbook.formula.tree import calls, tree, written
from workbook.layout import PLAN
from workbook.layout.schema import Port

OWN_ROW: Final = re.compile(r"(\w+)\[\[#This Row\],\[([^\]]+)\]\]")


def formulas() -> Iterator[tuple[str, str]]:
    """Every formula of the record, by the name of its cell or column."""
    for sheet in PLAN.sheets:
        for panel in sheet.panels:
            yield from ((field.name, field.formula) for field in panel.fields if field.formula)
        for table in sheet.tables:
            for column in table.columns:
                yield f"{table.name}.{column.name}", table.formula(column)


def named(text: str) -> Port | None:
    """The input that an argument is, if it is one and nothing else."""
    if text in PLAN.inputs:
        return PLAN.inputs[text]
    if found := OWN_ROW.fullmatch(text):
        columns = {column.header: column for column in PLAN.tables[found[1]].columns}
        return columns[found[2]] if columns[found[2]].is_input else None
    return None


def handed_over() -> Iterator[tuple[str, Parameter, Port]]:
    """Each input that a formula hands to an argument as it stands."""
    for where, text in formulas():
        for call in calls(tree(text.removeprefix("="))):
            spec = REGISTRY.get(call.name)
            for parameter, argument in zip(spec.parameters if spec else (), call.arguments, strict=False):
                port = named(written(argument).strip())
                if port is not None:
                    yield f"{where}: {call.name}({parameter.name}) takes {port.name}", parameter, port


FOUND: Final = {where: (parameter, port) for where, parameter, port in handed_over()}


def test_inputs_are_found() -> None:
    """The walk finds what it should: the share of the holdings that is hedged goes to a function as it is."""
    assert len(FOUND) > 20


@pytest.mark.parametrize("where", FOUND)
def test_what_the_cell_takes_the_function_computes(where: str) -> None:
    """A value that `check` calls sound never becomes #NUM!."""
    parameter, port = FOUND[where]
    if parameter.arg.is_text:
        assert not parameter.arg.choices or set(port.choices) <= set(parameter.arg.choices) or port.listed
    elif port.kind == "number":
        assert (parameter.low if port.low is None else port.low) >= parameter.low
        assert (parameter.high if port.high is None else port.high) <= parameter.high
