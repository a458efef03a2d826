"""Where the steps of a formula go: named cells, or columns beside the rows of a table."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Protocol

from workbook.layout.schema import Column, Field

OWN: Final = "{}[[#This Row],[{}]]"


class Helpers(Protocol):
    """Takes steps and says how a formula refers to them."""

    def step(self, name: str, formula: str) -> str:
        """The reference to a new step, or to an earlier one of the same formula."""


@dataclass
class NamedSteps:
    """Steps of named cells: each is a named cell too."""

    fields: dict[str, Field] = field(default_factory=dict)
    _known: dict[str, str] = field(default_factory=dict)

    def step(self, name: str, formula: str) -> str:
        """The name of the step's cell."""
        if formula not in self._known:
            self._known[formula] = free(name, self.fields)
            label = self._known[formula].replace("_", " ").capitalize()
            self.fields[self._known[formula]] = Field(name=self._known[formula], label=label, formula=formula)
        return self._known[formula]


@dataclass
class RowSteps:
    """Steps of a table's columns: columns of a second table, row beside row."""

    name: str
    columns: dict[str, Column] = field(default_factory=dict)
    _known: dict[str, str] = field(default_factory=dict)

    def step(self, name: str, formula: str) -> str:
        """The reference to the step's cell in the same row."""
        if formula not in self._known:
            column = Column(name=free(name, self.columns), formula=formula, width=16)
            self.columns[column.name] = column
            self._known[formula] = OWN.format(self.name, column.header)
        return self._known[formula]


def free(name: str, taken: Iterable[str]) -> str:
    """The name, or the first of its kind that is not taken."""
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}_{number}"
    return found
