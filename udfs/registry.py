"""The registry: one record per function, and the checked call that every host makes.

`@udf` keeps what a function is called, takes, gives and cites, and returns the function untouched.
`Spec.call` is the function as a cell sees it: it takes cells (numbers, texts, blanks, error cells,
ranges), refuses by argument name, and broadcasts ranges as Excel's own functions do.
"""

import inspect
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeVar, get_origin, get_type_hints

from udfs.broadcasting import broadcast
from udfs.compiled import compiled
from udfs.conventions import CATEGORIES
from udfs.errors import DividesByZero, HedgeError, NotAvailable, OutsideDomain, WrongType
from udfs.native import NOT_YET, Native, Written, native_of
from udfs.parameters import MAX, Parameter, parameters_of
from udfs.ranges import HostCell, is_blank, is_range, single, without_gaps

Value = float | str

F = TypeVar("F", bound=Callable[..., Any])

_registry: dict[str, "Spec"] = {}
REGISTRY: Final[Mapping[str, "Spec"]] = MappingProxyType(_registry)


class Example(NamedTuple):
    """A worked example: the cells that go in and the value that comes out."""

    cells: tuple[Any, ...]
    result: Any


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
    native: Native

    @cached_property
    def call(self) -> Callable[..., Any]:
        """The checked call as a cell makes it, compiled when it is first asked for."""
        return compiled(self)

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

    def answer(self, cells: Sequence[HostCell]) -> Any:
        """The checked call without the short cut: any cells, ranges and refusals."""
        if self.is_elementwise:
            cells = [single(cell) for cell in cells]
            if any(is_range(cell) for cell in cells):
                return broadcast(self, cells)
        return self._checked(self._read(cells))

    def _read(self, cells: Sequence[HostCell]) -> list[Any]:
        # All ranges of a function lie side by side: a blank in one skips that place in each. Tables lie
        # side by side as well; the lists beside them go with their columns.
        read: list[Any] = []
        ranges: dict[int, list[Any]] = {}
        tables: dict[int, list[list[Any]]] = {}
        gaps: list[bool] = []
        has_gap = False  # in a table
        for place, (parameter, cell) in enumerate(zip(self.parameters, cells, strict=True)):
            if not parameter.is_range:
                read.append(parameter.read(_one_cell(parameter, cell)))
                continue
            read.append(None)
            if not parameter.required and is_blank(cell):
                continue
            if parameter.is_table:
                tables[place], gap = parameter.read_table(cell)
                has_gap = has_gap or gap
            else:
                ranges[place], gap = parameter.read_range(cell)
                gaps.append(gap)
        self._of_one_length({place: len(column) for place, column in ranges.items()})
        self._of_one_length({place: len(table[0]) for place, table in tables.items()})
        if any(gaps):
            skipping = list(itertools.compress(ranges.values(), gaps))
            full = [None not in row for row in zip(*skipping, strict=True)]
            ranges = {place: list(itertools.compress(column, full)) for place, column in ranges.items()}
        for place, column in (*ranges.items(), *(without_gaps(tables) if has_gap else tables).items()):
            read[place] = column
        return read

    def _of_one_length(self, lengths: Mapping[int, int]) -> None:
        if len(set(lengths.values())) > 1:
            sizes = " and ".join(f"{self.parameters[i].name} {length}" for i, length in lengths.items())
            first = self.parameters[next(iter(lengths))].name
            raise NotAvailable(f"{self.name}: ranges must be of one length, got {sizes}", first)

    def _checked(self, values: Sequence[Any]) -> Any:
        try:
            result = self.function(*values)
        except HedgeError:  # a refusal is already in words, and is a ValueError too
            raise
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


def udf(
    category: str,
    *,
    unit: str,
    example: tuple[tuple[Any, ...], Any],
    source: str,
    native: Written = NOT_YET,
) -> Callable[[F], F]:
    """Keep a plain function in the registry; its sheet name is its Python name in capitals.

    `native` is the function in built-in functions over its argument names, or why it can't be so.
    """

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
            native=native_of(native),
        )
        _registry[spec.name] = spec
        return function

    return register


def arrange() -> None:
    """Bring the registry into the order of the categories, whatever the order of the imports."""
    for spec in sorted(REGISTRY.values(), key=lambda spec: CATEGORIES.index(spec.category)):
        _registry[spec.name] = _registry.pop(spec.name)


def _one_cell(parameter: Parameter, cell: HostCell) -> HostCell:
    cell = single(cell)
    if is_range(cell):
        raise WrongType(f"{parameter.name}: must be one cell, got a range", parameter.name, cell)
    return cell
