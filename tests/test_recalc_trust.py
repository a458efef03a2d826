"""What a recalculation may change, what it must refuse, and what nothing can hide."""

import datetime as dt
import io
import re
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName
from support.books import Array, F, book, cached, edited, parts, repacked, without_values

from workbook.recalc.recalc import recalc_bytes
from workbook.request import Outcome, Request

SHEET = "xl/worksheets/sheet1.xml"
NAMES = {"price": "Sheet1!$A$1"}


def run(package: bytes, **asked: Any) -> tuple[bytes, Outcome]:
    """Recalculate, and hold what must hold of every run: a second one changes nothing."""
    written, outcome = recalc_bytes(package, Request(**asked))
    if outcome.status == "done":
        again, second = recalc_bytes(written, Request(**asked))
        assert (second.status, again) == ("unchanged", written)
    else:
        assert written == package
    return written, outcome


def values(cells: dict[str, Any], *wanted: str, price: str = "2", **options: Any) -> list[Any]:
    """Cached values of one sheet's cells after the price in A1 was set."""
    written, outcome = run(book({"Sheet1": cells}, NAMES, **options), inputs={"price": price})
    assert outcome.status == "done", outcome.reason
    return cached(written, "Sheet1", *wanted)


def refusal(cells: dict[str, Any], **options: Any) -> str:
    """The sentence with which setting the price in A1 is refused."""
    _, outcome = run(book({"Sheet1": cells}, NAMES, **options), inputs={"price": "2"})
    assert outcome.status == "refused"
    return outcome.reason


def test_nothing_to_change_is_not_evaluated() -> None:
    """Without an input, a clock or a function of ours, Excel's values stay, right or wrong."""
    _, outcome = run(book({"Sheet1": {"A1": 1, "B1": F("=A1+1", 99)}}))
    assert (outcome.status, outcome.formulas) == ("unchanged", 1)


def test_only_dependents_change() -> None:
    """What does not depend on the input keeps Excel's value, though the engine would differ."""
    cells = {"A1": 1, "A2": 5, "B1": F("=A1*10", 10), "B2": F("=A2*10", 51), "C1": F("=B1+1", 11)}
    assert values(cells, "B1", "C1", "B2") == [20, 21, 51]


def test_a_value_equal_to_the_cached_one_is_not_written() -> None:
    """Setting what is already there leaves the book as it is."""
    _, outcome = run(book({"Sheet1": {"A1": 2, "B1": F("=A1*10", 20)}}, NAMES), inputs={"price": "2"})
    assert outcome.status == "unchanged"


@pytest.mark.parametrize(
    ("formula", "saved"),
    [
        ("=PriceOf(A1)", 5),
        ("=IFERROR(PriceOf(A1),0)", 5),
        ("=IFNA(PriceOf(A1),0)", 5),
        ("=IF(ISERROR(PriceOf(A1)),0,1)", 1),
        ("=_xll.PriceOf(A1)", 5),
        ("=[1]!PriceOf(A1)", 5),
    ],
)
def test_an_unknown_function_is_never_hidden(formula: str, saved: float) -> None:
    """IFERROR and its like answer something: that is no result."""
    reason = refusal({"A1": 1, "B1": F(formula, saved)})
    assert reason.startswith("Sheet1!B1 calls P")


@pytest.mark.parametrize("call", ["FOO (A1)", "FOO\n(A1)", "FOO?(A1)", "FOO\\BAR(A1)", "\\FOO(A1)"])
def test_no_way_of_writing_a_call_hides_its_function(call: str) -> None:
    """Blanks before the bracket, and the odd letters that names may have, hide no unknown function."""
    assert "calls " in refusal({"A1": 1, "B1": F(f"=IFERROR({call},5)", 5)})


def test_what_depends_on_an_unknown_function_is_refused_too() -> None:
    """Two cells on, behind an IFERROR, the unknown function still decides."""
    cells = {"A1": 1, "B1": F("=PriceOf(9)", 5), "C1": F("=IFERROR(B1,0)+A1", 6)}
    assert refusal(cells).startswith("Sheet1!B1 calls PRICEOF, which neither microhedge nor its engine knows")


def test_an_unknown_function_elsewhere_is_no_matter() -> None:
    """The book is done, its own value kept, and the report names the function."""
    package = book({"Sheet1": {"A1": 1, "B1": F("=A1+1", 2), "C1": F("=PriceOf(9)", 5)}}, NAMES)
    written, outcome = run(package, inputs={"price": "2"})
    assert outcome.status == "done"
    assert outcome.unknown_functions == ("PRICEOF",)
    assert cached(written, "Sheet1", "B1", "C1") == [3, 5]


def test_a_cell_that_excel_computed_otherwise_is_refused() -> None:
    """The engine comes to another value than Excel did: it is not trusted with the next one."""
    reason = refusal({"A1": 1, "B1": F("=A1+1", 3)})
    assert reason == "Sheet1!B1 is 3 in the book, but the engine makes it 2"


def test_proof_is_by_single_steps() -> None:
    """A divergent cell that does not change holds Excel's value, so what follows it is proven."""
    cells = {"A1": 1, "A2": 7, "B1": F("=A2+1", 100), "C1": F("=A1+B1", 101)}
    assert values(cells, "B1", "C1") == [100, 102]


