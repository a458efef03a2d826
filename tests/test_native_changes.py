"""Edition against edition after changes of inputs, in plans that stay loaded; lawful differences are data."""

import csv
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
from conftest import ROOT
from support.editions import differences
from support.running_plan import Cell, RunningPlan

from workbook.layout import PLAN
from workbook.layout.checks import LIMITS
from workbook.layout.plan_settings import PLAN_SETTINGS
from workbook.layout.schema import Field
from workbook.template.examples import example

LAWFUL: Final = ROOT / "tests" / "support" / "edition_differences.csv"
TOGETHER: Final[tuple[dict[str, Any], ...]] = (
    {"plan_venue": "Bybit"},
    {"plan_venue": "Nowhere"},
    {"plan_instrument": "ETH"},
    {"plan_instrument": "BTC", "plan_venue": "OKX"},
    {"plan_kind": "inverse", "plan_rounding": "up", "plan_ratio": 0.333},
    {"plan_kind": "inverse", "plan_leverage": 1.0},
    {"plan_kind": "inverse", "plan_contract": "future"},
    {"plan_method": "beta", "plan_instrument": "ETH"},
    {"costs_order": "maker", "costs_slippage_bps": 25.0},
    {"corr_window": 20.0, "corr_asset": "SOL"},
    {"journal_band": 0.05, "plan_horizon": 90.0},
    {"put_strike": 60_000.0, "put_premium": 900.0, "call_strike": 90_000.0, "call_premium": 800.0},
)
TYPED: Final = {  # cells of tables, of their first rows
    "Market": ("spot", "mark", "funding_rate"),
    "Holdings": ("quantity", "own_share"),
    "Journal": ("contracts", "entry", "leverage", "posted"),
}


class Pair:
    """The two editions of the portfolio, with one change at a time."""

    def __init__(self) -> None:
        self.add_in = RunningPlan(example("portfolio"))
        self.native = RunningPlan(example("portfolio"), "native")
        self.changed: dict[str, Any] = {}  # what the changed names held
        self.typed: dict[tuple[str, str, int], Any] = {}

    def differences(
        self, names: Mapping[str, Any], typed: Mapping[tuple[str, str, int], Any] | None = None
    ) -> list[str]:
        """What differs after these changes, and no others."""
        typed = typed or {}
        for plan in (self.add_in, self.native):
            cells: dict[Cell, Any] = {plan.field(name): value for name, value in self.changed.items()}
            cells |= {plan.cell(*place): value for place, value in self.typed.items()}
            held = {plan.field(name): value for name, value in names.items()}
            held |= {plan.cell(*place): value for place, value in typed.items()}
            before = {cell: cells.get(cell, plan.value(cell)) for cell in held}
            plan.set(cells | held)
        self.changed = {name: before[plan.field(name)] for name in names}
        self.typed = {place: before[plan.cell(*place)] for place in typed}
        return differences(self.add_in.calculations, self.native.calculations)


@pytest.fixture(scope="module")
def pair() -> Pair:
    """Both editions, loaded once."""
    return Pair()


def lawful() -> dict[tuple[str, str], str]:
    """The sheets on which the editions may differ, by input and value; a star is any."""
    with LAWFUL.open(encoding="utf-8", newline="") as file:
        return {(row["input"], row["value"]): row["sheets"] for row in csv.DictReader(file)}


def written(value: Any) -> str:
    """A value as the table writes it; a blank is empty."""
    return "" if value is None else value if isinstance(value, str) else f"{value:g}"


def inside(field: Field) -> Iterator[Any]:
    """Values that an input takes: each of its words, its bounds, and two between."""
    yield from field.choices
    if field.low is not None and field.high is not None and not field.choices:
        like = field.default if isinstance(field.default, (int, float)) and field.default else 0.1
        yield from sorted(
            {v for v in (field.low, field.high, like / 3, like * 1.5) if field.low <= v <= field.high}
        )


def outside(field: Field) -> Iterator[Any]:
    """Values that it does not take."""
    if field.choices or field.low is not None:
        yield "wrong"
    if field.low is not None and field.high is not None:
        yield from (field.low - 1, field.high * 2)


def sheets_of(found: list[str]) -> str:
    """The sheets of cells that differ."""
    return " ".join(sorted({text.partition("!")[0] for text in found}))


def test_every_value_within_its_bounds_or_blank(pair: Pair) -> None:
    """Cell by cell, all formulas: the same, but for the blanks of which the table says so."""
    wrong, count, allowed = {}, 0, lawful()
    for name, field in PLAN.inputs.items():
        for value in (*inside(field), None):
            found = pair.differences({name: value})
            count += 1
            if sheets_of(found) != allowed.get((name, written(value)), ""):
                wrong[name, value] = found[:3]
    assert wrong == {}
    assert count > 72


def test_inputs_together_and_tables(pair: Pair) -> None:
    """Several inputs at once, and what is typed into tables."""
    wrong = {str(names): found[:3] for names in TOGETHER if (found := pair.differences(names))}
    for table, columns in TYPED.items():
        for column in columns:
            place = (table, column, 0)
            pair.differences({})
            held = pair.add_in.value(pair.add_in.cell(*place))
            for value in (None, 0.5 if held is None else held * 1.5):
                if found := pair.differences({}, {place: value}):
                    wrong[f"{place} {value}"] = found[:3]
    assert wrong == {}


def beyond(field: Field) -> Iterator[Any]:
    """A thousandth beyond each bound of a number."""
    if field.low is not None and field.high is not None:
        yield from (field.low - max(abs(field.low), 1) / 1000, field.high * 1.001)


@pytest.mark.parametrize("edition", ["add_in", "native"])
def test_no_input_beyond_its_bounds_goes_unseen(pair: Pair, edition: str) -> None:
    """As `check` refuses it, so does the book: what an order rests on withholds it, else a check fails."""
    plan, wrong = getattr(pair, edition), []
    rests = {field.name for panel in (PLAN_SETTINGS, LIMITS) for field in panel.fields}
    for name, field in PLAN.inputs.items():
        for value in (*outside(field), *beyond(field)):
            assert field.refusal(value) is not None, (name, value)
            cell = plan.field(name)
            held = plan.value(cell)
            plan.set({cell: value})
            is_seen = plan["plan_ready"] is False or (name not in rests and plan["checks_ok"] is False)
            if not is_seen:
                wrong.append((name, value, plan["head_checks"]))
            plan.set({cell: held})
    assert wrong == []


def test_wrong_inputs_withhold_the_native_plan(pair: Pair) -> None:
    """Beyond the bounds of any input it is not ready, and its head does not say that all is well."""
    wrong, allowed = {}, lawful()
    for name, field in PLAN.inputs.items():
        for value in outside(field):
            found = pair.differences({name: value})
            if pair.native["plan_ready"] is not False or pair.native["head_checks"] == "All checks pass":
                wrong[name, value] = [pair.native["head_checks"]]
            sheets = allowed.get((name, written(value)), allowed["*", "wrong"])
            if sheets not in ("*", sheets_of(found)):
                wrong[name, value] = found[:3]
    assert wrong == {}
