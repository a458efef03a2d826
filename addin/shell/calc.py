"""`microhedge calc`."""

from typing import Annotated

import typer

from addin.shell.exit import Exit
from addin.shell.named import function_named
from addin.shell.options import HELP, UsageError, commands, help_example

app = commands()


@app.command(
    epilog=help_example("calc HEDGE_MARGIN 2400 5"), context_settings={**HELP, "ignore_unknown_options": True}
)
def calc(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The function, as in a cell: HEDGE_MARGIN.")],
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ARG]...",
            help="Numbers, words, ISO dates; ranges as a sheet writes them, {1,2;3,4}, or as JSON.",
        ),
    ] = None,
) -> None:
    """Calculate one function.

    An argument that begins with a minus is a number, as in a cell.
    """
    from addin.commands.calc import cells_from_text, refusals, shown_result
    from addin.commands.printable import say

    spec = function_named(name)
    given = arguments or []
    if not spec.required <= len(given) <= len(spec.parameters):
        most = len(spec.parameters)
        wanted = f"{most}" if spec.required == most else f"{spec.required} to {most}"
        raise UsageError(f"{spec.signature} takes {wanted} arguments, got {len(given)}")
    result = spec.call(*cells_from_text(spec, given))
    print(shown_result(result))
    refused = list(refusals(result))
    for refusal in refused:
        say(str(refusal))
    if refused:
        raise typer.Exit(Exit.FAULTY)
