"""The guide: every figure on it is computed, and there is none that is not."""

import datetime as dt
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from conftest import ROOT

from udfs import REGISTRY
from udfs.dates import moment, serial
from workbook.plan.saved import SavedPlan
from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request
from workbook.template import book_bytes
from workbook.xlsx.saved_book import SavedBook

GUIDE = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
NEITHER = re.compile(r"```.*?```|`[^`]*`|!?\[[^\]]*\]\([^)]*\)", re.DOTALL)
CALLS = re.findall(r"\$ microhedge (.*)\n(.*)\n", "".join(CONSOLE.findall(GUIDE)))


@cache
def plan(**inputs: Any) -> SavedPlan:
    """The example of a new book, after a change of inputs."""
    package = book_bytes()
    if inputs:
        package, outcome = recalc_bytes(package, Request(inputs=inputs))
        assert not outcome.is_problem, outcome.reason
    return SavedPlan(SavedBook(package))


def of(name: str, **inputs: Any) -> Any:
    """A result of the plan."""
    value = plan(**inputs).value(name)
    assert value is not None
    return value


def row(table: str, **where: Any) -> Any:
    """The one row of a table in which columns hold these values."""
    rows = plan().rows(table)
    return next(found for found in rows if all(found[name] == value for name, value in where.items()))


def percent(share: float) -> str:
    """A share as the guide writes it."""
    return f"{100 * share:.1f}%"


def call(name: str, *cells: Any) -> Any:
    """A function of the registry."""
    return REGISTRY[name].call(*cells)


def phrases() -> Iterator[str]:
    """What the guide must say, its figures worked out now."""
    holdings = list(plan().rows("Holdings"))
    btc, eth = holdings[0], holdings[1]
    yield f"You hold {btc['quantity']} BTC and {eth['quantity']} ETH"
    yield f"Bitcoin stands at {btc['price']:,.0f} USDT and ether at {eth['price']:,.0f}"
    yield f"so that is {of('plan_exposure'):,.0f} USDT"
    yield f"hedge {of('plan_ratio'):.0%}: {of('plan_wanted_notional'):,.0f} USDT"
    yield f"{of('plan_contracts')} contracts of {of('plan_contract_size'):.0f} BTC"
    leverage = of("plan_leverage")
    yield f"a margin of {of('plan_margin'):.0f} USDT at a leverage of {leverage:.0f}"
    yield f"At a leverage of {leverage:.0f} that is {of('plan_liquidation_price'):,.2f}"
    yield f"a rise of {percent(of('plan_liquidation_move'))}"
    yield f"at 50 a rise of {percent(call('LIQUIDATION_MOVE', 50))} is enough"
    rise, safe = of("plan_reference_move"), of("plan_safe_leverage")
    yield f"survives a rise of {rise:.0%} is {safe:.2f}"
    yield f"fees are {of('costs_fees'):.2f} USDT and slippage {of('costs_slippage'):.2f}"
    yield f"pay the shorts {-of('costs_funding'):.2f} in {of('plan_horizon'):.0f} days"
    yield f"the hedge earns {-of('costs_total'):.2f}"
    fall, up = row("Scenarios", move=-0.1), row("Scenarios", move=0.1)
    yield f"A fall of 10% costs {-fall['unhedged']:.0f} without the hedge and {-fall['hedged']:.0f} with it"
    yield f"A rise of 10% brings {up['hedged']:.0f} in place of {up['unhedged']:.0f}"
    day = dt.date(2021, 5, 19)
    crash = row("Crashes", episode=serial(day), span="day")
    yield f"On {day} bitcoin closed {percent(-crash['btc'])} lower and ether {percent(-crash['eth'])}"
    yield f"would have lost {-crash['unhedged']:,.0f}, hedged {-crash['hedged']:,.0f}"
    assert of("tail_confidence") == 1 - 1 / 20  # "one day in twenty"
    yield f"a loss beyond {of('tail_past'):.0f} is to be expected"
    yield f"{of('tail_past_mean'):.0f} in the mean of those days"
    yield f"would be {of('tail_normal'):.0f} and {of('tail_normal_mean'):.0f}"
    yield from _history()
    yield from _article()


