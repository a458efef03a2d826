"""How a file stores a formula."""

import re
from typing import Final

NEWER: Final = re.compile(r"\b(IFNA)\(")  # younger than the file format: a file stores it with a prefix


def stored_formula(formula: str) -> str:
    """A formula as the file stores it; without the prefix Excel shows #NAME? for a younger function."""
    return NEWER.sub(r"_xlfn.\1(", formula)
