"""The user's venue table, refreshed: what was asked, what changed, what had to be kept.

A contract that can't be had keeps its row with its old date; a fact that the venue does not publish
keeps its old value with its own date and source, in a file of its own. Each file is written whole or
not at all.
"""

import csv
import datetime as dt
import io
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from udfs.close_words import did_you_mean
from udfs.dates import moment
from udfs.errors import NotAvailable
from udfs.symbols import row_key, spelling
from udfs.venues import CONTRACTS_FILE, FACTS_FILE, TIERS_FILE, Contract, Figure, Tables, Tier
from workbook.live.client import Client, Connection, understood
from workbook.live.clock import clock
from workbook.live.desks import DESKS, Desk, Market, listed, traded
from workbook.live.facts import VALUED, contract, tiers
from workbook.live.faults import LiveError, NotListed
from workbook.live.files import write_text
from workbook.live.funding import UNKNOWN_FUNDING, funding

FACTS: Final = Contract._fields[2:14]  # what a venue says; the date, source and note are ours


@dataclass(frozen=True, slots=True)
class FactChange:
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
    figures: list[Figure] = field(default_factory=list)  # what a venue does not publish, of its own day
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
    for name in venues:
        if not any(desk.answers_for(name) for desk in DESKS):
            names = list(dict.fromkeys(desk.venue for desk in DESKS))
            there_are = f"there are {', '.join(names)}{did_you_mean(name, names)}"
            raise NotAvailable(f'venue: "{name}" can not be asked; {there_are}', "venue", name)
    return [desk for desk in DESKS if not venues or any(map(desk.answers_for, venues))]


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
    for number, row in enumerate(found.contracts):
        found.contracts[number], kept_rows = _completed(row, known)
        found.figures += kept_rows
    return found


def changed_facts(known: Tables, found: Refresh) -> list[FactChange]:
    """What is no longer as the tables had it, fact by fact; tiers as one fact, their number."""
    rows = []
    for new in found.contracts:
        old = _old(known, new)
        for fact in FACTS:
            before = getattr(old, fact) if old else None
            if before != getattr(new, fact):
                rows.append(FactChange(new.venue, new.symbol, fact, before, getattr(new, fact)))
        key = row_key(new.venue, new.symbol)
        ladder = [tier for tier in found.tiers if row_key(tier.venue, tier.symbol) == key]
        before_ladder = known.ladders.get(key, ())
        if ladder and list(map(_steps, ladder)) != list(map(_steps, before_ladder)):
            rows.append(
                FactChange(new.venue, new.symbol, "leverage tiers", len(before_ladder) or None, len(ladder))
            )
    return rows


def kept_rows(known: Tables, missed: Iterable[Missed], today: dt.date) -> list[str]:
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
        _write(folder / TIERS_FILE, Tier._fields, found.tiers, _keys(found.tiers))
    if found.contracts:
        rows = {row_key(row.venue, row.symbol): row for row in found.contracts}
        if found.figures or (folder / FACTS_FILE).exists():
            _write(folder / FACTS_FILE, Figure._fields, found.figures, rows)
        _write(folder / CONTRACTS_FILE, Contract._fields, found.contracts, rows)


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
        carry = funding(client, market) if market["swap"] else UNKNOWN_FUNDING
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
    return [row.symbol for row in known.contracts if desk.answers_for(row.venue) and row.kind in desk.kinds]


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
        return _day(None)
    return f"{_day(row.as_of)}, {(today - moment(row.as_of).date()).days} days old"


def _steps(tier: Tier) -> tuple[float | None, ...]:
    """What makes a tier another one; bounds that follow the mark price do not."""
    bounds = () if VALUED in (tier.source or "") else (tier.minimum_notional, tier.maximum_notional)
    return *bounds, tier.maintenance_rate, tier.maximum_leverage


def _old(known: Tables, row: Contract) -> Contract | None:
    return known.spellings.get(row_key(row.venue, row.symbol))


def _completed(new: Contract, known: Tables) -> tuple[Contract, list[Figure]]:
    """The new row with the old facts that the venue does not publish, and these with the day they are of.

    That a venue quotes the price of a bundle is known from the old row alone, never from a name.
    """
    old = _old(known, new)
    if old is None:
        return new, []
    if old.price_multiplier != 1:
        size = None if new.contract_size is None else new.contract_size * old.price_multiplier
        new = new._replace(contract_size=size, size_unit=old.size_unit, price_multiplier=old.price_multiplier)
    lacking = {fact: getattr(old, fact) for fact in FACTS if getattr(new, fact) is None}
    values: dict[str, Any] = {fact: value for fact, value in lacking.items() if value is not None}
    figures = known.figures.get(row_key(new.venue, new.symbol), {})
    kept_rows = []
    for fact, value in values.items():
        of = figures.get(fact, old)
        kept_rows.append(Figure(new.venue, new.symbol, fact, _text(fact, value), of.as_of, of.source))
    if kept_rows:
        days = ", ".join(f"{figure.fact} of {_day(figure.as_of)}" for figure in kept_rows)
        values["source"] = f"{new.source}; kept: {days}"
    return new._replace(**values), kept_rows


def _day(date: float | None) -> str:
    return "an unknown date" if date is None else str(moment(date).date())


Row = Contract | Figure | Tier
Keys = Collection[tuple[str, str]]


def _keys(rows: Iterable[Row]) -> Keys:
    return {row_key(row.venue, row.symbol) for row in rows}


def _write(path: Path, columns: Sequence[str], rows: Iterable[Row], replaced: Keys) -> None:
    """Put rows in the place of all those of the contracts replaced; other rows stay to the letter."""
    lines = [line for line in _present(path) if row_key(line["venue"], line["symbol"]) not in replaced]
    lines += [{column: _text(column, getattr(row, column)) for column in columns} for row in rows]
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
