"""Formulas as text: what they call, what they refer to, and how they read as plain ranges.

The engine that evaluates knows plain cells and ranges, and functions by their plain names. So a
formula is cut into tokens once (`parse`), and written again for one cell (`Grammar.plain`): shared
formulas moved to their cell, structured references and defined names written as ranges, and every
spelling in which Excel saves a call of ours written as the plain name.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from workbook.cells import Area, address, column_letters
from workbook.formula.criteria import CRITERIA, plain_criterion
from workbook.formula.faults import Unwritable
from workbook.formula.linked_books import Link
from workbook.formula.structured_references import Table, selected
from workbook.formula.tokens import (
    LONGEST,
    PREFIX,
    Token,
    corner_text,
    enclosing_call,
    is_several,
    moved,
    parse,
    quoted,
    spanned,
    takes_many,
    unquoted,
)

REMEMBERED: Final = 100_000
AMOUNT_TEXT: Final = re.compile(r'"[<>= ]*[-$€£(]*[0-9.][^"]*[-$€£%,E][^"]*"|"[<>= ]*[$€£-]+[0-9][^"]*"')
LONGEST_WRITTEN: Final = 8 * LONGEST
DEEPEST: Final = 100  # names that refer to names
BLANK_SHEET: Final = "?blank"  # an omitted argument is written as a cell of this sheet: no book has one
BLANK: Final = f"'{BLANK_SHEET}'!$A$1"

CLOCK: Final = frozenset(("NOW", "TODAY"))
RANDOM: Final = frozenset(("RAND", "RANDBETWEEN", "RANDARRAY"))
REACHING: Final = frozenset(("INDIRECT", "OFFSET"))  # what they refer to shows only when they are evaluated
OPEN_ONLY: Final = frozenset(  # to these, a range of another book is an error while that book is closed
    (
        *("AGGREGATE", "AVERAGEIF", "AVERAGEIFS", "COUNTBLANK", "COUNTIF", "COUNTIFS", "DAVERAGE", "DCOUNT"),
        *("DCOUNTA", "DGET", "DMAX", "DMIN", "DPRODUCT", "DSTDEV", "DSTDEVP", "DSUM", "DVAR", "DVARP"),
        *(
            "INDIRECT",
            "MAXIFS",
            "MINIFS",
            "OFFSET",
            "RANK",
            "RANK.AVG",
            "RANK.EQ",
            "SUBTOTAL",
            "SUMIF",
            "SUMIFS",
        ),
    )
)
LONG_NAME: Final = (
    "MICROHEDGE.FUNCTIONS."  # as LibreOffice writes our functions into a copy, less underscores
)


@dataclass(frozen=True, slots=True)
class Plain:
    """A formula written for the engine, and what it depends on."""

    text: str
    areas: tuple[Area, ...]
    calls: frozenset[str]
    reaches: bool  # refers to cells that only an evaluation can tell
    fault: str  # why the engine can't evaluate it at all
    has_names: bool  # formulas of names were written into it
    named: tuple[Area, ...] = ()  # the areas that the text names, in its order


@dataclass(eq=False)
class Grammar:
    """What the words of a book's formulas mean: its sheets, names, tables, and our functions."""

    sheets: Sequence[str]
    names: Mapping[tuple[int | None, str], str]  # by scope (a sheet, or None) and the name in lower case
    tables: Mapping[str, Table]  # by the name in lower case
    ours: frozenset[str]
    links: Sequence[Link] = ()  # the books that formulas call [1], [2] and so on
    _plain: dict[tuple[object, ...], Plain] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._abroad = [(link.said, sheet) for link in self.links for sheet in link.sheets]
        linked = [f"[{number}]{sheet}" for number, link in enumerate(self.links, 1) for sheet in link.sheets]
        names = [*self.sheets, *linked]
        self.titles = [re.sub(r"[\[\]]", "?", name) for name in names]  # of all sheets, for the engine
        self._sheet_numbers = {name.lower(): number for number, name in enumerate(names)}
        self._prefixes = list(map(quoted, self.titles))

    def plain(
        self,
        text: str,
        sheet: int,
        row: int,
        column: int,
        origin: tuple[int, int],
        *,
        qualified: bool = False,
    ) -> Plain:
        """The formula of one cell; `origin` is the cell that its text is written for.

        A qualified formula names the sheet of every reference, so that it can stand on any sheet.
        """
        shift = row - origin[0], column - origin[1]
        tokens = parse(text)
        this_row = any(token.kind in ("table", "name", "call") for token in tokens)
        key = (text, sheet, *shift, qualified, (row, column) if this_row else None)
        known = self._plain.get(key)
        if known is None:
            if len(self._plain) >= REMEMBERED:
                self._plain.clear()  # books of other formulas than the last ones
            writer = _Writer(self, sheet, row, column, qualified)
            known = self._plain[key] = writer.plain(tokens, shift)
        return known

    def function(self, name: str) -> str:
        """A called function's plain name: ours in all the spellings in which a program saves it."""
        plain = PREFIX.sub("", name).upper()
        if plain.startswith(LONG_NAME):
            method = plain.removeprefix(LONG_NAME)
            return next((own for own in self.ours if own.replace("_", "") == method), plain)
        if plain in self.ours or "_" not in plain + name:
            return plain
        if name.lower().startswith("_xldudf_"):  # Office.js puts a namespace before the name
            for cut in re.finditer(r"[_.]", plain):
                if plain[cut.end() :] in self.ours:
                    return plain[cut.end() :]
        return plain

    def sheet_number(self, name: str) -> int | None:
        """The sheet of that name, in any case."""
        return self._sheet_numbers.get(name.lower())

    def area(self, text: str, home: int) -> Area | None:
        """The area that a reference of a plain formula names, seen from a sheet; None for anything else."""
        tokens = parse(text)
        if len(tokens) != 1 or tokens[0].corners is None:
            return None
        prefix = tokens[0].sheet
        sheet = home if prefix is None else self.sheet_number(unquoted(prefix)[1])
        return None if sheet is None else spanned(sheet, *tokens[0].corners)

    def name(self, name: str, sheet: int) -> str | None:
        """What a defined name refers to, seen from a sheet."""
        lower = name.lower()
        found = self.names.get((sheet, lower))
        return self.names.get((None, lower)) if found is None else found

    def link(self, prefix: str) -> Link:
        """The book that stands before a reference, as far as this one knows of it."""
        book, sheet = unquoted(prefix)
        name = book[:-1].rpartition("[")[2] or re.split(r"[\\/]", sheet)[-1]
        if name.isdecimal():
            known = {str(number): link for number, link in enumerate(self.links, 1)}
            return known.get(name, Link())
        return Link(f"the book {name}") if "." in name else Link()

    def abroad(self, area: Area) -> str:
        """The first cell of another book's range, for a reader."""
        said, sheet = self._abroad[area.sheet - len(self.sheets)]
        return f"{sheet}!{address(area.top, area.left)} of {said}"

    def prefix(self, sheet: int) -> str:
        """A sheet's name before a reference."""
        return self._prefixes[sheet]


