"""The functions under their Python names: every kind of object gives what the sheet gives, or its refusal.

The oracle is the checked call of the sheet, cell by cell; the sweeps run over the whole registry.
"""

import datetime as dt
import decimal
import itertools
import math
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest

import udfs
from udfs import REGISTRY, HedgeError, NotAvailable, OutsideDomain, Parameter, RefusedCells, Spec, WrongType

SPECS = pytest.mark.parametrize("spec", REGISTRY.values(), ids=REGISTRY)
ELEMENTWISE = [spec for spec in REGISTRY.values() if spec.is_elementwise]
CELL_BY_CELL = pytest.mark.parametrize("spec", ELEMENTWISE, ids=[spec.name for spec in ELEMENTWISE])
OF_RANGES = [spec for spec in REGISTRY.values() if not spec.is_elementwise and not spec.is_array]
RANGES = pytest.mark.parametrize("spec", OF_RANGES, ids=[spec.name for spec in OF_RANGES])
DAYS = pd.date_range("2025-01-01", periods=40)
TEXTS = [f"{'gabcdef'[n % 7]}{n}" for n in range(40)]
LABELS = [DAYS[:7], TEXTS[:7], [5, 3, 9, 1, 0, 2, 7], DAYS[:7].tz_localize("UTC")]


def python_name(spec: Spec) -> Callable[..., Any]:
    """The function as `from udfs import` gives it."""
    function: Callable[..., Any] = getattr(udfs, spec.name.lower())
    return function


def full_cells(spec: Spec) -> list[Any]:
    """The cells of the example, defaults filled in, None for what has none."""
    given = list(spec.example.cells)
    return given + [p.default for p in spec.parameters[len(given) :]]


def varied(parameter: Parameter, cell: Any) -> list[Any]:
    """Seven cells for an argument: around the example's, one below the domain, and a blank."""
    if parameter.arg.is_text or cell is None:
        return [cell] * 7
    number = float(cell)
    near = [number, number * 1.25, number / 3, number + 1e-9, number * 0.99]
    return [*near, math.nextafter(parameter.low, -math.inf), None]


def told(call: Callable[[], Any]) -> Any:
    """A result, or what a refusal names."""
    try:
        return call()
    except HedgeError as refused:
        return type(refused), refused.argument, refused.message


def columns(spec: Spec) -> Iterator[tuple[int, list[Any], list[Any]]]:
    """For each argument that is a number: its place, seven cells for it, and the sheet's answers to them."""
    cells = full_cells(spec)
    for place, (parameter, cell) in enumerate(zip(spec.parameters, cells, strict=True)):
        column = varied(parameter, cell)
        if not parameter.arg.is_text and cell is not None:
            calls = [partial(spec.call, *cells[:place], one, *cells[place + 1 :]) for one in column]
            yield place, column, list(map(told, calls))


def same(found: Any, wanted: list[Any]) -> bool:
    """Equal to the last digit; a missing value where the sheet refuses."""
    return all(
        (pd.isna(mine) if isinstance(theirs, tuple) else mine == theirs)
        for mine, theirs in zip(found, wanted, strict=True)
    )


def missing(column: list[Any]) -> list[float]:
    """A column as floats, a blank as NaN."""
    return [math.nan if cell is None else float(cell) for cell in column]


KINDS: dict[str, Callable[[list[Any]], Any]] = {
    "list": list,
    "tuple": tuple,
    "floats": lambda column: np.array(missing(column)),
    "objects": lambda column: np.array(column, dtype=object),
    "masked": lambda column: np.ma.masked_invalid(missing(column)),
    "Series": lambda column: pd.Series(missing(column), DAYS[:7]),
    "Float64": lambda column: pd.Series(column, list("gabcdef"), dtype="Float64"),
    "NA": lambda column: pd.Series([pd.NA if cell is None else cell for cell in column], dtype=object),
    "decimals": lambda column: pd.Series(
        [None if cell is None else decimal.Decimal(cell) for cell in column], dtype=object
    ),
    "Index": lambda column: pd.Index(missing(column)),
}


