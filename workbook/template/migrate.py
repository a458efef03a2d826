"""Migration: a plan's inputs into a new book of the present template; the old book is kept beside it.

Inputs are found by name, table and column, as they stand in the old book, whatever its version. What
the present template has no place for is said in words; nothing of it is lost, for the old book stays.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Final

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from workbook.cells import Value
from workbook.errors import BookError
from workbook.files.atomic_write import write_whole
from workbook.files.local import Local
from workbook.layout.schema import Port, Table
from workbook.native.editions import NATIVE, EditionName
from workbook.plan.saved import SavedPlan, opened
from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request
from workbook.template import bare_bytes
from workbook.template.examples import ExampleBook, example
from workbook.validate import check_book
from workbook.validate.kinds import SENTENCES

ENDING: Final = ".xlsx"
FORMER: Final = frozenset((("Journal", "review in"), ("Journal", "expires in")))  # calculated by template 1


@dataclass(frozen=True)
class Migration:
    """What came of a migration: the new book, where the old one is kept, what was taken and what was not."""

    book: Path
    kept: Path
    taken: int
    left: tuple[str, ...]


def migrate_book(
    path: str | PathLike[str], as_of: dt.datetime | None = None, edition: EditionName | None = None
) -> Migration | None:
    """Bring a plan to the present template, in its own edition or another.

    None if it is of that version and edition and stands as it should.
    """
    old = Path(path)
    lock = Local().open_elsewhere(str(old.resolve()))
    if lock is not None:
        raise BookError(f"{old}: somebody has it open ({lock} lies beside it)")
    with opened(old) as saved:
        if not saved.is_plan:
            raise BookError(f"{old}: is no plan of microhedge; `microhedge new BOOK` makes one")
        wanted = edition or saved.edition
        is_current = saved.version == saved.plan.version and wanted == saved.edition
        if is_current and not _is_broken(old):
            return None
        package, taken, left = _made_anew(saved, old, wanted, as_of)
    book = old.with_suffix(ENDING)
    if book != old and book.exists():
        raise BookError(f"{old}: the new book would be {book}, which exists already")
    kept = old if book != old else _beside(old, saved.version or "unknown")
    if kept != old:
        write_whole(old.read_bytes(), old, kept)
    try:
        write_whole(package, old, book)
    except BaseException:
        if kept != old:
            kept.unlink()  # the old book is still the old book
        raise
    return Migration(book, kept, taken, left)


def share_book(
    path: str | PathLike[str], target: str | PathLike[str], as_of: dt.datetime | None = None
) -> tuple[str, ...]:
    """Write a plan's native edition beside it, for whoever has no add-in; says what was not taken."""
    old, new = Path(path), Path(target)
    if new.suffix.lower() != ENDING:
        raise BookError(f"{new}: a shared book is an .xlsx file")
    if new.exists():
        raise BookError(f"{new}: exists already")
    with opened(old) as saved:
        if not saved.is_plan:
            raise BookError(f"{old}: is no plan of microhedge; `microhedge new BOOK` makes one")
        package, _, left = _made_anew(saved, old, NATIVE, as_of)
    write_whole(package, None, new)
    return left


def _made_anew(
    saved: SavedPlan, old: Path, edition: EditionName, as_of: dt.datetime | None
) -> tuple[bytes, int, tuple[str, ...]]:
    """A new book with the inputs of a saved one; how many there were, and what was not taken."""
    moved = _Inputs(saved)
    chosen = ExampleBook(fields=moved.fields(), tables=moved.tables())
    package, outcome = recalc_bytes(bare_bytes(chosen, edition), Request(as_of=as_of))
    if outcome.is_problem:
        raise BookError(f"{old}: its inputs do not calculate in a new book: {outcome.reason}")
    return package, moved.taken, (*moved.left, *_own_sheets(saved))


def _is_broken(path: Path) -> bool:
    """Whether formulas, names or tables of the book are not the template's any more."""
    return any(SENTENCES[finding.kind].is_broken for finding in check_book(path))


