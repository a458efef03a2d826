"""The last step: the package as openpyxl wrote it, made the same on any day and told in words.

openpyxl stamps the hour of writing into the package and gives charts no alternative text.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final
from xml.sax.saxutils import quoteattr

from workbook.layout.guide import VERSION_DATE
from workbook.xlsx.fresh_package import package_of, parts_of

CORE: Final = "docProps/core.xml"
WRITTEN: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
CHART: Final = re.compile(rb'(<(?:\w+:)?cNvPr id="\d+" name=)"Chart \d+"')
DRAWING: Final = re.compile(r"xl/drawings/drawing(\d+)\.xml")


def finished(package: bytes, described: Sequence[tuple[str, str]]) -> bytes:
    """The package with fixed times and, in the order of the charts, each one's name and words."""
    words = iter(described)
    parts = dict(parts_of(package))
    drawings = sorted((name for name in parts if DRAWING.fullmatch(name)), key=_number)
    parts |= {name: _described(parts[name], words) for name in drawings}
    parts[CORE] = WRITTEN.sub(rb"\g<1>" + f"{VERSION_DATE}T00:00:00Z".encode(), parts[CORE])
    return package_of(parts)


def _number(name: str) -> int:
    found = DRAWING.fullmatch(name)
    return int(found[1]) if found else 0


def _described(drawing: bytes, words: Iterator[tuple[str, str]]) -> bytes:
    def told(found: re.Match[bytes]) -> bytes:
        name, shows = next(words)
        return found[1] + f"{quoteattr(name)} descr={quoteattr(shows)}".encode()

    return CHART.sub(told, drawing)
