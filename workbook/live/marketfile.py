"""Market files: the CSV that `recalc --market` reads, brought up to date, and price histories beside it."""

import csv
import datetime as dt
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from udfs.dates import moment
from workbook.batch.market_file import market_in_file
from workbook.errors import BookError
from workbook.layout import PLAN
from workbook.layout.schema import Column
from workbook.live.files import write_text
from workbook.live.market import LiveMarket
from workbook.live.quotes import Want
from workbook.request import Cell


def fill_file(
    path: Path, venue: str, kind: str, symbols: Sequence[str], live: LiveMarket
) -> tuple[Want, ...]:
    """Bring a market file up to date, or begin it; a row that can't be had stays as it is."""
    before = market_in_file(path) if path.exists() else {}
    if not before and not symbols:
        raise BookError(f"{path}: is not there yet; say with --symbol what it is to hold", "path", str(path))
    wants = tuple(Want(venue, kind, symbol) for symbol in dict.fromkeys([*before, *symbols]))
    rows = live.rows(wants)
    merged = {symbol: rows.get(symbol, old) for symbol, old in before.items()}
    for want, reason in live.missed.items():
        stays = want.symbol in before
        live.remark(f"{reason}; {want.symbol} {'stays as it was' if stays else 'is not in the file'}")
    merged |= rows
    if rows:
        write_market(path, merged)
    return wants


def write_market(path: Path, rows: Mapping[str, Mapping[str, Cell]]) -> None:
    """Write a market file, a row a symbol; what is not known is blank."""
    columns = [column for column in PLAN.tables["Market"].columns if column.is_input]
    lines = [[column.name for column in columns]]
    for symbol, values in rows.items():
        named = {"symbol": symbol, **values}
        lines.append([_text(column, named.get(column.name)) for column in columns])
    write_text(path, _csv(lines))


def write_history(path: Path, closes: Mapping[str, Mapping[dt.date, float]]) -> None:
    """Write daily closes, one column per asset; a day that a venue does not have is blank."""
    days = sorted({day for asset in closes.values() for day in asset})
    lines = [["date", *closes]]
    for day in days:
        found = (asset.get(day) for asset in closes.values())
        lines.append([day.isoformat(), *("" if close is None else f"{close:.15g}" for close in found)])
    write_text(path, _csv(lines))


def history_path(path: Path) -> Path:
    """Where the history of a market file lies: market.csv has market-history.csv beside it."""
    return path.with_name(f"{path.stem}-history.csv")


def _csv(lines: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue()


def _text(column: Column, value: Cell) -> str:
    if value is None:
        return ""
    if column.kind == "date" and isinstance(value, float):
        at = (moment(value) + dt.timedelta(seconds=0.5)).replace(microsecond=0)  # to the second
        return at.date().isoformat() if at.time() == dt.time() else at.isoformat()
    return f"{value:.15g}" if isinstance(value, float) else str(value)
