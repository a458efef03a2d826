"""What books seldom hold: names of names, whole columns, odd sheets, circles, merged cells."""

import re
import tracemalloc
from collections.abc import Mapping
from typing import Any

import pytest
from support.books import Array, F, book, cached, edited, parts, repacked

from workbook.recalc.recalc import recalc_bytes
from workbook.request import Outcome, Request

SHEET = "xl/worksheets/sheet1.xml"
WORKBOOK = "xl/workbook.xml"
NAMES = {"price": "Sheet1!$A$1"}


def run(package: bytes, **asked: Any) -> tuple[bytes, Outcome]:
    """The price set to 2; a second run changes nothing."""
    request = Request(inputs={"price": "2"}, **asked)
    written, outcome = recalc_bytes(package, request)
    if outcome.status == "done":
        again, second = recalc_bytes(written, request)
        assert (second.status, again) == ("unchanged", written)
    return written, outcome


def chain(length: int) -> dict[str, str]:
    """Names each of which refers to the one before it; the first to the price's cell."""
    names = {f"name_{number}": f"=name_{number - 1}" for number in range(1, length)}
    return {"name_0": "=Sheet1!$A$1", **names}


@pytest.mark.parametrize(
    ("names", "formula", "saved", "expected"),
    [
        (chain(2), "name_1", 1, 2),
        (chain(90), "name_89*10", 10, 20),
        ({"twice": "=Sheet1!$A$1*2", "more": "=twice+1"}, "more*2", 6, 10),
        ({"rate": "=5"}, "rate*price", 5, 10),
        ({"rate": "=-5%"}, "price^rate", 1, 2**-0.05),
        ({"word": '="it is "&Sheet1!$A$1'}, 'word&"!"', "it is 1!", "it is 2!"),
        ({"list": "={1,2,3}"}, "SUM(list)*price", 6, 12),
        ({"area": "=Sheet1!$A$1:$A$3"}, "SUM(area)", 6, 7),
        ({"area": "=Sheet1!$A$1:$A$3", "alias": "=area"}, "ROWS(alias)*price", 3, 6),
        ({"column": "=Sheet1!$A:$A"}, "SUM(column)", 6, 7),
        ({"left": "=Sheet1!XFD1"}, "left*10", 10, 20),
        ({"rate": "=3", "Other!rate": "=4"}, "rate*price", 3, 6),
        ({"rate": "=3", "Other!rate": "=4"}, "Other!rate*price", 4, 8),
        ({"Sheet1!rate": "=3", "Other!rate": "=4"}, "rate*price", 3, 6),
        ({"rate": "=3", "Other!rate": "=4", "over": "=Other!rate"}, "over*price", 4, 8),
        ({"Pri_ce": "=Sheet1!$A$1"}, "PRI_CE", 1, 2),
        ({"gewinn_ä": "=Sheet1!$A$1", "利益": "=gewinn_ä*3"}, "利益", 3, 6),
    ],
)
def test_names_mean_what_they_refer_to(
    names: dict[str, str], formula: str, saved: Any, expected: Any
) -> None:
    """Cells, ranges, constants, formulas, other names; a sheet's own name goes before the book's."""
    cells = {"A1": 1, "A2": 2, "A3": 3, "B1": F("=" + formula, saved)}
    written, outcome = run(book({"Sheet1": cells, "Other": {"A1": 9}}, {**NAMES, **names}))
    assert outcome.status == "done", outcome.reason
    assert cached(written, "Sheet1", "B1") == [expected]


