"""INDIRECT of a text that stands in the formula itself, and names a range or a table: it is that name.

Engines are given no names and no tables, so `INDIRECT("prices")` is #REF! to them. What a text says that
is put together from cells shows only when it is evaluated: it stays as it is.
"""

from collections.abc import Sequence

from workbook.formula.structured_references import is_of_row
from workbook.formula.tokens import Token, parse
from workbook.formula.words import Words

CALL = 3  # tokens: the function, its text, the bracket


def direct(tokens: Sequence[Token], words: Words, sheet: int) -> Sequence[Token]:
    """The tokens of a formula with the names and tables in place of such calls."""
    if not any(token.kind == "call" and token.text.upper() == "INDIRECT" for token in tokens):
        return tokens
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        named = _named(tokens[at : at + CALL], words, sheet)
        found.append(named or tokens[at])
        at += CALL if named else 1
    return found


def _named(call: Sequence[Token], words: Words, sheet: int) -> Token | None:
    """What a call of INDIRECT names, if that can be told here."""
    if [token.kind for token in call[:2]] != ["call", "text"] or call[-1].text != ")":
        return None
    tokens = parse(call[1].text[1:-1].replace('""', '"'))
    is_one = call[0].text.upper() == "INDIRECT" and len(tokens) == 1 and "!" not in (tokens[0].sheet or "")
    return tokens[0] if is_one and _is_told(tokens[0], words, sheet) else None


def _is_told(token: Token, words: Words, sheet: int) -> bool:
    """Whether a text names the same range or table seen from every cell."""
    if token.kind == "table":
        return bool(token.sheet) and not is_of_row(token.text)
    if token.kind != "name":
        return False
    refers = words.name(token.text, sheet)
    if refers is None:
        return token.text.lower() in words.tables
    return _is_fixed(parse(refers.removeprefix("=")))


def _is_fixed(tokens: Sequence[Token]) -> bool:
    """Whether a name refers to one range that is the same seen from every cell."""
    if len(tokens) != 1 or tokens[0].kind != "area" or tokens[0].corners is None:
        return False
    return all(
        (corner.fixed_row or not corner.row) and (corner.fixed_column or not corner.column)
        for corner in tokens[0].corners
    )
