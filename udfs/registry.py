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

from udfs.conventions import CATEGORIES, Arg, Divides
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
RAGGED: Final = -1
EXCEL_EPOCH: Final = dt.datetime(1899, 12, 30)  # day 0 of Excel's 1900 date system
LAST_DAY: Final = 2_958_465.0  # 9999-12-31, of Excel's calendar and of Python's
EXCEL_ERRORS: Final = frozenset(
    ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!")
).union(("#BLOCKED!", "#CONNECT!", "#FIELD!", "#UNKNOWN!", "#BUSY!", "#EXTERNAL!", "#PYTHON!"))
RANGES: Final = frozenset((list, tuple))
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
    takes_blanks: bool
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

    def read_range(self, cells: Cell) -> tuple[list[Any], bool]:
        """The cells of a range, row by row, with None for a blank, and whether a blank is to be skipped.

        Text is refused among numbers.
        """
        plain = _flat(cells)
        clean = self.clean(plain)
        if clean is not None:
            return clean, False
        filled = [cell for cell in plain.cells if cell is not None and cell != ""]
        clean = self.clean(Plain(filled, 0, set(map(type, filled))))
        values = iter(map(self._of_range, filled) if clean is None else clean)
        column = [None if cell is None or cell == "" else next(values) for cell in plain.cells]
        return column, not self.takes_blanks and len(filled) < len(column)

    def _of_range(self, cell: Cell) -> Any:
        if isinstance(cell, str) and not self.arg.is_text and cell not in EXCEL_ERRORS:
            raise WrongType(f"{self.name}: must hold numbers, got the text {shown(cell)}", self.name, cell)
        return self.read(cell)

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
        except ValueError:  # a signalling NaN
            return math.nan

    def _inside(self, cell: Cell, number: float) -> float:
        if self.low <= number <= self.high and not (number == 0 and self.divides):
            return number
        if number == 0 and self.divides:
            wanted = self.arg.domain if self.low > 0 else "other than 0"
            raise DividesByZero(f"{self.name}: must be {wanted}, got 0", self.name, cell)
        wanted = self.arg.domain if math.isfinite(number) else "a finite number"
        raise OutsideDomain(f"{self.name}: must be {wanted}, got {shown(number)}", self.name, cell)

    def clean(self, plain: "Plain") -> list[Any] | None:
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
        ranges: dict[int, list[Any]] = {}
        gaps: list[bool] = []
        for place, (parameter, cell) in enumerate(zip(self.parameters, cells, strict=True)):
            if parameter.is_range and (parameter.required or (cell is not None and cell != "")):
                ranges[place], gap = parameter.read_range(cell)
                gaps.append(gap)
                read.append(None)
            else:
                read.append(parameter.read(_one_cell(parameter, cell)))
        if len({len(column) for column in ranges.values()}) > 1:
            sizes = " and ".join(f"{self.parameters[i].name} {len(c)}" for i, c in ranges.items())
            raise NotAvailable(f"{self.name}: ranges must be of one length, got {sizes}")
        if any(gaps):
            skipping = list(itertools.compress(ranges.values(), gaps))
            full = [None not in row for row in zip(*skipping, strict=True)]
            ranges = {place: list(itertools.compress(column, full)) for place, column in ranges.items()}
        for place, column in ranges.items():
            read[place] = column
        return read

    def _checked(self, values: Sequence[Any]) -> Any:
        try:
            result = self.function(*values)
        except ZeroDivisionError:
            raise DividesByZero(f"{self.name}: these arguments divide by zero") from None
        except (ArithmeticError, ValueError):  # the root or logarithm of what rounded to nothing
            raise OutsideDomain(f"{self.name}: the result is too large or too small for a number") from None
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


def arrange() -> None:
    """Bring the registry into the order of the categories, whatever the order of the imports."""
    for spec in sorted(REGISTRY.values(), key=lambda spec: CATEGORIES.index(spec.category)):
        _registry[spec.name] = _registry.pop(spec.name)


def serial(moment: dt.date) -> float:
    """A date or date-time as Excel's serial number, in the 1900 date system; with a zone, in UTC."""
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime(moment.year, moment.month, moment.day)
    ahead = moment.utcoffset() or dt.timedelta()
    return (moment.replace(tzinfo=None) - EXCEL_EPOCH - ahead) / dt.timedelta(days=1)


def moment(number: float) -> dt.datetime:
    """The date-time of a serial number; of one outside the calendar, the first or the last day's."""
    return EXCEL_EPOCH + dt.timedelta(days=min(max(0.0, number), LAST_DAY))


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
            takes_blanks=any(NoneType in get_args(cell) for cell in get_args(kind)),
            divides=any(isinstance(mark, Divides) for mark in marks),
        )


