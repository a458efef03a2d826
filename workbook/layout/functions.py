"""The Functions sheet: the reference, from the registry."""

from typing import Final

from udfs.registry import REGISTRY
from workbook.layout.formats import (
    TOP,
)
from workbook.layout.schema import Column, Sheet, Table

FUNCTIONS: Final = Table(
    name="Functions",
    title="Every function",
    row=TOP,
    column=2,
    rows=len(REGISTRY),
    key="function",
    columns=(
        Column(name="function", kind="text", constant="", width=26, help="Name in a cell."),
        Column(name="section", kind="text", constant="", width=22, help="What it is about."),
        Column(name="arguments", kind="text", constant="", width=46, help="In order; [optional]."),
        Column(name="result", kind="text", constant="", width=14, help="Unit of the result."),
        Column(name="meaning", kind="text", constant="", width=56, help="What it answers."),
        Column(name="example", kind="text", constant="", width=50, help="A call and its answer."),
    ),
)


SHEET: Final = Sheet(
    name="Functions",
    purpose="The functions that this book uses, and their family.",
    blocks=(FUNCTIONS,),
    pages=0,
)
