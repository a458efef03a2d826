"""Which formulas depend on which cells: what a change reaches, and nothing else."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from workbook.cells import COLUMN_BITS, COLUMN_MASK, SHEET_BITS, Area, place

SMALL = 16  # a range of so many cells is kept cell by cell
BUCKET = COLUMN_BITS + 8  # larger ranges are looked up by their column and blocks of 256 rows
TALLEST = 65_536  # rows; whole columns and the like are looked up by their sheet
WIDEST = 64  # columns; whole rows and the like are looked up as if they lay in column 0
WIDE = 0


class Dependents:
    """The formulas of a book, found by the cells that they refer to."""

    def __init__(
        self,
        areas: Mapping[int, Iterable[Area]],
        arrays: Mapping[int, Iterable[Area]],
        reaching: Iterable[int] = (),
    ) -> None:
        """Take the areas that each formula refers to, and the cells that array formulas fill.

        `reaching` are the formulas whose references only an evaluation can tell: they depend on
        whatever changes.
        """
        self._arrays = arrays
        self._reaching = frozenset(reaching)
        self._cells: dict[int, list[int]] = defaultdict(list)
        self._ranges: list[tuple[Area, list[int]]] = []
        self._buckets: dict[tuple[int, int], list[int]] = defaultdict(list)
        numbers: dict[Area, int] = {}
        for where, references in areas.items():
            for area in references:
                sheet, top, left, bottom, right = area
                if top == bottom and left == right:
                    self._cells[sheet << SHEET_BITS | top << COLUMN_BITS | left].append(where)
                    continue
                if area.size <= SMALL:
                    for cell in area.places():
                        self._cells[cell].append(where)
                    continue
                number = numbers.get(area)
                if number is None:
                    number = numbers[area] = len(self._ranges)
                    self._ranges.append((area, []))
                    self._file(area, number)
                self._ranges[number][1].append(where)

    def closure(self, roots: Iterable[int]) -> set[int]:
        """The roots and every cell that depends on one of them, directly or not."""
        seen = set(roots)
        if not seen:
            return seen
        seen |= self._reaching
        waiting = list(seen)
        left: dict[tuple[int, int], list[int]] = {}
        reached: set[int] = set()
        while waiting:
            where = waiting.pop()
            following = [*self._cells.get(where, ()), *self._of_ranges(where, left, reached)]
            for area in self._arrays.get(where, ()):
                following.extend(area.places())
            for cell in following:
                if cell not in seen:
                    seen.add(cell)
                    waiting.append(cell)
        return seen

    def direct(self, cells: Iterable[int]) -> set[int]:
        """The formulas that refer to one of the cells themselves."""
        found: set[int] = set()
        left: dict[tuple[int, int], list[int]] = {}
        reached: set[int] = set()
        for where in cells:
            found.update(self._cells.get(where, ()), self._of_ranges(where, left, reached))
        return found

    def _of_ranges(self, where: int, left: dict[tuple[int, int], list[int]], reached: set[int]) -> list[int]:
        """The formulas of the ranges that hold a cell, each range once."""
        following: list[int] = []
        block, sheet, column = where >> BUCKET, ~(where >> SHEET_BITS), where & COLUMN_MASK
        for bucket in ((block, column), (block, WIDE), (sheet, column), (sheet, WIDE)):
            numbers = left.get(bucket)
            if numbers is None:
                numbers = self._buckets.get(bucket)
            if not numbers:
                continue
            left[bucket] = remaining = []
            for number in numbers:
                if number in reached:
                    continue
                area, formulas = self._ranges[number]
                if _contains(area, where):
                    reached.add(number)
                    following += formulas
                else:
                    remaining.append(number)
        return following

    def _file(self, area: Area, number: int) -> None:
        columns = range(area.left, area.right + 1) if area.right - area.left < WIDEST else (WIDE,)
        blocks: Iterable[int] = (~area.sheet,)
        if area.bottom - area.top <= TALLEST:
            first = place(area.sheet, area.top, 0) >> BUCKET
            blocks = range(first, (place(area.sheet, area.bottom, 0) >> BUCKET) + 1)
        for block in blocks:
            for column in columns:
                self._buckets[block, column].append(number)


def _contains(area: Area, where: int) -> bool:
    row = (where >> COLUMN_BITS) & 0x1FFFFF
    column = where & 0x7FFF
    return area.top <= row <= area.bottom and area.left <= column <= area.right
