"""What a word on the command line becomes, where that is plain: typer would load pydantic for it.

A word that is wrong, and a kind that is not plain, is left to typer and its sentences.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin

from typer._click import Context
from typer._coercion import RuntimeParam, build_runtime_param
from typer.core import TyperArgument, TyperGroup, TyperOption

if TYPE_CHECKING:
    from typer._click import Command
    from typer.core import _TyperParameter

WRONG: Final = object()


@dataclass(frozen=True)
class PlainWord(RuntimeParam):
    """A text, a path, one of some words, or a list of these."""

    def _coerce_value(self, value: Any, param: "_TyperParameter", ctx: Context) -> Any:
        found = plain(value, self.annotation)
        return (
            build_runtime_param(param.type_descriptor).coerce(value, param, ctx) if found is WRONG else found
        )


def plain(value: Any, annotation: Any) -> Any:
    """A word, or several, as an annotation wants them."""
    if get_origin(annotation) is list and isinstance(value, (list, tuple)):
        found = [plain(one, get_args(annotation)[0]) for one in value]
        return WRONG if WRONG in found else found
    if isinstance(value, str):
        if annotation is str or (get_origin(annotation) is Literal and value in get_args(annotation)):
            return value
        if annotation is Path:
            return Path(value)
    if annotation is float and type(value) is int:  # a default
        return float(value)
    return value if type(value) is annotation else WRONG


def swift(command: "Command") -> "Command":
    """The command, and those below it, with plain words read here."""
    helps = command.get_help_option(Context(command, **command.context_settings))
    for param in (*command.params, helps):
        if isinstance(param, (TyperArgument, TyperOption)):
            info = param.type_descriptor.parameter_info
            if info.parser is None and not (info.exists or info.resolve_path or info.allow_dash):
                param._runtime_param = PlainWord(info, param.type_descriptor.annotation)  # noqa: SLF001
    for below in command.commands.values() if isinstance(command, TyperGroup) else ():
        swift(below)
    return command
