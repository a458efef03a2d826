"""Every book of the run in a table: sorted, filtered and searched in the browser, readable without."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

from workbook.report.book_row import INCOMPLETE, NOTHING, READY, BookRow, Position
from workbook.report.charts import BAND, TIGHT, section
from workbook.report.figures import NONE, UNKNOWN_FIGURE, amount, part, points, price, whole_number
from workbook.report.links import book_link
from workbook.report.markup import Markup, hidden_caption, joined, tag
from workbook.report.problems import PROBLEM_KINDS

SHOWN: Final = 250  # rows in the document; the others wait as text
ROWS: Final = 5_000  # a browser sorts so many at once; a longer table belongs in another kind of report
Key = float | str | None


@dataclass(frozen=True, slots=True)
class PageColumn:
    """A column: its group, its head, its kind, its cell and what it is sorted by."""

    group: str
    head: str
    kind: Literal["text", "number"]
    cell: Callable[[BookRow], Markup]
    key: Callable[[BookRow], Key]


def tone(word: str) -> str:
    """How loud a state is."""
    if word == READY:
        return "go"
    if word == INCOMPLETE:
        return "dunno"
    return PROBLEM_KINDS[word].tone if word in PROBLEM_KINDS else ""


def said(word: str) -> Markup:
    """A state as a word, with its tone."""
    return tag("b", word, class_=f"w {tone(word)}".strip()) if word else Markup()


def _td(shown: object, *, unknown: bool = False, extra: str = "") -> Markup:
    return tag("td", shown, class_=f"n{' z' if unknown else ''}{f' {extra}' if extra else ''}")


def _number(
    head: str,
    group: str,
    value: Callable[[Position], float | None],
    show: Callable[[float], str],
    extra: Callable[[Position, float], str] = lambda _position, _value: "",
    *,
    none: Callable[[Position], bool] = lambda _position: False,
) -> PageColumn:
    """A column of a plan's number: `?` is unknown, a dash is none."""

    def key(row: BookRow) -> Key:
        return None if row.position is None or none(row.position) else value(row.position)

    def cell(row: BookRow) -> Markup:
        if row.position is None:
            return _td(UNKNOWN_FIGURE if row.outcome.is_problem else NONE, unknown=True)
        if none(row.position):
            return _td(NONE, unknown=True)
        found = value(row.position)
        if found is None:
            return _td(UNKNOWN_FIGURE, unknown=True)
        return _td(show(found), extra=extra(row.position, found))

    return PageColumn(group, head, "number", cell, key)


def _counted(head: str, group: str, value: Callable[[BookRow], int | None]) -> PageColumn:
    def cell(row: BookRow) -> Markup:
        found = value(row)
        if found is None:
            return _td(UNKNOWN_FIGURE, unknown=True)
        return _td(f"{found:,}") if found else _td(NONE, unknown=True)

    return PageColumn(group, head, "number", cell, value)


def _text(head: str, group: str, value: Callable[[BookRow], str], *, word: bool = False) -> PageColumn:
    def cell(row: BookRow) -> Markup:
        found = value(row)
        return tag("td", said(found) if word else found, title=found if len(found) > 40 else None)

    return PageColumn(group, head, "text", cell, value)


def _state(row: BookRow) -> str:
    if row.position is None:
        return "not known" if row.outcome.is_problem else "no plan"
    return row.position.state


def _trade(position: Position, contracts: float) -> str:
    del position
    return f"{'sell' if contracts > 0 else 'buy'} {amount(contracts)}"


def _moved_cell(row: BookRow) -> Markup:
    if row.position is None or row.position.open is None:
        return _td(UNKNOWN_FIGURE if row.outcome.is_problem or row.position else NONE, unknown=True)
    return _td(points(row.moved)) if row.moved and abs(row.moved) >= 0.05 else _td(NONE, unknown=True)


