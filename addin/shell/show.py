"""`microhedge show`."""

from pathlib import Path

import typer

from addin.shell.exit import Exit
from addin.shell.options import Books, FormatOption, commands, help_example

app = commands()


@app.command(epilog=help_example("show plan.xlsx"))
def show(books: Books, form: FormatOption = "text") -> None:
    """Show calculated plans in the terminal, with small bars."""
    from addin.commands.found import found_books, is_one_book
    from addin.commands.printable import say
    from addin.commands.show import as_json, draw
    from udfs.errors import HedgeError
    from workbook.files.venue_tables import not_used

    def tell_of_tables(book: Path) -> None:
        if said := not_used(book):
            say(f"{book}: {said.partition(':')[0]}")

    if is_one_book(books):
        tell_of_tables(books[0])
        print(as_json(books[0])) if form == "json" else draw(books[0])
        return
    shown: list[str] = []
    refused = 0
    for book in found_books(books):
        tell_of_tables(book)
        try:
            if form == "json":
                shown.append(as_json(book))
            else:
                draw(book)
        except (HedgeError, OSError) as refusal:
            say(str(refusal) if isinstance(refusal, HedgeError) else f"{book}: {refusal.strerror}")
            refused += 1
    if form == "json":
        print(f"[{', '.join(shown)}]")
    if refused:
        raise typer.Exit(Exit.FAULTY)
