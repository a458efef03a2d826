"""Formulas as text: what they call, what they refer to, and how they read as plain ranges.

The engine that evaluates knows plain cells and ranges, and functions by their plain names. So a
formula is cut into tokens once (`parse`), and written again for one cell (`Grammar.plain`): shared
formulas moved to their cell, structured references and defined names written as ranges, and every
spelling in which Excel saves a call of ours written as the plain name.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from workbook.links import Link
from workbook.values import MAX_COLUMN, MAX_ROW, Area, address, column_letters, column_number

LONGEST: Final = 32_768  # Excel's limit is 8192 characters
REMEMBERED: Final = 100_000
LONGEST_WRITTEN: Final = 8 * LONGEST
DEEPEST: Final = 100  # names that refer to names
BLANK_SHEET: Final = "?blank"  # an omitted argument is written as a cell of this sheet: no book has one
BLANK: Final = f"'{BLANK_SHEET}'!$A$1"

CLOCK: Final = frozenset(("NOW", "TODAY"))
RANDOM: Final = frozenset(("RAND", "RANDBETWEEN", "RANDARRAY"))
REACHING: Final = frozenset(("INDIRECT", "OFFSET"))  # what they refer to shows only when they are evaluated
STACKING: Final = frozenset(  # take any number of areas, and the same cells of several sheets at once
    (
        *("AND", "AVERAGE", "AVERAGEA", "COUNT", "COUNTA", "HARMEAN", "KURT", "MAX", "MAXA", "MEDIAN"),
        *("MIN", "MINA", "OR", "PRODUCT", "SKEW", "STDEV", "STDEV.P", "STDEV.S", "STDEVA", "STDEVP"),
        *("STDEVPA", "SUM", "VAR", "VAR.P", "VAR.S", "VARA", "VARP", "VARPA"),
    )
)
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
PREFIX: Final = re.compile(r"(?:_xlfn\.|_xlws\.|_xludf\.|_xll\.|_xldudf_)+", re.IGNORECASE)
LONG_NAME: Final = (
    "MICROHEDGE.FUNCTIONS."  # as LibreOffice writes our functions into a copy, less underscores
)

TOKEN: Final = re.compile(
    r"""
      (?P<text>"(?:[^"]|"")*")
    | (?P<error>\#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A|GETTING_DATA|SPILL!|CALC!))
    | (?P<sheet>
          '(?:[^']|'')*+'!
        | (?:\[[^\[\]]*\])?[^\W\d][\w.]*(?::[^\W\d][\w.]*)?!
        | \[[^\[\]]*\]!
      )?
      (?:
        (?P<area>
            \$?[A-Za-z]{1,3}\$?[0-9]{1,7}(?::\$?[A-Za-z]{1,3}\$?[0-9]{1,7})?
          | \$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}
          | \$?[0-9]{1,7}:\$?[0-9]{1,7}
        )(?![\w.(\[!])
      | (?P<lost>\#REF!)
      | (?P<call>[^\W\d\\][\w.\\?]*|\\[\w.\\?]*)\s*\(
      | (?P<word>[^\W\d]?[\w.\\?]*)(?P<table>\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\])
      | (?P<name>[^\W\d\\][\w.\\?]*|\\[\w.\\?]*)
      | (?<=\]!)(?P<item>'(?:[^']|'')*')
      )
    | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
OMITTED: Final = re.compile(r",\s*[,)]|\(\s*,")
SEVERAL: Final = re.compile(r"\w:[\w.]+!|:(?:[^'!]|'')*'!")  # perhaps sheets from one to another
CORNER: Final = re.compile(r"(\$?)([A-Za-z]*)(\$?)([0-9]*)")
ITEM: Final = re.compile(r"\[((?:[^\[\]']|'.)*)\]|([^,:\[\]@ ](?:[^,:\[\]']|'.)*)|([:@,])", re.DOTALL)


class Corner(NamedTuple):
    """One corner of a reference; a whole row has no column, a whole column no row."""

    row: int
    column: int
    fixed_row: bool
    fixed_column: bool


class Token(NamedTuple):
    """A piece of a formula: its kind, its text, the sheet before it, and the corners of a range."""

    kind: str
    text: str
    sheet: str | None = None
    corners: tuple[Corner, Corner] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the book: its area, and how many header and totals rows belong to it."""

    name: str
    area: Area
    columns: tuple[str, ...]
    headers: int = 1
    totals: int = 0

    @property
    def data(self) -> Area:
        """The rows between the header and the totals."""
        return self.area._replace(top=self.area.top + self.headers, bottom=self.area.bottom - self.totals)


@dataclass(frozen=True, slots=True)
class Plain:
    """A formula written for the engine, and what it depends on."""

    text: str
    areas: tuple[Area, ...]
    calls: frozenset[str]
    reaches: bool  # refers to cells that only an evaluation can tell
    fault: str  # why the engine can't evaluate it at all
    has_names: bool  # formulas of names were written into it


class Unwritable(Exception):
    """A formula that can't be written plainly; the text says why."""


