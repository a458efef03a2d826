"""What the plan's own figures say: checks that fail, warnings, prices and facts past their day."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Final, TypeGuard

from udfs.dates import moment, serial
from udfs.venues import FRESH_DAYS
from workbook.cells import Area, CellError, Value
from workbook.layout.judgement import LEARN, UNKNOWN
from workbook.plan.saved import SavedPlan
from workbook.validate.finding import Fault
from workbook.validate.kinds import Kind, Severity, message

JUDGED: Final = frozenset(("warn_stale", "warn_facts"))  # said below, row by row
RULED: Final = frozenset(("checks_list", "warnings_list"))
JUDGING: Final = RULED | {"needs_list"}
QUOTED: Final = ("mark", "index", "future", "before")
BUNDLES: Final = (1e3, 1e6)  # units that venues quote as one
AT_ONCE: Final = 1.02  # how far prices of one moment may be from such a factor
OVER_TIME: Final = 3.0  # the same of prices that lie days apart


def plan_day(saved: SavedPlan, today: dt.date) -> float:
    """The day the plan is made for: the one that it gives, or today."""
    given = saved.value("plan_as_of")
    return given if isinstance(given, float) else serial(today)


def checks(saved: SavedPlan) -> Iterator[Fault]:
    """What the book says of its own rules: what an order lacks, checks that fail, warnings, the unknown."""
    severity: Severity = "note" if _is_waiting(saved) else "error"
    panels = [panel for sheet in saved.plan.sheets for panel in sheet.panels if panel.name in JUDGING]
    for panel, field in ((one, field) for one in panels for field in one.fields):
        area = saved.places.get(field.name)
        if area is None or area.size > 1:
            continue
        value = saved.value(field.name)
        what = field.label[:1].lower() + field.label[1:]
        if value == UNKNOWN and panel.name in RULED:
            yield Fault(
                message(Kind.PLAN_UNKNOWN, what=field.label, ask=LEARN.get(field.name, field.help)), area
            )
        elif panel.name == "needs_list" and _is_bad(value):
            yield Fault(message(Kind.PLAN_INCOMPLETE, severity, what=what, ask=field.help), area)
        elif panel.name == "checks_list" and _is_bad(value):
            yield Fault(message(Kind.CHECK_FAILS, severity, what=field.label, ask=field.help), area)
        elif panel.name == "warnings_list" and value is True and field.name not in JUDGED:
            yield Fault(message(Kind.PLAN_WARNS, what=field.label, ask=field.help), area)


def _is_bad(value: Value) -> bool:
    """Whether a rule is broken: what is an error is no better than what is false."""
    return value is False or isinstance(value, CellError)


def _is_waiting(saved: SavedPlan) -> bool:
    """Whether the plan is still to be filled in: a required input is blank, or nothing is held."""
    if saved.value("plan_ready") is True:
        return False
    blank = any(
        field.required and name in saved.places and saved.value(name) in (None, "")
        for name, field in saved.plan.inputs.items()
    )
    return blank or not any(row.get("asset") for row in saved.rows("Holdings"))


def prices(saved: SavedPlan, today: dt.date) -> Iterator[Fault]:
    """Prices of the assets in use that are missing, older than the plan's limit, or of no day."""
    limit, day = saved.value("limit_price_age"), plan_day(saved, today)
    held = (_word(row.get("asset")) for row in saved.rows("Holdings"))
    used = {*held, _word(saved.value("plan_instrument"))} - {"", _word(saved.value("plan_quote"))}
    spots, days = saved.column("Market", "spot"), saved.column("Market", "as_of")
    if spots is None or days is None:
        return
    for row, cells in enumerate(saved.rows("Market"), spots.top):
        symbol, as_of = cells.get("symbol"), cells.get("as_of")
        if _word(symbol) not in used or _word(cells.get("pegged")) == "yes":
            continue
        if not cells.get("spot"):
            severity: Severity = "note" if _is_waiting(saved) else "error"
            yield Fault(
                message(Kind.PRICE_MISSING, severity, symbol=symbol), spots._replace(top=row, bottom=row)
            )
            continue
        here = days._replace(top=row, bottom=row)
        if isinstance(as_of, float) and isinstance(limit, float) and day - as_of > limit:
            said = message(Kind.PRICE_OLD, day=_day(as_of), limit=limit, plan_day=_day(day))
            yield Fault(said, here)
        elif as_of in (None, ""):
            yield Fault(message(Kind.PRICE_UNDATED), here)


