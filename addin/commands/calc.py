"""The shell as a host: words become cells, and results become text."""

import datetime as dt
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, Final

from udfs.dates import serial
from udfs.errors import BadArgument, HedgeError
from udfs.parameters import DECIMAL_TEXT, Parameter
from udfs.registry import Spec
from workbook.printable import printable, printable_json
from workbook.typed import typed_number

DATE_LIKE: Final = re.compile(r"\s*\d{1,4}[./-]\d{1,2}[./-]\d{1,4}.*")
CELL: Final = re.compile(r'\s*("(?:[^"]|"")*"|[^",;{}]*)\s*([,;}])')


def cells_from_text(spec: Spec, words: Sequence[str]) -> list[Any]:
    """The cells that the words of a command line stand for, one an argument."""
    return [_cell(parameter, word) for parameter, word in zip(spec.parameters, words, strict=False)]


def shown_result(result: Any) -> str:
    """A result as text: numbers at the 15 digits a cell shows, a range as JSON."""
    if isinstance(result, list):
        return printable_json(json.dumps(result, default=lambda refusal: refusal.cell, ensure_ascii=False))
    return f"{result:.15g}" if isinstance(result, float) else printable(str(result))


def refusals(result: Any) -> Iterator[HedgeError]:
    """The refusals that a range of results holds."""
    if isinstance(result, HedgeError):
        yield result
    elif isinstance(result, list):
        for part in result:
            yield from refusals(part)


def _array(name: str, word: str) -> list[Any]:
    """A range as a sheet writes it: commas between the cells of a row, semicolons between rows."""
    rows: list[list[Any]] = [[]]
    end = 1
    for found in CELL.finditer(word, 1):
        if found.start() != end:
            break
        end = found.end()
        rows[-1].append(_constant(found[1]))
        if found[2] == "}" and end == len(word):
            return _rectangle(name, word, rows)
        if found[2] == ";":
            rows.append([])
    raise BadArgument(f"{name}: is no range as a sheet writes it, such as {{1,2;3,4}}", name, word)


def _constant(text: str) -> Any:
    if text.startswith('"'):
        return text[1:-1].replace('""', '"')
    if DECIMAL_TEXT.fullmatch(text):
        return float(text)
    return {"TRUE": True, "FALSE": False, "": None}.get(text.strip().upper(), text.strip())


def _range(name: str, word: str) -> list[Any]:
    try:
        cells: list[Any] = json.loads(word)
    except json.JSONDecodeError as error:
        raise BadArgument(f"{name}: is no JSON list: {error}", name, word) from None
    except RecursionError:
        raise BadArgument(f"{name}: is no range, but lists in lists in lists", name, word) from None
    return _rectangle(name, word, cells)


def _rectangle(name: str, word: str, cells: list[Any]) -> list[Any]:
    rows = cells if cells and all(isinstance(row, list) for row in cells) else [cells]
    if len({len(row) for row in rows}) != 1:
        raise BadArgument(f"{name}: is no range: its rows must be of one length", name, word)
    if any(isinstance(cell, list | dict) for row in rows for cell in row):
        raise BadArgument(f"{name}: is no range: a row holds numbers, words and null", name, word)
    return cells


def _cell(parameter: Parameter, word: str) -> Any:
    if word.startswith("["):
        return _range(parameter.name, word)
    if word.startswith("{"):
        return _array(parameter.name, word)
    if parameter.arg.unit == "date":
        with suppress(ValueError):
            return serial(dt.datetime.fromisoformat(word))
        if DATE_LIKE.fullmatch(word):
            name = parameter.name
            raise BadArgument(f"{name}: must be a date such as 2026-01-31, got {word}", name, word)
    if DECIMAL_TEXT.fullmatch(word):
        return float(word) if parameter.is_range else word
    if parameter.arg.is_text:
        return word
    number = typed_number(parameter.name, word, percent=True, times=parameter.arg.unit == "times")
    return word if number is None else number
