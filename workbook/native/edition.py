"""The native edition of a book's record: its formulas without our functions, and a sheet of their steps.

The layout keeps one formula with calls of ours. Here each call becomes built-in functions: in its
place where that is short, else in steps on the sheet Steps. Nothing is known of the layout but its
record, so a sheet or a formula that is new there needs nothing here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from udfs.native import RETURNS
from workbook.layout.book import Book
from workbook.layout.formats import DATE, TOP
from workbook.layout.notes import Labels, Notes
from workbook.layout.schema import OWN_ROW, Column, Field, Panel, Sheet, Table
from workbook.native.formulas import literal
from workbook.native.helpers import OWN, NamedSteps, RowSteps
from workbook.native.mapping import SERIES, STEPS_TABLE, Home, NativeFormulas, series_name

TIERS: Final = Table(
    name="Tiers",
    title="Maintenance tiers of the venues",
    row=TOP,
    column=8,
    rows=200,
    columns=(
        Column(name="key", kind="text", constant="", width=24, help="Symbol and venue, sorted."),
        Column(name="up_to", unit="quote", constant="", width=16, help="Largest notional of the tier."),
        Column(name="rate", unit="decimal", constant="", width=12, help="Maintenance rate."),
        Column(name="amount", unit="quote", constant="", width=14, help="Maintenance amount."),
    ),
)
RULES_TABLE: Final = Table(
    name="Rules",
    title="Liquidation rules of the venues",
    row=TOP,
    column=13,
    rows=60,
    columns=(
        Column(name="key", kind="text", constant="", width=22, help="Venue and kind, sorted."),
        Column(name="from", unit="date", format=DATE, constant="", width=12, help="Day on which it begins."),
        Column(name="word", kind="text", constant="", width=12, help="What LIQUIDATION_PRICE calls it."),
    ),
)
LOOKED_UP: Final = {  # defined names of the columns that native formulas look facts up in
    "tier_key": (TIERS.name, "key"),
    "tier_end": (TIERS.name, "up_to"),
    "tier_rate": (TIERS.name, "rate"),
    "tier_amount": (TIERS.name, "amount"),
    "rule_key": (RULES_TABLE.name, "key"),
    "rule_from": (RULES_TABLE.name, "from"),
    "rule_word": (RULES_TABLE.name, "word"),
}
INPUTS_FIT: Final = "need_inputs"
EDITION: Final = "template_edition"
OWN_TERM: Final = "Its functions"  # of the Guide, which says where they come from
OWN_WORDS: Final = (
    "This is the native edition: every formula is made of built-in functions, with its steps on the sheet "
    "Steps. It calculates in Excel 2016 and later, LibreOffice, Gnumeric and programs like them. An input "
    "that is not what it may be leaves the plan incomplete, and the order says so. Tables keep "
    "their number of rows."
)


@dataclass(frozen=True)
class Edition:
    """A book without our functions, and the calls that are left because they have no native form."""

    book: Book
    left: tuple[str, ...]


def native(book: Book) -> Edition:
    """The native edition of a book."""
    return _Mapping(book).edition()


class _Mapping:
    """One pass over a record; what it finds on the way becomes the sheet of steps."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.formulas = NativeFormulas(book)
        self.named = NamedSteps()
        self.beside: dict[str, RowSteps] = {}

    def edition(self) -> Edition:
        """The whole book."""
        sheets = [self._sheet(sheet) for sheet in self.book.sheets]
        areas = dict(self.book.areas)
        for name, (table, is_headers) in self.book.areas.items():
            if not is_headers:
                areas |= {
                    series_name(name, over): (table + SERIES[over], False)
                    for series, over in self.formulas.series
                    if series == table
                }
        lists = dict(self.book.lists) | LOOKED_UP
        made = replace(self.book, sheets=(*sheets, self._steps()), areas=areas, lists=lists)
        return Edition(made, tuple(self.formulas.left))

    def _sheet(self, sheet: Sheet) -> Sheet:
        blocks: list[Notes | Panel | Table | Labels] = []
        for block in sheet.blocks:
            if isinstance(block, Panel):
                blocks.append(
                    replace(block, fields=tuple(self._field(one, sheet.name) for one in block.fields))
                )
            elif isinstance(block, Table):
                blocks.append(self._table(block, sheet.name))
            elif isinstance(block, Labels):
                blocks.append(block)
            else:
                rows = tuple((term, OWN_WORDS if term == OWN_TERM else words) for term, words in block.rows)
                blocks.append(replace(block, rows=rows))
        return replace(sheet, blocks=tuple(blocks))

    def _field(self, one: Field, sheet: str) -> Field:
        if one.name == EDITION:
            return replace(one, constant="native")
        if not one.formula:
            return one
        text = self.formulas.written(one.native or one.formula, Home(one.name, sheet, self.named))
        if one.name == INPUTS_FIT:  # native formulas do not refuse what is outside of a function's domain
            text = f"AND(inputs_valid,{text})"
        return replace(one, formula=text)

    def _table(self, table: Table, sheet: str) -> Table:
        steps = self.beside.setdefault(table.name, RowSteps(f"{table.name}Steps"))
        inputs = {
            OWN.format(table.name, column.header): column for column in table.columns if column.is_input
        }
        columns = []
        for column in table.columns:
            if formula := column.native or column.formula:
                home = Home(column.name, sheet, steps, inputs)
                text = OWN_ROW.sub(lambda own: OWN.format(table.name, own[1] or own[2]), formula)
                columns.append(replace(column, formula=self.formulas.written(text, home)))
            else:
                columns.append(column)
        return replace(table, columns=tuple(columns))

    def _steps(self) -> Sheet:
        """The sheet of all that the formulas had to be cut into, and of the facts that they look up."""
        constants = Panel(
            name="native_constants",
            title="Constants",
            row=TOP,
            column=2,
            fields=tuple(
                Field(name=name, label=name.replace("_", " ").capitalize(), constant=number)
                for name, number in sorted(self.formulas.constants.items())
            ),
        )
        domains = Panel(
            name="input_domains",
            title="Inputs that are what they may be",
            row=constants.last_row + 2,
            column=2,
            is_named=True,
            fields=tuple(_domains(self.book)),
        )
        valid = Field(name="inputs_valid", label="All of them", kind="flag", formula="AND(input_domains)")
        steps = Panel(
            name="native_steps",
            title="Steps",
            row=domains.last_row + 2,
            column=2,
            fields=(valid, *self.named.fields.values()),
        )
        tables = list(self._beside())
        return Sheet(
            name=STEPS_TABLE,
            purpose="What the other sheets' formulas are made of. There is nothing to fill in.",
            blocks=(constants, domains, steps, TIERS, RULES_TABLE, *tables),
            widths=(2, 34, 16, 12),
            landscape=True,
            pages=0,
        )

    def _beside(self) -> Iterator[Table]:
        """Columns beside the rows of other tables, from left to right."""
        column = RULES_TABLE.last_column + 2
        for name, table in self.book.tables.items():
            steps = self.beside.get(name)
            wanted = {f"{name}Steps": tuple(steps.columns.values())} if steps and steps.columns else {}
            for series, over in self.formulas.series:
                if series == name:
                    wanted[name + SERIES[over]] = tuple(_returns(table, over))
            for title, columns in wanted.items():
                made = Table(
                    name=title,
                    title=f"{table.title}: {'steps' if title.endswith('Steps') else over}",
                    columns=columns,
                    rows=table.rows,
                    row=table.row,  # row beside row: a formula finds the cells of its own row
                    column=column,
                )
                column = made.last_column + 2
                yield made


