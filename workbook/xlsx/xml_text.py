"""What the patterns of a sheet and of the shared texts have in common: attributes, references, texts.

Patterns are possessive wherever XML leaves no choice, so that each is linear in what it reads. A group
is written as `(?>(?:…)*)`: before Python 3.11.5, a possessive repeat of a group that steps back is
matched wrongly.
"""

import re
from typing import Final

from workbook.errors import BadPackage
from workbook.memory import remembered

ATTRIBUTE: Final = re.compile(rb"""\s([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
ATTRIBUTES: Final = rb"""(?>(?:\s++[\w:.-]++\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'))*)\s*+"""
PREFIX: Final = rb"(?>(?:[A-Za-z_][\w.-]*+:)?)"
TAG: Final = re.compile(rb"""<(?>(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*)>""")
REFERENCE: Final = re.compile(r"&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|(amp|lt|gt|quot|apos));|&")
NAMED: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
NO_CHARACTER: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0, 2.2
ESCAPED: Final = re.compile("_x([0-9A-Fa-f]{4})_")
ENCODING: Final = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml\s[^>]*?encoding\s*+=\s*+["']([^"']+)["']""")


def attributes_of(tag: bytes) -> dict[bytes, bytes]:
    """The attributes of a tag, unescaped by nobody: no attribute of a cell needs it."""
    return {name: double or single for name, double, single in ATTRIBUTE.findall(tag)}


def without(tag: bytes, *names: bytes) -> bytes:
    """A tag without some of its attributes."""
    return ATTRIBUTE.sub(lambda said: b"" if said[1] in names else said[0], tag)


def text_of(raw: bytes) -> str:
    """An element's text as XML 1.0 tells it: line ends are one character, references are looked up."""
    text = raw.decode()
    if text.isprintable() and "&" not in text and "]]>" not in text:
        return text
    if NO_CHARACTER.search(text) or "]]>" in text:
        raise BadPackage(f"a text holds what no XML holds: {text[:20]!r}")
    if "\r" in text:  # 2.11: before references are looked up, so that &#13; stays
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return REFERENCE.sub(_character, text)


def _character(reference: re.Match[str]) -> str:
    hexadecimal, decimal, name = reference.groups()
    if name:
        return NAMED[name]
    code = int(hexadecimal, 16) if hexadecimal else int(decimal or 0)
    character = chr(code) if code <= 0x10FFFF else "\0"
    if NO_CHARACTER.match(character):
        raise BadPackage(f"a text refers to what is no character: {reference[0]!r}")
    return character


@remembered(1024)
def string_of(raw: bytes) -> str:
    """A cell's text: `_x000D_` stands for a character that XML can't hold."""
    text = text_of(raw)
    if "_x" not in text:
        return text
    units = ESCAPED.sub(lambda code: chr(int(code[1], 16)), text)
    return units.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")  # two may be one letter


def rich_text(item: bytes, prefix: bytes) -> str:
    """The plain text of a shared or inline string: its runs, without reading aids."""
    run_text, phonetic = _runs(prefix)
    if b"rPh" in item:
        item = phonetic.sub(b"", item)
    return "".join(map(string_of, run_text.findall(item)))


@remembered(64)
def _runs(prefix: bytes) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """The patterns of a run's text and of a reading aid."""
    names = {b"a": ATTRIBUTES, b"p": re.escape(prefix)}
    text = rb"<%(p)st%(a)s>([^<]*+)</%(p)st\s*+>"
    aid = rb"<%(p)srPh%(a)s(?:/>|>(?>(?:[^<]++|<(?!/?%(p)srPh[\s/>]))*)</%(p)srPh\s*+>)"
    return re.compile(text % names), re.compile(aid % names)


def check_plain(xml: bytes) -> None:
    """Refuse XML that says one thing to a pattern and another to a parser."""
    at = max(xml.find(b"<!"), xml.find(b"\0"), xml.find(b"<?", len(b"\xef\xbb\xbf<")))
    if at >= 0:
        raise BadPackage(f"it holds comments, marked sections, instructions or a document type, at byte {at}")
    declared = ENCODING.match(xml)
    if declared and declared[1].lower() not in (b"utf-8", b"us-ascii"):
        raise BadPackage("it is not in UTF-8")
