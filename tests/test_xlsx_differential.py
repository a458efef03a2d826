"""Three readers of one sheet: ours, openpyxl, and a plain walk over an XML parser's tree.

Sheets are made of everything that is legal and rarely seen: tags closed in themselves, blanks, quotes of
both kinds, prefixes, the strict namespace, cells without names, references, line ends, runs, reading
aids, extensions, foreign elements. What all of them are is known where they are made.
"""

import datetime as dt
import io
import warnings
from typing import Any, Final, NamedTuple
from xml.sax.saxutils import escape

import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.books import book, repacked
from support.raw_books import SHEET, TEXTS

from workbook.cells import CellError, Value, address, place
from workbook.xlsx.saved_book import SavedBook

TRANSITIONAL: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT: Final = "http://purl.oclc.org/ooxml/spreadsheetml/main"
LETTERS: Final = "aB1 <>&'\"é漢😀_\n\t/=:"
BLANKS: Final = st.sampled_from(["", " ", "\n", "\t ", "\r\n"])
GAP: Final = st.sampled_from([" ", "\n", "  ", "\t"])
ERRORS: Final = ("#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!")


class Cell(NamedTuple):
    """A cell as bytes, what it holds, and whether that is the result of a formula."""

    xml: str
    value: Value
    formula: str | None


class Made(NamedTuple):
    """A sheet, its shared texts, and what its cells hold by row and column."""

    sheet: str
    texts: str
    cells: dict[tuple[int, int], Cell]


class Maker:
    """Draws one sheet."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.prefix = draw(st.sampled_from(["", "", "", "x:", "main:"]))
        self.space = draw(st.sampled_from([TRANSITIONAL, TRANSITIONAL, STRICT]))
        self.texts: list[str] = []

    def attributes(self, said: dict[str, str]) -> str:
        """Attributes in any order, in quotes of either kind, with blanks wherever they may be."""
        pieces = []
        for name, value in self.draw(st.permutations([*said.items()])):
            quote = self.draw(st.sampled_from("\"'"))
            before, around = self.draw(GAP), self.draw(st.sampled_from(["", "", " "]))
            shown = escape(value, {'"': "&quot;", "'": "&apos;", ">": ">"})
            pieces.append(f"{before}{name}{around}={around}{quote}{shown}{quote}")
        last: str = self.draw(st.sampled_from(["", "", " ", "\n"]))
        return "".join(pieces) + last

    def element(self, name: str, content: str, said: dict[str, str] | None = None) -> str:
        """An element; one without content may be closed in itself."""
        name = self.prefix + name
        tag = f"<{name}{self.attributes(said or {})}"
        if not content and self.draw(st.booleans()):
            return tag + "/>"
        return f"{tag}>{content}</{name}{self.draw(st.sampled_from(['', '', ' ']))}>"

    def text(self, content: str) -> str:
        """A text as XML may spell it: references, line ends."""
        pieces = []
        for letter in content:
            spelled = [escape(letter), escape(letter), f"&#{ord(letter)};", f"&#x{ord(letter):X};"]
            if letter == "\n":
                spelled += ["\r\n", "\r"]
            if letter == ">":
                spelled.append(">")
            pieces.append(self.draw(st.sampled_from(spelled)))
        return "".join(pieces)

    def t(self, content: str) -> str:
        """The element of a text."""
        return self.element("t", self.text(content), {"xml:space": "preserve"})

    def item(self, content: str) -> str:
        """What a shared or an inline text holds: one text, or runs with looks and reading aids."""
        if not content and self.draw(st.booleans()):
            return ""
        if self.draw(st.booleans()):
            return self.t(content) + self.aid()
        cut = self.draw(st.integers(0, len(content)))
        looks = self.element("rPr", self.element("b", ""))
        first = self.element("r", looks + self.t(content[:cut]))
        return first + self.aid() + self.element("r", self.t(content[cut:])) + self.aid()

    def aid(self) -> str:
        """A reading aid, whose text is none of the cell's."""
        if self.draw(st.integers(0, 2)):
            return ""
        inner = self.draw(st.sampled_from(["", self.t("aid")]))
        return self.element("rPh", inner, {"sb": "0", "eb": "1"}) + self.element(
            "phoneticPr", "", {"fontId": "1"}
        )

    def extension(self) -> str:
        """An extension, whose elements are named like ours."""
        if self.draw(st.integers(0, 3)):
            return ""
        inner = '<y:c r="A1"><y:f>1</y:f><y:v>9</y:v><y:t>no</y:t></y:c>'
        said = {"xmlns:y": "urn:y", "uri": "{a>b}"}
        ext = self.element("ext", self.draw(st.sampled_from(["", inner.replace("y:c", "y:d")])), said)
        return self.element("extLst", ext)

    def cell(self, row: int, column: int, *, is_named: bool) -> Cell:
        """Any cell."""
        kind = self.draw(st.sampled_from(["n", "n", "s", "str", "b", "e", "d", "inlineStr", "blank"]))
        formula = self.draw(st.sampled_from([None, None, "A1+1", 'A1&"<&>"', "1<2"]))
        formula = None if kind in ("s", "inlineStr", "d", "blank") else formula
        value, content = self.content(kind)
        if formula is not None:
            content = self.element("f", self.text(formula)) + self.draw(BLANKS) + content
        said = {"t": kind} if kind not in ("n", "blank") or (kind == "n" and self.draw(st.booleans())) else {}
        if is_named:
            said["r"] = address(row, column)
        if self.draw(st.booleans()):
            said["s"] = "0"
        content = self.draw(BLANKS) + content + self.draw(BLANKS) + self.extension() if content else content
        return Cell(self.element("c", content, said), value, formula)

    def content(self, kind: str) -> tuple[Value, str]:  # noqa: PLR0911 - a type each
        """A value of a type, and its elements."""
        draw = self.draw
        if kind == "n":
            number = draw(st.floats(allow_nan=False, allow_infinity=False))
            spelled = draw(st.sampled_from([repr(number), repr(number).upper(), f" {number!r} "]))
            return number, self.element("v", spelled)
        if kind in ("s", "str", "inlineStr"):
            content = draw(st.text(LETTERS, max_size=8).filter(lambda text: "_x" not in text))
            if kind == "str":
                return content, self.element("v", self.text(content), {"xml:space": "preserve"})
            if kind == "inlineStr":
                return content, self.element("is", self.item(content))
            self.texts.append(self.element("si", self.item(content)))
            return content, self.element("v", str(len(self.texts) - 1))
        if kind == "b":
            truth = draw(st.sampled_from(["0", "1", "true", "false"]))
            return truth in ("1", "true"), self.element("v", truth)
        if kind == "e":
            error = draw(st.sampled_from(ERRORS))
            return CellError(error), self.element("v", error)
        if kind == "d":
            day = draw(st.dates(dt.date(1901, 1, 1), dt.date(2100, 1, 1)))
            return float((day - dt.date(1899, 12, 30)).days), self.element("v", day.isoformat())
        return None, ""


