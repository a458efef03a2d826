"""Progress on a terminal; in a pipe, silence."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from rich.console import Console
from rich.progress import track

Item = TypeVar("Item")


def shown_progress(items: Sequence[Item], what: str) -> Iterable[Item]:
    """The items one by one, with a bar on standard error if there are several and somebody watches."""
    console = Console(stderr=True)
    if len(items) < 2 or not console.is_terminal:
        return items
    return track(items, what, console=console, transient=True)
