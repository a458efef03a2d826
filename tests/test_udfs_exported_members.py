"""The front door of udfs: what it exports is listed, importable, and nothing else."""

import pytest

import udfs
from udfs import REGISTRY, Spec

CURATED = {
    "REGISTRY",
    "BadArgument",
    "DividesByZero",
    "Example",
    "HedgeError",
    "NotAvailable",
    "OutsideDomain",
    "Parameter",
    "PassedError",
    "Spec",
    "WrongType",
    "udf",
}


def test_exports_are_the_functions_and_the_curated_names() -> None:
    """`__all__` holds each registered function once, the records and the errors: no more, no less."""
    functions = {name.lower() for name in REGISTRY}
    assert set(udfs.__all__) == CURATED | functions
    assert len(udfs.__all__) == len(CURATED) + len(functions)


@pytest.mark.parametrize("spec", REGISTRY.values(), ids=REGISTRY)
def test_exported_function_is_the_plain_one(spec: Spec) -> None:
    """`from udfs import hedge_notional` gives the plain function of numbers that the record holds."""
    assert getattr(udfs, spec.name.lower()) is spec.function
    assert spec.function.__module__.startswith("udfs.")


def test_every_error_is_a_hedge_error_with_an_excel_error() -> None:
    """One tree: whoever catches HedgeError catches all, and each leaf becomes a cell error."""
    leaves = [getattr(udfs, name) for name in CURATED if isinstance(getattr(udfs, name), type)]
    errors = [leaf for leaf in leaves if issubclass(leaf, Exception)]
    assert len(errors) == 7
    assert all(issubclass(error, udfs.HedgeError) for error in errors)
    assert all(error.excel.startswith("#") for error in errors)
