"""xlwings Lite: the same wrappers in Excel on Windows, the Mac and the web, as text to paste.

xlwings Lite runs Python in Pyodide and keeps its files in the workbook. `main.py` carries the
functions and all they need as text, so nothing has to be installed from anywhere.
"""

import html
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final, NoReturn

from addin.hosts.host import HostError, HostStatus, State
from udfs import REGISTRY

REQUIREMENTS: Final = "xlwings>=0.37.8,<0.38\n"
CARRIED: Final = {"addin": ("__init__.py", "conversion.py", "excel.py"), "udfs": ("*.py", "*.csv")}
BY_HAND: Final = (
    "xlwings Lite keeps its code in each workbook, where no other program reaches it: "
    "`microhedge addin build lite --out DIR` writes the files and a page that says how to {} them"
)
START: Final = '''"""Functions of microhedge for xlwings Lite; written by `microhedge addin build lite`."""

import sys
import tempfile
from pathlib import Path

FILES = {
'''
END: Final = """}

for name in [name for name in sys.modules if name.partition(".")[0] in ("addin", "udfs")]:
    del sys.modules[name]  # of an earlier run: this text may be newer
folder = Path(tempfile.mkdtemp())
for name, text in FILES.items():
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
sys.path.insert(0, str(folder))

from addin.excel import (
"""


def build(out: Path) -> Sequence[Path]:
    """Write main.py, requirements.txt and the page that says where they go."""
    out.mkdir(parents=True, exist_ok=True)
    main = main_text()
    page = files("addin").joinpath("assets", "lite.html").read_text(encoding="utf-8")
    page = page.replace("{{main}}", html.escape(main)).replace("{{requirements}}", html.escape(REQUIREMENTS))
    texts = {"main.py": main, "requirements.txt": REQUIREMENTS, "microhedge-lite.html": page}
    for name, text in texts.items():
        (out / name).write_text(text, encoding="utf-8", newline="\n")
    return [out / name for name in texts]


def install() -> NoReturn:
    """Say what has to be done by hand."""
    raise HostError(BY_HAND.format("paste"))


def status() -> HostStatus:
    """Nothing can be known of workbooks from outside."""
    return HostStatus(State.UNKNOWN, {}, BY_HAND.format("paste") + ".")


def remove() -> NoReturn:
    """Say what has to be done by hand."""
    raise HostError(BY_HAND.format("remove"))


def main_text() -> str:
    """The one file that xlwings Lite runs: the sources it carries, and the functions it offers."""
    carried = "".join(f"    {name!r}: (\n{''.join(_lines(text))}    ),\n" for name, text in _sources())
    offered = "".join(f"    {name},\n" for name in sorted(REGISTRY))
    return f"{START}{carried}{END}{offered})\n"


def _sources() -> Iterator[tuple[str, str]]:
    for package, patterns in CARRIED.items():
        folder = sorted(files(package).iterdir(), key=lambda entry: entry.name)
        for entry in folder:
            if any(Path(entry.name).match(pattern) for pattern in patterns):
                yield f"{package}/{entry.name}", entry.read_bytes().decode("utf-8")


def _lines(text: str) -> Iterator[str]:
    # A line of text a line of code: what is pasted can be read and compared.
    for line in text.splitlines(keepends=True) or [""]:
        yield f"        {line!a}\n"
