"""A calculated plan in the shell: its words, its figures with small bars, and its scenarios."""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from typing import Any, Final

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from addin.commands.printable import printable
from udfs.dates import moment
from workbook.cells import CellError, Value
from workbook.errors import BookError
from workbook.layout.formats import HEADS, QUOTE
from workbook.layout.schema import Port
from workbook.plan.saved import SavedPlan, opened

WORDS: Final = ("say_", "warnings_")  # results that the page says elsewhere
WIDTH: Final = 100  # of a page in a pipe
BAR: Final = 24
COMPARED: Final = (
    ("plan_hedged_value", "plan_wanted_notional", "plan_feasible_notional"),
    ("plan_capital", "plan_margin"),
    ("plan_reference_move", "plan_liquidation_move"),
)
"""What is drawn to one scale: the hedge, the money, the room to liquidation."""
DECIMALS: Final = re.compile(r"\.(0*)(#*)")
CONDITION: Final = re.compile(r"\[>=?([\d.]+)\]")


class PlanView:
    """What there is to see of one calculated plan."""

    def __init__(self, path: str | PathLike[str], saved: SavedPlan) -> None:
        self.path = path
        self.saved = saved
        if not self.saved.is_plan:
            raise BookError(f"{path}: is no plan of microhedge; `microhedge new BOOK` makes one")
        if all(self.saved.value(name) is None for name in self.saved.plan.outputs):
            raise BookError(
                f"{path}: has never been calculated; `microhedge recalc {path} --in-place` calculates it"
            )

    def as_json(self) -> str:
        """The results by name, the warnings in force and the scenarios, for programs."""
        plan = self.saved.plan
        shown = {
            "path": str(self.path),
            "template_version": self.saved.version,
            "inputs": {name: json_value(port, self.saved.value(name)) for name, port in plan.inputs.items()},
            "results": {
                name: json_value(port, self.saved.value(name)) for name, port in plan.outputs.items()
            },
            "warnings": list(self._warnings()),
            "findings": list(self._findings()),
            "scenarios": list(self._scenarios()),
        }
        return json.dumps(shown, indent=2)

    def draw(self, console: Console) -> None:
        """The plan for people."""
        blocks = Bars("#", "-") if console.options.ascii_only else Bars("█", "░")
        for part in (self._words(), self._figures(blocks), self._moves(blocks)):
            if part.rows if isinstance(part, Table) else part:
                console.print(part)
                console.print()

    def _words(self) -> RenderableType:
        words = [str(self.path), "", *(str(value) for value in self._heads() if value), ""]
        for name in self.saved.plan.outputs:
            value = self.saved.value(name)
            if name.startswith("say_") and value:
                words.append(str(value))
        words += self._findings()
        if self.saved.value("checks_ok") is not True or self.saved.value("plan_ready") is not True:
            words.append("`microhedge check` says what is wrong, where, and how to mend it")
        return Group(*(Text(printable(word), style=_style(word)) for word in words))

    def _heads(self) -> Iterator[str]:
        """The states of the whole book: checks, warnings, unknown."""
        said = [self.saved.value(name) for name in HEADS]
        yield " · ".join(str(word) for word in said if word)

    def _findings(self) -> Iterator[str]:
        """What is not good, the worst first, each with its state in words."""
        for kind in ("■", "?", "▲"):
            for name in self.saved.plan.fields:
                state = self.saved.value(name) if name.startswith("kind_") else None
                if str(state or "").startswith(kind):
                    yield f"{state}: {self.saved.value(name.replace('kind_', 'say_', 1))}"

    def _warnings(self) -> Iterator[str]:
        for name, port in self.saved.plan.fields.items():
            if name.startswith("warn_") and self.saved.value(name) is True:
                yield str(self.saved.value(f"say_{name}") or port.label)

    def _figures(self, blocks: "Bars") -> Table:
        table = Table(box=None, pad_edge=False, show_header=False)
        # where there is little room, labels and units wrap: figures and bars never do
        table.add_column(overflow="fold")
        table.add_column(justify="right", no_wrap=True)
        table.add_column()
        table.add_column(no_wrap=True)
        scales = self._scales()
        plan, sheet = self.saved.plan, ""
        for name in dict.fromkeys([*_drawn(), *plan.outputs]):
            port, value = plan.fields.get(name), self.saved.value(name)
            if port is None or port.kind == "flag" or name.startswith(WORDS) or value in (None, ""):
                continue
            if sheet and sheet != plan.names[name].sheet:
                table.add_row()
            if sheet != plan.names[name].sheet:
                sheet = plan.names[name].sheet
                table.add_row(Text(sheet, style="bold"))
            bar = blocks.of(value, scales[name]) if name in scales else ""
            table.add_row(port.label, Text(printable(cell_text(port, value))), self._unit(port), bar)
        return table

    def _unit(self, port: Port) -> Text:
        """The unit of a figure, in the currency that the plan counts in."""
        currency = self.saved.value("plan_quote")
        counted = isinstance(currency, str) and currency and not isinstance(currency, CellError)
        return Text(printable(QUOTE.sub(lambda _: str(currency), port.unit)) if counted else port.unit)

    def _scales(self) -> Mapping[str, float]:
        scales: dict[str, float] = {}
        for names in COMPARED:
            sizes = [abs(v) for name in names if isinstance(v := self.saved.value(name), float)]
            scales |= dict.fromkeys(names, max(sizes, default=0.0))
        return scales

    def _moves(self, blocks: "Bars") -> Table:
        table = Table(box=None, pad_edge=False)
        columns = self.saved.plan.tables["Scenarios"]
        for header, justify in (
            ("Move", "right"),
            ("Unhedged", "right"),
            ("Hedged", "right"),
            ("hedged, and unhedged", "left"),
        ):
            table.add_column(header, justify=justify, no_wrap=True)  # type: ignore[arg-type] # as listed above
        rows = list(self._scenarios())
        scale = max((abs(row["unhedged"]) for row in rows), default=0.0)
        for row in rows[:: 1 + len(rows) // 15]:
            cells = [cell_text(columns[name], row[name]) for name in ("move", "unhedged", "hedged")]
            table.add_row(*cells, blocks.two(row["hedged"], row["unhedged"], scale))
        return table

    def _scenarios(self) -> Iterator[Mapping[str, Any]]:
        for row in self.saved.rows("Scenarios"):
            if all(isinstance(row.get(name), float) for name in ("move", "unhedged", "hedged")):
                yield row


class Bars:
    """Bars of blocks, to a scale."""

    def __init__(self, block: str, light: str) -> None:
        self.block = block
        self.light = light

    def of(self, value: Value, scale: float) -> str:
        """A bar as long as the value is large."""
        return self.block * _length(value, scale)

    def two(self, value: Value, whole: Value, scale: float) -> str:
        """A bar for a part, and behind it, lighter, what the whole has more."""
        return self.of(value, scale) + self.light * (_length(whole, scale) - _length(value, scale))


STYLES: Final = {"■": "bold red", "▲": "yellow", "?": "dim"}


def _style(words: str) -> str:
    """The colour of a line by the glyph that it begins with: a state is never told by colour alone."""
    return STYLES.get(words[:1], "")


def _length(value: Value, scale: float) -> int:
    return round(BAR * min(1.0, abs(value) / scale)) if isinstance(value, float) and scale else 0


def page() -> Console:
    """Standard output, as wide as the terminal, or as a page where there is none."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)


def draw(path: str | PathLike[str]) -> None:
    """Print a plan on standard output."""
    with opened(path) as saved:
        PlanView(path, saved).draw(page())


def as_json(path: str | PathLike[str]) -> str:
    """A plan's inputs, results, warnings and scenarios, for programs."""
    with opened(path) as saved:
        return PlanView(path, saved).as_json()


def cell_text(port: Port, value: Value) -> str:
    """A number as its cell shows it; anything else as it is."""
    if isinstance(value, bool) or not isinstance(value, float) or port.format == "General":
        return f"{value:.15g}" if isinstance(value, float) else str(value)
    if port.kind == "date":
        return _date(value)
    found = DECIMALS.search(_section(port.format, value))
    least, most = (len(found[1]), len(found[1]) + len(found[2])) if found else (0, 0)
    text = f"{100 * value if '%' in port.format else value:,.{most}f}"
    for _ in range(most - least):
        text = text.removesuffix("0")
    ending = "%" if "%" in port.format else "x" if '"x"' in port.format else ""
    return text.removesuffix(".") + ending


def _section(form: str, value: float) -> str:
    """The part of a number format that shows a value: the first whose condition holds, if it has one."""
    for part in form.split(";"):
        condition = CONDITION.match(part)
        if condition is None or value >= float(condition[1]):
            return part
    return form


def _drawn() -> Sequence[str]:
    return [name for names in COMPARED for name in names]


def json_value(port: Port, value: Value) -> Value:
    """A value for a program: dates as ISO text, an empty text as nothing."""
    if value == "" or value is None:
        return None
    if isinstance(value, CellError):
        return str(value)
    return _date(value) if port.kind == "date" and isinstance(value, float) else value


def _date(number: float) -> str:
    at = moment(number)
    return at.date().isoformat() if number.is_integer() else at.isoformat(" ", "minutes")
