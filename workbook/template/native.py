"""The native edition's cells: addresses in the place of references to tables, which some programs lack."""

from openpyxl.workbook.workbook import Workbook

from workbook.layout.book import Book
from workbook.native.addresses import Addresses


def write_addresses(book: Workbook, record: Book) -> None:
    """Write out every reference to a table; tables keep their names and no formulas of their own."""
    addresses = Addresses(record)
    for sheet in book.worksheets:
        for number, cells in enumerate(sheet.iter_rows(), 1):
            for cell in cells:
                if cell.data_type == "f":
                    cell.value = addresses.plain(str(cell.value), sheet.title, number)
        for table in sheet.tables.values():
            for column in table.tableColumns:
                column.calculatedColumnFormula = None
