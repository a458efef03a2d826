"""`microhedge venues`: contract facts."""

from typing import Annotated

import typer

from addin.shell.exit import Exit
from addin.shell.options import HELP, FormatOption, commands, help_example

app = commands("The venue table: contract facts with their dates and sources.")


@app.callback(invoke_without_command=True, epilog=help_example("venues list"))
def venues_default(context: typer.Context) -> None:
    """The venue table: contract facts with their dates and sources."""
    if context.invoked_subcommand is None:
        list_venues()


@app.command("list", epilog=help_example("venues list"), context_settings=HELP)
def list_venues(
    form: FormatOption = "text",
) -> None:
    """List the contracts in force, with age and source; facts older than 30 days are named."""
    from addin.commands.printable import say
    from addin.commands.venues_list import contracts_as_json, contracts_as_text, stale_contracts

    print(contracts_as_json() if form == "json" else contracts_as_text())
    for warning in stale_contracts():
        say(warning)


@app.command(
    "refresh", epilog=help_example("venues refresh --venue Bybit --symbol BTC"), context_settings=HELP
)
def refresh_venue_table(
    venue: Annotated[
        list[str] | None,
        typer.Option("--venue", "-v", metavar="V", help="Ask this venue alone; may be repeated."),
    ] = None,
    symbol: Annotated[
        list[str] | None,
        typer.Option(
            "--symbol", metavar="S", help="Ask for this contract, as BTC or BTCUSDT; may be repeated."
        ),
    ] = None,
    form: FormatOption = "text",
) -> None:
    """Ask the venues (public endpoints, through ccxt) and write your own table; shows what changed."""
    from addin.commands.venues_refresh import refresh_venues

    text, complete = refresh_venues(venue or [], symbol or [], form)
    print(text)
    if not complete:
        raise typer.Exit(Exit.FAULTY)
