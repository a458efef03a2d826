"""A venue's figures held against the book's own domains: one odd figure must not cost the whole book."""

from collections.abc import Callable, Mapping

from workbook.layout import PLAN
from workbook.request import Cell


def fitting(
    table: str, name: str, values: Mapping[str, Cell], told: Callable[[str], None]
) -> Mapping[str, Cell]:
    """The values that the table's columns take; any other is named and stays as the book has it."""
    kept: dict[str, Cell] = {}
    for column, value in values.items():
        refusal = PLAN.tables[table][column].refusal(value)
        if refusal is None:
            kept[column] = value
        else:
            told(f"{name}: {refusal}; it stays as it was")
    return kept
