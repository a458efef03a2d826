"""Rules that hold for every function, present and future: what it refuses, how it broadcasts, its names."""

import datetime as dt
import keyword
import math
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from udfs import REGISTRY, HedgeError, NotAvailable, Parameter, Spec
from udfs.cell_errors import EXCEL_ERRORS
from udfs.parameters import MAX

SPECS = pytest.mark.parametrize("spec", REGISTRY.values(), ids=REGISTRY)
ARGUMENTS = pytest.mark.parametrize(
    ("spec", "place"),
    [(spec, place) for spec in REGISTRY.values() for place in range(len(spec.parameters))],
    ids=[f"{spec.name}-{parameter.name}" for spec in REGISTRY.values() for parameter in spec.parameters],
)

VBA_RESERVED = frozenset(
    """
    addressof alias and any as base binary boolean byref byte byval call case cbool cbyte ccur
    cdate cdbl cdec cint class clng clnglng clngptr close compare const csng cstr currency cvar
    database date debug decimal declare defbool defbyte defcur defdate defdbl defint deflng
    defobj defsng defstr defvar dim do double each else elseif empty end enum eqv erase error
    event exit explicit false fixed for friend function get global gosub goto if imp implements
    in input int integer is let lib like line lock long longlong longptr loop lset me mid mod
    module name new next not nothing null object on open option optional or output paramarray
    preserve print private property public put raiseevent read redim rem resume return rset seek
    select set shared single spc static step stop string sub tab text then time to true type
    typeof until unlock variant wend while width with withevents write xor
    """.split()  # noqa: SIM905 - a list of a hundred words reads best as words
)


def full_cells(spec: Spec) -> list[Any]:
    """The cells of the example, defaults filled in, None for what has none."""
    given = list(spec.example.cells)
    return given + [p.default for p in spec.parameters[len(given) :]]


def flat(result: Any) -> Iterator[Any]:
    """The cells of a result, whatever its shape."""
    if isinstance(result, list):
        for part in result:
            yield from flat(part)
    else:
        yield result


def answer(spec: Spec, cells: list[Any]) -> Any:
    """What a call gives: its result, or its refusal."""
    try:
        return spec.call(*cells)
    except HedgeError as refused:
        return refused


def refusal(spec: Spec, cells: list[Any]) -> HedgeError:
    """What a call is refused with; a range function may hold it among its cells."""
    with pytest.raises(HedgeError) as caught:
        spec.call(*cells)
    return caught.value


def standing_for(parameter: Parameter, example: Any, cell: Any) -> Any:
    """The cell in the place of the argument; in a range, in the place of its last cell."""
    if not parameter.is_range:
        return cell
    return [*example[:-1], [cell]] if isinstance(example, list) else [[cell]]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (True, "#VALUE!"),
        (dt.timedelta(1), "#VALUE!"),
        (object(), "#VALUE!"),
        *((error, error) for error in ("#N/A", "#REF!", "#DIV/0!", "#NAME?", "#NUM!", "#VALUE!", "#NULL!")),
    ],
)
@ARGUMENTS
def test_no_argument_takes_an_unusable_cell(spec: Spec, place: int, cell: Any, shown: str) -> None:
    """TRUE is not 1, an error passes through as itself: for every argument, optional ones and ranges too."""
    cells, parameter = full_cells(spec), spec.parameters[place]
    cells[place] = standing_for(parameter, cells[place], cell)
    refused = refusal(spec, cells)
    assert (refused.cell, refused.argument) == (shown, parameter.name)


@ARGUMENTS
def test_no_number_is_taken_from_text_or_beyond_numbers(spec: Spec, place: int) -> None:
    """Text, NaN, infinities and whole numbers too large for a float are refused wherever a number stands."""
    parameter = spec.parameters[place]
    for cell, shown in (
        ("text", "#VALUE!"),
        ("1,5", "#VALUE!"),
        ("nan", "#VALUE!"),
        ("inf", "#VALUE!"),
        ("0x10", "#VALUE!"),
        (math.nan, "#NUM!"),
        (math.inf, "#NUM!"),
        (-math.inf, "#NUM!"),
        (10**400, "#NUM!"),
    ):
        if not parameter.arg.is_text:
            cells = full_cells(spec)
            cells[place] = standing_for(parameter, cells[place], cell)
            assert (refusal(spec, cells).cell, refusal(spec, cells).argument) == (shown, parameter.name)


