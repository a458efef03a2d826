"""The record of the book agrees with itself."""

import itertools
import re

import pytest

from udfs import REGISTRY
from workbook.layout import PLAN

STRUCTURED = re.compile(r"(\w+)\[\[#(?:This Row|Headers)\],\[([^\]]+)\]\]|(\w+)\[([^\[\]#@]+)\]")
FORMULAS = {
    **{name: field.formula for name, field in PLAN.fields.items() if field.formula},
    **{
        f"{table.name}.{column.name}": table.formula(column)
        for table in PLAN.tables.values()
        for column in table.columns
        if column.formula
    },
}


@pytest.mark.parametrize("name", FORMULAS)
def test_formulas_name_only_what_there_is(name: str) -> None:
    """Every column, name and function in a formula stands in the record or in Excel."""
    formula = re.sub(r'"[^"]*"', '""', FORMULAS[name])
    for found in STRUCTURED.finditer(formula):
        table, header = PLAN.tables[found[1] or found[3]], found[2] or found[4]
        assert header in [column.header for column in table.columns]
    words = set(re.findall(r"\b[a-z]\w*\b(?!\()", STRUCTURED.sub("", formula)))
    assert words <= set(PLAN.names)
    hedges = {word for word in re.findall(r"\b([A-Z][A-Z_0-9.]+)\(", formula) if "_" in word}
    assert hedges <= set(REGISTRY)


def test_nothing_overlaps() -> None:
    """No two blocks of a sheet share a cell."""
    for sheet in PLAN.sheets:
        areas = [(p.row, p.last_row, p.column, max(p.value_column, p.last_column)) for p in sheet.panels]
        areas += [(t.row, t.last_row, t.column, t.last_column) for t in sheet.tables]
        for one, two in itertools.combinations(areas, 2):
            apart = one[1] < two[0] or two[1] < one[0] or one[3] < two[2] or two[3] < one[2]
            assert apart, (sheet.name, one, two)


def test_names_stand_once() -> None:
    """No defined name is given twice, and none is also a function."""
    names = [field.name for sheet in PLAN.sheets for panel in sheet.panels for field in panel.fields]
    names += [panel.name for sheet in PLAN.sheets for panel in sheet.panels]
    assert len(names) == len(set(names))
    taken = {name.upper() for name in names}
    assert not taken & set(REGISTRY)
    assert not taken & {table.upper() for table in PLAN.tables}


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("plan_ratio", "0.5", 0.5),
        ("plan_ratio", 2, 2),
        ("plan_ratio", "abc", 'plan_ratio: must be a number from 0 to 2, got "abc"'),
        ("plan_ratio", "40", "plan_ratio: must be a number from 0 to 2, got 40.0"),
        ("plan_ratio", "1e400", "plan_ratio: must be a number from 0 to 2, got inf"),
        ("plan_ratio", True, "plan_ratio: must be a number from 0 to 2, got True"),
        ("plan_ratio", "", "plan_ratio: is blank; it takes a number from 0 to 2"),
        ("plan_method", " Beta ", "beta"),
        ("plan_method", "gamma", 'plan_method: must be one of dollar-neutral, beta, got "gamma"'),
        ("plan_as_of", "2026-01-02", 46_024.0),
        ("plan_as_of", "", None),
        ("plan_as_of", "2.1.26", 'plan_as_of: must be a date from 2009-01-03 to 2100-01-01, got "2.1.26"'),
    ],
)
def test_an_input_takes_its_domain_and_no_more(name: str, value: object, expected: object) -> None:
    """What an input reads, or the sentence with which it refuses."""
    field = PLAN.inputs[name]
    refusal = field.refusal(value)  # type: ignore[arg-type]  # hosts hand in anything
    assert (refusal or field.read(value)) == expected  # type: ignore[arg-type]  # the same
