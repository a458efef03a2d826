"""The main job in one go: make the example books, recalculate them, check them, print their plans."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.table import Table
from rich.text import Text

from addin.commands.check import reports
from addin.commands.printable import printable
from addin.commands.progress import shown_progress
from addin.commands.show import cell_text, page
from workbook import new_book
from workbook.batch.run import recalc_paths
from workbook.layout import PLAN
from workbook.plan.saved import SavedPlan, opened

EXAMPLES: Final = ("two-asset", "btc", "portfolio")
SHARED: Final = "two-asset"  # the plan that is made in the native edition too
SHOWN: Final = (
    "plan_exposure",
    "plan_ratio",
    "plan_leverage",
    "plan_wanted_notional",
    "plan_feasible_notional",
    "plan_contracts",
    "plan_coverage",
    "plan_margin",
    "plan_cushion",
    "plan_liquidation_price",
    "plan_liquidation_move",
    "plan_cost",
    "plan_breakeven_move",
)


def run(folder: Path) -> bool:
    """Make, recalculate, check and print the example books; whether all of them are sound."""
    folder.mkdir(parents=True, exist_ok=True)
    plans = [folder / f"{example}.xlsx" for example in EXAMPLES]
    native = folder / f"{SHARED} (native).xlsx"
    for example, book in zip(shown_progress(EXAMPLES, "Making"), plans, strict=True):
        new_book(book, example, force=True)
    new_book(native, SHARED, force=True, edition="native")
    books = [*plans, native]
    # What an outcome calls a book is for people: the same book may go by another name here.
    recalculated = {Path(outcome.path).resolve(): outcome for outcome in recalc_paths(books, in_place=True)}
    checked = list(reports(books, None))
    console = page()
    for book, report in zip(books, checked, strict=True):
        outcome, verdict = recalculated[book.resolve()], report.as_text().partition("\n")[0]
        console.print(Text(f"{verdict}; {outcome.reason or f'{outcome.formulas} formulas recalculated'}"))
    sound = all(report.is_sound for report in checked)
    if sound and not any(outcome.is_problem for outcome in recalculated.values()):
        console.print(_plans(plans))
        console.print(Text(printable(f"The whole of one plan: microhedge show {plans[0]}")))
        console.print(
            Text(printable(f"For whoever has no add-in: {native} is the same in built-in functions"))
        )
        return True
    return False


def _plans(books: Sequence[Path]) -> Table:
    """The plans side by side: a result a row, a book a column."""
    table = Table(box=None, pad_edge=False)
    table.add_column()
    table.add_column()
    plans: list[SavedPlan] = []
    for book in books:
        table.add_column(book.stem, justify="right", no_wrap=True)
        with opened(book) as saved:
            plans.append(saved)
    for name in SHOWN:
        port = PLAN.fields[name]
        table.add_row(port.label, port.unit, *(cell_text(port, plan.value(name)) for plan in plans))
    return table
