"""The spreadsheet programs that microhedge can be put into, and what can be done with each.

A host is a module with the four functions of `Host`; it is imported when it is asked for. It says
what it did in sentences, and refuses with `HostError`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from udfs.errors import HedgeError


class HostError(HedgeError):
    """A host that is not on this machine, or can't be changed now."""


class HostName(StrEnum):
    """The hosts by the name that the command line knows."""

    EXCEL = "excel"
    LIBREOFFICE = "libreoffice"
    LITE = "lite"
    LAMBDA = "lambda"
    XLWINGS = "xlwings"


class State(StrEnum):
    """What is known of an installation."""

    SOUND = "sound"
    ABSENT = "absent"
    FAULTY = "faulty"
    UNKNOWN = "unknown"  # the host can't be asked from outside


@dataclass(frozen=True, slots=True)
class HostStatus:
    """An installation: its state, the facts behind it, and what to do about it ("" = nothing)."""

    state: State
    facts: Mapping[str, str] = field(default_factory=dict)
    advice: str = ""

    def as_text(self) -> str:
        """The state, the facts and the advice, one a line."""
        lines = [f"state: {self.state}", *(f"{name}: {fact}" for name, fact in self.facts.items())]
        return "\n".join([*lines, self.advice] if self.advice else lines)

    def as_json(self) -> str:
        """The same for a program."""
        return json.dumps(
            {"state": self.state, **self.facts, "advice": self.advice}, ensure_ascii=False, indent=2
        )


class Host(Protocol):
    """What every host module offers."""

    def build(self, out: Path) -> Sequence[Path]:
        """Write the host's files into a folder, on any system, and name them."""

    def install(self) -> str:
        """Put the functions into the host on this machine and say where."""

    def status(self) -> HostStatus:
        """What is installed, whether it fits this microhedge, and what to do."""

    def remove(self) -> str:
        """Undo `install` and leave nothing behind."""


MODULES: Mapping[HostName, str] = {
    HostName.EXCEL: "addin.hosts.excel_install",
    HostName.LIBREOFFICE: "addin.hosts.libreoffice",
    HostName.LITE: "addin.hosts.lite",
    HostName.LAMBDA: "addin.hosts.lambda_names",
    HostName.XLWINGS: "addin.hosts.xlwings_module",
}


def host(name: HostName) -> Host:
    """The module that serves a host."""
    return cast("Host", import_module(MODULES[name]))
