"""Survival: which common move a wallet of positions outlives, with how much collateral, how likely."""

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Annotated, Final, NamedTuple

from udfs.conventions import DAYS_PER_YEAR, Arg, Days, Move, Volatility
from udfs.errors import NotAvailable, OutsideDomain, WrongType
from udfs.native import unwritten
from udfs.registry import udf
from udfs.rows import full_rows
from udfs.venues import Venue, tables

MARGIN: Final = "Margin and liquidation"
CROSS_SOURCE: Final = "Binance support faq b3c689c1f50a44cabb3a84e663b81d93, cross margin"
WALK: Final = unwritten("it is solved from one end of a leverage tier to the next")
UP: Final = "up"
DOWN: Final = "down"
LARGE: Final = 25.0  # deviations beyond which erfc is too small for a quotient

WalletBalance = Annotated[
    float, Arg("quote", "Wallet balance, without unrealised P&L; coins as COLLATERAL_VALUE counts them.")
]
Quantities = Annotated[Sequence[float | None], Arg("base", "Size of each position, positive if short.")]
EntryPrices = Annotated[
    Sequence[float | None], Arg("quote per base", "Entry price of each position.", above=0)
]
MarkPrices = Annotated[
    Sequence[float | None], Arg("quote per base", "Mark price of each position, now.", above=0)
]
MaintenanceRates = Annotated[
    Sequence[float | None],
    Arg("decimal", "Maintenance margin rate of each position: 0.005 is 0.5 %.", at_least=0, below=1),
]
MaintenanceAmounts = Annotated[
    Sequence[float | None],
    Arg("quote", "Amount that each position's tier takes off the maintenance margin.", at_least=0),
]
MarketBetas = Annotated[
    Sequence[float | None], Arg("ratio", "Move of each position for a move of the market; default 1.")
]
Direction = Annotated[str, Arg("text", "Way of the market: up or down.", choices=(UP, DOWN))]
Symbols = Annotated[
    Sequence[str | None], Arg("text", "Contract of each position, whose leverage tiers it climbs.")
]
Coins = Annotated[Sequence[float | None], Arg("base", "Coins in the wallet; a debt is negative.")]
CoinPrices = Annotated[Sequence[float | None], Arg("quote per base", "Price of each coin.", above=0)]
CollateralRatios = Annotated[
    Sequence[float | None],
    Arg("ratio", "Share of its value that counts: 0.95 is a haircut of 5 %.", at_least=0, at_most=1),
]
Drift = Annotated[float, Arg("decimal a year", "Expected growth, continuously compounded.")]


@udf(
    MARGIN,
    unit="quote",
    example=(([[0.1], [2_000]], [[30_000], [1]], [[0.95], [0.9999]]), 4_849.8),
    source="Binance support faq 29b45c485d664028b9ca1cdf90b24f6f, What Is Multi-Assets Mode",
    native='SUMPRODUCT(quantities*prices*IF(collateral_ratios="",1,IF(quantities<0,1,collateral_ratios)))',
)
def collateral_value(
    quantities: Coins, prices: CoinPrices, collateral_ratios: CollateralRatios | None = None
) -> float:
    """What a wallet of several coins counts as margin: sum of quantity x price x collateral ratio.

    A negative quantity is a debt and counts in full. Ratios differ by venue and amount, and change: take
    the venue's own. An empty row is passed over, one with a gap refused.
    """
    columns = {"quantities": quantities, "prices": prices}
    if collateral_ratios is None:
        return math.fsum(coins * price for coins, price in full_rows(columns))
    rows = full_rows({**columns, "collateral_ratios": collateral_ratios})
    return math.fsum(coins * price * (ratio if coins > 0 else 1.0) for coins, price, ratio in rows)


