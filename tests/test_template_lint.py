"""A lint over the finished book: the conventions of a good model hold in every cell of it."""

import datetime as dt
import io
import itertools
import re
import zipfile
from collections.abc import Iterator
from functools import cache

import openpyxl
import pytest
from lxml import etree
from openpyxl.cell import Cell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet
from support.plan_books import example

from udfs import REGISTRY
from udfs.dates import serial
from workbook.cells import address, column_letters
from workbook.layout import PLAN
from workbook.layout.formats import HEAD_ROW, HEADS
from workbook.layout.judgement import RULES
from workbook.layout.schema import Sheet
from workbook.template import charts, styles
from workbook.xlsx.saved_book import SavedBook

SHEETS = [sheet.name for sheet in PLAN.sheets]
THUMB = 255  # letters of a formula as its author writes it: three lines of the formula bar
CONTRAST = 4.5  # WCAG 2.1 AA for text of ordinary size
ROOM = {"Holdings": 50, "Journal": 50, "Prices": 730}
TEXT = re.compile(r'"[^"]*"')
NUMBER = re.compile(r"(?<![\w.\]])\d+\.?\d*(?![\w.\[])")
BUILT_IN = frozenset(
    [
        "ABS",
        "AND",
        "COUNT",
        "COUNTA",
        "COUNTBLANK",
        "COUNTIF",
        "COUNTIFS",
        "FIXED",
        "IF",
        "IFERROR",
        "IFNA",
        "INDEX",
        "ISERROR",
        "ISNUMBER",
        "ISTEXT",
        "LEFT",
        "LOG10",
        "MATCH",
        "MAX",
        "MIN",
        "N",
        "NOT",
        "OR",
        "ROUND",
        "ROUNDDOWN",
        "ROUNDUP",
        "ROW",
        "ROWS",
        "SEARCH",
        "SMALL",
        "SQRT",
        "STDEV",
        "SUM",
        "SUMIF",
        "SUMIFS",
        "SUMPRODUCT",
        "T",
        "TODAY",
        "VAR",
    ]
)  # each known to Excel 2016, LibreOffice 7.4 and the engine
VOLATILE = {"NOW", "RAND", "RANDBETWEEN", "OFFSET", "INDIRECT", "INFO", "CELL", "TODAY"}


@cache
def book() -> Workbook:
    """The default book as openpyxl reads it, formulas and styles."""
    return openpyxl.load_workbook(io.BytesIO(example()))


@cache
def parts() -> dict[str, bytes]:
    """The package, part by part."""
    with zipfile.ZipFile(io.BytesIO(example())) as package:
        return {name: package.read(name) for name in package.namelist()}


def sheet_of(name: str) -> Worksheet:
    """A sheet of the default book."""
    found = book()[name]
    assert isinstance(found, Worksheet)
    return found


def cells(name: str) -> Iterator[Cell]:
    """Every cell of a sheet that holds something or is to be filled in."""
    for row in sheet_of(name).iter_rows():
        for cell in row:
            if isinstance(cell, Cell) and (cell.value is not None or not cell.protection.locked):
                yield cell


def formulas() -> dict[str, str]:
    """Every formula by a name for it, as its author writes it."""
    found = {name: field.formula for name, field in PLAN.fields.items() if field.formula}
    for table in PLAN.tables.values():
        found |= {f"{table.name}.{column.name}": column.formula for column in table.columns if column.formula}
    return found


def inputs() -> dict[str, set[str]]:
    """The places of every input by sheet."""
    places = {name: set[str]() for name in SHEETS}
    for name in PLAN.inputs:
        place = PLAN.names[name]
        places[place.sheet].add(address(place.row, place.column))
    for table in PLAN.tables.values():
        home = PLAN.home(table.name).name
        for column in table.columns:
            if column.is_input:
                at = column_letters(table.at(column.name))
                places[home] |= {f"{at}{row}" for row in range(table.first_row, table.last_row + 1)}
    return places


