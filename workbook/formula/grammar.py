"""Formulas as text: what they call, what they refer to, and how they read as plain ranges.

The engine that evaluates knows plain cells and ranges, and functions by their plain names. So a
formula is cut into tokens once (`parse`), and written again (`Grammar.plain`): shared formulas moved to
their cell, structured references and defined names written as ranges, and every spelling in which
Excel saves a call of ours written as the plain name. It is written once for all cells in which it
reads alike.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from workbook.formula.forms import Family, Form, PlainFormula
from workbook.formula.plain_writer import LONGEST_WRITTEN, Writer
from workbook.formula.ready_forms import ready_families
from workbook.formula.relative_text import is_told, relative
from workbook.formula.tokens import LONGEST, parse
from workbook.formula.words import Words
from workbook.memory import remembered

REMEMBERED: Final = 100_000

CLOCK: Final = frozenset(("NOW", "TODAY"))
RANDOM: Final = frozenset(("RAND", "RANDBETWEEN", "RANDARRAY"))


@dataclass(eq=False)
class Grammar(Words):
    """The words of a book, and its formulas written plainly."""

    @cached_property
    def _families(self) -> dict[Hashable, Family]:
        """Those known so far: at first those that came with the package."""
        return ready_families(self)

    def plain(
        self,
        text: str,
        sheet: int,
        row: int,
        column: int,
        origin: tuple[int, int],
        *,
        qualified: bool = False,
    ) -> PlainFormula:
        """The formula of one cell; `origin` is the cell that its text is written for.

        A qualified formula names the sheet of every reference, so that it can stand on any sheet.
        """
        return self.form(text, sheet, row, column, origin, qualified=qualified).at(row, column)

    def form(
        self,
        text: str,
        sheet: int,
        row: int,
        column: int,
        origin: tuple[int, int],
        *,
        qualified: bool = False,
    ) -> Form:
        """The same for all cells in which the formula reads alike."""
        key = (text if is_fixed(text) else relative(text, origin)), sheet, qualified
        family = self._families.get(key)
        if family is not None:
            zone = self._zone(family, sheet, row, column)
            form = family.forms.get(zone)
            if form is not None:
                return form
        writer = Writer(self, sheet, row, column, qualified)
        tokens = parse(text)
        form = writer.form(tokens, (row - origin[0], column - origin[1]))
        if len(text) <= LONGEST and writer.length <= LONGEST_WRITTEN and is_told(text, tokens):
            if family is None:
                if len(self._families) >= REMEMBERED:
                    self._families.clear()  # books of other formulas than the last ones
                rows = tuple((table.data.top, table.data.bottom) for table in writer.beside)
                family = self._families[key] = Family(rows, writer.is_inside)
            family.forms[self._zone(family, sheet, row, column)] = form
        return form

    def _zone(self, family: Family, sheet: int, row: int, column: int) -> Hashable:
        """What tells the cells for which one form holds from others of its family."""
        own = self.table_at(sheet, row, column) if family.is_inside else None
        inside = own and (own.name, own.data.top <= row <= own.data.bottom)
        return inside, *(top <= row <= bottom for top, bottom in family.rows)


@remembered(16_384)
def is_fixed(text: str) -> bool:
    """Whether formulas of this text read alike in all cells."""
    return len(text) > LONGEST or relative(text, (1, 1)) == text
