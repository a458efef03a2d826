"""What a book is made of: sheets of panels (named cells) and tables (typed columns), as frozen records.

A record knows its kind, its domain and its place, so that template, validator, market input and
batch need to ask nobody else. `workbook.layout.book` puts them together; `workbook.layout` is the one
book made of them.
"""

import datetime as dt
import math
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal

from udfs.dates import serial
from udfs.errors import BadArgument
from udfs.parameters import DECIMAL_TEXT
from workbook.errors import BookError
from workbook.layout.notes import Labels, Notes
from workbook.layout.stored_formula import stored_formula
from workbook.typed import typed_number

Kind = Literal["number", "text", "date", "flag"]
InputValue = float | str | bool
Cell = InputValue | dt.date | dt.datetime | None

OWN_ROW: Final = re.compile(r"\[@(?:\[([^\]]+)\]|([A-Za-z]\w*))\]")
FIRST_DATE: Final = dt.datetime(2009, 1, 3)  # no market is older than its first block
LAST_DATE: Final = dt.datetime(2100, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Port:
    """A typed place for a value: what it means and which values it takes.

    Without a formula and without a constant it is an input.
    """

    name: str
    unit: str = ""
    format: str = "General"
    help: str = ""
    kind: Kind = "number"
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    listed: str = ""  # a list of the book whose cells are the choices
    formula: str | None = None
    native: str | None = None  # in the native edition, where the formula has no form there
    constant: InputValue | None = None
    is_link: bool = False  # only fetches a value from another sheet
    required: bool = True

    @property
    def is_input(self) -> bool:
        """Whether a person, a market file or `--set` may write it."""
        return self.formula is None and self.constant is None

    @property
    def role(self) -> str:
        """What the colour says: input, link, calculation or constant."""
        if self.is_input:
            return "input"
        if self.formula is None:
            return "constant"
        return "link" if self.is_link else "calculation"

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """Least and most of a number or a date, dates as their numbers."""
        if self.kind == "date":
            return serial(FIRST_DATE), serial(LAST_DATE)
        return self.low, self.high

    @property
    def domain(self) -> str:
        """The values it takes, in words."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.kind == "text":
            return "text"
        if self.kind == "flag":
            return "TRUE or FALSE"
        if self.kind == "date":
            return f"a date from {FIRST_DATE:%Y-%m-%d} to {LAST_DATE:%Y-%m-%d}"
        low, high = ("" if bound is None else f"{bound:.15g}" for bound in (self.low, self.high))
        if low and high:
            return f"a number from {low} to {high}"
        return f"a number of at least {low}" if low else f"a number up to {high}" if high else "a number"

    @property
    def is_percent(self) -> bool:
        """Whether its cell shows, and takes, 40%."""
        return "%" in self.format

    @property
    def is_multiple(self) -> bool:
        """Whether its cell shows, and so a text may say, 5x."""
        return '"x"' in self.format

    def read(self, value: Cell) -> InputValue | None:
        """The value as its cell holds it (dates as Excel's day number), or a refusal in a sentence."""
        if value is None or value == "":
            if self.required:
                raise BookError(f"{self.name}: is blank; it takes {self.domain}", self.name, value)
            return None
        match self.kind:
            case "number":
                return self._number(value)
            case "date":
                return self._date(value)
            case "flag":
                return self._flag(value)
            case "text":
                return self._text(value)

    def refusal(self, value: Cell) -> str | None:
        """Why the value is refused, in a sentence; None if it is fine."""
        try:
            self.read(value)
        except BookError as refused:
            return str(refused)
        return None

    def _refuse(self, value: Cell) -> BookError:
        said = f'"{value}"' if isinstance(value, str) else str(value)
        return BookError(f"{self.name}: must be {self.domain}, got {said}", self.name, value)

    def _number(self, value: Cell) -> float:
        if isinstance(value, str):
            try:
                typed = typed_number(self.name, value, percent=self.is_percent, times=self.is_multiple)
            except BadArgument as refused:
                raise BookError(str(refused), self.name, value) from None
            value = float(value) if DECIMAL_TEXT.fullmatch(value) else value if typed is None else typed
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise self._refuse(value)
        if (self.low is not None and value < self.low) or (self.high is not None and value > self.high):
            raise self._refuse(value)
        return float(value)

    def _date(self, value: Cell) -> float:
        if isinstance(value, str):
            if DECIMAL_TEXT.fullmatch(value):
                value = float(value)
            else:
                with suppress(ValueError):
                    value = dt.datetime.fromisoformat(str(value).strip())
        if isinstance(value, dt.date):
            value = serial(value)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self._refuse(value)
        if not serial(FIRST_DATE) <= value <= serial(LAST_DATE):
            raise self._refuse(value)
        return float(value)

    def _flag(self, value: Cell) -> bool:
        words = {"TRUE": True, "FALSE": False}
        if isinstance(value, str) and value.strip().upper() in words:
            return words[value.strip().upper()]
        if not isinstance(value, bool):
            raise self._refuse(value)
        return value

    def _text(self, value: Cell) -> str:
        if not isinstance(value, str):
            raise self._refuse(value)
        word = value.strip()
        if not self.choices:
            return word
        found = [choice for choice in self.choices if choice.lower() == word.lower()]
        if not found:
            raise self._refuse(value)
        return found[0]


@dataclass(frozen=True, kw_only=True)
class Field(Port):
    """One named cell: the name is the book's defined name."""

    label: str
    default: InputValue | None = None  # what a new book holds, unless its example says otherwise
    is_output: bool = False  # a result that reports carry


@dataclass(frozen=True, kw_only=True)
class Column(Port):
    """One column of a table; a market file may call it by its name or by its header."""

    header: str = ""
    width: float = 12

    def __post_init__(self) -> None:
        if not self.header:
            object.__setattr__(self, "header", self.name.replace("_", " ").capitalize())


@dataclass(frozen=True, kw_only=True)
class Panel:
    """Named cells one below the other: label, value, unit and, where there is room, the help.

    Prose has no labels: its sentences stand where the labels would. With stops it is a strip of
    facts: each field has a column of its own, the label above the value.
    """

    name: str
    title: str
    fields: tuple[Field, ...]
    row: int  # of the title
    column: int  # of the labels
    has_notes: bool = False
    is_prose: bool = False
    is_named: bool = False  # the values have the panel's name, for formulas that take them together
    is_bare: bool = False  # of figures without labels, the column of a grid; its title is the grid's
    span: int = 0  # further columns that the heading covers, where labels and units do not say it
    offset: int = 1  # columns from the labels to the values
    stops: tuple[int, ...] = ()  # columns of a strip, one for each field

    @property
    def first_row(self) -> int:
        """Row of the first field."""
        return self.row + 1

    @property
    def last_row(self) -> int:
        """Row of the last field."""
        return self.row + (1 if self.stops else len(self.fields))

    @property
    def last_column(self) -> int:
        """Column of the units, or of the notes beyond them."""
        if self.stops:
            return self.stops[-1] + self.span
        if self.span or self.is_prose or self.is_bare:
            return self.column + self.span
        return self.column + 2 + self.has_notes

    @property
    def has_units(self) -> bool:
        """Whether a unit stands beside each value."""
        return not (self.span or self.is_prose or self.is_bare or self.stops)

    @property
    def value_column(self) -> int:
        """Column of the values."""
        return self.column + (0 if self.is_prose or self.is_bare else self.offset)

    @property
    def cells(self) -> Iterator[tuple[Field, int, int]]:
        """Each field with the row and the column of its value."""
        for at, field in enumerate(self.fields):
            if self.stops:
                yield field, self.row + 1, self.stops[at]
            else:
                yield field, self.first_row + at, self.value_column


@dataclass(frozen=True, kw_only=True)
class Table:
    """An Excel table of fixed room: title, units, headers, then the rows."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: int
    row: int  # of the title
    column: int
    key: str = ""  # the column that names a row
    needs: tuple[str, ...] = ()  # columns that a row in use must fill in; without a key the first says it is
    help: str = ""
    last_shown: str = (
        ""  # the last column that is seen; those after it are grouped, to be opened. "": all are
    )

    @property
    def unit_row(self) -> int:
        """Row of the units, above the headers."""
        return self.row + 1

    @property
    def header_row(self) -> int:
        """Row of the headers."""
        return self.row + 2

    @property
    def first_row(self) -> int:
        """First row of data."""
        return self.row + 3

    @property
    def last_row(self) -> int:
        """Last row of data."""
        return self.header_row + self.rows

    @property
    def last_column(self) -> int:
        """Column of the last field."""
        return self.column + len(self.columns) - 1

    @property
    def shown(self) -> int:
        """How many columns are seen."""
        return self.at(self.last_shown) - self.column + 1 if self.last_shown else len(self.columns)

    def at(self, name: str) -> int:
        """The sheet column in which a column of this name stands."""
        return self.column + [column.name for column in self.columns].index(name)

    def __getitem__(self, name: str) -> Column:
        """The column of this name."""
        return self.columns[self.at(name) - self.column]

    def formula(self, column: Column) -> str:
        """The column's formula as the file stores it: `[@Price]` is `Table[[#This Row],[Price]]`."""
        own_row = rf"{self.name}[[#This Row],[\1\2]]"
        return stored_formula(OWN_ROW.sub(own_row, column.formula or ""))


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet: its purpose in a sentence, its notes, panels and tables."""

    name: str
    purpose: str
    title: str = ""  # the name, unless it says more
    blocks: tuple[Notes | Panel | Table | Labels, ...] = ()
    widths: tuple[float, ...] = ()  # of the columns from A on, where no table sets them
    landscape: bool = True
    across: int = 1  # pages side by side on which it is printed
    pages: int = 1  # down, on which it is printed; 0: as many as it takes
    breaks: tuple[int, ...] = ()  # rows that begin a page
    printed: int | None = None  # the last column that is printed, if not all are
    chips: tuple[int, int, int] = (4, 5, 6)  # columns of the states in the head
    frozen: int = 0  # rows that stay in view, where no table says it

    @property
    def last_row(self) -> int:
        """The last row that a block fills."""
        return max(block.last_row for block in self.blocks)

    @property
    def last_column(self) -> int:
        """The last column that a block fills."""
        return max(block.last_column for block in self.blocks)

    @property
    def notes(self) -> Iterator[Notes]:
        """The notes in order."""
        return (block for block in self.blocks if isinstance(block, Notes))

    @property
    def panels(self) -> Iterator[Panel]:
        """The panels in order."""
        return (block for block in self.blocks if isinstance(block, Panel))

    @property
    def labels(self) -> Iterator[Labels]:
        """The names of the rows of grids."""
        return (block for block in self.blocks if isinstance(block, Labels))

    @property
    def tables(self) -> Iterator[Table]:
        """The tables in order."""
        return (block for block in self.blocks if isinstance(block, Table))