@pytest.mark.parametrize("saved", ["#N/A", "text", True])
def test_a_value_of_another_type_is_no_proof(saved: Any) -> None:
    """Text, truth, error: only the same type and value prove a formula."""
    assert refusal({"A1": 1, "B1": F("=A1+1", saved)}).startswith("Sheet1!B1 is ")


def test_rounding_is_no_divergence() -> None:
    """A relative difference of 1e-9 is the noise of two programs."""
    assert values({"A1": 1, "B1": F("=A1/3", 0.333333333333)}, "B1") == [2 / 3]


def test_stale_cells_keep_their_value_and_are_named() -> None:
    """With allow_stale what can be known is written, the rest is kept and said."""
    cells = {"A1": 1, "B1": F("=PriceOf(A1)", 5), "C1": F("=B1*2", 10), "D1": F("=A1*2", 2)}
    written, outcome = run(book({"Sheet1": cells}, NAMES), inputs={"price": "2"}, allow_stale=True)
    assert outcome.status == "done"
    assert outcome.stale == ("Sheet1!B1", "Sheet1!C1")
    assert "kept 2 old values" in outcome.reason
    assert cached(written, "Sheet1", "B1", "C1", "D1") == [5, 10, 4]


def test_our_functions_need_no_proof() -> None:
    """A value of ours that differs is the update that was asked for."""
    written, outcome = run(book({"Sheet1": {"A1": 2400, "B1": F("=HEDGE_MARGIN(A1,5)", 1)}}))
    assert outcome.changed == 1
    assert cached(written, "Sheet1", "B1") == [480]


@pytest.mark.parametrize(
    "spelling", ["_xll.", "_xludf.", "_xldudf_", "_xldudf_MY_", "[1]!", "'C:\\x\\m.xlam'!"]
)
def test_every_spelling_is_computed_and_kept(spelling: str) -> None:
    """The text of the formula stays as Excel wrote it."""
    package = book({"Sheet1": {"A1": 2400, "B1": F(f"={spelling}HEDGE_MARGIN(A1,5)", 1)}})
    written, outcome = run(package)
    assert outcome.status == "done", outcome.reason
    assert cached(written, "Sheet1", "B1") == [480]
    assert without_values(parts(written)[SHEET]) == without_values(parts(package)[SHEET])


def test_a_refusal_of_ours_becomes_its_error() -> None:
    """#NUM!, #VALUE! and the like are cell errors that IFERROR sees."""
    cells = {
        "A1": 1,
        "B1": F("=HEDGE_MARGIN(A1,0.5)", 0),
        "C1": F('=IFERROR(B1,"no")', 0),
        "D1": F("=HEDGE_MARGIN(Z9,5)"),
    }
    written, outcome = run(book({"Sheet1": cells}))
    assert cached(written, "Sheet1", "B1", "C1", "D1") == ["#NUM!", "no", "#VALUE!"]
    assert outcome.error_cells == ("Sheet1!B1", "Sheet1!D1")


def test_the_clock_can_be_fixed() -> None:
    """TODAY and NOW are the --as-of time."""
    cells = {"B1": F("=TODAY()", 45_000), "B2": F("=NOW()", 45_000), "C1": F("=B1+1", 45_001)}
    written, _ = run(book({"Sheet1": cells}), as_of=dt.datetime(2026, 1, 31, 6))
    assert cached(written, "Sheet1", "B1", "B2", "C1") == [46_053, 46_053.25, 46_054]


def test_chance_is_the_same_in_every_run() -> None:
    """RAND changes once and then stays: a run can be repeated."""
    written, outcome = run(book({"Sheet1": {"A1": F("=RAND()", 0.5)}}))
    assert outcome.changed == 1
    assert 0 < cached(written, "Sheet1", "A1")[0] < 1


def test_what_is_drawn_by_chance_is_said_to_be_unknown() -> None:
    """No engine draws what another one drew; what follows from a draw is voted on as all else is."""
    cells = {"A1": F("=RAND()", 0.5), "A2": F("=RANDBETWEEN(1,6)", 3), "B1": F('=A2&"!"', "3!")}
    written, outcome = run(book({"Sheet1": cells}))
    drawn, said = cached(written, "Sheet1", "A2", "B1")
    assert said == f"{drawn}!"
    assert outcome.reason == "Sheet1!A1 and 1 more: drawn by chance, on which no second engine can vote"
    assert (outcome.core, outcome.unknown) == (1, 2)


def test_circular_references_are_refused() -> None:
    """Where a calculation goes in circles its end can't be known, whatever IFERROR says."""
    cells = {"A1": 1, "B1": F("=C1+A1", 5), "C1": F("=IFERROR(B1*0.5,0)", 4), "D1": F("=IFERROR(C1,0)", 4)}
    reason = "Sheet1!B1 depends on itself in a circle; Sheet1!C1 depends on itself in a circle"
    assert refusal(cells) == reason


