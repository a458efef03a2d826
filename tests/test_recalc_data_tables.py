"""What-if data tables: each cell is a formula's value with the input cells replaced."""

from typing import Any

import pytest
from conftest import SHARED
from support.books import F, book, cached, edited, parts, without_values

from workbook.recalc.evaluation import Model
from workbook.recalc.recalc import recalc_bytes
from workbook.recalc.verification import divergences
from workbook.request import Outcome, Request
from workbook.xlsx.saved_book import SavedBook

BOOKS = SHARED / "data" / "books" / "excel_features"
PART = "xl/worksheets/sheet1.xml"
LOAN: dict[str, Any] = {"A1": 3, "A2": 10, "A3": 2, "B1": F("=A1*A2", 30), "B2": F("=B1+A3", 32)}


def tables(cells: dict[str, Any], *about: str, sheets: dict[str, Any] | None = None, **names: str) -> bytes:
    """A book with what-if tables: each takes the place of the formula `"table"` in its first cell."""
    package = book({"Sheet1": cells, **(sheets or {})}, {"fee": "Sheet1!$A$3", **names})
    for attributes in about:
        xml = parts(package)[PART].decode().replace("<f>table</f>", f'<f t="dataTable" {attributes}/>', 1)
        package = edited(package, PART, (parts(package)[PART].decode(), xml))
    return package


def down(**cells: Any) -> bytes:
    """One input cell whose values stand left of the table, two formulas above it."""
    return tables(
        {
            **LOAN,
            "E4": F("=B2", 32),
            "F4": F("=B1*2", 60),
            "D5": 1,
            "D6": 5,
            "D7": 7,
            "E5": F("=table", 12),
            "E6": 52,
            "E7": 72,
            "F5": 20,
            "F6": 100,
            "F7": 140,
            **cells,
        },
        'ref="E5:F7" dt2D="0" dtr="0" r1="A1"',
    )


def run(package: bytes, fee: str = "4", **asked: Any) -> tuple[bytes, Outcome]:
    """Set the fee in A3; a second run changes nothing."""
    written, outcome = recalc_bytes(package, Request(inputs={"fee": fee}, **asked))
    if outcome.status == "done":
        again, second = recalc_bytes(written, Request(inputs={"fee": fee}, **asked))
        assert (second.status, again) == ("unchanged", written)
        assert without_values(parts(written)[PART]) == without_values(parts(package)[PART])
    else:
        assert written == package
    return written, outcome


def values(package: bytes, *wanted: str, **asked: Any) -> list[Any]:
    """What cells hold after the fee was set."""
    written, outcome = run(package, **asked)
    assert outcome.status == "done", outcome.reason
    return cached(written, "Sheet1", *wanted)


def test_values_below_each_other() -> None:
    """With one input cell, each formula above the table is evaluated for each value left of it."""
    wanted = ("E5", "E6", "E7", "F5", "F6", "F7", "B1", "B2", "E4")
    assert values(down(), *wanted) == [14, 54, 74, 20, 100, 140, 30, 34, 34]


def test_values_side_by_side() -> None:
    """The other way round: values above, formulas left."""
    package = tables(
        {**LOAN, "D5": F("=B2", 32), "E4": 1, "F4": 5, "E5": F("=table", 12), "F5": 52},
        'ref="E5:F5" dt2D="0" dtr="1" r1="A1"',
    )
    assert values(package, "E5", "F5") == [14, 54]


def test_two_inputs() -> None:
    """The first takes the values above the table, the second those left of it, the corner the formula."""
    package = tables(
        {
            **LOAN,
            "D4": F("=B2", 32),
            "E4": 1,
            "F4": 5,
            "D5": 10,
            "D6": 100,
            "E5": F("=table", 12),
            "F5": 52,
            "E6": 102,
            "F6": 502,
        },
        'ref="E5:F6" dt2D="1" dtr="1" r1="A1" r2="A2"',
    )
    assert values(package, "E5", "F5", "E6", "F6") == [14, 54, 104, 504]


