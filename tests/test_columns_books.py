"""Tall books in columns: byte for byte what the engine's way gives, or no answer at all."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from support.books import F, book, edited
from support.raw_books import sheet_of_rows

from workbook.columns import rows
from workbook.recalc import recalc
from workbook.recalc.recalc import recalc_bytes
from workbook.recalc.tall import SIZE
from workbook.recalc.tall_books import recalculated
from workbook.request import Outcome, Request
from workbook.xlsx.saved_book import SavedBook

NAMES: Final = {"ratio": "Sheet1!$B$1", "fee": "Sheet1!$D$1"}
SHEET: Final = "xl/worksheets/sheet1.xml"

numbers = st.one_of(
    st.integers(-1_000, 1_000).map(float),
    st.decimals(-1_000, 100_000, places=2).map(float),
    st.floats(-1e6, 1e6),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, 1.005, 2.675, -0.5, 1e-9, 0.1 + 0.2, 1e15, 123456789012345.6, 8181911789255505.0]),
)
odd = st.sampled_from([None, "text", "12", True, F("=1/0", "#DIV/0!"), F("=NA()", "#N/A"), "", " a & <b> "])


def references(columns: str) -> st.SearchStrategy[str]:
    """References to cells of the same row, the row above, or a fixed cell."""
    here = st.sampled_from(columns).map(lambda column: column + "{r}")
    above = st.sampled_from(columns).map(lambda column: column + "{p}")
    fixed = st.sampled_from(["$B$1", "$D$1", "ratio", "$A$5"])
    return st.one_of(here, here, here, above, fixed)


def expressions(columns: str) -> st.SearchStrategy[str]:
    """Formulas of what columns are worked with, and a little that they are not."""
    leaves = st.one_of(
        references(columns), references(columns), st.sampled_from(["2", "0.1", "100", "1E-7", "3%"])
    )

    def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        pair = st.tuples(inner, inner)
        test = st.tuples(inner, st.sampled_from(["=", "<>", "<", ">", "<=", ">="]), inner).map("".join)
        return st.one_of(
            st.tuples(inner, st.sampled_from("+-*/"), inner).map("".join),
            st.tuples(inner, st.sampled_from("+-*/"), inner).map("({0[0]}{0[1]}{0[2]})".format),
            inner.map("-{}".format),
            st.tuples(st.sampled_from(["ABS", "INT", "SIGN", "SQRT", "LN", "TRUNC"]), inner).map(
                "{0[0]}({0[1]})".format
            ),
            st.tuples(
                st.sampled_from(["ROUND", "ROUNDUP", "ROUNDDOWN", "TRUNC"]), inner, st.integers(-3, 6)
            ).map("{0[0]}({0[1]},{0[2]})".format),
            st.tuples(test, inner, inner).map("IF({0[0]},{0[1]},{0[2]})".format),
            st.tuples(st.sampled_from(["AND", "OR"]), test, test, inner).map(
                "IF({0[0]}({0[1]},{0[2]}),{0[3]},0)".format
            ),
            st.tuples(st.sampled_from(["SUM", "AVERAGE", "MIN", "MAX"]), inner).map(
                "{0[0]}(A{{r}}:C{{r}},{0[1]})".format
            ),
            st.sampled_from(["SUM(A{r}:C{r})", "AVERAGE(A{r}:B{r})", "MAX(A$5:A$9)", "SUM(B$5:C$8)"]),
            pair.map("HEDGE_NOTIONAL({0[0]},{0[1]})".format),
            pair.map("MAX({0[0]},{0[1]})".format),
            st.sampled_from(["A{r}&B{r}", "COUNT(A$5:A$9)", "A{r}^2", "SUM(A$5:A{r})"]),
        )

    return st.recursive(leaves, grown, max_leaves=5)


@st.composite
def sheets(draw: st.DrawFn) -> dict[str, Any]:
    """A sheet of some dozen rows: three columns of numbers, three of formulas, gaps and odd cells."""
    count = draw(st.integers(6, 24))
    cells: dict[str, Any] = {"A1": "ratio", "B1": draw(numbers), "C1": "fee", "D1": draw(numbers)}
    cells |= {"A3": "price", "B3": "quantity", "C3": "cost"}
    texts = {
        column: draw(expressions(known))
        for column, known in zip("DEF", ("ABC", "ABCD", "ABCDE"), strict=True)
    }
    for row in range(5, 5 + count):
        for column in "ABC":
            cells[f"{column}{row}"] = draw(numbers)
        for column, text in texts.items():
            cells[f"{column}{row}"] = F("=" + text.format(r=row, p=row - 1))
    inside = st.integers(5, 4 + count)
    for row, column in draw(st.lists(st.tuples(inside, st.sampled_from("ABC")), max_size=2)):
        cells[f"{column}{row}"] = draw(odd)
    for row, column in draw(st.lists(st.tuples(inside, st.sampled_from("DEF")), max_size=2)):
        cells.pop(f"{column}{row}", None)
    for row, text in draw(st.lists(st.tuples(inside, expressions("ABC")), max_size=1)):
        cells[f"F{row}"] = F("=" + text.format(r=row, p=row - 1))
    if draw(st.booleans()):
        cells["H1"] = F(f"={draw(st.sampled_from(['SUM', 'AVERAGE', 'MAX', 'MIN']))}(F5:F{4 + count})")
    return cells


def saved(cells: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A book with the values that the engine gives."""
    plain = book({"Sheet1": cells}, NAMES)
    empty = edited(plain, SHEET, ("<v>0</v></c>", "</c>"))
    return engine(empty, Request(allow_stale=True), monkeypatch)[0]


