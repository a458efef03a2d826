"""The validator in the shell: findings as text for people, as JSON for programs."""

import datetime as dt
import errno
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from addin.commands.printable import printable
from workbook import validate
from workbook.errors import BookError
from workbook.validate.finding import Finding
from workbook.validate.kinds import SEVERITIES


@dataclass(frozen=True)
class Report:
    """What the validator says of one book: its findings, or why it is refused."""

    path: str
    findings: Sequence[Finding] = ()
    refused: str = ""
    is_missing: bool = False

    @property
    def is_sound(self) -> bool:
        """Whether the book was read and can be relied on."""
        return not self.refused and validate.is_sound(self.findings)

    def as_text(self) -> str:
        """A line for the book, then two a finding: what is wrong, and how to mend it."""
        counts = Counter(finding.severity for finding in self.findings)
        said = [f"{counts[word]} {word}{'s' * (counts[word] > 1)}" for word in SEVERITIES if counts[word]]
        verdict = "sound" if self.is_sound else "not sound"
        lines = [f"{printable(self.path)}: {', '.join([verdict, *said])}"]
        width = max((len(printable(finding.place)) for finding in self.findings), default=0)
        for finding in self.findings:
            lines.append(
                f"  {finding.severity:8}{printable(finding.place):{width}}  {printable(finding.fault)}"
            )
            lines.append(f"  {'':8}{'':{width}}  {printable(finding.mend)}")
        return "\n".join(lines)


def reports(paths: Iterable[Path], today: dt.date | None) -> Iterator[Report]:
    """One report per book; one that is refused does not stop the others."""
    for path in paths:
        try:
            yield Report(str(path), validate.check_book(path, today))
        except BookError as refusal:
            yield Report(str(path), refused=str(refusal))
        except OSError as error:
            refused = f"{path}: {error.strerror or error}"
            yield Report(str(path), refused=refused, is_missing=error.errno == errno.ENOENT)


def as_json(found: Iterable[Report]) -> str:
    """A list of objects, one a book."""
    rows = [
        {
            "path": report.path,
            "sound": report.is_sound,
            "refused": report.refused or None,
            "findings": [finding.as_dict() for finding in report.findings],
        }
        for report in found
    ]
    return json.dumps(rows, indent=2)
