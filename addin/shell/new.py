"""`microhedge new`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from addin.shell.options import Force, commands, help_example

app = commands()


@app.command(epilog=help_example("new plan.xlsx --example btc"))
def new(
    book: Annotated[Path, typer.Argument(metavar="BOOK", help="The .xlsx file to write.")],
    help_example: Annotated[
        Literal["two-asset", "btc", "portfolio", "blank"],
        typer.Option("--example", "-e", help="What it holds: an example, real figures, or nothing."),
    ] = "two-asset",
    venue: Annotated[
        str | None,
        typer.Option("--venue", "-v", metavar="V", help="Where you trade, as `venues list` names it."),
    ] = None,
    edition: Annotated[
        Literal["add-in", "native"],
        typer.Option("--edition", help="With our functions, or with built-in functions alone."),
    ] = "add-in",
    force: Force = False,
) -> None:
    """Write a new plan book."""
    from addin.commands.printable import printable
    from workbook import new_book

    new_book(book, help_example, venue, edition, force=force)
    print(printable(str(book)))
