"""`microhedge watch`."""

from typing import Annotated

import typer

from addin.shell.options import FormatOption, commands, help_example

app = commands()


@app.command(epilog=help_example("watch books/ --market prices.csv --every 15m --alert alerts.jsonl"))
def watch(
    folder: Annotated[str, typer.Argument(metavar="FOLDER", help="A folder of books; they are only read.")],
    market: Annotated[
        str | None,
        typer.Option("--market", "-m", metavar="FILE", help="Prices by symbol, read at each look."),
    ] = None,
    every: Annotated[
        str, typer.Option("--every", metavar="TIME", help="How long between two looks: 90s, 15m, 1h.")
    ] = "15m",
    once: Annotated[bool, typer.Option("--once", help="Look once: for a scheduler of the system.")] = False,
    alert: Annotated[
        str | None,
        typer.Option(
            "--alert",
            metavar="FILE|COMMAND",
            help="A .jsonl file that gets each event, or a command that reads it as JSON.",
        ),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", min=1, metavar="N", help="Books at a time; else as many as processors."),
    ] = None,
    form: FormatOption = "text",
) -> None:
    """Tell when a plan changes: near liquidation, review due, expired, outside its band.

    Books whose prices or contents changed are recalculated into a hidden folder. Nothing is traded, and no
    book is written.
    """
    from addin.commands.watch import Alert, Watch, seconds_of
    from addin.commands.watch import watch as keep_watching

    seconds = seconds_of(every)
    watched = Watch(folder, market, Alert(alert) if alert else None, form, jobs)
    if once:
        code = watched.look()
        if code:
            raise typer.Exit(code)
        return
    keep_watching(watched, seconds)
