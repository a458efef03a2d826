"""A written book keeps Excel's rules: types, blanks, metadata, texts, the calculation chain, signatures."""

import re
from itertools import permutations
from typing import Any

import pytest
from support.books import Array, F, book, cached, edited, parts, repacked
from support.lawful import breaches

from workbook.recalc.recalc import recalc_bytes
from workbook.request import Outcome, Request

SHEET = "xl/worksheets/sheet1.xml"
STYLES = "xl/styles.xml"
NAMES = {"price": "Sheet1!$A$1"}
CHAIN = (
    '<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<c r="B1" i="1" l="1" a="1"/><c r="C1" s="1"/><c r="D1"/></calcChain>'
)
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
VALUES: list[tuple[str, Any, str]] = [  # in a formula, as a value, as the cell holds it
    ("1.5", 1.5, ">{f}<v>1.5</v></c>"),
    ("1E+300", 1e300, ">{f}<v>1E+300</v></c>"),
    ('"text"', "text", ' t="str">{f}<v>text</v></c>'),
    ('" two "', " two ", ' t="str">{f}<v xml:space="preserve"> two </v></c>'),
    ('"line"&CHAR(10)', "line\n", ' t="str">{f}<v xml:space="preserve">line\n</v></c>'),
    ('"<a> & b"', "<a> & b", ' t="str">{f}<v>&lt;a&gt; &amp; b</v></c>'),
    ('"_x0041_"', "_x0041_", ' t="str">{f}<v>_x005F_x0041_</v></c>'),
    ('""', "", ' t="str">{f}<v></v></c>'),
    ("TRUE", True, ' t="b">{f}<v>1</v></c>'),
    ("NA()", "#N/A", ' t="e">{f}<v>#N/A</v></c>'),
]
FORMULA = f"CHOOSE(A1,{','.join(text for text, _, _ in VALUES)})"


def saved(value: Any) -> Any:
    """The value as XlsxWriter is to write it: it leaves escapes to others."""
    return "_x005F_x0041_" if value == "_x0041_" else value


def run(package: bytes, price: str) -> tuple[bytes, Outcome]:
    """The price set, lawfully; a second run changes nothing."""
    request = Request(inputs={"price": price})
    written, outcome = recalc_bytes(package, request)
    if outcome.status == "done":
        assert breaches(written) == []
        again, second = recalc_bytes(written, request)
        assert (second.status, again) == ("unchanged", written)
    return written, outcome


def cell(package: bytes, name: str) -> str:
    """A cell's own bytes, with {f} for its formula."""
    xml = parts(package)[SHEET].decode()
    found = re.search(rf'<c r="{name}"[^>]*?(?:/>|>.*?</c>)', xml, re.DOTALL)
    assert found
    return re.sub(r"<f.*?(?:/>|</f>)", "{f}", found[0])


@pytest.mark.parametrize(
    ("before", "after"), [*permutations(range(len(VALUES)), 2)], ids=lambda number: VALUES[number][0]
)
def test_a_cell_turns_from_any_type_into_any_other(before: int, after: int) -> None:
    """Type, blanks and escapes are those of the new value; style and cell metadata stay."""

    def decorate(writer: Any) -> None:
        sheet, style = writer.worksheets()[0], writer.add_format({"bold": True})
        sheet.write_formula("B1", "=" + FORMULA, style, saved(VALUES[before][1]))

    package = book({"Sheet1": {"A1": before + 1}}, NAMES, decorate)
    package = edited(package, SHEET, ('<c r="B1" s="1"', '<c r="B1" s="1" cm="1"'))
    written, outcome = run(package, str(after + 1))
    assert outcome.status == "done", outcome.reason
    assert cell(written, "B1") == '<c r="B1" s="1" cm="1"' + VALUES[after][2]


@pytest.mark.parametrize("again", [*range(len(VALUES))], ids=lambda number: VALUES[number][0])
def test_a_value_that_comes_out_the_same_is_not_written(again: int) -> None:
    """However the program that saved the book spelled it: a shared text, an inline one, a longer number."""
    spellings = {
        "1.5": '<c r="B1" t="n"><f>{f}</f><v>1.500</v></c>',
        '"text"': '<c r="B1" t="s"><f>{f}</f><v>0</v></c>',
        '""': '<c r="B1" t="str"><f>{f}</f></c>',
        "TRUE": "<c r='B1' t='b'><f>{f}</f><v>1</v></c>",
    }
    cells = {"A1": 99, "B1": F("=" + FORMULA, saved(VALUES[again][1])), "C1": "text", "D1": F("=A1", 99)}
    package = book({"Sheet1": cells}, NAMES)
    text, _, _ = VALUES[again]
    if text in spellings:
        xml = parts(package)[SHEET].decode()
        formula = re.search(r"<f>(CHOOSE.*?)</f>", xml)
        assert formula
        other = spellings[text].replace("{f}", formula[1])
        package = repacked(package, {SHEET: re.sub(r'<c r="B1".*?</c>', lambda _: other, xml).encode()})
    package = edited(package, SHEET, ('<c r="A1"><v>99<', f'<c r="A1"><v>{again + 1}<'))
    _, outcome = recalc_bytes(package, Request(inputs={"price": str(again + 1)}))
    assert outcome.status == "unchanged", outcome.reason