MEETING = [spec for spec in ELEMENTWISE if len(list(columns(spec))) > 1]  # two numbers that may be Series
OF_TWO = pytest.mark.parametrize("spec", MEETING, ids=[spec.name for spec in MEETING])


@pytest.mark.parametrize("kind", KINDS)
@CELL_BY_CELL
def test_a_column_of_any_kind_gives_what_the_sheet_gives(spec: Spec, kind: str) -> None:
    """The same digits in every row; a refused row raises the sheet's refusal, or is missing and counted."""
    cells, call = full_cells(spec), python_name(spec)
    for place, column, wanted in columns(spec):
        given = [*cells[:place], KINDS[kind](column), *cells[place + 1 :]]
        refused = [answer for answer in wanted if isinstance(answer, tuple)]
        if refused:
            assert told(lambda: call(*given)) == refused[0]  # noqa: B023 - called at once
            with pytest.warns(RefusedCells, match=f"{len(refused)} of 7 refused") as caught:
                found = call(*given, errors="coerce")
            assert [str(one.filename) for one in caught] == [__file__]
        else:
            found = call(*given)
        assert same(found, wanted)


@CELL_BY_CELL
def test_clean_rows_give_the_digits_of_single_cells(spec: Spec) -> None:
    """Without a refusal among them rows are worked at once: lists, arrays of every shape and type, frames."""
    cells, call = full_cells(spec), python_name(spec)
    for place, column, wanted in columns(spec):
        pairs = zip(column, wanted, strict=True)
        rows = [(c, w) for c, w in pairs if not isinstance(w, tuple) and c is not None]
        clean, answers = [float(cell) for cell, _ in rows], [answer for _, answer in rows]
        for shape in ((len(clean),), (len(clean), 1), (1, len(clean)), (1, len(clean), 1)):
            array = np.array(clean).reshape(shape)
            found = call(*cells[:place], array, *cells[place + 1 :])
            assert (found.shape, found.dtype.kind in "fU") == (shape, True)
            assert found.ravel().tolist() == answers
        frame = pd.DataFrame([clean, clean[::-1]], DAYS[:2])
        found = call(*cells[:place], frame, *cells[place + 1 :])
        assert found.to_numpy().tolist() == [answers, answers[::-1]]
        assert found.index.equals(frame.index)
        assert call(*cells[:place], [clean, clean], *cells[place + 1 :]) == [answers, answers]
        assert call(*cells[:place], clean[:1], *cells[place + 1 :]) == answers[:1]
        assert call(*cells[:place], [[clean[0]]], *cells[place + 1 :]) == [[answers[0]]]
        assert call(*cells[:place], [], *cells[place + 1 :]) == []
        assert call(*cells[:place], np.array([]), *cells[place + 1 :]).shape == (0,)