@ARGUMENTS
def test_words_are_those_of_the_list(spec: Spec, place: int) -> None:
    """A text argument refuses numbers, and words that are not in its list; the refusal lists them."""
    parameter = spec.parameters[place]
    if parameter.arg.is_text:
        cells = full_cells(spec)
        cells[place] = standing_for(parameter, cells[place], 7.0)
        assert refusal(spec, cells).cell == "#VALUE!"
    if parameter.arg.choices:
        cells[place] = "no such word"
        refused = refusal(spec, cells)
        assert refused.cell == "#NUM!"
        assert all(f'"{word}"' in refused.message for word in parameter.arg.choices)


@ARGUMENTS
def test_outside_its_domain_an_argument_is_refused(spec: Spec, place: int) -> None:
    """Just outside each bound: #NUM!, or #DIV/0! for the zero that is divided by."""
    parameter = spec.parameters[place]
    outside = []
    if not parameter.arg.is_text:
        if parameter.low > -MAX:
            outside.append(math.nextafter(parameter.low, -math.inf))
        if parameter.high < MAX:
            outside.append(math.nextafter(parameter.high, math.inf))
        if parameter.divides:
            outside.append(0.0)
    for number in outside:
        cells = full_cells(spec)
        cells[place] = standing_for(parameter, cells[place], number)
        refused = refusal(spec, cells)
        assert refused.argument == parameter.name
        assert refused.cell == ("#DIV/0!" if parameter.divides and number == 0 else "#NUM!")
        assert refused.message.startswith(f"{parameter.name}: must be ")


@ARGUMENTS
def test_blank_is_the_default_or_is_refused(spec: Spec, place: int) -> None:
    """A blank optional argument takes its default; a blank required one is refused; blank is not zero."""
    parameter, cells = spec.parameters[place], full_cells(spec)
    for blank in (None, "", [[None]]):
        given = [*cells[:place], blank, *cells[place + 1 :]]
        if (spec.name, parameter.name) in NEEDS_ONE:
            assert refusal(spec, given).argument == parameter.name
        elif not parameter.required:
            rest = cells[place + 1 :]
            expected = spec.call(*cells[:place], *((parameter.default, *rest) if rest else ()))
            assert list(flat(spec.call(*given))) == list(flat(expected))
        elif not parameter.is_range and not parameter.may_be_blank:
            assert (refusal(spec, given).message, refusal(spec, given).cell) == (
                f"{parameter.name}: is blank",
                "#VALUE!",
            )


@SPECS
def test_missing_history_is_refused(spec: Spec) -> None:
    """Ranges that are all blank are refused, or answer with text and finite numbers; never with NaN."""
    if any(p.is_range for p in spec.parameters):
        cells = [
            [[None]] * 3 if p.is_range else cell
            for p, cell in zip(spec.parameters, full_cells(spec), strict=True)
        ]
        answered = flat(answer(spec, cells))
        assert all(isinstance(cell, (str, HedgeError)) or math.isfinite(cell) for cell in answered)


def parameter_cells(parameter: Parameter) -> st.SearchStrategy[Any]:
    """Cells for one argument: usable ones mostly, and everything that a sheet may hold."""
    anything = st.one_of(
        st.none(),
        st.booleans(),
        st.floats(),
        st.integers(),
        st.text(max_size=4),
        st.sampled_from(sorted(EXCEL_ERRORS)),
        st.datetimes(),
        st.dates(),
        st.decimals(),
    )
    if parameter.arg.choices:
        usable: st.SearchStrategy[Any] = st.sampled_from(parameter.arg.choices)
    elif parameter.arg.is_text:
        usable = st.sampled_from(["Binance", "BTC", "BTCUSDT", "ETH"])
    else:
        small = (max(parameter.low, -1e9), min(parameter.high, 1e9))
        usable = st.one_of(
            st.floats(min_value=parameter.low, max_value=parameter.high),
            st.floats(min_value=small[0], max_value=small[1]),
            st.sampled_from([parameter.low, parameter.high, 0.0, -0.0, 1.0, 5e-324, MAX, -MAX, 1, 10**20]),
        )
    cell = st.one_of(usable, usable, usable, anything)
    if parameter.is_range:
        return st.one_of(
            st.lists(usable.map(lambda value: [value]), min_size=3, max_size=5), st.lists(cell, max_size=4)
        )
    return cell


