"""The vote on new values: what a second engine makes of the same formulas from the same operands.

The proof at Excel's own arguments says nothing of new ones. So whatever is not core is computed once
more, as a single step, by IronCalc. Where the two engines differ, or the first fails its proof or lacks a
function, IronCalc's value is taken for the time being, and LibreOffice is asked for all such cells at
once; the value stands if the two agree on it and both give again what Excel cached for the old arguments.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from workbook.cells import MAX_ROW, CellError, Value
from workbook.engines.protocol import NO_ANSWER, Voice
from workbook.engines.soffice import NoOffice
from workbook.engines.soffice import program_path as office
from workbook.errors import Unknowable
from workbook.formula.forms import PlainFormula
from workbook.recalc.days import DATING, is_day
from workbook.recalc.evaluation import Model, differs, value_text
from workbook.recalc.new_values import Now
from workbook.recalc.own_calls import stepped_with_constants
from workbook.recalc.shared_errors import FIRST_DAY
from workbook.recalc.suspects import read_as_days, suspect

CLOSE: Final = 1e-12  # relative: what two engines may be apart by the order of their sums
SEARCHED: Final = 1e-9  # the same for what is found by iteration, and for distributions
SEARCHING: Final = frozenset(
    ("IRR", "MIRR", "PHI", "PRICE", "RATE", "YIELD", "ERF", "ERFC", "GAMMALN", "GAUSS")
)
DISTRIBUTION: Final = ("DIST", ".INV", ".RT", ".2T", ".TEST", "INV")
LARGEST: Final = 4 * MAX_ROW  # cells of a range: IronCalc looks at each, filled or not
INSTALL: Final = "install LibreOffice for a third opinion, or open and save the book in Excel"
SAVE: Final = "open and save the book in Excel"
NAMES: Final[Mapping[Voice, str]] = {
    "embedded": "formualizer",
    "ironcalc": "IronCalc",
    "libreoffice": "LibreOffice",
}


def agree(one: Value, other: Value, relative: float = CLOSE) -> bool:
    """Whether two engines gave the same value: texts and kinds of errors exactly."""
    if NO_ANSWER in (one, other):
        return False
    if isinstance(one, (bool, CellError)) or isinstance(other, (bool, CellError)):
        return type(one) is type(other) and one == other
    if isinstance(one, float) and isinstance(other, float):
        return one == other or abs(one - other) <= relative * max(abs(one), abs(other))
    return one == other


def slack(calls: Iterable[str]) -> float:
    """How far apart two engines may be on a formula, relatively."""
    searched = any(call in SEARCHING or call.endswith(DISTRIBUTION) for call in calls)
    return SEARCHED if searched else CLOSE


@dataclass(frozen=True)
class Held:
    """A formula for which the second engine's value is taken: what the first computed, and why not that."""

    own: Value
    why: str
    is_lacking: bool


