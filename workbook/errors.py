"""What the book layer refuses: a branch of the one error tree."""

from typing import ClassVar

from udfs.errors import HedgeError
from workbook.request import Cause


class BookError(HedgeError):
    """A book, or something asked of one, that is refused; the message is a whole sentence."""

    cause: ClassVar[Cause] = "input"


class BadPackage(BookError):
    """A file that is no workbook package, is damaged, or is larger than the limits allow."""

    cause = "package"


class BadInput(BookError):
    """A value that a book's cell can't take, or a name or symbol that the book does not have."""


class Unknowable(BookError):
    """A book whose new values can't be known: cells that can't be computed depend on a change."""

    cause = "unknowable"
