"""The user's venue table, refreshed: what was asked, what changed, what had to be kept.

A contract that can't be had keeps its row with its old date; a fact that the venue does not publish
keeps its old value, and the note says since when. Both files are written whole or not at all.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from udfs.dates import moment
from udfs.errors import NotAvailable
from udfs.symbols import row_key, spelling
from udfs.venues import CONTRACTS_FILE, TIERS_FILE, Contract, Tables, Tier
from workbook.live.client import Client, Connection, understood
from workbook.live.clock import clock
from workbook.live.desks import DESKS, Desk, Market, listed, traded
from workbook.live.facts import VALUED, contract, tiers
from workbook.live.faults import LiveError, NotListed
from workbook.live.files import write_text
from workbook.live.funding import UNKNOWN, funding

KEPT: Final = re.compile(r"Kept from (an unknown date|\S+): ([^.]*)\.")
FACTS: Final = Contract._fields[2:14]  # what a venue says; the date, source and note are ours


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that is no longer what it was; None is not known."""

    venue: str
    symbol: str
    fact: str
    old: float | str | None
    new: float | str | None


@dataclass(frozen=True, slots=True)
class Missed:
    """A contract that could not be had, and why; its row is as it was."""

    venue: str
    symbol: str
    reason: LiveError


@dataclass(slots=True)
class Refresh:
    """What the venues said."""

    contracts: list[Contract] = field(default_factory=list)
    tiers: list[Tier] = field(default_factory=list)
    missed: list[Missed] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def add(self, other: "Refresh") -> None:
        """Take in what another desk said."""
        self.contracts += other.contracts
        self.tiers += other.tiers
        self.missed += other.missed
        self.remarks += other.remarks


def desks(venues: Collection[str]) -> list[Desk]:
    """The desks of some venues, by our name or ccxt's; all if none is named."""
    known = {name.casefold(): desk for desk in DESKS for name in (desk.venue, desk.exchange)}
    for name in venues:
        if name.casefold() not in known:
            names = ", ".join(dict.fromkeys(desk.venue for desk in DESKS))
            raise NotAvailable(f'venue: "{name}" can not be asked; there are {names}', "venue", name)
    wanted = {name.casefold() for name in venues}
    return [desk for desk in DESKS if not wanted or {desk.venue.casefold(), desk.exchange} & wanted]


def refresh(
    known: Tables,
    connection: Connection,
    venues: Collection[str] = (),
    symbols: Sequence[str] = (),
    told: Callable[[str], None] = lambda _: None,
) -> Refresh:
    """Ask the venues, side by side, for some symbols, or for those the table has.

    A desk that can't be reached at all is asked once, not once a symbol.
    """
    found = Refresh()
    chosen = desks(venues)

    def asked(desk: Desk) -> Refresh:
        told(f"{desk.venue}: asking {desk.exchange}")
        answer = _ask(desk, connection, symbols or _rows_of(known, desk))
        told(f"{desk.venue}: {len(answer.contracts)} contracts")
        return answer

    with ThreadPoolExecutor(max_workers=len(chosen)) as pool:
        for answer in pool.map(asked, chosen):
            found.add(answer)
    found.remarks = list(dict.fromkeys(found.remarks))
    _drop_met_elsewhere(found)
    found.contracts = [_completed(row, _old(known, row)) for row in found.contracts]
    return found


def changes(known: Tables, found: Refresh) -> list[Change]:
    """What is no longer as the tables had it, fact by fact; tiers as one fact, their number."""
    rows = []
    for new in found.contracts:
        old = _old(known, new)
        for fact in FACTS:
            before = getattr(old, fact) if old else None
            if before != getattr(new, fact):
                rows.append(Change(new.venue, new.symbol, fact, before, getattr(new, fact)))
        key = row_key(new.venue, new.symbol)
        ladder = [tier for tier in found.tiers if row_key(tier.venue, tier.symbol) == key]
        before_ladder = known.ladders.get(key, ())
        if ladder and list(map(_steps, ladder)) != list(map(_steps, before_ladder)):
            rows.append(
                Change(new.venue, new.symbol, "leverage tiers", len(before_ladder) or None, len(ladder))
            )
    return rows


def kept(known: Tables, missed: Iterable[Missed], today: dt.date) -> list[str]:
    """A sentence a reason for what could not be had: why, and how old the rows are that stand."""
    groups: dict[tuple[str, str], list[str]] = {}
    for miss in missed:
        old = known.spellings.get(row_key(miss.venue, miss.symbol))
        age = "is not known" if old is None else f"as of {_age(old, today)}"
        groups.setdefault((str(miss.reason), age), []).append(old.symbol if old else miss.symbol)
    sentences = []
    for (reason, age), symbols in groups.items():
        stays = "" if age == "is not known" else "stay " if len(symbols) > 1 else "stays "
        sentences.append(f"{reason}; {', '.join(symbols)} {stays}{age}")
    return sentences


def write(folder: Path, found: Refresh) -> None:
    """Put what was found into the user's files; other rows stay to the letter."""
    if found.tiers:
        _write(folder / TIERS_FILE, Tier._fields, found.tiers)
    if found.contracts:
        _write(folder / CONTRACTS_FILE, Contract._fields, found.contracts)


