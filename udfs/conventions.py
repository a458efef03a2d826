"""The conventions of every function, in one place: what an argument is called, its unit, its domain.

Signs, held everywhere:

* exposure: value of the holding to protect, in the quote currency; positive = you own it
* notional: of the hedge, in the quote currency; positive = the hedge is short, negative = long
* cost: positive = you pay, negative = you receive
* P&L: positive = gain
* rates, ratios and moves are decimals: 0.4 is 40 %, a 10 % fall is -0.1
* contracts are signed like the notional; the contract size is in base units per contract when
  the kind is linear and in quote units per contract when it is inverse

Because the sign of the notional says which way the hedge faces, no P&L or cost function takes a side.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from udfs.dates import date_text

DAYS_PER_YEAR: Final = 365.0  # crypto markets never close: ACT/365 Fixed
HOURS_PER_DAY: Final = 24.0
BPS_PER_UNIT: Final = 10_000.0

HULL: Final = "Hull, Options, Futures, and Other Derivatives, 11th ed."  # sources name its sections

CATEGORIES: Final = (
    "Sizing",
    "Margin and liquidation",
    "Funding, basis, roll",
    "Costs",
    "Risk",
    "Scenarios",
    "Orders and life cycle",
    "Options",
    "Venues",
)

SHORT: Final = "short"
LONG: Final = "long"
LINEAR: Final = "linear"
INVERSE: Final = "inverse"


@dataclass(frozen=True, slots=True)
class Arg:
    """One argument as every host, check and page of the reference sees it.

    An argument with `choices` or with the unit "text" is a text; any other is a finite number.
    """

    unit: str
    help: str
    above: float | None = None
    at_least: float | None = None
    below: float | None = None
    at_most: float | None = None
    choices: tuple[str, ...] = ()
    rows: str = ""  # what the answer calls its rows for this table's columns: Hedge 1, Hedge 2

    @property
    def is_text(self) -> bool:
        """Whether the argument is a word rather than a number."""
        return self.unit == "text"

    @property
    def domain(self) -> str:
        """The domain in words, as the reference and the refusals say it."""
        if self.choices:
            return "one of " + ", ".join(f'"{word}"' for word in self.choices)
        if self.is_text:
            return "text"
        if self.unit == "date":
            return "a date" if self.below is None else f"a date, {date_text(self.below - 1)} at the latest"
        bounds = (
            ("above", self.above),
            ("at least", self.at_least),
            ("below", self.below),
            ("at most", self.at_most),
        )
        said = [f"{words} {bound:.15g}" for words, bound in bounds if bound is not None]
        return " and ".join(said) or "any number"


@dataclass(frozen=True, slots=True)
class Divides:
    """Marks an argument that the formula divides by: zero is #DIV/0!, not #NUM!."""


DIVISOR: Final = Divides()

# Which one of its kind an argument is, where functions take several: its name says it, and so does its help.
HELP_BY_NAME: Final[Mapping[str, str]] = {
    "futures_price": "Price of the future, of one unit of the asset.",
    "spot_price": "Spot price of one unit of the asset.",
    "near_price": "Price of the future that expires first.",
    "far_price": "Price of the future that expires later.",
    "entry_price": "Price at which the position was opened.",
    "exit_price": "Price at which the position is closed.",
    "mark_price": "Mark price now.",
    "stop_price": "Mark price at which the stop closes the hedge.",
    "liquidation_price": "Mark price at which the venue liquidates the hedge.",
    "worst_price": "Worst mark price since the hedge was opened.",
    "target_price": "Mark price at which the hedge has reached its target.",
    "start": "Beginning: Excel date-time in UTC, days since 1899-12-30.",
    "finish": "End: Excel date-time in UTC, days since 1899-12-30.",
    "opened": "When the position was opened: Excel date-time in UTC.",
    "closed": "When it was closed, blank while it is open: Excel date-time in UTC.",
    "today": "Now: Excel date-time in UTC, as TODAY() or NOW() give it.",
    "review_date": "When the hedge is to be looked at again: Excel date-time in UTC.",
    "expiry": "When the contract expires; a perpetual has none: Excel date-time in UTC.",
    "event_date": "When the event is past that was hedged: Excel date-time in UTC.",
    "reference_volatility": "Volatility at which the ratio holds: 0.6 is 60 %.",
    "hedge_volatility": "Volatility of the hedging instrument: 0.6 is 60 %.",
    "perpetual_fee": "Fee per fill of the perpetual, as a share of the notional.",
    "future_fee": "Fee per fill of the dated future, as a share of the notional.",
    "put_strike": "Strike of the put that is bought.",
    "call_strike": "Strike of the call that is sold.",
    "put_premium": "Premium paid for one put, per base unit.",
    "call_premium": "Premium received for one call, per base unit.",
}

