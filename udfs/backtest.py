"""A hedge walked forward through its own history, knowing at each close what was known then."""

import itertools
import math
import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final, NamedTuple

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
    Table,
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
) -> Table:
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
    terms = Terms(ratio, band, fee_rate + slippage_bps / BPS_PER_UNIT, _limits(leverage, maintenance_rate))
    walk = Walk(terms)
    for t in range(start, last):
        value = asset_prices[t] / asset_prices[start]
        walk.trade(value, ratio * betas[t] * value, hedge_prices[t], must=t == start)
        following = asset_prices[t + 1] / asset_prices[start]
        walk.hold(following, hedge_prices[t], hedge_prices[t + 1], rates[t + 1])
    walk.close(hedge_prices[last])
    return _told(walk, ratio, periods_per_year)


class Limits(NamedTuple):
    """The moves at which a short and a long hedge are liquidated, and the leverage."""

    leverage: float
    up: float
    down: float


class Terms(NamedTuple):
    """On which terms the hedge is held."""

    ratio: float
    band: float
    cost: float
    limits: Limits | None


@dataclass
class Walk:
    """Where a walk has come to: values, the hedge, and what it has won, cost and paid."""

    terms: Terms
    size: float = 0.0  # hedge quantity, short positive
    result: float = 0.0
    cost: float = 0.0
    funding: float = 0.0
    turnover: float = 0.0
    trades: int = 0
    liquidations: int = 0
    capital: float = 0.0
    values: list[float] = field(default_factory=lambda: [1.0])
    worths: list[float] = field(default_factory=lambda: [1.0])
    ratios: list[float] = field(default_factory=list)

    @property
    def won(self) -> float:
        """What the hedge has brought in, after costs and funding."""
        return self.result - self.cost - self.funding

    def trade(self, value: float, wanted: float, price: float, *, must: bool) -> None:
        """Bring the hedge to what is wanted, if it is too far from it."""
        gap = wanted - self.size * price
        if gap and (must or abs(gap) > self.terms.band * value):
            self._pay(gap)
            self.size = wanted / price
        self.ratios.append(self.size * price / value)
        if self.terms.limits:
            margin = abs(self.size * price) / self.terms.limits.leverage
            self.capital = max(self.capital, margin - self.won)

    def hold(self, value: float, price: float, following: float, rate: float) -> None:
        """Let a period pass."""
        self.values.append(value)
        move, limits = (following - price) / price, self.terms.limits
        if limits and (move >= limits.up if self.size > 0 else self.size < 0 and move <= limits.down):
            self.result -= abs(self.size * price) / limits.leverage
            self.liquidations += 1
            self.size = 0.0
        else:
            self.result -= self.size * (following - price)
            self.funding -= self.size * following * rate
        self.worths.append(value + self.won)

    def close(self, price: float) -> None:
        """Close the hedge at the last price."""
        if self.size:
            before = self.won
            self._pay(self.size * price)
            self.worths[-1] += self.won - before

    def _pay(self, traded: float) -> None:
        self.cost += self.terms.cost * abs(traded)
        self.turnover += abs(traded)
        self.trades += 1


def _told(walk: Walk, ratio: float, periods_per_year: float) -> Table:
    values, worths = walk.values, walk.worths
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
    is_margined = walk.terms.limits is not None
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
    """Refuse what cannot count without the other."""
    if window is None and half_life is not None:
        raise WrongType("window: is blank, and half_life needs it", "window")
    if leverage is None and maintenance_rate != DEFAULT_MAINTENANCE_RATE:
        raise WrongType("leverage: is blank, and maintenance_rate needs it", "leverage")
    if window is not None and not window.is_integer():
        raise OutsideDomain(f"window: must be whole, got {window:.15g}", "window", window)


def _limits(leverage: float | None, maintenance_rate: float) -> Limits | None:
    if leverage is None:
        return None
    up = liquidation_move(leverage, maintenance_rate, SHORT, LINEAR)
    try:
        down = liquidation_move(leverage, maintenance_rate, LONG, LINEAR)
    except NotAvailable:  # a long hedge at 1x is never liquidated
        down = -math.inf
    return Limits(leverage, up, down)


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
    sums = (0.0, 0.0, 0.0, 0.0)
    yield 0.0
    for t, (a, h) in enumerate(zip(asset, hedge, strict=True)):
        old_a, old_h = (asset[t - window], hedge[t - window]) if t >= window else (0.0, 0.0)
        new, old = (a, h, a * h, h * h), (old_a, old_h, old_a * old_h, old_h * old_h)
        sums = tuple(fade * s + n - gone * o for s, n, o in zip(sums, new, old, strict=True))  # type: ignore[assignment]
        if t + 1 < window:
            yield 0.0
            continue
        mean_a, mean_h, both, square = (part / total for part in sums)
        spread = square - mean_h * mean_h
        if spread > max(floor, DRIFT * square):
            yield (both - mean_a * mean_h) / spread
        else:  # few digits are left: these returns alone
            yield _beta(asset[t + 1 - window : t + 1], hedge[t + 1 - window : t + 1], fade)


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
    return math.fsum([(change - mean) ** 2 for change in changes]) / (len(changes) - 1)


def _drawdown(values: Sequence[float]) -> float:
    """The largest fall from a peak, as a share of it; positive."""
    peak, worst = values[0], 0.0
    for value in values:
        peak = max(peak, value)
        worst = max(worst, (peak - value) / peak)
    return worst
