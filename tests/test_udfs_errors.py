"""The error tree: what Python code that has never heard of microhedge can catch."""

import pytest

from udfs import (
    REGISTRY,
    BadArgument,
    DividesByZero,
    HedgeError,
    NotAvailable,
    OutsideDomain,
    PassedError,
    WrongType,
)


@pytest.mark.parametrize(
    ("refusal", "parents", "strangers"),
    [
        (WrongType, (BadArgument, TypeError), (ValueError,)),
        (OutsideDomain, (BadArgument, ValueError), (TypeError,)),
        (DividesByZero, (BadArgument, ValueError, ZeroDivisionError), (TypeError,)),
        (PassedError, (BadArgument,), (TypeError, ValueError)),
        (NotAvailable, (HedgeError,), (BadArgument, TypeError, ValueError)),
    ],
)
def test_a_refusal_is_what_python_itself_would_raise(
    refusal: type[HedgeError], parents: tuple[type, ...], strangers: tuple[type, ...]
) -> None:
    """A wrong type is a TypeError, a value outside its domain a ValueError."""
    assert issubclass(refusal, parents)
    assert not issubclass(refusal, strangers)


@pytest.mark.parametrize(
    ("cells", "kind", "message"),
    [
        ((2_400, 0.5), OutsideDomain, "leverage: must be at least 1, got 0.5"),
        ((2_400, "five"), WrongType, 'leverage: must be a number, got "five"'),
        ((2_400, None), WrongType, "leverage: is blank"),
    ],
)
def test_a_refusal_keeps_its_words_and_its_kind(
    cells: tuple[object, ...], kind: type[HedgeError], message: str
) -> None:
    """That a refusal is a ValueError too does not turn it into "too large or too small"."""
    with pytest.raises(kind) as refused:
        REGISTRY["HEDGE_MARGIN"].call(*cells)
    assert str(refused.value) == message
