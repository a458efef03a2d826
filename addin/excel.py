"""The module that xlwings is pointed at: one worksheet function for each record of the registry.

xlwings' own conversion hands over every argument as rows of cells, with error cells as texts; the
answer goes back as a value or rows of values, in which a refusal is the text of its Excel error.
xlwings Lite and Server make real errors of such texts; in the classic add-in our VBA does.
"""

import inspect
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import xlwings as xw

import udfs
from addin.conversion import BulkAccessor
from udfs import REGISTRY
from udfs.cell_errors import ERROR_VALUES
from udfs.errors import HedgeError
from udfs.parameters import Parameter
from udfs.registry import Spec

# A folder of that name beside a workbook must not stand in for the library.
if Path(udfs.__file__).parents[1] != Path(__file__).parents[1]:
    raise ImportError(f"udfs comes from {udfs.__file__}, which is not part of this microhedge")

TEXT_LIMIT: Final = 255  # of a description in Excel's function wizard
ERROR_CODES: Final = {error.text: error.vba for error in ERROR_VALUES if error.vba}  # for VBA's CVErr
# COM hands over an error cell as an integer, any number as a float; xlwings knows seven of the errors.
COM_ERRORS: Final = {code - 2_146_828_288: text for text, code in ERROR_CODES.items()}


def category(spec: Spec) -> str:
    """The category of a function in the wizard, where it stands among Excel's own."""
    return f"microhedge: {spec.category}"


def help_of(spec: Spec) -> str:
    """The line that the wizard shows for a function."""
    return f"{spec.help} Result: {spec.unit}."[:TEXT_LIMIT]


def help_of_argument(parameter: Parameter) -> str:
    """The line that the wizard shows for an argument: help and unit, domain and default if there is room."""
    said = f"{parameter.arg.help} [{parameter.arg.unit}]"
    more = f"{parameter.arg.help} [{parameter.arg.unit}; {parameter.arg.domain}]"
    if not parameter.required:
        more += f" {parameter.signature}"
    return more if len(more) <= TEXT_LIMIT else said[:TEXT_LIMIT]


def wrapper(spec: Spec) -> Callable[..., Any]:
    """The worksheet function of one record, as xlwings registers it."""

    def function(*arguments: Any) -> Any:
        try:
            result = spec.call(*map(_from_host, arguments))
        except HedgeError as refusal:
            return refusal.cell
        return _to_host(result) if isinstance(result, list) else result

    function.__name__ = function.__qualname__ = spec.name
    function.__doc__ = help_of(spec)
    function.__annotations__ = {}  # xlwings would look each hint up as a converter
    function.__signature__ = inspect.Signature(  # type: ignore[attr-defined] # read by inspect.signature
        [
            inspect.Parameter(
                parameter.name,
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=inspect.Parameter.empty if parameter.required else None,
            )
            for parameter in spec.parameters
        ]
    )
    registered: Callable[..., Any] = function
    for parameter in spec.parameters:
        registered = xw.arg(
            parameter.name, convert=BulkAccessor, ndim=2, err_to_str=True, doc=help_of_argument(parameter)
        )(registered)
    registered = xw.ret(convert=BulkAccessor)(registered)
    # xw.func goes on last: xw.arg makes the record anew and would drop the category.
    return xw.func(category=category(spec))(registered)


def _from_host(argument: Any) -> Any:
    """A blank, one cell, or rows of cells; no integer is left among them."""
    if not isinstance(argument, list):
        return _cell(argument)
    if len(argument) == 1 and len(argument[0]) == 1:
        return _cell(argument[0][0])
    return [list(map(_cell, row)) for row in argument] if int in _kinds(argument) else argument


def _cell(cell: Any) -> Any:
    # From COM an integer is an error cell; from VBA and JavaScript it may be a number.
    return COM_ERRORS.get(cell) or float(cell) if type(cell) is int else cell


def _to_host(rows: list[list[Any]]) -> list[list[Any]]:
    if not any(issubclass(kind, HedgeError) for kind in _kinds(rows)):
        return rows
    return [[cell.cell if isinstance(cell, HedgeError) else cell for cell in row] for row in rows]


def _kinds(rows: list[list[Any]]) -> set[type]:
    """The types in a range, found without a Python loop: most ranges hold numbers alone."""
    return set(map(type, itertools.chain.from_iterable(rows)))


globals().update({name: wrapper(spec) for name, spec in REGISTRY.items()})
__all__ = [*REGISTRY]  # noqa: PLE0604 - the names of the registry, what a server that imports * offers
