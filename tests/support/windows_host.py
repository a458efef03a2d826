"""Excel's side of xlwings on a system without Excel: stand-ins for pywin32 and for what Excel sends.

xlwings' own code runs for real: its decorators, its VBA generator, its conversion, `call_udf`.
"""

import ctypes
import datetime as dt
import importlib
import importlib.util
import sys
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock, patch

import xlwings
from xlwings import conversion

import addin
from udfs.dates import serial

RANGE_IID = "{00020846-0000-0000-C000-000000000046}"
MISSING = -2147352572  # DISP_E_PARAMNOTFOUND, as VBA passes an argument that was left out
ERRORS = {
    "#NULL!": -2146826288,
    "#DIV/0!": -2146826281,
    "#VALUE!": -2146826273,
    "#REF!": -2146826265,
    "#NAME?": -2146826259,
    "#NUM!": -2146826252,
    "#N/A": -2146826246,
    "#GETTING_DATA": -2146826245,
    "#SPILL!": -2146826243,
    "#CONNECT!": -2146826242,
    "#BLOCKED!": -2146826241,
    "#UNKNOWN!": -2146826240,
    "#FIELD!": -2146826239,
    "#CALC!": -2146826238,
}


class ComTime(dt.datetime):
    """pywin32's time: a date-time that it makes of a cell in a date format."""


class ComRange:
    """A range as Excel hands it to a function; all that xlwings asks of it is its values."""

    def __init__(self, values: Sequence[Sequence[Any]]) -> None:
        rows = tuple(map(tuple, values))
        self.Value = rows[0][0] if len(rows) == len(rows[0]) == 1 else rows
        self.Row = self.Column = 1
        self.Rows = MagicMock(Count=len(rows))
        self.Columns = MagicMock(Count=len(rows[0]))
        self.Application = self.Worksheet = self.Parent = MagicMock()
        self._oleobj_ = MagicMock()
        self._oleobj_.GetTypeInfo().GetTypeAttr().iid = RANGE_IID


@cache
def xlwings_udfs() -> ModuleType:
    """The module of xlwings for worksheet functions, loaded as on Windows."""
    names = """pythoncom pywintypes win32api win32con win32event win32gui win32process win32timezone win32com
    win32com.client win32com.server win32com.server.dispatcher win32com.server.policy win32com.server.util"""
    stubs: dict[str, Any] = {name: MagicMock(name=name) for name in names.split()}
    kinds = ("CDispatch", "CoClassBaseClass", "DispatchBaseClass")
    stubs["pythoncom"].__file__ = "pythoncom.dll"
    for kind in kinds:
        setattr(stubs["win32com.client"], kind, type(kind, (), {}))
    stubs["win32com"].client = stubs["win32com.client"]
    stubs["win32com"].server = stubs["win32com.server"]
    stubs["win32com.server.util"].unwrap.side_effect = ValueError  # no argument is an object of Python's
    stubs["win32com.server"].util = stubs["win32com.server.util"]
    stubs["pywintypes"].TimeType = ComTime
    stubs["pywintypes"].com_error = type("com_error", (Exception,), {})
    stubs["pywintypes"].IID = str
    ctypes_of_windows = {name: MagicMock() for name in ("windll", "oledll", "PyDLL")}
    # Not patch.dict: it would take away again what xlwings loads in the meantime.
    sys.modules.update(stubs)
    with patch.multiple(ctypes, create=True, **ctypes_of_windows):
        windows = importlib.import_module("xlwings._xlwindows")
        xlwings.engines.add(xlwings.Engine(impl=windows.engine))
        importlib.import_module("xlwings.com_server")
        udfs = importlib.import_module("xlwings.udfs")
    for name in stubs:
        del sys.modules[name]
    return udfs


@cache
def excel_module() -> ModuleType:
    """`addin.excel` as it is on Windows, where xlwings' decorators do their work."""
    windows = xlwings_udfs()
    path = Path(addin.__file__).with_name("excel.py")
    spec = importlib.util.spec_from_file_location("addin.excel_on_windows", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    with patch.multiple(xlwings, func=windows.xlfunc, arg=windows.xlarg, ret=windows.xlret):
        spec.loader.exec_module(module)
    windows.udf_modules["addin.excel"] = {"filename": str(path), "filetime": None, "module": module}
    return module


def sent(cell: Any) -> Any:
    """A cell as `Value2` sends it through COM: an error as its code, a date as its number."""
    if isinstance(cell, (list, tuple)):
        return tuple(map(sent, cell))
    if isinstance(cell, dt.date):
        return serial(cell)
    if isinstance(cell, str):
        return ERRORS.get(cell, cell)
    return float(cell) if isinstance(cell, (int, Decimal)) and not isinstance(cell, bool) else cell


def call(name: str, *arguments: Any) -> Any:
    """One call as the server makes it for the VBA wrapper: one cell, one row or rows of cells."""
    excel_module()
    return sys.modules["xlwings.com_server"].XLPython().CallUDF("addin.excel", name, arguments)


def as_argument(value: Any, **options: Any) -> Any:
    """What xlwings makes of a value that Excel sends: rows of cells, errors as texts."""
    xlwings_udfs()
    options = {"ndim": 2, "err_to_str": True, **options}
    return conversion.read(None, value, options)  # type: ignore[no-untyped-call] # xlwings has no types here


def as_result(value: Any, **options: Any) -> Any:
    """What xlwings makes of a result for Excel."""
    xlwings_udfs()
    return conversion.write(value, None, options)  # type: ignore[no-untyped-call] # xlwings has no types here
