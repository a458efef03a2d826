"""A plan that is open in Excel: read as frames and filled from them, by the book of xlwings.

For the reading Excel writes a copy, so that an open plan is read, and what is to go into it checked,
as a saved one is. Into the open workbook go the input cells that differ, and nothing else.
"""

import itertools
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import xlwings as xw

from udfs.errors import HedgeError
from workbook.cells import Value, column_of, place, row_of, sheet_of
from workbook.frames.plan import Plan, plan_of
from workbook.frames.write import changes
from workbook.plan.saved import SavedPlan, opened
from workbook.recalc.inputs import new_inputs


class NotOpen(HedgeError):
    """No workbook is open in an Excel that can be spoken to, or it writes no copy of it."""


def live_book(book: xw.Book | None = None) -> "LiveBook":
    """The plan that is open in Excel: the active workbook, or the one that is given."""
    book = xw.books.active if book is None else book
    if book is None:
        raise NotOpen("no workbook is open in Excel")
    return LiveBook(book)


class LiveBook:
    """A plan that is open in Excel on Windows."""

    def __init__(self, book: xw.Book) -> None:
        self.book = book

    def read(self) -> Plan:
        """The plan as it stands in Excel now, as `read_plan` gives a saved one."""
        with self._copied() as (saved, path):
            return plan_of(saved, path)

    def write(self, *, inputs: Mapping[str, Any] | None = None, **tables: pd.DataFrame) -> int:
        """Enter inputs and tables as `write_plan` takes them, let Excel calculate; how many cells differed.

        Nothing is entered unless all of it fits. The workbook is not saved.
        """
        with self._copied() as (saved, path):
            request = changes(saved, path, inputs or {}, tables)
            cells, _ = new_inputs(saved.book, request)
            sheets = [sheet.name for sheet in saved.book.sheets]
        if cells:
            with self.book.app.properties(screen_updating=False, calculation="manual"):
                for (sheet, row, column), values in _runs(cells):
                    target = self.book.sheets[sheets[sheet]].range(
                        (row, column), (row + len(values) - 1, column)
                    )
                    target.value = [[_entered(value)] for value in values]
        return len(cells)

    @contextmanager
    def _copied(self) -> Iterator[tuple[SavedPlan, str]]:
        """The workbook as a saved plan, under its own name."""
        name = self.book.fullname
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder, f"plan{Path(name).suffix or '.xlsx'}")
            try:
                self.book.api.SaveCopyAs(str(copy))
            except AttributeError:
                raise NotOpen(f"{name}: only Excel on Windows writes a copy of an open workbook") from None
            with opened(copy) as saved:
                yield saved, name


def _runs(cells: Mapping[int, Value]) -> Iterator[tuple[tuple[int, int, int], list[Value]]]:
    """Cells below one another: sheet, row and column of the first, and the values of all."""
    by_column = sorted((sheet_of(where), column_of(where), row_of(where)) for where in cells)
    beside = itertools.count()
    for _, run in itertools.groupby(by_column, key=lambda at: (*at[:2], at[2] - next(beside))):
        places = list(run)
        sheet, column, row = places[0]
        yield (sheet, row, column), [cells[place(sheet, row, column)] for sheet, column, row in places]


def _entered(value: Value) -> Value:
    """A value as it is typed: a text stays one, whatever Excel would read in it, a formula above all."""
    return f"'{value}" if isinstance(value, str) and value else value
