"""The proof of the reader: a reader with the faults that it once had reads no book wrong, it is refused.

Each fault is put back by a pattern of old, and the book that it once spoilt is tried.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from support.books import F, book, parts, repacked
from support.raw_books import DOUBLE, SHEET, TAKES_TEXT, raw_book

from workbook import memory
from workbook.cells import COLUMN_BITS
from workbook.errors import BadPackage
from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request
from workbook.xlsx import saved_book, second_reader, sheet_memo, sheet_reader, sheet_writer, xml_text
from workbook.xlsx import shared_texts as texts_module
from workbook.xlsx.saved_book import SavedBook
from workbook.xlsx.xml_text import ATTRIBUTES

OWN_END: Final = rb"(?>(?:[^<]++|<(?!/?(?:is|extLst|c|row)[\s/>]))*)"
GREEDY: Final[dict[bytes, tuple[bytes, bytes]]] = {
    b"is": (
        rb"<is%s(?:/>|>%s</is\s*+>)" % (ATTRIBUTES, OWN_END),
        rb"<is(?:\s[^<>]*)?>.*?</is\s*>",
    ),
    b"extLst": (
        rb"<extLst%s(?:/>|>%s</extLst\s*+>)" % (ATTRIBUTES, OWN_END),
        rb"<extLst(?:\s[^<>]*)?>.*?</extLst\s*>",
    ),
}
ROWS: Final = "".join(
    f'<row r="{n}"><c r="A{n}"><f>A{n - 1}+1</f><v>{n + 4}</v></c></row>' for n in range(2, 50)
)
LAST: Final = '<row r="50"><c r="B50" t="inlineStr"><is><t>e</t></is></c>'
VANISHING: Final = f'<c r="B1" t="inlineStr"><is /></c></row>{ROWS}{LAST}'


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    """No sheet and no text is remembered from before a fault, or after it."""
    memory.clear()
    yield
    memory.clear()


def reads_over(monkeypatch: pytest.MonkeyPatch, name: bytes) -> None:
    """Let the content of an element of a cell end at the next end of its kind, wherever that is."""
    right = sheet_reader.pattern
    old, new = GREEDY[name]

    def faulty(prefix: bytes) -> sheet_reader.Pattern:
        found = right(prefix)
        assert all(old in pattern.pattern for pattern in found)
        return sheet_reader.Pattern(
            *(re.compile(pattern.pattern.replace(old, new), re.DOTALL) for pattern in found)
        )

    for module in (sheet_reader, sheet_memo, sheet_writer):
        monkeypatch.setattr(module, "pattern", faulty)


def shifts_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a closed text without content swallow the next one."""
    item = re.compile(rb"<si(?:\s[^<>]*)?(?:/>|>(.*?)</si\s*>)", re.DOTALL)
    monkeypatch.setattr(texts_module, "_items", lambda xml, _: item.findall(xml))


def eats_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a closed reading aid swallow what stands before the next one's end."""
    text, _ = xml_text._runs(b"")
    aid = re.compile(rb"<rPh\b.*?</rPh>", re.DOTALL)
    monkeypatch.setattr(xml_text, "_runs", lambda _: (text, aid))


def keeps_carriage_returns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let line ends stay as they are written."""
    monkeypatch.setattr(texts_module, "string_of", bytes.decode)


FAULTS: Final[dict[str, tuple[Callable[[pytest.MonkeyPatch], None], bytes, str]]] = {
    "a closed text swallows a formula": (
        lambda patch: reads_over(patch, b"is"),
        raw_book('<c r="B1" t="inlineStr"><is /></c>' + DOUBLE),
        "reads otherwise to an XML parser",
    ),
    "an extension swallows a formula": (
        lambda patch: reads_over(patch, b"extLst"),
        raw_book(
            '<c r="B1"><v>1</v><extLst /></c><c r="C1"><f>A1*2</f><v>10</v></c>'
            '<c r="D1"><v>1</v><extLst><ext uri="u"/></extLst></c>'
        ),
        "reads otherwise to an XML parser",
    ),
    "a closed text swallows rows": (
        lambda patch: reads_over(patch, b"is"),
        raw_book(VANISHING),
        "reads otherwise to an XML parser",
    ),
    "a closed shared text shifts the others": (
        shifts_texts,
        raw_book(TAKES_TEXT.format(1), "<si /><si><t>sell</t></si><si><t>buy</t></si><si><t>x</t></si>"),
        "text 0 reads otherwise",
    ),
    "a closed reading aid eats text": (
        eats_text,
        raw_book(
            TAKES_TEXT.format(0),
            '<si><r><t>a</t></r><rPh sb="0" eb="1"/><r><t>b</t></r><rPh sb="0" eb="1"><t>K</t></rPh></si>',
        ),
        "text 0 reads otherwise",
    ),
    "a bare carriage return": (
        keeps_carriage_returns,
        raw_book(TAKES_TEXT.format(0), "<si><t>a\rb</t></si>"),
        "text 0 reads otherwise",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_reader_is_found_out(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The book is done without the fault; with it nothing is written."""
    fault, package, reason = FAULTS[name]
    asked = Request(inputs={"inp": 7})
    assert recalc_bytes(package, asked)[1].status == "done"
    memory.clear()
    fault(monkeypatch)
    written, outcome = recalc_bytes(package, asked)
    assert (written, outcome.status) == (package, "refused")
    assert reason in outcome.reason


