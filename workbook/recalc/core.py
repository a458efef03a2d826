"""What needs no vote: operations that all engines compute alike for the kinds of values they are given.

Which those are is data, `workbook/data/certified.csv`, made by `make certify`: random operands for each
operation, by every engine. A row says of each argument which kinds of values it may have, and which
kinds come of it. A formula is core if each of its cells holds a kind that its place in the formula allows.
"""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Final, NamedTuple

from udfs import REGISTRY
from workbook.cells import CellError, Value
from workbook.formula.expression import Expression, Joined, Operation, expression
from workbook.formula.implicit_intersection import letters_of
from workbook.formula.plain_writer import BLANK_CELL
from workbook.formula.tree import Node, tree
from workbook.memory import remembered
from workbook.recalc.comparisons import (
    ORDERED,
    Ordinal,
    Pair,
    Term,
    is_known,
    is_place,
    ordinals_of,
    pairs_of,
    side_in,
    side_of,
)
from workbook.recalc.new_values import DIGITS, PATTERN_SIGNS

LETTERS: Final = "bnmohlqtrcpfe"
BLANK, NUMBER, BELOW, ODD, EXTREME, TRUTH, EMPTY, TEXT, READABLE, COMPARING, PATTERN, FOREIGN, ERROR = (
    1 << at for at in range(len(LETTERS))
)
WORD: Final = 1 << len(LETTERS)  # a text outside ASCII that stands in the formula itself
ALL: Final = 2 * WORD - 1
"""Kinds of values: blank; number; one below zero; one of more than 15 digits; one that is huge or tiny;
truth value; empty text; text; text that may be read as a number, date or truth value; one that compares
with a number, as ">0"; text with other signs of a pattern or criterion; text outside ASCII; error."""

CRITERION: Final = re.compile(r"[<>]=?-?[0-9]+(?:\.[0-9]+)?(?:E\+[0-9]+)?")
HUGE: Final = 1e15
TINY: Final = 1e-4  # below it, a number in a text has an exponent
PAIRED: Final = frozenset(("COUNTIFS", "SUMIFS"))  # take ranges and criteria in turn, to the last
COMPARISONS: Final = frozenset(('"<"', '">"', '"<="', '">="'))
GATHERED: Final = frozenset(("MAX", "N"))  # give one of the numbers that stand in cells, or 0
PASSING: Final = frozenset(("IF", "IFERROR", "IFNA", "INDEX"))  # give what they are given
SIGNS: Final = COMPARING | PATTERN
PLAIN_NUMBERS: Final = NUMBER | BELOW | ODD | EXTREME
NUMBERS: Final = NUMBER | BELOW | ODD | EXTREME | ERROR
OURS: Final = ALL & ~(BLANK | COMPARING | PATTERN | FOREIGN)  # what functions of ours give


class Certified(NamedTuple):
    """The kinds that each argument may have, the last for all that follow, and those that come of it."""

    form: str
    takes: tuple[int, ...]
    gives: int


class Unsure(Exception):
    """A formula that is not core, whatever its cells hold."""


class Shape(NamedTuple):
    """What a formula asks for whatever its rows: kinds for each area that it names, and its comparisons."""

    masks: tuple[int, ...] | None  # None: it is not core, whatever its cells hold
    pairs: tuple[Pair | Ordinal, ...]


def kinds(letters: str) -> int:
    """Kinds by their letters."""
    return sum(1 << LETTERS.index(letter) for letter in letters)


@remembered(1)
def certified() -> Mapping[str, Certified]:
    """The certified operations by name."""
    text = files("workbook").joinpath("data", "certified.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {
        row["operation"]: Certified(row["form"], tuple(map(kinds, row["takes"].split())), kinds(row["gives"]))
        for row in rows
    }


def kind_of(value: Value) -> int:
    """The kind of a value."""
    if type(value) is float:
        return _kind_of_number(value)
    if value is None:
        return BLANK
    if isinstance(value, bool):
        return TRUTH
    return _kind_of_text(value, isinstance(value, CellError)) if isinstance(value, str) else EXTREME


def _kind_of_number(value: float) -> int:
    size = abs(value)
    if size >= HUGE or 0 < size < TINY:
        return EXTREME
    if not value.is_integer() and len(repr(size).replace(".", "").lstrip("0")) > DIGITS:
        return ODD
    return BELOW if value < 0 else NUMBER


