"""The one cell that a defined name points at."""

from workbook.cells import Area, area_of
from workbook.formula.grammar import Grammar
from workbook.memory import remembered
from workbook.xlsx.saved_book import SavedBook


def cell_of(book: SavedBook, name: str) -> Area | None:
    """The one cell that a defined name points at, through other names and tables if need be."""
    refers = book.names.get((None, name.lower()))
    if refers is None:
        return None
    area = _one_cell(book.grammar, refers)
    if area is None or area.sheet >= len(book.sheets) or not book.sheets[area.sheet].has_cells:
        return None
    return area


@remembered(1_000)
def _one_cell(grammar: Grammar, refers: str) -> Area | None:
    plain = grammar.plain(refers, 0, 1, 1, (1, 1), qualified=True)
    text = plain.text.rpartition("!")[2]
    if plain.fault or len(plain.areas) != 1 or plain.areas[0].size != 1 or area_of(text) is None:
        return None
    return plain.areas[0]