@pytest.mark.parametrize(
    ("names", "formula", "reason"),
    [
        ({"one": "=one"}, "one+A1", "uses the name one, which refers to itself"),
        ({"one": "=two+1", "two": "=one+1"}, "one+A1", "uses the name one, which refers to itself"),
        ({"one": "=two+Sheet1!$A$1", "two": "=one+1"}, "two", "uses the name two, which refers to itself"),
        (
            {"call": "=_xlfn.LAMBDA(_xlpm.x,_xlpm.x*Sheet1!$A$1)"},
            "call(3)",
            "calls the name call as a function",
        ),
        ({"call": "=_xlfn.LAMBDA(_xlpm.x,call(_xlpm.x)+Sheet1!$A$1)"}, "call(3)", "calls the name call as a"),
        (chain(150), "name_149", "uses the name name_49 at the end of more than 100 names"),
        (
            {
                "a_0": "=Sheet1!$Z$9&Sheet1!$Z$9",
                **{f"a_{n}": f"={'&'.join([f'a_{n - 1}'] * 9)}" for n in range(1, 9)},
            }
            | {"last": "=a_8&Sheet1!$A$1"},
            "last",
            "grows without end",
        ),
        ({"far": "=OFFSET(Sheet1!$C$9,-8,-2)", "gone": "=#REF!"}, "far+gone", "#REF!"),
    ],
    ids=["itself", "circle", "circle with a cell", "lambda", "recursion", "depth", "laughs", "lost"],
)
def test_names_that_mean_nothing_certain_keep_no_old_value_in_silence(
    names: dict[str, str], formula: str, reason: str
) -> None:
    """A cell that refers to the price through such a name is known to be stale, and the rest is done."""
    cells = {"A1": 1, "B1": F("=" + formula, 7), "C1": F("=B1", 7), "D1": F("=A1*2", 2)}
    package = book({"Sheet1": cells}, {**NAMES, **names})
    _, outcome = run(package)
    assert (outcome.status, reason in outcome.reason) == ("refused", True), outcome.reason
    written, outcome = run(package, allow_stale=True)
    assert outcome.stale == ("Sheet1!B1", "Sheet1!C1")
    assert cached(written, "Sheet1", "B1", "C1", "D1") == [7, 7, 4]


@pytest.mark.parametrize(
    ("formula", "saved", "expected"),
    [
        ("SUM(A:A)", 6, 7),
        ("SUM($A:$A)+SUM(Sheet1!A:B)", 12, 14),
        ("SUM(Other!1:1)", 8, 8),
        ("SUM(1:1)", 1, 2),
        ("SUM(Sheet1!$1:$3)", 6, 7),
        ("COUNT(A:XFD)", 0, None),
        ("SUMIF(A:A,2)", 2, 4),
        ("SUMPRODUCT((A1:A3>1)*1)", 2, 3),
        ("INDEX(A:A,1)", 1, 2),
        ("INDEX(A:A,3)", 3, 3),
        ("MATCH(3,A:A,0)*price", 3, 6),
        ("VLOOKUP(2,A:A,1)", 2, 2),
        ("COUNTA(A:A)&price", "31", "32"),
        ("MAX(A:A,1:1)", 3, 3),
        ("ROWS(A:A)+COLUMNS(1:1)+price", 1_064_961, 1_064_962),
    ],
)
def test_whole_columns_and_rows_are_read_as_far_as_they_are_filled(
    formula: str, saved: Any, expected: Any
) -> None:
    """A million cells are no million values; a formula within its own range goes in a circle."""
    cells = {"A1": 1, "A2": 2, "A3": 3, "D9": F("=" + formula, saved)}
    written, outcome = run(book({"Sheet1": cells, "Other": {"A1": 8}}, NAMES))
    if expected is None:
        assert "in a circle" in outcome.reason
        return
    assert outcome.status == "done", outcome.reason
    assert cached(written, "Sheet1", "D9") == [expected]


ODD_SHEETS = [
    "It's",
    "'",
    "''",
    " blank first",
    "a b\u00a0c",
    "50% & more",
    "A1",
    "R1C1",
    "TRUE",
    "1st",
    "Überblick",
    "Прогноз",
    "日本 市場",
    "ملخص",
    "🚀 to the 🌕",
    "e\u0301",
    "a!b",
    "#REF!",
    "x" * 31,
    '(1,2);{3}="4"',
]


