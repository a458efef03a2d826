"""Outcomes of a desk of plans as a run tells them: for the report and the watch."""

import math
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from workbook.report.run_facts import RunFacts
from workbook.request import Outcome

NOW = datetime(2026, 11, 30, 2, 30, tzinfo=UTC)
FOLDERS = ("north", "south", "harbour", "family", "miners", "trial")
PRICES = {"BTC": 91_240.0, "ETH": 3_012.46, "SOL": 142.61}
BEFORE = {"BTC": 87_216.4, "ETH": 2_838.1, "SOL": 127.55}
HOSTILE = 'books/north/client "A&B" <img src=x onerror=alert(1)>\u202e\x1b[2J\x9b.xlsx'


def plan(path: str, asset: str, dice: random.Random, prices: Mapping[str, float] = PRICES) -> Outcome:
    """One plan: some coverage, one open hedge, a trade if the coverage is outside its band."""
    price = prices[asset]
    exposure = math.exp(dice.gauss(11.1, 0.95))
    wanted = dice.choice([0.25, 0.4, 0.4, 0.5, 0.6, 0.75])
    off = dice.gauss(0, 0.02) if dice.random() < 0.8 else dice.choice([-1, 1]) * dice.uniform(0.06, 0.24)
    contracts = max(0.0, wanted + off) * exposure / PRICES[asset]
    liquidation = PRICES[asset] * (1.09 + abs(dice.gauss(0.3, 0.13)))
    margin = contracts * PRICES[asset] / dice.choice([2, 3, 4, 5])
    quantity = exposure / PRICES[asset]
    now = contracts * price / (quantity * price)
    trade = (wanted - now) * quantity if abs(wanted - now) > 0.05 else 0.0
    outputs: dict[str, Any] = {
        "plan_state": "ready" if trade else "nothing to do",
        "plan_exposure": quantity * price,
        "plan_coverage_target": wanted,
        "plan_coverage_now": now,
        "plan_coverage": now + trade / quantity,
        "plan_trade_contracts": trade,
        "plan_trade_notional": trade * price,
        "plan_margin_used": margin,
        "plan_liquidation_now": liquidation,
        "plan_unknown": 0.0,
        "journal_waiting": 0.0,
        "warnings_count": float(dice.choice([0, 0, 1])),
        "checks_ok": True,
    }
    hedge: dict[str, Any] = {
        "symbol": asset,
        "venue": dice.choice(["Binance", "Bybit", "MEXC"]),
        "contracts": contracts,
        "entry": price,
        "leverage": 3.0,
        "mark": price,
        "liquidation": liquidation,
        "margin": margin,
        "status": "hold",
    }
    return Outcome(
        path,
        "done",
        seconds=0.02,
        formulas=2_805,
        changed=325,
        venues="built in",
        outputs=outputs,
        inputs={
            "plan_instrument": asset,
            "plan_venue": hedge["venue"],
            "plan_capital": margin / dice.uniform(0.2, 0.9),
        },
        rows={"Holdings": [{"asset": asset, "quantity": quantity, "price": price}], "Journal": [hedge]},
    )


def desk(books: int, prices: Mapping[str, float] = PRICES) -> list[Outcome]:
    """So many plans, the same at every call."""
    dice = random.Random(20261130)  # noqa: S311 - figures, no secrets
    return [
        plan(
            f"books/{FOLDERS[number % len(FOLDERS)]}/client{number:04}.xlsx",
            ("BTC", "BTC", "ETH", "SOL")[number % 4],
            dice,
            prices,
        )
        for number in range(books)
    ]


def hedged(outcome: Outcome, **hedge: Any) -> Outcome:
    """A plan whose open hedge has other values."""
    (row,) = outcome.rows["Journal"]
    return replace(outcome, rows={**outcome.rows, "Journal": [{**row, **hedge}]})


def unknown(outcome: Outcome, *findings: tuple[str, str], state: str = "ready") -> Outcome:
    """A plan in which something is not known or not good: the state and the sentence of each."""
    outputs = {**outcome.outputs, "plan_state": state, "plan_unknown": float(len(findings))}
    named = [
        {"rule": f"rule_{at}", "state": word, "said": said, "mend": f"Mend {said}."}
        for at, (word, said) in enumerate(findings)
    ]
    return replace(outcome, outputs=outputs, rows={**outcome.rows, "Findings": named})


def troubled(books: int = 203) -> list[Outcome]:
    """The desk with one or more of each trouble."""
    found = desk(books)
    mark = {number: found[number].rows["Journal"][0]["mark"] for number in range(8)}
    found[0] = hedged(found[0], status="liquidated", liquidation=float(str(mark[0])) * 0.99)
    for number, distance in ((1, 1.016), (2, 1.029), (3, 1.038)):
        found[number] = hedged(
            found[number], status="near liquidation", liquidation=float(str(mark[number])) * distance
        )
    found[4] = hedged(found[4], status="expired", symbol="BTC-27NOV26")
    found[5] = Outcome(found[5].path, "failed", "took longer than 300 seconds and was stopped", "time")
    found[6] = Outcome(HOSTILE, "refused", "the file is no workbook package, or is cut short", "package")
    found[7] = Outcome(found[7].path, "refused", "out/x.xlsx was changed since it was made", "changed")
    for number in range(8, 14):
        found[number] = replace(found[number], unpriced=("1000PEPE",))
    found[14] = replace(found[14], stale=("Lookup!C7", "Lookup!C8"))
    found[15] = replace(found[15], outputs={**found[15].outputs, "checks_ok": False})
    found[16] = replace(found[16], outputs={**found[16].outputs, "journal_waiting": 1.0})
    found[16] = hedged(found[16], status="review")
    found[17] = unknown(found[17], ("? unknown", "Fees and lot: 823 days old, ask Binance"))
    return found


def facts(**said: Any) -> RunFacts:
    """The facts of a run with a market."""
    given: dict[str, Any] = {
        "at": NOW,
        "command": "microhedge recalc books --out results --market prices.csv --report run.html",
        "market": "prices.csv",
        "market_at": datetime(2026, 11, 30, 2, 27, tzinfo=UTC),
        "oldest_price": datetime(2026, 11, 30, tzinfo=UTC),
        "prices": PRICES,
        "version": "1.0.0",
    }
    return RunFacts(**{**given, **said})
