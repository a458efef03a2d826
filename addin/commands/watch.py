"""The watch in the shell: looks at a folder again and again, and tells when a state changes."""

import datetime as dt
import errno
import re
import shlex
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import Final

from addin.commands.printable import printable, say
from addin.shell.exit import Exit
from addin.shell.options import UsageError
from workbook.batch.market_file import market_in_file
from workbook.batch.records import FOLDER
from workbook.batch.run import recalc_paths
from workbook.errors import BookError
from workbook.files.storage import find_store
from workbook.report.alerts import Event, events_of, states_from_json, states_to_json, untold
from workbook.report.page import book_rows
from workbook.report.run_facts import RunFacts
from workbook.request import Request

RESULTS: Final = f"{FOLDER}/watch"  # below the folder: hidden, so that no run reads it
STATE: Final = f"{FOLDER}/watch.json"
PATIENCE: Final = 60.0  # seconds for a command of the user's
SHORTEST, LONGEST = 10.0, 7 * 86_400.0  # seconds between two looks
SPAN: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([smh]?)", re.ASCII)
SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "": 60}


def seconds_of(span: str) -> float:
    """The seconds of a span such as 15m, 90s or 1h; a bare number is minutes."""
    found = SPAN.fullmatch(span.strip())
    seconds = float(found[1]) * SECONDS[found[2]] if found else 0.0
    if not SHORTEST <= seconds <= LONGEST:
        raise UsageError(
            f"--every takes a time from {SHORTEST:.0f} s to a week, as in 90s, 15m or 1h, got {span!r}"
        )
    return seconds


@dataclass(frozen=True, slots=True)
class Alert:
    """Who is told besides the terminal: a file of JSON lines, or a command that gets the event as JSON."""

    target: str

    def __post_init__(self) -> None:
        """Refuse what is no command before the first look."""
        if not (self._is_file or self._words()):
            raise UsageError(f"--alert takes a .jsonl file or a command, got {self.target!r}")

    @property
    def _is_file(self) -> bool:
        return self.target.lower().endswith((".json", ".jsonl"))

    def _words(self) -> list[str]:
        try:
            return shlex.split(self.target)
        except ValueError:  # a quotation without its end
            return []

    def tell(self, event: Event) -> str:
        """Tell of one event; what went wrong, if anything."""
        if self._is_file:
            with Path(self.target).open("a", encoding="utf-8") as file:
                file.write(event.to_json() + "\n")
            return ""
        words = self._words()
        try:
            # No shell: what a book holds reaches the command as JSON on its standard input, never as words.
            ran = subprocess.run(  # noqa: S603 - the user's own command
                words, input=event.to_json(), text=True, timeout=PATIENCE, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"--alert {words[0]}: {getattr(error, 'strerror', None) or error}"
        return f"--alert {words[0]}: ended with exit code {ran.returncode}" if ran.returncode else ""


@dataclass(frozen=True, slots=True)
class Watch:
    """A folder that is looked at."""

    folder: str
    market: str | None
    alert: Alert | None
    form: str
    jobs: int | None = None

    def look(self) -> Exit:
        """Recalculate what changed, tell what begins and ends, and keep what holds now."""
        store, folder = find_store(self.folder)
        if not store.exists(folder):
            raise FileNotFoundError(errno.ENOENT, "there is no such file or folder", self.folder)
        if not store.is_folder(folder):
            raise BookError(f"{self.folder}: is no folder that could be watched")
        state = store.join(folder, STATE)
        known = None
        if store.exists(state):
            known = (
                None if store.fault(state) or store.is_link(state) else states_from_json(store.read(state))
            )
            if known is None:
                raise BookError(
                    f"{store.name(state)}: can't be read: delete it, and all that holds is told anew"
                )
        now = dt.datetime.now(dt.UTC)
        request = Request(market=market_in_file(self.market) if self.market else {}, allow_stale=True)
        passed_over: Counter[str] = Counter()
        outcomes = list(
            recalc_paths(
                [self.folder],
                out=store.join(folder, RESULTS),
                request=request,
                jobs=self.jobs,
                passed_over=passed_over,
            )
        )
        events, held = events_of(now, book_rows(outcomes, RunFacts(now), None), known or {})
        faults = []
        for event in events:
            if fault := self._tell(event):
                faults.append(fault)
                untold(held, event)
        store.write(state, states_to_json(held).encode())
        for fault in dict.fromkeys(faults):
            say(fault)
        return Exit.FAULTY if faults else Exit.DONE

    def _tell(self, event: Event) -> str:
        """Tell of one event here and to whoever is to be told besides; what went wrong, if anything."""
        if self.form == "json":
            print(event.to_json(), flush=True)  # noqa: T201 - a shell host prints
        else:
            do = f" {event.remedy}" if event.remedy else ""
            line = f"{event.book}: {event.state} {event.change}: {event.sentence}{do}"
            print(printable(line), flush=True)  # noqa: T201 - a shell host prints
        return self.alert.tell(event) if self.alert else ""


def watch(watched: Watch, every: float) -> None:
    """Look until somebody stops it; a look that is refused is told, and the next one tries."""
    while True:
        try:
            watched.look()
        except (BookError, OSError) as trouble:
            say(str(trouble))
        sleep(every)