def _domains(book: Book) -> Iterator[Field]:
    """For each named input whether it holds what it may; a blank is another matter, which the plan knows."""
    for name, field_ in book.inputs.items():
        if field_.choices:
            held = f"OR({','.join(f'{name}={literal(word)}' for word in field_.choices)})"
        elif field_.kind in ("number", "date"):
            bounds = ((">=", field_.low), ("<=", field_.high))
            limits = [f"{name}{sign}{literal(bound)}" for sign, bound in bounds if bound is not None]
            held = f"IF(ISNUMBER({name}),{f'AND({chr(44).join(limits)})' if limits else 'TRUE'},FALSE)"
        else:
            continue
        text = f"IF(ISERROR({name}),FALSE,IF(ISBLANK({name}),TRUE,{held}))"
        yield Field(name=f"{name}_ok", label=field_.label, kind="flag", formula=text, help=field_.domain)


def _returns(table: Table, over: str) -> Iterator[Column]:
    """A column for each of a table's, with the return of each day; the day's place comes last."""
    place = OWN.format(table.name + SERIES[over], "Place")
    for column in table.columns:
        here = OWN.format(table.name, column.header)
        before = f"INDEX({table.name}[[#All],[{column.header}]],{place})"
        change = f"{here}/{before}-1" if over == RETURNS else f"LN({here}/{before})"
        is_price = column.kind == "number"
        yield Column(
            name=column.name,
            header=column.header,
            width=10,
            constant=None if is_price else "",
            formula=f'IF(AND(ISNUMBER({here}),ISNUMBER({before})),IF(MIN({here},{before})>0,{change},""),"")'
            if is_price
            else None,
        )
    first = table.columns[0].header
    yield Column(name="place", width=8, formula=f"ROW()-ROW({table.name}[[#Headers],[{first}]])")
