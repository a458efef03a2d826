"""The back-test against a ledger of cash, margin and coins that shares no code with it."""

import itertools
import math
import random
import statistics
from typing import Any, NamedTuple

import pytest
from support.goldens import Cells, holds

from udfs import REGISTRY

BACKTEST = REGISTRY["HEDGE_BACKTEST"].call
UNEQUAL = "HEDGE_BACKTEST: ranges must be of one length, got asset_prices 4 and hedge_prices 3"
PRICES = [[100], [110], [99], [105]]


@pytest.mark.parametrize(
    ("cells", "refusal"),
    [
        ((PRICES[:2], PRICES[:2]), "asset_prices: at least 3 prices are needed, got 2"),
        ((PRICES, PRICES, None, 1, 2.5), "window: must be whole, got 2.5"),
        ((PRICES, PRICES, None, 1, 1), "window: must be at least 2, got 1"),
        ((PRICES, PRICES, None, 1, None, 5), "window: is blank, and half_life needs it"),
        (
            (PRICES, PRICES, None, 1, None, None, 0, 0, 0, None, 0.01),
            "leverage: is blank, and maintenance_rate needs it",
        ),
        (
            (PRICES, PRICES, None, 1, None, None, 0, 0, 0, 200),
            (
                "leverage: the initial margin 0.005 is not above the maintenance margin 0.005: "
                "it would be liquidated at once"
            ),
        ),
        (([[1], [1], [1], [1]], PRICES), "asset_prices: returns do not vary"),
        (
            (PRICES, [[5], [5], [5], [5]], None, 1, 2),
            "asset_prices: at least 5 prices are needed, got 4",
        ),
        (
            ([*PRICES, [99], [98]], [[5], [5], [5], [5], [6], [7]], None, 1, 2),
            "hedge_prices: returns do not vary within a window",
        ),
        (
            (PRICES, PRICES[:3]),
            "HEDGE_BACKTEST: ranges must be of one length, got asset_prices 4 and hedge_prices 3",
        ),
    ],
)
def test_refused(cells: Cells, refusal: str) -> None:
    """By name, with the reason."""
    holds("HEDGE_BACKTEST", cells, refusal)


class Terms(NamedTuple):
    """How a history is tested."""

    ratio: float
    window: int | None
    half_life: float | None
    band: float
    fee: float
    bps: float
    leverage: float | None
    rate: float


def beta(asset: list[float], hedge: list[float], end: int, window: int, half_life: float | None) -> float:
    """Of the returns before a close, from their definition."""
    pairs = [
        (asset[t] / asset[t - 1] - 1, hedge[t] / hedge[t - 1] - 1) for t in range(end - window + 1, end + 1)
    ]
    weights = [1.0 if half_life is None else 0.5 ** (age / half_life) for age in reversed(range(window))]
    total = sum(weights)
    mean_a = sum(w * a for w, (a, _) in zip(weights, pairs, strict=True)) / total
    mean_h = sum(w * h for w, (_, h) in zip(weights, pairs, strict=True)) / total
    both = sum(w * (a - mean_a) * (h - mean_h) for w, (a, h) in zip(weights, pairs, strict=True))
    return both / sum(w * (h - mean_h) ** 2 for w, (_, h) in zip(weights, pairs, strict=True))


def ledger(asset: list[float], hedge: list[float], rates: list[float], terms: Terms) -> dict[str, Any]:
    """Cash in and out of a futures account, coin by coin: sold units, margin, fees, funding, liquidations."""
    start, last = terms.window or 0, len(asset) - 1
    coins = 1.0 / asset[start]  # the holding is worth 1 at the start
    cost_rate = terms.fee + terms.bps / 10_000
    sold, cash, paid_in, trades, turnover, costs, funding, wiped = 0.0, 0.0, 0.0, 0, 0.0, 0.0, 0.0, 0
    gains, worths, values, ratios = 0.0, [1.0], [1.0], []
    for t in range(start, last):
        value = coins * asset[t]
        size = terms.ratio * value
        if terms.window:
            size *= beta(asset, hedge, t, terms.window, terms.half_life)
        change = size - sold * hedge[t]
        if change != 0 and (t == start or abs(change) > terms.band * value):
            trades, turnover = trades + 1, turnover + abs(change)
            costs += cost_rate * abs(change)
            cash -= cost_rate * abs(change)
            sold = size / hedge[t]
        ratios.append(sold * hedge[t] / value)
        margin = abs(sold * hedge[t]) / terms.leverage if terms.leverage else 0.0
        paid_in = max(paid_in, margin - cash)
        move = hedge[t + 1] / hedge[t] - 1
        lost = False
        if terms.leverage and sold:
            equity = margin - sold * (hedge[t + 1] - hedge[t])
            at_liquidation = (
                (1 + 1 / terms.leverage) / (1 + terms.rate) - 1
                if sold > 0
                else (1 - 1 / terms.leverage) / (1 - terms.rate) - 1
            )
            lost = move >= at_liquidation if sold > 0 else move <= at_liquidation
            assert lost == (equity <= terms.rate * abs(sold) * hedge[t + 1] + 1e-15)
        if lost:
            wiped, gains, cash, sold = wiped + 1, gains - margin, cash - margin, 0.0
        else:
            won, fund = -sold * (hedge[t + 1] - hedge[t]), -sold * hedge[t + 1] * rates[t + 1]
            gains, cash, funding = gains + won, cash + won - fund, funding + fund
        values.append(coins * asset[t + 1])
        worths.append(coins * asset[t + 1] + cash)
    if sold:
        closing = abs(sold * hedge[last])
        trades, turnover, costs = trades + 1, turnover + closing, costs + cost_rate * closing
        worths[-1] -= cost_rate * closing
    plain = [after / before - 1 for before, after in itertools.pairwise(values)]
    hedged = [
        (after - before) / value
        for (before, after), value in zip(itertools.pairwise(worths), values, strict=False)
    ]
    peaks = [[max(line[: at + 1]) for at in range(len(line))] for line in (values, worths)]
    share = terms.ratio * (values[-1] - 1)
    offset = -gains / share if share else ""
    return {
        "Periods": last - start,
        "Unhedged return": values[-1] - 1,
        "Hedged return": worths[-1] - 1,
        "Unhedged volatility": statistics.stdev(plain) * math.sqrt(365),
        "Hedged volatility": statistics.stdev(hedged) * math.sqrt(365),
        "Unhedged drawdown": max(1 - value / peak for value, peak in zip(values, peaks[0], strict=True)),
        "Hedged drawdown": max(1 - worth / peak for worth, peak in zip(worths, peaks[1], strict=True)),
        "Variance reduction": 1 - statistics.variance(hedged) / statistics.variance(plain),
        "Mean ratio": statistics.fmean(ratios),
        "Trades": trades,
        "Turnover": turnover,
        "Trading cost": costs,
        "Funding cost": funding,
        "Dollar offset": offset,
        "Offset test": "" if offset == "" else "pass" if 0.8 <= float(offset) <= 1.25 else "fail",
        "Liquidations": wiped if terms.leverage else "",
        "Capital needed": paid_in if terms.leverage else "",
    }