def in_native() -> list[str]:
    """What stands in the native edition where a formula has no form there."""
    ports = [*PLAN.fields.values(), *(column for table in PLAN.tables.values() for column in table.columns)]
    return [port.native for port in ports if port.native]


@pytest.mark.parametrize("name", formulas())
def test_a_formula_is_short_and_bare(name: str) -> None:
    """No longer than a thumb, no number but 0 and 1, known functions only, TODAY in one named cell."""
    formula = formulas()[name]
    assert len(formula) <= THUMB
    bare = TEXT.sub("", formula)
    assert set(NUMBER.findall(bare)) <= {"0", "1"}
    called = set(re.findall(r"\b([A-Z][A-Z0-9_.]*)\(", bare))
    assert called <= BUILT_IN | set(REGISTRY)
    assert not called & VOLATILE or (name == "plan_today" and called & VOLATILE == {"TODAY"})
    assert not re.search(r"\$?\b[A-Z]{1,3}\$?\d+\b(?!\()", bare), "an address in place of a name"


@pytest.mark.parametrize("table", PLAN.tables)
def test_a_column_has_one_formula(table: str) -> None:
    """Every cell of a calculated column holds the column's formula, and the table knows it too."""
    record = PLAN.tables[table]
    sheet = sheet_of(PLAN.home(table).name)
    known = {column.name: column.calculatedColumnFormula for column in sheet.tables[table].tableColumns}
    for column in record.columns:
        at = record.at(column.name)
        found = {sheet.cell(row, at).value for row in range(record.first_row, record.last_row + 1)}
        stored = known[column.header]
        if column.formula:
            assert found == {"=" + record.formula(column)}
            assert stored is not None
            assert stored.attr_text == record.formula(column)
        else:
            assert stored is None
            assert not any(str(value).startswith("=") for value in found)


def test_there_is_room() -> None:
    """Holdings, open hedges and prices have room without a row inserted."""
    assert {name: PLAN.tables[name].rows for name in ROOM} == ROOM


@pytest.mark.parametrize("name", SHEETS)
def test_inputs_alone_are_unlocked_and_validated(name: str) -> None:
    """Every input is unlocked and has a rule with a message; every other cell is locked."""
    sheet = sheet_of(name)
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    unlocked = {cell.coordinate for cell in cells(name) if not cell.protection.locked}
    assert unlocked == inputs()[name]
    guarded = set()
    for rule in sheet.data_validations.dataValidation:
        if rule.showErrorMessage:
            assert rule.type
            assert rule.error
            guarded |= {address(row, column) for area in rule.sqref.ranges for row, column in area.cells}
        assert rule.prompt
        assert len(rule.prompt) <= 255
        assert len(rule.promptTitle) <= 32
        assert len(rule.error or "") <= 255
    assert guarded == unlocked


def test_every_numeric_input_has_both_bounds() -> None:
    """A number without a bound would let 40 stand for 40%."""
    ports = [*PLAN.inputs.values(), *(c for t in PLAN.tables.values() for c in t.columns if c.is_input)]
    assert not [port.name for port in ports if port.kind == "number" and None in (port.low, port.high)]


