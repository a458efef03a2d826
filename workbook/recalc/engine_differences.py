"""What formualizer computes otherwise than Excel, and which calls are therefore not trusted.

A formula is proved by the value that Excel cached for it. That says little of a function which is known
to differ for other arguments. So each such function has a rule: which of its calls are doubted
always, which only where no value of Excel's proves them (in a formula with the clock, or in a branch
that may not have been taken), and which never, because they differ only for arguments that Excel
itself refuses, or in the last digit, and the proof finds them. `tests/golden/divergences.csv` lists
the cells of Excel's own books behind all but the `DOCUMENTED`.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from typing import Final, NamedTuple

from workbook.formula.tree import Node, shape, tree, written
from workbook.recalc.value_differences import BRANCHING, is_safe


class Doubt(Enum):
    """When a call is not trusted."""

    NEVER = 0
    UNPROVEN = 1
    ALWAYS = 2


Rule = Callable[[Sequence[str]], Doubt]  # from the texts of a call's arguments


class Divergence(NamedTuple):
    """How a function differs, and which of its calls are doubted."""

    how: str
    rule: Rule


NUMBER_FORMAT: Final = r"[-+($€£ ]*(?:#,##0|#,###|0+|#)?(?:\.[0#]+)?[ %)]*"
DATE_FORMAT: Final = r"(?:\[h\]|yyyy|yy|m{1,4}|d{1,4}|h{1,2}|s{1,2}|AM/PM|[-/:., ])+"
KNOWN_FORMAT: Final = re.compile(f'"(?:{NUMBER_FORMAT}(?:;{NUMBER_FORMAT})?|{DATE_FORMAT}|@)"', re.IGNORECASE)
NUMBER: Final = re.compile(r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+")
SURE: Final = frozenset(("CHOOSE", "IF", "IFS", "SWITCH"))  # of these the first argument is always worked


def _always(_: Sequence[str]) -> Doubt:
    return Doubt.ALWAYS


def _unproven(_: Sequence[str]) -> Doubt:
    return Doubt.UNPROVEN


def _never(_: Sequence[str]) -> Doubt:
    return Doubt.NEVER


def _is_area(text: str) -> bool:
    return [node.kind for node in tree(text)] == ["area"]


def _unless(number: int, *texts: str, otherwise: Doubt = Doubt.NEVER) -> Rule:
    """Doubted always, unless an argument is left out or reads like one of the texts."""

    def rule(arguments: Sequence[str]) -> Doubt:
        text = arguments[number - 1].upper() if len(arguments) >= number else ""
        return otherwise if text in ("", *texts) else Doubt.ALWAYS

    return rule


def _only(number: int, *texts: str) -> Rule:
    """Doubted always, unless an argument is given and reads like one of the texts."""

    def rule(arguments: Sequence[str]) -> Doubt:
        text = arguments[number - 1].upper() if len(arguments) >= number else ""
        return Doubt.NEVER if text in texts else Doubt.ALWAYS

    return rule


def _converted(arguments: Sequence[str]) -> Doubt:
    is_plain = all(argument[:1] == '"' for argument in arguments[1:3])
    return Doubt.UNPROVEN if is_plain else Doubt.ALWAYS


def _formatted(arguments: Sequence[str]) -> Doubt:
    is_known = len(arguments) > 1 and KNOWN_FORMAT.fullmatch(arguments[1])
    return Doubt.NEVER if is_known else Doubt.ALWAYS


def _stepped(name: str) -> Rule:
    """Of a step that stands in the formula; one in a cell is looked at there."""

    def rule(arguments: Sequence[str]) -> Doubt:
        step = arguments[1] if len(arguments) > 1 else "1"
        if len(arguments) > 2:
            return Doubt.ALWAYS
        is_known = NUMBER.fullmatch(step) is not None and is_safe(name, float(step))
        return Doubt.NEVER if is_known or _is_area(step) else Doubt.ALWAYS

    return rule


def _of_two(arguments: Sequence[str]) -> Doubt:
    return Doubt.ALWAYS if len(arguments) > 2 else Doubt.NEVER


def _spoken(arguments: Sequence[str]) -> Doubt:
    return Doubt.ALWAYS if any(text[:1] == '"' for text in arguments) else Doubt.NEVER


def _spilled(arguments: Sequence[str]) -> Doubt:
    return Doubt.NEVER if _is_area(arguments[0]) else Doubt.ALWAYS


def _searched(arguments: Sequence[str]) -> Doubt:
    return Doubt.NEVER if len(arguments) > 1 and _is_area(arguments[1]) else Doubt.ALWAYS


def _dated(arguments: Sequence[str]) -> Doubt:
    return Doubt.ALWAYS if arguments[0] in ("0", "1900") else Doubt.NEVER


def _multiplied(arguments: Sequence[str]) -> Doubt:
    if len(arguments) < 2:
        return Doubt.NEVER
    operators = [{node.text for node in tree(text) if node.kind == "operator"} for text in arguments]
    compared = any(marks and marks <= {"<", ">", "="} for marks in operators)
    return Doubt.ALWAYS if compared else Doubt.NEVER


CRITERIA: Final = "blank criteria and criteria that are texts"
DIGITS: Final = "the last digits"
DOMAIN: Final = "arguments that Excel refuses, or the engine does"
PLACES: Final = "numbers below zero, and the number of places"
STEPS: Final = "steps below zero, or of fractions"
MATCHES: Final = 'criteria of "<>", blanks and errors'

DIVERGENT: Final[Mapping[str, Divergence]] = {
    "ACCRINT": Divergence("other first periods and day counts", _always),
    "ADDRESS": Divergence("the R1C1 style", _unless(4, "1", "TRUE")),
    "ANCHORARRAY": Divergence("the spill of a computed reference", _spilled),
    "AND": Divergence("texts as arguments", _spoken),
    "BIN2HEX": Divergence(PLACES, _unless(2, otherwise=Doubt.UNPROVEN)),
    "BIN2OCT": Divergence(PLACES, _unless(2, otherwise=Doubt.UNPROVEN)),
    "BINOM.DIST": Divergence("large counts", _unproven),
    "BINOM.DIST.RANGE": Divergence("large counts", _unproven),
    "BINOM.INV": Divergence(DOMAIN, _unproven),
    "CEILING": Divergence(STEPS, _stepped("CEILING")),
    "CEILING.MATH": Divergence(STEPS, _stepped("CEILING.MATH")),
    "CELL": Divergence("facts about formats and files", _only(1, '"ROW"', '"COL"', '"CONTENTS"')),
    "CHAR": Divergence("five codes that have no letter", _never),
    "COMBINA": Divergence(DOMAIN, _always),
    "CONFIDENCE.NORM": Divergence("sizes with decimals", _unproven),
    "CONFIDENCE.T": Divergence("sizes with decimals", _unproven),
    "CONVERT": Divergence("units that it lacks or converts by another factor", _converted),
    "COS": Divergence(DIGITS, _never),
    "COTH": Divergence(DOMAIN, _never),
    "COUNT": Divergence("an error as an argument", _never),
    "COUNTIF": Divergence(MATCHES, _never),
    "COUNTIFS": Divergence(MATCHES, _never),
    "CUMIPMT": Divergence("fractions of periods", _always),
    "CUMPRINC": Divergence("fractions of periods", _always),
    "DATE": Divergence("29 February 1900, which Excel has", _dated),
    "DAVERAGE": Divergence(CRITERIA, _always),
    "DAYS360": Divergence("the end of February", _only(3, "1", "TRUE")),
    "DB": Divergence("the first and last partial year", _unless(5)),
    "DCOUNT": Divergence(CRITERIA, _always),
    "DCOUNTA": Divergence(CRITERIA, _always),
    "DDB": Divergence("other factors than 2", _unless(5, "2")),
    "DEC2BIN": Divergence(PLACES, _unless(2, otherwise=Doubt.UNPROVEN)),
    "DEC2HEX": Divergence(PLACES, _unless(2, otherwise=Doubt.UNPROVEN)),
    "DEC2OCT": Divergence(PLACES, _unless(2, otherwise=Doubt.UNPROVEN)),
    "DGET": Divergence("several matches", _always),
    "DMAX": Divergence(CRITERIA, _always),
    "DMIN": Divergence(CRITERIA, _always),
    "DPRODUCT": Divergence(CRITERIA, _always),
    "DROP": Divergence("too many rows, or none", _unproven),
    "DSTDEV": Divergence(CRITERIA, _always),
    "DSTDEVP": Divergence(CRITERIA, _always),
    "DSUM": Divergence(CRITERIA, _always),
    "DVAR": Divergence(CRITERIA, _always),
    "DVARP": Divergence(CRITERIA, _always),
    "EXACT": Divergence("numbers as texts", _unproven),
    "F.DIST": Divergence("degrees of freedom with decimals", _unproven),
    "F.DIST.RT": Divergence("degrees of freedom with decimals", _unproven),
    "F.INV": Divergence("degrees of freedom with decimals", _unproven),
    "F.INV.RT": Divergence("degrees of freedom with decimals", _unproven),
    "FISHERINV": Divergence(DOMAIN, _never),
    "FLOOR": Divergence(STEPS, _stepped("FLOOR")),
    "FLOOR.MATH": Divergence(STEPS, _stepped("FLOOR.MATH")),
    "FLOOR.PRECISE": Divergence(STEPS, _stepped("FLOOR.PRECISE")),
    "FORMULATEXT": Divergence("formulas, which are not where it looks", _always),
    "FREQUENCY": Divergence("unsorted bins", _always),
    "GAMMA": Divergence("numbers below zero", _unproven),
    "GAMMA.DIST": Divergence(DOMAIN, _unproven),
    "HLOOKUP": Divergence("a text for the table", _never),
    "HSTACK": Divergence("columns of different heights", _always),
    "HYPGEOM.DIST": Divergence(DOMAIN, _always),
    "IF": Divergence("arrays as conditions", _never),
    "IFERROR": Divergence("arrays of errors", _never),
    "INDEX": Divergence("an area number", _unless(4)),
    "INDIRECT": Divergence("the R1C1 style", _unless(2, "1", "TRUE")),
    "INT": Divergence("a date as text", _never),
    "IPMT": Divergence("payments at the beginning", _unless(6, "0", otherwise=Doubt.UNPROVEN)),
    "ISPMT": Divergence("a division by zero", _never),
    "LINEST": Divergence("a line through the origin", _unless(3, "1", "TRUE")),
    "LOGEST": Divergence("a line through the origin", _unless(3, "1", "TRUE")),
    "LOGNORM.DIST": Divergence("texts as truth values", _unproven),
    "LOOKUP": Divergence("computed arrays", _searched),
    "MIRR": Divergence("blank and text cash flows", _unproven),
    "MODE.MULT": Divergence("texts among the numbers", _unproven),
    "MODE.SNGL": Divergence("texts among the numbers", _unproven),
    "MROUND": Divergence("texts and truth values", _unproven),
    "NEGBINOM.DIST": Divergence("large counts", _unproven),
    "NORM.DIST": Divergence("texts as truth values", _never),
    "NORM.S.DIST": Divergence("texts as truth values", _never),
    "OCT2HEX": Divergence(PLACES, _unless(2, otherwise=Doubt.UNPROVEN)),
    "OR": Divergence("texts as arguments", _spoken),
    "PDURATION": Divergence("a text as a number", _never),
    "PMT": Divergence("a rate of -1, and no periods", _never),
    "POWER": Divergence("0 to the power of 0", _never),
    "PPMT": Divergence("payments at the beginning", _unless(6, "0", otherwise=Doubt.UNPROVEN)),
    "PRICE": Divergence("the last coupon period", _always),
    "PROPER": Divergence("letters after digits", _always),
    "PV": Divergence("a rate of -1", _never),
    "REPLACE": Divergence("a place beyond the end", _only(2, "1")),
    "ROMAN": Divergence("the concise forms", _unless(2, "0")),
    "SERIESSUM": Divergence("texts and blanks among the coefficients", _unproven),
    "SIN": Divergence(DIGITS, _never),
    "SMALL": Divergence("a text for the array", _never),
    "SUMPRODUCT": Divergence("truths as numbers", _multiplied),
    "SUMSQ": Divergence("an overflow", _never),
    "T.TEST": Divergence("the kinds of test", _always),
    "TAKE": Divergence("too many rows, or none", _unproven),
    "TAN": Divergence(DIGITS, _never),
    "TEXT": Divergence("number formats that it does not know", _formatted),
    "TEXTAFTER": Divergence("all arguments but two", _of_two),
    "TEXTBEFORE": Divergence("all arguments but two", _of_two),
    "TRUNC": Divergence("a date as text", _never),
    "VLOOKUP": Divergence("a text for the table", _never),
    "XIRR": Divergence("the search, which stops after fewer digits", _always),
    "XMATCH": Divergence("other match modes", _unless(3, "0", "1", "-1", "2")),
    "XNPV": Divergence("rates and dates that Excel refuses", _never),
    "XOR": Divergence("texts as arguments", _spoken),
    "YIELD": Divergence("the last coupon period", _always),
}
DOCUMENTED: Final = frozenset(  # by pages on the functions, not by a value in a book
    (
        *("CEILING", "CEILING.MATH", "FLOOR", "FLOOR.MATH", "FLOOR.PRECISE", "HYPGEOM.DIST", "INDIRECT"),
        *("LOOKUP", "PROPER", "REPLACE", "SUMPRODUCT", "TEXTAFTER", "TEXTBEFORE"),
    )
)
RULED: Final = frozenset(name for name, known in DIVERGENT.items() if known.rule is not _never)


def doubt(text: str, *, is_provable: bool) -> str:
    """Why no value of a formula is trusted, as the end of a sentence that begins with its cell."""
    return _doubt(shape(text), is_provable)


@lru_cache(maxsize=16_384)
def _doubt(alike: str, is_provable: bool) -> str:
    return _doubted(tree(alike), is_sure=is_provable)


def _doubted(nodes: Iterable[Node], *, is_sure: bool) -> str:
    for node in nodes:
        known = DIVERGENT.get(node.name)
        if known is not None:
            doubted = known.rule([written(argument).strip() for argument in node.arguments])
            if doubted is Doubt.ALWAYS or (doubted is Doubt.UNPROVEN and not is_sure):
                return f"calls {node.name}, which the engine computes otherwise than Excel: {known.how}"
        for number, argument in enumerate(node.arguments):
            is_worked = node.name not in BRANCHING or (number == 0 and node.name in SURE)
            found = _doubted(argument, is_sure=is_sure and is_worked)
            if found:
                return found
    return ""
