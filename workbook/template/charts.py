"""Native charts that are readable in grey: named series, titled axes, and words for who can't see them."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from openpyxl.chart import BarChart, Reference, ScatterChart, Series
from openpyxl.chart.data_source import (
    AxDataSource,
    NumData,
    NumRef,
    NumVal,
    StrData,
    StrRef,
    StrVal,
)
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, OneCellAnchor
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties
from openpyxl.drawing.xdr import XDRPositiveSize2D
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from workbook.cells import column_letters
from workbook.layout import PLAN
from workbook.layout.location import Location
from workbook.template import styles

# dark to light, so that a grey print keeps the order; dashes and markers tell the lines apart
SHADES: Final = ("0F4C81", "6E7F90", "86ACCF", "D6E4F0")
DASHES: Final = ("solid", "dash", "sysDot", "lgDashDot")
MARKERS: Final = ("none", "none", "circle", "none")

MARGIN_CM: Final = 0.3  # between a table and the chart beside it
EMU_PER_CM: Final = 360_000
CM_PER_PIXEL: Final = 2.54 / 96
ROW_CM: Final = 20 * CM_PER_PIXEL  # a row of the default height


@dataclass(frozen=True)
class ChartWords:
    """A chart's title, what its axes measure, and what it shows, for who can't see it."""

    title: str
    across: str
    up: str
    shows: str


def lines(
    words: ChartWords, across: Location, up: Sequence[Location], *, formats: tuple[str, str]
) -> ScatterChart:
    """Lines over a measured axis, one for each place; the cell above a place names it."""
    chart = ScatterChart(scatterStyle="lineMarker")
    for index, place in enumerate(up):
        series = Series(_cells(place), _cells(across), title_from_data=False)
        series.tx = _name(place)
        series.smooth = False
        series.graphicalProperties = GraphicalProperties(
            ln=LineProperties(solidFill=SHADES[index], w=28_000, prstDash=DASHES[index])
        )
        series.marker.symbol = MARKERS[index]
        if MARKERS[index] != "none":
            series.marker.size = 5
            series.marker.graphicalProperties = GraphicalProperties(solidFill=SHADES[index])
        chart.series.append(series)
    _finish(chart, words, formats)
    return chart


def point(chart: ScatterChart, name: str, across: Location, up: Location) -> None:
    """One marked point on a chart of lines."""
    series = Series(_cells(up), _cells(across), title=name)
    series.marker.symbol = "diamond"
    series.marker.size = 9
    series.marker.graphicalProperties = GraphicalProperties(solidFill=styles.RED)
    series.graphicalProperties = GraphicalProperties(ln=LineProperties(noFill=True))
    chart.series.append(series)


def bars(
    words: ChartWords,
    names: Location,
    up: Sequence[Location],
    *,
    formats: tuple[str, str],
    named: bool = True,
    stacked: bool = False,
    lying: bool = False,
) -> BarChart:
    """Bars for each row, which has a name or else a number; several places side by side or stacked."""
    chart = BarChart()
    chart.type = "bar" if lying else "col"
    chart.grouping = "stacked" if stacked else "clustered"
    chart.overlap = 100 if stacked else 0
    chart.gapWidth = 60
    for index, place in enumerate(up):
        series = Series(_cells(place), title_from_data=False)
        series.tx = _name(place) if len(up) > 1 else None
        series.graphicalProperties = GraphicalProperties(
            solidFill=SHADES[index], ln=LineProperties(solidFill=styles.INK, w=6_000)
        )
        series.invertIfNegative = False
        series.cat = (
            AxDataSource(strRef=StrRef(names.ref)) if named else AxDataSource(numRef=NumRef(names.ref))
        )
        chart.series.append(series)
    if lying:
        chart.x_axis.scaling.orientation = "maxMin"  # the first row on top
    _finish(chart, words, formats)
    if lying:
        chart.y_axis.tickLblPos = "high"  # the foot, as the categories run downwards
    return chart


def place_chart(sheet: Worksheet, chart: Any, row: int, column: int, size: tuple[float, float]) -> None:
    """Stand a chart with its upper left corner in a cell; the size is in centimetres."""
    chart.width, chart.height = size
    chart.corner = row, column
    corner = AnchorMarker(col=column - 1, colOff=round(MARGIN_CM * EMU_PER_CM), row=row - 1)
    extent = XDRPositiveSize2D(*(round(length * EMU_PER_CM) for length in size))
    chart.anchor = OneCellAnchor(_from=corner, ext=extent)
    sheet.add_chart(chart)


def charts_of(sheet: Worksheet) -> list[Any]:
    """The charts of a sheet in the order in which they were placed."""
    return list(vars(sheet)["_charts"])  # openpyxl has no other way to list them


def cache(book: Workbook, chart: Any) -> None:
    """Keep in a chart what its cells hold, for a viewer that does not look them up.

    A formula has no value yet: its point is filled when the book is calculated.
    """
    for series in chart.series:
        for source in filter(None, (series.tx, series.cat, series.val, series.xVal, series.yVal)):
            words, numbers = getattr(source, "strRef", None), getattr(source, "numRef", None)
            if words is not None:
                said = [StrVal(idx=at, v=str(value)) for at, value in _points(book, words.f)]
                words.strCache = StrData(ptCount=_count(words.f), pt=said)
            elif numbers is not None:
                known = [NumVal(idx=at, v=f"{value:.15g}") for at, value in _points(book, numbers.f)]
                numbers.numCache = NumData(ptCount=_count(numbers.f), pt=known)


def _points(book: Workbook, reference: str) -> Iterator[tuple[int, Any]]:
    """The constants of an area, each with its place in it."""
    area = CellRange(reference)
    for index, row in enumerate(range(area.min_row, area.max_row + 1)):
        cell = book[str(area.title)].cell(row, area.min_col)
        if cell.value is not None and cell.data_type != "f":
            yield index, cell.value


def _count(reference: str) -> int:
    return int(CellRange(reference).size["rows"])


def title_of(chart: Any) -> str:
    """The words of a chart's title."""
    return str(chart.title.tx.rich.p[0].r[0].t)


