"""Formulas are cut into tokens and written plainly for the engine: one row a fact."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from udfs import REGISTRY
from workbook.cells import Area, area_of
from workbook.formula.forms import PlainFormula
from workbook.formula.grammar import Grammar
from workbook.formula.plain_writer import BLANK_CELL
from workbook.formula.structured_references import BookTable
from workbook.formula.tokens import parse

HOLDINGS = BookTable("Holdings", Area(1, 2, 2, 6, 5), ("Asset", "Quantity", "Price [USD]", "It's #1"), 1, 1)
GRAMMAR = Grammar(
    sheets=("Plan", "My Holdings", "Übersicht", "It's"),
    names={
        (None, "ratio"): "Plan!$B$2",
        (None, "alias"): "ratio",
        (None, "loop"): "loop+1",
        (None, "sum_all"): "SUM(Holdings[Quantity])",
        (None, "above"): "Plan!A1048576",  # relative: the cell above
        (None, "foreign"): r"'C:\m.xlam'!Foo",
        (None, "each"): "'Plan:My Holdings'!$A$1",
        (None, "twice"): "LAMBDA(x,2*x)",
        (0, "local"): "Plan!$Z$1",
        (None, "lost"): "#REF!",
    },
    tables={"holdings": HOLDINGS},
    ours=frozenset(REGISTRY),
)


def plain(
    text: str, row: int = 4, column: int = 3, sheet: int = 0, origin: tuple[int, int] | None = None
) -> str:
    """The formula as the engine gets it, or why it can't have it."""
    written = GRAMMAR.plain(text, sheet, row, column, origin or (row, column))
    return written.fault or written.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # calls of ours, in every spelling in which Excel saves them
        ("HEDGE_MARGIN(A1,5)", "HEDGE_MARGIN(A1,5)"),
        ("hedge_margin(A1,5)", "HEDGE_MARGIN(A1,5)"),
        ("[1]!HEDGE_MARGIN(A1,5)", "HEDGE_MARGIN(A1,5)"),
        (r"'C:\Users\me\microhedge.xlam'!HEDGE_MARGIN(A1,5)", "HEDGE_MARGIN(A1,5)"),
        ("microhedge.xlam!HEDGE_MARGIN(A1,5)", "HEDGE_MARGIN(A1,5)"),
        ("_xll.HEDGE_MARGIN(A1,5)", "HEDGE_MARGIN(A1,5)"),
        ("_xldudf_HEDGE_MARGIN(A1,5)", "HEDGE_MARGIN(A1,5)"),
        ("_xldudf_MICROHEDGE_HEDGE_MARGIN(A1,5)", "HEDGE_MARGIN(A1,5)"),
        ("_xludf.HEDGE_MARGIN(A1,5)", "HEDGE_MARGIN(A1,5)"),
        ("_xlfn.HEDGE_MARGIN(A1,5)", "HEDGE_MARGIN(A1,5)"),
        ("_xlfn._xludf.HEDGE_MARGIN(A1,5)", "HEDGE_MARGIN(A1,5)"),
        # an argument left out is blank, not 0
        ("HEDGE_CONTRACTS(A1,B1,,0.1)", f"HEDGE_CONTRACTS(A1,B1,{BLANK_CELL},0.1)"),
        ("HEDGE_CONTRACTS(A1,B1,)", f"HEDGE_CONTRACTS(A1,B1,{BLANK_CELL})"),
        ("HEDGE_CONTRACTS(, ,1)", f"HEDGE_CONTRACTS({BLANK_CELL}, {BLANK_CELL},1)"),
        ("IF(A1,,1)", "IF(A1,,1)"),
        ("HEDGE_MARGIN(IF(A1,,1),(5))", "HEDGE_MARGIN(IF(A1,,1),(5))"),
        ("PI()", "PI()"),
        # texts are no references
        ('"A1 says ""B2"" and ratio"', '"A1 says ""B2"" and ratio"'),
        # names
        ("ratio*2", "$B$2*2"),
        ("RATIO*2", "$B$2*2"),
        ("alias*2", "$B$2*2"),
        ("local", "$Z$1"),
        ("above+1", "C3+1"),
        ("sum_all", "(SUM('My Holdings'!$C$3:$C$5))"),
        ("lost+1", "#REF!+1"),
        ("nothing_of_the_kind", "nothing_of_the_kind"),
        ("TRUE", "TRUE"),
        ("LET(_xlpm.x,1,_xlpm.x+1)", "LET(_xlpm.x,1,_xlpm.x+1)"),
        ("loop", "uses the name loop, which refers to itself"),
        ("twice(2)", "calls the name twice as a function"),
        # tables
        ("SUM(Holdings[Quantity])", "SUM('My Holdings'!$C$3:$C$5)"),
        ("SUM(HOLDINGS[quantity])", "SUM('My Holdings'!$C$3:$C$5)"),
        ("Holdings[[#This Row],[Quantity]]", "'My Holdings'!$C$4"),
        ("Holdings[[#This Row],Quantity]", "'My Holdings'!$C$4"),
        ("Holdings[@Quantity]", "'My Holdings'!$C$4"),
        ("Holdings[@[Price '[USD']]]", "'My Holdings'!$D$4"),
        ("SUM(Holdings[[Quantity]:[Price '[USD']]])", "SUM('My Holdings'!$C$3:$D$5)"),
        ("SUM(Holdings[@[Quantity]:[Price '[USD']]])", "SUM('My Holdings'!$C$4:$D$4)"),
        ("Holdings[It''s '#1]", "'My Holdings'!$E$3:$E$5"),
        ("Holdings[[#Headers],[Quantity]]", "'My Holdings'!$C$2"),
        ("Holdings[[#Totals],[Quantity]]", "'My Holdings'!$C$6"),
        ("Holdings[[#Data],[Quantity]]", "'My Holdings'!$C$3:$C$5"),
        ("Holdings[[#Headers],[#Data],[Quantity]]", "'My Holdings'!$C$2:$C$5"),
        ("Holdings[[#Data],[#Totals],[Quantity]]", "'My Holdings'!$C$3:$C$6"),
        ("Holdings[#All]", "'My Holdings'!$B$2:$E$6"),
        ("Holdings[]", "'My Holdings'!$B$3:$E$5"),
        ("ROWS(Holdings)", "ROWS('My Holdings'!$B$3:$E$5)"),
        ("Holdings[Nothing]", "refers to a column that the table Holdings does not have"),
        ("Nothing[Quantity]", "refers to the table Nothing, which the book does not have"),
        ("[@Quantity]", "refers to its own table but stands in none"),
        # sheets
        ("Plan!A1+'My Holdings'!A1", "A1+'My Holdings'!A1"),
        ("Übersicht!A1", "'Übersicht'!A1"),
        ("'It''s'!A1:B2", "'It''s'!A1:B2"),
        ("Gone!A1", "refers to the sheet Gone, which the book does not have"),
        ("Plan!#REF!", "#REF!"),
        # several sheets at once: in the order of the tabs, where any number of areas is taken
        ("SUM(Plan:Übersicht!A1)", "SUM(A1,'My Holdings'!A1,'Übersicht'!A1)"),
        ("sum( 'Übersicht:My Holdings'!$A$1:B2 ,1)", "sum( 'My Holdings'!$A$1:B2,'Übersicht'!$A$1:B2 ,1)"),
        ("_xlfn.STDEV.S(1,'Plan:My Holdings'!A:A)", "_xlfn.STDEV.S(1,A:A,'My Holdings'!A:A)"),
        ("IF(1,SUM((1),'Übersicht:It''s'!1:1))", "IF(1,SUM((1),'Übersicht'!1:1,'It''s'!1:1))"),
        ("SUM(each,1)", "SUM($A$1,'My Holdings'!$A$1,1)"),
        ("SUM(foreign)", "refers to the sheet C, which the book does not have"),
        ("SUM(each*2)", "refers to several sheets at once"),
        ("each", "refers to several sheets at once"),
        ("Plan:Übersicht!A1", "refers to several sheets at once"),
        ("SUM(Plan:Übersicht!A1*2)", "refers to several sheets at once"),
        ("SUM((Plan:Übersicht!A1))", "refers to several sheets at once"),
        ("SUM(1,(1,Plan:Übersicht!A1))", "refers to several sheets at once"),
        ("RANK(A1,Plan:Übersicht!A1)", "refers to several sheets at once"),
        ("SUM(Plan:Übersicht!ratio)", "refers to several sheets at once"),
        ("SUM(Plan:Gone!A1)", "refers to the sheet Gone, which the book does not have"),
        # what looks like a cell and is none
        ("LOG10(A1)", "LOG10(A1)"),
        ("XFE1", "XFE1"),
        ("A1048577", "A1048577"),
        ("1E5+A1", "1E5+A1"),
        ("#N/A", "#N/A"),
        ("_xlfn.SINGLE(A1:A9)", "@(A1:A9)"),
    ],
)
def test_formula_is_written_plainly(text: str, expected: str) -> None:
    """Plan!C4 holds the formula; the table lies on another sheet."""
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A1+$A1+A$1+$A$1", "C3+$A3+C$1+$A$1"),
        ("SUM(A1:B2)", "SUM(C3:D4)"),
        ("SUM(A:A)+SUM($1:2)", "SUM(C:C)+SUM($1:4)"),
        ("A1048576", "C2"),
        ("XFD1", "B3"),
        ('"A1"', '"A1"'),
        ("Übersicht!A1", "'Übersicht'!C3"),
    ],
)
def test_shared_formula_moves_to_its_cell(text: str, expected: str) -> None:
    """Two rows down and two columns to the right, round the edges of the sheet."""
    assert plain(text, origin=(2, 1)) == expected


