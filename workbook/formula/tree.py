"""A plain formula as a tree: calls with their arguments, brackets, and what stands between them."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from workbook.formula.tokens import FUNCTION_PREFIX, TOKEN
from workbook.memory import remembered

OPERATORS: Final = frozenset("+-*/^&=<>%")
ROW: Final = re.compile(r"(?<![\w.])(\$?[A-Za-z]{1,3}\$?)\d+(?![\w.(])")
DEEPEST: Final = 100  # Excel's own limit is 64


class Node(NamedTuple):
    """A piece of a formula. Calls and groups have arguments, every other kind is its text."""

    kind: str  # call, group, array, area, operator, space, text, number, name, error or other
    text: str  # of a call or group: up to its bracket
    name: str = ""  # of a call: the function's plain name
    arguments: tuple[tuple["Node", ...], ...] = ()


class _Unbalanced(Exception):
    """A bracket too many or too few, or more of them than Excel allows."""


@remembered(4_096)
def tree(text: str) -> tuple[Node, ...]:
    """The nodes of a formula; what is no formula at all is one node of kind `other`."""
    try:
        (nodes,) = _arguments(TOKEN.finditer(text), "", 0)
    except (_Unbalanced, ValueError):
        return (Node("other", text),)
    return nodes


def shape(text: str) -> str:
    """The formula without the numbers of rows, in which alone formulas down a column differ."""
    return ROW.sub(r"\g<1>1", text)


def with_rows(found: str, text: str) -> str:
    """What was made of a formula's shape by writing more into it, with the numbers of the formula's rows."""
    rows = (match[0][len(match[1]) :] for match in ROW.finditer(text))
    return ROW.sub(lambda match: match[1] + next(rows), found)


def written(nodes: Iterable[Node]) -> str:
    """The nodes as text again."""
    return "".join(
        f"{node.text}{','.join(map(written, node.arguments))})"
        if node.kind in ("call", "group")
        else node.text
        for node in nodes
    )


def calls(nodes: Iterable[Node]) -> Iterator[Node]:
    """Every call, the outer ones first."""
    for node in nodes:
        if node.kind == "call":
            yield node
        for argument in node.arguments:
            yield from calls(argument)


def _arguments(tokens: Iterator[re.Match[str]], closing: str, depth: int) -> tuple[tuple[Node, ...], ...]:
    if depth > DEEPEST:
        raise _Unbalanced
    arguments: list[tuple[Node, ...]] = []
    nodes: list[Node] = []
    for token in tokens:
        mark = token[0]
        if mark == closing:
            return (*arguments, tuple(nodes))
        if mark == ",":
            arguments.append(tuple(nodes))
            nodes = []
        else:
            nodes.append(_node(token, tokens, depth))
    if closing:
        raise _Unbalanced
    return (*arguments, tuple(nodes))


def _node(token: re.Match[str], tokens: Iterator[re.Match[str]], depth: int) -> Node:
    mark = token[0]
    if token["call"]:
        name = FUNCTION_PREFIX.sub("", token["call"]).upper()
        return Node("call", mark, name, _arguments(tokens, ")", depth + 1))
    if mark == "(":
        return Node("group", mark, "", _arguments(tokens, ")", depth + 1))
    if mark == "{":
        return Node("array", "{" + ",".join(map(written, _arguments(tokens, "}", depth + 1))) + "}")
    if mark in (")", "}"):
        raise _Unbalanced
    if mark in OPERATORS:
        return Node("operator", mark)
    return Node("space" if mark.isspace() else token.lastgroup or "other", mark)
