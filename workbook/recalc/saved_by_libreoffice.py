"""What LibreOffice loses of a value when it saves a book as .xlsx, and how it is taken into account.

A formula's TRUE that it did not calculate itself is saved as 1, and numbers are saved with 15 digits.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Final

from workbook.cells import KEY_MASK, Value, sheet_of
from workbook.recalc.evaluation import Model
from workbook.xlsx.saved_book import SavedBook

APPLICATION: Final = "docProps/app.xml"
MARK: Final = b"<Application>LibreOffice"
SLACK: Final = 1e-9  # of a sum whose parts were rounded to 15 digits


def is_by_libreoffice(book: SavedBook) -> bool:
    """Whether LibreOffice saved the book."""
    return APPLICATION in book.package and MARK in book.package.read(APPLICATION)


def restore_truths(book: SavedBook) -> None:
    """Read 1 and 0 as TRUE and FALSE where a formula gives a truth value: only its kind was lost."""
    restore(book, _truth)


def _truth(computed: Value, saved: Value) -> Value:
    is_lost = isinstance(computed, bool) and isinstance(saved, float) and saved in (0.0, 1.0)
    return bool(saved) if is_lost else None


def restore(book: SavedBook, meant: Callable[[Value, Value], Value]) -> None:
    """Read other values than were saved where a formula's own value tells what was `meant` by them."""
    model = Model(book)
    known = frozenset(model.formulas) - model.closure(model.program.lacks)
    results, _ = model.computed(known, {}, None)
    found: dict[int, dict[int, Value]] = defaultdict(dict)
    for where, computed in results.items():
        value = meant(computed, model.cached(where))
        if value is not None:
            found[sheet_of(where)][where & KEY_MASK] = value
    for sheet, values in found.items():
        book.retell(sheet, values)
