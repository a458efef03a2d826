"""The programs that can evaluate a book's formulas, behind one interface."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Final, Literal, Protocol, cast

from workbook.cells import KEY_MASK, SHEET_BITS, Area, CellError, Value
from workbook.request import EngineName

Voice = EngineName | Literal["ironcalc"]
"""An engine that a run may be asked to evaluate with, or the one that only votes."""

MODULES: Final[Mapping[Voice, str]] = {
    "embedded": "workbook.engines.embedded",
    "ironcalc": "workbook.engines.ironcalc_apart",
    "libreoffice": "workbook.engines.libreoffice",
}
NO_ANSWER: Final = CellError("#ENGINE!")  # an engine has no answer: never written to a book


class Evaluation(Protocol):
    """Formulas that wait for the values they need."""

    def hold(self, sheet: int, cells: Mapping[int, Value]) -> None:
        """Set constants of a sheet by key; after the first results, only those that are others now."""

    def results(self, as_of: dt.datetime | None) -> dict[int, Value]:
        """The value of every formula, and of every cell of an array."""


class Engine(Protocol):
    """What evaluates plain cells and formulas."""

    @property
    def DIFFERS(self) -> bool:  # noqa: N802 - a constant of each module
        """Whether it is known where it differs from Excel."""

    @property
    def WORKS(self) -> Collection[str] | None:  # noqa: N802 - a constant of each module
        """The functions that it works cell by cell where they are given ranges; None if all of them."""

    def Session(  # noqa: N802 - a class in each module
        self,
        sheets: Sequence[str],
        texts: Mapping[int, str],
        wanted: Iterable[Area],
        *,
        functions: Iterable[str] = (),
        date1904: bool = False,
    ) -> Evaluation:
        """Formulas by place, the areas of those that fill cells, and the functions of ours they call."""

    def known(self, functions: Iterable[str]) -> frozenset[str]:
        """Those of the functions that the engine itself has."""


def engine_named(name: Voice) -> Engine:
    """An engine, loaded when it is first asked for."""
    return cast("Engine", import_module(MODULES[name]))


def hold_places(session: Evaluation, values: Mapping[int, Value]) -> None:
    """Set constants by place, whatever sheets they lie on."""
    sheets: dict[int, dict[int, Value]] = defaultdict(dict)
    for where, value in values.items():
        sheets[where >> SHEET_BITS][where & KEY_MASK] = value
    for sheet, cells in sheets.items():
        session.hold(sheet, cells)
