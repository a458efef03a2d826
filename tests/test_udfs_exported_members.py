"""The front door of udfs: what it exports is listed, importable, and nothing else."""

import inspect
import pickle

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
    "RefusedCells",
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
def test_exported_function_has_the_signature_of_the_source(spec: Spec) -> None:
    """`from udfs import hedge_notional` gives the checked function, its arguments and defaults as written."""
    exported = getattr(udfs, spec.name.lower())
    assert exported is not spec.function
    assert (exported.__name__, exported.__doc__) == (spec.function.__name__, spec.doc)
    own = [(p.name, p.default) for p in inspect.signature(spec.function).parameters.values()]
    *given, errors = [(p.name, p.default) for p in inspect.signature(exported).parameters.values()]
    assert (given, errors) == (own, ("errors", "raise"))
    assert pickle.loads(pickle.dumps(exported)) is exported  # noqa: S301 - our own


def test_every_error_is_a_hedge_error_with_an_excel_error() -> None:
    """One tree: whoever catches HedgeError catches all, and each leaf becomes a cell error."""
    leaves = [getattr(udfs, name) for name in CURATED if isinstance(getattr(udfs, name), type)]
    errors = [leaf for leaf in leaves if issubclass(leaf, Exception) and not issubclass(leaf, Warning)]
    assert len(errors) == 7
    assert all(issubclass(error, udfs.HedgeError) for error in errors)
    assert all(error.excel.startswith("#") for error in errors)