@pytest.mark.parametrize(("count", "said"), [('iterateCount="7" ', "7"), ("", "100")])
def test_circles_that_excel_repeats_are_refused(count: str, said: str) -> None:
    """With iteration on, a value depends on how often Excel went round before, which no book tells."""
    cells = {"A1": 1, "B1": F("=C1+A1", 2), "C1": F("=B1/2", 1), "D1": F("=A1*2", 2)}
    package = edited(
        book({"Sheet1": cells}, NAMES),
        "xl/workbook.xml",
        ("<calcPr ", f'<calcPr iterate="1" {count}'),
    )
    circle = (
        f"depends on itself in a circle, which Excel goes round {said} times at most:"
        " what comes of that can't be proven"
    )
    _, outcome = run(package, inputs={"price": "2"})
    assert outcome.reason == f"Sheet1!B1 {circle}; Sheet1!C1 {circle}"
    written, outcome = run(package, inputs={"price": "2"}, allow_stale=True)
    assert outcome.stale == ("Sheet1!B1", "Sheet1!C1")
    assert cached(written, "Sheet1", "B1", "C1", "D1") == [2, 1, 4]


def test_several_sheets_at_once_are_added_up() -> None:
    """Sheets follow the tabs, hidden ones and chart sheets between them included."""

    def decorate(writer: Any) -> None:
        chart = writer.add_chart({"type": "line"})
        chart.add_series({"values": "=Jan!$A$1"})
        writer.add_chartsheet("Chart").set_chart(chart)
        writer.add_worksheet("Mar").write("A1", 30)
        writer.get_worksheet_by_name("Feb").hide()

    jan = {"A1": 1, "B1": F("=SUM(Jan:Mar!A1)", 51), "B2": F("=MAX('Jan:Feb'!A1:A9,7)", 20)}
    package = book({"Jan": jan, "Feb": {"A1": 20}}, {"price": "Jan!$A$1"}, decorate)
    written, outcome = run(package, inputs={"price": "2"})
    assert outcome.status == "done", outcome.reason
    assert cached(written, "Jan", "B1", "B2") == [52, 20]


def test_what_takes_one_area_is_refused_several_sheets() -> None:
    """A change on any of the sheets makes the cell one that can't be known."""
    feb = {"A1": 1, "B1": F("=RANK(5,Jan:Mar!A1:A9)", 1)}
    package = book({"Jan": {"A1": 5}, "Feb": feb, "Mar": {"A1": 1}}, {"price": "Mar!$A$1"})
    _, outcome = run(package, inputs={"price": "2"})
    assert outcome.reason == "Feb!B1 refers to several sheets at once"


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"B1": F("=SUM(A:A)", 1)}, 2),
        ({"B1": F("=SUM(1:1)-B1*0", 1)}, None),  # circular
        ({"A2": 3, "B1": F("=SUM(A1:A100)", 4)}, 5),
        ({"B1": F("=OFFSET(A1,0,0)", 1)}, 2),
        ({"B1": F('=INDIRECT("A1")', 1)}, 2),
        ({"A2": 3, "B1": F("=SUM(A1:INDEX(A:A,2))", 4)}, 5),
        ({"B1": F('=IF(A1>1,"high","low")', "low")}, "high"),
        ({"B1": F("=A1>1", cached=False)}, True),
        ({"B1": F("=1/(A1-2)", -1)}, "#DIV/0!"),
        ({"B1": F("=price*3", 3)}, 6),
        ({"B1": F("=alias*3", 3)}, 6),
        ({"B1": F('="<"&A1&"> & ""x"""', '<1> & "x"')}, '<2> & "x"'),
        ({"B1": F('=" "&A1&" "', " 1 ")}, " 2 "),
        ({"B1": F('=IF(A1>1,"","x")', "x")}, None),  # an empty text, which openpyxl reads as a blank
        ({"B1": F('="Ωμέγα 🚀"&A1', "Ωμέγα 🚀1")}, "Ωμέγα 🚀2"),
        ({"B1": F("=A1&CHAR(10)", "1\n")}, "2\n"),
        ({"B1": F("=" + "+".join(["A1"] * 1_000), 1_000)}, 2_000),
    ],
)
def test_kinds_of_formulas(cells: dict[str, Any], expected: Any) -> None:
    """References and values of every kind reach the cell."""
    package = book({"Sheet1": {"A1": 1, **cells}}, {**NAMES, "alias": "=price"})
    written, outcome = run(package, inputs={"price": "2"})
    if outcome.status == "refused":
        why = "depends on itself in a circle" if expected is None else "can't be evaluated by the engine"
        assert outcome.reason == f"Sheet1!B1 {why}"
    else:
        assert cached(written, "Sheet1", "B1") == [expected]


def test_sheets_with_any_name_are_reached() -> None:
    """Quotes, spaces, letters of any script; hidden sheets count as well."""
    sheets: dict[str, dict[str, Any]] = {
        "Sheet1": {"A1": 1},
        "It's ☃ Übersicht": {"A1": F("=Sheet1!A1*2", 2)},
    }
    package = book(
        {**sheets, "日本": {"A1": F("='It''s ☃ Übersicht'!A1+1", 3)}},
        NAMES,
        decorate=lambda writer: writer.worksheets()[1].very_hidden(),
    )
    written, _ = run(package, inputs={"price": "2"})
    assert cached(written, "日本", "A1") == [5]


