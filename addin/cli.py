"""The command line: the shell is a host like the others.

Only the command that runs imports what it needs: `--help` answers at once. Results go to standard
output, all else to standard error. Exit codes: 0 done, 1 refused or failed, 2 wrong usage.
"""

import io
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer
from typer.exceptions import TyperException

from addin.hosts.host import HostName, State, host
from udfs.errors import HedgeError

if TYPE_CHECKING:
    from udfs.registry import Spec


class UsageError(TyperException):
    """A command that was called with the wrong words."""


app = typer.Typer(
    name="microhedge",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def microhedge(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    """Plan futures hedges of small crypto portfolios, in spreadsheets and without them."""
    if version:
        from workbook.version import own_version

        installed = own_version()
        if installed is None:
            raise HedgeError("it is not installed here, and a checkout has no version")
        print(installed)
        raise typer.Exit
    _help_if_alone(context)


def _help_if_alone(context: typer.Context) -> None:
    """Who calls a group by its name alone asks what there is."""
    if context.invoked_subcommand is None:
        print(context.get_help())


def main() -> NoReturn:
    """Run one command; every refusal is one sentence on standard error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a sign shows another
    try:
        _refuse_empty(sys.argv[1:])
        code = app(standalone_mode=False)
        if code == 130:  # typer's own answer to Ctrl-C is silent
            _refuse("interrupted", code)
    except TyperException as error:
        said = error.format_message().replace("Value error, ", "")  # the checker's words, not ours
        code = _refuse(" ".join(said.split()), 2)
    except (typer.Abort, KeyboardInterrupt):
        code = _refuse("interrupted", 130)
    except HedgeError as error:
        code = _refuse(str(error), 1)
    except OSError as error:
        code = _refuse(f"{error.filename or 'system'}: {error.strerror or error}", 1)
    sys.exit(code)


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
            raise UsageError(f"{before}: is empty" if before.startswith("--") else "an argument is empty")
        if word.startswith("--") and word.endswith("=") and word.count("=") == 1:
            raise UsageError(f"{word[:-1]}: is empty")


def _function(name: str) -> "Spec":
    from udfs import REGISTRY

    spec = REGISTRY.get(name.upper())
    if spec is None:
        raise UsageError(f"{name} is not a function of microhedge; `microhedge functions` lists them")
    return spec


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
    from addin.commands.calc import cells_from_text, refusals, shown_result

    spec = _function(name)
    given = arguments or []
    if not spec.required <= len(given) <= len(spec.parameters):
        most = len(spec.parameters)
        wanted = f"{most}" if spec.required == most else f"{spec.required} to {most}"
        raise UsageError(f"{spec.signature} takes {wanted} arguments, got {len(given)}")
    result = spec.call(*cells_from_text(spec, given))
    print(shown_result(result))
    refused = [_refuse(str(refusal), 1) for refusal in refusals(result)]
    if refused:
        raise typer.Exit(1)


@app.command()
def demo(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where the books are made; earlier ones are written over.")
    ] = Path("demo"),
) -> None:
    """Make three example books, recalculate and check them, and print their plans."""
    from addin.commands.demo import run

    raise typer.Exit(0 if run(folder) else 1)


@app.command("new")
def new(
    book: Annotated[Path, typer.Argument(metavar="BOOK", help="The .xlsx file to write.")],
    example: Annotated[
        Literal["two-asset", "btc", "portfolio", "blank"],
        typer.Option("--example", help="What it holds: an example, real figures, or nothing."),
    ] = "two-asset",
    venue: Annotated[
        str | None, typer.Option("--venue", metavar="V", help="Where you trade, as `venues list` names it.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write a new plan book: `microhedge new plan.xlsx`."""
    from workbook import new_book

    new_book(book, example, venue, force=force)
    print(book)


Books = Annotated[list[Path], typer.Argument(metavar="BOOK...", help="One or more saved books.")]
Plan = Annotated[Path, typer.Argument(metavar="BOOK", help="A saved plan.")]
Form = Annotated[Literal["text", "json"], typer.Option("--format", help="For people or for programs.")]


@app.command()
def check(
    books: Books,
    form: Form = "text",
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day to hold prices against; else today."),
    ] = None,
) -> None:
    """Say what is wrong with a book, where, and how to mend it; exit 1 unless it is sound.

    Errors and warnings speak against a book, notes do not.
    """
    from addin.commands.check import as_json, reports
    from addin.commands.progress import shown_progress

    found = []
    for report in reports(shown_progress(books, "Checking"), as_of and as_of.date()):
        found.append(report)
        if report.refused:
            _refuse(report.refused, 1)
        elif form == "text":
            print(report.as_text())
    if form == "json":
        print(as_json(found))
    if not all(report.is_sound for report in found):
        raise typer.Exit(1)


@app.command()
def show(book: Plan, form: Form = "text") -> None:
    """Show a calculated plan in the terminal, with small bars."""
    from addin.commands.show import as_json, draw

    if form == "json":
        print(as_json(book))
    else:
        draw(book)


@app.command("calendar")
def calendar(
    book: Plan,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The .ics file; else standard output.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Reminders of the Journal's open hedges as a calendar: review, roll, expiry, funding."""
    from addin.commands.calendar import calendar_of, write_calendar

    if out is not None and out.resolve() == book.resolve():
        raise UsageError(f"{out}: is the book, and cannot be the calendar too")
    content, unusable = calendar_of(book)
    if out is None:
        sys.stdout.buffer.write(content)
    else:
        write_calendar(content, out, force=force)
        print(out)
    refused = [_refuse(sentence, 1) for sentence in unusable]
    if refused:
        raise typer.Exit(1)


@app.command()
def migrate(book: Plan) -> None:
    """Bring a plan to the present template: inputs kept, the old book kept beside it."""
    from addin.commands.printable import printable
    from workbook.template.migrate import migrate_book

    migration = migrate_book(book)
    if migration is None:
        print(f"{book}: is of the present template and stands as it should; nothing was done")
        return
    print(f"{migration.book}: {migration.taken} inputs taken; the old book is {migration.kept}")
    for sentence in migration.left:
        print(f"  not taken: {printable(sentence)}")


HostArgument = Annotated[HostName, typer.Argument(metavar="HOST", help="The spreadsheet program.")]

hosts = typer.Typer(help="Build, install, look at or remove the add-in of a host.")
app.add_typer(hosts, name="addin")
hosts.callback(invoke_without_command=True)(_help_if_alone)


@hosts.command("build")
def build_addin(
    name: HostArgument,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where to write it.")] = Path(),
) -> None:
    """Write an add-in's files, on any system."""
    for path in host(name).build(out):
        print(path)


@hosts.command("install")
def install_addin(name: HostArgument) -> None:
    """Put the functions into the host on this machine."""
    print(host(name).install())


@hosts.command("status")
def show_addin(
    name: HostArgument,
    form: Annotated[Literal["text", "json"], typer.Option("--format", help="How to say it.")] = "text",
) -> None:
    """Say what is installed and whether it fits.

    Exit 1 if anything is to be done; the last line says what.
    """
    status = host(name).status()
    print(status.as_json() if form == "json" else status.as_text())
    if status.state in (State.ABSENT, State.FAULTY):
        raise typer.Exit(1)


@hosts.command("remove")
def remove_addin(name: HostArgument) -> None:
    """Undo an installation and leave nothing behind."""
    print(host(name).remove())


@app.command("functions")
def show_functions(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="One function; all if left out.")
    ] = None,
    format_: Annotated[
        Literal["text", "markdown", "json"],
        typer.Option("--format", help="For people, the docs or programs."),
    ] = "text",
) -> None:
    """The reference: every function in a line, or one in full."""
    from addin.commands.functions import reference

    print(reference(None if name is None else _function(name), format_))


