"""Text of a book on its way to a terminal, a table or a page."""

import json
import re
from typing import Final

STEERING: Final = re.compile(r"[^ -~\n]")


def printable(text: str) -> str:
    """The text with every sign that steers a terminal or turns its direction written out.

    Those are the control characters of both ranges (ESC, U+009B) and the invisible marks of Unicode; a
    book or the name of a file may hold any of them.
    """
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def printable_json(text: str) -> str:
    """JSON in which such signs are escaped, as JSON may."""
    return text if text.isprintable() else STEERING.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    return found[0] if found[0].isprintable() else json.dumps(found[0])[1:-1]