def test_array_formulas_fill_their_range() -> None:
    """A legacy array formula keeps its range; one in a single cell gives a single value."""
    cells = {
        "A1": 1,
        "A2": 2,
        "B1": Array("{=A1:A2*10}", "B1:B2", 10),
        "C1": Array("{=SUM(A1:A2*A1:A2)}", "C1:C1", 5),
        "D1": Array("{=A1:A2}", "D1:D1", 1),
        "E1": F("=SUM(B1:B2)", 30),
    }
    package = edited(
        book({"Sheet1": cells}, NAMES), SHEET, ('<c r="B2"><v>0</v></c>', '<c r="B2"><v>20</v></c>')
    )
    written, outcome = run(package, inputs={"price": "3"})
    assert outcome.status == "done", outcome.reason
    assert cached(written, "Sheet1", "B1", "B2", "C1", "D1", "D2", "E1") == [30, 20, 13, 3, None, 50]


def spilling(count: int, **more: Any) -> bytes:
    """A spill of as many rows as A1 says, and what refers to it."""
    package = book(
        {
            "Sheet1": {
                "A1": count,
                "B1": Array("=SEQUENCE(A1)", f"B1:B{count}", 1, dynamic=True),
                "C1": F("=SUM(_xlfn.ANCHORARRAY(B1))", count * (count + 1) / 2),
                "D1": F("=SUM(B1:B9)", count * (count + 1) / 2),
                **more,
            }
        },
        NAMES,
    )
    rows = [(f'<c r="B{row}"><v>0</v></c>', f'<c r="B{row}"><v>{row}</v></c>') for row in range(2, count + 1)]
    return edited(package, SHEET, *rows)


@pytest.mark.parametrize(("count", "column"), [(5, [1, 2, 3, 4, 5]), (2, [1, 2]), (1, [1])])
def test_spills_grow_and_shrink(count: int, column: list[float]) -> None:
    """The range of a dynamic array follows its result, and so does what refers to it."""
    written, outcome = run(spilling(3), inputs={"price": str(count)})
    assert outcome.status == "done", outcome.reason
    found = cached(written, "Sheet1", *(f"B{row}" for row in range(1, 7)))
    assert found == [*column, *[None] * (6 - len(column))]
    assert cached(written, "Sheet1", "C1", "D1") == [sum(column)] * 2
    last = f":B{count}" if count > 1 else ""
    assert f'ref="B1{last}"' in parts(written)[SHEET].decode()


def test_a_spill_of_another_size_than_excels_is_unproven() -> None:
    """An array of which the engine fills more cells than Excel did is no proof, though the first agree."""
    cells = {"A1": 3, "C1": Array("=SEQUENCE(A1)", "C1:C2", 1, dynamic=True), "C2": 2}
    assert refusal(cells) == "Sheet1!C1 fills 2 cells in the book, but the engine makes it fill 3"


@pytest.mark.parametrize(
    ("formula", "saved", "expected"),
    [
        ("=B1:B3*2", 2, 10),
        ("=B1:B3", 1, 5),
        ("=B:B", 1, 5),
        ("=-B1:B3", -1, -5),
        ("=column*2", 2, 10),
        ("=IF(B1:B3>2,10,20)", 20, 10),
        ("=IFERROR(B1:B3/1,0)", 1, 5),
        ("=SUM(B1:B3)*2", 6, 14),
        ("=SUMPRODUCT(B1:B3*2)", 6, 14),
        ('=VALUE(TEXT(B1:B3,"0"))', 1, 5),
        ("=CHOOSE(1,B1:B3)", 1, 5),
        ("=ROUND(B1:B3,0)", 1, 5),
        ("=SUM(B1:B3*2)", 2, 10),
        ("=SUM(IF(B1:B3>2,B1:B3,1))", 1, 7),
        ("=SUM(ABS(column))", 1, 5),
        ("=INDEX(B1:B3,0,1)", 1, 5),
        ("=OFFSET(B1,0,0,3,1)", 1, 5),
        ("=ROUND(SUM(B1:B3),0)", 3, 7),
    ],
)
def test_ordinary_formulas_intersect_ranges(formula: str, saved: float, expected: float) -> None:
    """Of a range an ordinary formula takes the cell of its own row, though equal cells prove any."""
    cells = {"B1": 1, "B2": 1, "B3": 1, "C2": F(formula, saved), "D1": F("=SUM(C1:C9)", saved)}
    names = {"price": "Sheet1!$B$2", "column": "Sheet1!$B$1:$B$3"}
    written, outcome = run(book({"Sheet1": cells}, names), inputs={"price": "5"})
    assert outcome.status == "done", outcome.reason
    assert cached(written, "Sheet1", "C2", "D1") == [expected, expected]


@pytest.mark.parametrize(
    ("formula", "saved", "reason"),
    [
        (
            "=SUMPRODUCT(--ISNUMBER(B1:B3))",
            0,
            "gives several cells to ISNUMBER, of which the engine takes one",
        ),
        ("=SUMPRODUCT(IF(B1:B3>2,1,0))", 0, "gives several cells to IF, but is no array formula"),
        ("=SUM(twice)", 6, "uses a name whose formula Excel works cell by cell"),
    ],
)
def test_ranges_that_the_engine_can_not_work_are_refused(formula: str, saved: float, reason: str) -> None:
    """Equal values would prove them, and the next ones would be wrong."""
    cells = {"B1": 1, "B2": 1, "B3": 1, "C2": F(formula, saved)}
    names = {"price": "Sheet1!$B$2", "twice": "=Sheet1!$B$1:$B$3*2"}
    _, outcome = run(book({"Sheet1": cells}, names), inputs={"price": "5"})
    assert (outcome.status, outcome.reason) == ("refused", f"Sheet1!C2 {reason}")


