"""Words of the command line that are read without typer's checker become what typer makes of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer._click import Command, Context
from typer._coercion import build_runtime_param
from typer.core import TyperArgument, TyperGroup, TyperOption

from addin.cli import SUMMARIES, app
from addin.shell.coercion import PlainWord

WORDS = [
    "",
    "text",
    "json",
    "TEXT",
    "plan.xlsx",
    "a/b",
    "-",
    "~",
    "0",
    "1.5",
    "true",
    "é",
    "btc",
    "excel",
    "\udce9",
]


def parameters(command: Command, path: str) -> Iterator[tuple[str, Any]]:
    """Every argument and option of a command and of those below it."""
    for param in command.params:
        if isinstance(param, (TyperArgument, TyperOption)):
            yield f"{path} {param.name}", param
    if isinstance(command, TyperGroup):
        for name, below in command.commands.items():
            yield from parameters(below, f"{path} {name}")


def every_parameter() -> list[tuple[str, Any]]:
    """Those of the whole command line."""
    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)
    made = {name: root.get_command(Context(root), name) for name in SUMMARIES}
    return [pair for name, command in made.items() if command for pair in parameters(command, name)]


@pytest.mark.parametrize(("path", "param"), every_parameter())
def test_a_word_becomes_what_typer_makes_of_it(path: str, param: Any) -> None:
    """The same value, or the same sentence, for every option and argument there is."""
    context = Context(typer.main.get_command(app), info_name=path)
    assert isinstance(param._runtime_param, PlainWord)
    slow = build_runtime_param(param.type_descriptor)
    given = WORDS if param.nargs == 1 and not param.multiple else [WORDS[:3], WORDS[4:], []]
    for value in [None, param.default, *given]:
        assert made(param._runtime_param, value, param, context) == made(slow, value, param, context), value


def made(reader: Any, value: Any, param: Any, context: Context) -> Any:
    """What becomes of a word, or the sentence of its refusal."""
    try:
        return reader.coerce(value, param, context)
    except typer.BadParameter as refused:
        return refused.format_message()


def test_paths_are_paths() -> None:
    """Not the texts that were typed."""
    (books,) = [param for path, param in every_parameter() if path == "show books"]
    context = Context(typer.main.get_command(app))
    assert books._runtime_param.coerce(["a", "b"], books, context) == [Path("a"), Path("b")]
