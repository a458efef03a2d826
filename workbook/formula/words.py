"""What the words of a book's formulas mean: its sheets, names, tables, links, and our functions."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from workbook.cells import Area, address
from workbook.formula.linked_books import Link
from workbook.formula.structured_references import BookTable
from workbook.formula.tokens import FUNCTION_PREFIX, parse, quoted, spanned, unquoted

LONG_NAME: Final = (
    "MICROHEDGE.FUNCTIONS."  # as LibreOffice writes our functions into a copy, less underscores
)


@dataclass(eq=False)
class Words:
    """What the words of a book's formulas mean: its sheets, names, tables, and our functions."""

    sheets: Sequence[str]
    names: Mapping[tuple[int | None, str], str]  # by scope (a sheet, or None) and the name in lower case
    tables: Mapping[str, BookTable]  # by the name in lower case
    ours: frozenset[str]
    links: Sequence[Link] = ()  # the books that formulas call [1], [2] and so on

    def __post_init__(self) -> None:
        self._abroad = [(link.said, sheet) for link in self.links for sheet in link.sheets]
        linked = [f"[{number}]{sheet}" for number, link in enumerate(self.links, 1) for sheet in link.sheets]
        names = [*self.sheets, *linked]
        self.titles = [re.sub(r"[\[\]]", "?", name) for name in names]  # of all sheets, for the engine
        self._sheet_numbers = {name.lower(): number for number, name in enumerate(names)}
        self._prefixes = list(map(quoted, self.titles))

    def function(self, name: str) -> str:
        """A called function's plain name: ours in all the spellings in which a program saves it."""
        plain = FUNCTION_PREFIX.sub("", name).upper()
        if plain.startswith(LONG_NAME):
            method = plain.removeprefix(LONG_NAME)
            return next((own for own in self.ours if own.replace("_", "") == method), plain)
        if plain in self.ours or "_" not in plain + name:
            return plain
        if name.lower().startswith("_xldudf_"):  # Office.js puts a namespace before the name
            for cut in re.finditer(r"[_.]", plain):
                if plain[cut.end() :] in self.ours:
                    return plain[cut.end() :]
        return plain

    def sheet_number(self, name: str) -> int | None:
        """The sheet of that name, in any case."""
        return self._sheet_numbers.get(name.lower())

    def area(self, text: str, home: int) -> Area | None:
        """The area that a reference of a plain formula names, seen from a sheet; None for anything else."""
        tokens = parse(text)
        if len(tokens) != 1 or tokens[0].corners is None:
            return None
        prefix = tokens[0].sheet
        sheet = home if prefix is None else self.sheet_number(unquoted(prefix)[1])
        return None if sheet is None else spanned(sheet, *tokens[0].corners)

    def name(self, name: str, sheet: int) -> str | None:
        """What a defined name refers to, seen from a sheet."""
        lower = name.lower()
        found = self.names.get((sheet, lower))
        return self.names.get((None, lower)) if found is None else found

    def table_at(self, sheet: int, row: int, column: int) -> BookTable | None:
        """The table that a cell stands in."""
        here = Area(sheet, row, column, row, column)
        return next((table for table in self.tables.values() if table.area.meets(here)), None)

    def link(self, prefix: str) -> Link:
        """The book that stands before a reference, as far as this one knows of it."""
        book, sheet = unquoted(prefix)
        name = book[:-1].rpartition("[")[2] or re.split(r"[\\/]", sheet)[-1]
        if name.isdecimal():
            known = {str(number): link for number, link in enumerate(self.links, 1)}
            return known.get(name, Link())
        return Link(f"the book {name}") if "." in name else Link()

    def abroad(self, area: Area) -> str:
        """The first cell of another book's range, for a reader."""
        said, sheet = self._abroad[area.sheet - len(self.sheets)]
        return f"{sheet}!{address(area.top, area.left)} of {said}"

    def prefix(self, sheet: int) -> str:
        """A sheet's name before a reference."""
        return self._prefixes[sheet]