@lru_cache(maxsize=65_536)
def parse(text: str) -> tuple[Token, ...]:
    """A formula's tokens; joined, they are its text. One that no program writes is a single token."""
    if len(text) > LONGEST:  # a search for quotes that never close takes the square of the length
        return (Token("long", text),)
    tokens = []
    for match in TOKEN.finditer(text):
        kind = match.lastgroup or "other"
        sheet = match["sheet"]
        if kind == "area":
            tokens.append(_area(match["area"], sheet))
        elif kind == "table":
            tokens.append(Token("table", match["table"], (sheet or "") + (match["word"] or "")))
        else:
            tokens.append(Token("colon" if match[0] == ":" else kind, match[kind], sheet))
    if SEVERAL.search(text):
        tokens = [_stacked(tokens, at) for at in range(len(tokens))]
    return tuple(_with_omissions(tokens) if OMITTED.search(text) else tokens)


def _stacked(tokens: Sequence[Token], at: int) -> Token:
    """The token, marked if it is several sheets' areas where a call takes any number of them."""
    token = tokens[at]
    return token._replace(kind="stack") if _is_several(token) and _takes_many(tokens, at) else token


def _is_several(token: Token) -> bool:
    return token.kind == "area" and ":" in (token.sheet or "")


def _takes_many(tokens: Sequence[Token], at: int) -> bool:
    """Whether a token is a whole argument of a call that takes any number of areas."""
    before = next((other for other in reversed(tokens[:at]) if not other.text.isspace()), tokens[at])
    after = next((other.text for other in tokens[at + 1 :] if not other.text.isspace()), "")
    if after in (",", ")") and (before.kind == "call" or before.text == ","):
        depth = 0
        for other in reversed(tokens[:at]):
            opens = other.kind == "call" or other.text == "("
            if opens and depth == 0:
                return other.kind == "call" and PREFIX.sub("", other.text).upper() in STACKING
            depth += (other.text == ")") - opens
    return False


def _with_omissions(tokens: Sequence[Token]) -> Iterator[Token]:
    """The tokens, with one more for each argument that a call leaves out, as in `F(1,,2)`."""
    calls: list[str] = []
    before = ""
    for token in tokens:
        mark = "(" if token.kind == "call" else token.text
        if mark in (",", ")") and calls and calls[-1] and (before == "," or (before + mark) == "(,"):
            yield Token("omitted", calls[-1])
        if mark == "(":
            calls.append(token.text if token.kind == "call" else "")
        elif mark == ")" and calls:
            calls.pop()
        if not mark.isspace():
            before = mark
        yield token


def _area(text: str, sheet: str | None) -> Token:
    first, _, last = text.partition(":")
    corner = _corner(first)
    corners = corner, _corner(last) if last else corner
    inside = all(corner.row <= MAX_ROW and corner.column <= MAX_COLUMN for corner in corners)
    if not inside or (not last and not (corners[0].row and corners[0].column)):
        return Token("name", text, sheet)
    return Token("area", text, sheet, corners)


def _corner(text: str) -> Corner:
    match = CORNER.fullmatch(text)
    assert match is not None  # noqa: S101 - the token's pattern is stricter
    fixed, letters, fixed_too, digits = match.groups()
    if not letters:
        return Corner(int(digits), 0, bool(fixed or fixed_too), fixed_column=False)
    return Corner(int(digits or 0), column_number(letters), bool(fixed_too), bool(fixed))


def quoted(sheet: str) -> str:
    """A sheet's name as a formula writes it before the exclamation mark."""
    return "'" + sheet.replace("'", "''") + "'!"