def test_this_row_outside_the_table_is_an_error() -> None:
    """Excel answers #VALUE! there."""
    assert plain("Holdings[@Quantity]", row=9) == "#VALUE!"


def test_own_table_needs_no_name() -> None:
    """Inside the table its name may be left out."""
    assert plain("[@Quantity]*2", row=4, column=5, sheet=1) == "$C$4*2"


@pytest.mark.parametrize(
    ("text", "areas"),
    [
        ("A1+A1+B$2:C3", [(1, 1, 1, 1), (2, 2, 3, 3)]),
        ("C:A", [(1, 1, 1_048_576, 3)]),
        ("SUM(A1:INDEX(C1:C9,3))", [(1, 1, 1, 1), (1, 3, 9, 3), (1, 1, 9, 3)]),
        (
            "SUM(INDEX(C1:C9,Z9):INDEX(E1:E9,(1)))+Z1",
            [(1, 3, 9, 3), (9, 26, 9, 26), (1, 5, 9, 5), (1, 26, 1, 26), (1, 3, 9, 26)],
        ),
        ("2:2", [(2, 1, 2, 16_384)]),
        ("SUM(Plan:Übersicht!A2)", [(2, 1, 2, 1)] * 3),
        ("RANK(1,Plan:Übersicht!A2)", [(2, 1, 2, 1)] * 3),
        ("ratio", [(2, 2, 2, 2)]),
        ('"A1"', []),
    ],
)
def test_areas_are_what_a_formula_depends_on(text: str, areas: list[tuple[int, ...]]) -> None:
    """Each once, in the order of the text."""
    assert [area[1:] for area in GRAMMAR.plain(text, 0, 4, 3, (4, 3)).areas] == areas


