"""A book's ZIP package, read with limits and written part for part.

The directory is read here rather than by zipfile because unchanged parts are copied as they lie,
compressed, with their headers: zipfile can do neither without inflating and deflating them again.
Everything in the file is hostile until shown otherwise, so whatever a workbook never needs (ZIP64,
encryption, several volumes, overlapping or hidden entries) is refused.
"""

import re
import stat
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from workbook.errors import BadPackage
from workbook.memory import remembered
from workbook.xlsx.other_formats import other_file

LOCAL: Final = struct.Struct("<4s5H3I2H")
CENTRAL: Final = struct.Struct("<4s6H3I5H2I")
END: Final = struct.Struct("<4s4H2IH")
LOCAL_MARK: Final = b"PK\x03\x04"
CENTRAL_MARK: Final = b"PK\x01\x02"
END_MARK: Final = b"PK\x05\x06"

STORED: Final = 0
DEFLATED: Final = 8
ENCRYPTED: Final = 0x1
STREAMED: Final = 0x8  # sizes follow the data
UTF8: Final = 0x800
LEVEL: Final = 1  # Excel too deflates fast: a level of 6 takes two and a half times as long for a fifth less
RECALLED: Final = 16 << 10  # bytes of a part that is kept inflated

ODD_NAME: Final = re.compile(r'[\x00-\x1f\\:*?"<>|]|^/|//|(^|/)\.{1,2}(/|$)')


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a package is read; a workbook that a person works with stays far below."""

    package: int = 256 << 20
    entries: int = 10_000
    part: int = 512 << 20
    total: int = 1 << 30
    ratio: int = 200  # of parts above `small`: deflate itself can reach 1032
    small: int = 8 << 20
    cells: int = 3_000_000


LIMITS: Final = Limits()


def read_file(source: Path) -> bytes:
    """A file's bytes; what is no regular file, or larger than any book, is refused unread."""
    found = source.stat()
    if not stat.S_ISREG(found.st_mode):  # reading a pipe or a device would wait for ever
        raise BadPackage("is no regular file")
    if found.st_size > LIMITS.package:
        raise BadPackage(f"the file is larger than {LIMITS.package >> 20} MB")
    return source.read_bytes()


class Entry(NamedTuple):
    """A part as the directory describes it, and where its local header and data lie."""

    name: str
    record: bytes
    method: int
    crc: int
    packed: int
    size: int
    start: int
    data: int
    end: int


class Fingerprint(NamedTuple):
    """What tells a part from any other: its checksum, size, method and compressed bytes."""

    crc: int
    size: int
    method: int
    packed: bytes


class Package:
    """The parts of one package, by name, in the order of its directory."""

    def __init__(self, content: bytes, limits: Limits = LIMITS) -> None:
        self.content = content
        self.limits = limits
        if len(content) > limits.package:
            raise BadPackage(f"the file is larger than {limits.package >> 20} MB")
        self._directory, self._tail, records = _directory(content, limits)
        self.entries = _entries(content, records, self._directory)
        self._cased = {name.lower(): name for name in self.entries}
        total = sum(entry.size for entry in self.entries.values())
        if total > limits.total:
            raise BadPackage(f"the parts inflate to more than {limits.total >> 20} MB")
        for entry in self.entries.values():
            _check_size(entry, limits)

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._cased

    def exact(self, name: str) -> str:
        """The name as the package spells it: part names do not differ by case."""
        try:
            return self._cased[name.lower()]
        except KeyError:
            raise BadPackage(f"the part {name} is missing") from None

    def fingerprint(self, name: str) -> Fingerprint:
        """What tells a part from any other without inflating it."""
        entry = self.entries[self.exact(name)]
        packed = self.content[entry.data : entry.data + entry.packed]
        return Fingerprint(entry.crc, entry.size, entry.method, packed)

    def read(self, name: str) -> bytes:
        """A part's bytes, inflated no further than the directory promised, and checked."""
        entry = self.entries[self.exact(name)]
        packed = self.content[entry.data : entry.data + entry.packed]
        inflated = _inflated_again if max(entry.size, entry.packed) <= RECALLED else _inflated
        part = inflated(packed, entry.method, entry.crc, entry.size)
        if part is None:
            raise BadPackage(f"the part {name} is damaged")
        return part

    def written(self, changes: Mapping[str, bytes]) -> bytes:
        """The package with some parts replaced; without a change, the very same bytes."""
        if not changes:
            return self.content
        pieces: list[bytes] = []
        moved: dict[str, bytes] = {}
        view = memoryview(self.content)
        offset = 0
        for entry in sorted(self.entries.values(), key=lambda entry: entry.start):
            if entry.name in changes:
                piece, record = _packed(entry, changes[entry.name], self.content)
            else:
                piece = bytes(view[entry.start : entry.end])
                record = entry.record
            moved[entry.name] = _moved(record, offset)
            pieces.append(piece)
            offset += len(piece)
        records = [moved[name] for name in self.entries]
        size = sum(map(len, records))
        mark, *counts, _, _, comment = END.unpack_from(self._tail)
        end = END.pack(mark, *counts, size, offset, comment)
        return b"".join((*pieces, *records, end, self._tail[END.size :]))


def _inflated(packed: bytes, method: int, crc: int, size: int) -> bytes | None:
    """A part's bytes; None unless they are what the directory promises."""
    part = packed
    if method != STORED:
        try:
            part = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, size + 1)
        except zlib.error:
            return None
    return part if len(part) == size and zlib.crc32(part) == crc else None


