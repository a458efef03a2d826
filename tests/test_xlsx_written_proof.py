"""The proof of a written sheet: any byte too many, too few or another is found."""

from typing import Final

import pytest

from workbook.cells import COLUMN_BITS, Area, CellError, Value
from workbook.errors import Unknowable
from workbook.xlsx.written_proof import SheetChange, prove_written

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ROWS: Final = (
    '<row r="1" spans="1:3"><c r="A1"><v>5</v></c><c r="B1" s="3"><f>A1*2</f><v>10</v></c>'
    '<c r="C1" t="str"><f>A1&amp;"&lt;"</f><v>5&lt;</v><extLst><ext uri="u"/></extLst></c></row>'
    '<row r="2"><c r="A2" t="inlineStr"><is><t>word</t></is></c><c r="B2" t="b"><f>A1&gt;6</f><v>0</v></c>'
    '<c r="C2"/></row><row r="9"><c r="A9" cm="1"><f t="array" ref="A9:A10">x</f><v>1</v></c></row>'
)
KEYS: Final = {
    name: int(name[1:]) << COLUMN_BITS | ord(name[0]) - 64 for name in ("A1", "B1", "C1", "B2", "C2", "A9")
}
NEW: Final[dict[str, Value]] = {"A1": 7.0, "B1": 14.0, "C1": "7<", "B2": True}
RIGHT: Final = (
    ("<v>5</v></c><c", "<v>7</v></c><c"),
    ("<v>10</v>", "<v>14</v>"),
    ("<v>5&lt;</v>", "<v>7&lt;</v>"),
    ("<f>A1&gt;6</f><v>0</v>", "<f>A1&gt;6</f><v>1</v>"),
)


def sheet(rows: str, prefix: str = "") -> bytes:
    """A sheet with these rows."""
    name = f":{prefix[:-1]}" if prefix else ""
    p = prefix
    for word in ("row", "c", "v", "f", "is", "t", "extLst", "ext"):
        rows = rows.replace(f"<{word} ", f"<{p}{word} ").replace(f"<{word}>", f"<{p}{word}>")
        rows = rows.replace(f"</{word}>", f"</{p}{word}>")
    return (
        f'<{p}worksheet xmlns{name}="{MAIN}"><{p}dimension ref="A1:C9"/><{p}sheetData>{rows}</{p}sheetData>'
        f'<{p}mergeCells count="1"/></{p}worksheet>'
    ).encode()


def changed(*replacements: tuple[str, str]) -> str:
    """The rows with some texts replaced; each stands there once."""
    rows = ROWS
    for old, new in (*RIGHT, *replacements):
        assert rows.count(old) == 1, old
        rows = rows.replace(old, new)
    return rows


def holds(
    before: bytes, after: bytes, values: dict[str, Value], areas: dict[int, Area] | None = None
) -> bool:
    """Whether the proof lets the sheet pass."""
    change = SheetChange({KEYS[name]: value for name, value in values.items()}, areas or {})
    try:
        prove_written(before, after, change, "Sheet1")
    except Unknowable:
        return False
    return True


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_what_was_to_change_may_change(prefix: str) -> None:
    """Values of each type, a new cell, a new row, the range that the sheet says to use, an array's area."""
    before = sheet(ROWS, prefix)
    assert holds(before, sheet(changed(), prefix), NEW)
    assert holds(
        before, sheet(changed(('<c r="C2"/>', '<c r="C2"><v>1</v></c>')), prefix), {**NEW, "C2": 1.0}
    )
    error = changed(("<v>14</v>", "<v>#N/A</v>"), ('<c r="B1" s="3">', '<c r="B1" s="3" t="e">'))
    assert holds(before, sheet(error, prefix), {**NEW, "B1": CellError("#N/A")})
    grown = changed(('ref="A9:A10"', 'ref="A9:A11"'))
    assert holds(before, sheet(grown, prefix), NEW, {KEYS["A9"]: Area(0, 9, 1, 11, 1)})


