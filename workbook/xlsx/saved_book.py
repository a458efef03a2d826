"""A saved book as its package describes it: sheets, names, tables, shared texts, calculation settings.

Only the small parts go through an XML parser (`workbook.xlsx.parts`); the sheets themselves are read by
`workbook.xlsx.sheet_reader`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Final

from udfs import REGISTRY
from workbook.cells import COLUMN_BITS, Area, Value, area_of
from workbook.errors import BadPackage
from workbook.formula.grammar import Grammar
from workbook.formula.linked_books import Link
from workbook.formula.structured_references import BookTable
from workbook.memory import lasting, remembered
from workbook.xlsx.external_links import Kept, kept
from workbook.xlsx.other_formats import other_package
from workbook.xlsx.parts import children, identity, relations, rooted
from workbook.xlsx.shared_texts import Texts, texts_of
from workbook.xlsx.sheet_memo import read_cells
from workbook.xlsx.sheet_reader import Cells
from workbook.xlsx.xml_text import attributes_of, string_of
from workbook.xlsx.zip import Fingerprint, Package

NO_NAME: Final = re.compile(r"[\\/?*:\[\]\x00-\x1f]")
MERGED: Final = re.compile(rb"<(?:\w+:)?mergeCell\s[^<>]*>")
BUILT_IN: Final = "_xlnm."
SCOPE: Final = re.compile("[0-9]{1,6}")
SMALL: Final = 256 << 10  # compressed bytes of a sheet, and of its texts, that are worth remembering
TEXTS: Final = 4 << 20  # bytes of shared texts that are remembered
ABROAD: Final = 5_000  # sheets of other books
SHEETS: Final = 48  # that are remembered
REMEMBERED: Final = 32 << 20  # bytes of all of them, inflated

_sheets: dict[tuple[int, bool, Fingerprint, Fingerprint | None], Cells] = lasting({})


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of the book; one without cells (a chart sheet, a macro sheet) has no place for values."""

    name: str
    part: str
    has_cells: bool


@dataclass(frozen=True, eq=False, slots=True)
class Record:
    """What a workbook part says; one object for all books that say the same."""

    sheets: tuple[tuple[str, str], ...]  # name and relation
    links: tuple[str, ...]  # relations of the books that formulas call [1], [2] and so on
    names: Mapping[tuple[int | None, str], str]
    date1904: bool
    rounds: bool  # Excel calculates with what its cells show
    repeats: str  # how often Excel goes round a circle of formulas at most; nothing where it refuses them


@remembered(16)
def _record(xml: bytes, part: str) -> Record:
    root = rooted(xml, part, "workbook")
    names: dict[tuple[int | None, str], str] = {}
    for name in children(root, "definedNames", "definedName"):
        scope = name.get("localSheetId")
        if scope is None or SCOPE.fullmatch(scope):
            key = None if scope is None else int(scope), name.get("name", "").lower()
            is_own = key[1].startswith(BUILT_IN)  # LibreOffice saves what to print on each page twice
            if names.setdefault(key, name.text or "") != (name.text or "") and not is_own:
                raise BadPackage(f"the name {name.get('name')} is defined twice")
    return Record(
        tuple((sheet.get("name", ""), identity(sheet)) for sheet in children(root, "sheets", "sheet")),
        tuple(map(identity, children(root, "externalReferences", "externalReference"))),
        MappingProxyType(names),
        any(properties.get("date1904") in ("1", "true") for properties in children(root, "workbookPr")),
        any(setting.get("fullPrecision") in ("0", "false") for setting in children(root, "calcPr")),
        next(
            (
                setting.get("iterateCount", "100")
                for setting in children(root, "calcPr")
                if setting.get("iterate") in ("1", "true")
            ),
            "",
        ),
    )


@remembered(256)
def _table(xml: bytes, part: str, sheet: int) -> BookTable:
    root = rooted(xml, part, "table")
    area = area_of(root.get("ref", ""), sheet)
    if area is None:
        raise BadPackage(f"the table in the part {part} has no range")
    columns = tuple(
        string_of(column.get("name", "").encode()) for column in children(root, "tableColumns", "tableColumn")
    )
    name = root.get("displayName") or root.get("name") or ""
    try:
        headers, totals = int(root.get("headerRowCount", "1")), int(root.get("totalsRowCount", "0"))
    except ValueError:
        raise BadPackage(f"the table {name} has no count of its rows") from None
    return BookTable(name, area, columns, headers, totals)


