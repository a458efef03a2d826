"""A package is read with limits, and written part for part."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable

import pytest
from support.books import book, parts, repacked

from workbook.errors import BadPackage
from workbook.xlsx.zip import Limits, Package

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture(scope="module")
def package() -> bytes:
    """A small book."""
    return book({"Sheet1": {"A1": 1, "B1": "text"}})


def archive(
    entries: Iterable[tuple[str, bytes]], comment: bytes = b"", method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """A ZIP with these entries, whatever their names."""
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w", method) as writer:
        for name, content in entries:
            writer.writestr(zipfile.ZipInfo(name), content, method)
        writer.comment = comment
    return saved.getvalue()


def test_every_part_reads_as_zipfile_reads_it(package: bytes) -> None:
    """Our reader and the standard library's agree on every part."""
    opened = Package(package)
    assert {name: opened.read(name) for name in opened.entries} == parts(package)


def test_written_without_a_change_is_the_same_bytes(package: bytes) -> None:
    """No change, no byte."""
    assert Package(package).written({}) == package


def test_one_part_changes_and_the_others_keep_their_compressed_bytes() -> None:
    """Unchanged parts are copied as they lie, in order, with times, flags and the comment."""
    source = archive([("a.xml", b"a" * 999), ("b.xml", b"b" * 999), ("c.xml", b"c" * 999)], b"note")
    written = Package(source).written({"b.xml": b"new"})
    before, after = (zipfile.ZipFile(io.BytesIO(content)) for content in (source, written))
    assert after.testzip() is None
    assert after.comment == b"note"
    assert [info.filename for info in after.infolist()] == ["a.xml", "b.xml", "c.xml"]
    assert after.read("b.xml") == b"new"
    for name in ("a.xml", "c.xml"):
        old, new = before.getinfo(name), after.getinfo(name)
        assert (old.date_time, old.CRC, old.compress_size) == (new.date_time, new.CRC, new.compress_size)


def test_streamed_parts_are_copied_with_their_descriptors() -> None:
    """A package written as a stream has its sizes after the data: they move along."""

    class Pipe(io.RawIOBase):
        """A file that can't seek."""

        def __init__(self) -> None:
            self.content = b""

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]  # as zipfile calls it
            self.content += bytes(data)
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as writer:
        writer.writestr("a.xml", b"a" * 999)
        writer.writestr("b.xml", b"b" * 999)
    written = Package(pipe.content).written({"a.xml": b"new"})
    assert zipfile.ZipFile(io.BytesIO(written)).testzip() is None
    assert parts(written) == {"a.xml": b"new", "b.xml": b"b" * 999}


def test_parts_are_found_in_any_case(package: bytes) -> None:
    """A relation may spell a part in another case than the directory does."""
    assert Package(package).read(SHEET.upper()) == parts(package)[SHEET]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no workbook package"),
        (b"symbol,spot\nBTC,30000\n", "no workbook package"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "encrypted"),
        (b"PK\x05\x06" + bytes(18) + b"x", "end record"),
        (archive([("../evil.xml", b"")]), "named like a path"),
        (archive([("/etc/passwd", b"")]), "named like a path"),
        (archive([("xl\\styles.xml", b"")]), "named like a path"),
        (archive([("C:evil.xml", b"")]), "named like a path"),
        (archive([("xl/./workbook.xml", b"")]), "named like a path"),
        (archive([("a\nb.xml", b"")]), "named like a path"),
        (archive([("xl/a.xml", b""), ("xl/A.xml", b"")]), "two parts named"),
        (archive([("a.xml", b"x" * 99)], method=zipfile.ZIP_BZIP2), "compressed in a way"),
        (archive([("a.xml", b"x" * 99)], method=zipfile.ZIP_LZMA), "compressed in a way"),
        (b"MZ" + archive([("a.xml", b"x")]), "directory is misplaced"),
        (archive([("a.xml", b"x")]) + b"more", "end record"),
    ],
)
def test_what_is_no_sound_package_is_refused(content: bytes, reason: str) -> None:
    """Each kind of file that is no workbook, or tries to be more than one, gets its own sentence."""
    with pytest.raises(BadPackage, match=reason):
        Package(content)


