"""Which formulas give truth values: for engines to which TRUE is the number 1 with a format."""

from typing import Final

from workbook.formula.expression import COMPARING, Expression, Operation, expression
from workbook.formula.tree import Node, tree
from workbook.memory import remembered

ASKING: Final = frozenset(("AND", "EXACT", "FALSE", "ISFORMULA", "NOT", "OR", "TRUE", "XOR"))
UNLIKE: Final = frozenset(("ISO.CEILING", "ISOWEEKNUM", "ISPMT"))
PASSING: Final = {"CHOOSE": 1, "IF": 1, "IFERROR": 0, "IFNA": 0}  # the first argument that they may give


@remembered(16_384)
def gives_truth(text: str) -> bool:
    """Whether a formula gives TRUE or FALSE whatever its cells hold, unless it gives an error."""
    return _is_truth(expression(tree(text)))


def _is_truth(found: Expression) -> bool:
    if isinstance(found, Operation):
        return found.sign in COMPARING
    if not isinstance(found, Node):
        return False
    if found.kind == "name":
        return found.text.upper() in ("TRUE", "FALSE")
    if found.name in PASSING:
        given = found.arguments[PASSING[found.name] :]
        return all(_is_truth(expression(argument)) for argument in given)
    return found.name in ASKING or (found.name.startswith("IS") and found.name not in UNLIKE)