@pytest.mark.parametrize(
    "text", ["INDIRECT(A1)", "OFFSET(A1,1,1)", "A1:OFFSET(A1,1,1)", "LET(corner,A1,B1:corner)"]
)
def test_what_only_an_evaluation_can_tell_reaches_everywhere(text: str) -> None:
    """A reference that is computed may lead to any cell."""
    assert GRAMMAR.plain(text, 0, 4, 3, (4, 3)).reaches


def test_a_qualified_formula_names_every_sheet() -> None:
    """So it can be evaluated on a sheet of its own."""
    written = GRAMMAR.plain("A1+ratio", 0, 4, 3, (4, 3), qualified=True)
    assert written.text == "'Plan'!A1+'Plan'!$B$2"


def test_names_that_multiply_are_cut_off() -> None:
    """Ten names, each ten times the one before: 10^10 copies are not written out."""
    names: dict[tuple[int | None, str], str] = {(None, "name_0"): "S!$A$1"}
    names |= {(None, f"name_{level}"): "+".join([f"name_{level - 1}"] * 10) for level in range(1, 11)}
    grammar = Grammar(("S",), names, {}, frozenset())
    assert "grows without end" in grammar.plain("name_10", 0, 1, 1, (1, 1)).fault


def test_a_formula_of_8192_characters_is_read() -> None:
    """Excel's own limit."""
    text = "+".join(["A1"] * 2_731)[:8_192].rstrip("+A")
    assert GRAMMAR.plain(text, 0, 1, 2, (1, 2)).fault == ""
    for text in ("+".join(["A1"] * 20_000), "'" * 60_000):
        plain = GRAMMAR.plain(text, 0, 1, 2, (1, 2))
        assert "is longer than" in plain.fault
        assert plain.reaches


def test_sheets_that_multiply_are_cut_off() -> None:
    """A thousand sheets a thousand times over are not written out; whatever changes may reach the cell."""
    grammar = Grammar([f"S{number}" for number in range(1_000)], {}, {}, frozenset())
    written = grammar.plain(f"SUM({','.join(['S0:S999!A1'] * 800)})", 0, 1, 1, (1, 1))
    assert "grows without end" in written.fault
    assert written.reaches
    assert len(written.areas) < 100_000


