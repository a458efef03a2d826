"""What FIXED and DOLLAR show is rounded before an engine sees it."""

import pytest

from workbook.cells import place
from workbook.engines.protocol import Voice, engine_named
from workbook.formula.rounded_texts import rounded_texts


@pytest.mark.parametrize(
    ("text", "rounded"),
    [
        ("FIXED(A1)", "FIXED(ROUND(A1,2),2)"),
        ('FIXED(A1,2)&"x"', 'FIXED(ROUND(A1,2),2)&"x"'),
        ("IF(A1,FIXED(A1+1,B1,TRUE),0)", "IF(A1,FIXED(ROUND(A1+1,B1),B1,TRUE),0)"),
        ("DOLLAR(A1,)", "DOLLAR(ROUND(A1,),)"),
        ('"FIXED("', '"FIXED("'),
        ("FIXED()", "FIXED()"),
        ("PREFIXED(A1)", "PREFIXED(A1)"),
    ],
)
def test_the_number_is_rounded_to_the_places_shown(text: str, rounded: str) -> None:
    """Texts and other calls stay."""
    assert rounded_texts(text) == rounded


@pytest.mark.parametrize("voice", ["embedded", "ironcalc"])
def test_halves_are_rounded_as_decimals(voice: Voice) -> None:
    """1.005 is a little less in binary; Excel shows 1.01."""
    texts = {
        place(0, 1, 1): "FIXED(1.005)",
        place(0, 2, 1): "DOLLAR(-2.675)",
        place(0, 3, 1): "FIXED(0.285,2)",
    }
    found = engine_named(voice).Session(["S"], texts, []).results(None)
    assert list(found.values()) == ["1.01", "($2.68)", "0.29"]