venues = typer.Typer(help="The venue table: contract facts with their dates and sources.")
app.add_typer(venues, name="venues")


@venues.callback(invoke_without_command=True)
def venues_default(context: typer.Context) -> None:
    """The venue table: contract facts with their dates and sources."""
    if context.invoked_subcommand is None:
        list_venues()


@venues.command("list")
def list_venues(
    format_: Annotated[Literal["text", "json"], typer.Option("--format", help="Text or JSON.")] = "text",
) -> None:
    """List the contracts in force, with age and source; facts older than 30 days are named."""
    from addin.commands.printable import say
    from addin.commands.venues_list import contracts_as_json, contracts_as_text, stale_contracts

    print(contracts_as_json() if format_ == "json" else contracts_as_text())
    for warning in stale_contracts():
        say(warning)


@venues.command("refresh")
def refresh_venue_table(
    venue: Annotated[
        list[str] | None, typer.Option("--venue", metavar="V", help="Ask this venue alone; may be repeated.")
    ] = None,
    symbol: Annotated[
        list[str] | None,
        typer.Option(
            "--symbol", metavar="S", help="Ask for this contract, as BTC or BTCUSDT; may be repeated."
        ),
    ] = None,
    format_: Annotated[Literal["text", "json"], typer.Option("--format", help="Text or JSON.")] = "text",
) -> None:
    """Ask the venues (public endpoints, through ccxt) and write your own table; shows what changed."""
    from addin.commands.venues_refresh import refresh_venues

    text, complete = refresh_venues(venue or [], symbol or [], format_)
    print(text)
    if not complete:
        raise typer.Exit(1)


