"""The texts that the cells of a book share, by their numbers."""

import re
from typing import Final, NamedTuple

from workbook.errors import BadPackage
from workbook.memory import remembered
from workbook.xlsx.second_reader import prove_texts
from workbook.xlsx.xml_text import ATTRIBUTES, PREFIX, check_plain, rich_text, string_of

OPENING: Final = re.compile(rb"<(%s)sst%s(/?)>\s*+" % (PREFIX, ATTRIBUTES))


class Pattern(NamedTuple):
    """The patterns of the items for one namespace prefix."""

    items: re.Pattern[bytes]  # all of them, as one shape
    item: re.Pattern[bytes]
    rest: re.Pattern[bytes]
    simple: re.Pattern[bytes]  # an item without runs


class Texts:
    """A book's shared texts by number, each worked out when it is first asked for."""

    def __init__(self, xml: bytes) -> None:
        opening = OPENING.search(xml)
        self._prefix = opening[1] if opening else b""
        try:
            check_plain(xml)
            self._texts: list[str | bytes] = _items(xml, opening)
            if xml:
                prove_texts(xml, self, len(self._texts))
        except BadPackage as error:
            raise BadPackage(f"the shared texts can't be read: {error}") from None
        except UnicodeDecodeError:
            raise BadPackage("the shared texts can't be read: they are not UTF-8") from None

    def __call__(self, number: int) -> str:
        """One of the texts."""
        if number < 0:
            raise IndexError(number)
        text = self._texts[number]
        if isinstance(text, bytes):
            simple = _pattern(self._prefix).simple.fullmatch(text)
            text = string_of(simple[1]) if simple else rich_text(text, self._prefix)
            self._texts[number] = text
        return text


@remembered(64)
def _pattern(prefix: bytes) -> Pattern:
    names = {b"p": re.escape(prefix), b"a": ATTRIBUTES}
    content = rb"(?>(?:[^<]++|<(?!/?%(p)s(?:si|sst)[\s/>]))*)" % names
    item = rb"<%(p)ssi%(a)s(?:/>|>%(c)s</%(p)ssi\s*+>)\s*+"
    return Pattern(
        items=re.compile(rb"(?>(?:%s)*)" % (item % {**names, b"c": content})),
        item=re.compile(item % {**names, b"c": b"(%s)" % content}),
        rest=re.compile(rb"(?>(?:<%(p)sextLst%(a)s>%(c)s)?)</%(p)ssst\s*+>\s*+" % {**names, b"c": content}),
        simple=re.compile(rb"\s*+<%(p)st%(a)s>([^<]*+)</%(p)st\s*+>\s*+" % names),
    )


def _items(xml: bytes, opening: re.Match[bytes] | None) -> list[str | bytes]:
    """The items of the shared texts in their order: nothing else may stand between them."""
    if opening is None or opening[2]:
        return []
    pattern = _pattern(opening[1])
    items = pattern.items.match(xml, opening.end())
    at = items.end() if items else opening.end()
    if not pattern.rest.fullmatch(xml, at):
        raise BadPackage(f"they are not written as spreadsheet programs write them, at byte {at}")
    return list(pattern.item.findall(items[0])) if items else []


@remembered(16)
def texts_of(xml: bytes) -> Texts:
    """The texts of a part; books of one template share them."""
    return Texts(xml)
