"""FIXED and DOLLAR for engines that round halves of binary fractions: the number is rounded first.

`FIXED(1.005,2)` is 1.01 to Excel, which rounds the decimal number; ROUND does so in every engine.
"""

import re
from collections.abc import Iterable
from typing import Final

from workbook.formula.tree import Node, tree, written

CALLED: Final = re.compile(r"\b(?:FIXED|DOLLAR)\(", re.IGNORECASE)
PLACES: Final = (Node("number", "2"),)  # if none are given


def rounded_texts(text: str) -> str:
    """A formula in which what FIXED and DOLLAR show is rounded already."""
    return written(_rounded(tree(text))) if CALLED.search(text) else text


def _rounded(nodes: Iterable[Node]) -> tuple[Node, ...]:
    return tuple(_call(node._replace(arguments=tuple(map(_rounded, node.arguments)))) for node in nodes)


def _call(node: Node) -> Node:
    if node.name not in ("FIXED", "DOLLAR") or not written(node.arguments[0]).strip():
        return node
    number, places, *more = *node.arguments, PLACES
    more = more[:-1] if len(node.arguments) > 1 else []
    rounded = Node("call", "ROUND(", "ROUND", (number, places))
    return node._replace(arguments=((rounded,), places, *more))
