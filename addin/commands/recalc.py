"""The shell's side of a batch run: its words, its progress bar, its sentences."""

import datetime as dt
import math
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from addin.commands.printable import printable
from addin.shell.exit import Exit
from udfs.errors import BadArgument
from udfs.parameters import DECIMAL_TEXT
from workbook.batch.jobs import Adapt, count_books
from workbook.batch.pools import BadRun
from workbook.batch.run import recalc_paths
from workbook.files.storage import find_store
from workbook.request import Outcome, Request
from workbook.typed import typed_number

if TYPE_CHECKING:
    from rich.console import Console

    from workbook.batch.report import Keep
    from workbook.batch.report_rows import Add
    from workbook.report.run_facts import RunFacts

STANDARD_OUTPUT = "-"
FIRST_YEAR = 1900  # where Excel's days begin
COUNTED = ("done", "unchanged", "refused", "failed")


def read_inputs(words: Sequence[str]) -> dict[str, float | str]:
    """The inputs that `--set NAME=VALUE` gives: what reads as a number is one."""
    inputs: dict[str, float | str] = {}
    for word in words:
        name, equals, text = (part.strip() for part in word.partition("="))
        if not (name and equals and text):
            raise BadRun(f"--set takes NAME=VALUE, as in plan_ratio=0.5, got {word!r}")
        if name in inputs:
            raise BadRun(f"--set gives {name} twice")
        inputs[name] = _value(name, text)
    return inputs


def read_time(text: str) -> dt.datetime:
    """A time in ISO 8601, in UTC; one with a zone of its own is converted."""
    try:
        time = dt.datetime.fromisoformat(text)
    except ValueError:
        raise BadRun(f"--as-of takes a date or time like 2026-01-31T16:00, got {text!r}") from None
    if time.year < FIRST_YEAR:
        raise BadRun(f"--as-of: a book knows no day before {FIRST_YEAR}, got {text!r}")
    return time.astimezone(dt.UTC).replace(tzinfo=None) if time.tzinfo else time


def _value(name: str, text: str) -> float | str:
    from workbook.layout import PLAN  # noqa: PLC0415 - a run that sets nothing needs no layout

    port = PLAN.fields.get(name.lower())
    if DECIMAL_TEXT.fullmatch(text):
        number = float(text)
    elif port is None or port.kind != "number":
        return text
    else:
        try:
            typed = typed_number(f"--set {name}", text, percent=port.is_percent, times=port.is_multiple)
        except BadArgument as refusal:
            raise BadRun(str(refusal)) from None
        if typed is None:
            return text
        number = typed
    if not math.isfinite(number):
        raise BadRun(f"--set {name}: {text} is no number that a cell can hold")
    return number