@CELL_BY_CELL
def test_columns_of_all_arguments_together(spec: Spec, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each argument a column of its own, over several runs of rows: the digits of single cells."""
    monkeypatch.setattr("udfs.front.arrays.RUN", 16_000)
    height = 40_000
    chance = np.random.default_rng(7)
    cells = full_cells(spec)
    factors = [chance.uniform(0.9, 1.1, height) for _ in cells]
    given = [
        cell if cell is None or p.arg.is_text else np.clip(factor * float(cell), p.low, p.high)
        for p, cell, factor in zip(spec.parameters, cells, factors, strict=True)
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RefusedCells)
        found = python_name(spec)(*given, errors="coerce")
    for row in (*range(50), *range(15_990, 16_010), *range(height - 50, height)):
        single = told(lambda: spec.call(*(c[row] if isinstance(c, np.ndarray) else c for c in given)))  # noqa: B023
        mine = found[row] if isinstance(found, np.ndarray) else found
        assert same([mine], [single])


@CELL_BY_CELL
def test_rows_that_a_function_tells_apart(spec: Spec) -> None:
    """Rows of either sign and any size, some of them 0, which comparisons tell apart: each its digits."""
    height = 300
    chance = np.random.default_rng(11)
    given: list[Any] = []
    for parameter, cell in zip(spec.parameters, full_cells(spec), strict=True):
        if cell is None or parameter.arg.is_text:
            given.append(cell)
            continue
        sizes = chance.choice([-1.0, 1.0], height) * 10 ** chance.uniform(-3, 2, height)
        sizes[chance.integers(0, height, 9)] = 0.0
        given.append(np.clip(sizes * float(cell), parameter.low, parameter.high))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RefusedCells)
        found = python_name(spec)(*given, errors="coerce")
    for row in range(height):
        single = told(lambda: spec.call(*(c[row] if isinstance(c, np.ndarray) else c for c in given)))  # noqa: B023
        assert same([found[row] if isinstance(found, np.ndarray) else found], [single])


def test_rows_are_told_apart_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows of a function that compares are not worked cell by cell."""
    monkeypatch.setattr("udfs.front.arrays.result_column", lambda *_: pytest.fail("cell by cell"))
    notional = np.array([100.0, -5_000.0, 20_000.0, 0.0])
    assert udfs.maintenance_margin(notional, 0.005, 50).tolist() == [0, 0, 50, 0]


@pytest.mark.parametrize("lot", [0.001, 0.25, 0.3, 1.0, 100.0, 1e-8])
def test_columns_of_lots_have_the_digits_of_single_ones(lot: float) -> None:
    """Whole lots, ties and all between, at prices of 8 decimals, both ways, by every rounding and kind."""
    chance, height = np.random.default_rng(5), 120
    for rounding, kind in itertools.product(("nearest", "down", "up"), ("linear", "inverse")):
        prices = np.round(10 ** chance.uniform(-5, 5, height), 8) + 1e-8
        worth = lot * 0.01 * (prices if kind == "linear" else 1.0)
        lots = chance.integers(-5_000, 5_000, height) * chance.choice([0.5, 1.0], height)
        wanted = np.where(chance.random(height) < 0.4, lots * worth, chance.uniform(-1e5, 1e5, height))
        wanted[:3] = 0.0, 1e-300, -1e15
        found = udfs.hedge_contracts(wanted, prices, 0.01, lot, rounding, kind)
        single = REGISTRY["HEDGE_CONTRACTS"].call
        assert found.tolist() == [
            single(one, price, 0.01, lot, rounding, kind)
            for one, price in zip(wanted.tolist(), prices.tolist(), strict=True)
        ]


def test_clean_columns_of_lots_are_worked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without ties a column is not worked cell by cell."""
    monkeypatch.setattr("udfs.front.arrays.result_column", lambda *_: pytest.fail("cell by cell"))
    wanted = np.array([2_400.0, -2_431.0, 0.0, 7.0])
    assert udfs.hedge_contracts(wanted, 30_000, lot=0.001).tolist() == [0.08, -0.081, 0, 0]


@pytest.mark.parametrize("index", LABELS, ids=["dates", "texts", "numbers", "aware"])
@OF_TWO
def test_series_meet_by_label(spec: Spec, index: Any) -> None:
    """Shuffled Series meet by label; other labels, doubled ones out of order and bare lists are refused."""
    places = [place for place, _, _ in columns(spec)]
    cells, call = full_cells(spec), python_name(spec)
    first, second = places[:2]
    left = pd.Series([float(cells[first])] * 7, index, name="left") * np.linspace(1, 1.01, 7)
    right = pd.Series([float(cells[second])] * 7, index, name="right") * np.linspace(1, 1.02, 7)

    def answer(one: Any, other: Any) -> Any:
        given = list(cells)
        given[first], given[second] = one, other
        return call(*given)

    found = answer(left, right)
    single = [answer(one, other) for one, other in zip(left.tolist(), right.tolist(), strict=True)]
    assert (found.tolist(), found.index.equals(left.index), found.name) == (single, True, None)
    shuffled = right.iloc[[3, 1, 6, 0, 2, 5, 4]]
    assert answer(left, shuffled).equals(found)
    assert answer(left[::-1], right).equals(found[::-1])
    name, other = spec.parameters[first].name, spec.parameters[second].name
    stranger = right.rename(index={right.index[2]: pd.Timestamp("2031-05-05")})
    for wrong in (stranger, right.iloc[:6], right.iloc[[0, 0, 1, 2, 3, 4, 5]]):
        refused = told(lambda: answer(left, wrong))  # noqa: B023 - called at once
        assert refused[0] is NotAvailable
        assert refused[1] in (name, other)
    doubled = left.iloc[[0, 0, 1]], right.iloc[[0, 0, 1]]
    assert answer(*doubled).tolist() == [single[0], single[0], single[1]]  # rows of one frame
    for bare in (right.tolist(), right.to_numpy()):
        assert told(lambda: answer(left, bare))[:2] == (WrongType, other)  # noqa: B023 - called at once


@SPECS
def test_scalars_of_every_kind(spec: Spec) -> None:
    """Decimal, numpy's scalars, integers and words in any case are what the float and the word are."""
    cells, call = full_cells(spec), python_name(spec)
    wanted = told(lambda: call(*cells))
    for place, (parameter, cell) in enumerate(zip(spec.parameters, cells, strict=True)):
        if cell is None or isinstance(cell, list):
            continue
        if parameter.arg.choices:
            same_ones: list[Any] = [cell.upper(), f" {cell.title()} ", np.str_(cell)]
        elif parameter.arg.is_text:
            same_ones = [np.str_(cell)]
        else:
            same_ones = [decimal.Decimal(repr(float(cell))), np.float64(cell), np.array(float(cell))]
            if float(cell).is_integer():
                same_ones += [int(cell), np.int64(cell), np.float32(cell)]
            for blank in (math.nan, pd.NA, pd.NaT, np.datetime64("NaT"), decimal.Decimal("NaN")):
                given = [*cells[:place], blank, *cells[place + 1 :]]
                sheet = [*cells[:place], None, *cells[place + 1 :]]
                assert equal(told(lambda: call(*given)), told(lambda: call(*sheet)))  # noqa: B023
            for flag in (True, np.True_):
                given = [*cells[:place], flag, *cells[place + 1 :]]
                assert told(lambda: call(*given))[:2] == (WrongType, parameter.name)  # noqa: B023
        for one in same_ones:
            given = [*cells[:place], one, *cells[place + 1 :]]
            assert equal(told(lambda: call(*given)), wanted)  # noqa: B023 - called at once


def equal(found: Any, wanted: Any) -> bool:
    """Equal results, frames among them."""
    return found.equals(wanted) if isinstance(found, pd.DataFrame) else bool(found == wanted)


@SPECS
def test_keywords_and_refusals_are_those_of_the_source(spec: Spec) -> None:
    """Every argument goes by its name; the worked example comes out; a refusal is the sheet's sentence."""
    call = python_name(spec)
    named = {p.name: cell for p, cell in zip(spec.parameters, spec.example.cells, strict=False)}
    found = call(**named)
    sheet = spec.call(*spec.example.cells)
    if spec.is_array:
        assert isinstance(found, pd.DataFrame)
        rows = sheet[1:] if all(isinstance(cell, str) for cell in spec.example.result[0]) else sheet
        for mine, theirs in zip(found.to_numpy().tolist(), rows, strict=True):
            assert all(pd.isna(a) if b == "" else a == b for a, b in zip(mine, theirs, strict=True))
    else:
        assert found == sheet
    with pytest.raises(TypeError, match="unexpected keyword"):
        call(**named, nonsense=1)
    with pytest.raises(ValueError, match="errors: must be"):
        call(**{**named, spec.parameters[0].name: object()}, errors="ignore")


def listed(spec: Spec) -> dict[int, list[Any]]:
    """The ranges of the example as lists, by place; one that is a single cell as a list of it."""
    found = {}
    for place, (parameter, cell) in enumerate(zip(spec.parameters, spec.example.cells, strict=False)):
        if isinstance(cell, list):
            found[place] = [row[0] for row in cell]
        elif parameter.is_range and not any(p.is_table for p in spec.parameters):
            found[place] = [cell]
    return found


@RANGES
def test_ranges_of_every_kind(spec: Spec) -> None:
    """A range as a list, an array, a Series by date or by text, with blanks, gives what the sheet gives."""
    cells, call = full_cells(spec), python_name(spec)
    wanted = spec.call(*cells)
    columns = listed(spec)
    height = len(next(iter(columns.values())))

    def answer(make: Callable[[list[Any]], Any]) -> Any:
        return call(*(make(columns[i]) if i in columns else cell for i, cell in enumerate(cells)))

    for make in (
        list,
        tuple,
        lambda column: [[cell] for cell in column],
        np.array,
        lambda column: np.array(column, dtype=object).reshape(-1, 1),
        lambda column: pd.Series(column, DAYS[:height]),
        lambda column: pd.Series(column, pd.PeriodIndex(DAYS[:height], freq="D")),
        lambda column: pd.Series(column, TEXTS[:height]),
        lambda column: pd.Series(column, [str(day.date()) for day in DAYS[:height]]),
        lambda column: pd.Series([pd.NA, *column], DAYS[: height + 1], dtype=object),
    ):
        assert answer(make) == wanted
    frame = pd.DataFrame({i: pd.Series(column, DAYS[:height]) for i, column in columns.items()})
    for order in ([1, 0, *range(2, height)], list(range(height))[::-1], [0, *range(height - 1)]) * (
        height > 1
    ):
        wrong = told(lambda: answer_of(call, cells, frame.iloc[order]))  # noqa: B023 - called at once
        assert wrong[:2] == (OutsideDomain, spec.parameters[next(iter(columns))].name)
    if len(columns) > 1:
        last = list(columns)[-1]
        name = spec.parameters[last].name
        by_text = frame.set_axis(TEXTS[:height])
        given = [by_text[i] if i in columns else cell for i, cell in enumerate(cells)]
        given[last] = given[last][::-1]
        assert call(*given) == wanted
        given[last] = given[last].rename(index={TEXTS[0]: "x"})
        assert told(lambda: call(*given))[:2] == (NotAvailable, name)
        given[last] = by_text[last].tolist()
        assert told(lambda: call(*given))[:2] == (WrongType, name)


def answer_of(call: Callable[..., Any], cells: list[Any], frame: pd.DataFrame) -> Any:
    """The answer with the columns of a frame in the places of the ranges."""
    return call(*(frame.get(i, cell) for i, cell in enumerate(cells)))


PER_COLUMN = [spec for spec in OF_RANGES if not any(p.is_table for p in spec.parameters)]


@pytest.mark.parametrize("spec", PER_COLUMN, ids=[spec.name for spec in PER_COLUMN])
def test_a_frame_gives_one_answer_per_column(spec: Spec) -> None:
    """Columns of a frame one by one, beside a Series that is the same for all."""
    cells, call = full_cells(spec), python_name(spec)
    ranges = listed(spec)
    places = list(ranges)
    column = pd.Series(ranges[places[0]], DAYS[: len(ranges[places[0]])], dtype=float)
    frame = pd.DataFrame(
        {"one": column, "two": column * 1.5, "gap": column.where(column.index != column.index[-1])}
    )
    given = list(cells)
    for place in places[1:]:
        given[place] = pd.Series(ranges[place], column.index)
    wanted = []
    for name in frame:
        given[places[0]] = frame[name]
        wanted.append(told(lambda: call(*given)))
    given[places[0]] = frame
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RefusedCells)
        found = call(*given, errors="coerce")
    assert list(found.index) == list(frame.columns)
    assert same(found, wanted)


