"""Where books and reports lie: on this machine, or on any file system that fsspec knows.

What a stopped write leaves depends on the storage, and is said here once:

* on this machine: a temporary file beside the target, synced, then renamed: never half a file
* object stores (s3, gs, az, ...) and memory: one upload of the whole object: never half a file
* other servers (sftp, smb, hdfs, ...): a temporary file, then the server's own rename: as whole as
  that rename is
"""

import hashlib
import os

from workbook.errors import BookError
from workbook.files.local import Local
from workbook.files.remote import Remote, protocols
from workbook.files.store import Store
from workbook.request import Place


def find_store(place: Place) -> tuple[Store, str]:
    """The file system of a place, and the path there."""
    text = os.fspath(place)
    if "://" not in text:
        return Local(), os.path.abspath(text)
    try:
        from fsspec.core import url_to_fs  # noqa: PLC0415 - only who has URLs needs the extra
    except ImportError:
        raise BookError(f"{text}: for URLs, install microhedge[cluster]") from None
    try:
        system, path = url_to_fs(text)
    except (ImportError, ValueError, OSError) as error:
        raise BookError(f"{text}: {error}") from None
    if "file" in protocols(system):
        return Local(), os.path.abspath(path)
    return Remote(system), str(path).rstrip("/")


def lies_in(path: str, folder: str) -> bool:
    """Whether a path is a folder or lies in it; both are paths of one store, or URLs."""

    def spelled(place: str) -> str:
        real = os.path.normcase(os.path.realpath(place)) if os.path.isabs(place) else place
        return real.replace(os.sep, "/").rstrip("/") + "/"

    return spelled(path).startswith(spelled(folder))


def digest(data: bytes) -> str:
    """The fingerprint of a file's content."""
    return hashlib.sha256(data).hexdigest()
