"""What is wrong with any book, plan or not: errors, unknown functions, links, macros, settings."""

from collections.abc import Iterator, Mapping
from typing import Final

from udfs import REGISTRY
from workbook.cells import Area, CellError, Value, address, column_of, place, row_of
from workbook.engines.embedded import knows
from workbook.formula.forms import PlainFormula
from workbook.validate.finding import Fault, Finding
from workbook.validate.kinds import Kind, message
from workbook.xlsx.parts import children, xml_tree
from workbook.xlsx.saved_book import SavedBook

ADDIN: Final = "microhedge"
NAME: Final = "#NAME?"
TRACED: Final = 2_000  # of so many errors it is still found out which ones are only passed on
NAMED: Final = 200  # so many are named one by one


def error_cells(book: SavedBook) -> Iterator[Fault]:
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
        yield Fault(message(Kind.NO_FUNCTIONS, others=others), strange[0])
    rest = [area for area in errors if area not in set(strange)]
    own = [area for area in rest if not _passes_on(book, area, errors)] if len(rest) <= TRACED else []
    named = (own or rest)[:NAMED]
    for area in named:
        said = message(Kind.ERROR_VALUE, value=errors[area], ask=_mend_error(errors[area]))
        yield Fault(said, area)
    if len(rest) > len(named):
        yield Fault(message(Kind.MORE_ERRORS, count=len(rest) - len(named)), named[0])


def _strange(book: SavedBook, errors: Mapping[Area, Value]) -> list[Area]:
    """The cells that show #NAME? for want of our functions alone."""
    unnamed = [area for area, value in errors.items() if value == NAME]
    if not unnamed or not any(REGISTRY.keys() & _calls(book, area) for area in unnamed):
        return []
    return [area for area in unnamed if all(map(_is_known, _calls(book, area)))]


def _passes_on(book: SavedBook, area: Area, errors: Mapping[Area, Value]) -> bool:
    """Whether a cell refers to another one that shows an error."""
    return any(
        other != area
        and other.sheet == refers.sheet
        and refers.top <= other.top <= refers.bottom
        and refers.left <= other.left <= refers.right
        for refers in _plain(book, area).areas
        for other in errors
    )


def _calls(book: SavedBook, area: Area) -> frozenset[str]:
    return _plain(book, area).calls


def _plain(book: SavedBook, area: Area) -> PlainFormula:
    formula = book.cells(area.sheet).formulas.get(place(0, area.top, area.left))
    if formula is None:
        return book.grammar.plain("", area.sheet, area.top, area.left, (area.top, area.left))
    origin = (row_of(formula.origin), column_of(formula.origin))
    return book.grammar.plain(formula.text, area.sheet, area.top, area.left, origin)


def _down(item: tuple[int, object]) -> tuple[int, int]:
    return column_of(item[0]), row_of(item[0])


def _mend_error(value: str) -> str:
    return {
        NAME: "Correct the spelling of the function or the name, or install what provides it.",
        "#REF!": "A cell that the formula needs was deleted: undo, or put the formula back.",
        "#N/A": "What the formula looks up is not there: look at the cells that it refers to.",
    }.get(value, "Look at the cells that the formula refers to; one of them holds what it can't use.")


def unresolved(book: SavedBook) -> Iterator[Finding]:
    """Functions that neither a spreadsheet program nor microhedge has."""
    first: dict[str, str] = {}
    counts: dict[str, int] = {}
    for number, sheet in enumerate(book.sheets):
        if not sheet.has_cells:
            continue
        for key, formula in book.cells(number).formulas.items():
            row, column = row_of(key), column_of(key)
            origin = (row_of(formula.origin), column_of(formula.origin))
            for call in book.grammar.form(formula.text, number, row, column, origin).calls:
                if not _is_known(call):
                    first.setdefault(call, f"{sheet.name}!{address(row, column)}")
                    counts[call] = counts.get(call, 0) + 1
    for call, where in sorted(first.items()):
        sheet_name, _, cell = where.rpartition("!")
        others = f" (and {counts[call] - 1} more cells do)" if counts[call] > 1 else ""
        yield Finding(message(Kind.UNKNOWN_FUNCTION, function=call, others=others), sheet_name, cell)


def _is_known(call: str) -> bool:
    """Excel's own functions are known to the engine, or to openpyxl, which is asked last: it is heavy."""
    if call in REGISTRY or knows(call):
        return True
    from openpyxl.utils import FORMULAE  # noqa: PLC0415 - few books call what the engine does not have

    return call in FORMULAE


def guests(book: SavedBook) -> Iterator[Finding]:
    """Links to other books and macros, which a plan does not need."""
    for part in book.package.entries:
        folder, _, name = part.lower().rpartition("/")
        if folder.endswith("externallinks") and not _is_addin(book, part):
            yield Finding(message(Kind.LINKED, target=_target(book, part) or "unnamed"), cell=part)
        elif name == "vbaproject.bin" or folder.endswith("macrosheets"):
            yield Finding(message(Kind.MACROS), cell=part)


def _target(book: SavedBook, part: str) -> str:
    folder, _, name = part.rpartition("/")
    rels = f"{folder}/_rels/{name}.rels"
    if rels not in book.package:
        return ""
    return next((r.get("Target", "") for r in children(xml_tree(book.package, rels), "Relationship")), "")


def _is_addin(book: SavedBook, part: str) -> bool:
    """Whether a link is the one that Excel saves for a function of our add-in."""
    target = _target(book, part).lower().replace("\\", "/")
    return target.rpartition("/")[2] in (f"{ADDIN}.xlam", f"{ADDIN}.xla")


def settings(book: SavedBook) -> Iterator[Finding]:
    """How the book calculates and counts its days."""
    if book.date1904:
        yield Finding(message(Kind.DATES_1904))
    root = xml_tree(book.package, book.part)
    if any(calc.get("calcMode") == "manual" for calc in children(root, "calcPr")):
        yield Finding(message(Kind.MANUAL))
    for sheet in children(root, "sheets", "sheet"):
        if sheet.get("state", "visible") != "visible":
            yield Finding(message(Kind.SHEET_HIDDEN), sheet.get("name", ""))


def never_calculated(book: SavedBook) -> Iterator[Finding]:
    """A book that was saved by a program that does not calculate holds no results."""
    formulas = sum(len(book.cells(n).formulas) for n, sheet in enumerate(book.sheets) if sheet.has_cells)
    if formulas and not is_calculated(book):
        yield Finding(message(Kind.NEVER_CALCULATED, formulas=formulas))


def is_calculated(book: SavedBook) -> bool:
    """Whether at least one formula has a result."""
    for number, sheet in enumerate(book.sheets):
        if sheet.has_cells:
            cells = book.cells(number)
            if any(key in cells.values for key in cells.formulas):
                return True
    return False
