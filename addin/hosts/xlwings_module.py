"""A workbook of one's own with xlwings: our functions as a module of VBA to import into it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn

from addin.hosts.excel_vba import xlwings_module_text
from addin.hosts.host import HostError, HostStatus, State
from udfs import REGISTRY

FILE: Final = "microhedge.bas"
BY_HAND: Final = (
    "the module is part of a workbook: `microhedge addin build xlwings --out DIR` writes microhedge.bas; "
    "in the workbook, press Alt+F11, and "
)
IMPORT: Final = BY_HAND + "choose File, Import File"


def build(out: Path) -> Sequence[Path]:
    """Write the module."""
    out.mkdir(parents=True, exist_ok=True)
    path = out / FILE
    path.write_text(xlwings_module_text(REGISTRY.values()), encoding="ascii", newline="")
    return [path]


def install() -> NoReturn:
    """Say what has to be done by hand."""
    raise HostError(IMPORT)


def status() -> HostStatus:
    """Nothing can be known of workbooks from outside."""
    return HostStatus(State.UNKNOWN, {}, f"{IMPORT}.")


def remove() -> NoReturn:
    """Say what has to be done by hand."""
    raise HostError(BY_HAND + "remove the module Microhedge")
