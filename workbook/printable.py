"""Text of a book on its way to a terminal, a table or a page."""


def printable(text: str) -> str:
    """The text with every sign that steers a terminal or turns its direction written out.

    Those are the control characters of both ranges (ESC, U+009B) and the invisible marks of Unicode; a
    book or the name of a file may hold any of them.
    """
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)