def test_a_text_that_looks_like_a_spill_is_a_text() -> None:
    """`"B2#"` in quotation marks is not the range that B2 fills."""
    cells = {"A1": "k", "B2": 1, "B3": 4, "C1": F('=IF(A1="B2#",SUM(B2:B3),9)', 9)}
    assert values(cells, "C1", price="B2#") == [5]


def test_hidden_rows_are_left_out_by_excel_alone() -> None:
    """SUBTOTAL and AGGREGATE over a sheet that hides rows can't be known, even where the proof would pass."""
    cells = {"A1": 0, "A2": 5, "C1": F("=SUBTOTAL(109,A1:A2)", 5)}

    def hide(writer: Any) -> None:
        writer.worksheets()[0].set_row(0, None, None, {"hidden": True})

    _, outcome = run(book({"Sheet1": cells}, NAMES, hide), inputs={"price": "4"})
    assert (outcome.status, "SUBTOTAL over rows that are hidden" in outcome.reason) == ("refused", True)
    assert values(cells, "C1", price="4") == [9]


def test_precision_as_displayed_is_refused() -> None:
    """A book in which Excel rounds every value to what its cell shows is left to Excel."""
    rounding = edited(
        book({"Sheet1": {"A1": 1, "B1": F("=A1*2", 2)}}, NAMES),
        "xl/workbook.xml",
        ("<calcPr ", '<calcPr fullPrecision="0" '),
    )
    _, outcome = run(rounding, inputs={"price": "1.26"})
    assert (outcome.status, "precision as displayed" in outcome.reason) == ("refused", True)
    assert run(rounding)[1].status == "unchanged"


def test_a_blocked_spill_is_an_error() -> None:
    """Something stands in the way: the array shows an error, and what stood there is kept."""
    written, outcome = run(spilling(3, B5="in the way"), inputs={"price": "6"})
    assert outcome.status == "done", outcome.reason
    assert cached(written, "Sheet1", "B1", "B2", "B3", "B5") == ["#VALUE!", None, None, "in the way"]


def test_dates_of_1904_are_kept_in_their_system() -> None:
    """Day 0 is another one: an ISO date is written in the book's own count."""

    def as_date(writer: Any) -> None:
        style = writer.add_format({"num_format": "yyyy-mm-dd"})
        writer.worksheets()[0].write("A1", 40_000, style)

    package = book({"Sheet1": {"B1": F("=YEAR(A1)", 2013)}}, NAMES, decorate=as_date)
    package = edited(package, "xl/workbook.xml", ("<workbookPr ", '<workbookPr date1904="1" '))
    written, outcome = run(package, inputs={"price": "2026-01-31"})
    assert outcome.status == "done", outcome.reason
    assert b"<v>44591</v>" in parts(written)[SHEET]
    assert cached(written, "Sheet1", "B1") == [2026]


@pytest.mark.parametrize(
    ("said", "in_1900", "in_1904"),
    [
        ("2026-01-31", 46_053, 44_591),
        ("2026-01-31T06:00:00", 46_053.25, 44_591.25),
        ("2026-01-31T06:00:00Z", 46_053.25, 44_591.25),
        ("06:00:00", 0.25, 0.25),
        ("1904-01-01", 1_462, 0),
        ("1900-03-01", 61, -1_401),
        ("1900-02-28", 59, -1_402),
        ("1899-12-31", 0, -1_461),
    ],
)
def test_iso_dates_count_from_the_books_own_day(said: str, in_1900: float, in_1904: float) -> None:
    """A cell of the type "d" is the same day in both systems; the number that a formula sees is not."""
    for system, days in (("0", in_1900), ("1", in_1904), ("0", in_1900)):
        package = book({"Sheet1": {"A1": 1, "B1": 9, "C1": F("=B1*2+A1", days * 2 + 1)}}, NAMES)
        package = edited(package, SHEET, ('<c r="B1"><v>9<', f'<c r="B1" t="d"><v>{said}<'))
        package = edited(package, "xl/workbook.xml", ("<workbookPr ", f'<workbookPr date1904="{system}" '))
        written, outcome = run(package, inputs={"price": "2"})
        assert outcome.status == "done", outcome.reason
        assert f"<f>B1*2+A1</f><v>{days * 2 + 2:g}</v>".encode() in parts(written)[SHEET]
        assert f'<c r="B1" t="d"><v>{said}</v>'.encode() in parts(written)[SHEET]


@pytest.mark.parametrize("said", ["1899-12-30", "2026-02-30", "soon", "25:00:00"])
def test_what_is_no_date_of_a_book_is_refused(said: str) -> None:
    """Excel's calendar has no such day."""
    package = book({"Sheet1": {"A1": 1, "B1": 9}}, NAMES)
    package = edited(package, SHEET, ('<c r="B1"><v>9<', f'<c r="B1" t="d"><v>{said}<'))
    _, outcome = run(package, inputs={"price": "2"})
    assert (outcome.status, f"holds b'{said}' for a date" in outcome.reason) == ("refused", True)