@udf(
    MARGIN,
    unit="decimal",
    example=((480, [[0.08]], [[30_000]], [[30_000]], [[0.005]]), 0.19402985074626866),
    source=CROSS_SOURCE,
    native=WALK,
)
def cross_liquidation_move(
    collateral: WalletBalance,
    quantities: Quantities,
    entry_prices: EntryPrices,
    mark_prices: MarkPrices,
    maintenance_rates: MaintenanceRates | None = None,
    maintenance_amounts: MaintenanceAmounts | None = None,
    betas: MarketBetas | None = None,
    direction: Direction = UP,
    venue: Venue | None = None,
    symbols: Symbols | None = None,
) -> float:
    """Move of the common market at which positions that share one wallet are liquidated.

    The first m that way at which collateral + sum of UPNL is no longer above the sum of the maintenance
    margins: the price of position i is mark (1 + beta m), not below 0, its UPNL -quantity (price - entry),
    its maintenance margin |quantity| x price x rate - amount, not below 0. Rates are those given, or of the
    venue's leverage tiers, which each position then climbs as it grows. Solved exactly from one end of a
    tier to the next. Linear contracts alone.

    #NUM! (collateral) where they are liquidated already; #N/A where no move that way does it, or beyond
    the last known tier. A coin that is collateral falls too: a row with quantity -coins x collateral
    ratio, entry and mark its price, rate 0, and its COLLATERAL_VALUE in the collateral. A ladder of
    margins is this formula filled down a column of collaterals.
    """
    wallet = _wallet(
        (quantities, entry_prices, mark_prices), maintenance_rates, maintenance_amounts, betas, venue, symbols
    )
    sign = 1.0 if direction == UP else -1.0
    end = math.inf if direction == UP else 1.0
    if collateral <= wallet.needed_now:
        raise OutsideDomain(
            "collateral: these positions are liquidated already at these prices", "collateral", collateral
        )
    for start, stop in wallet.stretches(sign, end):
        level, slope = wallet.line((start + stop) / 2 if stop < math.inf else start + 1.0, sign)
        # equity over maintenance at a distance d on this stretch: collateral - level - slope d
        if collateral - level - slope * start <= 0:
            return sign * start
        if slope > 0 and (reached := (collateral - level) / slope) <= stop:
            return sign * reached
    raise NotAvailable(f"no move {direction} liquidates these positions")


@udf(
    MARGIN,
    unit="quote",
    example=((0.4, [[0.08]], [[30_000]], [[30_000]], [[0.005]]), 976.8),
    source=f"the inverse of CROSS_LIQUIDATION_MOVE; {CROSS_SOURCE}",
    native=WALK,
)
def required_collateral(
    move: Move,
    quantities: Quantities,
    entry_prices: EntryPrices,
    mark_prices: MarkPrices,
    maintenance_rates: MaintenanceRates | None = None,
    maintenance_amounts: MaintenanceAmounts | None = None,
    betas: MarketBetas | None = None,
    venue: Venue | None = None,
    symbols: Symbols | None = None,
) -> float:
    """Least wallet balance with which positions outlive every move of the market from 0 to this one.

    The most that maintenance margins less UPNL come to on the way, not below 0: it may be needed today,
    and not at the end. The inverse of CROSS_LIQUIDATION_MOVE, whose arguments and refusals it has. #N/A
    where a position leaves the last known tier on the way.
    """
    wallet = _wallet(
        (quantities, entry_prices, mark_prices), maintenance_rates, maintenance_amounts, betas, venue, symbols
    )
    sign = 1.0 if move >= 0 else -1.0
    most = max(0.0, wallet.needed_now)
    reached = 0.0
    for start, stop in wallet.stretches(sign, abs(move)):
        level, slope = wallet.line((start + stop) / 2, sign)
        most = max(most, level + slope * start, level + slope * stop)
        reached = stop
    if reached < abs(move):
        raise NotAvailable("move: a position leaves the last known leverage tier on the way", "move", move)
    return most


