"""The report of a run: a row a book, written as the books end, so that only the file grows.

The ending of the name chooses the kind: .csv, .jsonl, .parquet or .html. Rows go to NAME.partial,
which becomes NAME when the run has ended; a stopped run leaves the rows it had.
"""

import contextlib
import csv
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from workbook.batch.report_rows import COLUMNS, COUNTED, Add, flat, harmless, json_lines, unicode
from workbook.errors import BookError
from workbook.files.storage import find_store, lies_in
from workbook.layout import PLAN
from workbook.layout.schema import Field
from workbook.request import Cell, Outcome, Place

ROWS_AT_A_TIME: Final = 1_000


class BadReport(BookError):
    """A report that cannot be written as it was asked for."""


@contextlib.contextmanager
def open_report(place: Place, out: Place | None = None) -> Iterator[Add]:
    """Takes outcomes and makes the file; what the file was before stays until the run has ended.

    The folder that it lies in must be there, or be one of those that the run makes: `out` and below.
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
    with store.growing(path) as partial, write(partial) as add:
        yield add


@contextlib.contextmanager
def _write_json_lines(partial: Path) -> Iterator[Add]:
    with partial.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        yield json_lines(file)


@contextlib.contextmanager
def _write_csv(partial: Path) -> Iterator[Add]:
    # The byte-order mark tells Excel that the text is UTF-8.
    with partial.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="") as file:
        rows = csv.writer(file)
        rows.writerow((*COLUMNS, *PLAN.outputs))

        def add(outcome: Outcome) -> None:
            rows.writerow(harmless(cell) for cell in flat(outcome).values())
            file.flush()

        yield add


@contextlib.contextmanager
def _write_parquet(partial: Path) -> Iterator[Add]:
    try:
        import pyarrow as pa  # noqa: PLC0415 - only who asks for Parquet needs the extra
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError:
        raise BadReport("for a Parquet report, install microhedge[parquet]") from None
    counts = {"formulas", "changed", *COUNTED}
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
            row = flat(outcome) | {"path": unicode(outcome.path), "reason": unicode(outcome.reason)}
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
def _write_page(partial: Path) -> Iterator[Add]:
    """The page puts problems first, so the rows wait in a file of their own until the run has ended."""
    from workbook.batch.html_report import write_page  # noqa: PLC0415 - only who asks for a page needs it

    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="backslashreplace") as waiting:
        yield json_lines(waiting)
        with partial.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            write_page(file, waiting)


WRITERS: Final[Mapping[str, Callable[[Path], contextlib.AbstractContextManager[Add]]]] = {
    ".csv": _write_csv,
    ".jsonl": _write_json_lines,
    ".ndjson": _write_json_lines,
    ".parquet": _write_parquet,
    ".html": _write_page,
}
