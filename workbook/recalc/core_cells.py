"""Which formulas of a book are core: what their cells hold, against what their shapes ask for."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from workbook.cells import COLUMN_BITS, COLUMN_MASK, KEY_MASK, SHEET_BITS, Area, Value
from workbook.formula.forms import PlainFormula
from workbook.recalc.comparisons import Ordinal, Pair, is_odd
from workbook.recalc.core import ALL, BLANK, FOREIGN, PLAIN_NUMBERS, Shape, kind_of
from workbook.recalc.new_values import Now

LARGE: Final = 100_000  # an area of more cells is read only as far as a book fills it
FEW: Final = 64  # cells of an area that must not be blank; a larger one is thought to have blanks

NO_PAIRS: Final[tuple[tuple[Pair | Ordinal, ...], tuple[Area, ...]]] = ((), ())

Rows = Mapping[int, list[int]]
"""The rows of some cells by column, in order."""


@dataclass(eq=False)
class Checks:
    """What to look at for some formulas, worked out once for all books of a template."""

    never: frozenset[int] = frozenset()  # are not core, whatever their cells hold
    demands: dict[int, tuple[tuple[Area, int], ...]] = field(default_factory=dict)
    pairs: dict[int, tuple[tuple[Pair | Ordinal, ...], tuple[Area, ...]]] = field(default_factory=dict)
    keys: dict[int, dict[int, frozenset[int]]] = field(default_factory=dict)  # by mask and sheet
    large: list[tuple[Area, int]] = field(default_factory=list)
    asks_filled: bool = False  # whether any cell must not be blank

    @cached_property
    def looked(self) -> dict[int, frozenset[int]]:
        """The keys that are looked at, by sheet; those of large areas apart."""
        sheets: dict[int, set[int]] = defaultdict(set)
        for by_sheet in self.keys.values():
            for sheet, keys in by_sheet.items():
                sheets[sheet] |= keys
        return {sheet: frozenset(keys) for sheet, keys in sheets.items()}


def core_checks(asked: Iterable[tuple[int, PlainFormula, Shape]]) -> Checks:
    """What to look at for formulas, given with what their shapes ask for."""
    found = Checks()
    never = set()
    keys: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    seen: set[tuple[Area, int]] = set()
    for where, plain, shape in asked:
        if shape.masks is None or len(shape.masks) != len(plain.named):
            never.add(where)
            continue
        demands = tuple((a, mask) for a, mask in zip(plain.named, shape.masks, strict=True) if mask != ALL)
        if demands:
            found.demands[where] = demands
        if shape.pairs:
            found.pairs[where] = shape.pairs, plain.named
        for area, mask in demands:
            found.asks_filled |= not mask & BLANK
            if (area, mask) in seen:
                continue
            seen.add((area, mask))
            if area.size > LARGE:
                found.large.append((area, mask))
            else:
                keys[mask][area.sheet].update(where & KEY_MASK for where in area.places())
    found.never = frozenset(never)
    found.keys = {m: {sheet: frozenset(k) for sheet, k in by.items()} for m, by in keys.items()}
    return found


def unsure(found: Checks, now: Now) -> set[int]:
    """The formulas that are not core, for what the cells hold that they refer to."""
    foreign: dict[str, set[str]] = defaultdict(set)
    offending: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for mask, sheet, keys in _looked_at(found, now):
        for key, kind, value in _telling(now.cells(sheet), keys, mask):
            if kind == FOREIGN and isinstance(value, str):
                foreign[value.casefold()].add(value)
            if kind & ~mask:
                offending[mask][sheet].append(key)
    clashes = any(len(spellings) > 1 for spellings in foreign.values())
    unlike = set(found.never)
    if offending or clashes or found.asks_filled:
        unlike |= _offended(found, offending, now, clashes=clashes)
    return unlike.union(
        where
        for where, (pairs, areas) in found.pairs.items()
        if where not in unlike and any(is_odd(pair, areas, now) for pair in pairs)
    )


def is_unsure(found: Checks, where: int, now: Now, *, clashes: bool) -> bool:
    """The same of one formula; `clashes` says whether cells spell one text in several ways."""
    if where in found.never:
        return True
    for area, mask in found.demands.get(where, ()):
        values = now.values(area)
        is_open = mask & BLANK or (area.size <= FEW and len(values) == area.size)
        if not is_open:
            return True
        passes = PLAIN_NUMBERS & ~mask == 0
        if any(kind_of(value) & ~mask for value in values if not (passes and type(value) is float)):
            return True
        if clashes and now.holds("foreign", (area,)):
            return True
    pairs, areas = found.pairs.get(where, NO_PAIRS)
    return any(is_odd(pair, areas, now) for pair in pairs)


def foreign_cells(found: Checks, now: Now, cells: Iterable[int] | None = None) -> dict[int, str]:
    """The texts outside ASCII among the cells that are looked at, or among some of those."""
    looked = found.looked
    if cells is None:
        cells = (sheet << SHEET_BITS | key for sheet, keys in looked.items() for key in keys)
    texts = {}
    for where in cells:
        value = now.value(where)
        if (
            isinstance(value, str)
            and not value.isascii()
            and where & KEY_MASK in looked.get(where >> SHEET_BITS, ())
        ):
            texts[where] = value
    return texts


def has_clash(texts: Iterable[str]) -> bool:
    """Whether texts are the same in other letters, which engines tell apart and Excel does not."""
    spellings: dict[str, set[str]] = defaultdict(set)
    for text in texts:
        spellings[text.casefold()].add(text)
    return any(len(found) > 1 for found in spellings.values())


def _looked_at(found: Checks, now: Now) -> Iterator[tuple[int, int, Iterable[int]]]:
    for mask, sheets in found.keys.items():
        for sheet, keys in sheets.items():
            yield mask, sheet, keys
    for area, mask in found.large:
        yield mask, area.sheet, [key for key in now.cells(area.sheet) if _within(area, key)]


def _telling(values: Mapping[int, Value], keys: Iterable[int], mask: int) -> Iterator[tuple[int, int, Value]]:
    """The filled cells with their kinds, less plain numbers where those may stand."""
    passes = PLAIN_NUMBERS & ~mask == 0
    for key in keys:
        value = values.get(key)
        if value is not None and not (passes and type(value) is float):
            yield key, kind_of(value), value


def _within(area: Area, key: int) -> bool:
    row, column = key >> COLUMN_BITS, key & COLUMN_MASK
    return area.top <= row <= area.bottom and area.left <= column <= area.right


def _offended(
    found: Checks, offending: Mapping[int, Mapping[int, Iterable[int]]], now: Now, *, clashes: bool
) -> set[int]:
    """The formulas one of whose cells holds what its place does not allow."""
    rows: dict[tuple[int, int], Rows] = {}
    for mask, sheets in offending.items():
        for sheet, keys in sheets.items():
            columns: dict[int, list[int]] = defaultdict(list)
            for key in sorted(set(keys)):
                columns[key & COLUMN_MASK].append(key >> COLUMN_BITS)
            rows[mask, sheet] = columns

    def is_offended(area: Area, mask: int) -> bool:
        return (
            _holds_any(rows.get((mask, area.sheet), {}), area)
            or (not mask & BLANK and (area.size > FEW or len(now.values(area)) < area.size))
            or (clashes and now.holds("foreign", (area,)))
        )

    return {where for where, demands in found.demands.items() if any(is_offended(*one) for one in demands)}


def _holds_any(rows: Rows, area: Area) -> bool:
    """Whether some cells lie in an area."""
    for column in range(area.left, area.right + 1) if area.right - area.left < len(rows) else rows:
        if area.left <= column <= area.right and column in rows:
            at = bisect_left(rows[column], area.top)
            if at < len(rows[column]) and rows[column][at] <= area.bottom:
                return True
    return False
