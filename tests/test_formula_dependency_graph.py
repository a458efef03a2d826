"""What depends on what: the same as looking at every formula and every range again and again."""

from hypothesis import given
from hypothesis import strategies as st

from workbook.cells import MAX_COLUMN, MAX_ROW, Area, column_of, place, row_of, sheet_of
from workbook.formula.dependency_graph import Dependents

sheets = st.integers(0, 1)
cells = st.builds(place, sheets, st.integers(1, 12), st.integers(1, 6))
corners = st.tuples(st.integers(1, 600), st.integers(1, 100))
areas = st.one_of(
    st.builds(lambda where: Area(sheet_of(where), *2 * (row_of(where), column_of(where))), cells),
    st.builds(
        lambda sheet, one, other: Area(
            sheet, min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1])
        ),
        sheets,
        corners,
        corners,
    ),
    st.builds(
        lambda sheet, column: Area(sheet, 1, column, MAX_ROW, column), st.integers(0, 1), st.integers(1, 6)
    ),
    st.builds(lambda sheet, row: Area(sheet, row, 1, row, MAX_COLUMN), sheets, st.integers(1, 12)),
)
formulas = st.dictionaries(cells, st.lists(areas, max_size=3), max_size=12)


def holds(area: Area, where: int) -> bool:
    """Whether a cell lies in an area."""
    return (
        area.sheet == sheet_of(where)
        and area.top <= row_of(where) <= area.bottom
        and area.left <= column_of(where) <= area.right
    )


@given(formulas=formulas, roots=st.sets(cells, max_size=3), reaching=st.booleans())
def test_closure_is_what_looking_everywhere_finds(
    formulas: dict[int, list[Area]], roots: set[int], *, reaching: bool
) -> None:
    """Cells, small and large ranges, whole rows and columns, formulas that may refer to anything."""
    wild = set(list(formulas)[:1]) if reaching else set()
    expected = {*roots, *(wild if roots else ())}
    while True:
        more = {
            where
            for where, references in formulas.items()
            if any(holds(area, cell) for area in references for cell in expected)
        }
        if more <= expected:
            break
        expected |= more
    dependents = Dependents(formulas, {}, wild)
    assert dependents.closure(roots) == expected
    assert dependents.direct(roots) == {
        where
        for where, references in formulas.items()
        if any(holds(area, cell) for area in references for cell in roots)
    }


def test_an_array_passes_a_change_to_all_of_its_cells() -> None:
    """What refers to any cell of a spill depends on the formula that spills."""
    spill, total, source = place(0, 1, 2), place(0, 1, 3), place(0, 1, 1)
    dependents = Dependents(
        {spill: [Area(0, 1, 1, 1, 1)], total: [Area(0, 3, 2, 3, 2)]}, {spill: [Area(0, 1, 2, 4, 2)]}
    )
    assert dependents.closure({source}) == {source, spill, total, *Area(0, 1, 2, 4, 2).places()}
