"""What is too deep for IronCalc has no value of it: a full stack would end the process without a word."""

import pytest

from workbook.cells import Value, place
from workbook.engines import ironcalc
from workbook.engines.protocol import NO_ANSWER

DEEP = {
    "brackets": "(" * 4_000 + "A1" + ")" * 4_000,
    "calls": "SUM(" * 4_000 + "A1" + ")" * 4_000,
    "open": "(" * 8_000,
    "array": "{" * 4_000 + "1" + "}" * 4_000,
    "sum": "1+(" * 2_000 + "A1" + ")" * 2_000,
    "powers": "A1" + "^1" * 8_000,
}


def computed(text: str) -> Value:
    """What IronCalc makes of a formula in B1 beside 2 in A1."""
    session = ironcalc.Session(["S"], {place(0, 1, 2): text}, [])
    session.hold(0, {place(0, 1, 1): 2.0})
    (value,) = session.results(None).values()
    return value


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_what_fills_the_stack_has_no_value(text: str) -> None:
    """Each of these ends a process of 8 MB of stack."""
    assert computed(text) == NO_ANSWER


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("(" * 64 + "A1" + ")" * 64, 2.0),
        ("A1" + "+1" * 400, 402.0),
        ('"((("&A1', "(((2"),
        ("A1" + "&1" * 8_000, "2" + "1" * 8_000),
        ("A1" + "=1" * 8_000, False),
    ],
)
def test_what_excel_takes_has_one(text: str, value: Value) -> None:
    """64 levels are Excel's own limit; chains of operators are cut."""
    assert computed(text) == value
