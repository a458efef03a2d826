"""The registry: one record per function, checked alike, broadcast as Excel broadcasts."""

import dataclasses
import datetime as dt
import math
import re
from typing import Any

import pytest

from udfs import REGISTRY, HedgeError, Spec
from udfs.conventions import CATEGORIES
from udfs.dates import moment, serial
from udfs.venues import Contract

SPECS = pytest.mark.parametrize("spec", REGISTRY.values(), ids=REGISTRY)


def cells(result: Any) -> list[Any]:
    """The cells of a result, whatever its shape."""
    return [cell for part in result for cell in cells(part)] if isinstance(result, list) else [result]


@SPECS
def test_example_holds(spec: Spec) -> None:
    """The worked example in the record is what the function answers."""
    got, wanted = cells(spec.call(*spec.example.cells)), cells(spec.example.result)
    assert got == [cell if isinstance(cell, str) else pytest.approx(cell, rel=1e-12) for cell in wanted]


@SPECS
def test_record_fits_every_host(spec: Spec) -> None:
    """Help fits the function wizards, every argument is explained, the source is named."""
    assert 10 < len(spec.help) <= 255
    assert spec.help.endswith(".")
    assert spec.source
    assert spec.unit
    assert all(0 < len(p.arg.help) <= 255 for p in spec.parameters)
    assert len({p.arg.help for p in spec.parameters}) == len(
        spec.parameters
    )  # the wizard shows them side by side
    assert not [p.name for p in spec.parameters if p.name.endswith("_")]


@pytest.mark.parametrize("bad", [None, "", "#N/A", "text", True, math.nan, math.inf, -math.inf, 10**400])
@SPECS
def test_unusable_cell_is_refused(spec: Spec, bad: Any) -> None:
    """A blank is not zero, TRUE is not 1, and NaN never gets in, whichever argument it stands for."""
    for place, parameter in enumerate(spec.parameters):
        takes_it = (parameter.arg.is_text and bad == "text") or (parameter.may_be_blank and bad in (None, ""))
        if parameter.required and not parameter.is_range and not takes_it:
            given = list(spec.example.cells)
            given[place] = bad
            with pytest.raises(HedgeError, match=rf"^{parameter.name}: ") as refusal:
                spec.call(*given)
            assert refusal.value.cell.startswith("#")


NOTIONAL = REGISTRY["HEDGE_NOTIONAL"].call
CONTRACTS = REGISTRY["HEDGE_CONTRACTS"].call
MOMENT = dt.datetime(2026, 1, 1, 8)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (([1.0, 2.0, 3.0], 0.5), [0.5, 1.0, 1.5]),
        (([[1.0, 2.0, 3.0]], 0.5), [[0.5, 1.0, 1.5]]),
        (([[1], [2]], [[1, 10]]), [[1.0, 10.0], [2.0, 20.0]]),
        (([[1], [2]], [[1], [10]]), [[1.0], [20.0]]),
        (([[1], [2], [3]], [[1], [10]]), [[1.0], [20.0], "#N/A"]),
        (([[1, 2], [3, 4]], [[1, 10]]), [[1.0, 20.0], [3.0, 40.0]]),
        (([[1, 2, 3]], [[1, 10]]), [[1.0, 20.0, "#N/A"]]),
        (([[1], ["x"]], 2), [[2.0], "#VALUE!"]),
        (([[], []], 2), ["#N/A", "#N/A"]),
        (([[1], ["x"], [None], ["#REF!"], [True]], 2), [[2.0], "#VALUE!", "#VALUE!", "#REF!", "#VALUE!"]),
        (([[5]], 2), 10.0),
        (([[5]], [[None]]), 5.0),
    ],
)
def test_ranges_broadcast_as_in_excel(arguments: tuple[Any, ...], expected: Any) -> None:
    """1x1, 1xn, nx1 and nxm ranges combine; one bad row spoils that row alone."""

    def shown(result: Any) -> Any:
        if isinstance(result, list):
            return [shown(part) for part in result]
        return result.cell if isinstance(result, HedgeError) else result

    assert cells(shown(NOTIONAL(*arguments))) == cells(expected)


