"""The books that paths stand for: a book itself, or all below a folder."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from workbook.errors import BookError
from workbook.files.storage import find_store
from workbook.files.store import SUFFIXES


def is_one_book(paths: Sequence[Path]) -> bool:
    """Whether one book was named, rather than several or a folder."""
    return len(paths) == 1 and not paths[0].is_dir()


def found_books(paths: Sequence[Path]) -> list[Path]:
    """Every book, in the order of the paths, each folder in the order of its names."""
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        store, folder = find_store(path)
        below = [path / book for book in store.books(folder, Counter())]
        if not below:
            raise BookError(f"{path}: holds no book ({', '.join(SUFFIXES)})")
        found += below
    return found