@given(st.text(alphabet="AB1$:!'\"[]@#,()+ .éx_", max_size=40))
def test_no_text_is_too_odd_to_read(text: str) -> None:
    """Whatever stands in a formula is written, or refused with a sentence."""
    written = GRAMMAR.plain(text, 0, 4, 3, (4, 3))
    assert isinstance(written.text, str)


@given(st.text(max_size=60))
def test_tokens_join_to_their_text(text: str) -> None:
    """Nothing is lost and nothing is added when a formula is cut."""
    joined = "".join(
        "" if token.kind == "omitted" else (token.sheet or "") + token.text + "(" * (token.kind == "call")
        for token in parse(text)
    )
    assert joined == text


@pytest.mark.parametrize(
    ("text", "area"),
    [("B7", (7, 2, 7, 2)), ("C3:A1", (1, 1, 3, 3)), ("$B$7", (7, 2, 7, 2)), ("XFE1", None), ("A0", None)],
)
def test_area_of_reads_plain_ranges(text: str, area: tuple[int, ...] | None) -> None:
    """And nothing else."""
    found = area_of(text)
    assert (found and found[1:]) == area


REFERENCES = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(["", "", "'My Holdings'!", "Plan!", "It's!"]),
    st.sampled_from(["", "$"]),
    st.sampled_from(["A", "b", "XFD", "AA"]),
    st.sampled_from(["", "$"]),
    st.sampled_from(["1", "7", "1048576", "1048577"]),
)
PIECES = st.one_of(
    REFERENCES,
    st.builds("{}:{}".format, REFERENCES, st.sampled_from(["B9", "$C$2", "a$3"])),
    st.sampled_from(
        [
            *("A:C", "$A:B", "3:$5", "Q1:Q3!A1", "'A1'!B2", "LOG10(A1)", "A1#", "A1.x", "TAX2024", "1E5"),
            *('"A1"', '"it""s B2"', "ratio", "near", "deep", "Holdings[Quantity]", "Holdings[@Quantity]"),
            *("Holdings[[#This Row],[Asset]]", "[@Quantity]", "[Asset]", "Holdings[#Headers]", "[1]Other!A1"),
            *("SUM(B2:INDEX(A1:A9,2))", "F(1,,A2)", "#REF!", "OFFSET(A1,1,1)"),
        ]
    ),
)
TEXTS = st.lists(PIECES, min_size=1, max_size=4).map("+".join)
CELLS = st.tuples(st.sampled_from([1, 2, 3, 5, 6, 9, 1048570]), st.sampled_from([1, 3, 5, 8, 16380]))


def unmoved() -> Grammar:
    """The same words, with nothing remembered."""
    names = {**GRAMMAR.names, (None, "near"): "Plan!A1*2", (None, "deep"): "near+Holdings[@Quantity]"}
    return Grammar(GRAMMAR.sheets, names, GRAMMAR.tables, GRAMMAR.ours, GRAMMAR.links)


@given(TEXTS, st.lists(st.tuples(st.integers(0, 3), CELLS, CELLS), min_size=2, max_size=6), st.booleans())
def test_a_formula_is_the_same_wherever_one_that_reads_alike_was_written_before(
    text: str, cells: list[tuple[int, tuple[int, int], tuple[int, int]]], qualified: bool
) -> None:
    """What is worked out once for all cells of a form is what is worked out for each of them alone."""
    shared = unmoved()
    for sheet, (row, column), origin in cells:
        for at in ((row, column), origin):  # as in a cell of its own, and as a part of shared formulas
            together = shared.plain(text, sheet, row, column, at, qualified=qualified)
            alone = unmoved().plain(text, sheet, row, column, at, qualified=qualified)
            assert said(together) == said(alone)


def said(plain: PlainFormula) -> tuple[object, ...]:
    """All that is told of a formula."""
    return (
        *(plain.text, plain.areas, plain.named, plain.shape),
        *(plain.calls, plain.reaches, plain.fault, plain.has_names),
    )


ODD = "Q1:Q3!"  # sheets that look like cells: such a text is read for each cell


@given(TEXTS.filter(lambda text: ODD not in text), CELLS, CELLS)
def test_formulas_that_read_alike_are_one_form(text: str, one: tuple[int, int], two: tuple[int, int]) -> None:
    """A shared formula is one form in all its cells, unless it reads the tables that these stand in."""
    grammar = unmoved()
    first = grammar.form(text, 0, *one, one)
    assert grammar.form(text, 0, *one, one) is first
    if "[" not in text and "deep" not in text:
        assert grammar.form(text, 0, *two, one) is first
