"""The report of a run: one row per book, written as the books end, so that only the file grows.

The ending of the name chooses the kind: .csv, .jsonl, .parquet, .xlsx or .html. Rows go to NAME.partial,
which becomes NAME when the run has ended; a stopped run leaves the rows it had.
"""

import contextlib
import csv
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from workbook.batch.pools import BadRun
from workbook.batch.report_rows import (
    COLUMNS,
    COUNTED,
    TRUSTED,
    Add,
    harmless,
    json_lines,
    table_row,
    unicode,
)
from workbook.files.storage import find_store, lies_in
from workbook.files.store import Store
from workbook.layout import PLAN
from workbook.layout.schema import Field
from workbook.report.run_facts import RunFacts
from workbook.report.run_state import RunState, state_of
from workbook.request import Cell, Outcome, Place

ROWS_AT_A_TIME: Final = 1_000


class BadReport(BadRun):
    """A report that can't be written as it was asked for."""


Keep = Callable[[RunState], None]


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says besides its rows."""

    facts: RunFacts
    keep: Keep | None = None
    below: str | None = None  # from the page to the working folder, which the names of books are relative to


@contextlib.contextmanager
def open_report(
    place: Place, out: Place | None = None, facts: RunFacts | None = None, keep: Keep | None = None
) -> Iterator[Add]:
    """Takes outcomes and makes the file; what the file was before stays until the run has ended.

    A page says the `facts` of the run, and hands what the next one is compared with to `keep`. The
    folder that it lies in must be there, or be one of those that the run makes: `out` and below.
    """
    store, path = find_store(place)
    write = WRITERS.get(Path(path).suffix.lower())
    if write is None:
        raise BadReport(f"{store.name(path)}: a report ends in {', '.join(WRITERS)}")
    if fault := store.obstacle(path):
        raise BadReport(fault)
    missing = store.missing_folder(path)
    if missing and not (out is not None and lies_in(path, find_store(out)[1])):
        raise BadReport(f"{store.name(path)}: there is no folder {missing}")
    page = Page(facts or RunFacts(datetime.now(UTC)), keep, _way(store, path))
    with store.growing(path) as partial, write(partial, page) as add:
        yield add


def _way(store: Store, path: str) -> str | None:
    """The way from the folder of a page to the working folder; None where there is none."""
    if not store.is_local:
        return None
    try:
        way = os.path.relpath(Path.cwd(), Path(path).parent).replace(os.sep, "/")
    except ValueError:  # another drive
        return None
    return "" if way == "." else f"{way}/"


@contextlib.contextmanager
def _write_json_lines(partial: Path, page: Page) -> Iterator[Add]:
    del page
    with partial.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        yield json_lines(file)


@contextlib.contextmanager
def _write_csv(partial: Path, page: Page) -> Iterator[Add]:
    del page
    # The byte-order mark tells Excel that the text is UTF-8.
    with partial.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="") as file:
        rows = csv.writer(file)
        rows.writerow((*COLUMNS, *PLAN.outputs))

        def add(outcome: Outcome) -> None:
            rows.writerow(harmless(cell) for cell in table_row(outcome).values())
            file.flush()

        yield add


@contextlib.contextmanager
def _write_parquet(partial: Path, page: Page) -> Iterator[Add]:
    del page
    try:
        import pyarrow as pa  # noqa: PLC0415 - only who asks for Parquet needs the extra
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError:
        raise BadReport("for a Parquet report, install microhedge[parquet]") from None
    counts = {"formulas", "changed", *COUNTED, *TRUSTED}
    fields = [(name, pa.int64() if name in counts else pa.string()) for name in COLUMNS]
    fields[COLUMNS.index("seconds")] = ("seconds", pa.float64())
    kinds = {"number": pa.float64(), "flag": pa.bool_()}
    fields += [(name, kinds.get(field.kind, pa.string())) for name, field in PLAN.outputs.items()]
    schema = pa.schema(fields)
    rows: list[dict[str, Cell]] = []

    with parquet.ParquetWriter(partial, schema) as file:

        def flush() -> None:
            file.write_table(pa.Table.from_pylist(rows, schema=schema))
            rows.clear()

        def add(outcome: Outcome) -> None:
            row = table_row(outcome) | {"path": unicode(outcome.path), "reason": unicode(outcome.reason)}
            rows.append(row | {name: _typed(field, row[name]) for name, field in PLAN.outputs.items()})
            if len(rows) >= ROWS_AT_A_TIME:
                flush()

        yield add
        flush()


def _typed(field: Field, cell: Cell) -> Cell:
    """A column of numbers holds no words: an error or a blank among them is null."""
    match field.kind:
        case "number":
            return float(cell) if isinstance(cell, (int, float)) and not isinstance(cell, bool) else None
        case "flag":
            return cell if isinstance(cell, bool) else None
        case _:
            return None if cell is None else unicode(str(cell))


@contextlib.contextmanager
def _write_book(partial: Path, page: Page) -> Iterator[Add]:
    del page
    from workbook.batch.xlsx_report import write_workbook  # noqa: PLC0415 - only who asks for it needs openpyxl

    with write_workbook(partial) as add:
        yield add


@contextlib.contextmanager
def _write_page(partial: Path, page: Page) -> Iterator[Add]:
    """The page puts problems first, so the rows wait in a file of their own until the run has ended."""
    from workbook.report.page import book_rows, write_page  # noqa: PLC0415 - only who asks for a page needs it

    begun = time.monotonic()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="backslashreplace") as waiting:
        yield json_lines(waiting)
        waiting.seek(0)
        rows = book_rows(map(Outcome.from_json, waiting), page.facts, page.below)
    with partial.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        write_page(file, rows, page.facts, time.monotonic() - begun)
    if page.keep:
        page.keep(state_of(page.facts.at, page.facts.prices, rows))


WRITERS: Final[Mapping[str, Callable[[Path, Page], contextlib.AbstractContextManager[Add]]]] = {
    ".csv": _write_csv,
    ".jsonl": _write_json_lines,
    ".ndjson": _write_json_lines,
    ".parquet": _write_parquet,
    ".xlsx": _write_book,
    ".html": _write_page,
}