@app.command()
def recalc(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Books, and folders of books.")],
    out: Annotated[
        str | None, typer.Option(metavar="DIR", help="Write the books here, in the folders that they lie in.")
    ] = None,
    in_place: Annotated[bool, typer.Option("--in-place", help="Write each book over itself.")] = False,
    inputs: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Set the cell with this name; may be repeated."),
    ] = None,
    market: Annotated[
        str | None, typer.Option(metavar="FILE", help="CSV of prices by symbol, for the Market sheet.")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="What TODAY and NOW shall be, as 2026-01-31T16:00 in UTC."),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Books at a time; as many as processors if not given."),
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Run on this Dask cluster: tcp://host:8786.")
    ] = None,
    report: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="A row a book: .csv, .jsonl, .parquet or .html; - prints JSON lines."
        ),
    ] = None,
    add_symbols: Annotated[
        bool, typer.Option("--add-symbols", help="Write symbols that a book does not list into free rows.")
    ] = False,
    venues_beside: Annotated[
        bool, typer.Option("--venues-beside", help="Let venue tables that lie beside a book count for it.")
    ] = False,
    allow_stale: Annotated[
        bool, typer.Option("--allow-stale", help="Write books in which some cells must keep their old value.")
    ] = False,
    timeout: Annotated[
        float,
        typer.Option(
            min=0, max=31_536_000, metavar="S", help="Seconds after which one book is given up; 0: never."
        ),
    ] = 300,
    engine: Annotated[
        Literal["embedded", "libreoffice"],
        typer.Option(help="What calculates: libreoffice for books with functions that ours lacks; slower."),
    ] = "embedded",
    live: Annotated[
        bool, typer.Option("--live", help="Ask each book's venue for its Market sheet first, through ccxt.")
    ] = False,
) -> None:
    """Recalculate books and folders of books without opening a spreadsheet program."""
    from addin.commands.recalc import Run, read_inputs, read_time
    from workbook.batch.market_file import read_market
    from workbook.batch.report import BadReport
    from workbook.batch.run import BadRun
    from workbook.request import Request

    prices = None
    if live:
        from addin.commands.market import LivePrices

        prices = LivePrices()
    try:
        request = Request(
            inputs=read_inputs(inputs or []),
            market=read_market(market) if market else {},
            as_of=read_time(as_of) if as_of else None,
            allow_stale=allow_stale,
            add_symbols=add_symbols,
            venues_beside=venues_beside,
            engine=engine,
        )
        if report and market and Path(report).resolve() == Path(market).resolve():
            raise UsageError(f"{report}: is the market file, and cannot be the report too")
        run = Run(
            paths,
            request,
            out=out,
            in_place=in_place,
            jobs=jobs,
            timeout=timeout,
            scheduler=scheduler,
            adapt=prices.adapt if prices else None,
        )
        problems = run.report_to(report)
    except (BadRun, BadReport) as wrong:
        raise UsageError(str(wrong)) from None
    if prices and prices.told():
        problems += 1
    if problems:
        raise typer.Exit(1)


market = typer.Typer(help="Prices and rates of the venues, now.")
app.add_typer(market, name="market")
market.callback(invoke_without_command=True)(_help_if_alone)


@market.command("fetch")
def fetch_market_data(
    target: Annotated[str, typer.Argument(metavar="BOOK|FILE", help="A plan book, or a market file (.csv).")],
    venue: Annotated[
        str | None, typer.Option("--venue", metavar="V", help="Of a market file; Binance if not given.")
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
    format_: Annotated[Literal["text", "json"], typer.Option("--format", help="Text or JSON.")] = "text",
) -> None:
    """Write prices, funding rates and dated futures as they are now into a book or a market file."""
    from addin.commands.market import fetch_market

    text, complete = fetch_market(target, venue, kind, symbol or [], history, format_)
    print(text)
    if not complete:
        raise typer.Exit(1)