# --- position -----------------------------------------------------------------------------------
Exposure = Annotated[float, Arg("quote", "Value of the holding to protect; positive if you own it.")]
Notional = Annotated[
    float, Arg("quote", "Value of the hedge; positive if the hedge is short, negative if long.")
]
Ratio = Annotated[
    float, Arg("ratio", "Share of the exposure to hedge: 0.4 is 40 %; above 1 over-hedges.", at_least=0)
]
Quantity = Annotated[float, Arg("base", "Base units held short (positive) or long (negative) by the hedge.")]
Contracts = Annotated[float, Arg("contracts", "Number of contracts; positive if short.")]
ContractSize = Annotated[
    float,
    Arg(
        "base or quote per contract",
        "Size of one contract: base units if linear, quote units if inverse.",
        above=0,
    ),
]
MinimumQuantity = Annotated[float, Arg("contracts", "Smallest order.", at_least=0)]
MinimumNotional = Annotated[float, Arg("quote", "Smallest value of an order.", at_least=0)]
Lot = Annotated[float, Arg("contracts", "Smallest increment of an order.", above=0)]
Rounding = Annotated[
    str,
    Arg(
        "text",
        "How to reach whole lots: nearest (a tie goes to the smaller hedge), down or up.",
        choices=("nearest", "down", "up"),
    ),
]
ContractKind = Annotated[
    str,
    Arg("text", "linear (settled in the quote) or inverse (in the base).", choices=(LINEAR, INVERSE)),
]
Side = Annotated[str, Arg("text", "Side of the hedge: short or long.", choices=(SHORT, LONG))]

# --- prices, rates, time ------------------------------------------------------------------------
Price = Annotated[float, Arg("quote per base", "Price of one unit of the asset.", above=0)]
Tick = Annotated[float, Arg("quote per base", "Smallest increment of the price.", above=0)]
Rate = Annotated[
    float, Arg("decimal", "Funding rate of one interval: 0.0001 is 0.01 %; positive = longs pay shorts.")
]
Move = Annotated[float, Arg("decimal", "Relative price move: -0.1 is a fall of 10 %.", at_least=-1)]
Days = Annotated[float, Arg("days", "Calendar days; a year has 365.", at_least=0)]
Periods = Annotated[float, Arg("count", "Number of funding settlements.", at_least=0)]
IntervalHours = Annotated[float, Arg("hours", "Hours between two funding settlements.", above=0)]
DateTime = Annotated[
    float, Arg("date", "Excel date-time in UTC: days since 1899-12-30.", at_least=0, below=2_958_466)
]

# --- margin and money ---------------------------------------------------------------------------
Leverage = Annotated[float, Arg("times", "Leverage of the position: 5 is 5x.", at_least=1)]
MaintenanceRate = Annotated[
    float,
    Arg("decimal", "Maintenance margin rate of the leverage tier: 0.005 is 0.5 %.", at_least=0, below=1),
]
MaintenanceAmount = Annotated[
    float, Arg("quote", "Amount that the tier takes off the maintenance margin.", at_least=0)
]
FeeRate = Annotated[
    float, Arg("decimal", "Fee per fill as a share of the notional; a rebate is negative.", above=-1, below=1)
]
Cost = Annotated[float, Arg("quote", "Cost of the hedge; positive if you pay, negative if you receive.")]
Fills = Annotated[float, Arg("count", "Number of fills: 2 is in and out.", at_least=0)]
Bps = Annotated[float, Arg("bps", "Basis points: 1 is 0.01 %.", at_least=0)]

# --- risk ---------------------------------------------------------------------------------------
Volatility = Annotated[
    float, Arg("decimal a year", "Standard deviation of returns over a year: 0.6 is 60 %.", at_least=0)
]
Correlation = Annotated[
    float, Arg("ratio", "Correlation of holding and hedge, from -1 to 1.", at_least=-1, at_most=1)
]

# --- ranges -------------------------------------------------------------------------------------
Prices = Annotated[
    Sequence[float], Arg("quote per base", "Prices, oldest first; blanks are skipped.", above=0)
]

# --- results ------------------------------------------------------------------------------------
ResultTable = list[list[float | str]]


def side_sign(side: str) -> float:
    """The way in which a side gains: 1 for a long position, -1 for a short one."""
    return 1.0 if side == LONG else -1.0
