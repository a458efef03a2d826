"""One argument in the place it has in a function: its domain, and how its cells are read."""

import datetime as dt
import inspect
import math
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from numbers import Real
from types import NoneType, UnionType
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

from udfs.cell_errors import EXCEL_ERRORS
from udfs.conventions import HELP_BY_NAME, Arg, Divides
from udfs.dates import serial
from udfs.errors import DividesByZero, NotAvailable, OutsideDomain, PassedError, WrongType
from udfs.ranges import RAGGED, HostCell, PlainCells, flat, is_range, plain_of

MAX: Final = sys.float_info.max
DECIMAL_TEXT: Final = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)


@dataclass(frozen=True)
class Parameter:
    """An argument in the place it has in one function."""

    name: str
    arg: Arg
    required: bool
    default: float | str | None
    is_range: bool
    takes_blanks: bool
    divides: bool
    is_table: bool = False  # a range that keeps its columns
    may_be_blank: bool = False  # required in its place, as others follow, and yet a blank means something

    @cached_property
    def low(self) -> float:
        """The least number inside the domain."""
        if self.arg.above is not None:
            return math.nextafter(self.arg.above, math.inf)
        return -MAX if self.arg.at_least is None else float(self.arg.at_least)

    @cached_property
    def high(self) -> float:
        """The greatest number inside the domain."""
        if self.arg.below is not None:
            return math.nextafter(self.arg.below, -math.inf)
        return MAX if self.arg.at_most is None else float(self.arg.at_most)

    @cached_property
    def signature(self) -> str:
        """The argument as the reference writes it: `price`, `[ratio=1]`, `[days]`."""
        if self.required:
            return self.name
        return f"[{self.name}]" if self.default is None else f"[{self.name}={shown(self.default)}]"

    def read(self, cell: HostCell) -> Any:
        """The usable value of one cell, or a refusal that names this argument."""
        if cell is None or cell == "":
            if self.required and not self.may_be_blank:
                raise WrongType(f"{self.name}: is blank", self.name, cell)
            return self.default
        if isinstance(cell, str) and cell in EXCEL_ERRORS:
            raise PassedError(f"{self.name}: is the error {cell}", self.name, cell)
        return self._text(cell) if self.arg.is_text else self._inside(cell, self._number(cell))

    def read_range(self, cells: HostCell) -> tuple[list[Any], bool]:
        """The cells of a range, row by row, with None for a blank, and whether a blank is to be skipped.

        Text is refused among numbers.
        """
        return self._read_plain(flat(cells))

    def _read_plain(self, plain: PlainCells) -> tuple[list[Any], bool]:
        clean = self.clean(plain)
        if clean is not None:
            return clean, False
        filled = [cell for cell in plain.cells if cell is not None and cell != ""]
        clean = self.clean(PlainCells(filled, 0, set(map(type, filled))))
        values = iter(map(self._of_range, filled) if clean is None else clean)
        column = [None if cell is None or cell == "" else next(values) for cell in plain.cells]
        return column, not self.takes_blanks and len(filled) < len(column)

    def read_table(self, cells: HostCell) -> tuple[list[list[Any]], bool]:
        """The columns of a table, with None for a blank, and whether there is one."""
        plain = plain_of(cells) if is_range(cells) else flat(cells)
        if plain.width == RAGGED:
            raise NotAvailable(f"{self.name}: its rows must be of one length", self.name, cells)
        width = plain.width or 1  # a flat list is a column
        column, gap = self._read_plain(plain)
        return [column[place::width] for place in range(width)], gap

    def _of_range(self, cell: HostCell) -> Any:
        if isinstance(cell, str) and not self.arg.is_text and cell not in EXCEL_ERRORS:
            raise WrongType(f"{self.name}: must hold numbers, got the text {shown(cell)}", self.name, cell)
        return self.read(cell)

    def _text(self, cell: HostCell) -> str:
        if not isinstance(cell, str):
            raise WrongType(f"{self.name}: must be text, got {shown(cell)}", self.name, cell)
        if not self.arg.choices:
            return cell.strip()
        word = cell.strip().lower()
        if word not in self.arg.choices:
            raise OutsideDomain(f"{self.name}: must be {self.arg.domain}, got {shown(cell)}", self.name, cell)
        return word

    def _number(self, cell: HostCell) -> float:
        if isinstance(cell, (dt.date, dt.datetime)):
            return serial(cell)
        if isinstance(cell, str) and DECIMAL_TEXT.fullmatch(cell):
            return float(cell)
        if isinstance(cell, bool) or not isinstance(cell, (Real, Decimal)):
            raise WrongType(f"{self.name}: must be a number, got {shown(cell)}", self.name, cell)
        try:
            return float(cell)
        except OverflowError:
            return math.inf
        except ValueError:  # a signalling NaN
            return math.nan

    def _inside(self, cell: HostCell, number: float) -> float:
        if self.low <= number <= self.high and not (number == 0 and self.divides):
            return number
        if number == 0 and self.divides:
            wanted = self.arg.domain if self.low > 0 else "other than 0"
            raise DividesByZero(f"{self.name}: must be {wanted}, got 0", self.name, cell)
        wanted = self.arg.domain if math.isfinite(number) else "a finite number"
        got = cell if isinstance(cell, dt.date) else number
        raise OutsideDomain(f"{self.name}: must be {wanted}, got {shown(got)}", self.name, cell)

    def clean(self, plain: PlainCells) -> list[Any] | None:
        """The column as the function takes it if no cell needs a second look, found without a loop."""
        column = plain.cells
        if self.arg.is_text:
            known = plain.kinds == {str} and self._words.issuperset(column)
            return column if known else None
        if plain.kinds != {float}:
            if not plain.kinds <= {int, float}:
                return None
            try:
                column = list(map(float, column))
            except OverflowError:
                return None
        return column if column and self._holds(column) else None

    def _holds(self, column: list[float]) -> bool:
        """Whether all numbers lie in the domain."""
        return (
            math.isfinite(sum(column))  # a NaN, an infinity or a huge total: look at each cell
            and (self.low == -MAX or self.low <= min(column))
            and (self.high == MAX or max(column) <= self.high)
            and not (self.divides and 0.0 in column)
        )

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(self.arg.choices)


