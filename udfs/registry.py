"""The registry: one record per function, and the checked call that every host makes.

`@udf` keeps what a function is called, takes, gives and cites, and returns the function untouched.
`Spec.call` is the function as a cell sees it: it takes cells (numbers, texts, blanks, error cells,
ranges), refuses by argument name, and broadcasts ranges as Excel's own functions do.
"""

import datetime as dt
import inspect
import itertools
import math
import operator
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from numbers import Real
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Final, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

from udfs.conventions import Arg, Divides
from udfs.errors import (
    DividesByZero,
    HedgeError,
    NotAvailable,
    OutsideDomain,
    PassedError,
    WrongType,
)

Value = float | str
Cell = Any  # what a host hands over: numbers, texts, None, dates, error texts, nested lists

F = TypeVar("F", bound=Callable[..., Any])

MAX: Final = sys.float_info.max
EXCEL_EPOCH: Final = dt.datetime(1899, 12, 30)  # day 0 of Excel's 1900 date system
EXCEL_ERRORS: Final = frozenset(
    ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!")
).union(("#BLOCKED!", "#CONNECT!", "#FIELD!", "#UNKNOWN!", "#BUSY!", "#EXTERNAL!", "#PYTHON!"))
DECIMAL_TEXT: Final = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)

_registry: dict[str, "Spec"] = {}
REGISTRY: Final[Mapping[str, "Spec"]] = MappingProxyType(_registry)


class Example(NamedTuple):
    """A worked example: the cells that go in and the value that comes out."""

    cells: tuple[Any, ...]
    result: Any


@dataclass(frozen=True)
class Parameter:
    """An argument in the place it has in one function."""

    name: str
    arg: Arg
    required: bool
    default: float | str | None
    is_range: bool
    divides: bool

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

    def read(self, cell: Cell) -> Any:
        """The usable value of one cell, or a refusal that names this argument."""
        if cell is None or cell == "":
            if self.required:
                raise WrongType(f"{self.name}: is blank", self.name, cell)
            return self.default
        if isinstance(cell, str) and cell in EXCEL_ERRORS:
            raise PassedError(f"{self.name}: is the error {cell}", self.name, cell)
        return self._text(cell) if self.arg.is_text else self._inside(cell, self._number(cell))

    def read_range(self, cells: Cell) -> list[float | None]:
        """The numbers of a range, row by row, with None for a blank; text is refused."""
        return [None if cell is None or cell == "" else self._of_range(cell) for cell in _flat(cells)]

    def _of_range(self, cell: Cell) -> float:
        if isinstance(cell, str) and cell not in EXCEL_ERRORS:
            raise WrongType(f"{self.name}: must hold numbers, got the text {shown(cell)}", self.name, cell)
        return float(self.read(cell))

    def _text(self, cell: Cell) -> str:
        if not isinstance(cell, str):
            raise WrongType(f"{self.name}: must be text, got {shown(cell)}", self.name, cell)
        if not self.arg.choices:
            return cell.strip()
        word = cell.strip().lower()
        if word not in self.arg.choices:
            raise OutsideDomain(f"{self.name}: must be {self.arg.domain}, got {shown(cell)}", self.name, cell)
        return word

    def _number(self, cell: Cell) -> float:
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

    def _inside(self, cell: Cell, number: float) -> float:
        if self.low <= number <= self.high and not (number == 0 and self.divides):
            return number
        if number == 0 and self.divides:
            wanted = self.arg.domain if self.low > 0 else "other than 0"
            raise DividesByZero(f"{self.name}: must be {wanted}, got 0", self.name, cell)
        wanted = self.arg.domain if math.isfinite(number) else "a finite number"
        raise OutsideDomain(f"{self.name}: must be {wanted}, got {shown(number)}", self.name, cell)

    def is_clean(self, column: Sequence[Any]) -> bool:
        """Whether every cell is a float inside the domain, found out without a Python loop."""
        return (
            not self.arg.is_text
            and operator.countOf(map(type, column), float) == len(column)
            and math.isfinite(sum(column))  # a NaN, an infinity or a huge total: look at each cell
            and self.low <= min(column)
            and max(column) <= self.high
            and not (self.divides and 0.0 in column)
        )