def _unquoted(prefix: str) -> tuple[str, str]:
    """The book, up to its bracket, and the sheet that stand before a reference."""
    name = prefix[:-1]
    if name[:1] == "'":
        name = name[1:-1].replace("''", "'")
    book, bracket, sheet = name.rpartition("]")
    return book + bracket, sheet


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
        sheet = home if prefix is None else self.sheet_number(_unquoted(prefix)[1])
        return None if sheet is None else _spanned(sheet, *tokens[0].corners)

    def name(self, name: str, sheet: int) -> str | None:
        """What a defined name refers to, seen from a sheet."""
        lower = name.lower()
        found = self.names.get((sheet, lower))
        return self.names.get((None, lower)) if found is None else found

    def link(self, prefix: str) -> Link:
        """The book that stands before a reference, as far as this one knows of it."""
        book, sheet = _unquoted(prefix)
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
        areas = tuple(dict.fromkeys(self.areas))
        return Plain(written, areas, frozenset(self.calls), self.reaches, fault, self.has_names)

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
        return "#REF!" if token.kind == "lost" else token.text

    def _span(self, before: Sequence[Area], after: Sequence[Area]) -> None:
        """A range between two computed corners, as in `INDEX(…):INDEX(…)`: within what they refer to."""
        if not (before and after):
            self.reaches = True
        if any(area.sheet >= len(self.grammar.sheets) for area in (*before, *after)):
            raise Unwritable(f"takes a range of {self.linked} by its corners")
        for sheet in {area.sheet for area in (*before, *after)}:
            there = [area for area in (*before, *after) if area.sheet == sheet]
            _, tops, lefts, bottoms, rights = zip(*there, strict=True)
            self.areas.append(Area(sheet, min(tops), min(lefts), max(bottoms), max(rights)))

    def _sheets(self, prefix: str) -> Sequence[int]:
        """The sheets before an exclamation mark: one, or all from one to another in the tabs' order."""
        book, name = _unquoted(prefix)
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
            first = _moved(first, shift)
            last = first if is_cell else _moved(last, shift)
            text = _corner_text(first) + (":" + _corner_text(last) if ":" in text else "")
        sheets = (home,) if token.sheet is None else self._sheets(token.sheet)
        if self.length > LONGEST_WRITTEN:
            raise Unwritable("grows without end when its sheets are written out")
        self.areas += [_spanned(sheet, first, last) for sheet in sheets]
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
        if len(parts) == 1 and _is_several(parts[0]) and _takes_many(tokens, at):
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
        book, sheet = _unquoted(token.sheet)
        link = self.grammar.link(token.sheet)
        scopes: dict[str, int | None] = {name.lower(): number for number, name in enumerate(link.sheets)}
        key = token.text.lower()
        refers = link.names.get((scopes.get(sheet.lower()), key)) or link.names.get((None, key), "")
        tokens = parse(refers.removeprefix("="))
        if len(tokens) != 1 or tokens[0].kind != "area" or not tokens[0].sheet:
            raise Unwritable(f"refers to the name {token.text} of {link.said}, which this one does not keep")
        there = quoted(book + _unquoted(tokens[0].sheet)[1])
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
        return self._rectangle(_selected(table, token.text, self.row))

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


def _moved(corner: Corner, shift: tuple[int, int]) -> Corner:
    row = corner.row if corner.fixed_row or not corner.row else _inside(corner.row + shift[0], MAX_ROW)
    column = (
        corner.column
        if corner.fixed_column or not corner.column
        else _inside(corner.column + shift[1], MAX_COLUMN)
    )
    return Corner(row, column, corner.fixed_row, corner.fixed_column)


def _inside(number: int, limit: int) -> int:
    # Relative references of names and shared formulas wrap round the edges of the sheet.
    return (number - 1) % limit + 1


def _corner_text(corner: Corner) -> str:
    column = ("$" if corner.fixed_column else "") + column_letters(corner.column) if corner.column else ""
    row = ("$" if corner.fixed_row else "") + str(corner.row) if corner.row else ""
    return column + row


def _spanned(sheet: int, first: Corner, last: Corner) -> Area:
    if first is last:
        return Area(sheet, first.row, first.column, first.row, first.column)
    rows = sorted((first.row, last.row)) if first.row else (1, MAX_ROW)
    columns = sorted((first.column, last.column)) if first.column else (1, MAX_COLUMN)
    return Area(sheet, rows[0], columns[0], rows[1], columns[1])


def _selected(table: Table, specifier: str, row: int) -> Area | None:
    """The area that the brackets of a structured reference select; None for a row outside."""
    parts: set[str] = set()
    columns: list[str] = []
    spans = False
    for bracketed, bare, mark in ITEM.findall(specifier[1:-1]):
        spans |= mark == ":"
        if mark == "@":
            parts.add("#this row")
        if mark:
            continue
        word = bracketed or bare.strip()
        if word.startswith("@"):
            parts.add("#this row")
            word = word[1:]
        if word.startswith("#"):
            parts.add(word.lower())
        elif word:
            columns.append(re.sub(r"'(.)", r"\1", word))
    left, right = _columns(table, columns, spans)
    rows = _rows(table, parts, row)
    return rows and rows._replace(left=left, right=right)


def _columns(table: Table, columns: Sequence[str], spans: bool) -> tuple[int, int]:
    lower = [column.lower() for column in table.columns]
    try:
        numbers = [table.area.left + lower.index(column.lower()) for column in columns]
    except ValueError:
        raise Unwritable(f"refers to a column that the table {table.name} does not have") from None
    if not numbers:
        return table.area.left, table.area.right
    if len(numbers) > 1 and not spans:
        raise Unwritable(f"refers to several columns of the table {table.name} at once")
    return min(numbers), max(numbers)


def _rows(table: Table, parts: set[str], row: int) -> Area | None:
    area, data = table.area, table.data
    if not parts or parts == {"#data"}:
        return data
    if "#this row" in parts:
        return area._replace(top=row, bottom=row) if data.top <= row <= data.bottom else None
    tops, bottoms = [], []
    if "#all" in parts:
        return area
    if "#headers" in parts and table.headers:
        tops.append(area.top)
        bottoms.append(data.top - 1)
    if "#data" in parts:
        tops.append(data.top)
        bottoms.append(data.bottom)
    if "#totals" in parts and table.totals:
        tops.append(data.bottom + 1)
        bottoms.append(area.bottom)
    if not tops:
        raise Unwritable(f"refers to rows that the table {table.name} does not have")
    return area._replace(top=min(tops), bottom=max(bottoms))
