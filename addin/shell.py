"""The shell as a host: words become cells, and results become text."""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from udfs.errors import BadArgument, HedgeError
from udfs.registry import DECIMAL_TEXT, Parameter, Spec, serial


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


def _cell(parameter: Parameter, word: str) -> Any:
    if word.startswith("["):
        try:
            return json.loads(word)
        except json.JSONDecodeError as error:
            raise BadArgument(f"{parameter.name}: is no JSON list: {error}", parameter.name, word) from None
    if parameter.arg.unit == "date":
        with suppress(ValueError):
            return serial(dt.datetime.fromisoformat(word))
    if parameter.is_range and DECIMAL_TEXT.fullmatch(word):
        return float(word)
    return word