@dataclass(frozen=True)
class Spec:
    """One function as every host, test and page sees it."""

    name: str
    category: str
    function: Callable[..., Any]
    parameters: tuple[Parameter, ...]
    unit: str
    example: Example
    source: str
    help: str
    doc: str
    is_array: bool
    call: Callable[..., Any] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "call", _compiled(self))

    @cached_property
    def is_elementwise(self) -> bool:
        """Whether any argument may be a range that is worked cell by cell."""
        return not (self.is_array or any(p.is_range for p in self.parameters))

    @cached_property
    def required(self) -> int:
        """How many arguments must be given."""
        return sum(p.required for p in self.parameters)

    @cached_property
    def signature(self) -> str:
        """`NAME(argument, [optional=default])`."""
        return f"{self.name}({', '.join(p.signature for p in self.parameters)})"

    def answer(self, cells: Sequence[Cell]) -> Any:
        """The checked call without the short cut: any cells, ranges and refusals."""
        if self.is_elementwise:
            cells = [_single(cell) for cell in cells]
            if any(_is_range(cell) for cell in cells):
                return _broadcast(self, cells)
        return self._checked(self._read(cells))

    def _read(self, cells: Sequence[Cell]) -> list[Any]:
        # All ranges of a function lie side by side: a blank in one skips that place in each.
        read: list[Any] = []
        ranges: dict[int, list[float | None]] = {}
        for place, (parameter, cell) in enumerate(zip(self.parameters, cells, strict=True)):
            if parameter.is_range and not (cell is None and not parameter.required):
                ranges[place] = parameter.read_range(cell)
                read.append(None)
            else:
                read.append(parameter.read(_one_cell(parameter, cell)))
        if len({len(column) for column in ranges.values()}) > 1:
            sizes = " and ".join(f"{self.parameters[i].name} {len(c)}" for i, c in ranges.items())
            raise NotAvailable(f"{self.name}: ranges must be of one length, got {sizes}")
        full = [row for row in zip(*ranges.values(), strict=True) if None not in row]
        for column, place in enumerate(ranges):
            read[place] = [row[column] for row in full]
        return read

    def _checked(self, values: Sequence[Any]) -> Any:
        try:
            result = self.function(*values)
        except ZeroDivisionError:
            raise DividesByZero(f"{self.name}: these arguments divide by zero") from None
        except ArithmeticError:
            raise OutsideDomain(f"{self.name}: the result is too large for a number") from None
        if self.is_array:
            return [[self._finite(cell) for cell in row] for row in result]
        return self._finite(result)

    def _finite(self, value: Value) -> Value:
        if isinstance(value, str):
            return value
        if -MAX <= value <= MAX:
            return value + 0.0  # -0.0 reads as 0
        raise OutsideDomain(f"{self.name}: the result is not a finite number")


def udf(category: str, *, unit: str, example: tuple[tuple[Any, ...], Any], source: str) -> Callable[[F], F]:
    """Keep a plain function in the registry; its sheet name is its Python name in capitals."""

    def register(function: F) -> F:
        doc = inspect.getdoc(function) or ""
        spec = Spec(
            name=function.__name__.upper(),
            category=category,
            function=function,
            parameters=tuple(parameters_of(function)),
            unit=unit,
            example=Example(*example),
            source=source,
            help=doc.partition("\n")[0],
            doc=doc,
            is_array=get_origin(get_type_hints(function)["return"]) is list,
        )
        _registry[spec.name] = spec
        return function

    return register


def serial(moment: dt.date) -> float:
    """A date or date-time as Excel's serial number, in the 1900 date system."""
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime(moment.year, moment.month, moment.day)
    return (moment.replace(tzinfo=None) - EXCEL_EPOCH) / dt.timedelta(days=1)


