"""The validator: holds a saved book against the layout record and says what to mend, and where."""

import datetime as dt
from collections.abc import Iterable, Iterator
from os import PathLike

from workbook.plan.saved import SavedPlan, opened
from workbook.validate import advice, health
from workbook.validate.finding import Fault, Finding, gathered
from workbook.validate.formulas import formulas
from workbook.validate.hidden import hidden
from workbook.validate.inputs import Inputs
from workbook.validate.kinds import SEVERITIES, Kind, message
from workbook.validate.structure import structure

__all__ = ["Finding", "check_book", "is_sound"]


def check_book(path: str | PathLike[str], today: dt.date | None = None) -> list[Finding]:
    """What is wrong with a saved book, the gravest first; a file that is no workbook is refused.

    `today` is the day against which prices and facts are held where the plan names none; without
    it, the day of the clock.
    """
    day = dt.datetime.now(dt.UTC).date() if today is None else today
    with opened(path) as saved:
        findings = [*_about_plan(saved, day), *_about_any_book(saved)]
    return sorted(dict.fromkeys(findings), key=lambda finding: SEVERITIES.index(finding.severity))


def is_sound(findings: Iterable[Finding]) -> bool:
    """Whether a book can be relied on: notes alone do not speak against it."""
    return all(finding.severity == "note" for finding in findings)


def _about_plan(saved: SavedPlan, day: dt.date) -> Iterator[Finding]:
    version, present = saved.version, saved.plan.version
    if not saved.is_plan:
        yield Finding(message(Kind.NO_PLAN, version_name=saved.plan.version_name))
        return
    if version is not None and version != present:
        said = message(Kind.OTHER_VERSION, version=version, present=present)
        yield Finding(said, cell=saved.plan.version_name)
        return
    yield from structure(saved)
    yield from gathered(saved, _faults(saved, day))


def _faults(saved: SavedPlan, day: dt.date) -> Iterator[Fault]:
    yield from formulas(saved)
    yield from Inputs(saved).faults()
    if health.is_calculated(saved.book):
        yield from advice.checks(saved)
    yield from advice.prices(saved, day)
    yield from advice.bundles(saved)
    yield from advice.stale_facts(saved, day)
    yield from hidden(saved)


def _about_any_book(saved: SavedPlan) -> Iterator[Finding]:
    yield from health.never_calculated(saved.book)
    yield from gathered(saved, health.error_cells(saved.book))
    yield from health.unresolved(saved.book)
    yield from health.guests(saved.book)
    yield from health.settings(saved.book)
