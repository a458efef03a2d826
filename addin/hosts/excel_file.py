"""The Excel add-in as a file, made without Excel: the same inputs give the same bytes."""

import io
import tempfile
import zipfile
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from lxml import etree

from addin.hosts.excel_vba import MODULE, module_text, workbook_text
from addin.hosts.host import HostError
from udfs import REGISTRY
from workbook.version import own_version

NAME: Final = "microhedge.xlam"
EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the least date that a ZIP file knows
PROPERTIES: Final = "docProps/core.xml"
CORE: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<dc:title>microhedge</dc:title><dc:description>{}</dc:description></cp:coreProperties>"
)


def add_in(interpreter: str | None, library: str = "") -> bytes:
    """The package of the add-in for one interpreter on Windows; without one it asks the environment.

    `library` is the folder of xlwings' DLL; left out, it is looked for beside the interpreter.
    """
    try:
        from pyopenvba import ExcelFile  # noqa: PLC0415 - an extra: the other commands do without
    except ImportError:
        raise HostError(
            "the Excel add-in needs pyOpenVBA to be built: pip install 'microhedge[excel]'"
        ) from None
    specs = REGISTRY.values()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, NAME)
        with ExcelFile.create_new(path) as book:
            book.vba_project().rename_module("Module1", MODULE)
            book.set_module(MODULE, module_text(specs, xlwings_module(), interpreter, library))
            book.set_module("ThisWorkbook", workbook_text(specs))
            book.save()
        return _signed(path, interpreter)


def xlwings_module() -> str:
    """The VBA module that the installed xlwings gives to add-ins of others."""
    return files("xlwings").joinpath("xlwings_custom_addin.bas").read_text(encoding="utf-8")


def description(interpreter: str | None) -> str:
    """What the file is made of, as Excel's list of add-ins shows it."""
    own = own_version() or "(checkout)"
    made_of = f"microhedge {own}, xlwings {version('xlwings')}, {interpreter or 'any Python'}"
    return f"Hedging functions: {made_of}"


def description_of(package: bytes) -> str:
    """The description that a built add-in carries."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        root = etree.fromstring(archive.read(PROPERTIES))
    return str(root.findtext("{http://purl.org/dc/elements/1.1/}description"))


def _signed(path: Path, interpreter: str | None) -> bytes:
    """The package under our name instead of the template author's, and without a date."""
    written = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(written, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == PROPERTIES:
                data = CORE.format(escape(description(interpreter))).encode()
            # Stored, and as on Windows: neither a zlib nor a system changes a byte.
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 0
            target.writestr(entry, data)
    return written.getvalue()
