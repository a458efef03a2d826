"""`microhedge migrate`."""

from typing import Annotated, Literal

import typer

from addin.shell.options import PlanArgument, commands, help_example

app = commands()


@app.command(epilog=help_example("migrate plan.xlsx"))
def migrate(
    book: PlanArgument,
    edition: Annotated[
        Literal["add-in", "native"] | None,
        typer.Option("--edition", help="The edition of the new book; else that of the old one."),
    ] = None,
) -> None:
    """Bring a plan to the present template: inputs kept, the old book kept beside it."""
    from addin.commands.printable import printable
    from workbook.template.migrate import migrate_book

    migration = migrate_book(book, edition=edition)
    if migration is None:
        print(f"{printable(str(book))}: is of the present template and stands as it should; nothing was done")
        return
    kept = printable(str(migration.kept))
    print(f"{printable(str(migration.book))}: {migration.taken} inputs taken; the old book is {kept}")
    for sentence in migration.left:
        print(f"  not taken: {printable(sentence)}")
