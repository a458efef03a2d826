"""A hedge walked forward through its own history, knowing at each close what was known then."""

import itertools
import math
import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain, repeat
from typing import Annotated, Final

from udfs.conventions import (
    BPS_PER_UNIT,
    DAYS_PER_YEAR,
    LINEAR,
    LONG,
    SHORT,
    Arg,
    Bps,
    FeeRate,
    Leverage,
    MaintenanceRate,
    Ratio,
    ResultTable,
)
from udfs.errors import DividesByZero, NotAvailable, OutsideDomain, WrongType
from udfs.margin import DEFAULT_MAINTENANCE_RATE, liquidation_move
from udfs.native import unwritten
from udfs.registry import udf
from udfs.returns import HalfLife, simple_returns
from udfs.risk import NOISE, AssetPrices, HedgePrices, PeriodsPerYear

OFFSET_LOW: Final = 0.8
OFFSET_HIGH: Final = 1.25
FEWEST: Final = 2  # test periods
DRIFT: Final = 1e-6  # a spread this small, relative to all squares or its own, is taken anew

PeriodRates = Annotated[
    Sequence[float],
    Arg(
        "decimal", "Funding of each period: the rates settled up to its close, added; the first is not used."
    ),
]
Window = Annotated[
    float,
    Arg("returns", "Returns of which each beta is taken, whole; blank: the ratio is fixed.", at_least=2),
]
BandShare = Annotated[
    float, Arg("ratio", "Share of the holding's value by which the hedge may drift.", at_least=0)
]


@udf(
    "Risk",
    unit="as labelled",
    example=(
        ([[100], [110], [99]], [[50], [55], [49.5]]),
        [
            ["Periods", 2],
            ["Unhedged return", -0.01],
            ["Hedged return", 0],
            ["Unhedged volatility", 2.7018512172212592],
            ["Hedged volatility", 0],
            ["Unhedged drawdown", 0.1],
            ["Hedged drawdown", 0],
            ["Variance reduction", 1],
            ["Mean ratio", 1],
            ["Trades", 2],
            ["Turnover", 1.99],
            ["Trading cost", 0],
            ["Funding cost", 0],
            ["Dollar offset", 1],
            ["Offset test", "pass"],
            ["Liquidations", ""],
            ["Capital needed", ""],
        ],
    ),
    source="Ederington 1979; IAS 39 AG105 and ASC 815: 80 to 125 % (IFRS 9 dropped the bright line)",
    native=unwritten("each close depends on all before it; the Backtest sheet shows the result"),
)
def hedge_backtest(
    asset_prices: AssetPrices,
    hedge_prices: HedgePrices,
    funding_rates: PeriodRates | None = None,
    ratio: Ratio = 1.0,
    window: Window | None = None,
    half_life: HalfLife | None = None,
    band: BandShare = 0.0,
    fee_rate: FeeRate = 0.0,
    slippage_bps: Bps = 0.0,
    leverage: Leverage | None = None,
    maintenance_rate: MaintenanceRate = DEFAULT_MAINTENANCE_RATE,
    periods_per_year: PeriodsPerYear = DAYS_PER_YEAR,
) -> ResultTable:
    """A hedge walked forward through a history: what it would have saved and cost, a label and value per row.

    Money is in units of the holding's value V at the start, which is after the first `window` returns.
    At each close the wanted hedge is ratio x beta x V, beta that of the last `window` returns (faded by
    half_life) or 1; it is traded to, at fee and slippage, where it is off by more than band x V. Then the
    next close comes: the hedge wins or loses, and pays funding on its new value. It is closed at the end.
    With a leverage, margin is brought to notional / leverage at every close, and a move that reaches
    LIQUIDATION_MOVE (isolated, mark, linear) costs that margin; the hedge is entered again a close later.

    Volatilities are of changes over V, a year; a drawdown is the largest fall from a peak; the variance
    reduction is out of sample and after costs. The dollar offset is minus the hedge's result over the
    designated share of the holding's, its test 80 to 125 %; it says little where the holding hardly moved.
    Capital needed is the cash that it really took: the most that margin, less what the hedge had won,
    came to. Closes miss the wicks: real liquidations are more. A row with a blank is left out.
    """
    _together(window, half_life, leverage, maintenance_rate)
    start, last = int(window or 0), len(asset_prices) - 1
    if last - start < FEWEST:
        raise NotAvailable(
            f"asset_prices: at least {start + FEWEST + 1} prices are needed, got {last + 1}", "asset_prices"
        )
    rates = [0.0] * (last + 1) if funding_rates is None else funding_rates
    betas = (
        [1.0] * (last + 1) if window is None else list(_betas(asset_prices, hedge_prices, start, half_life))
    )
    walk = Walk(band, fee_rate + slippage_bps / BPS_PER_UNIT, *_limits(leverage, maintenance_rate))
    at_start = asset_prices[start]
    values = [price / at_start for price in asset_prices[start:]]
    periods = zip(values, betas[start:], hedge_prices[start:], strict=True)
    following = zip(values[1:], hedge_prices[start + 1 :], rates[start + 1 :], strict=True)
    for (value, beta, price), (next_value, next_price, rate) in zip(periods, following, strict=False):
        walk.trade(value, ratio * beta * value, price)
        walk.hold(next_value, price, next_price, rate)
    walk.close(hedge_prices[last])
    return _told(walk, values, ratio, periods_per_year)


