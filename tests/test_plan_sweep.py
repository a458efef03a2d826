"""Each input, fact and price of a plan in turn is taken out or spoiled: no order or check rests on it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from support.plan_oracle import worked_out
from support.running_plan import RunningPlan

from workbook.cells import CellError
from workbook.layout import PLAN
from workbook.layout.checks import LIMITS
from workbook.layout.plan_settings import PLAN_SETTINGS
from workbook.layout.schema import Port
from workbook.template.examples import ExampleBook, Rows, example
from workbook.validate.kinds import Kind

RULES = [name for name in PLAN.fields if name.startswith(("need_", "check_", "warn_"))]
RULES.remove("check_tolerance")
FITS = "fit_"  # these look at every input
FORMULAS = [field.formula or "" for name, field in PLAN.fields.items() if not name.startswith(FITS)] + [
    column.formula or "" for table in PLAN.tables.values() for column in table.columns
]

# What an order rests on, beside the inputs of the Plan sheet and the limits: blank, there is none.
NEEDED = {
    "Market": {"symbol", "spot"},
    "Holdings": {"asset", "quantity"},
    "Journal": {"symbol", "contracts", "entry", "opened", "venue", "kind", "contract_size", "leverage"},
    "Contracts": {"venue", "asset", "kind", "contract_size", "lot", "tick"},
}
# What is no part of an order: spoiled, the same order stands.
ASIDE = {
    "Market": {"funding_rate", "funding_interval", "last_rate", "next_settlement", "as_of", "source"},
    "Journal": {"event", "fees_paid", "exposure", "ratio"},
    "Contracts": {"symbol", "minimum_notional", "maker_fee", "taker_fee", "maximum_leverage", "liquidation"}
    | {"as_of", "source"},
}
# Rules that are not good without the fact that they rest on.
RESTS = {
    ("Market", "funding_rate"): {"warn_funding"},
    ("Market", "funding_interval"): {"warn_funding"},
    ("Market", "as_of"): {"warn_stale"},
    ("Contracts", "minimum_notional"): {"check_minimum"},
    ("Contracts", "maximum_leverage"): {"check_leverage"},
    ("Contracts", "maker_fee"): {"check_costs"},
    ("Contracts", "taker_fee"): {"check_costs"},
    ("Contracts", "as_of"): {"warn_facts", "check_leverage", "check_minimum"},
    ("Contracts", "symbol"): {"warn_tier"},
}


@dataclass(frozen=True)
class Spot:
    """An input: a named cell, or the cell of a table's row."""

    port: Port
    table: str = ""
    row: int = 0

    @property
    def name(self) -> str:
        """What a reader calls it."""
        return f"{self.table}[{self.row}].{self.port.name}" if self.table else self.port.name


class Plan:
    """An example whose inputs are changed, in a book that stays loaded and for the oracle."""

    def __init__(self, running: RunningPlan, chosen: ExampleBook) -> None:
        self.running, self.chosen = running, chosen
        running.become(chosen)
        self.before = {name: running[name] for name in RULES}
        self.order = self._order()

    def _order(self) -> tuple[Any, ...]:
        return tuple(
            self.running[f"plan_{name}"] for name in ("trade_contracts", "trade_side", "limit_price")
        )

    def held(self, spot: Spot) -> Any:
        """What an input holds."""
        return self.running.value(self.cell(spot))

    def cell(self, spot: Spot) -> tuple[int, int]:
        """Where it stands."""
        if spot.table:
            return self.running.cell(spot.table, spot.port.name, spot.row)
        return self.running.field(spot.port.name)

    def with_(self, spot: Spot, value: Any) -> ExampleBook:
        """The example with another value in one place."""
        if not spot.table:
            return replace(self.chosen, fields={**self.chosen.fields, spot.port.name: value})
        given = [column.name for column in PLAN.tables[spot.table].columns if column.formula is None]
        rows = [list(row) + [None] * (len(given) - len(row)) for row in self.chosen.tables[spot.table]]
        rows[spot.row][given.index(spot.port.name)] = value
        return replace(
            self.chosen, tables={**self.chosen.tables, spot.table: tuple(tuple(row) for row in rows)}
        )


def spoiled(port: Port, held: Any) -> Iterator[tuple[str, Any]]:
    """Blank, 0, a text, too large, an error; negative, a number in a text, ten times; long ago."""
    found: dict[str, Any] = {"blank": None, "0": 0.0, "text": "x", "huge": 1e15, "error": CellError("#N/A")}
    if isinstance(held, float) and held:
        found |= {"negative": -held, "as text": f"{held:g}"}
        found |= {"old": held - 500} if port.kind == "date" else {"ten times": held * 10}
    yield from ((what, value) for what, value in found.items() if value != held)


