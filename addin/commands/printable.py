"""What the command line says, on its way to a terminal."""

import sys

from workbook.printable import printable

__all__ = ["printable", "say"]


def say(sentence: str) -> None:
    """A sentence for the person at the terminal, on standard error, beside the results."""
    print(f"microhedge: {printable(sentence)}", file=sys.stderr)  # noqa: T201 - a shell host prints
