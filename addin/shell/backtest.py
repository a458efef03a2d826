"""`microhedge backtest`."""

from addin.shell.options import Form, Plan, commands, example

app = commands()


@app.command(epilog=example("backtest plan.xlsx"))
def backtest(book: Plan, form: Form = "text") -> None:
    """Show what a plan would have done over its own price history."""
    from addin.commands.backtest import as_json, draw

    print(as_json(book)) if form == "json" else draw(book)
