"""Whether the inputs of a plan can be used: their type, their range, the words they may be."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final

from workbook.cells import Area, CellError, Value
from workbook.layout.schema import Column, Port, Table
from workbook.plan.saved import SavedPlan
from workbook.validate.finding import Fault

NUMBER_TEXT: Final = re.compile(r"[+-]?[\d.,'  ]*\d[\d.,'  ]*(?:[eE][+-]?\d+)?")
DATE_TEXT: Final = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?:[ T].*)?|.*\b(?:19|20)\d\d\b.*")
CLOSE: Final = 12  # so many choices are still worth listing


class Inputs:
    """The inputs of one book, held against their records."""

    def __init__(self, saved: SavedPlan) -> None:
        self.saved = saved

    def faults(self) -> Iterator[Fault]:
        """Faults of the named inputs, then of the tables."""
        for name, field in self.saved.plan.inputs.items():
            area = self.saved.places.get(name)
            if area is not None and area.size == 1:
                yield from self._input(field, field.label, area)
        for name, table in self.saved.plan.tables.items():
            yield from self._table(name, table)

    def _table(self, name: str, table: Table) -> Iterator[Fault]:
        inputs = [column for column in table.columns if column.is_input]
        places = {column.name: self.saved.column(name, column.name) for column in inputs}
        for column in inputs:
            whole = places[column.name]
            if whole is None:
                continue
            for row in self.saved.used(whole):
                yield from self._input(column, column.header, whole._replace(top=row, bottom=row))
        yield from self._rows(table, places)
        yield from self._twice(name, table)

    def _rows(self, table: Table, places: Mapping[str, Area | None]) -> Iterator[Fault]:
        """A row in use needs its figures; a row with figures needs the key by which it is found."""
        by_key = table.key in places and table[table.key].kind == "text"
        mark = table.key if by_key else next(iter(table.needs), "")
        whole = places.get(mark)
        if whole is None:
            return
        for row in self.saved.used(whole):
            areas = {name: area._replace(top=row, bottom=row) for name, area in places.items() if area}
            blank = [name for name, area in areas.items() if self._is_blank(area, row)]
            if mark not in blank:
                for name in blank:
                    if name in table.needs:
                        fault = f"{table[name].header} is blank in a row that is in use"
                        yield Fault("error", areas[name], fault, _ask(table[name]))
            elif by_key and len(blank) < len(areas):
                fault = f"{table[mark].header} is blank in a row that is filled in: the row does not count"
                yield Fault("error", areas[mark], fault, f"Fill in {table[mark].header}, or clear the row.")

    def _twice(self, name: str, table: Table) -> Iterator[Fault]:
        """A key that other sheets look rows up by may stand once."""
        if (name, table.key) not in self.saved.plan.lists.values() and (
            not table.key or table[table.key].formula is None
        ):
            return
        whole = self.saved.column(name, table.key)
        if whole is None:
            return
        texts = {
            row: str(value).strip().lower()
            for row in self.saved.used(whole)
            if isinstance(value := self.saved.at(whole.sheet, row, whole.left), str) and value.strip()
        }
        counts = Counter(texts.values())
        seen: set[str] = set()
        for row, text in texts.items():
            if text in seen:
                here = whole._replace(top=row, bottom=row)
                shown = self.saved.at(here.sheet, here.top, here.left)
                fault = f"{shown} stands twice in {table[table.key].header}: only the first row is used"
                yield Fault("error", here, fault, "Clear one of the rows.")
            elif counts[text] > 1:
                seen.add(text)

    def _is_blank(self, area: Area, row: int) -> bool:
        return self.saved.at(area.sheet, row, area.left) in (None, "")

    def _input(self, port: Port, what: str, area: Area) -> Iterator[Fault]:
        value = self.saved.at(area.sheet, area.top, area.left)
        formula = self.saved.formula(area.sheet, area.top, area.left)
        if formula is not None:
            fault = f"{what} is an input and holds a formula: `recalc --set` and `--market` cannot write it"
            yield Fault("note", area, fault, "Keep it if you mean it.")
            if value is None:
                return
        if value is None or value == "":
            if port.required and not isinstance(port, Column):
                yield Fault("note", area, f"{what} is not filled in yet", _ask(port))
        elif isinstance(value, CellError):
            yield Fault("error", area, f"{what} is the error {value}", _ask(port))
        elif (found := self._wrong(port, what, value)) is not None:
            yield Fault("error", area, *found)

    def _wrong(self, port: Port, what: str, value: Value) -> tuple[str, str] | None:
        """What is wrong with a value and how to mend it; None if it is fine."""
        if isinstance(value, str):
            return self._word(port, what, value) if port.kind == "text" else _text(port, what, value)
        if port.kind == "text":
            return f"{what} must be a word, got {_shown(value)}", _ask(port)
        if isinstance(value, bool) == (port.kind == "flag"):
            if port.refusal(value) is None:
                return None
            if isinstance(value, float) and "%" in port.format and port.refusal(value / 100) is None:
                mend = f"{value:.15g} is {100 * value:,.15g}%: type {value:.15g}% or {value / 100:.15g}."
                return _out(port, what, value)[0], mend
            if isinstance(value, float) and value < 0 and port.low == 0:
                return _out(port, what, value)[0], f"Type it without the minus sign. {port.help}"
        return _out(port, what, value)

    def _word(self, port: Port, what: str, value: str) -> tuple[str, str] | None:
        """The same for a word that must be one of several."""
        choices = port.choices or self._lists.get(port.listed, ())
        known = {choice.lower() for choice in choices}
        word = value.strip()
        if not choices or value.lower() in known:
            return None
        if word.lower() in known:
            return f'{what} is "{value}", with blanks around it: it is not found', f"Type {word} again."
        mend = f"one of the {len(choices)} in the list" if len(choices) > CLOSE else ", ".join(choices)
        if port.choices:
            return f'{what} is "{value}", which is no choice', f"Choose {mend}."
        sheet = self.saved.plan.home(self.saved.plan.lists[port.listed][0]).name
        return (
            f'{what} is "{value}", which the sheet {sheet} does not know',
            f"Choose {mend}, or add it there.",
        )

    @cached_property
    def _lists(self) -> Mapping[str, tuple[str, ...]]:
        """The words that each list of the book holds now."""
        found: dict[str, tuple[str, ...]] = {}
        for name, (table, column) in self.saved.plan.lists.items():
            area = self.saved.column(table, column)
            if area is not None:
                cells = (
                    self.saved.at(area.sheet, row, area.left) for row in range(area.top, area.bottom + 1)
                )
                found[name] = tuple(dict.fromkeys(cell for cell in cells if isinstance(cell, str) and cell))
        return found


def _text(port: Port, what: str, value: str) -> tuple[str, str]:
    """What is wrong with a text in a cell that holds a number, a date or a flag."""
    word = value.strip().rstrip("%x")
    if port.kind == "date" and DATE_TEXT.fullmatch(value.strip()):
        return (
            f'{what} is "{value}", a date typed as text: no formula can count with it',
            "Clear the cell, give it a date format, and type the date again, as in 2026-01-31.",
        )
    if port.kind == "number" and NUMBER_TEXT.fullmatch(word):
        if "," in word:
            return (
                f'{what} is "{value}", text with a comma and no number: no formula can count with it',
                "Type the number again with the decimal sign of your program, as in 0.4.",
            )
        return (
            f'{what} is "{value}", a number typed as text: sums leave it out',
            "Clear the cell, give it a number format, and type the number again.",
        )
    return _out(port, what, f'"{value}"')


def _out(port: Port, what: str, value: Value) -> tuple[str, str]:
    return f"{what} must be {port.domain}, got {_shown(value)}", _ask(port)


def _ask(port: Port) -> str:
    return f"{'Choose from the list' if port.listed else f'Type {port.domain}'}. {port.help}".strip()


def _shown(value: Value) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)
