"""Formulas with long chains of operators, cut such that the engine takes them.

The engine refuses a formula whose tree is deeper than some 256 levels. Excel's limit of 64 nested calls
keeps below that, but `A1+A2+…` in Excel's 8,192 characters is a tree of up to 4,000 levels. It is written
as LET: each name holds what the chain comes to so far, so that operators apply in the same order as before.
"""

from collections.abc import Sequence
from itertools import count
from typing import Final, NamedTuple

from workbook.formula.tokens import TOKEN

LONG: Final = 400  # characters: a shorter formula has no chain that is too deep
CHAIN: Final = 32  # operators of one chain that stay together
LEVELS: Final = ("=<>", "&", "+-", "*/")  # from the loosest binding to the closest; all go from left to right
NAME: Final = "_chain"


class Item(NamedTuple):
    """An operand, or a binary operator with its level."""

    text: str
    level: int | None = None


def shallow(text: str) -> str:
    """A formula's text without chains that are too long; any other is returned as it is."""
    if len(text) < LONG:
        return text
    names = count()
    frames: list[tuple[list[str], list[Item]]] = [
        ([], [])
    ]  # of open brackets: what is done, the argument at hand
    for match in TOKEN.finditer(text):
        piece = match[0]
        done, items = frames[-1]
        if match["call"] or piece in ("(", "{"):
            frames.append(([piece], []))
        elif piece in (",", ";"):
            done += _cut(items, names), piece
            items.clear()
        elif piece in (")", "}"):
            if len(frames) == 1:
                return text
            done += _cut(items, names), piece
            frames.pop()
            frames[-1][1].append(Item("".join(done)))
        else:
            _add(items, piece)
    return "".join((*frames[0][0], _cut(frames[0][1], names))) if len(frames) == 1 else text


def _add(items: list[Item], piece: str) -> None:
    """One more piece of an argument: after an operand an operator is binary, elsewhere a sign."""
    if piece.isspace() and items and items[-1].text.isspace():
        items[-1] = Item(items[-1].text + piece)  # or each look back goes through all of them
        return
    before = next((item for item in reversed(items) if not item.text.isspace()), None)
    level = next((number for number, signs in enumerate(LEVELS) if piece in signs), None)
    if level == 0 and items and items[-1].level == 0:
        items[-1] = Item(items[-1].text + piece, 0)  # <=, >=, <>
    elif before is None or before.level is not None or before.text in ("+", "-"):
        items.append(Item(piece))
    else:
        items.append(Item(piece, level))


def _cut(items: Sequence[Item], names: "count[int]", level: int = 0) -> str:
    """An argument's text, its chains of this level and of those that bind closer cut."""
    if level == len(LEVELS):
        return "".join(item.text for item in items)
    operands: list[list[Item]] = [[]]
    operators: list[str] = []
    for item in items:
        if item.level == level:
            operators.append(item.text)
            operands.append([])
        else:
            operands[-1].append(item)
    texts = [_cut(operand, names, level + 1) for operand in operands]
    pieces = [texts[0]]
    steps: list[str] = []
    for number, (operator, operand) in enumerate(zip(operators, texts[1:], strict=True), 1):
        pieces += operator, operand
        if number % CHAIN == 0 and number < len(operators):
            name = f"{NAME}{next(names)}"
            steps += name, "".join(pieces)
            pieces = [name]
    rest = "".join(pieces)
    return f"LET({','.join(steps)},{rest})" if steps else rest
