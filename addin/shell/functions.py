"""`microhedge functions`."""

from typing import Annotated, Literal

import typer

from addin.shell.named import function_named
from addin.shell.options import commands, help_example

app = commands()


@app.command(epilog=help_example("functions HEDGE_MARGIN"))
def show_functions(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="One function; all if left out.")
    ] = None,
    format_: Annotated[
        Literal["text", "markdown", "json"],
        typer.Option("--format", "-f", help="For people, the docs or programs."),
    ] = "text",
) -> None:
    """The reference: every function in a line, or one in full."""
    from addin.commands.functions import reference

    print(reference(None if name is None else function_named(name), format_))