def strict(package: bytes) -> bytes:
    """The same book in the namespaces of strict OOXML."""
    pairs = (
        (
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        ),
        (
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        ),
    )
    changed = {}
    for name, content in parts(package).items():
        for old, new in pairs:
            content = content.replace(old, new)  # noqa: PLW2901 - one after the other
        changed[name] = content
    return repacked(package, changed)


def test_strict_books_are_recalculated() -> None:
    """Other namespaces, same cells."""
    package = strict(book({"Sheet1": {"A1": 1, "B1": F("=A1*2", 2)}}, NAMES))
    written, outcome = run(package, inputs={"price": "2"})
    assert outcome.status == "done"
    assert b"<f>A1*2</f><v>4</v>" in parts(written)[SHEET]


def test_prefixed_elements_are_recalculated() -> None:
    """Some programs write <x:c> for <c>."""
    package = book({"Sheet1": {"A1": 1, "B1": F('=A1&"!"', "1!")}}, NAMES)
    xml = parts(package)[SHEET].decode()
    xml = xml.replace("<worksheet xmlns=", "<x:worksheet xmlns:x=").replace("</worksheet>", "</x:worksheet>")
    xml = re.sub(r"<(/?)(?!x:|\?)(\w)", r"<\1x:\2", xml)
    written, outcome = run(repacked(package, {SHEET: xml.encode()}), inputs={"price": "2"})
    assert outcome.status == "done", outcome.reason
    assert b'<x:f>A1&amp;"!"</x:f><x:v>2!</x:v>' in parts(written)[SHEET]


def test_cells_without_addresses_are_counted() -> None:
    """A cell that does not say where it is follows the one before it."""
    package = book({"Sheet1": {"A1": 1, "B1": F("=A1*2", 2), "B2": F("=B1*2", 4)}}, NAMES)
    package = edited(package, SHEET, ('<c r="A1">', "<c>"), ('<c r="B1">', "<c>"), ('<row r="2"', "<row"))
    written, outcome = run(package, inputs={"price": "2"})
    assert outcome.status == "done", outcome.reason
    assert b"<f>B1*2</f><v>8</v>" in parts(written)[SHEET]


@pytest.mark.parametrize("half", ["_xD800_", "_xDC00_"])
def test_half_a_letter_is_refused_where_it_counts(half: str) -> None:
    """Half of a surrogate pair, which Excel's LEFT may leave, is copied, but never computed with."""
    package = book({"Sheet1": {"A1": 1, "B1": F("=A1&C1", "1k"), "C1": F('="k"', "half")}}, NAMES)
    package = edited(package, SHEET, ("<v>half<", f"<v>{half}<"))
    _, outcome = run(package, inputs={"price": "2"})
    assert (outcome.status, "half a letter" in outcome.reason) == ("refused", True)
    assert (
        run(edited(package, SHEET, ("A1&amp;C1", "A1&amp;1"), ("1k", "11")), inputs={"price": "2"})[1].changed
        == 2
    )


def test_two_halves_are_one_letter() -> None:
    """A letter that is escaped as two UTF-16 units is that letter."""
    package = book({"Sheet1": {"A1": 1, "B1": F("=A1&C1", "1\U0001f600"), "C1": F('="k"', "half")}}, NAMES)
    written, outcome = run(edited(package, SHEET, ("<v>half<", "<v>_xD83D__xDE00_<")), inputs={"price": "2"})
    assert outcome.status == "done", outcome.reason
    assert cached(written, "Sheet1", "B1") == ["2\U0001f600"]


def test_an_input_that_is_no_unicode_is_refused() -> None:
    """Bytes on the command line that are no UTF-8 are not written anywhere."""
    _, outcome = run(book({"Sheet1": {"A1": "k", "B1": F("=A1&1", "k1")}}, NAMES), inputs={"price": "\udcff"})
    assert (outcome.status, outcome.reason) == ("refused", "price: must be a text in Unicode")


def test_text_is_never_turned_into_a_formula() -> None:
    """What begins with =, +, - or @ stays the text it is."""
    package = book({"Sheet1": {"A1": "text", "B1": F('=A1&"!"', "text!")}}, NAMES)
    for text in ("=1+1", "+1", "-1x", "@A1", '=HYPERLINK("http://x")'):
        written, outcome = run(package, inputs={"price": text})
        assert outcome.status == "done"
        assert cached(written, "Sheet1", "A1", "B1") == [text, text + "!"]
        assert parts(written)[SHEET].count(b"<f>") == 1


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("price", "abc", 'price: must be a number, got "abc"'),
        ("price", "", 'price: must be a number, got ""'),
        ("price", "1e400", "price: must be a finite number, got 1e400"),
        ("price", "TRUE", 'price: must be a number, got "TRUE"'),
        ("flag", "1", 'flag: must be TRUE or FALSE, got "1"'),
        ("no_such_name", "1", "no_such_name: the book has no such name"),
        ("range", "1", "range: the name is not that of a single cell"),
        ("computed", "1", "computed: Sheet1!B1 holds a formula, which is never overwritten"),
        ("spilled", "1", "spilled: Sheet1!C2 holds a formula, which is never overwritten"),
        ("constant", "1", "constant: the name is not that of a single cell"),
        ("header", "x", "header: Sheet1!F1 is a header of the table Table1"),
    ],
)
def test_an_input_that_does_not_fit_is_refused(name: str, value: str, reason: str) -> None:
    """One sentence, and the book as it was."""
    cells = {
        "A1": 1,
        "A2": True,
        "B1": F("=A1", 1),
        "C1": Array("{=A1:A2}", "C1:C2", 1),
        "F1": "Header",
        "F2": 1,
    }
    names = {
        **NAMES,
        "flag": "Sheet1!$A$2",
        "range": "Sheet1!$A$1:$A$2",
        "computed": "Sheet1!$B$1",
        "spilled": "Sheet1!$C$2",
        "constant": "=5",
        "header": "Sheet1!$F$1",
    }

    def add_table(writer: Any) -> None:
        writer.worksheets()[0].add_table("F1:F2", {"columns": [{"header": "Header"}]})

    _, outcome = run(book({"Sheet1": cells}, names, add_table), inputs={name: value})
    assert (outcome.status, outcome.reason) == ("refused", reason)


