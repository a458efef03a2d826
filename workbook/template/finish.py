"""The last step: the package as openpyxl wrote it, made the same on any day and told in words.

openpyxl stamps the hour of writing into the package and gives charts no alternative text.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import Final
from xml.sax.saxutils import quoteattr

from workbook.layout.guide import VERSION_DATE

CORE: Final = "docProps/core.xml"
WRITTEN: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
CHART: Final = re.compile(rb'(<(?:\w+:)?cNvPr id="\d+" name=)"Chart \d+"')
DRAWING: Final = re.compile(r"xl/drawings/drawing(\d+)\.xml")
EARLIEST: Final = (1980, 1, 1, 0, 0, 0)  # the first day that a ZIP knows


def finished(package: bytes, described: Sequence[tuple[str, str]]) -> bytes:
    """The package with fixed times and, in the order of the charts, each one's name and words."""
    words = iter(described)
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(target, "w") as made:
        parts = {name: source.read(name) for name in source.namelist()}
        drawings = sorted((name for name in parts if DRAWING.fullmatch(name)), key=_number)
        parts |= {name: _described(parts[name], words) for name in drawings}
        parts[CORE] = WRITTEN.sub(rb"\g<1>" + f"{VERSION_DATE}T00:00:00Z".encode(), parts[CORE])
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            entry.create_system = 0
            made.writestr(entry, content)
    return target.getvalue()


def _number(name: str) -> int:
    found = DRAWING.fullmatch(name)
    return int(found[1]) if found else 0


def _described(drawing: bytes, words: Iterator[tuple[str, str]]) -> bytes:
    def told(found: re.Match[bytes]) -> bytes:
        name, shows = next(words)
        return found[1] + f"{quoteattr(name)} descr={quoteattr(shows)}".encode()

    return CHART.sub(told, drawing)
