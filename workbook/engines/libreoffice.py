"""LibreOffice as the evaluating engine, for books with functions that the embedded one lacks.

A copy that holds only values and plain formulas is loaded by a LibreOffice without a window, in a
profile of its own that has our extension; the extension writes the values down. LibreOffice never
sees the user's book, and what it computes is written by us: the package is preserved as always.
"""

import atexit
import datetime as dt
import io
import json
import os
import re
import shutil
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from html import escape
from pathlib import Path
from typing import Final

from udfs.cell_errors import ERROR_VALUES
from udfs.dates import serial
from workbook.cells import (
    COLUMN_MASK,
    KEY_MASK,
    LATER_1904,
    SHEET_BITS,
    Area,
    CellError,
    Value,
    address,
    place,
    row_of,
    sheet_of,
)
from workbook.engines.libreoffice_extension import extension
from workbook.engines.soffice import layer, run_program
from workbook.errors import Unknowable
from workbook.formula.plain_writer import BLANK_SHEET
from workbook.formula.tokens import TOKEN
from workbook.formula.truth_values import gives_truth

ERRORS: Final = {error.calc: error.text for error in ERROR_VALUES if error.calc}
DIFFERS: Final = False  # or nobody has looked where
WORKS: Final = None  # every function cell by cell, where it is given a range
PROFILES: Final = "MICROHEDGE_PROFILES"  # the folder for profiles, told to processes that we start
UNNAMED: Final = CellError("#VALUE!")  # an error that only Calc has, as Calc itself writes it for Excel
NO_NAME: Final = CellError("#NAME?")
CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"


class Session:
    """Formulas that LibreOffice calculates once for each set of values that they are given."""

    def __init__(
        self,
        sheets: Sequence[str],
        texts: Mapping[int, str],
        wanted: Iterable[Area],
        *,
        functions: Iterable[str] = (),
        date1904: bool = False,
    ) -> None:
        self._sheets = sheets
        self._texts = texts
        self._areas = {place(area.sheet, area.top, area.left): area for area in wanted}
        self._functions = frozenset(functions)
        self._date1904 = date1904
        self._held: dict[int, Value] = {}

    def hold(self, sheet: int, cells: Mapping[int, Value]) -> None:
        """Set constants of a sheet by key; after the first results, only those that are others now."""
        self._held.update((sheet << SHEET_BITS | key, value) for key, value in cells.items())

    def results(self, as_of: dt.datetime | None) -> dict[int, Value]:
        """The value of every formula, and of every cell of an array."""
        called = {call for text in self._texts.values() for call in _calls(text)}
        prefixed = known(called - self._functions) - _plain_names()
        clock = dt.datetime.now(dt.UTC).replace(tzinfo=None) if as_of is None else as_of
        today = serial(clock) - (LATER_1904 if self._date1904 else 0.0)
        writer = _Writer([*self._sheets, BLANK_SHEET], self._areas, self._functions, prefixed, today)
        plain = {where: writer.formula(sheet_of(where), text) for where, text in self._texts.items()}
        answers = _calculated(_copy(len(self._sheets), self._held, plain, self._areas, self._date1904))
        answers |= {
            where: bool(answers[where])
            for where, text in self._texts.items()
            if answers.get(where) in (0.0, 1.0) and where not in self._areas and gives_truth(text)
        }  # Calc loses the kind of a truth value where IFERROR hides what was unknown as the book was loaded
        wanted = set(plain).union(*(area.places() for area in self._areas.values()))
        missing = plain.keys() - answers.keys()
        if missing:
            raise Unknowable(f"LibreOffice gave no value for {len(missing)} of {len(plain)} formulas")
        return {where: answers.get(where, self._held.get(where)) for where in wanted}


_known: dict[str, str] = {}  # a function and its name in a file: plain, with a prefix, or "" if unknown


