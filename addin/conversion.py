"""xlwings' conversion of cells, spared for those that it hands on as they are.

xlwings asks each cell several times what it is, which takes longer than most of our functions. Here the
types of a whole range are looked at in bulk, and xlwings is asked about the rest alone.
"""

import itertools
import operator
from collections.abc import Callable, Mapping
from types import NoneType
from typing import Any, Final

from xlwings.conversion import Accessor, CleanDataForWriteStage, CleanDataFromReadStage, accessors

# What no engine of xlwings changes. A text may be a blank, an error or a date; an integer, an error.
# A NaN counts for an error where it is written.
UNCHANGED: Final[Mapping[type, frozenset[type]]] = {
    CleanDataFromReadStage: frozenset({float, bool, NoneType}),
    CleanDataForWriteStage: frozenset({float, bool}),
}
LISTS: Final = frozenset({list})


class BulkAccessor(Accessor):
    """Converts as xlwings does without a converter; the options `numbers` and `empty` are not for it."""

    @classmethod
    def reader(cls, options: Mapping[str, Any]) -> Any:
        """The pipeline from what a host sends to an argument."""
        return _spared(accessors[None].reader(options))

    @classmethod
    def writer(cls, options: Mapping[str, Any]) -> Any:
        """The pipeline from a result to what a host takes."""
        return _spared(accessors[None].writer(options))


def _spared(pipeline: Any) -> Any:
    for place, stage in enumerate(pipeline):
        if type(stage) in UNCHANGED:
            pipeline[place] = _Spared(stage, UNCHANGED[type(stage)])
    return pipeline


class _Spared:
    """A stage of xlwings that is handed only the cells that it may change."""

    def __init__(self, stage: Callable[[Any], None], unchanged: frozenset[type]) -> None:
        self.stage = stage
        self.unchanged = unchanged

    def __call__(self, context: Any) -> None:
        rows = context.value
        cells = list(itertools.chain.from_iterable(rows))
        if self.unchanged.issuperset(map(type, cells)) and not any(map(operator.ne, cells, cells)):
            if not LISTS.issuperset(map(type, (rows, *rows))):
                context.value = list(map(list, rows))
            return
        others = [
            place
            for place, cell in enumerate(cells)
            if type(cell) not in self.unchanged or cell != cell  # noqa: PLR0124 - a NaN
        ]
        context.value = [[cells[place] for place in others]]
        self.stage(context)
        for place, cell in zip(others, context.value[0], strict=True):
            cells[place] = cell
        rest = iter(cells)
        context.value = [list(itertools.islice(rest, len(row))) for row in rows]
