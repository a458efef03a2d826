"""An argument of a formula as an expression: what is done with what, in Excel's order of operators."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from workbook.formula.tree import Node

COMPARING: Final = ("=", "<", ">", "<=", ">=", "<>")
LEVELS: Final = (COMPARING, ("&",), ("+", "-"), ("*", "/"), ("^",))
LONGEST: Final = 400  # operands and operators of one argument: a longer one is not looked into


class Operation(NamedTuple):
    """An operator with what it is applied to; a sign or a percentage has one operand."""

    sign: str
    operands: tuple["Expression", ...]


class Joined(NamedTuple):
    """References joined to another one, as in `A1:INDEX(…)` or `B2#`."""

    nodes: tuple[Node, ...]


Expression = Node | Operation | Joined | None
"""None: nothing at all, as an argument that is left out; or more than anybody would look into."""


def expression(nodes: Sequence[Node]) -> Expression:
    """The nodes of one argument as an expression; brackets round it leave no trace."""
    if len(nodes) == 1 and nodes[0].kind != "operator":  # as most arguments are
        return _operand(nodes)
    pieces: list[str | Expression] = []  # operators as their signs
    operand: list[Node] = []
    for node in (*nodes, None):
        if node is not None and node.kind != "operator":
            operand.append(node)
            continue
        found = _operand(operand)
        operand = []
        if found is not None:
            pieces.append(found)
        if node is not None:
            is_second = found is None and node.text in "=>" and pieces and pieces[-1] in ("<", ">")
            before = pieces.pop() if is_second else ""
            pieces.append(f"{before}{node.text}")
    return _ordered(pieces) if len(pieces) <= LONGEST else None


def _operand(nodes: Sequence[Node]) -> Expression:
    core = [node for node in nodes if node.kind != "space"]
    if len(core) > 1:
        return Joined(tuple(nodes))
    if not core:
        return None
    if core[0].kind == "group" and len(core[0].arguments) == 1:
        return expression(core[0].arguments[0])
    return core[0]


def _ordered(pieces: list[str | Expression]) -> Expression:
    """The pieces by the level of their operators: signs bind closest, then percentages."""
    bound: list[str | Expression] = []
    signs: list[str] = []
    for piece in pieces:
        if piece == "%" and bound:
            bound[-1] = Operation("%", (_operand_of(bound[-1]),))
        elif isinstance(piece, str) and (not bound or isinstance(bound[-1], str) or signs):
            signs.append(piece)
        elif isinstance(piece, str):
            bound.append(piece)
        else:
            bound.append(_signed(piece, signs))
            signs = []
    return None if signs or not bound else _split(bound)


def _signed(piece: Expression, signs: Sequence[str]) -> Expression:
    for sign in reversed(signs):
        piece = Operation(sign, (piece,))
    return piece


def _split(bound: Sequence[str | Expression]) -> Expression:
    for level in LEVELS:
        for at in range(len(bound) - 2, 0, -2):
            if bound[at] in level:
                return Operation(str(bound[at]), (_split(bound[:at]), _split(bound[at + 1 :])))
    return _operand_of(bound[0])


def _operand_of(piece: str | Expression) -> Expression:
    return None if isinstance(piece, str) else piece
