"""The two editions of a plan side by side: the same cells, read from saved packages."""

import math
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from udfs.errors import HedgeError
from workbook.cells import address, column_of, row_of
from workbook.engines.soffice import environment, program_path
from workbook.native.editions import EditionName
from workbook.recalc.recalc import recalc_bytes
from workbook.request import Request
from workbook.template import bare_bytes
from workbook.template.examples import ExampleBook, example
from workbook.xlsx.saved_book import SavedBook

SECONDS = 300  # however slow the machine is
Cells = dict[tuple[str, str], Any]


@cache
def bare(name: str, edition: EditionName) -> bytes:
    """An example's book as written, without any value."""
    return bare_bytes(example(name), edition)


@cache
def calculated(name: str, edition: EditionName) -> bytes:
    """An example's book with the values of our engine."""
    return valued(bare(name, edition), example(name))


def valued(package: bytes, chosen: ExampleBook, **inputs: float | str) -> bytes:
    """A book with the values of our engine at the example's time."""
    written, outcome = recalc_bytes(package, Request(inputs=inputs, as_of=chosen.as_of))
    assert not outcome.is_problem, outcome.reason
    return written


def calculations(package: bytes) -> Cells:
    """Every calculated cell of a plan by sheet and address."""
    book = SavedBook(package)
    return {
        (sheet.name, address(row_of(key), column_of(key))): cells.values.get(key)
        for number, sheet in enumerate(book.sheets)
        for cells in (book.cells(number),)
        for key in cells.formulas
    }


def saved_elsewhere(path: Path) -> Cells:
    """Every cell of a book that another program saved."""
    book = SavedBook(path.read_bytes())
    return {
        (sheet.name, address(row_of(key), column_of(key))): value
        for number, sheet in enumerate(book.sheets)
        for key, value in book.cells(number).values.items()
    }


def differences(wanted: Cells, got: Cells) -> list[str]:
    """The cells that differ, in words; numbers to 9 digits, a blank is an empty text."""
    return [
        f"{sheet}!{cell}: {value!r} is {got.get((sheet, cell))!r}"
        for (sheet, cell), value in wanted.items()
        if not _same(value, got.get((sheet, cell)))
    ]


def _same(one: Any, other: Any) -> bool:
    one, other = ("" if cell is None else cell for cell in (one, other))
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return bool(one == other)


def libreoffice_absence() -> str:
    """Why no LibreOffice can be asked; "" when one can."""
    try:
        program_path("soffice")
    except HedgeError as refusal:
        return str(refusal)
    return ""


def by_libreoffice(package: bytes, folder: Path, form: str = "xlsx") -> Path:
    """The book as a LibreOffice without our extension saves it, calculated anew."""
    return all_by_libreoffice({"book": package}, folder, form)["book"]


def all_by_libreoffice(packages: Mapping[str, bytes], folder: Path, form: str = "xlsx") -> dict[str, Path]:
    """Each book as one LibreOffice without our extension saves it, calculated anew.

    A profile of its own, and a folder of shared extensions of its own: an extension that is installed
    for all users is not in it.
    """
    sources = {name: str(_written(package, folder, name)) for name, package in packages.items()}
    places = {"UserInstallation": folder / "profile", "UNO_SHARED_PACKAGES_CACHE": folder / "shared"}
    flags = [f"-env:{name}={place.as_uri()}" for name, place in places.items()]
    words = ["--headless", "--norestore", "--convert-to", form, "--outdir", str(folder / "out")]
    run = subprocess.run(
        [program_path("soffice"), *flags, *words, *sources.values()],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    found = {name: folder / "out" / f"{name}.{form}" for name in packages}
    assert all(path.exists() for path in found.values()), run.stdout + run.stderr
    return found


def by_gnumeric(package: bytes, folder: Path, form: str = "xlsx") -> Path:
    """The book as Gnumeric saves it, calculated anew."""
    source = _written(package, folder)
    target = folder / f"gnumeric.{form}"
    command = ["ssconvert", "--recalc", str(source), str(target)]
    subprocess.run(command, env=_own(folder), capture_output=True, check=True, timeout=SECONDS)
    return target


def has_gnumeric() -> bool:
    """Whether Gnumeric's converter is on this machine."""
    return shutil.which("ssconvert") is not None


def _own(folder: Path) -> dict[str, str]:
    return {**os.environ, "HOME": str(folder)}


def _written(package: bytes, folder: Path, name: str = "book") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "shared").mkdir(exist_ok=True)
    path = folder / f"{name}.xlsx"
    path.write_bytes(package)
    return path


def formulas(package: bytes) -> Iterator[tuple[str, str, str]]:
    """Sheet, address and text of every formula."""
    book = SavedBook(package)
    for number, sheet in enumerate(book.sheets):
        for key, formula in book.cells(number).formulas.items():
            yield sheet.name, address(row_of(key), column_of(key)), formula.text