@st.composite
def calls(draw: st.DrawFn, spec: Spec) -> list[Any]:
    """Arguments of a call, some of them ranges."""
    cells = [draw(parameter_cells(parameter)) for parameter in spec.parameters]
    if spec.is_elementwise and draw(st.booleans()):
        place = draw(st.integers(0, len(cells) - 1))
        column = st.lists(parameter_cells(spec.parameters[place]), min_size=0, max_size=3)
        cells[place] = draw(st.one_of(column, st.lists(column, min_size=1, max_size=3)))
    return cells[: draw(st.integers(spec.required, len(cells)))]


@SPECS
@settings(max_examples=50)
@given(st.data())
def test_nothing_but_finite_numbers_texts_and_refusals(spec: Spec, data: st.DataObject) -> None:
    """Whatever the cells: no NaN, no infinity, no minus zero, no exception but a typed refusal."""
    cells = data.draw(calls(spec))
    for cell in flat(answer(spec, cells)):
        if isinstance(cell, HedgeError):
            assert cell.cell in EXCEL_ERRORS
            assert cell.message
        elif not isinstance(cell, str):
            assert type(cell) is float
            assert math.isfinite(cell)
            assert math.copysign(1, cell) == 1 or cell < 0


@SPECS
def test_every_shape_gives_what_single_cells_give(spec: Spec) -> None:
    """A column, a flat list, a row and a block of equal cells hold the single answer in each place."""
    if not spec.is_elementwise:
        return
    cells = full_cells(spec)
    single = spec.call(*cells)
    for place, cell in enumerate(cells):
        if cell is None:
            continue
        for shape, expected in (
            ([[cell]] * 3, [[single]] * 3),
            ([cell] * 3, [single] * 3),
            ([[cell] * 3], [[single] * 3]),
            ([[cell] * 3] * 2, [[single] * 3] * 2),
            ([[cell] * 2] * 3, [[single] * 2] * 3),
            ([cell, [cell]], [[single], [single]]),
            ([[cell]], single),
            ([cell], single),
            (((cell,),) * 2, [[single]] * 2),
        ):
            assert spec.call(*cells[:place], shape, *cells[place + 1 :]) == expected


@SPECS
def test_one_bad_row_spoils_that_row_alone(spec: Spec) -> None:
    """A column with a blank, an error and a text among good cells answers in every other row."""
    if not spec.is_elementwise:
        return
    cells = full_cells(spec)
    single, first = spec.call(*cells), cells[0]
    answered = spec.call([[first], [None], [first], ["#REF!"], [True]], *cells[1:])
    assert [row[0] if not isinstance(row[0], HedgeError) else row[0].cell for row in answered] == [
        single,
        "#VALUE!",
        single,
        "#REF!",
        "#VALUE!",
    ]


@SPECS
def test_ranges_that_do_not_meet_are_not_available(spec: Spec) -> None:
    """Where one range has a row and another none, the cell is #N/A, as in Excel."""
    if not spec.is_elementwise or len(spec.parameters) < 2:
        return
    cells = full_cells(spec)
    answered = spec.call([[cells[0]]] * 3, [[cells[1]]] * 2, *cells[2:])
    assert [isinstance(row[0], HedgeError) for row in answered] == [False, False, True]
    assert answered[2][0].cell == "#N/A"


@SPECS
def test_one_cell_is_asked_for_where_a_range_has_no_meaning(spec: Spec) -> None:
    """A function that takes ranges whole refuses one where it wants a single cell."""
    if spec.is_elementwise:
        return
    cells = full_cells(spec)
    for place, parameter in enumerate(spec.parameters):
        if not parameter.is_range:
            refused = refusal(spec, [*cells[:place], [[1.0], [2.0]], *cells[place + 1 :]])
            assert refused.message == f"{parameter.name}: must be one cell, got a range"


