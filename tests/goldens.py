"""How a golden number is held: in the registry, and in the shell, which prints what the registry answers."""

import contextlib
import datetime as dt
import io
import json
from typing import Any

import pytest

from addin.cli import app
from addin.shell import shown_result
from udfs import REGISTRY, HedgeError

Cells = tuple[Any, ...]


def holds(name: str, cells: Cells, expected: Any) -> None:
    """The function answers this, or refuses with this sentence, called directly and by `calc`."""
    answer, printed = _asked(name, cells), _asked_in_shell(name, cells)
    if isinstance(expected, str):
        assert (answer, printed) == (expected, expected)
    else:
        assert answer == pytest.approx(expected, rel=1e-13, abs=0)
        assert printed == shown_result(answer)


def _asked(name: str, cells: Cells) -> Any:
    try:
        return REGISTRY[name].call(*cells)
    except HedgeError as refusal:
        return str(refusal)


def _asked_in_shell(name: str, cells: Cells) -> str:
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            app(["calc", name, "--", *map(_word, cells)], standalone_mode=False)
    except HedgeError as refusal:
        return str(refusal)
    return out.getvalue().removesuffix("\n")


def _word(cell: Any) -> str:
    """A cell as one types it in the shell."""
    if isinstance(cell, dt.datetime):
        return cell.isoformat()
    return cell if isinstance(cell, str) else "" if cell is None else json.dumps(cell)