def _history() -> Iterator[str]:
    short, best = row("Shorts", asset="BTC"), of("short_best")
    rows: list[Any] = list(plan().rows("Shorts"))
    assert short["takes"] == max(found["takes"] for found in rows)
    yield f"the best single short in BTC takes away {percent(short['takes'])} of the variance"
    yield f"where {percent(of('short_scale'))} is the most that a hedge of {of('plan_ratio'):.0%} can"
    yield f"A second short, in {best}, adds {100 * row('Shorts', asset=best)['gain']:.1f} points"
    yield f"Over the year to {moment(of('back_to')).date()}, put right each {of('back_every'):.0f} days"
    yield f"made {percent(of('back_return'))} and the hedged ones {percent(of('back_hedged_return'))}"
    yield f"fell {percent(of('back_fall'))}, hedged {percent(of('back_hedged_fall'))}"
    yield f"liquidated {of('back_liquidations'):.0f} times at a leverage of {of('plan_leverage'):.0f}"
    yield f"at 20 it would have been {of('back_liquidations', plan_leverage=20):.0f} times"
    yield f"It took {of('back_capital'):,.0f} USDT of capital"
    gain = (of("back_hedged_return") - of("back_return")) * of("back_value")
    assert 0.2 < -of("back_funding") / gain < 0.3  # "a quarter of its gain"
    yield f"A quarter of its gain was funding, {-of('back_funding'):.0f} USDT"
    yield f"between {of('offset_low'):.0%} and {of('offset_high'):.0%}"
    yield f'"{of("back_offset_test")}" here with {of("back_offset"):.2f}'
    days, left = of("plan_horizon"), of("carry_days")
    yield f"{-of('perpetual_carry'):.2f} USDT earned with the perpetual in {days:.0f} days"
    yield f"{-of('future_carry'):.2f} with the future of {left:.0f} days"
    yield f"The error of that mean is {of('perpetual_error'):.2f}"
    assert -of("carry_errors") > of("carry_bound") == 2


def _article() -> Iterator[str]:
    """Claims of the article, as the article makes them, and what they are."""
    yield "the portfolio is worth 5,000"
    yield f"{of('plan_exposure'):,.0f}, as its own later steps have it"
    yield "is a hedge of 125% and too little"
    price, value = of("plan_entry_price"), of("plan_exposure")
    yield f"{price:,.0f} against {value:,.0f} is {price / value:.0%}"
    changed = dt.date(2025, 9, 2)
    before, after = (
        call("LIQUIDATION_RULE", "Bybit", serial(day)) for day in (changed - dt.timedelta(1), changed)
    )
    assert (before, after) == ("entry", "mark")
    yield f"Bybit follows the mark rule since {changed}"


def test_every_figure_is_computed_and_there_is_no_other() -> None:
    """Each phrase stands there as it comes out now; what is left holds no digit."""
    prose = " ".join(NEITHER.sub("", GUIDE).split())
    for phrase in phrases():
        assert phrase in prose
        prose = prose.replace(phrase, "", 1)
    assert re.findall(r".{0,30}\d.{0,30}", prose) == []


@pytest.mark.parametrize(("command", "shown"), CALLS, ids=[command for command, _ in CALLS])
def test_a_command_prints_what_the_guide_shows(command: str, shown: str) -> None:
    """The guide's commands are run."""
    words = [sys.executable, "-m", "addin", *shlex.split(command)]
    ran = subprocess.run(words, capture_output=True, text=True, check=False, cwd=ROOT)
    assert (ran.stdout.strip(), ran.returncode) == (shown, 0)


def test_every_picture_is_there_and_is_small() -> None:
    """The pictures of the sheets are in the repository, and none is heavy."""
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", GUIDE)
    assert len(pictures) == 4
    for name in pictures:
        assert 5_000 < (ROOT / "docs" / name).stat().st_size < 100_000