@st.composite
def sheets(draw: Any) -> Made:
    """A sheet of a few rows."""
    maker = Maker(draw)
    cells: dict[tuple[int, int], Cell] = {}
    rows = []
    row = 0
    for _ in range(draw(st.integers(1, 4))):
        row += draw(st.integers(1, 3)) if (is_named := draw(st.booleans())) else 1
        column = 0
        content = draw(BLANKS)
        for _ in range(draw(st.integers(0, 4))):
            names = draw(st.booleans())
            column += draw(st.integers(1, 40)) if names else 1
            cells[row, column] = maker.cell(row, column, is_named=names)
            content += cells[row, column].xml + draw(BLANKS)
        rows.append(maker.element("row", content, {"r": str(row)} if is_named else {}))
    data = maker.element("sheetData", draw(BLANKS) + draw(BLANKS).join(rows) + draw(BLANKS))
    name = f":{maker.prefix[:-1]}" if maker.prefix else ""
    mark = draw(st.sampled_from(["", "\ufeff"]))
    declared = draw(
        st.sampled_from(
            ["", '<?xml version="1.0" encoding="UTF-8"?>\r\n', "<?xml version='1.0' encoding='utf-8' ?>"]
        )
    )
    p = maker.prefix
    said = f'xmlns{name}="{maker.space}"'
    sheet = f"{mark}{declared}<{p}worksheet {said}>{data}</{p}worksheet>"
    items = "".join(item + draw(BLANKS) for item in maker.texts)
    return Made(sheet, f"{mark}{declared}<{p}sst {said}>{items}</{p}sst>", cells)


@settings(max_examples=200, derandomize=True, deadline=None, suppress_health_check=[*HealthCheck])
@given(sheets())
def test_legal_sheets_are_read_as_they_are(made: Made) -> None:
    """Every value, of its type, and every formula: as made, as a parser has it, as openpyxl has it."""
    package = repacked(
        book({"Sheet1": {"A1": "x"}}), {SHEET: made.sheet.encode(), TEXTS: made.texts.encode()}
    )
    opened = SavedBook(package)
    cells = opened.cells(0)
    expected = {place(0, *where): cell.value for where, cell in made.cells.items() if cell.value is not None}
    assert cells.values == expected
    assert {key: type(value) for key, value in cells.values.items()} == {
        key: type(value) for key, value in expected.items()
    }
    formulas = {place(0, *where): cell.formula for where, cell in made.cells.items() if cell.formula}
    assert {key: formula.text for key, formula in cells.formulas.items()} == formulas
    if TRANSITIONAL in made.sheet and not any(f">{truth}<" in made.sheet for truth in ("true", "false")):
        agrees_with_openpyxl(package, made)


def agrees_with_openpyxl(package: bytes, made: Made) -> None:
    """The values that openpyxl reads, which knows no empty text, no truth value in words, no strict book."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it finds no styles that it likes
        sheet = openpyxl.load_workbook(io.BytesIO(package), data_only=True).worksheets[0]
    for (row, column), cell in made.cells.items():
        read = sheet.cell(row, column).value
        if isinstance(read, dt.date):
            read = float(read.toordinal() - dt.date(1899, 12, 30).toordinal())
        assert (read or "") == (cell.value or "")