@pytest.mark.parametrize("name", [name for name in ODD_SHEETS if not name.startswith("'")])
@pytest.mark.parametrize("state", ["visible", "hidden", "veryHidden"])
def test_sheets_of_any_name_and_state_take_part(name: str, state: str) -> None:
    """Inputs, formulas and results on a sheet that nobody sees, whatever it is called."""
    quoted = "'" + name.replace("'", "''") + "'"
    cells = {"A1": F(f"={quoted}!B1*2", 20), "A2": F(f"=SUM({quoted}!A1:B1)", 11)}
    package = book(
        {"Sheet1": cells, "2nd": {"A1": 1, "B1": F("=A1*10", 10), "C1": F("=Sheet1!A1+1", 21)}},
        {"price": "='2nd'!$A$1"},
    )
    package = edited(
        package,
        WORKBOOK,
        ('name="2nd"', f'name="{attribute(name)}" state="{state}"'),
        ("'2nd'!", text(quoted) + "!"),
    )
    written, outcome = run(package)
    assert outcome.status == "done", outcome.reason
    assert cached(written, "Sheet1", "A1", "A2") == [40, 22]
    assert cached(written, name, "A1", "B1", "C1") == [2, 20, 41]


def text(raw: str) -> str:
    """A text as an element holds it."""
    return raw.replace("&", "&amp;").replace("<", "&lt;")


def attribute(raw: str) -> str:
    """A text as an attribute in double quotes holds it."""
    return text(raw).replace('"', "&quot;")


def iterating(cells: Mapping[str, Any], *, values: bool = True) -> bytes:
    """A book in which Excel goes round circles, with or without the values that it came to."""
    package = edited(book({"Sheet1": cells}, NAMES), WORKBOOK, ("<calcPr ", '<calcPr iterate="1" '))
    if values:
        return package
    return repacked(package, {SHEET: re.sub(rb"</f><v>[^<]*</v>", b"</f>", parts(package)[SHEET])})


@pytest.mark.parametrize("values", [True, False], ids=["with values", "without values"])
@pytest.mark.parametrize(
    ("circle", "stale"),
    [
        ({"B1": F("=C1/2+A1", 2), "C1": F("=B1", 2)}, ("Sheet1!B1", "Sheet1!C1")),
        ({"B1": F("=B1+A1", 5)}, ("Sheet1!B1",)),
        ({"B1": F("=SUM(A1:B1)", 5)}, ("Sheet1!B1",)),
        ({"B1": F("=SUM(A:B)", 5)}, ("Sheet1!B1",)),
        (
            {"B1": F("=IFERROR(C1,0)", 5), "C1": F("=B1+A1", 5), "D1": F("=C1", 5)},
            ("Sheet1!B1", "Sheet1!C1", "Sheet1!D1"),
        ),
    ],
)
def test_circles_are_stale_and_the_rest_is_done(
    circle: dict[str, Any], stale: tuple[str, ...], values: bool
) -> None:
    """Iteration depends on where Excel began: nobody else can tell where it ends."""
    cells = {"A1": 1, **circle, "E1": F("=A1*2", 2)}
    package = iterating(cells, values=values)
    _, outcome = run(package)
    assert (outcome.status, "in a circle" in outcome.reason) == ("refused", True)
    written, outcome = run(package, allow_stale=True)
    assert outcome.stale == stale
    kept = [cells[name.partition("!")[2]].cached if values else None for name in stale]
    assert cached(written, "Sheet1", *(name.partition("!")[2] for name in stale), "E1") == [*kept, 4]


