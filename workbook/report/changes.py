"""What moved since the run before, and why: prices, exposure in steps, plan states, coverage."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from workbook.report.book_row import INCOMPLETE, NOTHING, READY, BookRow
from workbook.report.charts import section
from workbook.report.figures import NONE, count, money, part, points, price
from workbook.report.links import book_link
from workbook.report.markup import Markup, hidden_caption, tag
from workbook.report.run_facts import RunFacts, shown_time

STATES: Final = (NOTHING, READY, INCOMPLETE)
LISTED: Final = 13  # books whose coverage moved most
SYMBOLS: Final = 12


def changed(rows: Sequence[BookRow], facts: RunFacts) -> Markup:
    """The part of the page that compares with the run before."""
    title = "What changed"
    if facts.before is None:
        lead = "There is no run before to compare with: the next report says what moved, and why."
        return section("changed", title, lead)
    figures = [_prices(facts), _bridge(rows, facts.before.books), _flow(rows)]
    parts = tag("div", *(figure for figure in figures if figure), class_="three")
    lead = f"Against the run of {shown_time(facts.before.at)}. What moved, and why."
    return section("changed", title, lead, parts, _movers(rows))


def _figure(title: str, table: Markup, note: str = "") -> Markup:
    said = tag("p", note, class_="soft") if note else Markup()
    return tag("figure", tag("h3", title), table, said)


def _prices(facts: RunFacts) -> Markup:
    before = facts.before.prices if facts.before else {}
    both = {name: (before[name], now) for name, now in facts.prices.items() if before.get(name)}
    if not both:
        return Markup()
    moves = {name: (now / was - 1) * 100 for name, (was, now) in both.items()}
    widest = max(map(abs, moves.values())) or 1.0
    shown = sorted(both, key=lambda name: -abs(moves[name]))[:SYMBOLS]
    lines = []
    for name in shown:
        was, now = both[name]
        long = abs(moves[name]) / widest * 48
        x = 50 if moves[name] > 0 else 50 - long
        bar = (
            tag(
                "rect",
                x=f"{x:.1f}%",
                width=f"{long:.1f}%",
                y=6,
                height=7,
                class_="out" if moves[name] > 0 else "in",
            ),
            tag("line", x1="50%", x2="50%", y1=0, y2=19, class_="zero"),
        )
        lines.append(
            tag(
                "tr",
                tag("th", name, scope="row"),
                tag("td", price(was), class_="n soft"),
                tag("td", price(now), class_="n"),
                tag("td", tag("svg", *bar, height=19, aria_hidden="true"), class_="bar"),
                tag("td", part(moves[name], sign=True), class_="n"),
            )
        )
    more = f"The {SYMBOLS} that moved most of {len(both)}." if len(both) > SYMBOLS else ""
    table = tag(
        "table", hidden_caption("Prices of the run before and now"), tag("tbody", *lines), class_="mini"
    )
    return _figure("Prices", table, more)


def _known(book: Any) -> float | None:
    exposure = book.get("exposure")
    return float(exposure) if isinstance(exposure, (int, float)) else None


def _bridge(rows: Sequence[BookRow], books: Any) -> Markup:
    """Exposure of the run before, and what made it today's: only of books that are known in both."""
    now = {
        row.outcome.path: row.position.exposure
        for row in rows
        if row.position and row.position.exposure is not None
    }
    was = {path: value for path, book in books.items() if (value := _known(book)) is not None}
    both = [row for row in rows if row.outcome.path in now and row.outcome.path in was]
    held = sum(map(_held, both))
    joined = sum(value for path, value in now.items() if path not in was)
    left = sum(value for path, value in was.items() if path not in now)
    total, before = sum(now.values()), sum(was.values())
    changed = sum(bool(_held(row)) for row in both)
    new, gone = len(now.keys() - was.keys()), len(was.keys() - now.keys())
    steps = [
        ("Run before", before, False),
        ("Prices", total - before - held - joined + left, True),
        (f"Holdings changed in {count(changed, 'book')}", held, True),
        (f"{count(new, 'book')} new or known again, {gone} gone or unknown", joined - left, True),
        ("Now", total, False),
    ]
    if not both:
        return Markup()
    low = min(before, total) * 0.96
    high = max(before, total, before + max(0.0, total - before - held)) * 1.01
    lines, level = [], 0.0
    for label, value, is_step in steps:
        ends = (level, level + value) if is_step else (low, value)
        level = ends[1]
        a, b = sorted(max(low, min(high, end)) for end in ends)
        span = high - low or 1.0
        bar = tag(
            "rect",
            x=f"{(a - low) / span * 100:.1f}%",
            width=f"{max(0.4, (b - a) / span * 100):.1f}%",
            y=5,
            height=9,
            class_="total" if not is_step else "out" if value > 0 else "in",
        )
        lines.append(
            tag(
                "tr",
                tag("th", label, scope="row"),
                tag("td", tag("svg", bar, height=19, aria_hidden="true"), class_="bar"),
                tag("td", money(value, sign=is_step), class_="n"),
            )
        )
    table = tag("table", hidden_caption("Why exposure moved"), tag("tbody", *lines), class_="mini bridge")
    return _figure(f"Exposure: {money(before)} to {money(total)}", table, f"The bars begin at {money(low)}.")


