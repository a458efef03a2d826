"""What a process remembers from one book to the next: each with a bound, all forgotten at once."""

from collections.abc import Callable
from functools import lru_cache
from typing import Final, ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")
K = TypeVar("K")
V = TypeVar("V")

_memories: Final[list[Callable[[], None]]] = []  # how each of them is emptied


def remembered(most: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A function that remembers the results of so many calls, those of the latest."""

    def remember(function: Callable[P, R]) -> Callable[P, R]:
        memory = lru_cache(maxsize=most)(function)
        _memories.append(memory.cache_clear)
        return cast("Callable[P, R]", memory)

    return remember


def lasting(store: dict[K, V]) -> dict[K, V]:
    """A dictionary that outlives a call; whoever fills it holds its bound."""
    _memories.append(store.clear)
    return store


def clear() -> None:
    """Let the process be as it was at its start."""
    for forget in _memories:
        forget()
