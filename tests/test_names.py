"""A name that one module takes from another means one thing in the whole project."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
TOPS = ("udfs", "workbook", "addin")

# What several modules have by the same name because they play one role, and are asked by one caller.
ROLES = {
    "a command": {"app", "as_json", "draw"},
    "a host of the add-in": {"build", "install", "remove", "status", "BY_HAND", "FILE"},
    "a sheet": {"SHEET", "dress"},
    "an engine": {"Session", "known", "WORKS", "DIFFERS"},
    "the second reader of sheets, which shares nothing with the first": {
        *("column_number", "row_number", "value_of"),
    },
}


def modules() -> dict[str, ast.Module]:
    """Every module of the project by its dotted name."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): ast.parse(
            path.read_text(encoding="utf-8")
        )
        for top in TOPS
        for path in (ROOT / top).rglob("*.py")
    }


def defined(tree: ast.Module) -> Iterator[str]:
    """The names that a module makes at its top."""
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (target.id for target in targets if isinstance(target, ast.Name))


def taken(tree: ast.Module, known: dict[str, ast.Module]) -> Iterator[tuple[str, str]]:
    """What a module takes from others of the project: their names, and what of theirs."""
    aliases: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                if f"{node.module}.{alias.name}" in known:
                    aliases[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                elif node.module in known:
                    yield node.module, alias.name
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in aliases:
            yield aliases[node.value.id], node.attr


def test_a_name_that_others_take_means_one_thing() -> None:
    """Two modules that others import from have no name in common, but for a role that both play."""
    known = modules()
    owners = defaultdict(set)
    for module, tree in known.items():
        for name in defined(tree):
            owners[name].add(module)
    asked = defaultdict(set)
    for tree in known.values():
        for module, name in taken(tree, known):
            asked[name].add(module)
    found = {name: sorted(both) for name, makers in owners.items() if len(both := makers & asked[name]) > 1}
    assert {name: both for name, both in found.items() if name not in set().union(*ROLES.values())} == {}
    assert set().union(*ROLES.values()) <= set(owners), "a role that nobody plays any more"
