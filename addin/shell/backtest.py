"""`microhedge backtest`."""

from addin.shell.options import FormatOption, PlanArgument, commands, help_example

app = commands()


@app.command(epilog=help_example("backtest plan.xlsx"))
def backtest(book: PlanArgument, form: FormatOption = "text") -> None:
    """Show what a plan would have done over its own price history."""
    from addin.commands.backtest import as_json, draw

    print(as_json(book)) if form == "json" else draw(book)