def known(functions: Iterable[str]) -> frozenset[str]:
    """Those of the functions that LibreOffice itself has."""
    names = sorted(frozenset(functions))
    new = [name for name in names if name not in _known]
    if new:
        spelled = {
            (row, column): f"{prefix}{name}"
            for row, name in enumerate(new, 1)
            for column, prefix in ((1, ""), (2, "_xlfn."))
        }
        probes = {place(0, row, column): f"{name}()" for (row, column), name in spelled.items()}
        answers = _calculated(_copy(1, {}, probes, {}, date1904=False))
        for row, name in enumerate(new, 1):
            found = (spelled[row, c] for c in (1, 2) if answers.get(place(0, row, c)) != NO_NAME)
            _known[name] = next(found, "")
    return frozenset(name for name in names if _known[name])


def _plain_names() -> frozenset[str]:
    return frozenset(name for name, spelled in _known.items() if name == spelled)


def _calls(text: str) -> Iterator[str]:
    for token in TOKEN.finditer(text):
        if token["call"]:
            yield token["call"].upper()


class _Writer:
    """Formulas as LibreOffice reads them in an Excel file: sheets by number, newer functions prefixed.

    Calc hands a blank cell to a function as 0. A cell that is an argument of ours is therefore
    tested first.
    """

    def __init__(
        self,
        sheets: Sequence[str],
        areas: Mapping[int, Area],
        ours: frozenset[str],
        prefixed: frozenset[str],
        today: float,
    ) -> None:
        self.numbers = {title.lower(): number for number, title in enumerate(sheets)}
        self.areas = areas
        self.ours = ours
        self.prefixed = prefixed
        self.today = today

    def formula(self, sheet: int, text: str) -> str:
        """One formula, translated."""
        tokens = list(TOKEN.finditer(text))
        written: list[str] = []
        stack: list[str] = []  # the functions and brackets around a token
        for index, token in enumerate(tokens):
            before = tokens[index - 1][0] if index else ""
            after = tokens[index + 1][0] if index + 1 < len(tokens) else ""
            if token["call"]:
                stack.append(token["call"].upper())
                written.append(self._call(token["call"].upper()))
            elif token["area"]:
                written.append(self._area(sheet, token, before, after, stack[-1] if stack else ""))
            elif token[0] == "(":
                stack.append("")
                written.append("(")
            elif token[0] == ")":
                if stack:
                    stack.pop()
                written.append(")")
            elif not (token[0] == "@" and after == "(") and not (
                token[0] == "#" and tokens[index - 1]["area"]
            ):
                written.append(token[0])
        return "".join(written)

    def _call(self, name: str) -> str:
        if name in {"TODAY", "NOW"}:
            return f"({self.today if name == 'NOW' else self.today // 1!r}"
        return f"_xlfn.{name}(" if name in self.prefixed else f"{name}("

    def _area(self, sheet: int, token: re.Match[str], before: str, after: str, call: str) -> str:
        owner = (token["sheet"] or "").rstrip("!").strip("'").replace("''", "'").lower()
        number = self.numbers.get(owner, sheet) if owner else sheet
        prefix = f"S{number}!" if owner else ""
        reference = token["area"]
        if owner == BLANK_SHEET.lower():
            return ""  # an argument that was left out
        if after == "#":
            reference = self._filled(number, reference)
        is_cell = ":" not in reference
        if call in self.ours and is_cell and before.endswith(("(", ",")) and after in {",", ")"}:
            return f'IF(ISBLANK({prefix}{reference}),"",{prefix}{reference})'
        return prefix + reference

    def _filled(self, sheet: int, corner: str) -> str:
        for area in self.areas.values():
            if area.sheet == sheet and address(area.top, area.left) == corner.replace("$", "").upper():
                return f"{address(area.top, area.left)}:{address(area.bottom, area.right)}"
        return corner