def history(seed: int, length: int) -> tuple[list[float], list[float], list[float]]:
    """Prices that move together, wildly, and funding."""
    draw = random.Random(seed)  # noqa: S311 - the same cases in every run, no secret
    asset, hedge, rates = [50.0], [30_000.0], [0.0]
    for _ in range(length - 1):
        market = draw.gauss(0, 0.05)
        asset.append(asset[-1] * math.exp(1.3 * market + draw.gauss(0, 0.03)))
        hedge.append(hedge[-1] * math.exp(market))
        rates.append(draw.gauss(0.0003, 0.0005))
    return asset, hedge, rates


TERMS = [
    Terms(1, None, None, 0, 0, 0, None, 0.005),
    Terms(0.5, None, None, 0.1, 0.0005, 2, None, 0.005),
    Terms(1, 10, None, 0, 0.0005, 0, 5, 0.005),
    Terms(0.8, 20, 7, 0.05, 0.0005, 2, 10, 0.01),
    Terms(2, 2, None, 0.2, 0.001, 5, 20, 0.005),
    Terms(0, None, None, 0, 0.001, 5, 5, 0.005),
    Terms(1, 30, 3, 0.01, -0.0001, 1, 1, 0.005),
]


@pytest.mark.parametrize(("terms", "seed"), list(itertools.product(TERMS, range(4))))
def test_every_row_is_that_of_the_ledger(terms: Terms, seed: int) -> None:
    """Returns, risk, costs, funding, liquidations and capital, over a wild history."""
    asset, hedge, rates = history(seed, 120)
    found = dict(
        BACKTEST(
            *([[price] for price in line] for line in (asset, hedge, rates)),
            *(terms.ratio, terms.window, terms.half_life, terms.band, terms.fee, terms.bps, terms.leverage),
            terms.rate if terms.leverage else None,
        )
    )
    expected = ledger(asset, hedge, rates, terms)
    assert list(found) == list(expected)
    for label, value in expected.items():
        if isinstance(value, str):
            assert found[label] == value, label
        else:
            assert found[label] == pytest.approx(value, rel=1e-8, abs=1e-11), label


def test_liquidations_do_happen_in_these_histories() -> None:
    """Else the ledger's liquidations would hold nothing."""
    found = [ledger(*history(seed, 120), TERMS[4])["Liquidations"] for seed in range(4)]
    assert min(found) > 0


@pytest.mark.parametrize("seed", range(3))
def test_the_same_asset_at_ratio_one_without_costs_has_no_variance(seed: int) -> None:
    """Sold in full, it neither wins nor loses."""
    asset, _, _ = history(seed, 60)
    found = dict(BACKTEST([[price] for price in asset], [[price] for price in asset]))
    assert found["Hedged volatility"] == pytest.approx(0, abs=1e-12)
    assert found["Hedged return"] == pytest.approx(0, abs=1e-12)
    assert found["Variance reduction"] == pytest.approx(1, abs=1e-12)
    assert (found["Dollar offset"], found["Offset test"]) == (pytest.approx(1), "pass")


def test_beta_of_a_quiet_window_keeps_its_digits() -> None:
    """A window a million times quieter than the rest is taken anew, not from the running sums."""
    draw = random.Random(4)  # noqa: S311 - the same cases in every run, no secret
    asset, hedge = [100.0], [100.0]
    for t in range(80):
        size = 0.2 if t < 40 else 1e-7
        market = draw.gauss(0, size)
        asset.append(asset[-1] * (1 + 2 * market))
        hedge.append(hedge[-1] * (1 + market))
    found = dict(BACKTEST([[price] for price in asset], [[price] for price in hedge], None, 1, 10))
    expected = ledger(asset, hedge, [0.0] * 81, Terms(1, 10, None, 0, 0, 0, None, 0.005))
    assert found["Mean ratio"] == pytest.approx(expected["Mean ratio"], rel=1e-8)
