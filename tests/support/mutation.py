"""Mutation testing of udfs: every small change to the code must make a test fail.

    python tests/support/mutation.py [MODULE...] [--most N]

The mutants are those of cosmic-ray (`pip install cosmic-ray`). Each is tried in a process forked from
one that has the test libraries loaded; the file on disk is never touched. First the tests that need
no fixture are called as they are, which takes a tenth of a second; what survives that meets pytest.
A module is held by its own test module and by those of the registry. The reference page is left out
on purpose: it would kill every changed bound without knowing whether it was right.
"""

import argparse
import importlib
import importlib.machinery
import inspect
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
SECONDS = 120  # a mutant that runs longer loops for ever: killed
REGISTRY_TESTS = ("test_udfs_registry.py", "test_udfs_registry_sweeps.py")
TESTED_BY = {
    "decimals": ("test_udfs_sizing.py", "test_udfs_lifecycle.py"),
    "conventions": (
        *(
            "test_udfs_registry.py",
            "test_udfs_sizing.py",
            "test_udfs_margin.py",
            "test_udfs_carry.py",
            "test_udfs_costs.py",
        ),
        *(
            "test_udfs_risk.py",
            "test_udfs_options.py",
            "test_udfs_scenario.py",
            "test_udfs_lifecycle.py",
            "test_udfs_venues.py",
        ),
    ),
    "errors": REGISTRY_TESTS,
    "rows": ("test_udfs_position.py", "test_udfs_survival.py", "test_udfs_risk.py"),
    "linear": ("test_udfs_weights.py",),
    "returns": ("test_udfs_risk.py", "test_udfs_golden.py"),
    "symbols": ("test_udfs_venues.py",),
    "venue_files": ("test_udfs_venues.py",),
    **dict.fromkeys(
        ("registry", "parameters", "ranges", "broadcasting", "dates"),
        (
            *REGISTRY_TESTS,
            "test_hosts_host.py",
            "test_udfs_venues.py",
            "test_udfs_risk.py",
            "test_udfs_plan.py",
        ),
    ),
}
SLOW = ("nothing_but", "long_histories", "libreoffice", "command", "list_")
# Two neighbours of each operator: the others are killed more easily, and would flatter the score.
NEIGHBOURS = {
    "ReplaceBinaryOperator": {
        *("Add_Sub", "Add_Mul", "Sub_Add", "Sub_Div", "Mul_Div", "Mul_Add", "Div_Mul", "Div_Sub"),
        *("FloorDiv_Div", "FloorDiv_Mul", "Mod_Mul", "Pow_Mul"),
    },
    "ReplaceComparisonOperator": {
        *("Lt_LtE", "Lt_GtE", "LtE_Lt", "LtE_Gt", "Gt_GtE", "Gt_LtE", "GtE_Gt", "GtE_Lt", "Eq_NotEq"),
        *("NotEq_Eq", "Is_IsNot", "IsNot_Is"),
    },
}
# Not functions' logic, or (ExceptionReplacer) not able to take a tuple of exceptions apart.
LEFT_OUT = ("VariableReplacer", "VariableInserter", "RemoveDecorator", "ExceptionReplacer")


def operators() -> Iterator[str]:
    """The operators of cosmic-ray that are tried."""
    from cosmic_ray.plugins import operator_names

    for name in operator_names():
        kind, _, change = name.removeprefix("core/").partition("_")
        if kind not in LEFT_OUT and change in NEIGHBOURS.get(kind, {change}):
            yield name


class Mutant(NamedTuple):
    """One change: an operator at one of its places."""

    operator: str
    occurrence: int

    def applied(self, source: str) -> str:
        """The changed source."""
        from cosmic_ray.mutating import mutate_code
        from cosmic_ray.plugins import get_operator

        changed: str = mutate_code(source, get_operator(self.operator)(), self.occurrence)
        return changed

    def told(self, source: str) -> str:
        """What was changed, in a line."""
        import difflib

        lines = difflib.ndiff(source.splitlines(), self.applied(source).splitlines())
        return " ".join(line for line in lines if line[0] in "+-")


def mutants(source: str) -> Iterator[Mutant]:
    """Each place at which an operator changes a source."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.plugins import get_operator

    nodes = list(ast_nodes(get_ast(source)))
    for name in operators():
        operator = get_operator(name)()
        for occurrence in range(sum(1 for node in nodes for _ in operator.mutation_positions(node))):
            yield Mutant(name, occurrence)


def attempt(module: str, source: str, mutant: Mutant | None, tests: list[str]) -> int:
    """Fork, import the mutated module in place of the real one, run the tests; the process's id."""
    child = os.fork()
    if child:
        return child
    os.setpgid(0, 0)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    signal.alarm(SECONDS)
    mutated = mutant.applied(source) if mutant else source
    genuine = importlib.machinery.SourceFileLoader.get_code

    def get_code(self: importlib.machinery.SourceFileLoader, fullname: str) -> CodeType | None:
        if fullname == f"udfs.{module}":
            return compile(mutated, self.path, "exec", dont_inherit=True)
        return genuine(self, fullname)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[assignment,method-assign]  # the way in
    rest = unless_one_fails(tests)
    os._exit(int(rest is None or bool(rest and fails(rest))))