def bundles(saved: SavedPlan) -> Iterator[Fault]:
    """Prices of one asset that are about 1,000 or 1,000,000 times each other: PEPE against 1000PEPE."""
    spots: dict[str, float] = {}
    for row, cells in _in_use(saved, "Market", "spot"):
        spot, symbol = cells.get("spot"), cells.get("symbol")
        if not _is_price(spot):
            continue
        spots[_word(symbol)] = spot
        for name in QUOTED:
            yield from _bundle(saved, "Market", name, row, cells.get(name), symbol, spot, AT_ONCE)
    for row, cells in _in_use(saved, "Journal", "symbol"):
        symbol = cells.get("symbol")
        spot = spots.get(_word(symbol))
        for name in ("entry", "exit_price"):
            if spot is not None:
                yield from _bundle(saved, "Journal", name, row, cells.get(name), symbol, spot, OVER_TIME)


def _in_use(saved: SavedPlan, table: str, column: str) -> Iterator[tuple[int, Mapping[str, Value]]]:
    """The rows of a table with the row of the sheet that each stands in."""
    whole = saved.column(table, column)
    yield from () if whole is None else enumerate(saved.rows(table), whole.top)


def _bundle(
    saved: SavedPlan, table: str, name: str, row: int, price: Value, symbol: Value, spot: float, within: float
) -> Iterator[Fault]:
    """The fault of a price that is a round thousand of the spot price, or the other way round."""
    column = saved.column(table, name)
    if column is None or not _is_price(price):
        return
    what, other = saved.plan.tables[table][name].header.lower(), "spot price"
    more, less = max(price, spot), min(price, spot)
    for factor in BUNDLES:
        if factor / within <= more / less <= factor * within:
            what, other = (what, other) if price > spot else (other, what)
            said = message(Kind.PRICE_OF_BUNDLE, what=what, symbol=symbol, factor=factor, other=other)
            yield Fault(said, column._replace(top=row, bottom=row))


def _is_price(value: Value) -> TypeGuard[float]:
    return isinstance(value, float) and value > 0


def stale_facts(saved: SavedPlan, today: dt.date) -> Iterator[Fault]:
    """Facts of the contracts in use that are older than 30 days, or of no day."""
    limit, day = saved.value("limit_facts_age"), plan_day(saved, today)
    days = limit if isinstance(limit, float) else float(FRESH_DAYS)
    asset = _word(saved.value("plan_instrument"))
    used = {(_word(saved.value("plan_venue")), _word(saved.value("plan_kind")))}
    used |= {(_word(row.get("venue")), _word(row.get("kind"))) for row in saved.rows("Costs")}
    whole = saved.column("Contracts", "as_of")
    if whole is None:
        return
    for row, cells in enumerate(saved.rows("Contracts"), whole.top):
        if (
            _word(cells.get("asset")) != asset
            or (_word(cells.get("venue")), _word(cells.get("kind"))) not in used
        ):
            continue
        yield from _fact(cells, whole._replace(top=row, bottom=row), day, days)


def _fact(cells: Mapping[str, Value], here: Area, day: float, days: float) -> Iterator[Fault]:
    as_of = cells.get("as_of")
    venue = cells.get("venue")
    if isinstance(as_of, float) and abs(day - as_of) > days:
        said = message(Kind.FACTS_OLD, venue=venue, day=_day(as_of), limit=days, plan_day=_day(day))
        yield Fault(said, here)
    elif as_of in (None, "") and any(cells.get(name) for name in ("lot", "contract_size", "taker_fee")):
        yield Fault(message(Kind.FACTS_UNDATED, venue=venue), here)


def _word(value: Value) -> str:
    return value.strip().lower() if isinstance(value, str) else ""


def _day(number: float) -> str:
    return moment(number).date().isoformat()
