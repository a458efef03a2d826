"""The report of a run: a row a book, written as the books end, so that only the file grows.

The ending of the name chooses the kind: .csv, .jsonl, .parquet or .html. Rows go to NAME.partial,
which becomes NAME when the run has ended; a stopped run leaves the rows it had.
"""

import contextlib
import csv
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TextIO

from workbook.errors import BookError
from workbook.layout import PLAN
from workbook.record import Field
from workbook.request import Cell, Outcome, Place
from workbook.storage import find_store, lies_in

Add = Callable[[Outcome], None]

COUNTED: Final = ("stale", "unproven", "error_cells")
COLUMNS: Final = (
    "path",
    "status",
    "reason",
    "seconds",
    "formulas",
    "changed",
    "stale",
    "unproven",
    "unknown_functions",
    "error_cells",
)
FORMULA_STARTS: Final = (*"=+-@\t\r\n", *"\uff1d\uff0b\uff0d\uff20")  # the last four are full-width
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


def json_lines(file: TextIO) -> Add:
    """Every field of an outcome, cells named one by one; flushed row by row for whoever reads along."""

    def add(outcome: Outcome) -> None:
        print(outcome.to_json(), file=file, flush=True)

    return add


def flat(outcome: Outcome) -> dict[str, Cell]:
    """The row of a table: cells are counted (the reason names them), results have columns of their own."""
    row: dict[str, Any] = outcome.as_row()
    results: Mapping[str, Cell] = row.pop("outputs")
    for name in COUNTED:
        row[name] = len(row[name])
    row["unknown_functions"] = ", ".join(row["unknown_functions"])
    return row | {name: results.get(name) for name in PLAN.outputs}


def harmless(cell: Cell) -> Cell:
    """A text that a spreadsheet would take for a formula, marked as text the way spreadsheets do."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


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


def unicode(text: str) -> str:
    """A name that is no Unicode, as files may have, with its odd bytes spelled out."""
    return text.encode(errors="backslashreplace").decode()


@contextlib.contextmanager
def _write_page(partial: Path) -> Iterator[Add]:
    """The page puts problems first, so the rows wait in a file of their own until the run has ended."""
    from workbook.page import write_page  # noqa: PLC0415 - only who asks for a page needs it

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
