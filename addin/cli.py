"""The command line: the shell is a host like the others.

A command's module is imported when it is called, and imports what it needs when it runs: `--help`
answers at once. Results go to standard output, all else to standard error.
"""

import errno
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from addin.shell.coercion import swift
from addin.shell.exit import Exit
from addin.shell.options import HELP, UsageError, help_if_alone

if TYPE_CHECKING:
    from typer._click import Command, Context, HelpFormatter

SUMMARIES: Final = {
    "demo": "Make three example books, recalculate and check them, and print their plans.",
    "new": "Write a new plan book.",
    "show": "Show calculated plans in the terminal, with small bars.",
    "backtest": "Show what a plan would have done over its own price history.",
    "check": "Say what is wrong with a book, where, and how to mend it.",
    "recalc": "Recalculate books and folders of books without opening a spreadsheet program.",
    "watch": "Tell when a plan changes: near liquidation, review due, expired, outside its band.",
    "calc": "Calculate one function.",
    "functions": "The reference: every function in a line, or one in full.",
    "calendar": "Reminders of the Journal's open hedges as a calendar: review, roll, expiry, funding.",
    "migrate": "Bring a plan to the present template: inputs kept, the old book kept beside it.",
    "share": "Write a plan in built-in functions alone, for whoever has no add-in.",
    "market": "Prices and rates of the venues, now.",
    "venues": "The venue table: contract facts with their dates and sources.",
    "addin": "Build, install, look at or remove the add-in of a host.",
}
"""The commands in the order of the help page; each has its module in `addin/shell`."""
OBJECTS: Final = 200_000  # that are made before Python looks for cycles: a book is many of them, and no cycle


class Commands(TyperGroup):
    """The commands by name: the module of one is imported when it is called."""

    def list_commands(self, ctx: "Context") -> list[str]:  # noqa: ARG002 - the same everywhere
        """Every command, in the order of the help page."""
        return list(SUMMARIES)

    def get_command(self, ctx: "Context", cmd_name: str) -> "Command | None":
        """The command of a name; a wrong one is refused with the one that may have been meant."""
        if cmd_name not in SUMMARIES:
            if ctx.resilient_parsing:
                return None
            from udfs.close_words import did_you_mean

            raise UsageError(f"there is no command {cmd_name}{did_you_mean(cmd_name, SUMMARIES)}")
        made = swift(typer.main.get_command(import_module(f"addin.shell.{cmd_name}").app))
        made.name = cmd_name
        return made

    def format_commands(self, ctx: "Context", formatter: "HelpFormatter") -> None:  # noqa: ARG002 - as above
        """A line per command, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(SUMMARIES.items()))


app = typer.Typer(
    name="microhedge",
    cls=Commands,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings=HELP,
    epilog="Example: microhedge demo",
)


@app.callback(invoke_without_command=True)
def microhedge(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", "-V", help="Print the version and stop.")] = False,
) -> None:
    """Plan futures hedges of small crypto portfolios, in spreadsheets and without them."""
    if version:
        from udfs.errors import HedgeError
        from workbook.version import own_version

        installed = own_version()
        if installed is None:
            raise HedgeError("it is not installed here, and a checkout has no version")
        print(installed)
        raise typer.Exit
    help_if_alone(context)


def main() -> NoReturn:
    """Run one command; every refusal is one sentence on standard error."""
    import atexit
    import gc
    import io

    gc.set_threshold(OBJECTS)
    atexit.register(gc.freeze)  # what is left goes with the process: cycles in it would be looked for in vain
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a sign shows another
    try:
        code = _run()
        sys.stdout.flush()
    except BrokenPipeError:
        code = _pipe_closed()
    sys.exit(code)


def _run() -> int:
    try:
        _refuse_empty(sys.argv[1:])
        code: int = swift(typer.main.get_command(app))(standalone_mode=False) or Exit.DONE
        if code == Exit.INTERRUPTED:  # typer's own answer to Ctrl-C is silent
            _refuse("interrupted", code)
    except TyperException as error:
        said = error.format_message().replace("Value error, ", "")  # the checker's words, not ours
        code = _refuse(" ".join(said.split()), Exit.USAGE)
    except SystemExit:  # typer's own answer to a pipe that was closed
        raise BrokenPipeError from None
    except (typer.Abort, KeyboardInterrupt):
        code = _refuse("interrupted", Exit.INTERRUPTED)
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        missing = Exit.MISSING if error.errno == errno.ENOENT else Exit.FAULTY
        code = _refuse(f"{error.filename or 'system'}: {error.strerror or error}", missing)
    except Exception as error:
        from udfs.errors import HedgeError

        if not isinstance(error, HedgeError):
            raise
        code = _refuse(str(error), Exit.FAULTY)
    return code


def _pipe_closed() -> int:
    """Whoever reads has seen enough: what is left to be written goes nowhere, and nothing is said."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return Exit.DONE


def _refuse(sentence: str, code: int) -> int:
    from addin.commands.printable import say

    say(sentence)
    return code


def _refuse_empty(words: list[str]) -> None:
    """An empty word comes from a variable that was never set: it must not mean the folder at hand."""
    if words[:1] == ["calc"]:
        return  # where it is a blank cell
    for before, word in zip(["", *words], words, strict=False):
        if not word:
            raise UsageError(f"{before}: is empty" if before.startswith("-") else "an argument is empty")
        if word.startswith("--") and word.endswith("=") and word.count("=") == 1:
            raise UsageError(f"{word[:-1]}: is empty")
