"""The back-test of a calculated plan in the shell: its figures, and how value and falls went, as lines."""

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from os import PathLike
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from addin.commands.printable import printable
from addin.commands.show import PlanView, cell_text, json_value, page
from workbook.cells import Value
from workbook.errors import BookError
from workbook.layout.backtest_result import BACKTEST_RESULT
from workbook.layout.backtest_walk import WALK
from workbook.plan.saved import SavedPlan, opened

Path = str | PathLike[str]
Row = Mapping[str, Value]

HEIGHT: Final = 12  # lines of a chart
STEPS: Final = WALK.columns[: WALK.shown]
SENTENCES: Final = ("say_backtest", "say_backtest_funding", "say_backtest_capital")


class Backtest:
    """What a calculated plan says of its own history; one that can't say it is refused with the reason."""

    def __init__(self, path: Path, saved: SavedPlan) -> None:
        self.path = path
        self.saved = saved
        PlanView(path, saved)  # refuses what is no plan, or was never calculated
        if saved.table(WALK.name) is None:
            raise BookError(
                f"{path}: has no sheet Backtest; `microhedge migrate {path}` brings it up to date"
            )
        if saved.value("back_ready") is not True:
            reason = str(saved.value("say_backtest") or "").removeprefix("? ")
            raise BookError(f"{path}: there is no back-test: {reason or 'it has never been calculated'}")
        self.rows: Sequence[Row] = [
            row for row in saved.rows(WALK.name) if isinstance(row.get("hedged"), float)
        ]

    def as_json(self) -> str:
        """Figures by name, and the steps, for programs."""
        value = self.saved.value
        figures = {
            field.name: json_value(field, value(field.name))
            for field in BACKTEST_RESULT.fields
            if field.name not in SENTENCES
        }
        steps = [
            {column.name: json_value(column, row.get(column.name)) for column in STEPS} for row in self.rows
        ]
        said = [value(name) for name in SENTENCES]
        told: dict[str, Any] = {"path": str(self.path), "words": said, "results": figures, "steps": steps}
        return json.dumps(told, indent=2, ensure_ascii=False)

    def draw(self, console: Console) -> None:
        """Words, figures and two charts, for people."""
        for word in (str(self.path), "", *(str(self.saved.value(name)) for name in SENTENCES), ""):
            console.print(Text(printable(word)))
        console.print(self._figures())
        signs = ("#", ".") if console.options.ascii_only else ("█", "·")
        for title, plain_name, hedged_name in (
            ("Value", "unhedged", "hedged"),
            ("Below the peak", "fall", "hedged_fall"),
        ):
            console.print()
            console.print(Text(f"{title}: {signs[0]} hedged, {signs[1]} unhedged", style="bold"))
            series = [[_number(row[name]) for row in self.rows] for name in (hedged_name, plain_name)]
            ends = [
                cell_text(WALK[hedged_name], bound)
                for bound in (max(map(max, series)), min(map(min, series)))
            ]
            for line in _lines(series, signs, ends):
                console.print(Text(line))

    def _figures(self) -> Table:
        table = Table(box=None, pad_edge=False, show_header=False)
        table.add_column(overflow="fold")
        table.add_column(justify="right", no_wrap=True)
        table.add_column()
        for field in BACKTEST_RESULT.fields:
            value = self.saved.value(field.name)
            if field.name not in SENTENCES and value not in (None, ""):
                table.add_row(field.label, Text(printable(cell_text(field, value))), field.unit)
        return table


def draw(path: Path) -> None:
    """Print a back-test on standard output."""
    with opened(path) as saved:
        Backtest(path, saved).draw(page())


def as_json(path: Path) -> str:
    """A back-test for programs."""
    with opened(path) as saved:
        return Backtest(path, saved).as_json()


def _lines(series: Sequence[Sequence[float]], signs: Sequence[str], ends: Sequence[str]) -> Sequence[str]:
    """Two lines on a grid of letters, the first in front; its highest and lowest value at the left."""
    high, low = max(map(max, series)), min(map(min, series))
    scale = (HEIGHT - 1) / (high - low) if high > low else 0.0
    grid = [[" "] * len(series[0]) for _ in range(HEIGHT)]
    for values, sign in reversed(list(zip(series, signs, strict=True))):
        levels = [round((high - value) * scale) for value in values]
        for at, (before, level) in enumerate(pairwise([levels[0], *levels])):
            beside = before + (level > before) - (level < before)  # a steep line has no holes
            for row in range(min(beside, level), max(beside, level) + 1):
                grid[row][at] = sign
    margin = max(map(len, ends))
    labels = [ends[0].rjust(margin), *([" " * margin] * (HEIGHT - 2)), ends[1].rjust(margin)]
    return [f"{label} {''.join(row).rstrip()}" for label, row in zip(labels, grid, strict=True)]


def _number(value: Value) -> float:
    return value if isinstance(value, float) else 0.0