def shown(value: object) -> str:
    """A value as a person reads it in a refusal: 0.5, "shrt", TRUE."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, str):
        return f'"{value if len(value) <= 40 else value[:37] + "..."}"'
    return "a range" if is_range(value) else str(value)[:40]


def parameters_of(function: Callable[..., Any]) -> Iterator[Parameter]:
    """The arguments of a function, or the fields of a record, as its annotations describe them."""
    hints = get_type_hints(function, include_extras=True)
    for name, parameter in inspect.signature(function).parameters.items():
        hint = hints[name]
        may_be_blank = NoneType in get_args(hint)
        if get_origin(hint) is UnionType or may_be_blank:
            hint = next(kind for kind in get_args(hint) if kind is not NoneType)
        if get_origin(hint) is not Annotated:
            raise TypeError(f"{function.__name__}: {name} has no Arg; take one from udfs.conventions")
        kind, arg, *marks = get_args(hint)
        required = parameter.default is inspect.Parameter.empty
        default = None if required else parameter.default
        yield Parameter(
            name=name,
            arg=replace(arg, help=HELP_BY_NAME.get(name, arg.help)),
            required=required,
            default=float(default) if isinstance(default, int) else default,
            is_range=get_origin(kind) is not None,
            takes_blanks=any(NoneType in get_args(cell) for cell in get_args(kind)),
            divides=any(isinstance(mark, Divides) for mark in marks),
            is_table=any(
                get_origin(cell) is not None for cell in get_args(kind) if NoneType not in get_args(cell)
            ),
            may_be_blank=may_be_blank and required,
        )