def _held(row: BookRow) -> float:
    """What a change of quantities made of a book's exposure, at today's prices."""
    earlier = row.before.get("held")
    if row.position is None or not isinstance(earlier, dict):
        return 0.0
    total = 0.0
    for asset in {*row.position.holdings, *earlier}:
        quantity, now = row.position.holdings.get(asset, (0.0, None))
        was, then = (*earlier.get(asset, (0.0, None)), None)[:2]
        worth = now if now is not None else then
        if isinstance(was, (int, float)) and isinstance(worth, (int, float)):
            total += (quantity - was) * worth
    return total


def _flow(rows: Sequence[BookRow]) -> Markup:
    seen = Counter(
        (str(row.before["state"]), row.position.state)
        for row in rows
        if row.position and row.before.get("state")
    )
    if not seen:
        return Markup()
    heads = [tag("th", state, scope="col", class_="n") for state in STATES]
    lines = []
    for was in STATES:
        cells = [
            tag(
                "td",
                f"{seen[was, now]:,}" if seen[was, now] else NONE,
                class_=f"n {'same' if was == now else 'moved' if seen[was, now] else 'soft'}",
            )
            for now in STATES
        ]
        lines.append(tag("tr", tag("th", was, scope="row"), *cells))
    table = tag(
        "table",
        hidden_caption("Plan states before and now"),
        tag("thead", tag("tr", tag("td"), *heads)),
        tag("tbody", *lines),
        class_="mini flow",
    )
    return _figure("Plans: before down, now across", table)


def _movers(rows: Sequence[BookRow]) -> Markup:
    moved = [(row, row.moved) for row in rows if row.moved is not None and abs(row.moved) >= 0.05]
    moved.sort(key=lambda pair: -abs(pair[1]))
    if not moved:
        return tag("p", "No book's coverage moved.", class_="soft")
    heads = (
        tag("th", "Book", scope="col"),
        tag("th", "Before", scope="col", class_="n"),
        tag("th", "Now", scope="col", class_="n"),
        tag("th", "Points", scope="col", class_="n"),
        tag("th", "Why", scope="col"),
        tag("th", "Plan", scope="col"),
    )
    lines = [
        tag(
            "tr",
            tag("th", book_link(row), scope="row"),
            tag("td", part(row.before["open"]), class_="n soft"),
            tag("td", part(row.before["open"] + points_), class_="n"),
            tag("td", points(points_), class_="n"),
            tag("td", row.why),
            tag("td", row.position.state if row.position else ""),
        )
        for row, points_ in moved[:LISTED]
    ]
    table = tag(
        "table",
        hidden_caption("Books whose coverage moved most, with the reason"),
        tag("thead", tag("tr", *heads)),
        tag("tbody", *lines),
        class_="mini movers",
    )
    return tag("figure", tag("h3", "Coverage that moved most"), tag("div", table, class_="scroll"))
