"""IronCalc as the second engine: the same formulas from the same operands, by other people's code.

It votes and nothing else: what it computes is held against what the evaluating engine computed. It may
crash, hang and panic, so it runs only in a process that can be ended. It has no 1904 dates, unions,
intersections or references to several sheets, and can't call our functions.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from math import isfinite
from typing import Final

import ironcalc

from udfs.dates import serial
from workbook.cells import (
    COLUMN_BITS,
    COLUMN_MASK,
    LATER_1904,
    MAX_ROW,
    Area,
    CellError,
    Value,
    column_letters,
    column_number,
    column_of,
    place,
    row_of,
    sheet_of,
)
from workbook.engines.protocol import NO_ANSWER
from workbook.errors import Unknowable
from workbook.formula.deep_chains import shallow
from workbook.formula.plain_writer import BLANK_SHEET
from workbook.formula.rounded_texts import rounded_texts
from workbook.formula.tokens import FUNCTION_PREFIX, TOKEN, unquoted
from workbook.formula.tree import DEEPEST, Node, tree, written
from workbook.memory import remembered

DIFFERS: Final = False  # no rules: its word is a vote, no proof
WORKS: Final = None  # every function cell by cell, where it is given a range
ANCHOR: Final = re.compile(r"((?:'(?:[^']|'')*'!)?)\$?([A-Z]{1,3})\$?(\d+)#")
COLUMNS: Final = re.compile(r'"[^"]*"|(?<![\w$:.])(S\d+!)?\$?([A-Z]{1,3}):\$?([A-Z]{1,3})(?![\w(:.!])')
ROWS: Final = re.compile(
    r'"[^"]*"|(?<![\w$:.])(S\d+!)?\$?([A-Z]{1,3})\$?(\d+):\$?([A-Z]{1,3})\$?(\d+)(?![\w(:.!])'
)
ORDERED: Final = re.compile(r"\b(?:H?LOOKUP|MATCH|VLOOKUP)\(", re.IGNORECASE)
MEASURING: Final = re.compile(r"\b(?:ADDRESS|COUNTBLANK|INDEX|OFFSET|ROWS?)\(", re.IGNORECASE)
NESTING: Final = re.compile(r"[\^:]|(?<=[-+*/^&=<>(,])[-+]")  # whose chains are not cut
LONGEST: Final = 500  # of these in one formula: 8,000 fill a stack of 8 MB
WRAPPED: Final = re.compile(r"INDEX\((.*),1,1\)", re.DOTALL)
CALENDAR: Final = re.compile(r"\b(DAY|HOUR|MINUTE|MONTH|SECOND|WEEKDAY|WEEKNUM|YEAR)\(")  # of one day
DATED: Final = re.compile(  # of days by other ways, which IronCalc counts from 1900 alone
    r"\b(?:COUP\w+|DATE\w*|DAYS\w*|EDATE|EOMONTH|ISOWEEKNUM|NETWORKDAYS|NOW|TEXT|TODAY|WORKDAY|YEARFRAC)(?:\.INTL)?\("
)
PARAMETER: Final = re.compile(r"_xlpm\.", re.IGNORECASE)
# Excel stores the two newest errors as #VALUE! with a rich value beside it.
ERRORS: Final = {
    text: CellError(text) for text in ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")
} | {"#SPILL!": CellError("#VALUE!"), "#CALC!": CellError("#VALUE!")}


class Session:
    """Formulas that IronCalc calculates for the values that they are given.

    Sheets are called S0, S1 and so on: IronCalc refuses some of the titles that books have.
    """

    def __init__(
        self,
        sheets: Sequence[str],
        texts: Mapping[int, str],
        wanted: Iterable[Area],
        *,
        functions: Iterable[str] = (),
        date1904: bool = False,
    ) -> None:
        if frozenset(functions):
            raise Unknowable("the second engine can't call functions of microhedge")
        self._date1904 = date1904
        titles = [*sheets, BLANK_SHEET]
        self._numbers = {title.lower(): number for number, title in enumerate(titles)}
        self._areas = {place(area.sheet, area.top, area.left): area for area in wanted}
        self._texts = texts
        self._clips = any(":" in text for text in texts.values())
        self._held: dict[int, dict[int, Value]] = {}
        self._model: ironcalc.Model | None = None
        self._clock = 0.0  # for which the formulas were loaded
        self._filled: dict[tuple[int, int], int] = {}  # the last row that is, by sheet and column

    def hold(self, sheet: int, cells: Mapping[int, Value]) -> None:
        """Set constants of a sheet by key; after the first results, only those that are others now."""
        self._held.setdefault(sheet, {}).update(cells)
        for key, value in cells.items():
            column = sheet, key & COLUMN_MASK
            if value is not None and key >> COLUMN_BITS > self._filled.get(column, 0):
                self._filled[column] = key >> COLUMN_BITS
                self._model = None if self._clips else self._model
        if self._model is not None:
            _fill(self._model, sheet, cells)

    def results(self, as_of: dt.datetime | None) -> dict[int, Value]:
        """The value of every formula, and of every cell of an array.

        Formulas at which IronCalc panics are found by halving: they have no value.
        """
        now = serial(as_of or dt.datetime.now(dt.UTC).replace(tzinfo=None))
        if self._model is None or now != self._clock:
            self._clock = now
            self._model = self._loaded(self._texts)
        found: dict[int, Value] = {}
        parts: list[tuple[list[int], ironcalc.Model | None]] = [(list(self._texts), self._model)]
        while parts:
            wheres, model = parts.pop()
            model = model or self._loaded(wheres)
            try:
                model.evaluate()
            except BaseException as panic:
                if isinstance(panic, (KeyboardInterrupt, SystemExit)):
                    raise
                self._model = None
                if len(wheres) > 1:
                    middle = len(wheres) // 2
                    parts += [(wheres[:middle], None), (wheres[middle:], None)]
                    continue
                found.update(dict.fromkeys(self._cells(wheres[0]), NO_ANSWER))
            else:
                found.update((cell, _read(model, cell)) for where in wheres for cell in self._cells(where))
        return found

    def _cells(self, where: int) -> Iterable[int]:
        area = self._areas.get(where)
        return (where,) if area is None else area.places()

    def _loaded(self, wheres: Iterable[int]) -> ironcalc.Model:
        model = ironcalc.create("book", "en", "UTC", "en")
        model.rename_sheet(0, "S0")
        for number in range(1, len(self._numbers)):
            model.add_sheet(f"S{number}")
        for sheet, cells in self._held.items():
            _fill(model, sheet, cells)
        for where in wheres:
            self._load(model, where)
        return model

    def _load(self, model: ironcalc.Model, where: int) -> None:
        at = sheet_of(where), row_of(where), column_of(where)
        area = self._areas.get(where)
        text = shallow(rounded_texts(self._texts[where]))
        if not is_bounded(text):
            model.set_user_input(*at, NO_ANSWER)
            return
        if self._date1904:
            text = CALENDAR.sub(rf"\1({LATER_1904:.0f}+", text) if not DATED.search(text) else NO_ANSWER
        wrapped = WRAPPED.fullmatch(text) if area is not None and area.size == 1 else None
        if wrapped:
            text = wrapped[1]  # an array formula of one cell: IronCalc's INDEX takes no single values
        try:
            formula = "=" + translated(spanned(text), self._numbers, self._clock)
            if self._clips and not MEASURING.search(formula):
                formula = COLUMNS.sub(lambda found: self._clipped(at[0], found, 1), formula)
                if ORDERED.search(formula):
                    formula = ROWS.sub(lambda found: self._clipped(at[0], found, 2), formula)
            if area is None or self._is_referred_to(*at):
                model.update_cell_with_formula(*at, formula)
            else:
                width, height = area.right - area.left + 1, area.bottom - area.top + 1
                model.set_user_array_formula(*at, width, height, formula)
        except ironcalc.WorkbookError:
            model.set_user_input(*at, NO_ANSWER)

    def _clipped(self, home: int, found: re.Match[str], corners: int) -> str:
        """A range up to its last row that is filled: IronCalc looks at every cell, and searches in blanks."""
        if found[2] is None:
            return found[0]
        sheet = int(found[1][1:-1]) if found[1] else home
        left, right = found[2], found[2 + corners]
        top, bottom = (int(found[3]), int(found[5])) if corners > 1 else (1, MAX_ROW)
        columns = sorted((column_number(left), column_number(right)))
        filled = (self._filled.get((sheet, column), 1) for column in range(columns[0], columns[1] + 1))
        return f"{found[1] or ''}{left}${top}:{right}${max(top, min(bottom, max(filled)))}"

    def _is_referred_to(self, sheet: int, row: int, column: int) -> bool:
        """Whether a formula takes whatever this one spills, as `B2#` does."""
        return (sheet, column_letters(column), row) in self._spilling

    @property
    def _spilling(self) -> frozenset[tuple[int | None, str, int]]:
        if not hasattr(self, "_anchors"):
            found = (m for text in self._texts.values() if "#" in text for m in ANCHOR.finditer(text))
            self._anchors = frozenset(
                (self._numbers.get(unquoted(m[1])[1].lower() if m[1] else ""), m[2], int(m[3])) for m in found
            )
        return self._anchors


def known(functions: Iterable[str]) -> frozenset[str]:
    """Those of the functions that IronCalc itself has."""
    return frozenset(filter(knows, functions))


@remembered(1_024)
def knows(function: str) -> bool:
    """Whether IronCalc has a function of that name: it writes those that it lacks in small letters."""
    if function == "ANCHORARRAY":
        return True  # written out as a range before IronCalc sees it
    model = ironcalc.create("book", "en", "UTC", "en")
    model.update_cell_with_formula(0, 1, 1, f"={function}(1)")
    return f"={function}(" in str(model.get_cell_formula(0, 1, 1))


def is_bounded(text: str) -> bool:
    """Whether IronCalc can parse a formula: it calls itself for each level; a full stack ends the process."""
    if len(text) <= DEEPEST:
        return True
    opened = list(accumulate((mark in "({") - (mark in ")}") for mark in text if mark in "(){}"))
    return max(opened, default=0) <= DEEPEST and len(NESTING.findall(text)) <= LONGEST


def spanned(text: str) -> str:
    """A formula whose ranges from INDEX to INDEX of one area are OFFSET: IronCalc finds nothing in those."""
    return written(_spanned(tree(text))) if "):INDEX(" in text else text


def _spanned(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    found: list[Node] = []
    for node in nodes:
        inner = node._replace(arguments=tuple(map(_spanned, node.arguments)))
        first = found[-2] if len(found) > 1 and found[-1].text == ":" else None
        if first is not None and first.name == inner.name == "INDEX":
            one, other = ([written(argument) for argument in call.arguments] for call in (first, inner))
            if len(one) == len(other) == 3 and one[0] == other[0]:
                top, left = f"({one[1]})", f"({one[2]})"
                size = f"({other[1]})-{top}+1,({other[2]})-{left}+1"
                found[-2:] = tree(f"OFFSET({one[0]},{top}-1,{left}-1,{size})")
                continue
        found.append(inner)
    return tuple(found)


def translated(text: str, numbers: Mapping[str, int], now: float) -> str:
    """A formula with its sheets by number, the clock as a number, and no prefixes."""
    written = []
    for token in TOKEN.finditer(text):
        piece = token[0]
        sheet = token["sheet"]
        if sheet:
            number = numbers.get(unquoted(sheet)[1].lower())
            piece = piece if number is None else f"S{number}!{piece[len(sheet) :]}"
        if token["call"]:
            name = FUNCTION_PREFIX.sub("", token["call"]).upper()
            clock = {"NOW": now, "TODAY": now // 1}.get(name)
            piece = FUNCTION_PREFIX.sub("", piece) if clock is None else f"({clock!r}"
        elif token["name"]:
            piece = PARAMETER.sub("", piece)
        written.append(piece)
    return "".join(written)


def _read(model: ironcalc.Model, where: int) -> Value:
    at = sheet_of(where), row_of(where), column_of(where)
    value = model.get_cell_value(*at)
    if type(value) is float:
        return value + 0.0 if isfinite(value) else NO_ANSWER
    if isinstance(value, str):
        if value[:1] == "#" and model.get_cell_type(*at) == ironcalc.CellType.ErrorValue:
            return ERRORS.get(value, NO_ANSWER)
        return NO_ANSWER if value == NO_ANSWER else value
    return value if value is None or isinstance(value, bool) else float(value)


def _fill(model: ironcalc.Model, sheet: int, cells: Mapping[int, Value]) -> None:
    for key, value in cells.items():
        row, column = key >> COLUMN_BITS, key & COLUMN_MASK
        if type(value) is float:
            model.update_cell_with_number(sheet, row, column, value + 0.0)
        elif isinstance(value, bool):
            model.update_cell_with_bool(sheet, row, column, value)
        elif isinstance(value, CellError):
            model.set_user_input(sheet, row, column, str(value))
        elif isinstance(value, str):
            model.update_cell_with_text(sheet, row, column, value)
        else:
            model.clear_cell_contents(sheet, row, column)