@remembered(16_384)
def _kind_of_text(value: str, is_error: bool) -> int:
    if is_error:
        return ERROR
    if not value:
        return EMPTY
    if not value.isascii():
        return FOREIGN
    if not PATTERN_SIGNS.isdisjoint(value):
        return COMPARING if CRITERION.fullmatch(value) else PATTERN
    return READABLE if any(map(str.isdigit, value)) or value.strip().upper() in ("TRUE", "FALSE") else TEXT


@remembered(16_384)
def asked(alike: str, *, is_array: bool) -> Shape:
    """What formulas of a shape ask for."""
    nodes = tree(alike)
    found = expression(nodes)
    side = side_in(alike)
    pairs = tuple(pairs_of(side))
    walk = _Walk()
    try:
        if is_array:
            walk.whole_call(nodes)
        else:
            walk.need(found, ALL)
    except Unsure:
        return Shape(None, ())
    is_sure = all(pair.is_known for pair in pairs)
    return Shape(tuple(walk.masks) if is_sure else None, (*pairs, *ordinals_of(side)))


def _is_wide(found: Expression) -> bool:
    """Whether an argument may be several cells."""
    if isinstance(found, Node):
        return found.name == "INDEX" or (found.kind == "area" and ":" in found.text.rpartition("!")[2])
    return isinstance(found, Joined)


def _joinable(takes: int, allowed: int) -> int:
    """What may be joined to a text of allowed kinds: no sign and no foreign letter comes of nothing."""
    takes |= WORD
    if SIGNS & ~allowed:
        takes &= ~SIGNS
    return takes if allowed & FOREIGN else takes & ~(FOREIGN | WORD)


def _taken(known: Certified, at: int) -> int:
    """The kinds that an argument may have: ranges and criteria in turn, or as the last one."""
    last = len(known.takes) - 1
    if at > last and known.form.partition("(")[0] in PAIRED:
        return known.takes[last - (at - last) % 2]
    return known.takes[min(at, last)]


def _compared(found: Operation) -> Node | None:
    """The number of a criterion such as `">"&N(A1)`, if an operation is one."""
    if found.sign != "&" or len(found.operands) != 2:
        return None
    sign, number = found.operands
    is_sign = isinstance(sign, Node) and sign.text in COMPARISONS
    return number if is_sign and isinstance(number, Node) and number.kind in ("area", "call") else None


def _is_range(found: Expression) -> bool:
    """Whether an argument is a range, or a whole column of one: their sizes are looked at elsewhere."""
    if not isinstance(found, Node) or found.kind == "area":
        return isinstance(found, Node)
    row = expression(found.arguments[1]) if found.name == "INDEX" and len(found.arguments) == 3 else None
    return isinstance(row, Node) and row.text == "0"


def _looks_for_the_same(arguments: Sequence[Expression]) -> bool:
    """Whether MATCH is given a 0 as its last argument: of ordered searches engines think differently."""
    last = arguments[2] if len(arguments) == 3 else None
    return isinstance(last, Node) and last.text == "0"


def _joint(gives: int, found: Operation) -> int:
    """What comes of texts that are joined: nothing empty, if one stands in the formula itself."""
    return gives & ~(SIGNS | FOREIGN | (EMPTY if _is_filled(found) else 0))


def _is_filled(found: Expression) -> bool:
    if isinstance(found, Operation):
        return found.sign == "&" and any(map(_is_filled, found.operands))
    return isinstance(found, Node) and found.kind == "text" and found.text != '""'


def _has_letters(text: str) -> bool:
    """Whether a text has a letter outside ASCII, which may be written in several ways."""
    return any(sign.isalpha() for sign in text if not sign.isascii())


def _worked_out(argument: Expression) -> int:
    """What is allowed besides to an argument that is no cell but worked out here: its number is looked at."""
    if not isinstance(argument, (Operation, Node)):
        return 0
    side = side_of(argument)
    return NUMBERS if is_place(side) or (isinstance(side, Term) and is_known(side)) else 0


def _gives(kinds_given: int, allowed: int) -> None:
    if kinds_given & ~allowed:
        raise Unsure


