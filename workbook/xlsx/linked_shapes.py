"""Shapes that show a cell: text boxes follow it like the points of a chart, or they are named.

Excel stores the words of a linked shape beside its link, and every viewer that does not recalculate
shows them. They are the cell's value as its number format shows it, so only what a format shows as it
is (texts, truth values, errors, and plain numbers of the format General) is written.
"""

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Final, NamedTuple

from workbook.cells import Area, CellError, Value, number_text
from workbook.xlsx.chart_points import area_of_formula
from workbook.xlsx.number_formats import GENERAL, format_code
from workbook.xlsx.parts import relations
from workbook.xlsx.saved_book import SavedBook
from workbook.xlsx.xml_text import ATTRIBUTES, TAG, attributes_of, text_of

SHAPE: Final = re.compile(rb"<((?:\w+:)?)sp(?=[\s>])[^<>]*>(?>(?:[^<]++|<(?!/?\1sp[\s/>]))*)</\1sp\s*+>")
FIELD: Final = re.compile(
    rb"<((?:\w+:)?)fld%s>(?>(?:[^<]++|<(?!/?\1(?:fld|t)[\s/>]))*)<\1t%s>([^<]*+)</\1t\s*+>"
    % (ATTRIBUTES, ATTRIBUTES)
)
WORDS: Final = re.compile(rb"<((?:\w+:)?)t%s>" % ATTRIBUTES)
NAME: Final = re.compile(rb"<(?:\w+:)?cNvPr%s/?>" % ATTRIBUTES)
CAMERA: Final = re.compile(rb"<(?:\w+:)?cameraTool%s/?>" % ATTRIBUTES)
LONGEST: Final = 11  # characters of a number that the format General shows whole
SECTIONS: Final = 3  # of a number format, the fourth is for texts


class Shapes(NamedTuple):
    """The drawings whose shapes follow their cells, and the shapes that could not."""

    parts: Mapping[str, bytes]
    left: tuple[str, ...]


class _Linked(NamedTuple):
    shape: re.Match[bytes]
    area: Area | None


def shapes_with(book: SavedBook, changes: Mapping[int, Value]) -> Shapes:
    """The drawings as they are to be after a change of some cells."""
    parts: dict[str, bytes] = {}
    left: list[str] = []
    for sheet, part in _drawings(book, changes):
        xml = book.package.read(part)
        if b"textlink=" not in xml and b"cameraTool" not in xml:
            continue
        pieces: list[bytes] = []
        at = 0
        for shape, area in _links(book, xml, sheet):
            if area is not None and not any(where in changes for where in area.places()):
                continue
            new = _shown_words(book, shape[0], area, changes)
            if new is None:
                left.append(_name(shape[0]))
                continue
            pieces += xml[at : shape.start()], new
            at = shape.end()
        left += _pictures(book, xml, sheet, changes)
        if pieces:
            parts[part] = b"".join((*pieces, xml[at:]))
    return Shapes(parts, tuple(left))


def _drawings(book: SavedBook, changes: Mapping[int, Value]) -> Iterator[tuple[int, str]]:
    """The drawings of the book with the sheet on which each lies, if anything changes at all.

    Those of charts lie on none: their links name the sheet.
    """
    drawings = [part for part in book.package.entries if "/drawings/" in part and part.endswith(".xml")]
    if not changes or not drawings:
        return
    homes: dict[str, int] = {}
    for number, sheet in enumerate(book.sheets):
        if sheet.has_cells:
            related = relations(book.package, sheet.part)
            homes |= {part.lower(): number for _, kind, part in related if kind == "drawing"}
    for part in drawings:
        yield homes.get(part.lower(), 0), part


def _links(book: SavedBook, xml: bytes, sheet: int) -> Iterator[_Linked]:
    """The shapes that show a cell; no area where it can't be told which."""
    for shape in SHAPE.finditer(xml):
        tag = TAG.match(shape[0])
        link = attributes_of(tag[0]).get(b"textlink") if tag else None
        if link:
            yield _Linked(shape, area_of_formula(book.grammar, text_of(link), sheet))


def _pictures(book: SavedBook, xml: bytes, sheet: int, changes: Mapping[int, Value]) -> Iterator[str]:
    """The pictures of cells, which only Excel can draw again."""
    for camera in CAMERA.finditer(xml):
        formula = text_of(attributes_of(camera[0]).get(b"cellRange", b""))
        area = area_of_formula(book.grammar, formula, sheet) if formula else None
        if area is None or any(where in changes for where in area.places()):
            yield f"the picture of {formula or 'cells'}"


def _shown_words(
    book: SavedBook, shape: bytes, area: Area | None, changes: Mapping[int, Value]
) -> bytes | None:
    """A shape with the new words of its cell; None where they are not the cell's value and nothing else."""
    fields = list(FIELD.finditer(shape))
    if area is None or area.size > 1 or len(fields) != 1 or len(WORDS.findall(shape)) != 1:
        return None
    field = fields[0]
    code = format_code(book, area)
    old, new = _shown(book.value(area), code), _shown(changes[next(area.places())], code)
    if old is None or new is None or text_of(field[2]) != old:
        return None
    return shape[: field.start(2)] + escape(new, quote=False).encode() + shape[field.end(2) :]


def _shown(value: Value, code: str) -> str | None:
    """A value as its cell shows it, where that is plain."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        text = number_text(value)
        return text if code == GENERAL and len(text) <= LONGEST and "E" not in text else None
    if isinstance(value, CellError) or code.count(";") < SECTIONS:
        return str(value)
    return None


def _name(shape: bytes) -> str:
    tag = NAME.search(shape)
    said = attributes_of(tag[0]).get(b"name", b"") if tag else b""
    return f"the text box {text_of(said)}" if said else "a text box"
