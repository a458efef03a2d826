"""Which formulas read alike from their cells: the text with its references counted from the cell."""

import re
from collections.abc import Hashable, Iterator, Sequence
from typing import Final

from workbook.formula.tokens import Corner, Token, area_token

REFERENCES: Final = re.compile(  # outside of texts, sheets' names and brackets; as the tokens tell them
    r"""
      "(?:[^"]|"")*"
    | '(?>(?:[^']|'')*)'!
    | \[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\]
    | (?<![\w.\\?$])
      (?P<area>
          \$?[A-Za-z]{1,3}\$?[0-9]{1,7}(?::\$?[A-Za-z]{1,3}\$?[0-9]{1,7})?
        | \$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}
        | \$?[0-9]{1,7}:\$?[0-9]{1,7}
      )(?![\w.(\[!])
    """,
    re.VERBOSE | re.DOTALL,
)


def relative(text: str, origin: tuple[int, int]) -> Hashable:
    """What texts have in common that are equal but for references that go along with their cells."""
    said: list[Hashable] = []
    end = 0
    for match in REFERENCES.finditer(text):
        if match["area"]:
            token = area_token(match["area"], None)
            said += text[end : match.start()], *_counted(token, origin)
            end = match.end()
    return (*said, text[end:]) if said else text


def is_told(text: str, tokens: Sequence[Token]) -> bool:
    """Whether the references that count are those of the formula's tokens, and no others."""
    found = [area_token(match["area"], None) for match in REFERENCES.finditer(text) if match["area"]]
    told = [token for token in tokens if token.corners is not None]
    return [one.corners for one in found if one.corners is not None] == [one.corners for one in told]


def _counted(token: Token, origin: tuple[int, int]) -> Iterator[Hashable]:
    if token.corners is None:  # beyond the sheet's last row or column: a name
        yield token.text
        return
    first, last = token.corners
    yield _from(first, origin)
    if last is not first:
        yield _from(last, origin)


def _from(corner: Corner, origin: tuple[int, int]) -> Hashable:
    goes_down, goes_along = (
        not corner.fixed_row and corner.row > 0,
        not corner.fixed_column and corner.column > 0,
    )
    return (
        goes_down,
        corner.row - origin[0] if goes_down else corner.row,
        goes_along,
        corner.column - origin[1] if goes_along else corner.column,
    )
