"""A package written anew: the same bytes for the same parts, on any day."""

import io
import zipfile
from collections.abc import Mapping
from typing import Final

EARLIEST: Final = (1980, 1, 1, 0, 0, 0)  # the first day that a ZIP knows


def package_of(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The parts as one package, in their order."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.compress_type = method
            entry.external_attr = 0o600 << 16
            entry.create_system = 0
            made.writestr(entry, content)
    return target.getvalue()


def parts_of(package: bytes) -> Mapping[str, bytes]:
    """The parts of a package of our own, in their order."""
    with zipfile.ZipFile(io.BytesIO(package)) as source:
        return {name: source.read(name) for name in source.namelist()}