def engine(package: bytes, request: Request, monkeypatch: pytest.MonkeyPatch) -> tuple[bytes, Outcome]:
    """What the engine's way makes of a book."""
    with monkeypatch.context() as patch:
        patch.setattr(recalc, "is_tall", lambda _: False)
        written, outcome = recalc_bytes(package, request)
    return written, replace(outcome, seconds=0.0)


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No third engine is asked: it takes seconds to start."""
    monkeypatch.setattr("workbook.recalc.votes.has_office", lambda: False)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(cells=sheets(), changed=st.fixed_dictionaries({}, optional={"ratio": numbers, "fee": numbers}))
def test_columns_give_what_the_engine_gives(
    cells: dict[str, Any], changed: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Random tall sheets and new inputs: the same bytes and the same outcome, wherever columns answer."""
    package = saved(cells, monkeypatch)
    for request in (Request(), Request(inputs=changed)):
        found = recalculated(SavedBook(package), request)
        event("answered" if found else "left to the engine")
        if found is not None:
            assert found == engine(package, request, monkeypatch)
            package = found[0]


ROWS: Final = 2_500


def tall(price: float, *, shared: bool, count: int = ROWS) -> bytes:
    """A book as Excel saves it: three numbers and three formulas a row, and a total."""
    formulas = ("A{r}*C{r}", "HEDGE_NOTIONAL(D{r}*B{r},$B$1)", "ROUND(E{r}-SUM(A{r}:C{r}),2)")
    lines = ['<row r="1"><c r="A1" t="inlineStr"><is><t>ratio</t></is></c><c r="B1"><v>0.4</v></c>']
    lines.append(f'<c r="H1"><f>SUM(F2:F{count + 1})</f><v></v></c></row>')
    for row in range(2, count + 2):
        held = zip("ABC", (float(row), price + row, 0.1), strict=True)
        cells = [f'<c r="{column}{row}"><v>{number:g}</v></c>' for column, number in held]
        for number, (column, text) in enumerate(zip("DEF", formulas, strict=True)):
            said = f"<f>{text.format(r=row)}</f>"
            if shared:
                area = f' ref="{column}2:{column}{count + 1}"' if row == 2 else ""
                said = f'<f t="shared"{area} si="{number}"' + (f">{text.format(r=2)}</f>" if area else "/>")
            cells.append(f'<c r="{column}{row}" s="0">{said}<v></v></c>')
        lines.append(f'<row r="{row}" spans="1:8">{"".join(cells)}</row>')
    return sheet_of_rows("".join(lines), {"ratio": "Sheet1!$B$1"})


@pytest.fixture(scope="module", params=[True, False], ids=["shared", "written out"])
def talls(request: pytest.FixtureRequest) -> list[bytes]:
    """Books of one form with other numbers, and the values that the engine gives."""
    return [valued(tall(price, shared=request.param)) for price in (20_000.0, 30_000.0)]


@pytest.fixture(scope="module")
def written_out() -> bytes:
    """One that repeats its formulas."""
    return valued(tall(20_000.0, shared=False, count=200))


