"""Recalculation of one saved book: the cached values change, and nothing else in the package.

A book is read with limits, its inputs are taken, what they reach is evaluated and judged, the new
values are patched into the sheets' bytes, and the written book is read back.
"""

import gc
import os
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Final

from udfs.errors import HedgeError
from udfs.venue_files import beside
from workbook.cells import KEY_MASK, SHEET_BITS, Area, CellError, Value, sheet_of
from workbook.errors import BadPackage, BookError
from workbook.files.atomic_write import write_whole
from workbook.files.venue_tables import in_force, not_used
from workbook.recalc.evaluation import Model
from workbook.recalc.feed import remarks
from workbook.recalc.inputs import new_inputs
from workbook.recalc.plan_values import plan_values
from workbook.recalc.saved_by_google import is_by_google, restore_errors
from workbook.recalc.saved_by_libreoffice import is_by_libreoffice, restore_truths
from workbook.recalc.tall import in_columns, is_tall
from workbook.recalc.verification import Verdict, judged
from workbook.request import Cause, Outcome, Place, Request, Status
from workbook.xlsx.chart_points import charts_with
from workbook.xlsx.linked_shapes import shapes_with
from workbook.xlsx.saved_book import SavedBook
from workbook.xlsx.sheet_writer import patched
from workbook.xlsx.written_proof import SheetChange, prove_written
from workbook.xlsx.zip import Package, read_file

SIGNED: Final = (
    "is digitally signed, and other values would break the signature: "
    "take it out in Excel, or recalculate a copy without it"
)


def recalc_book(source: Place, target: Place, request: Request | None = None) -> Outcome:
    """Recalculate one book into a new file, or in place; written whole or not at all."""
    started = time.perf_counter()
    status: Status = "refused"
    try:
        saved = _saved(Path(source))
        content = read_file(Path(source))
        asked = request or Request()
        with beside(source) if asked.venues_beside else nullcontext():
            written, outcome = recalc_bytes(content, asked)
        if not asked.venues_beside and (said := not_used(source)):
            outcome = replace(outcome, reason="; ".join(filter(None, (outcome.reason, said))))
        status = "failed"
        if not outcome.is_problem:
            _refuse_newer(Path(source), Path(target), saved)
            write_whole(written, Path(source), Path(target))
    except (OSError, BadPackage) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        cause: Cause = "system" if isinstance(error, OSError) else error.cause
        outcome = Outcome("", status, f"{target}: {reason}" if status == "failed" else reason, cause)
    return replace(outcome, path=os.fspath(source), seconds=time.perf_counter() - started)


def _saved(source: Path) -> tuple[int, int]:
    found = source.stat()
    return found.st_size, found.st_mtime_ns


def _refuse_newer(source: Path, target: Path, saved: tuple[int, int]) -> None:
    if source.resolve() == target.resolve() and _saved(source) != saved:
        raise BadPackage("was saved by somebody while it was being recalculated")


def recalc_bytes(package: bytes, request: Request) -> tuple[bytes, Outcome]:
    """Recalculate a book in memory: its new bytes (the same ones if nothing changed) and the outcome."""
    started = time.perf_counter()
    collects = gc.isenabled()
    gc.disable()  # a book is hundreds of thousands of tuples: looking for cycles costs half of the time
    try:
        written, outcome = _recalculated(SavedBook(package), request)
    except HedgeError as refusal:
        cause: Cause = refusal.cause if isinstance(refusal, BookError) else "input"
        written, outcome = package, Outcome("", "refused", str(refusal), cause)
    except UnicodeEncodeError as half:  # what Excel's LEFT may leave of a letter: only Excel can hold it
        reason = f"a text of it holds half a letter ({half.object[half.start : half.end]!a})"
        written, outcome = package, Outcome("", "refused", reason, "package")
    finally:
        if collects:
            gc.enable()
    return written, replace(outcome, seconds=time.perf_counter() - started)


