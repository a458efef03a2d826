"""Checked calls, compiled once a function: a straight line for clean cells, a second look for all else."""

from collections.abc import Callable
from typing import Any, Protocol

from udfs.parameters import MAX, Parameter


class Callee(Protocol):
    """What a compiled call needs to know of a function."""

    @property
    def name(self) -> str:
        """Its sheet name."""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Its arguments."""

    @property
    def function(self) -> Callable[..., Any]:
        """The function of plain values."""

    @property
    def is_elementwise(self) -> bool:
        """Whether it takes single cells alone, so that there is a straight line."""

    def answer(self, cells: tuple[Any, ...]) -> Any:
        """The checked call without the short cut."""


def compiled(spec: Callee) -> Callable[..., Any]:
    """The call as a cell makes it: every argument may be left out, and is then blank."""
    takes = ", ".join(f"{p.name}=default_{p.name}" for p in spec.parameters)
    return _compiled(spec, spec.name, takes, f"answer(({_names(spec)},))", spec.answer)


def compiled_python(spec: Callee, answer: Callable[..., Any]) -> Callable[..., Any]:
    """The call as Python makes it: the signature of the source, and how refusals are told.

    `answer` takes the cells and `errors`, wherever the straight line does not do.
    """
    takes = ", ".join(p.name if p.required else f"{p.name}=default_{p.name}" for p in spec.parameters)
    name = spec.name.lower()
    return _compiled(spec, name, f"{takes}, *, errors='raise'", f"answer(({_names(spec)},), errors)", answer)


def _names(spec: Callee) -> str:
    return ", ".join(p.name for p in spec.parameters)


def _compiled(
    spec: Callee, name: str, takes: str, otherwise: str, answer: Callable[..., Any]
) -> Callable[..., Any]:
    scope: dict[str, Any] = {"__name__": __name__, "function": spec.function, "answer": answer, "MAX": MAX}
    clean, dress = [], []  # how cells are tested, and are made floats or defaults
    for p in spec.parameters:
        scope[f"default_{p.name}"] = p.default
        if p.arg.is_text:
            if not p.required:
                dress.append(f"        if {p.name} is None: {p.name} = default_{p.name}\n")
            scope[f"words_{p.name}"] = frozenset(p.arg.choices)
            test = f"type({p.name}) is str and {p.name} in words_{p.name}"
        else:
            dress.append(f"        if type({p.name}) is int: {p.name} = float({p.name})\n")
            if not p.required:
                dress.append(f"        elif {p.name} is None: {p.name} = default_{p.name}\n")
            # A zero that is divided by raises, and is then refused by name.
            test = f"type({p.name}) is float and {p.low!r} <= {p.name} <= {p.high!r}"
        clean.append(f"({test} or {p.name} is None)" if not p.required and p.default is None else test)
    body = f"    return {otherwise}"
    if spec.is_elementwise:
        attempt = (
            f"    if {' and '.join(clean)}:\n"
            f"        try:\n"
            f"            result = function({_names(spec)})\n"
            f"        except (ArithmeticError, ValueError):\n"
            f"            pass\n"
            f"        else:\n"
            f"            if type(result) is float and -MAX <= result <= MAX:\n"
            f"                return result + 0.0\n"  # -0.0 reads as 0
        )
        if dress:
            attempt += f"    try:\n{''.join(dress)}    except OverflowError:\n        pass\n{attempt}"
        body = attempt + body
    exec(f"def call({takes}):\n{body}\n", scope)  # noqa: S102 - our own names and floats alone
    call: Callable[..., Any] = scope["call"]
    call.__name__ = call.__qualname__ = name
    return call
