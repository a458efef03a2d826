"""Recalculation of one saved book: the cached values change, and nothing else in the package.

The contract is in eight steps: read with limits, know every function, hold the engine against the
values that Excel cached, take the inputs, evaluate what they reach, judge, write, prove.
"""

import os
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from udfs.errors import HedgeError
from workbook.book import Book
from workbook.model import Model
from workbook.patch import patched
from workbook.request import Outcome, Place, Request
from workbook.values import KEY_MASK, CellError, Value, sheet_of
from workbook.write import write_whole


def recalc_book(source: Place, target: Place, request: Request | None = None) -> Outcome:
    """Recalculate one book into a new file, or in place; written whole or not at all."""
    started = time.perf_counter()
    try:
        content = Path(source).read_bytes()
        written, outcome = recalc_bytes(content, request or Request())
        if outcome.status in ("done", "unchanged"):
            write_whole(written, Path(source), Path(target))
    except OSError as error:
        outcome = Outcome("", status="refused", reason=f"{error.strerror or error}")
    seconds = time.perf_counter() - started
    return replace(outcome, path=os.fspath(source), seconds=seconds)


def recalc_bytes(package: bytes, request: Request) -> tuple[bytes, Outcome]:
    """Recalculate a book in memory: its new bytes (the same ones if nothing changed) and the outcome."""
    started = time.perf_counter()
    try:
        book = Book(package)
        model = Model(book)
        changes = model.recalculated(request.as_of)
        written = _written(book, changes)
    except HedgeError as refusal:
        seconds = time.perf_counter() - started
        return package, Outcome("", status="refused", reason=str(refusal), seconds=seconds)
    values = {**model.cached, **changes}
    outcome = Outcome(
        "",
        status="done" if changes else "unchanged",
        seconds=time.perf_counter() - started,
        formulas=len(model.formulas),
        changed=len(changes),
        error_cells=tuple(
            model.name(where) for where in model.formulas if isinstance(values.get(where), CellError)
        ),
    )
    return written, outcome


def _written(book: Book, changes: Mapping[int, Value]) -> bytes:
    by_sheet: dict[int, dict[int, Value]] = {}
    for where, value in changes.items():
        by_sheet.setdefault(sheet_of(where), {})[where & KEY_MASK] = value
    parts = {}
    for sheet, values in by_sheet.items():
        xml = book.xml(sheet)
        new = patched(xml, book.cells(sheet), values)
        if new != xml:
            parts[book.sheets[sheet].part] = new
    return book.package.written(parts)
