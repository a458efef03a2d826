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
from workbook.validate.kinds import Kind, Message, message

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
                        said = message(Kind.ROW_INCOMPLETE, what=table[name].header, ask=_ask(table[name]))
                        yield Fault(said, areas[name])
            elif by_key and len(blank) < len(areas):
                yield Fault(message(Kind.ROW_WITHOUT_KEY, what=table[mark].header), areas[mark])

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
                yield Fault(message(Kind.KEY_TWICE, value=shown, what=table[table.key].header), here)
            elif counts[text] > 1:
                seen.add(text)

    def _is_blank(self, area: Area, row: int) -> bool:
        return self.saved.at(area.sheet, row, area.left) in (None, "")

    def _input(self, port: Port, what: str, area: Area) -> Iterator[Fault]:
        value = self.saved.at(area.sheet, area.top, area.left)
        formula = self.saved.formula(area.sheet, area.top, area.left)
        if formula is not None:
            yield Fault(message(Kind.INPUT_FORMULA, what=what), area)
            if value is None:
                return
        if value is None or value == "":
            if port.required and not isinstance(port, Column):
                yield Fault(message(Kind.INPUT_BLANK, what=what, ask=_ask(port)), area)
        elif isinstance(value, CellError):
            yield Fault(message(Kind.INPUT_ERROR, what=what, value=value, ask=_ask(port)), area)
        elif (found := self._wrong(port, what, value)) is not None:
            yield Fault(found, area)

    def _wrong(self, port: Port, what: str, value: Value) -> Message | None:
        """What is wrong with a value; None if it is fine."""
        if isinstance(value, str):
            return self._word(port, what, value) if port.kind == "text" else _text(port, what, value)
        if port.kind == "text":
            return message(Kind.INPUT_NO_WORD, what=what, value=_shown(value), ask=_ask(port))
        if isinstance(value, bool) == (port.kind == "flag"):
            if port.refusal(value) is None:
                return None
            if isinstance(value, float) and "%" in port.format and port.refusal(value / 100) is None:
                return _outside(
                    port, what, value, Kind.INPUT_PERCENT, percent=100 * value, decimal=value / 100
                )
            if isinstance(value, float) and value < 0 and port.low == 0:
                return _outside(port, what, value, Kind.INPUT_NEGATIVE, help=port.help)
        return _outside(port, what, value)

    def _word(self, port: Port, what: str, value: str) -> Message | None:
        """The same for a word that must be one of several."""
        choices = port.choices or self._lists.get(port.listed, ())
        known = {choice.lower() for choice in choices}
        word = value.strip()
        if not choices or value.lower() in known:
            return None
        if word.lower() in known:
            return message(Kind.INPUT_PADDED, what=what, value=value, word=word)
        mend = f"one of the {len(choices)} in the list" if len(choices) > CLOSE else ", ".join(choices)
        if port.choices:
            return message(Kind.INPUT_NO_CHOICE, what=what, value=value, choices=mend)
        sheet = self.saved.plan.home(self.saved.plan.lists[port.listed][0]).name
        return message(Kind.INPUT_UNKNOWN, what=what, value=value, sheet=sheet, choices=mend)

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


def _text(port: Port, what: str, value: str) -> Message:
    """What is wrong with a text in a cell that holds a number, a date or a flag."""
    word = value.strip().rstrip("%x")
    if port.kind == "date" and DATE_TEXT.fullmatch(value.strip()):
        return message(Kind.DATE_AS_TEXT, what=what, value=value)
    if port.kind == "number" and NUMBER_TEXT.fullmatch(word):
        kind = Kind.NUMBER_WITH_COMMA if "," in word else Kind.NUMBER_AS_TEXT
        return message(kind, what=what, value=value)
    return _outside(port, what, f'"{value}"')


def _outside(
    port: Port, what: str, value: Value, kind: Kind = Kind.INPUT_OUTSIDE, **facts: object
) -> Message:
    """The value is outside the domain of its cell."""
    return message(kind, what=what, domain=port.domain, value=_shown(value), ask=_ask(port), **facts)


def _ask(port: Port) -> str:
    return f"{'Choose from the list' if port.listed else f'Type {port.domain}'}. {port.help}".strip()


def _shown(value: Value) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)