def table_of(found: pd.DataFrame, label: str) -> pd.DataFrame:
    """The table of one column, by its label."""
    return found.loc[[label]].droplevel(0)


def test_a_frame_gives_one_table_per_column() -> None:
    """Each is the table of that column alone, under its label; histories are never run together."""
    draw = np.random.default_rng(7)
    columns = pd.Index(["ETH", "SOL", "ADA"], name="asset")
    prices = pd.DataFrame(100 * np.exp(np.cumsum(draw.normal(0, 0.03, (40, 3)), axis=0)), DAYS, columns)
    hedge = prices.mean(axis=1)
    for beside in (hedge, hedge.to_frame("BTC")):  # a frame of one column is that column
        found = udfs.hedge_backtest(prices, beside)
        assert found.index.names == ["asset", None]
        for name in columns:
            assert table_of(found, name).equals(udfs.hedge_backtest(prices[name], hedge))
            assert udfs.hedge_backtest(prices[[name]], beside).equals(table_of(found, name))
    both = udfs.hedge_backtest(prices, prices[columns[::-1]])  # frames meet by their columns
    assert table_of(both, "SOL").equals(udfs.hedge_backtest(prices["SOL"], prices["SOL"]))
    rates = pd.DataFrame({"a": [1e-4] * 4, "b": [2e-4] * 4})
    carry = udfs.carry_compare(7500, 30, rates, 30450, 30000, 45)
    assert table_of(carry, "b").equals(udfs.carry_compare(7500, 30, rates["b"], 30450, 30000, 45))


