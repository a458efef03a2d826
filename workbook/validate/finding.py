"""What the validator says: one record per fault, and how runs of the same fault become one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workbook.cells import Area, address
from workbook.plan.saved import SavedPlan
from workbook.validate.kinds import Kind, Message, Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: what is wrong, how to mend it, where it is. A note leaves the book sound.

    `cell` is a cell, a range, a table or nothing where the fault has no place.
    """

    message: Message
    sheet: str = ""
    cell: str = ""

    @property
    def kind(self) -> Kind:
        """What is wrong, for programs."""
        return self.message.kind

    @property
    def severity(self) -> Severity:
        """How grave it is."""
        return self.message.severity

    @property
    def fault(self) -> str:
        """What is wrong, for people."""
        return self.message.fault

    @property
    def mend(self) -> str:
        """What to do about it."""
        return self.message.mend

    @property
    def place(self) -> str:
        """Sheet and cell in one: `Plan!C18`, or "book" for the book as a whole."""
        return "!".join(part for part in (self.sheet, self.cell) if part) or "book"

    def as_dict(self) -> dict[str, str]:
        """The finding for a program."""
        kind, severity, fault, mend = self.message
        place = {"sheet": self.sheet, "cell": self.cell}
        return {"kind": kind, "severity": severity, **place, "fault": fault, "mend": mend}


@dataclass(frozen=True, slots=True)
class Fault:
    """A finding before its cells are put together with others: it knows its area."""

    message: Message
    area: Area


def gathered(saved: SavedPlan, faults: Iterable[Fault]) -> Iterator[Finding]:
    """Findings of faults: the same fault in cells one below the other is one finding."""
    runs: dict[tuple[Message, int, int, int], list[Area]] = {}
    for fault in faults:
        area = fault.area
        run = runs.setdefault((fault.message, area.sheet, area.left, area.right), [])
        if run and run[-1].bottom + 1 == area.top:
            run[-1] = run[-1]._replace(bottom=area.bottom)
        else:
            run.append(area)
    for (message, *_), areas in runs.items():
        for area in areas:
            yield Finding(message, saved.sheet_name(area), area_text(area))


def area_text(area: Area) -> str:
    """An area as a person writes it: B7 or B7:C9."""
    first = address(area.top, area.left)
    last = address(area.bottom, area.right)
    return first if first == last else f"{first}:{last}"
