"""A second engine that hangs, crashes or panics: the book has its sentence, and the run goes on."""

import pytest
from support.books import F, book, cached

from workbook.cells import Value, place
from workbook.engines import ironcalc_apart
from workbook.engines.protocol import NO_ANSWER
from workbook.errors import Unknowable
from workbook.recalc.recalc import recalc_bytes
from workbook.request import Outcome, Request

HANGS = "BESSELJ(A1,2000000000)"
CRASHES = "LET(f,LAMBDA(g,x,g(g,x+1)),f(f,A1))"
PANICS = "DATE(3,A1*1E+15,1)"
FILLS = "SUM(SEQUENCE(1000000,A1*2000))"


def results(*texts: str) -> list[Value]:
    """What formulas in column B come to beside 2 in A1."""
    places = {place(0, row, 2): text for row, text in enumerate(texts, 1)}
    session = ironcalc_apart.Session(["S"], places, [])
    session.hold(0, {place(0, 1, 1): 2.0})
    found = session.results(None)
    return [found[where] for where in places]


def recalculated(formula: str) -> tuple[bytes, Outcome]:
    """A book with a formula of one voice's trouble, and one that is voted on."""
    cells = {"A1": 1, "B1": F(f"=IF(A1>1,{formula},0)", 0), "B2": F("=MOD(A1,2)", 1)}
    return recalc_bytes(
        book({"S": cells}, {"price": "S!$A$1"}), Request(inputs={"price": "3"}, allow_stale=True)
    )


def test_a_panic_takes_one_formula_alone() -> None:
    """The others keep their values."""
    assert results("A1+1", PANICS, "A1*5") == [3.0, NO_ANSWER, 10.0]


@pytest.mark.parametrize("formula", [CRASHES, HANGS])
def test_what_ends_the_process_of_the_second_engine_ends_nothing_else(
    formula: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused with the reason; the next formulas have another process."""
    monkeypatch.setattr(ironcalc_apart, "SECONDS", 2.0)
    with pytest.raises(Unknowable, match=r"^the second engine: (took|the process|ran out)"):
        results(formula)
    assert results("A1+1") == [3.0]


def test_a_book_has_its_sentence_and_the_next_one_its_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the very process that was asked, without a batch around it."""
    monkeypatch.setattr(ironcalc_apart, "SECONDS", 2.0)
    _, outcome = recalculated(CRASHES)
    assert "S!B1" in outcome.stale
    written, outcome = recalculated("2")
    assert (outcome.status, outcome.stale) == ("done", ())
    assert cached(written, "S", "B1", "B2") == [2, 1]


def test_a_session_is_told_what_is_new() -> None:
    """A changed cell, and all of it again when the other process was lost in between."""
    session = ironcalc_apart.Session(["S"], {place(0, 1, 2): "MOD(A1+A2,7)"}, [])
    session.hold(0, {place(0, 1, 1): 3.0, place(0, 2, 1): 2.0})
    assert list(session.results(None).values()) == [5.0]
    session.hold(0, {place(0, 1, 1): 4.0})
    assert list(session.results(None).values()) == [6.0]
    ironcalc_apart._worker().close()
    session.hold(0, {place(0, 1, 1): 1.0})
    assert list(session.results(None).values()) == [3.0]
