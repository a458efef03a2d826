"""The one error tree: what a function refuses, and the Excel error that a host shows for it."""

from typing import ClassVar


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
    """An argument that a function cannot use; the leaves say why."""


class WrongType(BadArgument):
    """A blank, a text, a truth value or a range where something else is needed."""

    excel = "#VALUE!"


class OutsideDomain(BadArgument):
    """A value of the right type outside the argument's domain, or a result no number can hold."""

    excel = "#NUM!"


class DividesByZero(BadArgument):
    """An exposure, notional or price of zero that the formula divides by."""

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
