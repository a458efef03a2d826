"""The certified core: what needs no vote is computed alike by all engines, and what needs one is known to."""

import csv
import random
from typing import Any

import pytest
from support.certify import TABLE, Sample, alone, samples
from support.certify import candidates as candidate_rows

from workbook.cells import CellError
from workbook.formula.tree import shape
from workbook.recalc.core import asked, certified, kind_of, kinds


def certified_rows() -> list[dict[str, str]]:
    """The rows of the table of certified operations."""
    with TABLE.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.three_engines
def test_what_is_certified_is_computed_alike() -> None:
    """Other operands than those that made the table: the evaluating engine never stands alone."""
    chance = random.Random(20_261_130)  # noqa: S311 - no secret
    chosen: dict[int, Sample] = {}
    for row in certified_rows():
        if frozenset("<>=").isdisjoint(row["form"]):
            for sample in samples(row, row["takes"].split(), 2, chance):
                chosen[len(chosen) + 1] = sample
    assert len(chosen) > 1_000
    found = alone(chosen)
    assert [(chosen[row].form, chosen[row].operands, found[row]) for row in found] == []


def test_the_table_holds_what_was_a_candidate() -> None:
    """Each row is a candidate's, with no more kinds than were asked for."""
    asked_for = {row["operation"]: row for row in candidate_rows()}
    for row in certified_rows():
        for at, takes in enumerate(row["takes"].split()):
            wanted = asked_for[row["operation"]]["takes"].split()
            assert set(takes) <= set(wanted[min(at, len(wanted) - 1)])
    assert {"MOD", "TEXT", "VLOOKUP", "FLOOR", "^"}.isdisjoint(certified())


@pytest.mark.parametrize(
    ("value", "letter"),
    [
        (None, "b"),
        (2.5, "n"),
        (-2.5, "m"),
        (1 / 3, "o"),
        (1e15, "h"),
        (1e-5, "h"),
        (True, "l"),
        ("", "q"),
        ("abc", "t"),
        ("BTC 2026", "r"),
        (">0", "c"),
        ("a*", "p"),
        ("é", "f"),
        (CellError("#N/A"), "e"),
    ],
)
def test_kinds_of_values(value: Any, letter: str) -> None:
    """Each kind by its letter."""
    assert kind_of(value) == kinds(letter)


@pytest.mark.parametrize(
    ("text", "is_core"),
    [
        ("A1+B1*2", True),
        ("SUM(A1:A9)/COUNT(A1:A9)", True),
        ('IF(A1>0,"long","short")', True),
        ("IF(A1=B1,1,0)", True),
        ("IF(ROUND(A1,2)=B1,1,0)", False),
        ("A1^2", False),
        ("INDEX(A1:A9,B1-1)", True),
        ("SMALL(A1:A9,COUNT(A1:A9)-1)", True),
        ("IF(B1=ROWS(A1:A9),1,0)", True),
        ("INDEX(A1:A9,LEN(B1))", False),
        ("MOD(A1,2)", False),
        ('TEXT(A1,"0.00")', False),
        ("A1:A9*2", False),
        ("VLOOKUP(A1,B1:C9,2,FALSE)", False),
        ("HEDGE_MARGIN(A1,B1)", True),
        ("HEDGE_MARGIN(A1:A9,B1)", False),
        ('IF(A1="é",1,0)', False),
        ('"é "&A1', True),
        ('IF(LEFT(A1)="▲",1,0)', True),
        ("MATCH(A1,B1:B9,0)", True),
        ("MATCH(A1,B1:B9)", False),
        ("MATCH(A1,B1:B9,1)", False),
        ("MATCH(A1,B1:B9,C1)", False),
        ('COUNTIF(A1:A9,">"&B1)', True),
        ('COUNTIF(A1:A9,"<="&N(B1))', True),
        ('COUNTIF(A1:A9,">"&MAX(0,B1))', True),
        ('COUNTIF(A1:A9,">"&B1/3)', False),
        ('COUNTIF(A1:A9,">"&MAX(0,B1/3))', False),
        ('SUMIFS(A1:A9,B1:B9,">0",C1:C9,"<"&D1)', True),
        ('SUMIFS(INDEX(A1:B9,0,D1),B1:B9,">0")', True),
        ('SUMIFS(INDEX(A1:B9,D1,0),B1:B9,">0")', False),
        ('SUMIFS(A1:INDEX(A1:A9,D1),B1:B9,">0")', False),
        ("SMALL(A1:A9,1+COUNTIF(A1:A9,B1))", True),
        ("SMALL(A1:A9,COUNTIF(A1:A9,B1))", False),
        ("INDEX(A1:A9,MAX(1,ROW()-ROW(B1)))", True),
        ("INDEX(A1:A9,ROW()-ROW(B1))", False),
        ('ISNUMBER(SEARCH("|"&T(A1)&"|",B1))', True),
        ("ISNUMBER(SEARCH(T(A1),B1))", True),
    ],
)
def test_shapes_that_may_be_core(text: str, is_core: bool) -> None:
    """By its operations; what its cells hold is looked at for each book."""
    assert (asked(shape(text), is_array=False).masks is not None) is is_core
