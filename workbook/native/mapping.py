"""One formula of the book in built-in functions: in its place where it is short, else in steps."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from udfs.native import CELLS, LOG_RETURNS, RETURNS
from udfs.registry import REGISTRY, Spec
from workbook.formula.tree import Node, tree, written
from workbook.layout.book import Book
from workbook.layout.schema import Port
from workbook.native.formulas import Nodes, bracketed, filled, given, literal, mapped, native_expression
from workbook.native.helpers import Helpers

LONGEST: Final = 255  # letters of a formula: what Excel's own dialogs take
SHORT: Final = 110  # letters of a function that is written in its place
LEAST: Final = 36  # letters of a part that is worth a cell
ROOMS: Final = (LONGEST - SHORT, LONGEST - LEAST)  # of a part: with room for its conditions, else with less
STEPS_TABLE: Final = "Steps"
SERIES: Final = {RETURNS: "Returns", LOG_RETURNS: "LogReturns"}
CONSTANTS: Final = {
    "2": "two",
    "9": "money_places",
    "12": "lot_places",
    "24": "hours_a_day",
    "365": "days_a_year",
    "10000": "points_a_unit",
    "3600000": "milliseconds_an_hour",
    "0.5": "one_half",
    "1E-7": "lot_noise",
}
REFERENCE: Final = re.compile(r"(\w+)\[(?:[^\[\]]|\[[^\]]*\])*\]")
Path = tuple[tuple[str, bool], ...]  # conditions on the way to a place in a formula, and what they must be


@dataclass(frozen=True)
class Home:
    """Where a formula stands, and where its steps go."""

    name: str  # what its steps are called after
    sheet: str
    helpers: Helpers
    inputs: Mapping[str, Port] = field(default_factory=dict)  # the table's own, by what a formula writes


class NativeFormulas:
    """Writes the formulas of a book one after the other; what they need beside them is collected."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.series: dict[tuple[str, str], None] = {}  # tables of prices, and which returns are wanted
        self.constants: dict[str, float] = {}
        self.left: list[str] = []  # calls without a native form

    @cached_property
    def _homes(self) -> Mapping[str, str]:
        return {table.name: sheet.name for sheet in self.book.sheets for table in sheet.tables}

    def written(self, text: str, home: Home) -> str:
        """The formula without calls of ours, none of its parts longer than programs take."""
        return self._fitted(written(self._mapped(tree(text), (), home)), (), home)

    def _mapped(self, nodes: Nodes, path: Path, home: Home) -> Nodes:
        found: list[Node] = []
        for node in nodes:
            if node.kind == "call" and node.name in REGISTRY:
                found += bracketed(tree(self._call(node, path, home)), alone=len(nodes) == 1)
            elif node.name == "IF" and len(node.arguments) == 3:
                found.append(node._replace(arguments=self._branches(node.arguments, path, home)))
            else:
                inner = mapped(node, lambda inner: self._mapped(inner, path, home))
                found += _column(self._number(inner))
        return tuple(found)

    def _number(self, node: Node) -> Node:
        """N of a cell as its sum: Gnumeric gives an error for N of a blank cell."""
        if node.name != "N" or len(node.arguments) != 1 or len(node.arguments[0]) != 1:
            return node
        (cell,) = node.arguments[0]
        named = self.book.fields.get(cell.text)
        is_cell = cell.kind in ("table", "area") or cell.name == "INDEX"
        is_cell = is_cell or (named is not None and named.kind != "flag")
        return node._replace(text="SUM(", name="SUM") if is_cell else node

    def _branches(self, arguments: Sequence[Nodes], path: Path, home: Home) -> tuple[Nodes, ...]:
        condition = self._mapped(arguments[0], path, home)
        said = written(condition)
        branches = (
            self._mapped(branch, (*path, (said, taken)), home)
            for branch, taken in zip(arguments[1:], (True, False), strict=True)
        )
        return condition, *branches

    def _call(self, node: Node, path: Path, home: Home) -> str:
        """A call of ours in built-in functions; one without a native form is left and named."""
        spec = REGISTRY[node.name]
        if not spec.native.result:
            self.left.append(f"{home.name}: {spec.name}")
            return written([mapped(node, lambda inner: self._mapped(inner, path, home))])
        arguments = [
            written(self._mapped(self._histories(argument, spec, place), path, home)).strip()
            for place, argument in enumerate(node.arguments)
        ]
        text = self._constants(native_expression(spec, arguments))
        if spec.native.steps and (not spec.is_elementwise or len(self._plain(text, home)) > SHORT):
            text = self._stepwise(spec, arguments, path, home)
        bounds = _bounds(spec, arguments, home.inputs)
        if not bounds:
            return text
        condition = bounds[0] if len(bounds) == 1 else f"AND({','.join(bounds)})"
        return f"IF({condition},{text},#NUM!)"

    def _stepwise(self, spec: Spec, arguments: Sequence[str], path: Path, home: Home) -> str:
        known = given(spec, arguments)
        for step in spec.native.steps:
            text = self._constants(filled(step.formula, known))
            known[step.name] = text
            if any(node.kind in ("call", "operator", "group") for node in tree(text)):
                known[step.name] = self._step(step.name, text, path, home)
        return self._constants(filled(spec.native.result, known))

    def _step(self, name: str, text: str, path: Path, home: Home) -> str:
        """A helper cell that is blank wherever the formula does not come to its step.

        A step over whole columns is always there: their blanks count as nothing.
        """
        parts = [node for call in tree(text) for part in call.arguments for node in part]
        if parts and all(node.kind == "table" for node in parts):
            return home.helpers.step(f"{home.name}_{name}", text)
        if sum(len(self._plain(condition, home)) for condition, _ in path) > LEAST:
            reached = home.helpers.step(f"{home.name}_reached", _guarded("TRUE", path))
            path = ((f"{reached}=TRUE", True),)
        return home.helpers.step(f"{home.name}_{name}", self._fitted(text, path, home))

    def _fitted(self, text: str, path: Path, home: Home) -> str:
        """The formula under its conditions, parts of it in helper cells until none is too long."""
        while len(self._plain(_guarded(text, path), home)) > LONGEST:
            found = {written([node]): path for node, path in _parts(tree(text))}
            sizes = {part: len(self._plain(part, home)) for part in found}
            most = next((m for m in ROOMS if any(LEAST < size <= m for size in sizes.values())), 0)
            parts = {part: path for part, path in found.items() if LEAST < sizes[part] <= most}
            if not parts:
                self.left.append(f"{home.name}: too long")
                break
            longest = max(parts, key=lambda part: sizes[part] * text.count(part))
            text = text.replace(longest, self._step("part", longest, (*path, *parts[longest]), home))
        return _guarded(text, path)

    def _plain(self, text: str, home: Home) -> str:
        """The formula about as long as it is with addresses: where the steps stand is not known yet."""

        def address(reference: re.Match[str]) -> str:
            sheet = self._homes.get(reference[1], STEPS_TABLE)
            prefix = "" if sheet == home.sheet else f"{sheet}!"
            return prefix + ("$AA10" if "#This Row" in reference[0] else "$AA$10:$AA$100")

        return REFERENCE.sub(address, text)

    def _constants(self, text: str) -> str:
        """The text with a name for every number but 0 and 1."""

        def named(nodes: Nodes) -> Nodes:
            return tuple(
                Node("name", self._constant(node.text))
                if node.kind == "number" and node.text not in ("0", "1")
                else mapped(node, named)
                for node in nodes
            )

        return written(named(tree(text)))

    def _constant(self, number: str) -> str:
        name = CONSTANTS.get(number) or "number_" + re.sub(r"\W", "_", number.lower())
        self.constants[name] = float(number)
        return name

    def _histories(self, nodes: Nodes, spec: Spec, place: int) -> Nodes:
        """An argument of prices as the same part of their returns."""
        over = spec.native.over
        if over == CELLS or not spec.parameters[place].is_range:
            return nodes
        texts = [node.text for node in nodes]
        if ":" in texts:  # returns begin a day after their prices
            first, *rest = nodes
            table, row, column = first.arguments
            later = (*row, Node("operator", "+"), Node("number", "1"))
            nodes = (first._replace(arguments=(table, later, column)), *rest)
        return self._series(nodes, over)

    def _series(self, nodes: Nodes, over: str) -> Nodes:
        found = []
        for node in nodes:
            name, bracket, words = node.text.partition("[")
            if node.kind == "table":
                self.series[name, over] = None
                found.append(node._replace(text=f"{name}{SERIES[over]}{bracket}{words}"))
            elif node.kind == "name" and node.text in self.book.areas:
                self.series[self.book.areas[node.text][0], over] = None
                found.append(node._replace(text=series_name(node.text, over)))
            elif node.name == "INDEX":
                table, *rest = node.arguments
                found.append(node._replace(arguments=(self._series(table, over), *rest)))
            else:
                found.append(node)
        return tuple(found)


