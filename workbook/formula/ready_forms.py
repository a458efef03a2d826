"""The forms of the template's formulas, which come with the package: written by `make docs`.

They are taken only for a book in which all words of formulas mean what they meant when the forms were
worked out, and only while the modules that work them out are the same. For any other book, and where
anything is wrong with the file, forms are worked out as they are needed.
"""

import hashlib
import json
import zlib
from collections.abc import Hashable, Mapping, Sequence
from itertools import starmap
from pathlib import Path
from typing import Any, Final

from workbook.cells import Area
from workbook.formula.forms import Facts, Family, Form, Reference
from workbook.formula.tokens import Corner
from workbook.formula.words import Words
from workbook.memory import remembered
from workbook.sources import sources_of

READY: Final = Path(__file__).parent / "ready"
SOURCES: Final = ("workbook/formula",)
ENDING: Final = ".forms"
OF_EXCEL: Final = "_xlnm."  # names of print areas and filters, which no formula of the template uses


def ready_families(words: Words) -> dict[Hashable, Family]:
    """The families of the formulas in the book that these are the words of; none if it is another book."""
    mark = mark_of(words)
    for path in READY.glob(f"*{ENDING}"):
        try:
            first, _, packed = path.read_bytes().partition(b"\n")
            if first.decode("ascii") == mark:
                return unpacked(packed)
        except (OSError, ValueError, TypeError, zlib.error):
            continue  # nothing is lost: they are worked out
    return {}


def place(edition: str) -> Path:
    """Where the forms of an edition lie."""
    return READY / f"{edition}{ENDING}"


def mark_of(words: Words) -> str:
    """What tells these words and the modules that read formulas from any others."""
    names = sorted((repr(key), text) for key, text in words.names.items() if not key[1].startswith(OF_EXCEL))
    tables = sorted(words.tables.items(), key=lambda item: item[0])
    told = repr((list(words.sheets), names, tables, sorted(words.ours), list(words.links)))
    return f"{_sources()} {hashlib.blake2b(told.encode(errors='surrogatepass'), digest_size=16).hexdigest()}"


@remembered(1)
def _sources() -> str:
    return sources_of(SOURCES)


def packed(families: Mapping[Hashable, Family]) -> bytes:
    """Families by what their formulas have in common."""
    told = [
        [key, family.rows, family.is_inside, [[zone, _told(form)] for zone, form in family.forms.items()]]
        for key, family in families.items()
    ]
    return zlib.compress(json.dumps(told, separators=(",", ":")).encode("ascii"), 9)


def unpacked(content: bytes) -> dict[Hashable, Family]:
    """The families of `packed`."""
    return {
        _fixed(key): Family(_fixed(rows), is_inside, {_fixed(zone): _retold(form) for zone, form in forms})
        for key, rows, is_inside, forms in json.loads(zlib.decompress(content))
    }


def _told(form: Form) -> Sequence[Any]:
    return [sorted(fact) if isinstance(fact, frozenset) else fact for fact in form.facts]


def _retold(told: Sequence[Any]) -> Form:
    parts, holes, columns, named, cells, moving, spans, calls, *rest = told
    references = [(at, _reference(*reference)) for at, reference in moving]
    areas = list(starmap(Area, named))
    return Form(Facts(parts, holes, columns, areas, cells, references, spans, frozenset(calls), *rest))


def _reference(sheet: int, prefix: str, first: Any, last: Any, goes: Any) -> Reference:
    return Reference(sheet, prefix, Corner(*first), None if last is None else Corner(*last), tuple(goes))


def _fixed(told: Any) -> Any:
    """Lists as the tuples that they were."""
    return tuple(map(_fixed, told)) if type(told) is list else told