def test_a_refused_column_is_a_table_of_missing_values() -> None:
    """The first refusal is raised with its label; or it is counted, and the others stand."""
    rates = pd.DataFrame({"short": [1e-4, None, None, None], "long": [1e-4] * 4})
    rest = (30450, 30000, 45)
    with pytest.raises(NotAvailable) as refused:
        udfs.carry_compare(7500, 30, rates, *rest)
    assert (refused.value.argument, refused.value.__notes__) == ("rates", ["in carry_compare, at short"])
    with pytest.warns(RefusedCells, match="1 of 2 refused; the first, at short"):
        found = udfs.carry_compare(7500, 30, rates, *rest, errors="coerce")
    assert table_of(found, "short").drop(columns="Item").isna().to_numpy().all()
    assert table_of(found, "long").equals(udfs.carry_compare(7500, 30, rates["long"], *rest))
    with pytest.warns(RefusedCells, match="2 of 2 refused"):
        none = udfs.carry_compare(7500, 30, rates[:1], *rest, errors="coerce")
    assert none.isna().all()


def test_hedges_without_labels_are_numbered() -> None:
    """A hedge goes by the label that it has: a column's or a Series' name, else by its number."""
    draw = np.random.default_rng(11)
    prices = pd.DataFrame(100 * np.exp(np.cumsum(draw.normal(0, 0.03, (40, 2)), axis=0)), DAYS)
    hedges = prices + draw.normal(0, 1, (40, 2))
    exposures = pd.Series([3000.0, 2000.0])
    for given, rows in (
        (hedges, ["Hedge 1", "Hedge 2"]),
        (hedges.set_axis(["ETH", "BTC"], axis=1), ["ETH", "BTC"]),
        (hedges[0].rename("ETH"), ["ETH"]),
        (hedges[0].rename(None), ["Hedge 1"]),
    ):
        found = udfs.hedge_weights(exposures, prices, given)["Item"].tolist()
        assert found == [*rows, "Gross notional", "Variance reduction", "Shrinkage"]


