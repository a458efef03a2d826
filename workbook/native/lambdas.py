"""Functions as LAMBDA names of Microsoft 365: real functions in a book, without an add-in."""

from collections.abc import Iterator

from udfs.native import TABLES
from udfs.parameters import Parameter
from udfs.registry import REGISTRY, Spec
from workbook.formula.tree import Node, tree
from workbook.native.formulas import filled, literal


def named() -> Iterator[Spec]:
    """The functions that are made of their arguments alone, cell by cell."""
    for spec in REGISTRY.values():
        if spec.is_elementwise and spec.native.result and not _names(spec) & TABLES:
            yield spec


def lambda_of(spec: Spec) -> str:
    """`LAMBDA(price,[lot],LET(…))`: optional arguments, domains and steps as the function has them."""
    inner = {p.name: p.name if p.required else f"{p.name}_" for p in spec.parameters}
    steps = [(step.name, filled(step.formula, inner)) for step in spec.native.steps]
    result = filled(spec.native.result, inner)
    guards = [guard for p in spec.parameters for guard in _guards(p, inner[p.name])]
    if steps:
        result = f"LET({','.join(f'{name},{formula}' for name, formula in steps)},{result})"
    if guards:
        result = f"IF(AND({','.join(guards)}),{result},SQRT(-1))"  # a number of Excel's #NUM!
    defaults = ",".join(
        f'{inner[p.name]},IF(ISOMITTED({p.name}),{literal(p.default)},IF({p.name}="",{literal(p.default)},{p.name}))'
        for p in spec.parameters
        if not p.required
    )
    if defaults:
        result = f"LET({defaults},{result})"
    taken = ",".join(p.name if p.required else f"[{p.name}]" for p in spec.parameters)
    return f"LAMBDA({taken},{result})"


def _guards(parameter: Parameter, name: str) -> Iterator[str]:
    """What the function demands of an argument, where arithmetic does not refuse it anyway."""
    arg = parameter.arg
    if arg.choices:
        yield f"OR({','.join(f'{name}={literal(word)}' for word in arg.choices)})"
        return
    signs = ((">", arg.above), (">=", arg.at_least), ("<", arg.below), ("<=", arg.at_most))
    bounds = [f"{name}{sign}{literal(bound)}" for sign, bound in signs if bound is not None]
    if bounds and not parameter.required and parameter.default is None:
        yield f'IF({name}="",TRUE,AND({",".join(bounds)}))'
    else:
        yield from bounds


def _names(spec: Spec) -> set[str]:
    formulas = [*(step.formula for step in spec.native.steps), spec.native.result]
    return {word for formula in formulas for word in _words(tree(formula))}


def _words(nodes: tuple[Node, ...]) -> Iterator[str]:
    for node in nodes:
        if node.kind == "name":
            yield node.text
        for argument in node.arguments:
            yield from _words(argument)
