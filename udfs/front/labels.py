"""Labels of Series and frames: which of them go together, and in which order a history stands.

Values meet by their labels, never by their places. Labels that differ are refused, not filled.
"""

import datetime as dt
from collections.abc import Mapping
from typing import TypeVar, cast

import pandas as pd

from udfs.errors import NotAvailable, OutsideDomain

L = TypeVar("L", bound=pd.Series | pd.DataFrame)


def aligned(labelled: Mapping[str, L]) -> Mapping[str, L]:
    """Everything on the index of the first, in its order; other labels are refused."""
    first, *rest = labelled
    index = labelled[first].index
    found = dict(labelled)
    for name in rest:
        found[name] = on_index(index, found[name], (first, name))
    return found


def on_index(index: pd.Index, values: L, names: tuple[str, str]) -> L:
    """A Series or a frame on an index of the same labels, whose name is the first of the two."""
    if values.index.equals(index):
        return values
    _refuse_others(index, values.index, names)
    return cast("L", values.reindex(index))


def columns_aligned(frames: Mapping[str, pd.DataFrame]) -> Mapping[str, pd.DataFrame]:
    """Frames with the columns of the first, in its order; other columns are refused."""
    first, *rest = frames
    columns = frames[first].columns
    found = dict(frames)
    for name in rest:
        if not found[name].columns.equals(columns):
            _refuse_others(columns, found[name].columns, (first, name), "columns")
            found[name] = found[name][columns]
    return found


def _refuse_others(index: pd.Index, other: pd.Index, names: tuple[str, str], what: str = "labels") -> None:
    first, second = names
    for name, labels in ((first, index), (second, other)):
        if not labels.is_unique:
            twice = labels[labels.duplicated()][0]
            raise NotAvailable(
                f"{name}: has the label {twice} twice, and {first} and {second} meet by label", name
            )
    apart = index.symmetric_difference(other, sort=False)
    if len(apart):
        raise NotAvailable(f"{second}: must have the {what} of {first}; {apart[0]} is in one alone", second)


def refuse_unordered(name: str, index: pd.Index) -> None:
    """A history by dates goes from the oldest to the newest, each date once."""
    dates = dates_of(index)
    if dates is None or (dates.is_monotonic_increasing and dates.is_unique):
        return
    if not dates.is_unique:
        twice = dates[dates.duplicated()][0]
        raise OutsideDomain(f"{name}: has the date {twice} twice; each may stand once", name)
    raise OutsideDomain(f"{name}: its dates must ascend, oldest first: sort the history by its index", name)


def dates_of(index: pd.Index) -> pd.Index | None:
    """The dates that an index holds, those written as texts such as 2026-01-31 too; None if it has none."""
    if isinstance(index, (pd.DatetimeIndex, pd.PeriodIndex)):
        return index
    if len(index) == 0:
        return None
    if all(isinstance(label, dt.date) for label in index):
        return pd.Index([pd.Timestamp(label) for label in index])
    if isinstance(index[0], str) and _is_day(index[0]):
        dates = pd.to_datetime(index.to_series(), format="ISO8601", errors="coerce", utc=True)
        return None if dates.isna().any() else pd.Index(dates)
    return None


def _is_day(text: str) -> bool:
    try:
        dt.datetime.fromisoformat(text)
    except ValueError:
        return False
    return not text.isdecimal()