def test_rich_values_go_with_the_plain_ones() -> None:
    """`vm` names what Excel shows instead of the value: it goes when the value does, and only then."""
    cells = {"A1": 1, "B1": F("=A1*2", 2), "C1": F("=A1*0", 0), "D1": F("=5*5", 25)}
    package = book({"Sheet1": cells}, NAMES)
    for name in "BCD":
        package = edited(package, SHEET, (f'<c r="{name}1">', f'<c r="{name}1" cm="1" vm="2">'))
    written, _ = run(package, "2")
    assert cell(written, "B1") == '<c r="B1" cm="1">{f}<v>4</v></c>'
    assert cell(written, "C1") == '<c r="C1" cm="1" vm="2">{f}<v>0</v></c>'
    assert cell(written, "D1") == '<c r="D1" cm="1" vm="2">{f}<v>25</v></c>'


@pytest.mark.parametrize(
    ("value", "holds"),
    [
        ("other", 't="inlineStr"><is><t>other</t></is></c>'),
        (" blank ", 't="inlineStr"><is><t xml:space="preserve"> blank </t></is></c>'),
        ("=1+1", 't="inlineStr"><is><t>=1+1</t></is></c>'),
        ("text", 't="s"><v>0</v></c>'),
    ],
)
def test_shared_texts_are_read_and_never_written(value: str, holds: str) -> None:
    """A new text stands in its own cell; the shared ones, which other cells count on, stay as they are."""
    package = book({"Sheet1": {"A1": "text", "A2": "text", "B1": F('=A1&"!"', "text!")}}, NAMES)
    written, _ = run(package, value)
    assert cell(written, "A1") == '<c r="A1" ' + holds
    assert parts(written)["xl/sharedStrings.xml"] == parts(package)["xl/sharedStrings.xml"]
    assert cached(written, "Sheet1", "A1", "A2", "B1") == [value, "text", value + "!"]


@pytest.mark.parametrize("price", ["5", "2", "1"])
def test_the_calculation_chain_stays_true_when_a_spill_changes_its_size(price: str) -> None:
    """It lists the cells with formulas, in every book that Excel saves; those do not change."""
    cells = {
        "A1": 3,
        "B1": Array("=SEQUENCE(A1)", "B1:B3", 1, dynamic=True),
        "C1": F("=SUM(B1:B9)", 6),
        "D1": F("=A1", 3),
    }
    package = book({"Sheet1": cells}, NAMES)
    for row in (2, 3):
        package = edited(package, SHEET, (f'<c r="B{row}"><v>0<', f'<c r="B{row}"><v>{row}<'))
    types = (
        parts(package)["[Content_Types].xml"]
        .decode()
        .replace(
            "<Override",
            '<Override PartName="/xl/calcChain.xml" ContentType="application/vnd.openxmlformats-'
            'officedocument.spreadsheetml.calcChain+xml"/><Override',
            1,
        )
    )
    package = repacked(package, {"[Content_Types].xml": types.encode(), "xl/calcChain.xml": CHAIN.encode()})
    written, outcome = run(package, price)
    assert outcome.status == "done", outcome.reason
    assert {name for name, part in parts(package).items() if parts(written)[name] != part} == {SHEET}
    assert set(re.findall(r'<c r="(\w+)"[^>]*><f', parts(written)[SHEET].decode())) == {"B1", "C1", "D1"}


@pytest.mark.parametrize("kind", ["merged cells", "the table Things"])
def test_a_spill_goes_over_no_merged_cells_and_no_table(kind: str) -> None:
    """Excel shows #SPILL! there, though the cells are blank: such a book is left to it."""

    def decorate(writer: Any) -> None:
        sheet = writer.worksheets()[0]
        if kind == "merged cells":
            sheet.merge_range("B4:C4", "", None)
        else:
            sheet.add_table("B4:C6", {"name": "Things", "header_row": False})

    cells = {"A1": 2, "B1": Array("=SEQUENCE(A1)", "B1:B2", 1, dynamic=True), "B2": 2}
    package = book({"Sheet1": cells}, NAMES, decorate)
    assert run(package, "3")[1].status == "done"
    _, outcome = run(package, "4")
    assert outcome.reason == f"Sheet1!B1 would spill over {kind}, which Excel does not do"


def signed(*, is_whole: bool) -> bytes:
    """A digitally signed book, or one of which the signature was taken out again and the frame stayed."""
    package = book({"Sheet1": {"A1": 1, "B1": F("=A1*2", 2)}}, NAMES)
    found = parts(package)
    kind = f"{PACKAGE}/digital-signature"
    added = {
        "_rels/.rels": found["_rels/.rels"].replace(
            b"</Relationships>",
            f'<Relationship Id="s1" Type="{kind}/origin" Target="_xmlsignatures/origin.sigs"/>'.encode()
            + b"</Relationships>",
        ),
        "[Content_Types].xml": found["[Content_Types].xml"].replace(
            b"<Default",
            b'<Default Extension="sigs" ContentType="application/vnd.openxmlformats-package.'
            b'digital-signature-origin"/><Default',
            1,
        ),
        "_xmlsignatures/origin.sigs": b"",
    }
    if is_whole:
        added["_xmlsignatures/sig1.xml"] = b"<Signature/>"
        added["_xmlsignatures/_rels/origin.sigs.rels"] = (
            f'<Relationships xmlns="{PACKAGE}">'
            f'<Relationship Id="r1" Type="{kind}/signature" Target="sig1.xml"/></Relationships>'
        ).encode()
    return repacked(package, added)


def test_a_signed_book_is_not_changed() -> None:
    """Its signature says that nothing was changed since: a book with other values can't keep it."""
    package = signed(is_whole=True)
    written, outcome = run(package, "2")
    assert written == package
    assert outcome.status == "refused"
    assert outcome.reason.startswith("is digitally signed, and other values would break the signature")
    assert run(package, "1")[1].status == "unchanged"


def test_a_frame_without_a_signature_is_none() -> None:
    """Excel leaves the frame when a signature is taken out."""
    assert run(signed(is_whole=False), "2")[1].status == "done"