def test_what_depends_on_a_table_follows_it() -> None:
    """And a value to try may itself be computed, even from another table."""
    package = tables(
        {
            **LOAN,
            "E4": F("=B2", 32),
            "D5": 1,
            "D6": F("=A3+3", 5),
            "E5": F("=table", 12),
            "E6": 52,
            "G1": F("=MAX(E5:E6)", 52),
            "H4": F("=A4*2", 20),
            "A4": 10,
            "G5": F("=G1", 52),
            "H5": F("=table", 104),
            "I1": F("=SUM(H5)", 104),
        },
        'ref="E5:E6" dt2D="0" dtr="0" r1="A1"',
        'ref="H5" dt2D="0" dtr="0" r1="A4"',
    )
    assert values(package, "D6", "E5", "E6", "G1", "H5", "I1") == [7, 14, 74, 74, 148, 148]


def test_formulas_of_other_sheets_are_repeated_as_well() -> None:
    """From the input cell to the table's formula the way may lead anywhere; blanks are values, too."""
    other = {"A1": F("=Sheet1!A1+1", 4), "A2": F("=A1*Sheet1!A3", 8)}
    package = tables(
        {**LOAN, "E4": F("=Other!A2", 8), "D5": 9, "E5": F("=table", 20), "E6": 2},
        'ref="E5:E6" dt2D="0" dtr="0" r1="A1"',
        sheets={"Other": other},
    )
    assert values(package, "E5", "E6") == [40, 4]


def test_a_table_that_nothing_reaches_stays() -> None:
    """What does not depend on the change keeps Excel's value, right or wrong."""
    package = tables(
        {**LOAN, "E4": F("=A1*A2", 30), "D5": 9, "E5": F("=table", 999)}, 'ref="E5" dt2D="0" dtr="0" r1="A1"'
    )
    assert values(package, "E5", "B2") == [999, 34]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"E6": 53}, "Sheet1!E5 is 53 in the book, but the engine makes it 52"),
        ({"F7": "text"}, "Sheet1!E5 is 'text' in the book, but the engine makes it 140"),
        (
            {"B1": F("=A1*A2", 31), "B2": F("=B1+A3", 33), "E4": F("=B2", 33), "F4": F("=B1*2", 62)},
            "Sheet1!B1 is 31 in the book, but the engine makes it 30",
        ),
        ({"B1": F("=IFERROR(PriceOf(A1),A1*A2)", 30)}, "Sheet1!B1 calls PRICEOF, which neither"),
    ],
)
def test_a_table_that_excel_computed_otherwise_is_refused(cells: dict[str, Any], reason: str) -> None:
    """All of its cells prove it, and each formula on the way is proven as every other formula is."""
    _, outcome = run(down(**cells))
    assert outcome.status == "refused"
    assert outcome.reason.startswith(reason)
    written, outcome = run(down(**cells), allow_stale=True)
    assert "Sheet1!E5" in outcome.stale
    assert cached(written, "Sheet1", "E5", "F5") == [12, 20]


@pytest.mark.parametrize(
    ("cells", "about", "reason"),
    [
        ({}, 'ref="E5:E6" dt2D="0" dtr="0" del1="1" r1="A1"', "whose input cells are lost"),
        ({}, 'ref="E5:E6" dt2D="0" dtr="0"', "whose input cells are lost"),
        ({}, 'ref="E5:E6" dt2D="0" dtr="0" r1="A1:A2"', "whose input cells are lost"),
        ({}, 'ref="E5:E6" dt2D="1" dtr="1" r1="A1" r2="A2,A3"', "whose input cells are lost"),
        ({}, 'ref="E5:E6" dt2D="1" dtr="1" r1="A1"', "whose input cells are lost"),
        ({}, 'ref="E5:E6" dt2D="1" dtr="1" r1="A1" r2="A1"', "whose input cells are lost"),
        ({}, 'ref="E5:E6" dt2D="0" dtr="0" r1="B1"', "whose input cell holds a formula"),
        ({}, 'ref="E5:E2000" dt2D="0" dtr="0" r1="A1"', "of more than 1000 cells"),
        ({"B1": F("=A1*RAND()", 1)}, "", "whose formulas can't be repeated for each of its cells"),
        ({"B1": F('=INDIRECT("A1")', 3)}, "", "whose formulas can't be repeated for each of its cells"),
        ({"B1": F("=SUM(A1,E6)", 3)}, "", "whose formulas can't be repeated for each of its cells"),
        ({"D6": F("=A1", 3)}, "", "whose formulas can't be repeated for each of its cells"),
    ],
)
def test_tables_that_can_not_be_evaluated_are_refused(cells: dict[str, Any], about: str, reason: str) -> None:
    """The sentence says why."""
    held = {**LOAN, "E4": F("=B2", 32), "D5": 1, "D6": 5, "E5": F("=table", 12), "E6": 52, **cells}
    _, outcome = run(tables(held, about or 'ref="E5:E6" dt2D="0" dtr="0" r1="A1"'))
    assert outcome.status == "refused"
    assert f"Sheet1!E5 is part of a what-if data table {reason}" in outcome.reason


