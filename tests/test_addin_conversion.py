"""Our converter for xlwings: what xlwings' own conversion gives, and xlwings is asked about few cells."""

import datetime as dt
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
import xlwings
from hypothesis import example, given
from hypothesis import strategies as st
from support.windows_host import ERRORS, ComTime, as_argument, as_result, excel_module

from addin.conversion import BulkAccessor

DIV_0 = ERRORS["#DIV/0!"]
PLAIN = st.one_of(st.floats(), st.booleans(), st.none())
TEXTS = st.one_of(st.sampled_from(["", "#N/A", "#NUM!", "12.5", "2026-01-01T00:00:00Z"]), st.text(max_size=4))
READ = st.one_of(
    PLAIN,
    TEXTS,
    st.sampled_from([*ERRORS.values(), 0, 7, Decimal("2.50"), ComTime(2026, 1, 1, 7, 59)]),
    st.datetimes(),
)
WRITTEN = st.one_of(PLAIN, TEXTS, st.sampled_from([0, 7, np.float64(2.5), np.float64("nan"), Decimal("2.5")]))


def ranges(cell: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A cell, a row, or rows of one length, as tuples of COM or as lists."""
    row = st.integers(0, 5).flatmap(lambda width: st.lists(cell, min_size=width, max_size=width))
    grid = st.tuples(st.integers(1, 5), st.integers(1, 4)).flatmap(
        lambda shape: st.lists(
            st.lists(cell, min_size=shape[1], max_size=shape[1]), min_size=shape[0], max_size=shape[0]
        )
    )
    return st.one_of(cell, row, row.map(tuple), grid, grid.map(lambda rows: tuple(map(tuple, rows))))


# Most ranges hold numbers alone; few that are drawn freely would.
ANY_READ = st.one_of(ranges(READ), ranges(PLAIN), ranges(st.floats()))
ANY_WRITTEN = st.one_of(ranges(WRITTEN), ranges(PLAIN), ranges(st.floats(allow_nan=False)))


@given(ANY_READ)
@example(((2_400.0,), (DIV_0,), (None,), ("",), (True,), ("word",)))
@example(DIV_0)
@example(())
def test_reading_gives_what_xlwings_gives(value: Any) -> None:
    """To the type of each cell, for a range of any shape."""
    ours = as_argument(value, convert=BulkAccessor)
    assert repr(ours) == repr(as_argument(value))


@given(ANY_WRITTEN)
@example([[480.0], ["#NUM!"], [float("nan")], [None], [True], [""]])
@example("#VALUE!")
@example([[float("inf"), float("-inf")]])
def test_writing_gives_what_xlwings_gives(value: Any) -> None:
    """To the type of each cell, for a result of any shape."""
    ours = as_result(value, convert=BulkAccessor)
    assert repr(ours) == repr(as_result(value))


def test_what_was_sent_is_left_as_it_was() -> None:
    """Rows of lists are not written into: a caller may hold them still."""
    rows = [[1.0, ""], [DIV_0, 2.0]]
    assert as_argument(rows, convert=BulkAccessor) == [
        [1.0, None],
        ["#DIV/0!", 2.0],
    ]
    assert rows == [[1.0, ""], [DIV_0, 2.0]]


@pytest.mark.parametrize(
    ("column", "asked"),
    [
        (((2_400.0,), (None,), (False,)), []),
        (((2_400.0,), ("",), (True,), (DIV_0,), (1.0,)), [[["", DIV_0]]]),
    ],
)
def test_xlwings_is_asked_about_other_cells_alone(column: Any, asked: list[Any]) -> None:
    """Numbers, blanks and booleans pass in bulk."""
    excel_module()
    engine = type(xlwings.engines["excel"].impl)
    with patch.object(engine, "clean_value_data", side_effect=engine.clean_value_data) as cleaning:
        as_argument(column, convert=BulkAccessor)
    assert [call.args[0] for call in cleaning.call_args_list] == asked


def test_written_numbers_pass_in_bulk() -> None:
    """Of a column of results, xlwings sees the refusals."""
    excel_module()
    engine = type(xlwings.engines["excel"].impl)
    prepare = engine.prepare_xl_data_element
    with patch.object(engine, "prepare_xl_data_element", side_effect=prepare) as preparing:
        as_result([[480.0], ["#NUM!"], [2.0]], convert=BulkAccessor)
    assert [call.args[0] for call in preparing.call_args_list] == ["#NUM!"]


def test_a_date_in_a_column_of_numbers() -> None:
    """A time of COM among numbers comes as a date and time."""
    column = ((1.0,), (ComTime(2026, 1, 1, 7, 59),))
    assert as_argument(column, convert=BulkAccessor) == [
        [1.0],
        [dt.datetime(2026, 1, 1, 7, 59)],
    ]