def test_named_values_of_the_documentation() -> None:
    """The values that went wrong before the functions were checked."""
    assert udfs.hedge_contracts(2400, 30000, 1, 0.001, kind="Linear") == 0.08
    assert udfs.liquidation_price(30000, 5, side="LONG") == pytest.approx(24120.603015, rel=1e-10)
    with pytest.raises(HedgeError, match=r"^leverage: must be at least 1, got 0\.5$"):
        udfs.hedge_margin(2400, 0.5)
    with pytest.raises(ValueError, match=r"^move: must be at least -1, got -1\.5$"):
        udfs.hedged_pnl(6000, 2400, -1.5)
    with pytest.raises(TypeError, match=r"^notional: must be a number"):
        udfs.hedge_margin("much", 5)  # type: ignore[call-overload]  # as its types say
    with pytest.raises(ValueError, match=r"^price: must be above 0, got 0$"):
        udfs.hedge_quantity(2400, 0)


def test_moments_are_taken_in_utc() -> None:
    """Aware times in UTC, in every form; days of numpy and of pandas are days."""
    start, finish = dt.datetime(2025, 1, 1, tzinfo=dt.UTC), dt.datetime(2025, 1, 2, tzinfo=dt.UTC)
    berlin = pd.Timestamp("2025-01-01 01:00", tz="Europe/Berlin")
    for one, other in itertools.product(
        (start, berlin, pd.Timestamp(start), np.datetime64("2025-01-01"), np.datetime64("2025-01-01", "ns")),
        (finish, dt.date(2025, 1, 2), pd.Timestamp("2025-01-02"), 45_659),
    ):
        assert python_name(REGISTRY["FUNDING_SETTLEMENTS"])(one, other) == 3
    days = pd.Series(pd.date_range(berlin, periods=3))
    assert udfs.funding_settlements(days, pd.Timestamp("2025-01-04")).tolist() == [9, 6, 3]
    assert udfs.funding_settlements(days.to_numpy("datetime64[ns]"), 45_661).tolist() == [9, 6, 3]


