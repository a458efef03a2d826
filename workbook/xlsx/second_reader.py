"""A second reading of the sheets and of the shared texts, by an XML parser.

`sheet_reader` reads by pattern, because it has to know where the bytes lie. What it misreads would be
computed with and written: so each sheet of a new form is read here too, with nothing in common but the
bytes, and a book of which the two say different things is refused. No value is decoded by code of the
first reader's.
"""

import datetime as dt
import io
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple, Protocol

from lxml import etree

from workbook.cells import COLUMN_BITS, COLUMN_MASK, CellError, Value, address, same
from workbook.errors import BadPackage
from workbook.memory import remembered
from workbook.xlsx.parts import MAIN

NAME: Final = re.compile("([A-Za-z]{1,3})([1-9][0-9]{0,6})")
LETTERS: Final = re.compile("[A-Za-z]{1,3}")
RANGE: Final = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Za-z]{1,3})\$?([0-9]{1,7}))?")
ESCAPE: Final = re.compile("_x([0-9A-Fa-f]{4})_")
INDEX: Final = re.compile(r"\s*[0-9]+\s*", re.ASCII)
TRUTHS: Final = {"0": False, "false": False, "1": True, "true": True}
DAY: Final = dt.timedelta(days=1)
DAY_0, DAY_0_1904 = dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1)
LEAP: Final = 61  # the serial number of 1 March 1900: Excel's calendar has a day too many before it

Shared = Callable[[int], str]


class Told(NamedTuple):
    """A formula as a parser finds it."""

    text: str
    kind: str
    corners: tuple[int, ...]  # of what an array or a what-if table fills
    dynamic: bool
    origin: int


class Tags(NamedTuple):
    """The names of elements in one namespace."""

    cell: str
    value: str
    formula: str
    inline: str
    run: str
    text: str


class Known(Protocol):
    """A formula as the first reader has it."""

    @property
    def text(self) -> str:
        """Its text."""

    @property
    def kind(self) -> str:
        """An array, a what-if table, or nothing."""

    @property
    def area(self) -> tuple[int, ...] | None:
        """What it fills, after the number of the sheet."""

    @property
    def dynamic(self) -> bool:
        """Whether it spills."""

    @property
    def origin(self) -> int:
        """The cell for which its text is written."""


def prove_texts(xml: bytes, texts: Shared, count: int) -> None:
    """Refuse shared texts that a parser reads otherwise than these."""
    try:
        root = parsed(xml)
    except etree.XMLSyntaxError as error:
        raise BadPackage(f"they are no well-formed XML: {error}") from None
    space = _space(root, "sst")
    tags = tags_of(space)
    number = -1
    for number, item in enumerate(root.iterchildren(space + "si")):
        if number >= count or texts(number) != _rich(item, tags):
            raise BadPackage(f"text {number} reads otherwise to an XML parser")
    if number + 1 != count:
        raise BadPackage(f"text {number + 1} reads otherwise to an XML parser")


def prove_strings(read: Mapping[bytes, Value]) -> None:
    """Refuse texts of cells, given as they stand in the sheet, that a parser reads otherwise."""
    whole = b"<x>" + b"".join([b"<t>" + raw + b"</t>" for raw in read]) + b"</x>"
    try:
        found = [_unescaped(text.text or "") for text in parsed(whole)]
    except etree.XMLSyntaxError as error:
        raise BadPackage(f"a text is no well-formed XML: {error}") from None
    if found != list(read.values()):
        raise BadPackage("a text reads otherwise to an XML parser")


def prove_cells(
    xml: bytes,
    values: Mapping[int, Value],
    formulas: Mapping[int, Known],
    shared: Shared,
    *,
    date1904: bool,
) -> None:
    """Refuse a sheet whose cells a parser reads otherwise than so."""
    count = found = 0
    for key, value, told in _cells(xml, shared, date1904=date1904):
        if not same(values.get(key), value) or not _alike(formulas.get(key), told):
            raise BadPackage(f"{_name(key)} reads otherwise to an XML parser")
        count += value is not None
        found += told is not None
    if count != len(values) or found != len(formulas):
        raise BadPackage("it has cells that an XML parser does not find")


