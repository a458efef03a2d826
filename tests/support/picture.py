"""A plan as a picture shows it: its values alone, so that a LibreOffice without the add-in prints them.

python -m tests.support.picture BOOK COPY
"""

import re
import sys
import zipfile
from pathlib import Path

FORMULA = re.compile(rb"<f\b[^>]*?(?:/>|>.*?</f>)", re.DOTALL)


def values_only(book: Path, copy: Path) -> None:
    """Write a copy of a recalculated book in which every formula cell is its value."""
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as made:
        for name in source.namelist():
            part = source.read(name)
            made.writestr(name, FORMULA.sub(b"", part) if name.startswith("xl/worksheets/sheet") else part)


if __name__ == "__main__":
    values_only(Path(sys.argv[1]), Path(sys.argv[2]))
