"""The worksheet functions under their Python names, checked as in a cell, and the registry of all hosts.

A refusal is an exception. Lists, arrays, Series and frames give what they are; `udfs.checked` says how.

>>> from udfs import hedge_margin, hedge_notional
>>> hedge_margin(hedge_notional(6_000, 0.4), leverage=5)
480.0
"""

from typing import TYPE_CHECKING, Any

# A function is added in its module alone: the stars take it in, and __all__ reads the registry.
from udfs.backtest import *
from udfs.candidates import *
from udfs.carry import *
from udfs.carry_history import *
from udfs.checked import checked
from udfs.costs import *
from udfs.errors import (
    BadArgument,
    DividesByZero,
    HedgeError,
    NotAvailable,
    OutsideDomain,
    PassedError,
    RefusedCells,
    WrongType,
)
from udfs.lifecycle import *
from udfs.margin import *
from udfs.options import *
from udfs.parameters import Parameter
from udfs.plan import *
from udfs.position import *
from udfs.registry import REGISTRY, Example, Spec, arrange, udf
from udfs.risk import *
from udfs.scenario import *
from udfs.sizing import *
from udfs.stress import *
from udfs.survival import *
from udfs.tails import *
from udfs.trading import *
from udfs.venues import *
from udfs.weights import *

arrange()

__all__ = [
    "REGISTRY",
    "BadArgument",
    "DividesByZero",
    "Example",
    "HedgeError",
    "NotAvailable",
    "OutsideDomain",
    "Parameter",
    "PassedError",
    "RefusedCells",
    "Spec",
    "WrongType",
    "udf",
]

__all__ += [name.lower() for name in REGISTRY]

for _name in REGISTRY:
    del globals()[_name.lower()]  # the stars brought the function of plain numbers

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Compile the checked call of a function when it is first asked for."""
        spec = REGISTRY.get(name.upper())
        if spec is None or name != name.lower():
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return globals().setdefault(name, checked(spec))

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
