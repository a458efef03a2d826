"""Progress on a terminal; in a pipe, silence."""

import sys
from collections.abc import Iterable, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def shown_progress(items: Sequence[Item], what: str) -> Iterable[Item]:
    """The items one by one, with a bar on standard error if there are several and somebody watches."""
    if len(items) < 2 or not sys.stderr.isatty():  # FORCE_COLOR makes a terminal of a pipe; nobody watches it
        return items
    from rich.console import Console  # noqa: PLC0415 - nothing else here needs it
    from rich.progress import track  # noqa: PLC0415 - the same

    return track(items, what, console=Console(stderr=True), transient=True)
