"""Excel on this machine: the add-in in the folder that Excel loads when it starts, XLSTART as a rule.

A file there needs no registry key, no *Import Functions*, no trusted access to the VBA project.
"""

import os
import platform
import site
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from addin.hosts.excel_file import NAME, add_in, description_of
from addin.hosts.host import HostError, HostStatus, State
from workbook.files.atomic_write import write_whole
from workbook.version import own_version

ELSEWHERE = (
    "Excel starts Python on Windows alone. Here, `microhedge addin build excel --out DIR` makes the add-in "
    "for a Windows machine, and `microhedge addin build lite` serves Excel on the Mac and on the web"
)
DLL_CODEC = "mbcs"  # the code page of Windows: the DLL of xlwings knows no other letters
STORE = (
    "this Python is the Microsoft Store's, or made from it, and Windows hides from Excel what it writes. "
    "Install one from python.org, and microhedge[excel] in a virtual environment of it"
)
RUNNING = "{}: Excel holds the add-in open; close Excel and try again"


def build(out: Path) -> Sequence[Path]:
    """Write microhedge.xlam, on Windows for this Python."""
    out.mkdir(parents=True, exist_ok=True)
    path = out / NAME
    path.write_bytes(_package(interpreter()) if _on_windows() else add_in(None))
    return [path]


def install() -> str:
    """Build the add-in from the xlwings of this Python and put it where Excel loads it."""
    if not _on_windows():
        raise HostError(ELSEWHERE)
    python = interpreter()
    _check(python)
    path = installed()
    package = _package(python)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        write_whole(package, None, path)
    except PermissionError:
        raise HostError(RUNNING.format(path)) from None
    return f"{path}: installed; restart Excel and type =HEDGE_MARGIN(2400, 5)"


def status() -> HostStatus:
    """Whether the installed add-in is the one that this Python would install now."""
    if not _on_windows():
        return HostStatus(State.ABSENT, {"system": platform.system()}, f"{ELSEWHERE}.")
    path, python = installed(), interpreter()
    facts = {"add-in": str(path), "interpreter": str(python)}
    facts |= {"microhedge": own_version() or "(checkout)", "xlwings": version("xlwings")}
    if not path.exists():
        return HostStatus(State.ABSENT, facts, "Run: microhedge addin install excel")
    package = path.read_bytes()
    facts["made of"] = _made_of(package)
    try:
        _check(python)
    except HostError as fault:
        return HostStatus(State.FAULTY, facts, f"{fault}.")
    if package != _package(python):
        advice = "It was made by another microhedge, xlwings or Python. Run: microhedge addin install excel"
        return HostStatus(State.FAULTY, facts, advice)
    return HostStatus(State.SOUND, facts)


def remove() -> str:
    """Take the add-in out of Excel's folder; nothing else was put anywhere."""
    path = installed()
    try:
        path.unlink()
    except FileNotFoundError:
        return f"{path}: is not installed"
    except PermissionError:
        raise HostError(RUNNING.format(path)) from None
    return f"{path}: removed"


def installed() -> Path:
    """Where the add-in lies on this machine, or belongs: the folder that Excel itself names."""
    if not _on_windows():
        raise HostError(ELSEWHERE)
    usual = Path(os.environ["APPDATA"], "Microsoft", "Excel", "XLSTART", NAME)
    return usual if usual.exists() else (_startup_path() or usual.parent) / NAME


def _startup_path() -> Path | None:
    """Excel's own answer, by an Excel that is started for it, loads nothing and ends again."""
    try:
        excel = import_module("win32com.client").DispatchEx("Excel.Application")
    except Exception:  # noqa: BLE001 - no pywin32, no Excel, or one that does not answer: its usual place
        return None
    try:
        return Path(excel.StartupPath) if excel.StartupPath else None
    finally:
        excel.Quit()


def interpreter() -> Path:
    """This Python, without a console window where there is such a one."""
    python = Path(sys.executable)
    silent = python.with_name("pythonw.exe")
    return silent if silent.exists() else python


def _check(python: Path) -> None:
    """Refuse an interpreter that Excel could not start."""
    if find_spec("win32com") is None:
        raise HostError("this Python has no pywin32, which xlwings needs: pip install pywin32")
    if "WindowsApps" in Path(sys.base_prefix).parts:
        raise HostError(STORE)
    if library_folder(python) is None:
        raise HostError(f"{_dll()} is not beside {python}: use microhedge[excel] in a virtual environment")
    try:
        str(python).encode(DLL_CODEC)
    except UnicodeEncodeError:
        raise HostError(
            f"{python} has letters that this Windows can't pass on: put Python into another folder"
        ) from None


def library_folder(python: Path) -> Path | None:
    """Where pip has put the DLL that starts Python: beside it, above it, or for one user alone."""
    places = (python.parent, python.parent.parent, Path(site.getuserbase()))
    return next((folder for folder in places if (folder / _dll()).exists()), None)


def _dll() -> str:
    return f"xlwings64-{version('xlwings')}.dll"


def _package(python: Path) -> bytes:
    folder = library_folder(python)
    return add_in(str(python), str(folder) if folder else "")


def _made_of(package: bytes) -> str:
    try:
        return description_of(package)
    except Exception as fault:  # noqa: BLE001 - whatever lies there, status says so and goes on
        return f"not an add-in of microhedge ({fault})"


def _on_windows() -> bool:
    return platform.system() == "Windows"