@udf(
    MARGIN,
    unit="ratio",
    example=((0.2, 0.8, 90, 0.5), 0.6789985620760364),
    source="Borodin and Salminen 2002, 2.2.0.2; Shreve, Stochastic Calculus for Finance II, 7.2",
    native=(
        ("way", "IF(move<0,-1,1)"),
        ("barrier", "IF(move>-1,way*LN(1+move),0)"),
        ("trend", "way*(drift-volatility*volatility/2)*days/365"),
        ("deviation", "volatility*SQRT(days/365)"),
        ("near", "IF(deviation>0,(barrier-trend)/deviation,0)"),
        ("far", "IF(deviation>0,(barrier+trend)/deviation,0)"),
        ("square", "IF(far>25,1/(far*far),0)"),
        ("scaled", "(1-square*(1-3*square*(1-5*square)))/(MAX(far,1)*SQRT(2*PI()))"),
        ("spread", "IF(deviation>0,2*trend/(deviation*deviation),0)"),
        (
            "reflected",
            "IF(far>25,EXP(-near*near/2)*scaled,EXP(spread*barrier)*NORMSDIST(-far))",
        ),
        ("crossed", "IF(deviation>0,MIN(1,NORMSDIST(-near)+reflected),IF(trend>=barrier,1,0))"),
        "IF(move=0,1,IF(OR(move=-1,days=0),0,crossed))",
    ),
)
def liquidation_probability(move: Move, volatility: Volatility, days: Days, drift: Drift = 0.0) -> float:
    """Chance that the price touches a move within some days: a rise liquidates a short, a fall a long.

    First passage of a geometric Brownian motion that is watched without a break. With T = days / 365,
    nu = drift - volatility^2 / 2 and b = ln(1 + move), both with the other sign for a fall:
    N((nu T - b) / (volatility sqrt(T))) + exp(2 nu b / volatility^2) N((-b - nu T) / (volatility sqrt(T))).
    A drift of 0 makes the price a fair game. Real tails are fatter: in turbulent times it is more.
    """
    if move == 0:
        return 1.0
    if move == -1 or days == 0:
        return 0.0
    sign = 1.0 if move > 0 else -1.0
    barrier, years = sign * math.log1p(move), days / DAYS_PER_YEAR
    trend = sign * (drift - 0.5 * volatility * volatility) * years
    deviation = volatility * math.sqrt(years)
    if deviation == 0:
        return 1.0 if trend >= barrier else 0.0
    short, far = (barrier - trend) / deviation, (barrier + trend) / deviation
    direct = 0.5 * math.erfc(short / math.sqrt(2.0))
    # exp(2 nu b / sigma^2) N(-far) is exp(-short^2 / 2) times a scaled tail, which can't overflow.
    reflected = (
        math.exp(-0.5 * short * short) * _scaled_tail(far)
        if far > 0
        else math.exp(2.0 * trend / deviation * barrier / deviation) * 0.5 * math.erfc(far / math.sqrt(2.0))
    )
    return min(1.0, direct + reflected)


def _scaled_tail(deviations: float) -> float:
    """exp(x^2 / 2) N(-x) for x above 0."""
    if deviations < LARGE:
        return 0.5 * math.exp(0.5 * deviations * deviations) * math.erfc(deviations / math.sqrt(2.0))
    square = 1.0 / (deviations * deviations)
    series = 1.0 - square * (1.0 - 3.0 * square * (1.0 - 5.0 * square))
    return series / (deviations * math.sqrt(math.tau))


class Step(NamedTuple):
    """A leverage tier as one position climbs it."""

    end: float  # of the value, in quote
    rate: float
    amount: float


class Position(NamedTuple):
    """One position of a wallet, and the tiers it climbs."""

    quantity: float
    entry: float
    mark: float
    beta: float
    steps: tuple[Step, ...]

    def at(self, value: float) -> Step | None:
        """The tier of a value; None beyond the last."""
        return next((step for step in self.steps if value <= step.end), None)

    def distances(self, sign: float) -> Iterator[float]:
        """How far the market moves that way until something about this position changes its slope."""
        growth, size = sign * self.beta, abs(self.quantity) * self.mark
        if not growth or not size:
            return
        values = [0.0, *(step.end for step in self.steps if step.end < math.inf)]
        values += [step.amount / step.rate for step in self.steps if step.rate > 0 and step.amount > 0]
        yield from ((value / size - 1.0) / growth for value in values)

    def limit(self, sign: float) -> float:
        """How far the market moves that way until the last known tier ends."""
        growth, size, last = sign * self.beta, abs(self.quantity) * self.mark, self.steps[-1].end
        return (last / size - 1.0) / growth if growth > 0 and size else math.inf

    def line(self, distance: float, sign: float) -> tuple[float, float]:
        """Maintenance margin less UPNL around a distance: level and slope."""
        growth = sign * self.beta
        if 1.0 + growth * distance <= 0:
            return -self.quantity * self.entry, 0.0
        value, rising = self.mark, self.mark * growth  # the price is value + rising d
        size = abs(self.quantity)
        step = self.at(size * (value + rising * distance)) or self.steps[-1]
        level, slope = self.quantity * (value - self.entry), self.quantity * rising
        if size * (value + rising * distance) * step.rate > step.amount:
            level += size * value * step.rate - step.amount
            slope += size * rising * step.rate
        return level, slope


