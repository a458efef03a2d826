"""The book: its layout, template, validation, recalculation, market data and reports."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbook.recalc.recalc import recalc_book
    from workbook.template import new_book
    from workbook.validate import check_book

__all__ = ["check_book", "new_book", "recalc_book"]

_HOMES = {
    "check_book": "workbook.validate",
    "new_book": "workbook.template",
    "recalc_book": "workbook.recalc.recalc",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for: the engine and openpyxl are heavy."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(name)