def test_cells_and_rows_may_be_added() -> None:
    """Where the change says so, and nowhere else."""
    before = sheet(ROWS)
    cell = changed(('<c r="C2"/></row>', '<c r="C2"/><c r="D2" s="1"><v>1</v></c></row>'))
    row = changed(('<row r="9">', '<row r="5"><c r="A5"><v>1</v></c></row><row r="9">'))
    for rows, key in ((cell, 2 << COLUMN_BITS | 4), (row, 5 << COLUMN_BITS | 1)):
        after = sheet(rows).replace(b'ref="A1:C9"', b'ref="A1:D9"')
        values = {KEYS[name]: value for name, value in NEW.items()}
        prove_written(before, after, SheetChange({**values, key: 1.0}, {}), "Sheet1")
        for wrong in ({}, {key: 2.0}, {key: 1.0, key + 1: 1.0}):
            with pytest.raises(Unknowable):
                prove_written(before, after, SheetChange({**values, **wrong}, {}), "Sheet1")


@pytest.mark.parametrize(
    "spoilt",
    [
        ("<v>14</v>", "<v>14.000000000000002</v>"),
        ("<v>14</v>", "<v>1_4</v>"),
        ("<v>14</v>", "<v> 15</v>"),
        ("<v>14</v>", "<v></v>"),
        ("<v>14</v>", ""),
        ("<f>A1*2</f>", ""),
        ("<f>A1*2</f>", "<f>A1*3</f>"),
        ("<f>A1*2</f>", '<f a="1">A1*2</f>'),
        ('r="B1" s="3"', 'r="B1" s="4"'),
        ('r="B1" s="3"', 'r="B1"'),
        ('r="B1"', 'r="D1"'),
        ('t="str"', 't="e"'),
        ('t="str"', 't="s"'),
        ("<v>7&lt;</v>", "<v>7&gt;</v>"),
        ("<v>7&lt;</v>", "<v>7<</v>"),
        ('<ext uri="u"/>', ""),
        ('<extLst><ext uri="u"/></extLst>', ""),
        ("<is><t>word</t></is>", "<is><t>Word</t></is>"),
        ('<c r="C2"/>', ""),
        ('<c r="C2"/>', '<c r="C2"><v>1</v></c>'),
        ('<c r="C2"/>', '<c r="C2"/><c r="D2"/>'),
        ('<row r="2">', '<row r="2" hidden="1">'),
        ('<row r="2">', '<row r="3">'),
        ('<row r="2">', '<row r="2"><!-- -->'),
        ('<row r="9">', '<row r="8"/><row r="9">'),
        ('<row r="9">', 'x<row r="9">'),
        ('<c r="C2"/>', 'x<c r="C2"/>'),
        ('ref="A9:A10"', 'ref="A9:A11"'),
        (' cm="1"', ""),
        ('<row r="9"><c r="A9" cm="1"><f t="array" ref="A9:A10">x</f><v>1</v></c></row>', ""),
    ],
)
@pytest.mark.parametrize("adds", [False, True])
def test_anything_else_is_found(spoilt: tuple[str, str], *, adds: bool) -> None:
    """A value, a type, a formula, a style, an extension, a cell, a row: compared cell by cell, and whole."""
    before, values = sheet(ROWS), dict(NEW)
    after = changed(spoilt)
    if adds:  # a new row, so that the sheets are parsed whole
        after += '<row r="20"><c r="A20"><v>1</v></c></row>'
    change = SheetChange({KEYS[name]: value for name, value in values.items()}, {})
    if adds:
        change = SheetChange({**change.values, 20 << COLUMN_BITS | 1: 1.0}, {})
    with pytest.raises(Unknowable):
        prove_written(before, sheet(after), change, "Sheet1")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"mergeCells", b"mergeCellz"),
        (b'count="1"', b'count="2"'),
        (b"</worksheet>", b"</worksheet>x"),
        (b"<dim", b"<x/><dim"),
    ],
)
def test_what_stands_around_the_cells_stays(old: bytes, new: bytes) -> None:
    """All of a sheet but its cells is as it was, to the byte or to the parser."""
    for rows in (changed(), changed() + '<row r="20"><c r="A20"/></row>'):
        assert not holds(sheet(ROWS), sheet(rows).replace(old, new), NEW)


def test_a_change_that_was_not_written_is_found() -> None:
    """As much is missing as is too much."""
    for name in NEW:
        kept = {key: value for key, value in NEW.items() if key != name}
        assert not holds(sheet(ROWS), sheet(changed()), kept)
    assert not holds(sheet(ROWS), sheet(changed()), {**NEW, "A9": 2.0})
    assert not holds(sheet(ROWS), sheet(ROWS), NEW)
