"""The small parts of a package, read by an XML parser with everything shut off that reaches out or grows."""

import posixpath
from collections.abc import Iterator
from typing import Final

from lxml import etree

from workbook.errors import BadPackage
from workbook.memory import remembered
from workbook.xlsx.zip import Package

RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
MAIN: Final = (
    "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}",
    "{http://purl.oclc.org/ooxml/spreadsheetml/main}",  # strict books
)
STRICT_RELATION: Final = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


def xml_tree(package: Package, part: str) -> etree._Element:
    """The XML of a small part."""
    return parsed(package.read(part), part)


def parsed(xml: bytes, part: str) -> etree._Element:
    """The same from its bytes; entities, document types, the network and depth are shut off."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadPackage(f"the part {part} is no well-formed XML: {error}") from None
    if b"<!DOCTYPE" in xml or b"<\0!\0D\0O" in xml:  # the second as UTF-16 writes it
        raise BadPackage(f"the part {part} has a document type, which no workbook has")
    return root


def rooted(xml: bytes, part: str, name: str) -> etree._Element:
    """The root of a part of spreadsheet markup, which must have this name."""
    root = parsed(xml, part)
    if root.tag not in {space + name for space in MAIN}:
        raise BadPackage(f"the part {part} is no {name}")
    return root


def local(element: etree._Element) -> str:
    """An element's name without its namespace: strict books have other namespaces."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: etree._Element, *path: str) -> Iterator[etree._Element]:
    """The descendants along a path of names, all of the namespace that the element is of."""
    space = element.tag[: -len(local(element))]
    for child in element.iterchildren(space + path[0]):
        if len(path) == 1:
            yield child
        else:
            yield from children(child, *path[1:])


def identity(element: etree._Element) -> str:
    """The relation that an element names."""
    return element.get(RELATION) or element.get(STRICT_RELATION) or ""


def relations(package: Package, part: str) -> tuple[tuple[str, str, str], ...]:
    """The relations of a part (or of the package, ""): id, last word of the type, target part."""
    folder, name = posixpath.split(part)
    rels = posixpath.join(folder, "_rels", name + ".rels")
    return _relations(package.read(rels), rels, folder) if rels in package else ()


@remembered(256)
def _relations(xml: bytes, rels: str, folder: str) -> tuple[tuple[str, str, str], ...]:
    found = []
    known = set()
    for relation in children(parsed(xml, rels), "Relationship"):
        if relation.get("Id", "") in known:
            raise BadPackage(f"the part {rels} has two relations named {relation.get('Id')}")
        known.add(relation.get("Id", ""))
        if relation.get("TargetMode") != "External":
            target = relation.get("Target", "")
            resolved = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
            found.append((relation.get("Id", ""), relation.get("Type", "").rpartition("/")[2], resolved))
    return tuple(found)


def outside(package: Package, part: str) -> dict[str, str]:
    """What a part's relations name outside of the package, by id: read as a text, never opened."""
    folder, name = posixpath.split(part)
    rels = posixpath.join(folder, "_rels", name + ".rels")
    if rels not in package:
        return {}
    return {
        relation.get("Id", ""): relation.get("Target", "")
        for relation in children(xml_tree(package, rels), "Relationship")
        if relation.get("TargetMode") == "External"
    }