def is_refused(port: Port, value: Any) -> bool:
    """Whether the cell may not hold the value, as its record says; a number in a text is a text."""
    if value is None:
        return port.required
    if isinstance(value, CellError):
        return True
    return (isinstance(value, str) and port.kind != "text") or port.refusal(value) is not None


def rests(spot: Spot, value: Any, plan: Plan) -> bool:
    """Whether an order rests on the value, by the specification."""
    port = spot.port
    if not spot.table:
        named = (field.name for panel in (PLAN_SETTINGS, LIMITS) for field in panel.fields)
        return port.name in named
    if value is None:
        if spot.table == "Market" and spot.row > 0 and port.name in ("future", "expiry", "mark", "index"):
            return False
        dated = plan.chosen.fields.get("plan_contract") == "future" and port.name in ("future", "expiry")
        return port.name in NEEDED[spot.table] or (spot.table == "Market" and dated)
    return port.name not in ASIDE.get(spot.table, set()) and is_read(spot.table, port)


def is_read(table: str, port: Port) -> bool:
    """Whether any formula of the book names the column: on one that none does, nothing rests."""
    header = PLAN.tables[table][port.name].header
    return any(re.search(rf"\[@?{re.escape(header)}\]", formula) for formula in FORMULAS)


def states(plan: Plan, spots: list[Spot], whats: frozenset[str]) -> Iterator[tuple[str, Spot, Any]]:
    """Every way in which every input is spoiled."""
    for spot in spots:
        for what, value in spoiled(spot.port, plan.held(spot)):
            is_above = not spot.table and spot.port not in PLAN_SETTINGS.fields and above(spot.port, value)
            if (not whats or what in whats) and not is_above:  # those bounds are for `check` alone
                yield f"{spot.name} {what}", spot, value


def above(port: Port, value: Any) -> bool:
    """Whether a number is larger than the cell may hold."""
    return isinstance(value, float) and port.high is not None and value > port.high


def wrong(plan: Plan, spot: Spot, value: Any) -> Iterator[str]:
    """What the book, or `check`, says amiss of a spoiled plan."""
    running = plan.running
    state, order = running["plan_state"], running["say_order"]
    refused = is_refused(spot.port, value)
    if not isinstance(order, str) or isinstance(order, CellError):
        yield f"the order is no sentence: {order}"
    if state == "incomplete" and (
        plan.running["plan_trade_contracts"] != "" or "No order: " not in str(order)
    ):
        yield f"an order is given in a plan that is incomplete: {order}"
    if refused and rests(spot, value, plan) and state != "incomplete":
        yield f"the order rests on it: {order}"
    if refused and not rests(spot, value, plan) and plan._order() != plan.order:
        yield f"the order changed: {order}"
    is_dated = plan.chosen.fields.get("plan_contract") == "future"  # which has no funding
    unsure = RESTS.get((spot.table, spot.port.name), set()) - ({"warn_funding"} if is_dated else set())
    for rule in unsure if refused or value is None else ():
        if (
            running[rule] in ((False, "") if rule.startswith("warn_") else (True, ""))
            and state != "incomplete"
        ):
            yield f"{rule} is {running[rule]}, and rests on it"
    if not refused:
        yield from differs(plan, spot, value)
    yield from disagrees(plan, spot, refused=refused)


def differs(plan: Plan, spot: Spot, value: Any) -> Iterator[str]:
    """Where the book differs from what a plan with this value is, worked out on its own."""
    running, known = plan.running, worked_out(plan.with_(spot, value))
    for name in ("plan_state", "plan_trade_contracts", *RULES):
        found, wanted = running[name], known[name]
        same = found == pytest.approx(wanted) if isinstance(wanted, float) else found == wanted
        if not same:
            yield f"{name} is {found!r}, worked out {wanted!r}"