@pytest.mark.parametrize(
    ("old", "shown", "typed", "expected"),
    [
        (0.5, "0%", "40%", 0.4),
        (0.5, "0.00%", "0,4", 0.4),
        (0.5, '0.0"%"', "40%", "cell: takes no percentage, got 40%: write the number itself"),
        (0.5, "General", "40%", "cell: takes no percentage, got 40%: write the number itself"),
        (5, "General", "5x", "cell: takes no multiple, got 5x: write the number itself"),
        (5, "General", "0,25", 0.25),
        (5, "General", "1,000", "cell: 1,000 may be 1000 or 1.000: write which"),
        (None, "0%", "40%", 0.4),
        (None, "General", "40%", "cell: takes no percentage, got 40%: write the number itself"),
        (None, "yyyy-mm-dd", "2026-01-31", dt.datetime(2026, 1, 31)),
        ("word", "General", "40%", "40%"),
    ],
)
def test_a_number_is_typed_as_its_cell_takes_it(
    old: float | str | None, shown: str, typed: str, expected: object
) -> None:
    """A percentage where the cell shows one, a decimal comma anywhere, and a hint where it does not fit."""
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    sheet["A1"], sheet["A1"].number_format, sheet["B1"] = old, shown, 1
    workbook.defined_names["cell"] = DefinedName("cell", attr_text="Sheet!$A$1")
    saved = io.BytesIO()
    workbook.save(saved)
    written, outcome = run(saved.getvalue(), inputs={"cell": typed})
    if outcome.is_problem:
        assert outcome.reason == expected
    else:
        assert cached(written, "Sheet", "A1") == [expected]


@pytest.mark.parametrize(
    ("where", "value", "expected"),
    [("B1", "2", 2), ("A2", "TRUE", True), ("D4", "word", "word"), ("C9", "1.5", 1.5), ("B5", "-1", -1)],
)
def test_a_blank_cell_takes_what_the_value_looks_like(where: str, value: str, expected: Any) -> None:
    """The cell is made where its row wants it, or the row is made."""
    cells = {"A1": 1, "C1": 3, "A5": 5, "C5": 6, "E1": F(f"=COUNTA({where})", 0)}
    package = book({"Sheet1": cells}, {"price": f"=Sheet1!${where[0]}${where[1]}"})
    written, outcome = run(package, inputs={"price": value})
    assert outcome.status == "done", outcome.reason
    assert cached(written, "Sheet1", where, "E1") == [expected, 1]


def test_a_book_without_values_says_so() -> None:
    """Made by a library: nothing to compare with, everything is evaluated."""
    package = book({"Sheet1": {"A1": 1, "B1": F("=A1+1", 7), "C1": F("=B1+1", 8)}})
    bare = re.sub(rb"</f><v>\d+</v>", b"</f>", parts(package)[SHEET])
    written, outcome = run(repacked(package, {SHEET: bare}))
    assert "had no cached values" in outcome.reason
    assert cached(written, "Sheet1", "B1", "C1") == [2, 3]


def test_cells_without_values_are_filled_in() -> None:
    """Some formulas have no value yet: they are computed, all others keep theirs."""
    cells = {"A1": 1, "B1": F("=A1+1"), "C1": F("=B1+1", 3), "D1": F("=A1*5", 6)}
    written, outcome = run(without_value(cells, "A1+1"))
    assert outcome.status == "done", outcome.reason
    assert cached(written, "Sheet1", "B1", "C1", "D1") == [2, 3, 6]


def without_value(cells: dict[str, Any], *formulas: str) -> bytes:
    """A book of one sheet in which some formulas have no value."""
    package = book({"Sheet1": cells}, NAMES)
    xml = re.sub(
        rf"(<f>(?:{'|'.join(map(re.escape, formulas))})</f>)<v>[^<]*</v>",
        r"\1",
        parts(package)[SHEET].decode(),
    )
    return repacked(package, {SHEET: xml.encode()})


def test_what_refers_to_a_cell_without_value_is_proved() -> None:
    """The cell's value is computed from the old inputs, and what Excel made of it must come out."""
    cells = {"A1": 1, "B1": F("=A1+1"), "C1": F("=B1*10", 20), "D1": F("=SUM(B1:C1)", 22)}
    written, outcome = run(without_value(cells, "A1+1"), inputs={"price": "4"})
    assert (outcome.status, outcome.unproven) == ("done", ())
    assert cached(written, "Sheet1", "B1", "C1", "D1") == [5, 50, 55]


