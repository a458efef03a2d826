"""Options: how much of a hedge an option is, by Black and Scholes."""

import math
from typing import Annotated, Final

from udfs.conventions import DAYS_PER_YEAR, DIVISOR, HULL, Arg, Price
from udfs.registry import udf

CALL: Final = "call"
PUT: Final = "put"
SPOT: Final = "spot"
FUTURE: Final = "future"
SOURCE: Final = f"Black and Scholes 1973, without dividends; Black 1976; {HULL}, 19: the Greek letters"

Strike = Annotated[float, Arg("quote per base", "Strike of the option.", above=0)]
OptionDays = Annotated[float, Arg("days", "Calendar days to expiry; a year has 365.", above=0)]
OptionVolatility = Annotated[
    float, Arg("decimal a year", "Implied volatility of the option: 0.6 is 60 %.", above=0)
]
InterestRate = Annotated[float, Arg("decimal a year", "Riskless rate, continuously compounded.")]
Underlying = Annotated[
    str,
    Arg(
        "text",
        "What the first price is of: spot, or the future that the option is on.",
        choices=(SPOT, FUTURE),
    ),
]
OptionType = Annotated[str, Arg("text", "call or put.", choices=(CALL, PUT))]
PortfolioVega = Annotated[float, Arg("quote", "Vega of all options held, per 1.00 of volatility.")]
OptionVega = Annotated[float, Arg("quote", "Vega of one of the options to trade, per 1.00 of volatility.")]

DEVIATION: Final = ("deviation", "volatility*SQRT(days/365)")
D_ONE: Final = (
    "d_one",
    '(LN(spot/strike)+IF(underlying="spot",rate*days/365,0))/deviation+0.5*deviation',
)
CARRIED: Final = 'IF(underlying="spot",1,EXP(-rate*days/365))'


@udf(
    "Options",
    unit="ratio",
    example=((30_000, 32_000, 30, 0.6), 0.3862200318742095),
    source=SOURCE,
    native=(
        DEVIATION,
        D_ONE,
        f'IF(option_type="call",NORMSDIST(d_one),-NORMSDIST(-d_one))*{CARRIED}',
    ),
)
def option_delta(
    spot: Price,
    strike: Strike,
    days: OptionDays,
    volatility: OptionVolatility,
    rate: InterestRate = 0.0,
    option_type: OptionType = CALL,
    underlying: Underlying = SPOT,
) -> float:
    """Delta of a European option: base units of the asset that one option behaves like.

    Between 0 and 1 for a call, between -1 and 0 for a put: N(d1), and N(d1) - 1; of an option on a
    future (Black 1976, spot is then the futures price) these times exp(-rate x days / 365). The type
    is not called type, as Type is a word of VBA, whose names of the arguments Excel's wizard shows.
    """
    d1 = _d1(spot, strike, days, volatility, rate, underlying)
    delta = _normal(d1) if option_type == CALL else -_normal(-d1)
    return delta * _carried(rate, days, underlying)


@udf(
    "Options",
    unit="quote",
    example=((30_000, 32_000, 30, 0.6), 3_290.6824546529647),
    source=SOURCE,
    native=(DEVIATION, D_ONE, f"spot*EXP(-0.5*d_one*d_one)/SQRT(2*PI())*SQRT(days/365)*{CARRIED}"),
)
def option_vega(
    spot: Price,
    strike: Strike,
    days: OptionDays,
    volatility: OptionVolatility,
    rate: InterestRate = 0.0,
    underlying: Underlying = SPOT,
) -> float:
    """Vega of a European option, call or put alike: change of its value per 1.00 of volatility.

    Divide by 100 for a change of one percentage point. spot x n(d1) x sqrt(days / 365); of an option
    on a future (Black 1976, spot is then the futures price) that times exp(-rate x days / 365).
    """
    d1 = _d1(spot, strike, days, volatility, rate, underlying)
    density = math.exp(-0.5 * d1 * d1) / math.sqrt(math.tau)
    return spot * density * math.sqrt(days / DAYS_PER_YEAR) * _carried(rate, days, underlying)


@udf(
    "Options",
    unit="count",
    example=((5_000, 3_200), -1.5625),
    source="vega-neutral: portfolio vega + options x option vega = 0",
    native="-portfolio_vega/option_vega",
)
def vega_hedge(portfolio_vega: PortfolioVega, option_vega: Annotated[OptionVega, DIVISOR]) -> float:
    """Options to buy (negative: to sell) so that the portfolio has no vega left."""
    return -portfolio_vega / option_vega


def _d1(spot: float, strike: float, days: float, volatility: float, rate: float, underlying: str) -> float:
    years = days / DAYS_PER_YEAR
    deviation = volatility * math.sqrt(years)
    drift = rate * years if underlying == SPOT else 0.0
    return (math.log(spot / strike) + drift) / deviation + 0.5 * deviation


def _carried(rate: float, days: float, underlying: str) -> float:
    """What a unit of the first price is worth today: a future pays at its end."""
    return 1.0 if underlying == SPOT else math.exp(-rate * days / DAYS_PER_YEAR)


def _normal(x: float) -> float:
    """The normal distribution function; by erfc, so that far tails keep their digits."""
    return 0.5 * math.erfc(-x / math.sqrt(2.0))