def _recalculated(book: SavedBook, request: Request) -> tuple[bytes, Outcome]:
    if is_tall(book) and (found := in_columns(book, request)) is not None:
        return found
    if is_by_libreoffice(book):
        restore_truths(book)
    elif is_by_google(book):
        restore_errors(book)
    model = Model(book, request.engine)
    inputs, fill = new_inputs(book, request)
    verdict = judged(model, inputs, request.as_of)
    facts = Outcome(
        "",
        "refused",
        formulas=len(model.formulas),
        unproven=tuple(map(model.program.name, sorted(verdict.unproven))),
        unknown_functions=model.program.unknown_functions,
        unpriced=fill.unpriced,
        venues=in_force(),
        **verdict.count._asdict(),
    )
    if verdict.blocked and not request.allow_stale:
        return book.package.content, replace(facts, reason=verdict.sentence(model), cause="unknowable")
    if verdict.changes and book.is_signed:
        return book.package.content, replace(facts, reason=SIGNED, cause="signed")
    shapes = shapes_with(book, verdict.changes)
    written = _written(book, verdict, shapes.parts)
    outputs, inputs_now, rows = plan_values(book, verdict.changes)
    return written, replace(
        facts,
        status="done" if verdict.changes else "unchanged",
        reason="; ".join([*remarks(fill), *_remarks(model, verdict, shapes.left)]),
        changed=len(verdict.changes),
        stale=tuple(map(model.program.name, sorted(verdict.blocked))),
        error_cells=tuple(map(model.program.name, _errors(book, verdict.changes))),
        outputs=outputs,
        inputs=inputs_now,
        rows=rows,
    )


def _remarks(model: Model, verdict: Verdict, left: Sequence[str]) -> list[str]:
    """What a person should know of a book that was written."""
    said = []
    if verdict.blocked:
        count = len(verdict.blocked)
        said.append(f"{verdict.sentence(model)}: kept {count} old value{'s' if count > 1 else ''}")
    if verdict.drawn:
        first = model.program.name(min(verdict.drawn))
        more = f" and {len(verdict.drawn) - 1} more" if len(verdict.drawn) > 1 else ""
        said.append(f"{first}{more}: drawn by chance, on which no second engine can vote")
    if model.formulas and len(model.missing) == len(model.formulas):
        said.append("had no cached values: evaluated whole, with nothing to compare")
    if left:
        shows = "shows" if len(left) == 1 else "show"
        said.append(f"{', '.join(left)} still {shows} the old values until Excel opens the book")
    return said


def _errors(book: SavedBook, changes: Mapping[int, Value]) -> list[int]:
    """The formulas that give an error value now."""
    found = {where for where, value in changes.items() if type(value) is CellError}
    for sheet in range(len(book.sheets)):
        places = (sheet << SHEET_BITS | key for key in book.cells(sheet).errors)
        found.update(where for where in places if where not in changes)
    return sorted(found)


def _written(book: SavedBook, verdict: Verdict, drawn: Mapping[str, bytes]) -> bytes:
    """The package with the new values, read back before anyone gets it."""
    values: dict[int, dict[int, Value]] = defaultdict(dict)
    areas: dict[int, dict[int, Area]] = defaultdict(dict)
    for where, value in verdict.changes.items():
        values[sheet_of(where)][where & KEY_MASK] = value
    for where, area in verdict.areas.items():
        areas[area.sheet][where & KEY_MASK] = area
    parts: dict[str, bytes] = {}
    for sheet in values.keys() | areas.keys():
        cells = book.cells(sheet)
        split = cells.split.replaced(values[sheet]) if cells.split and sheet not in areas else None
        xml = split.xml if split else patched(book.xml(sheet), cells, values[sheet], areas[sheet])
        parts[book.sheets[sheet].part] = xml
    if parts:
        parts |= {**charts_with(book, verdict.changes), **drawn}
    written = book.package.written(parts)
    if parts:
        _prove(book, Package(written), values, areas)
    return written


def _prove(
    book: SavedBook,
    written: Package,
    values: Mapping[int, Mapping[int, Value]],
    areas: Mapping[int, Mapping[int, Area]],
) -> None:
    """The written package opens, its changed sheets hold what was computed, and all else is as before."""
    for sheet in values.keys() | areas.keys():
        after = written.read(book.sheets[sheet].part)
        change = SheetChange(values.get(sheet, {}), areas.get(sheet, {}))
        prove_written(book.xml(sheet), after, change, book.sheets[sheet].name)
