"""The market in the shell: a book's Market sheet or a market file brought up to date."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from addin.commands.printable import say
from addin.commands.venues_refresh import aligned_text, fact_text, progress
from udfs.conventions import LINEAR
from workbook.errors import BookError
from workbook.live.books import fill_book, live_request
from workbook.live.cache import Cache
from workbook.live.client import Connection
from workbook.live.contracts import LiveContracts
from workbook.live.faults import LiveError
from workbook.live.files import cache_folder
from workbook.live.market import LiveMarket
from workbook.live.marketfile import fill_file, history_path, write_history
from workbook.live.quotes import Quote, Want
from workbook.request import Request

LISTED: Final = {  # what fits a terminal; the JSON has every fact
    "symbol": "symbol",
    "spot": "spot",
    "mark": "mark",
    "next rate": "predicted_rate",
    "settles": "next_settlement",
    "future": "future",
    "expires": "expiry",
}
FIRST_VENUE: Final = "Binance"  # of a market file, which does not say


def live_market() -> LiveMarket:
    """The venues as the environment says to reach them, with this user's cache."""
    return LiveMarket(Connection.from_environment(), Cache(cache_folder()), progress)


class LivePrices:
    """The venues for one batch run: each asset and contract is asked for once, when a book first wants it."""

    def __init__(self) -> None:
        self.market = live_market()
        self.contracts = LiveContracts(self.market.connection, progress)

    def adapt(self, request: Request, package: bytes) -> Request:
        """The request with the market of this book's venue, and the facts of its contracts."""
        return live_request(self.market, self.contracts, request, package)

    def told(self) -> bool:
        """Say what could not be had, and answer whether anything could not."""
        for sentence in self.market.remarks | self.contracts.remarks:
            say(sentence)
        return bool(self.market.missed or self.contracts.missed)


def fetch_market(
    target: str, venue: str | None, kind: str | None, symbols: Sequence[str], days: int, form: str
) -> tuple[str, bool]:
    """What the market says of a book's or a file's symbols, now written there; whether all was had."""
    path, live = Path(target), live_market()
    if path.suffix.lower() == ".csv":
        wants = fill_file(path, venue or FIRST_VENUE, kind or LINEAR, symbols, live)
    elif symbols or venue or kind:
        raise BookError(f"{path}: a book says itself what it wants; leave out --symbol, --venue and --kind")
    else:
        wants, _ = fill_book(path, live, days)
    complete = not live.missed
    if days and path.suffix.lower() == ".csv":
        complete = _history(path, wants, days, live) and complete
    for sentence in live.remarks:
        say(sentence)
    quotes = [_facts(said) for said in live.quotes(wants).values()]
    if form == "json":
        return json.dumps(quotes, indent=2, default=str), complete
    if not quotes:
        return "nothing was had", complete
    return aligned_text([[*LISTED], *map(_line, quotes)]), complete


def _line(facts: Mapping[str, object]) -> list[str]:
    """What of a quote fits a terminal; of the expiry its day alone."""
    expiry = facts["expiry"]
    day = expiry.date() if isinstance(expiry, dt.datetime) else expiry
    return [fact_text({**facts, "expiry": day}[name]) for name in LISTED.values()]


def _history(path: Path, wants: Sequence[Want], days: int, live: LiveMarket) -> bool:
    closes = {}
    for want in wants:
        try:
            closes[want.symbol] = live.history(want, days)
        except LiveError as reason:
            live.remark(f"{reason}; the history of {want.symbol} is not had")
    if closes:
        write_history(history_path(path), closes)
        say(f"daily closes are in {history_path(path)}")
    return len(closes) == len(wants)


def _facts(said: Quote) -> Mapping[str, object]:
    carry = said.funding
    return {
        "venue": said.want.venue,
        "symbol": said.want.symbol,
        "spot": said.spot,
        "mark": carry.mark,
        "index": carry.index,
        "last_rate": carry.last_rate,
        "predicted_rate": carry.predicted_rate,
        "next_settlement": carry.next_at,
        "interval_hours": carry.interval_hours,
        "future": said.future,
        "future_symbol": said.future_symbol,
        "expiry": said.expiry,
        "as_of": said.as_of,
        "source": said.source,
    }
