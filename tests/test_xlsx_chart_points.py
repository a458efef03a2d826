"""The points that charts cache follow their cells, in whatever shape a chart keeps them."""

from pathlib import Path
from typing import Any

import pytest
from conftest import SHARED
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from support.books import F, book, parts, repacked

from workbook.cells import SHEET_BITS, Value, place
from workbook.errors import BookError
from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request
from workbook.xlsx.chart_points import charts_with
from workbook.xlsx.saved_book import SavedBook

BOOKS = sorted((SHARED / "data" / "books").glob("excel_*/*.xl*"))
CHART = "xl/charts/chart1.xml"
EXTENDED = "xl/charts/chartEx1.xml"
SHEET: dict[str, Any] = {
    "A1": "East",
    "B1": "Jan",
    "C1": 1,
    "B2": "Feb",
    "C2": 2,
    "A3": "West",
    "B3": "Jan",
    "C3": 3,
    "B4": "Feb",
    "C4": 4,
}


ODD = {
    CHART: (
        b'<c:chart xmlns:c="x"><c:multiLvlStrRef><c:f>Sheet1!$A$1:$B$4</c:f><c:multiLvlStrCache>'
        b'<c:ptCount val="4"/><c:lvl><c:pt idx="3"><c:v>Feb</c:v></c:pt></c:lvl><c:lvl></c:lvl>'
        b"</c:multiLvlStrCache></c:multiLvlStrRef><c:numRef><c:f>Sheet1!$C$1:$C$4</c:f><c:numCache>"
        b'<c:ptCount val="3"/><c:pt idx="0"><c:v>1</c:v></c:pt></c:numCache></c:numRef></c:chart>'
    ),
    EXTENDED: (
        b'<cx:x><cx:numDim type="size"><cx:f dir="col">Sheet1!$C$1:$C$4</cx:f><cx:lvl ptCount="4">'
        b'<cx:pt idx="0">1</cx:pt><cx:pt idx="2">3</cx:pt></cx:lvl></cx:numDim>'
        b"<cx:txData><cx:f>Sheet1!$B$4</cx:f><cx:v>Feb</cx:v></cx:txData></cx:x>"
    ),
}


def chart(kind: str, formula: str, points: str, tail: str = "", **options: Any) -> SavedBook:
    """A book with the cells above and one chart with one cache."""
    cache = f"<c:{kind}Cache>{points}</c:{kind}Cache>"
    xml = f'<c:chart xmlns:c="x"><c:{kind}Ref><c:f>{formula}</c:f>{cache}</c:{kind}Ref>{tail}</c:chart>'
    return SavedBook(repacked(book({"Sheet1": SHEET}, **options), {CHART: xml.encode()}))


def points(*values: object, form: str = '<c:pt idx="{}"><c:v>{}</c:v></c:pt>') -> str:
    """Points from the first on; None is one that is not there."""
    return "".join(form.format(index, value) for index, value in enumerate(values) if value is not None)


def levels(*lines: tuple[object, ...]) -> str:
    """Levels of points, and how many points a level may have."""
    return '<c:ptCount val="4"/>' + "".join(f"<c:lvl>{points(*line)}</c:lvl>" for line in lines)


def changed(opened: SavedBook, changes: dict[tuple[int, int], Value], part: str = CHART) -> str | None:
    """The chart after cells of the sheet changed; None where it stays."""
    found = charts_with(opened, {place(0, *where): value for where, value in changes.items()})
    return found[part].decode() if part in found else None


def hide(*rows: int, columns: str = "") -> Any:
    """Hide rows and columns of the sheet."""

    def decorate(writer: Any) -> None:
        sheet = writer.worksheets()[0]
        for row in rows:
            sheet.set_row(row - 1, None, None, {"hidden": True})
        if columns:
            sheet.set_column(columns, None, None, {"hidden": True})

    return decorate


@pytest.mark.parametrize(
    "path",
    BOOKS or [pytest.param(None, marks=pytest.mark.skip("the shared data does not lie beside the project"))],
    ids=lambda path: path.stem if path else "none",
)
def test_charts_that_excel_saved_say_what_their_cells_say(path: Path) -> None:
    """Every cell of the book "changes" to what it holds: every chart stays as it is, to the byte."""
    try:
        opened = SavedBook(path.read_bytes())
        cells: dict[int, Value] = {
            sheet << SHEET_BITS | key: value
            for sheet in range(len(opened.sheets))
            for key, value in opened.cells(sheet).values.items()
        }
    except BookError:
        return  # a book that is refused as a whole
    assert charts_with(opened, cells) == {}


def test_labels_of_several_levels_follow_their_cells() -> None:
    """The innermost level comes first and is the last column; an outer label stands once for its group."""
    opened = chart(
        "multiLvlStr",
        "Sheet1!$A$1:$B$4",
        levels(("Jan", "Feb", "Jan", "Feb"), ("East", None, "West")),
    )
    wanted = levels(("Jan", "Feb", "March", "Feb"), ("South", None, "West"))
    found = changed(opened, {(3, 2): "March", (1, 1): "South"})
    assert found is not None
    assert wanted in found
    assert changed(opened, {(3, 3): 7.0}) is None


