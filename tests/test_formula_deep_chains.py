"""Formulas of 8,192 characters, Excel's limit, are computed: long chains are cut for the engine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.books import F, book, cached

from workbook.cells import place
from workbook.engines.embedded import Session
from workbook.formula import deep_chains as module
from workbook.formula.deep_chains import shallow
from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request

LONGEST = 8_192  # characters of a formula, in Excel
NAMES = {"price": "Sheet1!$A$1"}


def padded(formula: str) -> str:
    """The formula behind blanks, so that it has as many characters as Excel takes."""
    return " " * (LONGEST - len(formula)) + formula


@pytest.mark.parametrize(
    ("formula", "saved", "expected"),
    [
        ("A1" + "+A1" * 2_729 + "+1", 2_731, 5_461),
        ("A1" + "-A1" * 2_729 + "-1", -2_729, -5_457),
        ("A1" + "*A1" * 500 + "/A1" * 2_229 + "*1", 1, 2.0**-1728),
        ('A1&"x"&' * 1_023 + "A1", "1x" * 1_023 + "1", "2x" * 1_023 + "2"),
        ("SUM(" + "A1," * 2_728 + "A1)", 2_729, 5_458),
        ("+".join(f"IF(A1>{number},A1,{number})" for number in range(100, 440)), 91_630, 91_630),
        ('A1&"' + '"&"'.join(["x" * 250] * 32) + '"', "1" + "x" * 8_000, "2" + "x" * 8_000),
        ("0=(A1" + "+A1" * 2_700 + ")", False, False),
        ("IF(A1=1," + "A1+" * 1_300 + "1," + "A1-" * 1_300 + "1)", 1_301, -2_597),
        ("1+" * 3_900 + "A1", 3_901, 3_902),
    ],
    ids=["+", "-", "*/", "&", "arguments", "IF", "texts", "brackets", "branches", "digits"],
)
def test_formulas_as_long_as_excel_takes_them_are_computed(
    formula: str, saved: object, expected: object
) -> None:
    """Every kind of length: operands, arguments, calls, texts, brackets; to the last character."""
    package = book({"Sheet1": {"A1": 1, "B1": F("=" + padded(formula), saved), "C1": F("=A1*2", 2)}}, NAMES)
    _, outcome = recalc_bytes(package, Request())
    assert outcome.status == "unchanged"
    written, outcome = recalc_bytes(package, Request(inputs={"price": "2"}))
    assert outcome.status == "done", outcome.reason
    assert cached(written, "Sheet1", "B1", "C1") == [expected, 4]


def test_what_the_engine_still_refuses_is_named_and_the_rest_is_done() -> None:
    """More than 8,192 operands and operators fit in a formula only as sums of single digits."""
    cells = {"A1": 1, "B1": F("=" + "1+" * 4_094 + "A1", 4_095), "C1": F("=A1*2", 2), "D1": F("=B1", 4_095)}
    package = book({"Sheet1": cells}, NAMES)
    _, outcome = recalc_bytes(package, Request(inputs={"price": "2"}))
    assert outcome.status == "refused"
    assert outcome.reason.startswith("Sheet1!B1 can't be evaluated by the engine")
    written, outcome = recalc_bytes(package, Request(inputs={"price": "2"}, allow_stale=True))
    assert outcome.stale == ("Sheet1!B1", "Sheet1!D1")
    assert cached(written, "Sheet1", "B1", "C1", "D1") == [4_095, 4, 4_095]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A+B+C", "A+B+C"),
        ("A+B+C+D", "LET(_chain0,A+B+C,_chain0+D)"),
        ("A-B-C-D-E-F", "LET(_chain0,A-B-C,_chain1,_chain0-D-E,_chain1-F)"),
        ("A+B*C*D*E+F", "A+LET(_chain0,B*C*D,_chain0*E)+F"),
        ("A+B+C=D+E+F+G", "A+B+C=LET(_chain0,D+E+F,_chain0+G)"),
        ("A<=B<>C>=D", "LET(_chain0,A<=B<>C,_chain0>=D)"),
        ("-A+-B--C+D", "LET(_chain0,-A+-B--C,_chain0+D)"),
        ("F(A+B+C+D,,-1)%+{1,-2;3,4}", "F(LET(_chain0,A+B+C,_chain0+D),,-1)%+{1,-2;3,4}"),
        (
            '"+"&"a+b"&C & D',
            '"+"&"a+b"&C & D'.replace('"+"&"a+b"&C ', 'LET(_chain0,"+"&"a+b"&C ,_chain0') + ")",
        ),
        ("1E+5+2E-5+3+4", "LET(_chain0,1E+5+2E-5+3,_chain0+4)"),
        ("A+B+C+D)", "A+B+C+D)"),
        ("(A+B+C+D", "(A+B+C+D"),
    ],
)
def test_chains_are_cut_in_the_order_of_their_operators(
    monkeypatch: pytest.MonkeyPatch, text: str, expected: str
) -> None:
    """From left to right, each level of binding for itself; signs and texts are no chain."""
    monkeypatch.setattr(module, "LONG", 0)
    monkeypatch.setattr(module, "CHAIN", 2)
    assert shallow(text) == expected


ATOMS = st.sampled_from(
    ["A1", "A2", "A1:A3", "2", ".5", '"7"', "TRUE", "{1,2}", "-A1", "+A2", "A1%", "B9", "#N/A"]
)
SIGNS = st.sampled_from([*"+-*/&=<>", "<=", ">=", "<>", " + ", "- "])


@st.composite
def expressions(draw: st.DrawFn, depth: int = 2) -> str:
    """A chain of operands, some of them calls or brackets with chains of their own."""
    pieces = [draw(ATOMS)]
    for _ in range(draw(st.integers(0, 7))):
        operand = draw(ATOMS)
        if depth and draw(st.booleans()):
            inner = draw(expressions(depth - 1))
            operand = draw(st.sampled_from(["({})", "SUM({},1)", "IFERROR({},3)", "IF(A1,{},)"])).format(
                inner
            )
        pieces += draw(SIGNS), operand
    return "".join(pieces)


def value(text: str) -> object:
    """What the engine makes of a formula's text."""
    session = Session(["S"], {place(0, 9, 9): f"INDEX({text},1,1)"}, ())
    session.hold(0, {1 << 15 | 1: 3.0, 2 << 15 | 1: 0.25, 3 << 15 | 1: "word"})
    return session.results(None)[place(0, 9, 9)]


@given(text=expressions())
def test_a_cut_formula_comes_to_the_same(text: str) -> None:
    """Value for value and error for error, to the last digit."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "LONG", 1_000_000)
        whole = value(text)
        patch.setattr(module, "LONG", 0)
        patch.setattr(module, "CHAIN", 2)
        assert value(text) == whole


@given(text=st.text(alphabet="AB19+-*/&=<>^%,;(){}\"' .:!@#[]", max_size=40))
def test_a_formula_without_long_chains_stays_as_it_is(text: str) -> None:
    """Piece by piece, whatever it holds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "LONG", 0)
        patch.setattr(module, "CHAIN", 1_000)
        assert shallow(text) == text