class _Walk:
    """One walk through a formula, from left to right: what each area that it names may hold."""

    def __init__(self) -> None:
        self.masks: list[int] = []

    def need(self, found: Expression, allowed: int, *, many: bool = False) -> None:
        """Ask that an expression give no other kinds than those; `many` allows it several cells."""
        if isinstance(found, Operation):
            self._operation(found, allowed)
        elif isinstance(found, Node) and found.kind == "call":
            self._call(found, allowed, many=many)
        elif isinstance(found, Node):
            self._leaf(found, allowed, many=many)
        elif isinstance(found, Joined) and many:
            self._joined(found, allowed)
        else:
            raise Unsure

    def whole_call(self, nodes: Sequence[Node]) -> None:
        """Ask that an array formula be a call of ours, of plain references and numbers."""
        found = expression(nodes)
        if not (isinstance(found, Node) and found.name in REGISTRY):
            raise Unsure
        for argument in map(expression, found.arguments):
            if not isinstance(argument, Node) or argument.kind == "call":
                raise Unsure
            self._leaf(argument, ALL, many=True)

    def _leaf(self, node: Node, allowed: int, *, many: bool) -> None:
        match node.kind:
            case "area" if node.text == BLANK_CELL:
                _gives(BLANK, allowed)
            case "area" if many or ":" not in node.text.rpartition("!")[2]:
                self.masks.append(allowed)
            case "number":
                _gives(kind_of(float(node.text)), allowed)
            case "text":
                kind = kind_of(node.text[1:-1].replace('""', '"'))
                _gives(WORD if kind == FOREIGN and _has_letters(node.text) else kind, allowed)
            case "error":
                _gives(ERROR, allowed)
            case "name" if node.text.upper() in ("TRUE", "FALSE"):
                _gives(TRUTH, allowed)
            case _:
                raise Unsure

    def _operation(self, found: Operation, allowed: int) -> None:
        number = _compared(found)
        if number is not None and allowed & SIGNS == COMPARING:
            self._criterion(number)
            return
        name = f"{found.sign}1" if len(found.operands) == 1 else found.sign
        known = certified().get(name)
        if known is None:
            raise Unsure
        joins = found.sign == "&"
        _gives(_joint(known.gives, found) if joins else known.gives, allowed)
        for at, operand in enumerate(found.operands):
            takes = known.takes[min(at, len(known.takes) - 1)]
            self.need(operand, _joinable(takes, allowed) if joins else takes)

    def _criterion(self, number: Node) -> None:
        """A number that is joined to a sign of comparison, such that all engines write it alike."""
        exact = certified()[">&"].takes[1]
        if number.name not in GATHERED:
            self.need(number, exact)
            return
        for argument in map(expression, number.arguments):
            if not isinstance(argument, Node) or (argument.kind == "call" and argument.name != "INDEX"):
                raise Unsure
            self.need(argument, exact | ALL & ~(PLAIN_NUMBERS | ERROR | WORD))

    def _joined(self, found: Joined, allowed: int) -> None:
        """A range from one corner to another: areas, and INDEX of areas."""
        for node in found.nodes:
            if node.kind == "area" or node.name == "INDEX":
                self.need(node, allowed, many=True)
            elif node.text.strip() not in (":", ""):
                raise Unsure

    def _call(self, node: Node, allowed: int, *, many: bool) -> None:
        arguments = [expression(argument) for argument in node.arguments]
        if node.name in REGISTRY:
            self._ours(node, arguments, allowed, many=many)
            return
        known = certified().get(node.name)
        if known is None or (node.name == "MATCH" and not _looks_for_the_same(arguments)):
            raise Unsure
        if node.name not in PASSING and node.name != "T":
            _gives(known.gives, allowed)
        wanted = letters_of(node.name)
        if node.arguments == ((),):
            return  # nothing between the brackets
        for at, (argument, letter) in enumerate(zip(arguments, wanted, strict=False)):
            takes = self._passed(node.name, at, _taken(known, at), allowed)
            if node.name in PAIRED and letter == "r" and not _is_range(argument):
                raise Unsure
            if at and node.name in ORDERED:
                takes |= _worked_out(argument)
            self.need(argument, takes, many=letter in "ra" or (letter == "p" and many))

    @staticmethod
    def _passed(name: str, at: int, takes: int, allowed: int) -> int:
        """What an argument may be whose value the call gives again."""
        if name == "T":
            return allowed if allowed & EMPTY else allowed & ~(BLANK | PLAIN_NUMBERS | TRUTH)
        is_condition = name == "IF" and at == 0
        if name not in PASSING or (name == "INDEX" and at > 0):
            return takes
        if is_condition:
            return takes if allowed & ERROR else takes & ~ERROR
        return allowed | ERROR if name in ("IFERROR", "IFNA") and at == 0 else allowed

    def _ours(self, node: Node, arguments: Iterable[Expression], allowed: int, *, many: bool) -> None:
        spec = REGISTRY[node.name]
        _gives(NUMBERS if spec.function.__annotations__.get("return") in (float, "float") else OURS, allowed)
        for argument in arguments:
            if argument is not None:
                self.need(argument, ALL, many=True)
        if not many and (spec.is_array or (spec.is_elementwise and any(map(_is_wide, arguments)))):
            raise Unsure
