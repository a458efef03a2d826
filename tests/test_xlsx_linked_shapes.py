"""Text boxes that show a cell: they follow it, or the report names them."""

from typing import Any

import pytest
from support.books import F, book, edited, parts

from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request

DRAWING = "xl/drawings/drawing1.xml"
ASKED = Request(inputs={"inp": 10})
STALE = "still shows the old values"


def boxed(shown: Any, words: str, link: str = "=$F$1", number_format: str = "General", **more: Any) -> bytes:
    """A formula in F1 of the second sheet, and a text box that shows a cell."""
    cells: dict[str, Any] = {"A1": 5, "G1": 1, **more}

    def draw(writer: Any) -> None:
        sheet = writer.worksheets()[1]
        sheet.write_formula("F1", shown.text, writer.add_format({"num_format": number_format}), shown.cached)
        sheet.insert_textbox("B3", words, {"textlink": link})

    return book({"Other": {"F1": "other"}, "Sheet1": cells}, {"inp": "Sheet1!$A$1"}, draw)


@pytest.mark.parametrize(
    ("shown", "words", "number_format", "expected"),
    [
        (F('="Margin: "&2400/A1', "Margin: 480"), "Margin: 480", "General", "Margin: 240"),
        (F('="Margin: "&2400/A1', "Margin: 480"), "Margin: 480", "0.00", "Margin: 240"),
        (F('="<"&A1&"&>"', "<5&>"), "<5&>", "General", "&lt;10&amp;&gt;"),
        (F("=A1*2", 10), "10", "General", "20"),
        (F("=A1/4", 1.25), "1.25", "General", "2.5"),
        (F("=A1>6", cached=False), "FALSE", "General", "TRUE"),
        (F("=IF(A1>6,NA(),1)", 1), "1", "General", "#N/A"),
        (F('=IF(A1>6,"","x")', "x"), "x", "General", ""),
    ],
)
@pytest.mark.parametrize("link", ["=$F$1", "=Sheet1!$F$1", "=F1"])
def test_a_text_box_follows_its_cell(
    shown: F, words: str, number_format: str, expected: str, link: str
) -> None:
    """What the cell shows as it is stands in the box as well."""
    package = boxed(shown, words, link, number_format)
    content, outcome = recalc_bytes(package, ASKED)
    assert (outcome.status, outcome.reason) == ("done", "")
    before, after = (parts(each)[DRAWING].decode() for each in (package, content))
    assert f"<a:t>{expected}</a:t>" in after
    assert after == before.replace(before[before.index("<a:t>") : before.index("</a:t>")], f"<a:t>{expected}")
    again, outcome = recalc_bytes(content, ASKED)
    assert (again, outcome.status) == (content, "unchanged")


@pytest.mark.parametrize(
    ("shown", "words", "number_format"),
    [
        (F("=A1*2", 10), "10.00", "0.00"),
        (F("=A1*2", 10), "10", "0"),
        (F("=A1*2", 10), "1900-01-10", "yyyy-mm-dd"),
        (F("=A1/3", 5 / 3), "1.666666667", "General"),
        (F('=A1&""', "5"), "", ";;;"),
        (F('=A1&""', "5"), "something else", "General"),
    ],
)
def test_a_box_whose_words_are_not_known_is_named(shown: F, words: str, number_format: str) -> None:
    """How a format shows a number is Excel's to say: the box stays, and the report says so."""
    package = boxed(shown, words, "=$F$1", number_format)
    content, outcome = recalc_bytes(package, ASKED)
    assert outcome.status == "done"
    assert outcome.reason == f"the text box TextBox 1 {STALE} until Excel opens the book"
    assert parts(content)[DRAWING] == parts(package)[DRAWING]


def test_a_box_of_two_looks_is_named() -> None:
    """Which words are the cell's can't be told."""
    package = boxed(F('="Margin: "&A1', "Margin: 5"), "Margin: 5")
    package = edited(package, DRAWING, ("</a:fld>", "</a:fld><a:r><a:t> USDT</a:t></a:r>"))
    assert STALE in recalc_bytes(package, ASKED)[1].reason


def test_a_box_of_another_cell_stays_in_silence() -> None:
    """Only what shows a changed cell follows, or is named."""
    for link in ("=$G$1", "=Other!$F$1"):
        package = boxed(F("=A1*2", 10), "1", link, "0.00")
        content, outcome = recalc_bytes(package, ASKED)
        assert (outcome.status, outcome.reason) == ("done", "")
        assert parts(content)[DRAWING] == parts(package)[DRAWING]


def test_a_link_that_nobody_understands_is_named() -> None:
    """A name that the book does not have, a range of cells."""
    for link in ("=nothing", "=$F$1:$F$2"):
        assert STALE in recalc_bytes(boxed(F("=A1*2", 10), "10", link), ASKED)[1].reason


def test_a_picture_of_cells_is_named() -> None:
    """Excel's camera keeps a picture, which nobody else can draw."""
    package = boxed(F("=A1*2", 10), "1", "=$G$1")
    camera = '<x14:cameraTool xmlns:x14="urn:x14" cellRange="$A$1:$F$3"/></xdr:sp>'
    package = edited(package, DRAWING, ("</xdr:sp>", camera))
    assert recalc_bytes(package, ASKED)[1].reason.startswith(f"the picture of $A$1:$F$3 {STALE}")