def _guarded(text: str, path: Path) -> str:
    """The text where a formula comes to it, a blank elsewhere."""
    for condition, taken in reversed(path):
        text = f'IF({condition},{text},"")' if taken else f'IF({condition},"",{text})'
    return text


def _column(node: Node) -> Nodes:
    """A whole column of an area by its corners: Gnumeric does not know row 0 of INDEX."""
    if node.name != "INDEX" or len(node.arguments) != 3:
        return (node,)
    area, row, column = map(written, node.arguments)
    if row.strip() != "0":
        return (node,)
    return tree(f"INDEX({area},1,{column}):INDEX({area},ROWS({area}),{column})")


def _parts(nodes: Nodes, path: Path = ()) -> Iterator[tuple[Node, Path]]:
    """Every call below the outermost that may stand in a cell of its own, and the way to it."""
    for node in nodes:
        for place, argument in enumerate(node.arguments):
            way = path
            if node.name == "IF" and place and len(node.arguments) == 3:
                way = (*path, (written(node.arguments[0]), place == 1))
            for inner in argument:
                if inner.kind in ("call", "group") and inner.name not in ("INDEX", "ROW", "ROWS"):
                    yield inner, way
            yield from _parts(argument, way)


def _bounds(spec: Spec, arguments: Sequence[str], inputs: Mapping[str, Port]) -> list[str]:
    """What must hold of the cells of a table that people fill in, as the function itself demands it."""
    found = []
    for parameter, cell in zip(spec.parameters, arguments, strict=False):
        if cell not in inputs:
            continue
        arg = parameter.arg
        if arg.choices:
            found.append(f"OR({','.join(f'{cell}={literal(word)}' for word in arg.choices)})")
        signs = ((">", arg.above), (">=", arg.at_least), ("<", arg.below), ("<=", arg.at_most))
        found += [f"{cell}{sign}{literal(bound)}" for sign, bound in signs if bound is not None]
    return found


def series_name(area: str, over: str) -> str:
    """The defined name of the returns of an area of prices."""
    return f"{area}_{over.replace(' ', '_')}"
