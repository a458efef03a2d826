"""A table in a file: a header and rows, out of a text, a workbook or a Parquet file.

Python's own csv is strict and knows its lines; workbooks are read by the reader of saved books, with
its limits. Nothing is guessed but what separates the columns, which the header shows.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final

from workbook.cells import LATER_1904, Area, CellError, place, row_of
from workbook.errors import BookError
from workbook.files.storage import find_store
from workbook.request import Place
from workbook.xlsx.saved_book import SavedBook

LARGEST: Final = 64 * 2**20  # bytes of a file
LONGEST: Final = 200_000  # rows
BOMS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
SEP_LINE: Final = re.compile(r"\s*sep=(.)\s*\r?\n?", re.IGNORECASE)
COMMA_NUMBER: Final = re.compile(r"\s*[+-]?\d*,\d+([eE][+-]?\d+)?\s*")
UNNAMED: Final = re.compile(r"\s*|__index_level_\d+__|Unnamed: \d+")  # headers of an index without a name


class BadTable(BookError):
    """A file that can't be used; the message names file, line and column."""


@dataclass(frozen=True)
class TableFile:
    """A header and rows; each row says where it stands, for whoever has to mend it."""

    name: str
    header: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Any]]]
    shift: float = 0.0  # of dates that are numbers, to days since 1899-12-30


def read_table(at: Place, table: str) -> TableFile:
    """The table in a file; of a workbook the table of that name, or the first sheet that holds anything."""
    store, path = find_store(at)
    name = store.name(path)
    if fault := store.fault(path):
        raise BadTable(f"{name}: {fault}")
    content = store.read(path)
    if len(content) > LARGEST:
        raise BadTable(f"{name}: is larger than {LARGEST // 2**20} MB")
    match PurePath(path).suffix.lower():
        case ".xlsx" | ".xlsm":
            found = _of_book(name, content, table)
        case ".parquet":
            found = _of_parquet(name, content)
        case _:
            found = _of_text(name, content)
    if len(found.rows) > LONGEST:
        raise BadTable(f"{name}: has {len(found.rows):,} rows, and no more than {LONGEST:,} are read")
    return found


def _of_text(name: str, content: bytes) -> TableFile:
    text = _decoded(name, content)
    separated = SEP_LINE.match(text)
    if separated:
        text = text[separated.end() :]
    header = text.partition("\n")[0]
    by = separated[1] if separated else next((mark for mark in ";\t|" if mark in header), ",")
    skipped = 1 if separated else 0
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=by)
    rows: list[tuple[str, list[str]]] = []
    try:
        names = next(reader, [])
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((f"{name}, line {reader.line_num + skipped}", cells))
                if len(rows) > LONGEST:
                    break
    except csv.Error as error:
        raise BadTable(f"{name}, line {reader.line_num + skipped}: is no CSV: {error}") from None
    return TableFile(name, names, rows if by == "," else _with_points(name, rows))


def _decoded(name: str, content: bytes) -> str:
    encoding = next((encoding for bom, encoding in BOMS if content.startswith(bom)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise BadTable(f"{name}: is no text in UTF-8 or UTF-16") from None
    if "\0" in text:
        raise BadTable(f"{name}: is no text in UTF-8 or UTF-16 (save it with a byte-order mark)")
    return text


def _with_points(name: str, rows: list[tuple[str, list[str]]]) -> list[tuple[str, list[str]]]:
    """Decimal commas as points; a file that has both signs leaves open which is which."""
    cells = [cell for _, row in rows for cell in row]
    if not any(map(COMMA_NUMBER.fullmatch, cells)):
        return rows
    if any(re.fullmatch(r"\s*[+-]?\d*\.\d+\s*", cell) for cell in cells):
        raise BadTable(
            f"{name}: has numbers with a comma and numbers with a point: which is the decimal sign?"
        )
    return [
        (where, [cell.replace(",", ".") if COMMA_NUMBER.fullmatch(cell) else cell for cell in row])
        for where, row in rows
    ]


def _of_book(name: str, content: bytes, table: str) -> TableFile:
    try:
        book = SavedBook(content)
        area = _area(book, table)
        rows = list(_rows(name, book, area)) if area else []
    except BookError as refused:
        raise BadTable(f"{name}: {refused}") from None
    if not rows:
        raise BadTable(f"{name}: holds no table")
    (_, header), *body = rows
    names = ["" if cell is None else str(cell) for cell in header]
    return TableFile(name, names, body, LATER_1904 if book.date1904 else 0.0)


def _area(book: SavedBook, table: str) -> Area | None:
    found = book.tables.get(table.lower())
    if found is not None:
        return found.area
    for sheet, described in enumerate(book.sheets):
        if described.has_cells and book.cells(sheet).values:
            keys = book.cells(sheet).values
            last = max(keys)
            columns = [key - place(0, row_of(key), 0) for key in keys]
            return Area(sheet, row_of(min(keys)), min(columns), row_of(last), max(columns))
    return None


def _rows(name: str, book: SavedBook, area: Area) -> Iterator[tuple[str, list[Any]]]:
    values = book.cells(area.sheet).values
    for row in range(area.top, min(area.bottom, area.top + LONGEST + 1) + 1):
        cells = [values.get(place(0, row, column)) for column in range(area.left, area.right + 1)]
        where = f"{name}, {book.sheets[area.sheet].name} row {row}"
        for cell in cells:
            if isinstance(cell, CellError):
                raise BadTable(f"{where}: holds the error {cell}")
        if any(cell not in (None, "") for cell in cells):
            yield where, cells


def _of_parquet(name: str, content: bytes) -> TableFile:
    try:
        import pyarrow as pa  # noqa: PLC0415 - only who has Parquet needs the extra
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError:
        raise BadTable(f"{name}: to read Parquet, install microhedge[parquet]") from None
    try:
        file = parquet.ParquetFile(io.BytesIO(content))
        groups = [file.metadata.row_group(number) for number in range(file.metadata.num_row_groups)]
        if file.metadata.num_rows > LONGEST or sum(group.total_byte_size for group in groups) > 4 * LARGEST:
            raise BadTable(f"{name}: holds more than {LONGEST:,} rows, or too much in them")
        columns = file.read().to_pydict()
    except (pa.ArrowException, OSError) as error:
        raise BadTable(f"{name}: is no Parquet file ({str(error).partition(chr(10))[0]})") from None
    rows = zip(*columns.values(), strict=True)
    return TableFile(name, list(columns), [(f"{name}, row {at}", row) for at, row in enumerate(rows, 1)])
