"""`microhedge calendar`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from addin.shell.exit import Exit
from addin.shell.options import Force, PlanArgument, UsageError, commands, help_example

app = commands()


@app.command(epilog=help_example("calendar plan.xlsx --out hedges.ics"))
def calendar(
    book: PlanArgument,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="The .ics file; else standard output.")
    ] = None,
    force: Force = False,
) -> None:
    """Reminders of the Journal's open hedges as a calendar: review, roll, expiry, funding."""
    from addin.commands.calendar import calendar_of, write_calendar
    from addin.commands.printable import printable, say

    if out is not None and out.resolve() == book.resolve():
        raise UsageError(f"{out}: is the book, and can't be the calendar too")
    content, unusable = calendar_of(book)
    if out is None:
        sys.stdout.buffer.write(content)
    else:
        write_calendar(content, out, force=force)
        print(printable(str(out)))
    for sentence in unusable:
        say(sentence)
    if unusable:
        raise typer.Exit(Exit.FAULTY)
