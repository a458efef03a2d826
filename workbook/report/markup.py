"""Markup of the page: every text is escaped in one place, and every tag is made in one."""

import unicodedata
from html import escape
from typing import Final
from urllib.parse import quote

STEERING: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
NAMES: Final = {"class_": "class", "for_": "for"}


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()

    def __add__(self, other: str) -> "Markup":
        return Markup(str(self) + str(other if isinstance(other, Markup) else text(other)))


def text(said: object) -> Markup:
    """A text of a book or a path: signs that steer or turn become their names, the rest is escaped."""
    plain = "".join(
        f"\u2039U+{ord(sign):04X}\u203a" if unicodedata.category(sign) in STEERING else sign
        for sign in str(said)
    )
    return Markup(escape(plain, quote=True))


def tag(name: str, *children: object, **attributes: object) -> Markup:
    """An element; children that are no markup are texts, attributes that are None or False are left out."""
    said = [name]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        label = NAMES.get(key, key.replace("_", "-"))
        said.append(label if value is True else f'{label}="{text(value)}"')
    return Markup(f"<{' '.join(said)}>{joined(*children)}</{name}>")


def joined(*children: object) -> Markup:
    """Several pieces of a page, one behind the other."""
    return Markup("".join(child if isinstance(child, Markup) else text(child) for child in children))


def file_link(path: str) -> str:
    """A link to a file relative to the page: what `quote` leaves has no scheme."""
    try:
        return f"./{quote(path, errors='surrogateescape')}"
    except UnicodeEncodeError:  # half of a letter, which no file is named
        return f"./{quote(path, errors='backslashreplace')}"


def hidden_caption(said: str) -> Markup:
    """The caption of a table, for those who hear the page."""
    return tag("caption", said, class_="hide")
