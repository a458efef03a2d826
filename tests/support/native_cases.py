"""Calls inside the domain of a function, and its native formula over the cells that hold them."""

import math
import random
from collections.abc import Iterator
from typing import Any

from udfs import REGISTRY, HedgeError, Parameter, Spec
from udfs.native import TABLES
from workbook.cells import address
from workbook.formula.tree import Node, tree
from workbook.native.formulas import native_expression

ELEMENTWISE = [spec for spec in REGISTRY.values() if spec.is_elementwise and spec.native.result]


def words(formula: str, kind: str) -> set[str]:
    """The names or the calls in a formula."""

    def found(nodes: tuple[Node, ...]) -> Iterator[str]:
        for node in nodes:
            if node.kind == kind:
                yield node.name or node.text
            for argument in node.arguments:
                yield from found(argument)

    return set(found(tree(formula)))


def reads_tables(spec: Spec) -> bool:
    """Whether the native form looks facts up in the tables of a book."""
    formulas = [*(step.formula for step in spec.native.steps), spec.native.result]
    return any(words(formula, "name") & TABLES for formula in formulas)


def calls(spec: Spec, count: int) -> list[tuple[Any, ...]]:
    """Cells around the example, inside the domain; the same in every run."""
    draw = random.Random(spec.name)  # noqa: S311 - the same cases in every run, no secret
    given = [*spec.example.cells, *(p.default for p in spec.parameters[len(spec.example.cells) :])]
    return [
        tuple(_cell(draw, parameter, like) for parameter, like in zip(spec.parameters, given, strict=True))
        for _ in range(count)
    ]


def _cell(draw: random.Random, parameter: Parameter, like: Any) -> Any:
    if parameter.arg.choices:
        return draw.choice(parameter.arg.choices)
    if not parameter.required and parameter.default is None and draw.random() < 1 / 3:
        return None
    low, high = parameter.low, parameter.high
    about = abs(float(like)) if like else 1.0 if high > 1 else 0.1
    if about > 30_000 and parameter.arg.unit.startswith("date"):
        return about + draw.choice((0, 0, 1, 7, 0.25, 30)) * draw.choice((1, -1))
    while True:
        value = round(about * math.exp(draw.uniform(-2, 2)), draw.choice((1, 2, 4, 8)))
        value = draw.choice((value, value, value, about, 0.0)) * draw.choice((1, 1, -1))
        if low <= value <= high and not (value == 0 and parameter.divides):
            return value


def answered(spec: Spec, cells: tuple[Any, ...]) -> Any:
    """What the function says: a value or the text of its error."""
    try:
        return spec.call(*cells)
    except HedgeError as refused:
        return refused.cell


def formula_over(spec: Spec, row: int) -> str:
    """The native formula over the cells of a row, from column A on."""
    return native_expression(spec, [address(row, at) for at in range(1, len(spec.parameters) + 1)])


def is_same(one: Any, other: Any) -> bool:
    """Equal as a reader sees it: numbers to 9 digits, all else exactly."""
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return bool(one == other)
