"""`microhedge share`."""

from pathlib import Path
from typing import Annotated

import typer

from addin.shell.options import PlanArgument, commands, help_example

app = commands()


@app.command(epilog=help_example("share plan.xlsx"))
def share(
    book: PlanArgument,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="The book to write; else beside the plan."),
    ] = None,
) -> None:
    """Write a plan in built-in functions alone, for whoever has no add-in."""
    from addin.commands.printable import printable
    from workbook.template.migrate import share_book

    target = out or book.with_name(f"{book.stem} (native).xlsx")
    left = share_book(book, target)
    print(printable(str(target)))
    for sentence in left:
        print(f"  not taken: {printable(sentence)}")
