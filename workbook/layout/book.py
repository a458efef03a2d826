"""The book that the records of sheets make: its names, inputs, results and tables, and where they stand."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from workbook.layout.location import Location
from workbook.layout.schema import Field, Sheet, Table


@dataclass(frozen=True, kw_only=True)
class Book:
    """The whole book: everything that is known of it without opening a file."""

    version: str
    sheets: tuple[Sheet, ...]
    lists: Mapping[str, tuple[str, str]]  # a defined name of choices: table and column
    areas: Mapping[str, tuple[str, bool]]  # a defined name of a whole table: its data, or its headers
    version_name: str = "template_version"

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """Every named cell, in the order of the sheets."""
        return MappingProxyType(
            {f.name: f for sheet in self.sheets for panel in sheet.panels for f in panel.fields}
        )

    @cached_property
    def inputs(self) -> Mapping[str, Field]:
        """The named cells that a person or `--set` fills in."""
        return MappingProxyType({name: field for name, field in self.fields.items() if field.is_input})

    @cached_property
    def outputs(self) -> Mapping[str, Field]:
        """The named results, in the order of a report."""
        return MappingProxyType({name: field for name, field in self.fields.items() if field.is_output})

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """Every table by its name."""
        return MappingProxyType({table.name: table for sheet in self.sheets for table in sheet.tables})

    @cached_property
    def names(self) -> Mapping[str, Location]:
        """Every defined name and its place: fields, panels of several fields, lists."""
        found: dict[str, Location] = {}
        for sheet in self.sheets:
            for panel in sheet.panels:
                column = panel.value_column
                if panel.is_named:
                    found[panel.name] = Location(sheet.name, panel.first_row, column, panel.last_row, column)
                for field, row, at in panel.cells:
                    found[field.name] = Location(sheet.name, row, at, row, at)
        for name, (title, column_name) in self.lists.items():
            found[name] = self.place(title, column_name)
        for name, (title, is_headers) in self.areas.items():
            table, sheet_name = self.tables[title], self.home(title).name
            rows = (table.header_row,) * 2 if is_headers else (table.first_row, table.last_row)
            found[name] = Location(sheet_name, rows[0], table.column, rows[1], table.last_column)
        return MappingProxyType(found)

    def describes(self, names: Container[tuple[int | None, str]]) -> bool:
        """Whether a saved book that defines these names is one of ours: it says so, or has most of them.

        Each name comes in small letters after the sheet it is local to, or None.
        """
        if (None, self.version_name) in names:
            return True
        return sum((None, name.lower()) in names for name in self.names) > len(self.names) / 2

    def place(self, table: str, column: str) -> Location:
        """Where the cells of a table's column stand."""
        found = self.tables[table]
        at = found.at(column)
        return Location(self.home(table).name, found.first_row, at, found.last_row, at)

    def sheet(self, name: str) -> Sheet:
        """The sheet of this name."""
        return next(sheet for sheet in self.sheets if sheet.name == name)

    def home(self, table: str) -> Sheet:
        """The sheet on which a table stands."""
        return next(sheet for sheet in self.sheets if table in {found.name for found in sheet.tables})
