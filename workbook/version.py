"""Which microhedge runs."""

from importlib import metadata


def own_version() -> str | None:
    """The version that is installed; None in a checkout that nobody installed."""
    try:
        return metadata.version("microhedge")
    except metadata.PackageNotFoundError:
        return None
