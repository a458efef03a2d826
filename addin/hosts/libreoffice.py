"""LibreOffice as a host: the extension is put in, looked up and taken out by its own unopkg."""

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from addin.hosts.host import HostError, HostStatus, State
from workbook.engines.libreoffice_extension import IDENTIFIER, extension, extension_version
from workbook.engines.soffice import layer, misleading_python, missing_python, program_path, run_program

FILE: Final = "microhedge.oxt"
LEAST_PYTHON: Final = (3, 10)
ELSEWHERE: Final = (
    "From this shell, do not start LibreOffice by itself: it would take the Python of {} for its own and end "
    "when it opens a spreadsheet. Start it from the desktop, or with: env PATH=/usr/bin:/bin soffice"
)
REINSTALL: Final = "Run `microhedge addin install libreoffice`."


def build(out: Path) -> Sequence[Path]:
    """Write the extension into a folder, on any system."""
    out.mkdir(parents=True, exist_ok=True)
    path = out / FILE
    path.write_bytes(extension())
    return [path]


def install() -> str:
    """Add the extension to LibreOffice, over an older one, for this user or as root for all."""
    unfit = missing_python(program_path("soffice"), LEAST_PYTHON)
    if unfit:
        raise HostError(unfit)
    with tempfile.TemporaryDirectory() as folder:
        (path,) = build(Path(folder))
        run_program("unopkg", ["add", "--force", *layer(), str(path)])
    done = (
        f"microhedge {extension_version()} is in LibreOffice{_whose()}; restart LibreOffice if it is running"
    )
    return "\n".join(filter(None, (done, _misled())))


def status() -> HostStatus:
    """What LibreOffice has of ours, and whether it fits this microhedge."""
    found = installed()
    if found is None:
        return HostStatus(State.ABSENT, {"libreoffice": str(program_path("soffice"))}, REINSTALL)
    version, is_registered = found
    facts = {
        "libreoffice": str(program_path("soffice")),
        "extension": version,
        "microhedge": extension_version(),
    }
    if not is_registered or version != extension_version():
        return HostStatus(State.FAULTY, facts, REINSTALL)
    return HostStatus(State.SOUND, facts, _misled())


def remove() -> str:
    """Take the extension out."""
    if installed() is None:
        return "microhedge was not in LibreOffice"
    run_program("unopkg", ["remove", *layer(), IDENTIFIER])
    return f"microhedge is no longer in LibreOffice{_whose()}"


def installed() -> tuple[str, bool] | None:
    """The version of our extension in LibreOffice and whether it is registered; None if it is not there."""
    listed = run_program("unopkg", ["list", *layer()])
    for block in re.split(r"(?m)^Identifier: ", listed)[1:]:
        name, *lines = block.splitlines()
        if name.strip() == IDENTIFIER:
            facts = dict(line.strip().partition(": ")[::2] for line in reversed(lines))
            return facts.get("Version", ""), facts.get("is registered") == "yes"
    return None


def _misled() -> str:
    """What to do in a shell that would lead LibreOffice to another Python; "" in any other."""
    environment = misleading_python(program_path("soffice"))
    return ELSEWHERE.format(environment) if environment else ""


def _whose() -> str:
    return ", for all users" if layer() else ""