@dataclass(slots=True)
class Walk:
    """Where a walk has come to: the hedge, what it has won, cost and paid, and what both are worth."""

    band: float
    cost_rate: float
    leverage: float
    up: float  # the moves at which a short and a long hedge are liquidated
    down: float
    size: float = 0.0  # hedge quantity, short positive
    result: float = 0.0
    cost: float = 0.0
    funding: float = 0.0
    turnover: float = 0.0
    trades: int = 0
    liquidations: int = 0
    capital: float = 0.0
    worths: list[float] = field(default_factory=lambda: [1.0])
    ratios: list[float] = field(default_factory=list)

    def trade(self, value: float, wanted: float, price: float) -> None:
        """Bring the hedge to what is wanted, if it is too far from it, and the first time."""
        gap = wanted - self.size * price
        if gap and (abs(gap) > self.band * value or not self.ratios):
            self._pay(gap)
            self.size = wanted / price
        hedged = self.size * price
        self.ratios.append(hedged / value)
        needed = abs(hedged) / self.leverage - (self.result - self.cost - self.funding)
        self.capital = max(self.capital, needed)

    def hold(self, value: float, price: float, following: float, rate: float) -> None:
        """Let a period pass."""
        size, change = self.size, following - price
        if (size > 0 and change >= self.up * price) or (size < 0 and change <= self.down * price):
            self.result -= abs(size * price) / self.leverage
            self.liquidations += 1
            self.size = 0.0
        else:
            self.result -= size * change
            self.funding -= size * following * rate
        self.worths.append(value + self.result - self.cost - self.funding)

    def close(self, price: float) -> None:
        """Close the hedge at the last price."""
        if self.size:
            self.worths[-1] -= self.cost_rate * abs(self.size * price)
            self._pay(self.size * price)

    def _pay(self, traded: float) -> None:
        self.cost += self.cost_rate * abs(traded)
        self.turnover += abs(traded)
        self.trades += 1


def _told(walk: Walk, values: Sequence[float], ratio: float, periods_per_year: float) -> ResultTable:
    worths = walk.worths
    unhedged = [(after - before) / before for before, after in itertools.pairwise(values)]
    changes = zip(worths, worths[1:], values, strict=False)
    hedged = [(after - before) / value for before, after, value in changes]
    spread = _variance(unhedged)
    if spread <= NOISE**2:
        raise DividesByZero("asset_prices: returns do not vary", "asset_prices")
    left = _variance(hedged)
    share = ratio * (values[-1] - 1.0)
    offset: float | str = -walk.result / share if share else ""
    passed: float | str = offset if isinstance(offset, str) else "fail"
    if not isinstance(offset, str) and OFFSET_LOW <= offset <= OFFSET_HIGH:
        passed = "pass"
    is_margined = walk.leverage < math.inf
    return [
        ["Periods", float(len(unhedged))],
        ["Unhedged return", values[-1] - 1.0],
        ["Hedged return", worths[-1] - 1.0],
        ["Unhedged volatility", math.sqrt(spread * periods_per_year)],
        ["Hedged volatility", math.sqrt(left * periods_per_year)],
        ["Unhedged drawdown", _drawdown(values)],
        ["Hedged drawdown", _drawdown(worths)],
        ["Variance reduction", 1.0 - left / spread],
        ["Mean ratio", math.fsum(walk.ratios) / len(walk.ratios)],
        ["Trades", float(walk.trades)],
        ["Turnover", walk.turnover],
        ["Trading cost", walk.cost],
        ["Funding cost", walk.funding],
        ["Dollar offset", offset],
        ["Offset test", passed],
        ["Liquidations", float(walk.liquidations) if is_margined else ""],
        ["Capital needed", walk.capital if is_margined else ""],
    ]


