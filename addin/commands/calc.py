"""The shell as a host: words become cells, and results become text."""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from udfs.dates import serial
from udfs.errors import BadArgument, HedgeError
from udfs.parameters import DECIMAL_TEXT, Parameter
from udfs.registry import Spec


def cells_from_text(spec: Spec, words: Sequence[str]) -> list[Any]:
    """The cells that the words of a command line stand for, one an argument."""
    return [_cell(parameter, word) for parameter, word in zip(spec.parameters, words, strict=False)]


def shown_result(result: Any) -> str:
    """A result as text: numbers at the 15 digits a cell shows, a range as JSON."""
    if isinstance(result, list):
        return json.dumps(result, default=lambda refusal: refusal.cell, ensure_ascii=False)
    return f"{result:.15g}" if isinstance(result, float) else str(result)


def refusals(result: Any) -> Iterator[HedgeError]:
    """The refusals that a range of results holds."""
    if isinstance(result, HedgeError):
        yield result
    elif isinstance(result, list):
        for part in result:
            yield from refusals(part)


def _range(name: str, word: str) -> list[Any]:
    try:
        cells: list[Any] = json.loads(word)
    except json.JSONDecodeError as error:
        raise BadArgument(f"{name}: is no JSON list: {error}", name, word) from None
    except RecursionError:
        raise BadArgument(f"{name}: is no range, but lists in lists in lists", name, word) from None
    rows = cells if cells and all(isinstance(row, list) for row in cells) else [cells]
    if len({len(row) for row in rows}) != 1:
        raise BadArgument(f"{name}: is no range: its rows must be of one length", name, word)
    if any(isinstance(cell, list | dict) for row in rows for cell in row):
        raise BadArgument(f"{name}: is no range: a row holds numbers, words and null", name, word)
    return cells


def _cell(parameter: Parameter, word: str) -> Any:
    if word.startswith("["):
        return _range(parameter.name, word)
    if parameter.arg.unit == "date":
        with suppress(ValueError):
            return serial(dt.datetime.fromisoformat(word))
    if parameter.is_range and DECIMAL_TEXT.fullmatch(word):
        return float(word)
    return word
