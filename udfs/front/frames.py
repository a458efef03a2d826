"""The functions over Series and frames, and their tables as frames."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from udfs.checked import blanked, on_lists, settled
from udfs.errors import HedgeError, NotAvailable, WrongType
from udfs.front import arrays, labels
from udfs.ranges import HostCell, is_range
from udfs.registry import Spec


def frame_answer(spec: Spec, cells: Sequence[Any], errors: str) -> Any:
    """The checked call of what may be Series and frames; a table comes out as a frame."""
    given = {p.name: _labelled(cell) for p, cell in zip(spec.parameters, cells, strict=True)}
    if spec.is_elementwise:
        return _elementwise(spec, given, errors)
    return _of_ranges(spec, given, errors)


def _labelled(cell: Any) -> Any:
    # The labels of an index are its own values: frame.index beside frame["spot"].
    return cell.to_series() if isinstance(cell, pd.Index) else cell


def _is_several(value: object) -> bool:
    return is_range(value) or (isinstance(value, np.ndarray) and value.ndim > 0)


# --- cell by cell -------------------------------------------------------------------------------


def _elementwise(spec: Spec, given: Mapping[str, Any], errors: str) -> pd.Series | pd.DataFrame:
    frames = {name: value for name, value in given.items() if isinstance(value, pd.DataFrame)}
    series = {name: value for name, value in given.items() if isinstance(value, pd.Series)}
    _refuse_unlabelled(given, {**frames, **series})
    if frames:
        return _over_frame(spec, given, frames, errors)
    meeting = labels.aligned(series)
    first = next(iter(meeting.values()))
    names = {value.name for value in meeting.values()}
    values = [values_of(meeting[name]) if name in meeting else blanked(given[name]) for name in given]
    found = arrays.elementwise(spec, values, errors, lambda at: f"at {first.index[at]}")
    return pd.Series(found, first.index, name=names.pop() if len(names) == 1 else None, copy=False)


def _over_frame(
    spec: Spec, given: Mapping[str, Any], frames: Mapping[str, pd.DataFrame], errors: str
) -> pd.DataFrame:
    """Frames meet by index and columns; a Series beside them by whichever of the two it has."""
    frames = labels.columns_aligned(labels.aligned(frames))
    name, frame = next(iter(frames.items()))
    values = []
    for argument, value in given.items():
        if argument in frames:
            values.append(frame_values(frames[argument]))
        elif isinstance(value, pd.Series):
            values.append(_beside(value, (argument, name), frame))
        else:
            values.append(blanked(value))

    def place(at: int) -> str:
        row, column = divmod(at, frame.shape[1])
        return f"at {frame.index[row]}, {frame.columns[column]}"

    return pd.DataFrame(arrays.elementwise(spec, values, errors, place), frame.index, frame.columns)


def _beside(series: pd.Series, names: tuple[str, str], frame: pd.DataFrame) -> arrays.Array:
    by_row, by_column = (_are_those(series.index, index) for index in (frame.index, frame.columns))
    if by_row and by_column:
        raise NotAvailable(
            f"{names[0]}: its labels are both the index and the columns of {names[1]}", names[0]
        )
    if by_column:
        return values_of(series.reindex(frame.columns)).reshape(1, -1)
    return values_of(labels.on_index(frame.index, series, (names[1], names[0]))).reshape(-1, 1)


def _are_those(some: pd.Index, others: pd.Index) -> bool:
    same = some.is_unique and others.is_unique and len(some) == len(others)
    return some.equals(others) or (same and bool(some.isin(others).all()))


def _refuse_unlabelled(given: Mapping[str, Any], labelled: Mapping[str, Any]) -> None:
    for name, value in given.items():
        if name not in labelled and _is_several(value):
            kind = "list" if is_range(value) else "array"
            first = next(iter(labelled))
            raise WrongType(f"{name}: must have the labels of {first}, and a {kind} has none", name)


def values_of(series: pd.Series) -> arrays.Array:
    """The values of a Series as an array: numbers as they are, NaN for a missing one, or objects."""
    kind = series.dtype
    if pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind):
        if isinstance(kind, np.dtype):
            return series.to_numpy()
        return series.to_numpy(dtype=np.float64, na_value=np.nan)
    found = np.empty(len(series), dtype=object)
    found[:] = [blanked(cell) for cell in series]
    return found


def frame_values(frame: pd.DataFrame) -> arrays.Array:
    """The values of a frame as an array of its shape."""
    columns = [values_of(frame.iloc[:, at]) for at in range(frame.shape[1])]
    return np.stack(columns, axis=1) if columns else np.empty(frame.shape)


# --- ranges and tables --------------------------------------------------------------------------


def _of_ranges(spec: Spec, given: Mapping[str, Any], errors: str) -> Any:
    ranges = {p.name for p in spec.parameters if p.is_range}
    tables = {p.name for p in spec.parameters if p.is_table}
    labelled = {name: given[name] for name in ranges if isinstance(given[name], (pd.Series, pd.DataFrame))}
    labelled = {name: labelled[name] for name in given if name in labelled}
    for name, value in labelled.items():
        labels.refuse_unordered(name, value.index)
    if tables & labelled.keys():
        given = {**given, **_beside_tables(given, labelled, ranges, tables)}
    elif labelled:
        _refuse_unlabelled({name: given[name] for name in ranges}, labelled)
        given = {**given, **labels.aligned(labelled)}
        frames = {name: given[name] for name in labelled if isinstance(given[name], pd.DataFrame)}
        if spec.is_array:  # of one column it is one history, and gives one table
            frames = {name: frame for name, frame in frames.items() if frame.shape[1] > 1}
        if frames:
            return _by_column(spec, given, frames, errors)
    result = on_lists(spec, [_cells(value) for value in given.values()], errors)
    return _table(spec, _named_rows(spec, given, result)) if spec.is_array and is_range(result) else result


def _named_rows(
    spec: Spec, given: Mapping[str, Any], rows: Sequence[Sequence[Any]]
) -> Sequence[Sequence[Any]]:
    """A table whose rows stand for the columns of an argument, by the labels of these: BTC for Hedge 1."""
    names: dict[Any, Any] = {}
    for parameter in spec.parameters:
        frame = given[parameter.name]
        is_labelled = isinstance(frame, pd.DataFrame) and not isinstance(frame.columns, pd.RangeIndex)
        if parameter.arg.rows and is_labelled:
            names |= {f"{parameter.arg.rows} {at}": label for at, label in enumerate(frame.columns, 1)}
    return [[names.get(label, label), *cells] for label, *cells in rows]


def _beside_tables(
    given: Mapping[str, Any], labelled: Mapping[str, Any], ranges: Collection[str], tables: Collection[str]
) -> Mapping[str, Any]:
    """Tables meet by their rows; a list beside them goes by the columns of the one whose labels it has."""
    _refuse_unlabelled({name: given[name] for name in ranges}, labelled)
    frames = {
        name: value.to_frame() if isinstance(value, pd.Series) else value
        for name, value in labelled.items()
        if name in tables
    }
    found: dict[str, Any] = dict(labels.aligned(frames))
    for name, values in labelled.items():
        if name not in tables:
            first = next(iter(frames))
            beside = next((t for t in frames if _are_those(values.index, frames[t].columns)), first)
            found[name] = labels.on_index(frames[beside].columns, values, (beside, name))
    return found


def _by_column(
    spec: Spec, given: Mapping[str, Any], frames: Mapping[str, pd.DataFrame], errors: str
) -> pd.Series | pd.DataFrame:
    """One answer per column, tables beneath each other; the other arguments are the same for each."""
    frames = labels.columns_aligned(frames)
    columns = next(iter(frames.values())).columns
    cells = {name: _cells(value) for name, value in given.items() if name not in frames}
    found: list[Any] = []
    for at in range(len(columns)):
        own = {name: _cells(frame.iloc[:, at]) for name, frame in frames.items()}
        try:
            found.append(spec.call(*({**cells, **own}[name] for name in given)))
        except HedgeError as refusal:
            found.append(refusal)
    answers = settled(spec, found, errors, lambda at: f"at {columns[at]}")
    tables = [_table(spec, rows) for rows in answers if is_range(rows)]
    if not tables:
        return pd.Series(answers, columns)
    refused = tables[0].assign(**dict.fromkeys(tables[0].columns[1:], np.nan))
    had = iter(tables)
    return pd.concat([next(had) if is_range(rows) else refused for rows in answers], keys=columns)


def _cells(value: Any) -> HostCell:
    if isinstance(value, pd.Series):
        return arrays.cells_of(values_of(value))
    if isinstance(value, pd.DataFrame):
        return arrays.cells_of(frame_values(value))
    return blanked(value)


def _table(spec: Spec, rows: Sequence[Sequence[Any]]) -> pd.DataFrame:
    """A table as a frame: its first row names the columns if that of the function's example does."""
    first = spec.example.result[0]
    if all(isinstance(cell, str) for cell in first):
        header, body = rows[0], rows[1:]
    else:
        header, body = ("Item", "Value", *(f"Value {number}" for number in range(2, len(first)))), rows
    names = [name or "Item" for name in header]
    frame = pd.DataFrame([[None if cell == "" else cell for cell in row] for row in body], columns=names)
    for name in names:
        if not any(isinstance(cell, str) for cell in frame[name]):
            frame[name] = frame[name].astype(np.float64)
    return frame
