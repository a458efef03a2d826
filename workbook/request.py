"""What is asked of a recalculation, and what came of it: plain records that can be sent anywhere."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from os import PathLike
from typing import Any, Final, Literal

from workbook.printable import printable_json

Cell = float | str | bool | datetime | None
"""A cell's value; an error is its text, as in "#N/A"."""

Place = str | PathLike[str]
"""Where a book lies: a path, or the URL of a file system that fsspec knows."""

EngineName = Literal["embedded", "libreoffice"]

Status = Literal["done", "unchanged", "refused", "failed"]

Cause = Literal[
    "",
    "missing",  # there is no such book or folder
    "strange",  # a pipe, a device, a folder, or a link that would be written over
    "empty",  # a folder without a book
    "package",  # no workbook, a damaged or a hostile one
    "input",  # a value, a name or a market that the book does not take
    "unknowable",  # cells whose new value can't be known
    "signed",
    "rival",  # two books with one target
    "foreign",  # a target that no run made
    "changed",  # a target that somebody changed since, or of which nothing is known
    "open",  # in a spreadsheet program, or saved meanwhile
    "time",
    "memory",
    "lost",  # its process ended
    "system",  # what the system says: no space, no permission
    "fault",  # of our own
]
"""Why a book was refused or failed, for programs; the reason says it for people."""

PROBLEMS: Final[frozenset[Status]] = frozenset({"refused", "failed"})


@dataclass(frozen=True, slots=True)
class Request:
    """New inputs for a book, and how it is to be recalculated; the same for every book of a run.

    `inputs` maps a defined name to its new value, `market` a symbol to the columns of the Market
    table that change, `tables` any table's rows, counted from 0, to theirs. A market may be larger
    than a book: symbols that the book does not list are ignored, or with `add_symbols` written into
    its free rows. Venue tables beside a book count only with `venues_beside`: whoever sends a book
    may send tables with it. `as_of` fixes TODAY and NOW; it has no zone and means UTC.
    """

    inputs: Mapping[str, float | str] = field(default_factory=dict)
    market: Mapping[str, Mapping[str, Cell]] = field(default_factory=dict)
    tables: Mapping[str, Mapping[int, Mapping[str, Cell]]] = field(default_factory=dict)
    as_of: datetime | None = None
    allow_stale: bool = False
    add_symbols: bool = False
    venues_beside: bool = False
    engine: EngineName = "embedded"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one book: a row of the report.

    Cells are named as "Sheet1!C4". `reason` is for a person: why the book was refused or failed,
    or what to know of one that was done. A refused or failed book was not written, nor was one that an
    earlier run did (`is_earlier`). `unpriced` are the symbols that the book uses and the market lacks;
    `venues` says which venue tables were in force. Of a plan, `outputs` and `inputs` are its named
    results and inputs, `rows` the filled rows of its Holdings and its Journal.
    Of the formulas that the request reaches, `core` needed no vote, `voted` were computed alike by two
    engines, `settled` by the second and third against the first, and `unknown` can't be known
    or are drawn by chance.
    """

    path: str = ""
    status: Status = "done"
    reason: str = ""
    cause: Cause = ""
    seconds: float = 0.0
    formulas: int = 0
    changed: int = 0
    stale: tuple[str, ...] = ()
    unproven: tuple[str, ...] = ()
    unknown_functions: tuple[str, ...] = ()
    error_cells: tuple[str, ...] = ()
    is_earlier: bool = False
    unpriced: tuple[str, ...] = ()
    venues: str = ""
    core: int = 0
    voted: int = 0
    settled: int = 0
    unknown: int = 0
    outputs: Mapping[str, Cell] = field(default_factory=dict)
    inputs: Mapping[str, Cell] = field(default_factory=dict)
    rows: Mapping[str, Sequence[Mapping[str, Cell]]] = field(default_factory=dict)

    @property
    def is_problem(self) -> bool:
        """Whether the book was left as it was although something was asked of it."""
        return self.status in PROBLEMS

    def as_row(self) -> dict[str, Any]:
        """The row as JSON holds it: dates as ISO text, and nothing that JSON has no word for."""
        row = {column.name: getattr(self, column.name) for column in fields(self)}
        for cells in ("outputs", "inputs"):
            row[cells] = {name: _plain(cell) for name, cell in row[cells].items()}
        row["rows"] = {
            table: [{name: _plain(cell) for name, cell in filled.items()} for filled in rows]
            for table, rows in self.rows.items()
        }
        return row

    def to_json(self) -> str:
        """The row on one line; signs that steer a terminal are escaped, as JSON may."""
        return printable_json(json.dumps(self.as_row(), ensure_ascii=False))

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "Outcome":
        """The outcome whose row this is; a date among the outputs stays ISO text."""
        given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in row.items()}
        return cls(**given)

    @classmethod
    def from_json(cls, text: str | bytes) -> "Outcome":
        """The outcome whose row stands on this line."""
        return cls.from_row(json.loads(text))


def _plain(cell: Cell) -> Cell:
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return None if isinstance(cell, float) and not math.isfinite(cell) else cell
