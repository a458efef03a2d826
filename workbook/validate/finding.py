"""What the validator says: one record a fault, and how runs of the same fault become one."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Final, Literal

from workbook.cells import Area, address
from workbook.plan.saved import SavedPlan

Severity = Literal["error", "warning", "note"]
SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "note")


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: where it is, what is wrong, how to mend it. A note leaves the book sound.

    `cell` is a cell, a range, a table or nothing where the fault has no place.
    """

    severity: Severity
    sheet: str
    cell: str
    fault: str
    mend: str

    @property
    def place(self) -> str:
        """Sheet and cell in one: `Plan!C18`, or "book" for the book as a whole."""
        return "!".join(part for part in (self.sheet, self.cell) if part) or "book"

    def as_dict(self) -> dict[str, str]:
        """The finding for a program."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Fault:
    """A finding before its cells are put together with others: it knows its area."""

    severity: Severity
    area: Area
    fault: str
    mend: str


def gathered(saved: SavedPlan, faults: Iterable[Fault]) -> Iterator[Finding]:
    """Findings of faults: the same fault in cells one below the other is one finding."""
    runs: dict[tuple[Severity, int, int, int, str, str], list[Area]] = {}
    for fault in faults:
        area = fault.area
        kind = (fault.severity, area.sheet, area.left, area.right, fault.fault, fault.mend)
        run = runs.setdefault(kind, [])
        if run and run[-1].bottom + 1 == area.top:
            run[-1] = run[-1]._replace(bottom=area.bottom)
        else:
            run.append(area)
    for (severity, _, _, _, fault_text, mend), areas in runs.items():
        for area in areas:
            yield Finding(severity, saved.sheet_name(area), text_of(area), fault_text, mend)


def text_of(area: Area) -> str:
    """An area as a person writes it: B7 or B7:C9."""
    first = address(area.top, area.left)
    last = address(area.bottom, area.right)
    return first if first == last else f"{first}:{last}"