def _together(
    window: float | None, half_life: float | None, leverage: float | None, maintenance_rate: float
) -> None:
    """Refuse what can't count without the other."""
    if window is None and half_life is not None:
        raise WrongType("window: is blank, and half_life needs it", "window")
    if leverage is None and maintenance_rate != DEFAULT_MAINTENANCE_RATE:
        raise WrongType("leverage: is blank, and maintenance_rate needs it", "leverage")
    if window is not None and not window.is_integer():
        raise OutsideDomain(f"window: must be whole, got {window:.15g}", "window", window)


def _limits(leverage: float | None, maintenance_rate: float) -> tuple[float, float, float]:
    """Leverage, and the moves that liquidate a short and a long hedge; without an end if it is not given."""
    if leverage is None:
        return math.inf, math.inf, -math.inf
    up = liquidation_move(leverage, maintenance_rate, SHORT, LINEAR)
    try:
        down = liquidation_move(leverage, maintenance_rate, LONG, LINEAR)
    except NotAvailable:  # a long hedge at 1x is never liquidated
        down = -math.inf
    return leverage, up, down


def _betas(
    asset_prices: Sequence[float], hedge_prices: Sequence[float], window: int, half_life: float | None
) -> Iterator[float]:
    """The beta of the last returns at each close; 0 before there are enough.

    Sums run along: a return comes in, one goes out, and all fade by the half-life.
    """
    fade = 1.0 if half_life is None else 0.5 ** (1.0 / half_life)
    gone = fade**window
    total = float(window) if fade == 1 else (1.0 - gone) / (1.0 - fade)
    asset, hedge = simple_returns(asset_prices), simple_returns(hedge_prices)
    floor = DRIFT * math.fsum(map(operator.mul, hedge, hedge)) / len(hedge)
    gone_by = chain(repeat((0.0, 0.0), window), zip(asset, hedge, strict=True))
    sum_a = sum_h = both = square = 0.0
    yield 0.0
    for t, (a, h, (old_a, old_h)) in enumerate(zip(asset, hedge, gone_by, strict=False), 1):
        out = gone * old_h
        sum_a, sum_h = fade * sum_a + a - gone * old_a, fade * sum_h + h - out
        both, square = fade * both + a * h - out * old_a, fade * square + h * h - out * old_h
        spread = (square - sum_h * sum_h / total) / total
        if t < window:
            yield 0.0
        elif spread > floor and spread > DRIFT * square / total:
            yield (both - sum_a * sum_h / total) / total / spread
        else:  # few digits are left: these returns alone
            yield _beta(asset[t - window : t], hedge[t - window : t], fade)


def _beta(asset: Sequence[float], hedge: Sequence[float], fade: float) -> float:
    weights = [fade**age for age in reversed(range(len(asset)))]
    total = math.fsum(weights)
    mean_a, mean_h = (math.fsum(map(operator.mul, weights, each)) / total for each in (asset, hedge))
    rows = list(zip(weights, asset, hedge, strict=True))
    spread = math.fsum(w * (h - mean_h) ** 2 for w, _, h in rows) / total
    if spread <= NOISE**2:
        raise DividesByZero("hedge_prices: returns do not vary within a window", "hedge_prices")
    return math.fsum(w * (a - mean_a) * (h - mean_h) for w, a, h in rows) / total / spread


def _variance(changes: Sequence[float]) -> float:
    mean = math.fsum(changes) / len(changes)
    off = [change - mean for change in changes]
    return math.fsum(map(operator.mul, off, off)) / (len(changes) - 1)


def _drawdown(values: Sequence[float]) -> float:
    """The largest fall from a peak, as a share of it; positive."""
    peaks = accumulate(values, max)
    return max((peak - value) / peak for peak, value in zip(peaks, values, strict=True))
