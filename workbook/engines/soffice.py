"""Where LibreOffice is on this machine, and how its programs are run."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from udfs.errors import HedgeError

SECONDS: Final = 120  # a cold start on a busy machine takes ten


class NoOffice(HedgeError):
    """LibreOffice is absent, can't run our functions, or did not do what it was asked."""


def program_path(name: str) -> Path:
    """One of LibreOffice's programs: on PATH, or in the usual places."""
    for place in _places(name):
        found = shutil.which(place)
        if found:
            return Path(found)
    raise NoOffice(f"LibreOffice is not on this machine: {name} is neither on PATH nor in a usual place")


def _places(name: str) -> Iterator[str]:
    yield name
    for folder in (os.environ.get("PROGRAMFILES"), os.environ.get("PROGRAMFILES(X86)")):
        if folder:
            yield str(Path(folder, "LibreOffice", "program", name))  # which() adds the ending
    yield f"/Applications/LibreOffice.app/Contents/MacOS/{name}"
    for home in (
        Path("/usr/lib/libreoffice"),
        Path("/usr/lib64/libreoffice"),
        *Path("/opt").glob("libreoffice*"),
    ):
        yield str(home / "program" / name)


def layer() -> list[str]:
    """For whom an extension is: this user, or as root everybody, since unopkg refuses root anything else."""
    return ["--shared"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []


def environment() -> dict[str, str]:
    """The environment for LibreOffice, whose Python must not be misled by the one that runs us.

    Where it uses the system's Python it looks for it on PATH: in a virtual environment it would
    find ours, miss its own bridge and fail on every function.
    """
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))
    }
    if os.name == "posix":
        kept["PATH"] = os.pathsep.join([os.defpath, kept.get("PATH", "")])
    return kept


def misleading_python(office: Path) -> Path | None:
    """The environment whose Python a LibreOffice started here would take for the system's own.

    Where it has no Python of its own it looks for `python3` on PATH, as that Python would look for
    itself: a virtual environment, or another installation of the same version, lacks its bridge, and
    LibreOffice ends itself as soon as an extension in Python is wanted.
    """
    found = shutil.which("python3")
    if os.name != "posix" or not found or any(_own_pythons(office.resolve().parent)):
        return None
    python = Path(found)
    for settings in (python.with_name("pyvenv.cfg"), python.parent.parent / "pyvenv.cfg"):
        if settings.exists():
            keeps = "include-system-site-packages = true" in settings.read_text("utf-8", "replace").lower()
            return None if keeps else settings.parent
    home, system = python.resolve().parent.parent, Path("/usr/bin/python3").resolve()
    is_other = home != system.parent.parent and (home / "lib" / system.name / "os.py").exists()
    return home if is_other else None


def run_program(
    name: str, arguments: Sequence[str], *, extra: Mapping[str, str] | None = None, seconds: float = SECONDS
) -> str:
    """What a program of LibreOffice writes; a failure is refused with its own words."""
    path = program_path(name)
    with subprocess.Popen(  # noqa: S603 - a program of LibreOffice, found by its own name
        [path, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env={**environment(), **(extra or {})},
    ) as process:
        try:
            said, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            _end(process)
            raise NoOffice(f"{path}: no answer within {seconds:g} seconds") from None
        except BaseException:
            _end(process)
            raise
    if process.returncode:
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        raise NoOffice(f"{path}: {'; '.join(lines[-3:]) or f'exit code {process.returncode}'}")
    return said


def _end(process: "subprocess.Popen[str]") -> None:
    """End a program and those that it started: on Linux soffice is a script that starts another.

    They stay in our own group of processes, so that whoever ends that group ends them too.
    """
    for child in list(_started_by(process.pid)):
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    process.kill()


def _started_by(parent: int) -> Iterator[int]:
    """The processes below one; each stands still before it is looked at, and so starts no more."""
    children = Path(f"/proc/{parent}/task/{parent}/children")
    with suppress(OSError):
        if children.exists():
            os.kill(parent, signal.SIGSTOP)
        for child in map(int, children.read_text("ascii").split()):
            yield from _started_by(child)
            yield child


def missing_python(office: Path, least: tuple[int, int]) -> str:
    """Why this LibreOffice can't run components written for a Python so new; "" if it can.

    Builds for Windows and macOS bring a Python of their own, Linux distributions use the system's
    and split off the part that loads it. A soffice that is a mere script for another tells nothing.
    """
    home = office.resolve().parent
    folders = (home, home.parent / "Resources")  # macOS keeps the second
    if not any((folder / name).exists() for folder in folders for name in ("bootstraprc", "bootstrap.ini")):
        return ""
    if not any((folder / "pythonloader.py").exists() for folder in folders):
        return f"{office} can't run Python: install LibreOffice's Python support (on Debian: python3-uno)"
    for version in _own_pythons(home):
        if version < least:
            have, need = (".".join(map(str, one)) for one in (version, least))
            return f"{office} brings Python {have}; microhedge needs {need}: take a newer LibreOffice"
    return ""


def _own_pythons(home: Path) -> Iterator[tuple[int, ...]]:
    framework = home.parent / "Frameworks" / "LibreOfficePython.framework" / "Versions"
    for core in (*home.glob("python-core-3.*"), *framework.glob("3.*")):
        yield tuple(map(int, core.name.removeprefix("python-core-").split(".")[:2]))
