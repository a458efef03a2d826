"""References to other books: the values that the book keeps of them, and never the books themselves."""

from typing import Any

import pytest
from conftest import SHARED
from support.books import F, book, cached, edited, repacked

from workbook.recalc.evaluation import Model
from workbook.recalc.recalc import recalc_bytes
from workbook.recalc.verification import divergences
from workbook.request import Outcome, Request
from workbook.xlsx.saved_book import SavedBook

BOOKS = SHARED / "data" / "books" / "excel_features"
PART = "xl/externalLinks/externalLink1.xml"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
KEPT = """
<externalBook xmlns:r="{relations}" r:id="rId1">
<sheetNames><sheetName val="Rates"/><sheetName val="My Feb"/><sheetName val="Mar"/><sheetName val="Lost"/>
</sheetNames>
<definedNames><definedName name="Rate" refersTo="=Rates!$A$1"/><definedName name="Sum" refersTo="=1+2"/>
<definedName name="Own" refersTo="='My Feb'!$A$1" sheetId="1"/></definedNames>
<sheetDataSet>
<sheetData sheetId="0">
<row r="1"><cell r="A1"><v>3</v></cell><cell r="B1" t="str"><v>a&amp;lt;b</v></cell></row>
<row r="3"><cell r="A3"><v>4.5</v></cell><cell r="B3" t="b"><v>1</v></cell>
<cell r="C3" t="e"><v>#N/A</v></cell></row>
</sheetData>
<sheetData sheetId="1"><row r="1"><cell r="A1"><v>10</v></cell></row></sheetData>
<sheetData sheetId="2"><row r="1"><cell r="A1"><v>100</v></cell></row></sheetData>
<sheetData sheetId="3" refreshError="1"><row r="1"><cell r="A1"><v>5</v></cell></row></sheetData>
</sheetDataSet></externalBook>
""".replace("{relations}", RELATIONS)


def linked(
    cells: dict[str, Any], kept: str = KEPT, target: str = "file:///C:/My%20books/Other%20one.xlsx"
) -> bytes:
    """A book with the price in A1 whose formulas call another book [1]."""
    package = edited(
        book({"Sheet1": {"A1": 1, **cells}}, {"price": "Sheet1!$A$1", "away": "[1]Rates!$A$1"}),
        "xl/workbook.xml",
        ("</sheets>", '</sheets><externalReferences><externalReference r:id="rId99"/></externalReferences>'),
    )
    relation = f'<Relationship Id="rId99" Type="{RELATIONS}/externalLink" Target="{PART[3:]}"/>'
    package = edited(
        package, "xl/_rels/workbook.xml.rels", ("</Relationships>", relation + "</Relationships>")
    )
    away = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{RELATIONS}/externalLinkPath" Target="{target}"'
        ' TargetMode="External"/></Relationships>'
    )
    return repacked(
        package,
        {
            PART: f'<externalLink xmlns="{MAIN}">{kept}</externalLink>'.encode(),
            "xl/externalLinks/_rels/externalLink1.xml.rels": away.encode(),
        },
    )


def run(package: bytes, **asked: Any) -> tuple[bytes, Outcome]:
    """Set the price to 2."""
    return recalc_bytes(package, Request(inputs={"price": "2"}, **asked))


