"""How a cell shows its value: as a date or a percentage, on which an input's type depends, or as it is."""

import re
from typing import Final

from workbook.cells import Area, place
from workbook.xlsx.parts import children, relations, xml_tree
from workbook.xlsx.saved_book import SavedBook
from workbook.xlsx.sheet_reader import NUMBER, spans
from workbook.xlsx.xml_text import TAG, attributes_of

BUILT_IN: Final = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
PERCENT: Final = frozenset((9, 10))
GENERAL: Final = "General"
LITERAL: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')


def is_date(book: SavedBook, cell: Area) -> bool:
    """Whether the number format of a cell shows a date or a time."""
    number, code = _format(book, cell)
    return number in BUILT_IN or bool(set("ymdh") & set(LITERAL.sub("", code).lower()))


def is_percent(book: SavedBook, cell: Area) -> bool:
    """Whether the number format of a cell shows a hundredth as 1%."""
    number, code = _format(book, cell)
    return number in PERCENT or "%" in LITERAL.sub("", code)


def format_code(book: SavedBook, cell: Area) -> str:
    """The number format of a cell; nothing for one that is built in and has no code."""
    number, code = _format(book, cell)
    return code or (GENERAL if number == 0 else "")


def _format(book: SavedBook, cell: Area) -> tuple[int, str]:
    """The number of a cell's number format, and its code if the book says one."""
    key = place(0, cell.top, cell.left)
    match = spans(book.xml(cell.sheet), book.cells(cell.sheet), {key}).get(key)
    tag = TAG.match(match[0]) if match else None
    said = attributes_of(tag[0]).get(b"s", b"0") if tag else b"0"
    style = int(said) if NUMBER.fullmatch(said) else 0
    for _, kind, part in relations(book.package, book.part):
        if kind == "styles":
            root = xml_tree(book.package, part)
            codes = {
                known.get("numFmtId"): known.get("formatCode", "")
                for known in children(root, "numFmts", "numFmt")
            }
            cells = list(children(root, "cellXfs", "xf"))
            number = cells[style].get("numFmtId", "0") if style < len(cells) else "0"
            return int(number) if number.isdecimal() else 0, codes.get(number, "")
    return 0, ""
