"""The types of the functions under their Python names, so that editors and mypy know what comes back.

Overloads of the checked functions: what goes in says what comes out. `make docs` writes them.
"""

from collections.abc import Iterator
from textwrap import indent
from typing import Final, get_type_hints

import udfs
from udfs import REGISTRY, Parameter, Spec

HEAD: Final = '''"""What the functions take and give, by kind of object. Written by `make docs`."""
# mypy: disable-error-code="overload-overlap, overload-cannot-match"

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, overload

import numpy as np
import numpy.typing as npt
import pandas as pd
'''
NAMES: Final = """
_Number = float | Decimal | Fraction | np.integer[Any] | np.floating[Any] | dt.date | np.datetime64
_Errors = Literal["raise", "coerce"]
_Array = npt.NDArray[Any]
_Listed = list[Any] | tuple[Any, ...]
_Labelled = pd.Series[Any] | pd.Index[Any]
_Cells = Sequence[Any] | _Array | pd.Series[Any] | pd.Index[Any]

__all__: list[str]
"""
GIVES: Final = {  # what one cell gives: a column of it in a list, an array, a Series
    float: ("float", "list[Any]", "npt.NDArray[np.float64]", "pd.Series[float]"),
    str: ("str", "list[Any]", "_Array", "pd.Series[str]"),
}
EITHER: Final = ("float | str", "list[Any]", "_Array", "pd.Series[Any]")


def text() -> str:
    """The whole stub."""
    parts = [HEAD, "".join(sorted(_imports())), NAMES]
    parts += ["".join(_overloads(spec)) for spec in REGISTRY.values()]
    return "\n".join(parts)


def _imports() -> Iterator[str]:
    for name in udfs.__all__:
        if name.upper() not in REGISTRY:
            home = getattr(udfs, name).__module__ if name != "REGISTRY" else "udfs.registry"
            yield f"from {home} import {name} as {name}\n"


def _overloads(spec: Spec) -> Iterator[str]:
    if spec.is_array:
        yield _signature(spec, "", "_Cells | pd.DataFrame", "pd.DataFrame")
        return
    gives = GIVES.get(get_type_hints(spec.function)["return"], EITHER)
    single, listed, array, series = gives
    several = (
        (("", "_Cells", single), ("", "_Cells | pd.DataFrame", series))
        if not spec.is_elementwise
        else (
            ("", "", single),
            ("_Listed", "", listed),
            ("_Labelled", "", series),
            ("_Labelled | pd.DataFrame", "", "pd.DataFrame"),
            ("_Listed | _Array", "", array),
        )
    )
    for number, (cell, cells, given) in enumerate(several):
        yield "@overload\n"
        yield _signature(spec, cell, cells, given, has_doc=number == 0)


def _signature(spec: Spec, cell: str, cells: str, gives: str, *, has_doc: bool = True) -> str:
    arguments = ",\n".join(f"    {_argument(p, cell, cells)}" for p in spec.parameters)
    body = f'\n    """{indent(spec.doc, "    ").strip()}"""' if has_doc else " ..."
    return (
        f"def {spec.name.lower()}(\n{arguments},\n    *,\n    errors: _Errors = ...,\n) -> {gives}:{body}\n"
    )


def _argument(parameter: Parameter, cell: str, cells: str) -> str:
    kind = cells if parameter.is_range else "str" if parameter.arg.is_text else "_Number"
    if cell and not parameter.is_range:
        kind += f" | {cell}"
    if parameter.required:
        return f"{parameter.name}: {kind}"
    return f"{parameter.name}: {kind}{' | None' if parameter.default is None else ''} = {parameter.default!r}"
