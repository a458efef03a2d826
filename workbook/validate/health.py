"""What is wrong with any book, plan or not: errors, unknown functions, links, macros, settings."""

from collections.abc import Iterator, Mapping
from typing import Final

from udfs import REGISTRY
from workbook.cells import Area, CellError, Value, address, column_of, place, row_of
from workbook.engines.embedded import knows
from workbook.formula.grammar import Plain
from workbook.validate.finding import Fault, Finding
from workbook.xlsx.parts import children, tree
from workbook.xlsx.saved_book import Book

ADDIN: Final = "microhedge"
NAME: Final = "#NAME?"
TRACED: Final = 2_000  # of so many errors it is still found out which ones are only passed on
NAMED: Final = 200  # so many are named one by one


def error_cells(book: Book) -> Iterator[Fault]:
    """Cells that show an error of their own; those that only pass one on are counted."""
    errors = {
        Area(number, row_of(key), column_of(key), row_of(key), column_of(key)): value
        for number, sheet in enumerate(book.sheets)
        if sheet.has_cells
        for key, value in sorted(book.cells(number).values.items(), key=_down)
        if isinstance(value, CellError)
    }
    strange = _strange(book, errors)
    if strange:
        others = f" (and {len(strange) - 1} more cells)" if len(strange) > 1 else ""
        yield Fault(
            "error",
            strange[0],
            f"shows #NAME?{others}: the program that saved the book did not have microhedge's functions",
            "`microhedge recalc BOOK --in-place`, or install them: `microhedge addin install`.",
        )
    rest = [area for area in errors if area not in set(strange)]
    own = [area for area in rest if not _passes_on(book, area, errors)] if len(rest) <= TRACED else []
    named = (own or rest)[:NAMED]
    for area in named:
        yield Fault("error", area, f"shows the error {errors[area]}", _mend_error(errors[area]))
    if len(rest) > len(named):
        fault = f"cells that show an error beside this one and its like: {len(rest) - len(named)}"
        yield Fault("note", named[0], fault, "Most of them only pass an error on.")


def _strange(book: Book, errors: Mapping[Area, Value]) -> list[Area]:
    """The cells that show #NAME? for want of our functions alone."""
    unnamed = [area for area, value in errors.items() if value == NAME]
    if not unnamed or not any(REGISTRY.keys() & _calls(book, area) for area in unnamed):
        return []
    return [area for area in unnamed if all(map(_is_known, _calls(book, area)))]


def _passes_on(book: Book, area: Area, errors: Mapping[Area, Value]) -> bool:
    """Whether a cell refers to another one that shows an error."""
    return any(
        other != area
        and other.sheet == refers.sheet
        and refers.top <= other.top <= refers.bottom
        and refers.left <= other.left <= refers.right
        for refers in _plain(book, area).areas
        for other in errors
    )


def _calls(book: Book, area: Area) -> frozenset[str]:
    return _plain(book, area).calls


def _plain(book: Book, area: Area) -> Plain:
    formula = book.cells(area.sheet).formulas.get(place(0, area.top, area.left))
    if formula is None:
        return Plain("", (), frozenset(), reaches=False, fault="", has_names=False)
    origin = (row_of(formula.origin), column_of(formula.origin))
    return book.grammar.plain(formula.text, area.sheet, area.top, area.left, origin)


def _down(item: tuple[int, object]) -> tuple[int, int]:
    return column_of(item[0]), row_of(item[0])


def _mend_error(value: str) -> str:
    return {
        NAME: "Correct the spelling of the function or the name, or install what provides it.",
        "#REF!": "A cell that the formula needs was deleted: undo, or put the formula back.",
        "#N/A": "What the formula looks up is not there: look at the cells that it refers to.",
    }.get(value, "Look at the cells that the formula refers to; one of them holds what it cannot use.")


