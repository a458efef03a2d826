"""What the head of a report's page says of a run: its words, its market and how old that is."""

import datetime as dt
import sys
from pathlib import Path
from shlex import quote

from udfs.dates import moment
from workbook.report.run_facts import RunFacts
from workbook.report.run_state import RunState
from workbook.request import Cell, Request
from workbook.version import own_version


def run_facts(request: Request, market: str | None, before: RunState | None) -> RunFacts:
    """The facts of a run that begins now."""
    prices, dates = {}, []
    for symbol, row in request.market.items():
        price = next(
            (row[name] for name in ("mark", "spot") if isinstance(row.get(name), (int, float))), None
        )
        if isinstance(price, (int, float)):
            prices[symbol] = float(price)
        dates += [date for date in [_moment(row.get("as_of"))] if date]
    return RunFacts(
        at=dt.datetime.now(dt.UTC),
        command=" ".join(["microhedge", *map(quote, sys.argv[1:])]),
        market=market or "",
        market_at=_changed(market) if market else None,
        oldest_price=min(dates, default=None),
        prices=prices,
        before=before,
        version=own_version() or "",
    )


def _changed(market: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromtimestamp(Path(market).stat().st_mtime, dt.UTC)
    except OSError:  # a URL
        return None


def _moment(cell: Cell) -> dt.datetime | None:
    if isinstance(cell, dt.datetime):
        return cell.replace(tzinfo=dt.UTC)
    return moment(cell).replace(tzinfo=dt.UTC) if isinstance(cell, float) else None
