"""The evaluating engine: formualizer, fed with plain cells and formulas, with our functions registered."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from math import isfinite
from operator import countOf
from typing import Any, Final

import formualizer

from udfs import REGISTRY
from udfs.cell_errors import ERROR_VALUES
from udfs.errors import HedgeError
from udfs.registry import Spec
from workbook.cells import (
    COLUMN_BITS,
    COLUMN_MASK,
    KEY_MASK,
    Area,
    CellError,
    Value,
    address,
    column_of,
    place,
    row_of,
    sheet_of,
)
from workbook.engines.protocol import NO_ANSWER
from workbook.errors import Unknowable
from workbook.formula.deep_chains import shallow
from workbook.formula.plain_writer import BLANK_SHEET
from workbook.formula.rounded_texts import rounded_texts
from workbook.memory import remembered

KINDS: Final = {error.text: error.engine for error in ERROR_VALUES if error.engine}
# Excel stores the two newest errors as #VALUE! with a rich value beside it, which we can't write.
TEXTS: Final = {kind: text for text, kind in KINDS.items()} | {"Spill": "#VALUE!", "Calc": "#VALUE!"}
DIFFERS: Final = True  # from Excel, as `divergent` and `suspects` know
WORKS: Final = frozenset(("ATAN2", "COS", "IF", "IFERROR", "IFNA", "SIN", "TAN"))  # cell by cell
ROW_MASK: Final = KEY_MASK ^ COLUMN_MASK
ROOM: Final = 2 << 30  # cells of a sheet down to its lowest row and over to its last column
SEED: Final = 20_260_101  # RAND and its like give the same numbers in every run


class Session:
    """An engine with formulas loaded: it may be given other values, and evaluates what they reach.

    `texts` are the formulas by place, `wanted` the areas of array formulas, `functions` the names of
    ours that are called.
    """

    def __init__(
        self,
        sheets: Sequence[str],
        texts: Mapping[int, str],
        wanted: Iterable[Area],
        *,
        functions: Iterable[str] = (),
        date1904: bool = False,
    ) -> None:
        self._sheets = sheets
        self._texts: Mapping[int, str] | None = texts
        self._engine = _engine(date1904)
        for title in (*sheets, BLANK_SHEET):
            self._engine.add_sheet(title)
        for name in functions:
            spec = REGISTRY[name]
            self._engine.register_function(name, _callback(spec), min_args=0, max_args=len(spec.parameters))
        self._runs = _runs(texts)
        self._corners: dict[int, int] = {}
        for sheet, (lowest, corner) in _corners(texts).items():
            self._reach(sheet, corner)
            self._set_formulas([lowest], texts)
        self._reads = [_reader(self._engine, sheets[area.sheet], area) for area in _blocks(self._runs)]
        self._reads += [_reader(self._engine, sheets[area.sheet], area) for area in wanted]

    def hold(self, sheet: int, cells: Mapping[int, Value]) -> None:
        """Set constants of a sheet by key; after the first results, only those that are others now."""
        title = self._sheets[sheet]
        if self._texts is not None:
            given = {key: value for key, value in cells.items() if value is not None}
            for _, corner in _corners(given).values():
                self._reach(sheet, corner)
            _load_values(self._engine, title, given)
            return
        for key, value in cells.items():
            if value is None:
                self._engine.set_value(title, key >> COLUMN_BITS, key & COLUMN_MASK, None)
        # At each call the engine goes through all that depends on the cells: neighbours go at once.
        _load_values(self._engine, title, {key: value for key, value in cells.items() if value is not None})

    def results(self, as_of: dt.datetime | None) -> dict[int, Value]:
        """Evaluate, and read the value of every formula and of every cell of an array."""
        if self._texts is not None:
            for run in self._runs:
                self._set_formulas(run, self._texts)
            self._texts = None
        clock = dt.datetime.now(dt.UTC) if as_of is None else as_of.replace(tzinfo=dt.UTC)
        self._engine.set_deterministic_clock(clock)
        try:
            self._engine.evaluate_all()
        except formualizer.ExcelEvaluationError as error:
            raise Unknowable(f"the engine can't evaluate the book: {error}") from None
        results: dict[int, Value] = {}
        for read in self._reads:
            results.update(read())
        return results

    def _reach(self, sheet: int, corner: int) -> None:
        """Refuse what the engine has no room for: it keeps a byte for each cell down to the lowest one."""
        before = self._corners.get(sheet, 0)
        row, column = max(row_of(corner), row_of(before)), max(column_of(corner), column_of(before))
        self._corners[sheet] = place(0, row, column)
        if row * column > ROOM:
            raise Unknowable(
                f"the cells of the sheet {self._sheets[sheet]} lie too far apart for the engine: "
                f"down to {address(row, column)} they would take {row * column >> 30} GB"
            )

    def _set_formulas(self, run: Sequence[int], texts: Mapping[int, str]) -> None:
        """Set the formulas of some neighbours in a column."""
        formulas = [["=" + shallow(rounded_texts(texts[where]))] for where in run]
        self._engine.set_formulas_batch(
            self._sheets[sheet_of(run[0])], row_of(run[0]), column_of(run[0]), formulas
        )


def _corners(places: Iterable[int]) -> dict[int, tuple[int, int]]:
    """The lowest place of each sheet, and the corner where its lowest row and last column meet.

    The lowest formula and the lowest constants are set before all others: the engine takes 0.3 MB for
    each column that a sheet has when it grows downwards, and next to nothing for a new column of a
    sheet that is tall already.
    """
    found: dict[int, tuple[int, int]] = {}
    for where in places:
        sheet = sheet_of(where)
        lowest, corner = found.get(sheet, (where, 0))
        column = max(column_of(corner), column_of(where))
        lowest = max(lowest, where)
        found[sheet] = lowest, place(0, row_of(lowest), column)
    return found


def known(functions: Iterable[str]) -> frozenset[str]:
    """Those of the functions that the engine itself has."""
    return frozenset(filter(knows, functions))


@remembered(1_024)
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
            if type(cell) is dict or (type(cell) is list and dict in map(type, chain.from_iterable(cell))):
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
    """Set a sheet's constants in blocks: a call per cell would cost ten times as much.

    Blocks hold no blanks: a formula that is set where a blank was may be lost by the engine. The
    lowest block comes first: see `_corners`.
    """
    for width, keys in sorted(_rectangles(sorted(cells)), key=lambda block: block[1][-1], reverse=True):
        given = [_given(cells[key]) for key in keys]
        rows = [given[start : start + width] for start in range(0, len(given), width)]
        engine.set_values_batch(sheet, keys[0] >> COLUMN_BITS, keys[0] & COLUMN_MASK, rows)


def _rectangles(keys: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """Blocks without holes: the width of each, and its keys row by row."""
    blocks: dict[tuple[int, int], list[int]] = {}  # by column and width, those that may still grow
    first = 0  # of a run of neighbours in a row
    for at in range(1, len(keys) + 1):
        if at < len(keys) and keys[at] == keys[at - 1] + 1:
            continue
        run = keys[first:at]
        place = run[0] & COLUMN_MASK, len(run)
        block = blocks.get(place)
        if block is not None and block[-1] + COLUMN_MASK + 1 == run[-1]:
            block += run
        else:
            if block is not None:
                yield len(run), block
            blocks[place] = list(run)
        first = at
    for (_, width), block in blocks.items():
        yield width, block


def _runs(places: Iterable[int]) -> list[list[int]]:
    """The places of formulas in runs down a column."""
    columns: dict[int, list[int]] = defaultdict(list)
    for where in sorted(places):
        columns[where & ~ROW_MASK].append(where)
    runs = []
    for column in columns.values():
        first = 0
        for at in range(1, len(column) + 1):
            if at == len(column) or column[at] != column[at - 1] + COLUMN_MASK + 1:
                runs.append(column[first:at])
                first = at
    return runs


def _blocks(runs: Iterable[Sequence[int]]) -> list[Area]:
    """Rectangles that cover the runs: each joined to its neighbour of equal height."""
    blocks: dict[tuple[int, int, int, int], Area] = {}
    for run in runs:
        sheet, row, column = sheet_of(run[0]), row_of(run[0]), column_of(run[0])
        bottom = row + len(run) - 1
        left = blocks.pop((sheet, row, bottom, column - 1), None)
        area = Area(sheet, row, column, bottom, column) if left is None else left._replace(right=column)
        blocks[sheet, row, bottom, column] = area
    return list(blocks.values())


def _given(value: Value) -> Any:
    if type(value) is float:
        return value + 0.0  # -0.0 is 0 to Excel, and to whoever compares it with what the engine holds
    if isinstance(value, CellError):
        return formualizer.LiteralValue.error(KINDS.get(value, "Value"), None)
    return value


def _reader(
    engine: formualizer.Workbook, sheet: str, area: Area
) -> Callable[[], Iterator[tuple[int, Value]]]:
    """What reads an area again and again."""
    values = engine.sheet(sheet).get_values
    address = formualizer.RangeAddress(sheet, area.top, area.left, area.bottom, area.right)
    places = tuple(area.places())

    def read() -> Iterator[tuple[int, Value]]:
        answers = list(chain.from_iterable(values(address)))
        if countOf(map(type, answers), float) == len(answers) and isfinite(sum(answers)):
            return zip(places, [answer + 0.0 for answer in answers], strict=True)  # -0.0 reads as 0
        return zip(places, [a if type(a) is str else _answered(a) for a in answers], strict=True)

    return read


def _answered(answer: Any) -> Value:
    if type(answer) is float:
        return answer + 0.0 if isfinite(answer) else NO_ANSWER
    if isinstance(answer, dict):
        return CellError(TEXTS.get(answer.get("kind", ""), NO_ANSWER))
    if answer is None or isinstance(answer, (bool, str)):
        return answer
    return float(answer)