def parsed(xml: bytes) -> etree._Element:
    """The root of some XML; entities, the network and depth are shut off."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(xml, parser)


def row_elements(xml: bytes) -> "etree.iterparse[tuple[str, etree._Element]]":
    """What is named like a row, one after another."""
    options = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
    return etree.iterparse(io.BytesIO(xml), tag="{*}row", **options)


def _alike(known: Known | None, told: Told | None) -> bool:
    if known is None or told is None:
        return known is None and told is None
    if known.kind != told.kind or known.origin != told.origin or known.dynamic != told.dynamic:
        return False
    if told.kind and tuple(known.area or ())[1:] != told.corners:
        return False
    return told.kind == "dataTable" or known.text == told.text


@remembered(16)
def tags_of(space: str) -> Tags:
    """The names of the elements of a namespace."""
    return Tags(*(space + name for name in ("c", "v", "f", "is", "r", "t")))


def fields_of(cell: etree._Element) -> dict[str, etree._Element]:
    """What a cell holds, by name: each once."""
    fields = {child.tag: child for child in cell}
    if len(fields) < len(cell):
        raise BadPackage("a cell holds a thing twice")
    return fields


def value_of(
    cell: etree._Element, fields: Mapping[str, etree._Element], tags: Tags, shared: Shared, *, date1904: bool
) -> Value:
    """The value of a cell that holds these fields."""
    content, kind = fields.get(tags.value), cell.get("t", "n")
    if tags.inline in fields:
        if kind != "inlineStr" or content is not None:
            raise BadPackage("a cell holds a text beside or instead of its value")
        return _rich(fields[tags.inline], tags)
    if content is None:
        return "" if kind == "str" and tags.formula in fields else None
    if len(content):
        raise BadPackage("a cell holds elements for a value")
    text = content.text or ""
    return _number(text) if kind == "n" else _decoded(kind, text, shared, date1904=date1904)


def _number(text: str) -> float | None:
    if not text:
        return None
    number = float("?" if "_" in text or not text.isascii() else text)
    if number - number:  # not 0: it is infinite or no number
        raise ValueError
    return number


def _decoded(kind: str, text: str, shared: Shared, *, date1904: bool) -> Value:
    if kind == "str":
        return _unescaped(text)
    if kind == "s" and INDEX.fullmatch(text):
        return shared(int(text))
    if kind == "b" and text.strip() in TRUTHS:
        return TRUTHS[text.strip()]
    if kind == "e":
        return CellError(text)
    if kind == "d":
        return _serial(text.strip(), date1904=date1904)
    raise BadPackage(f"a cell of the type {kind!r} holds {text[:20]!r}")


def _serial(text: str, *, date1904: bool) -> float:
    """Days from day 0 of the book's date system."""
    if text[2:3] == ":" or text[1:2] == ":":
        return (dt.datetime.fromisoformat(f"1899-12-30T{text}").replace(tzinfo=None) - DAY_0) / DAY
    moment = dt.datetime.fromisoformat(text)
    moment = (moment - (moment.utcoffset() or dt.timedelta())).replace(tzinfo=None)
    if date1904:
        return (moment - DAY_0) / DAY - (DAY_0_1904 - DAY_0).days
    days = (moment - DAY_0) / DAY
    return days if days >= LEAP else days - 1


def _cells(xml: bytes, shared: Shared, *, date1904: bool) -> Iterator[tuple[int, Value, Told | None]]:
    """The cells that hold something, in their order, row for row: a tall sheet is never held whole."""
    masters: dict[str, tuple[int, str]] = {}
    data: etree._Element | None = None
    space, tags = "", tags_of("")
    number = 0
    rows = row_elements(xml)
    try:
        for _, row in rows:
            if data is None:
                space, data = _data(row)
                tags = tags_of(space)
            if row.getparent() is not data or row.tag != space + "row":
                continue
            number = row_number(row, number)
            column = 0
            for cell in row.iterchildren(tags.cell):
                column = column_number(cell, number, column)
                key = number << COLUMN_BITS | column
                if not len(cell):  # as every cell that has a look and nothing else
                    yield key, None, None
                    continue
                try:
                    fields = fields_of(cell)
                    told = _told(fields[tags.formula], cell, key, masters) if tags.formula in fields else None
                    yield key, value_of(cell, fields, tags, shared, date1904=date1904), told
                except (ValueError, LookupError, OverflowError):
                    raise BadPackage(f"{_name(key)} holds what an XML parser can't read") from None
            row.clear()
    except etree.XMLSyntaxError as error:
        raise BadPackage(f"it is no well-formed XML: {error}") from None
    _space(rows.root, "worksheet")