def reach(sheet: Worksheet, chart: Any) -> tuple[int, int]:
    """The last row and the last column that a chart covers, by the widths of the columns."""
    row, column = chart.corner
    left = chart.width + MARGIN_CM
    while left > 0:
        left -= (sheet.column_dimensions[column_letters(column)].width * 7 + 5) * CM_PER_PIXEL
        column += 1
    return row + math.ceil(chart.height / ROW_CM), column - 1


def _finish(chart: Any, words: ChartWords, formats: tuple[str, str]) -> None:
    chart.title = words.title
    chart.title.tx.rich.p[0].pPr = ParagraphProperties(defRPr=_text(12, bold=True))
    chart.title.overlay = False
    for axis, said, code in ((chart.x_axis, words.across, formats[0]), (chart.y_axis, words.up, formats[1])):
        axis.delete = False
        if said:
            axis.title = said
            axis.title.tx.rich.p[0].pPr = ParagraphProperties(defRPr=_text(10))
            axis.title.overlay = False
        axis.number_format = code
        axis.majorTickMark = "out"
        axis.tickLblPos = "low"
        axis.txPr = RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=_text(9)), endParaRPr=_text(9))])
        axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=styles.GREY, w=9_000))
    chart.x_axis.majorGridlines = None
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="D9D9D9", w=6_000))
    if len(chart.series) > 1:
        chart.legend.position = "b"
    else:
        chart.legend = None
    chart.descr = words.shows  # the step `finish.described` puts it into the drawing


def _text(size: int, *, bold: bool = False) -> CharacterProperties:
    return CharacterProperties(sz=size * 100, b=bold, solidFill=styles.INK, latin=Font(typeface=styles.FONT))


def _cells(at: Location) -> Any:
    return Reference(range_string=at.ref)


def _name(at: Location) -> Any:
    """The series is called as the cell above its first: the header of the column."""
    header = Location(at.sheet, at.row - 1, at.column, at.row - 1, at.column)
    return SeriesLabel(strRef=StrRef(header.ref))


def column(table: str, name: str) -> Location:
    """The cells of a table's column."""
    found: Location = PLAN.place(table, name)
    return found
