"""Text of a book on its way to a terminal."""

import sys


def printable(text: str) -> str:
    """The text with every sign that steers a terminal written out: a book may hold any of them."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def say(sentence: str) -> None:
    """A sentence for the person at the terminal, on standard error, beside the results."""
    print(f"microhedge: {printable(sentence)}", file=sys.stderr)  # noqa: T201 - a shell host prints