def _ask(desk: Desk, connection: Connection, symbols: Sequence[str]) -> Refresh:
    found = Refresh()
    if not symbols:
        return found
    left = list(symbols)
    try:
        client = desk.client(connection)
        time = clock(client)
        if remark := time.remark(desk.venue):
            found.remarks.append(remark)
        markets = client.markets()
        for symbol in symbols:
            try:
                for market in listed(markets, symbol, desk.kinds) or _unlisted(desk, symbol):
                    _take(found, desk, client, traded(market, desk.venue), time.now.date())
            except LiveError as reason:
                if reason.is_final:
                    raise
                found.missed.append(Missed(desk.venue, symbol, reason))
            left.remove(symbol)
    except LiveError as reason:
        found.missed += [Missed(desk.venue, symbol, reason) for symbol in left]
    return found


def _take(found: Refresh, desk: Desk, client: Client, market: Market, today: dt.date) -> None:
    """One contract; tiers that can't be had cost the tiers alone."""
    source = f"ccxt {client.version} {desk.exchange}, public endpoints"
    with understood(desk.venue):
        carry = funding(client, market) if market["swap"] else UNKNOWN
        row = contract(desk, market, carry, today, source)
    found.contracts.append(row)
    try:
        with understood(desk.venue):
            found.tiers += tiers(desk, client, market, carry.mark, today, source)
    except LiveError as reason:
        found.remarks.append(f"{reason}; the leverage tiers of {row.symbol} stay as they were")


def _unlisted(desk: Desk, symbol: str) -> list[Market]:
    raise NotListed(f"{desk.venue}: does not list {symbol}", desk.venue)


def _rows_of(known: Tables, desk: Desk) -> list[str]:
    return [row.symbol for row in known.contracts if row.venue == desk.venue and row.kind in desk.kinds]


def _drop_met_elsewhere(found: Refresh) -> None:
    """One line per contract: what one desk of a venue does not list, the other may have, or know of."""
    met = {(row.venue, spelling(name)) for row in found.contracts for name in (row.symbol, row.base)}
    worst: dict[tuple[str, str], Missed] = {}
    for miss in sorted(found.missed, key=lambda miss: isinstance(miss.reason, NotListed)):
        place = miss.venue, spelling(miss.symbol)
        if not (isinstance(miss.reason, NotListed) and place in met):
            worst.setdefault(place, miss)
    found.missed = [miss for miss in found.missed if miss in worst.values()]


def _age(row: Contract, today: dt.date) -> str:
    if row.as_of is None:
        return "an unknown date"
    return f"{moment(row.as_of).date()}, {(today - moment(row.as_of).date()).days} days old"


def _steps(tier: Tier) -> tuple[float | None, ...]:
    """What makes a tier another one; bounds that follow the mark price do not."""
    bounds = () if VALUED in (tier.source or "") else (tier.minimum_notional, tier.maximum_notional)
    return *bounds, tier.maintenance_rate, tier.maximum_leverage


def _old(known: Tables, row: Contract) -> Contract | None:
    return known.spellings.get(row_key(row.venue, row.symbol))


def _completed(new: Contract, old: Contract | None) -> Contract:
    """The new row, with the old facts that the venue does not publish and the date they are of.

    That a venue quotes the price of a bundle is known from the old row alone, never from a name.
    """
    if old and old.price_multiplier != 1:
        size = None if new.contract_size is None else new.contract_size * old.price_multiplier
        new = new._replace(contract_size=size, size_unit=old.size_unit, price_multiplier=old.price_multiplier)
    lacking = [
        fact for fact in FACTS if old and getattr(new, fact) is None and getattr(old, fact) is not None
    ]
    if old is None or not lacking:
        return new
    before = {fact: date for date, facts in KEPT.findall(old.note or "") for fact in facts.split(", ")}
    row_date = "an unknown date" if old.as_of is None else moment(old.as_of).date().isoformat()
    since: dict[str, list[str]] = {}
    for fact in lacking:
        since.setdefault(before.get(fact, row_date), []).append(fact)
    notes = [new.note or "", *(f"Kept from {date}: {', '.join(facts)}." for date, facts in since.items())]
    values: dict[str, Any] = {fact: getattr(old, fact) for fact in lacking}
    return new._replace(**values, note=" ".join(filter(None, notes)))


def _write(path: Path, columns: Sequence[str], rows: Iterable[Contract | Tier]) -> None:
    fresh: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in rows:
        fresh.setdefault(row_key(row.venue, row.symbol), []).append(
            {column: _text(column, getattr(row, column)) for column in columns}
        )
    lines: list[dict[str, str]] = []
    for line in _present(path):
        key = line["venue"].casefold(), spelling(line["symbol"])
        if key not in fresh:
            lines.append(line)
    lines += [line for group in fresh.values() for line in group]
    lines.sort(key=lambda line: (line["venue"], line["symbol"]))  # stable: tiers stay in their order
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    write_text(path, text.getvalue())


def _present(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _text(column: str, value: float | str | None) -> str:
    if value is None:
        return ""
    if column == "as_of" and isinstance(value, float):
        return moment(value).date().isoformat()
    if isinstance(value, str):
        return value
    return format(Decimal(repr(float(value))).normalize(), "f")
