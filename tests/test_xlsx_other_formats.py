"""Books of other programs are named, by their content, with what to do."""

import gzip
import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from workbook.errors import BadPackage
from workbook.xlsx.saved_book import SavedBook

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
GNUMERIC = b'<?xml version="1.0"?>\n<gnm:Workbook xmlns:gnm="http://www.gnumeric.org/v10.dtd"/>'
FLAT = b'<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>'
XML_2003 = b'<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'


def package(*names: str) -> bytes:
    """A package of parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as written:
        for name in names:
            written.writestr(name, "x")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (gzip.compress(GNUMERIC, mtime=0), "is a Gnumeric book (.gnumeric): save it as .xlsx"),
        (GNUMERIC, "is a Gnumeric book (.gnumeric): save it as .xlsx"),
        (FLAT, "is an OpenDocument book (.fods): save it as .xlsx"),
        (XML_2003, "is in the XML of Excel 2003: save it as .xlsx"),
        (b"<!DOCTYPE html>\n<HTML><table/></HTML>", "is a web page"),
        (OLE + bytes(600), "old binary format: save it as .xlsx without a password"),
        (OLE + b"PK\x05\x06" + bytes(18), "old binary format"),
        (package("mimetype", "content.xml"), "is an OpenDocument book (.ods): save it as .xlsx"),
        (package("Index/Document.iwa"), "is a Numbers book (.numbers): export it as .xlsx"),
        (gzip.compress(b"a,b", mtime=0), "is no workbook package"),
        (b"\x1f\x8b", "is no workbook package"),
        (package("word/document.xml"), "is no workbook"),
    ],
)
def test_what_it_is_and_what_to_do(content: bytes, said: str) -> None:
    """One sentence for each kind, whatever the file is called."""
    with pytest.raises(BadPackage) as refused:
        SavedBook(content)
    assert said in str(refused.value)


@pytest.mark.skipif(shutil.which("ssconvert") is None, reason="Gnumeric is not installed")
@pytest.mark.parametrize(("ending", "said"), [("gnumeric", "Gnumeric book"), ("xls", "old binary format")])
def test_a_book_that_gnumeric_saved(tmp_path: Path, ending: str, said: str) -> None:
    """As the program itself writes it."""
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as book:
        book.add_worksheet("Plan").write("A1", 1)
    saved = tmp_path / f"book.{ending}"
    subprocess.run(["ssconvert", tmp_path / "book.xlsx", saved], check=True, capture_output=True)
    with pytest.raises(BadPackage, match=said):
        SavedBook(saved.read_bytes())
