"""A native formula with arguments put in: for one cell, or step by step."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from udfs.registry import Spec
from workbook.formula.tree import Node, tree, written

Nodes = tuple[Node, ...]

COMPARED_TEXTS: Final = re.compile(r'"([^"]*)"\s*(=|<>)\s*"([^"]*)"')
WHOLE: Final = frozenset(("call", "group", "area", "table", "text", "number", "name", "error"))


def literal(value: float | str | None) -> str:
    """A constant as a formula writes it; None is the empty text."""
    if isinstance(value, str):
        return f'"{value}"'
    return '""' if value is None else f"{value:.15g}".replace("e-0", "E-").replace("e", "E")


def given(spec: Spec, arguments: Sequence[str]) -> dict[str, str]:
    """What stands for each argument: the text of the call, or the default where it has none."""
    said = dict(zip((p.name for p in spec.parameters), arguments, strict=False))
    return {p.name: said.get(p.name, "").strip() or literal(p.default) for p in spec.parameters}


def expression(spec: Spec, arguments: Sequence[str]) -> str:
    """The whole function in one formula, every step written out."""
    known = given(spec, arguments)
    for step in spec.native.steps:
        known[step.name] = filled(step.formula, known)
    return filled(spec.native.result, known)


def filled(formula: str, known: Mapping[str, str]) -> str:
    """A formula with its names replaced, and what is decided by constants alone left out."""
    return written(folded(replaced(tree(formula), known)))


def replaced(nodes: Nodes, known: Mapping[str, str]) -> Nodes:
    """The nodes with each name that is known written out, in brackets where it is no single piece."""

    def put(node: Node) -> Nodes:
        if node.kind == "name" and node.text in known:
            return bracketed(tree(known[node.text]), alone=len(nodes) == 1)
        return (mapped(node, lambda inner: replaced(inner, known)),)

    return tuple(piece for node in nodes for piece in put(node))


def bracketed(nodes: Nodes, *, alone: bool) -> Nodes:
    """The nodes as one piece of a longer formula."""
    is_one = len(nodes) == 1 and nodes[0].kind in WHOLE
    return nodes if alone or is_one else (Node("group", "(", "", (nodes,)),)


def mapped(node: Node, change: Callable[[Nodes], Nodes]) -> Node:
    """A call or group with its arguments changed; any other node as it is."""
    return node._replace(arguments=tuple(map(change, node.arguments))) if node.arguments else node


def folded(nodes: Iterable[Node]) -> Nodes:
    """The nodes without an IF whose condition compares two constant texts."""
    found: list[Node] = []
    for node in nodes:
        inner = mapped(node, folded)
        chosen = _chosen(inner)
        if chosen is None:
            found.append(inner)
        else:
            found += bracketed(chosen, alone=False)
    return tuple(found)


def _chosen(node: Node) -> Nodes | None:
    """The branch that an IF of two constant texts takes; None if that is not known."""
    if node.name != "IF" or len(node.arguments) != 3:
        return None
    texts = COMPARED_TEXTS.fullmatch(written(node.arguments[0]).strip())
    if texts is None:
        return None
    is_true = (texts[1].lower() == texts[3].lower()) == (texts[2] == "=")
    return node.arguments[1] if is_true else node.arguments[2]