def shown(value: object) -> str:
    """A value as a person reads it in a refusal: 0.5, "shrt", TRUE."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, str):
        return f'"{value if len(value) <= 40 else value[:37] + "..."}"'
    return "a range" if _is_range(value) else str(value)[:40]


def parameters_of(function: Callable[..., Any]) -> Iterator[Parameter]:
    """The arguments of a function, or the fields of a record, as its annotations describe them."""
    hints = get_type_hints(function, include_extras=True)
    for name, parameter in inspect.signature(function).parameters.items():
        hint = hints[name]
        if get_origin(hint) is UnionType or NoneType in get_args(hint):
            hint = next(kind for kind in get_args(hint) if kind is not NoneType)
        if get_origin(hint) is not Annotated:
            raise TypeError(f"{function.__name__}: {name} has no Arg; take one from udfs.conventions")
        kind, arg, *marks = get_args(hint)
        required = parameter.default is inspect.Parameter.empty
        default = None if required else parameter.default
        yield Parameter(
            name=name,
            arg=arg,
            required=required,
            default=float(default) if isinstance(default, int) else default,
            is_range=get_origin(kind) is not None,
            divides=any(isinstance(mark, Divides) for mark in marks),
        )


def _compiled(spec: Spec) -> Callable[..., Any]:
    """The checked call, compiled once: a straight line for clean cells, `Spec.answer` for all else."""
    names = [p.name for p in spec.parameters]
    scope: dict[str, Any] = {"function": spec.function, "answer": spec.answer, "MAX": MAX}
    takes, clean = [], []
    for p in spec.parameters:
        scope[f"default_{p.name}"] = p.default
        takes.append(f"{p.name}=default_{p.name}")
        if p.arg.is_text:
            scope[f"words_{p.name}"] = frozenset(p.arg.choices)
            test = f"type({p.name}) is str and {p.name} in words_{p.name}"
        else:
            test = f"type({p.name}) is float and {p.low!r} <= {p.name} <= {p.high!r}"
            if p.divides and p.low <= 0 <= p.high:
                test += f" and {p.name}"
        clean.append(f"({test} or {p.name} is None)" if not p.required and p.default is None else test)
    body = f"    return answer(({', '.join(names)},))"
    if spec.is_elementwise:
        body = (
            f"    if {' and '.join(clean)}:\n"
            f"        try:\n"
            f"            result = function({', '.join(names)})\n"
            f"        except ArithmeticError:\n"
            f"            pass\n"
            f"        else:\n"
            f"            if type(result) is float and -MAX <= result <= MAX:\n"
            f"                return result + 0.0\n"  # -0.0 reads as 0
        ) + body
    exec(f"def call({', '.join(takes)}):\n{body}\n", scope)  # noqa: S102 - our own names and floats alone
    call: Callable[..., Any] = scope["call"]
    call.__name__ = call.__qualname__ = spec.name
    return call


def _is_range(cell: object) -> bool:
    return isinstance(cell, (list, tuple))


def _rows(cells: Cell) -> list[Sequence[Cell]]:
    # A flat list is a column, as a price history is written.
    return [row if _is_range(row) else [row] for row in cells]


def _flat(cells: Cell) -> list[Cell]:
    if not _is_range(cells):
        return [cells]
    return list(itertools.chain.from_iterable(_rows(cells)))


def _single(cell: Cell) -> Cell:
    """A range of one cell is that cell, an empty one a blank."""
    if not _is_range(cell):
        return cell
    cells = _flat(cell)
    return cell if len(cells) > 1 else cells[0] if cells else None


def _one_cell(parameter: Parameter, cell: Cell) -> Cell:
    cell = _single(cell)
    if _is_range(cell):
        raise WrongType(f"{parameter.name}: must be one cell, got a range", parameter.name, cell)
    return cell


def _broadcast(spec: Spec, cells: Sequence[Cell]) -> list[Any]:
    """Work ranges cell by cell; a cell that is refused holds its HedgeError and spoils no other."""
    flat = not any(_is_range(row) for cell in cells if _is_range(cell) for row in cell)
    grids = [_rows(cell) if _is_range(cell) else [[cell]] for cell in cells]
    height = max(len(grid) for grid in grids)
    width = max(len(row) for grid in grids for row in grid)
    if width == 1 and all(len(grid) in (1, height) for grid in grids):
        results = _column(spec, [_flat(grid) for grid in grids], height)
        return results if flat else [[result] for result in results]
    return [
        [_answer_or_refusal(spec, [_at(grid, row, column) for grid in grids]) for column in range(width)]
        for row in range(height)
    ]


def _column(spec: Spec, columns: Sequence[Sequence[Cell]], height: int) -> list[Any]:
    """One result a row; a column of clean numbers is worked without a check a row."""
    values: list[Iterable[Any]] = []
    for parameter, column in zip(spec.parameters, columns, strict=True):
        if len(column) == 1:
            try:
                values.append(itertools.repeat(parameter.read(column[0]), height))
            except HedgeError:
                break
        elif parameter.is_clean(column):
            values.append(column)
        else:
            break
    else:
        with suppress(ArithmeticError, HedgeError):
            results = list(map(spec.function, *values))
            if operator.countOf(map(type, results), float) == height and math.isfinite(sum(results)):
                return [result + 0.0 for result in results] if 0.0 in results else results
    repeated = [column if len(column) > 1 else itertools.repeat(column[0], height) for column in columns]
    return [_answer_or_refusal(spec, row) for row in zip(*repeated, strict=True)]


def _at(grid: Sequence[Sequence[Cell]], row: int, column: int) -> Cell:
    """The cell of a range that meets a place of the result; #N/A where the range has none."""
    line: Sequence[Cell] = grid[0] if len(grid) == 1 else grid[row] if row < len(grid) else ()
    if len(line) == 1:
        return line[0]
    return line[column] if column < len(line) else "#N/A"


def _answer_or_refusal(spec: Spec, cells: Sequence[Cell]) -> Any:
    try:
        return spec.call(*cells)
    except HedgeError as refusal:
        return refusal