def test_a_faulty_reader_that_nobody_checks_writes_no_book_short_of_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is written is held against what was read as bytes, whatever the reader made of either."""
    package = raw_book(VANISHING, names={"inp": "Sheet1!$A$1", "note": "Sheet1!$B$1"})
    asked = Request(inputs={"note": "hello"})
    assert recalc_bytes(package, asked)[1].status == "done"
    reads_over(monkeypatch, b"is")
    monkeypatch.setattr(sheet_memo, "prove_cells", lambda *_, **__: None)
    saved_book._sheets.clear()
    written, outcome = recalc_bytes(package, asked)
    assert (written, outcome.status) == (package, "refused")
    assert "would not read back" in outcome.reason


def every_type() -> bytes:
    """Values and formulas of each type."""
    cells: dict[str, Any] = {
        "A1": 1.5,
        "A2": "text",
        "A3": True,
        "B1": F("=A1*2", 3),
        "B2": F('=A2&""', "text"),
        "B3": F("=NA()", "#N/A"),
        "B4": F("=A3", cached=True),
    }
    return book({"Sheet1": cells})


@pytest.mark.parametrize(
    ("key", "value"),
    [((1, 1), 2.5), ((2, 1), "Text"), ((3, 1), False), ((1, 2), None), ((2, 2), "x"), ((3, 2), "#N/A")],
)
def test_one_value_that_reads_otherwise_is_enough(key: tuple[int, int], value: Any) -> None:
    """A wrong value, a missing one, or one of another type."""
    opened = SavedBook(every_type())
    cells, xml = opened.cells(0), opened.xml(0)
    second_reader.prove_cells(xml, cells.values, cells.formulas, opened.texts, date1904=False)
    values = {**cells.values, key[0] << COLUMN_BITS | key[1]: value}
    values = {where: content for where, content in values.items() if content is not None}
    with pytest.raises(BadPackage, match="reads otherwise"):
        second_reader.prove_cells(xml, values, cells.formulas, opened.texts, date1904=False)


def test_a_formula_that_nobody_wrote_is_found() -> None:
    """As many formulas as the parser finds, and the same."""
    opened = SavedBook(every_type())
    cells, xml = opened.cells(0), opened.xml(0)
    first = next(iter(cells.formulas))
    for formulas in (
        {**cells.formulas, 99 << COLUMN_BITS | 1: cells.formulas[first]},
        {key: formula for key, formula in cells.formulas.items() if key != first},
        {**cells.formulas, first: sheet_reader.Formula("A1*3", origin=first)},
    ):
        with pytest.raises(BadPackage, match="parser"):
            second_reader.prove_cells(xml, cells.values, formulas, opened.texts, date1904=False)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("</worksheet>", "</worksheet>junk"),
        ("</worksheet>", "</worksheet><again/>"),
        ("<pageMargins", "<mismatched><pageMargins"),
        ("<sheetData>", '<sheetData x="1" x="2">'),
        ('<c r="A1">', '<c r="A1" r="A1">'),
        ('<c r="A1">', '<c r="A1" x:y="undeclared">'),
        ('<c r="A1">', '<c r="A1" y="&undefined;">'),
        ('<c r="A1">', '<c r="A1" y="<">'),
        ('<c r="A1">', '<c r="A1" y=1>'),
        ('<c r="A1">', '<c r="A1" y>'),
        ("<f>A1*2</f>", "<f>A1*2&undefined;</f>"),
        ("<f>A1*2</f>", "<f>A1*2&#0;</f>"),
        ("<f>A1*2</f>", "<f>A1*2\x01</f>"),
        ("<f>A1*2</f>", "<f>A1*2]]></f>"),
        ("<f>A1*2</f>", "<f>A1*2&</f>"),
        ("<f>A1*2</f>", "<f>A1*2\udcff</f>"),
        ("<?xml", " <?xml"),
        ("<?xml", "\ufeff\ufeff<?xml"),
    ],
)
def test_what_no_parser_accepts_is_refused(old: str, new: str) -> None:
    """Bytes that are no XML are no sheet, wherever they stand."""
    package = every_type()
    xml = parts(package)[SHEET].decode()
    assert old in xml
    spoilt = repacked(package, {SHEET: xml.replace(old, new, 1).encode(errors="surrogateescape")})
    for _ in range(3):  # a sheet that was met before is looked at as well
        saved_book._sheets.clear()
        assert recalc_bytes(spoilt, Request())[1].status == "refused"
