"""References to several areas, such as `(A1:A3,A5)`: a function of ours is refused them in every program."""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from workbook.formula.tree import Node, tree, written

PERHAPS: Final = re.compile(r"[(,]\s*\(")


def without_unions(text: str, ours: Collection[str]) -> str:
    """The formula with #VALUE! for each call of ours that is given several areas as one argument."""
    return written(_refused(tree(text), ours)) if PERHAPS.search(text) else text


def _refused(nodes: Iterable[Node], ours: Collection[str]) -> Iterator[Node]:
    for node in nodes:
        if node.kind == "call" and node.name in ours and any(map(_is_union, node.arguments)):
            yield Node("error", "#VALUE!")
        else:
            yield node._replace(arguments=tuple(tuple(_refused(part, ours)) for part in node.arguments))


def _is_union(argument: tuple[Node, ...]) -> bool:
    """Whether an argument is areas in brackets, between commas, in however many brackets."""
    groups = [node for node in argument if node.kind != "space"]
    return (
        len(groups) == 1
        and groups[0].kind == "group"
        and (len(groups[0].arguments) > 1 or _is_union(groups[0].arguments[0]))
    )
