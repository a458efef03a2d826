"""The book judges itself: what is broken fails its check, what is unwise is warned of, in words."""

import itertools
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from support.running_plan import RunningPlan

from udfs import hedge_status
from workbook.layout import PLAN
from workbook.layout.journal import JOURNAL
from workbook.layout.judgement import LEARN, RULES
from workbook.template.examples import ExampleBook, Rows, example


@cache
def running() -> RunningPlan:
    """A plan that stays loaded."""
    return RunningPlan(example("two-asset"))


def said(chosen: ExampleBook) -> Mapping[str, Any]:
    """What the named cells hold once the book is calculated."""
    running().become(chosen)
    return {name: running()[name] for name in PLAN.fields}


def changed(fields: Mapping[str, Any] | None = None, tables: Mapping[str, Rows] | None = None) -> ExampleBook:
    """The default example with other inputs."""
    chosen = example("two-asset")
    return replace(
        chosen, fields={**chosen.fields, **(fields or {})}, tables={**chosen.tables, **(tables or {})}
    )


def test_what_can_be_unknown_says_how_it_becomes_known() -> None:
    """What mends a broken rule is no help while nobody knows whether it is broken."""
    assert LEARN.keys() == {name for name, _, rule in RULES if rule.unsure != '""'}


def failed(values: Mapping[str, Any]) -> set[str]:
    """The checks that fail, and what an order lacks."""
    ruled = [name for name in PLAN.fields if name.startswith(("check_", "need_"))]
    return {name for name in ruled if values[name] is False}


def warned(values: Mapping[str, Any]) -> set[str]:
    """The warnings that are raised."""
    return {name for name in PLAN.fields if name.startswith("warn_") and values[name] is True}


MARKET = example("two-asset").tables["Market"]
CASES: list[tuple[str, ExampleBook, set[str], str]] = [
    (
        "an unknown asset",
        changed(tables={"Holdings": (("XYZ", 1),)}),
        {"need_prices"},
        "XYZ is not on Market",
    ),
    (
        "a quantity in words",
        changed(tables={"Holdings": (("BTC", "two"),)}),
        {"need_prices"},
        "BTC has no quan",
    ),
    (
        "a symbol twice",
        changed(tables={"Market": (*MARKET, MARKET[0])}),
        {"check_symbols"},
        "BTC stands twice on M",
    ),
    ("an unknown hedge asset", changed({"plan_instrument": "XYZ"}), {"need_instrument"}, "XYZ is not on Mar"),
    (
        "an unknown contract",
        changed({"plan_venue": "WEEX", "plan_kind": "inverse"}),
        {"need_contract"},
        "WEEX has",
    ),
    (
        "more leverage than leaves a margin",
        changed({"plan_leverage": 250}),
        {"need_margin"},
        "at 250x the marg",
    ),
    ("an input that is none", changed({"plan_ratio": "forty"}), {"need_inputs"}, "Share to hedge is missing"),
    (
        "a limit that is none",
        changed({"limit_price_jump": "much"}),
        {"need_figures"},
        "Checks: Prices: contrad",
    ),
]


@pytest.mark.parametrize(("what", "chosen", "rules", "order"), CASES, ids=[case[0] for case in CASES])
def test_what_is_missing_withholds_the_order(
    what: str, chosen: ExampleBook, rules: set[str], order: str
) -> None:
    """The rules say what is wrong, and the order's place says so in words, never as an error."""
    values = said(chosen)
    assert rules <= failed(values), what
    assert values["plan_state"] == "incomplete"
    assert values["say_order"].startswith(f"? No order: {order}")
    assert values["head_unknown"].startswith("? ")


@pytest.mark.parametrize(
    ("fields", "warnings", "words"),
    [
        ({}, set(), ""),
        (
            {"plan_ratio": 1.2},
            {"overhedge", "margin"},
            "The hedge is 120.0% of the value, wanted were 120.0%",
        ),
        ({"plan_leverage": 8}, {"leverage", "liquidation"}, "8x is above 5x: little room"),
        (
            {"plan_leverage": 50},
            {"leverage", "liquidation"},
            "50x is above 10x: speculation, no hedge",
        ),
        ({"plan_leverage": 8}, {"leverage", "liquidation"}, "Liquidation is 11.9% away: use at most 6.4x"),
        (
            {"plan_maintenance_rate": 0.002},
            {"tier"},
            "The venue asks for 0.40% maintenance: type it on Plan",
        ),
        ({"plan_capital": 400}, {"margin"}, "The margin is 80.00 more than you have"),
        (
            {"plan_as_of": 46_038.0},
            {"stale"},
            "The oldest price is 15 days old: the order is at that day's prices",
        ),
    ],
)
def test_what_is_unwise_is_warned_of(fields: Mapping[str, Any], warnings: set[str], words: str) -> None:
    """Each of the article's pitfalls raises its warning, and the Plan sheet says it."""
    values = said(changed(fields))
    assert warned(values) == {f"warn_{name}" for name in warnings}
    assert values["warn_facts"] == "unknown"
    sentences = [values[name] for name in PLAN.fields if name.startswith("say_")]
    assert not words or words in sentences


