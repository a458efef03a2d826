"""What LibreOffice loses of a value when it saves a book as .xlsx, and how it is taken into account.

A formula's TRUE that it did not calculate itself is saved as 1, and numbers are saved with 15 digits.
"""

from collections import defaultdict
from typing import Final

from workbook.cells import KEY_MASK, Value, sheet_of
from workbook.recalc.evaluation import Model
from workbook.xlsx.saved_book import Book

APPLICATION: Final = "docProps/app.xml"
MARK: Final = b"<Application>LibreOffice"
SLACK: Final = 1e-9  # of a sum whose parts were rounded to 15 digits


def is_by_libreoffice(book: Book) -> bool:
    """Whether LibreOffice saved the book."""
    return APPLICATION in book.package and MARK in book.package.read(APPLICATION)


def restore_truths(book: Book) -> None:
    """Read 1 and 0 as TRUE and FALSE where a formula gives a truth value: only its kind was lost."""
    model = Model(book)
    known = frozenset(model.formulas) - model.closure(model.program.faults)
    results, _ = model.computed(known, {}, None)
    truths: dict[int, dict[int, Value]] = defaultdict(dict)
    for where, value in results.items():
        saved = model.cached(where)
        if isinstance(value, bool) and isinstance(saved, float) and saved in (0.0, 1.0):
            truths[sheet_of(where)][where & KEY_MASK] = bool(saved)
    for sheet, values in truths.items():
        book.retell(sheet, values)
