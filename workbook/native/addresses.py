"""Structured references as plain addresses: Gnumeric and old programs read no `Table[Column]`."""

from typing import Final

from workbook.cells import Area, column_letters
from workbook.formula.structured_references import BookTable, selected
from workbook.formula.tree import Node, tree, written
from workbook.layout.book import Book
from workbook.native.formulas import Nodes, mapped

THIS_ROW: Final = "#this row"
ROW: Final = "\0"  # where the row of the cell stands: the rest is written once for a whole column


class Addresses:
    """Where the tables of a book stand, and its formulas with their addresses written out."""

    def __init__(self, book: Book) -> None:
        self._written: dict[tuple[str, str], str] = {}
        self._sheets = [sheet.name for sheet in book.sheets]
        self._tables = {
            table.name.lower(): BookTable(
                name=table.name,
                area=Area(number, table.header_row, table.column, table.last_row, table.last_column),
                columns=tuple(column.header for column in table.columns),
            )
            for number, sheet in enumerate(book.sheets)
            for table in sheet.tables
        }

    def plain(self, formula: str, sheet: str, row: int) -> str:
        """The formula of a cell in that row of a sheet, without references to tables."""
        if (formula, sheet) not in self._written:
            self._written[formula, sheet] = written(self._plain(tree(formula), sheet))
        return self._written[formula, sheet].replace(ROW, str(row))

    def _plain(self, nodes: Nodes, sheet: str) -> Nodes:
        return tuple(
            Node("area", self._address(node.text, sheet))
            if node.kind == "table"
            else mapped(node, lambda inner: self._plain(inner, sheet))
            for node in nodes
        )

    def _address(self, reference: str, sheet: str) -> str:
        name, bracket, words = reference.partition("[")
        table = self._tables[name.lower()]
        area = selected(table, bracket + words, table.data.top)
        assert area is not None  # noqa: S101 - that row is one of the table
        home = self._sheets[area.sheet]
        prefix = "" if home == sheet else f"{home}!" if home.isidentifier() else f"'{home}'!"
        top, bottom = (ROW, ROW) if THIS_ROW in words.lower() else (f"${area.top}", f"${area.bottom}")
        first, last = f"${column_letters(area.left)}{top}", f"${column_letters(area.right)}{bottom}"
        return prefix + (first if first == last else f"{first}:{last}")
