"""A formula's text cut into tokens: calls, references with their corners, names, texts, numbers.

A formula is cut once (`parse`); joined, the tokens are its text.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from workbook.cells import MAX_COLUMN, MAX_ROW, Area, column_number
from workbook.memory import remembered

LONGEST: Final = 32_768  # Excel's limit is 8192 characters
STACKING: Final = frozenset(  # take any number of areas, and the same cells of several sheets at once
    (
        *("AND", "AVERAGE", "AVERAGEA", "COUNT", "COUNTA", "HARMEAN", "KURT", "MAX", "MAXA", "MEDIAN"),
        *("MIN", "MINA", "OR", "PRODUCT", "SKEW", "STDEV", "STDEV.P", "STDEV.S", "STDEVA", "STDEVP"),
        *("STDEVPA", "SUM", "VAR", "VAR.P", "VAR.S", "VARA", "VARP", "VARPA"),
    )
)
FUNCTION_PREFIX: Final = re.compile(r"(?:_xlfn\.|_xlws\.|_xludf\.|_xll\.|_xldudf_)+", re.IGNORECASE)
TOKEN: Final = re.compile(
    r"""
      (?P<text>"(?:[^"]|"")*")
    | (?P<error>\#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A|GETTING_DATA|SPILL!|CALC!))
    | (?P<sheet>
          '(?>(?:[^']|'')*)'!
        | (?:\[[^\[\]]*\])?[^\W\d][\w.]*(?::[^\W\d][\w.]*)?!
        | \[[^\[\]]*\]!
      )?
      (?:
        (?P<area>
            \$?[A-Za-z]{1,3}\$?[0-9]{1,7}(?::\$?[A-Za-z]{1,3}\$?[0-9]{1,7})?
          | \$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}
          | \$?[0-9]{1,7}:\$?[0-9]{1,7}
        )(?![\w.(\[!])
      | (?P<lost>\#REF!)
      | (?P<call>[^\W\d\\][\w.\\?]*|\\[\w.\\?]*)\s*\(
      | (?P<word>[^\W\d]?[\w.\\?]*)(?P<table>\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\])
      | (?P<name>[^\W\d\\][\w.\\?]*|\\[\w.\\?]*)
      | (?<=\]!)(?P<item>'(?:[^']|'')*')
      )
    | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
OMITTED: Final = re.compile(r",\s*[,)]|\(\s*,")
SEVERAL: Final = re.compile(r"\w:[\w.]+!|:(?:[^'!]|'')*'!")  # perhaps sheets from one to another
CORNER: Final = re.compile(r"(\$?)([A-Za-z]*)(\$?)([0-9]*)")


class Corner(NamedTuple):
    """One corner of a reference; a whole row has no column, a whole column no row."""

    row: int
    column: int
    fixed_row: bool
    fixed_column: bool


class Token(NamedTuple):
    """A piece of a formula: its kind, its text, the sheet before it, and the corners of a range."""

    kind: str
    text: str
    sheet: str | None = None
    corners: tuple[Corner, Corner] | None = None


@remembered(65_536)
def parse(text: str) -> tuple[Token, ...]:
    """A formula's tokens; joined, they are its text. One that no program writes is a single token."""
    if len(text) > LONGEST:  # a search for quotes that never close takes the square of the length
        return (Token("long", text),)
    tokens = []
    for match in TOKEN.finditer(text):
        kind = match.lastgroup or "other"
        sheet = match["sheet"]
        if kind == "area":
            tokens.append(area_token(match["area"], sheet))
        elif kind == "table":
            tokens.append(Token("table", match["table"], (sheet or "") + (match["word"] or "")))
        else:
            tokens.append(Token("colon" if match[0] == ":" else kind, match[kind], sheet))
    if SEVERAL.search(text):
        tokens = [_stacked(tokens, at) for at in range(len(tokens))]
    return tuple(_with_omissions(tokens) if OMITTED.search(text) else tokens)


def _stacked(tokens: Sequence[Token], at: int) -> Token:
    """The token, marked if it is several sheets' areas where a call takes any number of them."""
    token = tokens[at]
    return token._replace(kind="stack") if is_several(token) and takes_many(tokens, at) else token


