"""Writes a formula plainly for the engine: names and structured references become ranges."""

import re
from collections.abc import Sequence
from typing import Final

from workbook.cells import Area
from workbook.formula.criteria import CRITERIA, plain_criterion
from workbook.formula.faults import Unwritable
from workbook.formula.forms import Form, Part, Reference, facts_of
from workbook.formula.structured_references import BookTable, is_of_row, selected
from workbook.formula.tokens import (
    LONGEST,
    Corner,
    Token,
    enclosing_call,
    is_several,
    moved,
    parse,
    quoted,
    takes_many,
    unquoted,
)
from workbook.formula.words import Words
from workbook.formula.written_references import direct

AMOUNT_TEXT: Final = re.compile(r'"[<>= ]*[-$€£(]*[0-9.][^"]*[-$€£%,E][^"]*"|"[<>= ]*[$€£-]+[0-9][^"]*"')
LONGEST_WRITTEN: Final = 8 * LONGEST
LONGEST_CORNER: Final = len("$XFD$1048576")
DEEPEST: Final = 100  # names that refer to names
BLANK_SHEET: Final = "?blank"  # an omitted argument is written as a cell of this sheet: no book has one
BLANK_CELL: Final = f"'{BLANK_SHEET}'!$A$1"

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


class Writer:
    """Writes one formula for one cell, and with it for all cells in which it reads alike."""

    def __init__(self, grammar: Words, sheet: int, row: int, column: int, qualified: bool) -> None:
        self.grammar = grammar
        self.sheet = sheet
        self.row = row
        self.column = column
        self.qualified = qualified
        self.named: list[Reference] = []
        self.spans: list[tuple[int, ...]] = []  # of references, by their numbers
        self.beside: list[BookTable] = []  # of which it takes its own row
        self.is_inside = False  # whether it refers to the table that it stands in
        self.calls: set[str] = set()
        self.reaches = False
        self.linked = ""  # another book, as a sentence calls it
        self.has_names = False
        self.open: list[tuple[int, str]] = []  # the names that are being written out, with their scopes
        self.length = 0

    def form(self, tokens: Sequence[Token], shift: tuple[int, int]) -> Form:
        """The formula of these tokens, whose references lie so far from where they are written for."""
        fault = ""
        parts: Sequence[Part] = ()
        try:
            parts = self.write(tokens, shift, self.sheet)
        except Unwritable as error:
            fault = str(error)
        if self.linked and self.calls & OPEN_ONLY:
            called = min(self.calls & OPEN_ONLY)
            fault = (
                fault or f"calls {called} over {self.linked}, which Excel does only while that one is open"
            )
        if self.calls & REACHING or self.length > LONGEST_WRITTEN:
            self.reaches = True
        facts = facts_of(
            parts,
            self.named,
            self.spans,
            frozenset(self.calls),
            reaches=self.reaches,
            fault=fault,
            has_names=self.has_names,
        )
        return Form(facts)

    def write(self, tokens: Sequence[Token], shift: tuple[int, int], home: int) -> list[Part]:
        """The tokens of a formula or of a name's formula; `home` is where plain references lie."""
        tokens = direct(tokens, self.grammar, home)
        parts: list[Part] = []
        fault = ""
        counts = [len(self.named)]  # of references, before each token
        for at in range(len(tokens)):
            try:
                piece = self._piece(tokens, at, shift, home)
            except Unwritable as error:
                if self.length > LONGEST_WRITTEN:
                    raise
                fault = fault or str(error)  # read on: the calls that follow are wanted as well
                piece = ""
            if isinstance(piece, str):
                parts.append(piece)
                self.length += len(piece)
            else:  # it has counted itself
                parts += piece
            counts.append(len(self.named))
        for at, token in enumerate(tokens):
            if token.kind == "colon":
                first, last = _operand(tokens, at, -1), _operand(tokens, at, 1)
                self._span(range(counts[first], counts[at]), range(counts[at], counts[last + 1]))
        if fault:
            raise Unwritable(fault)
        if self.length > LONGEST_WRITTEN:
            raise Unwritable("grows without end when its names are written out")
        return parts

    def _piece(
        self, tokens: Sequence[Token], at: int, shift: tuple[int, int], home: int
    ) -> str | Sequence[Part]:
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
                return BLANK_CELL if self.grammar.function(token.text) in self.grammar.ours else ""
        return "#REF!" if token.kind == "lost" else _constant(tokens, at)

    def _span(self, before: Sequence[int], after: Sequence[int]) -> None:
        """A range between two computed corners, as in `INDEX(…):INDEX(…)`: within what they refer to."""
        if not (before and after):
            self.reaches = True
        sheets = {number: self.named[number].sheet for number in (*before, *after)}
        if any(sheet >= len(self.grammar.sheets) for sheet in sheets.values()):
            raise Unwritable(f"takes a range of {self.linked} by its corners")
        for sheet in set(sheets.values()):
            self.spans.append(tuple(number for number, other in sheets.items() if other == sheet))

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

    def _range(self, token: Token, shift: tuple[int, int], home: int) -> Sequence[Part]:
        assert token.corners is not None  # noqa: S101 - every area has them
        first, last = token.corners
        sheets = (home,) if token.sheet is None else self._sheets(token.sheet)
        if self.length > LONGEST_WRITTEN:
            raise Unwritable("grows without end when its sheets are written out")
        start, goes = self._counted(first, shift)
        end, goes_too = (None, goes) if first is last else self._counted(last, shift)
        references = [
            Reference(sheet, self._qualifier(sheet), start, end, (*goes, *goes_too)) for sheet in sheets
        ]
        self.named += references
        if len(sheets) > 1 and token.kind != "stack":
            raise Unwritable("refers to several sheets at once")
        parts: list[Part] = []
        for reference in references:
            parts += [","] if parts else []
            parts += self._referred(reference)
        return parts

    def _counted(self, corner: Corner, shift: tuple[int, int]) -> tuple[Corner, tuple[bool, bool]]:
        """A corner for this cell, what goes along with the cell counted from it."""
        here = moved(corner, shift)
        goes = not corner.fixed_row and corner.row > 0, not corner.fixed_column and corner.column > 0
        row, column = here.row - self.row * goes[0], here.column - self.column * goes[1]
        return Corner(row, column, here.fixed_row, here.fixed_column), goes

    def _referred(self, reference: Reference) -> Sequence[Part]:
        """A reference in parts; its length counts the same wherever the cell lies."""
        self.length += len(reference.prefix) + LONGEST_CORNER * (1 if reference.last is None else 2)
        return list(reference.parts())

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

    def _named(self, tokens: Sequence[Token], at: int, home: int) -> str | Sequence[Part]:
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
        self.length += len("()")
        return ["(", *written, ")"]

    def _written_out(self, name: str, tokens: Sequence[Token], scope: int) -> Sequence[Part]:
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

    def _linked(self, token: Token, home: int) -> Sequence[Part]:
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

    def _structured(self, token: Token) -> str | Sequence[Part]:
        is_own = is_of_row(token.text)
        if token.sheet:
            table = self.grammar.tables.get(token.sheet.lower())
            if "!" in token.sheet:
                raise Unwritable(f"refers to a table of {self.grammar.link(token.sheet).said}")
            if table is None:
                raise Unwritable(f"refers to the table {token.sheet}, which the book does not have")
            if is_own and table not in self.beside:
                self.beside.append(table)
        else:
            self.is_inside = True
            table = self.grammar.table_at(self.sheet, self.row, self.column)
            if table is None:
                raise Unwritable("refers to its own table but stands in none")
        return self._rectangle(selected(table, token.text, self.row), is_of_row=is_own)

    def _rectangle(self, area: Area | None, *, is_of_row: bool = False) -> str | Sequence[Part]:
        if area is None:
            return "#VALUE!"
        top, bottom = (0, 0) if is_of_row else (area.top, area.bottom)
        first = Corner(top, area.left, fixed_row=True, fixed_column=True)
        last = Corner(bottom, area.right, fixed_row=True, fixed_column=True) if area.size > 1 else None
        goes = is_of_row, False, is_of_row, False
        reference = Reference(area.sheet, self._qualifier(area.sheet), first, last, goes)
        self.named.append(reference)
        return self._referred(reference)


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
