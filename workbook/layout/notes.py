"""Blocks of a sheet that hold words alone: notes, and the names of the rows of a grid."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Notes:
    """Words that never change: a heading, then rows of a term and what is said of it."""

    title: str
    rows: tuple[tuple[str, str], ...]
    row: int
    column: int

    @property
    def last_row(self) -> int:
        """Row of the last note."""
        return self.row + len(self.rows)

    @property
    def last_column(self) -> int:
        """Column of what is said."""
        return self.column + 1


@dataclass(frozen=True, kw_only=True)
class Labels:
    """A heading, and below its head the names of the rows of a grid whose columns are bare panels."""

    title: str
    row: int
    column: int
    rows: tuple[str, ...] = ()
    span: int = 0

    @property
    def last_row(self) -> int:
        """Row of the last name."""
        return self.row + (1 + len(self.rows) if self.rows else 0)

    @property
    def last_column(self) -> int:
        """Column up to which the heading reaches."""
        return self.column + self.span
