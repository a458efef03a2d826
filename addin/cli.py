"""The command line: the shell is a host like the others.

Only the command that runs imports what it needs: `--help` answers at once. Results go to standard
output, all else to standard error. Exit codes: 0 done, 1 refused or failed, 2 wrong usage.
"""

import sys
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

from udfs.errors import HedgeError


class UsageError(TyperException):
    """A command that was called with the wrong words."""


app = typer.Typer(
    name="microhedge",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback(no_args_is_help=True)
def microhedge(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    """Plan futures hedges of small crypto portfolios, in spreadsheets and without them."""
    if version:
        from importlib.metadata import version as installed

        print(installed("microhedge"))
        raise typer.Exit


def main() -> NoReturn:
    """Run one command; every refusal is one sentence on standard error."""
    try:
        code = app(standalone_mode=False)
    except TyperException as error:
        code = _refuse(error.format_message(), 2)
    except (typer.Abort, KeyboardInterrupt):
        code = _refuse("interrupted", 130)
    except HedgeError as error:
        code = _refuse(str(error), 1)
    except OSError as error:
        code = _refuse(f"{error.filename or 'system'}: {error.strerror or error}", 1)
    sys.exit(code)


def _refuse(sentence: str, code: int) -> int:
    print(f"microhedge: {sentence}", file=sys.stderr)
    return code


@app.command(context_settings={"ignore_unknown_options": True})
def calc(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The function, as in a cell: HEDGE_MARGIN.")],
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ARG]...", help='Numbers, words, ISO dates; ranges as JSON: "[[1,2],[3,4]]".'
        ),
    ] = None,
) -> None:
    """Calculate one function: `microhedge calc HEDGE_MARGIN 2400 5` prints 480."""
    from addin.shell import cells_from_text, refusals, shown_result
    from udfs import REGISTRY

    spec = REGISTRY.get(name.upper())
    if spec is None:
        raise UsageError(f"{name} is not a function of microhedge; `microhedge functions` lists them")
    given = arguments or []
    if not spec.required <= len(given) <= len(spec.parameters):
        wanted = f"{spec.required} to {len(spec.parameters)}"
        raise UsageError(f"{spec.signature} takes {wanted} arguments, got {len(given)}")
    result = spec.call(*cells_from_text(spec, given))
    print(shown_result(result))
    refused = [_refuse(str(refusal), 1) for refusal in refusals(result)]
    if refused:
        raise typer.Exit(1)