def is_several(token: Token) -> bool:
    """Whether a token is an area of several sheets."""
    return token.kind == "area" and ":" in (token.sheet or "")


def takes_many(tokens: Sequence[Token], at: int) -> bool:
    """Whether a token is a whole argument of a call that takes any number of areas."""
    return is_argument(tokens, at) and enclosing_call(tokens, at) in STACKING


def is_argument(tokens: Sequence[Token], at: int) -> bool:
    """Whether a token is a whole argument of a call."""
    before = next((other for other in reversed(tokens[:at]) if not other.text.isspace()), tokens[at])
    after = next((other.text for other in tokens[at + 1 :] if not other.text.isspace()), "")
    return after in (",", ")") and (before.kind == "call" or before.text == ",")


def enclosing_call(tokens: Sequence[Token], at: int) -> str:
    """The function whose brackets a token stands in, or nothing."""
    depth = 0
    for other in reversed(tokens[:at]):
        opens = other.kind == "call" or other.text == "("
        if opens and depth == 0:
            return FUNCTION_PREFIX.sub("", other.text).upper() if other.kind == "call" else ""
        depth += (other.text == ")") - opens
    return ""


def _with_omissions(tokens: Sequence[Token]) -> Iterator[Token]:
    """The tokens, with one more for each argument that a call leaves out, as in `F(1,,2)`."""
    calls: list[str] = []
    before = ""
    for token in tokens:
        mark = "(" if token.kind == "call" else token.text
        if mark in (",", ")") and calls and calls[-1] and (before == "," or (before + mark) == "(,"):
            yield Token("omitted", calls[-1])
        if mark == "(":
            calls.append(token.text if token.kind == "call" else "")
        elif mark == ")" and calls:
            calls.pop()
        if not mark.isspace():
            before = mark
        yield token


def area_token(text: str, sheet: str | None) -> Token:
    """The token of a reference; beyond the last row or column it is a name."""
    first, _, last = text.partition(":")
    corner = _corner(first)
    corners = corner, _corner(last) if last else corner
    inside = all(corner.row <= MAX_ROW and corner.column <= MAX_COLUMN for corner in corners)
    if not inside or (not last and not (corners[0].row and corners[0].column)):
        return Token("name", text, sheet)
    return Token("area", text, sheet, corners)


def _corner(text: str) -> Corner:
    match = CORNER.fullmatch(text)
    assert match is not None  # noqa: S101 - the token's pattern is stricter
    fixed, letters, fixed_too, digits = match.groups()
    if not letters:
        return Corner(int(digits), 0, bool(fixed or fixed_too), fixed_column=False)
    return Corner(int(digits or 0), column_number(letters), bool(fixed_too), bool(fixed))


def quoted(sheet: str) -> str:
    """A sheet's name as a formula writes it before the exclamation mark."""
    return "'" + sheet.replace("'", "''") + "'!"


def unquoted(prefix: str) -> tuple[str, str]:
    """The book, up to its bracket, and the sheet that stand before a reference."""
    name = prefix[:-1]
    if name[:1] == "'":
        name = name[1:-1].replace("''", "'")
    book, bracket, sheet = name.rpartition("]")
    return book + bracket, sheet


def moved(corner: Corner, shift: tuple[int, int]) -> Corner:
    """A corner some rows and columns further on, if it is not fixed."""
    row = corner.row if corner.fixed_row or not corner.row else _inside(corner.row + shift[0], MAX_ROW)
    column = (
        corner.column
        if corner.fixed_column or not corner.column
        else _inside(corner.column + shift[1], MAX_COLUMN)
    )
    return Corner(row, column, corner.fixed_row, corner.fixed_column)


def _inside(number: int, limit: int) -> int:
    # Relative references of names and shared formulas wrap round the edges of the sheet.
    return (number - 1) % limit + 1


def spanned(sheet: int, first: Corner, last: Corner) -> Area:
    """The area between two corners."""
    if first is last:
        return Area(sheet, first.row, first.column, first.row, first.column)
    rows = sorted((first.row, last.row)) if first.row else (1, MAX_ROW)
    columns = sorted((first.column, last.column)) if first.column else (1, MAX_COLUMN)
    return Area(sheet, rows[0], columns[0], rows[1], columns[1])
