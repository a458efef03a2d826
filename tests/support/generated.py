"""Every file, and every part of a page, that is generated: `make docs` writes them all.

A page of prose holds its generated parts between `<!-- generated: NAME -->` and `<!-- end -->`.
"""

import io
import re
from collections.abc import Callable, Hashable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import openpyxl

from addin.commands.functions import reference
from support import hosts_page, python_types
from support.book_text import told
from workbook.cells import COLUMN_BITS, COLUMN_MASK, column_of, row_of
from workbook.formula import ready_forms
from workbook.formula.forms import Family
from workbook.formula.grammar import Grammar
from workbook.layout import PLAN
from workbook.native.editions import ADD_IN, NATIVE, EditionName
from workbook.ready import kept
from workbook.template import book_bytes
from workbook.xlsx.saved_book import SavedBook

ROOT: Final = Path(__file__).parents[2]
EXAMPLES: Final = ("two-asset", "btc", "portfolio", "blank")
EDITIONS: Final[tuple[EditionName, ...]] = (ADD_IN, NATIVE)
PART: Final = re.compile(r"(<!-- generated: (\w+) -->\n).*?(?=<!-- end -->)", re.DOTALL)


def golden_book() -> str:
    """The default book in lines, which are read before a change of them is committed."""
    package = io.BytesIO(book_bytes())
    formulas, values = openpyxl.load_workbook(package), openpyxl.load_workbook(package, data_only=True)
    return "\n".join(told(formulas, values)) + "\n"


@cache
def ready_books(edition: EditionName) -> dict[str, bytes]:
    """The new books that come with the package, built now."""
    return {example: book_bytes(example, None, edition) for example in EXAMPLES}


def forms_of(edition: EditionName) -> tuple[str, Mapping[Hashable, Family]]:
    """The forms of all formulas of an edition's new books, worked out now, and the mark of their words."""
    fresh: Grammar | None = None
    for package in ready_books(edition).values():
        book = SavedBook(package)
        known = book.grammar
        if fresh is None:
            fresh = Grammar(known.sheets, known.names, known.tables, known.ours, known.links)
            fresh.__dict__["_families"] = {}  # nothing that came with the package
        assert ready_forms.mark_of(fresh) == ready_forms.mark_of(known), "examples differ in their words"
        for sheet in range(len(book.sheets)):
            for key, formula in book.cells(sheet).formulas.items():
                origin = formula.origin >> COLUMN_BITS, formula.origin & COLUMN_MASK
                for qualified in (False, True):
                    fresh.form(formula.text, sheet, row_of(key), column_of(key), origin, qualified=qualified)
    assert fresh is not None
    return ready_forms.mark_of(fresh), fresh.__dict__["_families"]


def _table(*rows: tuple[str, ...]) -> str:
    head, *body = rows
    return "".join(f"| {' | '.join(row)} |\n" for row in [head, ("---",) * len(head), *body])


def _inputs() -> str:
    return _table(
        ("Name", "Sheet", "Means", "Unit", "Takes"),
        *(
            (
                f"`{name}`",
                PLAN.names[name].sheet,
                field.label,
                field.unit,
                "a name of the list" if field.listed else field.domain,
            )
            for name, field in PLAN.inputs.items()
        ),
    )


def _results() -> str:
    return _table(
        ("Name", "Sheet", "Means", "Unit"),
        *(
            (f"`{name}`", PLAN.names[name].sheet, field.label, field.unit)
            for name, field in PLAN.outputs.items()
        ),
    )


def _sheets() -> str:
    return _table(("Sheet", "What it is for"), *((sheet.name, sheet.purpose or "") for sheet in PLAN.sheets))


def _market() -> str:
    return _table(
        ("Column", "In the sheet", "Unit", "Takes"),
        *(
            (f"`{column.name}`", column.header, column.unit, column.domain)
            for column in PLAN.tables["Market"].columns
            if column.is_input
        ),
    )


PARTS: Final[Mapping[str, Callable[[], str]]] = {
    "sheets": _sheets,
    "inputs": _inputs,
    "results": _results,
    "market": _market,
}


def with_parts(page: str) -> str:
    """A page of prose with its generated parts as they should be."""
    return PART.sub(lambda part: part[1] + PARTS[part[2]](), page)


def _workbook_page() -> str:
    return with_parts((ROOT / "docs" / "workbook.md").read_text(encoding="utf-8"))


FILES: Final[Mapping[str, Callable[[], str]]] = {
    "docs/functions.md": lambda: reference(None, "markdown") + "\n",
    "docs/hosts.md": hosts_page.page,
    "docs/workbook.md": _workbook_page,
    "tests/golden/two-asset.txt": golden_book,
    "udfs/__init__.pyi": python_types.text,
}

if __name__ == "__main__":
    for name, text in FILES.items():
        Path(ROOT, name).write_text(text(), encoding="utf-8", newline="\n")
    for edition in EDITIONS:
        kept.place(edition).write_bytes(kept.packed(ready_books(edition)))
        mark, families = forms_of(edition)
        ready_forms.place(edition).write_bytes(mark.encode("ascii") + b"\n" + ready_forms.packed(families))
    kept.KEY.write_text(f"{kept.sources()}\n", encoding="ascii", newline="\n")