def test_labels_across_follow_their_cells() -> None:
    """Where categories lie side by side the innermost level is the last row."""
    cells = {"A1": "East", "C1": "West", **dict(zip(("A2", "B2", "C2", "D2"), "wxyz", strict=True))}
    cache = levels(tuple("wxyz"), ("East", None, "West"))
    xml = (
        '<c:chart xmlns:c="x"><c:f>Sheet1!$A$1:$D$2</c:f>'
        f"<c:multiLvlStrCache>{cache}</c:multiLvlStrCache></c:chart>"
    )
    opened = SavedBook(repacked(book({"Sheet1": cells}), {CHART: xml.encode()}))
    found = changed(opened, {(2, 4): "Z", (1, 3): "North"})
    assert found is not None
    assert levels(tuple("wxyZ"), ("East", None, "North")) in found


def test_xlsxwriters_labels_of_several_levels_are_followed() -> None:
    """The shape is that of a library which writes as Excel does."""

    def decorate(writer: Any) -> None:
        made = writer.add_chart({"type": "column"})
        made.add_series({"categories": "=Sheet1!$A$1:$B$4", "values": "=Sheet1!$C$1:$C$4"})
        writer.worksheets()[0].insert_chart("F1", made)

    cells = {**SHEET, "D1": 1, "B4": F('="no. "&D1', "no. 1"), "C4": F("=D1*4", 4)}
    package = book({"Sheet1": cells}, {"input": "Sheet1!$D$1"}, decorate)
    written, outcome = recalc_bytes(package, Request(inputs={"input": "2"}))
    assert outcome.status == "done", outcome.reason
    found = parts(written)[CHART]
    assert etree.fromstring(found) is not None
    assert found == parts(package)[CHART].replace(b"no. 1", b"no. 2").replace(
        b'<c:pt idx="3"><c:v>4</c:v>', b'<c:pt idx="3"><c:v>8</c:v>'
    )


@pytest.mark.parametrize(
    ("decorate", "formula", "before", "cell", "after"),
    [
        (hide(2), "Sheet1!$C$1:$C$4", (1, 3, 4), (3, 3), (1, 9, 4)),
        (hide(1, 2, 3), "Sheet1!$C$1:$C$4", (4,), (4, 3), (9,)),
        (hide(columns="B:B"), "Sheet1!$A$1:$C$1", (0, 1), (1, 3), (0, 9)),
        (hide(2), "Sheet1!$C$1:$C$4", (1, 3, 4), (2, 3), None),  # what is hidden is not drawn
        (hide(2), "Sheet1!$C$1:$C$4", (1, 2, 4), (3, 3), None),  # other points: rows were hidden otherwise
        (hide(2), "Sheet1!$C$1:$C$4", (1, 4), (4, 3), None),
        (hide(2), "Sheet1!$C$1:$C$4", (1, 2, 3, 4), (2, 3), (1, 9, 3, 4)),  # it draws hidden rows
        (None, "Sheet1!$C$1:$C$4", (1, 3, 4), (3, 3), None),
    ],
)
def test_hidden_rows_are_left_out_of_the_points(
    decorate: Any, formula: str, before: tuple[int, ...], cell: tuple[int, int], after: tuple[int, ...] | None
) -> None:
    """The sheet says which rows and columns are hidden; the points must have been those of the others."""
    count = f'<c:ptCount val="{len(before)}"/>'
    opened = chart("num", formula, count + points(*before), decorate=decorate)
    found = changed(opened, {cell: 9.0})
    assert (found is None) == (after is None)
    assert found is None or after is None or count + points(*after) + "</c:numCache>" in found


def test_hidden_rows_are_left_out_of_labels_of_several_levels() -> None:
    """The same rows in each level."""
    cache = levels(("Jan", "Jan", "Feb"), ("East", "West")).replace('"4"', '"3"')
    opened = chart("multiLvlStr", "Sheet1!$A$1:$B$4", cache, decorate=hide(2))
    found = changed(opened, {(4, 2): "Dec"})
    assert found is not None
    assert points("Jan", "Jan", "Dec") in found


@pytest.mark.parametrize("old", ['<row r="2"', "<sheetFormatPr"])
def test_rows_that_are_hidden_in_another_way_keep_the_points(old: str) -> None:
    """Where rows do not say where they are, or are hidden unless they say not, nothing is guessed."""
    new = {'<row r="2"': "<row", "<sheetFormatPr": '<sheetFormatPr zeroHeight="1"'}[old]
    opened = chart("num", "Sheet1!$C$1:$C$4", '<c:ptCount val="3"/>' + points(1, 3, 4), decorate=hide(2))
    sheet = opened.package.read("xl/worksheets/sheet1.xml").decode().replace(old, new)
    package = repacked(opened.package.content, {"xl/worksheets/sheet1.xml": sheet.encode()})
    assert changed(SavedBook(package), {(3, 3): 9.0}) is None


