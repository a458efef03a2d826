"""Breaks a plan in LibreOffice as people do, one copy a break. LibreOffice's own Python runs it.

python3 libreoffice_breaks.py PIPE SOURCE FOLDER: soffice listens on PIPE; each break of `BREAKS` is
done to a fresh copy of SOURCE, which is saved as FOLDER/<break>.xlsx.
"""

import sys
import time
from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

PATIENCE = 300  # seconds for soffice to start


def sheet(book: Any, name: str) -> Any:
    """A sheet by its name, open to changes."""
    found = book.Sheets.getByName(name)
    found.unprotect("")
    return found


def saved_only(book: Any) -> None:
    """Nothing but load and save."""


def rows_of(book: Any, table: str) -> tuple[int, int]:
    """First and last row of a table's data, counted from 0."""
    area = book.DatabaseRanges.getByName(table).DataArea
    return area.StartRow + 1, area.EndRow


def column_of(book: Any, table: str, header: str) -> int:
    """A column of a table, counted from 0."""
    area = book.DatabaseRanges.getByName(table).DataArea
    cells = book.Sheets.getByIndex(area.Sheet)
    columns = range(area.StartColumn, area.EndColumn + 1)
    # `String` is what the cell shows, and its format adds the space to the border.
    return next(n for n in columns if cells.getCellByPosition(n, area.StartRow).Formula == header)


def row_of(book: Any, name: str) -> int:
    """The row of a named cell, counted from 0."""
    return int(book.NamedRanges.getByName(name).ReferredCells.RangeAddress.StartRow)


def rows_inserted_in_a_table(book: Any) -> None:
    """Two rows more among the holdings."""
    sheet(book, "Holdings").Rows.insertByIndex(rows_of(book, "Holdings")[0] + 5, 2)


def row_inserted_above(book: Any) -> None:
    """A row above everything: the names move along."""
    sheet(book, "Plan").Rows.insertByIndex(3, 1)


def row_inserted_among_the_inputs(book: Any) -> None:
    """A row in the middle of the named inputs."""
    sheet(book, "Plan").Rows.insertByIndex(row_of(book, "plan_leverage"), 1)


def input_row_deleted(book: Any) -> None:
    """The row of the leverage is gone."""
    sheet(book, "Plan").Rows.removeByIndex(row_of(book, "plan_leverage"), 1)


def table_rows_deleted(book: Any) -> None:
    """Five empty rows of the holdings are gone."""
    sheet(book, "Holdings").Rows.removeByIndex(rows_of(book, "Holdings")[0] + 10, 5)


def column_deleted(book: Any) -> None:
    """The column Quantity of the holdings is gone."""
    sheet(book, "Holdings").Columns.removeByIndex(column_of(book, "Holdings", "Quantity"), 1)


def column_inserted(book: Any) -> None:
    """A column of one's own among the holdings."""
    column = column_of(book, "Holdings", "Price")
    sheet(book, "Holdings").Columns.insertByIndex(column, 1)
    sheet(book, "Holdings").getCellByPosition(column, rows_of(book, "Holdings")[0] - 1).setString("Remark")


def sheet_copied(book: Any) -> None:
    """A second Plan, to play with."""
    book.Sheets.copyByName("Plan", "Plan 2", 2)


def column_pasted_over(book: Any) -> None:
    """The prices of the holdings pasted over with their own values."""
    first, last = rows_of(book, "Holdings")
    column = column_of(book, "Holdings", "Price")
    cells = sheet(book, "Holdings").getCellRangeByPosition(column, first, column, last)
    cells.setDataArray(cells.getDataArray())


def results_replaced_by_values(book: Any) -> None:
    """Two results of the plan frozen."""
    for name in ("plan_margin", "plan_cost"):
        area = book.NamedRanges.getByName(name).ReferredCells.RangeAddress
        cell = sheet(book, "Plan").getCellByPosition(area.StartColumn, area.StartRow)
        cell.setValue(cell.getValue())


def sheet_renamed(book: Any) -> None:
    """Market is called Prices."""
    sheet(book, "Market").setName("Prices")


def sheet_deleted(book: Any) -> None:
    """No Costs any more."""
    book.Sheets.removeByName("Costs")


def column_hidden(book: Any) -> None:
    """The spot prices are out of sight."""
    column = column_of(book, "Market", "Spot")
    sheet(book, "Market").Columns.getByIndex(column).IsVisible = False


def sheet_hidden(book: Any) -> None:
    """Checks are out of sight."""
    sheet(book, "Checks").IsVisible = False


def table_resized(book: Any) -> None:
    """The table of holdings ends above a row in which an asset stands."""
    table = book.DatabaseRanges.getByName("Holdings")
    area = table.DataArea
    area.EndRow = area.StartRow + 5
    cells = sheet(book, "Holdings")
    cells.getCellByPosition(area.StartColumn, area.EndRow + 1).setString("BTC")
    table.setDataArea(area)


def date_as_text(book: Any) -> None:
    """The day of a price typed as text."""
    column = column_of(book, "Market", "As of")
    sheet(book, "Market").getCellByPosition(column, rows_of(book, "Market")[0]).setString("1.1.2026")


BREAKS = (
    saved_only,
    rows_inserted_in_a_table,
    row_inserted_above,
    row_inserted_among_the_inputs,
    input_row_deleted,
    table_rows_deleted,
    column_deleted,
    column_inserted,
    sheet_copied,
    column_pasted_over,
    results_replaced_by_values,
    sheet_renamed,
    sheet_deleted,
    column_hidden,
    sheet_hidden,
    table_resized,
    date_as_text,
)


def main(pipe: str, source: str, folder: str) -> None:
    """Do every break."""
    desktop = connected(pipe)
    for change in BREAKS:
        book = desktop.loadComponentFromURL(Path(source).as_uri(), "_blank", 0, (prop("Hidden", value=True),))
        change(book)
        target = (Path(folder) / f"{change.__name__}.xlsx").as_uri()
        book.storeToURL(target, (prop("FilterName", "Calc MS Excel 2007 XML"),))
        book.close(True)  # noqa: FBT003 - UNO takes arguments by place alone
    desktop.terminate()


def connected(pipe: str) -> Any:
    """LibreOffice's desktop, as soon as it answers."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    end = time.monotonic() + PATIENCE
    while True:
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return context.ServiceManager.createInstance("com.sun.star.frame.Desktop")
        except NoConnectException:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def prop(name: str, value: Any) -> Any:
    """A named argument, as UNO takes them."""
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


main(*sys.argv[1:])
