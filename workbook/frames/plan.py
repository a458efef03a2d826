"""A saved plan as Series and frames, read without calculating anything."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any, Final

import pandas as pd

from udfs.dates import moment
from workbook.cells import LATER_1904, CellError, Value
from workbook.errors import BookError
from workbook.layout.schema import Port
from workbook.plan.saved import SavedPlan, opened

ROW: Final = "row"  # the index of a table's frame: its rows in the book, from 1
MARKS: Final = "▲✓? "  # before the words of a warning, which the state says already
STATES: Final = {  # of a flag, by what it is for
    "warn_": {True: "applies", False: "does not apply"},
    "check_": {True: "passes", False: "fails"},
}


@dataclass(frozen=True)
class Plan:
    """A saved plan: `inputs` and `results` by name, a frame per table, and what the plan says.

    `plan.holdings`, `plan.market`, `plan.journal`: each table of the book goes by its name in small
    letters, its rows by their place in the book, from 1. Rows in which nothing was typed are left out.
    Units are in `.attrs["units"]`, Excel's errors, which are missing values, in `.attrs["errors"]`.
    """

    path: str
    version: str | None
    inputs: "pd.Series[Any]"
    results: "pd.Series[Any]"
    advice: pd.DataFrame
    tables: Mapping[str, pd.DataFrame]

    def __getattr__(self, name: str) -> pd.DataFrame:
        tables: Mapping[str, pd.DataFrame] = self.__dict__.get("tables", {})
        if name in tables:
            return tables[name]
        raise AttributeError(f"a plan has no {name}; its tables are {', '.join(tables)}")

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.tables]


def read_plan(path: str | PathLike[str]) -> Plan:
    """A saved plan as it stands, without calculating anything; a book that is no plan is refused."""
    with opened(path) as saved:
        return plan_of(saved, str(path))


def plan_of(saved: SavedPlan, path: str) -> Plan:
    """The Series and frames of a saved plan."""
    if not saved.is_plan:
        raise BookError(f"{path}: is no plan of microhedge; `microhedge new BOOK` makes one")
    return Plan(
        path=path,
        version=saved.version,
        inputs=_series(saved, saved.plan.inputs, "inputs"),
        results=_series(saved, saved.plan.outputs, "results"),
        advice=_advice(saved),
        tables={attribute(name): table_frame(saved, name) for name in saved.plan.tables},
    )


def attribute(table: str) -> str:
    """What a table is called in Python: FundingPath is funding_path."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", table).lower()


def table_frame(saved: SavedPlan, table: str) -> pd.DataFrame:
    """A table of the book as a frame with typed columns."""
    columns = {column.name: column for column in saved.plan.tables[table].columns}
    telling = [name for name, column in columns.items() if column.is_input] or list(columns)
    rows = {
        number: row
        for number, row in enumerate(saved.rows(table), 1)
        if any(row.get(name) not in (None, "") for name in telling)
    }
    index = pd.Index(list(rows), name=ROW, dtype="int64")
    errors: dict[tuple[int, str], str] = {}
    frame = pd.DataFrame(index=index)
    for name, port in columns.items():
        values = [row.get(name) for row in rows.values()]
        errors |= {(at, name): str(v) for at, v in zip(rows, values, strict=True) if isinstance(v, CellError)}
        frame[name] = _column(saved, port, values, index)
    frame.attrs = {
        "table": table,
        "units": {name: port.unit for name, port in columns.items()},
        "headers": {name: port.header for name, port in columns.items()},
        "errors": errors,
    }
    return frame


def _column(
    saved: SavedPlan, port: Port, values: Sequence[Value], index: "pd.Index[Any]"
) -> "pd.Series[Any]":
    cells = [cell_value(saved, port, value) for value in values]
    match port.kind:
        case "number":
            return pd.Series([c if isinstance(c, float) else None for c in cells], index, dtype="float64")
        case "date":
            dates = [None if isinstance(c, (str, float, bool)) else c for c in cells]
            return pd.to_datetime(pd.Series(dates, index, dtype="object")).astype("datetime64[us]")
        case "flag":
            return pd.Series([c if isinstance(c, bool) else None for c in cells], index, dtype="boolean")
        case "text":
            return pd.Series(cells, index, dtype="object").infer_objects()


def cell_value(saved: SavedPlan, port: Port, value: Value) -> Any:
    """The value of a cell as Python has it: a date as one, an empty text or an error as None."""
    if value is None or value == "" or isinstance(value, CellError):
        return None
    if port.kind == "date" and isinstance(value, float):
        return moment(value + LATER_1904 if saved.book.date1904 else value)
    return value


def _series(saved: SavedPlan, ports: Mapping[str, Port], name: str) -> "pd.Series[Any]":
    values = {key: saved.value(key) for key in ports}
    found = pd.Series(
        {key: cell_value(saved, port, values[key]) for key, port in ports.items()}, dtype="object", name=name
    )
    found.attrs = {
        "units": {key: port.unit for key, port in ports.items()},
        "errors": {key: str(value) for key, value in values.items() if isinstance(value, CellError)},
    }
    return found


def _advice(saved: SavedPlan) -> pd.DataFrame:
    """What the plan says, and each warning and check with its state; what can't be told is unknown."""
    rows = list(_said(saved))
    index = pd.Index([name for name, *_ in rows], name="name")
    return pd.DataFrame([row for _, *row in rows], index=index, columns=["state", "says"])


def _said(saved: SavedPlan) -> Iterator[tuple[str, str | None, str]]:
    fields = saved.plan.fields
    for name in saved.plan.outputs:
        if name.startswith("say_") and saved.value(name) not in (None, ""):
            yield name, None, str(saved.value(name))
    for start, states in STATES.items():
        for name, port in fields.items():
            if name.startswith(start) and (name in saved.places) and port.role != "input":
                value = saved.value(name)
                words = saved.value(name.replace(start, "say_")) if start == "warn_" else None
                yield name, _state(value, states), str(words or port.label).lstrip(MARKS)


def _state(value: Value, states: Mapping[bool, str]) -> str:
    """The state in a word; one that is blank or an error is not known."""
    if isinstance(value, bool):
        return states[value]
    return "unknown" if value in (None, "") or isinstance(value, CellError) else str(value)