def test_frames_meet_by_both_labels() -> None:
    """A frame beside a frame, a Series by its dates or by its columns; what fits neither is refused."""
    frame = pd.DataFrame({"BTC": [2400.0, 1200.0], "ETH": [600.0, 300.0]}, DAYS[:2])
    leverage = pd.Series({"ETH": 2.0, "BTC": 4.0})
    assert udfs.hedge_margin(frame, leverage).to_numpy().tolist() == [[600, 300], [300, 150]]
    by_day = pd.Series([2.0, 4.0], DAYS[:2])
    assert udfs.hedge_margin(frame, by_day).to_numpy().tolist() == [[1200, 300], [300, 75]]
    other = frame[["ETH", "BTC"]][::-1] * 0 + 2
    assert udfs.hedge_margin(frame, other).equals(frame / 2)
    for wrong in (leverage.rename({"ETH": "SOL"}), other.rename(columns={"ETH": "SOL"}), frame.iloc[:1]):
        assert told(lambda: udfs.hedge_margin(frame, wrong))[:2] == (NotAvailable, "leverage")  # noqa: B023


def test_dates_written_as_texts_are_dates() -> None:
    """A history read without parsing its dates, newest first, is not taken for one that is oldest first."""
    prices = pd.Series([4.0, 3.0, 2.0], ["2025-01-03", "2025-01-02", "2025-01-01"])
    assert told(lambda: udfs.realized_volatility(prices))[:2] == (OutsideDomain, "prices")
    assert udfs.realized_volatility(prices[::-1]) == udfs.realized_volatility([2, 3, 4])


def test_no_input_is_changed() -> None:
    """Arrays, Series and lists are as they were."""
    array, listed = np.array([2400.0, -0.0, 1200.0]), [2400, math.nan, "1200"]
    series = pd.Series(array, list("abc"))
    before = array.copy(), series.copy(), list(listed)
    udfs.hedge_margin(array, 5)
    udfs.hedge_notional(array)
    udfs.hedge_margin(series, series.abs() + 1)
    told(lambda: udfs.hedge_margin(listed, 5))
    assert np.array_equal(array, before[0])
    assert series.equals(before[1])
    assert listed[::2] == before[2][::2]


