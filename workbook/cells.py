"""What a cell holds, and where it lies: values, error values, places and areas as plain numbers.

A place is one integer: sheet, row and column side by side, so that sets and dictionaries of tens of
thousands of cells stay small and quick.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from workbook.memory import remembered

MAX_ROW: Final = 1_048_576
MAX_COLUMN: Final = 16_384
LATER_1904: Final = 1_462.0  # days from day 0 of the 1900 date system to that of the 1904 one
COLUMN_BITS: Final = 15
SHEET_BITS: Final = 36
COLUMN_MASK: Final = (1 << COLUMN_BITS) - 1
KEY_MASK: Final = (1 << SHEET_BITS) - 1
CELL_NAME: Final = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")


class CellError(str):
    """An error value, "#N/A" and the like: a cell's value that is no text."""

    __slots__ = ()


Value = float | str | bool | CellError | None


class Area(NamedTuple):
    """A rectangle of cells on one sheet, first and last row and column, counted from 1."""

    sheet: int
    top: int
    left: int
    bottom: int
    right: int

    @property
    def size(self) -> int:
        """How many cells it has."""
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)

    def meets(self, other: "Area") -> bool:
        """Whether the two have a cell in common."""
        rows = self.top <= other.bottom and other.top <= self.bottom
        return self.sheet == other.sheet and rows and self.left <= other.right and other.left <= self.right

    def places(self) -> Iterator[int]:
        """The places of its cells, row by row."""
        for row in range(self.top, self.bottom + 1):
            start = place(self.sheet, row, self.left)
            yield from range(start, start + self.right - self.left + 1)


def place(sheet: int, row: int, column: int) -> int:
    """One number for a cell of the book; sheets are counted from 0, rows and columns from 1."""
    return sheet << SHEET_BITS | row << COLUMN_BITS | column


def sheet_of(where: int) -> int:
    """The sheet of a place."""
    return where >> SHEET_BITS


def row_of(where: int) -> int:
    """The row of a place."""
    return (where & KEY_MASK) >> COLUMN_BITS


def column_of(where: int) -> int:
    """The column of a place."""
    return where & COLUMN_MASK


@remembered(16_384)
def column_number(letters: str) -> int:
    """A is 1, XFD is 16384."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


@remembered(16_384)
def column_letters(number: int) -> str:
    """1 is A, 16384 is XFD."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """A cell's name on its sheet: B7."""
    return f"{column_letters(column)}{row}"


def area_of(text: str, sheet: int = 0) -> Area | None:
    """The area that `B7` or `A1:C9` names; None for anything else."""
    first, _, last = text.partition(":")
    start, end = CELL_NAME.fullmatch(first), CELL_NAME.fullmatch(last or first)
    if start is None or end is None:
        return None
    rows = sorted((int(start[2]), int(end[2])))
    columns = sorted((column_number(start[1]), column_number(end[1])))
    if rows[1] > MAX_ROW or columns[1] > MAX_COLUMN:
        return None
    return Area(sheet, rows[0], columns[0], rows[1], columns[1])


def same(one: Value, other: Value) -> bool:
    """Whether two cells hold the same value of the same type."""
    return type(one) is type(other) and one == other


def number_text(number: float) -> str:
    """A number as a cell stores it: the shortest decimal that reads back as the same float."""
    return number_texts((number,))[0].decode()


def number_texts(numbers: Iterable[float]) -> list[bytes]:
    """The same for many numbers at one go."""
    texts = "".join([repr(number) + "\n" for number in numbers])
    return texts.replace(".0\n", "\n").replace("e", "E").encode().split(b"\n")[:-1]