@pytest.mark.parametrize(
    ("formula", "saved", "expected"),
    [
        ("=[1]Rates!A1*A1", 3, 6),
        ("=SUM([1]Rates!$A$1:$A$3)*A1", 7.5, 15),
        ("=COUNTA([1]Rates!A:A)*A1", 2, 4),
        ("=VLOOKUP(4.5,[1]Rates!A1:C3,1,FALSE)*A1", 4.5, 9),
        ("='[1]My Feb'!A1+A1", 11, 12),
        ("=SUM('[1]My Feb:Mar'!A1,A1)", 111, 112),
        ("=[1]!Rate*A1", 3, 6),
        ("=[1]!RATE*A1", 3, 6),
        ("='[1]My Feb'!Own*A1", 10, 20),
        ('=[1]Rates!B1&"!"&A1', "a&lt;b!1", "a&lt;b!2"),
        ("=IF([1]Rates!B3,A1,0)", 1, 2),
        ("=IFERROR([1]Rates!C3,A1)", 1, 2),
    ],
)
def test_another_books_values_are_those_that_excel_saved(formula: str, saved: Any, expected: Any) -> None:
    """A closed book counts as Excel last saw it; what is blank there is not kept among what is."""
    package = linked({"B1": F(formula, saved)})
    written, outcome = run(package)
    assert outcome.status == "done", outcome.reason
    assert cached(written, "Sheet1", "B1") == [expected]


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        (
            "=[1]Rates!Z9*A1",
            "refers to Rates!Z9 of the book Other one.xlsx, whose value this one does not keep",
        ),
        (
            "=[1]Lost!A1*A1",
            "refers to Lost!A1 of the book Other one.xlsx, whose value this one does not keep",
        ),
        ("=[1]None!A1*A1", "refers to the book Other one.xlsx, whose values this one does not keep"),
        ("=[2]Rates!A1*A1", "refers to another book, whose values this one does not keep"),
        (
            r"='C:\My books\[Third.xlsx]S'!A1*A1",
            "refers to the book Third.xlsx, whose values this one does not keep",
        ),
        ("=[1]!Sum*A1", "refers to the name Sum of the book Other one.xlsx, which this one does not keep"),
        ("=[1]!None*A1", "refers to the name None of the book Other one.xlsx, which this one does not keep"),
        ("=[1]!Own*A1", "refers to the name Own of the book Other one.xlsx, which this one does not keep"),
        ("=[1]!PriceOf(A1)", "calls PRICEOF of the book Other one.xlsx"),
        ("=SUM([1]!Prices[Bid])*A1", "refers to a table of the book Other one.xlsx"),
        ("=[1]!'topic'*A1", "takes a value of the book Other one.xlsx"),
        ("=SUM([1]Rates!A1:[1]Rates!A3)*A1", "takes a range of the book Other one.xlsx by its corners"),
        (
            "=COUNTIF([1]Rates!A1:A3,A1)",
            "calls COUNTIF over the book Other one.xlsx, which Excel does only while that one is open",
        ),
    ],
)
def test_what_is_not_kept_of_another_book_is_refused(formula: str, reason: str) -> None:
    """The sentence names the book; no error function hides it."""
    for text in (formula, f"=IFERROR({formula[1:]},1)"):
        _, outcome = run(linked({"B1": F(text, 3)}))
        assert (outcome.status, outcome.reason) == ("refused", f"Sheet1!B1 {reason}")


@pytest.mark.parametrize(("kind", "name"), [("ddeLink", "DDE"), ("oleLink", "OLE")])
def test_another_programs_values_are_not_taken(kind: str, name: str) -> None:
    """What a live link gave once is no value of another book."""
    package = linked({"B1": F("=[1]!'topic'*A1", 3)}, f'<{kind} progId="Excel.Sheet"/>')
    assert run(package)[1].reason == f"Sheet1!B1 takes a value of another program ({name})"


def test_a_formula_that_excel_never_calculated_needs_every_value() -> None:
    """Blank there or never seen there: nobody can tell where the formula has no value."""
    cells = {"B1": F("=SUM([1]Rates!A1:A3)*A1", "")}
    package = edited(linked(cells), "xl/worksheets/sheet1.xml", ("<v></v>", ""))
    assert run(package)[1].reason.startswith("Sheet1!B1 refers to Rates!A1 of the book")
    whole = edited(package, PART, ('<row r="3">', '<row r="2"><cell r="A2"><v>1</v></cell></row><row r="3">'))
    written, _ = run(whole)
    assert cached(written, "Sheet1", "B1") == [17]


