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


def native_expression(spec: Spec, arguments: Sequence[str]) -> str:
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
    """The nodes without conditions that constant texts decide: IF, AND and OR of comparisons."""
    found: list[Node] = []
    for node in nodes:
        inner = mapped(node, folded)
        if inner.name in ("AND", "OR"):
            found.append(_joined(inner))
        elif inner.name == "IF" and len(inner.arguments) == 3 and _truth(inner.arguments[0]) is not None:
            found += bracketed(inner.arguments[1 if _truth(inner.arguments[0]) else 2], alone=False)
        else:
            found.append(inner)
    return tuple(found)


def _joined(node: Node) -> Node:
    """An AND or OR without the arguments that are known; TRUE or FALSE if they decide it."""
    decides = node.name == "OR"
    truths = [_truth(argument) for argument in node.arguments]
    left = tuple(argument for argument, truth in zip(node.arguments, truths, strict=True) if truth is None)
    if decides in truths or not left:
        return Node("name", str(decides in truths if decides else False not in truths).upper())
    return node._replace(arguments=left)


def _truth(condition: Nodes) -> bool | None:
    """Whether a condition of constants holds; None if it is not of constants alone."""
    text = written(condition).strip()
    if text in ("TRUE", "FALSE"):
        return text == "TRUE"
    texts = COMPARED_TEXTS.fullmatch(text)
    if texts is None:
        return None
    return (texts[1].lower() == texts[3].lower()) == (texts[2] == "=")
