"""What Google Sheets loses of a value when it saves a book as .xlsx, and how it is taken into account.

Errors are saved as texts, and numbers with ten digits. Its books say nothing of the application that
saved them, but each names a namespace of Excel for the Mac, which no other writer without that part does.
"""

from typing import Final

from workbook.cells import CellError, Value
from workbook.recalc.saved_by_libreoffice import APPLICATION, restore
from workbook.xlsx.saved_book import SavedBook

MARK: Final = b'xmlns:mx="http://schemas.microsoft.com/office/mac/excel/2008/main"'
SLACK: Final = 1e-8  # of a value whose operands were rounded to ten digits


def is_by_google(book: SavedBook) -> bool:
    """Whether Google Sheets saved the book."""
    return APPLICATION not in book.package and MARK in book.package.read(book.part)


def restore_errors(book: SavedBook) -> None:
    """Read the text of an error as the error where a formula gives that very one."""
    restore(book, _error)


def _error(computed: Value, saved: Value) -> Value:
    is_text = isinstance(saved, str) and not isinstance(saved, CellError)
    return computed if isinstance(computed, CellError) and is_text and str(computed) == saved else None


def is_near(one: Value, other: Value) -> bool:
    """Whether two numbers are the same but for what rounding to ten digits takes from their operands."""
    if not (isinstance(one, float) and isinstance(other, float)):
        return False
    return abs(one - other) <= SLACK * max(abs(one), abs(other))
