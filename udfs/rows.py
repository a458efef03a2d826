"""Lists of positions and fills, whose rows are whole or empty."""

from collections.abc import Mapping, Sequence
from typing import Any

from udfs.errors import NotAvailable, WrongType


def full_rows(columns: Mapping[str, Sequence[Any]]) -> list[tuple[Any, ...]]:
    """The rows of some columns, by the arguments' names; a wholly blank one is passed over.

    A row with a gap is refused, lest a position be left out; a list without rows is not available.
    """
    rows: list[tuple[Any, ...]] = []
    for number, row in enumerate(zip(*columns.values(), strict=True), 1):
        blanks = [name for name, cell in zip(columns, row, strict=True) if cell is None]
        if len(blanks) == len(row):
            continue
        if blanks:
            raise WrongType(f"{blanks[0]}: is blank in row {number}", blanks[0])
        rows.append(row)
    if not rows:
        name = next(iter(columns))
        raise NotAvailable(f"{name}: there are none", name)
    return rows
