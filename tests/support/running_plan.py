"""One plan book that stays loaded: its inputs are set and its results read, some milliseconds a state."""

import datetime as dt
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from openpyxl.utils.cell import coordinate_to_tuple

from workbook.cells import Area, Value, address, column_of, place, row_of, sheet_of
from workbook.native.editions import ADD_IN, EditionName, record
from workbook.plan.saved import SavedPlan
from workbook.recalc.evaluation import Model
from workbook.template import bare_bytes
from workbook.template.examples import ExampleBook
from workbook.validate import advice
from workbook.validate.finding import Fault
from workbook.validate.inputs import Inputs
from workbook.xlsx.saved_book import SavedBook

SEEN = 40  # rows of a table that the validator looks at
Cell = tuple[int, int]  # the number of a sheet, and the key of a cell


class RunningPlan:
    """A plan book in the embedded engine, in one of its editions."""

    def __init__(self, chosen: ExampleBook, edition: EditionName = ADD_IN) -> None:
        self.record = record(edition)
        self.book = SavedBook(bare_bytes(chosen, edition))
        program = Model(self.book).program
        steps = program.plan(frozenset(program.formulas), probe=False)
        self.sheets = {sheet.name: number for number, sheet in enumerate(self.book.sheets)}
        self._session = program.engine.Session(
            [*program.grammar.titles], steps.texts, steps.wanted, functions=steps.functions
        )
        self._constants: dict[Cell, Value] = {}
        for number in range(len(self.book.sheets)):
            cells = self.book.cells(number)
            held = {key: value for key, value in cells.values.items() if key not in cells.formulas}
            self._session.hold(number, held)
            self._constants |= {(number, key): value for key, value in held.items()}
        self._set: dict[Cell, Value] = {}
        self._day = chosen.as_of
        self._results: Mapping[int, Value] = {}
        self._calculate()

    def set(self, cells: Mapping[Cell, Value], today: dt.datetime | None = None) -> None:
        """Hold these cells, beside those that were set before, and calculate."""
        for (sheet, key), value in cells.items():
            self._session.hold(sheet, {key: value})
        self._set |= cells
        self._day = today or self._day
        self._calculate()

    def become(self, chosen: ExampleBook) -> None:
        """Hold the inputs of another example."""
        cells: dict[Cell, Value] = {}
        for name, field in self.record.inputs.items():
            cells[self.field(name)] = _held(chosen.fields.get(name, field.default))
        for name, table in self.record.tables.items():
            given = [column for column in table.columns if column.formula is None]
            rows = chosen.tables.get(name, ())
            for row in range(table.rows):
                values = rows[row] if row < len(rows) else ()
                for at, column in enumerate(given):
                    value = values[at] if at < len(values) else None
                    cells[self.cell(name, column.name, row)] = _held(value)
        changed = {cell: value for cell, value in cells.items() if self.value(cell) != value}
        self.set(changed, chosen.as_of)

    @staticmethod
    def key(area: Area) -> int:
        """The key of an area's first cell."""
        return place(0, area.top, area.left)

    def field(self, name: str) -> Cell:
        """The cell of a name."""
        at = self.record.names[name]
        return self.sheets[at.sheet], place(0, at.row, at.column)

    def cell(self, table: str, column: str, row: int) -> Cell:
        """The cell of a table's column, by its row from 0."""
        at = self.record.place(table, column)
        return self.sheets[at.sheet], place(0, at.row + row, at.column)

    def row(self, table: str, row: int, values: Mapping[str, Value]) -> dict[Cell, Value]:
        """A table's cells of one row."""
        return {self.cell(table, name, row): value for name, value in values.items()}

    def value(self, cell: Cell) -> Any:
        """What a cell holds now; blank is None."""
        sheet, key = cell
        where = place(sheet, 0, 0) | key
        if where in self._results:
            return self._results[where]
        return self._set[cell] if cell in self._set else self._constants.get(cell)

    def shown(self, sheet: str, cell: str) -> Any:
        """What a cell of a sheet holds now."""
        row, column = coordinate_to_tuple(cell)
        return self.value((self.sheets[sheet], place(0, row, column)))

    def __getitem__(self, name: str) -> Any:
        return self.value(self.field(name))

    def column(self, table: str, name: str, rows: int = 1) -> Sequence[Any]:
        """The first cells of a table's column."""
        return [self.value(self.cell(table, name, row)) for row in range(rows)]

    @property
    def calculations(self) -> dict[tuple[str, str], Any]:
        """What every formula cell holds now, by sheet and address."""
        names = {number: name for name, number in self.sheets.items()}
        return {
            (names[sheet_of(key)], address(row_of(key), column_of(key))): value
            for key, value in self._results.items()
        }

    @property
    def saved(self) -> SavedPlan:
        """The plan as the validator reads it."""
        return _Seen(self)

    def faults(self) -> list[Fault]:
        """What `check` says of the inputs, and of what the book makes of them."""
        saved, day = self.saved, self._day.date()
        found: list[Fault] = [*Inputs(saved).faults(), *advice.checks(saved)]
        return [*found, *advice.prices(saved, day), *advice.stale_facts(saved, day)]

    def _calculate(self) -> None:
        self._results = MappingProxyType(self._session.results(self._day))


class _Seen(SavedPlan):
    """A running plan in the eyes of the validator."""

    def __init__(self, running: RunningPlan) -> None:
        super().__init__(running.book)
        self._running = running

    def at(self, sheet: int, row: int, column: int) -> Value:
        """The value of a cell as it is now."""
        found: Value = self._running.value((sheet, place(0, row, column)))
        return found

    def used(self, area: Area) -> range:
        """The first rows: they may have been filled since the book was loaded."""
        return range(area.top, min(area.bottom, area.top + SEEN) + 1)


def _held(value: Value | None) -> Value:
    """A value as a cell holds it."""
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
