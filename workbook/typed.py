"""Numbers as people type them, read where a sheet would take them: 40%, 5x, 0,4."""

import re
from decimal import Decimal
from typing import Final

from udfs.errors import BadArgument

TYPED: Final = re.compile(r"\s*([+-]?)(\d*)(?:([.,])(\d+))?\s*([%x]?)\s*", re.ASCII)
GROUPED: Final = 3  # digits behind a comma that may as well group thousands


def typed_number(name: str, text: str, *, percent: bool, times: bool) -> float | None:
    """The number that a text is, or None if it is none; a sign that does not fit is refused with a hint.

    `percent` and `times` say whether the place takes 40% and 5x.
    """
    found = TYPED.fullmatch(text)
    if found is None or not (found[2] or found[4]):
        return None
    sign, whole, mark, part, unit = found.groups()
    if mark == "," and len(part) == GROUPED and whole.strip("0"):
        raise BadArgument(f"{name}: {text} may be {whole}{part} or {whole}.{part}: write which", name, text)
    number = Decimal(f"{sign}{whole or 0}.{part or 0}")
    if unit == "%" and not percent:
        raise BadArgument(f"{name}: takes no percentage, got {text}: write the number itself", name, text)
    if unit == "x" and not times:
        raise BadArgument(f"{name}: takes no multiple, got {text}: write the number itself", name, text)
    return float(number / 100 if unit == "%" else number)