@pytest.mark.parametrize(
    ("arguments", "refusal", "cell"),
    [
        ((2_400, 0), "price: must be above 0, got 0", "#DIV/0!"),
        ((2_400, -1), "price: must be above 0, got -1", "#NUM!"),
        ((None, 30_000), "notional: is blank", "#VALUE!"),
        ((True, 30_000), "notional: must be a number, got TRUE", "#VALUE!"),
        (("2,400", 30_000), 'notional: must be a number, got "2,400"', "#VALUE!"),
        ((math.nan, 30_000), "notional: must be a finite number, got nan", "#NUM!"),
        (("#REF!", 30_000), "notional: is the error #REF!", "#REF!"),
        (
            (2_400, 30_000, 1, 1, "sideways"),
            'rounding: must be one of "nearest", "down", "up", got "sideways"',
            "#NUM!",
        ),
        ((2_400, 30_000, 1, 1, 7), "rounding: must be text, got 7", "#VALUE!"),
        (("x" * 40, 30_000), f'notional: must be a number, got "{"x" * 40}"', "#VALUE!"),
        ((b"x" * 41, 30_000), f"notional: must be a number, got b'{'x' * 38}", "#VALUE!"),
        (("x" * 41, 30_000), f'notional: must be a number, got "{"x" * 37}..."', "#VALUE!"),
    ],
)
def test_refusal_names_argument_and_value(arguments: tuple[Any, ...], refusal: str, cell: str) -> None:
    """Each kind of refusal says which argument, what it must be and what it got."""
    with pytest.raises(HedgeError) as caught:
        CONTRACTS(*arguments)
    assert (str(caught.value), caught.value.cell) == (refusal, cell)


@pytest.mark.parametrize("cell", [46023.333333333336, "46023.333333333336", MOMENT])
def test_numbers_come_in_every_dress(cell: Any) -> None:
    """A number, its text, or the date that a host reads from the cell are the same number."""
    assert REGISTRY["FUNDING_SETTLEMENTS"].call(46_023, cell) == 1.0
    assert serial(MOMENT) == 46023.333333333336


def test_a_date_time_with_a_zone_is_brought_to_utc() -> None:
    """10:00 two hours east of Greenwich is 08:00."""
    east = dt.timezone(dt.timedelta(hours=2))
    assert serial((MOMENT + dt.timedelta(hours=2)).replace(tzinfo=east)) == serial(MOMENT)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (46_023.0, dt.datetime(2026, 1, 1)),
        (46_023.75, dt.datetime(2026, 1, 1, 18)),
        (45_351.0, dt.datetime(2024, 2, 29)),
        (0.0, dt.datetime(1899, 12, 30)),
        (-1.0, dt.datetime(1899, 12, 30)),
        (math.nan, dt.datetime(1899, 12, 30)),
        (2_958_465.0, dt.datetime(9999, 12, 31)),
        (math.inf, dt.datetime(9999, 12, 31)),
    ],
)
def test_a_serial_number_is_a_date_time_of_the_calendar(number: float, expected: dt.datetime) -> None:
    """Days since 1899-12-30, as Excel counts since March 1900; outside its calendar, the nearest day."""
    assert moment(number) == expected
    if 0 <= number < math.inf:
        assert serial(moment(number)) == number


def test_words_are_read_in_any_case() -> None:
    """Text arguments are case-insensitive."""
    assert CONTRACTS(7_500, 30_000, 100, 1, " Nearest", "INVERSE") == 75.0