class _Inputs:
    """The inputs of an old book, read by the present layout's names; counts what it takes."""

    def __init__(self, saved: SavedPlan) -> None:
        self.saved = saved
        self.taken = 0
        self.left: list[str] = []

    def fields(self) -> Mapping[str, Value]:
        """The named inputs that the old book has; the others keep a new book's default."""
        found: dict[str, Value] = {}
        for name, field in self.saved.plan.inputs.items():
            area = self.saved.places.get(name)
            if area is None:
                self.left.append(
                    f"{field.label} ({name}) is not in the old book: the new one has its default"
                )
            else:
                found[name] = self._take(area.sheet, area.top, area.left, f"{field.label} ({name})")
        return found

    def tables(self) -> Mapping[str, tuple[tuple[Value, ...], ...]]:
        """The rows of every table that people fill in; tables of constants are a new book's."""
        fresh = example("blank").tables
        found: dict[str, tuple[tuple[Value, ...], ...]] = {}
        for name, table in self.saved.plan.tables.items():
            given = [column for column in table.columns if column.formula is None]
            if not given:
                continue  # steps of a native book
            if not all(column.is_input for column in given) or self.saved.table(name) is None:
                if name in fresh:
                    found[name] = tuple(tuple(row) for row in fresh[name])
                if all(column.is_input for column in given):
                    self.left.append(
                        f"the table {name} is not in the old book: the new one has a blank plan's"
                    )
                continue
            found[name] = tuple(self._rows(name, table, given))
            self._own_columns(name, table)
        return found

    def _rows(self, name: str, table: Table, given: Sequence[Port]) -> Iterator[tuple[Value, ...]]:
        here = self.saved.table(name)
        assert here is not None  # noqa: S101 - the caller looked
        places = [self.saved.column(name, column.name) for column in given]
        for column, place in zip(given, places, strict=True):
            if place is None:
                self.left.append(f"{name}: the old book has no column {column.name}, which stays blank")
        for number, row in enumerate(self.saved.used(here.data), 1):
            cells = tuple(
                place and self._take(place.sheet, row, place.left, f"{name}, row {number}")
                for place in places
            )
            if number <= table.rows:
                yield cells
            elif any(cell not in (None, "") for cell in cells):
                said = ", ".join(str(cell) for cell in cells if cell not in (None, ""))
                self.left.append(f"{name}: row {number} has no room in the new book: {said}")

    def _own_columns(self, name: str, table: Table) -> None:
        here = self.saved.table(name)
        known = {column.header.lower() for column in table.columns}
        for header in here.columns if here else ():
            if header.lower() not in known and (name, header.lower()) not in FORMER:
                self.left.append(f"{name}: the column {header} is no part of the template")

    def _take(self, sheet: int, row: int, column: int, what: str) -> Value:
        value = self.saved.at(sheet, row, column)
        if self.saved.formula(sheet, row, column) is not None:
            self.left.append(f"{what}: the formula of the old book; its value was taken")
        if isinstance(value, str) and ILLEGAL_CHARACTERS_RE.search(value):
            self.left.append(f"{what}: control characters, which no new book can hold; the rest was taken")
            value = ILLEGAL_CHARACTERS_RE.sub("", value)
        if value not in (None, ""):
            self.taken += 1
        return value


def _own_sheets(saved: SavedPlan) -> Iterator[str]:
    """Sheets of the old book that hold nothing of the plan."""
    used = {area.sheet for area in saved.places.values()}
    used |= {found.area.sheet for name in saved.plan.tables if (found := saved.table(name))}
    known = {sheet.name.lower() for sheet in saved.plan.sheets}
    for number, sheet in enumerate(saved.book.sheets):
        if number not in used and sheet.name.lower() not in known:
            yield f"the sheet {sheet.name} is no part of the template"


def _beside(old: Path, version: str) -> Path:
    """A free name beside the old book that says its version."""
    word = "".join(sign if sign.isalnum() or sign in ".-" else "-" for sign in version)
    for number in range(1, 1000):
        again = f" {number}" if number > 1 else ""
        kept = old.with_name(f"{old.stem} (template {word}{again}){old.suffix}")
        if not kept.exists():
            return kept
    raise BookError(f"{old}: there are a thousand old books beside it already")
