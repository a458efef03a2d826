"""Text of a book on its way to a terminal."""


def printable(text: str) -> str:
    """The text with every sign that steers a terminal written out: a book may hold any of them."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)