@SPECS
def test_names_are_legal_in_every_host(spec: Spec) -> None:
    """No VBA keyword, no cell address in A1 or R1C1 form, no argument named like its function."""
    names = [parameter.name for parameter in spec.parameters]
    assert len(set(names)) == len(names)
    for name in (spec.name, *names):
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name, re.ASCII)
        assert len(name) <= 64
        assert name.lower() not in VBA_RESERVED
        assert not keyword.iskeyword(name)
        assert not re.fullmatch(r"[A-Z]{1,3}[0-9]{1,7}", name.upper())
        assert not re.fullmatch(r"R[0-9]*(C[0-9]*)?|C[0-9]*", name.upper())
    assert spec.name == spec.function.__name__.upper()
    assert spec.name.lower() not in names


@SPECS
def test_texts_fit_the_wizards(spec: Spec) -> None:
    """Excel cuts help, argument help and a literal text at 255 characters, a call at 255 arguments."""
    assert len(spec.help) <= 255
    assert all(len(parameter.arg.help) <= 255 for parameter in spec.parameters)
    assert all(parameter.arg.help.isascii() for parameter in spec.parameters)
    assert spec.doc.isascii()
    assert len(spec.parameters) <= 30


@SPECS
def test_no_two_arguments_have_the_same_help(spec: Spec) -> None:
    """The wizard shows one argument at a time: its help says which it is."""
    assert len({parameter.arg.help for parameter in spec.parameters}) == len(spec.parameters)


NEEDS_ONE = {  # of two ways to say it one must be taken: a blank is refused where the other is not given
    ("CROSS_LIQUIDATION_MOVE", "maintenance_rates"),
    ("REQUIRED_COLLATERAL", "maintenance_rates"),
    ("COLLAR_PNL", "call_strike"),
}
OF_ITS_OWN = {  # where a name of the specification means something narrower or wider than elsewhere
    ("HEDGE_EFFECTIVENESS", "ratio"),  # a long hedge has a negative one
    ("LIQUIDATION_PRICE", "quantity"),  # quote units if inverse; the side is an argument, so no sign
    ("OPTION_DELTA", "rate"),  # interest a year, not funding
    ("OPTION_VEGA", "rate"),
    ("OPTION_DELTA", "days"),  # an option that expires now, or never moves, has no d1
    ("OPTION_VEGA", "days"),
    ("OPTION_DELTA", "volatility"),
    ("OPTION_VEGA", "volatility"),
    ("BASIS_RATE", "days"),  # they are divided by
    ("OPTION_PRICE", "rate"),  # as OPTION_DELTA
    ("OPTION_PRICE", "days"),
    ("OPTION_PRICE", "volatility"),
    ("IMPLIED_VOLATILITY", "rate"),
    ("IMPLIED_VOLATILITY", "days"),
    ("CARRY_COMPARE", "days"),  # they are divided by
    ("FUNDING_RATE_PREDICTED", "cap"),  # of a funding rate; VOL_SCALED_RATIO's is of a hedge ratio
    ("HISTORICAL_VALUE_AT_RISK", "periods"),  # rows of a history, not settlements
    ("HISTORICAL_SHORTFALL", "periods"),
    ("COLLAR_PNL", "exposure"),  # one that is owned
    ("HEDGE_TRADE", "band"),  # in quote, as NO_TRADE_BAND gives it; HEDGE_ADJUSTMENT's is of the ratio
    ("CROSS_LIQUIDATION_MOVE", "collateral"),  # a wallet's balance may be below 0
    ("AVERAGE_ENTRY_PRICE", "quantities"),  # of either kind; a wallet's are linear
    ("POSITION_PNL", "quantity"),  # the same
}


def test_a_shared_argument_has_one_unit_and_domain() -> None:
    """An argument of one name has one unit, domain and kind everywhere, but for those named here."""
    seen: dict[str, set[tuple[str, str, bool]]] = {}
    for spec in REGISTRY.values():
        for mine in spec.parameters:
            if (spec.name, mine.name) not in OF_ITS_OWN:
                seen.setdefault(mine.name, set()).add((mine.arg.unit, mine.arg.domain, mine.is_range))
    assert {name: kinds for name, kinds in seen.items() if len(kinds) > 1} == {}
    shared = {(spec.name, p.name) for spec in REGISTRY.values() for p in spec.parameters if p.name in seen}
    assert shared >= OF_ITS_OWN


def test_no_solution_says_so() -> None:
    """#N/A is a refusal of its own kind, not a bad argument."""
    assert NotAvailable("").cell == "#N/A"
    assert not issubclass(NotAvailable, ValueError)
