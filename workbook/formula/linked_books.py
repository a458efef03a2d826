"""Other books as formulas see them: what they are called, their sheets, and what their names refer to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

ANOTHER: Final = "another book"


@dataclass(frozen=True, slots=True)
class Link:
    """Another book: what it is called in a sentence, its sheets, and what its names refer to."""

    said: str = ANOTHER
    sheets: tuple[str, ...] = ()
    names: Mapping[tuple[int | None, str], str] = field(default_factory=dict, hash=False)