def _compiled(spec: Spec) -> Callable[..., Any]:
    """The checked call, compiled once: a straight line for clean cells, `Spec.answer` for all else."""
    names = [p.name for p in spec.parameters]
    scope: dict[str, Any] = {"function": spec.function, "answer": spec.answer, "MAX": MAX}
    takes, clean, dress = [], [], []  # how cells arrive, are tested, and are made floats or defaults
    for p in spec.parameters:
        scope[f"default_{p.name}"] = p.default
        takes.append(f"{p.name}=default_{p.name}")
        if p.arg.is_text:
            if not p.required:
                dress.append(f"        if {p.name} is None: {p.name} = default_{p.name}\n")
            scope[f"words_{p.name}"] = frozenset(p.arg.choices)
            test = f"type({p.name}) is str and {p.name} in words_{p.name}"
        else:
            dress.append(f"        if type({p.name}) is int: {p.name} = float({p.name})\n")
            if not p.required:
                dress.append(f"        elif {p.name} is None: {p.name} = default_{p.name}\n")
            # A zero that is divided by raises, and is then refused by name.
            test = f"type({p.name}) is float and {p.low!r} <= {p.name} <= {p.high!r}"
        clean.append(f"({test} or {p.name} is None)" if not p.required and p.default is None else test)
    body = f"    return answer(({', '.join(names)},))"
    if spec.is_elementwise:
        attempt = (
            f"    if {' and '.join(clean)}:\n"
            f"        try:\n"
            f"            result = function({', '.join(names)})\n"
            f"        except (ArithmeticError, ValueError):\n"
            f"            pass\n"
            f"        else:\n"
            f"            if type(result) is float and -MAX <= result <= MAX:\n"
            f"                return result + 0.0\n"  # -0.0 reads as 0
        )
        if dress:
            attempt += f"    try:\n{''.join(dress)}    except OverflowError:\n        pass\n{attempt}"
        body = attempt + body
    exec(f"def call({', '.join(takes)}):\n{body}\n", scope)  # noqa: S102 - our own names and floats alone
    call: Callable[..., Any] = scope["call"]
    call.__name__ = call.__qualname__ = spec.name
    return call


def _is_range(cell: object) -> bool:
    return type(cell) in RANGES


def _rows(cells: Cell) -> list[Sequence[Cell]]:
    # A flat list is a column, as a price history is written.
    return [row if _is_range(row) else [row] for row in cells]


def _flat(cells: Cell) -> "Plain":
    """The cells of a range of any shape, row by row."""
    if not _is_range(cells):
        return Plain([cells], 0, {type(cells)})
    plain = _plain(cells)
    if plain.width != RAGGED:
        return plain
    column = list(itertools.chain.from_iterable(_rows(cells)))
    return Plain(column, 0, set(map(type, column)))


def _single(cell: Cell) -> Cell:
    """A range of one cell is that cell, an empty one a blank."""
    if not _is_range(cell) or len(cell) > 1:
        return cell
    inner: Cell = cell[0] if cell else None
    if not _is_range(inner):
        return inner
    return cell if len(inner) > 1 else inner[0] if inner else None


def _one_cell(parameter: Parameter, cell: Cell) -> Cell:
    cell = _single(cell)
    if _is_range(cell):
        raise WrongType(f"{parameter.name}: must be one cell, got a range", parameter.name, cell)
    return cell


def _broadcast(spec: Spec, cells: Sequence[Cell]) -> list[Any]:
    """Work ranges cell by cell; a cell that is refused holds its HedgeError and spoils no other."""
    ranges = [_plain(cell) for cell in cells if _is_range(cell)]
    width, length = ranges[0].width, len(ranges[0].cells)
    if width != RAGGED and all(plain.width == width and len(plain.cells) == length for plain in ranges):
        plain = iter(ranges)
        columns = [next(plain) if _is_range(cell) else Plain([cell], 0, set()) for cell in cells]
        return _shaped(_column(spec, columns, length), width)
    grids = [_rows(cell) if _is_range(cell) else [[cell]] for cell in cells]
    height = max(len(grid) for grid in grids)
    width = max(len(row) for grid in grids for row in grid)
    return [
        [_answer_or_refusal(spec, [_at(grid, row, column) for grid in grids]) for column in range(width)]
        for row in range(height)
    ]


class Plain(NamedTuple):
    """The cells of a range row by row, how many a row has (0 in a flat list), and of which types they are."""

    cells: list[Cell]
    width: int
    kinds: set[type]


def _plain(cells: Cell) -> Plain:
    kinds = _kinds(cells)
    if RANGES.isdisjoint(kinds):
        return Plain(list(cells), 0, kinds)
    widths = set(map(len, cells)) if kinds <= RANGES else set()
    if len(widths) != 1 or widths == {0}:
        return Plain([], RAGGED, set())
    column = list(itertools.chain.from_iterable(cells))
    return Plain(column, widths.pop(), _kinds(column))


def _kinds(cells: Sequence[Cell]) -> set[type]:
    """The types of some cells; to count floats is quicker than to gather types."""
    if cells and type(cells[0]) is float and operator.countOf(map(type, cells), float) == len(cells):
        return {float}
    return set(map(type, cells))


def _shaped(results: list[Any], width: int) -> list[Any]:
    if width == 0:
        return results
    if width == 1:
        return [[result] for result in results]
    return [results[start : start + width] for start in range(0, len(results), width)]


def _column(spec: Spec, columns: Sequence[Plain], height: int) -> list[Any]:
    """One result a row; a column of clean cells is worked without a check a row."""
    results = _at_once(spec, columns, height)
    if results is not None:
        return results
    repeated = [
        column.cells if len(column.cells) > 1 else itertools.repeat(column.cells[0], height)
        for column in columns
    ]
    return [_answer_or_refusal(spec, row) for row in zip(*repeated, strict=True)]


def _at_once(spec: Spec, columns: Sequence[Plain], height: int) -> list[Any] | None:
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