def test_one_whole_contract_is_named_for_what_it_is() -> None:
    """The article's over-hedge: a contract of one bitcoin is 12.5 times the wanted hedge."""
    contract = (
        "My venue",
        "BTC",
        "linear",
        "BTC-1",
        1,
        1,
        0.1,
        None,
        0.0002,
        0.0005,
        100,
        None,
        46_023.0,
        None,
        "me",
    )
    tables: Mapping[str, Rows] = {"Contracts": (contract,), "VenueList": (("My venue",),)}
    up = said(changed({"plan_venue": "My venue", "plan_rounding": "up"}, tables))
    assert up["plan_coverage"] == 5
    assert up["say_warn_contract"] == "One contract is 12.5 times the wanted hedge: choose another contract"
    assert up["warn_overhedge"] is True
    down = said(changed({"plan_venue": "My venue"}, tables))
    assert down["plan_contracts"] == 0
    assert down["say_order"] == "Nothing to trade: one lot is worth 30,000.00, the wanted hedge is 2,400.00"


def test_small_contracts_wait_in_words_too() -> None:
    """A plan in contracts of 0.0001 BTC that is incomplete shows no error in any named cell."""
    values = said(changed({"plan_leverage": 250, "plan_venue": "MEXC"}))
    assert values["plan_state"] == "incomplete"
    assert not [name for name, value in values.items() if str(value).startswith("#")]


@pytest.mark.parametrize(
    ("bitcoin", "ratio", "lot", "is_over"),
    [
        (0.1, 0.4, 0.001, False),
        (0.1, 0.4, 0.05, True),  # 3,000 for 2,400: 50 % for 40 %
        (0.1, 0.4, 0.01, False),  # 2,400 for 2,400
        (0.1, 0.37, 0.01, False),  # 2,400 for 2,220: 40 % for 37 %, within a tenth
        (10.0004, 1, 0.001, False),  # 303,030 for 303,012: both are 100.0 %
        (1.0004, 1, 0.01, True),  # 33,300 for 33,012: 100.9 % for 100.0 %
    ],
)
def test_an_overhedge_is_what_the_sentence_shows(
    bitcoin: float, ratio: float, lot: float, is_over: bool
) -> None:
    """It is warned of where the share shown is above the one wanted by a tenth of it, or above 100.0 %."""
    contract = ("Mine", "BTC", "linear", "BTC", 1, lot, 0.1, None, 0, 0, 100, None, 46_023.0, None, "me")
    tables: Mapping[str, Rows] = {
        "Contracts": (contract,),
        "VenueList": (("Mine",),),
        "Holdings": (("BTC", bitcoin), ("ETH", 1.5)),
    }
    values = said(changed({"plan_venue": "Mine", "plan_rounding": "up", "plan_ratio": ratio}, tables))
    assert values["warn_overhedge"] is is_over
    shown = f"{100 * values['plan_coverage']:.1f}% of the value, wanted were {100 * ratio:.1f}%"
    assert (f"The hedge is {shown}" in map(values.get, values)) is is_over


def test_funding_against_a_short_is_said() -> None:
    """A short pays while the rate is negative."""
    quote = ("BTC", 30_000, None, None, -0.0001, None, None, 8, None, None, 46_023.0, "me")
    values = said(changed(tables={"Market": (quote, *MARKET[1:])}))
    assert values["costs_funding"] == pytest.approx(5.04)
    assert values["say_warn_funding"] == "You pay about 5.04 of funding"


def _hedge(
    at: int, contracts: float, stop: float | None, expiry: float | None, review: float
) -> tuple[Any, ...]:
    """A row of the Journal in a contract of its own, with its prices in proportion to ETH's 2,000."""
    values = {
        "symbol": "ETH",
        "contracts": contracts,
        "entry": 2_000 * 30_500 / 30_000,
        "opened": 46_023.0 - 9,
        "venue": f"Venue {at}",
        "kind": "linear",
        "contract_size": 1,
        "leverage": 5,
        "stop": stop and stop * 2_000 / 30_000,
        "review": review,
        "expiry": expiry,
    }
    return tuple(values.get(column.name) for column in JOURNAL.columns if column.formula is None)


def test_the_journal_says_what_hedge_status_says() -> None:
    """Its status is built of functions that any program knows, and agrees with HEDGE_STATUS in each case."""
    today = 46_023.0
    cases = list(
        itertools.product(
            (0.1, -0.1),
            (None, 29_000.0, 31_000.0),
            (None, today, today + 3, today + 30),
            (today, today + 5),
        )
    )
    rows: Rows = tuple(_hedge(at, *case) for at, case in enumerate(cases))
    running().become(changed(tables={"Journal": rows}))
    found = running().column("Journal", "status", len(cases))
    assert found == [
        hedge_status(
            *(today, review, expiry, 7, 30_000 if stop else None, stop),
            "short" if contracts > 0 else "long",
        )
        for contracts, stop, expiry, review in cases
    ]
    assert set(found) == {"stop", "expired", "roll", "review", "hold"}