def test_the_charts_of_2016_follow_their_cells() -> None:
    """Waterfall, treemap and their like: other elements, the points' text without an element of its own."""
    leaf, stem, new = (
        points(*line, form='<cx:pt idx="{}">{}</cx:pt>')
        for line in (
            ("Jan", "Feb", "Jan", "Feb"),
            ("East", None, "West"),
            ("Jan", "Feb", "Jan", "Dec &amp; Jan"),
        )
    )
    xml = (
        '<cx:chartSpace xmlns:cx="x"><cx:chartData><cx:data id="0">'
        '<cx:strDim type="cat"><cx:f>Sheet1!$A$1:$B$4</cx:f>'
        f'<cx:lvl ptCount="4">{leaf}</cx:lvl><cx:lvl ptCount="4">{stem}</cx:lvl></cx:strDim>'
        '<cx:numDim type="size"><cx:f dir="col">Sheet1!$C$1:$C$4</cx:f><cx:lvl ptCount="4" formatCode="m/d">'
        '<cx:pt idx="0">1</cx:pt><cx:pt idx="2">3</cx:pt><cx:pt idx="3">4</cx:pt></cx:lvl></cx:numDim>'
        "</cx:data></cx:chartData><cx:series><cx:tx><cx:txData><cx:f>Sheet1!$A$3</cx:f><cx:v>West</cx:v>"
        "</cx:txData></cx:tx></cx:series></cx:chartSpace>"
    )
    opened = SavedBook(repacked(book({"Sheet1": SHEET}), {EXTENDED: xml.encode()}))
    found = changed(opened, {(4, 2): "Dec & Jan", (2, 3): 2.5, (4, 3): None}, EXTENDED)
    assert found == xml.replace(leaf, new).replace(
        '<cx:pt idx="2">3</cx:pt><cx:pt idx="3">4</cx:pt>',
        '<cx:pt idx="1">2.5</cx:pt><cx:pt idx="2">3</cx:pt>',
    )
    found = changed(opened, {(3, 1): "North"}, EXTENDED)
    assert found == xml.replace("West", "North")


def test_labels_taken_from_cells_follow_them() -> None:
    """Data labels from cells stand in an extension, their points with the chart's own prefix."""
    tail = (
        '<c15:f>Sheet1!$B$1:$B$4</c15:f><c15:dlblRangeCache><c:ptCount val="4"/>'
        f"{points('Jan', 'Feb', 'Jan', 'Feb')}</c15:dlblRangeCache>"
    )
    opened = chart("num", "Sheet1!$C$1", '<c:ptCount val="1"/>' + points(1), tail=tail)
    found = changed(opened, {(2, 2): "Dec"})
    assert found is not None
    assert points("Jan", "Dec", "Jan", "Feb") in found


@pytest.mark.parametrize(
    "cache",
    [
        levels(("Jan", "Feb", "Jan", "Feb")),  # one level of two
        levels(("East", None, "West"), ("Jan", "Feb", "Jan", "Feb")),  # the other way round
        levels(("Jan", "Feb", "Jan", "Feb"), ("East", None, "West")).replace('"4"', '"5"'),
        levels(("Jan", "Feb", "Jan", "Feb", "Mar"), ("East", None, "West")),
    ],
)
def test_points_that_are_not_those_of_the_cells_stay(cache: str) -> None:
    """Nobody can tell what such a chart shows."""
    assert changed(chart("multiLvlStr", "Sheet1!$A$1:$B$4", cache), {(4, 2): "Dec"}) is None


def test_a_chart_of_whole_columns_stays() -> None:
    """Nothing is made of seventeen milliards of cells; what else the chart shows follows."""
    whole = "<c:f>Sheet1!$A:$XFD</c:f><c:multiLvlStrCache>" + levels(("a",), ("b",)) + "</c:multiLvlStrCache>"
    opened = chart("num", "Sheet1!$C$1", '<c:ptCount val="1"/>' + points(1), tail=whole)
    found = changed(opened, {(1, 3): 9.0})
    assert found is not None
    assert whole in found


@given(st.data())
def test_no_chart_is_too_odd_to_read(data: st.DataObject) -> None:
    """Whatever stands in a chart, or in the sheet that it draws: it follows its cells, or it stays."""
    spoilt = {}
    for part, good in ODD.items():
        at = data.draw(st.integers(0, len(good) - 1))
        more = data.draw(st.sampled_from((b"", b"<", b"\xff", b"9" * 5_000, b"/>", b'"', good[:40])))
        spoilt[part] = good[:at] + more + good[at + data.draw(st.integers(0, 30)) :]
    try:
        opened = SavedBook(repacked(book({"Sheet1": SHEET}), spoilt))
        charts_with(opened, {place(0, 3, 3): 9.0, place(0, 4, 2): "Dec"})
    except BookError:
        pass  # refused with a sentence
