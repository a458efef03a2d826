"""The reference of the functions, read off the registry: text for the terminal, Markdown, JSON."""

import json
from collections.abc import Iterator
from textwrap import wrap
from typing import Any, Final

from udfs import REGISTRY
from udfs.conventions import CATEGORIES
from udfs.parameters import Parameter, shown
from udfs.registry import Spec

WIDTH: Final = 80  # columns of a terminal

INTRODUCTION: Final = """\
# The worksheet functions

Generated from the registry by `microhedge functions --format markdown`; do not edit.

The same functions serve Excel, LibreOffice Calc, `microhedge recalc` and `microhedge calc`.

**Signs.** Exposure: positive = you own it. Notional and contracts: positive = the hedge is short.
Cost: positive = you pay. P&L: positive = gain. Rates, ratios and moves are decimals: 0.4 is 40 %,
a fall of 10 % is -0.1. A year has 365 days. Dates are Excel date-times in UTC.

**Ranges.** Any argument may be a range unless it says *one cell*. Ranges combine as in Excel's own
functions, and one bad row spoils that row alone. An argument that says *range* is worked as a whole.

**Refusals**, alike for all functions, name the argument and the value:

| Cell shows | Because |
| --- | --- |
| `#VALUE!` | a required argument is blank, a truth value, or text where a number is needed |
| `#NUM!` | a value lies outside the domain stated below, or the result is too large for a number |
| `#DIV/0!` | an exposure, notional, price or other argument that the formula divides by is zero |
| `#N/A` | unknown venue, symbol or fact, too little history, no solution, ranges that do not match |
| the same error | an error among the arguments passes through |

A blank optional argument takes its default. Words are read in any case.

**In built-in functions** each function is defined a second time: what a spreadsheet without microhedge
calculates, and what the native edition of the plan book holds. The names are the arguments; `name := ...` is
a step, the last line the result. It is meant for arguments inside their domains.
"""


def reference(spec: Spec | None, form: str) -> str:
    """One function, or all of them, as text, markdown or json."""
    if form == "json":
        wanted = [spec] if spec else [each for _, specs in _groups() for each in specs]
        return json.dumps([_object(each) for each in wanted], indent=2, ensure_ascii=False)
    if form == "markdown":
        return "\n".join(_section(spec) if spec else _book()).rstrip()
    return "\n".join(_page(spec) if spec else _list())


def _list() -> Iterator[str]:
    width = max(map(len, REGISTRY))
    for category, specs in _groups():
        yield f"{category}:"
        for spec in specs:
            yield from wrap(f"  {spec.name:{width}}  {spec.help}", WIDTH, subsequent_indent=" " * (width + 4))


def _page(spec: Spec) -> Iterator[str]:
    yield from (spec.signature, "", *spec.doc.splitlines(), "", "Arguments:")
    rows = [(p.name, p.arg.unit, _domain(spec, p), _default(p)) for p in spec.parameters]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row, p in zip(rows, spec.parameters, strict=True):
        yield "  " + "  ".join(map(str.ljust, row, widths)).rstrip()
        yield from wrap(p.arg.help, WIDTH, initial_indent="      ", subsequent_indent="      ")
    yield from ("", f"Result: {_result(spec)}", *_example(spec), f"Source: {spec.source}")
    yield from ("", "In built-in functions:", *(f"  {line}" for line in _native(spec)))


def _book() -> Iterator[str]:
    yield INTRODUCTION
    yield from _contents()
    for category, specs in _groups():
        yield from (f"## {category}", "")
        for spec in specs:
            yield from _section(spec)


def _groups() -> Iterator[tuple[str, list[Spec]]]:
    """The functions by category, in the order of the conventions."""
    for category in CATEGORIES:
        yield category, [spec for spec in REGISTRY.values() if spec.category == category]


def _contents() -> Iterator[str]:
    for category, specs in _groups():
        yield f"- {category}: " + ", ".join(f"[{spec.name}](#{spec.name.lower()})" for spec in specs)
    yield ""


def _section(spec: Spec) -> Iterator[str]:
    yield from (f"### {spec.name}", "", f"`{spec.signature}`", "", *spec.doc.splitlines(), "")
    yield from ("| Argument | Unit | Domain | Default | |", "| --- | --- | --- | --- | --- |")
    for p in spec.parameters:
        cells = (f"`{p.name}`", p.arg.unit, _domain(spec, p), _default(p), p.arg.help)
        yield "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"
    lines = (f"Result: {_result(spec)}", *_example(spec), f"Source: {spec.source}")
    yield from ("", *(f"- {line}" if not line.startswith("  ") else line for line in lines), "")
    yield from ("In built-in functions:", "", "```", *_native(spec), "```", "")


def _object(spec: Spec) -> dict[str, Any]:
    return {
        "name": spec.name,
        "category": spec.category,
        "signature": spec.signature,
        "help": spec.help,
        "documentation": spec.doc,
        "unit": spec.unit,
        "array": spec.is_array,
        "arguments": [
            {
                "name": p.name,
                "unit": p.arg.unit,
                "domain": p.arg.domain,
                "choices": p.arg.choices,
                "required": p.required,
                "default": p.default,
                "range": p.is_range,
                "zero_refused": p.divides,
                "help": p.arg.help,
            }
            for p in spec.parameters
        ],
        "example": {"formula": f"={_call(spec)}", "result": spec.example.result},
        "source": spec.source,
        "native": {
            "steps": [step._asdict() for step in spec.native.steps],
            "result": spec.native.result,
            "over": spec.native.over,
            "reason": spec.native.reason,
        },
    }


def _native(spec: Spec) -> Iterator[str]:
    """The definition in a spreadsheet's own functions, the result last; or why there is none."""
    if spec.native.reason:
        yield f"none: {spec.native.reason}"
        return
    if spec.native.over:
        yield f"(prices stand for their {spec.native.over})"
    yield from spec.native.text.splitlines()


def _domain(spec: Spec, parameter: Parameter) -> str:
    notes = [parameter.arg.domain]
    if parameter.divides and parameter.low <= 0 <= parameter.high:
        notes.append("not 0")
    if parameter.is_range:
        notes.append("range")
    elif not spec.is_elementwise:
        notes.append("one cell")
    return ", ".join(notes)


def _default(parameter: Parameter) -> str:
    if parameter.required:
        return "required"
    return "none" if parameter.default is None else shown(parameter.default)


def _result(spec: Spec) -> str:
    return f"an array, {spec.unit}" if spec.is_array else spec.unit


def _call(spec: Spec) -> str:
    return f"{spec.name}({', '.join(map(_literal, spec.example.cells))})"


def _literal(cell: Any) -> str:
    """A cell as a formula writes it: ranges as array constants."""
    if isinstance(cell, list):
        return "{" + ";".join(",".join(map(_literal, row)) for row in cell) + "}"
    return shown(cell)


def _example(spec: Spec) -> Iterator[str]:
    result = spec.example.result
    if not isinstance(result, list):
        yield f"Example: `={_call(spec)}` gives `{shown(result)}`"
        return
    yield f"Example: `={_call(spec)}` gives"
    yield from ("", *(f"      {_literal([row])}" for row in result), "")