def test_a_circle_that_nothing_reaches_stays_as_excel_left_it() -> None:
    """Where no change comes, Excel's value stands."""
    cells = {"A1": 1, "B1": F("=C1/2+1", 2), "C1": F("=B1", 2), "E1": F("=A1*2", 2)}
    written, outcome = run(iterating(cells))
    assert outcome.status == "done", outcome.reason
    assert cached(written, "Sheet1", "B1", "C1", "E1") == [2, 2, 4]


def test_a_million_merged_cells_are_copied() -> None:
    """They are read once and written once: nothing is kept of each."""
    package = book({"Sheet1": {"A1": 1, "B1": F("=A1*2", 2)}}, NAMES)
    merged = "".join(f'<mergeCell ref="K{row}:L{row}"/>' for row in range(1, 1_000_001))
    data = f'</sheetData><mergeCells count="1000000">{merged}</mergeCells>'
    package = edited(package, SHEET, ("</sheetData>", data))
    tracemalloc.start()
    try:
        written, outcome = recalc_bytes(package, Request(inputs={"price": "2"}))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert outcome.status == "done", outcome.reason
    assert merged.encode() in parts(written)[SHEET]
    assert peak < 12 * len(merged)
    assert b"<f>A1*2</f><v>4</v>" in parts(written)[SHEET]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (
            {"B1": F("=HEDGE_MARGIN(2400,5)", 480), "C1": F("=B1+1", 500), "D1": F("=C1+A1", 501)},
            [480, 500, 502],
        ),
        (
            {"B1": F("=HEDGE_MARGIN(2400,5)", 1), "C1": F("=B2+1", 500), "D1": F("=C1+A1", 501)},
            [480, 500, 502],
        ),
        (
            {"B1": F("=HEDGE_MARGIN(2400,5)", 480), "C1": F('=B1&""', 500), "D1": F("=C1*2+A1", 1_001)},
            [480, 500, 1_002],
        ),
        (
            {
                "B1": F("=HEDGE_MARGIN(2400,5)", 480),
                "C1": F("=B1+1", 500),
                "D1": F("=HEDGE_MARGIN(C1,5)+A1", 101),
                "E1": F("=D1*1", 101),
            },
            [480, 500, 102],
        ),
    ],
    ids=["our function unchanged", "our function changed", "text", "our function of it"],
)
def test_what_no_change_reaches_is_taken_as_excel_left_it(cells: dict[str, Any], expected: list[Any]) -> None:
    """The engine sees C1 otherwise, but nothing reaches it: what follows it starts from Excel's value."""
    written, outcome = run(book({"Sheet1": {"A1": 1, **cells}}, NAMES))
    assert outcome.status == "done", outcome.reason
    assert cached(written, "Sheet1", "B1", "C1", "D1") == expected


def test_a_cell_without_a_value_starts_from_what_the_book_holds() -> None:
    """C1 was never calculated, and the input is what it was: B1, which the engine sees otherwise, stays."""
    package = book({"Sheet1": {"A1": 2, "B1": F("=A1*2", 7), "C1": F("=B1*2", 0)}}, NAMES)
    package = repacked(package, {SHEET: parts(package)[SHEET].replace(b"</f><v>0</v>", b"</f>")})
    written, outcome = run(package)
    assert outcome.status == "done", outcome.reason
    assert cached(written, "Sheet1", "B1", "C1") == [7, 14]


def test_a_circle_through_the_clock_settles() -> None:
    """A clock that refers to what refers to it: reached it is not held, held it is not reached."""
    cells = {
        "A1": 1,
        "B1": F("=NOW(,A:A)", 10),
        "A4": Array("{=A1:B1*2}", "A4:B4", 2),
        "B4": 20,
        "E1": F("=A1*2", 2),
    }
    package = book({"Sheet1": cells}, NAMES)
    written, outcome = run(package, allow_stale=True)
    assert outcome.stale == ("Sheet1!B1", "Sheet1!A4")
    assert cached(written, "Sheet1", "B1", "A4", "B4", "E1") == [10, 2, 20, 4]