@dataclass(eq=False)
class Votes:
    """The vote of one recalculation: what was settled, for the time being, and what can't be known."""

    model: Model
    as_of: dt.datetime
    settled: dict[int, Value] = field(default_factory=dict)  # by cell, those of arrays too
    held: dict[int, Held] = field(default_factory=dict)  # by formula
    unknown: dict[int, str] = field(default_factory=dict)
    voted: set[int] = field(default_factory=set)
    _models: dict[Voice, Model] = field(default_factory=dict)

    def taken(
        self,
        cells: Collection[int],
        lacking: Mapping[int, str],
        news: Mapping[int, Value],
        own: Mapping[int, Value],
    ) -> bool:
        """Take the second engine's value of those formulas of which it alone may be right.

        `cells` are formulas that are not core; `lacking` those whose value by the first engine is not to
        be had or failed its proof, with the reason. `news` are the values that all formulas start from,
        `own` those that the first engine computed. True if any value was taken.
        """
        blocked = {where for where in self.model.moved if own.get(where) == "#VALUE!"}  # by what stands there
        asked = set(cells) - self.model.program.drawing - self.held.keys() - blocked
        others = {where: why for where, why in lacking.items() if where not in self.held}
        if not asked and not others:
            return False
        seconds = self._stepped("ironcalc", frozenset(asked | others.keys()), news)
        apart = {**others, **self._differing(asked - others.keys(), seconds, own)}
        self.voted = asked - apart.keys()
        front = self._first(apart)
        proven = self._reproduced("ironcalc", front)
        before = len(self.held)
        for where in front:
            values = {cell: seconds.get(cell, NO_ANSWER) for cell in self.model.fills(where)}
            if where in proven and NO_ANSWER not in values.values():
                self.settled |= values
                self.held[where] = Held(own.get(where), apart[where], where in others)
            else:
                self.unknown[where] = self._sentence(apart[where], is_lacking=where in others)
        return len(self.held) > before

    def apart(
        self, formulas: frozenset[int], news: Mapping[int, Value], own: Mapping[int, Value]
    ) -> dict[int, str]:
        """The formulas of which the second engine makes something else, and what each makes."""
        return self._differing(formulas, self._stepped("ironcalc", formulas, news), own)

    def _differing(
        self, formulas: Collection[int], seconds: Mapping[int, Value], own: Mapping[int, Value]
    ) -> dict[int, str]:
        apart = {}
        for where in formulas:
            loose = slack(self.model.program.plain[where].calls)
            for cell in self.model.fills(where):
                one, other = own.get(cell), seconds.get(cell, NO_ANSWER)
                if not agree(one, other, loose):
                    apart[where] = _opinions({self.model.engine: one, "ironcalc": other})
                    break
        return apart

    def confirm(self, news: Mapping[int, Value]) -> None:
        """Ask the third engine for all values that were taken: what it does not agree on is unknown."""
        if not self.held:
            return
        cells = frozenset(self.held)
        base = {where: value for where, value in news.items() if where not in self.settled}
        thirds = self._stepped(self._third, cells, {**base, **self.settled}) if self._has_third else {}
        proven = self._reproduced(self._third, cells) if thirds else frozenset[int]()
        for where, held in self.held.items():
            plain = self.model.program.plain[where]
            value, third = self.settled[where], thirds.get(where, NO_ANSWER)
            agreed = all(
                agree(self.settled[cell], thirds.get(cell, NO_ANSWER), slack(plain.calls))
                for cell in self.model.fills(where)
            )
            if (
                not agreed
                or where not in proven
                or isinstance(value, CellError)
                or _is_early(value, plain, self.model.now(news, {}))
            ):
                said = held.why
                if not held.is_lacking and thirds:
                    said = _opinions({self.model.engine: held.own, "ironcalc": value, self._third: third})
                self.unknown[where] = self._sentence(said, is_lacking=held.is_lacking)

    @property
    def confirmed(self) -> frozenset[int]:
        """The formulas whose value two other engines settled."""
        return frozenset(self.held) - self.unknown.keys()

    def _first(self, apart: Mapping[int, str]) -> frozenset[int]:
        """Those formulas whose operands no other of them changes."""
        dependents = self.model.dependents
        return frozenset(apart) - dependents.closure(dependents.direct(self._cells(apart)))

    def _cells(self, formulas: Iterable[int]) -> set[int]:
        return {cell for where in formulas for cell in self.model.fills(where)}

    def _reproduced(self, voice: Voice, formulas: frozenset[int]) -> frozenset[int]:
        """Those formulas of which an engine makes what Excel cached, given what Excel cached."""
        provable = (formulas & self.model.program.provable) - self.model.missing
        found = self._stepped(voice, provable, {})
        return frozenset(
            where
            for where in provable
            if all(
                not differs(self.model.cached(cell), found.get(cell, NO_ANSWER))
                for cell in self.model.filled(where)
            )
        )

    def _stepped(self, voice: Voice, formulas: frozenset[int], news: Mapping[int, Value]) -> dict[int, Value]:
        """What an engine makes of formulas, each as a single step; nothing of those that it lacks."""
        if voice not in self._models:
            self._models[voice] = Model(self.model.book, voice)
        model = self._models[voice]
        program = model.program
        try:
            able = frozenset(
                where
                for where in formulas
                if where not in self.model.tables
                and not program.lack(where)
                and all(area.size <= LARGEST for area in program.plain[where].areas)
            )
            if not able:
                return {}
            own = [where for where in able if program.ours & program.plain[where].calls]
            single = [w for w in own if w not in self.model.arrays and w not in program.reaching]
            found = stepped_with_constants(self.model, model, single, news, self.as_of)
            others = able.difference(own)
            moved = self.model.moved if news else {}
            return found | (model.stepped(others, news, self.as_of, moved)[0] if others else {})
        except (NoOffice, Unknowable):
            return {}

    def _sentence(self, said: str, *, is_lacking: bool) -> str:
        return said if is_lacking else f"{said}: {SAVE if self._has_third else INSTALL}"

    @property
    def _third(self) -> Voice:
        """The voice that is asked where the first two differ."""
        return "embedded" if self.model.engine == "libreoffice" else "libreoffice"

    @property
    def _has_third(self) -> bool:
        return self._third == "embedded" or has_office()


def has_office() -> bool:
    """Whether LibreOffice can be asked."""
    try:
        office("soffice")
    except NoOffice:
        return False
    return True


def _is_early(value: Value, plain: PlainFormula, now: Now) -> bool:
    """Whether a formula gives or may read a day before March 1900: LibreOffice counts other ones."""
    if isinstance(value, float) and value < FIRST_DAY and DATING & plain.calls:
        made = suspect(plain.shape).made
        if not made or not all(is_day(one, plain.named, now) for one in made):
            return True
    for area in (plain.named[at] for at in read_as_days(plain.shape) if at < len(plain.named)):
        values = now.values(area)
        if len(values) < area.size or any(isinstance(v, float) and v < FIRST_DAY for v in values):
            return True
    return False


def _opinions(values: Mapping[Voice, Value]) -> str:
    """What each engine made of a cell, for a person."""
    said = [
        f"{NAMES[voice]} computes {value_text(value)}"
        if value != NO_ANSWER
        else f"{NAMES[voice]} can't compute it"
        for voice, value in values.items()
    ]
    return "can't be known: " + ", ".join(said)
