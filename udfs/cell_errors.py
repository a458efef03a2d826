"""The error values that a cell can hold, and what each program calls them: the one table of them."""

from typing import Final, NamedTuple


class ErrorValue(NamedTuple):
    """An error value as a cell shows it, and its names elsewhere; None where a program has none."""

    text: str
    vba: int | None = None  # as VBA's CVErr takes it
    calc: int | None = None  # LibreOffice Calc's own number
    engine: str | None = None  # the kind that the embedded engine gives it


ERROR_VALUES: Final = (
    ErrorValue("#NULL!", 2000, 521, "Null"),
    ErrorValue("#DIV/0!", 2007, 532, "Div"),
    ErrorValue("#VALUE!", 2015, 519, "Value"),
    ErrorValue("#REF!", 2023, 524, "Ref"),
    ErrorValue("#NAME?", 2029, 525, "Name"),
    ErrorValue("#NUM!", 2036, 503, "Num"),
    ErrorValue("#N/A", 2042, 32767, "Na"),
    ErrorValue("#GETTING_DATA", 2043),
    ErrorValue("#SPILL!", 2045, engine="Spill"),
    ErrorValue("#CONNECT!", 2046),
    ErrorValue("#BLOCKED!", 2047),
    ErrorValue("#UNKNOWN!", 2048),
    ErrorValue("#FIELD!", 2049),
    ErrorValue("#CALC!", 2050, engine="Calc"),
    ErrorValue("#BUSY!"),
    ErrorValue("#EXTERNAL!"),
    ErrorValue("#PYTHON!"),
)
EXCEL_ERRORS: Final = frozenset(error.text for error in ERROR_VALUES)
