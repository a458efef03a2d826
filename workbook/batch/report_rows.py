"""The rows of a report: what every kind of report tells of one book."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TextIO

from workbook.layout import PLAN
from workbook.printable import printable
from workbook.request import Cell, Outcome

Add = Callable[[Outcome], None]

COUNTED: Final = ("stale", "unproven", "error_cells")
TRUSTED: Final = ("core", "voted", "settled", "unknown")  # formulas, by who vouches for their values
COLUMNS: Final = (
    "path",
    "status",
    "reason",
    "cause",
    "seconds",
    "formulas",
    "changed",
    "stale",
    "unproven",
    "unknown_functions",
    "error_cells",
    "unpriced",
    "venues",
    *TRUSTED,
    "findings",
)
FORMULA_STARTS: Final = (*"=+-@\t\r\n", *"\uff1d\uff0b\uff0d\uff20")  # the last four are full-width


def json_lines(file: TextIO) -> Add:
    """Every field of an outcome, cells named one by one; flushed row by row for whoever reads along."""

    def add(outcome: Outcome) -> None:
        print(outcome.to_json(), file=file, flush=True)

    return add


def table_row(outcome: Outcome) -> dict[str, Cell]:
    """The row of a table: cells are counted (the reason names them), results have columns of their own."""
    row: dict[str, Any] = outcome.as_row()
    results: Mapping[str, Cell] = row.pop("outputs")
    rows: Mapping[str, Sequence[Mapping[str, Cell]]] = row.pop("rows")
    for name in ("is_earlier", "inputs"):  # the reason says it; no columns of a table
        del row[name]
    for name in COUNTED:
        row[name] = len(row[name])
    for name in ("unknown_functions", "unpriced"):
        row[name] = ", ".join(row[name])
    row["findings"] = "; ".join(f"{found['state']}: {found['said']}" for found in rows.get("Findings", ()))
    return row | {name: results.get(name) for name in PLAN.outputs}


def harmless(cell: Cell) -> Cell:
    """A text that a spreadsheet would take for a formula, marked as text the way spreadsheets do.

    What steers a terminal or turns the direction of reading is written out.
    """
    if not isinstance(cell, str):
        return cell
    return f"'{printable(cell)}" if cell.startswith(FORMULA_STARTS) else printable(cell)


def unicode(text: str) -> str:
    """A name that is no Unicode, as files may have, with its odd bytes spelled out."""
    return text.encode(errors="backslashreplace").decode()
