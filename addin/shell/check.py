"""`microhedge check`."""

from datetime import datetime
from typing import Annotated

import typer

from addin.shell.exit import Exit
from addin.shell.options import Books, FormatOption, commands, help_example

app = commands()


@app.command(epilog=help_example("check books/ --format json"))
def check(
    books: Books,
    form: FormatOption = "text",
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day to hold prices against; else today."),
    ] = None,
) -> None:
    """Say what is wrong with a book, where, and how to mend it.

    Errors and warnings speak against a book, notes do not. Exit 1 unless every book is sound, 3 if
    one is not there.
    """
    from addin.commands.check import as_json, reports
    from addin.commands.found import found_books
    from addin.commands.printable import say
    from addin.commands.progress import shown_progress
    from workbook.files.venue_tables import not_used

    found = []
    for report in reports(shown_progress(found_books(books), "Checking"), as_of and as_of.date()):
        found.append(report)
        if report.refused:
            say(report.refused)
        elif form == "text":
            print(report.as_text())
        if said := not_used(report.path):
            say(f"{report.path}: {said.partition(':')[0]}")
    if form == "json":
        print(as_json(found))
    if not all(report.is_sound for report in found):
        missing = all(report.is_sound or report.is_missing for report in found)
        raise typer.Exit(Exit.MISSING if missing else Exit.FAULTY)
