"""Books made for tests: as Excel would have saved them, with cached values, and with any part replaced."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import openpyxl
import xlsxwriter


class F(NamedTuple):
    """A formula and the value that Excel cached for it."""

    text: str
    cached: Any = 0


class Array(NamedTuple):
    """An array formula, its range, and the value cached in its first cell."""

    text: str
    area: str
    cached: Any = 0
    dynamic: bool = False


def book(
    sheets: Mapping[str, Mapping[str, Any]],
    names: Mapping[str, str] | None = None,
    decorate: Callable[[Any], None] | None = None,
    **options: Any,
) -> bytes:
    """A book with these cells; `decorate` may add anything else that XlsxWriter can write."""
    saved = io.BytesIO()
    writer = xlsxwriter.Workbook(saved, {"in_memory": True, **options})
    for name, cells in sheets.items():
        sheet = writer.add_worksheet(name)
        for where, content in cells.items():
            if isinstance(content, F):
                sheet.write_formula(where, content.text, None, content.cached)
            elif isinstance(content, Array):
                write = sheet.write_dynamic_array_formula if content.dynamic else sheet.write_array_formula
                write(content.area, content.text, None, content.cached)
            elif isinstance(content, str):
                sheet.write_string(where, content)
            else:
                sheet.write(where, content)
    for name, refers in (names or {}).items():
        writer.define_name(name, refers)
    if decorate:
        decorate(writer)
    writer.close()
    return saved.getvalue()


def parts(package: bytes) -> dict[str, bytes]:
    """Every part of a package, inflated."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def repacked(package: bytes, changes: Mapping[str, bytes | None]) -> bytes:
    """The package with some parts replaced, added, or (None) taken out."""
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**parts(package), **changes}.items():
            if content is not None:
                archive.writestr(name, content)
    return saved.getvalue()


def edited(package: bytes, part: str, *replacements: tuple[str, str]) -> bytes:
    """The package with texts of one part replaced; each must be there."""
    xml = parts(package)[part].decode()
    for old, new in replacements:
        assert old in xml, f"{part} has no {old}"
        xml = xml.replace(old, new)
    return repacked(package, {part: xml.encode()})


def cached(package: bytes, sheet: str, *cells: str) -> list[Any]:
    """The cached values of some cells, as openpyxl reads them."""
    loaded = openpyxl.load_workbook(io.BytesIO(package), data_only=True)
    return [loaded[sheet][cell].value for cell in cells]


def without_values(xml: bytes) -> bytes:
    """A sheet without cached values and cell types: what a recalculation must leave as it was."""
    xml = re.sub(rb"<v(?: [^<>]*)?>[^<]*</v>|<v/>|<is>.*?</is>", b"", xml)
    xml = re.sub(rb'(<c\b[^<>]*?) t="\w+"', rb"\1", xml)
    xml = re.sub(rb'(<c\b[^<>]*?) vm="\w+"', rb"\1", xml)
    return re.sub(rb"(<c\b[^<>]*[^/])></c>", rb"\1/>", xml)
