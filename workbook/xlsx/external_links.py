"""What a book keeps of the books that it refers to.

Beside its references to another book, Excel saves the values that it found there, and calculates with
them for as long as the other book is closed. They are read from the package; nothing is followed.
"""

import re
from collections.abc import Iterator, Mapping
from html import escape
from math import inf, isfinite
from typing import Final, NamedTuple
from urllib.parse import unquote

from lxml import etree

from workbook.cells import COLUMN_BITS, CellError, Value, area_of
from workbook.errors import BadPackage
from workbook.formula.linked_books import ANOTHER, Link
from workbook.xlsx.parts import children, identity, local, outside, xml_tree
from workbook.xlsx.xml_text import string_of
from workbook.xlsx.zip import Package

LARGEST: Final = 16 << 20  # bytes of a part; what a larger one keeps is left alone
PROGRAMS: Final = {"ddeLink": "another program (DDE)", "oleLink": "another program (OLE)"}
TRUE: Final = ("1", "true")


class Kept(NamedTuple):
    """A link, and the values by key that are kept of each of its sheets."""

    link: Link = Link()
    values: tuple[Mapping[int, Value], ...] = ()


def kept(package: Package, part: str) -> Kept:
    """What a part keeps of another book; one about another program keeps nothing that is read."""
    if part not in package or package.entries[package.exact(part)].size > LARGEST:
        return Kept()
    root = xml_tree(package, part)
    book = next(children(root, "externalBook"), None)
    if book is None:
        return Kept(
            Link(next((PROGRAMS[local(child)] for child in root if local(child) in PROGRAMS), ANOTHER))
        )
    path = unquote(outside(package, part).get(identity(book), ""))
    said = "the book " + re.split(r"[\\/]", path)[-1] if path else ANOTHER
    sheets = tuple(sheet.get("val", "") for sheet in children(book, "sheetNames", "sheetName"))
    if len({name.lower() for name in sheets}) < len(sheets):
        raise BadPackage(f"the part {part} names two sheets alike")
    numbers = {str(number): number for number in range(len(sheets))}
    values: list[dict[int, Value]] = [{} for _ in sheets]
    for data in children(book, "sheetDataSet", "sheetData"):
        number = numbers.get(data.get("sheetId", ""))
        if number is not None and data.get("refreshError") not in TRUE:
            values[number].update(_values(data, part))
    names = {
        (numbers.get(name.get("sheetId", "")), name.get("name", "").lower()): name.get("refersTo", "")
        for name in children(book, "definedNames", "definedName")
    }
    return Kept(Link(said, sheets, names), tuple(values))


def _values(data: etree._Element, part: str) -> Iterator[tuple[int, Value]]:
    for cell in children(data, "row", "cell"):
        area = area_of(cell.get("r", ""))
        if area is None:
            raise BadPackage(f"the part {part} has a cell without a place")
        for value in children(cell, "v"):
            key = area.top << COLUMN_BITS | area.left
            yield key, _value(cell.get("t", "n"), value.text or "", part)


def _value(kind: str, text: str, part: str) -> Value:
    if kind == "str":
        return string_of(escape(text, quote=False).encode())
    if kind == "b":
        return text.strip() in TRUE
    if kind == "e":
        return CellError(text)
    try:
        number = float("?" if kind != "n" or "_" in text else text)
    except ValueError:
        number = inf
    if not isfinite(number):
        raise BadPackage(f"the part {part} has a cell that holds {text[:20]!r} as {kind[:20]!r}")
    return number
