"""Options: how much of a hedge an option is, by Black and Scholes."""

import math
from typing import Annotated, Final

from udfs.conventions import DAYS_PER_YEAR, DIVISOR, HULL, Arg, Move, Price, Ratio
from udfs.errors import OutsideDomain, WrongType
from udfs.native import REFUSED, WRONG, unwritten
from udfs.registry import udf

PRICE_SOURCE: Final = f"Black and Scholes 1973; Black 1976; {HULL}, 15 and 18"
MOST_DEVIATION: Final = 64.0  # volatility x root of the time: the price is its bound long before
HALVINGS: Final = 80
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
Premium = Annotated[float, Arg("quote", "Premium of one option, per base unit.", above=0)]
PaidPremium = Annotated[float, Arg("quote", "Premium of one option, per base unit.", at_least=0)]
Owned = Annotated[float, Arg("quote", "Value of the holding to protect, which you own.", at_least=0)]
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


@udf(
    "Options",
    unit="quote",
    example=((30_000, 32_000, 30, 0.6), 1_272.111227860363),
    source=PRICE_SOURCE,
    native=(
        ("growth", "EXP(rate*days/365)"),
        ("forward", 'IF(underlying="spot",spot*growth,spot)'),
        DEVIATION,
        ("d_one", "LN(forward/strike)/deviation+0.5*deviation"),
        (
            'IF(option_type="call",forward*NORMSDIST(d_one)-strike*NORMSDIST(d_one-deviation),'
            "strike*NORMSDIST(deviation-d_one)-forward*NORMSDIST(-d_one))/growth"
        ),
    ),
)
def option_price(
    spot: Price,
    strike: Strike,
    days: OptionDays,
    volatility: OptionVolatility,
    rate: InterestRate = 0.0,
    option_type: OptionType = CALL,
    underlying: Underlying = SPOT,
) -> float:
    """Value of one European option, in the quote currency per base unit.

    exp(-rT) (F N(d1) - K N(d2)) for a call, T = days / 365 and F = spot exp(rT), or spot itself for an
    option on a future (Black 1976). A premium that a venue quotes in coin is this over the spot price.
    """
    discount = math.exp(-rate * days / DAYS_PER_YEAR)
    forward = spot / discount if underlying == SPOT else spot
    return discount * _undiscounted(
        forward, strike, volatility * math.sqrt(days / DAYS_PER_YEAR), option_type
    )


@udf(
    "Options",
    unit="decimal a year",
    example=((1_356.3, 30_000, 32_000, 30), 0.6255146794593861),
    source=f"the inverse of OPTION_PRICE; {PRICE_SOURCE}",
    native=unwritten("it is found by trial"),
)
def implied_volatility(
    premium: Premium,
    spot: Price,
    strike: Strike,
    days: OptionDays,
    rate: InterestRate = 0.0,
    option_type: OptionType = CALL,
    underlying: Underlying = SPOT,
) -> float:
    """Volatility at which OPTION_PRICE is the premium, in the quote currency per base unit.

    A premium that is not strictly between the bounds that leave no arbitrage is refused with them: what
    the option is worth if nothing moves, and the price of what it is on (of the strike, for a put).
    """
    discount, root = math.exp(-rate * days / DAYS_PER_YEAR), math.sqrt(days / DAYS_PER_YEAR)
    forward = spot / discount if underlying == SPOT else spot
    gain = forward - strike if option_type == CALL else strike - forward
    low = discount * max(0.0, gain)
    high = discount * (forward if option_type == CALL else strike)
    if not low < premium < high:
        raise OutsideDomain(
            f"premium: must be between {low:.10g} and {high:.10g}, got {premium:.15g}", "premium", premium
        )
    # The option out of the money: its value is all that the premium says of the volatility.
    wanted, other = (premium - low) / discount, PUT if option_type == CALL else CALL
    kind = other if gain > 0 else option_type
    near, far = 0.0, 1.0
    while _undiscounted(forward, strike, far, kind) < wanted:
        near, far = far, 2.0 * far
        if far > MOST_DEVIATION:
            raise OutsideDomain(
                f"premium: no volatility is that high, got {premium:.15g}", "premium", premium
            )
    for _ in range(HALVINGS):
        middle = 0.5 * (near + far)
        near, far = (middle, far) if _undiscounted(forward, strike, middle, kind) < wanted else (near, middle)
    return far / root


@udf(
    "Options",
    unit="quote",
    example=((6_000, 30_000, 0.2, 27_000, 600, 33_000, 550), 590),
    source=f"pay-offs at expiry; {HULL}, 12: spreads and collars",
    native=(
        ("reached", "spot_price*(1+move)"),
        ("put_pays", "MAX(put_strike-reached,0)-put_premium"),
        ("call_pays", 'IF(call_strike="",0,call_premium-MAX(reached-call_strike,0))'),
        (
            f'IF(call_strike="",IF(call_premium<>0,{WRONG},0),IF(call_strike<put_strike,{REFUSED},0))'
            "+exposure*move+ratio*exposure/spot_price*(put_pays+call_pays)"
        ),
    ),
)
def collar_pnl(
    exposure: Owned,
    spot_price: Annotated[Price, DIVISOR],
    move: Move,
    put_strike: Strike,
    put_premium: PaidPremium,
    call_strike: Strike | None = None,
    call_premium: PaidPremium = 0.0,
    ratio: Ratio = 1.0,
) -> float:
    """Gain or loss at expiry of a holding with puts bought and, if a call strike is given, calls sold.

    exposure x move + ratio x exposure / spot x (max(Kp - S, 0) - put premium - max(S - Kc, 0) + call
    premium), S = spot x (1 + move). Without a call it is a protective put. Premiums are per base unit in
    the quote currency: one quoted in coin is multiplied by the index first.
    """
    if call_strike is None and call_premium:
        raise WrongType("call_strike: is blank, and call_premium needs it", "call_strike")
    if call_strike is not None and call_strike < put_strike:
        raise OutsideDomain(
            f"call_strike: must be at least put_strike, got {call_strike:.15g}", "call_strike", call_strike
        )
    reached = spot_price * (1.0 + move)
    pays = max(put_strike - reached, 0.0) - put_premium
    if call_strike is not None:
        pays += call_premium - max(reached - call_strike, 0.0)
    return exposure * move + ratio * exposure / spot_price * pays


def _undiscounted(forward: float, strike: float, deviation: float, kind: str) -> float:
    """Value at expiry of an option by its forward price; in the money by parity, which keeps the digits."""
    intrinsic = forward - strike if kind == CALL else strike - forward
    if intrinsic > 0:
        return intrinsic + _undiscounted(forward, strike, deviation, PUT if kind == CALL else CALL)
    if deviation == 0:
        return 0.0
    d1 = math.log(forward / strike) / deviation + 0.5 * deviation
    d2 = d1 - deviation
    if kind == CALL:
        return forward * _normal(d1) - strike * _normal(d2)
    return strike * _normal(-d2) - forward * _normal(-d1)


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