def _copy(
    sheets: int,
    values: Mapping[int, Value],
    formulas: Mapping[int, str],
    areas: Mapping[int, Area],
    date1904: bool,
) -> bytes:
    """The evaluation copy: an .xlsx file with nothing but cells."""
    cells: dict[int, dict[int, str]] = defaultdict(dict)
    for where, value in values.items():
        if value is not None:
            cells[sheet_of(where)][where & KEY_MASK] = _constant(value)
    for where, text in formulas.items():
        area = areas.get(where)
        if area is None or area.size == 1:
            cells[sheet_of(where)][where & KEY_MASK] = f"><f>{escape(text, quote=False)}</f>"
        else:
            extent = f"{address(area.top, area.left)}:{address(area.bottom, area.right)}"
            for inside in area.places():
                cells[area.sheet].pop(inside & KEY_MASK, None)
            cells[area.sheet][where & KEY_MASK] = (
                f'><f t="array" ref="{extent}">{escape(text, quote=False)}</f>'
            )
    numbers = range(sheets)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/book.xml"'
        ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        + "".join(
            f'<Override PartName="/{number}.xml" ContentType="application/vnd.openxmlformats-officedocument'
            '.spreadsheetml.worksheet+xml"/>'
            for number in numbers
        )
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r" Type="{OFFICE}/officeDocument" Target="book.xml"/></Relationships>',
        "_rels/book.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="r{number}" Type="{OFFICE}/worksheet" Target="{number}.xml"/>'
            for number in numbers
        )
        + "</Relationships>",
        "book.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
        f'<workbookPr date1904="{int(date1904)}"/><sheets>'
        + "".join(f'<sheet name="S{number}" sheetId="{number + 1}" r:id="r{number}"/>' for number in numbers)
        + "</sheets></workbook>",
    }
    parts |= {f"{number}.xml": _sheet(cells[number]) for number in numbers}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return stream.getvalue()


def _sheet(cells: Mapping[int, str]) -> str:
    rows: dict[int, list[str]] = defaultdict(list)
    for key in sorted(cells):
        row = row_of(key)
        rows[row].append(f'<c r="{address(row, key & COLUMN_MASK)}"{cells[key]}</c>')
    lines = (f'<row r="{row}">{"".join(line)}</row>' for row, line in rows.items())
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def _constant(value: float | str) -> str:
    if isinstance(value, bool):
        return f' t="b"><v>{int(value)}</v>'
    if isinstance(value, CellError):
        return f' t="e"><v>{value}</v>'
    if value == "":
        return '><f>""</f>'  # an empty text in a cell of a file is read as a blank cell
    if isinstance(value, str):
        text = CONTROL.sub(lambda found: f"_x{ord(found[0][0]):04X}_" + found[0][1:], value)
        return f' t="inlineStr"><is><t xml:space="preserve">{escape(text, quote=False)}</t></is>'
    return f"><v>{value!r}</v>"


def _calculated(package: bytes) -> dict[int, Value]:
    """What LibreOffice makes of a book: its formula cells by place."""
    with tempfile.TemporaryDirectory() as folder:
        book, answers = Path(folder, "book.xlsx"), Path(folder, "values.json")
        book.write_bytes(package)
        run_program(
            "soffice",
            [*_profile(), "--headless", "--norestore", "--convert-to", "csv", "--outdir", folder, str(book)],
            extra={"MICROHEDGE_VALUES": str(answers), "LC_ALL": "C"},
        )
        if not answers.exists():
            raise Unknowable("LibreOffice did not calculate the book")
        found = json.loads(answers.read_text(encoding="utf-8"))
    return {place(sheet, row + 1, column + 1): _answered(value) for sheet, row, column, value in found}


def _answered(value: object) -> Value:
    if isinstance(value, list):
        error = ERRORS.get(value[0])
        return CellError(error) if error else UNNAMED
    if isinstance(value, (bool, str)):
        return value
    return float(str(value)) if value is not None else None


@contextmanager
def profiles() -> Iterator[None]:
    """A place for the profiles of processes that will be ended rather than end themselves."""
    with tempfile.TemporaryDirectory(prefix="microhedge-office-", ignore_cleanup_errors=True) as folder:
        os.environ[PROFILES] = folder
        try:
            yield
        finally:
            del os.environ[PROFILES]


@cache
def _profile() -> tuple[str, ...]:
    """A profile of this process alone, with our extension: a LibreOffice that runs is not disturbed."""
    folder = Path(tempfile.mkdtemp(prefix="microhedge-office-", dir=os.environ.get(PROFILES)))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    flags = (
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        f"-env:UNO_SHARED_PACKAGES_CACHE={(folder / 'shared').as_uri()}",
    )
    (folder / "shared").mkdir()
    packed = folder / "microhedge.oxt"
    packed.write_bytes(extension())
    run_program("unopkg", ["add", *layer(), *flags, str(packed)])
    return flags
