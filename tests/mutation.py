"""Mutation testing of udfs: every small change to the code must make a test fail.

    python tests/mutation.py [MODULE...]     for example: python tests/mutation.py sizing margin

The mutants are those of cosmic-ray (`pip install cosmic-ray`). Each is tried in a process forked from
one that has the test libraries loaded; the file on disk is never touched. First the tests that need
no fixture are called as they are, which takes a tenth of a second; what survives that meets pytest.
A module is held by its own test module and by those of the registry. The reference page is left out
on purpose: it would kill every changed bound without knowing whether it was right.
"""

import importlib
import importlib.machinery
import inspect
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests"
SECONDS = 120  # a mutant that runs longer loops for ever: killed
REGISTRY_TESTS = ("test_registry.py", "test_registry_sweeps.py")
TESTED_BY = {
    "decimals": ("test_sizing.py", "test_lifecycle.py"),
    "conventions": (
        *("test_registry.py", "test_sizing.py", "test_margin.py", "test_carry.py", "test_costs.py"),
        *("test_risk.py", "test_options.py", "test_scenario.py", "test_lifecycle.py", "test_venues.py"),
    ),
    "errors": REGISTRY_TESTS,
    "registry": (*REGISTRY_TESTS, "test_hosts.py", "test_venues.py", "test_risk.py"),
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


def mutants(source: str) -> Iterator[tuple[str, str]]:
    """Each mutant of a source, with a word on what was changed."""
    import difflib

    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    for name in operators():
        occurrence = 0
        while (mutated := mutate_code(source, get_operator(name)(), occurrence)) is not None:
            changed = [
                line for line in difflib.ndiff(source.splitlines(), mutated.splitlines()) if line[0] in "+-"
            ]
            yield f"{name.removeprefix('core/')} {' '.join(changed)}", mutated
            occurrence += 1


def attempt(module: str, mutated: str, tests: list[str]) -> int:
    """Fork, import the mutated module in place of the real one, run the tests; the process's id."""
    child = os.fork()
    if child:
        return child
    os.setpgid(0, 0)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    signal.alarm(SECONDS)
    genuine = importlib.machinery.SourceFileLoader.get_code

    def get_code(self: importlib.machinery.SourceFileLoader, fullname: str) -> CodeType | None:
        if fullname == f"udfs.{module}":
            return compile(mutated, self.path, "exec", dont_inherit=True)
        return genuine(self, fullname)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[assignment,method-assign]  # the way in
    os._exit(int(fails_at_once(tests) or fails(tests)))


def fails_at_once(tests: list[str]) -> bool:
    """Whether a test that needs no fixture fails when it is simply called, row by row."""
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
    try:
        for path in tests:
            for name, test in vars(importlib.import_module(Path(path).stem)).items():
                if name.startswith("test_") and not any(word in name for word in SLOW):
                    call(test)
    except BaseException:  # noqa: BLE001 - whatever it is, the mutant was noticed
        return True
    return False


def call(test: Callable[..., None]) -> None:
    """Call a test with each row of its table, or without arguments; pass over one that wants fixtures."""
    marks = [mark for mark in getattr(test, "pytestmark", []) if mark.name == "parametrize"]
    rows: list[dict[str, object]] = [{}]
    for mark in marks:
        names = (
            [part.strip() for part in mark.args[0].split(",")]
            if isinstance(mark.args[0], str)
            else mark.args[0]
        )
        values = [row if len(names) > 1 else (row,) for row in mark.args[1]]
        rows = [row | dict(zip(names, value, strict=True)) for row in rows for value in values]
    if set(inspect.signature(test).parameters) == set(rows[0]):
        for row in rows:
            test(**row)


def fails(tests: list[str]) -> bool:
    """Whether pytest finds a failing test."""
    import pytest

    # No plugin is searched for, and none of the project's options that would need one.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    options = ["-x", "-q", "-c", os.devnull, "--rootdir", str(ROOT), "-p", "no:cacheprovider", "-W", "ignore"]
    return pytest.main([*options, "-k", " and ".join(f"not {word}" for word in SLOW), *tests]) != 0


def run(module: str) -> tuple[int, list[str]]:
    """How many mutants a module has, and those that no test noticed."""
    source = (ROOT / "udfs" / f"{module}.py").read_text(encoding="utf-8")
    names = TESTED_BY.get(module, (f"test_{module}.py", "test_registry.py"))
    tests = [str(TESTS / name) for name in names]
    attempt(module, source, tests)
    if os.wait()[1] != 0:
        sys.exit(f"{module}: its tests fail without a mutant")
    waiting, running, survivors, count = mutants(source), dict[int, str](), list[str](), 0
    exhausted = False
    while running or not exhausted:
        while not exhausted and len(running) < (os.cpu_count() or 1):
            following = next(waiting, None)
            exhausted = following is None
            if following:
                count += 1
                running[attempt(module, following[1], tests)] = following[0]
        if running:
            child, status = os.wait()
            change = running.pop(child)
            if status == 0:
                survivors.append(change)
    return count, survivors


def main() -> None:
    """Try the modules named, or all, and say what survived."""
    for library in ("hypothesis.strategies", "hypothesis.internal.conjecture.engine", "numpy", "scipy.stats"):
        importlib.import_module(library)  # loaded once, for all children
    for library in ("pytest", "typer", "openpyxl", "formualizer", "json", "csv", "subprocess"):
        importlib.import_module(library)

    sys.path[:0] = [str(ROOT), str(TESTS)]
    every = sorted(path.stem for path in (ROOT / "udfs").glob("*.py") if path.stem != "__init__")
    for module in sys.argv[1:] or every:
        count, survivors = run(module)
        killed = count - len(survivors)
        print(f"{module}: {killed} of {count} killed, {killed / max(count, 1):.1%}", flush=True)
        for change in survivors:
            print(f"    survived: {change}", flush=True)


if __name__ == "__main__":
    main()
