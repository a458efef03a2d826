"""docs/hosts.md: which host answers what, from the table of cases, the known differences and hosts_page.md.

`make docs` writes it.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from support.parity_cases import CASES, Case
from udfs import REGISTRY
from workbook.native.lambdas import named

HOSTS = {
    "Excel": "xlwings' own conversion, with stand-ins for COM",
    "Lite": "the module pasted into xlwings Lite, in Pyodide",
    "Batch": "the embedded engine of `microhedge recalc`",
    "LibreOffice": "LibreOffice Calc itself, with the extension installed",
}


def decided_by_calc(case: Case) -> str:
    """Why Calc can't answer as the registry does; "" where it can.

    Calc decides these before it calls a function: it hands a truth value over as a number, and
    refuses a range that holds an error without calling.
    """
    flat = [part for cell in case.cells if isinstance(cell, list) for row in cell for part in row]
    if any(isinstance(cell, bool) for cell in (*case.cells, *flat)):
        return "1"
    if any(isinstance(part, str) and part.startswith("#") for part in flat):
        return "2"
    return ""


PROSE = Path(__file__).with_name("hosts_page.md")
DIFFERENCES: dict[str, Callable[[Case], str]] = {"LibreOffice": decided_by_calc}


def page() -> str:
    """The whole page: its prose, the hosts and the matrix."""
    hosts = "\n".join(f"* **{name}**: {how}" for name, how in HOSTS.items())
    return (
        PROSE.read_text(encoding="utf-8")
        .replace("{hosts}", hosts)
        .replace("{matrix}", matrix())
        .replace("{native}", natives())
    )


def natives() -> str:
    """One line per function: whether it has a native form, and a LAMBDA name."""
    names = {spec.name for spec in named()}
    lines = ["| Function | Native | LAMBDA |", "| --- | --- | --- |"]
    for spec in REGISTRY.values():
        native = f"no: {spec.native.reason}" if spec.native.reason else "yes"
        lines.append(f"| {spec.name} | {native} | {'yes' if spec.name in names else 'no'} |")
    return "\n".join(lines)


def matrix() -> str:
    """One line per kind of call, one column a host."""
    calls = Counter(case.title for case in CASES)
    lines = [
        f"| The call | Calls | {' | '.join(HOSTS)} |",
        f"| --- | ---: |{' --- |' * len(HOSTS)}",
    ]
    for title, count in calls.items():
        answers = [answer(host, [case for case in CASES if case.title == title]) for host in HOSTS]
        lines.append(f"| {title} | {count} | {' | '.join(answers)} |")
    return "\n".join(lines)


def answer(host: str, cases: list[Case]) -> str:
    """What a host makes of calls of one kind."""
    differs: Callable[[Case], Any] | None = DIFFERENCES.get(host)
    notes = Counter(differs(case) for case in cases) if differs else Counter({"": len(cases)})
    same = notes.pop("", 0)
    others = ", ".join(f"note {note}" for note in sorted(notes))
    if not others:
        return "same"
    return f"{same} same, else {others}" if same else others
