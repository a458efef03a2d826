"""The book: its layout, template, validation, recalculation, market data and reports."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbook.frames.market import read_history, read_market
    from workbook.frames.plan import read_plan
    from workbook.frames.runs import iter_recalc_books, recalc_books
    from workbook.frames.write import write_plan
    from workbook.ready import new_book
    from workbook.recalc.recalc import recalc_book
    from workbook.validate import check_book

__all__ = [
    "check_book",
    "iter_recalc_books",
    "new_book",
    "read_history",
    "read_market",
    "read_plan",
    "recalc_book",
    "recalc_books",
    "write_plan",
]

_HOMES = {
    "check_book": "workbook.validate",
    "iter_recalc_books": "workbook.frames.runs",
    "new_book": "workbook.ready",
    "read_history": "workbook.frames.market",
    "read_market": "workbook.frames.market",
    "read_plan": "workbook.frames.plan",
    "recalc_book": "workbook.recalc.recalc",
    "recalc_books": "workbook.frames.runs",
    "write_plan": "workbook.frames.write",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for: the engine and openpyxl are heavy."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(name)