def _told(
    formula: etree._Element, cell: etree._Element, key: int, masters: dict[str, tuple[int, str]]
) -> Told:
    text, kind = formula.text or "", formula.get("t", "")
    if len(formula):
        raise BadPackage(f"{_name(key)} holds elements for a formula")
    if kind == "shared":
        if text:
            masters[formula.get("si", "")] = key, text
        origin, text = masters[formula.get("si", "")]
        return Told(text, "", (), False, origin)  # noqa: FBT003 - it is made once a cell
    if kind not in ("array", "dataTable"):
        return Told(text, "", (), False, key)  # noqa: FBT003
    is_dynamic = kind == "array" and cell.get("cm") is not None
    return Told(text, kind, _corners(formula.get("ref", "")), is_dynamic, key)


def _corners(text: str) -> tuple[int, ...]:
    found = RANGE.fullmatch(text)
    if found is None:
        raise ValueError
    first, top, second, bottom = found.groups()
    rows = sorted((int(top), int(bottom or top)))
    columns = sorted((_column(first), _column(second or first)))
    return rows[0], columns[0], rows[1], columns[1]


def _data(row: etree._Element) -> tuple[str, etree._Element | None]:
    """The namespace of a sheet, and its section of cells."""
    root = row.getroottree().getroot()
    space = _space(root, "worksheet")
    return space, root.find(space + "sheetData")


def _space(root: etree._Element, name: str) -> str:
    space = next((space for space in MAIN if root.tag == space + name), None)
    if space is None:
        raise BadPackage(f"its root is {root.tag!r}, which is no {name}")
    return space


def row_number(row: etree._Element, before: int) -> int:
    """The number of a row: one more than that of the row before, unless it says so."""
    said = row.get("r")
    number = before + 1 if said is None else int(said) if said.isdecimal() and len(said) < 8 else 0
    if number <= before:
        raise BadPackage(f"its rows are not in order at row {said}")
    return number


def column_number(cell: etree._Element, row: int, before: int) -> int:
    """The column of a cell: the one after the cell before, unless it says so."""
    said = cell.get("r")
    if said is None:
        return before + 1
    column = _named_column(said.removesuffix(str(row)))
    if column <= before:
        raise BadPackage(f"it has a cell named {said[:20]!r} in row {row}, where no such cell can be")
    return column


def key_of(name: str) -> int:
    """The key of the cell with a name; 0 for what is no name."""
    found = NAME.fullmatch(name)
    return int(found[2]) << COLUMN_BITS | _column(found[1]) if found else 0


@remembered(16_384)
def _named_column(letters: str) -> int:
    """The column of a cell's name without its row; 0 for what is left of any other name."""
    return _column(letters) if LETTERS.fullmatch(letters) else 0


@remembered(16_384)
def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _rich(item: etree._Element, tags: Tags) -> str:
    """The text of an item or of its runs; what says how to read it aloud is none of it."""
    pieces = []
    for child in item:
        if child.tag == tags.text:
            pieces.append(child)
        elif child.tag == tags.run:
            pieces += child.iterchildren(tags.text)
    if any(map(len, pieces)):
        raise BadPackage("a text holds elements")
    return "".join([_unescaped(piece.text or "") for piece in pieces])


def _unescaped(text: str) -> str:
    if "_x" not in text:
        return text
    units = ESCAPE.sub(lambda code: chr(int(code[1], 16)), text)
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _name(key: int) -> str:
    return address(key >> COLUMN_BITS, key & COLUMN_MASK)
