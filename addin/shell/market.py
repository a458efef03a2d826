"""`microhedge market`: the venues now."""

from typing import Annotated, Literal

import typer

from addin.shell.exit import Exit
from addin.shell.options import HELP, FormatOption, commands, help_example, help_if_alone

app = commands("Prices and rates of the venues, now.")
app.callback(invoke_without_command=True, epilog=help_example("market fetch plan.xlsx"))(help_if_alone)


@app.command(
    "fetch", epilog=help_example("market fetch prices.csv --venue Bybit --symbol BTC"), context_settings=HELP
)
def fetch_market_data(
    target: Annotated[str, typer.Argument(metavar="BOOK|FILE", help="A plan book, or a market file (.csv).")],
    venue: Annotated[
        str | None, typer.Option("--venue", "-v", metavar="V", help="Of a market file; Binance if not given.")
    ] = None,
    kind: Annotated[
        Literal["linear", "inverse"] | None,
        typer.Option("--kind", help="Which contracts, of a market file; linear if not given."),
    ] = None,
    symbol: Annotated[
        list[str] | None,
        typer.Option("--symbol", metavar="S", help="An asset to put into a market file; may be repeated."),
    ] = None,
    history: Annotated[
        int,
        typer.Option("--history", min=0, max=2000, metavar="DAYS", help="Daily closes too, so many."),
    ] = 0,
    form: FormatOption = "text",
) -> None:
    """Write prices, funding rates and dated futures as they are now into a book or a market file."""
    from addin.commands.market import fetch_market

    text, complete = fetch_market(target, venue, kind, symbol or [], history, form)
    print(text)
    if not complete:
        raise typer.Exit(Exit.FAULTY)