def test_books_of_one_template_keep_their_own_values() -> None:
    """The second book's other book is another one, or the same one on another day."""
    for rate in ("3", "7", "3"):
        package = linked(
            {"B1": F("=[1]Rates!A1*A1", float(rate))}, KEPT.replace("<v>3</v>", f"<v>{rate}</v>")
        )
        assert cached(run(package)[0], "Sheet1", "B1") == [2 * float(rate)]


def test_another_books_cell_is_no_input() -> None:
    """A name may point there, but what it names does not lie in this book."""
    _, outcome = recalc_bytes(linked({}), Request(inputs={"away": "2"}))
    assert outcome.reason == "away: the name is not that of a single cell"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("<v>3</v>", "<v>1e999</v>", "has a cell that holds '1e999' as 'n'"),
        ("<v>3</v>", "<v>x</v>", "has a cell that holds 'x' as 'n'"),
        ('t="e"', 't="z"', "has a cell that holds '#N/A' as 'z'"),
        ('r="A3"', 'r="ZZZZ9"', "has a cell without a place"),
        ('val="Mar"', 'val="RATES"', "names two sheets alike"),
        ("<sheetDataSet>", "<sheetDataSet><", "is no well-formed XML"),
    ],
)
def test_a_spoilt_link_is_refused(old: str, new: str, reason: str) -> None:
    """It is read with the same distrust as the rest of the package."""
    _, outcome = run(linked({"B1": F("=[1]Rates!A1*A1", 3)}, KEPT.replace(old, new)))
    assert outcome.status == "refused"
    assert outcome.reason.startswith(f"the part {PART} {reason}")


def test_a_link_with_entities_is_refused() -> None:
    """No entity is ever expanded."""
    package = linked({})
    bomb = f'<!DOCTYPE x [<!ENTITY a "b">]><externalLink xmlns="{MAIN}">{KEPT}</externalLink>'
    _, outcome = run(repacked(package, {PART: bomb.encode()}))
    assert outcome.reason == f"the part {PART} has a document type, which no workbook has"


def test_a_link_to_countless_sheets_is_refused() -> None:
    """The engine would make every one of them."""
    sheets = "".join(f'<sheetName val="S{number}"/>' for number in range(5_001))
    _, outcome = run(linked({}, f"<externalBook><sheetNames>{sheets}</sheetNames></externalBook>"))
    assert outcome.reason == "it refers to books of more than 5000 sheets"


def test_a_link_that_is_too_large_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its values are not read, and the cells that need them say so."""
    monkeypatch.setattr("workbook.xlsx.external_links.LARGEST", 100)
    package = linked({"B1": F("=[1]Rates!A1*A1", 3)})
    assert run(package)[1].reason == "Sheet1!B1 refers to another book, whose values this one does not keep"


def test_a_missing_link_part_is_no_book() -> None:
    """Then nothing is known of the other book, not even its name."""
    package = repacked(linked({"B1": F("=[1]Rates!A1*A1", 3)}), {PART: None})
    assert run(package)[1].reason == "Sheet1!B1 refers to another book, whose values this one does not keep"


@pytest.mark.skipif(not BOOKS.exists(), reason="the shared data does not lie beside the project")
@pytest.mark.parametrize(
    ("name", "formula", "reason"),
    [
        ("oxmlsdk__ExternalLink.xlsx", "SUM([1]Sheet1!$A$1:$A$2)", ""),
        (
            "openxlsx__formula_checks.xlsx",
            "[1]Sheet3!A2",
            "refers to Sheet3!A2 of the book Sheet3, whose value this one does not keep",
        ),
    ],
)
def test_formulas_that_excel_saved_are_proven_or_refused(name: str, formula: str, reason: str) -> None:
    """Excel's own value is met from the values that Excel kept."""
    model = Model(SavedBook((BOOKS / name).read_bytes()))
    (where,) = (where for where, held in model.formulas.items() if held.text == formula)
    assert model.faults.get(where, "") == reason
    assert bool(reason) or not divergences(model, frozenset({where}))