@remembered(16)
def _grammar(record: Record, tables: tuple[BookTable, ...], links: tuple[Link, ...]) -> Grammar:
    sheets = [name for name, _ in record.sheets]
    known = {table.name.lower(): table for table in tables}
    return Grammar(sheets, record.names, known, frozenset(REGISTRY), links)


class SavedBook:
    """One saved book, its parts read when they are asked for."""

    def __init__(self, content: bytes) -> None:
        self.package = Package(content)
        self.part = self._workbook_part()
        self._record = _record(self.package.read(self.part), self.part)
        self._related = relations(self.package, self.part)
        self.sheets = tuple(self._sheets())
        _check_sheets(self.sheets)
        self._xml: dict[int, bytes] = {}
        self._cells: dict[int, Cells] = {}

    @property
    def date1904(self) -> bool:
        """Whether day 0 is 1904-01-01."""
        return self._record.date1904

    @property
    def rounds(self) -> bool:
        """Whether Excel rounds each value to what its cell shows ("precision as displayed")."""
        return self._record.rounds

    @property
    def repeats(self) -> str:
        """How often Excel goes round a circle of formulas at most; nothing where it refuses circles."""
        return self._record.repeats

    @property
    def names(self) -> Mapping[tuple[int | None, str], str]:
        """What the defined names refer to, by scope and lower-case name."""
        return self._record.names

    @cached_property
    def tables(self) -> Mapping[str, BookTable]:
        """The tables of all sheets, by lower-case name."""
        found = {}
        for number, sheet in enumerate(self.sheets):
            if not sheet.has_cells:
                continue
            for _, kind, part in relations(self.package, sheet.part):
                if kind == "table":
                    table = _table(self.package.read(part), part, number)
                    found[table.name.lower()] = table
        return found

    @cached_property
    def is_signed(self) -> bool:
        """Whether the package carries a digital signature, which holds for its parts as they are."""
        origins = [part for _, kind, part in relations(self.package, "") if kind == "origin"]
        return any(kind == "signature" for part in origins for _, kind, _ in relations(self.package, part))

    def bars_spills(self, area: Area) -> str:
        """What Excel spills no array over though its cells are blank: a table, merged cells."""
        for table in self.tables.values():
            if table.area.meets(area):
                return f"the table {table.name}"
        for tag in MERGED.finditer(self.xml(area.sheet), self.cells(area.sheet).end):
            merged = area_of(attributes_of(tag[0]).get(b"ref", b"").decode(errors="replace"), area.sheet)
            if merged is not None and merged.meets(area):
                return "merged cells"
        return ""

    @cached_property
    def grammar(self) -> Grammar:
        """What the words of the book's formulas mean; books of one template share it."""
        links = tuple(one.link for one in self._links)
        return _grammar(self._record, tuple(self.tables.values()), links)

    def xml(self, sheet: int) -> bytes:
        """A sheet's bytes."""
        if sheet not in self._xml:
            split = self._cells[sheet].split if sheet in self._cells else None
            self._xml[sheet] = split.xml if split else self.package.read(self.sheets[sheet].part)
        return self._xml[sheet]

    def cells(self, sheet: int) -> Cells:
        """What a sheet's cells hold; the sheets of other books come after the book's own."""
        if sheet >= len(self.sheets):
            return self._kept_cells[sheet - len(self.sheets)]
        if sheet not in self._cells:
            self._cells[sheet] = self._remembered(sheet) if self.sheets[sheet].has_cells else Cells()
        return self._cells[sheet]

    def _remembered(self, sheet: int) -> Cells:
        """The cells of a sheet that the last books had as well, byte for byte, or else those just read."""
        fingerprint = self.package.fingerprint(self.sheets[sheet].part)
        texts = self._texts_fingerprint
        if (
            len(fingerprint.packed) > SMALL
            or fingerprint.size > REMEMBERED
            or (texts is not None and len(texts.packed) > SMALL)
        ):
            return self.scanned(sheet, self.xml(sheet))
        key = sheet, self.date1904, fingerprint, texts
        cells = _sheets.pop(key, None)
        if cells is None:
            cells = self.scanned(sheet, self.xml(sheet))
            while (
                len(_sheets) >= SHEETS
                or sum(one.size for _, _, one, _ in _sheets) + fingerprint.size > REMEMBERED
            ):
                del _sheets[next(iter(_sheets))]
        _sheets[key] = cells  # the last one used comes last
        return cells

    def scanned(self, sheet: int, xml: bytes) -> Cells:
        """The cells in some bytes of a sheet: those of the book, or those that are to replace them."""
        if not self.sheets[sheet].has_cells:
            return Cells()
        try:
            return read_cells(xml, sheet, self.texts, self.package.limits.cells, date1904=self.date1904)
        except BadPackage as error:
            raise BadPackage(f"the sheet {self.sheets[sheet].name} can't be read: {error}") from None
        except UnicodeDecodeError:
            raise BadPackage(f"the sheet {self.sheets[sheet].name} can't be read: it is not UTF-8") from None

    def retell(self, sheet: int, values: Mapping[int, Value]) -> None:
        """Let some cells of a sheet hold other values than its bytes say."""
        cells = self.cells(sheet)
        self._cells[sheet] = replace(cells, values={**cells.values, **values}, base=None)

    def value(self, area: Area) -> Value:
        """The cached value of a cell."""
        return self.cells(area.sheet).values.get(area.top << COLUMN_BITS | area.left)

    @cached_property
    def _links(self) -> tuple[Kept, ...]:
        parts = {relation: part for relation, kind, part in self._related if kind == "externalLink"}
        found: list[Kept] = []
        sheets = 0
        for relation in self._record.links:
            found.append(kept(self.package, parts.get(relation, "")))
            sheets += len(found[-1].link.sheets)
            if sheets > ABROAD:
                raise BadPackage(f"it refers to books of more than {ABROAD} sheets")
        return tuple(found)

    @cached_property
    def _kept_cells(self) -> tuple[Cells, ...]:
        return tuple(Cells(dict(values)) for link in self._links for values in link.values)

    @cached_property
    def _texts_fingerprint(self) -> Fingerprint | None:
        return self.package.fingerprint(self._texts_part) if self._texts_part else None

    @cached_property
    def texts(self) -> Texts:
        """The shared texts."""
        xml = self.package.read(self._texts_part) if self._texts_part else b""
        return texts_of(xml) if len(xml) <= TEXTS else Texts(xml)

    @cached_property
    def _texts_part(self) -> str:
        """The part that holds the shared texts; nothing for a book that has none."""
        parts = {part for _, kind, part in self._related if kind == "sharedStrings" and part in self.package}
        if len(parts) > 1:
            raise BadPackage("the book has two parts of shared texts")
        return next(iter(parts), "")

    def _workbook_part(self) -> str:
        main = {part for _, kind, part in relations(self.package, "") if kind == "officeDocument"}
        if len(main) != 1:
            other = "" if main else other_package(self.package.entries)
            raise BadPackage(other or "the file is no workbook: it names no main part, or several")
        part = main.pop()
        if part.endswith(".bin"):
            raise BadPackage("the book is in Excel's binary format (.xlsb): save it as .xlsx")
        return self.package.exact(part)

    def _sheets(self) -> Iterator[Sheet]:
        parts = {relation: (kind, part) for relation, kind, part in self._related}
        for name, relation in self._record.sheets:
            kind, part = parts.get(relation, ("", ""))
            has_cells = kind == "worksheet"
            if has_cells:
                part = self.package.exact(part)
            yield Sheet(name, part, has_cells)


def _check_sheets(sheets: Sequence[Sheet]) -> None:
    """No program saves sheets without a name of its own, or two sheets in one part."""
    if not sheets:
        raise BadPackage("the book has no sheets")
    names = {sheet.name.lower() for sheet in sheets}
    parts = {sheet.part for sheet in sheets if sheet.has_cells}
    if len(names) < len(sheets) or any(not name or NO_NAME.search(name) for name in names):
        raise BadPackage("two sheets have the same name, or one has a name that no sheet can have")
    if len(parts) < sum(sheet.has_cells for sheet in sheets):
        raise BadPackage("two sheets of the book are the same part")
