"""Whether a cell is shown as a date: the one thing about styles that an input's type depends on."""

import re
from typing import Final

from workbook.cells import Area, place
from workbook.xlsx.parts import children, relations, tree
from workbook.xlsx.saved_book import Book
from workbook.xlsx.sheet_reader import NUMBER, spans
from workbook.xlsx.xml_text import attributes_of

BUILT_IN: Final = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
LITERAL: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')


def is_date(book: Book, cell: Area) -> bool:
    """Whether the number format of a cell shows a date or a time."""
    key = place(0, cell.top, cell.left)
    match = spans(book.xml(cell.sheet), book.cells(cell.sheet), {key}).get(key)
    if match is None:
        return False
    said = attributes_of(match[0][: match[0].find(b">")]).get(b"s", b"0")
    style = int(said) if NUMBER.fullmatch(said) else 0
    for _, kind, part in relations(book.package, book.part):
        if kind == "styles":
            root = tree(book.package, part)
            formats = {
                format_.get("numFmtId"): format_.get("formatCode", "")
                for format_ in children(root, "numFmts", "numFmt")
            }
            cells = list(children(root, "cellXfs", "xf"))
            number = cells[style].get("numFmtId", "0") if style < len(cells) else "0"
            code = LITERAL.sub("", formats.get(number, "")).lower()
            return (number.isdecimal() and int(number) in BUILT_IN) or bool(set("ymdh") & set(code))
    return False
