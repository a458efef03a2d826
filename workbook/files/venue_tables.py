"""Which venue tables a book's figures rest on: tables beside a book count only when asked for."""

from pathlib import Path
from typing import Final

from udfs.errors import HedgeError
from udfs.venue_files import user_folder
from udfs.venues import FILES, stamps
from workbook.request import Place

BUILT_IN: Final = "built in"


def in_force() -> str:
    """The files whose rows come before the built-in ones, or that there are none."""
    try:
        own = [str(path) for path, _ in stamps() if path]
    except HedgeError as fault:
        return str(fault)
    return ", ".join(own) or BUILT_IN


def not_used(book: Place) -> str:
    """The sentence about tables that lie beside a book and do not count; empty where there are none."""
    folder = Path(book).parent
    if folder.resolve() == user_folder().resolve():
        return ""
    lying = [name for name in FILES if (folder / name).is_file()]
    if not lying:
        return ""
    return f"{' and '.join(lying)} beside it not used: --venues-beside lets them count"
