"""Imports flow one way: addin, workbook, udfs; and udfs needs the standard library alone."""

import ast
import graphlib
import os
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import udfs
from workbook import new_book

ROOT = Path(__file__).parents[1]


FRONT = ROOT / "udfs" / "front"  # the one part of udfs that knows numpy and pandas


def imported(package: str, apart: Path | None = None) -> set[str]:
    """Names of the top-level packages that a package's modules import, but for those of the folder apart."""
    names: set[str] = set()
    for path in (ROOT / package).rglob("*.py"):
        if path.parent == apart:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.partition(".")[0])
    return names


def test_udfs_needs_the_standard_library_alone() -> None:
    """The mathematics runs in LibreOffice's own Python and in Pyodide, where nothing is installed."""
    assert imported("udfs", FRONT) <= {"udfs", *sys.stdlib_module_names}
    assert imported("udfs/front") <= {"udfs", "numpy", "pandas", *sys.stdlib_module_names}


@pytest.mark.parametrize(
    ("call", "loaded"),
    [
        ("udfs.hedge_margin([2400, 1200], 5)", set()),
        ("udfs.hedge_beta([1, 2, 4], (1, 3, 4))", set()),
        ("import numpy; udfs.hedge_margin(numpy.array([2400, 1200]), 5)", {"numpy"}),
        ("import pandas; udfs.hedge_margin(pandas.Series([2400]), 5)", {"numpy", "pandas"}),
        ("udfs.hedge_plan(6000, 30000, 0.4, 5)", {"numpy", "pandas"}),
    ],
)
def test_the_front_is_loaded_for_its_own_objects_alone(call: str, loaded: set[str]) -> None:
    """Numbers and lists need neither numpy nor pandas, arrays no pandas; a table goes out as a frame."""
    code = f"import sys, udfs; {call}; print(*sys.modules)"
    found = subprocess.check_output([sys.executable, "-c", code], text=True, cwd=ROOT).split()
    assert {"numpy", "pandas"} & set(found) == loaded


@pytest.mark.parametrize("package", ["udfs", "workbook"])
def test_imports_flow_one_way(package: str) -> None:
    """No layer knows the one above it."""
    above = {"udfs": {"workbook", "addin"}, "workbook": {"addin"}}[package]
    assert not imported(package) & above


BASE = {"cells", "errors", "memory", "printable", "request", "sources", "typed", "version"}
MAY_IMPORT = {  # each room of workbook, and the rooms below it that it knows
    "formula": BASE,
    "files": BASE,
    "layout": BASE,
    "engines": {"files", "formula", *BASE},
    "native": {"formula", "layout", *BASE},
    "xlsx": {"formula", *BASE},
    "columns": {"formula", "xlsx", *BASE},
    "plan": {"formula", "layout", "native", "xlsx", *BASE},
    "recalc": {"columns", "engines", "files", "formula", "layout", "xlsx", *BASE},
    "validate": {"engines", "formula", "layout", "native", "plan", "xlsx", *BASE},
    "report": BASE,
    "batch": {"files", "layout", "recalc", "report", "xlsx", *BASE},
    "frames": {"batch", "files", "layout", "native", "plan", "recalc", *BASE},
    "live": {"batch", "files", "layout", "recalc", "xlsx", *BASE},
    "template": {"files", "layout", "native", "plan", "recalc", "validate", "xlsx", *BASE},
    "ready": {"files", "native", "template", "xlsx", *BASE},
}


def rooms() -> list[str]:
    """The folders of workbook that hold modules."""
    return sorted(path.parent.name for path in (ROOT / "workbook").glob("*/__init__.py"))


def test_every_room_is_in_the_table() -> None:
    """A new room says what it may import, and no two rooms know each other."""
    assert sorted(MAY_IMPORT) == rooms()
    graphlib.TopologicalSorter(MAY_IMPORT).prepare()


@pytest.mark.parametrize("room", rooms())
def test_rooms_know_those_below_them(room: str) -> None:
    """Imports between the folders of workbook follow the table."""
    known: set[str] = set()
    for path in (ROOT / "workbook" / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("workbook"):
                known |= {f"{node.module}.{alias.name}".split(".")[1] for alias in node.names}
    assert known <= {room, *MAY_IMPORT[room]}


def test_udfs_loads_no_host() -> None:
    """Importing udfs loads no spreadsheet library."""
    code = "import sys, udfs; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True, cwd=ROOT).split()
    assert not {"xlwings", "openpyxl", "uno", "pandas", "numpy"} & set(loaded)


def test_no_module_of_udfs_is_forgotten() -> None:
    """Every module in udfs is imported by the package, so that no function misses the registry."""
    modules = {module.name for module in pkgutil.iter_modules(udfs.__path__)} - {FRONT.name}
    assert modules <= set(vars(udfs))


@pytest.mark.parametrize(
    ("words", "works"),
    [
        (("show", "plan.xlsx"), "workbook.xlsx.saved_book"),
        (("recalc", "plan.xlsx", "--out", "out"), "workbook.batch.run"),  # the book's own part is a worker's
    ],
)
def test_a_book_is_read_and_recalculated_without_pandas(
    tmp_path: Path, words: tuple[str, ...], works: str
) -> None:
    """Neither pandas nor openpyxl is loaded where no market and no report asks for them."""
    new_book(tmp_path / "plan.xlsx")
    code = (
        "import atexit, sys; atexit.register(lambda: print(*sys.modules)); from addin.cli import main; main()"
    )
    command = [sys.executable, "-c", code, *words]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    loaded = subprocess.check_output(command, text=True, cwd=tmp_path, env=environment).split()
    assert works in loaded
    assert not {"pandas", "numpy", "openpyxl", "pydantic", "urllib.request"} & set(loaded)


@pytest.mark.parametrize(
    "words", [("--help",), ("recalc", "--help"), ("calc", "HEDGE_MARGIN", "2400", "5")], ids=" ".join
)
def test_command_imports_what_it_needs_alone(words: tuple[str, ...]) -> None:
    """Help and one function answer within a blink: nothing heavy is loaded for them."""
    code = (
        "import atexit, sys; atexit.register(lambda: print(*sys.modules)); from addin.cli import main; main()"
    )
    loaded = subprocess.check_output([sys.executable, "-c", code, *words], text=True, cwd=ROOT).split()
    heavy = {
        "pandas",
        "numpy",
        "openpyxl",
        "lxml",
        "formualizer",
        "xlwings",
        "ccxt",
        "distributed",
        "pydantic",
        "urllib.request",
        "workbook.layout",
        "workbook.request",
    }
    assert "addin.cli" in loaded
    assert not heavy & set(loaded)


def test_our_packages_are_found_whatever_else_lies_on_the_path(tmp_path: Path) -> None:
    """Users of xlwings put folders with their own udfs.py on PYTHONPATH."""
    for name in ("udfs", "workbook"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('a stranger')")
    done = subprocess.run(
        [sys.executable, "-c", "import addin.cli, addin.excel; import udfs; print(udfs.__file__)"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).parents[1] == ROOT


def test_no_group_is_possessive() -> None:
    """Python before 3.11.5, which Debian 12 has, matches `(…)*+` wrongly; `(?>(…)*)` it matches right."""
    found = [
        f"{path.name}: {line.strip()}"
        for top in ("udfs", "workbook", "addin")
        for path in (ROOT / top).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"(?<!\\)\)[*?+]\+", line)
    ]
    assert found == []