@pytest.mark.parametrize(
    ("notional", "error", "said"),
    [
        ("much", WrongType, 'notional: must be a number, got "much"'),
        (b"1", WrongType, "notional: must be a number"),
        ({1: 2}, WrongType, "notional: must be a number"),
        (pd.Timedelta(1, "D"), WrongType, "notional: must be a number"),
        (np.timedelta64(1, "ns"), WrongType, "notional: must be a number"),
        (np.array([1], dtype="timedelta64[ns]"), WrongType, "notional: must be a number"),
        (np.array([1 + 2j]), WrongType, "notional: must be a number"),
        (pd.Series([True]), WrongType, "notional: must be a number, got TRUE"),
        (pd.Series(["1", "x"], dtype="category"), WrongType, 'notional: must be a number, got "x"'),
        (pd.Series([[1, 2], 3]), WrongType, "notional: must hold single cells, got a range in one"),
        (decimal.Decimal("sNaN"), WrongType, "notional: is blank"),
        (10**400, OutsideDomain, "notional: must be a finite number"),
        ([10**400], OutsideDomain, "notional: must be a finite number"),
        (np.array([np.inf]), OutsideDomain, "notional: must be a finite number"),
        ([[1, 2], [3]], NotAvailable, "notional: its rows must be of one length"),
        ([1, [2]], NotAvailable, "notional: its rows must be of one length"),
        (pd.array([1, None], dtype="Int64"), WrongType, "notional: is blank"),
    ],
)
def test_what_is_no_number_is_refused_by_name(notional: Any, error: type[HedgeError], said: str) -> None:
    """Whatever comes in: a refusal that names the argument, and no error of numpy or pandas."""
    with pytest.raises(error) as refused:
        python_name(REGISTRY["HEDGE_MARGIN"])(notional, 5)
    assert str(refused.value).startswith(said)
    assert refused.value.argument == "notional"


def test_lengths_that_differ_are_refused() -> None:
    """Two lists or arrays of different lengths: neither is filled up."""
    for one, other in (([1, 2], [1, 2, 3]), (np.ones(2), np.ones(3)), ([1, 2], np.ones(3)), ([], [1, 2])):
        assert told(lambda: python_name(REGISTRY["HEDGE_MARGIN"])(one, other))[0] is NotAvailable  # noqa: B023


def test_a_note_and_a_warning_say_where() -> None:
    """By its label, or by its place."""
    rows = pd.Series([2400, None, 1200], DAYS[:3])
    with pytest.raises(WrongType) as refused:
        udfs.hedge_margin(rows, 5)
    assert refused.value.__notes__ == ["in hedge_margin, at 2025-01-02 00:00:00"]
    with pytest.warns(RefusedCells, match="^hedge_margin: 1 of 2 refused; the first, at index 1: leverage"):
        assert udfs.hedge_margin([2400, 1200], [5, 0], errors="coerce")[0] == 480


def test_tables_meet_by_rows_and_lists_by_their_columns() -> None:
    """Exposures by asset beside the prices of the assets, in any order; what fits no column is refused."""
    chance = np.random.default_rng(3)
    moves = chance.normal(0, 0.02, (30, 3))
    prices = pd.DataFrame(100 * np.exp(np.cumsum(moves, axis=0)), DAYS[:30], ["BTC", "ETH", "SOL"])
    hedges = prices[["BTC"]] * 1.001 + 0.1
    exposures = pd.Series({"SOL": 1000.0, "BTC": 3000.0, "ETH": 2000.0})
    sheet = REGISTRY["HEDGE_WEIGHTS"].call(
        [[3000], [2000], [1000]], prices.to_numpy().tolist(), hedges.to_numpy().tolist()
    )
    for tables in ((prices, hedges), (prices, hedges["BTC"]), (prices, hedges.iloc[::-1].sort_index())):
        found = udfs.hedge_weights(exposures, *tables)
        assert found["Value"].tolist() == [value for _, value in sheet]
    stranger = exposures.rename({"SOL": "ADA"})
    late = hedges.set_axis(DAYS[1:31])
    for given, argument in (
        ((stranger, prices, hedges), "exposures"),
        ((exposures.tolist(), prices, hedges), "exposures"),
        ((exposures, prices, late), "hedge_prices"),
        ((exposures, prices, hedges.to_numpy()), "hedge_prices"),
    ):
        refused = told(lambda: udfs.hedge_weights(*given))  # noqa: B023 - called at once
        assert (refused[0] in (NotAvailable, WrongType), refused[1]) == (True, argument)
    assert told(lambda: udfs.hedge_weights(exposures, prices[::-1], hedges))[:2] == (
        OutsideDomain,
        "asset_prices",
    )
    risk = udfs.historical_value_at_risk(exposures, prices, 1, 0.9)
    assert risk == REGISTRY["HISTORICAL_VALUE_AT_RISK"].call(
        [3000, 2000, 1000], prices.to_numpy().tolist(), 1, 0.9
    )
