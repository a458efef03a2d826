"""Books of other programs: known by their content, whatever they are called, and told how to go on."""

import zlib
from collections.abc import Container
from contextlib import suppress
from typing import Final

OLE_MARK: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
GZIP_MARK: Final = b"\x1f\x8b"
GZIPPED: Final = zlib.MAX_WBITS | 16
HEAD: Final = 2_048  # bytes of a text in which its first element begins
TEXTS: Final = (
    (b"http://www.gnumeric.org/", "is a Gnumeric book (.gnumeric): save it as .xlsx"),
    (b"urn:oasis:names:tc:opendocument", "is an OpenDocument book (.fods): save it as .xlsx"),
    (b"urn:schemas-microsoft-com:office:spreadsheet", "is in the XML of Excel 2003: save it as .xlsx"),
    (b"<html", "is a web page: open it in a spreadsheet program and save it as .xlsx"),
)
PARTS: Final = (
    ("content.xml", "is an OpenDocument book (.ods): save it as .xlsx"),
    ("Index/Document.iwa", "is a Numbers book (.numbers): export it as .xlsx"),
)


def other_file(content: bytes) -> str:
    """What a file that is no package is, and what to do; "" if its beginning does not tell."""
    if content.startswith(OLE_MARK):
        return "the file is encrypted or in Excel's old binary format: save it as .xlsx without a password"
    head = content[:HEAD]
    if head.startswith(GZIP_MARK):
        with suppress(zlib.error):
            head = zlib.decompressobj(GZIPPED).decompress(head, HEAD)
    return next((said for mark, said in TEXTS if mark in head.lower()), "")


def other_package(parts: Container[str]) -> str:
    """What a package that has no workbook in it is, and what to do; "" if its parts do not tell."""
    return next((said for part, said in PARTS if part in parts), "")
