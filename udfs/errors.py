"""The one error tree: what a function refuses, and the Excel error that a host shows for it.

    HedgeError
      BadArgument
        WrongType       #VALUE!, also a TypeError
        OutsideDomain   #NUM!, also a ValueError
        DividesByZero   #DIV/0!, also a ZeroDivisionError and a ValueError
        PassedError     the error that was passed in
      NotAvailable      #N/A

Python code that has never heard of microhedge can catch the built-in parents.
"""

from typing import ClassVar


class RefusedCells(UserWarning):
    """Some cells were refused and stand as missing values: how many, and what the first is refused for."""


class HedgeError(Exception):
    """Anything that microhedge refuses, with the argument and the value at fault."""

    excel: ClassVar[str] = "#VALUE!"

    def __init__(self, message: str, argument: str = "", value: object = None) -> None:
        super().__init__(message, argument, value)
        self.message = message
        self.argument = argument
        self.value = value

    def __str__(self) -> str:
        return self.message

    @property
    def cell(self) -> str:
        """The error value that a host writes into the cell."""
        return self.excel


class BadArgument(HedgeError):
    """An argument that a function can't use; the leaves say why."""


class WrongType(BadArgument, TypeError):
    """A blank, a text, a truth value or a range where something else is needed."""

    excel = "#VALUE!"


class OutsideDomain(BadArgument, ValueError):
    """A value of the right type outside the argument's domain, or a result no number can hold."""

    excel = "#NUM!"


class DividesByZero(BadArgument, ZeroDivisionError, ValueError):
    """An exposure, notional or price of zero that the formula divides by: outside its domain, too."""

    excel = "#DIV/0!"


class NotAvailable(HedgeError):
    """No such answer: no solution, an unknown venue or symbol, too little history."""

    excel = "#N/A"


class PassedError(BadArgument):
    """An error cell among the arguments: it passes through as that same error."""

    @property
    def cell(self) -> str:
        """The error that was passed in."""
        return str(self.value)
