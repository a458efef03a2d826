"""What the book layer refuses: a branch of the one error tree."""

from udfs.errors import HedgeError


class BookError(HedgeError):
    """A book, or something asked of one, that is refused; the message is a whole sentence."""
