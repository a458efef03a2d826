"""Random formulas over random cells: what is written is what a second engine makes of the written cells.

IronCalc computes here by itself, from the cells of the written book and the formulas as they were made,
with nothing of the vote between. Every run draws the same formulas.
"""

import io
import random
import re
from typing import Any, Final

import ironcalc
import openpyxl
import pytest

from workbook.recalc.recalc import recalc_bytes
from workbook.recalc.votes import agree
from workbook.request import Request

ROWS: Final = 6
COLUMNS: Final = "ABC"
COUNT: Final = 100  # formulas of a book
POOL: Final[list[Any]] = [
    *(0, 1, 2, 3, 7, -1, -2.5, 0.1, 0.2, 0.3, 1.5, 1e-7, 1234.5678, 99, True, False, None, None),
    *("a", "b", "ab", "Buy", "buy", " sell ", "x1", "10", "a*", ""),
]
PLACES: Final = [f"{column}{row}" for column in COLUMNS for row in range(1, ROWS + 1)]
MARK: Final = re.compile(r"\{([ntcrk])\}")
OPERATORS: Final = ("+", "-", "*", "/", "^")
COMPARING: Final = ("=", "<>", "<", ">", "<=", ">=")
NUMBERS: Final = (
    "ROUND({n},2)",
    "INT({n})",
    "ABS({n})",
    "MOD({n},3)",
    "SQRT({n})",
    "IF({c},{n},{n})",
    "LEN({t})",
)
GATHERED: Final = (
    "SUM({r})",
    "MAX({r})",
    "COUNT({r})",
    "AVERAGE({r},{n})",
    "COUNTIF({r},{t})",
    "MATCH({n},{r},0)",
)
GUARDED: Final = ("IFERROR({n},{k})", "-{n}", "{n}%", "VLOOKUP({n},A1:C6,2,FALSE)", 'SUMIF({r},">1")')
TEXTS: Final = (
    "{t}&{n}",
    "LEFT({t},2)",
    "UPPER({t})",
    "TRIM({t})",
    'SUBSTITUTE({t},"a",{t})',
    "IF({c},{t},{t})",
)


class Grammar:
    """Formulas that are drawn: numbers, texts and conditions, a few levels deep."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)  # noqa: S311 # the same draws in every run

    def _filled(self, form: str, depth: int) -> str:
        """A form with something drawn in the place of each mark."""
        return MARK.sub(lambda mark: self._piece(mark[1], depth - 1), form)

    def _piece(self, kind: str, depth: int) -> str:
        if kind == "r":
            return self.area()
        if kind == "k":
            return str(self.draw.randint(0, 9))
        return {"n": self.number, "t": self.text, "c": self.condition}[kind](depth)

    def area(self) -> str:
        """A part of one column."""
        column, top = self.draw.choice(COLUMNS), self.draw.randint(1, ROWS - 1)
        return f"{column}{top}:{column}{self.draw.randint(top + 1, ROWS)}"

    def number(self, depth: int) -> str:
        """What is a number, if its cells are."""
        if depth <= 0:
            return self.draw.choice((*self.draw.sample(PLACES, 4), str(self.draw.randint(0, 9))))
        if self.draw.random() < 1 / 3:
            return f"({self.number(depth - 1)}{self.draw.choice(OPERATORS)}{self.number(depth - 1)})"
        return self._filled(self.draw.choice((*NUMBERS, *GATHERED, *GUARDED)), depth)

    def text(self, depth: int) -> str:
        """What is a text, if its cells are."""
        if depth <= 0:
            return self.draw.choice((*self.draw.sample(PLACES, 4), '"a"', '"x"'))
        return self._filled(self.draw.choice(TEXTS), depth)

    def condition(self, depth: int) -> str:
        """A comparison."""
        kind = self.draw.choice((self.number, self.text))
        return f"{kind(depth - 1)}{self.draw.choice(COMPARING)}{kind(depth - 1)}"

    def formula(self) -> str:
        """Any of them."""
        return self.draw.choice((self.number, self.number, self.text, self.condition))(
            self.draw.randint(1, 3)
        )


def saved(cells: dict[str, Any], formulas: list[str]) -> bytes:
    """A book without cached values."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for where, value in cells.items():
        sheet[where] = value
    for row, text in enumerate(formulas, 1):
        sheet[f"F{row}"] = "=" + text
    for name, where in (("first", "A1"), ("second", "B2"), ("third", "C3")):
        book.defined_names[name] = openpyxl.workbook.defined_name.DefinedName(
            name, attr_text=f"Sheet!${where[0]}${where[1]}"
        )
    stored = io.BytesIO()
    book.save(stored)
    return stored.getvalue()


def second_opinion(cells: dict[str, Any], formulas: list[str]) -> list[Any]:
    """What IronCalc makes of the formulas."""
    model = ironcalc.create("book", "en", "UTC", "en")
    for where, value in cells.items():
        at = 0, int(where[1:]), ord(where[0]) - ord("A") + 1
        if isinstance(value, bool):
            model.update_cell_with_bool(*at, value)
        elif isinstance(value, str):
            model.update_cell_with_text(*at, value)
        elif value is not None:
            model.update_cell_with_number(*at, float(value))
    for row, text in enumerate(formulas, 1):
        model.update_cell_with_formula(0, row, 6, "=" + text)
    model.evaluate()
    return [model.get_cell_value(0, row, 6) for row in range(1, len(formulas) + 1)]


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same to a person who reads the book."""
    one, other = (float(v) if type(v) is int else v for v in (one, other))
    return agree(one, other) or {one, other} <= {None, ""}


@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_written_is_what_a_second_engine_makes_of_it(seed: int) -> None:
    """Whatever the cells hold, before a change and after it; all else is named as unknown."""
    grammar = Grammar(seed)
    formulas = [grammar.formula() for _ in range(COUNT)]
    cells = {where: grammar.draw.choice(POOL) for where in PLACES} | {"A1": 3, "B2": "sell", "C3": 0.3}
    package = saved(cells, formulas)
    changes: tuple[dict[str, Any], ...] = ({}, {"first": 0.2, "second": "Buy", "third": 12})
    for inputs in changes:
        package, outcome = recalc_bytes(package, Request(inputs=inputs, allow_stale=True))
        assert outcome.status == "done", outcome.reason
        sheet = openpyxl.load_workbook(io.BytesIO(package), data_only=True).worksheets[0]
        others = second_opinion({where: sheet[where].value for where in PLACES}, formulas)
        known = [row for row in range(1, COUNT + 1) if f"Sheet!F{row}" not in outcome.stale]
        apart = {
            formulas[row - 1]: (sheet[f"F{row}"].value, others[row - 1])
            for row in known
            if not same(sheet[f"F{row}"].value, others[row - 1])
        }
        assert apart == {}
        assert len(known) > COUNT / 2