def luminance(colour: str) -> float:
    """Relative luminance of an RGB colour, by WCAG 2.1."""
    shares = [int(colour[index : index + 2], 16) / 255 for index in (0, 2, 4)]
    linear = [share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(ink: str, paper: str) -> float:
    """Contrast ratio of two colours, by WCAG 2.1."""
    light, dark = sorted((luminance(ink), luminance(paper)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", SHEETS)
def test_every_cell_can_be_read(name: str) -> None:
    """Ink and paper of every cell have the contrast that WCAG AA asks for."""
    for cell in cells(name):
        paper = cell.fill.fgColor.rgb[2:] if cell.fill.fill_type == "solid" else styles.WHITE
        ink = cell.font.color.rgb[2:] if cell.font.color else "000000"
        assert contrast(ink, paper) >= CONTRAST, (cell.coordinate, ink, paper)


@pytest.mark.parametrize("state", styles.STATES)
def test_every_state_can_be_read(state: str) -> None:
    """And so have the conditional formats."""
    assert contrast(*styles.STATES[state]) >= CONTRAST


def test_charts_can_be_told_apart_in_grey() -> None:
    """The shades of a chart go from dark to light in steps that a grey print keeps."""
    grey = [
        sum(weight * int(shade[at : at + 2], 16) for weight, at in ((0.299, 0), (0.587, 2), (0.114, 4)))
        for shade in charts.SHADES
    ]
    assert all(lighter - darker >= 40 for darker, lighter in itertools.pairwise(grey))
    assert len(set(charts.DASHES)) == len(charts.SHADES)


@pytest.mark.parametrize("name", SHEETS)
def test_colours_say_what_a_cell_is(name: str) -> None:
    """Inputs are blue on a tint, calculations and links ink, constants grey."""
    sheet = sheet_of(name)
    for panel in PLAN.sheet(name).panels:
        if panel.is_prose:
            continue
        for field, row, column in panel.cells:
            if field.name.startswith("state_"):
                continue  # a chip has the ink of its state
            ink, paper = styles.ROLES["calculation" if panel.stops else field.role]
            paper = styles.TINT if panel.stops else paper
            cell = sheet.cell(row, column)
            assert cell.font.color.rgb == "FF" + ink
            assert (cell.fill.fill_type == "solid") == (paper != styles.WHITE)


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_is_fit_to_look_at_and_to_print(name: str) -> None:
    """Nothing is merged; the head stays in view; area, titles and pages of the print are set."""
    sheet = sheet_of(name)
    assert not sheet.merged_cells.ranges
    assert sheet.freeze_panes is not None
    heads = [sheet.cell(HEAD_ROW, column).value for column in PLAN.sheet(name).chips]
    assert heads == [f"={head}" for head in HEADS]
    assert sheet.print_area
    assert sheet.print_title_rows
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert not sheet.sheet_view.showGridLines


@pytest.mark.parametrize(
    "record", [record for record in PLAN.sheets if record.pages != 1], ids=lambda r: r.name
)
def test_pages_break_between_blocks_and_repeat_no_chart(record: Sheet) -> None:
    """A page begins with a block, below every chart above it; what is repeated on it holds no part of one."""
    sheet = sheet_of(record.name)
    repeated = int(str(sheet.print_title_rows).rsplit("$", 1)[-1])
    assert {row_break.id + 1 for row_break in sheet.row_breaks.brk} == set(record.breaks)
    assert set(record.breaks) <= {block.row for block in record.blocks}
    for chart in charts.charts_of(sheet):
        first = chart.anchor._from.row + 1
        last = first + chart.anchor.ext.height / charts.EMU_PER_CM / charts.ROW_CM
        assert first > repeated
        assert not any(first < row <= last for row in record.breaks)


def test_every_name_is_used() -> None:
    """A defined name is read by a formula or a rule, or holds an input, a result, a check or a sentence."""
    read = " ".join(TEXT.sub("", formula) for formula in [*formulas().values(), *in_native()])
    words = set(re.findall(r"[a-z]\w+", read))
    words |= {rule.formula1 for name in SHEETS for rule in sheet_of(name).data_validations.dataValidation}
    shown = (
        "say_",
        "check_",
        "warn_",
        "need_",
        "fact_",
        "state_",
        "find_",
        "head_",
        "rank_",
        "fit_",
        "template_",
        "plan_",
    )
    unused = [name for name in PLAN.names if name not in words and not name.startswith(shown)]
    assert set(unused) <= set(PLAN.outputs) | {"corr_source", "holdings_valued"}  # shown beside a sum
    assert set(book().defined_names) == set(PLAN.names)


NAMESPACES = {
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "xdr": "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing",
}


def said(element: etree._Element) -> str:
    """The words inside an element."""
    return "".join(str(words) for words in element.itertext())


CHARTS = sorted(name for name in parts() if name.startswith("xl/charts/chart"))


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_titled_and_its_axes_are_shown(name: str) -> None:
    """A chart has a title, two axes that are not deleted, and words on each measured axis."""
    chart = etree.fromstring(parts()[name])
    titles = [title for title in chart.iterfind(".//c:title", NAMESPACES) if said(title)]
    assert len(titles) >= 2
    assert [axis.get("val") for axis in chart.iterfind(".//c:delete", NAMESPACES)] == ["0", "0"]
    assert all(said(title) for title in chart.iterfind(".//c:valAx/c:title", NAMESPACES))
    assert all(series.text for series in chart.iterfind(".//c:f", NAMESPACES))


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_keeps_what_its_cells_hold(name: str) -> None:
    """A viewer that looks no cell up draws the right picture: every point is its cell's value."""
    values = openpyxl.load_workbook(io.BytesIO(example()), data_only=True)
    sources = [
        found
        for kind in ("numRef", "strRef")
        for found in etree.fromstring(parts()[name]).iterfind(f".//c:{kind}", NAMESPACES)
    ]
    for source in sources:
        area = CellRange(source.findtext("c:f", "", NAMESPACES))
        cells = [
            values[str(area.title)].cell(row, area.min_col).value
            for row in range(area.min_row, area.max_row + 1)
        ]
        points = {int(point.get("idx", "")): said(point) for point in source.iterfind(".//c:pt", NAMESPACES)}
        for index, value in enumerate(cells):
            shown = serial(value) if isinstance(value, dt.datetime) else value
            if isinstance(shown, (int, float)):
                assert float(points[index]) == shown
            else:
                assert points.get(index, "") in ((shown or ""), "0")


def test_charts_are_told_in_words() -> None:
    """Every chart carries alternative text; the book has the eight pictures that a hedger asks for."""
    told = [
        (frame.get("name"), frame.get("descr"))
        for name in parts()
        if re.fullmatch(r"xl/drawings/drawing\d+\.xml", name)
        for frame in etree.fromstring(parts()[name]).iterfind(".//xdr:cNvPr", NAMESPACES)
    ]
    assert len(told) == len(CHARTS) == 8
    assert all(title and words and len(words) > 40 for title, words in told)


def test_another_reader_finds_the_same_structure() -> None:
    """Our own reader, which shares no code with the writer, sees the record's sheets, names and tables."""
    found = SavedBook(example())
    assert [sheet.name for sheet in found.sheets] == SHEETS
    assert {name: text for (_, name), text in found.names.items() if not name.startswith("_xlnm")} == {
        name: place.ref for name, place in PLAN.names.items()
    }
    assert [table.name for table in found.tables.values()] == list(PLAN.tables)
    for table in found.tables.values():
        record = PLAN.tables[table.name]
        assert table.columns == tuple(column.header for column in record.columns)
        assert table.data.bottom - table.data.top + 1 == record.rows


def test_the_guide_leads_to_every_sheet() -> None:
    """Each sheet but the guide itself has a link on the guide that leads to it."""
    links = {cell.hyperlink.location for cell in cells("Guide") if cell.hyperlink}
    assert links == {f"'{name}'!A1" for name in SHEETS if name != "Guide"}


def test_every_rule_leads_to_what_mends_it() -> None:
    """Each rule on Checks has a link to a named cell or the first cell of a table, and Plan leads there."""
    places = [PLAN.names[name] for name in PLAN.fields]
    places += [PLAN.place(name, table.columns[0].name) for name, table in PLAN.tables.items()]
    known = {f"'{place.sheet}'!{address(place.row, place.column)}" for place in places}
    links = [cell.hyperlink.location for cell in cells("Checks") if cell.hyperlink]
    assert len(links) == len(RULES)
    assert set(links) <= known
    inputs_of = {f"'{sheet}'!{at}" for sheet, found in inputs().items() for at in found}
    assert len(set(links) & inputs_of) > len(set(links)) / 2
    assert [cell.hyperlink.location for cell in cells("Plan") if cell.hyperlink] == ["'Checks'!A1"]