def test_no_result_is_minus_zero() -> None:
    """Nothing to pay reads as 0, whichever way the cells came."""
    for given in ((0.0, 0.5), (0, 0.5), ("0", 0.5), ([0.0, 0.0], 0.5), ([[0], ["0"]], 0.5)):
        result = REGISTRY["FUNDING_COST"].call(*given)
        assert all(math.copysign(1, cell) == 1 for cell in cells(result))


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("HEDGE_NOTIONAL", ([1.0, 2.0], 0.5), [0.5, 1.0]),
        ("HEDGE_NOTIONAL", ([[1.0], [2.0]], 0.5), [[0.5], [1.0]]),
        ("HEDGE_NOTIONAL", ([[1.0, 2.0]], 0.5), [[0.5, 1.0]]),
        ("HEDGE_NOTIONAL", ([[1.0, 2.0], [3.0, 4.0]], [[1.0, 0.0], [0.5, 2.0]]), [[1.0, 0.0], [1.5, 8.0]]),
        ("HEDGE_NOTIONAL", ([1, 2.5, 3], 2), [2.0, 5.0, 6.0]),
        ("HEDGE_MARGIN", (100.0, [[1.0], [5.0]]), [[100.0], [20.0]]),
        ("HEDGED_VOLATILITY", (0.5, 0.5, [-1.0, 1.0]), [1.0, 0.0]),
        ("CONTRACTS_NOTIONAL", (2.0, 3.0, 1.0, [["linear"], ["inverse"]]), [[6.0], [2.0]]),
        ("BASIS_STATE", ([2.0, 1.0], 1.0), ["contango", "flat"]),
    ],
)
def test_clean_ranges_are_worked_at_once(
    name: str, arguments: tuple[Any, ...], expected: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No cell is looked at alone where all are usable, up to the very bounds: it makes columns quick."""

    def alone(*_: Any) -> None:
        raise AssertionError("a clean cell was worked alone")

    monkeypatch.setattr("udfs.broadcasting._answer_or_refusal", alone)
    assert REGISTRY[name].call(*arguments) == expected


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("HEDGE_MARGIN", (2_400.0, 5.0), 480.0),
        ("HEDGE_MARGIN", (2_400, 5), 480.0),
        ("BASIS_RATE", (2.0, 1.0, None), 1.0),
        ("HEDGE_NOTIONAL", (7.0, None), 7.0),
        ("CONTRACTS_NOTIONAL", (2, 3, None, None), 6.0),
    ],
)
def test_clean_cells_take_the_short_way(
    name: str, arguments: tuple[Any, ...], expected: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Floats, whole numbers and blanks with a default meet no general reading: it makes cells quick."""

    def long_way(*_: Any) -> None:
        raise AssertionError("a clean cell went the long way")

    monkeypatch.setattr(Spec, "answer", long_way)
    assert dataclasses.replace(REGISTRY[name]).call(*arguments) == expected


@pytest.mark.parametrize(
    ("name", "arguments", "refusal"),
    [
        (
            "MAINTENANCE_MARGIN",
            (2_400.0, [0.005, 1.5]),
            "maintenance_rate: must be at least 0 and below 1, got 1.5",
        ),
        (
            "MAINTENANCE_MARGIN",
            (2_400.0, [0.005, 1.0]),
            "maintenance_rate: must be at least 0 and below 1, got 1",
        ),
        ("HEDGE_MARGIN", ([2_400.0, 2_400.0], [5.0, 0.5]), "leverage: must be at least 1, got 0.5"),
        ("HEDGE_RATIO", ([2_400.0, 2_400.0], [6_000.0, 0.0]), "exposure: must be other than 0, got 0"),
    ],
)
def test_a_clean_column_is_held_to_the_domain(name: str, arguments: tuple[Any, ...], refusal: str) -> None:
    """A column of nothing but numbers has its bounds checked as a cell has: the second row is refused."""
    first, second = REGISTRY[name].call(*arguments)
    assert isinstance(first, float)
    assert str(second) == refusal


def test_ragged_range_is_read_row_by_row() -> None:
    """A range function reads rows of unequal width, and single cells among rows, in reading order."""
    beta = REGISTRY["HEDGE_BETA"].call
    prices = [[10.0], [11.0], [9.9], [10.89]], [100.0, 105.0, 99.75, 104.7375]
    assert beta([[10.0, 11.0], [9.9], [10.89]], prices[1]) == beta(*prices)
    assert beta([10.0, [11.0], [9.9, 10.89]], prices[1]) == beta(*prices)


def test_largest_number_is_a_result() -> None:
    """The greatest float is finite, and may be answered; anything more is refused."""
    largest = "1.7976931348623157e308"
    assert NOTIONAL(largest, 1) == float(largest) == -NOTIONAL(f"-{largest}", 1)
    with pytest.raises(HedgeError, match="HEDGE_NOTIONAL: the result is not a finite number"):
        NOTIONAL(largest, 2)


SIGNATURES = """
HEDGE_NOTIONAL(exposure, [ratio=1])
HEDGE_QUANTITY(notional, price)
HEDGE_CONTRACTS(notional, price, [contract_size=1], [lot=1], [rounding="nearest"], [kind="linear"])
CONTRACTS_NOTIONAL(contracts, price, [contract_size=1], [kind="linear"])
HEDGE_RATIO(notional, exposure)
HEDGE_ADJUSTMENT(exposure, ratio, current_notional, [band=0])
ROUNDING_GAP(notional, price, [contract_size=1], [lot=1], [rounding="nearest"], [kind="linear"])
HEDGE_TRADE(notional, open_contracts, price, [band=0], [contract_size=1], [lot=1], [rounding="nearest"],
 [kind="linear"], [minimum_quantity=0], [minimum_notional=0], [aim="target"])
NO_TRADE_BAND(exposure, notional, volatility, tracking_volatility, cost_rate, [risk_aversion=3])
HEDGE_MARGIN(notional, leverage)
MAINTENANCE_MARGIN(notional, maintenance_rate, [maintenance_amount=0])
LIQUIDATION_PRICE(entry_price, leverage, [maintenance_rate=0.005], [side="short"], [kind="linear"],
 [formula="mark"], [taker_fee=0], [quantity=1], [collateral], [maintenance_amount=0])
LIQUIDATION_MOVE(leverage, [maintenance_rate=0.005], [side="short"], [kind="linear"], [formula="mark"],
 [taker_fee=0])
MAX_LEVERAGE(adverse_move, [maintenance_rate=0.005], [side="short"], [kind="linear"], [formula="mark"],
 [taker_fee=0])
LIQUIDATION_RULE(venue, [as_of], [kind="linear"])
COLLATERAL_VALUE(quantities, prices, [collateral_ratios])
CROSS_LIQUIDATION_MOVE(collateral, quantities, entry_prices, mark_prices, [maintenance_rates],
 [maintenance_amounts], [betas], [direction="up"], [venue], [symbols])
REQUIRED_COLLATERAL(move, quantities, entry_prices, mark_prices, [maintenance_rates],
 [maintenance_amounts], [betas], [venue], [symbols])
LIQUIDATION_PROBABILITY(move, volatility, days, [drift=0])
MAX_CONTRACTS(margin, price, leverage, [fee_rate=0], [contract_size=1], [lot=1], [kind="linear"])
FUNDING_COST(notional, rate, [periods=1])
FUNDING_PERIODS(days, [interval_hours=8])
FUNDING_SETTLEMENTS(start, finish, [interval_hours=8], [anchor_hour=0])
FUNDING_RATE_ANNUAL(rate, [interval_hours=8])
FUNDING_TOTAL(quantity, rates, marks)
BASIS(futures_price, spot_price)
BASIS_RATE(futures_price, spot_price, [days])
BASIS_STATE(futures_price, spot_price, [tolerance=0])
BASIS_COST(notional, futures_price, spot_price)
ROLL_COST(quantity, near_price, far_price, [fee_rate=0])
FUNDING_ACCRUED(opened, closed, quantity, times, rates, marks)
FUNDING_RATE_PREDICTED(premiums, [interest_rate=0.0001], [interval_hours=8], [rule="scaled"], [cap],
 [floor], [dampener=0.0005])
CARRY_COMPARE(notional, days, rates, futures_price, spot_price, expiry_days, [interval_hours=8],
 [perpetual_fee=0], [future_fee=0], [slippage_bps=0])
TRADING_FEE(notional, fee_rate, [fills=2])
SLIPPAGE_COST(notional, slippage_bps, [fills=2])
BOOK_SLIPPAGE(quantity, prices, sizes)
HEDGE_COST(notional, fee_rate, [slippage_bps=0], [funding_rate=0], [periods=0], [basis_cost=0])
BREAKEVEN_MOVE(cost, notional)
REALIZED_VOLATILITY(prices, [periods_per_year=365], [half_life])
HEDGE_BETA(asset_prices, hedge_prices, [half_life])
HEDGE_CORRELATION(asset_prices, hedge_prices, [half_life])
HEDGE_EFFECTIVENESS(asset_prices, hedge_prices, [ratio], [half_life])
BETA_NOTIONAL(exposures, betas, [ratio=1])
VOL_SCALED_RATIO(ratio, volatility, reference_volatility, [cap=1])
HEDGED_VOLATILITY(volatility, hedge_volatility, correlation, [ratio=1])
VALUE_AT_RISK(exposure, volatility, [days=1], [confidence=0.95])
HEDGE_BACKTEST(asset_prices, hedge_prices, [funding_rates], [ratio=1], [window], [half_life], [band=0],
 [fee_rate=0], [slippage_bps=0], [leverage], [maintenance_rate=0.005], [periods_per_year=365])
STRESS_MOVE(asset, episode, [span="day"])
STRESS_PNL(exposures, assets, episode, [span="day"])
HEDGE_WEIGHTS(exposures, asset_prices, hedge_prices, [method="ols"], [half_life], [ratio=1],
 [gross_limit])
EXPECTED_SHORTFALL(exposure, volatility, [days=1], [confidence=0.95])
HISTORICAL_VALUE_AT_RISK(exposures, prices, [periods=1], [confidence=0.95])
HISTORICAL_SHORTFALL(exposures, prices, [periods=1], [confidence=0.95])
HEDGE_PNL(notional, move)
HEDGED_PNL(exposure, notional, move, [hedge_move], [cost=0])
LOSS_OFFSET(exposure, notional, move, [hedge_move])
SCENARIO_TABLE(exposure, notional, moves, [cost=0])
HEDGE_PLAN(exposure, price, ratio, leverage, [contract_size=1], [lot=1], [rounding="nearest"],
 [kind="linear"], [maintenance_rate=0.005], [fee_rate=0], [slippage_bps=0], [funding_rate=0],
 [periods=0], [moves])
LIMIT_PRICE(reference_price, [offset_bps=0], [tick=0.01], [side="short"])
STOP_PRICE(entry_price, quantity, max_loss)
HEDGE_STATUS(today, review_date, [expiry], [roll_days=7], [mark_price], [stop_price], [side="short"],
 [closed], [liquidation_price], [worst_price], [near_liquidation=0.05], [target_price], [event_date],
 [adjustment=0])
AVERAGE_ENTRY_PRICE(quantities, prices, [kind="linear"])
POSITION_PNL(quantity, entry_price, exit_price, [kind="linear"], [fee_rate=0])
POSITION_ROE(entry_price, exit_price, leverage, [side="short"], [kind="linear"], [fee_rate=0])
TARGET_PRICE(entry_price, leverage, roe, [side="short"], [kind="linear"], [fee_rate=0])
OPTION_DELTA(spot, strike, days, volatility, [rate=0], [option_type="call"], [underlying="spot"])
OPTION_VEGA(spot, strike, days, volatility, [rate=0], [underlying="spot"])
VEGA_HEDGE(portfolio_vega, option_vega)
OPTION_PRICE(spot, strike, days, volatility, [rate=0], [option_type="call"], [underlying="spot"])
IMPLIED_VOLATILITY(premium, spot, strike, days, [rate=0], [option_type="call"], [underlying="spot"])
COLLAR_PNL(exposure, spot_price, move, put_strike, put_premium, [call_strike], [call_premium=0],
 [ratio=1])
CONTRACT_SPEC(venue, symbol, field, [about="value"])
MAINTENANCE_RATE(venue, symbol, notional)
MAINTENANCE_AMOUNT(venue, symbol, notional)
HEDGE_CANDIDATES(notional, assets, prices, leverage)
"""

# What an argument may be, wherever it stands but in OWN_DOMAIN.
DOMAINS = {
    "above 0": (
        "asset_prices call_strike contract_size entry_price entry_prices exit_price expiry_days "
        "far_price futures_price half_life hedge_prices interval_hours liquidation_price lot "
        "mark_price mark_prices marks near_price periods_per_year premium price prices put_strike "
        "reference_price risk_aversion spot spot_price stop_price strike target_price tick "
        "worst_price"
    ),
    "at least 0": (
        "band call_premium cap cost_rate dampener days fills gross_limit hedge_volatility "
        "maintenance_amount maintenance_amounts margin max_loss minimum_notional minimum_quantity "
        "offset_bps periods put_premium ratio reference_volatility roll_days sizes slippage_bps "
        "tolerance tracking_volatility volatility"
    ),
    "any number": (
        "adjustment adverse_move basis_cost betas collateral contracts cost current_notional drift "
        "exposure exposures floor funding_rate funding_rates interest_rate notional open_contracts "
        "option_vega portfolio_vega premiums quantities quantity rate rates roe"
    ),
    "a date": "episode",
    "a date, 9999-12-31 at the latest": (
        "as_of closed event_date expiry finish opened review_date start times today"
    ),
    "at least -1": "hedge_move move moves",
    "text": "asset assets symbol symbols venue",
    "at least 0 and below 1": "maintenance_rate maintenance_rates near_liquidation taker_fee",
    'one of "nearest", "down", "up"': "rounding",
    'one of "linear", "inverse"': "kind",
    "at least 1": "leverage",
    'one of "short", "long"': "side",
    'one of "mark", "entry", "mark+fee", "cautious"': "formula",
    'one of "spot", "future"': "underlying",
    'one of "target", "edge"': "aim",
    'one of "up", "down"': "direction",
    'one of "scaled", "plain"': "rule",
    'one of "day", "week"': "span",
    'one of "ols", "ewma", "shrink"': "method",
    "at least 2": "window",
    'one of "value", "as_of", "source"': "about",
    "at least 0 and at most 1": "collateral_ratios",
    "at least 0 and below 24": "anchor_hour",
    "above -1 and below 1": "fee_rate future_fee perpetual_fee",
    "at least -1 and at most 1": "correlation",
    "at least 0.5 and below 1": "confidence",
    'one of "call", "put"': "option_type",
}
OWN_DOMAIN = {
    ("FUNDING_RATE_PREDICTED", "cap"): "any number",
    ("CARRY_COMPARE", "days"): "above 0",
    ("HISTORICAL_VALUE_AT_RISK", "periods"): "at least 1",
    ("HISTORICAL_SHORTFALL", "periods"): "at least 1",
    ("COLLAR_PNL", "exposure"): "at least 0",
    ("OPTION_PRICE", "days"): "above 0",
    ("OPTION_PRICE", "volatility"): "above 0",
    ("IMPLIED_VOLATILITY", "days"): "above 0",
    ("LIQUIDATION_PRICE", "collateral"): "above 0",
    ("LIQUIDATION_PRICE", "quantity"): "above 0",
    ("BASIS_RATE", "days"): "above 0",
    ("HEDGE_EFFECTIVENESS", "ratio"): "any number",
    ("OPTION_DELTA", "days"): "above 0",
    ("OPTION_DELTA", "volatility"): "above 0",
    ("OPTION_VEGA", "days"): "above 0",
    ("OPTION_VEGA", "volatility"): "above 0",
}


def test_published_signatures_stay() -> None:
    """Books call these: arguments in order, optional ones in brackets. A new function needs no row here."""
    published = re.sub(r"\n +", " ", SIGNATURES).strip().splitlines()
    assert [spec.signature for spec in REGISTRY.values() if spec.signature in published] == published


def test_domains_are_those_of_the_specification() -> None:
    """Each argument takes what it says, no more and no less; the facts of CONTRACT_SPEC are columns."""
    usual = {name: domain for domain, names in DOMAINS.items() for name in names.split()}
    for spec in REGISTRY.values():
        for parameter in spec.parameters:
            if parameter.name != "field":
                wanted = OWN_DOMAIN.get((spec.name, parameter.name)) or usual[parameter.name]
                assert parameter.arg.domain == wanted, (spec.name, parameter.name)
    fields = REGISTRY["CONTRACT_SPEC"].parameters[2].arg.choices
    assert fields == tuple(name for name in Contract._fields if name != "venue")


def test_registry_is_in_the_order_of_the_conventions() -> None:
    """Every list of functions that is read off the registry groups them by category."""
    assert list(dict.fromkeys(spec.category for spec in REGISTRY.values())) == list(CATEGORIES)


def test_records_do_not_change() -> None:
    """A record is fixed once it is registered."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        REGISTRY["HEDGE_MARGIN"].name = "OTHER"  # type: ignore[misc]  # that is what is tested
    with pytest.raises(dataclasses.FrozenInstanceError):
        REGISTRY["HEDGE_MARGIN"].parameters[0].name = "other"  # type: ignore[misc]  # the same
    with pytest.raises(dataclasses.FrozenInstanceError):
        REGISTRY["HEDGE_MARGIN"].parameters[0].arg.unit = "other"  # type: ignore[misc]  # the same
    with pytest.raises(TypeError):
        REGISTRY["OTHER"] = REGISTRY["HEDGE_MARGIN"]  # type: ignore[index]  # the same