class Run:
    """One run over the books, shown as it goes: a bar on a terminal, a sentence for what went wrong."""

    def __init__(
        self,
        paths: Sequence[str],
        request: Request,
        *,
        out: str | None,
        in_place: bool,
        jobs: int | None,
        timeout: float,
        scheduler: str | None,
        adapt: Adapt | None = None,
        market: str | None = None,
    ) -> None:
        self.passed_over: Counter[str] = Counter()
        self.statuses: Counter[str] = Counter()
        self.missing = 0
        self.console: Console | None = None  # while a bar is shown, which lines move down
        self.paths = paths
        self.request = request
        self.out = out
        self.market = market
        self.outcomes = recalc_paths(
            paths,
            out=out,
            in_place=in_place,
            request=request,
            adapt=adapt,
            jobs=jobs,
            timeout=timeout or None,
            scheduler=scheduler,
            passed_over=self.passed_over,
        )

    def report_to(self, report: str | None) -> Exit:
        """Do all books, write the report, and answer what the command exits with."""
        with ExitStack() as stack:
            if self.request.engine == "libreoffice":
                from workbook.engines.libreoffice import profiles  # noqa: PLC0415 - few runs need it

                stack.enter_context(profiles())
            if report == STANDARD_OUTPUT:
                from workbook.batch.report_rows import json_lines  # noqa: PLC0415 - for a report alone

                sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr] # a text file
                add = _until_closed(json_lines(sys.stdout))
            elif report:
                from workbook.batch.report import open_report  # noqa: PLC0415 - for a report alone

                add = stack.enter_context(open_report(report, self.out, *self._facts(report)))
            else:
                add = _forget
            for outcome in self._shown(report == STANDARD_OUTPUT and sys.stdout.isatty()):
                self.statuses[outcome.status] += 1
                self.missing += outcome.cause == "missing"
                add(outcome)
        for kind, count in sorted(self.passed_over.items()):
            self._say(f"passed over {kind}: {count:,}")
        summary = ", ".join(f"{self.statuses[status]:,} {status}" for status in COUNTED)
        books = self.statuses.total()
        print(
            f"{books:,} {'book' if books == 1 else 'books'}: {summary}",
            file=sys.stderr if report == STANDARD_OUTPUT else sys.stdout,
        )
        problems = self.statuses["refused"] + self.statuses["failed"]
        if problems:
            return Exit.MISSING if problems == self.missing else Exit.FAULTY
        return Exit.DONE

    def _facts(self, report: str) -> "tuple[RunFacts | None, Keep | None]":
        """What a page says of the run, and where it leaves what the next one is compared with."""
        if not report.lower().endswith(".html"):
            return None, None
        from addin.commands.run_facts import run_facts  # noqa: PLC0415 - for a page alone
        from workbook.batch.last_run import keep_run, read_last_run  # noqa: PLC0415 - the same

        folder = next(
            (place for place in map(find_store, self._folders()) if place[0].is_folder(place[1])), None
        )
        before = read_last_run(*folder) if folder else None
        facts = run_facts(self.request, self.market, before)
        return facts, partial(keep_run, *folder) if folder else None

    def _folders(self) -> Sequence[str]:
        if self.out is None:
            return self.paths
        store, path = find_store(self.out)
        store.make_room(store.join(path, "book"))
        return (self.out,)

    def _shown(self, rows_are_seen: bool) -> Iterator[Outcome]:
        """The outcomes as they come, with a bar on a terminal unless the rows themselves run over it."""
        if not sys.stderr.isatty() or rows_are_seen:
            yield from map(self._told, self.outcomes)
            return
        from rich.console import Console  # noqa: PLC0415 - nothing else here needs it
        from rich.progress import (  # noqa: PLC0415 - the same
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        self.console = Console(stderr=True)
        columns = TextColumn("recalculating"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        with Progress(*columns, console=self.console, transient=True) as bar:
            task = bar.add_task("", total=count_books(self.paths))
            for outcome in self.outcomes:
                yield self._told(outcome)
                bar.advance(task)

    def _told(self, outcome: Outcome) -> Outcome:
        """The same, with a sentence for what a person should know of it."""
        if outcome.reason and not outcome.is_earlier:
            verb = f" {outcome.status}" if outcome.is_problem else ""
            self._say(f"{outcome.path}{verb}: {outcome.reason}")
        return outcome

    def _say(self, sentence: str) -> None:
        """One line on standard error; a name may hold anything, and must not steer the terminal."""
        line = f"microhedge: {printable(sentence)}"
        if self.console is None:
            sys.stderr.write(f"{line}\n")
        else:
            self.console.print(line, markup=False, emoji=False, highlight=False, soft_wrap=True)


def _until_closed(add: "Add") -> "Add":
    """Rows for a reader that may close the pipe: the books are done all the same."""
    closed = False

    def added(outcome: Outcome) -> None:
        nonlocal closed
        if not closed:
            try:
                add(outcome)
            except BrokenPipeError:
                closed = True

    return added


def _forget(outcome: Outcome) -> None:
    """Without a report, an outcome is counted and forgotten."""
