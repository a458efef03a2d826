"""What a word on the command line names; a wrong one is refused with what may have been meant."""

from typing import TYPE_CHECKING

from addin.shell.options import UsageError

if TYPE_CHECKING:
    from udfs.registry import Spec


def function_named(name: str) -> "Spec":
    """The function of a name, in any case."""
    from udfs import REGISTRY
    from udfs.close_words import did_you_mean

    spec = REGISTRY.get(name.upper())
    if spec is None:
        raise UsageError(
            f"{name} is not a function of microhedge{did_you_mean(name, REGISTRY)}"
            "; `microhedge functions` lists them"
        )
    return spec
