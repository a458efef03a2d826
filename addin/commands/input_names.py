"""The names that `--set` gives, held against the books before the first of them is begun."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final

from addin.shell.options import UsageError
from udfs.close_words import did_you_mean
from udfs.errors import HedgeError
from workbook.files.storage import find_store

if TYPE_CHECKING:
    from workbook.xlsx.saved_book import SavedBook

LOOKED_AT: Final = 50  # books; a name that none of so many has is a slip


def refuse_unknown_names(paths: Sequence[str], names: Collection[str]) -> None:
    """Refuse a name that is none of the plan's and that none of the first books has."""
    if not names:
        return
    from workbook.layout import PLAN  # noqa: PLC0415 - a run that sets nothing needs no layout

    strange = [name for name in names if name.lower() not in PLAN.fields]
    if not strange:
        return
    books = list(islice(_books(paths), LOOKED_AT))
    known = {name for book in books for sheet, name in book.names if sheet is None}
    for name in strange:
        if books and name.lower() not in known:
            which = "the book" if len(books) == 1 else "none of the books"
            has = "has no such name" if len(books) == 1 else "has such a name"
            raise UsageError(f"--set {name}: {which} {has}{did_you_mean(name, [*PLAN.inputs, *known])}")


def _books(paths: Sequence[str]) -> "Iterator[SavedBook]":
    """The books that can be read; the run says what is wrong with the others."""
    from workbook.xlsx.saved_book import SavedBook  # noqa: PLC0415 - names of the plan ask for no book

    for given in paths:
        store, path = find_store(given)
        below = store.books(path, Counter()) if store.is_folder(path) else ("",)
        for name in below:
            place = store.join(path, name) if name else path
            try:
                if not store.fault(place):
                    yield SavedBook(store.read(place))
            except (HedgeError, OSError):
                continue
