"""Options and arguments that several commands share, and how a command is made."""

from pathlib import Path
from typing import Annotated, Any, Final, Literal

import typer
from typer.exceptions import TyperException

HELP: Final[dict[str, Any]] = {"help_option_names": ["-h", "--help"]}

Books = Annotated[list[Path], typer.Argument(metavar="BOOK...", help="Saved books, and folders of books.")]
PlanArgument = Annotated[Path, typer.Argument(metavar="BOOK", help="A saved plan.")]
FormatOption = Annotated[
    Literal["text", "json"], typer.Option("--format", "-f", help="For people or for programs.")
]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that is there.")]


class UsageError(TyperException):
    """A command that was called with the wrong words."""


def commands(summary: str | None = None) -> typer.Typer:
    """An application of one command, or with a summary a group of commands."""
    return typer.Typer(
        help=summary,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings=HELP,
    )


def help_example(words: str) -> str:
    """The example at the end of a help page."""
    return f"Example: microhedge {words}"


def help_if_alone(context: typer.Context) -> None:
    """Who calls a group by its name alone asks what there is."""
    if context.invoked_subcommand is None:
        print(context.get_help())