def unless_one_fails(tests: list[str]) -> list[str] | None:
    """Call each test that needs no fixture, row by row: the tests left for pytest, None if one failed."""
    import hypothesis

    phases = [
        hypothesis.Phase.explicit,
        hypothesis.Phase.generate,
    ]  # nobody reads a failure: do not shrink it
    hypothesis.settings.register_profile(
        "mutation", derandomize=True, deadline=None, phases=phases, max_examples=25, database=None
    )
    hypothesis.settings.load_profile("mutation")
    os.environ["HYPOTHESIS_PROFILE"] = "mutation"
    rest: list[str] = []
    try:
        for path in tests:
            for name, test in vars(importlib.import_module(Path(path).stem)).items():
                if name.startswith("test_") and not any(word in name for word in SLOW) and not called(test):
                    rest.append(f"{path}::{name}")
    except BaseException:  # noqa: BLE001 - whatever it is, the mutant was noticed
        return None
    return rest


def called(test: Callable[..., None]) -> bool:
    """Call a test with each row of its table, or without arguments; False if it wants fixtures."""
    rows: list[dict[str, object]] = [{}]
    for mark in getattr(test, "pytestmark", []):
        if mark.name == "usefixtures":
            return False
        if mark.name == "parametrize":
            names, values = mark.args[:2]
            names = [part.strip() for part in names.split(",")] if isinstance(names, str) else names
            values = [row if len(names) > 1 else (row,) for row in values]
            rows = [row | dict(zip(names, value, strict=True)) for row in rows for value in values]
    if set(inspect.signature(test).parameters) != set(rows[0]):
        return False
    for row in rows:
        test(**row)
    return True


def fails(tests: list[str]) -> bool:
    """Whether pytest finds a failing test."""
    import pytest

    # No plugin is searched for, and none of the project's options that would need one.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    options = ["-x", "-q", "-c", os.devnull, "--rootdir", str(ROOT), "-p", "no:cacheprovider", "-W", "ignore"]
    return pytest.main([*options, *tests]) != 0


def run(module: str, most: int) -> tuple[int, list[str]]:
    """How many mutants of a module were tried, and those that no test noticed."""
    source = (ROOT / "udfs" / f"{module}.py").read_text(encoding="utf-8")
    names = TESTED_BY.get(module, ("test_udfs_registry.py", f"test_udfs_{module}.py"))
    tests = [str(TESTS / name) for name in names]
    attempt(module, source, None, tests)
    if os.wait()[1] != 0:
        sys.exit(f"{module}: its tests fail without a mutant")
    every = list(mutants(source))
    tried = every if len(every) <= most else [every[len(every) * place // most] for place in range(most)]
    running: dict[int, Mutant] = {}
    survivors: list[str] = []
    for mutant in tried:
        if len(running) >= (os.cpu_count() or 1):
            survivors += finished(running, source)
        running[attempt(module, source, mutant, tests)] = mutant
    while running:
        survivors += finished(running, source)
    return len(tried), survivors


def finished(running: dict[int, Mutant], source: str) -> list[str]:
    """Wait for one mutant; what it changed, if no test noticed."""
    child, status = os.wait()
    mutant = running.pop(child)
    return [mutant.told(source)] if status == 0 else []


def main() -> None:
    """Try the modules named, or all, and say what survived."""
    for library in ("hypothesis.strategies", "hypothesis.internal.conjecture.engine", "numpy", "scipy.stats"):
        importlib.import_module(library)  # loaded once, for all children
    for library in ("pytest", "typer", "openpyxl", "formualizer", "json", "csv", "subprocess"):
        importlib.import_module(library)

    sys.path[:0] = [str(ROOT), str(TESTS)]
    os.environ["MICROHEDGE_VENUES"] = tempfile.mkdtemp()  # the built-in tables alone
    every = sorted(path.stem for path in (ROOT / "udfs").glob("*.py") if path.stem != "__init__")
    parser = argparse.ArgumentParser(description="Mutation testing of udfs.")
    parser.add_argument("modules", nargs="*", default=every)
    parser.add_argument("--most", type=int, default=10**6, help="try so many of a module, evenly spread")
    words = parser.parse_args()
    for module in words.modules:
        count, survivors = run(module, words.most)
        killed = count - len(survivors)
        print(f"{module}: {killed} of {count} killed, {killed / max(count, 1):.1%}", flush=True)
        for change in survivors:
            print(f"    survived: {change}", flush=True)


if __name__ == "__main__":
    main()
