"""How a function is written with a spreadsheet's own functions: named steps over its arguments.

A native formula is the definition in the reader's own language, and what the plan book holds where
our functions are not installed. It takes arguments inside their domain; guards come from the registry.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

CELLS: Final = ""  # the ranges are handed over as they are
RETURNS: Final = "returns"  # each range of prices stands for its simple returns
LOG_RETURNS: Final = "log returns"

TABLES: Final = frozenset(  # columns of venue facts; rules by key, then by date
    ("tier_key", "tier_end", "tier_rate", "tier_amount", "rule_key", "rule_from", "rule_word")
)
BUILT_IN: Final = frozenset(
    (
        *("ABS", "AND", "CORREL", "COUNT", "COUNTIFS", "EXP", "IF", "INDEX", "INT", "LN", "MATCH"),
        *("MAX", "MIN", "N", "NA", "NORMSDIST", "NORMSINV", "OR", "PI", "ROUND", "RSQ", "SIGN", "SLOPE"),
        *("SQRT", "STDEV", "SUMPRODUCT", "VAR"),
    )
)  # each known to Excel 2016, LibreOffice, Gnumeric, Google Sheets, WPS and Numbers

MARK: Final = "@"  # between the words of a key: a criterion that ends with a blank is read as another
REFUSED: Final = "SQRT(-1)"  # #NUM!, as the function refuses what lies outside its domain
WRONG: Final = 'ABS("")'  # #VALUE!
SIDE_SIGN: Final = ("sign", 'IF(side="long",1,-1)')  # the step that several functions begin with


class Step(NamedTuple):
    """One step: what it is called and its formula over arguments and earlier steps."""

    name: str
    formula: str


class Native(NamedTuple):
    """The steps before the result, the result, what ranges of prices stand for; or why there is none."""

    steps: tuple[Step, ...] = ()
    result: str = ""
    over: str = CELLS
    reason: str = ""

    @property
    def text(self) -> str:
        """The definition as the reference shows it: a line for each step, the result last."""
        return "\n".join([*(f"{step.name} := {step.formula}" for step in self.steps), self.result])


NOT_YET: Final = Native(reason="")
Written = str | Native | Sequence[tuple[str, str] | str]


def native_of(written: Written) -> Native:
    """A native formula as `@udf` is given it: a text, or steps of which the last is the result."""
    if isinstance(written, Native):
        return written
    if isinstance(written, str):
        return Native(result=written)
    *steps, result = written
    assert isinstance(result, str)  # noqa: S101 - a fault of the record, seen on import
    return Native(tuple(Step(*step) for step in steps if not isinstance(step, str)), result)


def over(series: str, formula: str) -> Native:
    """A formula in which the names of price ranges stand for ranges of their returns."""
    return Native(result=formula, over=series)


def unwritten(reason: str) -> Native:
    """No native formula, and why."""
    return Native(reason=reason)
