"""`microhedge demo`."""

from pathlib import Path
from typing import Annotated

import typer

from addin.shell.exit import Exit
from addin.shell.options import commands, help_example

app = commands()


@app.command(epilog=help_example("demo"))
def demo(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where the books are made; earlier ones are written over.")
    ] = Path("demo"),
) -> None:
    """Make three example books, recalculate and check them, and print their plans."""
    from addin.commands.demo import run

    raise typer.Exit(Exit.DONE if run(folder) else Exit.FAULTY)