def _gap_cell(row: BookRow) -> Markup:
    position = row.position
    if position is None or position.open is None or position.wanted is None:
        return tag("td", UNKNOWN_FIGURE if row.outcome.is_problem or position else NONE, class_="z")
    off = abs(position.open - position.wanted) > BAND
    drawn = (
        tag("rect", class_="r", width=76, y=4, height=4),
        tag(
            "rect",
            class_="o" if off else "i",
            width=f"{max(0.0, min(76.0, position.open * 0.69)):.0f}",
            y=4,
            height=4,
        ),
        tag("path", d=f"M{max(0.0, min(76.0, position.wanted * 0.69)):.0f} 1v10"),
    )
    return tag("td", tag("svg", *drawn, width=76, height=12, aria_hidden="true"))


def _fixed(digits: int) -> Callable[[float], str]:
    return lambda value: f"{value:,.{digits}f}".replace("-", "\u2212")


def _no_hedge(position: Position) -> bool:
    return not position.hedges


def _trade_cell(row: BookRow) -> Markup:
    position = row.position
    if (
        position is None
        or position.state == INCOMPLETE
        or (position.state == READY and position.trade is None)
    ):
        return _td(UNKNOWN_FIGURE if row.outcome.is_problem or position else NONE, unknown=True)
    if position.state != READY or not position.trade:
        return _td(NONE, unknown=True)
    return _td(f"{_trade(position, position.trade)} {position.instrument}")


def _rank(row: BookRow) -> float:
    if row.kind:
        return list(PROBLEM_KINDS).index(row.kind)
    return len(PROBLEM_KINDS) + (not (row.position and row.position.state == READY))


COLUMNS: Final = (
    PageColumn("", "Book", "text", lambda row: tag("th", book_link(row), scope="row"), lambda row: row.name),
    PageColumn("Plan", "Needs", "text", lambda row: tag("td", said(row.kind)), _rank),
    _text("State", "Plan", _state, word=True),
    PageColumn(
        "Plan",
        "Trade",
        "number",
        _trade_cell,
        lambda row: row.position.trade_value if row.position and row.position.state == READY else None,
    ),
    _number("Exposure", "Plan", lambda p: p.exposure, whole_number),
    PageColumn(
        "Coverage, %",
        "Open | wanted",
        "number",
        _gap_cell,
        lambda row: row.position.gap if row.position else None,
    ),
    _number("Wanted", "Coverage, %", lambda p: p.wanted, _fixed(0)),
    _number("Open", "Coverage, %", lambda p: p.open, _fixed(1)),
    _number("After", "Coverage, %", lambda p: p.after, _fixed(1)),
    PageColumn("Coverage, %", "Moved", "number", _moved_cell, lambda row: row.moved),
    _number("Used", "Margin", lambda p: p.margin, whole_number),
    _number("% capital", "Margin", lambda p: p.use, _fixed(0), lambda _p, use: "hot" if use > TIGHT else ""),
    _number("Price", "Liquidation", lambda p: p.liquidation, price),
    _number(
        "Distance",
        "Liquidation",
        lambda p: p.distance,
        part,
        lambda p, far: "near" if far < p.near else "",
        none=_no_hedge,
    ),
    _counted("Waiting", "Hedges", lambda row: row.position.waiting if row.position else None),
    _counted("Expired", "Hedges", lambda row: len(row.position.having("expired")) if row.position else None),
    _counted(
        "Unknown",
        "Hedges",
        lambda row: row.position.unknown + len(row.outcome.unpriced) if row.position else None,
    ),
    _counted("Warnings", "Checks", lambda row: row.position.warnings if row.position else None),
    _text(
        "Not good",
        "Checks",
        lambda row: "; ".join(f.said for f in row.position.findings) if row.position else "",
    ),
    _text("Status", "Run", lambda row: row.outcome.status, word=True),
    _text("Changed by", "Run", lambda row: row.why),
    _text("Venue tables", "Run", lambda row: row.outcome.venues),
    _text("Note", "Run", lambda row: row.outcome.reason),
    _counted("Formulas", "Engine", lambda row: None if row.outcome.is_problem else row.outcome.formulas),
    _counted("Stale", "Engine", lambda row: None if row.outcome.is_problem else len(row.outcome.stale)),
    _counted(
        "Errors", "Engine", lambda row: None if row.outcome.is_problem else len(row.outcome.error_cells)
    ),
)


