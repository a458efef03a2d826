"""Elementwise functions over ranges, as Excel's own functions broadcast them."""

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, Protocol

from udfs.errors import HedgeError
from udfs.parameters import Parameter
from udfs.ranges import RAGGED, HostCell, PlainCells, is_range, plain_of, rows_of


class Elementwise(Protocol):
    """What broadcasting asks of a function."""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Its arguments."""

    @property
    def function(self) -> Callable[..., Any]:
        """The function of plain values."""

    @property
    def call(self) -> Callable[..., Any]:
        """The checked call of single cells."""


def broadcast(spec: Elementwise, cells: Sequence[HostCell]) -> list[Any]:
    """Work ranges cell by cell; a cell that is refused holds its HedgeError and spoils no other."""
    ranges = [plain_of(cell) for cell in cells if is_range(cell)]
    width, length = ranges[0].width, len(ranges[0].cells)
    if width != RAGGED and all(plain.width == width and len(plain.cells) == length for plain in ranges):
        plain = iter(ranges)
        columns = [next(plain) if is_range(cell) else PlainCells([cell], 0, set()) for cell in cells]
        return _shaped(result_column(spec, columns, length), width)
    grids = [rows_of(cell) if is_range(cell) else [[cell]] for cell in cells]
    height = max(len(grid) for grid in grids)
    width = max(len(row) for grid in grids for row in grid)
    return [
        [_answer_or_refusal(spec, [_at(grid, row, column) for grid in grids]) for column in range(width)]
        for row in range(height)
    ]


def _shaped(results: list[Any], width: int) -> list[Any]:
    if width == 0:
        return results
    if width == 1:
        return [[result] for result in results]
    return [results[start : start + width] for start in range(0, len(results), width)]


def result_column(spec: Elementwise, columns: Sequence[PlainCells], height: int) -> list[Any]:
    """One result per row; a column of clean cells is worked without a check per row."""
    results = _at_once(spec, columns, height)
    if results is not None:
        return results
    repeated = [
        column.cells if len(column.cells) > 1 else itertools.repeat(column.cells[0], height)
        for column in columns
    ]
    return [_answer_or_refusal(spec, row) for row in zip(*repeated, strict=True)]


def _at_once(spec: Elementwise, columns: Sequence[PlainCells], height: int) -> list[Any] | None:
    """The results of a clean column, or None if any cell or result needs a second look."""
    values: list[Iterable[Any]] = []
    with suppress(ArithmeticError, ValueError, HedgeError):
        for parameter, column in zip(spec.parameters, columns, strict=True):
            if len(column.cells) == 1:
                values.append(itertools.repeat(parameter.read(column.cells[0]), height))
                continue
            clean = parameter.clean(column)
            if clean is None:
                return None
            values.append(clean)
        results = list(map(spec.function, *values))
        if isinstance(results[0], str):
            return results
        if math.isfinite(sum(results)):
            return [result + 0.0 for result in results] if 0.0 in results else results
    return None


def _at(grid: Sequence[Sequence[HostCell]], row: int, column: int) -> HostCell:
    """The cell of a range that meets a place of the result; #N/A where the range has none."""
    line: Sequence[HostCell] = grid[0] if len(grid) == 1 else grid[row] if row < len(grid) else ()
    if len(line) == 1:
        return line[0]
    return line[column] if column < len(line) else "#N/A"


def _answer_or_refusal(spec: Elementwise, cells: Sequence[HostCell]) -> Any:
    try:
        return spec.call(*cells)
    except HedgeError as refusal:
        return refusal