class Wallet(NamedTuple):
    """Positions that share their collateral."""

    positions: tuple[Position, ...]

    def stretches(self, sign: float, end: float) -> Iterator[tuple[float, float]]:
        """Stretches of the move, from 0 to an end or to the last known tier, on which nothing bends."""
        end = min(end, *(position.limit(sign) for position in self.positions))
        bends = {d for position in self.positions for d in position.distances(sign) if 0 < d < end}
        bounds = [0.0, *sorted(bends), end]
        yield from ((start, stop) for start, stop in itertools.pairwise(bounds) if start < stop)

    def line(self, distance: float, sign: float) -> tuple[float, float]:
        """Collateral that is needed around a distance: level and slope."""
        lines = [position.line(distance, sign) for position in self.positions]
        return math.fsum(level for level, _ in lines), math.fsum(slope for _, slope in lines)

    @property
    def needed_now(self) -> float:
        """Collateral that is needed before anything moves."""
        return self.line(0.0, 1.0)[0]


def _wallet(
    prices: tuple[Sequence[float | None], Sequence[float | None], Sequence[float | None]],
    rates: Sequence[float | None] | None,
    amounts: Sequence[float | None] | None,
    betas: Sequence[float | None] | None,
    venue: str | None,
    symbols: Sequence[str | None] | None,
) -> Wallet:
    """The positions of some columns; what is missing or too much is refused by name."""
    _one_way(rates, amounts, venue, symbols)
    columns: dict[str, Sequence[object]] = dict(
        zip(("quantities", "entry_prices", "mark_prices"), prices, strict=True)
    )
    given = {"maintenance_rates": rates, "maintenance_amounts": amounts, "betas": betas, "symbols": symbols}
    columns |= {name: column for name, column in given.items() if column is not None}
    positions = []
    for row in full_rows(columns):
        cells = dict(zip(columns, row, strict=True))
        if venue is None:
            steps = [Step(math.inf, cells["maintenance_rates"], cells.get("maintenance_amounts", 0.0))]
        else:
            steps = [
                Step(tier.maximum_notional, tier.maintenance_rate, tier.maintenance_amount)
                for tier in tables().ladder(venue, cells["symbols"])
            ]
        quantity, entry, mark = (cells[name] for name in ("quantities", "entry_prices", "mark_prices"))
        if abs(quantity) * mark > steps[-1].end:
            raise NotAvailable("quantities: a position is above the last known leverage tier", "quantities")
        positions.append(Position(quantity, entry, mark, cells.get("betas", 1.0), tuple(steps)))
    return Wallet(tuple(positions))


def _one_way(
    rates: Sequence[float | None] | None,
    amounts: Sequence[float | None] | None,
    venue: str | None,
    symbols: Sequence[str | None] | None,
) -> None:
    """Maintenance by rates, or by the tiers of a venue: not neither, not both, not half of one."""
    if (rates is not None or amounts is not None) and (venue is not None or symbols is not None):
        raise WrongType("venue: does not count beside maintenance_rates; give one of the two", "venue", venue)
    if venue is None and symbols is None and rates is None:
        raise WrongType("maintenance_rates: is blank; give it, or venue and symbols", "maintenance_rates")
    if rates is None and (venue is None or symbols is None):
        name, other = ("venue", "symbols") if venue is None else ("symbols", "venue")
        raise WrongType(f"{name}: is blank, and {other} needs it", name)