def _order(row: BookRow) -> tuple[float, float, str]:
    position = row.position
    inner = position.distance if row.kind and position else -(position.exposure or 0.0) if position else 0.0
    return _rank(row), inner or 0.0, row.name


FLAGS: Final[Mapping[str, tuple[str, Callable[[BookRow], bool]]]] = {
    "needs": ("Needs a person", lambda row: row.asks),
    "new": ("New", lambda row: row.is_new),
    "ready": ("Ready", lambda row: _state(row) == READY),
    "nothing": ("Nothing to do", lambda row: _state(row) == NOTHING),
    "incomplete": ("Incomplete", lambda row: _state(row) == INCOMPLETE),
    "dead": ("Refused or failed", lambda row: row.outcome.is_problem),
    "moved": ("Moved 1 point", lambda row: row.moved is not None and abs(row.moved) >= 1),
}


def table(rows: Sequence[BookRow]) -> Markup:
    """The table with its chips and its search; rows beyond the first wait as ready-made text."""
    ordered = sorted(rows, key=_order)[:ROWS]
    lines = [tag("tr", *(column.cell(row) for column in COLUMNS)) for row in ordered]
    flags = [" ".join(name for name, (_, holds) in FLAGS.items() if holds(row)) for row in ordered]
    keys = [[_plain(column.key(row)) for column in COLUMNS] for row in ordered]
    data = {"keys": keys, "flags": flags, "rest": lines[SHOWN:], "shown": SHOWN}
    long = (
        f" The first {ROWS:,} of {len(rows):,}; a report in CSV or JSON lines holds them all."
        if len(rows) > ROWS
        else ""
    )
    body = joined(
        _tools(rows, len(ordered)),
        tag(
            "div",
            tag(
                "table",
                hidden_caption("Every book of the run; a head sorts its column"),
                _heads(),
                tag("tbody", *lines[:SHOWN]),
                id="table",
            ),
            class_="scroll big",
            tabindex=0,
            role="region",
            aria_label="Table of books, scrolls both ways",
        ),
        tag("p", tag("button", "Show more", type="button", id="more", hidden=True)),
        tag("script", Markup(_json(data)), type="application/json", id="data"),
    )
    lead = (
        "What needs a person first, then what is ready by size. A dash is none, a question mark is unknown."
    )
    return section("books", "Books", lead + long, body, is_wide=True)


def _plain(key: Key) -> Key:
    return round(key, 3) if isinstance(key, float) else key


def _json(data: object) -> str:
    """JSON in ASCII that can't end its element."""
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")


def _tools(rows: Sequence[BookRow], shown: int) -> Markup:
    chips = [("", "All", len(rows))]
    chips += [(name, label, sum(map(holds, rows))) for name, (label, holds) in FLAGS.items()]
    buttons = [
        tag(
            "button",
            f"{label} ",
            tag("b", f"{books:,}"),
            type="button",
            data_f=name or "",
            aria_pressed="false" if name else "true",
        )
        for name, label, books in chips
    ]
    find = '<input type="search" id="find" placeholder="book, state, reason" autocomplete="off">'
    return tag(
        "div",
        tag("label", "Find ", Markup(find)),
        tag("div", *buttons, class_="chips", role="group", aria_label="Show"),
        tag("p", f"{shown:,} books", id="told", role="status"),
        class_="tools",
    )


def _heads() -> Markup:
    top, heads = [], []
    for group, columns in groupby(COLUMNS, key=lambda column: column.group):
        mine = list(columns)
        top.append(tag("th", group, scope="colgroup", colspan=len(mine), class_="g" if group else None))
        for number, column in enumerate(mine):
            kind = ("n" if column.kind == "number" else "t") + (" g" if group and not number else "")
            heads.append(tag("th", tag("button", column.head, type="button"), scope="col", class_=kind))
    return tag("thead", tag("tr", *top, class_="groups"), tag("tr", *heads))
