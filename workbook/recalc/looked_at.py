"""What is looked at in the values of formulas before they are believed, once for what books have in common.

Which formulas are core and which are doubted follows from a formula and from the cells that it refers
to. So what was found of the last book of a template holds for the next one wherever neither differs.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from workbook.cells import Value
from workbook.formula.dependency_graph import Dependents
from workbook.formula.forms import PlainFormula
from workbook.recalc.core_cells import Checks, foreign_cells, has_clash, is_unsure, unsure
from workbook.recalc.new_values import Now, Origin
from workbook.recalc.shared_errors import doubts

PART: Final = 4  # if more than one formula in so many is to be looked at again, all are
KEPT: Final = 4  # sets of formulas of a template, for each of which the last book is remembered


@dataclass(frozen=True, eq=False)
class LookedAt:
    """What was found of some formulas: which are not core, which are doubted, and for which values."""

    now: Now
    news: AbstractSet[int]  # the cells whose value was another than the book cached
    unlike: AbstractSet[int]
    doubted: Mapping[int, str]
    foreign: Mapping[int, str]  # the texts outside ASCII among the cells that are looked at


class Looks:
    """What was looked at in the last books of a template."""

    def __init__(self, plain: Mapping[int, PlainFormula], dependents: Dependents) -> None:
        self._plain = plain
        self._dependents = dependents
        self._last: dict[frozenset[int], LookedAt] = {}

    def at(
        self,
        formulas: frozenset[int],
        checks: Checks,
        news: Mapping[int, Value],
        now: Now,
        origins: Sequence[Origin],
    ) -> LookedAt:
        """Look at formulas; `news` are the values that the book does not cache, `now` all that hold."""
        last = self._last.pop(formulas, None)
        found = None
        if last is not None and not checks.large:
            found = self._again(last, formulas, checks, news, now, origins)
        if found is None:
            unlike, doubted = unsure(checks, now), doubts(self._plain, formulas, news, now)
            found = LookedAt(now.bare(), frozenset(news), unlike, doubted, foreign_cells(checks, now))
        if len(self._last) >= KEPT:
            del self._last[next(iter(self._last))]
        self._last[formulas] = found
        return found

    def _again(
        self,
        last: LookedAt,
        formulas: frozenset[int],
        checks: Checks,
        news: Mapping[int, Value],
        now: Now,
        origins: Sequence[Origin],
    ) -> LookedAt | None:
        """What was found of the last book, brought up to date; None if that is no less work."""
        most = len(formulas) // PART
        differing = now.differing(last.now, origins, most)
        if differing is None:
            return None
        touched = formulas & (self._dependents.direct(differing) | differing | news.keys() | last.news)
        foreign = {where: text for where, text in last.foreign.items() if where not in differing}
        foreign |= foreign_cells(checks, now, differing)
        clashes = has_clash(foreign.values())
        if len(touched) > most or clashes != has_clash(last.foreign.values()):
            return None
        unlike = last.unlike - touched
        unlike |= {where for where in touched if is_unsure(checks, where, now, clashes=clashes)}
        doubted = {where: why for where, why in last.doubted.items() if where not in touched}
        doubted |= doubts(self._plain, touched, news, now)
        return LookedAt(now.bare(), frozenset(news), unlike, doubted, foreign)