def disagrees(plan: Plan, spot: Spot, *, refused: bool) -> Iterator[str]:
    """Where `check` says of an input, or of the plan, what the book does not say, or the other way round."""
    running = plan.running
    faults = running.faults()
    sheet, key = plan.cell(spot)
    here = [
        fault.message.kind
        for fault in faults
        if (fault.area.sheet, running.key(fault.area)) == (sheet, key) and fault.message.kind in REFUSALS
    ]
    if bool(here) != refused:
        yield f"check says {here} of the input"
    judged = [running[name] for name in RULES if not name.startswith("warn_")]
    if refused and not any(value is False or isinstance(value, CellError) for value in judged):
        yield "check refuses the input, and no rule of the book is broken"
    grave = [fault for fault in faults if fault.message.severity == "error" or fault.message.kind in WAITING]
    if (running["plan_ready"] is not True or running["checks_ok"] is not True) and not grave:
        yield "the book says that something is wrong, and check does not"


WAITING = frozenset((Kind.INPUT_BLANK, Kind.PLAN_INCOMPLETE))  # notes while a plan is to be filled in
REFUSALS = frozenset(kind for kind in Kind if kind.value.startswith(("input-", "number-", "date-"))) - {
    Kind.INPUT_UNKNOWN  # of a list that the book holds: its own rules say so
}


def whole() -> ExampleBook:
    """The portfolio with marks, a price before, a hedge open, and facts that are fresh."""
    chosen = example("portfolio")
    given = [column.name for column in PLAN.tables["Market"].columns if column.formula is None]
    market = [list(row) for row in chosen.tables["Market"]]
    for row in market[:2]:
        spot = float(row[given.index("spot")] or 0)
        for name, share in (("mark", 1.0005), ("index", 1.0001), ("before", 0.97)):
            row[given.index(name)] = round(spot * share, 2)
    market[0][given.index("last_rate")] = 0.0001
    market[0][given.index("next_settlement")] = market[0][given.index("as_of")]
    tables: dict[str, Rows] = {**chosen.tables, "Market": tuple(tuple(row) for row in market)}
    return replace(chosen, fields={**chosen.fields, "limit_facts_age": 3650}, tables=tables)


def future() -> ExampleBook:
    """A dated future."""
    chosen = example("two-asset")
    return replace(chosen, fields={**chosen.fields, "plan_contract": "future"})


def weighed() -> ExampleBook:
    """By beta, at another venue, with betas of one's own."""
    chosen = example("portfolio")
    fields = {**chosen.fields, "plan_method": "beta", "plan_venue": "Bybit"}
    holdings = (("BTC", 0.35, 0.9, 1.1), *chosen.tables["Holdings"][1:])
    return replace(chosen, fields=fields, tables={**chosen.tables, "Holdings": holdings})


def named() -> list[Spot]:
    """The inputs that have a name."""
    return [Spot(field) for field in PLAN.inputs.values()]


def tabled(*wanted: tuple[str, int]) -> list[Spot]:
    """The inputs of rows of tables."""
    return [
        Spot(column, table, row)
        for table, row in wanted
        for column in PLAN.tables[table].columns
        if column.is_input
    ]


def swept(plan: Plan, spots: list[Spot], whats: frozenset[str]) -> Iterator[tuple[str, list[str]]]:
    """The states in which something is wrong, and what."""
    mended: dict[tuple[int, int], Any] = {}
    for what, spot, value in list(states(plan, spots, whats)):
        cell = plan.cell(spot)
        held = mended.get(cell, plan.held(spot))
        plan.running.set({**mended, cell: value})
        if said := list(wrong(plan, spot, value)):
            yield what, said
        mended = {cell: held}
    plan.running.set(mended)


@pytest.fixture(scope="module")
def running() -> RunningPlan:
    """One book for all states."""
    return RunningPlan(whole())


ROWS = (("Market", 0), ("Market", 1), ("Holdings", 0), ("Holdings", 1), ("Journal", 0))
FEW = frozenset(("blank", "text", "negative"))
BASES = {
    "whole": (whole(), named() + tabled(*ROWS), frozenset[str]()),
    "future": (future(), named() + tabled(("Market", 0), ("Holdings", 0)), FEW),
    "weighed": (weighed(), tabled(("Market", 0), ("Holdings", 0), ("Holdings", 1)), frozenset[str]()),
    "btc": (example("btc"), tabled(("Market", 0), ("Holdings", 0)), FEW),
}


@pytest.mark.parametrize("base", BASES)
def test_nothing_rests_on_what_was_spoiled(running: RunningPlan, base: str) -> None:
    """The order is withheld or still right, no rule is good that rests on it, and `check` agrees."""
    chosen, spots, whats = BASES[base]
    plan = Plan(running, chosen)
    assert running["plan_state"] == "ready"
    spots = spots + tabled(("Contracts", int(running["plan_contract_row"]) - 1))
    assert not dict(swept(plan, spots, whats))