class _Writer:
    """Writes one formula for one cell."""

    def __init__(self, grammar: Grammar, sheet: int, row: int, column: int, qualified: bool) -> None:
        self.grammar = grammar
        self.sheet = sheet
        self.row = row
        self.column = column
        self.qualified = qualified
        self.areas: list[Area] = []
        self.spans: list[Area] = []
        self.calls: set[str] = set()
        self.reaches = False
        self.linked = ""  # another book, as a sentence calls it
        self.has_names = False
        self.open: list[tuple[int, str]] = []  # the names that are being written out, with their scopes
        self.length = 0

    def plain(self, tokens: Sequence[Token], shift: tuple[int, int]) -> Plain:
        fault = written = ""
        try:
            written = self.write(tokens, shift, self.sheet)
        except Unwritable as error:
            fault = str(error)
        if self.linked and self.calls & OPEN_ONLY:
            called = min(self.calls & OPEN_ONLY)
            fault = (
                fault or f"calls {called} over {self.linked}, which Excel does only while that one is open"
            )
        if self.calls & REACHING or self.length > LONGEST_WRITTEN:
            self.reaches = True
        areas = tuple(dict.fromkeys((*self.areas, *self.spans)))
        calls, named = frozenset(self.calls), tuple(self.areas)
        return Plain(written, areas, calls, self.reaches, fault, self.has_names, named)

    def write(self, tokens: Sequence[Token], shift: tuple[int, int], home: int) -> str:
        """The tokens of a formula or of a name's formula; `home` is where plain references lie."""
        pieces: list[str] = []
        fault = ""
        counts = [len(self.areas)]  # of areas, before each token
        for at in range(len(tokens)):
            try:
                piece = self._piece(tokens, at, shift, home)
            except Unwritable as error:
                if self.length > LONGEST_WRITTEN:
                    raise
                fault = fault or str(error)  # read on: the calls that follow are wanted as well
                piece = ""
            pieces.append(piece)
            self.length += len(piece)
            counts.append(len(self.areas))
        for at, token in enumerate(tokens):
            if token.kind == "colon":
                first, last = _operand(tokens, at, -1), _operand(tokens, at, 1)
                self._span(self.areas[counts[first] : counts[at]], self.areas[counts[at] : counts[last + 1]])
        if fault:
            raise Unwritable(fault)
        if self.length > LONGEST_WRITTEN:
            raise Unwritable("grows without end when its names are written out")
        return "".join(pieces)

    def _piece(self, tokens: Sequence[Token], at: int, shift: tuple[int, int], home: int) -> str:
        token = tokens[at]
        match token.kind:
            case "area" | "stack":
                return self._range(token, shift, home)
            case "table":
                return self._structured(token)
            case "call":
                return self._call(token, home)
            case "name":
                return self._named(tokens, at, home)
            case "long":
                self.reaches = True  # nobody has looked at what it refers to
                raise Unwritable(f"is longer than {LONGEST} characters")
            case "item":
                raise Unwritable(f"takes a value of {self.grammar.link(token.sheet or '').said}")
            case "omitted":
                return BLANK if self.grammar.function(token.text) in self.grammar.ours else ""
        return "#REF!" if token.kind == "lost" else _constant(tokens, at)

    def _span(self, before: Sequence[Area], after: Sequence[Area]) -> None:
        """A range between two computed corners, as in `INDEX(…):INDEX(…)`: within what they refer to."""
        if not (before and after):
            self.reaches = True
        if any(area.sheet >= len(self.grammar.sheets) for area in (*before, *after)):
            raise Unwritable(f"takes a range of {self.linked} by its corners")
        for sheet in {area.sheet for area in (*before, *after)}:
            there = [area for area in (*before, *after) if area.sheet == sheet]
            _, tops, lefts, bottoms, rights = zip(*there, strict=True)
            self.spans.append(Area(sheet, min(tops), min(lefts), max(bottoms), max(rights)))

    def _sheets(self, prefix: str) -> Sequence[int]:
        """The sheets before an exclamation mark: one, or all from one to another in the tabs' order."""
        book, name = unquoted(prefix)
        first, _, last = name.partition(":")
        numbers = sorted(self._sheet(prefix, book + name) for name in (first, last or first))
        if book:
            self.linked = self.linked or self.grammar.link(prefix).said
        return range(numbers[0], numbers[1] + 1)

    def _sheet(self, prefix: str, name: str) -> int:
        number = self.grammar.sheet_number(name)
        if number is None and "]" in name:
            raise Unwritable(
                f"refers to {self.grammar.link(prefix).said}, whose values this one does not keep"
            )
        if number is None:
            raise Unwritable(f"refers to the sheet {name}, which the book does not have")
        return number

    def _qualifier(self, sheet: int) -> str:
        return self.grammar.prefix(sheet) if self.qualified or sheet != self.sheet else ""

    def _range(self, token: Token, shift: tuple[int, int], home: int) -> str:
        assert token.corners is not None  # noqa: S101 - every area has them
        first, last = token.corners
        text = token.text
        if shift != (0, 0):
            is_cell = first is last
            first = moved(first, shift)
            last = first if is_cell else moved(last, shift)
            text = corner_text(first) + (":" + corner_text(last) if ":" in text else "")
        sheets = (home,) if token.sheet is None else self._sheets(token.sheet)
        if self.length > LONGEST_WRITTEN:
            raise Unwritable("grows without end when its sheets are written out")
        self.areas += [spanned(sheet, first, last) for sheet in sheets]
        if len(sheets) > 1 and token.kind != "stack":
            raise Unwritable("refers to several sheets at once")
        return ",".join([self._qualifier(sheet) + text for sheet in sheets])

    def _call(self, token: Token, home: int) -> str:
        name = self.grammar.function(token.text)
        if name == "SINGLE":
            return "@("  # the engine's spelling of implicit intersection
        self.calls.add(name)
        if token.sheet is not None and name not in self.grammar.ours:
            raise Unwritable(f"calls {name} of {self.grammar.link(token.sheet).said}")
        refers = self.grammar.name(token.text, home)
        if refers is not None:
            if (home, token.text.lower()) not in self.open:
                self._written_out(token.text, parse(refers), home)  # what it refers to counts all the same
            raise Unwritable(f"calls the name {token.text} as a function")
        return (name if name in self.grammar.ours else token.text) + "("

    def _named(self, tokens: Sequence[Token], at: int, home: int) -> str:
        token = tokens[at]
        name = token.text
        if name.upper() in ("TRUE", "FALSE"):
            return name
        scope = home
        if token.sheet is not None and not re.fullmatch(r"\[0\]!", token.sheet):
            if "]" in token.sheet:
                return self._linked(token, home)
            scope, *more = self._sheets(token.sheet)
            if more:
                raise Unwritable("refers to several sheets at once")
        refers = self.grammar.name(name, scope)
        if refers is None:
            table = self.grammar.tables.get(name.lower())
            if table is not None:
                return self._rectangle(table.data)
            return name  # a word of LET or LAMBDA, or #NAME? in Excel as well
        parts = parse(refers)
        if len(parts) == 1 and is_several(parts[0]) and takes_many(tokens, at):
            parts = (parts[0]._replace(kind="stack"),)
        written = self._written_out(name, parts, scope)
        if len(parts) == 1:
            return written
        self.has_names = True
        return f"({written})"

    def _written_out(self, name: str, tokens: Sequence[Token], scope: int) -> str:
        """What a name refers to, which may be other names."""
        if (scope, name.lower()) in self.open:
            raise Unwritable(f"uses the name {name}, which refers to itself")
        if len(self.open) >= DEEPEST:
            self.reaches = True  # nobody has seen what it refers to in the end
            raise Unwritable(f"uses the name {name} at the end of more than {DEEPEST} names")
        self.open.append((scope, name.lower()))
        try:
            return self.write(tokens, (self.row - 1, self.column - 1), scope)
        finally:
            self.open.pop()

    def _linked(self, token: Token, home: int) -> str:
        """A name of another book, if it is that of a range there."""
        assert token.sheet is not None  # noqa: S101 - the caller has seen the book's bracket
        book, sheet = unquoted(token.sheet)
        link = self.grammar.link(token.sheet)
        scopes: dict[str, int | None] = {name.lower(): number for number, name in enumerate(link.sheets)}
        key = token.text.lower()
        refers = link.names.get((scopes.get(sheet.lower()), key)) or link.names.get((None, key), "")
        tokens = parse(refers.removeprefix("="))
        if len(tokens) != 1 or tokens[0].kind != "area" or not tokens[0].sheet:
            raise Unwritable(f"refers to the name {token.text} of {link.said}, which this one does not keep")
        there = quoted(book + unquoted(tokens[0].sheet)[1])
        return self._range(tokens[0]._replace(sheet=there), (self.row - 1, self.column - 1), home)

    def _structured(self, token: Token) -> str:
        if token.sheet:
            table = self.grammar.tables.get(token.sheet.lower())
            if "!" in token.sheet:
                raise Unwritable(f"refers to a table of {self.grammar.link(token.sheet).said}")
            if table is None:
                raise Unwritable(f"refers to the table {token.sheet}, which the book does not have")
        else:
            table = self._own_table()
        return self._rectangle(selected(table, token.text, self.row))

    def _own_table(self) -> Table:
        for table in self.grammar.tables.values():
            area = table.area
            if (
                area.sheet == self.sheet
                and area.top <= self.row <= area.bottom
                and area.left <= self.column <= area.right
            ):
                return table
        raise Unwritable("refers to its own table but stands in none")

    def _rectangle(self, area: Area | None) -> str:
        if area is None:
            return "#VALUE!"
        self.areas.append(area)
        text = f"${column_letters(area.left)}${area.top}"
        if area.size > 1:
            text += f":${column_letters(area.right)}${area.bottom}"
        return self._qualifier(area.sheet) + text


def _constant(tokens: Sequence[Token], at: int) -> str:
    """A token's own text; if it is a criterion, with a plain number in it."""
    text = tokens[at].text
    if tokens[at].kind != "text" or not AMOUNT_TEXT.fullmatch(text):
        return text
    return f'"{plain_criterion(text[1:-1])}"' if enclosing_call(tokens, at) in CRITERIA else text


def _operand(tokens: Sequence[Token], at: int, step: int) -> int:
    """The far end of the operand on one side of a colon: a token, or a call with its brackets."""
    depth = 0
    index = at
    while 0 <= index + step < len(tokens):
        index += step
        token = tokens[index]
        opens = token.kind == "call" or token.text == "("
        if opens or token.text == ")":
            depth += step if opens else -step
        if depth == 0 and not token.text.isspace():
            break
    return index
