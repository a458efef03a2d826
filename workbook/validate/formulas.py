"""Whether the formulas of a plan still stand, each as the layout writes it."""

from collections.abc import Iterator
from math import isclose
from typing import Final

from workbook.cells import Area, Value
from workbook.formula.tokens import FUNCTION_PREFIX, parse
from workbook.memory import remembered
from workbook.plan.saved import SavedPlan
from workbook.validate.finding import Fault
from workbook.validate.kinds import Kind, message

DIGITS: Final = 1e-14  # LibreOffice saves fifteen digits of a constant


def formulas(saved: SavedPlan) -> Iterator[Fault]:
    """Faults of calculated cells: a constant in the place of a formula, another formula, nothing."""
    for name, field in saved.plan.fields.items():
        area = saved.places.get(name)
        if area is None or area.size > 1:
            continue
        if field.formula is not None:
            yield from _cell(saved, area, field.formula, field.label, field.formula)
        elif field.constant is not None and name != saved.plan.version_name:
            yield from _constant(saved, area, field.label, field.constant)
    for name, table in saved.plan.tables.items():
        for column in table.columns:
            whole = saved.column(name, column.name)
            if column.formula is None or whole is None:
                continue
            stored = table.formula(column)
            what = f"the column {column.header}"
            for row in saved.used(whole):
                yield from _cell(saved, whole._replace(top=row, bottom=row), stored, what, column.formula)


def _cell(saved: SavedPlan, area: Area, stored: str, what: str, shown: str) -> Iterator[Fault]:
    sheet, row, column = area.sheet, area.top, area.left
    formula = saved.formula(sheet, row, column)
    if formula is None:
        value = saved.at(sheet, row, column)
        kind = Kind.FORMULA_EMPTY if value in (None, "") else Kind.FORMULA_TYPED_OVER
        yield Fault(message(kind, what=what, formula=shown), area)
        return
    origin = (formula.origin >> 15, formula.origin & 0x7FFF)
    if formula.text == stored and origin == (row, column):
        return
    wanted = saved.grammar.plain(stored, sheet, row, column, (row, column))
    held_plain = saved.grammar.plain(formula.text, sheet, row, column, origin)
    if wanted.fault or (not held_plain.fault and canonical(held_plain.text) == canonical(wanted.text)):
        return  # a formula whose own table or column is gone is not at fault itself
    kind = Kind.FORMULA_LOST_CELLS if "#REF!" in formula.text.upper() else Kind.FORMULA_OTHER
    yield Fault(message(kind, what=what, formula=shown), area)


def _constant(saved: SavedPlan, area: Area, what: str, wanted: Value) -> Iterator[Fault]:
    held = saved.at(area.sheet, area.top, area.left)
    if isinstance(wanted, str) or held == wanted:
        return
    if not (isinstance(held, float) and isinstance(wanted, float) and isclose(held, wanted, rel_tol=DIGITS)):
        yield Fault(message(Kind.CONSTANT_CHANGED, what=what, held=held, wanted=wanted), area)


@remembered(65_536)
def canonical(text: str) -> tuple[str, ...]:
    """A plain formula without what programs write differently: case, blanks, dollar signs, 1.0 for 1."""
    words: list[str] = []
    for token in parse(text):
        kind, piece = token.kind, token.text
        if kind == "text":
            words.append(piece)
        elif kind == "number":
            words.append(repr(float(piece)))
        elif kind == "call":
            words.append(FUNCTION_PREFIX.sub("", piece).upper() + "(")
        elif not piece.isspace():
            words.append(((token.sheet or "").replace("'", "") + piece.replace("$", "")).upper())
    joined = tuple(word for word in words if word)
    return _without_empty_calls(joined)


def _without_empty_calls(words: tuple[str, ...]) -> tuple[str, ...]:
    """TRUE() is TRUE."""
    kept: list[str] = []
    skip = 0
    for index, word in enumerate(words):
        if skip:
            skip -= 1
            continue
        if word in ("TRUE(", "FALSE(") and words[index + 1 : index + 2] == (")",):
            kept.append(word[:-1])
            skip = 1
        else:
            kept.append(word)
    return tuple(kept)
