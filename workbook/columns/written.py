"""The proof of a tall sheet that was written: nothing but the texts of some values differs.

The sheet is cut at its values as it was when it was read. What lies between them must be the same, so no
cell, formula, style or type can differ; each text that differs must be the number that was computed for the
cell whose name stands before it.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import compress, count
from operator import ne
from typing import Final

from workbook.columns.rows import SLOT, Tall

CELL: Final = b"<c "
NAME: Final = re.compile(rb'<c r="([A-Z]+[0-9]+)"')
TEXT: Final = re.compile(rb"<v>(-?[0-9]+(?:\.[0-9]+)?(?:E[+-]?[0-9]+)?)\n")


def is_as_computed(before: Tall, after: bytes, numbers: Mapping[bytes, float]) -> bool:
    """Whether a sheet differs from the one before by the numbers of these cells alone, given by name."""
    behind = len(before.xml) - before.end
    olds = before.pieces
    news = tuple(SLOT.split(after[before.begin : len(after) - behind]))
    around = after[: before.begin], after[len(after) - behind :]
    if around != (before.xml[: before.begin], before.xml[before.end :]) or olds[::2] != news[::2]:
        return False
    differing = list(compress(count(1, 2), map(ne, olds[1::2], news[1::2])))
    lines = b"".join([news[at] + b"\n" for at in differing])
    names, texts = _names([news[at - 1] for at in differing]), TEXT.findall(lines)
    size = sum(map(len, texts)) + len(b"<v>\n") * len(texts)
    if not len(texts) == len(names) == len(differing) == len(numbers) or size != len(lines):
        return False
    return dict(zip(names, map(float, texts), strict=True)) == numbers


def _names(before: Sequence[bytes]) -> list[bytes]:
    """The names of the cells that values belong to: the last before each."""
    return NAME.findall(b"".join([CELL + piece.rpartition(CELL)[2] for piece in before]))