def unresolved(book: Book) -> Iterator[Finding]:
    """Functions that neither a spreadsheet program nor microhedge has."""
    first: dict[str, str] = {}
    counts: dict[str, int] = {}
    for number, sheet in enumerate(book.sheets):
        if not sheet.has_cells:
            continue
        for key, formula in book.cells(number).formulas.items():
            row, column = row_of(key), column_of(key)
            origin = (row_of(formula.origin), column_of(formula.origin))
            for call in book.grammar.plain(formula.text, number, row, column, origin).calls:
                if not _is_known(call):
                    first.setdefault(call, f"{sheet.name}!{address(row, column)}")
                    counts[call] = counts.get(call, 0) + 1
    for call, where in sorted(first.items()):
        sheet_name, _, cell = where.rpartition("!")
        others = f" (and {counts[call] - 1} more cells do)" if counts[call] > 1 else ""
        yield Finding(
            "error",
            sheet_name,
            cell,
            f"calls the function {call}, which nobody here knows{others}",
            "Correct its spelling, or install what provides it; till then its value is an old one.",
        )


def _is_known(call: str) -> bool:
    """Excel's own functions are known to the engine, or to openpyxl, which is asked last: it is heavy."""
    if call in REGISTRY or knows(call):
        return True
    from openpyxl.utils import FORMULAE  # noqa: PLC0415 - few books call what the engine does not have

    return call in FORMULAE


def guests(book: Book) -> Iterator[Finding]:
    """Links to other books and macros, which a plan does not need."""
    for part in book.package.entries:
        folder, _, name = part.lower().rpartition("/")
        if folder.endswith("externallinks") and not _is_addin(book, part):
            yield Finding(
                "warning",
                "",
                part,
                f"the book is linked to another file: {_target(book, part) or 'unnamed'}",
                "Break the link (Data, Edit Links): a plan needs no other book.",
            )
        elif name == "vbaproject.bin" or folder.endswith("macrosheets"):
            yield Finding(
                "warning",
                "",
                part,
                "the book holds macros",
                "Save it as .xlsx: a plan needs none. Nothing here ever runs them.",
            )


def _target(book: Book, part: str) -> str:
    folder, _, name = part.rpartition("/")
    rels = f"{folder}/_rels/{name}.rels"
    if rels not in book.package:
        return ""
    return next((r.get("Target", "") for r in children(tree(book.package, rels), "Relationship")), "")


def _is_addin(book: Book, part: str) -> bool:
    """Whether a link is the one that Excel saves for a function of our add-in."""
    target = _target(book, part).lower().replace("\\", "/")
    return target.rpartition("/")[2] in (f"{ADDIN}.xlam", f"{ADDIN}.xla")


def settings(book: Book) -> Iterator[Finding]:
    """How the book calculates and counts its days."""
    if book.date1904:
        yield Finding(
            "error",
            "",
            "",
            "the book counts its days from 1904: every date is four years off in another book",
            "Turn it off (Options, Advanced, Use 1904 date system) and type the dates again.",
        )
    root = tree(book.package, book.part)
    if any(calc.get("calcMode") == "manual" for calc in children(root, "calcPr")):
        yield Finding(
            "note",
            "",
            "",
            "the book calculates only when it is told to",
            "Press F9 after each change, or set the calculation to automatic.",
        )
    for sheet in children(root, "sheets", "sheet"):
        if sheet.get("state", "visible") != "visible":
            name = sheet.get("name", "")
            yield Finding("note", name, "", "the sheet is hidden", "Unhide it if you want to see it.")


def never_calculated(book: Book) -> Iterator[Finding]:
    """A book that was saved by a program that does not calculate holds no results."""
    formulas = sum(len(book.cells(n).formulas) for n, sheet in enumerate(book.sheets) if sheet.has_cells)
    if formulas and not is_calculated(book):
        yield Finding(
            "warning",
            "",
            "",
            f"none of its {formulas} formulas has a result: the program that saved it does not calculate",
            "`microhedge recalc BOOK --in-place`, or open it in Excel or LibreOffice and save it.",
        )


def is_calculated(book: Book) -> bool:
    """Whether at least one formula has a result."""
    for number, sheet in enumerate(book.sheets):
        if sheet.has_cells:
            cells = book.cells(number)
            if any(key in cells.values for key in cells.formulas):
                return True
    return False
