"""The evaluating engine: formualizer, fed with plain cells and formulas, with our functions registered."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import groupby
from math import isfinite
from typing import Any, Final

import formualizer

from udfs import REGISTRY
from udfs.errors import HedgeError
from udfs.registry import Spec
from workbook.errors import Unknowable
from workbook.formulas import BLANK_SHEET
from workbook.values import (
    COLUMN_MASK,
    KEY_MASK,
    Area,
    CellError,
    Value,
    column_of,
    row_of,
    sheet_of,
)

KINDS: Final = {
    "#NULL!": "Null",
    "#DIV/0!": "Div",
    "#VALUE!": "Value",
    "#REF!": "Ref",
    "#NAME?": "Name",
    "#NUM!": "Num",
    "#N/A": "Na",
    "#SPILL!": "Spill",
    "#CALC!": "Calc",
}
# Excel stores the two newest errors as #VALUE! with a rich value beside it, which we can't write.
TEXTS: Final = {kind: text for text, kind in KINDS.items()} | {"Spill": "#VALUE!", "Calc": "#VALUE!"}
UNKNOWN: Final = CellError("#ENGINE!")  # the engine has no answer: never written to a book
DENSE: Final = 2  # a block of cells is loaded whole if at least one in so many holds a value
SEED: Final = 20_260_101  # RAND and its like give the same numbers in every run


def evaluate(
    sheets: Sequence[str],
    values: Mapping[int, Mapping[int, Value]],
    formulas: Mapping[int, str],
    wanted: Iterable[Area],
    *,
    functions: Iterable[str] = (),
    clock: dt.datetime | None = None,
    date1904: bool = False,
) -> dict[int, Value]:
    """Values of the formulas (by place), and of every cell in the wanted areas.

    `values` are constants, by sheet and key; `functions` the names of ours that the formulas call.
    """
    engine = _engine(date1904)
    for title in (*sheets, BLANK_SHEET):
        engine.add_sheet(title)
    for name in functions:
        spec = REGISTRY[name]
        engine.register_function(name, _callback(spec), min_args=0, max_args=len(spec.parameters))
    if clock is not None:
        engine.set_deterministic_clock(clock.replace(tzinfo=dt.UTC))
    for sheet, cells in values.items():
        _load_values(engine, sheets[sheet], cells)
    runs = list(_runs(formulas))
    for start, texts in runs:
        engine.set_formulas_batch(sheets[sheet_of(start)], row_of(start), column_of(start), texts)
    try:
        engine.evaluate_all()
    except formualizer.ExcelEvaluationError as error:
        raise Unknowable(f"the engine can't evaluate the book: {error}") from None
    results: dict[int, Value] = {}
    for start, texts in runs:
        sheet, row, column = sheet_of(start), row_of(start), column_of(start)
        _read(engine, sheets, Area(sheet, row, column, row + len(texts) - 1, column), results)
    for area in wanted:
        _read(engine, sheets, area, results)
    return results


@cache
def knows(function: str) -> bool:
    """Whether the engine itself has a function of that name."""
    engine = _engine()
    engine.add_sheet("S")
    engine.set_formula("S", 1, 1, f"={function}()")
    engine.evaluate_all()
    answer = engine.get_value("S", 1, 1)
    return not (isinstance(answer, dict) and answer.get("kind") == "Name")


def _engine(date1904: bool = False) -> formualizer.Workbook:
    config = formualizer.EvaluationConfig()
    config.enable_parallel = False  # its threads would wait for Python's lock
    config.workbook_seed = SEED
    if date1904:
        config.date_system = "1904"
    workbook = formualizer.Workbook(
        config=formualizer.WorkbookConfig(eval_config=config, enable_changelog=False)
    )
    workbook.set_temporal_egress("serial")
    return workbook


def _callback(spec: Spec) -> Callable[..., Any]:
    call = spec.call

    def run(*cells: Any) -> Any:
        for cell in cells:
            if type(cell) is dict or type(cell) is list:
                cells = tuple(map(_received, cells))
                break
        try:
            answer = call(*cells)
        except HedgeError as refusal:
            return {"type": "Error", "kind": KINDS.get(refusal.cell, "Value"), "message": str(refusal)}
        return answer if type(answer) is float or type(answer) is str else _returned(answer)

    return run


def _received(cell: Any) -> Any:
    """An argument as the registry takes it: error cells as their text."""
    if isinstance(cell, dict):
        return TEXTS.get(cell.get("kind", ""), "#VALUE!")
    return [_received(item) for item in cell] if isinstance(cell, list) else cell


def _returned(answer: Any) -> Any:
    """A result as the engine takes it: refused cells as errors."""
    if isinstance(answer, list):
        return [_returned(item) for item in answer]
    if isinstance(answer, HedgeError):
        return {"type": "Error", "kind": KINDS.get(answer.cell, "Value")}
    return answer


def _load_values(engine: formualizer.Workbook, sheet: str, cells: Mapping[int, Value]) -> None:
    """Set a sheet's constants in blocks: a call a cell would cost ten times as much."""
    if not cells:
        return
    top, bottom = min(cells) >> 15, max(cells) >> 15
    columns = [key & COLUMN_MASK for key in cells]
    left, right = min(columns), max(columns)
    if (bottom - top + 1) * (right - left + 1) <= DENSE * len(cells):
        grid: list[list[Any]] = [[None] * (right - left + 1) for _ in range(bottom - top + 1)]
        for key, value in cells.items():
            grid[(key >> 15) - top][(key & COLUMN_MASK) - left] = _given(value)
        engine.set_values_batch(sheet, top, left, grid)
        return
    for start, run in _row_runs(sorted(cells)):
        engine.set_values_batch(
            sheet, start >> 15, start & COLUMN_MASK, [[_given(cells[start + i]) for i in range(run)]]
        )


def _row_runs(keys: Sequence[int]) -> Iterable[tuple[int, int]]:
    for _, group in groupby(enumerate(keys), lambda pair: pair[1] - pair[0]):
        run = [key for _, key in group]
        yield run[0], len(run)


def _runs(formulas: Mapping[int, str]) -> Iterable[tuple[int, list[list[str]]]]:
    """Formulas in runs down a column: where each starts, and its texts."""
    order = sorted(formulas, key=lambda where: (sheet_of(where), where & COLUMN_MASK, where & KEY_MASK))
    start = 0
    texts: list[list[str]] = []
    following = -1
    for where in order:
        if where != following:
            if texts:
                yield start, texts
            start, texts = where, []
        texts.append(["=" + formulas[where]])
        following = where + COLUMN_MASK + 1
    if texts:
        yield start, texts


def _given(value: Value) -> Any:
    if isinstance(value, CellError):
        return formualizer.LiteralValue.error(KINDS.get(value, "Value"), None)
    return value


def _read(engine: formualizer.Workbook, sheets: Sequence[str], area: Area, results: dict[int, Value]) -> None:
    name = sheets[area.sheet]
    rows = engine.sheet(name).get_values(
        formualizer.RangeAddress(name, area.top, area.left, area.bottom, area.right)
    )
    answers = (answer for row in rows for answer in row)
    for where, answer in zip(area.places(), answers, strict=True):
        results[where] = _answered(answer)


def _answered(answer: Any) -> Value:
    if type(answer) is float:
        return answer + 0.0 if isfinite(answer) else UNKNOWN  # -0.0 reads as 0
    if isinstance(answer, dict):
        return CellError(TEXTS.get(answer.get("kind", ""), UNKNOWN))
    if answer is None or isinstance(answer, (bool, str)):
        return answer
    return float(answer)