_inflated_again = remembered(1_000)(_inflated)  # the small parts of books of one template are the same


def _directory(content: bytes, limits: Limits) -> tuple[int, bytes, list[bytes]]:
    """Where the directory begins, the end record with its comment, and the directory's records."""
    if not content.startswith(b"PK") and (said := other_file(content)):
        raise BadPackage(said)
    at = content.rfind(END_MARK, max(0, len(content) - END.size - 0xFFFF))
    if at < 0 or at + END.size > len(content):
        raise BadPackage("the file is no workbook package, or is cut short")
    tail = content[at:]
    _, disk, first, here, count, size, start, comment = END.unpack_from(tail)
    if disk or first or here != count or len(tail) != END.size + comment:
        raise BadPackage("the package is damaged: its end record is wrong")
    if count > limits.entries:
        raise BadPackage(f"the package has more than {limits.entries} parts")
    if start + size != at:
        raise BadPackage("the package is damaged, or of an unusual kind: its directory is misplaced")
    records = []
    for _ in range(count):
        if start + CENTRAL.size > at or content[start : start + 4] != CENTRAL_MARK:
            raise BadPackage("the package is damaged: its directory is cut short")
        name, extra, note = struct.unpack_from("<3H", content, start + 28)
        following = start + CENTRAL.size + name + extra + note
        records.append(content[start:following])
        start = following
    if start != at:
        raise BadPackage("the package is damaged: its directory is cut short")
    return at - size, tail, records


def _entries(content: bytes, records: list[bytes], directory: int) -> dict[str, Entry]:
    """The directory's parts with the places of their data; parts never overlap."""
    starts = sorted(struct.unpack_from("<I", record, 42)[0] for record in records)
    ends = dict(zip(starts, [*starts[1:], directory], strict=True)) if starts else {}
    if len(ends) != len(starts) or (starts and (starts[0] != 0 or starts[-1] > directory)):
        raise BadPackage("the package is damaged: its parts overlap or have gaps")
    entries: dict[str, Entry] = {}
    for record in records:
        entry = _entry(content, record, ends)
        if entry.name.lower() in entries:
            raise BadPackage(f"the package has two parts named {entry.name}")
        entries[entry.name.lower()] = entry
    return {entry.name: entry for entry in entries.values()}


def _entry(content: bytes, record: bytes, ends: Mapping[int, int]) -> Entry:
    fields = CENTRAL.unpack_from(record)
    flags, method, crc, packed, size, length = fields[3], fields[4], *fields[7:11]
    start = fields[16]
    raw = record[CENTRAL.size : CENTRAL.size + length]
    name = _name(raw, flags)
    if flags & ENCRYPTED:
        raise BadPackage(f"the part {name} is encrypted")
    if method not in (STORED, DEFLATED):
        raise BadPackage(f"the part {name} is compressed in a way that no workbook uses")
    if start + LOCAL.size > len(content) or content[start : start + 4] != LOCAL_MARK:
        raise BadPackage(f"the package is damaged where the part {name} should be")
    local = LOCAL.unpack_from(content, start)
    data = start + LOCAL.size + local[9] + local[10]
    if content[start + LOCAL.size : start + LOCAL.size + local[9]] != raw or local[3] != method:
        raise BadPackage(f"the package is damaged where the part {name} should be")
    if data + packed > ends[start] or (method == STORED and packed != size):
        raise BadPackage(f"the package is damaged where the part {name} should be")
    return Entry(name, record, method, crc, packed, size, start, data, ends[start])


@remembered(1_000)
def _name(raw: bytes, flags: int) -> str:
    try:
        name = raw.decode("utf-8" if flags & UTF8 else "cp437")
    except UnicodeDecodeError:
        raise BadPackage("the package has a part whose name is no text") from None
    if ODD_NAME.search(name) or not name:
        raise BadPackage(f"the package has a part named like a path: {name!r}")
    return name


def _check_size(entry: Entry, limits: Limits) -> None:
    if entry.size > limits.part:
        raise BadPackage(f"the part {entry.name} inflates to more than {limits.part >> 20} MB")
    if entry.size > limits.small and entry.size > limits.ratio * entry.packed:
        raise BadPackage(f"the part {entry.name} inflates to more than {limits.ratio} times its size")


def _packed(entry: Entry, part: bytes, content: bytes) -> tuple[bytes, bytes]:
    """A replaced part's local header and data, and its record in the directory."""
    if entry.method == DEFLATED:
        deflater = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        data = deflater.compress(part) + deflater.flush()
    else:
        data = part
    crc = zlib.crc32(part)
    fields = list(LOCAL.unpack_from(content, entry.start))
    fields[2] &= ~STREAMED
    fields[6:9] = crc, len(data), len(part)
    fields[10] = 0  # extra fields of the local header speak of the old data
    name = content[entry.start + LOCAL.size : entry.start + LOCAL.size + fields[9]]
    record = bytearray(entry.record)
    struct.pack_into("<H", record, 8, struct.unpack_from("<H", record, 8)[0] & ~STREAMED)
    struct.pack_into("<3I", record, 16, crc, len(data), len(part))
    return LOCAL.pack(*fields) + name + data, bytes(record)


def _moved(record: bytes, offset: int) -> bytes:
    return record[:42] + struct.pack("<I", offset) + record[46:]
