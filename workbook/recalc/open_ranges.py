"""Ranges of whole columns and the like: an engine is given as many of their cells as a book fills."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from workbook.cells import COLUMN_BITS, COLUMN_MASK, SHEET_BITS, Area, Value

OPEN: Final = 100_000  # a range of more cells is read only as far as a book fills it


@dataclass(frozen=True)
class OpenRanges:
    """Such ranges by sheet, and the cells in them that are computed themselves."""

    areas: Mapping[int, Collection[Area]] = field(default_factory=dict)
    computed: Collection[int] = frozenset()

    def filled(self, sheet: int, *values: Mapping[int, Value]) -> frozenset[int]:
        """The keys of those cells of a sheet that lie in its ranges and are filled by some of the values."""
        found: set[int] = set()
        for _, top, left, bottom, right in self.areas.get(sheet, ()):
            for cells in values:
                found.update(
                    key
                    for key in cells
                    if left <= key & COLUMN_MASK <= right and top <= key >> COLUMN_BITS <= bottom
                )
        return frozenset(key for key in found if sheet << SHEET_BITS | key not in self.computed)


def open_ranges(areas: Iterable[Area], computed: Collection[int]) -> OpenRanges:
    """Those of some areas that are so large."""
    found: dict[int, set[Area]] = defaultdict(set)
    for area in areas:
        if area.size > OPEN:
            found[area.sheet].add(area)
    return OpenRanges(found, computed) if found else NO_RANGES


NO_RANGES: Final = OpenRanges()


def joined_areas(areas: Iterable[Area]) -> Iterator[Area]:
    """The same cells in fewer areas: those of equal columns that overlap, as running totals do, are one."""
    columns: dict[tuple[int, int, int], list[tuple[int, int]]] = defaultdict(list)
    for sheet, top, left, bottom, right in areas:
        columns[sheet, left, right].append((top, bottom))
    for (sheet, left, right), rows in columns.items():
        rows.sort()
        start, end = rows[0]
        for top, bottom in rows:
            if top > end + 1:
                yield Area(sheet, start, left, end, right)
                start, end = top, bottom
            end = max(end, bottom)
        yield Area(sheet, start, left, end, right)
