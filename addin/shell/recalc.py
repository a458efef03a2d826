"""`microhedge recalc`."""

import errno
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from addin.shell.exit import Exit
from addin.shell.options import UsageError, commands, help_example

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbook.request import Cell

app = commands()


@app.command(epilog=help_example("recalc books/ --out results/ --market prices.csv --report run.html"))
def recalc(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Books, and folders of books.")],
    out: Annotated[
        str | None,
        typer.Option(
            "--out", "-o", metavar="DIR", help="Write the books here, in the folders that they lie in."
        ),
    ] = None,
    in_place: Annotated[bool, typer.Option("--in-place", "-i", help="Write each book over itself.")] = False,
    inputs: Annotated[
        list[str] | None,
        typer.Option(
            "--set", "-s", metavar="NAME=VALUE", help="Set the cell with this name; may be repeated."
        ),
    ] = None,
    market: Annotated[
        str | None,
        typer.Option("--market", "-m", metavar="FILE", help="Prices by symbol, for the Market sheet."),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="What TODAY and NOW shall be, as 2026-01-31T16:00 in UTC."),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs", "-j", min=1, metavar="N", help="Books at a time; as many as processors if not given."
        ),
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Run on this Dask cluster: tcp://host:8786.")
    ] = None,
    report: Annotated[
        str | None,
        typer.Option(
            "--report",
            "-r",
            metavar="FILE",
            help="A row per book: .csv, .jsonl, .parquet or .html; - prints JSON lines.",
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
    from addin.commands.input_names import refuse_unknown_names
    from addin.commands.recalc import Run, read_inputs, read_time
    from workbook.batch.pools import BadRun
    from workbook.request import Request

    if in_place == bool(out):
        raise UsageError("say where the results go: --out DIR, or --in-place")
    prices = None
    if live:
        from addin.commands.market import LivePrices

        prices = LivePrices()
    try:
        request = Request(
            inputs=read_inputs(inputs or []),
            market=_prices_of(market) if market else {},
            as_of=read_time(as_of) if as_of else None,
            allow_stale=allow_stale,
            add_symbols=add_symbols,
            venues_beside=venues_beside,
            engine=engine,
        )
        refuse_unknown_names(paths, request.inputs)
        if report and market and Path(report).resolve() == Path(market).resolve():
            raise UsageError(f"{report}: is the market file, and can't be the report too")
        run = Run(
            paths,
            request,
            out=out,
            in_place=in_place,
            jobs=jobs,
            timeout=timeout,
            scheduler=scheduler,
            adapt=prices.adapt if prices else None,
            market=market,
        )
        code = run.report_to(report)
    except BadRun as wrong:
        raise UsageError(str(wrong)) from None
    if prices and prices.told():
        code = Exit.FAULTY
    if code:
        raise typer.Exit(code)


def _prices_of(market: str) -> "Mapping[str, Mapping[str, Cell]]":
    from workbook.batch.market_file import market_in_file
    from workbook.files.storage import find_store

    store, path = find_store(market)
    if not store.exists(path):
        raise FileNotFoundError(errno.ENOENT, "there is no such file or folder", market)
    return market_in_file(market)
