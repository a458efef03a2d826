"""What may have been meant by a word that is not known."""

from collections.abc import Iterable
from typing import Final

CLOSE: Final = 0.6  # share of the letters in common, by difflib


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The closest of the known words as a question to append, or nothing."""
    from difflib import get_close_matches  # noqa: PLC0415 - a refusal alone needs it

    cased = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), cased, n=1, cutoff=CLOSE)
    return f"; did you mean {cased[close[0]]}?" if close else ""
