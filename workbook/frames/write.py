"""Frames back into a saved plan: what differs is written, and the book is recalculated.

Nothing is written unless all of it fits: names, columns, rows and values are held against the layout
as the sheet holds them, and the book must recalculate.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Final

import pandas as pd

from udfs.close_words import did_you_mean
from udfs.front import plain
from workbook.errors import BookError
from workbook.files.atomic_write import write_whole
from workbook.frames.market import market_of
from workbook.frames.plan import ROW, Plan, attribute, plan_of
from workbook.layout import PLAN
from workbook.layout.schema import Port, Table
from workbook.plan.saved import SavedPlan, opened
from workbook.recalc.recalc import recalc_book
from workbook.request import Cell, Outcome, Request

MARKET: Final = "market"

Rows = Mapping[int, Mapping[str, Cell]]


class BadFrame(BookError):
    """A frame or an input that does not fit the book; the message names table, row and column."""


def write_plan(
    plan: str | PathLike[str] | Plan,
    *,
    inputs: Mapping[str, Any] | None = None,
    out: str | PathLike[str] | None = None,
    as_of: datetime | None = None,
    allow_stale: bool = False,
    **tables: pd.DataFrame,
) -> Outcome:
    """Write inputs and tables into a saved plan and recalculate it, into `out` or in place.

    A plan that was read writes what was changed in it. A frame is the whole table: with the index
    that `read_plan` gave it, its rows stay where they are; without it they stand in order from the
    first, and what its columns do not say stays with the row of the same key. `market` may also have
    a row per symbol, which leaves the others as they are. What is computed by the book can't be
    given. Only cells that differ are written; if none does, not a byte changes.
    """
    path = plan.path if isinstance(plan, Plan) else fspath(plan)
    given: dict[str, pd.DataFrame] = dict(tables)
    wanted: dict[str, Any] = dict(inputs or {})
    if isinstance(plan, Plan):
        given = {**plan.tables, **given}
        wanted = {**{str(name): value for name, value in plan.inputs.items()}, **wanted}
    with opened(path) as saved:
        asked = changes(saved, path, wanted, given)
        request = replace(asked, as_of=as_of, allow_stale=allow_stale)
        content = saved.book.package.content
    source, target = Path(path), Path(path if out is None else out)
    if not (request.inputs or request.market or request.tables):
        if source.resolve() != target.resolve():
            write_whole(content, source, target)
        return Outcome(path, "unchanged")
    outcome = recalc_book(source, target, request)
    if outcome.is_problem:
        raise BadFrame(f"{path}: {outcome.reason}")
    return replace(outcome, path=path)


def changes(
    saved: SavedPlan, path: str, inputs: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]
) -> Request:
    """What a plan is asked to take: the inputs and the cells of its tables that are others now."""
    now, given = plan_of(saved, path), dict(tables)
    return Request(
        inputs=dict(_changed_inputs(now, inputs)),
        market=_market(given),
        tables=_changed_tables(now, given),
        add_symbols=True,
    )


def _changed_inputs(now: Plan, wanted: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in wanted.items():
        port = PLAN.inputs.get(name.lower())
        if port is None:
            takes = f"{did_you_mean(name, PLAN.inputs)}; it takes {', '.join(PLAN.inputs)}"
            raise BadFrame(f"{name}: is no input of the plan{takes}", name, value)
        if _plain(value) != _plain(now.inputs[port.name]):
            yield port.name, _taken(port, value, "inputs")


def _market(given: dict[str, pd.DataFrame]) -> Mapping[str, Mapping[str, Cell]]:
    """A market by symbol, taken out of the tables; one that was read from the book is a table."""
    frame = given.get(MARKET)
    if frame is None or frame.index.name == ROW:
        return {}
    return market_of(given.pop(MARKET), MARKET)


def _changed_tables(now: Plan, given: Mapping[str, pd.DataFrame]) -> Mapping[str, Rows]:
    names = {attribute(name): name for name in PLAN.tables}
    changed: dict[str, Rows] = {}
    for name, frame in given.items():
        if name not in names:
            has = f"{did_you_mean(name, names)}; it has {', '.join(names)}"
            raise BadFrame(f"{name}: the plan has no such table{has}", name)
        if not isinstance(frame, pd.DataFrame):
            raise BadFrame(f"{name}: must be a DataFrame, got {type(frame).__name__}", name)
        rows = dict(_Changes(PLAN.tables[names[name]], name, now.tables[name]).of(frame))
        if rows:
            changed[names[name]] = rows
    return changed


class _Changes:
    """What a frame changes in a table of the book."""

    def __init__(self, table: Table, said: str, now: pd.DataFrame) -> None:
        self.table = table
        self.said = said
        self.now = now
        self.inputs = [column for column in table.columns if column.is_input]

    def of(self, frame: pd.DataFrame) -> Iterator[tuple[int, Mapping[str, Cell]]]:
        """Rows of the table, from 0, and the cells of each that differ."""
        columns = self._columns(frame)
        places = self._places(frame)
        if not self.inputs:
            return
        before = {number: self._row(self.now, at) for at, number in enumerate(self.now.index)}
        after = dict(self._after(frame.set_axis(columns, axis=1), places, before))
        for number in sorted(before.keys() | after.keys()):
            old, new = before.get(number, {}), after.get(number, {})
            said = f"{self.said}, row {number}"
            cells = {
                column.name: _taken(column, new.get(column.name), said)
                for column in self.inputs
                if old.get(column.name) != new.get(column.name)
            }
            if cells:
                yield number - 1, cells

    def _columns(self, frame: pd.DataFrame) -> list[str]:
        known = {word.lower(): c.name for c in self.table.columns for word in (c.name, c.header)}
        names = []
        for word in frame.columns:
            name = known.get(str(word).strip().lower())
            if name is None:
                known_names = [column.name for column in self.inputs]
                takes = f"{did_you_mean(str(word), known_names)}; it takes {', '.join(known_names)}"
                raise BadFrame(f"{self.said}: has no column {word}{takes}", str(word))
            if name in names:
                raise BadFrame(f"{self.said}: the column {name} is there twice", name)
            names.append(name)
        return names

    def _places(self, frame: pd.DataFrame) -> list[int]:
        """The row of the table that each row of the frame stands for, from 1."""
        if len(frame) > self.table.rows:
            raise BadFrame(f"{self.said}: has room for {self.table.rows} rows, got {len(frame)}", self.said)
        if frame.index.name != ROW:
            return list(range(1, len(frame) + 1))
        places = list(frame.index)
        for place in places:
            if not isinstance(place, int) or not 1 <= place <= self.table.rows or places.count(place) > 1:
                raise BadFrame(
                    f"{self.said}: rows must be numbers from 1 to {self.table.rows}, each once, got {place}",
                    self.said,
                )
        return places

    def _after(
        self, frame: pd.DataFrame, places: list[int], before: Mapping[int, Mapping[str, Any]]
    ) -> Iterator[tuple[int, Mapping[str, Any]]]:
        key = self.table.key
        keyed = {str(row[key]).lower(): row for row in before.values() if row.get(key)} if key else {}
        in_place = frame.index.name == ROW
        for at, number in enumerate(places):
            new = self._row(frame, at)
            same = before.get(number, {}) if in_place else keyed.get(str(new.get(key)).lower(), {})
            self._refuse_computed(frame, at, number, same=in_place)
            yield number, {**same, **new}

    def _row(self, frame: pd.DataFrame, at: int) -> Mapping[str, Any]:
        return {c.name: _plain(frame[c.name].iloc[at]) for c in self.inputs if c.name in frame}

    def _refuse_computed(self, frame: pd.DataFrame, at: int, number: int, *, same: bool) -> None:
        """What the book computes may be handed back as it was read, and can't be given otherwise."""
        for column in self.table.columns:
            if column.is_input or column.name not in frame:
                continue
            value = plain(frame[column.name].iloc[at])
            there = plain(self.now[column.name].get(number)) if same else None
            if value is not None and value != there:
                raise BadFrame(
                    f"{self.said}, row {number}: {column.name} is calculated by the book and can't be given",
                    column.name,
                )


def _plain(value: Any) -> Any:
    value = plain(value)
    return None if value == "" else value


def _taken(port: Port, value: Any, said: str) -> Cell:
    """A value as its cell takes it, or a refusal that says which one."""
    try:
        return port.read(_plain(value))
    except BookError as refused:
        raise BadFrame(f"{said}: {refused}", port.name, value) from None