def test_duplicate_parts_are_refused(recwarn: pytest.WarningsRecorder) -> None:
    """Two parts of one name: programs disagree on which one counts."""
    content = archive([("a.xml", b"1"), ("a.xml", b"2")])
    assert len(recwarn) == 1  # zipfile says so, and writes it
    recwarn.clear()
    with pytest.raises(BadPackage, match="two parts named"):
        Package(content)


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(package=100), "larger than"),
        (Limits(entries=2), "more than 2 parts"),
        (Limits(part=100), "inflates to more than"),
        (Limits(total=1_000), "inflate to more than"),
        (Limits(ratio=50, small=1_000), "50 times its size"),
    ],
)
def test_every_limit_is_kept(limits: Limits, reason: str) -> None:
    """A bomb is refused by what its directory says, before a byte of it is inflated."""
    content = archive([("a.xml", bytes(100_000)), ("b.xml", b"b"), ("c.xml", b"c")])
    with pytest.raises(BadPackage, match=reason):
        Package(content, limits)


def test_a_part_that_lies_about_its_size_is_not_inflated_further() -> None:
    """The directory says 10 bytes; the data would give a million: it is damaged, not followed."""
    content = bytearray(archive([("a.xml", bytes(1_000_000))]))
    at = content.rfind(b"PK\x01\x02")
    struct.pack_into("<I", content, at + 24, 10)
    with pytest.raises(BadPackage, match="is damaged"):
        Package(bytes(content)).read("a.xml")


def test_a_bomb_within_the_limits_of_the_directory_is_refused_by_its_ratio() -> None:
    """42 MB of zeros in 42 kB: a real part never shrinks a thousand times."""
    with pytest.raises(BadPackage, match="times its size"):
        Package(archive([("a.xml", bytes(42 << 20))]))


def test_overlapping_parts_are_refused() -> None:
    """The bomb without recursion: many directory records that point at the same data."""
    content = bytearray(archive([("a.xml", b"a" * 50), ("b.xml", b"b" * 50)]))
    second = content.rfind(b"PK\x01\x02")
    struct.pack_into("<I", content, second + 42, 0)
    with pytest.raises(BadPackage, match="overlap"):
        Package(bytes(content))


def test_encrypted_parts_are_refused() -> None:
    """A part behind a ZIP password can't be read."""
    content = bytearray(archive([("a.xml", b"a")]))
    at = content.rfind(b"PK\x01\x02")
    content[at + 8] |= 1
    with pytest.raises(BadPackage, match="encrypted"):
        Package(bytes(content))


def test_every_truncation_is_refused(package: bytes) -> None:
    """A file cut short anywhere is refused, never half read."""
    for length in range(0, len(package), 97):
        with pytest.raises(BadPackage):
            Package(package[:length])


def test_a_flipped_bit_never_passes_for_another_value(package: bytes) -> None:
    """Any flipped bit is refused, or leaves every part as it was."""
    original = parts(package)
    for at in range(0, len(package), 11):
        flipped = bytearray(package)
        flipped[at] ^= 1 << at % 8
        try:
            opened = Package(bytes(flipped))
            found = {name: opened.read(name) for name in opened.entries}
        except BadPackage:
            continue
        assert [*found.values()] == [*original.values()]


def test_stored_parts_stay_stored() -> None:
    """A part that was not compressed is not compressed when it is replaced."""
    written = Package(archive([("a.xml", b"a")], method=zipfile.ZIP_STORED)).written({"a.xml": b"bb"})
    info = zipfile.ZipFile(io.BytesIO(written)).getinfo("a.xml")
    assert (info.compress_type, info.file_size, info.CRC) == (zipfile.ZIP_STORED, 2, zlib.crc32(b"bb"))


def test_a_package_inside_a_package_stays_closed(package: bytes) -> None:
    """An embedded book (or a bomb in a bomb) is one part: copied, never opened."""
    nested = archive([("inner.zip", archive([("bomb", bytes(1 << 20))]))])
    outer = repacked(package, {"xl/embeddings/inner.zip": nested})
    assert Package(outer).read("xl/embeddings/inner.zip") == nested