def test_a_value_that_the_engine_has_no_answer_for_is_refused() -> None:
    """In whatever cell of the table it stands: here the second value to try closes a circle."""
    cells = {"B3": F("=IF(A1>4,B4,A3)", 2), "B4": F("=IF(A1>4,B3,1)", 1), "E4": F("=B3", 2)}
    package = tables(
        {**LOAN, **cells, "D5": 1, "D6": 5, "E5": F("=table", 2), "E6": 2},
        'ref="E5:E6" dt2D="0" dtr="0" r1="A1"',
    )
    assert run(package)[1].status == "refused"


@pytest.mark.skipif(not BOOKS.exists(), reason="the shared data does not lie beside the project")
@pytest.mark.parametrize(
    ("name", "cells"),
    [("closedxml__DataTableFormula-Excel-Input.xlsx", 19), ("closedxml__multi-table.xlsx", 144)],
)
def test_tables_that_excel_saved_are_computed_as_excel_did(name: str, cells: int) -> None:
    """Down, across and with two inputs; those whose input cells were deleted are refused."""
    model = Model(SavedBook((BOOKS / name).read_bytes()))
    proven = frozenset(where for where, table in model.tables.items() if not table.fault)
    assert {table.fault for table in model.tables.values()} <= {
        "",
        "is part of a what-if data table whose input cells are lost",
    }
    assert sum(model.tables[where].area.size for where in proven) == cells
    assert not divergences(model, proven)


def test_the_steps_of_a_table_are_voted_on() -> None:
    """Numbers by certified operations are core in every step; a text is voted on, and the table with it."""
    _, outcome = run(down())
    assert (outcome.core, outcome.voted, outcome.unknown) == (3, 0, 0)
    cells = {"B1": F('=A3*A1&" x"', "2 x"), "E4": F("=LEN(B1)", 3), "D5": 10, "E5": F("=table", 4)}
    package = tables({"A1": 1, "A3": 2, **cells}, 'ref="E5" dt2D="0" dtr="0" r1="A1"')
    written, outcome = run(package, fee="44")
    assert (cached(written, "Sheet1", "E5"), outcome.status) == ([5], "done"), outcome.reason
    assert (outcome.core, outcome.voted, outcome.unknown) == (0, 3, 0)


@pytest.mark.parametrize(
    ("formula", "tried", "shown", "fee", "reason"),
    [
        (
            F("=A1^(A3-2)", 5),
            F("=A3*0", 0),
            0,
            "2",
            "Sheet1!B1 can't be known: formualizer computes 1, IronCalc computes #NUM!",
        ),
        (
            F('=LEN(REPT("a",A1*A3*500))', 7500),
            F("=A3*7", 21),
            31_500,
            "4",
            "Sheet1!B1 puts a text together that may have more than 32767 characters, which Excel can't",
        ),
    ],
)
def test_a_step_that_is_in_doubt_leaves_the_table_unknown(
    formula: F, tried: F, shown: float, fee: str, reason: str
) -> None:
    """The book itself is in no doubt: only the step is, by what the table puts in."""
    cells = {"A1": 5, "A3": 3, "B1": formula, "E4": F("=B1", formula.cached), "D5": tried}
    package = tables({**cells, "E5": F("=table", shown)}, 'ref="E5" dt2D="0" dtr="0" r1="A1"')
    _, outcome = run(package, fee=fee)
    assert (outcome.status, outcome.unknown) == ("refused", 1)
    assert outcome.reason == f"Sheet1!E5 is part of a what-if data table in which {reason}"