def valued(package: bytes) -> bytes:
    """A book with the values that the engine gives."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recalc, "is_tall", lambda _: False)
        return recalc_bytes(package, Request())[0]


def test_a_tall_book_is_worked_in_columns(talls: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of rows, formulas shared or written out: columns answer, and as the engine does."""
    for package in talls:
        assert max(sheet.size for sheet in SavedBook(package).package.entries.values()) >= SIZE
        for request in (Request(), Request(inputs={"ratio": 0.5}), Request(inputs={"ratio": "0.4"})):
            found = recalculated(SavedBook(package), request)
            assert found == engine(package, request, monkeypatch)
        written, outcome = recalc_bytes(package, Request(inputs={"ratio": 0.5}))
        assert (outcome.status, outcome.changed) == ("done", 2 * ROWS + 2)
        assert recalc_bytes(written, Request(inputs={"ratio": 0.5}))[1].status == "unchanged"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<c r="A9"><v>9</v></c>', '<c r="A9" t="e"><v>#N/A</v></c>'),
        ('<c r="A9"><v>9</v></c>', '<c r="A9" t="inlineStr"><is><t>9</t></is></c>'),
        ('<c r="A9"><v>9</v></c>', '<c r="A9" t="b"><v>1</v></c>'),
        ('<c r="A9"><v>9</v></c>', ""),
        ('<c r="A9"><v>9</v></c>', '<c r="A9"/>'),
        ('<c r="A9"><v>9</v></c>', '<c r="A9"><v>1e999</v></c>'),
        ('<c r="A9"><v>9</v></c>', '<c r="A9"><v>1_0</v></c>'),
        ('<c r="A9"><v>9</v></c>', '<c r="A9"><v>9<!-- --></v></c>'),
        ('<c r="A9"><v>9</v></c>', '<c r="A9"><v>-0</v></c>'),
        ('<c r="A9"><v>9</v></c>', '<c r="A9"><v>1E300</v></c>'),
        ('<c r="A9"><v>9</v></c>', '<c r="A9"><t>9</t></c>'),
        ('<c r="A9"><v>9</v></c>', '<c r="A10"><v>9</v></c>'),
        ('<c r="A9"><v>9</v></c>', '<c r="A9"><v>9</v></c><c r="A9"><v>9</v></c>'),
        ('<row r="9" ', '<row r="10" '),
        ('<row r="9" ', '<row r="9" hidden="1" '),
        ('<row r="9" ', '<row r="2500000" '),
        ("<v>9</v>", "<v> 9 </v>"),
        ("<v>9</v>", "<v></v>"),
        ("<v>9</v>", "<v/>"),
        ("<v>9</v>", "<v>9"),
        ("<v>9</v>", "<v>9&#48;</v>"),
        ("<v>9</v>", "<v>\x01</v>"),
        ("<f>A9*C9</f>", "<f>A9*C10</f>"),
        ("<f>A9*C9</f>", "<f>A9*C9*9</f>"),
        ("<f>A9*C9</f>", "<f>D8+C9-C9</f>"),
        ("<f>A9*C9</f>", "<f>A9*C9&amp;&quot;&quot;</f>"),
        ("<f>A9*C9</f>", '<f t="array" ref="D9">A9*C9</f>'),
        ("<f>A9*C9</f>", "<f>A9*C9+0*RAND()</f>"),
        ("<f>A9*C9</f>", "<f>A9*C9+0*Sheet1!F9</f>"),
        ("<f>A9*C9</f>", "<f>IF(A9=0.1+0.2,A9*C9,A9*C9)</f>"),
        ("<f>A9*C9</f>", "<f>A9*C9*1E6-A9*C9*999999.9999999999</f>"),
        ("<f>A9*C9</f>", "<f>A9*C9"),
        ("</sheetData>", '<row r="202"><c r="A202"><v>1</v></c></row></sheetData>'),
        ("</sheetData>", "<row/></sheetData>"),
        ("<sheetData>", "<sheetData><!-- a remark -->"),
    ],
)
def test_whatever_is_unusual_changes_no_result(
    old: str, new: str, monkeypatch: pytest.MonkeyPatch, written_out: bytes
) -> None:
    """One cell of thousands that is not like the others: the engine's way decides, refusals too."""
    strange = edited(written_out, SHEET, (old, new))
    monkeypatch.setattr(recalc, "is_tall", lambda _: True)
    for request in (Request(), Request(inputs={"ratio": 0.5})):
        expected = engine(strange, request, monkeypatch)
        written, outcome = recalc_bytes(strange, request)
        assert (written, replace(outcome, seconds=0.0)) == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<v>20002</v></c><c r="C2">', b'<v>20003</v></c><c r="C2">'),
        (b"<f>A7*C7</f>", b"<f>A7-C7</f>"),
        (b'<c r="E7" s="0">', b'<c r="E7" s="1">'),
        (b'<c r="E7" s="0">', b'<c r="E7" s="0" t="str">'),
        (b'<c r="E7" s="0">', b'<c r="G7" s="0">'),
        (b"</v></c></row></sheetData>", b"1</v></c></row></sheetData>"),
        (b"</sheetData>", b'<row r="999"/></sheetData>'),
        (b"</worksheet>", b"<!-- --></worksheet>"),
        (b"<v>0.5</v>", b"<v>0x5</v>"),
        (b"<v>0.5</v>", b"<v>0.25</v>"),
        (b"<v>0.5</v>", b"<v/>"),
    ],
)
def test_a_tall_sheet_that_was_written_wrong_is_refused(
    monkeypatch: pytest.MonkeyPatch, written_out: bytes, old: bytes, new: bytes
) -> None:
    """A wrong value, a formula, a style or a name that is another one, a row too many."""
    monkeypatch.setattr(recalc, "is_tall", lambda _: True)
    right = recalc_bytes(written_out, Request(inputs={"ratio": 0.5}))
    assert right[1].status == "done"
    write = rows.Tall.written

    def spoilt(*given: Any) -> bytes:
        xml = write(*given)
        assert old in xml
        return xml.replace(old, new, 1)

    monkeypatch.setattr(rows.Tall, "written", spoilt)
    found, outcome = recalc_bytes(written_out, Request(inputs={"ratio": 0.5}))
    assert (outcome.status, "would not read back" in outcome.reason) == ("refused", True)
    assert found == written_out
