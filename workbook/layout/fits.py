"""Which figures of the tables and of the other sheets do not fit, by the domains that `check` holds them to.

A cell of a column that is neither blank nor a value of its domain is a misfit: a text in place of a
number, a price of 0, an error. An order rests on some columns; the others only make a check fail.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Final

from workbook.layout import (
    backtest,
    correlation,
    costs,
    funding,
    holdings,
    journal,
    market,
    roll,
    scenarios,
    venues,
)
from workbook.layout.checks import LIMITS
from workbook.layout.compared import MOVED
from workbook.layout.schema import Field, Panel, Port, Sheet

SHEETS: Final = (
    holdings,
    market,
    journal,
    funding,
    venues,
    costs,
    scenarios,
    correlation,
    roll,
    backtest,
)
NEEDED: Final[Mapping[str, frozenset[str]]] = {
    "Market": frozenset(("spot", "mark", "index", "future", "expiry", "pegged", "before")),
    "Holdings": frozenset(("own_share", "own_beta")),  # of quantities another rule speaks
    "Journal": frozenset(
        ("contracts", "entry", "opened", "venue", "kind", "contract_size", "leverage", "posted", "stop")
    )
    | {"review", "expiry", "target", "closed", "exit_price"},
}  # what an order rests on; of the contracts it rests on its own row, which another rule judges


def _digits(bound: float) -> str:
    """A bound as a text that programs of every language read alike: without a decimal point, 5E-2."""
    sign, digits, exponent = Decimal(repr(bound)).normalize().as_tuple()
    whole = ("-" if sign else "") + "".join(map(str, digits))
    return f"{whole}E{exponent}" if exponent else whole


def _bound(bound: float) -> str:
    """A bound as a formula writes it: 0 and 1 as they are, any other by its name."""
    return f"{bound:.0f}" if bound in (0, 1) else "bound_" + re.sub(r"\W", "_", _digits(bound).lower())


def _fitting(port: Port, cells: str) -> str:
    """A formula: how many cells hold a value of the domain."""
    if port.kind == "text":
        words = port.choices or ("*",)
        return "+".join(f'COUNTIF({cells},"{word}")' for word in words)
    low, high = port.bounds
    at_least = "" if low is None else f',{cells},">={_digits(low)}"'
    at_most = "" if high is None else f',{cells},"<={_digits(high)}"'
    return f"COUNTIFS({(at_least + at_most).lstrip(',')})"


def _judged(name: str, label: str, fits: str) -> Field:
    """A named cell that says which figures do not fit; nothing where they do."""
    return Field(name=f"fit_{name}", label=label, kind="text", formula=f'IF({fits},"","{label}")')


def _of_field(field: Field, sheet: str) -> Field:
    """Of a named input: COUNTIFS takes a single cell in some programs only."""
    label = f"{sheet}: {field.label}"
    if field.choices:
        fits = f'ISNUMBER(SEARCH("|"&{field.name}&"|","|{"|".join(field.choices)}|"))'
    elif field.kind == "text":
        fits = f"IF(ISERROR({field.name}),FALSE,ISTEXT({field.name}))"
    else:
        low, high = (_bound(limit) for limit in field.bounds if limit is not None)
        fits = f"IF(ISNUMBER({field.name}),AND({field.name}>={low},{field.name}<={high}),FALSE)"
    return _judged(field.name, label, fits if field.required else f'IF({field.name}="",TRUE,{fits})')


def _of_tables(*, needed: bool) -> Iterator[Field]:
    for module in SHEETS:
        sheet: Sheet = module.SHEET
        for table in sheet.tables:
            rests = NEEDED.get(table.name, frozenset())
            for column in table.columns:
                if column.is_input and (column.name in rests) == needed:
                    cells = f"{table.name}[{column.header}]"
                    filled = f"COUNTA({cells})" if column.choices else f"ROWS({cells})-COUNTBLANK({cells})"
                    fits = f"{filled}={_fitting(column, cells)}"
                    label = f"{sheet.name}: {column.header}"
                    yield _judged(f"{table.name.lower()}_{column.name}", label, fits)


def _of_panels() -> Iterator[tuple[str, Field]]:
    for module in SHEETS:
        for panel in module.SHEET.panels:
            yield from ((module.SHEET.name, field) for field in panel.fields if field.is_input)


def _bounds(fields: Iterable[Field]) -> Iterator[Field]:
    """The constants that the fits of these fields read."""
    numbers = {limit for field in fields if field.kind == "number" for limit in field.bounds if limit}
    for number in sorted(numbers - {1}):
        yield Field(name=_bound(number), label=f"Bound {number:.15g}", constant=number)


OTHER: Final = tuple(_of_panels())
FITS_NEEDED: Final = Panel(
    name="fits_needed",
    title="Figures that an order rests on and that do not fit",
    row=MOVED.last_row + 2,
    column=2,
    is_named=True,
    span=2,
    fields=(
        *_of_tables(needed=True),
        *(_of_field(limit, "Checks") for limit in LIMITS.fields),
    ),
)
FITS_OTHER: Final = Panel(
    name="fits_other",
    title="Other figures that do not fit",
    row=FITS_NEEDED.last_row + 2,
    column=2,
    is_named=True,
    span=2,
    fields=(*_of_tables(needed=False), *(_of_field(field, home) for home, field in OTHER)),
)
BOUNDS: Final = Panel(
    name="bounds",
    title="Bounds of inputs",
    row=FITS_OTHER.last_row + 2,
    column=2,
    span=2,
    fields=tuple(_bounds([*LIMITS.fields, *(field for _, field in OTHER)])),
)
