"""Options and arguments that several commands share, and how a command is made."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import typer
from typer.exceptions import TyperException

HELP: Final[dict[str, Any]] = {"help_option_names": ["-h", "--help"]}

Books = Annotated[list[Path], typer.Argument(metavar="BOOK...", help="Saved books, and folders of books.")]
Plan = Annotated[Path, typer.Argument(metavar="BOOK", help="A saved plan.")]
Form = Annotated[Literal["text", "json"], typer.Option("--format", "-f", help="For people or for programs.")]
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


def example(words: str) -> str:
    """The example at the end of a help page."""
    return f"Example: microhedge {words}"


def help_if_alone(context: typer.Context) -> None:
    """Who calls a group by its name alone asks what there is."""
    if context.invoked_subcommand is None:
        print(context.get_help())


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The closest of the known words as a question to append, or nothing."""
    from difflib import get_close_matches

    cased = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), cased, n=1, cutoff=0.6)
    return f"; did you mean {cased[close[0]]}?" if close else ""