def test_what_refers_to_a_cell_without_value_may_be_unproven() -> None:
    """Excel's value stands for something else than the engine makes of it: neither is written."""
    cells = {"A1": 1, "B1": F("=A1+1"), "C1": F("=B1*10", 70)}
    for inputs in ({"price": "4"}, {}):
        _, outcome = run(without_value(cells, "A1+1"), inputs=inputs)
        assert (outcome.status, outcome.reason) == (
            "refused",
            "Sheet1!C1 is 70 in the book, but the engine makes it 20",
        )


@pytest.mark.parametrize("formula", ["TODAY()*0+A1", "RAND()*0+A1", "HEDGE_MARGIN(A1,1)"])
def test_what_moves_of_itself_and_has_no_value_proves_nothing(formula: str) -> None:
    """Excel computed what refers to it from a value that nobody knows: it is computed unproven, as before."""
    cells = {"A1": 1, "B1": F(f"={formula}"), "C1": F("=B1*10", 70)}
    written, outcome = run(without_value(cells, formula), inputs={"price": "4"})
    assert outcome.status == "done", outcome.reason
    assert cached(written, "Sheet1", "C1") == [40]


def test_shared_formulas_on_several_axes() -> None:
    """One text for a block of cells, moved down and to the right."""
    package = book(
        {
            "Sheet1": {
                "A1": 1,
                "B1": 10,
                "A2": F("=A1*2", 2),
                "B2": F("=B1*2", 20),
                "A3": F("=A2*2", 4),
                "B3": F("=B2*2", 40),
            }
        },
        NAMES,
    )
    shared = '<f t="shared" si="0"/>'
    package = edited(
        package,
        SHEET,
        ("<f>A1*2</f>", '<f t="shared" ref="A2:B3" si="0">A1*2</f>'),
        ("<f>B1*2</f>", shared),
        ("<f>A2*2</f>", shared),
        ("<f>B2*2</f>", shared),
    )
    written, outcome = run(package, inputs={"price": "3"})
    assert outcome.status == "done", outcome.reason
    assert cached(written, "Sheet1", "A2", "B2", "A3", "B3") == [6, 20, 12, 40]
    assert parts(written)[SHEET].count(b't="shared"') == 4


def test_tables_with_calculated_columns_and_totals() -> None:
    """Structured references of every kind, with the totals row left out of the data."""

    def add_table(writer: Any) -> None:
        sheet = writer.worksheets()[0]
        sheet.add_table(
            "C1:E4",
            {
                "name": "Holdings",
                "data": [[0.5, 10], [2, 20]],
                "total_row": True,
                "columns": [
                    {"header": "Quantity"},
                    {"header": "Price", "total_string": "sum"},
                    {"header": "Value", "formula": "=[@Quantity]*[@Price]*price", "total_function": "sum"},
                ],
            },
        )
        sheet.write_formula("G1", "=SUM(Holdings[Value])", None, 0)
        sheet.write_formula("G2", "=Holdings[[#Totals],[Value]]", None, 0)

    package = book({"Sheet1": {"A1": 1}}, NAMES, add_table)
    bare = re.sub(rb"</f><v>\d+</v>", b"</f>", parts(package)[SHEET])
    package, _ = run(repacked(package, {SHEET: bare}))
    assert cached(package, "Sheet1", "E2", "E3", "E4", "G1", "G2") == [5, 40, 45, 45, 45]
    written, outcome = run(package, inputs={"price": "2"})
    assert outcome.status == "done", outcome.reason
    assert cached(written, "Sheet1", "E2", "E3", "E4", "G1", "G2") == [10, 80, 90, 90, 90]


def test_a_market_writes_the_table_by_symbol() -> None:
    """Prices go to the row of their symbol and the column of their name, in any book with such a table."""

    def add_table(writer: Any) -> None:
        writer.worksheets()[0].add_table(
            "C1:E3",
            {
                "name": "Market",
                "data": [["BTC", 30_000, 0.0001], ["ETH", 2_000, 0.0001]],
                "columns": [{"header": "Symbol"}, {"header": "Spot"}, {"header": "Funding rate"}],
            },
        )

    package = book({"Sheet1": {"A1": F("=D2+D3", 32_000)}}, decorate=add_table)
    written, outcome = run(package, market={"btc": {"spot": 31_000.0, "funding_rate": "0.0002"}})
    assert outcome.status == "done", outcome.reason
    assert cached(written, "Sheet1", "A1", "D2", "E2", "D3") == [33_000, 31_000, 0.0002, 2_000]
    for market, reason in (
        ({"BTC": {"volume": 1.0}}, "volume: the table Market has no such column"),
        ({"BTC": {"spot": "dear"}}, 'BTC spot: must be a number, got "dear"'),
    ):
        _, outcome = run(package, market=market)
        assert (outcome.status, outcome.reason) == ("refused", reason)
    _, outcome = run(book({"Sheet1": {"A1": 1}}), market={"BTC": {"spot": 1.0}})
    assert outcome.reason == "the book has no table Market for the prices"
