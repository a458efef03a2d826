"""A place of the book, and how a formula writes it."""

from dataclasses import dataclass

from workbook.cells import column_letters


@dataclass(frozen=True)
class Location:
    """Where a name or a column stands: a sheet, and rows and columns from 1, both ends included."""

    sheet: str
    row: int
    column: int
    last_row: int
    last_column: int

    @property
    def ref(self) -> str:
        """The place as a formula writes it, absolute: `Plan!$C$5` or `Market!$B$7:$B$16`."""
        sheet = self.sheet if self.sheet.isidentifier() else f"'{self.sheet}'"
        first = f"${column_letters(self.column)}${self.row}"
        last = f"${column_letters(self.last_column)}${self.last_row}"
        return f"{sheet}!{first}" if first == last else f"{sheet}!{first}:{last}"
