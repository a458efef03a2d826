"""The rules that the packages saved by Excel keep, and that a written book must keep as well."""

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from support.books import parts
from workbook.cells import Area, area_of

KINDS: Final = {"b", "d", "e", "inlineStr", "n", "s", "str"}
ERROR: Final = re.compile(r"#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A|GETTING_DATA|SPILL!|CALC!|[A-Z]+!)")


def breaches(package: bytes) -> list[str]:
    """What is against the rules in a book, part by part."""
    found = parts(package)
    return [*_names(found), *_sheets(found)]


def _names(found: dict[str, bytes]) -> Iterator[str]:
    """Content types and relations speak of parts that are there."""
    there = {name.lower() for name in found}
    for override in etree.fromstring(found["[Content_Types].xml"]).iter("{*}Override"):
        if override.get("PartName", "").lstrip("/").lower() not in there:
            yield f"the content type of {override.get('PartName')}, which is not there"
    for name, xml in found.items():
        if not name.endswith(".rels"):
            continue
        folder = posixpath.dirname(posixpath.dirname(name))
        for relation in etree.fromstring(xml).iter("{*}Relationship"):
            target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "")))
            if relation.get("TargetMode") != "External" and target.lstrip("/").lower() not in there:
                yield f"{name} relates to {target}, which is not there"


def _sheets(found: dict[str, bytes]) -> Iterator[str]:
    texts = _count(found, "xl/sharedStrings.xml", "{*}si")
    styles = _count(found, "xl/styles.xml", "{*}cellXfs/{*}xf")
    for name, xml in found.items():
        if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
            root = etree.fromstring(xml)
            for breach in _rows(root, texts, styles):
                yield f"{name}: {breach}"


def _count(found: dict[str, bytes], name: str, path: str) -> int:
    return len(etree.fromstring(found[name]).findall(path)) if name in found else 0


def _rows(root: etree._Element, texts: int, styles: int) -> Iterator[str]:
    dimension = root.find("{*}dimension")
    said = "" if dimension is None else dimension.get("ref", "")
    used = area_of(said)
    last = 0
    for row in root.iterfind("{*}sheetData/{*}row"):
        number = int(row.get("r", last + 1))
        if number <= last:
            yield f"row {number} is out of order"
        last = number
        column = 0
        spans = [int(end) for end in re.findall(r"\d+", row.get("spans", ""))]
        for cell in row.iterfind("{*}c"):
            where = area_of(cell.get("r", ""))
            if where is None:
                continue  # it follows the one before it
            if where.top != number or where.left <= column:
                yield f"{cell.get('r')} is out of order in row {number}"
            column = where.left
            holds = len(cell) > 0
            if holds and spans and not min(spans) <= column <= max(spans):
                yield f"{cell.get('r')} is outside the spans {row.get('spans')}"
            if holds and used is not None and not used.meets(Area(0, number, column, number, column)):
                yield f"{cell.get('r')} is outside the dimension {said}"
            yield from _cell(cell, texts, styles)


def _cell(cell: etree._Element, texts: int, styles: int) -> Iterator[str]:
    name, kind, value = cell.get("r"), cell.get("t", "n"), cell.find("{*}v")
    order = [child.tag.rpartition("}")[2] for child in cell]
    if order != [word for word in ("f", "v", "is", "extLst") if word in order]:
        yield f"{name} holds {order}"
    if kind not in KINDS:
        yield f"{name} is of the type {kind}"
    if int(cell.get("s", "0")) >= max(styles, 1):
        yield f"{name} wears the style {cell.get('s')} of {styles}"
    if (kind == "inlineStr") != ("is" in order):
        yield f"{name} is of the type {kind} and holds {order}"
    if value is None or value.text is None:
        return
    text = value.text
    is_lawful = {
        "s": text.isdecimal() and int(text) < texts,
        "b": text in ("0", "1"),
        "e": ERROR.fullmatch(text) is not None,
        "n": re.fullmatch(r"\s*[-+]?\d*\.?\d*(?:[Ee][-+]?\d+)?\s*", text) is not None,
        "str": text == text.strip(" \t\n")
        or value.get("{http://www.w3.org/XML/1998/namespace}space") == "preserve",
    }.get(kind, True)
    if not is_lawful:
        yield f"{name} holds {text[:20]!r} as {kind}"
